/* Decides what to do next for one supervised daemon. Pure: a table of short moves. */
#include "pacing.h"
#include "policystate.h"

enum {
	PROBE_LIMIT_MS = 15 * 1000,	/* an unanswered probe is "unknown", which never blocks */
	FRUITLESS_ROUNDS = 2,		/* a guess that did not help twice is not followed again */
};

typedef void move_fn(const struct policy_conf *c, const struct policy_event *ev,
		     struct policy_step *s);

static struct action *emit(struct policy_step *s, enum action_kind kind)
{
	struct action *a = &s->act[s->n < POLICY_ACTIONS_MAX ? s->n++ : POLICY_ACTIONS_MAX - 1];

	*a = (struct action){ .kind = kind, .at = MSEC_NONE };
	return a;
}

static void arm(struct policy_step *s, msec_t at)
{
	s->next.timer = at;
	emit(s, ACT_TIMER)->at = at;
}

static msec_t sooner(msec_t a, msec_t b)
{
	if (a == MSEC_NONE || b == MSEC_NONE)
		return a == MSEC_NONE ? b : a;
	return a < b ? a : b;
}

/* The next moment at which a living process wants attention; what is overdue comes at once. */
static void arm_alive(struct policy_step *s, msec_t now)
{
	const struct policy_state *n = &s->next;
	msec_t next = sooner(n->settle_at, sooner(n->climb_at, n->fall_at));

	arm(s, next != MSEC_NONE && next < now ? now : next);
}

static void ask(struct policy_step *s, unsigned alternate)
{
	struct action *a = emit(s, ACT_PROBE);

	a->alternate = alternate;
	a->force = s->next.forced;
	s->next.probing = (uint8_t)alternate;
}

static void probe(struct policy_step *s, unsigned alternate, enum policy_round round, msec_t at)
{
	s->next.st = ST_PROBING;
	s->next.round = round;
	s->next.cleared = false;
	ask(s, alternate);
	arm(s, at + PROBE_LIMIT_MS);
}

static void wait_for_leader(struct policy_step *s)
{
	s->next.st = ST_WAITING;
	emit(s, ACT_UNWATCH);
	arm(s, MSEC_NONE);
}

/* Look for an alternate that may start, the preferred one first. */
static void begin(const struct policy_conf *c, const struct policy_event *ev,
		  struct policy_step *s)
{
	if (c->follower && !s->next.leader_up)
		wait_for_leader(s);
	else
		probe(s, 0, ROUND_ALL, ev->at);
}

static void back_off(struct policy_step *s, unsigned alternate, msec_t until)
{
	s->next.st = ST_BACKING_OFF;
	s->next.round = ROUND_RETRY;
	s->next.probing = (uint8_t)alternate;
	arm(s, until);
}

/* A person has acted: what went wrong before no longer counts. */
static void fresh_start(const struct policy_event *ev, struct policy_state *n)
{
	pacing_forget(n);
	n->waits = n->hops = 0;
	n->came_from = 0;
	n->exhausted = false;
	n->spare = true;
	n->forced = ev->kind == EVT_WANT_UP && ev->u.want.force;
}

static void want_up(const struct policy_conf *c, const struct policy_event *ev,
		    struct policy_step *s)
{
	fresh_start(ev, &s->next);
	begin(c, ev, s);
}

static void want_up_again(const struct policy_conf *c, const struct policy_event *ev,
			  struct policy_step *s)
{
	if (s->next.probing != 0 || ev->u.want.force != s->next.forced)
		want_up(c, ev, s);
}

static void rest(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	s->next.st = ST_STOPPED;
	s->next.forced = s->next.exempt = s->next.exhausted = false;
	s->next.came_from = 0;
	emit(s, ACT_UNWATCH);
	arm(s, MSEC_NONE);
}

static void retry_all(const struct policy_conf *c, const struct policy_event *ev,
		      struct policy_step *s)
{
	begin(c, ev, s);
}

static void obstacle_gone(const struct policy_conf *c, const struct policy_event *ev,
			  struct policy_step *s)
{
	if (c->follower && !s->next.leader_up)
		return;
	s->next.exempt = true;
	begin(c, ev, s);
}

static void note_cleared(const struct policy_conf *c, const struct policy_event *ev,
			 struct policy_step *s)
{
	s->next.cleared = true;
}

static void leader_came(const struct policy_conf *c, const struct policy_event *ev,
			struct policy_step *s)
{
	bool news = !s->next.leader_up;

