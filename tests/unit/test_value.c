#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "test.h"
#include "base.h"
#include "plan.h"
#include "conf/value.h"

static const char *const colours[] = { "red", "green", "blue", NULL };

static struct value_fault fault;
static struct value v;

static int parse(enum value_kind kind, const char *text)
{
	struct value_rule rule = {
		.kind = kind, .choices = colours, .max = kind == VALUE_PATH ? 12 : 0};

	return value_parse(&rule, text, &v, &fault);
}

/* Parses to these numbers, and comes back as `again`. */
static void assert_parses(enum value_kind kind, const char *text, int64_t one, int64_t other,
			  const char *again)
{
	struct value_rule rule = { .kind = kind, .choices = colours };
	char room[64];

	assert_int_equal(parse(kind, text), 0);
	assert_true(v.n[0] == one);
	assert_true(v.n[1] == other);
	value_format(&rule, &v, room, sizeof(room));
	assert_string_equal(room, again);
	assert_int_equal(parse(kind, room), 0);
	assert_true(v.n[0] == one && v.n[1] == other);
}

static unsigned fault_at(enum value_kind kind, const char *text)
{
	struct value before = v;

	assert_int_equal(parse(kind, text), -EINVAL);
	assert_true(fault.err.text[0]);
	assert_memory_equal(&before, &v, sizeof(v));
	return fault.offset;
}

static void times_have_units(void **unused)
{
	assert_parses(VALUE_TIME, "5s", 5 * SEC, 0, "5s");
	assert_parses(VALUE_TIME, "250ms", 250, 0, "250ms");
	assert_parses(VALUE_TIME, "60s", MIN, 0, "1m");
	assert_parses(VALUE_TIME, "90m", 90 * MIN, 0, "90m");
	assert_parses(VALUE_TIME, "1h", HOUR, 0, "1h");
	assert_parses(VALUE_TIME, "0s", 0, 0, "0s");
	assert_int_equal(fault_at(VALUE_TIME, "5"), 1);
	assert_int_equal(fault_at(VALUE_TIME, "5 s"), 1);
	assert_int_equal(fault_at(VALUE_TIME, "5sec"), 1);
	assert_int_equal(fault_at(VALUE_TIME, "-5s"), 0);
	assert_int_equal(fault_at(VALUE_TIME, "s"), 0);
	assert_int_equal(fault_at(VALUE_TIME, ""), 0);
	assert_int_equal(fault_at(VALUE_TIME, "5s 6s"), 3);
	fault_at(VALUE_TIME, "99999999999999999999999s");
	fault_at(VALUE_TIME, "9223372036854775807h");
}

static void sizes_count_in_1024(void **unused)
{
	assert_parses(VALUE_SIZE, "64K", 65536, 0, "64K");
	assert_parses(VALUE_SIZE, "1048576", 1 << 20, 0, "1M");
	assert_parses(VALUE_SIZE, "2G", INT64_C(2) << 30, 0, "2G");
	assert_parses(VALUE_SIZE, "100", 100, 0, "100");
	assert_parses(VALUE_SIZE, "0", 0, 0, "0");
	assert_int_equal(fault_at(VALUE_SIZE, "64k"), 2);
	assert_int_equal(fault_at(VALUE_SIZE, "64KB"), 2);
	fault_at(VALUE_SIZE, "9999999999999999G");
}

static void bounds_are_kept_at_the_edge(void **unused)
{
	struct value_rule rule = { .kind = VALUE_TIME, .min = SEC, .max = HOUR };

	assert_int_equal(value_parse(&rule, "1s", &v, &fault), 0);
	assert_int_equal(value_parse(&rule, "1h", &v, &fault), 0);
	assert_int_equal(value_parse(&rule, "999ms", &v, &fault), -EINVAL);
	assert_int_equal(value_parse(&rule, "3601s", &v, &fault), -EINVAL);
	rule = (struct value_rule){ .kind = VALUE_NUMBER, .min = -20, .max = 19 };
	assert_int_equal(value_parse(&rule, "-20", &v, &fault), 0);
	assert_true(v.n[0] == -20 && v.n[1] == 1);
	assert_int_equal(value_parse(&rule, "-21", &v, &fault), -EINVAL);
	assert_int_equal(value_parse(&rule, "20", &v, &fault), -EINVAL);
	assert_int_equal(value_parse(&rule, "--2", &v, &fault), -EINVAL);
}

