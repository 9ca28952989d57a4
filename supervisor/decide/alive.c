/* Moves of a unit with a process: proving itself, climbing back, being stopped. Pure. */
#include "moves.h"

void move_became_ready(const struct policy_conf *c, const struct policy_event *ev,
		       struct policy_step *s)
{
	struct policy_state *n = &s->next;

	n->st = ST_READY;
	n->was_ready = true;
	n->fall_at = MSEC_NONE;
	n->settle_at = n->proved ? MSEC_NONE : ev->at + c->settle;
	step_arm_alive(s, ev->at);
}

void move_no_longer_ready(const struct policy_conf *c, const struct policy_event *ev,
			  struct policy_step *s)
{
	s->next.st = ST_RUNNING;
	s->next.settle_at = MSEC_NONE;
	step_arm_alive(s, ev->at);
}

static void settled(struct policy_step *s)
{
	struct policy_state *n = &s->next;

	n->settle_at = MSEC_NONE;
	n->proved = n->spare = true;
	n->exhausted = false;
	n->streak = 0;
	n->waits = n->hops = 0;
	if (n->came_from || n->alternate == 0)
		n->failed_climbs = 0;
	n->came_from = 0;
	step_emit(s, ACT_SETTLED);
}

/* Ask whether a better alternate may run, while this one goes on. */
void move_climb(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;
	msec_t allowed = pacing_climb(n, ev->at);

	if (n->alternate == 0)
		return;
	if (allowed > ev->at) {
		n->climb_at = allowed;
		step_arm_alive(s, ev->at);
		return;
	}
	n->climbing = true;
	n->climb_at = ev->at + pacing_patience(c, n);
	step_ask(s, 0);
	step_arm_alive(s, ev->at);
}

void move_launched(const struct policy_conf *c, const struct policy_event *ev,
		   struct policy_step *s)
{
	s->next.st = ST_RUNNING;
	if (s->next.cleared && s->next.alternate)
		move_climb(c, ev, s);
	else
		step_arm_alive(s, ev->at);
}

void move_promote(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;

	if (!n->climbing || ev->u.probe.alternate != n->probing)
		return;
	pacing_climbed(n, ev->at);
	n->came_from = n->alternate + 1;
	/* giving up a useful run is a bet with a term */
	n->fall_at = n->st == ST_READY ? ev->at + c->settle + MIN : MSEC_NONE;
	step_stop(c, ev, s, THEN_LAUNCH);
}

void move_stay(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;

	if (!n->climbing || ev->u.probe.alternate != n->probing)
		return;
	if (n->probing + 1u < n->alternate) {
		step_ask(s, n->probing + 1u);
		return;
	}
	n->climbing = false;
	step_emit(s, ACT_WATCH);
}

void move_due(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;

	if (n->fall_at != MSEC_NONE && ev->at >= n->fall_at && n->came_from) {
		step_fall_back(n);
		step_stop(c, ev, s, THEN_PROBE);
		return;
	}
	if (n->settle_at != MSEC_NONE && ev->at >= n->settle_at)
		settled(s);
	if (n->climb_at != MSEC_NONE && ev->at >= n->climb_at)
		move_climb(c, ev, s);
	else
		step_arm_alive(s, ev->at);
}

void move_broken(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	step_stop(c, ev, s, THEN_RETRY);
}

void move_stop(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	step_stop(c, ev, s, THEN_REST);
}

void move_restart(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	step_fresh_start(ev, &s->next);
	s->next.probing = 0;
	step_stop(c, ev, s, THEN_PROBE);
}

void move_follow_down(const struct policy_conf *c, const struct policy_event *ev,
		      struct policy_step *s)
{
	s->next.leader_up = false;
	if (c->follower)
		step_stop(c, ev, s, THEN_WAIT);
}
