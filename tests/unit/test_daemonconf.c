#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <sys/stat.h>

#include "lintcase.h"

enum { V311 = 0x030101, V42 = 0x040200 };

static struct lintcase c, d;

static void command_line_over_file_and_port_sections_over_both(void **unused)
{
	lint_case(&c, V311, "ptp4l -f FILE -i eth0 -S --priority1 7 -6",
		  "[global]\ntime_stamping hardware\npriority1 5\npriority2 6\n"
		  "[eth0]\nnetwork_transport L2\n");
	assert_int_equal(c.conf.time_stamping, TS_SOFTWARE);
	assert_int_equal(c.conf.priority1, 7);
	assert_int_equal(c.conf.transport, TRANSPORT_UDPV6);
	assert_int_equal(c.conf.port_transport[0], TRANSPORT_L2);
	assert_string_equal(lint_ids(&c), "config.port_over_command:6");
	assert_int_equal(c.rc, 0);
	assert_true(c.conf.readable);
}

static void defaults_are_those_of_the_version(void **unused)
{
	lint_case(&c, V311, "ptp4l -i eth0", "");
	assert_int_equal(c.conf.tx_timestamp_timeout_ms, 1);
	assert_string_equal(c.conf.uds_address, "/var/run/ptp4l");
	assert_string_equal(c.conf.uds_ro_address, "");
	assert_int_equal(c.conf.time_stamping, TS_HARDWARE);
	assert_int_equal(c.conf.log_announce_interval, 1);
	assert_true(c.conf.two_step && c.conf.gm_capable);
	lint_case(&c, V42, "ptp4l -i eth0", "");
	assert_int_equal(c.conf.tx_timestamp_timeout_ms, 10);
	assert_string_equal(c.conf.uds_ro_address, "/var/run/ptp4lro");
}

static void short_options_may_be_joined_and_long_ones_may_have_an_equals_sign(void **unused)
{
	lint_case(&c, V311, "ptp4l -mqSieth0 -l7 --domainNumber=3 -ieth1 --clock_type BC --free 1",
		  "");
	assert_string_equal(lint_ids(&c), "config.command_abbreviated:0");
	assert_int_equal(c.conf.ports, 2);
	assert_string_equal(c.conf.port[1], "eth1");
	assert_int_equal(c.conf.logging_level, 7);
	assert_int_equal(c.conf.domain, 3);
	assert_true(c.conf.free_running);
}

static void a_wrong_command_line_is_judged_word_by_word(void **unused)
{
	lint_case(&c, V311,
		  "ptp4l -i eth0 -Z -l 9 --nosuch 1 --clientOnly 1 --domainNumber 200 stray --pi 1 "
		  "-p",
		  "");
	assert_string_equal(
		lint_ids(&c),
		"config.command_option:0 config.command_value:0 config.command_option:0 "
		"config.command_option:0 config.value_range:0 config.command_stray:0 "
		"config.command_ambiguous:0 config.command_argument:0");
	assert_string_equal(c.lint.at[0].text, "invalid option -- 'Z'");
	assert_string_equal(c.lint.at[1].advice, "Use 0 to 7.");
	assert_string_equal(c.lint.at[3].advice, "Write --slaveOnly instead.");
	lint_case(&c, V311, "ptp4l - -i eth0 -v", "");
	assert_string_equal(lint_ids(&c), "config.command_stray:0 config.command_exits:0");
}

static void a_file_that_cannot_be_read_leaves_command_line_and_defaults(void **unused)
{
	lint_case(&c, V311, "ptp4l -i eth0 -S -f /nonexistent/ptp4l.conf", "");
	assert_int_equal(c.rc, -ENOENT);
	assert_false(c.conf.readable);
	assert_int_equal(c.conf.time_stamping, TS_SOFTWARE);
	assert_string_equal(c.conf.config_file, "/nonexistent/ptp4l.conf");
	assert_string_equal(lint_ids(&c), "config.file_unreadable:0");
	assert_string_equal(c.lint.at[0].file, "/nonexistent/ptp4l.conf");
	lint_case(&c, V311, "ptp4l -i eth0 -f /tmp", "");
	assert_string_equal(lint_ids(&c), "config.file_directory:0");
	assert_int_equal(c.rc, -EISDIR);
	lint_case(&c, V311, "ptp4l -i eth0 -f /dev/null", "");
	assert_int_equal(c.rc, 0);
	assert_string_equal(lint_ids(&c), "");
}

