/**
 * @file group.h
 * @brief ptp4l and what follows it are one group: who may run, given how the leader does.
 *
 * Pure. A follower starts when its leader is LOCKED, or useful where no lock
 * can be expected, and then stays up as long as the leader's process does, or
 * until a lost lock is lost for longer than the user wants it held over.
 */
#ifndef PTPWARDEN_DECIDE_GROUP_H
#define PTPWARDEN_DECIDE_GROUP_H

#include "daemon.h"
#include "health.h"
#include "policy.h"

/** How a leader does, as its followers need to know it. */
struct group_leader {
	enum program program;
	enum provides provides;	/**< of the alternate in use */
	bool free_running;
	bool software;		/**< stamps in software: no PTP clock takes part */
	bool alive;		/**< launched and not being stopped */
	bool ready;
	bool lost;		/**< its lock is lost, and followers are not to go on */
	enum lock lock;
};

/** One unit of the configuration, in its order. */
struct group_unit {
	enum program program;
	int follows;		/**< index of the leader, -1: none */
	bool leader_up;		/**< what it was told last; false at first */
};

struct group_note {
	unsigned unit;
	enum event_kind kind;	/**< EVT_LEADER_UP or EVT_LEADER_DOWN */
};

/**
 * May `follower` run beside this leader at all? phc2sys may not beside a ptp4l
 * that steers the system clock itself or uses no PTP clock.
 */
bool group_wanted(const struct group_leader *leader, enum program follower);

/**
 * Whom to tell what after a change of `leader`; `units[].leader_up` is brought up to date.
 * @param out room for one note a unit
 * @return number of notes, in the order of the units
 */
unsigned group_notes(struct group_unit *units, unsigned n, unsigned leader,
		     const struct group_leader *state, struct group_note *out);

#endif
