/**
 * @file supervisor.h
 * @brief What all units share: the loop, the plan, the writer, the socket, scratch memory.
 *
 * Made by run.c, used by unit*.c. There is one.
 */
#ifndef PTPWARDEN_SUPERVISOR_H
#define PTPWARDEN_SUPERVISOR_H

#include <ev.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base.h"
#include "err.h"
#include "finding.h"
#include "plan.h"
#include "probes/probe.h"
#include "probes/sys.h"
#include "supervisor/control/server.h"
#include "supervisor/hook.h"
#include "supervisor/leftover.h"
#include "supervisor/decide/group.h"
#include "supervisor/observe/child.h"
#include "supervisor/observe/filewatch.h"
#include "supervisor/observe/netlink.h"
#include "supervisor/observe/oom.h"
#include "supervisor/observe/question.h"
#include "supervisor/record/incidents.h"
#include "supervisor/record/state.h"
#include "supervisor/record/writer.h"
#include "supervisor/world.h"

struct unit;
struct rulebase;
struct rules_dir;

/** Arrays whose length follows from the plan. */
struct supervisor_tables {
	struct unit **unit;	/**< in the order of the plan; then those that leave */
	struct group_unit *group;
	pid_t *pids;			/**< scratch: our own processes */
};

struct supervisor {
	struct ev_loop *loop;
	const char *path;	/**< configuration as given, NULL: usual place or built-in plan */
	const char *interface;	/**< `run -i`, NULL: there is a configuration */
	int level;		/**< `run -l`, -1: the configuration says it */
	bool no_syslog;		/**< `run -q` */
	struct plan *plan;
	struct plan *former;	/**< plan before the last reload; leaving units still point into it */
	unsigned units;		/**< of the plan */
	unsigned all;		/**< with those that leave */
	struct supervisor_tables t;
	struct writer *writer;
	struct state *state;		/**< what survives us */
	struct child_hub children;
	struct oom_watch oom;
	struct netlink netlink;
	struct world world;
	struct question clock_question;	/**< reads a doubtful clock, of one unit at a time ... */
	struct unit *clock_unit;	/**< ... of this one, NULL: of none */
	struct phc_info clock;		/**< the answer */
	struct control_server control;
	struct control_ops ops;
	struct hook *hook;	/**< runs plan->on_event, NULL: none */
	struct leftover *leftover;	/**< daemons of units that the plan does not have, being stopped */
	const struct rulebase *rules;
	struct rules_dir *own_rules;	/**< NULL: built-in rules only */
	struct probe_cache *cache;
	struct probe_out *scratch;	/**< one probe's answer, used up within a callback */
	unsigned generation;		/**< of the configuration: 1, one more with each reload */
	struct incidents kept;		/**< what went wrong so far, also before we started */
	int lock_fd, null_fd;
	bool have_netlink;
	bool safe;		/**< we crash too often: nothing is analysed */
	bool stopping;
	msec_t kill_at, stop_by;	/**< while stopping: the last resort, and the end */
	ev_signal term, intr, hup;
	ev_timer ending;	/**< while stopping: looks whether all are gone */
	ev_timer burial;	/**< after a reload: frees the units that left once they have ended */
	ev_timer publish;	/**< a changed unit makes status.json be written a little later */
};

/** Room for the units of `plan` and `leaving` more. 0 or -ENOMEM. */
int supervisor_tables_new(struct supervisor_tables *t, const struct plan *plan, unsigned leaving);
void supervisor_tables_free(struct supervisor_tables *t);

/**
 * Make the units of sup->plan; nothing is started. Needs loop, plan, writer,
 * null_fd. What was made is freed by supervisor_free(), also after a failure.
 */
int supervisor_start(struct supervisor *sup, struct err *err);
void supervisor_free(struct supervisor *sup);

/** Take over what still runs, start what shall run. */
void supervisor_start_units(struct supervisor *sup);

/** Pids of all that we run; the number of them. The array is sup->t.pids. */
unsigned supervisor_pids(struct supervisor *sup);

/** Something that status shows has changed: wake clients, write status.json soon. */
void supervisor_changed(struct supervisor *sup, const struct unit *u);

/** Something happened: clients that watch and the on_event program hear of it. */
void supervisor_tell(struct supervisor *sup, const struct notice *n);

/** (Re)start the on_event program of the plan. */
void supervisor_hook(struct supervisor *sup);

/** A leader's use to its followers may have changed: tell them. */
void supervisor_group(struct supervisor *sup, const struct unit *leader);

/** Free what left with the last reload and has ended, from the loop. */
void supervisor_bury(struct supervisor *sup);

/** Log as the plan says, unless the command line says otherwise. */
void supervisor_log(const struct supervisor *sup);

/** Read the configuration again and restart only what it concerns. 0 or -errno. */
int supervisor_reload(struct supervisor *sup, struct err *err);

/** End: stop (or leave) the units, then the loop. */
void supervisor_shutdown(struct supervisor *sup);

#endif