static void a_fifo_instead_of_a_file_does_not_block(void **unused)
{
	char path[64], command[100];

	snprintf(path, sizeof(path), "/tmp/ptpwarden-lint-fifo.%d", getpid());
	snprintf(command, sizeof(command), "ptp4l -i eth0 -f %s", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	lint_case(&c, V311, command, "");
	unlink(path);
	assert_int_equal(c.rc, -EINVAL);
}

static void a_file_of_more_than_a_megabyte_is_refused(void **unused)
{
	size_t size = (1 << 20) + 1;
	char *big = malloc(size);

	assert_non_null(big);
	memset(big, '\n', size);
	lint_bytes(&c, V311, "ptp4l -i eth0 -f FILE", big, size - 1);
	assert_int_equal(c.rc, 0);
	lint_bytes(&c, V311, "ptp4l -i eth0 -f FILE", big, size);
	assert_int_equal(c.rc, -EFBIG);
	assert_string_equal(lint_ids(&c), "config.file_too_large:0");
	free(big);
}

static void settings_that_exclude_each_other_are_errors(void **unused)
{
	static const struct {
		const char *command, *text, *id;
	} of[] = {
		{"ptp4l", "", "config.no_interface:0"},
		{"ptp4l -i eth0 -S --twoStepFlag 0", "", "config.onestep_software:0"},
		{"ptp4l -i eth0 -s --gmCapable 0", "", "config.client_not_capable:0"},
		{"ptp4l -i eth0 -f FILE", "[global]\nclock_type BC\n", "config.clock_type_ports:2"},
		{"ptp4l -i a -i b -f FILE", "[global]\nclock_type P2P_TC\n",
		 "config.clock_type_mechanism:2"},
		{"ptp4l -i a -i b -P -f FILE",
		 "[global]\nclock_type P2P_TC\n[a]\ndelay_mechanism E2E\n",
		 "config.clock_type_port:4 config.port_over_command:4"},
		{"ptp4l -i eth0 -f FILE", "[global]\nproductDescription a;b\n",
		 "config.description:2"},
		{"ptp4l -i eth0 -f FILE",
		 "[global]\nrevisionData a;b;012345678901234567890123456789\n",
		 "config.description:2"},
		{"ptp4l -i eth0 -f FILE", "[global]\nmanufacturerIdentity 00:1\n",
		 "config.description:2"},
		{"ptp4l -i eth0 -f FILE", "[global]\nclockIdentity 1.2.3\n",
		 "config.clock_identity:2"},
		{"ptp4l -i eth0 -2 --ptp_dst_mac zz", "", "config.destination_mac:0"},
		{"ptp4l -i eth0 -f FILE", "[global]\nunicast_master_table 7\n",
		 "config.unicast_table:2"},
		{"ptp4l -i eth0 --BMCA noop", "", "config.bmca_undecided:0"},
		{"ptp4l -i eth0 --inhibit_delay_req 1", "", "config.delay_request_inhibited:0"},
		{"ptp4l -i eth0 -s --masterOnly 1", "", "config.client_and_server:0"},
		{"ptp4l -i eth0 --net_sync_monitor 1", "", "config.monitor_without_hybrid:0"},
		{"ptp4l -i eth0 -P --hybrid_e2e 1", "", "config.hybrid_without_e2e:0"},
		{"ptp4l -i eth0 --summary_interval 99", "", "config.interval_too_long:0"},
		{"ptp4l -i eth0 --free_running 1 --step_threshold 1", "",
		 "config.free_running_step:0"},
		{"ptp4l -i eth0 -l 4", "", "config.level_hides:0"},
		{"ptp4l -i averyveryverylong", "", "config.port_name:0"},
		{"phc2sys -r", "", "config.command_conflict:0"},
		{"phc2sys -s eth0", "", "config.command_conflict:0"},
		{"phc2sys -a -r -w", "", "config.command_conflict:0"},
		{"phc2sys -d /dev/pps0 -c eth0 -w", "", "config.command_conflict:0"},
		{"ts2phc -s nmea", "", "config.sinks_missing:0"},
		{"ts2phc -c eth0 -s nmea -s generic", "", "config.command_conflict:0"},
	};

	for (unsigned i = 0; i < ARRAY_LEN(of); i++) {
		lint_case(&c, V311, of[i].command, of[i].text);
		assert_string_equal(lint_ids(&c), of[i].id);
	}
}

/* The near misses of what is complained about above. */
static void healthy_configurations_are_passed_without_a_word(void **unused)
{
	static const struct {
		const char *command, *text;
	} of[] = {
		{"ptp4l -i eth0", ""},
		{"ptp4l -m -q -i eth0 -s -H -2 -P", ""},
		{"ptp4l -i eth0 -S --free_running 1", ""},
		{"ptp4l -i eth0 --twoStepFlag 0", ""},
		{"ptp4l -i eth0 --gmCapable 0 --priority1 255", ""},
		{"ptp4l -i eth0 -i eth1 --clock_type BC", ""},
		{"ptp4l -f FILE",
		 "[global]\nboundary_clock_jbod 1\n[eth0]\n[eth1]\nmasterOnly 1\n"},
		{"ptp4l -i eth0 -f FILE", "[global]\nclock_type BC\n[eth1]\n"},
		{"ptp4l -i eth0 -f FILE",
		 "[global]\n[eth0]\nnetwork_transport L2\ndelay_mechanism P2P\n"},
		{"ptp4l -i a -i b --clock_type E2E_TC", ""},
		{"ptp4l -i a -i b -P --clock_type P2P_TC", ""},
		{"ptp4l -i eth0 --BMCA noop -s", ""},
		{"ptp4l -i eth0 --inhibit_delay_req 1 --asCapable true", ""},
		{"ptp4l -i eth0 --ptp_dst_mac zz", ""},
		{"ptp4l -i eth0 -2 --ptp_dst_mac 01:80:C2:00:00:0E", ""},
		{"ptp4l -f FILE -i eth0",
		 "[global]\nunicast_master_table 1\n[unicast_master_table]\ntable_id 1\nUDPv4 "
		 "10.0.0.1\n"},
		{"ptp4l -i eth0 -f FILE", "[global]\nproductDescription a;b;c\nuserDescription my "
					  "clock\nclockIdentity 001122.fffe.334455\n"},
		{"phc2sys -a -r -m -q", ""},
		{"phc2sys -s eth0 -w -n 0 -R 8 -N 5 -u 60 -S 0.5 -E linreg", ""},
		{"phc2sys -s /dev/ptp0 -c CLOCK_REALTIME -O 0", ""},
		{"phc2sys -d /dev/pps0 -w", ""},
		{"ts2phc -c eth0 -s nmea -f FILE",
		 "[global]\nts2phc.pulsewidth 100000000\nleapfile /x\n"},
		{"ts2phc -f FILE", "[eth0]\nts2phc.master 1\n[eth1]\nts2phc.pin_index 1\n"},
	};

	for (unsigned i = 0; i < ARRAY_LEN(of); i++) {
		lint_case(&c, V311, of[i].command, of[i].text);
		assert_string_equal(lint_ids(&c), "");
	}
}

static void a_second_port_by_accident_is_named_with_its_section(void **unused)
{
	struct lint_place place;

	lint_case(&c, V311, "ptp4l -i eth1 -f FILE",
		  "[global]\npriority1 9\n[eth0]\nudp_ttl 2\n[eth1]\n");
	assert_string_equal(lint_ids(&c), "config.port_only_in_file:3");
	assert_string_equal(c.lint.at[0].text,
			    "section [eth0] adds a port to eth1 of the command line");
	assert_int_equal(c.conf.ports, 2);
	assert_false(c.conf.port_from_file[0]);
	assert_true(c.conf.port_from_file[1]);
	assert_true(daemon_conf_port_from_section(&c.conf, "eth0", &place));
	assert_int_equal(place.line, 3);
	assert_string_equal(place.file, c.conf.config_file);
	assert_false(daemon_conf_port_from_section(&c.conf, "eth1", &place));
}

static void more_ports_than_fit_are_judged_but_not_kept(void **unused)
{
	char text[1000] = "[global]\n";

	for (int i = 0; i < PORTS_MAX + 1; i++)
		sprintf(text + strlen(text), "[eth%d]\nudp_ttl %d\n", i, i < PORTS_MAX ? 2 : 0);
	lint_case(&c, V311, "ptp4l -f FILE", text);
	assert_int_equal(c.conf.ports, PORTS_MAX);
	assert_string_equal(lint_ids(&c), "config.value_range:35");
}

static void what_is_steered_follows_from_time_stamping(void **unused)
{
	static const struct {
		const char *command;
		enum provides provides;
	} of[] = {
		{"ptp4l -i eth0", PROVIDES_PHC},
		{"ptp4l -i eth0 --twoStepFlag 0", PROVIDES_PHC},
		{"ptp4l -i eth0 -S", PROVIDES_SYSTEM},
		{"ptp4l -i eth0 -L", PROVIDES_SYSTEM},
		{"ptp4l -i eth0 --free_running 1", PROVIDES_NONE},
		{"ptp4l -i eth0 -S --clock_servo ntpshm", PROVIDES_NONE},
		{"phc2sys -a -r", PROVIDES_SYSTEM},
		{"phc2sys -s eth0 -w", PROVIDES_SYSTEM},
		{"phc2sys -a", PROVIDES_PHC},
		{"phc2sys -s CLOCK_REALTIME -c eth0 -O 0", PROVIDES_PHC},
		{"phc2sys -s eth0 -w -E ntpshm", PROVIDES_NONE},
		{"ts2phc -c eth0 -s nmea", PROVIDES_PHC},
	};

	for (unsigned i = 0; i < ARRAY_LEN(of); i++) {
		lint_case(&c, V311, of[i].command, "");
		assert_int_equal(daemon_conf_provides(&c.conf), of[i].provides);
	}
}

static void capabilities_follow_from_what_is_configured(void **unused)
{
	const uint64_t raw = 1ull << CAP_NET_RAW, bind = 1ull << CAP_NET_BIND_SERVICE,
		       admin = 1ull << CAP_NET_ADMIN, time = 1ull << CAP_SYS_TIME;
	const struct {
		const char *command;
		uint64_t needs;
	} of[] = {
		{"ptp4l -i eth0 -2", raw | admin | time},
		{"ptp4l -i eth0 -2 -S", raw | time},
		{"ptp4l -i eth0 -S", raw | bind | time},
		{"ptp4l -i eth0 -S --free_running 1", raw | bind},
		{"ptp4l -i eth0 -S --free_running 1 --socket_priority 7", raw | bind | admin},
		{"phc2sys -a -r", time},
		{"ts2phc -c eth0", time},
	};

	for (unsigned i = 0; i < ARRAY_LEN(of); i++) {
		lint_case(&c, V311, of[i].command, "");
		assert_int_equal(daemon_conf_capabilities(&c.conf), of[i].needs);
	}
}

static const char *pair(const char *ptp4l, const char *phc2sys)
{
	lint_case(&c, V311, ptp4l, "");
	lint_case(&d, V311, phc2sys, "");
	assert_int_equal(d.lint.errors, 0);
	daemon_conf_pair(&c.conf, &d.conf, &d.lint);
	return lint_ids(&d);
}

static void what_spoils_a_group_is_found(void **unused)
{
	assert_string_equal(pair("ptp4l -i eth0", "phc2sys -s eth0 -w"), "");
	assert_string_equal(pair("ptp4l -i eth0.5", "phc2sys -s eth0 -w"), "");
	assert_string_equal(pair("ptp4l -i eth0 --domainNumber 3", "phc2sys -a -r -n 3"), "");
	assert_string_equal(pair("ptp4l -i eth0 --domainNumber 3", "phc2sys -s eth0 -O -37"), "");
	assert_string_equal(pair("ptp4l -i eth0 --boundary_clock_jbod 1", "phc2sys -a"), "");
	assert_string_equal(pair("ptp4l -i eth0 --domainNumber 3", "phc2sys -s eth0 -w"),
			    "config.pair_domain:0");
	assert_string_equal(d.lint.at[0].advice, "Use -n 3 in the command of phc2sys.");
	assert_string_equal(pair("ptp4l -i eth0 --transportSpecific 1", "phc2sys -a -r"),
			    "config.pair_transport_specific:0");
	assert_string_equal(pair("ptp4l -i eth0 --uds_address /run/p", "phc2sys -a -r"),
			    "config.pair_socket:0");
	assert_string_equal(pair("ptp4l -i eth0", "phc2sys -s eth1 -w"), "config.pair_interface:0");
	assert_string_equal(pair("ptp4l -i eth0 -S", "phc2sys -a -r"), "config.pair_software:0");
	assert_string_equal(pair("ptp4l -i eth0", "phc2sys -a"),
			    "config.system_clock_left_alone:0");
}

static void two_ptp4l_on_one_socket_are_found(void **unused)
{
	lint_case(&c, V42, "ptp4l -i eth0", "");
	lint_case(&d, V42, "ptp4l -i eth1 --uds_address /var/run/other", "");
	daemon_conf_rivals(&c.conf, &d.conf, &d.lint);
	assert_string_equal(lint_ids(&d), "config.rival_read_only_socket:0");
	lint_case(&c, V311, "ptp4l -i eth0", "");
	lint_case(&d, V311, "ptp4l -i eth1", "");
	daemon_conf_rivals(&c.conf, &d.conf, &d.lint);
	assert_string_equal(lint_ids(&d), "config.rival_socket:0");
	lint_case(&d, V311, "ptp4l -i eth1 --uds_address /var/run/other", "");
	daemon_conf_rivals(&c.conf, &d.conf, &d.lint);
	assert_string_equal(lint_ids(&d), "");
}

static void phc2sys_takes_its_own_ranges_and_shares_the_file(void **unused)
{
	lint_case(&c, V311, "phc2sys -s eth0 -w -n 200 -z /run/p -S 0.1 -O -37 -f FILE",
		  "[global]\nstep_threshold 5\ntransportSpecific 1\n[eth0]\ndelay_mechanism P2P\n");
	assert_string_equal(lint_ids(&c), "");
	assert_int_equal(c.conf.domain, 200);
	assert_string_equal(c.conf.uds_address, "/run/p");
	assert_true(c.conf.step_threshold < 0.2);
	assert_int_equal(c.conf.leap_or_utc_offset, -37);
	assert_int_equal(c.conf.transport_specific, 1);
	assert_int_equal(c.conf.ports, 0);
	assert_true(c.conf.wait);
	assert_string_equal(c.conf.sink, "CLOCK_REALTIME");
	lint_case(&c, V311, "phc2sys -a -r", "");
	assert_int_equal(c.conf.leap_or_utc_offset, INT_MIN);
	assert_true(c.conf.automatic && c.conf.realtime);
}

static void versions_are_read_as_the_programs_print_them(void **unused)
{
	assert_int_equal(lp_version_parse("3.1.1"), 0x030101);
	assert_int_equal(lp_version_parse("4.2"), 0x040200);
	assert_int_equal(lp_version_parse("4.2\n"), 0x040200);
	assert_int_equal(lp_version_parse("4.4-00012-gabcdef"), 0x0404ff);
	assert_int_equal(lp_version_parse("2.0"), 0x020000);
	assert_int_equal(lp_version_parse("4"), 0);
	assert_int_equal(lp_version_parse(""), 0);
	assert_int_equal(lp_version_parse("nonsense"), 0);
	assert_int_equal(lp_version_parse("999.1"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_line_over_file_and_port_sections_over_both),
		cmocka_unit_test(defaults_are_those_of_the_version),
		cmocka_unit_test(short_options_may_be_joined_and_long_ones_may_have_an_equals_sign),
		cmocka_unit_test(a_wrong_command_line_is_judged_word_by_word),
		cmocka_unit_test(a_file_that_cannot_be_read_leaves_command_line_and_defaults),
		cmocka_unit_test(a_fifo_instead_of_a_file_does_not_block),
		cmocka_unit_test(a_file_of_more_than_a_megabyte_is_refused),
		cmocka_unit_test(settings_that_exclude_each_other_are_errors),
		cmocka_unit_test(healthy_configurations_are_passed_without_a_word),
		cmocka_unit_test(a_second_port_by_accident_is_named_with_its_section),
		cmocka_unit_test(more_ports_than_fit_are_judged_but_not_kept),
		cmocka_unit_test(what_is_steered_follows_from_time_stamping),
		cmocka_unit_test(capabilities_follow_from_what_is_configured),
		cmocka_unit_test(what_spoils_a_group_is_found),
		cmocka_unit_test(two_ptp4l_on_one_socket_are_found),
		cmocka_unit_test(phc2sys_takes_its_own_ranges_and_shares_the_file),
		cmocka_unit_test(versions_are_read_as_the_programs_print_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
