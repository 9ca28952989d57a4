#include "test.h"
#include "conf/linuxptp/command.h"
#include "conf/linuxptp/daemonconf.h"
#include "conf/words.h"

static struct words w;

static bool has(enum program program, char letter, const char *line)
{
	assert_int_equal(words_split(line, &w, NULL, NULL), 0);
	return command_has_flag(w.at, program, letter);
}

static void the_last_part_of_the_path_names_the_program(void **unused)
{
	assert_int_equal(command_program("/usr/sbin/ptp4l"), PROG_PTP4L);
	assert_int_equal(command_program("phc2sys"), PROG_PHC2SYS);
	assert_int_equal(command_program("ptp4l-4.2"), PROG_OTHER);
	assert_int_equal(command_program("ptp4l/"), PROG_OTHER);
	assert_string_equal(program_name(PROG_TS2PHC), "ts2phc");
	assert_string_equal(program_name((enum program)99), "?");
}

static void the_daemon_is_found_behind_a_wrapper(void **unused)
{
	assert_int_equal(words_split("ip netns exec blue /opt/ptp4l -i eth0", &w, NULL, NULL), 0);
	assert_int_equal(command_start(w.at, PROG_PTP4L), 4);
	assert_int_equal(command_start(w.at, PROG_PHC2SYS), 0);
	assert_int_equal(command_start(w.at, PROG_OTHER), 0);
}

static void a_flag_is_seen_alone_and_together_with_others(void **unused)
{
	assert_true(has(PROG_PTP4L, 'm', "ptp4l -i eth0 -m"));
	assert_true(has(PROG_PTP4L, 'm', "ptp4l -sqm -i eth0"));
	assert_true(has(PROG_PTP4L, 'q', "ptp4l -mq"));
	assert_false(has(PROG_PTP4L, 'q', "ptp4l -i eth0 -s"));
	assert_true(has(PROG_PTP4L, 'm', "ptp4l --domainNumber=3 -m"));
}

static void the_value_of_another_option_is_no_flag(void **unused)
{
	assert_false(has(PROG_PTP4L, 'm', "ptp4l -f -m"));
	assert_false(has(PROG_PTP4L, 'm', "ptp4l -sf -m"));
	assert_false(has(PROG_PTP4L, 'm', "ptp4l -im"));
	assert_false(has(PROG_PHC2SYS, 'q', "phc2sys -t -q"));
	assert_false(has(PROG_PTP4L, 'm', "ptp4l --message_tag -m"));
	assert_false(has(PROG_PTP4L, 'm', "ptp4l -- -m"));
	assert_false(has(PROG_PTP4L, 'm', "ptp4l eth-m m"));
}

/* -s stands alone for ptp4l and takes a value for phc2sys. */
static void each_program_has_its_own_letters(void **unused)
{
	assert_true(has(PROG_PTP4L, 'm', "ptp4l -sm"));
	assert_false(has(PROG_PHC2SYS, 'm', "phc2sys -sm"));
}

static void behind_a_wrapper_the_daemon_is_read_as_without(void **unused)
{
	static struct daemon_conf conf;
	static struct lint lint;

	assert_int_equal(words_split("chrt -f 10 /opt/ptp4l -S -i eth0", &w, NULL, NULL), 0);
	assert_int_equal(daemon_conf_read(PROG_PTP4L, w.at, 0, &conf, &lint), 0);
	assert_int_equal(lint.errors, 0);
	assert_int_equal(conf.time_stamping, TS_SOFTWARE);
	assert_int_equal(conf.ports, 1);
	assert_string_equal(conf.port[0], "eth0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_part_of_the_path_names_the_program),
		cmocka_unit_test(the_daemon_is_found_behind_a_wrapper),
		cmocka_unit_test(a_flag_is_seen_alone_and_together_with_others),
		cmocka_unit_test(the_value_of_another_option_is_no_flag),
		cmocka_unit_test(behind_a_wrapper_the_daemon_is_read_as_without),
		cmocka_unit_test(each_program_has_its_own_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
