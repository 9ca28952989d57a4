/*
 * Setups with PTP clocks as people have them: none may get a warning. What needs no clock is
 * made for real in tests/integration/healthy.sh.
 */
#include <linux/net_tstamp.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"
#include "fakesys.h"

#define CMD(words) (words), sizeof(words)

enum { V311 = 0x030101, V42 = 0x040200 };

static void assert_quiet(const char *what)
{
	asked("none");
	for (unsigned i = 0; i < fake_out.findings.n; i++) {
		const struct finding *f = &fake_out.findings.at[i];

		if (f->state != FINDING_PASS)
			fail_msg("%s: %s %s: %s", what, f->id, f->subject, f->detail);
	}
}

/* All words of one command line; both versions that people have must be content. */
static void quiet(enum program program, const char *line)
{
	static char room[512];
	const char *words[16] = { NULL };
	int n = 0;

	snprintf(room, sizeof(room), "%s", line);
	for (char *w = strtok(room, " "); w && n < 15; w = strtok(NULL, " "))
		words[n++] = w;
	fake_command(program, words);
	fake_in.version = V311;
	assert_quiet(line);
	fake_in.version = V42;
	assert_quiet(line);
}

static void second_card(void)
{
	fake_add_iface("eth1", 1);
	fake_bytes("/dev/ptp1", S_IFCHR | 0600, "", 0)->rdev = makedev(250, 1);
	fake_symlink("/sys/dev/char/250:1", "../../devices/pci/ptp/ptp1");
	fake_dir("/sys/class/ptp/ptp1");
}

static void a_client_or_grandmaster_with_one_card(void **unused)
{
	quiet(PROG_PTP4L, "ptp4l -i eth0 -m -q");
	quiet(PROG_PTP4L, "ptp4l -2 -i eth0 -m -q");
	quiet(PROG_PTP4L, "ptp4l -6 -P -i eth0 -m -q");
	quiet(PROG_PTP4L, "ptp4l -i eth0 --priority1 1 --clockClass 6 -m -q");
	quiet(PROG_PTP4L, "ptp4l -S -i eth0 -m -q");
}

static void gptp_on_ethernet(void **unused)
{
	quiet(PROG_PTP4L, "ptp4l -2 -P -i eth0 --transportSpecific 1 --path_trace_enabled 1 "
			  "--follow_up_info 1 --neighborPropDelayThresh 800");
}

static void a_boundary_clock_with_one_card_or_two(void **unused)
{
	fake_add_iface("eth1", 0);
	quiet(PROG_PTP4L, "ptp4l -i eth0 -i eth1 --clock_type BC");
	fake.links--;
	second_card();
	quiet(PROG_PTP4L, "ptp4l -i eth0 -i eth1 --clock_type BC --boundary_clock_jbod 1");
}

static void one_step_where_the_card_can(void **unused)
{
	fake_iface("eth0")->ts.tx_types |= 1u << HWTSTAMP_TX_ONESTEP_SYNC;
	quiet(PROG_PTP4L, "ptp4l -i eth0 --twoStepFlag 0");
}

static void phc2sys_by_itself_or_with_all_clocks(void **unused)
{
	static struct plan_unit units[2];
	static struct plan plan = { .units = 2, .unit = units };
	static struct plan_run leader;

	FAKE_COMMAND(PROG_PTP4L, "ptp4l", "-i", "eth0");
	leader = fake_run;
	leader.argv = (char *[]){ (char *)"ptp4l", (char *)"-i", (char *)"eth0", NULL };
	units[0] = fake_unit;
	units[0].runs = &leader;
	fake_unit.follows = 0;
	units[1] = fake_unit;
	fake_in.plan = &plan;
	plan.run_dir = (char *)"/run/ptpwarden";
	quiet(PROG_PHC2SYS, "phc2sys -s eth0 -w -m -q");
	quiet(PROG_PHC2SYS, "phc2sys -a -r -m -q");
	quiet(PROG_PHC2SYS, "phc2sys -s /dev/ptp0 -O -37 -S 1.0 -m -q");
	quiet(PROG_PHC2SYS, "phc2sys -s CLOCK_REALTIME -c eth0 -O 37");
}

static void ts2phc_with_a_receiver(void **unused)
{
	char list[128];

	fake.phc.extts = fake.phc.pins = 1;
	fake.phc.pps = true;
	fake_bytes("/dev/ttyS0", S_IFCHR | 0600, "", 0);
	snprintf(list, sizeof(list), "#@ %lld\n2272060800\t10\n",
		 (long long)fake.wall_s + 2208988800 + 86400);
	fake_text("/usr/share/leap-seconds.list", list);
	quiet(PROG_TS2PHC, "ts2phc -s nmea -c eth0 --leapfile /usr/share/leap-seconds.list -m -q");
	quiet(PROG_TS2PHC, "ts2phc -s generic -c eth0 -m -q");
}

static void a_vlan_above_a_card(void **unused)
{
	struct fake_link *l = fake_add_iface("eth0.5", 0);

	strcpy(l->link.kind, "vlan");
	l->link.lower = fake_iface("eth0")->link.index;
	quiet(PROG_PTP4L, "ptp4l -i eth0.5");
}

static void a_user_with_his_own_folder_and_a_udev_rule(void **unused)
{
	fake_text("/etc/passwd", "ptp:x:120:130::/:/bin/sh\n");
	fake_text("/etc/group", "ptp:x:130:\n");
	fake_run.user = "ptp";
	fake_find("/dev/ptp0")->mode = S_IFCHR | 0660;
	fake_find("/dev/ptp0")->gid = 130;
	fake_dir("/var");
	fake_dir("/dev");
	fake_dir("/usr");
	fake_dir("/usr/sbin");
	fake_find("/var/run")->uid = 120;
	quiet(PROG_PTP4L, "ptp4l -i eth0 -m -q");
}

static void neighbours_that_leave_us_alone(void **unused)
{
	fake_process(300, "chronyd\n", CMD("chronyd\0-x"), 1);
	fake_process(301, "ptp4l\n", CMD("ptp4l\0-i\0eth0"), 2);
	fake_process(302, "gpsd\n", CMD("gpsd"), 1);
	fake.clock = (struct clock_state){ .tai_offset = 37, .maxerror_us = 100 };
	quiet(PROG_PTP4L, "ptp4l -i eth0 -m -q");
	quiet(PROG_PTP4L, "ptp4l -S -i eth0 --clock_servo ntpshm -m -q");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, fake_healthy)
	static const struct CMUnitTest tests[] = {
		T(a_client_or_grandmaster_with_one_card),
		T(gptp_on_ethernet),
		T(a_boundary_clock_with_one_card_or_two),
		T(one_step_where_the_card_can),
		T(phc2sys_by_itself_or_with_all_clocks),
		T(ts2phc_with_a_receiver),
		T(a_vlan_above_a_card),
		T(a_user_with_his_own_folder_and_a_udev_rule),
		T(neighbours_that_leave_us_alone),
	};
#undef T
	return cmocka_run_group_tests(tests, NULL, NULL);
}
