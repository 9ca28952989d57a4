/**
 * @file policystate.h
 * @brief Decides what to do next for one supervised daemon.
 *
 * Pure: see policy.h for events, actions and units of time. One timer serves
 * a unit: each ACT_TIMER replaces the one before, and an expiry that comes
 * before the moment asked for last is ignored.
 *
 * What the caller promises: an ACT_PROBE is answered by one EVT_PROBE_*, an
 * ACT_LAUNCH by EVT_LAUNCHED or EVT_LAUNCH_FAILED, a process that is gone by
 * one EVT_EXITED. Answers may come during the handling of the step; they are
 * fed after it. `restart` of a stopped unit is EVT_WANT_UP: EVT_RESTART leaves
 * a stopped unit stopped. When a reload changes what a unit's alternates are,
 * EVT_RESTART is the first event that sees the new policy_conf.
 *
 * What holds after each step, whatever the order of events; tests walk over it:
 *  P1 ACT_LAUNCH only without a process (`alive` false before it), only for a
 *     unit that is wanted, and for a follower only while its leader is up.
 *  P2 ACT_TERM, ACT_KILL and ACT_STUCK only while a process exists.
 *  P3 No two launches within PACE_START_MS, but for PACE_HURRIES after a healthy
 *     run or a cleared obstacle.
 *  P4 Every state without a process but ST_STOPPED, and ST_STOPPING, has its
 *     timer armed, save a follower that waits for its leader: no dead ends.
 *  P5 EVT_WANT_DOWN ends in ST_STOPPED without a launch in between, and no event
 *     but EVT_WANT_UP leaves ST_STOPPED.
 *  P6 A ready process is left for another alternate at most POLICY_SWITCHES_MAX
 *     times an hour, and only after that one's probe has passed.
 *  P7 `waits`, `hops` and `cures` never pass 2 between settled runs or orders of
 *     a person: after two fruitless rounds of a cause's advice the back-off rules.
 *  P8 When faults stop, the preferred alternate is ready again without any event
 *     but timeouts and answers.
 *  P9 `alternate` and `probing` are below conf->alternates; `alive` is true in
 *     exactly ST_STARTING, ST_RUNNING, ST_READY and ST_STOPPING.
 * The times apart, a state is a few small numbers; only their distances to `at`
 * matter, so that a bounded model can be walked completely.
 */
#ifndef PTPWARDEN_DECIDE_POLICYSTATE_H
#define PTPWARDEN_DECIDE_POLICYSTATE_H

#include "policy.h"

/** What follows once the process that is being stopped is gone. */
enum policy_then {
	THEN_REST,	/**< operator's stop */
	THEN_WAIT,	/**< the leader is gone: wait for it */
	THEN_PROBE,	/**< start again: probe `probing` */
	THEN_LAUNCH,	/**< `probing` has passed its probe: launch it */
	THEN_RETRY,	/**< it was broken: count a death, retry by the rules of pacing */
};

/** Which alternates are probed beside a living process. */
enum policy_seek {
	SEEK_NOTHING,
	SEEK_BETTER,	/**< those before the one in use */
	SEEK_OTHER,	/**< any that can run now; the one in use passing ends the search */
};

/** Which alternates a search for one that may start goes through. */
enum policy_round {
	ROUND_ALL,	/**< from the preferred one; all blocked: wait */
	ROUND_RETRY,	/**< the one that ran last; blocked: go through all */
	ROUND_REST,	/**< the ones behind an alternate that does not work; none: slow */
};

/** A plain value: copy it to remember it, replay the same events to reach it again. */
struct policy_state {
	uint8_t st;		/**< enum policy_st */
	uint8_t then;		/**< enum policy_then, in ST_STOPPING */
	uint8_t round;		/**< enum policy_round, in ST_PROBING and ST_BACKING_OFF */
	uint8_t alternate;	/**< runs, or ran last */
	uint8_t probing;	/**< probed now, or to be probed or launched next */
	uint8_t came_from;	/**< 1 + the alternate left for a better one that has not settled yet; 0: none */
	uint8_t streak;		/**< deaths of this alternate since it settled or was chosen */
	uint8_t failed_climbs;	/**< promotions in a row that did not last */
	uint8_t waits;		/**< rounds of DO_WAIT or DO_OPERATOR since a settled run */
	uint8_t hops;		/**< rounds of DO_ALTERNATE since a settled run */
	uint8_t cures;		/**< rounds of DO_REMEDY or DO_RESTART_GROUP since a settled run */
	uint8_t kills;		/**< SIGKILLs that the process being stopped has survived */
	uint8_t seek;		/**< enum policy_seek: running, and other alternates are being probed */
	bool alive;		/**< a process exists or is being made */
	bool leader_up;		/**< followers: may run as far as the leader goes */
	bool forced;		/**< operator's --force, until the next launch */
	bool was_ready;		/**< this run has been ready */
	bool proved;		/**< this run has settled */
	bool spare;		/**< the one retry at once for a run that was ready but had not settled */
	bool exempt;		/**< the next start need not keep the pace */
	bool exhausted;		/**< every alternate has failed: go round slowly */
	bool told;		/**< the operator was told since a settled run */
	bool cleared;		/**< an obstacle went away while a probe or a launch was under way */
	msec_t launched_at;	/**< newest start, MSEC_NONE: never */
	msec_t hurried;		/**< starts before their time are paid off at this moment, MSEC_NONE: none */
	msec_t timer;		/**< the one timer, MSEC_NONE: not armed */
	msec_t settle_at;	/**< alive: when it will have proved itself */
	msec_t climb_at;	/**< on a lesser alternate: when to probe the better ones */
	msec_t fall_at;		/**< promoted: must be ready by then */
	msec_t switched[POLICY_SWITCHES_MAX];	/**< a living process left for another alternate, newest first */
	msec_t death[POLICY_DEATHS_MAX];	/**< newest deaths, newest first */
};

_Static_assert(sizeof(struct policy_state) <= 256, "a state is copied at each step");

/** What outlives the supervisor: the patience that was learnt, and the pace that was used up. */
struct policy_past {
	uint8_t failed_climbs;
	msec_t switched[POLICY_SWITCHES_MAX];	/**< as in struct policy_state; valid in one boot only */
};

struct policy_step {
	struct policy_state next;
	struct action act[POLICY_ACTIONS_MAX];	/**< to be done in this order */
	unsigned n;
};

/** A stopped unit without a past. */
struct policy_state policy_start(const struct policy_conf *conf);

/** A unit whose process was found running on `alternate`, taken over from an earlier supervisor. */
struct policy_state policy_adopted(const struct policy_conf *conf, unsigned alternate, msec_t now);

/** What to keep of a state. */
struct policy_past policy_past(const struct policy_state *s);

/** Take over what an earlier supervisor kept; right after policy_start() or policy_adopted(). */
void policy_recall(const struct policy_conf *conf, struct policy_state *s,
		   const struct policy_past *past);

/**
 * What one event means for a unit.
 * @return the next state, and what to do; without actions and with the same
 *         state when the event means nothing here
 */
struct policy_step policy_step(const struct policy_conf *conf, struct policy_state now,
			       const struct policy_event *ev);

#endif
