/* What servos, ts2phc and timemaster need; slow hardware; the host. */
#include <stdlib.h>
#include <linux/net_tstamp.h>
#include <unistd.h>

#include "test.h"
#include "fakesys.h"

#define CMD(words) (words), sizeof(words)

enum { V311 = 0x030101, V40 = 0x040000, V42 = 0x040200 };

#define NTP(unix_s) ((unix_s) + 2208988800ll)

/* --- leap seconds and the time of day, for ts2phc --- */

static void leap_list(int64_t expires, const char *entries)
{
	char text[256];

	snprintf(text, sizeof(text), "#\tnewest\n#$ 3676924800\n#@ %lld\n%s",
		 (long long)NTP(expires), entries);
	fake_text("/usr/share/leap", text);
}

static void ts2phc(const char *source)
{
	FAKE_COMMAND(PROG_TS2PHC, "ts2phc", "-s", source, "-c", "eth0", "--leapfile",
		     "/usr/share/leap");
	fake_bytes("/dev/ttyS0", S_IFCHR | 0600, "", 0);
}

static void an_expired_leap_list_warns(void **unused)
{
	ts2phc("nmea");
	leap_list(fake.wall_s - 86400 * 3, "2272060800\t10\n");
	assert_asked("files.leap_expired", FINDING_WARN);
	assert_non_null(strstr(finding_of("files.leap_expired")->detail, "3 days ago"));
	assert_fact("file.leap_expired", "yes");
	leap_list(fake.wall_s + 86400 * 3, "2272060800\t10\n");
	assert_not_asked("files.leap_expired");
	assert_asked("files.ok", FINDING_PASS);
	assert_fact("file.leap_expired", "no");
}

static void a_leap_list_that_is_none_blocks(void **unused)
{
	ts2phc("generic");
	fake_text("/usr/share/leap", "2272060800 10 # 1 Jan 1972\n");
	assert_asked("files.leap_format", FINDING_BLOCK);
	leap_list(fake.wall_s + 1, "# no entry\n");
	assert_asked("files.leap_format", FINDING_BLOCK);
	leap_list(fake.wall_s + 1, "2272060800 10 # 1 Jan 1972\n");
	assert_not_asked("files.leap_format");
}

static void a_missing_leap_list_blocks_who_needs_one(void **unused)
{
	ts2phc("nmea");
	assert_asked("files.leap_missing", FINDING_BLOCK);
	assert_string_equal(finding_of("files.leap_missing")->clears.subject, "/usr/share/leap");
	ts2phc("/dev/ptp0");
	assert_not_asked("files.leap_missing");
	FAKE_COMMAND(PROG_TS2PHC, "ts2phc", "-s", "nmea", "-c", "eth0");
	assert_not_asked("files.leap_missing");
}

static void nmea_needs_its_serial_port(void **unused)
{
	FAKE_COMMAND(PROG_TS2PHC, "ts2phc", "-s", "nmea", "-c", "eth0");
	assert_asked("files.nmea", FINDING_BLOCK);
	assert_string_equal(finding_of("files.nmea")->subject, "/dev/ttyS0");
	fake_text("/dev/ttyS0", "no device");
	assert_asked("files.nmea", FINDING_BLOCK);
	FAKE_COMMAND(PROG_TS2PHC, "ts2phc", "-s", "nmea", "-c", "eth0",
		     "--ts2phc.nmea_remote_host", "gps.example");
	assert_not_asked("files.nmea");
	assert_not_asked("files.ok");
}

static void phc2sys_needs_the_pps_device_that_it_is_given(void **unused)
{
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-d", "/dev/pps0", "-w");
	assert_asked("files.pps", FINDING_BLOCK);
	fake_text("/dev/pps0", "");
	assert_asked("files.pps", FINDING_BLOCK);
	fake_bytes("/dev/pps0", S_IFCHR | 0600, "", 0);
	assert_not_asked("files.pps");
}

/* --- servos --- */

