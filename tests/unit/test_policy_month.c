/*
 * Thirty days of a ptp4l with three alternates and a phc2sys behind it, twenty faults a day, in
 * virtual time. The decision core is the real one; walkworld.h watches its invariants at every
 * event. MONTH_SEED=N in the environment draws another month.
 */
#include "test.h"
#include "walkmend.h"

enum { DAYS = 30, FAULTS_A_DAY = 20, ALTERNATES = 3, DAY_MS = 24 * 3600 * 1000 };

/* Until when one alternate does what it should not. */
struct way {
	msec_t blocked, unlaunchable, crashing, useless;
};

struct month {
	struct world w;
	struct world_conf c;
	struct way way[WORLD_UNITS][ALTERNATES];
	msec_t hung[WORLD_UNITS];	/* takes no stop signal until then */
	uint64_t seed;
	const char *bad;
	/* seen */
	unsigned faults, starts[WORLD_UNITS], moves, left, most_left;
	msec_t useful, preferred;	/* time that the leader was of use, on its preferred alternate */
	msec_t left_at[16];		/* newest switches away from a process of use, a ring */
};

static bool lasts(const struct month *m, msec_t until)
{
	return until != MSEC_NONE && m->w.now < until;
}

static struct way *way_of(struct month *m, unsigned i, unsigned alternate)
{
	return &m->way[i][alternate];
}

static void count_left(struct month *m)
{
	unsigned recent = 0;

	m->left_at[m->left++ % ARRAY_LEN(m->left_at)] = m->w.now;
	for (unsigned i = 0; i < ARRAY_LEN(m->left_at) && i < m->left; i++)
		recent += m->w.now - m->left_at[i] < HOUR;
	if (recent > m->most_left)
		m->most_left = recent;
}

static void say(struct month *m, unsigned i, struct policy_event ev)
{
	struct world_unit *u = &m->w.unit[i];
	struct policy_state was = u->s;
	msec_t launched = u->launched;

	if (!m->bad && can_come(u, ev.kind))
		m->bad = world_feed(&m->c, &m->w, i, ev);
	m->starts[i] += u->launched != launched;
	m->moves += i == 0 && u->s.alternate != was.alternate;
	if (was.st == ST_READY && u->s.st == ST_STOPPING && u->s.then == THEN_LAUNCH)
		count_left(m);
}

static void tell(struct month *m, unsigned i, enum event_kind kind)
{
	say(m, i, (struct policy_event){ .kind = kind });
}

/* --- the daemons ------------------------------------------------------------------------ */

/* What a process does by itself, and when. */
static msec_t next_deed(struct month *m, unsigned i, struct policy_event *ev)
{
	const struct world_unit *u = &m->w.unit[i];
	const struct way *way = way_of(m, i, u->s.alternate);

	if (u->launching)
		return ev->kind = lasts(m, way->unlaunchable) ? EVT_LAUNCH_FAILED : EVT_LAUNCHED,
		       m->w.now;
	if (!u->process)
		return MSEC_NONE;
	if (u->s.st == ST_STOPPING && u->warned && !lasts(m, m->hung[i]))
		return ev->kind = EVT_EXITED, m->w.now;
	if (lasts(m, way->crashing))
		return ev->kind = EVT_EXITED, u->launched + 1500;
	if (u->useful || u->s.st != ST_RUNNING)
		return MSEC_NONE;
	if (lasts(m, way->useless))
		return ev->kind = EVT_BROKEN, u->launched + 40 * SEC;
	return ev->kind = EVT_READY, u->launched + EXEC_TO_READY_MS;
}

static msec_t next_thing(struct month *m, unsigned i, struct policy_event *ev)
{
	const struct world_unit *u = &m->w.unit[i];
	msec_t deed = next_deed(m, i, ev);

	if (u->asked) {
		bool blocked = lasts(m, way_of(m, i, u->asked - 1u)->blocked);

		*ev = (struct policy_event){ .kind = blocked ? EVT_PROBE_BLOCK : EVT_PROBE_PASS,
					     .u.probe.alternate = u->asked - 1u };
		return m->w.now;
	}
	if (u->s.timer != MSEC_NONE && (deed == MSEC_NONE || u->s.timer < deed)) {
		*ev = (struct policy_event){ .kind = EVT_TIMEOUT };
		return u->s.timer > m->w.now ? u->s.timer : m->w.now;
	}
	return deed == MSEC_NONE || deed > m->w.now ? deed : m->w.now;
}

static void pass_time(struct month *m, msec_t to)
{
	const struct world_unit *u = &m->w.unit[0];

	if (to <= m->w.now)
		return;
	m->useful += u->s.st == ST_READY ? to - m->w.now : 0;
	m->preferred += u->s.st == ST_READY && !u->s.alternate ? to - m->w.now : 0;
	m->w.now = to;
}

