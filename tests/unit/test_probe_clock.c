/* PTP clocks. */
#include <time.h>
#include <unistd.h>

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

/* --- whose clock it is --- */

static void a_node_with_an_old_number_is_told_before_it_is_opened(void **unused)
{
	fake_find("/dev/ptp0")->rdev = makedev(249, 0);
	fake.slow = 0;
	assert_asked("phc.wrong_number", FINDING_BLOCK);
	assert_int_equal(fake.slow, 0);
	assert_int_equal(finding_of("phc.wrong_number")->clears.kind, WAIT_DEVICE);
	assert_non_null(strstr(finding_of("phc.wrong_number")->detail, "249"));
	fake_text("/proc/devices", "Character devices:\n  1 mem\n");
	assert_not_asked("phc.wrong_number");
}

static void a_node_of_another_clock_is_told_unless_somebody_named_it(void **unused)
{
	fake_symlink("/sys/dev/char/250:0", "../../devices/pci/ptp/ptp1");
	assert_asked("phc.wrong_number", FINDING_BLOCK);
	assert_non_null(strstr(finding_of("phc.wrong_number")->detail, "ptp1"));
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "/dev/ptp0", "-w");
	assert_not_asked("phc.wrong_number");
}

static struct plan_unit pair[2];
static struct plan_run leader_run;
static char *leader_argv[] = { (char *)"ptp4l", (char *)"-i", (char *)"eth0", NULL };
static char *software_argv[] = { (char *)"ptp4l", (char *)"-S", (char *)"-i", (char *)"eth0", NULL };
static struct plan pair_plan = { .units = 2, .unit = pair };

static void phc2sys_beside_ptp4l(void)
{
	pair[0] = fake_unit;
	pair[0].program = PROG_PTP4L;
	pair[0].runs = &leader_run;
	leader_run = (struct plan_run){ .argv = leader_argv, .interface = "eth0" };
	strcpy(fake_unit.name, "phc2sys");
	fake_unit.follows = 0;
	pair[1] = fake_unit;
	fake_in.plan = &pair_plan;
	fake_bytes("/dev/ptp1", S_IFCHR | 0600, "", 0)->rdev = makedev(250, 1);
	fake_symlink("/sys/dev/char/250:1", "../../devices/pci/ptp/ptp1");
}

static void phc2sys_with_the_clock_of_another_interface_is_named(void **unused)
{
	phc2sys_beside_ptp4l();
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "/dev/ptp1", "-w");
	assert_asked("phc.mismatch", FINDING_WARN);
	assert_string_equal(finding_of("phc.mismatch")->subject, "/dev/ptp1");
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "/dev/ptp0", "-w");
	assert_not_asked("phc.mismatch");
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "/dev/ptp0", "-c", "/dev/ptp1", "-w");
	assert_not_asked("phc.mismatch");
	leader_run.argv = software_argv;
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "/dev/ptp1", "-w");
	assert_not_asked("phc.mismatch");
}

static void holds_the_clock(int pid, const char *comm)
{
	char path[64];

	fake_process(pid, comm, comm, strlen(comm) + 1, 2);
	snprintf(path, sizeof(path), "/proc/%d/fd/9", pid);
	fake_symlink(path, "/dev/ptp0");
}

static void a_ptp4l_of_another_namespace_on_the_same_clock_blocks(void **unused)
{
	holds_the_clock(300, "ptp4l\n");
	assert_asked("phc.shared", FINDING_BLOCK);
	assert_int_equal(finding_of("phc.shared")->clears.kind, WAIT_PROCESS);
	assert_int_equal(finding_of("phc.shared")->clears.pid, 300);
	assert_fact("phc.users", "ptp4l 300");
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-w");
	assert_not_asked("phc.shared");
}

static void other_users_of_the_clock_are_only_noted(void **unused)
{
	const pid_t ours[] = { 301 };

	holds_the_clock(300, "chronyd\n");
	holds_the_clock(301, "ptp4l\n");
	fake_in.ours = ours;
	fake_in.n_ours = 1;
	assert_not_asked("phc.shared");
	assert_fact("phc.users", "chronyd 300");
	assert_asked("phc.ok", FINDING_PASS);
}

