/*
 * Each finding of the linter twice: something that makes it, and a near miss, something almost
 * the same that does not. The last test fails when a rule has no row here.
 */
#include <sys/stat.h>

#include "lintcase.h"

enum { V311 = 0x030101, V42 = 0x040200 };

struct pair {
	const char *id;
	lp_version version;
	const char *command, *bad, *good;	/* FILE stands for the text; bad and good differ */
	const char *good_command;		/* NULL: the same */
};

#define P "ptp4l -i eth0 -f FILE"
#define TWO "ptp4l -i eth0 -i eth1 -f FILE"
#define TM "timemaster -f FILE"
#define G "[global]\n"
#define DOMAIN "[ptp_domain 0]\ninterfaces eth0\n"
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X100 X50 X50
#define X1000 X100 X100 X100 X100 X100 X100 X100 X100 X100 X100

static const struct pair pairs[] = {
	{ "config.bmca_undecided", V311, P, G "BMCA noop\n", G "BMCA noop\nslaveOnly 1\n", NULL },
	{ "config.client_and_server", V311, P, G "slaveOnly 1\nmasterOnly 1\n",
	  G "slaveOnly 1\nmasterOnly 0\n", NULL },
	{ "config.client_not_capable", V311, P, G "slaveOnly 1\ngmCapable 0\n",
	  G "slaveOnly 0\ngmCapable 0\n", NULL },
	{ "config.clock_identity", V311, P, G "clockIdentity 001122.fffe.3344\n",
	  G "clockIdentity 001122.fffe.334455\n", NULL },
	{ "config.clock_type_mechanism", V311, TWO, G "clock_type P2P_TC\n",
	  G "clock_type P2P_TC\ndelay_mechanism P2P\n", NULL },
	{ "config.clock_type_port", V311, TWO, G "clock_type E2E_TC\n[eth1]\ndelay_mechanism P2P\n",
	  G "clock_type E2E_TC\n[eth1]\ndelay_mechanism E2E\n", NULL },
	{ "config.clock_type_ports", V311, P, G "clock_type BC\n", G "clock_type BC\n[eth1]\n",
	  NULL },
	{ "config.command_abbreviated", V311, "ptp4l -i eth0 --domainNum 3", "", "",
	  "ptp4l -i eth0 --domainNumber 3" },
	{ "config.command_ambiguous", V311, "ptp4l -i eth0 --log 3", "", "",
	  "ptp4l -i eth0 --logging_level 6" },
	{ "config.command_argument", V311, "ptp4l -i eth0 -l", "", "", "ptp4l -i eth0 -l 6" },
	{ "config.command_conflict", V311, "phc2sys -a -w", "", "", "phc2sys -a -r" },
	{ "config.command_exits", V311, "ptp4l -i eth0 -v", "", "", "ptp4l -i eth0 -p -v" },
	{ "config.command_option", V311, "ptp4l -i eth0 -Z", "", "", "ptp4l -i eth0 -p -Z" },
	{ "config.command_stray", V311, "ptp4l -i eth0 eth1", "", "", "ptp4l -i eth0 -i eth1" },
	{ "config.command_value", V311, "ptp4l -i eth0 -l 8", "", "", "ptp4l -i eth0 -l 7" },
	{ "config.delay_request_inhibited", V311, P, G "inhibit_delay_req 1\n",
	  G "inhibit_delay_req 1\nasCapable true\n", NULL },
	{ "config.description", V311, P, G "productDescription a;b\n",
	  G "productDescription a;b;c\n", NULL },
	{ "config.destination_mac", V311, P, G "network_transport L2\nptp_dst_mac 01:1b:19:00:00\n",
	  G "network_transport UDPv4\nptp_dst_mac 01:1b:19:00:00\n", NULL },
	{ "config.file_directory", V311, "ptp4l -i eth0 -f /tmp", "", "",
	  "ptp4l -i eth0 -f /dev/null" },
	{ "config.file_mark", V311, P, "\xef\xbb\xbf" G, "#\xef\xbb\xbf\n" G, NULL },
	{ "config.file_unreadable", V311, "ptp4l -i eth0 -f /nonexist/x", "", "",
	  "ptp4l -i eth0 -f /dev/null" },
	{ "config.free_running_step", V311, P, G "free_running 1\nstep_threshold 0.1\n",
	  G "free_running 1\nstep_threshold 0\n", NULL },
	{ "config.hybrid_without_e2e", V311, P, G "hybrid_e2e 1\ndelay_mechanism P2P\n",
	  G "hybrid_e2e 1\ndelay_mechanism E2E\n", NULL },
	{ "config.interval_too_long", V311, P, G "summary_interval 33\n", G "summary_interval 32\n",
	  NULL },
	{ "config.level_hides", V311, P, G "logging_level 4\n", G "logging_level 5\n", NULL },
	{ "config.line_cut", V311, P, G "#" X1000 X100 "\n", G "#" X1000 "\n", NULL },
	{ "config.monitor_without_hybrid", V311, P, G "net_sync_monitor 1\n",
	  G "net_sync_monitor 1\nhybrid_e2e 1\n", NULL },
	{ "config.no_interface", V311, "ptp4l -f FILE", G, G "[eth0]\n", NULL },
	{ "config.onestep_software", V311, "ptp4l -S -i eth0 -f FILE", G "twoStepFlag 0\n",
	  G "twoStepFlag 1\n", NULL },
	{ "config.option_deprecated", V42, P, G "slaveOnly 1\n", G "clientOnly 1\n", NULL },
	{ "config.option_of_other_version", V311, P, G "clientOnly 1\n", G "slaveOnly 1\n", NULL },
	{ "config.option_section", V311, P, G "[eth0]\npriority1 1\n",
	  G "[eth0]\nlogSyncInterval 1\n", NULL },
	{ "config.option_twice", V311, P, G "priority1 1\npriority1 2\n",
	  G "priority1 1\npriority2 2\n", NULL },
	{ "config.option_unknown", V311, P, G "slaveonly 1\n", G "slaveOnly 1\n", NULL },
	{ "config.phc_ignored", V311, "ptp4l -S -i eth0 -p /dev/ptp0", "", "",
	  "ptp4l -H -i eth0 -p /dev/ptp0" },
	{ "config.port_name", V311, P, G "[abcdefghijklmnop]\n", G "[abcdefghijklmno]\n", NULL },
	{ "config.port_only_in_file", V311, P, G "[eth1]\n", G "boundary_clock_jbod 1\n[eth1]\n",
	  NULL },
	{ "config.port_over_command", V311, "ptp4l -2 -i eth0 -f FILE",
	  G "[eth0]\nnetwork_transport UDPv4\n", G "[eth0]\nnetwork_transport L2\n", NULL },
	{ "config.section_missing", V311, P, "priority1 1\n", "#priority1 1\n" G, NULL },
	{ "config.section_nameless", V311, P, G "[ ]\n", G "[ eth0 ]\n", NULL },
	{ "config.section_trailing", V311, P, "[global] # all\n", "[global] \t\n", NULL },
	{ "config.sinks_missing", V311, "ts2phc -s nmea -f FILE", G, G "[eth0]\n", NULL },
	{ "config.socket_path_long", V311, P, G "uds_address /1234567" X100 "\n",
	  G "uds_address /123456" X100 "\n", NULL },
	{ "config.tm_address", V311, TM, DOMAIN "[ntp_server]\n", DOMAIN "[ntp_server a]\n", NULL },
	{ "config.tm_file", V311, "timemaster -m", "", DOMAIN, TM },
	{ "config.tm_interfaces", V311, TM, "[ptp_domain 0]\ninterfaces\n",
	  "[ptp_domain 0]\ninterfaces a\n", NULL },
	{ "config.tm_no_domain", V311, TM, "[ntp_server a]\n", "[ntp_server a]\n" DOMAIN, NULL },
	{ "config.tm_outside", V311, TM, "x 1\n" DOMAIN, "#x 1\n" DOMAIN, NULL },
	{ "config.tm_section", V311, TM, DOMAIN "[ptp4l_conf]\n", DOMAIN "[PTP4L.CONF]\n", NULL },
	{ "config.tm_setting", V311, TM, DOMAIN "poll 1\n", DOMAIN "ntp_poll 1\n", NULL },
	{ "config.tm_value", V311, TM, DOMAIN "delay 1e-4s\n", DOMAIN "delay 1e-4\n", NULL },
	{ "config.unicast_entry", V311, P, G "[unicast_master_table]\nUDPv4 10.0.0.1\n",
	  G "[unicast_master_table]\ntable_id 1\nUDPv4 10.0.0.1\n", NULL },
	{ "config.unicast_table", V311, P, G "unicast_master_table 2\n[unicast_master_table]\n"
	  "table_id 1\n", G "unicast_master_table 1\n[unicast_master_table]\ntable_id 1\n", NULL },
	{ "config.value_bad", V311, P, G "time_stamping hw\n", G "time_stamping HARDWARE\n", NULL },
	{ "config.value_malformed", V311, P, G "priority1 1 # one\n", G "priority1 0x1\n", NULL },
	{ "config.value_missing", V311, P, G "priority1=1\n", G "priority1 1\n", NULL },
	{ "config.value_range", V311, P, G "domainNumber 128\n", G "domainNumber 127\n", NULL },
};

