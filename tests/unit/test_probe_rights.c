/* Privileges, sockets, rivals, host, configuration, and the way of the answers. */
#include <linux/capability.h>
#include <sys/resource.h>
#include <unistd.h>

#include "test.h"
#include "fakesys.h"
#include "probes/sysreal.h"

#define WITHOUT(cap) (~((uint64_t)1 << (cap)))

static void missing_capabilities_block_where_the_port_would_be_dead(void **unused)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-2", "-i", "eth0");
	fake_in.child_caps = WITHOUT(CAP_NET_RAW);
	assert_asked("priv.cap_net_raw", FINDING_BLOCK);
	assert_fact("proc.cap.net_raw", "no");
	fake_in.child_caps = WITHOUT(CAP_NET_ADMIN);
	assert_asked("priv.cap_net_admin", FINDING_BLOCK);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-2", "-S", "-i", "eth0");
	assert_not_asked("priv.cap_net_admin");
}

static void udp_needs_no_raw_sockets_on_newer_kernels(void **unused)
{
	fake_in.child_caps = WITHOUT(CAP_NET_RAW);
	fake.release = "5.6.19";
	assert_asked("priv.cap_net_raw", FINDING_BLOCK);
	fake.release = "5.7.0";
	assert_not_asked("priv.cap_net_raw");
	fake.release = "4.19.0";
	assert_asked("priv.cap_net_raw", FINDING_BLOCK);
}

static void low_ports_may_be_open_to_all(void **unused)
{
	fake_in.child_caps = WITHOUT(CAP_NET_BIND_SERVICE);
	assert_asked("priv.cap_net_bind_service", FINDING_BLOCK);
	fake_text("/proc/sys/net/ipv4/ip_unprivileged_port_start", "319\n");
	assert_not_asked("priv.cap_net_bind_service");
	fake_text("/proc/sys/net/ipv4/ip_unprivileged_port_start", "320\n");
	assert_asked("priv.cap_net_bind_service", FINDING_BLOCK);
}

static void setting_the_clock_is_only_missed_by_who_sets_it(void **unused)
{
	fake_in.child_caps = WITHOUT(CAP_SYS_TIME);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0");
	assert_asked("priv.cap_sys_time", FINDING_WARN);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0", "--free_running", "1");
	assert_not_asked("priv.cap_sys_time");
}

static void an_unknown_user_is_left_to_the_name_service(void **unused)
{
	fake_run.user = "ptp";
	fake_text("/etc/passwd", "root:x:0:0::/:/bin/sh\n");
	fake_text("/etc/group", "");
	fake.account_rc = -ENOENT;
	assert_asked("priv.user", FINDING_BLOCK);
	assert_string_equal(finding_of("priv.user")->clears.subject, "/etc/passwd");
	fake.account_rc = 0;
	assert_not_asked("priv.user");
	fake.account_rc = -EIO;
	assert_asked("priv.unknown", FINDING_UNKNOWN);
}

static void a_missing_group_blocks_and_an_unreadable_file_does_not(void **unused)
{
	fake_run.user = "ptp";
	fake_run.group = "clock";
	fake_text("/etc/passwd", "ptp:x:120:130::/:/bin/sh\n");
	fake_text("/etc/group", "root:x:0:\n");
	assert_asked("priv.group", FINDING_BLOCK);
	fake_text("/etc/group", "root:x:0:\nclock:x:131:\n");
	assert_not_asked("priv.group");
	fake_remove("/etc/group");
	assert_not_asked("priv.group");
	assert_asked("priv.unknown", FINDING_UNKNOWN);
}

static void too_few_files_block_and_few_files_warn(void **unused)
{
	fake.limit_files = 16;
	assert_asked("priv.files", FINDING_BLOCK);
	fake.limit_files = 64;
	assert_asked("priv.files", FINDING_WARN);
	fake_unit.limit[0] = (struct plan_limit){ true, RLIMIT_NOFILE, { 84, 84 } };
	assert_not_asked("priv.files");
}