static void the_refclock_socket_needs_a_listener(void **unused)
{
	fake_in.version = V42;
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--clock_servo", "refclock_sock",
		     "--refclock_sock_address", "/run/chrony.sock");
	assert_asked("files.refclock", FINDING_BLOCK);
	assert_string_equal(finding_of("files.refclock")->clears.subject, "/run/chrony.sock");
	fake_bytes("/run/chrony.sock", S_IFSOCK | 0600, "", 0);
	assert_asked("files.refclock", FINDING_BLOCK);
	fake.uds_rc = 0;
	assert_not_asked("files.refclock");
	fake.uds_rc = -EACCES;
	assert_asked("files.refclock", FINDING_UNKNOWN);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--refclock_sock_address", "/none");
	assert_not_asked("files.refclock");
}

static void shm_servo(const char *segment)
{
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-w", "-E", "ntpshm", "-M", segment);
	fake_process(300, "chronyd\n", CMD("chronyd"), 1);
}

static void segment(int number, unsigned perms, unsigned uid, int creator, int last)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "       key shmid perms  size  cpid  lpid nattch   uid   gid\n"
		 "%d 0 %o 96 %d %d 0 %u 0 0 0 1 1 1 0 0\n",
		 0x4e545030 + number, perms, creator, last, uid);
	fake_text("/proc/sysvipc/shm", text);
}

static void a_segment_of_another_user_blocks(void **unused)
{
	shm_servo("2");
	fake.euid = 120;
	fake_in.child_caps = 0;
	segment(2, 0600, 0, 1, 1);
	assert_asked("files.shm_denied", FINDING_BLOCK);
	segment(3, 0600, 0, 1, 1);
	assert_not_asked("files.shm_denied");
	segment(2, 0666, 0, 1, 1);
	assert_not_asked("files.shm_denied");
	segment(2, 0600, 120, 1, 1);
	assert_not_asked("files.shm_denied");
}

static void a_second_writer_of_the_segment_is_named(void **unused)
{
	shm_servo("0");
	fake_process(301, "gpsd\n", CMD("gpsd"), 1);
	segment(0, 0600, 0, 301, 300);
	assert_asked("rival.shared_memory", FINDING_WARN);
	assert_string_equal(finding_of("rival.shared_memory")->subject, "gpsd");
	segment(0, 0600, 0, 300, 300);	/* chronyd only reads it */
	assert_not_asked("rival.shared_memory");
	segment(2, 0600, 0, 301, 301);
	assert_not_asked("rival.shared_memory");
}

static void a_segment_that_nobody_reads_warns(void **unused)
{
	shm_servo("0");
	assert_not_asked("files.no_reader");
	fake_process(300, "sh\n", CMD("sh"), 1);
	assert_asked("files.no_reader", FINDING_WARN);
	fake.hidden = "/proc";		/* not known is not "nobody" */
	assert_not_asked("files.no_reader");
}

/* --- who may write --- */

static void a_configuration_that_everybody_may_change_warns(void **unused)
{
	char path[] = "/tmp/ptpwarden-files-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "-f", path);
	fake_text(path, "")->mode = S_IFREG | 0666;
	assert_asked("files.writable", FINDING_WARN);
	fake_text(path, "")->mode = S_IFREG | 0664;
	assert_not_asked("files.writable");
	unlink(path);
}

static void a_configuration_that_its_user_may_not_read_blocks(void **unused)
{
	char path[] = "/tmp/ptpwarden-files-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "-f", path);
	fake_text("/etc/passwd", "ptp:x:120:130::/:/bin/sh\n");
	fake_text("/etc/group", "ptp:x:130:\n");
	fake_dir("/tmp");
	fake_text(path, "")->mode = S_IFREG | 0640;
	fake_run.user = "ptp";
	assert_asked("files.unreadable", FINDING_BLOCK);
	fake_find(path)->gid = 130;
	assert_not_asked("files.unreadable");
	fake_find(path)->gid = 0;
	fake_run.user = NULL;
	assert_not_asked("files.unreadable");
	unlink(path);
}

static struct plan_run leader_run;
static struct plan_unit both[2];
static struct plan group = { .units = 2, .unit = both };

static void followed(void)
{
	leader_run = fake_run;
	both[0] = fake_unit;
	both[0].program = PROG_PTP4L;
	both[0].runs = &leader_run;
	fake_unit.follows = 0;
	both[1] = fake_unit;
	fake_in.plan = &group;
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-a", "-r");
	fake_text("/etc/passwd", "ptp:x:120:130::/:/bin/sh\nother:x:121:131::/:/bin/sh\n");
	fake_text("/etc/group", "ptp:x:130:\n");
	fake_dir("/var/run")->mode = S_IFDIR | 0777;
	fake_dir("/var");
}

