/* Control groups, system call filter, security module, limits of the process. */
#include <sys/resource.h>

#include "test.h"
#include "fakesys.h"

static void cgroup_1(const char *memory, const char *devices)
{
	fake_text("/proc/self/cgroup", "5:devices:/box\n4:cpu,memory:/box/ptp\n0::/\n");
	if (memory)
		fake_text("/sys/fs/cgroup/memory/box/ptp/memory.limit_in_bytes", memory);
	if (devices)
		fake_text("/sys/fs/cgroup/devices/box/devices.list", devices);
}

static void a_small_memory_limit_warns(void **unused)
{
	cgroup_1("2097152\n", NULL);
	assert_asked("host.memory_limit", FINDING_WARN);
	assert_non_null(strstr(finding_of("host.memory_limit")->detail, "2048 KB"));
	assert_not_asked("confine.ok");
	cgroup_1("9223372036854771712\n", NULL);
	assert_not_asked("host.memory_limit");
	assert_asked("confine.ok", FINDING_PASS);
}

static void the_limit_of_a_group_above_counts_too(void **unused)
{
	fake_text("/proc/self/cgroup", "0::/system/ptp\n");
	fake_text("/sys/fs/cgroup/system/ptp/memory.max", "max\n");
	fake_text("/sys/fs/cgroup/system/memory.max", "16777216\n");
	assert_not_asked("host.memory_limit");
	fake_text("/sys/fs/cgroup/memory.max", "4194304\n");
	assert_asked("host.memory_limit", FINDING_WARN);
	fake_text("/proc/self/cgroup", "0::/\n");
	assert_asked("host.memory_limit", FINDING_WARN);
}

static void a_device_filter_without_clocks_blocks_who_wants_one(void **unused)
{
	cgroup_1(NULL, "c 1:* rwm\nc 5:2 rwm\n");
	assert_asked("confine.devices", FINDING_BLOCK);
	assert_non_null(strstr(finding_of("confine.devices")->detail, "250"));
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0");
	assert_not_asked("confine.devices");
}

static void a_device_filter_that_lets_clocks_pass_is_fine(void **unused)
{
	static const char *const good[] = { "a *:* rwm\n", "c 1:* r\nc 250:* rw\n", "c *:* rwm\n",
					    "b *:* rwm\nc 250:0 rwm\n", "" };
	static const char *const bad[] = { "c 250:* r\n", "b *:* rwm\n", "c 25:* rwm\n" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		cgroup_1(NULL, good[i]);
		assert_not_asked("confine.devices");
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cgroup_1(NULL, bad[i]);
		assert_asked("confine.devices", FINDING_BLOCK);
	}
}

static void a_device_filter_that_cannot_be_read_is_no_verdict(void **unused)
{
	cgroup_1(NULL, NULL);
	assert_not_asked("confine.devices");
	assert_asked("phc.ok", FINDING_PASS);
}

static void a_filter_of_system_calls_is_noted_without_a_verdict(void **unused)
{
	fake_text("/proc/self/status", "Name:\tx\nNoNewPrivs:\t0\nSeccomp:\t0\n");
	assert_not_asked("confine.seccomp");
	assert_fact("host.seccomp", "no");
	fake_text("/proc/self/status", "Name:\tx\nNoNewPrivs:\t1\nSeccomp:\t2\n");
	assert_asked("confine.seccomp", FINDING_PASS);
	assert_fact("host.seccomp", "yes");
}

static void selinux_and_our_context_are_noted(void **unused)
{
	assert_not_asked("confine.module");
	fake_text("/sys/fs/selinux/enforce", "1");
	fake_text("/proc/self/attr/current", "system_u:system_r:initrc_t:s0\n");
	assert_asked("confine.module", FINDING_PASS);
	assert_string_equal(finding_of("confine.module")->subject, "SELinux enforcing");
	assert_non_null(strstr(finding_of("confine.module")->detail, "initrc_t"));
	fake_text("/sys/fs/selinux/enforce", "0");
	assert_asked("confine.module", FINDING_PASS);
	assert_fact("host.lsm", "SELinux permissive");
}

static void the_apparmor_profile_of_the_program_is_named(void **unused)
{
	fake_text("/sys/module/apparmor/parameters/enabled", "N\n");
	assert_not_asked("confine.module");
	fake_text("/sys/module/apparmor/parameters/enabled", "Y\n");
	fake_text("/sys/kernel/security/apparmor/profiles",
		  "/usr/sbin/ptp4l-other (enforce)\nptp4l (complain)\n");
	fake_text("/proc/self/attr/current", "unconfined\n");
	assert_asked("confine.module", FINDING_PASS);
	assert_string_equal(finding_of("confine.module")->detail,
			    "ptp4l (complain); we run as unconfined");
}

static void little_memory_warns_and_too_little_blocks(void **unused)
{
	fake_unit.limit[0] = (struct plan_limit){ true, RLIMIT_AS, { 8 << 20, 8 << 20 } };
	assert_asked("priv.memory", FINDING_WARN);
	fake_unit.limit[0] = (struct plan_limit){ true, RLIMIT_AS, { 3 << 20, 3 << 20 } };
	assert_asked("priv.memory", FINDING_BLOCK);
	fake_unit.limit[0] = (struct plan_limit){ true, RLIMIT_STACK, { 32 << 10, 32 << 10 } };
	assert_asked("priv.memory", FINDING_WARN);
	fake_unit.limit[0] = (struct plan_limit){ true, RLIMIT_STACK, { 64 << 10, 64 << 10 } };
	assert_not_asked("priv.memory");
}

static void the_size_of_core_files_is_noted(void **unused)
{
	fake_unit.limit[0] = (struct plan_limit){ true, RLIMIT_CORE, { 0, 0 } };
	assert_asked("priv.core", FINDING_PASS);
	assert_non_null(strstr(finding_of("priv.core")->detail, "no core file"));
	fake_unit.limit[0] = (struct plan_limit){ true, RLIMIT_CORE, { 65536, 65536 } };
	assert_asked("priv.core", FINDING_PASS);
	assert_string_equal(finding_of("priv.core")->detail, "64 KB");
	fake_in.full = false;
	assert_not_asked("priv.core");
}

#define T(f) cmocka_unit_test_setup(f, fake_healthy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_small_memory_limit_warns),
		T(the_limit_of_a_group_above_counts_too),
		T(a_device_filter_without_clocks_blocks_who_wants_one),
		T(a_device_filter_that_lets_clocks_pass_is_fine),
		T(a_device_filter_that_cannot_be_read_is_no_verdict),
		T(a_filter_of_system_calls_is_noted_without_a_verdict),
		T(selinux_and_our_context_are_noted),
		T(the_apparmor_profile_of_the_program_is_named),
		T(little_memory_warns_and_too_little_blocks),
		T(the_size_of_core_files_is_noted),
	};
	return cmocka_run_group_tests_name("probe_confine", tests, NULL, NULL);
}