static void too_little_memory_blocks(void **unused)
{
	fake_unit.limit[0] = (struct plan_limit){ true, RLIMIT_AS, { 3 << 20, 3 << 20 } };
	assert_asked("priv.memory", FINDING_BLOCK);
	fake_unit.limit[0] = (struct plan_limit){ true, RLIMIT_STACK, { 8192, 8192 } };
	assert_asked("priv.memory", FINDING_BLOCK);
	fake_unit.limit[0] = (struct plan_limit){ true, RLIMIT_AS, { 64 << 20, 64 << 20 } };
	assert_not_asked("priv.memory");
}

/* --- sockets --- */

static struct fake_file *socket_file(void)
{
	return fake_bytes("/var/run/ptp4l", S_IFSOCK | 0660, "", 0);
}

static void a_missing_folder_of_the_socket_blocks_and_is_watched(void **unused)
{
	fake_remove("/var/run");
	assert_asked("uds.dir_missing", FINDING_BLOCK);
	assert_string_equal(finding_of("uds.dir_missing")->subject, "/var/run/ptp4l");
	assert_string_equal(finding_of("uds.dir_missing")->clears.subject, "/var/run");
	assert_fact("uds.dir", "missing");
}

static void a_folder_that_will_be_made_does_not_block(void **unused)
{
	fake_remove("/var/run");
	fake_dir("/var");
	fake_unit.remedies = REMEDY_BIT(REMEDY_MAKE_UDS_DIR);
	assert_not_asked("uds.dir_missing");
	fake.euid = 1000;
	assert_asked("uds.dir_missing", FINDING_BLOCK);
}

static void a_folder_that_has_nowhere_to_be_made_blocks(void **unused)
{
	fake_remove("/var/run");
	fake_unit.remedies = REMEDY_BIT(REMEDY_MAKE_UDS_DIR);
	assert_asked("uds.dir_missing", FINDING_BLOCK);
	fake_dir("/var");
	fake.readonly = "/var";
	assert_asked("uds.dir_missing", FINDING_BLOCK);
}

static void a_read_only_folder_blocks(void **unused)
{
	fake.readonly = "/var/run";
	assert_asked("uds.read_only", FINDING_BLOCK);
	assert_fact("uds.dir", "readonly");
}

static void a_folder_that_the_user_may_not_write_blocks(void **unused)
{
	fake_run.user = "ptp";
	fake_in.child_caps = 1u << CAP_NET_BIND_SERVICE | 1u << CAP_NET_RAW | 1u << CAP_NET_ADMIN;
	fake_text("/etc/passwd", "ptp:x:120:130::/:/bin/sh\n");
	fake_text("/etc/group", "");
	fake_dir("/var");
	assert_asked("uds.dir_not_writable", FINDING_BLOCK);
	fake_find("/var/run")->uid = 120;
	assert_not_asked("uds.dir_not_writable");
}

static void a_folder_that_cannot_be_looked_at_is_unknown(void **unused)
{
	fake.denied = "/var/run";
	assert_asked("uds.unknown", FINDING_UNKNOWN);
	assert_null(findings_block(&fake_out.findings));
	fake.denied = "/usr/sbin/ptp4l";
	assert_asked("binary.unreadable", FINDING_UNKNOWN);
	fake.denied = "/dev/ptp0";
	assert_asked("phc.unknown", FINDING_UNKNOWN);
	assert_null(findings_block(&fake_out.findings));
}

static void a_regular_file_in_the_place_of_the_socket_is_saved(void **unused)
{
	fake_text("/var/run/ptp4l", "precious");
	assert_asked("uds.regular_file", FINDING_BLOCK);
	fake_remove("/var/run/ptp4l");
	assert_not_asked("uds.regular_file");
}

static void a_folder_in_the_place_of_the_socket_blocks(void **unused)
{
	fake_dir("/var/run/ptp4l");
	assert_asked("uds.not_a_socket", FINDING_BLOCK);
}