static void hidden_users_of_the_clock_are_unknown(void **unused)
{
	fake.hidden = "/proc/200/fd";
	assert_not_asked("phc.shared");
	assert_false(facts_get(&fake_out.facts, "phc.users")->known);
}

static void a_busy_clock_waits_for_its_holder(void **unused)
{
	fake.phc_rc = -EBUSY;
	holds_the_clock(300, "testptp\n");
	assert_asked("phc.busy", FINDING_BLOCK);
	assert_int_equal(finding_of("phc.busy")->clears.kind, WAIT_PROCESS);
	assert_int_equal(finding_of("phc.busy")->clears.pid, 300);
	assert_string_equal(finding_of("phc.busy")->clears.subject, "testptp");
}

/* --- ts2phc --- */

static void ts2phc_needs_a_clock_that_stamps_pulses(void **unused)
{
	FAKE_COMMAND(PROG_TS2PHC, "ts2phc", "-s", "generic", "-c", "eth0");
	assert_asked("phc.no_extts", FINDING_BLOCK);
	fake.phc.extts = 2;
	assert_not_asked("phc.no_extts");
	assert_asked("phc.ok", FINDING_PASS);
	fake.phc.max_adj_ppb = 0;
	assert_asked("phc.not_adjustable", FINDING_BLOCK);
}

static void the_source_of_ts2phc_must_give_pulses(void **unused)
{
	fake.phc.extts = 2;
	fake_add_iface("eth1", 1);
	phc2sys_beside_ptp4l();
	fake_in.plan = NULL;
	FAKE_COMMAND(PROG_TS2PHC, "ts2phc", "-s", "/dev/ptp1", "-c", "eth0");
	assert_asked("phc.no_perout", FINDING_BLOCK);
	assert_string_equal(finding_of("phc.no_perout")->subject, "/dev/ptp1");
	fake.phc.perout = 1;
	assert_not_asked("phc.no_perout");
	FAKE_COMMAND(PROG_TS2PHC, "ts2phc", "-s", "nmea", "-c", "eth0");
	assert_not_asked("link.missing");
	FAKE_COMMAND(PROG_TS2PHC, "ts2phc", "-s", "nmea", "-c", "eth9");
	assert_asked("link.missing", FINDING_BLOCK);
}

static void pulses_are_nothing_to_ptp4l(void **unused)
{
	fake.phc.extts = 0;
	assert_not_asked("phc.no_extts");
	assert_asked("phc.ok", FINDING_PASS);
}

/* --- what time it shows --- */

static void shows(int64_t phc_s)
{
	fake.phc.phc_s = phc_s;
	fake.phc.system_s = 1795300000;
}

static void a_clock_that_was_never_set_warns_only_who_hands_its_time_on(void **unused)
{
	shows(90);
	assert_not_asked("phc.unset");
	assert_fact("phc.year", "1970");
	assert_int_equal(findings_worst(&fake_out.findings), FINDING_PASS);
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-w");
	assert_not_asked("phc.unset");
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-O", "-37");
	assert_asked("phc.unset", FINDING_WARN);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--masterOnly", "1");
	assert_asked("phc.unset", FINDING_WARN);
	shows(1795300037);
	assert_not_asked("phc.unset");
}

static void thirty_seven_seconds_are_noticed_in_both_directions(void **unused)
{
	shows(1795300037);
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-O", "-37");
	assert_not_asked("phc.tai");
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-O", "0");
	assert_asked("phc.tai", FINDING_WARN);
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-w");
	assert_not_asked("phc.tai");
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "CLOCK_REALTIME", "-c", "eth0", "-O", "37");
	assert_not_asked("phc.tai");
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "CLOCK_REALTIME", "-c", "eth0", "-O", "0");
	assert_asked("phc.tai", FINDING_WARN);
	fake.phc.rate_known = false;
	assert_not_asked("phc.tai");
}