/* After a failure somebody has a theory, and it may be a wrong one. */
static void judge(struct month *m, unsigned i)
{
	struct policy_event ev = { .kind = EVT_VERDICT };

	ev.u.verdict.disposition = (enum disposition)drawn(&m->seed, DISPOSITIONS);
	ev.u.verdict.otherwise = (enum disposition)drawn(&m->seed, DISPOSITIONS);
	say(m, i, ev);
}

static void live_until(struct month *m, msec_t end)
{
	while (!m->bad) {
		struct policy_event ev[WORLD_UNITS] = { { .kind = EVT_NONE } };
		msec_t at[WORLD_UNITS];
		unsigned who = 0;

		for (unsigned i = 0; i < WORLD_UNITS; i++) {
			at[i] = next_thing(m, i, &ev[i]);
			if (sooner(at[i], at[who]))
				who = i;
		}
		if (at[who] == MSEC_NONE || at[who] > end)
			break;
		pass_time(m, at[who]);
		say(m, who, ev[who]);
		if (ev[who].kind == EVT_EXITED || ev[who].kind == EVT_LAUNCH_FAILED)
			judge(m, who);
	}
	pass_time(m, end);
}

/* --- twenty times a day ------------------------------------------------------------------ */

static msec_t minutes(struct month *m, unsigned most)
{
	return m->w.now + (1 + (msec_t)drawn(&m->seed, most)) * MIN;
}

static void end_of_leader(struct month *m) { tell(m, 0, EVT_EXITED); judge(m, 0); }
static void end_of_follower(struct month *m) { tell(m, 1, EVT_EXITED); judge(m, 1); }
static void leader_hangs(struct month *m) { m->hung[0] = minutes(m, 2); tell(m, 0, EVT_BROKEN); }
static void follower_hangs(struct month *m) { tell(m, 1, EVT_BROKEN); }

static void moment_of_trouble(struct month *m)
{
	tell(m, 0, EVT_UNREADY);
	live_until(m, m->w.now + 1000);
	tell(m, 0, EVT_READY);
}

static void lock_lost(struct month *m)
{
	m->w.lock = LOCK_HOLDOVER;
	m->bad = m->bad ? m->bad : tell_group(&m->c, &m->w);
	live_until(m, m->w.now + MIN);
	m->w.lock = LOCK_LOCKED;
	m->bad = m->bad ? m->bad : tell_group(&m->c, &m->w);
}

static void crash_loop(struct month *m)
{
	m->way[0][drawn(&m->seed, ALTERNATES)].crashing = minutes(m, 20);
}

static void everything_crashes(struct month *m)
{
	for (unsigned a = 0; a < ALTERNATES; a++)
		m->way[0][a].crashing = m->way[0][a].unlaunchable = minutes(m, 30);
}

static void obstacle(struct month *m)
{
	m->way[0][0].blocked = minutes(m, 60);
	tell(m, 0, EVT_EXITED);
}

static void no_way(struct month *m)
{
	msec_t until = minutes(m, 30);

	for (unsigned a = 0; a < ALTERNATES; a++)
		m->way[0][a].blocked = until;
	tell(m, 0, EVT_EXITED);
	if (drawn(&m->seed, 2)) {	/* or nobody tells when it is over */
		live_until(m, until);
		tell(m, 0, EVT_CLEARED);
	}
}

static void of_no_use(struct month *m)
{
	m->way[0][drawn(&m->seed, 2)].useless = minutes(m, 30);
	tell(m, 0, EVT_UNREADY);
	judge(m, 0);
}

static void flaps(struct month *m)
{
	for (unsigned i = 0; i < 30; i++) {
		tell(m, 0, EVT_CLEARED);
		live_until(m, m->w.now + 100);
	}
}

static void cut_off(struct month *m)
{
	m->way[0][0].blocked = minutes(m, 40);
	tell(m, 0, EVT_UNREADY);
	tell(m, 0, EVT_CUT);
}

static void operator_restarts(struct month *m) { tell(m, drawn(&m->seed, 2), EVT_RESTART); }

static void operator_stops(struct month *m)
{
	unsigned starts = m->starts[0];

	tell(m, 0, EVT_WANT_DOWN);
	live_until(m, minutes(m, 10));
	assert_int_equal(m->starts[0], starts);
	tell(m, 0, EVT_WANT_UP);
}

static void (*const fault[])(struct month *) = {
	end_of_leader, end_of_leader, end_of_follower, leader_hangs, follower_hangs,
	moment_of_trouble, lock_lost, crash_loop, everything_crashes, obstacle, no_way, of_no_use,
	flaps, cut_off, operator_restarts, operator_stops,
};