	s->next.leader_up = true;
	if (news && c->follower && s->next.st == ST_WAITING)
		begin(c, ev, s);
}

static void leader_left(const struct policy_conf *c, const struct policy_event *ev,
			struct policy_step *s)
{
	s->next.leader_up = false;
	if (c->follower && s->next.st != ST_STOPPED)
		wait_for_leader(s);
}

static void retry_one(const struct policy_conf *c, const struct policy_event *ev,
		      struct policy_step *s)
{
	unsigned target = s->next.probing < c->alternates ? s->next.probing : 0;

	probe(s, target, target ? ROUND_RETRY : ROUND_ALL, ev->at);
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

static void launch(const struct policy_conf *c, const struct policy_event *ev,
		   struct policy_step *s)
{
	struct policy_state *n = &s->next;
	unsigned target = n->probing;
	msec_t start = pacing_start(n, ev->at);

	if (start > ev->at) {
		back_off(s, target, start);
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
	n->was_ready = n->proved = n->climbing = n->cleared = n->forced = false;
	n->settle_at = MSEC_NONE;
	/* what keeps the better ones from running stays watched */
	emit(s, target ? ACT_WATCH : ACT_UNWATCH);
	emit(s, ACT_LAUNCH)->alternate = target;
	arm(s, MSEC_NONE);
}

static void passed(const struct policy_conf *c, const struct policy_event *ev,
		   struct policy_step *s)
{
	if (ev->u.probe.alternate == s->next.probing)
		launch(c, ev, s);
}

/* Every alternate has failed: say so once, then try them in turn at the slowest pace. */
static void exhaust(const struct policy_conf *c, const struct policy_event *ev,
		    struct policy_step *s, unsigned target)
{
	if (!s->next.exhausted)
		emit(s, ACT_ESCALATE);
	s->next.exhausted = true;
	back_off(s, target, ev->at + pacing_jitter(c, c->delay_max, ev->at));
}

static void all_blocked(const struct policy_conf *c, const struct policy_event *ev,
			struct policy_step *s)
{
	if (s->next.cleared) {	/* the answers are older than the repair */
		obstacle_gone(c, ev, s);
		return;
	}
	s->next.was_ready = false;	/* the verdict to come is about the refusal */
	emit(s, ACT_DIAGNOSE);
	emit(s, ACT_WATCH);
	if (s->next.round == ROUND_REST) {
		exhaust(c, ev, s, 0);
		return;
	}
	s->next.st = ST_WAITING;
	arm(s, ev->at + c->retry_slow);
}

static void blocked(const struct policy_conf *c, const struct policy_event *ev,
		    struct policy_step *s)
{
	struct policy_state *n = &s->next;

	if (ev->u.probe.alternate != n->probing)
		return;
	if (n->forced || ev->u.probe.forced)
		launch(c, ev, s);
	else if (n->round == ROUND_RETRY)
		probe(s, 0, ROUND_ALL, ev->at);
	else if (n->probing + 1u < c->alternates)
		probe(s, n->probing + 1u, n->round, ev->at);
	else
		all_blocked(c, ev, s);
}

static void became_ready(const struct policy_conf *c, const struct policy_event *ev,
			 struct policy_step *s)
{
	struct policy_state *n = &s->next;

	n->st = ST_READY;
	n->was_ready = true;
	n->fall_at = MSEC_NONE;
	n->settle_at = n->proved ? MSEC_NONE : ev->at + c->settle;
	arm_alive(s, ev->at);
}

static void no_longer_ready(const struct policy_conf *c, const struct policy_event *ev,
			    struct policy_step *s)
{
	s->next.st = ST_RUNNING;
	s->next.settle_at = MSEC_NONE;
	arm_alive(s, ev->at);
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
	emit(s, ACT_SETTLED);
}

static void stop_then(const struct policy_conf *c, const struct policy_event *ev,
		      struct policy_step *s, enum policy_then then)
{
	s->next.st = ST_STOPPING;
	s->next.then = then;
	s->next.climbing = false;
	emit(s, ACT_TERM);
	arm(s, ev->at + c->stop_grace);
}

/* Ask whether a better alternate may run, while this one goes on. */
static void climb(const struct policy_conf *c, const struct policy_event *ev,
		  struct policy_step *s)
{
	struct policy_state *n = &s->next;
	msec_t allowed = pacing_climb(n, ev->at);

