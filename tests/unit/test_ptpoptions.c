#include <float.h>
#include <limits.h>
#include <stdio.h>

#include "test.h"
#include "conf/linuxptp/ptpoptions.h"

static const lp_version versions[] = {
	0x020000, 0x030000, 0x030100, 0x030101, 0x040000,
	0x040100, 0x040200, 0x040300, 0x040400, 0x0404ff,
};

static void each_version_knows_as_many_options_as_linuxptp_has(void **unused)
{
	static const unsigned aliases = 3; /* pi_offset_const and its like */
	const char *names[LP_NAMES_MAX];

	assert_int_equal(ptp_option_names(0x030101, names), 110 + aliases);
	assert_int_equal(ptp_option_names(0x040400, names), 146 + aliases);
	assert_int_equal(ptp_option_names(0x0404ff, names), 152 + aliases);
	for (unsigned i = 1; i < 152 + aliases; i++)
		assert_true(strcmp(names[i - 1], names[i]) < 0);
}

static void no_option_that_a_version_knows_is_forgotten_by_the_next(void **unused)
{
	const char *names[LP_NAMES_MAX];

	for (unsigned v = 1; v < ARRAY_LEN(versions); v++) {
		unsigned n = ptp_option_names(versions[v - 1], names);

		for (unsigned i = 0; i < n; i++)
			assert_non_null(ptp_option_find(names[i], versions[v]));
	}
}

/* Three defaults lie outside the range that a user may give. */
static bool default_outside(const char *name, lp_version version)
{
	return !strcmp(name, "ts2phc.perout_phase") ||
	       (!strcmp(name, "ts2phc.pulsewidth") && version > 0x040400);
}

static void a_default_is_a_value_that_the_option_takes(void **unused)
{
	const char *names[LP_NAMES_MAX];
	struct ptp_value value;

	for (unsigned v = 0; v < ARRAY_LEN(versions); v++) {
		unsigned n = ptp_option_names(versions[v], names);

		for (unsigned i = 0; i < n; i++) {
			const struct ptp_option *opt = ptp_option_find(names[i], versions[v]);
			enum ptp_parsed expected = default_outside(names[i], versions[v])
							   ? PTP_OUT_OF_RANGE
							   : PTP_PARSED_OK;

			assert_int_equal(ptp_value_parse(opt, opt->fallback, &value), expected);
		}
	}
}

static void ranges_hold_to_their_ends_and_not_beyond(void **unused)
{
	const char *names[LP_NAMES_MAX];
	unsigned n = ptp_option_names(0x0404ff, names);
	struct ptp_value value;
	char text[40];

	for (unsigned i = 0; i < n; i++) {
		const struct ptp_option *opt = ptp_option_find(names[i], 0x0404ff);

		if (opt->type != PTP_INT)
			continue;
		for (int beyond = 0; beyond < 2; beyond++) {
			enum ptp_parsed expected = beyond ? PTP_OUT_OF_RANGE : PTP_PARSED_OK;

			snprintf(text, sizeof(text), "%.0f", opt->min - beyond);
			assert_int_equal(ptp_value_parse(opt, text, &value), expected);
			snprintf(text, sizeof(text), "%.0f", opt->max + beyond);
			assert_int_equal(ptp_value_parse(opt, text, &value), expected);
		}
	}
}

static void what_an_option_takes_is_said_in_words(void **unused)
{
	static const struct {
		const char *name, *accepts;
	} of[] = {
		{"priority1", "0 to 255"},
		{"time_stamping", "one of hardware, software, legacy, onestep, p2p1step"},
		{"egressLatency", "a whole number"},
		{"tx_timestamp_timeout", "a whole number, 1 or more"},
		{"min_neighbor_prop_delay", "a whole number, -1 or less"},
		{"step_threshold", "a number, 0 or more"},
		{"fault_reset_interval", "-128 to 127, or ASAP"},
		{"active_key_id", "a whole number, 0 or more"},
		{"leapfile", "any text"},
	};
	char text[120];

	for (unsigned i = 0; i < ARRAY_LEN(of); i++) {
		ptp_option_accepts(ptp_option_find(of[i].name, 0x0404ff), text, sizeof(text));
		assert_string_equal(text, of[i].accepts);
	}
	ptp_option_accepts(ptp_option_find("time_stamping", 0x0404ff), text, 20);
	assert_true(strlen(text) < 20);
}

static void numbers_are_read_as_the_c_library_reads_them(void **unused)
{
	const struct ptp_option *i = ptp_option_find("priority1", 0x030101);
	const struct ptp_option *d = ptp_option_find("step_threshold", 0x030101);
	struct ptp_value v = {.number = 7};

	assert_int_equal(ptp_value_parse(i, "0x1f", &v), PTP_PARSED_OK);
	assert_true(v.number == 31);
	assert_int_equal(ptp_value_parse(i, "017", &v), PTP_PARSED_OK);
	assert_true(v.number == 15);
	assert_int_equal(ptp_value_parse(i, "08", &v), PTP_MALFORMED);
	assert_int_equal(ptp_value_parse(i, "", &v), PTP_MALFORMED);
	assert_int_equal(ptp_value_parse(i, "1.0", &v), PTP_MALFORMED);
	assert_int_equal(ptp_value_parse(i, "99999999999999999999", &v), PTP_OUT_OF_RANGE);
	assert_int_equal(ptp_value_parse(d, "1e-3", &v), PTP_PARSED_OK);
	assert_int_equal(ptp_value_parse(d, "1e999", &v), PTP_OUT_OF_RANGE);
	assert_int_equal(ptp_value_parse(d, "1e-320", &v), PTP_OUT_OF_RANGE);
	assert_int_equal(ptp_value_parse(d, "nan", &v), PTP_PARSED_OK);
	v.number = 7;
	assert_int_equal(ptp_value_parse(d, "-1", &v), PTP_OUT_OF_RANGE);
	assert_true(v.number == 7);
}

static void versions_are_printed_as_people_write_them(void **unused)
{
	static const struct {
		lp_version version;
		const char *text;
	} of[] = {
		{0x030101, "3.1.1"},
		{0x040200, "4.2"},
		{0x0404ff, "after 4.4"},
		{0, "unknown"},
	};
	char text[24];

	for (unsigned i = 0; i < ARRAY_LEN(of); i++) {
		lp_version_print(of[i].version, text, sizeof(text));
		assert_string_equal(text, of[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_version_knows_as_many_options_as_linuxptp_has),
		cmocka_unit_test(no_option_that_a_version_knows_is_forgotten_by_the_next),
		cmocka_unit_test(a_default_is_a_value_that_the_option_takes),
		cmocka_unit_test(ranges_hold_to_their_ends_and_not_beyond),
		cmocka_unit_test(what_an_option_takes_is_said_in_words),
		cmocka_unit_test(numbers_are_read_as_the_c_library_reads_them),
		cmocka_unit_test(versions_are_printed_as_people_write_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