static struct policy_conf usual(unsigned alternates, uint32_t seed)
{
	return (struct policy_conf){
		.alternates = alternates, .deaths = 5, .window = 60 * SEC, .settle = 30 * SEC,
		.delay_min = SEC, .delay_max = 60 * SEC, .retry_slow = 5 * MIN,
		.patience = 2 * MIN, .stop_grace = 5 * SEC, .seed = seed,
	};
}

static void begin(struct month *m, uint64_t seed)
{
	*m = (struct month){
		.c = { .units = 2, .unit = { usual(ALTERNATES, 7), usual(1, 8) },
		       .system_alternate = 2 },
		.hung = { MSEC_NONE, MSEC_NONE }, .seed = seed,
	};
	m->c.unit[1].follower = true;
	memset(m->way, 0xff, sizeof(m->way));	/* MSEC_NONE everywhere */
	world_new(&m->c, &m->w);
	tell(m, 0, EVT_WANT_UP);
	tell(m, 1, EVT_WANT_UP);
}

static void live_a_month(struct month *m, uint64_t seed)
{
	msec_t start;

	begin(m, seed);
	start = m->w.now;
	for (m->faults = 0; m->faults < DAYS * FAULTS_A_DAY && !m->bad; m->faults++) {
		msec_t next = start + (msec_t)m->faults * (DAY_MS / FAULTS_A_DAY) +
			      (msec_t)drawn(&m->seed, DAY_MS / FAULTS_A_DAY);

		live_until(m, next > m->w.now ? next : m->w.now);
		fault[drawn(&m->seed, ARRAY_LEN(fault))](m);
	}
	if (m->bad)
		fail_msg("%s after %u faults (MONTH_SEED=%llu)", m->bad, m->faults,
			 (unsigned long long)seed);
}

static uint64_t month_seed(void)
{
	const char *given = getenv("MONTH_SEED");

	return given ? strtoull(given, NULL, 0) : 20261122;
}

static void a_month_of_twenty_faults_a_day_ends_well(void **unused)
{
	static struct month m;
	msec_t span;

	live_a_month(&m, month_seed());
	span = m.w.now - 1000 * HOUR;
	print_message("# %u faults in %lld days: %u starts of the leader, %u of the follower; of use"
		      " %.2f %% of the time, on the preferred alternate %.2f %%; %u changes of"
		      " alternate, %u away from a process of use, at most %u within an hour\n", m.faults, (long long)(span / DAY_MS),
		      m.starts[0], m.starts[1], 100.0 * (double)m.useful / (double)span,
		      100.0 * (double)m.preferred / (double)span, m.moves, m.left,
		      m.most_left);
	assert_in_range(m.most_left, 0, POLICY_SWITCHES_MAX);
	live_until(&m, m.w.now + 3 * HOUR);
	assert_null(m.bad);
	assert_true(well(&m.c, &m.w));
	assert_true(m.w.unit[0].s.proved && m.w.unit[1].s.proved);
}

/* Whatever a month leaves behind is forgotten by a day of rest: what the core keeps does not grow. */
static void a_day_of_rest_makes_it_as_new(void **unused)
{
	static struct month m;

	live_a_month(&m, month_seed() + 1);
	live_until(&m, m.w.now + DAY_MS);
	assert_true(well(&m.c, &m.w));
	for (unsigned i = 0; i < WORLD_UNITS; i++) {
		const struct policy_state *s = &m.w.unit[i].s;

		assert_int_equal(s->streak + s->failed_climbs + s->waits + s->hops + s->cures, 0);
		assert_false(s->exhausted || s->forced || s->exempt || s->came_from);
		assert_int_equal(s->timer, MSEC_NONE);
	}
}

static void many_months_break_no_invariant(void **unused)
{
	static struct month m;

	for (uint64_t i = 0; i < 20; i++) {
		live_a_month(&m, month_seed() + i);
		live_until(&m, m.w.now + 3 * HOUR);
		assert_true(well(&m.c, &m.w));
	}
}

static void moments_of_trouble_restart_nothing(void **unused)
{
	static void (*const harmless[])(struct month *) = { moment_of_trouble, lock_lost, flaps };
	static struct month m;

	begin(&m, month_seed());
	live_until(&m, m.w.now + MIN);
	assert_true(well(&m.c, &m.w));
	for (unsigned i = 0; i < 1000; i++) {
		live_until(&m, m.w.now + 1000 * drawn(&m.seed, 120));
		harmless[i % ARRAY_LEN(harmless)](&m);
	}
	assert_null(m.bad);
	assert_int_equal(m.starts[0], 1);
	assert_int_equal(m.starts[1], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_month_of_twenty_faults_a_day_ends_well),
		cmocka_unit_test(a_day_of_rest_makes_it_as_new),
		cmocka_unit_test(many_months_break_no_invariant),
		cmocka_unit_test(moments_of_trouble_restart_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
