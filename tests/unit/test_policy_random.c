/* Every event in every state, a million random events, and whether it all heals in the end.
 * POLICY_SEED=N in the environment repeats a run. */
#include <stdio.h>
#include <stdlib.h>

#include "policysim.h"
#include "supervisor/decide/pacing.h"

enum { STEPS = 1000 * 1000, LIVES = 300 };

/* What the world outside knows, kept apart from the state that is tested. */
struct world {
	struct policy_conf conf;
	struct policy_state s;
	msec_t now;
	bool process, wanted, excuse, was_ready;
	msec_t launched;
	msec_t hurried[PACE_HURRIES + 1];	/* launches within a second of another, newest first */
	msec_t switched[POLICY_SWITCHES_MAX + 1];	/* from a process that was ready */
	uint64_t rng;
};

static uint64_t first_seed(void)
{
	const char *given = getenv("POLICY_SEED");

	return given ? strtoull(given, NULL, 0) : 20261121;
}

static uint32_t any(uint64_t *rng, uint32_t below)
{
	*rng ^= *rng << 13;
	*rng ^= *rng >> 7;
	*rng ^= *rng << 17;
	return (uint32_t)((*rng >> 11) % below);
}

static bool alive_in(enum policy_st st)
{
	return st == ST_STARTING || st == ST_RUNNING || st == ST_READY || st == ST_STOPPING;
}

static const char *bad_hurry(struct world *w)
{
	memmove(&w->hurried[1], &w->hurried[0], PACE_HURRIES * sizeof(w->hurried[0]));
	w->hurried[0] = w->now;
	if (!w->excuse)
		return "launch within a second without an excuse";
	if (w->hurried[PACE_HURRIES] != MSEC_NONE &&
	    w->now - w->hurried[PACE_HURRIES] < PACE_HURRY_MS)
		return "a storm of launches";
	return NULL;
}

/* NULL, or what is wrong with this launch. */
static const char *bad_launch(struct world *w, const struct action *a)
{
	const char *bad = NULL;

	if (w->process)
		bad = "launch beside a living process";
	else if (!w->wanted)
		bad = "launch of a stopped unit";
	else if (w->launched != MSEC_NONE && w->now - w->launched < SEC)
		bad = bad_hurry(w);
	w->launched = w->now;
	w->process = true;
	w->excuse = w->was_ready = false;
	return bad;
}

static const char *bad_action(struct world *w, const struct action *a)
{
	switch (a->kind) {
	case ACT_LAUNCH:
		return a->alternate >= w->conf.alternates ? "launch out of range" : bad_launch(w, a);
	case ACT_PROBE:
		if (!w->wanted)
			return "probe of a stopped unit";
		return a->alternate >= w->conf.alternates ? "probe out of range" : NULL;
	case ACT_TERM:
	case ACT_KILL:
	case ACT_STUCK:
		return w->process ? NULL : "a signal for nobody";
	case ACT_TIMER:
		if (a->at != MSEC_NONE && (a->at < w->now || a->at > w->now + 3 * HOUR))
			return "timer in the past or too far away";
		return NULL;
	default:
		return a->kind > ACT_NONE && a->kind < ACT_COUNT ? NULL : "no such action";
	}
}

static const char *bad_switch(struct world *w, const struct policy_state *was)
{
	if (w->s.st != ST_STOPPING || w->s.then != THEN_LAUNCH || was->st != ST_READY)
		return NULL;
	memmove(&w->switched[1], &w->switched[0], POLICY_SWITCHES_MAX * sizeof(w->switched[0]));
	w->switched[0] = w->now;
	if (w->switched[POLICY_SWITCHES_MAX] != MSEC_NONE &&
	    w->now - w->switched[POLICY_SWITCHES_MAX] < HOUR)
		return "a ready process was left more than four times within an hour";
	return NULL;
}

static const char *bad_state(const struct world *w)
{
	const struct policy_state *s = &w->s;
	bool waits = s->st == ST_PROBING || s->st == ST_BACKING_OFF || s->st == ST_STOPPING ||
		     (s->st == ST_WAITING && (!w->conf.follower || s->leader_up));

	if (s->st >= ST_COUNT)
		return "no such state";
	if (s->alternate >= w->conf.alternates || s->probing >= w->conf.alternates)
		return "alternate out of range";
	if (s->alive != w->process || s->alive != alive_in((enum policy_st)s->st))
		return "wrong about whether a process exists";
	if (waits && s->timer == MSEC_NONE)
		return "waits without a timer: a dead end";
	if (s->waits > 2 || s->hops > 2 || s->cures > 2)
		return "follows advice that was fruitless twice";
	if (!w->wanted && s->st != ST_STOPPED && s->st != ST_STOPPING)
		return "does not stay stopped";
	return NULL;
}