	if (n->alternate == 0)
		return;
	if (allowed > ev->at) {
		n->climb_at = allowed;
		arm_alive(s, ev->at);
		return;
	}
	n->climbing = true;
	n->climb_at = ev->at + pacing_patience(c, n);
	ask(s, 0);
	arm_alive(s, ev->at);
}

static void launched(const struct policy_conf *c, const struct policy_event *ev,
		     struct policy_step *s)
{
	s->next.st = ST_RUNNING;
	if (s->next.cleared && s->next.alternate)
		climb(c, ev, s);
	else
		arm_alive(s, ev->at);
}

static void promote(const struct policy_conf *c, const struct policy_event *ev,
		    struct policy_step *s)
{
	struct policy_state *n = &s->next;

	if (!n->climbing || ev->u.probe.alternate != n->probing)
		return;
	pacing_climbed(n, ev->at);
	n->came_from = n->alternate + 1;
	/* giving up a useful run is a bet with a term */
	n->fall_at = n->st == ST_READY ? ev->at + c->settle + MIN : MSEC_NONE;
	stop_then(c, ev, s, THEN_LAUNCH);
}

static void stay(const struct policy_conf *c, const struct policy_event *ev,
		 struct policy_step *s)
{
	struct policy_state *n = &s->next;

	if (!n->climbing || ev->u.probe.alternate != n->probing)
		return;
	if (n->probing + 1u < n->alternate) {
		ask(s, n->probing + 1u);
		return;
	}
	n->climbing = false;
	emit(s, ACT_WATCH);
}

static void fall_back(const struct policy_event *ev, struct policy_state *n)
{
	n->probing = n->came_from - 1;
	n->came_from = 0;
	n->fall_at = MSEC_NONE;
	if (n->failed_climbs < UINT8_MAX)
		n->failed_climbs++;
}

static void due(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	struct policy_state *n = &s->next;

	if (n->fall_at != MSEC_NONE && ev->at >= n->fall_at && n->came_from) {
		fall_back(ev, n);
		stop_then(c, ev, s, THEN_PROBE);
		return;
	}
	if (n->settle_at != MSEC_NONE && ev->at >= n->settle_at)
		settled(s);
	if (n->climb_at != MSEC_NONE && ev->at >= n->climb_at)
		climb(c, ev, s);
	else
		arm_alive(s, ev->at);
}

/* This alternate does not work: the ones behind it, then slowly all of them. */
static void leave_alternate(const struct policy_conf *c, const struct policy_event *ev,
			    struct policy_step *s)
{
	struct policy_state *n = &s->next;

	pacing_forget(n);
	if (n->alternate + 1u < c->alternates)
		probe(s, n->alternate + 1u, ROUND_REST, ev->at);
	else
		exhaust(c, ev, s, 0);
}

/* A failed start counts like a death: both mean that this alternate does not work. */
static void died(const struct policy_conf *c, const struct policy_event *ev,
		 struct policy_step *s)
{
	struct policy_state *n = &s->next;

	n->alive = n->climbing = false;
	pacing_death(n, ev->at);
	emit(s, ACT_DIAGNOSE);
	if (n->came_from) {
		fall_back(ev, n);
		probe(s, n->probing, ROUND_RETRY, ev->at);
	} else if (n->exhausted) {
		exhaust(c, ev, s, (n->alternate + 1u) % c->alternates);
	} else if (pacing_worn_out(c, n)) {
		leave_alternate(c, ev, s);
	} else if (n->proved || (n->was_ready && n->spare)) {
		n->spare = n->proved;
		n->exempt = true;
		probe(s, n->alternate, n->alternate ? ROUND_RETRY : ROUND_ALL, ev->at);
	} else {
		back_off(s, n->alternate,
			 pacing_start(n, ev->at + pacing_delay(c, n, ev->at)));
	}
}

static void broken(const struct policy_conf *c, const struct policy_event *ev,
		   struct policy_step *s)
{
	stop_then(c, ev, s, THEN_RETRY);
}

static void stop(const struct policy_conf *c, const struct policy_event *ev, struct policy_step *s)
{
	stop_then(c, ev, s, THEN_REST);
}

static void restart(const struct policy_conf *c, const struct policy_event *ev,
		    struct policy_step *s)
{
	fresh_start(ev, &s->next);
	s->next.probing = 0;
	stop_then(c, ev, s, THEN_PROBE);
}

static void restart_waiting(const struct policy_conf *c, const struct policy_event *ev,
			    struct policy_step *s)
{
	bool forced = s->next.forced;

