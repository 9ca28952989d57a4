/**
 * @file unit.h
 * @brief One supervised daemon: turns what is observed into events, and actions into deeds.
 *
 * unit.c        the queue of events, one step of the policy each, the table of actions
 * unit_probe.c  ACT_PROBE, ACT_WATCH: asks before a start, waits for what could clear a block
 * unit_run.c    ACT_LAUNCH, ACT_TERM, ACT_KILL: the process, its output
 * unit_health.c is it alive and useful: /proc, answers, its interface, its clock
 * unit_good.c   ACT_SETTLED: what the run depends on, to tell later what is new
 * unit_repeat.c how often each failure happened, evidence of unexplained ones
 * unit_why.c    ACT_DIAGNOSE: evidence, incidents, the view that status shows
 * unit_tell.c   what happens, told to clients, the on_event program and the log
 * unit_link.c   the cable: which alternate has one
 * unit_past.c   the patience, kept over the supervisor's death
 * unit_gm.c     sets again what somebody had set with pmc before a restart
 * unit_mend.c   ACT_REMEDY, and what is mended before a start
 *
 * No decision is taken here: decide/ says what to do, diagnose/ what it means.
 */
#ifndef PTPWARDEN_UNIT_H
#define PTPWARDEN_UNIT_H

#include <ev.h>
#include <stdbool.h>

#include "incident.h"
#include "notes.h"
#include "supervisor/act/launch.h"
#include "supervisor/decide/policystate.h"
#include "supervisor/diagnose/diagnose.h"
#include "supervisor/observe/child.h"
#include "supervisor/observe/output.h"
#include "supervisor/observe/pmc.h"
#include "supervisor/observe/question.h"
#include "supervisor/supervisor.h"
#include "view.h"

enum { UNIT_QUEUE = 16, UNIT_BLOCKS_KEPT = 3, UNIT_WATCHES = 12 };

/** Why an alternate was refused by its last probe. */
struct unit_blocks {
	unsigned n;
	struct finding at[UNIT_BLOCKS_KEPT];
};

struct unit_watch;

/** Memory whose size follows from the unit's configuration. */
struct unit_room {
	struct launch_spec *spec;	/**< [alternates * variants] */
	struct unit_blocks *blocks;	/**< [alternates] */
};

struct unit {
	struct supervisor *sup;
	unsigned index;			/**< in sup->unit */
	const struct plan *plan;
	const struct plan_unit *conf;

	/* decisions */
	struct policy_conf pacing;
	struct policy_state policy;
	struct policy_event queue[UNIT_QUEUE];
	unsigned queued;
	bool feeding;
	bool leaving;			/**< not in the new configuration: stops, then goes */
	struct unit_room room;
	ev_timer timer;
	ev_timer cleared;		/**< hands EVT_CLEARED on from the loop */
	msec_t cleared_paid;		/**< the account of those is paid off then; see unit_cleared() */
	msec_t since;			/**< when the state was entered */

	/* the process */
	int slot;			/**< of the writer */
	int fd[WRITER_STREAMS];
	struct child child;
	struct output output;
	const char *kill_reason;	/**< we sent it a signal; static text */
	unsigned starts;
	msec_t started_at;
	msec_t moved_at;		/**< first start on the alternate in use */
	struct exit_info last_exit;

	/* its health */
	struct daemon_conf conf_seen;	/**< effective configuration of the run */
	struct daemon_conf conf_probed;	/**< the same of the newest probe */
	lp_version version;
	struct pmc pmc;
	bool pmc_on;
	bool stuck;			/**< was killed and does not end */
	struct health_seen seen;
	struct health health;
	ev_timer look;
	uint64_t conf_read, conf_now;	/**< what its configuration file was like when it was launched, and lately */
	msec_t cut_at;			/**< when EVT_CUT is due, MSEC_NONE: not cut off */
	int phc;			/**< number of the clock that the run uses, -1: none, or not known */