static void note(struct world *w, const struct policy_event *ev)
{
	if (ev->kind == EVT_WANT_UP)
		w->wanted = true;
	if (ev->kind == EVT_WANT_DOWN)
		w->wanted = false;
	if (ev->kind == EVT_CLEARED)
		w->excuse = true;
	if (ev->kind == EVT_READY && w->process)
		w->was_ready = true;
	if (ev->kind == EVT_EXITED || ev->kind == EVT_LAUNCH_FAILED) {
		w->excuse = w->excuse || w->was_ready;
		w->process = false;
	}
}

static const char *step(struct world *w, struct policy_event ev)
{
	struct policy_state was = w->s;
	struct policy_step s;
	const char *bad = NULL;

	ev.at = w->now;
	note(w, &ev);
	s = policy_step(&w->conf, w->s, &ev);
	w->s = s.next;
	if (s.n >= POLICY_ACTIONS_MAX)
		return "no room for all actions";
	for (unsigned i = 0; i < s.n && !bad; i++)
		bad = bad_action(w, &s.act[i]);
	bad = bad ? bad : bad_switch(w, &was);
	return bad ? bad : bad_state(w);
}

static struct world a_world(uint64_t seed)
{
	struct world w = {
		.conf = {
			.settle = 30 * SEC, .delay_min = SEC, .delay_max = 60 * SEC,
			.retry_slow = 5 * MIN, .patience = 2 * MIN, .stop_grace = 5 * SEC,
			.window = 60 * SEC,
		},
		.now = HOUR, .launched = MSEC_NONE, .rng = seed * 2 + 1,
	};

	for (unsigned i = 0; i < ARRAY_LEN(w.switched); i++)
		w.switched[i] = MSEC_NONE;
	for (unsigned i = 0; i < ARRAY_LEN(w.hurried); i++)
		w.hurried[i] = MSEC_NONE;
	for (unsigned i = 0; i < 8; i++)
		(void)any(&w.rng, 2);
	w.conf.alternates = 1 + any(&w.rng, ALTERNATES_MAX);
	w.conf.deaths = any(&w.rng, 6);
	w.conf.follower = any(&w.rng, 4) == 0;
	w.conf.seed = (uint32_t)w.rng;
	w.s = policy_start(&w.conf);
	return w;
}

/* Time stands still, creeps, jumps, or goes to the timer. */
static void let_time_pass(struct world *w)
{
	switch (any(&w->rng, 6)) {
	case 0: break;
	case 1: w->now += any(&w->rng, 3 * MIN); break;
	case 2:
		if (w->s.timer != MSEC_NONE && w->s.timer > w->now)
			w->now = w->s.timer;
		break;
	default: w->now += any(&w->rng, 400); break;
	}
}

/* Any event at all, save that nobody reports the end of a process that does not exist. */
static struct policy_event any_event(struct world *w)
{
	struct policy_event ev = { .kind = (enum event_kind)any(&w->rng, EVT_COUNT) };

	if (ev.kind == EVT_WANT_DOWN && any(&w->rng, 4))
		ev.kind = EVT_WANT_UP;
	if (ev.kind == EVT_LAUNCH_FAILED && w->s.st != ST_STARTING)
		ev.kind = EVT_EXITED;
	if (ev.kind == EVT_EXITED && !w->process)
		ev.kind = EVT_PROBE_PASS;
	if (ev.kind == EVT_PROBE_PASS || ev.kind == EVT_PROBE_BLOCK)
		ev.u.probe.alternate = any(&w->rng, 5) ? w->s.probing : any(&w->rng, ALTERNATES_MAX);
	else if (ev.kind == EVT_WANT_UP)
		ev.u.want.force = any(&w->rng, 8) == 0;
	else if (ev.kind == EVT_VERDICT)
		ev.u.verdict.disposition = (enum disposition)any(&w->rng, DISPOSITIONS),
		ev.u.verdict.otherwise = (enum disposition)any(&w->rng, DISPOSITIONS);
	return ev;
}

static void a_million_random_events_break_no_invariant(void **unused)
{
	uint64_t seed = first_seed();
	struct world w = a_world(seed);

	for (unsigned i = 0; i < STEPS; i++) {
		struct policy_event ev;
		const char *bad;

		if (i % 5000 == 4999)
			w = a_world(++seed);
		let_time_pass(&w);
		ev = any_event(&w);
		bad = step(&w, ev);
		if (bad)
			fail_msg("%s (POLICY_SEED=%llu, step %u, event %d)", bad,
				 (unsigned long long)seed, i, ev.kind);
	}
}

/* States that a world passes through, at most one for each kind of state and variant. */
static unsigned gather(struct world *found, unsigned room)
{
	bool seen[ST_COUNT][8][3] = { { { false } } };
	unsigned n = 0;

	for (uint64_t seed = 1; seed < 60; seed++) {
		struct world w = a_world(seed);

		for (unsigned i = 0; i < 2000 && n < room; i++) {
			bool *mark = &seen[w.s.st][w.s.st == ST_STOPPING ? w.s.then : w.s.round]
					  [w.s.seek];

			if (!*mark) {
				*mark = true;
				found[n++] = w;
			}
			let_time_pass(&w);
			assert_null(step(&w, any_event(&w)));
		}
	}
	return n;
}

