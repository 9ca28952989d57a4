/* Moves of a unit with a process: proving itself, climbing back, being stopped. Pure. */
#include "moves.h"

void move_became_ready(const struct policy_conf *c, const struct policy_event *ev,
		       struct policy_step *s)
{
	struct policy_state *n = &s->next;

	n->st = ST_READY;
	n->was_ready = true;
	n->fall_at = MSEC_NONE;
	if (n->seek == SEEK_OTHER)	/* it heals: no reason left to go elsewhere */
		n->seek = SEEK_NOTHING;
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
	n->exhausted = n->told = false;
	n->streak = 0;
	n->waits = n->hops = n->cures = 0;
	if (n->came_from || n->alternate == 0)
		n->failed_climbs = 0;
	n->came_from = 0;
	step_emit(s, ACT_SETTLED);
}

static void seek(struct policy_step *s, enum policy_seek what, unsigned first, msec_t at)
{
	s->next.seek = (uint8_t)what;
	step_ask(s, first);
	step_arm_alive(s, at);
}

/*
 * When a better alternate may be asked for. An event says that its obstacle is gone; mere
 * patience waits for a quiet moment, which is before a run is of use or after it has settled.
 */
static msec_t quiet_at(const struct policy_state *n, const struct policy_event *ev)
{
	msec_t allowed = pacing_switch(n, ev->at);
	bool wait = ev->kind == EVT_TIMEOUT && n->settle_at != MSEC_NONE && n->settle_at > allowed;

	return wait ? n->settle_at : allowed;
}

/* Ask whether a better alternate may run, while this one goes on. */
void move_climb(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;
	msec_t allowed = quiet_at(n, ev);

	if (n->alternate == 0)
		return;
	if (allowed > ev->at) {
		n->climb_at = allowed;
		step_arm_alive(s, ev->at);
		return;
	}
	n->climb_at = ev->at + pacing_patience(c, n);
	seek(s, SEEK_BETTER, 0, ev->at);
}

/* Its interface has lost the link and another alternate's has one: whichever can run now. */
void move_cut(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	if (c->alternates > 1 && !s->next.seek && pacing_switch(&s->next, ev->at) <= ev->at)
		seek(s, SEEK_OTHER, 0, ev->at);
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

/* A probe beside the living process has passed: leave that one for it. */
void move_switch(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;

	if (!n->seek || ev->u.probe.alternate != n->probing)
		return;
	if (n->probing == n->alternate) {	/* what was in its way is gone */
		n->seek = SEEK_NOTHING;
		return;
	}
	if (pacing_switch(n, ev->at) > ev->at) {	/* it has become ready since it was asked for */
		n->seek = SEEK_NOTHING;
		n->climb_at = n->alternate ? pacing_switch(n, ev->at) : MSEC_NONE;
		step_arm_alive(s, ev->at);
		return;
	}
	pacing_switched(n, ev->at);
	n->came_from = n->probing < n->alternate ? n->alternate + 1 : 0;
	/* giving up a useful run is a bet with a term */
	n->fall_at = n->st == ST_READY ? ev->at + c->settle + MIN : MSEC_NONE;
	step_stop(c, ev, s, THEN_LAUNCH);
}

void move_stay(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;
	unsigned end = n->seek == SEEK_BETTER ? n->alternate : c->alternates;

	if (!n->seek || ev->u.probe.alternate != n->probing)
		return;
	if (n->probing + 1u < end) {
		step_ask(s, n->probing + 1u);
		return;
	}
	n->seek = SEEK_NOTHING;
	step_emit(s, ACT_WATCH);
}

/*
 * Alive, of no use, and the cause is known. What would do for a dead process is no reason
 * to end a living one: health says when it is beyond hope.
 */
void move_advised(const struct policy_conf *c, const struct policy_event *ev,
		  struct policy_step *s)
{
	struct policy_state *n = &s->next;
	enum disposition d = ev->u.verdict.disposition;

	if (d == DO_REMEDY) {
		if (step_worth(&n->cures)) {
			step_emit(s, ACT_REMEDY);
			return;
		}
		d = ev->u.verdict.otherwise;
	}
	if (d == DO_ALTERNATE && n->alternate + 1u < c->alternates && !n->seek &&
	    pacing_switch(n, ev->at) <= ev->at && step_worth(&n->hops))
		seek(s, SEEK_OTHER, n->alternate + 1u, ev->at);
	else if (d == DO_RESTART_GROUP && c->follower && step_worth(&n->cures))
		step_emit(s, ACT_REGROUP);
	else if (d == DO_ESCALATE)
		step_tell(s);
}

void move_regroup(const struct policy_conf *c, const struct policy_event *ev,
		  struct policy_step *s)
{
	s->next.probing = s->next.alternate;
	step_stop(c, ev, s, THEN_PROBE);
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