static void a_stale_socket_is_no_problem(void **unused)
{
	socket_file();
	assert_asked("uds.stale", FINDING_PASS);
	assert_fact("uds.stale", "yes");
	assert_int_equal(findings_worst(&fake_out.findings), FINDING_PASS);
}

static void serve_from(int pid)
{
	char path[64];

	socket_file();
	fake.uds_rc = 0;
	snprintf(path, sizeof(path), "/proc/%d/net/unix", pid);
	fake_text(path,
		  "Num       RefCount Protocol Flags    Type St Inode Path\n"
		  "0000000000000000: 00000002 00000000 00000000 0002 01  9000 /run/x\n"
		  "0000000000000000: 00000002 00000000 00000000 0002 01   9001 /var/run/ptp4l\n");
	snprintf(path, sizeof(path), "/proc/%d/fd/4", pid);
	fake_symlink(path, "socket:[9001]");
}

static void a_live_server_blocks_and_its_process_is_named(void **unused)
{
	fake_process(300, "ptp4l\n", "ptp4l\0-i\0eth9", 13, 1);
	serve_from(300);
	assert_asked("uds.live_server", FINDING_BLOCK);
	assert_int_equal(finding_of("uds.live_server")->clears.kind, WAIT_PROCESS);
	assert_int_equal(finding_of("uds.live_server")->clears.pid, 300);
	assert_string_equal(finding_of("uds.live_server")->clears.subject, "ptp4l");
	assert_non_null(strstr(finding_of("uds.live_server")->detail, "001122.fffe.334455"));
	assert_fact("uds.taken", "yes");
}

static void a_live_server_that_cannot_be_seen_is_awaited_by_its_file(void **unused)
{
	socket_file();
	fake.uds_rc = 0;
	assert_asked("uds.live_server", FINDING_BLOCK);
	assert_int_equal(finding_of("uds.live_server")->clears.kind, WAIT_FILE);
}

static void hidden_descriptors_of_our_own_child_make_it_unknown(void **unused)
{
	const pid_t ours[] = { 300 };

	fake_process(300, "ptp4l\n", "ptp4l\0-i\0eth0", 13, 1);
	serve_from(300);
	fake_in.ours = ours;
	fake_in.n_ours = 1;
	fake.hidden = "/proc/300/fd";
	assert_asked("uds.unknown", FINDING_UNKNOWN);
	assert_not_asked("uds.live_server");
}

static void a_child_that_holds_another_socket_is_not_the_server(void **unused)
{
	const pid_t ours[] = { 300, 301 };

	fake_process(300, "ptp4l\n", "ptp4l\0-i\0eth9", 13, 1);
	serve_from(300);
	fake_remove("/proc/300/fd/4");
	fake_symlink("/proc/300/fd/5", "socket:[7]");
	fake_process(302, "ptp4l\n", "ptp4l\0-i\0eth8", 13, 1);
	serve_from(302);
	fake_in.ours = ours;
	fake_in.n_ours = 2;
	assert_asked("uds.live_server", FINDING_BLOCK);
	assert_int_equal(finding_of("uds.live_server")->clears.pid, 302);
}

static void our_own_process_does_not_take_the_socket_from_itself(void **unused)
{
	const pid_t ours[] = { 300 };

	fake_process(300, "ptp4l\n", "ptp4l\0-i\0eth0", 13, 1);
	serve_from(300);
	fake_in.ours = ours;
	fake_in.n_ours = 1;
	fake_in.running = 300;
	assert_not_asked("uds.live_server");
	assert_asked("uds.ok", FINDING_PASS);
	fake_in.running = 0;
	assert_asked("uds.live_server", FINDING_BLOCK);
	assert_non_null(strstr(finding_of("uds.live_server")->detail, "another unit"));
	fake_in.running = 300;
	fake_in.n_ours = 0;
	assert_not_asked("uds.live_server");
}