static void phc2sys_alone_needs_somebody_to_ask(void **unused)
{
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-a", "-r");
	assert_asked("uds.no_server", FINDING_WARN);
	fake_bytes("/var/run/ptp4l", S_IFSOCK | 0660, "", 0);
	assert_asked("uds.no_server", FINDING_WARN);
	fake.uds_rc = 0;
	assert_not_asked("uds.no_server");
	fake.identity_rc = -ETIMEDOUT;
	assert_asked("uds.no_answer", FINDING_WARN);
	fake.identity_rc = 0;
	assert_not_asked("uds.no_answer");
	followed();
	fake_remove("/var/run/ptp4l");
	assert_not_asked("uds.no_server");
	fake_in.plan = NULL;
	FAKE_COMMAND(PROG_PHC2SYS, "phc2sys", "-s", "eth0", "-O", "0");
	assert_not_asked("uds.no_server");
}

static void a_folder_of_the_program_that_everybody_may_change_warns(void **unused)
{
	fake_dir("/usr/sbin")->mode = S_IFDIR | 0777;
	assert_asked("binary.folder_writable", FINDING_WARN);
	fake_dir("/usr/sbin")->mode = S_IFDIR | 01777;
	assert_not_asked("binary.folder_writable");
	fake_dir("/usr")->mode = S_IFDIR | 0777;
	assert_asked("binary.folder_writable", FINDING_WARN);
	fake_dir("/usr")->mode = S_IFDIR | 0775;
	assert_not_asked("binary.folder_writable");
}

static void phc2sys_must_be_allowed_to_ask(void **unused)
{
	followed();
	fake_run.user = "ptp";
	assert_asked("uds.client_permission", FINDING_BLOCK);
	leader_run.user = "ptp";
	assert_not_asked("uds.client_permission");
	leader_run.user = NULL;
	fake_bytes("/var/run/ptp4l", S_IFSOCK | 0666, "", 0);
	assert_not_asked("uds.client_permission");
	fake_bytes("/var/run/ptp4l", S_IFSOCK | 0660, "", 0);
	assert_asked("uds.client_permission", FINDING_BLOCK);
	fake_run.user = NULL;
	assert_not_asked("uds.client_permission");
}

/* --- hardware that needs other settings --- */

static void slow_hardware_needs_a_longer_timeout(void **unused)
{
	fake_text("/sys/class/ptp/ptp0/clock_name", "dp83640 timer\n");
	assert_asked("ts.timeout", FINDING_WARN);
	assert_string_equal(finding_of("ts.timeout")->advice,
			    "Set tx_timestamp_timeout 50 in [global].");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--tx_timestamp_timeout", "10");
	assert_not_asked("ts.timeout");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0");
	fake_text("/sys/class/ptp/ptp0/clock_name", "igb clock\n");
	assert_not_asked("ts.timeout");
	fake.driver = "ice";
	assert_asked("ts.timeout", FINDING_WARN);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0");
	assert_not_asked("ts.timeout");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0");
	fake_in.version = V42;
	assert_not_asked("ts.timeout");
}

static void a_broadcom_phy_wants_minor_version_0(void **unused)
{
	fake_text("/sys/class/ptp/ptp0/clock_name", "bcm_phy_ptp\n");
	fake_in.version = V42;
	assert_asked("ts.minor_version", FINDING_WARN);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--ptp_minor_version", "0");
	assert_not_asked("ts.minor_version");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0");
	fake_in.version = V311;
	assert_not_asked("ts.minor_version");
	fake_in.version = V40;
	assert_asked("ts.minor_version", FINDING_WARN);
	assert_non_null(strstr(finding_of("ts.minor_version")->advice, "Install linuxptp 4.2"));
	fake_text("/sys/class/ptp/ptp0/clock_name", "igb clock\n");
	assert_not_asked("ts.minor_version");
}

/* --- timemaster --- */

static char tm_path[] = "/tmp/ptpwarden-files-XXXXXX";

