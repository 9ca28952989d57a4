/* What lies below an interface: VLANs, bonds, the PHY. */
#include "test.h"
#include "fakesys.h"

static struct fake_link *vlan_on_eth0(void)
{
	struct fake_link *vlan = fake_add_iface("eth0.5", 0);

	strcpy(vlan->link.kind, "vlan");
	vlan->link.lower = 1;
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0.5");
	return vlan;
}

static void a_vlan_depends_on_the_device_below(void **unused)
{
	(void)vlan_on_eth0();
	assert_not_asked("link.below");
	assert_fact("iface.kind", "vlan");
	assert_fact("iface.lower", "eth0");
	fake_iface("eth0")->link.carrier = ANSWER_NO;
	assert_asked("link.below", FINDING_WARN);
	assert_string_equal(finding_of("link.below")->subject, "eth0");
	fake_iface("eth0")->link.flags = 0;
	assert_asked("link.below", FINDING_WARN);
	assert_non_null(strstr(finding_of("link.below")->detail, "eth0.5"));
	assert_null(findings_block(&fake_out.findings));
}

static void queues_xdp_and_energy_saving_of_the_device_below_count(void **unused)
{
	(void)vlan_on_eth0();
	strcpy(fake_iface("eth0")->link.qdisc, "mqprio");
	assert_asked("link.qdisc", FINDING_WARN);
	assert_string_equal(finding_of("link.qdisc")->subject, "eth0");
	assert_fact("iface.qdisc", "mqprio");
	fake_iface("eth0")->link.xdp = true;
	assert_asked("link.xdp", FINDING_WARN);
	fake.eee = 1;
	assert_asked("link.eee", FINDING_WARN);
	assert_string_equal(finding_of("link.eee")->subject, "eth0");
}

static void the_other_end_of_a_veth_is_not_below_it(void **unused)
{
	struct fake_link *veth = vlan_on_eth0();

	strcpy(veth->link.kind, "veth");
	fake_iface("eth0")->link.flags = 0;
	assert_not_asked("link.below");
}

static void a_device_below_that_cannot_be_asked_is_no_verdict(void **unused)
{
	(void)vlan_on_eth0();
	fake_iface("eth0")->link_rc = -EPERM;
	assert_not_asked("link.below");
	assert_asked("link.ok", FINDING_PASS);
}

static void stamping_does_not_reach_a_device_of_another_namespace(void **unused)
{
	struct fake_link *vlan = vlan_on_eth0();

	vlan->link.lower = 77;
	vlan->link.lower_elsewhere = true;
	assert_asked("link.below_elsewhere", FINDING_BLOCK);
	strcpy(vlan->link.kind, "veth");
	assert_not_asked("link.below_elsewhere");
	strcpy(vlan->link.kind, "vlan");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0.5");
	assert_not_asked("link.below_elsewhere");
}

static struct fake_link *bond_of_eth0(void)
{
	struct fake_link *bond = fake_add_iface("bond0", -1);

	strcpy(bond->link.kind, "bond");
	bond->link.bond_mode = 1;
	bond->link.active = 1;
	bond->ts.so = 0x18;
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "bond0");
	return bond;
}

static void a_bond_stamps_with_the_clock_of_its_active_member(void **unused)
{
	struct fake_link *bond = bond_of_eth0();

	assert_asked("ts.ok", FINDING_PASS);
	assert_asked("phc.ok", FINDING_PASS);
	assert_int_equal(findings_worst(&fake_out.findings), FINDING_PASS);
	fake_iface("eth0")->ts.so = 0x1a;
	assert_asked("ts.hardware", FINDING_BLOCK);
	bond->link.active = 0;
	assert_not_asked("ts.hardware");
	assert_asked("ts.unknown", FINDING_UNKNOWN);
}

static void a_bond_without_an_active_member_warns(void **unused)
{
	struct fake_link *bond = bond_of_eth0();

	assert_not_asked("link.bond_empty");
	bond->link.active = 0;
	assert_asked("link.bond_empty", FINDING_WARN);
	bond->link.bond_mode = 4;
	assert_not_asked("link.bond_empty");
}

static void a_bond_that_sends_through_all_members_warns_in_hardware_mode(void **unused)
{
	struct fake_link *bond = bond_of_eth0();

	assert_not_asked("link.bond_mode");
	bond->link.bond_mode = 4;
	assert_asked("link.bond_mode", FINDING_WARN);
	assert_non_null(strstr(finding_of("link.bond_mode")->detail, "802.3ad"));
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "bond0");
	assert_not_asked("link.bond_mode");
}

static void the_phy_is_named_by_its_driver(void **unused)
{
	fake_text("/sys/class/net/eth0/phydev/phy_id", "0x01410dd1\n");
	assert_asked("link.ok", FINDING_PASS);
	assert_fact("iface.phy", "0x01410dd1");
	fake_symlink("/sys/class/net/eth0/phydev/driver", "../../drivers/Marvell 88E1510");
	assert_asked("link.ok", FINDING_PASS);
	assert_fact("iface.phy", "Marvell 88E1510 0x01410dd1");
}

static void who_stamps_is_told_by_the_place_of_the_clock(void **unused)
{
	assert_asked("ts.ok", FINDING_PASS);
	assert_null(facts_get(&fake_out.facts, "iface.ts_provider"));
	fake_symlink("/sys/class/net/eth0/phydev", "../../mdio_bus/stmmac-0:01");
	fake_symlink("/sys/class/ptp/ptp0/device", "../../mdio_bus/stmmac-0:01");
	fake.providers = 2;
	assert_asked("ts.ok", FINDING_PASS);
	assert_fact("iface.ts_provider", "phy");
	assert_fact("iface.ts_providers", "2");
	fake_dir("/sys/class/net/eth0/device/ptp/ptp0");
	assert_asked("ts.ok", FINDING_PASS);
	assert_fact("iface.ts_provider", "mac");
	fake_iface("eth0")->ts.provider = "phy";
	assert_asked("ts.ok", FINDING_PASS);
	assert_fact("iface.ts_provider", "phy");
}

#define T(f) cmocka_unit_test_setup(f, fake_healthy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_vlan_depends_on_the_device_below),
		T(queues_xdp_and_energy_saving_of_the_device_below_count),
		T(the_other_end_of_a_veth_is_not_below_it),
		T(a_device_below_that_cannot_be_asked_is_no_verdict),
		T(stamping_does_not_reach_a_device_of_another_namespace),
		T(a_bond_stamps_with_the_clock_of_its_active_member),
		T(a_bond_without_an_active_member_warns),
		T(a_bond_that_sends_through_all_members_warns_in_hardware_mode),
		T(the_phy_is_named_by_its_driver),
		T(who_stamps_is_told_by_the_place_of_the_clock),
	};
	return cmocka_run_group_tests_name("probe_below", tests, NULL, NULL);
}