	/* probes */
	struct question question;
	struct probe_in asked;		/**< of the open question */
	struct plan_run asked_run;
	char program_path[256];		/**< found by a search at probe time */
	bool asked_force;
	unsigned asked_alternate;
	struct unit_watch *watch;	/**< list; freed when the wait ends */
	struct waitfor waits[UNIT_WATCHES];
	unsigned waits_n;
	msec_t waits_since;		/**< the first of them was found missing, ... */
	unsigned waits_starts;		/**< ... after so many starts; looking again changes neither */

	/* evidence */
	struct unit_notes notes;	/**< what the flight recorder knows */
	struct log_digest digest;
	msec_t word_at;			/**< what is wrong is not looked into before this */
	bool said_odd;			/**< the open incident is about one that did its work */
	bool flushing;			/**< the lines of the run before are still coming */
	struct health_seen seen_before;	/**< what was seen of the run that ended */
	unsigned alternate_before;
	struct exit_info exit_before;
	char *print;			/**< what this run began with, NULL: not yet taken */
	msec_t good_at;			/**< when this run was found good, MSEC_NONE: not yet */
	int64_t good_s;			/**< seconds of good running since the baseline was made, this run left out */
	struct incident *candidate;	/**< a refused start, in case no alternate passes; NULL: none */
	struct incident *incident;	/**< the newest one, NULL: none yet */
	struct remedy_note mended[REMEDY_NOTES];	/**< newest first */
	struct {		/* GRANDMASTER_SETTINGS_NP */
		bool known;	/**< the first answer of this run has come: `first` is its own */
		bool by_hand;	/**< somebody has set others: `wanted` */
		uint8_t tries;	/**< so often set again without an answer that shows it, 0: not now */
		uint8_t first[GM_SETTINGS], wanted[GM_SETTINGS];
		msec_t set_at;
	} gm;
};

/** A stopped unit for entry `index` of `plan`; NULL with err set. Recording of its output begins. */
struct unit *unit_new(struct supervisor *sup, const struct plan *plan, unsigned index,
		      struct err *err);

/** Forget a unit. Its process, if there is one, goes on. Accepts NULL. */
void unit_free(struct unit *u);

/** Everything that a unit of this configuration needs memory for; users are looked up. 0 or -errno. */
int unit_room_new(struct unit_room *room, const struct plan_unit *c, struct err *err);
void unit_room_free(struct unit_room *room);

/** From now on be entry `index` of `plan`, with the room made for it; the process is not touched. */
void unit_settle_in(struct unit *u, const struct plan *plan, unsigned index,
		    struct unit_room *room);

/** Record the output as u->conf says; 0 or -errno. */
int unit_output_open(struct unit *u, struct err *err);
void unit_output_close(struct unit *u);

/** Feed one event; what follows from it has happened when it returns. */
void unit_feed(struct unit *u, const struct policy_event *ev);

/** Feed an event that needs nothing but its kind. */
void unit_event(struct unit *u, enum event_kind kind);

/** Take over the process that an earlier ptpwarden left. True when there was one. */
bool unit_adopt(struct unit *u);

/** Let go of the process without ending it, so that a later ptpwarden can take it over. */
void unit_leave(struct unit *u);

/** The run that `alternate` means now, given which alternate the leader is on. */
const struct plan_run *unit_run_of(const struct unit *u, unsigned alternate);
unsigned unit_variant(const struct unit *u);

bool unit_alive(const struct unit *u);	/**< has a process */

