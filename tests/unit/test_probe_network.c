/* Interfaces and time stamping. */
#include <stdlib.h>
#include <unistd.h>

#include "test.h"
#include "fakesys.h"

static void software(void)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0");
}

static void a_missing_interface_blocks_and_waits_for_it(void **unused)
{
	fake.links = 0;
	assert_asked("link.missing", FINDING_BLOCK);
	assert_int_equal(finding_of("link.missing")->clears.kind, WAIT_INTERFACE);
	assert_string_equal(finding_of("link.missing")->clears.subject, "eth0");
	assert_fact("iface.exists", "no");
	assert_not_asked("ts.hardware");
}

static void a_question_that_fails_is_no_missing_interface(void **unused)
{
	fake_iface("eth0")->link_rc = -EPERM;
	assert_not_asked("link.missing");
	assert_asked("link.unknown", FINDING_UNKNOWN);
	assert_false(facts_get(&fake_out.facts, "iface.exists")->known);
	assert_null(findings_block(&fake_out.findings));
}

static void the_second_of_two_interfaces_is_looked_at_too(void **unused)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "-i", "eth1");
	assert_asked("link.missing", FINDING_BLOCK);
	assert_string_equal(finding_of("link.missing")->subject, "eth1");
	assert_fact("iface.name", "eth1");
	fake_add_iface("eth1", 0);
	assert_not_asked("link.missing");
}

static void an_interface_that_is_down_only_warns(void **unused)
{
	fake_iface("eth0")->link.flags = 0;
	assert_asked("link.down", FINDING_WARN);
	assert_non_null(strstr(finding_of("link.down")->advice, "ip link set eth0 up"));
	assert_fact("iface.up", "no");
	assert_null(findings_block(&fake_out.findings));
}

static void no_carrier_only_warns_and_an_unknown_carrier_says_nothing(void **unused)
{
	fake_iface("eth0")->link.carrier = ANSWER_NO;
	assert_asked("link.no_carrier", FINDING_WARN);
	assert_null(findings_block(&fake_out.findings));
	fake_iface("eth0")->link.carrier = ANSWER_UNKNOWN;
	assert_not_asked("link.no_carrier");
	assert_null(facts_get(&fake_out.facts, "iface.carrier"));
}

static void no_carrier_blocks_while_another_alternate_has_the_cable(void **unused)
{
	static struct plan_run runs[2];

	fake_iface("eth0")->link.carrier = ANSWER_NO;
	fake_add_iface("eth1", 0);
	runs[0] = runs[1] = fake_run;
	runs[1].interface = "eth1";
	fake_unit.runs = runs;
	fake_unit.alternates = 2;
	assert_asked("link.no_carrier", FINDING_BLOCK);
	assert_int_equal(finding_of("link.no_carrier")->clears.kind, WAIT_CARRIER);
	assert_string_equal(finding_of("link.no_carrier")->clears.subject, "eth0");
	fake_iface("eth0")->link.flags = 0;	/* switched off: it has no link either */
	assert_asked("link.down", FINDING_BLOCK);
	fake_iface("eth1")->link.carrier = ANSWER_NO;
	fake_iface("eth0")->link.flags = IFF_UP;
	assert_asked("link.no_carrier", FINDING_WARN);
}

static void the_address_matters_for_its_own_transport_only(void **unused)
{
	fake_iface("eth0")->link.ipv4 = ANSWER_NO;
	assert_asked("link.no_address", FINDING_WARN);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-2", "-i", "eth0");
	assert_not_asked("link.no_address");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-6", "-i", "eth0");
	assert_not_asked("link.no_address");
	fake_iface("eth0")->link.ipv6 = ANSWER_NO;
	assert_asked("link.no_address", FINDING_WARN);
}

static void ipv6_switched_off_is_said_for_udpv6_only(void **unused)
{
	fake_text("/proc/sys/net/ipv6/conf/eth0/disable_ipv6", "1\n");
	assert_not_asked("link.ipv6_disabled");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-6", "-i", "eth0");
	assert_asked("link.ipv6_disabled", FINDING_WARN);
	fake_text("/proc/sys/net/ipv6/conf/eth0/disable_ipv6", "0\n");
	assert_not_asked("link.ipv6_disabled");
}

static void a_kernel_without_ipv6_is_noticed_for_udpv6(void **unused)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-6", "-i", "eth0");
	assert_not_asked("link.ipv6_disabled");
	fake_dir("/proc/sys/net/core");
	assert_asked("link.ipv6_disabled", FINDING_WARN);
	fake_dir("/proc/sys/net/ipv6");
	assert_not_asked("link.ipv6_disabled");
}

