/* Who may run, given how the leader does. Pure. */
#include "group.h"

bool group_wanted(const struct group_leader *leader, enum program follower)
{
	return !(follower == PROG_PHC2SYS && leader->program == PROG_PTP4L &&
		 (leader->provides == PROVIDES_SYSTEM ||
		  (leader->provides == PROVIDES_NONE && leader->software)));
}

/* Of the others being ready is all there is; a free-running ptp4l never locks. */
static bool lock_expected(const struct group_leader *l)
{
	return l->program == PROG_PTP4L && !l->free_running;
}

static bool may_start(const struct group_leader *l)
{
	return lock_expected(l) ? l->lock == LOCK_LOCKED : l->ready;
}

static bool up(const struct group_leader *l, const struct group_unit *u)
{
	return l->alive && group_wanted(l, u->program) && ((u->leader_up && !l->lost) || may_start(l));
}

unsigned group_notes(struct group_unit *units, unsigned n, unsigned leader,
		     const struct group_leader *state, struct group_note *out)
{
	unsigned notes = 0;

	for (unsigned i = 0; i < n; i++) {
		bool now = units[i].follows == (int)leader && up(state, &units[i]);

		if (units[i].follows != (int)leader || now == units[i].leader_up)
			continue;
		units[i].leader_up = now;
		out[notes++] = (struct group_note){ i, now ? EVT_LEADER_UP : EVT_LEADER_DOWN };
	}
	return notes;
}
