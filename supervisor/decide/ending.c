/* Moves at and after the end of a process. Pure. */
#include "moves.h"

enum { STUBBORN = 3 };	/* a process that has survived so many SIGKILLs hangs in the kernel */

/* This alternate does not work: the ones behind it, then slowly all of them. */
static void leave_alternate(const struct policy_conf *c, const struct policy_event *ev,
			    struct policy_step *s)
{
	struct policy_state *n = &s->next;

	pacing_forget(n);
	if (n->alternate + 1u < c->alternates)
		step_probe(s, n->alternate + 1u, ROUND_REST, ev->at);
	else
		step_exhaust(c, ev, s, 0);
}

/* A failed start counts like a death: both mean that this alternate does not work. */
void move_died(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;

	n->alive = false;
	n->seek = SEEK_NOTHING;
	pacing_death(n, ev->at);
	step_emit(s, ACT_DIAGNOSE);
	if (n->came_from) {
		step_fall_back(n);
		step_probe(s, n->probing, ROUND_RETRY, ev->at);
	} else if (n->exhausted) {
		step_exhaust(c, ev, s, (n->alternate + 1u) % c->alternates);
	} else if (pacing_worn_out(c, n)) {
		leave_alternate(c, ev, s);
	} else if (n->proved || (n->was_ready && n->spare)) {
		n->spare = n->proved;
		n->exempt = true;
		step_probe(s, n->alternate, n->alternate ? ROUND_RETRY : ROUND_ALL, ev->at);
	} else {
		step_back_off(s, n->alternate,
			 pacing_start(n, ev->at + pacing_delay(c, n, ev->at)));
	}
}

/* The process that we stopped is gone. */
void move_gone(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;

	n->alive = false;
	if (n->then == THEN_RETRY)
		move_died(c, ev, s);
	else if (n->then == THEN_REST)
		move_rest(c, ev, s);
	else if (n->then == THEN_WAIT || (c->follower && !n->leader_up))
		step_begin(c, ev, s);
	else if (n->then == THEN_LAUNCH)
		move_launch(c, ev, s);
	else
		move_retry_one(c, ev, s);
}

/* A process in a system call that does not return takes SIGKILL only when it does: it is kept
 * in mind, since a second one beside it would fight for the clock, but not hammered at. */
void move_insist(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;

	step_emit(s, ACT_KILL);
	if (n->kills <= STUBBORN)
		n->kills++;
	if (n->kills == STUBBORN)
		step_emit(s, ACT_STUCK);
	step_arm(s, ev->at + (n->kills < STUBBORN ? c->stop_grace : MIN));
}

/* The stop signal was sent before there was a process to take it. */
void move_stop_late_child(const struct policy_conf *c, const struct policy_event *ev,
			  struct policy_step *s)
{
	step_emit(s, ACT_TERM);
}

void move_stop_for_good(const struct policy_conf *c, const struct policy_event *ev,
			struct policy_step *s)
{
	s->next.then = THEN_REST;
	s->next.forced = false;
}

void move_start_once_gone(const struct policy_conf *c, const struct policy_event *ev,
			  struct policy_step *s)
{
	step_fresh_start(ev, &s->next);
	s->next.then = THEN_PROBE;
	s->next.probing = 0;
}

void move_restart_once_gone(const struct policy_conf *c, const struct policy_event *ev,
			    struct policy_step *s)
{
	if (s->next.then != THEN_REST)
		move_start_once_gone(c, ev, s);
}

void move_wait_once_gone(const struct policy_conf *c, const struct policy_event *ev,
			 struct policy_step *s)
{
	s->next.leader_up = false;
	if (c->follower && s->next.then != THEN_REST)
		s->next.then = THEN_WAIT;
}

static void wait_for_change(const struct policy_conf *c, const struct policy_event *ev,
			    struct policy_step *s)
{
	s->next.st = ST_WAITING;
	step_arm(s, ev->at + c->retry_slow);
}

/* The next alternate at once, or a person is asked for; else the back-off goes on. */
static void follow_advice(const struct policy_conf *c, const struct policy_event *ev,
			  struct policy_step *s, enum disposition d)
{
	struct policy_state *n = &s->next;

	if (d == DO_ALTERNATE && n->alternate + 1u < c->alternates && step_worth(&n->hops))
		step_probe(s, n->alternate + 1u, ROUND_REST, ev->at);
	else if ((d == DO_WAIT || d == DO_OPERATOR || d == DO_ESCALATE) && step_worth(&n->waits))
		wait_for_change(c, ev, s);
}

/*
 * A verdict may turn the back-off into something better; whatever it names is watched too.
 * A run that was ready has shown that nothing lasting stands in its way, whatever the verdict;
 * what can be mended is mended all the same.
 */
void move_judged(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;
	enum disposition d = ev->u.verdict.disposition;

	if (d == DO_REMEDY && step_worth(&n->cures)) {
		step_emit(s, ACT_REMEDY);
		return;
	}
	if (d == DO_REMEDY)
		d = ev->u.verdict.otherwise;
	if (d == DO_RESTART_GROUP && c->follower && step_worth(&n->cures))
		step_emit(s, ACT_REGROUP);
	if (d == DO_ESCALATE)
		step_tell(s);
	if (d == DO_WAIT || d == DO_OPERATOR)
		step_emit(s, ACT_WATCH);
	if (!n->was_ready)
		follow_advice(c, ev, s, d);
}