static void each_port_has_a_transport_of_its_own(void **unused)
{
	static const char conf[] = "[global]\n[eth0]\n[eth1]\nnetwork_transport L2\n";
	char path[] = "/tmp/ptpwarden-test-XXXXXX";
	int fd = mkstemp(path);

	assert_int_equal(write(fd, conf, strlen(conf)), strlen(conf));
	close(fd);
	fake_add_iface("eth1", 0)->link.ipv4 = ANSWER_NO;
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "-i", "eth1");
	assert_asked("link.no_address", FINDING_WARN);
	assert_string_equal(finding_of("link.no_address")->subject, "eth1");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-f", path);
	assert_not_asked("link.no_address");
	fake_iface("eth0")->link.ipv4 = ANSWER_NO;
	assert_asked("link.no_address", FINDING_WARN);
	assert_int_equal(unlink(path), 0);
}

static void odd_kinds_of_interfaces_warn_and_usual_ones_do_not(void **unused)
{
	static const char *const usual[] = { "", "vlan", "bond", "veth", "macvlan", "dsa" };
	static const char *const odd[] = { "bridge", "tun", "dummy" };

	software();
	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		strcpy(fake_iface("eth0")->link.kind, usual[i]);
		assert_not_asked("link.kind");
	}
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		strcpy(fake_iface("eth0")->link.kind, odd[i]);
		assert_asked("link.kind", FINDING_WARN);
	}
}

static void wireless_is_known_by_sysfs_of_the_same_namespace_only(void **unused)
{
	fake_dir("/sys/class/net/eth0/phy80211");
	fake_text("/sys/class/net/eth0/ifindex", "77\n");
	assert_not_asked("link.kind");
	fake_text("/sys/class/net/eth0/ifindex", "1\n");
	assert_asked("link.kind", FINDING_WARN);
	assert_fact("iface.kind", "wlan");
}

static void a_member_of_a_bridge_warns_for_udp_but_not_for_layer_2(void **unused)
{
	struct fake_link *br = fake_add_iface("br0", -1);

	strcpy(br->link.kind, "bridge");
	fake_iface("eth0")->link.master = br->link.index;
	assert_asked("link.member", FINDING_WARN);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-2", "-i", "eth0");
	assert_not_asked("link.member");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0");
	strcpy(br->link.kind, "vrf");
	assert_not_asked("link.member");
}

static void queues_with_time_slots_and_xdp_warn(void **unused)
{
	strcpy(fake_iface("eth0")->link.qdisc, "taprio");
	assert_asked("link.qdisc", FINDING_WARN);
	strcpy(fake_iface("eth0")->link.qdisc, "fq_codel");
	assert_not_asked("link.qdisc");
	fake_iface("eth0")->link.xdp = true;
	assert_asked("link.xdp", FINDING_WARN);
}

static void energy_saving_on_the_link_warns(void **unused)
{
	fake.eee = 1;
	assert_asked("link.eee", FINDING_WARN);
	fake.eee = -EOPNOTSUPP;
	assert_not_asked("link.eee");
}

static void a_renamed_interface_is_known_again_by_its_address(void **unused)
{
	struct fake_link *eth0 = &fake.link[0];

	memcpy(eth0->link.mac, "\2\0\0\0\0\7", 6);
	eth0->link.mac_len = 6;
	fake_in.cache = probe_cache_new();
	assert_asked("link.ok", FINDING_PASS);
	strcpy(eth0->name, "eth5");
	strcpy(eth0->link.name, "eth5");
	assert_asked("link.renamed", FINDING_BLOCK);
	assert_non_null(strstr(finding_of("link.renamed")->detail, "eth5"));
	assert_int_equal(finding_of("link.renamed")->clears.kind, WAIT_INTERFACE);
	assert_fact("iface.exists", "no");
	eth0->link.lower = 9;
	assert_not_asked("link.renamed");
	assert_asked("link.missing", FINDING_BLOCK);
	eth0->link.lower = 0;
	eth0->link.mac[5] = 8;
	assert_not_asked("link.renamed");
	probe_cache_free(fake_in.cache);
}