static void the_read_only_socket_exists_since_4_0(void **unused)
{
	fake_text("/var/run/ptp4lro", "x");
	assert_not_asked("uds.regular_file");
	fake_in.version = 0x040200;
	assert_asked("uds.regular_file", FINDING_BLOCK);
}

static void phc2sys_needs_a_place_for_its_own_socket(void **unused)
{
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-w");
	assert_not_asked("uds.client_dir");
	fake_remove("/var/run");
	assert_asked("uds.client_dir", FINDING_BLOCK);
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-O", "0");
	assert_not_asked("uds.client_dir");
}

/* --- rivals --- */

#define CMD(text) (text), sizeof(text)

static void a_ptp4l_on_the_same_interface_blocks(void **unused)
{
	fake_process(300, "ptp4l\n", CMD("ptp4l\0-i\0eth0\0-m"), 1);
	assert_asked("rival.same_interface", FINDING_BLOCK);
	assert_int_equal(finding_of("rival.same_interface")->clears.pid, 300);
	assert_fact("rival.ptp4l", "yes");
}

static void a_ptp4l_on_another_interface_only_warns(void **unused)
{
	fake_process(300, "ptp4l\n", CMD("ptp4l\0-i\0eth7\0-m"), 1);
	assert_asked("rival.ptp4l", FINDING_WARN);
	assert_not_asked("rival.same_interface");
}

static void a_ptp4l_in_another_network_namespace_is_no_rival(void **unused)
{
	fake_process(300, "ptp4l\n", CMD("ptp4l\0-i\0eth0\0-m"), 2);
	assert_asked("rival.ok", FINDING_PASS);
	assert_fact("rival.ptp4l", "no");
}

static void another_domain_in_software_is_no_collision(void **unused)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0");
	fake_process(300, "ptp4l\n", CMD("ptp4l\0-S\0-i\0eth0\0--domainNumber\0007"), 1);
	assert_not_asked("rival.same_interface");
	assert_asked("rival.ptp4l", FINDING_WARN);
}

static void our_own_children_are_no_rivals(void **unused)
{
	const pid_t ours[] = { 300 };

	fake_process(300, "ptp4l\n", CMD("ptp4l\0-i\0eth0\0-m"), 1);
	fake_in.ours = ours;
	fake_in.n_ours = 1;
	assert_asked("rival.ok", FINDING_PASS);
}

/* Most of /proc on a small box, so they are told by one list instead of being opened each. */
static void threads_of_the_kernel_are_passed_over_by_a_list(void **unused)
{
	fake_process(2, "kthreadd\n", "", 0, 1);
	fake_process(301, "kworker/1:2\n", "", 0, 1);
	fake_process(305, "ptp4l\n", CMD("ptp4l\0-i\0eth0\0-m"), 1);
	fake_text("/proc/2/task/2/children", "3 4 301 30");
	assert_asked("rival.same_interface", FINDING_BLOCK);
	fake_text("/proc/2/task/2/children", "3 4 301 305 ");
	assert_not_asked("rival.same_interface");
	fake_text("/proc/2/comm", "bash\n");
	assert_asked("rival.same_interface", FINDING_BLOCK);
}

static void a_zombie_is_no_rival(void **unused)
{
	fake_process(300, "ptp4l\n", "", 0, 1);
	assert_asked("rival.ok", FINDING_PASS);
}

static void a_hidden_namespace_makes_rivals_unknown(void **unused)
{
	fake_process(300, "ptp4l\n", CMD("ptp4l\0-i\0eth0"), 1);
	fake_remove("/proc/300/ns/net");
	assert_asked("rival.unknown", FINDING_UNKNOWN);
	assert_null(findings_block(&fake_out.findings));
	assert_null(facts_get(&fake_out.facts, "rival.ptp4l"));
}

