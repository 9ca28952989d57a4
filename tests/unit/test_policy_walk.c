/*
 * The decision core in every state that it can reach, with every event that can come there: no
 * invariant is broken, and once the faults stop the preferred alternate runs again in bounded
 * time. A counterexample is printed as the shortest list of events.
 * WALK_STATES=N in the environment walks further; 0: until there is nothing new, where memory
 * allows (make soak).
 */
#include "test.h"
#include "walkmend.h"

enum { LIVES = 300 };
enum { CHECK_STATES = 30 * 1000, MANY_STATES = 4 * 1000 * 1000, ALL_STATES = 40 * 1000 * 1000 };

static struct policy_conf brisk(unsigned alternates)
{
	/* short rows and few doublings: the same decisions from fewer states */
	return (struct policy_conf){
		.alternates = alternates, .deaths = 2, .window = 60 * SEC, .settle = 30 * SEC,
		.delay_min = SEC, .delay_max = 4 * SEC, .retry_slow = 5 * MIN,
		.patience = 10 * MIN, .stop_grace = 5 * SEC, .seed = 7,
	};
}

/* @param all  how many there may be at most when the walk is to be a complete one */
static unsigned states_wanted(unsigned all)
{
	const char *given = getenv("WALK_STATES");
	unsigned n = given ? (unsigned)strtoul(given, NULL, 0) : CHECK_STATES;

	return n ? n : all;
}

static void walk_through(struct world_conf *c, unsigned states, const char *what)
{
	msec_t slowest = 0;
	struct walk_model m;
	struct walk w;

	c->slowest = &slowest;
	m = world_model(c);
	walk_init(&w, &m, states);
	walk_run(&w);
	print_message("# %s: %u states, %u events deep, %s; well again after %lld s at most\n", what,
		      w.states, w.depth, w.complete ? "all there are" : "there are more",
		      (long long)(slowest / SEC));
	if (w.bad)
		walk_print(&w);
	assert_null(w.bad);
	walk_free(&w);
}

static struct policy_conf blunt(unsigned alternates)
{
	struct policy_conf c = brisk(alternates);

	c.deaths = 1;
	c.delay_max = c.delay_min;
	c.patience = HOUR;
	return c;
}

static void one_unit_without_alternates(void **unused)
{
	struct world_conf c = { .units = 1, .unit = { blunt(1) }, .bound = 3 * HOUR };

	walk_through(&c, states_wanted(ALL_STATES), "no alternates");
}

static void a_follower_beside_any_leader(void **unused)
{
	struct world_conf c = { .units = 1, .any_leader = true, .unit = { blunt(1) },
				.bound = 3 * HOUR };

	c.unit[0].follower = true;
	walk_through(&c, states_wanted(ALL_STATES), "a follower");
}

static void two_alternates_and_every_event(void **unused)
{
	struct world_conf c = { .units = 1, .unit = { blunt(2) }, .bound = 3 * HOUR };

	walk_through(&c, states_wanted(ALL_STATES), "two alternates");
}

static void one_unit_with_three_alternates(void **unused)
{
	struct world_conf c = { .units = 1, .plain = true, .unit = { blunt(3) }, .bound = 3 * HOUR };

	walk_through(&c, states_wanted(ALL_STATES), "three alternates");
}

static void crash_loops_and_growing_patience(void **unused)
{
	struct world_conf c = { .units = 1, .unit = { brisk(3) }, .bound = 3 * HOUR };

	walk_through(&c, states_wanted(MANY_STATES), "crash loops");
}

static void a_leader_and_its_follower(void **unused)
{
	struct world_conf c = { .units = 2, .unit = { blunt(3), blunt(1) }, .system_alternate = 2,
				.bound = 3 * HOUR };

	c.unit[1].follower = true;
	walk_through(&c, states_wanted(MANY_STATES), "two units");
}

static void the_fifth_switch_of_an_hour(void **unused)
{
	struct world_conf c = { .units = 1, .unit = { brisk(3) }, .switched = true, .bound = 3 * HOUR };

	walk_through(&c, states_wanted(MANY_STATES), "four switches within an hour");
}

/* What takes many events to come about is near the ends of long lives. */
static void near_the_ends_of_long_lives(void **unused)
{
	msec_t slowest = 0;

	for (unsigned life = 0; life < LIVES; life++) {
		struct world_conf c = { .units = 2, .unit = { brisk(3), brisk(1) }, .bound = 3 * HOUR,
					.past = 400, .seed = life, .slowest = &slowest };
		struct walk_model m = world_model(&c);
		struct walk w;

		c.unit[1].follower = true;
		walk_init(&w, &m, 200);
		walk_run(&w);
		if (w.bad)
			walk_print(&w);
		assert_null(w.bad);
		walk_free(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_unit_without_alternates),
		cmocka_unit_test(a_follower_beside_any_leader),
		cmocka_unit_test(two_alternates_and_every_event),
		cmocka_unit_test(one_unit_with_three_alternates),
		cmocka_unit_test(crash_loops_and_growing_patience),
		cmocka_unit_test(a_leader_and_its_follower),
		cmocka_unit_test(the_fifth_switch_of_an_hour),
		cmocka_unit_test(near_the_ends_of_long_lives),
	};
	cmocka_set_test_filter(getenv("WALK_ONLY"));	/* a pattern of names, for the long ones */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
