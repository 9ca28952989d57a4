#include "lintcase.h"

enum { V20 = 0x020000, V311 = 0x030101, V42 = 0x040200, V44 = 0x040400, DEV = 0x0404ff };

static struct lintcase c;

static void all_errors_are_reported_where_the_daemon_stops_at_the_first(void **unused)
{
	lint_case(&c, V311, "ptp4l -i eth0 -f FILE",
		  "[global]\ndomainNumber 300\nfoo_bar 1\n\ntime_stamping hw\nslaveOnly=1\n"
		  "[eth0]\npriority1 x\npriority1 1\n");
	assert_string_equal(
		lint_ids(&c),
		"config.value_range:2 config.option_unknown:3 config.value_bad:5 "
		"config.value_missing:6 config.value_malformed:8 config.option_section:9");
	assert_int_equal(c.lint.errors, 6);
	assert_string_equal(c.lint.at[0].text,
			    "300 is an out of range value for option domainNumber at line 2");
	assert_string_equal(c.lint.at[0].advice, "Use 0 to 127.");
	assert_string_equal(c.lint.at[2].advice,
			    "Use one of hardware, software, legacy, onestep, p2p1step.");
	assert_string_equal(c.lint.at[3].advice, "Write slaveOnly 1: a space, no equals sign.");
}

static void a_misspelt_option_is_answered_with_the_nearest_name(void **unused)
{
	lint_case(&c, V311, "ptp4l -i eth0 -f FILE",
		  "[global]\nslaveonly 1\nprioritty1 5\nclientonly 1\nstepwindow 3\nquux 1\n");
	assert_string_equal(lint_ids(&c), "config.option_unknown:2 config.option_unknown:3 "
					  "config.option_unknown:4 config.option_unknown:5 "
					  "config.option_unknown:6");
	assert_string_equal(c.lint.at[2].advice,
			    "Write slaveOnly, the older name of clientOnly, or remove the line.");
	assert_string_equal(c.lint.at[3].advice,
			    "Remove the line; step_window is an option of newer versions only.");
	assert_string_equal(c.lint.at[4].advice, "Correct or remove the line.");
	assert_non_null(strstr(c.lint.at[0].advice, "slaveOnly"));
	assert_non_null(strstr(c.lint.at[1].advice, "priority1"));
}

static void an_option_of_another_version_is_named_with_that_version(void **unused)
{
	lint_case(&c, V311, "ptp4l -i eth0 -f FILE", "[global]\nclientOnly 1\nstep_window 3\n");
	assert_string_equal(lint_ids(&c), "config.option_of_other_version:2 "
					  "config.option_of_other_version:3");
	assert_string_equal(c.lint.at[0].advice, "Write slaveOnly instead of clientOnly.");
	assert_non_null(strstr(c.lint.at[1].text, "known since 4.0, installed is 3.1.1"));
	assert_int_equal(c.lint.written_for, 0x040000);

	lint_case(&c, V42, "ptp4l -i eth0 -f FILE", "[global]\nclientOnly 1\nstep_window 3\n");
	assert_string_equal(lint_ids(&c), "");
	assert_true(c.conf.client_only);
	assert_int_equal(c.lint.written_for, 0);
	assert_null(c.lint.missing_section);
}

static void a_deprecated_name_is_a_warning_with_the_new_one(void **unused)
{
	lint_case(&c, V42, "ptp4l -i eth0 -f FILE", "[global]\nslaveOnly 1\npi_offset_const 0.1\n");
	assert_string_equal(lint_ids(&c), "config.option_deprecated:2 config.option_deprecated:3");
	assert_int_equal(c.lint.errors, 0);
	assert_true(c.conf.client_only);
	assert_true(c.conf.step_threshold > 0.09);

	lint_case(&c, V311, "ptp4l -i eth0 -f FILE", "[global]\nslaveOnly 1\n");
	assert_string_equal(lint_ids(&c), "");
	assert_true(c.conf.client_only);
}

static void with_an_unknown_version_whatever_any_version_takes_passes(void **unused)
{
	lint_case(&c, 0, "ptp4l -i eth0 -f FILE",
		  "[global]\nslaveOnly 1\nclientOnly 1\ndomainNumber 200\nts2phc.external_pps 1\n");
	assert_string_equal(lint_ids(&c), "");
	assert_string_equal(c.conf.uds_address, "/var/run/ptp4l");
}