static void words_are_known_or_their_neighbour_is_named(void **unused)
{
	assert_parses(VALUE_BOOL, "yes", 1, 0, "yes");
	assert_parses(VALUE_BOOL, "no", 0, 0, "no");
	fault_at(VALUE_BOOL, "true");
	fault_at(VALUE_BOOL, "yesno");
	assert_parses(VALUE_CHOICE, "blue", 2, 0, "blue");
	fault_at(VALUE_CHOICE, "gren");
	assert_string_equal(fault.nearest, "green");
	fault_at(VALUE_CHOICE, "xyz");
	assert_string_equal(fault.nearest, "");
}

static void signals_have_names_and_numbers(void **unused)
{
	assert_parses(VALUE_SIGNAL, "TERM", SIGTERM, 0, "TERM");
	assert_parses(VALUE_SIGNAL, "SIGINT", SIGINT, 0, "INT");
	assert_parses(VALUE_SIGNAL, "9", SIGKILL, 0, "KILL");
	fault_at(VALUE_SIGNAL, "TREM");
	assert_string_equal(fault.nearest, "TERM");
	fault_at(VALUE_SIGNAL, "STOP");
	fault_at(VALUE_SIGNAL, "19");
	fault_at(VALUE_SIGNAL, "9 9");
}

static void a_crash_loop_is_a_number_in_a_time_or_off(void **unused)
{
	assert_parses(VALUE_OFFSET, "10us for 10", 10000, 10, "10us for 10");
	assert_parses(VALUE_OFFSET, "1500ns  for 1", 1500, 1, "1500ns for 1");
	assert_parses(VALUE_OFFSET, "1s for 1000", 1000000000, 1000, "1s for 1000");
	assert_parses(VALUE_OFFSET, "off", 0, 0, "off");
	assert_int_equal(fault_at(VALUE_OFFSET, "10 for 10"), 2);
	assert_int_equal(fault_at(VALUE_OFFSET, "10us"), 4);
	fault_at(VALUE_OFFSET, "0us for 10");
	fault_at(VALUE_OFFSET, "10us for 0");
	fault_at(VALUE_OFFSET, "10us for 1001");
	fault_at(VALUE_OFFSET, "-10us for 5");
	assert_parses(VALUE_RATE, "5 in 60s", 5, MIN, "5 in 1m");
	assert_parses(VALUE_RATE, "off", 0, 0, "off");
	assert_int_equal(fault_at(VALUE_RATE, "5 per 60s"), 2);
	assert_int_equal(fault_at(VALUE_RATE, "5 in 60"), 7);
	assert_int_equal(fault_at(VALUE_RATE, "5"), 1);
	fault_at(VALUE_RATE, "5 in 0s");
	fault_at(VALUE_RATE, "off 5");
}

static void history_is_a_size_times_a_number(void **unused)
{
	assert_parses(VALUE_FILES, "256K x 4", 256 << 10, 4, "256K x 4");
	fault_at(VALUE_FILES, "256K");
	fault_at(VALUE_FILES, "256K 4");
	fault_at(VALUE_FILES, "256K x 0");
	fault_at(VALUE_FILES, "256K x 100");
	assert_parses(VALUE_FILES, "256K x 99", 256 << 10, 99, "256K x 99");
}