static void every_event_in_every_state_keeps_the_invariants(void **unused)
{
	static struct world found[128];
	unsigned n = gather(found, ARRAY_LEN(found));
	bool covered[ST_COUNT] = { false };

	for (unsigned i = 0; i < n; i++) {
		covered[found[i].s.st] = true;
		for (int kind = EVT_NONE; kind <= EVT_COUNT; kind++) {
			struct world w = found[i];
			const char *bad;

			if ((kind == EVT_EXITED && !w.process) ||
			    (kind == EVT_LAUNCH_FAILED && w.s.st != ST_STARTING))
				continue;
			bad = step(&w, (struct policy_event){ .kind = (enum event_kind)kind });
			if (bad)
				fail_msg("%s (state %d, event %d)", bad, found[i].s.st, kind);
		}
	}
	for (int st = 0; st < ST_COUNT; st++)
		assert_true(covered[st]);
}

static void a_meaningless_event_changes_nothing(void **unused)
{
	struct sim m = sim_start(1);
	struct policy_event late = { .kind = EVT_LAUNCHED, .at = m.now + 5 };
	struct policy_step s = policy_step(&m.conf, m.s, &late);

	assert_int_equal(s.n, 0);
	assert_memory_equal(&s.next, &m.s, sizeof(m.s));
	late = (struct policy_event){ .kind = EVT_TIMEOUT, .at = m.s.timer - 1 };
	s = policy_step(&m.conf, m.s, &late);
	assert_int_equal(s.n, 0);
}

static void shake(struct sim *m, uint64_t *rng)
{
	struct way *w = &m->way[any(rng, m->conf.alternates)];

	w->blocked = any(rng, 3) == 0;
	w->unlaunchable = any(rng, 6) == 0;
	w->ready_after = any(rng, 3) ? 3 * SEC : MSEC_NONE;
	w->dies_after = any(rng, 2) ? (msec_t)any(rng, 40 * SEC) : MSEC_NONE;
	w->verdict = (enum disposition)any(rng, DISPOSITIONS);
	if (any(rng, 8) == 0)
		sim_say(m, EVT_BROKEN);
	if (any(rng, 6) == 0)
		sim_say(m, EVT_CLEARED);
	if (any(rng, 10) == 0)
		sim_say(m, EVT_RESTART);
}

static void mend(struct sim *m)
{
	for (unsigned i = 0; i < SIM_ALTERNATES; i++)
		m->way[i] = (struct way){ .ready_after = 3 * SEC, .dies_after = MSEC_NONE,
					  .dies_on_term_after = 5 };
	m->dies_at = MSEC_NONE;
	/* alive but useless: health would call it broken */
	if (m->s.st == ST_RUNNING && m->ready_at == MSEC_NONE)
		sim_say(m, EVT_BROKEN);
}

/* No event tells it that the faults are over; its own clocks must find out. */
static void when_the_faults_stop_the_preferred_alternate_runs_again(void **unused)
{
	uint64_t seed = first_seed();

	for (unsigned life = 0; life < LIVES; life++, seed++) {
		uint64_t rng = seed * 2 + 1;
		struct sim m = sim_box(1 + (unsigned)(seed % SIM_ALTERNATES));

		sim_say(&m, EVT_WANT_UP);
		for (unsigned i = 0; i < 200; i++) {
			shake(&m, &rng);
			sim_run(&m, any(&rng, 30 * SEC));
		}
		mend(&m);
		sim_run(&m, 3 * HOUR);
		if (m.s.st != ST_READY || m.s.alternate != 0 || !m.s.proved)
			fail_msg("ended in state %d on alternate %d (POLICY_SEED=%llu)", m.s.st,
				 m.s.alternate, (unsigned long long)seed);
	}
}

static void the_same_events_replay_to_the_same_state(void **unused)
{
	struct world a = a_world(5), b = a_world(5);

	for (unsigned i = 0; i < 1000; i++) {
		let_time_pass(&a);
		let_time_pass(&b);
		assert_null(step(&a, any_event(&a)));
		assert_null(step(&b, any_event(&b)));
	}
	assert_memory_equal(&a.s, &b.s, sizeof(a.s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_in_every_state_keeps_the_invariants),
		cmocka_unit_test(a_million_random_events_break_no_invariant),
		cmocka_unit_test(a_meaningless_event_changes_nothing),
		cmocka_unit_test(when_the_faults_stop_the_preferred_alternate_runs_again),
		cmocka_unit_test(the_same_events_replay_to_the_same_state),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
