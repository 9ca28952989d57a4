/* timemaster.conf: its own grammar, and what the programs that it starts would stumble over. */
#include <errno.h>
#include <linux/capability.h>

#include "lintcase.h"

enum { V311 = 0x030101, V42 = 0x040200 };

static struct lintcase c;

static void tm(lp_version version, const char *text)
{
	lint_case(&c, version, "timemaster -f FILE", text);
}

static void the_shipped_file_needs_a_domain(void **unused)
{
	tm(V311, "# comment\n[timemaster]\nntp_program chronyd\n\n[chrony.conf]\ninclude x\n\n"
		 "[ptp4l.conf]\n\n[chronyd]\npath /usr/sbin/chronyd\n[ntpd]\noptions -g\n");
	assert_string_equal(lint_ids(&c), "config.tm_no_domain:0");
	assert_int_equal(c.lint.errors, 0);
}

static void a_usual_file_is_right(void **unused)
{
	tm(V311, "[ntp_server ntp.example]\nminpoll 4\n[PTP_Domain 24]\ninterfaces eth0 eth1\n"
		 "delay 10e-6\nptp4l_option priority2 200\n[timemaster]\nNTP_Program ntpd\n"
		 "rundir /run/tm\nfirst_shm_segment 2\n[ptp4l.conf]\nnetwork_transport L2\n"
		 "[ptp4l]\noptions -l 5\n[phc2sys]\noptions -l 6\n");
	assert_string_equal(lint_ids(&c), "");
	assert_int_equal(c.conf.ports, 2);
	assert_string_equal(c.conf.port[1], "eth1");
	assert_int_equal(c.conf.port_transport[0], TRANSPORT_L2);
	assert_int_equal(c.conf.domain, 24);
	assert_string_equal(c.conf.uds_address, "/run/tm/ptp4l.2.socket");
	assert_int_equal(daemon_conf_provides(&c.conf), PROVIDES_SYSTEM);
	assert_true(daemon_conf_capabilities(&c.conf) >> CAP_NET_RAW & 1);
}

static void all_errors_are_named_with_their_lines(void **unused)
{
	tm(V311, "[ntp_server]\niburst 2\nfoo 1\n[ptp_domain x]\ndelay z\n[timemaster]\n"
		 "ntp_program openntpd\nrestart 1\n[global]\nany 1\n[ptp4l]\nflags -x\n");
	assert_string_equal(lint_ids(&c),
			    "config.tm_address:1 config.tm_value:2 config.tm_setting:3 "
			    "config.tm_value:4 config.tm_value:5 config.tm_interfaces:4 "
			    "config.tm_value:7 config.tm_setting:8 config.tm_section:9 "
			    "config.tm_setting:12");
	assert_string_equal(c.lint.at[6].advice, "Write chronyd or ntpd.");
}

static void a_misspelt_section_or_setting_is_answered_with_the_nearest_name(void **unused)
{
	tm(V311, "[ptp_domian 0]\n[timemaster]\nrun_dir /x\n");
	assert_non_null(strstr(c.lint.at[0].advice, "Write ptp_domain"));
	assert_non_null(strstr(c.lint.at[1].advice, "Write rundir"));
}

static void a_setting_before_the_first_section_is_said_once(void **unused)
{
	tm(V311, "rundir /x\nrundir /y\n[ptp_domain 0]\ninterfaces eth0\n");
	assert_string_equal(lint_ids(&c), "config.tm_outside:1");
	assert_string_equal(c.lint.missing_section, "timemaster");
}

static void the_name_of_a_section_ends_at_its_bracket(void **unused)
{
	tm(V311, "[ptp_domain 0] # what follows counts for nothing\ninterfaces eth0\n");
	assert_string_equal(lint_ids(&c), "");
	tm(V311, "[ptp_domain 0 ]\ninterfaces eth0\n");
	assert_string_equal(lint_ids(&c), "config.tm_value:1");
	tm(V311, "[ ptp_domain 0]\ninterfaces eth0\n");
	assert_string_equal(lint_ids(&c), "config.tm_section:1 config.tm_no_domain:0");
}

static void options_of_ptp4l_are_judged_where_they_stand(void **unused)
{
	tm(V311, "[ptp4l.conf]\nclientOnly 1\nlogging_level 9\n[ptp_domain 0]\ninterfaces eth0\n"
		 "ptp4l_option priority1 1000\nptp4l_option gmCapable 0\n");
	assert_string_equal(lint_ids(&c),
			    "config.option_of_other_version:2 config.value_range:3 "
			    "config.value_range:6 config.client_not_capable:7");
	tm(V42, "[ptp4l.conf]\nclientOnly 1\n[ptp_domain 0]\ninterfaces eth0\n");
	assert_string_equal(lint_ids(&c), "");
}

static void one_list_may_override_the_other(void **unused)
{
	tm(V311, "[ptp4l.conf]\npriority2 5\nslaveOnly 0\n[ptp_domain 0]\ninterfaces eth0\n"
		 "ptp4l_option priority2 6\n");
	assert_string_equal(lint_ids(&c), "");
	tm(V311, "[ptp4l.conf]\npriority2 5\npriority2 6\n");
	assert_string_equal(lint_ids(&c), "config.option_twice:3 config.tm_no_domain:0");
}

static void a_second_list_of_settings_replaces_the_first(void **unused)
{
	tm(V311, "[ptp4l.conf]\nfoo 1\n[ptp_domain 0]\ninterfaces eth0\n[ptp4l.conf]\n"
		 "priority1 1\n");
	assert_string_equal(lint_ids(&c), "");
	tm(V311, "[ptp_domain 0]\ninterfaces eth0\ninterfaces eth1 eth2\n");
	assert_int_equal(c.conf.ports, 2);
	assert_string_equal(c.conf.port[0], "eth1");
}