static void a_renamed_interface_is_known_again_after_a_reboot(void **unused)
{
	char text[PROBE_IFACES_TEXT];
	struct fake_link *eth0 = &fake.link[0];

	memcpy(eth0->link.mac, "\2\0\0\0\xab\7", 6);
	eth0->link.mac_len = 6;
	fake_in.cache = probe_cache_new();
	assert_asked("link.ok", FINDING_PASS);
	assert_int_equal(probe_cache_ifaces(fake_in.cache, text, sizeof(text)), 18);
	assert_string_equal(text, "eth0 02000000ab07\n");
	probe_cache_free(fake_in.cache);
	fake_in.cache = probe_cache_new();
	probe_cache_take_ifaces(fake_in.cache, "no\n x\neth1 02000000zz07\nlong-name-of-17-b 02\n");
	assert_int_equal(probe_cache_ifaces(fake_in.cache, text, sizeof(text)), 0);
	probe_cache_take_ifaces(fake_in.cache, "eth0 02000000ab07\n");
	strcpy(eth0->name, "eth5");
	strcpy(eth0->link.name, "eth5");
	assert_asked("link.renamed", FINDING_BLOCK);
	probe_cache_free(fake_in.cache);
}

static void a_warning_and_ok_never_stand_together(void **unused)
{
	fake_iface("eth0")->link.flags = 0;
	assert_not_asked("link.ok");
	fake_iface("eth0")->link.flags = IFF_UP;
	assert_asked("link.ok", FINDING_PASS);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--domainNumber", "999");
	assert_not_asked("config.ok");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0");
	assert_asked("config.ok", FINDING_PASS);
}

static void the_system_clock_is_no_interface(void **unused)
{
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "CLOCK_REALTIME", "-c", "eth0", "-O", "0");
	assert_not_asked("link.missing");
	assert_asked("phc.ok", FINDING_PASS);
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-c", "/dev/ptp7", "-O", "0");
	assert_asked("phc.missing", FINDING_BLOCK);
	assert_string_equal(finding_of("phc.missing")->subject, "/dev/ptp7");
}

static void hardware_mode_needs_hardware_stamps(void **unused)
{
	fake_iface("eth0")->ts.so = 0x1a;
	fake_iface("eth0")->ts.phc_index = -1;
	assert_asked("ts.hardware", FINDING_BLOCK);
	assert_string_equal(finding_of("ts.hardware")->subject, "eth0");
	assert_int_equal(finding_of("ts.hardware")->clears.kind, WAIT_DEVICE);
	assert_string_equal(finding_of("ts.hardware")->clears.subject, "/dev/ptp*");
	assert_fact("iface.hw_tx", "no");
	assert_fact("iface.phc_index", "-1");
	software();
	assert_asked("ts.ok", FINDING_PASS);
	assert_not_asked("ts.hardware");
}

static void a_clock_in_the_phy_may_come_with_the_link(void **unused)
{
	struct fake_link *eth0 = fake_iface("eth0");

	eth0->ts.so = 0x1a;
	eth0->ts.phc_index = -1;
	eth0->link.flags = 0;
	assert_asked("ts.hardware", FINDING_BLOCK);
	assert_int_equal(finding_of("ts.hardware")->clears.kind, WAIT_UP);
	eth0->link.flags = IFF_UP;
	eth0->link.carrier = ANSWER_NO;
	assert_asked("ts.hardware", FINDING_BLOCK);
	assert_int_equal(finding_of("ts.hardware")->clears.kind, WAIT_CARRIER);
}

static void hardware_stamps_without_a_clock_would_steer_the_wrong_one(void **unused)
{
	fake_iface("eth0")->ts.phc_index = -1;
	assert_asked("ts.no_clock", FINDING_BLOCK);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "-p", "/dev/ptp0");
	assert_not_asked("ts.no_clock");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--free_running", "1");
	assert_not_asked("ts.no_clock");
}

static void a_silent_driver_blocks_hardware_mode_without_a_named_device_only(void **unused)
{
	fake_iface("eth0")->ts_rc = -EOPNOTSUPP;
	assert_asked("ts.hardware", FINDING_BLOCK);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "-p", "/dev/ptp0");
	assert_not_asked("ts.hardware");
	software();
	assert_asked("ts.unknown", FINDING_UNKNOWN);
	assert_null(findings_block(&fake_out.findings));
}

static void a_question_about_stamps_that_fails_is_unknown(void **unused)
{
	fake_iface("eth0")->ts_rc = -EPERM;
	assert_asked("ts.unknown", FINDING_UNKNOWN);
	assert_null(findings_block(&fake_out.findings));
	assert_null(facts_get(&fake_out.facts, "iface.hw_tx"));
}

static void a_bond_speaks_for_its_active_member_only_on_new_kernels(void **unused)
{
	fake_iface("eth0")->ts.so = 0x18;
	fake_iface("eth0")->ts.phc_index = -1;
	strcpy(fake_iface("eth0")->link.kind, "bond");
	assert_not_asked("ts.hardware");
	assert_asked("ts.unknown", FINDING_UNKNOWN);
}