static void a_master_whose_clock_shows_utc_warns(void **unused)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--masterOnly", "1");
	shows(1795300000);
	assert_asked("phc.tai", FINDING_WARN);
	shows(1795300037);
	assert_not_asked("phc.tai");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0");
	shows(1795300000);
	assert_not_asked("phc.tai");
}

static void a_wrong_system_clock_is_no_measure(void **unused)
{
	shows(90);
	fake.phc.system_s = 60;
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-O", "-37");
	assert_not_asked("phc.unset");
}

static void a_far_clock_that_may_not_be_stepped_warns(void **unused)
{
	shows(90);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--first_step_threshold", "0");
	assert_asked("phc.no_step", FINDING_WARN);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--first_step_threshold", "0",
		     "--step_threshold", "1");
	assert_not_asked("phc.no_step");
	shows(1795300037);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--first_step_threshold", "0");
	assert_not_asked("phc.no_step");
}

static void a_clock_that_does_not_answer_in_time_is_named(void **unused)
{
	probe_out_init(&fake_out);
	probe_quick(&fake_in, &fake_sys, &fake_out);
	probe_timed_out(&fake_in, &fake_out);
	assert_string_equal(finding_of("probe.timed_out")->subject, "/dev/ptp0");
	assert_int_equal(finding_of("probe.timed_out")->state, FINDING_UNKNOWN);
}

static int stalls(const char *node, struct phc_info *phc)
{
	pause();
	return -EINTR;
}

/* As when an ioctl hangs in the driver: asked in a child, given up after 2 s. */
static void a_clock_that_stalls_becomes_unknown_after_two_seconds(void **unused)
{
	struct probe_sys sys = fake_sys;
	struct timespec begun, now;

	sys.phc = stalls;
	clock_gettime(CLOCK_MONOTONIC, &begun);
	probe_all(&fake_in, &sys, &fake_out);
	clock_gettime(CLOCK_MONOTONIC, &now);
	assert_in_range(now.tv_sec - begun.tv_sec, 1, 4);
	assert_int_equal(finding_of("probe.timed_out")->state, FINDING_UNKNOWN);
	assert_string_equal(finding_of("probe.timed_out")->subject, "/dev/ptp0");
	assert_null(findings_block(&fake_out.findings));
	assert_int_equal(finding_of("link.ok")->state, FINDING_PASS);
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
	probe_learn(fake_in.cache, &fake_sys, &fake_in, &fake_out);
	probe_cache_doubt_clocks(fake_in.cache);
	assert_asked("phc.ok", FINDING_PASS);
	assert_int_equal(fake.slow, 2);
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
		T(a_node_with_an_old_number_is_told_before_it_is_opened),
		T(a_node_of_another_clock_is_told_unless_somebody_named_it),
		T(phc2sys_with_the_clock_of_another_interface_is_named),
		T(a_ptp4l_of_another_namespace_on_the_same_clock_blocks),
		T(other_users_of_the_clock_are_only_noted),
		T(hidden_users_of_the_clock_are_unknown),
		T(a_busy_clock_waits_for_its_holder),
		T(ts2phc_needs_a_clock_that_stamps_pulses),
		T(the_source_of_ts2phc_must_give_pulses),
		T(pulses_are_nothing_to_ptp4l),
		T(a_clock_that_was_never_set_warns_only_who_hands_its_time_on),
		T(thirty_seven_seconds_are_noticed_in_both_directions),
		T(a_master_whose_clock_shows_utc_warns),
		T(a_wrong_system_clock_is_no_measure),
		T(a_far_clock_that_may_not_be_stepped_warns),
		T(a_clock_that_does_not_answer_in_time_is_named),
		T(a_clock_that_stalls_becomes_unknown_after_two_seconds),
		T(a_clock_that_answered_is_not_opened_again_before_a_restart),
		T(a_blocked_restart_asks_no_clock),
	};
	return cmocka_run_group_tests_name("probe_clock", tests, NULL, NULL);
}
