/* What every move is made of. Pure. */
#include "moves.h"

enum {
	PROBE_LIMIT_MS = 15 * 1000,	/* an unanswered probe is "unknown", which never blocks */
	FOLLOWER_GRACE_MS = 1000,
};

struct action *step_emit(struct policy_step *s, enum action_kind kind)
{
	struct action *a = &s->act[s->n < POLICY_ACTIONS_MAX ? s->n++ : POLICY_ACTIONS_MAX - 1];

	*a = (struct action){ .kind = kind, .at = MSEC_NONE };
	return a;
}

void step_arm(struct policy_step *s, msec_t at)
{
	s->next.timer = at;
	step_emit(s, ACT_TIMER)->at = at;
}

static msec_t sooner(msec_t a, msec_t b)
{
	if (a == MSEC_NONE || b == MSEC_NONE)
		return a == MSEC_NONE ? b : a;
	return a < b ? a : b;
}

/* The next moment at which a living process wants attention; what is overdue comes at once. */
void step_arm_alive(struct policy_step *s, msec_t now)
{
	const struct policy_state *n = &s->next;
	msec_t next = sooner(n->settle_at, sooner(n->climb_at, n->fall_at));

	step_arm(s, next != MSEC_NONE && next < now ? now : next);
}

void step_ask(struct policy_step *s, unsigned alternate)
{
	struct action *a = step_emit(s, ACT_PROBE);

	a->alternate = alternate;
	a->force = s->next.forced;
	s->next.probing = (uint8_t)alternate;
}

void step_probe(struct policy_step *s, unsigned alternate, enum policy_round round, msec_t at)
{
	s->next.st = ST_PROBING;
	s->next.round = round;
	s->next.cleared = false;
	step_ask(s, alternate);
	step_arm(s, at + PROBE_LIMIT_MS);
}

void step_wait_for_leader(struct policy_step *s)
{
	s->next.st = ST_WAITING;
	step_emit(s, ACT_UNWATCH);
	step_arm(s, MSEC_NONE);
}

/* Look for an alternate that may start, the preferred one first. */
void step_begin(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	if (c->follower && !s->next.leader_up)
		step_wait_for_leader(s);
	else
		step_probe(s, 0, ROUND_ALL, ev->at);
}

void step_back_off(struct policy_step *s, unsigned alternate, msec_t until)
{
	s->next.st = ST_BACKING_OFF;
	s->next.round = ROUND_RETRY;
	s->next.probing = (uint8_t)alternate;
	step_arm(s, until);
}

/* A person has acted: what went wrong before no longer counts. */
void step_fresh_start(const struct policy_event *ev, struct policy_state *n)
{
	pacing_forget(n);
	n->waits = n->hops = n->cures = 0;
	n->came_from = 0;
	n->exhausted = n->told = false;
	n->spare = true;
	n->forced = ev->kind == EVT_WANT_UP && ev->u.want.force;
}

void step_tell(struct policy_step *s)
{
	if (!s->next.told)
		step_emit(s, ACT_ESCALATE);
	s->next.told = true;
}

/* Every alternate has failed: say so once, then try them in turn at the slowest pace. */
void step_exhaust(const struct policy_conf *c, const struct policy_event *ev,
		  struct policy_step *s, unsigned target)
{
	s->next.exhausted = true;
	step_tell(s);
	step_back_off(s, target, ev->at + pacing_jitter(c, c->delay_max, ev->at));
}

/*
 * A phc2sys that goes on while its ptp4l is started anew can make one wild correction,
 * about two seconds later (seen with linuxptp 4.4): it is not waited for that long.
 */
static msec_t stop_grace(const struct policy_conf *c, enum policy_then then)
{
	return then == THEN_WAIT && c->stop_grace > FOLLOWER_GRACE_MS ? FOLLOWER_GRACE_MS
								      : c->stop_grace;
}

void step_stop(const struct policy_conf *c, const struct policy_event *ev,
	       struct policy_step *s, enum policy_then then)
{
	s->next.st = ST_STOPPING;
	s->next.then = then;
	s->next.seek = SEEK_NOTHING;
	s->next.kills = 0;
	step_emit(s, ACT_TERM);
	step_arm(s, ev->at + stop_grace(c, then));
}

void step_fall_back(struct policy_state *n)
{
	n->probing = n->came_from - 1;
	n->came_from = 0;
	n->fall_at = MSEC_NONE;
	if (n->failed_climbs < UINT8_MAX)
		n->failed_climbs++;
}