/* between the files of unit */
void unit_probe(struct unit *u, const struct action *act);
void unit_probe_stop(struct unit *u);
void unit_watch(struct unit *u, const struct action *act);
void unit_unwatch(struct unit *u, const struct action *act);
void unit_launch(struct unit *u, const struct action *act);
void unit_term(struct unit *u, const struct action *act);
void unit_kill(struct unit *u, const struct action *act);
void unit_stuck(struct unit *u, const struct action *act);
void unit_diagnose(struct unit *u, const struct action *act);
void unit_refused(struct unit *u, unsigned alternate);
void unit_incident_follow(struct unit *u);
void unit_repeat(struct unit *u, const struct incident *i);
void unit_incident_free(struct incident *i);	/* accepts NULL */
void unit_health_facts(const struct unit *u, const struct health_seen *seen, struct facts *facts);
struct facts *unit_facts(struct unit *u, unsigned alternate, struct fingerprint *print);
void unit_print(struct unit *u);
void unit_print_over(struct unit *u);
void unit_good(struct unit *u);
void unit_changes(const struct unit *u, struct fingerprint *f, msec_t started_at, struct facts *facts);
void unit_process_init(struct unit *u);
void unit_process_fini(struct unit *u);
void unit_health_init(struct unit *u);
void unit_health_begin(struct unit *u, msec_t now);
void unit_health_end(struct unit *u);
void unit_health_limits(struct unit *u);
void unit_judge(struct unit *u);
void unit_conf_was_read(struct unit *u);
bool unit_takes_no_signal(struct unit *u);
void unit_notice(struct unit *u);
void unit_say_trouble(struct unit *u);
struct group_leader unit_as_leader(const struct unit *u);

/** Clients and the on_event program hear of it: one line for people, one JSON object. */
void unit_tell(struct unit *u, const char *event, const char *text, const char *json);

void unit_tell_state(struct unit *u, enum policy_st was);
void unit_tell_lock(struct unit *u, enum lock was);
void unit_tell_alternate(struct unit *u, unsigned was);
void unit_tell_escalation(struct unit *u, const struct action *act);

bool unit_may_mend(const struct unit *u, enum remedy remedy);

/** Note what a remedy did; clients and the log are told. `text` is one clause. */
void unit_mended(struct unit *u, enum remedy remedy, bool worked, const char *text);

/** Mend what the probe of `alternate` found, as far as allowed. True: probe again. */
bool unit_mend_before(struct unit *u, const struct probe_out *out, unsigned alternate);

/** What a process that was killed has left behind. */
void unit_mend_after(struct unit *u, const struct exit_info *end);
bool unit_device_back(struct unit *u, const char *path);
void unit_remedy(struct unit *u, const struct action *act);

/** Keep what outlives us when a step has changed it; take it over from an earlier ptpwarden. */
void unit_past_keep(struct unit *u, const struct policy_state *was);
void unit_past_recall(struct unit *u);

/** What was set by hand in earlier runs, from the saved state. */
void unit_gm_recall(struct unit *u);
/** A run begins, or one is taken over. */
void unit_gm_begin(struct unit *u, bool adopted);
/** Compare the newest answer, set again what a restart has undone. */
void unit_gm_look(struct unit *u);

/** Alive without a link while another alternate has one: tell the policy. */
void unit_look_for_link(struct unit *u);

/** The machine slept, or we did: what is due is due from now on. */
void unit_forgive(struct unit *u);

/** An interface has another name now. */
void unit_iface_renamed(struct unit *u, const char *was, const char *now);

/** A PTP clock came or went. */
void unit_clock_changed(struct unit *u, int phc, bool gone);

/** The wall clock was set: does the unit wait for that? */
void unit_clock_set(struct unit *u);

/**
 * What the unit waits for may have come. The probe that follows is as good as at
 * once, but what comes and goes all the time (a cable that flaps) is asked for at
 * a steady pace only.
 */
void unit_cleared(struct unit *u);

/** A port that fails because its link has gone is left alone. */
void unit_link_changed(struct unit *u, const struct iface *now);

/** An interface changed: does the unit wait for that? */
void unit_iface_changed(struct unit *u, const struct iface *now);

/* An incident beyond its own time. */
void unit_course(struct unit *u, const char *fmt, ...) PRINTF_LIKE(2, 3);
void unit_case_time(struct unit *u);	/**< the lock may have changed */
void unit_case_number(struct unit *u, struct incident *i);	/**< a new one, or one that goes on */
void unit_case_continue(struct incident *i, struct incident *before);
void unit_case_free(struct incident *i);
void unit_case_keep(struct unit *u, bool soon);	/**< write u->incident */
void unit_case_settle(struct unit *u);

/** For status. */
void unit_view(const struct unit *u, struct unit_view *out);

#endif
