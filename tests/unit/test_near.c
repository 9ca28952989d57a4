#include "test.h"
#include "conf/near.h"

static const char *const options[] = { "restart_delay", "restart_delay_max", "run_dir", "log_dir",
				       "settle", "user", "nice", "interface" };

static const char *nearest(const char *word)
{
	struct near n;

	near_start(&n, word);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		near_offer(&n, options[i]);
	return near_best(&n);
}

static void a_swap_of_neighbours_is_one_change(void **unused)
{
	assert_int_equal(near_distance("user", "usre"), 2);
	assert_int_equal(near_distance("user", "uzzr"), 4);
	assert_int_equal(near_distance("", "abc"), 6);
	assert_int_equal(near_distance("abc", ""), 6);
}

static void case_and_dashes_hardly_count(void **unused)
{
	assert_int_equal(near_distance("Run-Dir", "run_dir"), 1);
	assert_int_equal(near_distance("run_dir", "run_dir"), 0);
	assert_int_equal(near_distance("Run-Dr", "run_dir"), 2);
	assert_string_equal(nearest("Run-Dir"), "run_dir");
	assert_string_equal(nearest("NICE"), "nice");
}

static void a_misspelt_name_finds_the_one_that_was_meant(void **unused)
{
	assert_string_equal(nearest("restartdelay"), "restart_delay");
	assert_string_equal(nearest("restart_delay_mx"), "restart_delay_max");
	assert_string_equal(nearest("setle"), "settle");
	assert_string_equal(nearest("interfaces"), "interface");
}

static void a_name_that_is_far_from_all_finds_none(void **unused)
{
	assert_null(nearest("xyz"));
	assert_null(nearest(""));
	assert_null(
		nearest("0123456789012345678901234567890123456789012345678901234567890123456789"));
}

static void no_offer_is_no_name(void **unused)
{
	struct near n;

	near_start(&n, "user");
	near_offer(&n, NULL);
	assert_null(near_best(&n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_swap_of_neighbours_is_one_change),
		cmocka_unit_test(case_and_dashes_hardly_count),
		cmocka_unit_test(a_misspelt_name_finds_the_one_that_was_meant),
		cmocka_unit_test(a_name_that_is_far_from_all_finds_none),
		cmocka_unit_test(no_offer_is_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
