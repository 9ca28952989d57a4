/* Near misses: what is almost a finding, and is none. */
#include <linux/capability.h>
#include <sys/resource.h>
#include <unistd.h>

#include "test.h"
#include "fakesys.h"

#define CMD(words) (words), sizeof(words)

#define PTP4L "/usr/sbin/ptp4l"
#define LOADER "/lib64/ld-linux-x86-64.so.2"

static const struct fake_elf library = { .soname = "lib" };

static void a_symbolic_link_is_no_loop(void **unused)
{
	static const struct fake_elf program = { .interp = LOADER, .needed = { "libm.so.6" } };

	fake_program("/opt/ptp4l", &program);
	fake_symlink(PTP4L, "/opt/ptp4l");
	assert_not_asked("binary.loop");
	assert_not_asked("binary.not_regular");
	assert_asked("binary.ok", FINDING_PASS);
	fake_symlink("/opt/ptp4l", PTP4L);
	assert_asked("binary.loop", FINDING_BLOCK);
	assert_not_asked("binary.ok");
}

static void a_script_with_blanks_behind_its_mark_is_a_program(void **unused)
{
	static const char script[] = "#! \t" LOADER " -e\n";

	fake_bytes(PTP4L, S_IFREG | 0755, script, sizeof(script) - 1);
	assert_not_asked("binary.format");
	assert_not_asked("binary.interpreter");
	fake_bytes(PTP4L, S_IFREG | 0755, " #!/bin/sh\n", 11);
	assert_asked("binary.format", FINDING_BLOCK);
}

static void a_program_that_ends_with_its_code_is_whole(void **unused)
{
	struct fake_file *f = fake_find(PTP4L);

	assert_not_asked("binary.truncated");
	f->len--;
	assert_asked("binary.truncated", FINDING_BLOCK);
}

static void a_library_in_the_last_folder_is_found(void **unused)
{
	fake_remove("/lib/x86_64-linux-gnu/libm.so.6");
	assert_asked("binary.library", FINDING_BLOCK);
	fake_program("/usr/lib/libm.so.6", &library);
	assert_not_asked("binary.library");
}

static void a_library_with_the_version_is_new_enough(void **unused)
{
	static const struct fake_elf program = { .interp = LOADER, .needed = { "libm.so.6" },
						 .needs_of = "libm.so.6",
						 .needs_version = "GLIBC_2.29" };
	static const struct fake_elf older = { .soname = "libm.so.6",
					       .defines_version = "GLIBC_2.28" };
	static const struct fake_elf newer = { .soname = "libm.so.6",
					       .defines_version = "GLIBC_2.29" };

	fake_program(PTP4L, &program);
	fake_program("/lib/x86_64-linux-gnu/libm.so.6", &older);
	assert_asked("binary.library_version", FINDING_BLOCK);
	fake_program("/lib/x86_64-linux-gnu/libm.so.6", &newer);
	assert_not_asked("binary.library_version");
	assert_not_asked("binary.unreadable");
}

static void a_clock_of_the_first_year_is_right(void **unused)
{
	fake.wall_s = 1704067200 + 86400;	/* January 2024 */
	assert_not_asked("host.clock_year");
	assert_asked("host.ok", FINDING_PASS);
	fake.wall_s = 1704067200 - 2 * 86400;
	assert_asked("host.clock_year", FINDING_WARN);
	assert_not_asked("host.ok");
}

static struct plan plan = { .run_dir = (char *)"/run/ptpwarden",
			    .state_dir = (char *)"/var/state" };

static void folders_that_a_start_will_make_are_no_fault(void **unused)
{
	fake_in.plan = &plan;
	fake_dir("/var");
	assert_not_asked("host.state_dir");
	fake_remove("/run/ptpwarden");
	fake_dir("/run");
	assert_not_asked("host.run_dir");
	fake_remove("/run");
	assert_asked("host.run_dir", FINDING_BLOCK);
	fake_remove("/var");
	assert_asked("host.state_dir", FINDING_WARN);
}

static void a_folder_with_just_enough_room_is_fine(void **unused)
{
	fake_in.plan = &plan;
	fake_dir("/var");
	fake.free_bytes = 65536;
	assert_not_asked("host.space");
	fake.free_bytes = 65535;
	assert_asked("host.space", FINDING_WARN);
}

static void silence_about_another_question_is_not_about_this_one(void **unused)
{
	fake_iface("eth0")->ts_rc = -EIO;
	assert_not_asked("link.unknown");
	assert_asked("ts.unknown", FINDING_UNKNOWN);
	assert_not_asked("ts.ok");
	fake_iface("eth0")->ts_rc = 0;
	assert_not_asked("ts.unknown");
	fake.phc_rc = -EIO;
	assert_asked("phc.unknown", FINDING_UNKNOWN);
	assert_not_asked("phc.ok");
	fake.phc_rc = 0;
	assert_not_asked("phc.unknown");
}

