#include <errno.h>
#include <stdio.h>

#include "test.h"
#include "supervisor/diagnose/healthjudge.h"

enum { T0 = 100000 };

struct bench {
	struct daemon_conf conf;
	struct health_seen seen;
	msec_t now;
};

static struct bench a_ptp4l(void)
{
	struct bench b = {
		.conf = { .program = PROG_PTP4L, .priority1 = 128, .log_announce_interval = 1,
			  .announce_receipt_timeout = 3, .time_stamping = TS_HARDWARE,
			  .uds_address = "/var/run/ptp4l" },
		.now = T0,
	};

	health_reset(&b.seen, T0);
	b.seen.holdover = HOUR;
	return b;
}

static struct bench a_client(void)
{
	struct bench b = a_ptp4l();

	b.conf.client_only = true;
	return b;
}

static bool says(struct bench *b, const char *line)
{
	return health_line(&b->seen, b->conf.program, line, strlen(line), b->now);
}

static void answers(struct bench *b)
{
	b->seen.asked_at = b->seen.answered_at = b->now;
	b->seen.unanswered = 0;
	b->seen.uds_errno = 0;
	b->seen.uds_lost_at = MSEC_NONE;
}

static struct health judge(struct bench *b)
{
	struct health h = health_judge(&b->conf, &b->seen, b->now);

	assert_int_equal(h.ready, h.why_not[0] == '\0');
	assert_false(h.ready && h.broken);
	health_note(&b->seen, &h, b->now);
	return h;
}

/* -- lines -- */

static void state_changes_of_all_versions_are_understood(void **unused)
{
	static const char *const forms[] = {
		"ptp4l[4711.123]: port 1: LISTENING to UNCALIBRATED on RS_SLAVE",
		"ptp4l[4711.123]: port 1 (eth0): LISTENING to UNCALIBRATED on RS_SLAVE",
		"ptp4l[4711.123]: [ptp4l.0.config] port 1 (eth0): LISTENING to UNCALIBRATED on RS_SLAVE",
		"ptp4l[4711.123]: my tag:5 port 1: LISTENING to UNCALIBRATED on RS_SLAVE",
		"my-ptp[1.000]: port 1 (eth0): LISTENING to UNCALIBRATED on RS_SLAVE (FT_UNSPECIFIED)",
	};

	for (unsigned i = 0; i < ARRAY_LEN(forms); i++) {
		struct bench b = a_client();

		assert_true(says(&b, forms[i]));
		assert_int_equal(b.seen.ports, 1);
		assert_int_equal(b.seen.port[0].number, 1);
		assert_int_equal(b.seen.port[0].state, PORT_UNCALIBRATED);
		assert_int_equal(b.seen.port[0].since, T0);
	}
}

static void the_interface_is_taken_from_the_newer_prefix(void **unused)
{
	struct bench b = a_client();

	says(&b, "ptp4l[1.000]: port 2 (enp1s0f1): INITIALIZING to LISTENING on INIT_COMPLETE");
	assert_string_equal(b.seen.port[0].interface, "enp1s0f1");
	says(&b, "ptp4l[1.000]: port 2: LISTENING to FAULTY on FAULT_DETECTED");
	assert_string_equal(b.seen.port[0].interface, "enp1s0f1");
	assert_int_equal(b.seen.ports, 1);
}

static void the_management_port_is_no_ptp_port(void **unused)
{
	struct bench b = a_client();

	assert_true(says(&b, "ptp4l[1.0]: port 0 (/var/run/ptp4l): INITIALIZING to LISTENING on INIT_COMPLETE"));
	assert_int_equal(b.seen.ports, 0);
}

