#include "test.h"

#include <unistd.h>
#include "supervisor/loop.h"
#include "supervisor/observe/clockwatch.h"

#define S INT64_C(1000000000)

static struct clock_news between(int64_t real, int64_t boot)
{
	struct clock_reading was = { 5000 * S, 7 * S };
	struct clock_reading is = { 5000 * S + real, 7 * S + boot };

	return clockwatch_news(&was, &is);
}

static void a_step_has_its_size_and_sign(void **unused)
{
	assert_true(between(3 * S, 0).step_ns == 3 * S);
	assert_true(between(-3600 * S, 0).step_ns == -3600 * S);
	assert_true(between(3 * S, 0).slept_ns == 0);
	assert_true(between(CLOCKWATCH_STEP_NS, 0).step_ns == CLOCKWATCH_STEP_NS);
	assert_true(between(-CLOCKWATCH_STEP_NS, 0).step_ns == -CLOCKWATCH_STEP_NS);
}

static void what_two_readings_differ_by_is_no_step(void **unused)
{
	assert_true(between(CLOCKWATCH_STEP_NS - 1, 0).step_ns == 0);
	assert_true(between(900, -900).step_ns == 0);
	assert_true(between(900, CLOCKWATCH_SLEPT_NS - 1).slept_ns == 0);
}

static void sleep_moves_the_wall_clock_and_is_no_step(void **unused)
{
	assert_true(between(60 * S, 60 * S).slept_ns == 60 * S);
	assert_true(between(60 * S, 60 * S).step_ns == 0);
	assert_true(between(60 * S + 2000, 60 * S).step_ns == 0);
	assert_true(between(61 * S, 60 * S).step_ns == S);	/* and was set when it woke up */
}

static void readings_of_an_undisturbed_clock_agree(void **unused)
{
	struct clock_reading was = clockwatch_read(), is = clockwatch_read();
	struct clock_news news = clockwatch_news(&was, &is);

	assert_true(news.step_ns == 0 && news.slept_ns == 0);
}

static void never(void *owner, const struct clock_news *news)
{
	fail_msg("nobody has set the clock");
}

static void on_enough(struct ev_loop *loop, ev_timer *w, int revents)
{
	loop_stop(loop);
}

static void it_starts_waits_and_stops(void **unused)
{
	struct clockwatch c = { 0 };
	struct ev_loop *loop = loop_new();
	ev_timer enough;

	clockwatch_stop(&c);
	assert_int_equal(clockwatch_start(&c, loop, never, NULL, NULL), 0);
	ev_timer_init(&enough, on_enough, .05, 0.);
	ev_timer_start(loop, &enough);
	loop_run(loop);
	clockwatch_stop(&c);
	clockwatch_stop(&c);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_has_its_size_and_sign),
		cmocka_unit_test(what_two_readings_differ_by_is_no_step),
		cmocka_unit_test(sleep_moves_the_wall_clock_and_is_no_step),
		cmocka_unit_test(readings_of_an_undisturbed_clock_agree),
		cmocka_unit_test(it_starts_waits_and_stops),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
