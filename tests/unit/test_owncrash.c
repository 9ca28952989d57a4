#include "test.h"

#include "supervisor/owncrash.h"

static void the_third_within_ten_minutes_is_too_many(void **unused)
{
	struct owncrash_times t = { 0 };

	assert_false(owncrash_count(&t, 7, 1 * MIN));
	assert_false(owncrash_count(&t, 7, 5 * MIN));
	assert_true(owncrash_count(&t, 7, 11 * MIN));
	assert_true(owncrash_count(&t, 7, 12 * MIN));
	assert_false(owncrash_count(&t, 7, 40 * MIN));
}

static void the_tenth_minute_is_the_limit(void **unused)
{
	struct owncrash_times t = { 0 };

	assert_false(owncrash_count(&t, 7, 0));
	assert_false(owncrash_count(&t, 7, 0));
	assert_true(owncrash_count(&t, 7, 10 * MIN));
	t = (struct owncrash_times){ 0 };
	assert_false(owncrash_count(&t, 7, 0));
	assert_false(owncrash_count(&t, 7, 0));
	assert_false(owncrash_count(&t, 7, 10 * MIN + 1));
}

static void another_boot_counts_anew(void **unused)
{
	struct owncrash_times t = { 0 };

	assert_false(owncrash_count(&t, 7, 1));
	assert_false(owncrash_count(&t, 7, 2));
	assert_false(owncrash_count(&t, 8, 3));
	assert_false(owncrash_count(&t, 8, 4));
	assert_true(owncrash_count(&t, 8, 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_third_within_ten_minutes_is_too_many),
		cmocka_unit_test(the_tenth_minute_is_the_limit),
		cmocka_unit_test(another_boot_counts_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