static void offsets_of_all_programs_are_understood(void **unused)
{
	static const struct { enum program program; const char *line; int64_t ns; int servo; } forms[] = {
		{ PROG_PTP4L, "ptp4l[1.000]: master offset        -423 s2 freq  +1234 path delay       812", -423, 2 },
		{ PROG_PTP4L, "ptp4l[1.000]: tag master offset 37000001912 s1 freq +100000000 path delay 1", 37000001912, 1 },
		{ PROG_PHC2SYS, "phc2sys[1.000]: CLOCK_REALTIME phc offset      -17 s2 freq    +995 delay    512", -17, 2 },
		{ PROG_PHC2SYS, "phc2sys[1.000]: eth0 sys offset 3 s0 freq -0", 3, 0 },
		{ PROG_TS2PHC, "ts2phc[1.000]: /dev/ptp0 offset        -5 s3 freq     -10 holdover", -5, 3 },
		{ PROG_TS2PHC, "ts2phc[1.000]: /dev/ptp0 master offset        12 s2 freq     -10", 12, 2 },
	};

	for (unsigned i = 0; i < ARRAY_LEN(forms); i++) {
		struct bench b = a_ptp4l();

		b.conf.program = forms[i].program;
		assert_true(says(&b, forms[i].line));
		assert_true(b.seen.offset_ns == forms[i].ns);
		assert_int_equal(b.seen.servo.state, forms[i].servo);
		assert_int_equal(b.seen.offset_at, T0);
	}
}

static void summaries_refresh_the_offset_and_say_nothing_of_the_servo(void **unused)
{
	struct bench b = a_ptp4l();

	assert_true(says(&b, "ptp4l[1.0]: rms   12 max   30 freq   -100 +/-  5"));
	assert_true(b.seen.offset_ns == 12);
	assert_int_equal(b.seen.servo.state, -1);
}

static void near_misses_and_rubbish_tell_nothing(void **unused)
{
	static const char *const lines[] = {
		"", "port", "port 1", "port 1: LISTENING to", "port 1: LISTENING to SLAVE",
		"port 1: SLEEPING to SLAVE on X", "port 99999: LISTENING to SLAVE on X",
		"port -1: LISTENING to SLAVE on X", "port 1 (eth0: LISTENING to SLAVE on X",
		"ptp4l[1.0]: master offset abc s2 freq +1", "master offset 5 s7 freq +1",
		"offset 99999999999999999999999999 s2 freq 1", "rms 5 max", "\xff\xfe port",
	};

	for (unsigned i = 0; i < ARRAY_LEN(lines); i++) {
		struct bench b = a_ptp4l();

		assert_false(says(&b, lines[i]));
		assert_int_equal(b.seen.ports, 0);
		assert_int_equal(b.seen.offset_at, MSEC_NONE);
		assert_int_equal(b.seen.line_at, T0);
	}
}

static void a_line_without_its_terminator_is_not_read_past_its_end(void **unused)
{
	static const char whole[] = "port 1: LISTENING to UNCALIBRATED on RS_SLAVE";

	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		struct health_seen seen;
		char *part = test_malloc(len ? len : 1);	/* the sanitizer guards its end */

		memcpy(part, whole, len);
		health_reset(&seen, T0);
		(void)health_line(&seen, PROG_PTP4L, part, len, T0);
		test_free(part);
	}
}

static void one_port_more_than_fits_is_ignored(void **unused)
{
	struct bench b = a_ptp4l();
	char line[64];

	for (int i = 1; i <= PORTS_MAX + 1; i++) {
		snprintf(line, sizeof(line), "port %d: INITIALIZING to LISTENING on X", i);
		says(&b, line);
	}
	assert_int_equal(b.seen.ports, PORTS_MAX);
	assert_int_equal(b.seen.port[PORTS_MAX - 1].number, PORTS_MAX);
}

/* -- ptp4l -- */