static void others_that_set_the_clock_matter_only_if_we_do(void **unused)
{
	fake_process(300, "chronyd\n", CMD("chronyd\0-F\0001"), 9);
	assert_not_asked("rival.system_clock");
	assert_fact("rival.chronyd", "yes");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0");
	assert_asked("rival.system_clock", FINDING_WARN);
	fake_process(300, "chronyd\n", CMD("chronyd\0-x"), 9);
	assert_not_asked("rival.system_clock");
	fake_process(301, "systemd-timesyn\n", CMD("/lib/systemd/systemd-timesyncd"), 9);
	assert_asked("rival.system_clock", FINDING_WARN);
	assert_fact("rival.timesyncd", "yes");
}

static void a_port_that_is_held_alone_is_named_with_its_holder(void **unused)
{
	const char *udp = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
			  "retrnsmt   uid  timeout inode ref pointer drops\n"
			  " 4711: 00000000:013F 00000000:0000 07 00000000:00000000 00:00000000 "
			  "00000000     0        0 5555 2 0000000000000000 0\n";

	fake.port_rc = -EADDRINUSE;
	fake_text("/proc/net/udp", "");
	assert_not_asked("rival.port");
	fake_text("/proc/net/udp", udp);
	fake_process(300, "socat\n", CMD("socat"), 1);
	fake_symlink("/proc/300/fd/5", "socket:[5555]");
	assert_asked("rival.port", FINDING_BLOCK);
	assert_int_equal(finding_of("rival.port")->clears.pid, 300);
	assert_string_equal(finding_of("rival.port")->clears.subject, "socat");
	fake.port_rc = 0;
	assert_not_asked("rival.port");
	fake.port_rc = -EADDRINUSE;
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-2", "-i", "eth0");
	assert_not_asked("rival.port");
}

static void a_tight_control_group_warns(void **unused)
{
	fake_text("/proc/self/cgroup", "0::/box\n");
	fake_text("/sys/fs/cgroup/box/memory.max", "1048576\n");
	assert_asked("host.memory_limit", FINDING_WARN);
	fake_text("/sys/fs/cgroup/box/memory.max", "max\n");
	assert_not_asked("host.memory_limit");
	fake_text("/proc/self/cgroup", "9:pids:/\n4:memory:/tight\n1:name=x:/\n");
	fake_text("/sys/fs/cgroup/memory/tight/memory.limit_in_bytes", "102400\n");
	assert_asked("host.memory_limit", FINDING_WARN);
}

static void a_container_is_noted(void **unused)
{
	assert_asked("host.ok", FINDING_PASS);
	assert_null(facts_get(&fake_out.facts, "host.sandbox"));
	fake_text("/.dockerenv", "");
	assert_asked("host.ok", FINDING_PASS);
	assert_fact("host.sandbox", "container");
}

static void before_a_restart_known_processes_are_passed_over(void **unused)
{
	fake_in.cache = probe_cache_new();
	assert_asked("rival.ok", FINDING_PASS);
	fake_in.full = false;
	fake_text("/proc/200/comm", "ptp4l\n");
	fake_bytes("/proc/200/cmdline", S_IFREG | 0444, CMD("ptp4l\0-i\0eth0"));
	assert_asked("rival.ok", FINDING_PASS);
	fake_process(201, "ptp4l\n", CMD("ptp4l\0-i\0eth0"), 1);
	assert_asked("rival.same_interface", FINDING_BLOCK);
	fake_in.full = true;
	fake_process(201, "sh\n", CMD("sh"), 1);
	assert_asked("rival.same_interface", FINDING_BLOCK);
	probe_cache_free(fake_in.cache);
}

/* --- host and configuration --- */

static void a_clock_in_1970_warns(void **unused)
{
	fake.wall_s = 86400;
	assert_asked("host.clock_year", FINDING_WARN);
	assert_fact("host.year", "1970");
}

static void a_unit_that_requires_a_year_waits_for_it(void **unused)
{
	fake_unit.year_required = true;
	fake_unit.clock_year = 2199;
	assert_asked("host.clock_unset", FINDING_BLOCK);
	assert_int_equal(finding_of("host.clock_unset")->clears.kind, WAIT_CLOCK);
	assert_string_equal(finding_of("host.clock_unset")->clears.subject, "2199");
	fake_unit.clock_year = 2026;
	assert_not_asked("host.clock_unset");
}