static void a_domain_that_ptp4l_would_refuse_is_named(void **unused)
{
	tm(V311, "[ptp_domain 200]\ninterfaces eth0\n");
	assert_string_equal(lint_ids(&c), "config.value_range:1");
	tm(V42, "[ptp_domain 200]\ninterfaces eth0\n");
	assert_string_equal(lint_ids(&c), "");
}

static void the_words_for_the_programs_are_judged_too(void **unused)
{
	tm(V311, "[ptp_domain 0]\ninterfaces eth0\n[ptp4l]\noptions -l 5 -Z\n"
		 "[phc2sys]\noptions -s eth0\n");
	assert_string_equal(lint_ids(&c), "config.command_option:4 config.command_conflict:6");
	assert_true(c.lint.at[0].file[0]);
}

static void virtual_clocks_came_with_4_0(void **unused)
{
	const char *text = "[timemaster]\nuse_vclocks -1\n[ptp_domain 0]\ninterfaces eth0\n";

	tm(V311, text);
	assert_string_equal(lint_ids(&c), "config.tm_setting:2");
	tm(V42, text);
	assert_string_equal(lint_ids(&c), "");
}

static void the_command_needs_a_file_and_knows_few_letters(void **unused)
{
	lint_case(&c, V311, "timemaster -mq", "");
	assert_string_equal(lint_ids(&c), "config.tm_file:0");
	lint_case(&c, V311, "timemaster -m -f", "");
	assert_string_equal(lint_ids(&c), "config.command_argument:0 config.tm_file:0");
	lint_case(&c, V311, "timemaster -Z -n stray -l5 -fFILE", "");
	assert_string_equal(lint_ids(&c), "config.command_option:0 config.command_exits:0 "
					  "config.command_stray:0 config.file_unreadable:0");
	assert_int_equal(c.rc, -ENOENT);
}

static void more_than_fits_is_judged_but_not_kept(void **unused)
{
	char text[8192] = "[ptp4l.conf]\n";
	size_t n = strlen(text);

	for (int i = 0; i < 200; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "priority1 %d\n", i);
	for (int i = 0; i < 12; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				      "[ptp_domain %d]\ninterfaces eth%d\n", i, i);
	tm(V311, text);
	assert_int_equal(c.conf.ports, 8);
	assert_int_equal(c.rc, 0);
}

static void a_line_of_more_than_4095_bytes_is_said(void **unused)
{
	static char text[9000];

	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "[chrony.conf]\n", 14);
	tm(V311, text);
	assert_non_null(strstr(lint_ids(&c), "config.line_cut:2"));
	text[4095 + 13] = '\0';
	tm(V311, text);
	assert_null(strstr(lint_ids(&c), "config.line_cut"));
}

static uint32_t chance(uint32_t *seed, uint32_t below)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % below;
}

/* Whatever stands in the file: bounds hold, and every note has its rule, text and advice. */
static void damaged_files_are_judged_and_not_trusted(void **unused)
{
	static const char *const pieces[] = {
		"[ptp_domain 0]\n", "[ptp4l.conf]\n", "[timemaster]\n", "[ntp_server a]\n",
		"[ptp4l]\n", "[phc2sys]\n", "[", "]", "interfaces eth0 eth1\n", "\n",
		"ptp4l_option priority1 5\n", "options -l 5 -i x -f y --x\n", "interfaces ",
		"rundir /x\n", "first_shm_segment 99999999999\n", "priority1 1\n", "\r", "\t",
		"uds_address ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "#",
		"-z -z -s -a -c ", "message_tag %s%n\n", "clock_type BC\n", "\xff", "path\n",
	};
	uint32_t seed = 20261122;
	char text[6000];

	for (int round = 0; round < 400; round++) {
		size_t n = 0;

		for (uint32_t k = chance(&seed, 90); k; k--)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s",
					      pieces[chance(&seed, ARRAY_LEN(pieces))]);
		while (n && !chance(&seed, 3))
			text[chance(&seed, (uint32_t)n)] = (char)chance(&seed, 256);
		lint_bytes(&c, chance(&seed, 2) ? V311 : V42, "timemaster -f FILE", text, n);
		assert_in_range(c.conf.ports, 0, PORTS_MAX);
		for (unsigned i = 0; i < c.lint.n; i++) {
			assert_non_null(lint_rule(c.lint.at[i].id));
			assert_true(c.lint.at[i].text[0] && c.lint.at[i].advice[0]);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_file_needs_a_domain),
		cmocka_unit_test(a_usual_file_is_right),
		cmocka_unit_test(all_errors_are_named_with_their_lines),
		cmocka_unit_test(a_misspelt_section_or_setting_is_answered_with_the_nearest_name),
		cmocka_unit_test(a_setting_before_the_first_section_is_said_once),
		cmocka_unit_test(the_name_of_a_section_ends_at_its_bracket),
		cmocka_unit_test(options_of_ptp4l_are_judged_where_they_stand),
		cmocka_unit_test(one_list_may_override_the_other),
		cmocka_unit_test(a_second_list_of_settings_replaces_the_first),
		cmocka_unit_test(a_domain_that_ptp4l_would_refuse_is_named),
		cmocka_unit_test(the_words_for_the_programs_are_judged_too),
		cmocka_unit_test(virtual_clocks_came_with_4_0),
		cmocka_unit_test(the_command_needs_a_file_and_knows_few_letters),
		cmocka_unit_test(more_than_fits_is_judged_but_not_kept),
		cmocka_unit_test(damaged_files_are_judged_and_not_trusted),
		cmocka_unit_test(a_line_of_more_than_4095_bytes_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