static void software_mode_needs_software_stamps(void **unused)
{
	software();
	fake_iface("eth0")->ts.so = 0x45;
	assert_asked("ts.software", FINDING_BLOCK);
	fake_iface("eth0")->ts.so = 0x1a;
	assert_not_asked("ts.software");
}

static void one_step_needs_a_driver_that_can(void **unused)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--time_stamping", "onestep");
	assert_asked("ts.one_step", FINDING_BLOCK);
	fake_iface("eth0")->ts.tx_types |= 1u << HWTSTAMP_TX_ONESTEP_SYNC;
	assert_not_asked("ts.one_step");
}

static void a_filter_for_the_other_transport_warns(void **unused)
{
	fake_iface("eth0")->ts.rx_filters = 1u << HWTSTAMP_FILTER_PTP_V2_L2_EVENT;
	assert_asked("ts.filter", FINDING_WARN);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-2", "-i", "eth0");
	assert_not_asked("ts.filter");
}

static void ports_with_different_clocks_need_jbod(void **unused)
{
	fake_add_iface("eth1", 1);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "-i", "eth1");
	assert_asked("ts.different_clocks", FINDING_BLOCK);
	assert_fact("iface.phc_index", "0,1");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "-i", "eth1", "--boundary_clock_jbod", "1");
	assert_not_asked("ts.different_clocks");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "-i", "eth1");
	fake_iface("eth1")->ts.phc_index = 0;
	assert_not_asked("ts.different_clocks");
}

static void stamping_taken_away_shows_only_while_ptp4l_runs(void **unused)
{
	fake_iface("eth0")->hwtstamp_tx = 0;
	assert_not_asked("ts.taken_away");
	fake_in.running = 55;
	assert_asked("ts.taken_away", FINDING_WARN);
	fake_in.full = false;	/* also when a cause is looked for */
	assert_asked("ts.taken_away", FINDING_WARN);
	fake_iface("eth0")->hwtstamp_tx = 1;
	assert_not_asked("ts.taken_away");
}

static void phc2sys_needs_an_interface_with_a_clock(void **unused)
{
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-w");
	assert_not_asked("ts.hardware");
	fake_iface("eth0")->ts.phc_index = -1;
	assert_asked("ts.hardware", FINDING_BLOCK);
	fake_iface("eth0")->link.flags = 0;
	assert_not_asked("link.down");
}

#define T(f) cmocka_unit_test_setup(f, fake_healthy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_missing_interface_blocks_and_waits_for_it),
		T(a_question_that_fails_is_no_missing_interface),
		T(the_second_of_two_interfaces_is_looked_at_too),
		T(an_interface_that_is_down_only_warns),
		T(no_carrier_only_warns_and_an_unknown_carrier_says_nothing),
		T(no_carrier_blocks_while_another_alternate_has_the_cable),
		T(the_address_matters_for_its_own_transport_only),
		T(ipv6_switched_off_is_said_for_udpv6_only),
		T(a_kernel_without_ipv6_is_noticed_for_udpv6),
		T(each_port_has_a_transport_of_its_own),
		T(odd_kinds_of_interfaces_warn_and_usual_ones_do_not),
		T(wireless_is_known_by_sysfs_of_the_same_namespace_only),
		T(a_member_of_a_bridge_warns_for_udp_but_not_for_layer_2),
		T(queues_with_time_slots_and_xdp_warn),
		T(energy_saving_on_the_link_warns),
		T(a_renamed_interface_is_known_again_by_its_address),
		T(a_renamed_interface_is_known_again_after_a_reboot),
		T(a_warning_and_ok_never_stand_together),
		T(the_system_clock_is_no_interface),
		T(hardware_mode_needs_hardware_stamps),
		T(a_clock_in_the_phy_may_come_with_the_link),
		T(hardware_stamps_without_a_clock_would_steer_the_wrong_one),
		T(a_silent_driver_blocks_hardware_mode_without_a_named_device_only),
		T(a_question_about_stamps_that_fails_is_unknown),
		T(a_bond_speaks_for_its_active_member_only_on_new_kernels),
		T(software_mode_needs_software_stamps),
		T(one_step_needs_a_driver_that_can),
		T(a_filter_for_the_other_transport_warns),
		T(ports_with_different_clocks_need_jbod),
		T(stamping_taken_away_shows_only_while_ptp4l_runs),
		T(phc2sys_needs_an_interface_with_a_clock),
	};
	return cmocka_run_group_tests_name("probe_network", tests, NULL, NULL);
}