static void a_kernel_without_ptp_is_named_for_hardware_mode(void **unused)
{
	fake_text("/proc/devices", "Character devices:\n  1 mem\n");
	assert_asked("host.no_ptp", FINDING_WARN);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0");
	assert_not_asked("host.no_ptp");
}

static void folders_of_ptpwarden_are_looked_at(void **unused)
{
	static struct plan plan = { .run_dir = (char *)"/run/ptpwarden",
				    .state_dir = (char *)"/var/lib/ptpwarden" };

	fake_dir("/run");
	fake_dir("/var/lib");
	fake_in.plan = &plan;
	assert_asked("host.ok", FINDING_PASS);
	fake.readonly = "/run";
	assert_asked("host.run_dir", FINDING_BLOCK);
	assert_fact("host.run_dir_writable", "no");
	fake.readonly = NULL;
	plan.run_dir = (char *)"/run/made-at-start";
	assert_asked("host.ok", FINDING_PASS);
	plan.run_dir = (char *)"/run/nobody/made";
	assert_asked("host.run_dir", FINDING_BLOCK);
	plan.run_dir = (char *)"/run/ptpwarden";
	plan.state_dir = (char *)"/var/nobody/made";
	assert_asked("host.state_dir", FINDING_WARN);
}

/* A plan of two units: ptp4l and the one that is asked about. */
static void beside(char **leader_argv)
{
	static struct plan_run leader_run;
	static struct plan_unit units[2];
	static struct plan plan = { .units = 2, .unit = units };

	leader_run = (struct plan_run){ .argv = leader_argv };
	units[0] = (struct plan_unit){ .name = "leader", .program = PROG_PTP4L, .follows = -1,
				       .alternates = 1, .variants = 1, .runs = &leader_run };
	units[1] = fake_unit;
	units[1].follows = fake_unit.program == PROG_PHC2SYS ? 0 : -1;
	fake_in.plan = &plan;
	fake_in.unit = &units[1];
}

static void a_follower_that_asks_in_another_domain_is_found(void **unused)
{
	static char *leader[] = { (char *)"ptp4l", (char *)"-i", (char *)"eth0",
				  (char *)"--domainNumber", (char *)"7", NULL };

	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-w");
	beside(leader);
	(void)asked("");
	assert_int_not_equal(fake_out.lint.n, 0);
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-w", "-n", "7");
	assert_asked("config.ok", FINDING_PASS);
}

static void a_follower_is_compared_with_the_alternate_of_its_own_interface(void **unused)
{
	static char *first[] = { (char *)"ptp4l", (char *)"-i", (char *)"eth9", NULL };
	static char *second[] = { (char *)"ptp4l", (char *)"-i", (char *)"eth0", NULL };
	static struct plan_run runs[2] = { { .argv = first, .interface = (char *)"eth9" },
					   { .argv = second, .interface = (char *)"eth0" } };
	struct plan_unit *leader;

	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-w");
	fake_run.interface = (char *)"eth0";
	beside(first);
	assert_asked("config.pair_interface", FINDING_WARN);
	leader = (struct plan_unit *)&fake_in.plan->unit[0];
	leader->runs = runs;
	leader->alternates = 2;
	assert_not_asked("config.pair_interface");
}

static void two_ptp4l_on_one_socket_are_found_before_either_runs(void **unused)
{
	static char *other[] = { (char *)"ptp4l", (char *)"-i", (char *)"eth9", NULL };

	beside(other);
	(void)asked("");
	assert_int_not_equal(fake_out.lint.n, 0);
	fake_in.full = false;
	assert_asked("config.ok", FINDING_PASS);
	fake_in.full = true;
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--uds_address", "/var/run/second");
	assert_asked("config.ok", FINDING_PASS);
}