static struct lintcase c;

static bool noted(const char *id)
{
	for (unsigned i = 0; i < c.lint.n; i++)
		if (!strcmp(c.lint.at[i].id, id))
			return true;
	return false;
}

static void each_pair_differs_in_its_finding(void **unused)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		const struct pair *p = &pairs[i];

		lint_case(&c, p->version, p->command, p->bad);
		if (!noted(p->id))
			fail_msg("%s is not found, but: %s", p->id, lint_ids(&c));
		lint_case(&c, p->version, p->good_command ? p->good_command : p->command, p->good);
		if (noted(p->id))
			fail_msg("%s is found in a near miss", p->id);
	}
}

/* What two daemons do to each other. */
struct couple {
	const char *id, *ptp4l, *bad, *good;
};

static const struct couple couples[] = {
	{ "config.pair_domain", "ptp4l -i eth0 --domainNumber 4", "phc2sys -a -r",
	  "phc2sys -a -r -n 4" },
	{ "config.pair_interface", "ptp4l -i eth0", "phc2sys -s eth1 -w", "phc2sys -s eth0.5 -w" },
	{ "config.pair_socket", "ptp4l -i eth0", "phc2sys -a -r -z /run/x",
	  "phc2sys -s eth0 -O 0 -z /run/x" },
	{ "config.pair_software", "ptp4l -S -i eth0", "phc2sys -a -r", "phc2sys -a" },
	{ "config.pair_transport_specific", "ptp4l -i eth0 --transportSpecific 1",
	  "phc2sys -a -r", "phc2sys -a -r --transportSpecific 1" },
	{ "config.system_clock_left_alone", "ptp4l -i eth0", "phc2sys -a", "phc2sys -a -r" },
	{ "config.rival_socket", "ptp4l -i eth0", "ptp4l -i eth1",
	  "ptp4l -i eth1 --uds_address /run/x" },
	{ "config.rival_read_only_socket", "ptp4l -i eth0", "ptp4l -i eth1 --uds_address /run/x",
	  "ptp4l -i eth1 --uds_address /run/x --uds_ro_address /run/y" },
};