	fresh_start(ev, &s->next);
	s->next.forced = forced;
	begin(c, ev, s);
}

static void follow_down(const struct policy_conf *c, const struct policy_event *ev,
			struct policy_step *s)
{
	s->next.leader_up = false;
	if (c->follower)
		stop_then(c, ev, s, THEN_WAIT);
}

/* The process that we stopped is gone. */
static void gone(const struct policy_conf *c, const struct policy_event *ev,
		 struct policy_step *s)
{
	struct policy_state *n = &s->next;

	n->alive = false;
	if (n->then == THEN_RETRY)
		died(c, ev, s);
	else if (n->then == THEN_REST)
		rest(c, ev, s);
	else if (n->then == THEN_WAIT || (c->follower && !n->leader_up))
		begin(c, ev, s);
	else if (n->then == THEN_LAUNCH)
		launch(c, ev, s);
	else
		retry_one(c, ev, s);
}

static void insist(const struct policy_conf *c, const struct policy_event *ev,
		   struct policy_step *s)
{
	emit(s, ACT_KILL);
	arm(s, ev->at + c->stop_grace);
}

/* The stop signal was sent before there was a process to take it. */
static void stop_late_child(const struct policy_conf *c, const struct policy_event *ev,
			    struct policy_step *s)
{
	emit(s, ACT_TERM);
}

static void stop_for_good(const struct policy_conf *c, const struct policy_event *ev,
			  struct policy_step *s)
{
	s->next.then = THEN_REST;
	s->next.forced = false;
}

static void start_once_gone(const struct policy_conf *c, const struct policy_event *ev,
			    struct policy_step *s)
{
	fresh_start(ev, &s->next);
	s->next.then = THEN_PROBE;
	s->next.probing = 0;
}

static void restart_once_gone(const struct policy_conf *c, const struct policy_event *ev,
			      struct policy_step *s)
{
	if (s->next.then != THEN_REST)
		start_once_gone(c, ev, s);
}

static void wait_once_gone(const struct policy_conf *c, const struct policy_event *ev,
			   struct policy_step *s)
{
	s->next.leader_up = false;
	if (c->follower && s->next.then != THEN_REST)
		s->next.then = THEN_WAIT;
}

/*
 * A verdict may turn the back-off into something better; whatever it names is watched too.
 * A run that was ready has shown that nothing lasting stands in its way, whatever the verdict.
 */
static void judged(const struct policy_conf *c, const struct policy_event *ev,
		   struct policy_step *s)
{
	struct policy_state *n = &s->next;
	enum disposition d = ev->u.verdict.disposition;

	bool hopeless = !n->was_ready;