static void timemaster(const char *text)
{
	static const struct fake_elf plain = { .soname = "x" };
	int fd;

	strcpy(tm_path + sizeof(tm_path) - 7, "XXXXXX");
	fd = mkstemp(tm_path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
	FAKE_COMMAND(PROG_TIMEMASTER, "timemaster", "-f", tm_path, "-m", "-q");
	fake_run.env = fake_env;
	fake_env[0] = (char *)"PATH=/sbin:/usr/sbin";
	fake_program("/usr/sbin/chronyd", &plain);
	fake_program("/usr/sbin/phc2sys", &plain);
}

static void the_programs_of_timemaster_must_be_there(void **unused)
{
	timemaster("[ptp_domain 0]\ninterfaces eth0\n");
	assert_not_asked("binary.child");
	fake_remove("/usr/sbin/chronyd");
	assert_asked("binary.child", FINDING_BLOCK);
	assert_string_equal(finding_of("binary.child")->subject, "chronyd");
	assert_string_equal(finding_of("binary.child")->clears.subject, "/usr/sbin/chronyd");
	unlink(tm_path);
	timemaster("[ptp_domain 0]\ninterfaces eth0\n[phc2sys]\npath /opt/phc2sys\n");
	assert_asked("binary.child", FINDING_BLOCK);
	assert_string_equal(finding_of("binary.child")->subject, "/opt/phc2sys");
	fake_iface("eth0")->ts.phc_index = -1;	/* without a clock phc2sys is not started */
	assert_not_asked("binary.child");
	unlink(tm_path);
}

static void timemaster_makes_its_folder_but_not_the_one_above(void **unused)
{
	timemaster("[timemaster]\nrundir /var/run/tm\n[ptp_domain 0]\ninterfaces eth0\n");
	assert_not_asked("uds.dir_missing");
	unlink(tm_path);
	timemaster("[timemaster]\nrundir /var/run/a/b\n[ptp_domain 0]\ninterfaces eth0\n");
	assert_asked("uds.dir_missing", FINDING_BLOCK);
	unlink(tm_path);
}

static void a_ptp4l_on_an_interface_of_timemaster_blocks(void **unused)
{
	timemaster("[ptp_domain 0]\ninterfaces eth0\n");
	fake_process(400, "ptp4l\n", CMD("ptp4l\0-i\0eth0"), 1);
	assert_asked("rival.same_interface", FINDING_BLOCK);
	fake_process(400, "ptp4l\n", CMD("ptp4l\0-i\0eth9"), 1);
	assert_not_asked("rival.same_interface");
	unlink(tm_path);
}

static void its_own_chronyd_is_no_rival(void **unused)
{
	static const pid_t ours[] = { 400 };

	timemaster("[ptp_domain 0]\ninterfaces eth0\n");
	fake_in.ours = ours;
	fake_in.n_ours = 1;
	fake_process(400, "timemaster\n", CMD("timemaster"), 1);
	fake_process(401, "chronyd\n", CMD("chronyd"), 1);
	fake_text("/proc/401/stat", "401 (chro) nyd) S 400 1 1\n");
	assert_not_asked("rival.system_clock");
	fake_text("/proc/401/stat", "401 (chronyd) S 1 1 1\n");
	assert_asked("rival.system_clock", FINDING_WARN);
	unlink(tm_path);
}

/* --- who steers which clock --- */

static void busybox_is_a_rival_as_ntpd_only(void **unused)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0");
	fake_process(300, "busybox\n", CMD("busybox\0ntpd\0-n"), 1);
	assert_asked("rival.system_clock", FINDING_WARN);
	fake_process(300, "busybox\n", CMD("busybox\0sh"), 1);
	assert_not_asked("rival.system_clock");
}

static void who_holds_the_port_of_ntp_steers_the_clock_whatever_its_name(void **unused)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0");
	fake_text("/proc/net/udp", "  sl  local_address rem_address st\n"
				   "  1: 00000000:007B 00000000:0000 07 0:0 0:0 0 0 0 777 2 0 0\n");
	fake_process(300, "ntimed\n", CMD("ntimed"), 1);
	fake_symlink("/proc/300/fd/3", "socket:[777]");
	assert_asked("rival.system_clock", FINDING_WARN);
	assert_string_equal(finding_of("rival.system_clock")->subject, "ntimed");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0");
	assert_not_asked("rival.system_clock");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0");
	fake_process(300, "chronyd\n", CMD("chronyd\0-x"), 1);
	assert_not_asked("rival.system_clock");
}

