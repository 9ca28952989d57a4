/* What can be wrong with a living daemon: each is found in time, and its near miss is not. */
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

static struct bench a_client(void)
{
	struct bench b = {
		.conf = { .program = PROG_PTP4L, .priority1 = 128, .log_announce_interval = 1,
			  .announce_receipt_timeout = 3, .time_stamping = TS_HARDWARE,
			  .client_only = true, .fault_reset_interval = 4, .logging_level = 6,
			  .first_step_threshold = 0.00002, .uds_address = "/var/run/ptp4l" },
		.now = T0,
	};

	health_reset(&b.seen, T0);
	return b;
}

static struct bench a_phc2sys(void)
{
	struct bench b = a_client();

	b.conf.program = PROG_PHC2SYS;
	b.conf.line_every_ms = 1000;
	return b;
}

static void says(struct bench *b, const char *line)
{
	(void)health_line(&b->seen, b->conf.program, line, strlen(line), b->now);
}

static void answers(struct bench *b)
{
	b->seen.asked_at = b->seen.answered_at = b->now;
	b->seen.unanswered = 0;
}

static struct health judge(struct bench *b)
{
	struct health h = health_judge(&b->conf, &b->seen, b->now);

	assert_int_equal(h.ready, h.why_not[0] == '\0');
	assert_true(h.ready || !h.note[0]);
	assert_false(h.ready && h.broken);
	assert_int_equal(h.trouble == TROUBLE_NONE, !h.why_not[0] && !h.note[0]);
	health_note(&b->seen, &h, b->now);
	return h;
}

static struct bench a_slave(void)
{
	struct bench b = a_client();

