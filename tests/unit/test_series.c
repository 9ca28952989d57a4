#include "test.h"
#include "supervisor/diagnose/logline.h"
#include "supervisor/diagnose/series.h"

static void add(struct series *s, double offset, int servo, double freq)
{
	series_add(s, &(struct logline_offset){
		.offset_ns = offset, .max_ns = offset < 0 ? -offset : offset, .servo = servo,
		.freq_ppb = freq, .has_delay = true, .delay_ns = 700 });
}

static void a_normal_lock_is_quiet(void **unused)
{
	struct series s = { 0 };

	add(&s, 1762884961257625290.0, 0, 100000000);
	add(&s, 1762884961146473269.0, 1, -2213);
	for (int i = 0; i < 30; i++)
		add(&s, i < 5 ? -217741 / (i + 1) : i % 2 ? 40 : -40, 2, -3000 + i);
	assert_int_equal(series_shape(&s), SHAPE_QUIET);
}

static void a_tai_offset_is_constant(void **unused)
{
	struct series s = { 0 };

	for (int i = 0; i < 6; i++)
		add(&s, 36999999990.0 + 3 * (i % 3), 2, 100000000);
	assert_int_equal(series_shape(&s), SHAPE_CONSTANT);
	assert_int_equal(s.pinned, 6);
}

static void slewing_is_drift_with_the_frequency_pinned(void **unused)
{
	struct series s = { 0 };

	for (int i = 0; i < 8; i++)
		add(&s, 5e9 - i * 1e8, 2, 100000000);
	assert_int_equal(series_shape(&s), SHAPE_DRIFT);
}

static void noise_counts_only_once_it_has_settled(void **unused)
{
	struct series s = { 0 };

	add(&s, 4e6, 0, 0);
	for (int i = 0; i < 9; i++)
		add(&s, i % 2 ? 9000 : -9000, 2, -3000 + i);
	assert_int_equal(series_shape(&s), SHAPE_QUIET);
	for (int i = 0; i < 9; i++)
		add(&s, i % 2 ? 9000 : -9000, 2, -3000 + i);
	assert_int_equal(series_shape(&s), SHAPE_ZERO_MEAN);
	assert_true(series_sigma(&s) > 8900 && series_sigma(&s) < 9100);
}

static void wrapped_counters_are_powers_of_two(void **unused)
{
	struct series s = { 0 };

	for (int i = 0; i < 4; i++)
		add(&s, 90 + i, 2, -39000);
	add(&s, 4294967398.0, 0, -39000);
	add(&s, 54, 2, -39000);
	assert_int_equal(series_shape(&s), SHAPE_POWER_OF_TWO);
}

static void a_free_running_clock_has_no_shape(void **unused)
{
	struct series s = { 0 };

	for (int i = 0; i < 20; i++)
		add(&s, 123456789.0 + i * 1000, 0, 0);
	assert_int_equal(series_shape(&s), SHAPE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_normal_lock_is_quiet),
		cmocka_unit_test(a_tai_offset_is_constant),
		cmocka_unit_test(slewing_is_drift_with_the_frequency_pinned),
		cmocka_unit_test(noise_counts_only_once_it_has_settled),
		cmocka_unit_test(wrapped_counters_are_powers_of_two),
		cmocka_unit_test(a_free_running_clock_has_no_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