static void ranges_and_labels_are_those_of_the_version(void **unused)
{
	const char *text =
		"[global]\ndomainNumber 200\ndelay_mechanism NONE\nclock_servo refclock_sock\n";

	lint_case(&c, V311, "ptp4l -i eth0 -f FILE", text);
	assert_string_equal(lint_ids(&c),
			    "config.value_range:2 config.value_bad:3 config.value_bad:4");
	lint_case(&c, V42, "ptp4l -i eth0 -f FILE", text);
	assert_string_equal(lint_ids(&c), "");
	lint_case(&c, V42, "ptp4l -i eth0 -f FILE", "[global]\ndelay_mechanism COMMON_P2P\n");
	assert_string_equal(lint_ids(&c), "config.value_bad:2");
	lint_case(&c, V44, "ptp4l -i eth0 -f FILE", "[global]\nuser ptp\n");
	assert_string_equal(lint_ids(&c), "config.option_of_other_version:2");
	lint_case(&c, DEV, "ptp4l -i eth0 -f FILE", "[global]\nuser ptp\n");
	assert_string_equal(lint_ids(&c), "");
	assert_string_equal(c.conf.uds_address, "/var/run/ptp/ptp4l");
}

static void the_grammar_is_linuxptps_with_its_oddities(void **unused)
{
	lint_case(&c, V311, "ptp4l -i eth0 -f FILE",
		  "# comment\r\n\r\n  [GLOBAL]  \r\n\tpriority1\t 0x10 \r\npriority2 010\r\n"
		  "time_stamping SoftWare\r\nfault_reset_interval asap\r\n[ eth0 ]\r\n");
	assert_string_equal(lint_ids(&c), "");
	assert_int_equal(c.conf.priority1, 16);
	assert_int_equal(c.conf.time_stamping, TS_SOFTWARE);

	lint_case(&c, V311, "ptp4l -i eth0 -f FILE",
		  "[global]\nslaveOnly 1 # here\n; there\nslaveOnly = 1\n");
	assert_string_equal(lint_ids(&c), "config.value_malformed:2 config.option_unknown:3 "
					  "config.value_malformed:4");
	assert_string_equal(c.lint.at[0].advice, "Put the comment on a line of its own.");
	assert_non_null(strstr(c.lint.at[1].advice, "Begin comments with #"));
	assert_string_equal(c.lint.at[2].advice, "Write slaveOnly 1: no equals sign.");
}

static void sections_that_are_none_are_explained(void **unused)
{
	lint_case(&c, V311, "ptp4l -i eth0 -f FILE", "slaveOnly 1\npriority1 1\n[global]\n");
	assert_string_equal(lint_ids(&c), "config.section_missing:1");
	assert_string_equal(c.lint.missing_section, "global");
	lint_case(&c, V311, "ptp4l -i eth0 -f FILE", "\xef\xbb\xbf[global]\npriority1 1\n");
	assert_string_equal(lint_ids(&c), "config.file_mark:1");
	lint_case(&c, V311, "ptp4l -f FILE -i eth0", "[global]\n[ ]\n");
	assert_string_equal(lint_ids(&c), "config.section_nameless:2");
	lint_case(&c, V311, "ptp4l -i eth0 -f FILE", "[global] # all\nslaveOnly 1\n");
	assert_string_equal(c.lint.at[0].id, "config.section_trailing");
	assert_string_equal(c.lint.at[1].id, "config.option_section");
}

static void a_port_name_is_cut_where_the_version_cuts_it(void **unused)
{
	const char *text = "[0123456789abcdefghijklmnop]\nfoo 1\n";

	lint_case(&c, V42, "ptp4l -f FILE", text);
	assert_string_equal(lint_ids(&c), "config.port_name:1 config.option_unknown:2");
	assert_string_equal(c.lint.at[1].text,
			    "unknown option foo at line 2 in 0123456789abcdef section");
	lint_case(&c, V44, "ptp4l -f FILE", text);
	assert_string_equal(c.lint.at[1].text,
			    "unknown option foo at line 2 in 0123456789abcdefghijklmnop section");
}

static void lines_are_cut_where_the_daemon_cuts_them(void **unused)
{
	char text[3000];
	int n;

	/* with its newline 1023 bytes: whole; one more: the newline is a line of its own */
	n = snprintf(text, sizeof(text), "[global]\nmessage_tag %01010d\nfoo 1\n", 7);
	assert_int_equal(n, 9 + 1023 + 6);
	lint_case(&c, V311, "ptp4l -i eth0 -f FILE", text);
	assert_string_equal(lint_ids(&c), "config.option_unknown:3");
	assert_non_null(strstr(c.lint.at[0].text, "at line 3"));

	n = snprintf(text, sizeof(text), "[global]\n#%01500d\nfoo 1\n", 7);
	lint_case(&c, V311, "ptp4l -i eth0 -f FILE", text);
	assert_string_equal(lint_ids(&c),
			    "config.line_cut:2 config.value_missing:2 config.option_unknown:3");
	assert_non_null(strstr(c.lint.at[1].text, "line 3"));
	assert_non_null(strstr(c.lint.at[2].text, "at line 4"));
}

