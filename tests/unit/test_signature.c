#include <stdio.h>
#include <stdlib.h>

#include "test.h"
#include "supervisor/diagnose/diagnose.h"
#include "supervisor/diagnose/signature.h"
#include "supervisor/record/repeats.h"

static struct facts facts;
static struct log_digest digest;
static struct verdict v;

static void line(const char *text)
{
	log_digest_line(&digest, rulebase_builtin(), PROG_PTP4L, text, strlen(text), 0);
}

static uint64_t signature_of(const char *tool, const char *exit, const char *const lines[])
{
	memset(&facts, 0, sizeof(facts));
	log_digest_reset(&digest);
	facts_set(&facts, "test", MSEC_NONE, "tool.name", "%s", tool);
	facts_set(&facts, "test", MSEC_NONE, "iface.name", "enp1s0");
	if (exit)
		facts_set(&facts, "test", MSEC_NONE, "exit.code", "%s", exit);
	for (; *lines; lines++)
		line(*lines);
	diagnose(rulebase_builtin(), &facts, &digest, MSEC_NONE, &v);
	return (uint64_t)v.signature[0] << 32 | v.signature[1];
}

#define LINES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void assert_plain(const char *text, const char *wanted)
{
	char room[128];
	struct text t = text_in(room, sizeof(room));

	signature_plain(text, "enp1s0", &t);
	assert_string_equal(room, wanted);
}

static void numbers_addresses_and_the_interface_are_taken_out(void **unused)
{
	assert_plain("failed 17 times in 3.25 s", "failed # times in # s");
	assert_plain("enp1s0 has 00:1b:21:0a:ff:e1", "# has #");
	assert_plain("at 0x7ffd01 of 6cb311.fffe.52545e-1", "at # of #-#");
	assert_plain("a feed is a face", "a feed is a face");
	assert_plain("", "");
}

static void the_same_failure_has_the_same_signature_on_another_day(void **unused)
{
	uint64_t a = signature_of("ptp4l", "255", LINES("ptp4l[1.000]: strange thing 17 on enp1s0"));

	assert_int_equal(a, signature_of("ptp4l", "255", LINES("ptp4l[99.123]: strange thing 4 on enp1s0")));
	assert_int_not_equal(a, signature_of("ptp4l", "255", LINES("ptp4l[1.000]: other thing 17 on enp1s0")));
	assert_int_not_equal(a, signature_of("ptp4l", "1", LINES("ptp4l[1.000]: strange thing 17 on enp1s0")));
	assert_int_not_equal(a, signature_of("phc2sys", "255", LINES("ptp4l[1.000]: strange thing 17 on enp1s0")));
}

static void the_order_of_earlier_symptoms_does_not_matter(void **unused)
{
	assert_int_equal(signature_of("ptp4l", NULL, LINES("ptp4l[1.000]: port 1: bad message",
							   "ptp4l[1.500]: port 1: received SYNC without timestamp",
							   "ptp4l[2.000]: port 1: link down")),
			 signature_of("ptp4l", NULL, LINES("ptp4l[1.000]: port 1: received SYNC without timestamp",
							   "ptp4l[1.500]: port 1: bad message",
							   "ptp4l[2.000]: port 1: link down")));
}

/* What is stored on boxes must still be known by the next version. */
static void signatures_do_not_change_from_version_to_version(void **unused)
{
	(void)signature_of("ptp4l", "255", LINES("ptp4l[1.000]: strange thing 17 on enp1s0"));
	assert_int_equal(v.signature[0], 0x9a9fe710);
	assert_int_equal(v.signature[1], 0xa19ab926);
}

static void health_has_none(void **unused)
{
	assert_int_equal(signature_of("ptp4l", NULL, LINES("ptp4l[1.000]: port 1: link up")), 0);
}

/* --- how often --- */

static struct repeat repeat(uint32_t n, const char *unit)
{
	struct repeat r = { .signature = { n, ~n }, .cause = "unknown", .count = 1, .first = n, .last = n };

	snprintf(r.unit, sizeof(r.unit), "%s", unit);
	return r;
}

static void note(char *table, const struct repeat *r)
{
	char *before = strdup(table);
	struct text t = text_in(table, REPEATS_BYTES);

	repeats_note(before, r, &t);
	assert_false(t.cut);
	free(before);
}

static void a_repeat_is_counted_and_comes_first(void **unused)
{
	static char table[REPEATS_BYTES];
	struct repeat a = repeat(7, "ptp4l"), b = repeat(8, "ptp4l"), r;
	const char *at = table;

	note(table, &a);
	note(table, &b);
	a.last = 99;
	note(table, &a);
	assert_true(repeats_next(&at, &r));
	assert_int_equal(r.signature[0], 7);
	assert_int_equal(r.count, 2);
	assert_int_equal(r.first, 7);
	assert_int_equal(r.last, 99);
	assert_true(repeats_next(&at, &r));
	assert_int_equal(r.signature[0], 8);
	assert_false(repeats_next(&at, &r));
}

static void the_same_failure_of_another_unit_is_another(void **unused)
{
	static char table[REPEATS_BYTES];
	struct repeat a = repeat(7, "one"), b = repeat(7, "two"), r;
	const char *at = table;

	note(table, &a);
	note(table, &b);
	assert_true(repeats_next(&at, &r));
	assert_true(repeats_next(&at, &r));
	assert_int_equal(r.count, 1);
}

static void the_table_is_bounded_and_forgets_the_oldest(void **unused)
{
	static char table[REPEATS_BYTES];
	const char *at = table;
	struct repeat r;
	unsigned n = 0;

	for (uint32_t i = 1; i <= REPEATS_MAX + 1; i++) {
		r = repeat(i, "a-unit-with-a-name-of-31-letter");
		snprintf(r.cause, sizeof(r.cause), "%063d", 1);
		note(table, &r);
	}
	for (; repeats_next(&at, &r); n++)
		assert_int_not_equal(r.signature[0], 1);
	assert_int_equal(n, REPEATS_MAX);
}

static void a_damaged_table_loses_only_what_is_damaged(void **unused)
{
	const char *at = "rubbish\n\n00000007-00000008\tu\tc\t3\t1\t2\n\t\t\t\n00000009";
	struct repeat r;

	assert_true(repeats_next(&at, &r));
	assert_int_equal(r.count, 3);
	assert_false(repeats_next(&at, &r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_addresses_and_the_interface_are_taken_out),
		cmocka_unit_test(the_same_failure_has_the_same_signature_on_another_day),
		cmocka_unit_test(the_order_of_earlier_symptoms_does_not_matter),
		cmocka_unit_test(signatures_do_not_change_from_version_to_version),
		cmocka_unit_test(health_has_none),
		cmocka_unit_test(a_repeat_is_counted_and_comes_first),
		cmocka_unit_test(the_same_failure_of_another_unit_is_another),
		cmocka_unit_test(the_table_is_bounded_and_forgets_the_oldest),
		cmocka_unit_test(a_damaged_table_loses_only_what_is_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