static void a_ptp4l_under_another_name_is_still_one(void **unused)
{
	fake_process(300, "ptp4l-4.2\n", CMD("ptp4l-4.2\0-i\0eth0"), 1);
	assert_true(asked("rival.same_interface") == FINDING_BLOCK ||
		    asked("rival.ptp4l") == FINDING_WARN);
	fake_process(300, "ptp4lmonitor\n", CMD("ptp4lmonitor"), 1);
	assert_not_asked("rival.ptp4l");
	assert_not_asked("rival.same_interface");
}

static void another_phc2sys_counts_where_it_steers_the_same_clock(void **unused)
{
	static const char other[] = "phc2sys\0-s\0CLOCK_REALTIME\0-c\0eth0\0-O\0000";

	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-s", "-i", "eth0");
	fake_process(300, "phc2sys\n", other, sizeof(other), 1);
	assert_asked("rival.same_clock", FINDING_WARN);
	/* a grandmaster whose clock is fed by phc2sys is a usual thing */
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0");
	assert_not_asked("rival.same_clock");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-s", "-i", "eth0");
	fake_process(300, "phc2sys\n", CMD("phc2sys\0-s\0eth0\0-w"), 1);
	assert_not_asked("rival.same_clock");
	assert_not_asked("rival.phc2sys");
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0");
	assert_asked("rival.phc2sys", FINDING_WARN);
}

static void another_ts2phc_is_known_by_the_device_too(void **unused)
{
	static const char other[] = "ts2phc\0-s\0nmea\0-c\0/dev/ptp0";

	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-s", "-i", "eth0");
	fake_process(300, "ts2phc\n", other, sizeof(other), 1);
	assert_asked("rival.ts2phc", FINDING_WARN);
	fake_iface("eth0")->ts.phc_index = 1;
	assert_not_asked("rival.ts2phc");
}

static void timemaster_is_a_rival_in_its_own_network_only(void **unused)
{
	fake_process(300, "timemaster\n", CMD("timemaster"), 1);
	assert_asked("rival.timemaster", FINDING_WARN);
	fake_process(300, "timemaster\n", CMD("timemaster"), 2);
	assert_not_asked("rival.timemaster");
}

static void a_second_ptpwarden_is_one_with_another_file(void **unused)
{
	static struct plan plan = { .file = (char *)"/etc/ptpwarden.conf" };

	fake_in.plan = &plan;
	fake_process(300, "ptpwarden\n", CMD("ptpwarden\0run\0-f\0/root/x.conf"), 1);
	assert_asked("rival.ptpwarden", FINDING_WARN);
	fake_process(300, "ptpwarden\n", CMD("ptpwarden\0run\0-f\0/etc/ptpwarden.conf"), 1);
	assert_not_asked("rival.ptpwarden");
	fake_process(300, "ptpwarden\n", CMD("ptpwarden\0run\0-fptpwarden.conf"), 1);
	assert_not_asked("rival.ptpwarden");
	fake_symlink("/root/y.conf", "/etc/ptpwarden.conf");
	fake_text("/etc/ptpwarden.conf", "");
	fake_process(300, "ptpwarden\n", CMD("ptpwarden\0run\0-f\0/root/y.conf"), 1);
	assert_not_asked("rival.ptpwarden");
	fake_process(300, "ptpwarden\n", CMD("ptpwarden\0monitor\0-f\0/root/x.conf"), 1);
	assert_not_asked("rival.ptpwarden");
}

static void a_clock_that_nobody_here_corrects_gives_the_hidden_one_away(void **unused)
{
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-S", "-i", "eth0");
	fake.clock = (struct clock_state){ .maxerror_us = 3000 };
	assert_asked("rival.hidden", FINDING_WARN);
	assert_fact("host.clock_synced", "yes");
	fake.clock.maxerror_us = 20000;		/* 40 s ago: may be a program that has ended */
	assert_not_asked("rival.hidden");
	fake.clock = (struct clock_state){ .maxerror_us = 3000, .unsynced = true };
	assert_not_asked("rival.hidden");
	fake.clock.unsynced = false;
	fake_process(300, "chronyd\n", CMD("chronyd"), 1);
	assert_not_asked("rival.hidden");
	fake_process(300, "sh\n", CMD("sh"), 1);
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0");
	assert_not_asked("rival.hidden");
}