static void unicast_tables_are_read_entry_by_entry(void **unused)
{
	lint_case(&c, V311, "ptp4l -i eth0 -f FILE",
		  "[unicast_master_table]\nUDPv4 10.0.0.1\ntable_id 1\nlogQueryInterval 2\n"
		  "UDPv4 10.1\nUDPv4 10.0.0.1.2\nL2 01:02:03:04:05:06\nUDPv6 fe80::1\n"
		  "USB 1\nfoo\n[unicast_master_table]\ntable_id 1\npeer_address x\n"
		  "[global]\nunicast_master_table 2\n");
	assert_string_equal(
		lint_ids(&c),
		"config.unicast_entry:2 config.unicast_entry:6 config.unicast_entry:9 "
		"config.unicast_entry:10 config.unicast_entry:12 config.unicast_entry:13 "
		"config.unicast_table:15");
	assert_string_equal(c.lint.at[0].text, "line 2: missing table_id");
	assert_string_equal(c.lint.at[1].text, "line 6: bad address");
	assert_string_equal(c.lint.at[4].text, "line 12: table_id 1 already taken");
	assert_true(c.conf.unicast);
}

static void the_same_option_twice_is_a_warning_when_the_values_differ(void **unused)
{
	lint_case(&c, V311, "ptp4l -i eth0 -f FILE",
		  "[global]\npriority1 1\npriority1 0x1\npriority1 2\n[eth0]\nudp_ttl 2\n");
	assert_string_equal(lint_ids(&c), "config.option_twice:4");
	assert_int_equal(c.conf.priority1, 2);
}

static void a_full_list_of_notes_keeps_errors_and_counts_the_rest(void **unused)
{
	char text[4000] = "[global]\nslaveOnly 1\n";

	for (int i = 0; i < LINT_NOTES_MAX + 1; i++)
		sprintf(text + strlen(text), "wrong_%d 1\n", i);
	lint_case(&c, V42, "ptp4l -i eth0 -f FILE", text);
	assert_int_equal(c.lint.n, LINT_NOTES_MAX);
	assert_int_equal(c.lint.errors, LINT_NOTES_MAX + 1);
	assert_int_equal(c.lint.dropped, 2);
	for (unsigned i = 0; i < c.lint.n; i++)
		assert_int_equal(c.lint.at[i].severity, LINT_ERROR);
	assert_int_equal(c.lint.at[0].line, 3);
}

static void every_rule_is_found_by_its_id_and_says_what_to_do(void **unused)
{
	for (unsigned i = 0; i < lint_rules_n; i++) {
		assert_ptr_equal(lint_rule(lint_rules[i].id), &lint_rules[i]);
		assert_non_null(lint_rules[i].meaning);
		assert_non_null(lint_rules[i].advice);
		assert_true(strlen(lint_rules[i].advice) < sizeof(c.lint.at[0].advice));
	}
	assert_null(lint_rule("config.nothing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_errors_are_reported_where_the_daemon_stops_at_the_first),
		cmocka_unit_test(a_misspelt_option_is_answered_with_the_nearest_name),
		cmocka_unit_test(an_option_of_another_version_is_named_with_that_version),
		cmocka_unit_test(a_deprecated_name_is_a_warning_with_the_new_one),
		cmocka_unit_test(with_an_unknown_version_whatever_any_version_takes_passes),
		cmocka_unit_test(ranges_and_labels_are_those_of_the_version),
		cmocka_unit_test(the_grammar_is_linuxptps_with_its_oddities),
		cmocka_unit_test(sections_that_are_none_are_explained),
		cmocka_unit_test(a_port_name_is_cut_where_the_version_cuts_it),
		cmocka_unit_test(lines_are_cut_where_the_daemon_cuts_them),
		cmocka_unit_test(unicast_tables_are_read_entry_by_entry),
		cmocka_unit_test(the_same_option_twice_is_a_warning_when_the_values_differ),
		cmocka_unit_test(a_full_list_of_notes_keeps_errors_and_counts_the_rest),
		cmocka_unit_test(every_rule_is_found_by_its_id_and_says_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