static void scheduling_and_cpus(void **unused)
{
	assert_parses(VALUE_SCHEDULER, "rr 10", SCHED_RR_, 10, "rr 10");
	assert_parses(VALUE_SCHEDULER, "fifo 99", SCHED_FIFO_, 99, "fifo 99");
	assert_parses(VALUE_SCHEDULER, "other", SCHED_OTHER_, 0, "other");
	fault_at(VALUE_SCHEDULER, "rr");
	fault_at(VALUE_SCHEDULER, "rr 0");
	fault_at(VALUE_SCHEDULER, "rr 100");
	fault_at(VALUE_SCHEDULER, "batch");
	assert_parses(VALUE_CPUS, "0,2-3", 0xd, 1, "0,2-3");
	assert_parses(VALUE_CPUS, "63", INT64_MIN, 1, "63");
	assert_parses(VALUE_CPUS, "0-63", -1, 1, "0-63");
	fault_at(VALUE_CPUS, "64");
	fault_at(VALUE_CPUS, "3-2");
	fault_at(VALUE_CPUS, "1,");
	fault_at(VALUE_CPUS, "1 2");
}

static void a_set_of_names(void **unused)
{
	assert_parses(VALUE_SET, "green, blue", 6, 0, "green, blue");
	assert_parses(VALUE_SET, "blue,green", 6, 0, "green, blue");
	assert_parses(VALUE_SET, "blue", 4, 0, "blue");
	assert_parses(VALUE_SET, "red", 0, 0, "red");	/* the first one stands for none */
	assert_int_equal(fault_at(VALUE_SET, "green, blu"), 7);
	assert_string_equal(fault.nearest, "blue");
	fault_at(VALUE_SET, "red, blue");
	fault_at(VALUE_SET, "");
	fault_at(VALUE_SET, ", blue");
	fault_at(VALUE_SET, "greenblue");
}

static void what_happens_at_a_loss(void **unused)
{
	assert_parses(VALUE_LOSS, "stop", 0, 0, "stop");
	assert_parses(VALUE_LOSS, "holdover 4h", 4 * HOUR, 0, "holdover 4h");
	assert_parses(VALUE_LOSS, "holdover  90s", 90 * SEC, 0, "holdover 90s");
	assert_int_equal(fault_at(VALUE_LOSS, "holdover"), 8);
	fault_at(VALUE_LOSS, "4h");
	fault_at(VALUE_LOSS, "stop 4h");
	fault_at(VALUE_LOSS, "holdover 4");
}

static void modes_and_limits(void **unused)
{
	assert_parses(VALUE_MODE, "022", 022, 0, "022");
	fault_at(VALUE_MODE, "8");
	fault_at(VALUE_MODE, "777777777777777777777777");
	assert_parses(VALUE_LIMIT, "unlimited", -1, 0, "unlimited");
	assert_parses(VALUE_LIMIT, "64K", 65536, 0, "64K");
	assert_parses(VALUE_LIMIT, "0", 0, 0, "0");
	fault_at(VALUE_LIMIT, "-1");
}

static void names_are_fit_for_files(void **unused)
{
	assert_true(value_name_ok("ptp4l-2.a_b"));
	assert_true(value_name_ok("1234567890123456789012345678901"));
	assert_false(value_name_ok("12345678901234567890123456789012"));
	assert_false(value_name_ok(""));
	assert_false(value_name_ok(".hidden"));
	assert_false(value_name_ok("-x"));
	assert_false(value_name_ok("a/b"));
	assert_false(value_name_ok("a b"));
	assert_true(value_interface_ok("enp0s31f6.100"));
	assert_true(value_interface_ok("123456789012345"));
	assert_false(value_interface_ok("1234567890123456"));
	assert_false(value_interface_ok(".."));
	assert_false(value_interface_ok("eth0:1"));
	assert_false(value_interface_ok("-eth0"));
	assert_false(value_interface_ok("%i"));
}