	if (d == DO_ALTERNATE && hopeless && n->hops < FRUITLESS_ROUNDS &&
	    n->alternate + 1u < c->alternates) {
		n->hops++;
		probe(s, n->alternate + 1u, ROUND_REST, ev->at);
		return;
	}
	if (d != DO_WAIT && d != DO_OPERATOR)
		return;
	emit(s, ACT_WATCH);
	if (!hopeless || n->waits >= FRUITLESS_ROUNDS)
		return;
	n->waits++;
	n->st = ST_WAITING;
	arm(s, ev->at + c->retry_slow);
}

/* An empty cell is a decision too: the event means nothing in that state. */
static move_fn *const table[ST_COUNT][EVT_COUNT] = {
	[ST_STOPPED] = {
		[EVT_WANT_UP]		= want_up,
		[EVT_LEADER_UP]		= leader_came,
		[EVT_LEADER_DOWN]	= leader_left,
	},
	[ST_WAITING] = {
		[EVT_WANT_UP]		= want_up,
		[EVT_WANT_DOWN]		= rest,
		[EVT_RESTART]		= restart_waiting,
		[EVT_CLEARED]		= obstacle_gone,
		[EVT_LEADER_UP]		= leader_came,
		[EVT_LEADER_DOWN]	= leader_left,
		[EVT_TIMEOUT]		= retry_all,
	},
	[ST_PROBING] = {
		[EVT_WANT_UP]		= want_up_again,
		[EVT_WANT_DOWN]		= rest,
		[EVT_RESTART]		= restart_waiting,
		[EVT_PROBE_PASS]	= passed,
		[EVT_PROBE_BLOCK]	= blocked,
		[EVT_CLEARED]		= note_cleared,
		[EVT_LEADER_UP]		= leader_came,
		[EVT_LEADER_DOWN]	= leader_left,
		[EVT_TIMEOUT]		= launch,
	},
	[ST_STARTING] = {
		[EVT_WANT_DOWN]		= stop,
		[EVT_RESTART]		= restart,
		[EVT_LAUNCHED]		= launched,
		[EVT_LAUNCH_FAILED]	= died,
		[EVT_EXITED]		= died,
		[EVT_READY]		= became_ready,
		[EVT_BROKEN]		= broken,
		[EVT_CLEARED]		= note_cleared,
		[EVT_LEADER_UP]		= leader_came,
		[EVT_LEADER_DOWN]	= follow_down,
	},
	[ST_RUNNING] = {
		[EVT_WANT_DOWN]		= stop,
		[EVT_RESTART]		= restart,
		[EVT_PROBE_PASS]	= promote,
		[EVT_PROBE_BLOCK]	= stay,
		[EVT_EXITED]		= died,
		[EVT_READY]		= became_ready,
		[EVT_BROKEN]		= broken,
		[EVT_CLEARED]		= climb,
		[EVT_LEADER_UP]		= leader_came,
		[EVT_LEADER_DOWN]	= follow_down,
		[EVT_TIMEOUT]		= due,
	},
	[ST_READY] = {
		[EVT_WANT_DOWN]		= stop,
		[EVT_RESTART]		= restart,
		[EVT_PROBE_PASS]	= promote,
		[EVT_PROBE_BLOCK]	= stay,
		[EVT_EXITED]		= died,
		[EVT_UNREADY]		= no_longer_ready,
		[EVT_BROKEN]		= broken,
		[EVT_CLEARED]		= climb,
		[EVT_LEADER_UP]		= leader_came,
		[EVT_LEADER_DOWN]	= follow_down,
		[EVT_TIMEOUT]		= due,
	},
	[ST_BACKING_OFF] = {
		[EVT_WANT_UP]		= want_up,
		[EVT_WANT_DOWN]		= rest,
		[EVT_RESTART]		= restart_waiting,
		[EVT_VERDICT]		= judged,
		[EVT_CLEARED]		= obstacle_gone,
		[EVT_LEADER_UP]		= leader_came,
		[EVT_LEADER_DOWN]	= leader_left,
		[EVT_TIMEOUT]		= retry_one,
	},
	[ST_STOPPING] = {
		[EVT_WANT_UP]		= start_once_gone,
		[EVT_WANT_DOWN]		= stop_for_good,
		[EVT_RESTART]		= restart_once_gone,
		[EVT_LAUNCHED]		= stop_late_child,
		[EVT_LAUNCH_FAILED]	= gone,
		[EVT_EXITED]		= gone,
		[EVT_LEADER_UP]		= leader_came,
		[EVT_LEADER_DOWN]	= wait_once_gone,
		[EVT_TIMEOUT]		= insist,
	},
};

struct policy_step policy_step(const struct policy_conf *conf, struct policy_state now,
			       const struct policy_event *ev)
{
	struct policy_step s = { .next = now };
	move_fn *move = now.st < ST_COUNT && ev->kind < EVT_COUNT ? table[now.st][ev->kind] : NULL;
	bool stale = ev->kind == EVT_TIMEOUT && (now.timer == MSEC_NONE || ev->at < now.timer);

	if (move && !stale)
		move(conf, ev, &s);
	return s;
}

struct policy_state policy_start(const struct policy_conf *conf)
{
	struct policy_state n = {
		.st = ST_STOPPED,
		.spare = true,
		.launched_at = MSEC_NONE, .hurried = MSEC_NONE, .timer = MSEC_NONE,
		.settle_at = MSEC_NONE, .climb_at = MSEC_NONE, .fall_at = MSEC_NONE,
	};

	pacing_forget(&n);
	for (unsigned i = 0; i < ARRAY_LEN(n.climbed); i++)
		n.climbed[i] = MSEC_NONE;
	return n;
}

struct policy_state policy_adopted(const struct policy_conf *conf, unsigned alternate, msec_t now)
{
	struct policy_state n = policy_start(conf);

	n.st = ST_STARTING;	/* EVT_LAUNCHED arms its timers */
	n.alive = true;
	n.leader_up = true;
	n.alternate = (uint8_t)(alternate < conf->alternates ? alternate : 0);
	n.launched_at = now;
	if (n.alternate)
		n.climb_at = now + pacing_patience(conf, &n);
	return n;
}
