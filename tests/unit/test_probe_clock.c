/* PTP clocks. */
#include "test.h"
#include "fakesys.h"

static void software(void)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0");
}

static void a_missing_clock_waits_for_its_device(void **unused)
{
	fake_remove("/dev/ptp0");
	assert_asked("phc.node_missing", FINDING_BLOCK);
	assert_int_equal(finding_of("phc.node_missing")->clears.kind, WAIT_DEVICE);
	assert_string_equal(finding_of("phc.node_missing")->clears.subject, "/dev/ptp0");
	fake_remove("/sys/class/ptp/ptp0");
	assert_asked("phc.missing", FINDING_BLOCK);
	assert_fact("phc.exists", "no");
}

static void the_clock_is_the_one_of_the_interface_whatever_its_number(void **unused)
{
	fake_iface("eth0")->ts.phc_index = 3;
	assert_asked("phc.missing", FINDING_BLOCK);
	assert_string_equal(finding_of("phc.missing")->subject, "/dev/ptp3");
}

static void software_and_free_running_modes_open_no_clock(void **unused)
{
	fake_remove("/dev/ptp0");
	software();
	assert_not_asked("phc.node_missing");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--free_running", "1");
	assert_not_asked("phc.node_missing");
}

static void a_file_or_another_device_is_no_clock(void **unused)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "-p", "/dev/null");
	fake_bytes("/dev/null", S_IFCHR | 0666, "", 0)->rdev = makedev(1, 3);
	fake_symlink("/sys/dev/char/1:3", "../../devices/virtual/mem/null");
	assert_asked("phc.not_a_clock", FINDING_BLOCK);
	fake_text("/dev/null", "x");
	assert_asked("phc.not_a_clock", FINDING_BLOCK);
	fake_symlink("/dev/null", "/dev/ptp0");
	assert_not_asked("phc.not_a_clock");
}

static void a_clock_of_another_interface_is_named(void **unused)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "-p", "/dev/ptp0");
	assert_not_asked("phc.mismatch");
	fake_iface("eth0")->ts.phc_index = 1;
	assert_asked("phc.mismatch", FINDING_WARN);
	fake_iface("eth0")->ts.phc_index = -1;
	assert_not_asked("phc.mismatch");
	fake_iface("eth0")->ts_rc = -EIO;
	assert_not_asked("phc.mismatch");
}

static void a_user_without_access_is_told_before_the_start(void **unused)
{
	fake_run.user = "ptp";
	fake_in.child_caps = 1u << 12 | 1u << 13 | 1u << 10;
	fake_text("/etc/passwd", "ptp:x:120:130::/:/bin/sh\n");
	fake_text("/etc/group", "clock:x:131:ptp\n");
	fake_dir("/dev");
	assert_asked("phc.permission", FINDING_BLOCK);
	assert_fact("phc.open_errno", "EACCES");
	fake_find("/dev/ptp0")->mode = S_IFCHR | 0660;
	fake_find("/dev/ptp0")->gid = 131;
	assert_not_asked("phc.permission");
}

static void errors_of_the_clock_are_told_apart(void **unused)
{
	fake.phc_rc = -EBUSY;
	assert_asked("phc.busy", FINDING_BLOCK);
	assert_fact("phc.open_errno", "EBUSY");
	fake.phc_rc = -ENODEV;
	assert_asked("phc.gone", FINDING_BLOCK);
	fake.phc_rc = -ENOTTY;
	assert_asked("phc.not_a_clock", FINDING_BLOCK);
	fake.phc_rc = -EPERM;
	assert_asked("phc.permission", FINDING_BLOCK);
}

static void a_clock_that_we_ourselves_may_not_open_is_unknown(void **unused)
{
	fake.phc_rc = -EPERM;
	fake.euid = 1000;
	assert_asked("phc.unknown", FINDING_UNKNOWN);
	fake.phc_rc = -EACCES;
	fake.euid = 0;
	assert_asked("phc.unknown", FINDING_UNKNOWN);
	assert_null(findings_block(&fake_out.findings));
}

static void a_clock_that_cannot_be_steered_blocks_unless_nobody_steers_it(void **unused)
{
	fake.phc.max_adj_ppb = 0;
	assert_asked("phc.not_adjustable", FINDING_BLOCK);
	assert_int_equal(fake_out.learned.clocks, 0);
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-w");
	assert_not_asked("phc.not_adjustable");
}