	answers(&b);
	says(&b, "port 1 (eth0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
	says(&b, "master offset 5 s2 freq +10 path delay 1");
	assert_int_equal(judge(&b).trouble, TROUBLE_NONE);
	return b;
}

/* A second at a time: an answer, and a line. */
static void seconds(struct bench *b, int n, const char *line)
{
	for (int i = 0; i < n; i++) {
		b->now += SEC;
		answers(b);
		if (line)
			says(b, line);
		(void)judge(b);
	}
}

/* -- the process -- */

static void each_way_to_hang_has_its_name(void **unused)
{
	static const struct { struct proc_seen proc; enum hang hang; } all[] = {
		{ { .state = 'T' }, HANG_STOPPED },
		{ { .state = 't' }, HANG_TRACED },
		{ { .state = 'S', .tracer = 5 }, HANG_TRACED },
		{ { .state = 'D' }, HANG_KERNEL },
		{ { .state = 'R', .cpu_percent = 99 }, HANG_BUSY },
		{ { .state = 'R', .cpu_percent = 3 }, HANG_STARVED },
		{ { .state = 'R', .cpu_percent = -1 }, HANG_UNKNOWN },
		{ { .state = 'S', .writing = true }, HANG_WRITING },
		{ { .state = 'S' }, HANG_ASLEEP },
		{ { .state = 0 }, HANG_UNKNOWN },
	};

	for (unsigned i = 0; i < ARRAY_LEN(all); i++)
		assert_int_equal(health_hang(&all[i].proc), all[i].hang);
}

static void a_stopped_process_is_replaced_after_three_seconds(void **unused)
{
	struct bench b = a_slave();

	b.seen.proc.state = 'T';
	b.seen.proc.state_since = b.now;
	seconds(&b, 2, NULL);
	assert_false(judge(&b).broken);
	seconds(&b, 1, NULL);
	assert_true(judge(&b).broken);
	assert_int_equal(judge(&b).trouble, TROUBLE_HANG);
	b = a_phc2sys();
	b.seen.proc.state = 'T';
	b.seen.proc.state_since = T0;
	b.now += HEALTH_STOPPED_MS;
	assert_true(judge(&b).broken);
}

static void a_process_in_a_debugger_is_left_alone(void **unused)
{
	struct bench b = a_slave();

	b.seen.proc.state = 't';
	b.seen.proc.tracer = 4711;
	b.seen.unanswered = 100;
	b.seen.mute_since = b.now;
	b.now += HOUR;
	assert_int_equal(judge(&b).trouble, TROUBLE_TRACED);
	assert_false(judge(&b).broken);
}

static void silence_lasts_longer_for_who_gets_no_cpu(void **unused)
{
	struct bench b = a_slave();

	b.seen.unanswered = 10;
	b.seen.mute_since = b.now;
	b.seen.proc = (struct proc_seen){ .state = 'R', .cpu_percent = 2 };
	b.now += 20 * SEC;
	assert_false(judge(&b).broken);
	b.seen.proc.cpu_percent = 100;
	assert_true(judge(&b).broken);
	b.seen.proc.cpu_percent = 2;
	b.now += 10 * SEC;
	assert_true(judge(&b).broken);
}

static void a_process_that_blocks_in_a_write_hangs_though_its_last_line_is_fresh(void **unused)
{
	struct bench b = a_slave();

	b.seen.unanswered = 4;
	b.seen.mute_since = b.now;
	b.now += HEALTH_HANG_MS;
	says(&b, "a line that was still in the pipe");
	assert_false(judge(&b).broken);
	b.seen.proc = (struct proc_seen){ .state = 'S', .writing = true };
	assert_true(judge(&b).broken);
}

static void a_stolen_socket_is_known_by_who_answers_and_by_its_file(void **unused)
{
	struct bench b = a_slave();

	b.seen.uds_thief = 99;
	assert_int_equal(judge(&b).trouble, TROUBLE_SOCKET_STOLEN);
	assert_true(judge(&b).broken);
	b = a_slave();
	b.seen.uds_replaced = true;
	assert_int_equal(judge(&b).trouble, TROUBLE_SOCKET_STOLEN);
}

static void a_whole_cpu_is_worth_a_word_after_ten_seconds(void **unused)
{
	struct bench b = a_slave();

	b.seen.proc = (struct proc_seen){ .state = 'R', .cpu_percent = 100, .eats_since = b.now };
	seconds(&b, 9, "master offset 5 s2 freq +10 path delay 1");
	assert_int_equal(judge(&b).trouble, TROUBLE_NONE);
	seconds(&b, 1, "master offset 5 s2 freq +10 path delay 1");
	assert_int_equal(judge(&b).trouble, TROUBLE_CPU);
	assert_true(judge(&b).ready);
}

/* -- ports -- */

static void a_fault_that_heals_by_itself_is_left_alone(void **unused)
{
	struct bench b = a_slave();

	seconds(&b, 60, "master offset 5 s2 freq +10 path delay 1");
	says(&b, "port 1 (eth0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
	for (int s = 0; s < 16; s++) {
		seconds(&b, 1, NULL);
		assert_false(judge(&b).broken);
		assert_int_equal(judge(&b).trouble, TROUBLE_FAULTY);
	}
	says(&b, "port 1 (eth0): FAULTY to LISTENING on INIT_COMPLETE");
	assert_false(judge(&b).broken);
}

static void a_fault_that_outlasts_its_healing_is_broken(void **unused)
{
	struct bench b = a_slave();

	says(&b, "port 1 (eth0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
	seconds(&b, 25, NULL);
	assert_false(judge(&b).broken);
	seconds(&b, 1, NULL);
	assert_true(judge(&b).broken);
	assert_int_equal(judge(&b).trouble, TROUBLE_STAYS_FAULTY);
}

static void a_port_without_a_link_is_never_broken(void **unused)
{
	struct bench b = a_slave();

	for (int flap = 0; flap < 20; flap++) {
		says(&b, "port 1 (eth0): link down");
		says(&b, "port 1 (eth0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
		seconds(&b, flap == 10 ? 3600 : 2, NULL);
		assert_false(judge(&b).broken);
		says(&b, "port 1 (eth0): link up");
		assert_false(judge(&b).broken);
		says(&b, "port 1 (eth0): FAULTY to LISTENING on INIT_COMPLETE");
		says(&b, "port 1 (eth0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
	}
	assert_true(b.seen.port[0].faults < HEALTH_FAULTS);
}

static void a_link_that_comes_back_starts_the_healing_anew(void **unused)
{
	struct bench b = a_slave();

	says(&b, "port 1 (eth0): link down");
	says(&b, "port 1 (eth0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
	seconds(&b, 600, NULL);
	says(&b, "port 1 (eth0): link up");
	seconds(&b, 20, NULL);
	assert_false(judge(&b).broken);
	seconds(&b, 10, NULL);
	assert_true(judge(&b).broken);
}

static void the_reason_may_come_a_moment_after_the_fault(void **unused)
{
	struct bench b = a_slave();

	for (int i = 0; i < 10; i++) {
		says(&b, "port 1 (eth0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
		says(&b, "port 1 (eth0): link down");
		assert_int_equal(b.seen.port[0].faults, 0);
		says(&b, "port 1 (eth0): link up");
		says(&b, "port 1 (eth0): FAULTY to SLAVE on X");
	}
}

/* The kernel tells of the link at once, ptp4l's lines may come after the link is back. */
static void a_link_that_flaps_explains_any_row_of_faults(void **unused)
{
	struct bench b = a_slave();

	for (int i = 0; i < 3 * HEALTH_FAULTS; i++) {
		health_port_link(&b.seen.port[0], false, b.now);
		health_port_link(&b.seen.port[0], true, b.now);
		says(&b, "port 1 (eth0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
		assert_false(judge(&b).broken);
		says(&b, "port 1 (eth0): FAULTY to LISTENING on INIT_COMPLETE");
	}
}

static void four_faults_in_a_row_are_enough(void **unused)
{
	struct bench b = a_slave();

	for (int i = 1; i <= HEALTH_FAULTS; i++) {
		says(&b, "timed out while polling for tx timestamp");
		says(&b, "port 1 (eth0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
		assert_int_equal(judge(&b).trouble, TROUBLE_TX_STAMPS);
		assert_int_equal(judge(&b).broken, i == HEALTH_FAULTS);
		seconds(&b, 16, NULL);
		says(&b, "port 1 (eth0): FAULTY to LISTENING on INIT_COMPLETE");
		says(&b, "port 1 (eth0): LISTENING to UNCALIBRATED on RS_SLAVE");
		seconds(&b, 2, NULL);
		says(&b, "port 1 (eth0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
	}
}

static void faults_far_apart_do_not_add_up(void **unused)
{
	struct bench b = a_slave();

	for (int i = 0; i < 10; i++) {
		seconds(&b, 60, NULL);
		says(&b, "port 1 (eth0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
		assert_false(judge(&b).broken);
		says(&b, "port 1 (eth0): FAULTY to SLAVE on X");
	}
}

static void a_renamed_interface_is_broken_only_if_the_port_fails(void **unused)
{
	struct bench b = a_slave();

	strcpy(b.seen.renamed_to, "eth9");
	assert_true(judge(&b).ready);
	assert_int_equal(judge(&b).trouble, TROUBLE_RENAMED);
	says(&b, "port 1 (eth0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
	assert_false(judge(&b).broken);
	seconds(&b, 2, NULL);
	assert_true(judge(&b).broken);
	assert_int_equal(judge(&b).trouble, TROUBLE_RENAMED);
}

static void a_lost_master_is_told_from_one_that_never_was(void **unused)
{
	struct bench b = a_slave();

	says(&b, "port 1 (eth0): SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES");
	assert_int_equal(judge(&b).trouble, TROUBLE_MASTER_LOST);
	assert_false(judge(&b).broken);
	says(&b, "port 1 (eth0): LISTENING to UNCALIBRATED on RS_SLAVE");
	assert_int_equal(b.seen.gm_lost_at, MSEC_NONE);
	b = a_client();
	answers(&b);
	says(&b, "port 1 (eth0): INITIALIZING to LISTENING on INIT_COMPLETE");
	assert_int_equal(judge(&b).trouble, TROUBLE_NO_MASTER);
}

static void a_port_that_was_not_heard_of_yet_is_waited_for(void **unused)
{
	struct bench b = a_slave();

	b.seen.clock_ports = 2;
	assert_int_equal(judge(&b).trouble, TROUBLE_STARTING);
	says(&b, "port 2 (eth1): LISTENING to PASSIVE on RS_PASSIVE");
	assert_true(judge(&b).ready);
	b.seen.clock_ports = 100;	/* more than we look at */
	for (int i = 3; i <= PORTS_MAX; i++) {
		char line[64];

		assert_false(judge(&b).ready);
		snprintf(line, sizeof(line), "port %d (x): LISTENING to PASSIVE on RS_PASSIVE", i);
		says(&b, line);
	}
	assert_true(judge(&b).ready);
}

static void stamps_that_stop_are_broken_within_ten_seconds(void **unused)
{
	struct bench b = a_slave();
	int s = 0;

	while (s < 12 && !judge(&b).broken) {
		seconds(&b, 1, "port 1 (eth0): received SYNC without timestamp");
		s++;
	}
	assert_in_range(s, 5, 10);
	assert_int_equal(judge(&b).trouble, TROUBLE_RX_STAMPS);
}

static void a_stamp_lost_now_and_then_is_nothing(void **unused)
{
	struct bench b = a_slave();

	for (int i = 0; i < 100; i++) {
		seconds(&b, 1, "port 1 (eth0): received SYNC without timestamp");
		seconds(&b, 1, "port 1 (eth0): received PDELAY_REQ without timestamp");
		seconds(&b, 1, "master offset 5 s2 freq +10 path delay 1");
		assert_int_equal(judge(&b).trouble, TROUBLE_NONE);
	}
}

static void default_roles_that_elect_themselves_serve_their_own_time(void **unused)
{
	struct bench b = a_client();

	b.conf.client_only = false;
	answers(&b);
	says(&b, "port 1 (eth0): LISTENING to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES");
	seconds(&b, 12, NULL);
	assert_true(judge(&b).ready);
	assert_int_equal(judge(&b).lock, LOCK_FREERUN);
	assert_int_equal(judge(&b).trouble, TROUBLE_OWN_TIME);
	b.conf.server_only = true;
	assert_int_equal(judge(&b).trouble, TROUBLE_NONE);
	assert_int_equal(judge(&b).lock, LOCK_LOCKED);
}

/* -- servo and clock -- */

static void a_servo_that_loses_its_lock_again_and_again_is_unsteady_then_broken(void **unused)
{
	struct bench b = a_slave();
	bool noted = false;

	for (int i = 0; i < 7; i++) {
		says(&b, "port 1 (eth0): SLAVE to UNCALIBRATED on SYNCHRONIZATION_FAULT");
		says(&b, "port 1 (eth0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
		assert_false(judge(&b).broken);
		noted |= judge(&b).trouble == TROUBLE_UNSTEADY;
		seconds(&b, 10, NULL);
	}
	assert_true(noted);
	for (int i = 0; i < 5; i++) {
		says(&b, "port 1 (eth0): SLAVE to UNCALIBRATED on SYNCHRONIZATION_FAULT");
		says(&b, "port 1 (eth0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
		seconds(&b, 10, NULL);
	}
	assert_true(judge(&b).broken);
}

static void three_losses_in_a_minute_are_bad_luck(void **unused)
{
	struct bench b = a_slave();

	for (int i = 0; i < 20; i++) {
		says(&b, "port 1 (eth0): SLAVE to UNCALIBRATED on SYNCHRONIZATION_FAULT");
		says(&b, "port 1 (eth0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
		assert_int_equal(judge(&b).trouble, TROUBLE_NONE);
		seconds(&b, 21, NULL);
	}
}

static void a_servo_that_never_locks_is_unsteady_after_its_grace(void **unused)
{
	struct bench b = a_client();
	int grace = (int)(health_grace(&b.conf) / SEC);

	answers(&b);
	says(&b, "port 1 (eth0): LISTENING to UNCALIBRATED on RS_SLAVE");
	seconds(&b, grace - 1, "master offset 500000 s0 freq +10 path delay 1");
	assert_true(judge(&b).ready);	/* as far as states tell */
	seconds(&b, 2, "master offset 500000 s0 freq +10 path delay 1");
	assert_int_equal(judge(&b).trouble, TROUBLE_UNSTEADY);
	assert_false(judge(&b).broken);
	seconds(&b, 60, "master offset 500000 s0 freq +10 path delay 1");
	assert_true(judge(&b).broken);
	b.conf.free_running = true;	/* that one never gets further */
	assert_int_equal(judge(&b).trouble, TROUBLE_NONE);
}

static void a_clock_that_would_need_hours_is_started_anew_so_that_it_steps(void **unused)
{
	static const char line[] = "CLOCK_REALTIME phc offset 3600000000000 s2 freq -100000000 delay 512";
	struct bench b = a_phc2sys();

	seconds(&b, 9, line);
	assert_int_equal(judge(&b).trouble, TROUBLE_NONE);
	seconds(&b, 1, line);
	assert_true(judge(&b).broken);
	assert_int_equal(judge(&b).trouble, TROUBLE_PINNED);
	b.conf.first_step_threshold = 0;	/* it would not: leave it */
	assert_true(judge(&b).ready);
	assert_int_equal(judge(&b).trouble, TROUBLE_PINNED);
}

static void a_servo_at_its_limit_that_will_be_done_soon_is_fine(void **unused)
{
	struct bench b = a_phc2sys();

	seconds(&b, 20, "CLOCK_REALTIME phc offset 900000000 s2 freq -100000000 delay 512");
	assert_int_equal(judge(&b).trouble, TROUBLE_NONE);
	seconds(&b, 20, "CLOCK_REALTIME phc offset 9000000000 s2 freq -100000000 delay 512");
	assert_int_equal(judge(&b).trouble, TROUBLE_PINNED);	/* a minute and a half */
	assert_true(judge(&b).ready);
}

static void the_limit_of_the_user_counts_samples_in_a_row(void **unused)
{
	struct bench b = a_slave();

	b.seen.offset_limit_ns = 1000;
	b.seen.offset_samples = 5;
	seconds(&b, 4, "master offset -1001 s2 freq +10 path delay 1");
	seconds(&b, 1, "master offset 999 s2 freq +10 path delay 1");
	seconds(&b, 4, "master offset 1001 s2 freq +10 path delay 1");
	assert_int_equal(judge(&b).trouble, TROUBLE_NONE);
	seconds(&b, 1, "master offset 1001 s2 freq +10 path delay 1");
	assert_int_equal(judge(&b).trouble, TROUBLE_OFFSET);
	assert_true(judge(&b).ready);
	b.seen.offset_limit_ns = 0;
	seconds(&b, 1, "master offset 99999999 s2 freq +10 path delay 1");
	assert_int_equal(judge(&b).trouble, TROUBLE_NONE);
}

static void a_sample_that_comes_twice_counts_once(void **unused)
{
	struct bench b = a_slave();

	b.seen.offset_limit_ns = 10;
	for (int i = 0; i < 6; i++) {
		b.now += SEC;
		health_offset(&b.seen, 50, b.now);
		health_offset(&b.seen, 50, b.now + 3);
	}
	assert_int_equal(b.seen.servo.beyond, 6);
}

static void a_clock_that_is_gone_or_stands_still_is_broken(void **unused)
{
	struct bench b = a_slave();

	b.seen.phc.gone = true;
	assert_int_equal(judge(&b).trouble, TROUBLE_PHC_GONE);
	assert_true(judge(&b).broken);
	b = a_slave();
	b.seen.phc = (struct phc_seen){ .rate_known = true, .rate = 0, .at = b.now };
	assert_int_equal(judge(&b).trouble, TROUBLE_PHC_FROZEN);
	says(&b, "port 1 (eth0): link down");	/* some drivers stop it then */
	assert_int_equal(judge(&b).trouble, TROUBLE_NONE);
	says(&b, "port 1 (eth0): link up");
	b.seen.phc.rate = 2.5;
	assert_int_equal(judge(&b).trouble, TROUBLE_PHC_RATE);
	b.seen.phc.rate = 1.0001;
	assert_int_equal(judge(&b).trouble, TROUBLE_NONE);
}

static void a_clock_is_doubted_only_with_a_reason(void **unused)
{
	struct bench b = a_slave();

	assert_false(health_doubts_clock(&b.conf, &b.seen, b.now));
	says(&b, "clockcheck: clock jumped forward or running faster than expected!");
	assert_true(health_doubts_clock(&b.conf, &b.seen, b.now));
	b.seen.phc.at = b.now;
	assert_false(health_doubts_clock(&b.conf, &b.seen, b.now + SEC));
	b.seen.phc.at = 0;
	b.conf.time_stamping = TS_SOFTWARE;
	assert_false(health_doubts_clock(&b.conf, &b.seen, b.now));
}

/* -- phc2sys -- */

static void phc2sys_that_says_that_it_has_nothing_to_do_is_not_silent(void **unused)
{
	struct bench b = a_phc2sys();

	b.conf.automatic = true;
	says(&b, "CLOCK_REALTIME phc offset 17 s2 freq +0 delay 512");
	says(&b, "phc2sys[3.0]: nothing to synchronize");
	b.now += HOUR;
	assert_int_equal(judge(&b).trouble, TROUBLE_UNLOCKED);
	assert_false(judge(&b).broken);
}

static void phc2sys_a_hangs_only_if_it_never_wakes_up(void **unused)
{
	struct bench b = a_phc2sys();

	b.conf.automatic = true;
	says(&b, "CLOCK_REALTIME phc offset 17 s2 freq +0 delay 512");
	b.now += MIN;
	assert_int_equal(judge(&b).trouble, TROUBLE_SILENT);
	assert_false(judge(&b).broken);
	b.seen.proc.still_since = b.now - 6 * SEC;
	assert_true(judge(&b).broken);
}

static void the_pace_of_summaries_tells_when_a_line_is_due(void **unused)
{
	struct bench b = a_phc2sys();

	b.conf.line_every_ms = 64 * 1000;
	says(&b, "CLOCK_REALTIME rms 4 max 9 freq +100 +/- 3 delay 500 +/- 2");
	b.now += 3 * MIN;
	assert_true(judge(&b).ready);
	b.now += MIN;
	assert_int_equal(judge(&b).trouble, TROUBLE_SILENT);
	assert_false(judge(&b).broken);
	b.now += 3 * MIN;
	assert_true(judge(&b).broken);
}

static void waiting_is_timed_from_its_first_line(void **unused)
{
	struct bench b = a_phc2sys();

	says(&b, "phc2sys[1.000]: Waiting for ptp4l...");
	seconds(&b, 5, "phc2sys[1.000]: Waiting for ptp4l...");
	assert_int_equal(b.seen.waiting_since, T0);
	assert_int_equal(judge(&b).trouble, TROUBLE_WAITING);
	assert_int_equal(health_word_after(&(struct health){ .trouble = TROUBLE_WAITING }),
			 HEALTH_WAITS_MS);
}

static void a_log_that_falls_silent_is_odd_only_while_it_works(void **unused)
{
	struct bench b = a_slave();

	for (int i = 0; i < 40; i++) {
		b.now += SEC;
		answers(&b);
		health_offset(&b.seen, 5, b.now);
	}
	assert_int_equal(judge(&b).trouble, TROUBLE_LOG_SILENT);
	b.conf.logging_level = 5;	/* no offsets are printed at all */
	assert_int_equal(judge(&b).trouble, TROUBLE_NONE);
}

/* -- the rest -- */

static void sleep_is_forgiven(void **unused)
{
	struct bench b = a_slave();

	b.seen.unanswered = 50;
	b.seen.mute_since = b.now;
	b.now += HOUR;
	assert_true(judge(&b).broken);
	health_forgive(&b.seen, b.now);
	assert_false(judge(&b).broken);
	b = a_phc2sys();
	says(&b, "CLOCK_REALTIME phc offset 17 s2 freq +0 delay 512");
	b.now += HOUR;
	health_forgive(&b.seen, b.now);
	assert_true(judge(&b).ready);
}

static void an_offset_of_before_the_fault_is_no_offset(void **unused)
{
	struct bench b = a_slave();

	assert_true(health_offset_stands(&b.conf, &b.seen, b.now));
	says(&b, "port 1 (eth0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
	assert_false(health_offset_stands(&b.conf, &b.seen, b.now));
	b = a_phc2sys();
	says(&b, "CLOCK_REALTIME phc offset 17 s2 freq +0 delay 512");
	assert_true(health_offset_stands(&b.conf, &b.seen, b.now));
	assert_false(health_offset_stands(&b.conf, &b.seen, b.now + MIN));
}

static void every_trouble_and_hang_has_a_name(void **unused)
{
	for (unsigned i = 0; i < TROUBLES; i++)
		assert_string_not_equal(trouble_name((enum trouble)i), "?");
	for (unsigned i = 0; i < HANGS; i++)
		assert_string_not_equal(hang_name((enum hang)i), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_to_hang_has_its_name),
		cmocka_unit_test(a_stopped_process_is_replaced_after_three_seconds),
		cmocka_unit_test(a_process_in_a_debugger_is_left_alone),
		cmocka_unit_test(silence_lasts_longer_for_who_gets_no_cpu),
		cmocka_unit_test(a_process_that_blocks_in_a_write_hangs_though_its_last_line_is_fresh),
		cmocka_unit_test(a_stolen_socket_is_known_by_who_answers_and_by_its_file),
		cmocka_unit_test(a_whole_cpu_is_worth_a_word_after_ten_seconds),
		cmocka_unit_test(a_fault_that_heals_by_itself_is_left_alone),
		cmocka_unit_test(a_fault_that_outlasts_its_healing_is_broken),
		cmocka_unit_test(a_port_without_a_link_is_never_broken),
		cmocka_unit_test(a_link_that_comes_back_starts_the_healing_anew),
		cmocka_unit_test(the_reason_may_come_a_moment_after_the_fault),
		cmocka_unit_test(a_link_that_flaps_explains_any_row_of_faults),
		cmocka_unit_test(four_faults_in_a_row_are_enough),
		cmocka_unit_test(faults_far_apart_do_not_add_up),
		cmocka_unit_test(a_renamed_interface_is_broken_only_if_the_port_fails),
		cmocka_unit_test(a_lost_master_is_told_from_one_that_never_was),
		cmocka_unit_test(a_port_that_was_not_heard_of_yet_is_waited_for),
		cmocka_unit_test(stamps_that_stop_are_broken_within_ten_seconds),
		cmocka_unit_test(a_stamp_lost_now_and_then_is_nothing),
		cmocka_unit_test(default_roles_that_elect_themselves_serve_their_own_time),
		cmocka_unit_test(a_servo_that_loses_its_lock_again_and_again_is_unsteady_then_broken),
		cmocka_unit_test(three_losses_in_a_minute_are_bad_luck),
		cmocka_unit_test(a_servo_that_never_locks_is_unsteady_after_its_grace),
		cmocka_unit_test(a_clock_that_would_need_hours_is_started_anew_so_that_it_steps),
		cmocka_unit_test(a_servo_at_its_limit_that_will_be_done_soon_is_fine),
		cmocka_unit_test(the_limit_of_the_user_counts_samples_in_a_row),
		cmocka_unit_test(a_sample_that_comes_twice_counts_once),
		cmocka_unit_test(a_clock_that_is_gone_or_stands_still_is_broken),
		cmocka_unit_test(a_clock_is_doubted_only_with_a_reason),
		cmocka_unit_test(phc2sys_that_says_that_it_has_nothing_to_do_is_not_silent),
		cmocka_unit_test(phc2sys_a_hangs_only_if_it_never_wakes_up),
		cmocka_unit_test(the_pace_of_summaries_tells_when_a_line_is_due),
		cmocka_unit_test(waiting_is_timed_from_its_first_line),
		cmocka_unit_test(a_log_that_falls_silent_is_odd_only_while_it_works),
		cmocka_unit_test(sleep_is_forgiven),
		cmocka_unit_test(an_offset_of_before_the_fault_is_no_offset),
		cmocka_unit_test(every_trouble_and_hang_has_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
