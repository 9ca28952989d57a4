#include "test.h"
#include "supervisor/diagnose/logline.h"

static struct logline parse(const char *line)
{
	struct logline out;

	logline_parse(&out, line, strlen(line));
	return out;
}

static void assert_text(const struct logline *l, const char *text)
{
	assert_int_equal(l->text.len, strlen(text));
	assert_memory_equal(l->text.at, text, strlen(text));
}

static void linuxptp_prefix_gives_program_and_stamp(void **unused)
{
	struct logline l = parse("phc2sys[1326.319]: Waiting for ptp4l...\n");

	assert_int_equal(l.program, PROG_PHC2SYS);
	assert_int_equal(l.stamp, 1326319);
	assert_false(l.bare);
	assert_text(&l, "Waiting for ptp4l...");
}

static void port_prefixes_of_old_and_new_versions_are_taken(void **unused)
{
	struct logline l = parse("ptp4l[1.000]: port 2: link down");

	assert_int_equal(l.port, 2);
	assert_false(l.port_named);
	assert_text(&l, "link down");
	l = parse("ptp4l[1.000]: port 1 (enp1s0): link up  \r\n");
	assert_int_equal(l.port, 1);
	assert_true(l.port_named);
	assert_int_equal(l.iface.len, 6);
	assert_text(&l, "link up");
	l = parse("port 0 (/var/run/ptp4l): INITIALIZING to LISTENING on INIT_COMPLETE");
	assert_int_equal(l.port, 0);
	assert_true(l.bare);
}

static void syslog_journal_and_double_prefixes_are_peeled_off(void **unused)
{
	static const char *const lines[] = {
		"Jun 08 01:46:27 HOST ptp4l[1739]: [2123.452] port 1: link down",
		"Apr 10 16:01:01 HOST ptp4l[10683]: ptp4l[2123.452]: port 1: link down",
		"<27>Jun  8 01:46:27 ptp4l: [2123.452] port 1: link down",
		"2024-05-01T10:00:00.123+02:00 host ptp4l[9]: [2123.452] port 1: link down",
		"ptp4l[2123.452]: [ptp4l.0.config] port 1: link down",
		"Jun 08 02:13:45 HOST sh[824]: ptp4l[2123.452]: port 1: link down",
		"Jan  1 00:06:02 box user.notice ptp4l: [2123.452] port 1: link down",
		"Thu Jan  5 10:00:00 2023 daemon.err ptp4l[99]: [2123.452] port 1: link down",
		"ptp_1  | ptp4l[2123.452]: port 1: link down",
		"[2023-01-05 10:00:00] ptp4l[2123.452]: port 1: link down",
		"2023/01/05 10:00:00 ptp4l[2123.452]: port 1: link down",
		"I0105 10:00:00.123 1 x.go:1] ptp4l[2123.452]: [ptp4l.0.config:4] port 1: link down",
		"{\"log\":\"ptp4l[2123.452]: port 1: link down",
		"\033[0;32mptp4l[2123.452]: port 1: link down",
		"> ptp4l[2123.452]: port 1: link down",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct logline l = parse(lines[i]);

		assert_int_equal(l.program, PROG_PTP4L);
		assert_int_equal(l.stamp, 2123452);
		assert_int_equal(l.port, 1);
		assert_text(&l, "link down");
	}
}

static void a_name_in_the_message_is_no_prefix(void **unused)
{
	struct logline l = parse("sudo: ptp4l: command not found");

	assert_text(&l, "sudo: ptp4l: command not found");
	l = parse("uds: bind failed for ptp4l [x]");
	assert_text(&l, "uds: bind failed for ptp4l [x]");
	l = parse("> port 1: link down");
	assert_text(&l, "link down");
}

static void kernel_lines_are_known_by_their_six_decimals(void **unused)
{
	struct logline l = parse("[   10.494911] bcmgenet eth0: Link is Up");

	assert_true(l.kernel);
	assert_int_equal(l.stamp, 10494);
	l = parse("kernel: igb 0000:01:00.0: clearing Tx timestamp hang");
	assert_true(l.kernel);
	assert_text(&l, "igb 0000:01:00.0: clearing Tx timestamp hang");
}

static void broken_prefixes_stay_text(void **unused)
{
	static const char *const lines[] = {
		"ptp4l[12.34]: x", "ptp4l[12.345", "[1.2", "port x: y", "port 1 (eth0", "Jun 08",
		"<1", "2024-05-01T", "ptp4l[", "[", "port ", "",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		for (size_t len = 0; len <= strlen(lines[i]); len++) {
			struct logline l;

			logline_parse(&l, lines[i], len);
			assert_true(l.text.at + l.text.len <= lines[i] + len);
		}
}

static bool offset(const char *text, struct logline_offset *o)
{
	return logline_offset(o, text, strlen(text));
}

static void offset_lines_of_all_programs_become_numbers(void **unused)
{
	struct logline_offset o;

	assert_true(offset("master offset      -4307 s2 freq   +7370 path delay     -2965", &o));
	assert_true(o.master && o.servo == 2 && o.offset_ns == -4307 && o.freq_ppb == 7370);
	assert_true(o.has_delay && o.delay_ns == -2965);
	assert_true(offset("CLOCK_REALTIME phc offset       199 s2 freq   -3421 delay    680", &o));
	assert_true(!o.master && o.offset_ns == 199 && o.delay_ns == 680);
	assert_true(offset("/dev/ptp1 offset          6 s3 freq  +12352", &o));
	assert_true(o.servo == 3 && !o.has_delay);
	assert_true(offset("rms  243 max  406 freq -12171 +/- 335 delay  6835 +/-   0", &o));
	assert_true(o.summary && o.offset_ns == 243 && o.max_ns == 406 && o.delay_ns == 6835);
	assert_true(offset("CLOCK_REALTIME rms    6 max   11 freq +13719 +/-   5", &o));
	assert_true(o.summary && !o.master && !o.has_delay);
}

static void lines_that_only_resemble_offsets_are_none(void **unused)
{
	struct logline_offset o;

	assert_false(offset("master offset", &o));
	assert_false(offset("master offset 12 s9 freq +1", &o));
	assert_false(offset("master offset x s2 freq +1 path delay 1", &o));
	assert_false(offset("updating UTC offset to 37", &o));
	assert_false(offset("rms 12 max", &o));
	assert_false(offset("", &o));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linuxptp_prefix_gives_program_and_stamp),
		cmocka_unit_test(port_prefixes_of_old_and_new_versions_are_taken),
		cmocka_unit_test(syslog_journal_and_double_prefixes_are_peeled_off),
		cmocka_unit_test(a_name_in_the_message_is_no_prefix),
		cmocka_unit_test(kernel_lines_are_known_by_their_six_decimals),
		cmocka_unit_test(broken_prefixes_stay_text),
		cmocka_unit_test(offset_lines_of_all_programs_become_numbers),
		cmocka_unit_test(lines_that_only_resemble_offsets_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