/* --- the host --- */

static void the_offset_of_tai_is_unset_or_right(void **unused)
{
	assert_not_asked("host.tai_offset");
	fake.clock.tai_offset = 36;
	assert_asked("host.tai_offset", FINDING_WARN);
	fake.clock.tai_offset = 37;
	assert_not_asked("host.tai_offset");
	fake.clock.tai_offset = 38;	/* as the configuration says */
	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0", "--utc_offset", "38");
	assert_not_asked("host.tai_offset");
}

static void what_the_kernel_lacks_is_said_and_is_no_warning(void **unused)
{
	assert_not_asked("host.features");
	fake.lacks = FEATURE_PIDFD;
	assert_asked("host.features", FINDING_PASS);
	assert_string_equal(finding_of("host.features")->detail, "without pidfd");
	fake.lacks = FEATURE_STEP_NOTICE;
	assert_asked("host.features", FINDING_PASS);
	fake.lacks = 0;
	fake_iface("eth0")->ts.source = "ioctl";
	assert_asked("host.features", FINDING_PASS);
}

static void little_memory_warns(void **unused)
{
	fake_text("/proc/meminfo", "MemTotal: 60000 kB\nMemAvailable: 4095 kB\n");
	assert_asked("host.memory", FINDING_WARN);
	fake_text("/proc/meminfo", "MemTotal: 60000 kB\nMemAvailable: 4096 kB\n");
	assert_not_asked("host.memory");
	fake_text("/proc/meminfo", "MemTotal: 60000 kB\n");	/* before Linux 3.14 */
	assert_not_asked("host.memory");
}

static void a_boot_a_moment_ago_is_said(void **unused)
{
	fake_text("/proc/uptime", "59.9 100.0\n");
	assert_asked("host.booting", FINDING_PASS);
	assert_fact("host.at_boot", "yes");
	fake_text("/proc/uptime", "60.1 100.0\n");
	assert_not_asked("host.booting");
	assert_fact("host.at_boot", "no");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, fake_healthy)
	static const struct CMUnitTest tests[] = {
		T(an_expired_leap_list_warns),
		T(a_leap_list_that_is_none_blocks),
		T(a_missing_leap_list_blocks_who_needs_one),
		T(nmea_needs_its_serial_port),
		T(phc2sys_needs_the_pps_device_that_it_is_given),
		T(the_refclock_socket_needs_a_listener),
		T(a_segment_of_another_user_blocks),
		T(a_second_writer_of_the_segment_is_named),
		T(a_segment_that_nobody_reads_warns),
		T(a_configuration_that_everybody_may_change_warns),
		T(a_configuration_that_its_user_may_not_read_blocks),
		T(phc2sys_alone_needs_somebody_to_ask),
		T(a_folder_of_the_program_that_everybody_may_change_warns),
		T(phc2sys_must_be_allowed_to_ask),
		T(slow_hardware_needs_a_longer_timeout),
		T(a_broadcom_phy_wants_minor_version_0),
		T(the_programs_of_timemaster_must_be_there),
		T(timemaster_makes_its_folder_but_not_the_one_above),
		T(a_ptp4l_on_an_interface_of_timemaster_blocks),
		T(its_own_chronyd_is_no_rival),
		T(busybox_is_a_rival_as_ntpd_only),
		T(who_holds_the_port_of_ntp_steers_the_clock_whatever_its_name),
		T(a_ptp4l_under_another_name_is_still_one),
		T(another_phc2sys_counts_where_it_steers_the_same_clock),
		T(another_ts2phc_is_known_by_the_device_too),
		T(timemaster_is_a_rival_in_its_own_network_only),
		T(a_second_ptpwarden_is_one_with_another_file),
		T(a_clock_that_nobody_here_corrects_gives_the_hidden_one_away),
		T(the_offset_of_tai_is_unset_or_right),
		T(what_the_kernel_lacks_is_said_and_is_no_warning),
		T(little_memory_warns),
		T(a_boot_a_moment_ago_is_said),
	};
#undef T
	return cmocka_run_group_tests(tests, NULL, NULL);
}