static void more_processes_than_can_be_remembered_are_looked_at_each_time(void **unused)
{
	fake_in.cache = probe_cache_new();
	fake_in.cache->processes = CACHE_PROCESSES;
	fake_in.full = false;
	for (int i = 0; i < CACHE_PROCESSES; i++)
		fake_in.cache->process[i] = 1000 + i;
	assert_asked("rival.ok", FINDING_PASS);
	assert_int_equal(fake_in.cache->processes, CACHE_PROCESSES);
	fake_process(201, "ptp4l\n", CMD("ptp4l\0-i\0eth0"), 1);
	assert_asked("rival.same_interface", FINDING_BLOCK);
	probe_cache_free(fake_in.cache);
}

static void errors_of_the_command_line_become_findings(void **unused)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--domainNumber", "999");
	assert_asked("config.value_range", FINDING_BLOCK);
	assert_string_equal(finding_of("config.value_range")->subject, "command line");
	assert_non_null(facts_value(&fake_out.facts, "config.error"));
}

static void a_missing_file_is_named_and_watched(void **unused)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-f", "/nonexistent/ptp4l.conf", "-i", "eth0");
	(void)asked("");
	assert_non_null(findings_block(&fake_out.findings));
	assert_int_equal(findings_block(&fake_out.findings)->clears.kind, WAIT_FILE);
	assert_string_equal(findings_block(&fake_out.findings)->clears.subject,
			    "/nonexistent/ptp4l.conf");
	assert_fact("file.missing", "/nonexistent/ptp4l.conf");
}

static void an_unknown_program_is_still_checked_as_a_program(void **unused)
{
	FAKE_COMMAND(PROG_OTHER, "gpsd", "-n");
	assert_asked("binary.ok", FINDING_PASS);
	assert_false(fake_out.conf_read);
	assert_false(fake_out.todo.version);
	fake_remove("/lib/x86_64-linux-gnu/libm.so.6");
	assert_asked("binary.library", FINDING_BLOCK);
}

/* --- the way of the answers --- */

static void answers_survive_the_pipe(void **unused)
{
	static struct probe_out copy;
	static char bytes[PROBE_WIRE_MAX];
	int p[2];
	ssize_t n;

	fake_in.version = 0;
	assert_asked("phc.ok", FINDING_PASS);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(probe_send(&fake_out, p[1]), 0);
	close(p[1]);
	n = read(p[0], bytes, sizeof(bytes));
	close(p[0]);
	probe_out_init(&copy);
	assert_false(probe_receive(&copy, bytes, (size_t)n - 1));
	assert_int_equal(copy.findings.n, 0);
	assert_true(probe_receive(&copy, bytes, (size_t)n));
	assert_int_equal(copy.findings.n, fake_out.findings.n);
	assert_int_equal(copy.facts.n, fake_out.facts.n);
	assert_int_equal(copy.learned.version, 0x030101);
	assert_memory_equal(copy.findings.at, fake_out.findings.at,
			    copy.findings.n * sizeof(copy.findings.at[0]));
}

static void no_answer_in_time_is_unknown(void **unused)
{
	probe_out_init(&fake_out);
	probe_timed_out(&fake_in, &fake_out);
	assert_int_equal(findings_worst(&fake_out.findings), FINDING_UNKNOWN);
}

/* FD_TO_CLOCKID(-1) is the CPU time of the thread: a clock that seems to answer. */
static void a_device_that_did_not_open_has_no_clock(void **unused)
{
	struct phc_info phc = { .max_adj_ppb = 77 };
	clockid_t clock = 99;

	assert_int_equal(phc_clock_id(-1, &clock), -EBADF);
	assert_int_equal(clock, 99);
	assert_int_equal(phc_clock_id(5, &clock), 0);
	assert_int_equal(clock, (int)((~5u << 3) | 3));
	assert_int_equal(real_phc("/nonexistent/ptp0", &phc), -ENOENT);
	assert_int_equal(real_phc("/dev/null", &phc), -ENOTTY);
	assert_int_equal(phc.max_adj_ppb, 77);
}