static bool couple_makes(const struct couple *of, const char *other)
{
	static struct lintcase one;

	lint_case(&one, V42, of->ptp4l, "");
	lint_case(&c, V42, other, "");
	c.lint.n = 0;
	if (c.conf.program == PROG_PHC2SYS)
		daemon_conf_pair(&one.conf, &c.conf, &c.lint);
	else
		daemon_conf_rivals(&one.conf, &c.conf, &c.lint);
	return noted(of->id);
}

static void each_couple_differs_in_its_finding(void **unused)
{
	for (size_t i = 0; i < ARRAY_LEN(couples); i++) {
		if (!couple_makes(&couples[i], couples[i].bad))
			fail_msg("%s is not found", couples[i].id);
		if (couple_makes(&couples[i], couples[i].good))
			fail_msg("%s is found in a near miss", couples[i].id);
	}
}

static void a_file_of_one_megabyte_is_read_and_a_larger_one_is_not(void **unused)
{
	size_t len = (1 << 20) + 1;
	char *text = malloc(len);

	assert_non_null(text);
	memset(text, '\n', len);
	lint_bytes(&c, V311, P, text, len);
	assert_true(noted("config.file_too_large"));
	lint_bytes(&c, V311, P, text, len - 1);
	assert_false(noted("config.file_too_large"));
	free(text);
}

static void every_rule_has_its_two_cases(void **unused)
{
	for (unsigned i = 0; i < lint_rules_n; i++) {
		bool has = !strcmp(lint_rules[i].id, "config.file_too_large");

		for (size_t k = 0; k < ARRAY_LEN(pairs); k++)
			has |= !strcmp(pairs[k].id, lint_rules[i].id);
		for (size_t k = 0; k < ARRAY_LEN(couples); k++)
			has |= !strcmp(couples[k].id, lint_rules[i].id);
		if (!has)
			fail_msg("%s has no row in this file", lint_rules[i].id);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pair_differs_in_its_finding),
		cmocka_unit_test(each_couple_differs_in_its_finding),
		cmocka_unit_test(a_file_of_one_megabyte_is_read_and_a_larger_one_is_not),
		cmocka_unit_test(every_rule_has_its_two_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