static void a_frozen_clock_blocks_but_only_warns_without_a_link(void **unused)
{
	fake.phc.rate = 0;
	assert_asked("phc.frozen", FINDING_BLOCK);
	assert_int_equal(fake_out.learned.clocks, 0);
	assert_fact("phc.rate", "0");
	fake_iface("eth0")->link.carrier = ANSWER_NO;
	assert_asked("phc.frozen", FINDING_WARN);
}

static void a_wild_rate_blocks_an_odd_one_warns_a_steered_one_passes(void **unused)
{
	fake.phc.rate = 2.5;
	assert_asked("phc.rate", FINDING_BLOCK);
	fake.phc.rate = 1.08;
	assert_asked("phc.rate", FINDING_WARN);
	fake.phc.max_adj_ppb = 100000000;
	assert_not_asked("phc.rate");
	fake.phc.rate = 1.4;
	fake.phc.rate_error = 0.5;
	assert_not_asked("phc.rate");
	fake.phc.rate_known = false;
	assert_not_asked("phc.rate");
	assert_null(facts_get(&fake_out.facts, "phc.rate"));
}

static void a_correction_at_its_limit_warns(void **unused)
{
	fake.phc.freq_known = true;
	fake.phc.freq_ppb = -62500000;
	assert_asked("phc.limit", FINDING_WARN);
	assert_fact("phc.freq_at_limit", "yes");
	fake.phc.freq_ppb = -6250;
	assert_not_asked("phc.limit");
	assert_fact("phc.freq_at_limit", "no");
	fake.phc.freq_known = false;
	fake.phc.freq_ppb = 1e9;
	assert_not_asked("phc.limit");
	assert_null(facts_get(&fake_out.facts, "phc.freq_at_limit"));
}

static void virtual_clocks_warn(void **unused)
{
	fake_text("/sys/class/ptp/ptp0/n_vclocks", "2\n");
	assert_asked("phc.virtual_clocks", FINDING_WARN);
	assert_fact("phc.vclocks", "2");
	fake_text("/sys/class/ptp/ptp0/n_vclocks", "0\n");
	assert_not_asked("phc.virtual_clocks");
}

static void a_clock_that_answered_is_not_opened_again_before_a_restart(void **unused)
{
	fake_in.cache = probe_cache_new();
	assert_asked("phc.ok", FINDING_PASS);
	assert_int_equal(fake_out.learned.clocks, 1);
	probe_learn(fake_in.cache, &fake_sys, &fake_in, &fake_out);
	fake_in.full = false;
	fake.slow = 0;
	assert_asked("phc.ok", FINDING_PASS);
	assert_int_equal(fake.slow, 0);
	fake_find("/dev/ptp0")->stamp = 5;
	assert_asked("phc.ok", FINDING_PASS);
	assert_int_equal(fake.slow, 1);
	probe_cache_free(fake_in.cache);
}

static void a_blocked_restart_asks_no_clock(void **unused)
{
	fake_in.full = false;
	fake_remove("/usr/sbin/ptp4l");
	fake.slow = 0;
	assert_asked("binary.missing", FINDING_BLOCK);
	assert_int_equal(fake.slow, 0);
}

#define T(f) cmocka_unit_test_setup(f, fake_healthy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_missing_clock_waits_for_its_device),
		T(the_clock_is_the_one_of_the_interface_whatever_its_number),
		T(software_and_free_running_modes_open_no_clock),
		T(a_file_or_another_device_is_no_clock),
		T(a_clock_of_another_interface_is_named),
		T(a_user_without_access_is_told_before_the_start),
		T(errors_of_the_clock_are_told_apart),
		T(a_clock_that_we_ourselves_may_not_open_is_unknown),
		T(a_clock_that_cannot_be_steered_blocks_unless_nobody_steers_it),
		T(a_frozen_clock_blocks_but_only_warns_without_a_link),
		T(a_wild_rate_blocks_an_odd_one_warns_a_steered_one_passes),
		T(a_correction_at_its_limit_warns),
		T(virtual_clocks_warn),
		T(a_clock_that_answered_is_not_opened_again_before_a_restart),
		T(a_blocked_restart_asks_no_clock),
	};
	return cmocka_run_group_tests_name("probe_clock", tests, NULL, NULL);
}
