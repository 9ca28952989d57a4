#include "reply.h"
#include "outcome.h"

enum { LEADERS_MAX = 8 };

/* The unit on whose state the answer depends: the one at the end of the chain of leaders. */
static void view_of_last_leader(const struct control_ops *ops, unsigned i, struct unit_view *v)
{
	ops->view(ops->ctx, i, v);
	for (int depth = 0; depth < LEADERS_MAX; depth++) {
		int leader = -1;

		if (v->state == ST_WAITING && v->waiting.kind == WAIT_LEADER)
			leader = reply_unit(ops, v->waiting.subject);
		if (leader < 0)
			return;
		ops->view(ops->ctx, (unsigned)leader, v);
	}
}

static enum outcome of_view(const struct unit_view *v, bool locked)
{
	switch (v->state) {
	case ST_STOPPED:
		return OUTCOME_STOPPED;
	case ST_BACKING_OFF:
		/* we ended it ourselves and keep the pace of starts: nothing has failed */
		return v->last_exit.by == EXIT_BY_SUPERVISOR && !v->cause ? OUTCOME_TRYING
									  : OUTCOME_FAILED;
	case ST_WAITING:
		return OUTCOME_FAILED;
	case ST_READY:
		return !locked || v->lock == LOCK_LOCKED ? OUTCOME_READY : OUTCOME_TRYING;
	default:
		return OUTCOME_TRYING;
	}
}

enum outcome outcome_of(const struct control_ops *ops, unsigned i, bool locked)
{
	struct unit_view v;
	enum outcome leader;

	ops->view(ops->ctx, i, &v);
	if (v.state != ST_WAITING || v.waiting.kind != WAIT_LEADER)
		return of_view(&v, locked);
	view_of_last_leader(ops, i, &v);
	leader = of_view(&v, false);
	/* a leader that is well has not yet locked, or has and the follower is about to start */
	if (leader == OUTCOME_READY)
		return OUTCOME_TRYING;
	return leader == OUTCOME_STOPPED ? OUTCOME_FAILED : leader;
}

bool outcome_cause_pending(const struct control_ops *ops, unsigned i)
{
	struct unit_view v;

	view_of_last_leader(ops, i, &v);
	return (v.state == ST_BACKING_OFF || v.state == ST_WAITING) && !v.cause_title;
}

bool outcome_hopeless(const struct control_ops *ops, unsigned i)
{
	struct unit_view v;

	view_of_last_leader(ops, i, &v);
	return v.state == ST_WAITING && (v.waiting.kind == WAIT_NONE || v.waiting.kind == WAIT_FILE);
}