static void xdp_on_another_interface_is_no_matter(void **unused)
{
	fake_add_iface("eth1", -1)->link.xdp = true;
	assert_not_asked("link.xdp");
	fake_iface("eth0")->link.xdp = true;
	assert_asked("link.xdp", FINDING_WARN);
}

static void each_errno_of_the_clock_says_its_own_thing(void **unused)
{
	fake.phc_rc = -EBUSY;
	assert_asked("phc.busy", FINDING_BLOCK);
	assert_not_asked("phc.gone");
	fake.phc_rc = -ENODEV;
	assert_asked("phc.gone", FINDING_BLOCK);
	assert_not_asked("phc.busy");
	assert_not_asked("phc.missing");
}

static void a_slow_clock_is_not_a_frozen_one(void **unused)
{
	fake.phc.rate = 0.6;
	assert_not_asked("phc.frozen");
	fake.phc.rate = 0;
	assert_asked("phc.frozen", FINDING_BLOCK);
}

static void what_is_allowed_needs_no_privilege(void **unused)
{
	assert_asked("priv.ok", FINDING_PASS);
	assert_not_asked("priv.unknown");
	fake_in.child_caps = ~(1ull << CAP_NET_ADMIN);
	assert_not_asked("priv.ok");
}

static void rivals_of_other_kinds_leave_their_own_ids(void **unused)
{
	fake_process(300, "ptp4l\n", CMD("ptp4l\0-i\0eth0"), 1);
	assert_not_asked("rival.ptp4l");	/* it is rival.same_interface */
	assert_not_asked("rival.ok");
	assert_not_asked("rival.unknown");
	fake_process(300, "ptp4l\n", CMD("ptp4l\0-i\0eth9"), 1);
	assert_asked("rival.ptp4l", FINDING_WARN);
}

static void a_socket_of_our_own_user_can_be_replaced(void **unused)
{
	struct fake_file *f = fake_bytes("/var/run/ptp4l", S_IFSOCK | 0600, "", 0);

	fake_dir("/var/run")->mode = S_IFDIR | 01777;
	fake_in.child_caps = ~(1ull << CAP_FOWNER | 1ull << CAP_DAC_OVERRIDE);
	fake.euid = 1000;
	f->uid = 1000;
	assert_not_asked("uds.not_a_socket");
	f->uid = 1001;
	assert_asked("uds.not_a_socket", FINDING_BLOCK);
}

static void a_path_of_107_bytes_fits(void **unused)
{
	char path[120] = "/var/run/";

	memset(path + 9, 'x', 98);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--uds_address", path);
	assert_not_asked("config.socket_path_long");
	assert_asked("uds.ok", FINDING_PASS);
	strcat(path, "x");
	assert_asked("config.socket_path_long", FINDING_WARN);
}

static void a_free_path_is_neither_stale_nor_unknown(void **unused)
{
	assert_asked("uds.ok", FINDING_PASS);
	assert_not_asked("uds.stale");
	assert_not_asked("uds.unknown");
	assert_not_asked("uds.read_only");
	fake_bytes("/var/run/ptp4l", S_IFSOCK | 0660, "", 0);
	assert_asked("uds.stale", FINDING_PASS);
	assert_not_asked("uds.ok");
}

static void an_answer_in_time_is_not_late(void **unused)
{
	assert_not_asked("probe.timed_out");
	probe_timed_out(&fake_in, &fake_out);
	assert_int_equal(finding_of("probe.timed_out")->state, FINDING_UNKNOWN);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, fake_healthy)
	static const struct CMUnitTest tests[] = {
		T(a_symbolic_link_is_no_loop),
		T(a_script_with_blanks_behind_its_mark_is_a_program),
		T(a_program_that_ends_with_its_code_is_whole),
		T(a_library_in_the_last_folder_is_found),
		T(a_library_with_the_version_is_new_enough),
		T(a_clock_of_the_first_year_is_right),
		T(folders_that_a_start_will_make_are_no_fault),
		T(a_folder_with_just_enough_room_is_fine),
		T(silence_about_another_question_is_not_about_this_one),
		T(xdp_on_another_interface_is_no_matter),
		T(each_errno_of_the_clock_says_its_own_thing),
		T(a_slow_clock_is_not_a_frozen_one),
		T(what_is_allowed_needs_no_privilege),
		T(rivals_of_other_kinds_leave_their_own_ids),
		T(a_socket_of_our_own_user_can_be_replaced),
		T(a_path_of_107_bytes_fits),
		T(a_free_path_is_neither_stale_nor_unknown),
		T(an_answer_in_time_is_not_late),
	};
#undef T
	return cmocka_run_group_tests(tests, NULL, NULL);
}
