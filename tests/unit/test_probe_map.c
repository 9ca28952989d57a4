/* The map of interfaces and clocks that `ptpwarden probe` prints. */
#include <stdlib.h>

#include "test.h"
#include "fakesys.h"
#include "probes/map.h"

static char *printed;
static size_t printed_len;

static int map_of(const char *what, bool json)
{
	FILE *out;
	int rc;

	free(printed);
	out = open_memstream(&printed, &printed_len);
	assert_non_null(out);
	rc = probe_map_of(&fake_sys, what, json, out);
	fclose(out);
	return rc;
}

#define assert_printed(text) assert_non_null(strstr(printed, (text)))
#define assert_not_printed(text) assert_null(strstr(printed, (text)))

static void interfaces_and_clocks_stand_in_one_table(void **unused)
{
	fake_add_iface("wlan7", -1);
	assert_int_equal(map_of(NULL, false), 0);
	assert_printed("eth0            physical  up          hardware software  ptp0   fake\n");
	assert_printed("wlan7           physical  up          software           -      fake\n");
	assert_printed("62500000      1.0001");
}

static void one_interface_is_shown_with_its_abilities(void **unused)
{
	fake_add_iface("eth1", -1);
	assert_int_equal(map_of("eth0", false), 0);
	assert_not_printed("eth1");
	assert_printed("off on");
	assert_printed("none ptpv2-event");
	assert_printed("transmit on, receive ptpv2-event");
}

static void the_part_that_stamps_and_the_phy_are_shown(void **unused)
{
	fake_text("/sys/class/net/eth0/phydev/phy_id", "0x01410dd1\n");
	fake_dir("/sys/class/net/eth0/device/ptp/ptp0");
	assert_int_equal(map_of("eth0", false), 0);
	assert_printed("stamped by  mac\n");
	assert_printed("PHY         0x01410dd1\n");
	fake.providers = 2;
	assert_int_equal(map_of("eth0", false), 0);
	assert_printed("stamped by  mac, one of 2 clocks\n");
	assert_int_equal(map_of(NULL, true), 0);
	assert_printed("\"phy\":\"0x01410dd1\",\"provider\":\"mac\",\"providers\":2");
	assert_printed("\"hwtstamp\":{\"tx_type\":1,\"rx_filter\":12}");
}

static void a_clock_is_shown_with_the_interfaces_that_use_it(void **unused)
{
	fake_add_iface("eth1", 4);
	assert_int_equal(map_of("/dev/ptp0", false), 0);
	assert_printed("eth0");
	assert_not_printed("eth1");
}

static void what_does_not_exist_is_an_error(void **unused)
{
	fake.phc_rc = -ENOENT;
	assert_int_equal(map_of("/dev/ptp9", false), 2);
	assert_printed("no device node");
	fake.phc_rc = -EACCES;
	assert_int_equal(map_of("/dev/ptp9", false), 3);
	assert_printed("not permitted");
}

static void a_clock_that_runs_wrong_is_a_warning(void **unused)
{
	fake.phc.rate = 2.5;
	assert_int_equal(map_of(NULL, false), 1);
	assert_printed("2.5000");
}

static void who_holds_the_clock_is_named(void **unused)
{
	fake_process(300, "ptp4l\n", "ptp4l", 6, 1);
	fake_symlink("/proc/300/fd/7", "/dev/ptp0");
	(void)map_of(NULL, false);
	assert_printed("ptp4l 300");
	(void)map_of(NULL, true);
	assert_printed("\"held_by\":\"ptp4l 300\"");
}

static void json_names_all_and_leaves_unknown_things_null(void **unused)
{
	fake_iface("eth0")->ts_rc = -EPERM;
	fake_remove("/sys/class/ptp/ptp0");
	assert_int_equal(map_of(NULL, true), 0);
	assert_printed("{\"schema\":\"ptpwarden.probe/1\",\"interfaces\":[{\"name\":\"eth0\",");
	assert_printed("\"hardware\":null,\"software\":null,\"clock\":null");
	assert_printed("\"clocks\":[]}");
}

static void names_from_outside_are_escaped(void **unused)
{
	fake_add_iface("a\"\033[2J", -1);
	(void)map_of(NULL, true);
	assert_not_printed("\033");
	assert_printed("a\\\"");
	(void)map_of(NULL, false);
	assert_not_printed("\033");
}

static void a_list_of_interfaces_that_fails_is_unknown(void **unused)
{
	fake.links_rc = -EPERM;
	assert_int_equal(map_of(NULL, false), 3);
}

static int forget(void **unused)
{
	free(printed);
	printed = NULL;
	return 0;
}

#define T(f) cmocka_unit_test_setup_teardown(f, fake_healthy, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(interfaces_and_clocks_stand_in_one_table),
		T(one_interface_is_shown_with_its_abilities),
		T(the_part_that_stamps_and_the_phy_are_shown),
		T(a_clock_is_shown_with_the_interfaces_that_use_it),
		T(what_does_not_exist_is_an_error),
		T(a_clock_that_runs_wrong_is_a_warning),
		T(who_holds_the_clock_is_named),
		T(json_names_all_and_leaves_unknown_things_null),
		T(names_from_outside_are_escaped),
		T(a_list_of_interfaces_that_fails_is_unknown),
	};
	return cmocka_run_group_tests_name("probe_map", tests, NULL, NULL);
}
