/**
 * @file policy.h
 * @brief Inputs and outputs of the decision core.
 *
 * Pure: no clock, no allocation, no logging, no system call. The same
 * (conf, state, event) always gives the same step, so a recorded event log
 * replays to the same decisions, and stepping back is replaying a prefix.
 *
 * Units: every msec_t is monotonic milliseconds. Errors: none; an event that
 * makes no sense in a state is ignored: the state comes back unchanged and
 * without actions.
 */
#ifndef PTPWARDEN_POLICY_H
#define PTPWARDEN_POLICY_H

#include <stdbool.h>
#include "base.h"

enum policy_st {
	ST_STOPPED,	/**< operator or not wanted */
	ST_WAITING,	/**< for a named event (an obstacle, or the leader) */
	ST_PROBING,	/**< a probe of `probing` is under way */
	ST_STARTING,	/**< launched, exec not yet confirmed */
	ST_RUNNING,	/**< alive, not useful yet */
	ST_READY,
	ST_BACKING_OFF,
	ST_STOPPING,	/**< stop signal sent; `then` says what follows */
	ST_COUNT
};

enum event_kind {
	EVT_NONE,
	EVT_WANT_UP,		/**< operator's start, or start of the supervisor; ignores back-off */
	EVT_WANT_DOWN,		/**< operator's stop */
	EVT_RESTART,		/**< operator's restart, or a reload that changed the unit */
	EVT_PROBE_PASS,		/**< u.probe: this alternate may be started */
	EVT_PROBE_BLOCK,	/**< u.probe: this alternate cannot work now */
	EVT_LAUNCHED,		/**< exec confirmed */
	EVT_LAUNCH_FAILED,	/**< exec or its preparation failed */
	EVT_EXITED,		/**< reaped */
	EVT_READY,		/**< became useful */
	EVT_UNREADY,		/**< alive but no longer useful; no action of its own */
	EVT_BROKEN,		/**< alive but will never work or hangs: replace it */
	EVT_VERDICT,		/**< u.verdict: what the cause of the last failure asks for */
	EVT_CLEARED,		/**< an obstacle that the unit waits for may be gone */
	EVT_CUT,		/**< alive, but cut off: its interface has no link, and another alternate's has */
	EVT_REGROUP,		/**< a follower's cause asks for a restart of the whole group */
	EVT_LEADER_UP,		/**< the leader is LOCKED and this follower is wanted */
	EVT_LEADER_DOWN,	/**< the leader is gone, restarts, or makes this follower unwanted */
	EVT_TIMEOUT,		/**< the unit's one timer */
	EVT_COUNT
};

/** What the cause of a failure asks the policy to do. */
enum disposition {
	DO_RETRY,	/**< transient: back off and try again */
	DO_WAIT,	/**< wait for the named event, retry slowly */
	DO_ALTERNATE,	/**< this alternate cannot work here: next one now */
	DO_REMEDY,	/**< ACT_REMEDY can mend it; `otherwise` when it cannot or may not */
	DO_RESTART_GROUP,	/**< the leader has to be started anew, too */
	DO_ESCALATE,	/**< tell the operator and go on slowly */
	DO_LEAVE,	/**< heals by itself */
	DO_OPERATOR,	/**< a person must act; like DO_WAIT with the slow retry only */
	DISPOSITIONS
};

struct policy_event {
	enum event_kind kind;
	msec_t at;
	union {
		struct {
			unsigned alternate;
			bool forced;	/**< operator's --force: a block counts as a pass */
		} probe;
		struct {
			bool force;
		} want;
		struct {
			enum disposition disposition;
			enum disposition otherwise;	/**< DO_REMEDY: what to do without it */
		} verdict;
		struct {
			bool expected;	/**< the operator of the box asked for it (SIGTERM from outside, exit 0) */
		} exited;
	} u;
};

enum action_kind {
	ACT_NONE,
	ACT_PROBE,	/**< probe `alternate`, answer with EVT_PROBE_*; `force` hands --force on */
	ACT_LAUNCH,	/**< start `alternate`, answer with EVT_LAUNCHED or EVT_LAUNCH_FAILED */
	ACT_TERM,	/**< send the stop signal */
	ACT_KILL,	/**< send SIGKILL to the group */
	ACT_TIMER,	/**< (re)arm the one timer for `at`; MSEC_NONE disarms */
	ACT_WATCH,	/**< watch for what the failed probes (or the verdict) name */
	ACT_UNWATCH,
	ACT_DIAGNOSE,	/**< gather evidence of the failure, answer with EVT_VERDICT */
	ACT_SETTLED,	/**< this run has proved itself: keep its fingerprint as the last good one */
	ACT_ESCALATE,	/**< nothing more to try by ourselves: tell the operator, go on slowly */
	ACT_REMEDY,	/**< mend what the verdict names: EVT_CLEARED when it worked, else EVT_VERDICT */
	ACT_REGROUP,	/**< give the leader EVT_REGROUP */
	ACT_STUCK,	/**< SIGKILL does not end it: say so; it is tried again now and then */
	ACT_COUNT
};

struct action {
	enum action_kind kind;
	unsigned alternate;
	msec_t at;
	bool force;
};

enum { POLICY_DEATHS_MAX = 16, POLICY_ACTIONS_MAX = 8, POLICY_SWITCHES_MAX = 4 };

/** Set at load time from struct plan_unit, read-only afterwards. */
struct policy_conf {
	unsigned alternates;	/**< >= 1; 0 is preferred */
	bool follower;		/**< wants EVT_LEADER_UP before it starts */
	unsigned deaths;	/**< crash loop: this many, 1..POLICY_DEATHS_MAX; 0: off ... */
	msec_t window;		/**< ... within this span */
	msec_t settle;		/**< ready this long: proved itself */
	msec_t delay_min, delay_max;
	msec_t retry_slow;	/**< while waiting: try again after this even without an event */
	msec_t patience;	/**< first wait before a better alternate is tried again; doubles up to an hour */
	msec_t stop_grace;	/**< TERM to KILL */
	uint32_t seed;		/**< of the jitter; differs between units */
};

struct policy_state;		/* decide/policystate.h: a plain value under 256 bytes */

#endif