static void a_client_is_ready_as_slave_and_locked_with_its_servo(void **unused)
{
	struct bench b = a_client();

	assert_false(judge(&b).ready);
	assert_int_equal(judge(&b).lock, LOCK_UNKNOWN);
	answers(&b);
	says(&b, "port 1 (eth0): INITIALIZING to LISTENING on INIT_COMPLETE");
	assert_false(judge(&b).ready);
	assert_int_equal(judge(&b).lock, LOCK_FREERUN);
	says(&b, "port 1 (eth0): LISTENING to UNCALIBRATED on RS_SLAVE");
	assert_false(judge(&b).ready);
	says(&b, "master offset 5 s0 freq +0 path delay 1");
	assert_true(judge(&b).ready);
	assert_int_equal(judge(&b).lock, LOCK_FREERUN);
	says(&b, "port 1 (eth0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
	says(&b, "master offset 5 s2 freq +0 path delay 1");
	assert_true(judge(&b).ready);
	assert_int_equal(judge(&b).lock, LOCK_LOCKED);
}

static void a_client_that_elects_itself_master_is_never_ready(void **unused)
{
	struct bench b = a_client();

	answers(&b);
	says(&b, "port 1: LISTENING to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES");
	b.now += HOUR;
	answers(&b);
	assert_false(judge(&b).ready);
	assert_int_equal(judge(&b).lock, LOCK_FREERUN);
}

static void a_box_meant_as_master_is_locked_after_two_announce_timeouts(void **unused)
{
	struct bench b = a_ptp4l();

	b.conf.server_only = true;
	answers(&b);
	says(&b, "port 1: LISTENING to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES");
	b.now += 6 * SEC;
	says(&b, "port 1: MASTER to GRAND_MASTER on RS_GRAND_MASTER");
	answers(&b);
	assert_true(judge(&b).ready);
	assert_int_equal(judge(&b).lock, LOCK_FREERUN);
	b.now += 6 * SEC;
	answers(&b);
	assert_int_equal(judge(&b).lock, LOCK_LOCKED);
	b.conf.free_running = true;
	assert_int_equal(judge(&b).lock, LOCK_FREERUN);
}

static void a_box_that_may_be_either_is_a_ready_master_only_after_the_election(void **unused)
{
	struct bench b = a_ptp4l();

	answers(&b);
	says(&b, "port 1: LISTENING to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES");
	b.now += SEC;
	assert_false(judge(&b).ready);
	b.now += 11 * SEC;
	answers(&b);
	assert_true(judge(&b).ready);
	assert_int_equal(judge(&b).lock, LOCK_FREERUN);	/* nobody vouches for its time */
}

static void a_boundary_clock_is_ready_with_a_slave_and_masters(void **unused)
{
	struct bench b = a_ptp4l();

	answers(&b);
	says(&b, "port 1: UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
	says(&b, "port 2: LISTENING to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES");
	assert_true(judge(&b).ready);
	assert_int_equal(judge(&b).lock, LOCK_LOCKED);
	says(&b, "port 2: MASTER to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
	assert_false(judge(&b).ready);
	assert_false(judge(&b).broken);
}

static void a_free_running_client_is_ready_uncalibrated_with_fresh_offsets(void **unused)
{
	struct bench b = a_client();

	b.conf.free_running = true;
	answers(&b);
	says(&b, "port 1: LISTENING to UNCALIBRATED on RS_SLAVE");
	says(&b, "master offset 5 s0 freq +0 path delay 1");
	assert_true(judge(&b).ready);
	assert_int_equal(judge(&b).lock, LOCK_FREERUN);
	b.now += 10 * SEC;
	answers(&b);
	assert_false(judge(&b).ready);
}

static void a_lost_source_is_holdover_for_a_while_and_free_running_then(void **unused)
{
	struct bench b = a_client();

	answers(&b);
	says(&b, "port 1: UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
	assert_int_equal(judge(&b).lock, LOCK_LOCKED);
	b.now += SEC;
	answers(&b);
	says(&b, "port 1: SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES");
	assert_int_equal(judge(&b).lock, LOCK_HOLDOVER);
	assert_false(judge(&b).ready);
	b.now += HOUR;
	answers(&b);
	assert_int_equal(judge(&b).lock, LOCK_FREERUN);
}

static void a_port_that_failed_at_initialisation_is_broken_a_later_fault_is_not(void **unused)
{
	struct bench b = a_client();

	answers(&b);
	says(&b, "port 1: LISTENING to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
	assert_false(judge(&b).broken);
	b = a_client();
	answers(&b);
	says(&b, "port 1: INITIALIZING to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
	assert_true(judge(&b).broken);
	says(&b, "port 1: FAULTY to LISTENING on INIT_COMPLETE");	/* against all experience */
	assert_false(judge(&b).broken);
}

static void three_unanswered_questions_and_silence_are_a_hang(void **unused)
{
	struct bench b = a_client();

	answers(&b);
	says(&b, "port 1: UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
	b.seen.mute_since = b.now + 2 * SEC;
	b.now += 4 * SEC;
	b.seen.unanswered = 2;
	assert_false(judge(&b).broken);
	b.seen.unanswered = 3;
	assert_true(judge(&b).broken);
	assert_int_equal(judge(&b).trouble, TROUBLE_HANG);
	assert_false(judge(&b).ready);
	assert_int_equal(judge(&b).lock, LOCK_UNKNOWN);
}

static void one_that_prints_but_never_answered_is_not_called_hung(void **unused)
{
	struct bench b = a_client();

	b.now += 20 * SEC;
	says(&b, "master offset 5 s2 freq +0 path delay 1");
	b.seen.unanswered = 20;
	b.seen.mute_since = T0;
	assert_false(judge(&b).broken);
	assert_int_equal(judge(&b).trouble, TROUBLE_NO_ANSWER);
	b.seen.answered_at = T0 + SEC;	/* it did answer once: now it is worth a restart */
	assert_true(judge(&b).broken);
}

static void a_lost_management_socket_is_broken_after_a_second(void **unused)
{
	static const int lost[] = { ENOENT, ECONNREFUSED };

	for (unsigned i = 0; i < ARRAY_LEN(lost); i++) {
		struct bench b = a_client();

		answers(&b);
		says(&b, "port 1: UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
		b.now += MIN;
		b.seen.uds_errno = lost[i];
		b.seen.uds_lost_at = b.now;
		assert_false(judge(&b).ready);
		assert_false(judge(&b).broken);
		b.now += HEALTH_LOST_SOCKET_MS;
		assert_true(judge(&b).broken);
		assert_int_equal(judge(&b).trouble, TROUBLE_SOCKET_LOST);
	}
}

static void a_socket_that_is_not_there_yet_is_not_called_gone(void **unused)
{
	struct bench b = a_client();
	struct health h;

	b.seen.uds_errno = ENOENT;
	b.seen.uds_lost_at = b.now;
	h = judge(&b);
	assert_int_equal(h.trouble, TROUBLE_STARTING);
	assert_false(health_socket_lost(&b.seen, b.now));
	b.now += HEALTH_NO_SOCKET_MS;
	h = judge(&b);
	assert_int_equal(h.trouble, TROUBLE_SOCKET_LOST);
	assert_true(h.broken);
	assert_true(health_socket_lost(&b.seen, b.now));
}

static void a_port_that_is_on_its_way_is_no_evidence_of_a_fault(void **unused)
{
	struct bench b = a_client();

	assert_null(health_telling_port(&b.conf, &b.seen, b.now));
	says(&b, "port 1: LISTENING to UNCALIBRATED on RS_SLAVE");
	assert_null(health_telling_port(&b.conf, &b.seen, b.now));
	b.now += HOUR;
	assert_non_null(health_telling_port(&b.conf, &b.seen, b.now));
	b.conf.free_running = true;	/* it never gets further */
	assert_null(health_telling_port(&b.conf, &b.seen, b.now));
	says(&b, "port 2: LISTENING to FAULTY on FAULT_DETECTED");
	assert_int_equal(health_telling_port(&b.conf, &b.seen, b.now)->number, 2);
}

static void a_socket_that_refuses_us_is_no_reason_for_a_restart(void **unused)
{
	struct bench b = a_client();

	b.seen.uds_errno = EACCES;
	b.now += MIN;
	assert_false(judge(&b).ready);
	assert_false(judge(&b).broken);
}

/* -- the others -- */

static struct bench a_phc2sys(void)
{
	struct bench b = a_ptp4l();

	b.conf.program = PROG_PHC2SYS;
	return b;
}

static void phc2sys_is_ready_at_its_first_locked_line(void **unused)
{
	struct bench b = a_phc2sys();

	assert_true(says(&b, "phc2sys[1.000]: Waiting for ptp4l..."));
	assert_false(judge(&b).ready);
	assert_true(b.seen.waiting_for_ptp4l);
	says(&b, "phc2sys[2.000]: CLOCK_REALTIME phc offset 17 s0 freq +0 delay 512");
	assert_false(b.seen.waiting_for_ptp4l);
	assert_false(judge(&b).ready);
	says(&b, "phc2sys[3.000]: CLOCK_REALTIME phc offset 17 s2 freq +0 delay 512");
	assert_true(judge(&b).ready);
	assert_int_equal(judge(&b).lock, LOCK_LOCKED);
}

static void phc2sys_that_falls_silent_is_stale_then_broken(void **unused)
{
	struct bench b = a_phc2sys();

	says(&b, "CLOCK_REALTIME phc offset 17 s2 freq +0 delay 512");
	b.now += 9 * SEC;
	assert_false(judge(&b).ready);
	assert_false(judge(&b).broken);
	b.now += 12 * SEC;
	assert_true(judge(&b).broken);
	assert_int_equal(judge(&b).trouble, TROUBLE_SILENT);
}

static void phc2sys_with_summaries_is_ready_without_a_known_lock(void **unused)
{
	struct bench b = a_phc2sys();

	b.conf.line_every_ms = 60 * 1000;	/* -u 60 */
	says(&b, "CLOCK_REALTIME rms 4 max 9 freq +100 +/- 3 delay 500 +/- 2");
	b.now += MIN;
	assert_true(judge(&b).ready);
	assert_int_equal(judge(&b).lock, LOCK_UNKNOWN);
}

static void a_program_that_cannot_be_asked_is_ready_when_it_stays_alive(void **unused)
{
	struct bench b = a_ptp4l();

	b.conf.program = PROG_OTHER;
	assert_false(judge(&b).ready);
	b.now += HEALTH_ALIVE_MS;
	assert_true(judge(&b).ready);
	b.conf.program = PROG_TS2PHC;
	assert_true(judge(&b).ready);
}

static void software_stamping_gets_more_grace(void **unused)
{
	struct bench b = a_client();
	msec_t hard = health_grace(&b.conf);

	b.conf.time_stamping = TS_SOFTWARE;
	assert_true(health_grace(&b.conf) >= hard + 20 * SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(state_changes_of_all_versions_are_understood),
		cmocka_unit_test(the_interface_is_taken_from_the_newer_prefix),
		cmocka_unit_test(the_management_port_is_no_ptp_port),
		cmocka_unit_test(offsets_of_all_programs_are_understood),
		cmocka_unit_test(summaries_refresh_the_offset_and_say_nothing_of_the_servo),
		cmocka_unit_test(near_misses_and_rubbish_tell_nothing),
		cmocka_unit_test(a_line_without_its_terminator_is_not_read_past_its_end),
		cmocka_unit_test(one_port_more_than_fits_is_ignored),
		cmocka_unit_test(a_client_is_ready_as_slave_and_locked_with_its_servo),
		cmocka_unit_test(a_client_that_elects_itself_master_is_never_ready),
		cmocka_unit_test(a_box_meant_as_master_is_locked_after_two_announce_timeouts),
		cmocka_unit_test(a_box_that_may_be_either_is_a_ready_master_only_after_the_election),
		cmocka_unit_test(a_boundary_clock_is_ready_with_a_slave_and_masters),
		cmocka_unit_test(a_free_running_client_is_ready_uncalibrated_with_fresh_offsets),
		cmocka_unit_test(a_lost_source_is_holdover_for_a_while_and_free_running_then),
		cmocka_unit_test(a_port_that_failed_at_initialisation_is_broken_a_later_fault_is_not),
		cmocka_unit_test(three_unanswered_questions_and_silence_are_a_hang),
		cmocka_unit_test(one_that_prints_but_never_answered_is_not_called_hung),
		cmocka_unit_test(a_lost_management_socket_is_broken_after_a_second),
		cmocka_unit_test(a_socket_that_is_not_there_yet_is_not_called_gone),
		cmocka_unit_test(a_port_that_is_on_its_way_is_no_evidence_of_a_fault),
		cmocka_unit_test(a_socket_that_refuses_us_is_no_reason_for_a_restart),
		cmocka_unit_test(phc2sys_is_ready_at_its_first_locked_line),
		cmocka_unit_test(phc2sys_that_falls_silent_is_stale_then_broken),
		cmocka_unit_test(phc2sys_with_summaries_is_ready_without_a_known_lock),
		cmocka_unit_test(a_program_that_cannot_be_asked_is_ready_when_it_stays_alive),
		cmocka_unit_test(software_stamping_gets_more_grace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