static void paths_are_absolute(void **unused)
{
	assert_int_equal(parse(VALUE_PATH, "/a/b..c/.d"), 0);
	assert_int_equal(parse(VALUE_PATH, "/23456789012"), 0);
	assert_int_equal(fault_at(VALUE_PATH, "/234567890123"), 12);
	assert_int_equal(fault_at(VALUE_PATH, "a/b"), 0);
	fault_at(VALUE_PATH, "/a/../b");
	fault_at(VALUE_PATH, "/a/..");
	fault_at(VALUE_PATH, "");
}

static void commands_begin_with_a_program(void **unused)
{
	assert_int_equal(parse(VALUE_COMMAND, "ptp4l -i %i --x=100%%"), 0);
	assert_int_equal(parse(VALUE_COMMAND, "/usr/sbin/ptp4l"), 0);
	assert_int_equal(fault_at(VALUE_COMMAND, ""), 0);
	assert_int_equal(fault_at(VALUE_COMMAND, "''"), 0);
	assert_int_equal(fault_at(VALUE_COMMAND, "-f x"), 0);
	assert_int_equal(fault_at(VALUE_COMMAND, "%i"), 0);
	assert_int_equal(fault_at(VALUE_COMMAND, "./ptp4l"), 0);
	assert_int_equal(fault_at(VALUE_COMMAND, "ptp4l -i %n"), 9);
	assert_int_equal(fault_at(VALUE_COMMAND, "ptp4l 50%"), 6);
	assert_int_equal(fault_at(VALUE_COMMAND, "ptp4l | cat"), 6);
	assert_int_equal(parse(VALUE_WORDS, ""), 0);
	assert_int_equal(parse(VALUE_WORDS, "-S"), 0);
}

static void environment_is_made_of_assignments(void **unused)
{
	assert_int_equal(parse(VALUE_ENV, "A=1 B_2='x y' C="), 0);
	assert_int_equal(parse(VALUE_ENV, "LD_LIBRARY_PATH=/opt/lib"), 0);
	assert_int_equal(fault_at(VALUE_ENV, "A=1 B"), 4);
	fault_at(VALUE_ENV, "=1");
	fault_at(VALUE_ENV, "2A=1");
	assert_int_equal(parse(VALUE_ENV_NAMES, "PATH HOME"), 0);
	assert_int_equal(fault_at(VALUE_ENV_NAMES, "PATH LD_PRELOAD"), 5);
	fault_at(VALUE_ENV_NAMES, "A=1");
}

static void users_have_names_or_numbers(void **unused)
{
	assert_int_equal(parse(VALUE_USER, "ptp"), 0);
	assert_int_equal(parse(VALUE_USER, "1000"), 0);
	fault_at(VALUE_USER, "ptp:ptp");
	fault_at(VALUE_USER, "a b");
	fault_at(VALUE_USER, "");
}

static void every_kind_says_what_it_accepts(void **unused)
{
	for (int kind = 0; kind < VALUE_KINDS; kind++) {
		struct value_rule rule = { .kind = (enum value_kind)kind, .choices = colours };
		char room[256];

		value_accepted(&rule, room, sizeof(room));
		assert_true(strlen(room) > 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_have_units),
		cmocka_unit_test(sizes_count_in_1024),
		cmocka_unit_test(bounds_are_kept_at_the_edge),
		cmocka_unit_test(words_are_known_or_their_neighbour_is_named),
		cmocka_unit_test(signals_have_names_and_numbers),
		cmocka_unit_test(a_crash_loop_is_a_number_in_a_time_or_off),
		cmocka_unit_test(history_is_a_size_times_a_number),
		cmocka_unit_test(scheduling_and_cpus),
		cmocka_unit_test(a_set_of_names),
		cmocka_unit_test(what_happens_at_a_loss),
		cmocka_unit_test(modes_and_limits),
		cmocka_unit_test(names_are_fit_for_files),
		cmocka_unit_test(paths_are_absolute),
		cmocka_unit_test(commands_begin_with_a_program),
		cmocka_unit_test(environment_is_made_of_assignments),
		cmocka_unit_test(users_have_names_or_numbers),
		cmocka_unit_test(every_kind_says_what_it_accepts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