static void every_row_of_documentation_is_whole_and_sorted(void **unused)
{
	for (unsigned i = 0; i < finding_docs_n; i++) {
		const struct finding_doc *d = &finding_docs[i];

		assert_ptr_equal(finding_doc(d->id), d);
		assert_non_null(strchr(d->id, '.'));
		assert_true(strlen(d->what) > 10 && strlen(d->why) > 10 && *d->fix && *d->source);
		/* the longest advice must fit a finding */
		assert_true(strlen(d->fix) + 60 < sizeof(fake_out.findings.at[0].advice));
	}
	assert_null(finding_doc("no.such"));
}

#define T(f) cmocka_unit_test_setup(f, fake_healthy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(missing_capabilities_block_where_the_port_would_be_dead),
		T(udp_needs_no_raw_sockets_on_newer_kernels),
		T(low_ports_may_be_open_to_all),
		T(setting_the_clock_is_only_missed_by_who_sets_it),
		T(an_unknown_user_is_left_to_the_name_service),
		T(a_missing_group_blocks_and_an_unreadable_file_does_not),
		T(too_few_files_block_and_few_files_warn),
		T(too_little_memory_blocks),
		T(a_missing_folder_of_the_socket_blocks_and_is_watched),
		T(a_folder_that_will_be_made_does_not_block),
		T(a_folder_that_has_nowhere_to_be_made_blocks),
		T(a_read_only_folder_blocks),
		T(a_folder_that_the_user_may_not_write_blocks),
		T(a_folder_that_cannot_be_looked_at_is_unknown),
		T(a_regular_file_in_the_place_of_the_socket_is_saved),
		T(a_folder_in_the_place_of_the_socket_blocks),
		T(a_stale_socket_is_no_problem),
		T(a_live_server_blocks_and_its_process_is_named),
		T(a_live_server_that_cannot_be_seen_is_awaited_by_its_file),
		T(hidden_descriptors_of_our_own_child_make_it_unknown),
		T(a_child_that_holds_another_socket_is_not_the_server),
		T(our_own_process_does_not_take_the_socket_from_itself),
		T(the_read_only_socket_exists_since_4_0),
		T(phc2sys_needs_a_place_for_its_own_socket),
		T(a_ptp4l_on_the_same_interface_blocks),
		T(a_ptp4l_on_another_interface_only_warns),
		T(a_ptp4l_in_another_network_namespace_is_no_rival),
		T(another_domain_in_software_is_no_collision),
		T(our_own_children_are_no_rivals),
		T(threads_of_the_kernel_are_passed_over_by_a_list),
		T(a_zombie_is_no_rival),
		T(a_hidden_namespace_makes_rivals_unknown),
		T(others_that_set_the_clock_matter_only_if_we_do),
		T(a_port_that_is_held_alone_is_named_with_its_holder),
		T(a_tight_control_group_warns),
		T(a_container_is_noted),
		T(before_a_restart_known_processes_are_passed_over),
		T(a_clock_in_1970_warns),
		T(a_unit_that_requires_a_year_waits_for_it),
		T(a_kernel_without_ptp_is_named_for_hardware_mode),
		T(folders_of_ptpwarden_are_looked_at),
		T(a_follower_that_asks_in_another_domain_is_found),
		T(a_follower_is_compared_with_the_alternate_of_its_own_interface),
		T(two_ptp4l_on_one_socket_are_found_before_either_runs),
		T(more_processes_than_can_be_remembered_are_looked_at_each_time),
		T(errors_of_the_command_line_become_findings),
		T(a_missing_file_is_named_and_watched),
		T(an_unknown_program_is_still_checked_as_a_program),
		T(answers_survive_the_pipe),
		T(no_answer_in_time_is_unknown),
		T(a_device_that_did_not_open_has_no_clock),
		T(every_row_of_documentation_is_whole_and_sorted),
	};
	return cmocka_run_group_tests_name("probe_rights", tests, NULL, NULL);
}
