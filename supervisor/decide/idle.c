/* Moves of a unit without a process: looking for an alternate that may start. Pure. */
#include "moves.h"

void move_want_up(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	step_fresh_start(ev, &s->next);
	step_begin(c, ev, s);
}

void move_want_up_again(const struct policy_conf *c, const struct policy_event *ev,
			struct policy_step *s)
{
	if (s->next.probing != 0 || ev->u.want.force != s->next.forced)
		move_want_up(c, ev, s);
}

void move_rest(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	s->next.st = ST_STOPPED;
	s->next.forced = s->next.exempt = s->next.exhausted = false;
	s->next.came_from = 0;
	step_emit(s, ACT_UNWATCH);
	step_arm(s, MSEC_NONE);
}

void move_obstacle_gone(const struct policy_conf *c, const struct policy_event *ev,
			struct policy_step *s)
{
	if (c->follower && !s->next.leader_up)
		return;
	s->next.exempt = true;
	step_begin(c, ev, s);
}

void move_note_cleared(const struct policy_conf *c, const struct policy_event *ev,
		       struct policy_step *s)
{
	s->next.cleared = true;
}

void move_leader_came(const struct policy_conf *c, const struct policy_event *ev,
		      struct policy_step *s)
{
	bool news = !s->next.leader_up;

	s->next.leader_up = true;
	if (news && c->follower && s->next.st == ST_WAITING)
		step_begin(c, ev, s);
}

void move_leader_left(const struct policy_conf *c, const struct policy_event *ev,
		      struct policy_step *s)
{
	s->next.leader_up = false;
	if (c->follower && s->next.st != ST_STOPPED)
		step_wait_for_leader(s);
}

void move_retry_one(const struct policy_conf *c, const struct policy_event *ev,
		    struct policy_step *s)
{
	unsigned target = s->next.probing < c->alternates ? s->next.probing : 0;

	step_probe(s, target, target ? ROUND_RETRY : ROUND_ALL, ev->at);
}

/* On a lesser alternate patience counts from the arrival, not from its latest restart. */
static void plan_climb(const struct policy_conf *c, struct policy_state *n, unsigned target,
		       msec_t at)
{
	if (target == 0)
		n->climb_at = MSEC_NONE;
	else if (target != n->alternate || n->climb_at == MSEC_NONE)
		n->climb_at = at + pacing_patience(c, n);
	else if (n->climb_at < at + c->settle)
		n->climb_at = at + c->settle;
}

void move_launch(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;
	unsigned target = n->probing;
	msec_t start = pacing_start(n, ev->at);

	if (start > ev->at) {
		step_back_off(s, target, start);
		return;
	}
	plan_climb(c, n, target, ev->at);
	pacing_started(n, ev->at);
	if (target != n->alternate)
		pacing_forget(n);
	if (n->came_from && target + 1u >= n->came_from)
		n->came_from = 0;
	if (!n->came_from)
		n->fall_at = MSEC_NONE;
	n->st = ST_STARTING;
	n->alternate = (uint8_t)target;
	n->alive = true;
	n->was_ready = n->proved = n->cleared = n->forced = false;
	n->seek = SEEK_NOTHING;
	n->settle_at = MSEC_NONE;
	/* what keeps the better ones from running stays watched */
	step_emit(s, target ? ACT_WATCH : ACT_UNWATCH);
	step_emit(s, ACT_LAUNCH)->alternate = target;
	step_arm(s, MSEC_NONE);
}

void move_passed(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	if (ev->u.probe.alternate == s->next.probing)
		move_launch(c, ev, s);
}

static void all_blocked(const struct policy_conf *c, const struct policy_event *ev,
			struct policy_step *s)
{
	if (s->next.cleared) {	/* the answers are older than the repair */
		move_obstacle_gone(c, ev, s);
		return;
	}
	s->next.was_ready = false;	/* the verdict to come is about the refusal */
	step_emit(s, ACT_DIAGNOSE);
	step_emit(s, ACT_WATCH);
	if (s->next.round == ROUND_REST) {
		step_exhaust(c, ev, s, 0);
		return;
	}
	s->next.st = ST_WAITING;
	step_arm(s, ev->at + c->retry_slow);
}

void move_blocked(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;

	if (ev->u.probe.alternate != n->probing)
		return;
	if (n->forced || ev->u.probe.forced)
		move_launch(c, ev, s);
	else if (n->round == ROUND_RETRY)
		step_probe(s, 0, ROUND_ALL, ev->at);
	else if (n->probing + 1u < c->alternates)
		step_probe(s, n->probing + 1u, n->round, ev->at);
	else
		all_blocked(c, ev, s);
}

void move_restart_waiting(const struct policy_conf *c, const struct policy_event *ev,
			  struct policy_step *s)
{
	bool forced = s->next.forced;

	step_fresh_start(ev, &s->next);
	s->next.forced = forced;
	step_begin(c, ev, s);
}
