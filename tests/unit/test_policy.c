#include "policysim.h"

/* -- starting and stopping -- */

static void a_start_probes_then_launches_then_is_ready(void **unused)
{
	struct sim m = sim_start(2);

	assert_int_equal(m.s.st, ST_PROBING);
	assert_int_equal(m.probe_of, 0);
	sim_run(&m, 10);
	assert_int_equal(m.s.st, ST_RUNNING);
	sim_run(&m, 4 * SEC);
	assert_int_equal(m.s.st, ST_READY);
	sim_run(&m, MIN);
	assert_int_equal(m.settles, 1);
	assert_int_equal(m.launches, 1);
	assert_int_equal(m.diagnoses, 0);
}

static void an_operators_stop_is_never_a_crash(void **unused)
{
	struct sim m = sim_start(2);

	sim_run(&m, 10 * SEC);
	sim_say(&m, EVT_WANT_DOWN);
	assert_int_equal(m.s.st, ST_STOPPING);
	sim_run(&m, HOUR);
	assert_int_equal(m.s.st, ST_STOPPED);
	assert_int_equal(m.diagnoses, 0);
	assert_int_equal(m.s.streak, 0);
	assert_int_equal(m.launches, 1);
	assert_int_equal(m.kills, 0);
	assert_true(m.timer == MSEC_NONE);
}

static void what_ignores_the_stop_signal_is_killed_after_the_grace(void **unused)
{
	struct sim m = sim_start(1);

	m.way[0].dies_on_term_after = MSEC_NONE;
	sim_run(&m, 10 * SEC);
	sim_say(&m, EVT_WANT_DOWN);
	sim_run(&m, 4900);
	assert_int_equal(m.kills, 0);
	assert_int_equal(m.s.st, ST_STOPPING);
	sim_run(&m, 200);
	assert_int_equal(m.kills, 1);
	assert_int_equal(m.s.st, ST_STOPPED);
}

static void a_start_during_the_stop_happens_once_the_old_process_is_gone(void **unused)
{
	struct sim m = sim_start(1);

	m.way[0].dies_on_term_after = 2 * SEC;
	sim_run(&m, 10 * SEC);
	sim_say(&m, EVT_WANT_DOWN);
	sim_run(&m, SEC);
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 500);
	assert_int_equal(m.launches, 1);
	sim_run(&m, 600);
	assert_int_equal(m.launches, 2);
	assert_int_equal(m.s.st, ST_RUNNING);
}

static void a_stop_that_meets_a_launch_under_way_still_stops_it(void **unused)
{
	struct sim m = sim_start(1);

	m.probe_at = MSEC_NONE;
	sim_say(&m, EVT_PROBE_PASS);
	assert_int_equal(m.s.st, ST_STARTING);
	sim_say(&m, EVT_WANT_DOWN);
	m.dies_at = MSEC_NONE;	/* the signal found no process yet */
	sim_run(&m, 100);
	assert_int_equal(m.terms, 2);
	assert_int_equal(m.s.st, ST_STOPPED);
	assert_int_equal(m.launches, 1);
}

static void a_restart_is_one_stop_and_one_start(void **unused)
{
	struct sim m = sim_start(1);

	sim_run(&m, 10 * SEC);
	sim_say(&m, EVT_RESTART);
	sim_run(&m, 20);
	assert_int_equal(m.launches, 2);
	assert_int_equal(m.terms, 1);
	assert_int_equal(m.diagnoses, 0);
	sim_say(&m, EVT_WANT_DOWN);
	sim_run(&m, SEC);
	sim_say(&m, EVT_RESTART);
	sim_run(&m, MIN);
	assert_int_equal(m.s.st, ST_STOPPED);
}

/* -- deaths and back-off -- */

static void the_first_death_of_a_ready_run_is_retried_at_once(void **unused)
{
	struct sim m = sim_start(1);

	sim_run(&m, 10 * SEC);
	assert_int_equal(m.s.st, ST_READY);
	sim_kill9(&m);
	sim_run(&m, 5);
	assert_int_equal(m.launches, 2);
	assert_int_equal(m.diagnoses, 1);
}

static void the_retry_at_once_is_given_again_only_after_a_settled_run(void **unused)
{
	struct sim m = sim_start(1);

	sim_run(&m, 10 * SEC);
	sim_kill9(&m);
	sim_run(&m, 10 * SEC);
	sim_kill9(&m);
	sim_run(&m, 500);
	assert_int_equal(m.launches, 2);
	assert_int_equal(m.s.st, ST_BACKING_OFF);
	sim_run(&m, 2 * MIN);
	assert_int_equal(m.settles, 1);
	sim_kill9(&m);
	sim_run(&m, 5);
	assert_int_equal(m.launches, 4);
}

static void the_retry_at_once_need_not_keep_the_pace_of_starts(void **unused)
{
	struct sim m = sim_box(1);

	m.way[0].ready_after = 100;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 200);
	sim_kill9(&m);
	sim_run(&m, 5);
	assert_int_equal(m.launches, 2);
}

static void a_daemon_that_dies_at_once_backs_off_from_one_second_doubling(void **unused)
{
	struct sim m = sim_box(1);

	m.conf.deaths = 0;
	m.way[0].dies_after = 5;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 10 * MIN);
	assert_in_range(m.launches, 13, 17);
	for (unsigned i = 1; i < m.launches; i++) {
		msec_t want = i < 7 ? SEC << (i - 1) : 60 * SEC;

		assert_in_range(sim_gap(&m, i), want == SEC ? SEC : want * 9 / 10, want * 11 / 10 + 10);
	}
}

static void back_off_starts_anew_only_after_a_settled_run(void **unused)
{
	struct sim m = sim_box(1);

	m.conf.deaths = 0;
	m.way[0].dies_after = 100;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 20 * SEC);
	assert_true(m.s.streak >= 5);
	m.way[0].dies_after = MSEC_NONE;
	sim_run(&m, 30 * SEC);
	assert_true(m.s.streak >= 5);	/* ready, not settled */
	sim_run(&m, MIN);
	assert_int_equal(m.s.streak, 0);
}

static void jitter_differs_between_units_and_stays_within_a_tenth(void **unused)
{
	struct sim a = sim_box(1), b = sim_box(1);

	a.way[0].dies_after = b.way[0].dies_after = 5;
	b.conf.seed = 8;
	sim_say(&a, EVT_WANT_UP);
	sim_say(&b, EVT_WANT_UP);
	sim_run(&a, 20 * SEC);
	sim_run(&b, 20 * SEC);
	assert_true(sim_gap(&a, 3) != sim_gap(&b, 3));
}

static void a_launch_that_fails_counts_like_a_death(void **unused)
{
	struct sim m = sim_box(1);

	m.way[0].unlaunchable = true;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 10);
	assert_int_equal(m.s.st, ST_BACKING_OFF);
	assert_int_equal(m.diagnoses, 1);
	assert_int_equal(m.s.streak, 1);
}

static void a_broken_process_is_replaced_and_counts_as_a_death(void **unused)
{
	struct sim m = sim_start(1);

	m.way[0].ready_after = MSEC_NONE;
	sim_run(&m, 10 * SEC);
	sim_say(&m, EVT_BROKEN);
	assert_int_equal(m.s.st, ST_STOPPING);
	sim_run(&m, 100);
	assert_int_equal(m.s.st, ST_BACKING_OFF);
	assert_int_equal(m.diagnoses, 1);
	sim_run(&m, 2 * SEC);
	assert_int_equal(m.launches, 2);
}

static void a_manual_start_ignores_back_off_and_counters(void **unused)
{
	struct sim m = sim_box(1);

	m.way[0].dies_after = 5;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 20 * SEC);
	assert_int_equal(m.s.st, ST_BACKING_OFF);
	m.way[0].dies_after = MSEC_NONE;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 5);
	assert_int_equal(m.s.st, ST_RUNNING);
	assert_int_equal(m.s.streak, 0);
}

/* -- crash loops and alternates -- */

static void a_crash_loop_leaves_the_preferred_alternate(void **unused)
{
	struct sim m = sim_box(2);

	m.way[0].dies_after = 100;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, MIN);
	assert_int_equal(m.s.alternate, 1);
	assert_int_equal(m.launches, 6);
	assert_int_equal(m.escalations, 0);
	assert_true(m.launched_at[5] - m.launched_at[0] < 20 * SEC);
}

static void deaths_older_than_the_window_do_not_make_a_crash_loop(void **unused)
{
	struct sim m = sim_start(2);

	for (int i = 0; i < 8; i++) {
		sim_run(&m, 50 * SEC);
		sim_kill9(&m);
	}
	sim_run(&m, SEC);
	assert_int_equal(m.s.alternate, 0);
	assert_int_equal(m.launches, 9);
}

static void slow_deaths_in_a_row_leave_the_alternate_too(void **unused)
{
	struct sim m = sim_box(2);

	m.way[0].dies_after = 90 * SEC;
	m.way[0].ready_after = MSEC_NONE;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 25 * MIN);
	assert_int_equal(m.s.alternate, 1);
}

static void with_no_alternate_left_it_escalates_once_and_never_gives_up(void **unused)
{
	struct sim m = sim_box(2);
	unsigned at_ten_minutes;

	m.way[0].dies_after = m.way[1].dies_after = 100;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 10 * MIN);
	at_ten_minutes = m.launches;
	assert_int_equal(m.escalations, 1);
	sim_run(&m, HOUR);
	assert_int_equal(m.escalations, 1);
	assert_in_range(m.launches - at_ten_minutes, 50, 70);
	m.way[1].dies_after = MSEC_NONE;	/* the second one is mended: it is found */
	sim_run(&m, 3 * MIN);
	assert_int_equal(m.s.alternate, 1);
	assert_true(m.alive);
}

static void once_healed_it_escalates_again_when_everything_fails_anew(void **unused)
{
	struct sim m = sim_box(1);

	m.way[0].dies_after = 100;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 5 * MIN);
	assert_int_equal(m.escalations, 1);
	m.way[0].dies_after = MSEC_NONE;
	sim_run(&m, 5 * MIN);
	assert_int_equal(m.settles, 1);
	assert_false(m.s.exhausted);
	m.way[0].dies_after = 100;
	sim_kill9(&m);
	sim_run(&m, 5 * MIN);
	assert_int_equal(m.escalations, 2);
}

static void the_answer_of_a_probe_that_was_not_asked_for_is_ignored(void **unused)
{
	struct sim m = sim_start(2);
	struct policy_event other = { .kind = EVT_PROBE_PASS, .u.probe.alternate = 1 };

	sim_feed(&m, other);
	assert_int_equal(m.s.st, ST_PROBING);
	other.kind = EVT_PROBE_BLOCK;
	sim_feed(&m, other);
	assert_int_equal(m.s.st, ST_PROBING);
	assert_int_equal(m.launches, 0);
}

static void a_blocked_alternate_is_passed_over_without_a_start(void **unused)
{
	struct sim m = sim_box(3);

	m.way[0].blocked = m.way[1].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 10);
	assert_int_equal(m.s.alternate, 2);
	assert_int_equal(m.launches, 1);
	assert_int_equal(m.diagnoses, 0);
	assert_int_equal(m.watches, 1);
}

static void all_blocked_waits_and_watches_and_asks_why(void **unused)
{
	struct sim m = sim_box(2);

	m.way[0].blocked = m.way[1].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, MIN);
	assert_int_equal(m.s.st, ST_WAITING);
	assert_int_equal(m.watches, 1);
	assert_int_equal(m.diagnoses, 1);
	assert_int_equal(m.launches, 0);
	m.way[0].blocked = false;
	sim_say(&m, EVT_CLEARED);
	sim_run(&m, 5);
	assert_int_equal(m.launches, 1);
	assert_int_equal(m.s.alternate, 0);
}

static void waiting_tries_again_slowly_even_without_an_event(void **unused)
{
	struct sim m = sim_box(1);

	m.way[0].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 16 * MIN);
	assert_int_equal(m.probes, 4);
	m.way[0].blocked = false;
	sim_run(&m, 5 * MIN);
	assert_int_equal(m.s.st, ST_READY);
}

static void an_obstacle_that_clears_during_the_probe_is_not_missed(void **unused)
{
	struct sim m = sim_box(1);

	m.way[0].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	sim_say(&m, EVT_CLEARED);
	sim_run(&m, 2);	/* the stale answer */
	m.way[0].blocked = false;
	sim_run(&m, 10);
	assert_int_equal(m.launches, 1);
}

static void a_block_stops_a_manual_start_unless_forced(void **unused)
{
	struct sim m = sim_box(2);

	m.way[0].blocked = m.way[1].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, SEC);
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, SEC);
	assert_int_equal(m.launches, 0);
	sim_feed(&m, (struct policy_event){ .kind = EVT_WANT_UP, .u.want.force = true });
	assert_true(m.last_force);
	sim_run(&m, SEC);
	assert_int_equal(m.launches, 1);
	assert_int_equal(m.s.alternate, 0);
	assert_false(m.s.forced);
}

static void a_probe_that_never_answers_does_not_hold_up_the_start_for_ever(void **unused)
{
	struct sim m = sim_start(1);

	m.probe_at = MSEC_NONE;
	sim_run(&m, MIN);
	assert_int_equal(m.launches, 1);
}

/* -- the way back -- */

static void it_climbs_back_once_the_better_alternate_probes_clean(void **unused)
{
	struct sim m = sim_box(2);

	m.way[0].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 5 * MIN);
	assert_int_equal(m.s.alternate, 1);
	assert_int_equal(m.launches, 1);	/* probing the better one disturbs nothing */
	assert_true(m.probes >= 3);
	m.way[0].blocked = false;
	sim_run(&m, 3 * MIN);
	assert_int_equal(m.s.alternate, 0);
	assert_int_equal(m.s.st, ST_READY);
	assert_int_equal(m.launches, 2);
	assert_int_equal(m.diagnoses, 0);
}

static void a_cleared_obstacle_brings_the_better_alternate_back_at_once(void **unused)
{
	struct sim m = sim_box(3);

	m.way[0].blocked = m.way[1].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 10 * SEC);
	m.way[1].blocked = false;
	sim_say(&m, EVT_CLEARED);
	sim_run(&m, 20);
	assert_int_equal(m.s.alternate, 1);
	assert_int_equal(m.s.st, ST_RUNNING);
}

static void a_promotion_that_dies_goes_straight_back_with_more_patience(void **unused)
{
	struct sim m = sim_box(2);

	m.way[0].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, MIN);
	m.way[0].blocked = false;	/* passes its probe, but does not work */
	m.way[0].dies_after = 2 * SEC;
	sim_run(&m, 90 * SEC);
	assert_int_equal(m.s.alternate, 1);
	assert_int_equal(m.launches, 3);
	assert_int_equal(m.s.failed_climbs, 1);
	sim_run(&m, 3 * MIN);		/* patience is four minutes now */
	assert_int_equal(m.launches, 3);
	sim_run(&m, 2 * MIN);
	assert_int_equal(m.launches, 5);
}

static void a_promotion_that_never_gets_ready_is_taken_back(void **unused)
{
	struct sim m = sim_box(2);

	m.way[0].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, MIN);
	m.way[0].blocked = false;
	m.way[0].ready_after = MSEC_NONE;
	sim_run(&m, 90 * SEC);
	assert_int_equal(m.s.alternate, 0);
	sim_run(&m, 90 * SEC);
	assert_int_equal(m.s.alternate, 1);
	assert_int_equal(m.s.st, ST_READY);
	assert_int_equal(m.s.failed_climbs, 1);
}

static void no_ping_pong_at_most_four_promotions_an_hour(void **unused)
{
	struct sim m = sim_box(2);
	unsigned switches = 0;

	m.conf.patience = SEC;
	m.way[0].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, MIN);
	m.way[0].blocked = false;
	m.way[0].dies_after = 2 * SEC;
	for (msec_t end = m.now + HOUR; m.now < end;) {
		unsigned was = m.s.alternate;

		sim_say(&m, EVT_CLEARED);	/* a flapping obstacle asks again and again */
		sim_run(&m, 500);
		switches += was == 1 && m.s.alternate == 0;
	}
	assert_int_equal(switches, 4);
}

static void patience_is_fresh_again_after_the_better_one_has_settled(void **unused)
{
	struct sim m = sim_box(2);

	m.way[0].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, MIN);
	m.way[0].blocked = false;
	m.way[0].dies_after = 2 * SEC;
	sim_run(&m, 2 * MIN);
	assert_int_equal(m.s.failed_climbs, 1);
	m.way[0].dies_after = MSEC_NONE;
	sim_run(&m, 6 * MIN);
	assert_int_equal(m.s.alternate, 0);
	assert_int_equal(m.s.failed_climbs, 0);
}

/* -- verdicts -- */

static void a_cause_that_a_person_must_remove_waits_instead_of_retrying(void **unused)
{
	struct sim m = sim_box(1);

	m.way[0].dies_after = 10;
	m.way[0].verdict = DO_WAIT;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 4 * MIN);
	assert_int_equal(m.s.st, ST_WAITING);
	assert_int_equal(m.launches, 1);
	assert_true(m.watches > 0);
	m.way[0].dies_after = MSEC_NONE;
	sim_say(&m, EVT_CLEARED);
	sim_run(&m, 5);
	assert_int_equal(m.launches, 2);
}

static void a_verdict_may_ask_for_the_next_alternate_now(void **unused)
{
	struct sim m = sim_box(2);

	m.way[0].dies_after = 10;
	m.way[0].verdict = DO_ALTERNATE;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 1100);
	assert_int_equal(m.s.alternate, 1);
	assert_int_equal(m.launches, 2);
}

static void a_guess_that_did_not_help_twice_gives_way_to_the_back_off(void **unused)
{
	struct sim m = sim_box(1);
	unsigned before;

	m.way[0].dies_after = 10;
	m.way[0].verdict = DO_OPERATOR;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 10 * MIN + 2 * SEC);
	before = m.launches;
	assert_int_equal(before, 3);
	assert_int_equal(m.s.st, ST_BACKING_OFF);
	sim_run(&m, 2 * MIN);
	assert_true(m.launches > before);
	m.way[0].dies_after = MSEC_NONE;	/* what the verdict named is watched all the same */
	sim_say(&m, EVT_CLEARED);
	sim_run(&m, 5);
	assert_true(m.alive);
}

static void a_run_that_was_ready_is_retried_whatever_the_verdict_says(void **unused)
{
	struct sim m = sim_box(2);

	m.way[0].verdict = DO_OPERATOR;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 10 * SEC);
	sim_kill9(&m);
	sim_run(&m, 10 * SEC);
	sim_kill9(&m);
	sim_run(&m, 500);
	assert_int_equal(m.s.st, ST_BACKING_OFF);
	m.way[0].verdict = DO_ALTERNATE;
	sim_run(&m, 10 * SEC);
	assert_int_equal(m.s.st, ST_READY);
	sim_kill9(&m);
	sim_run(&m, 10 * SEC);
	assert_int_equal(m.s.alternate, 0);
	assert_int_equal(m.launches, 4);
}

static void an_obstacle_that_clears_again_soon_is_no_reason_to_wait(void **unused)
{
	struct sim m = sim_box(1);

	m.way[0].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	for (unsigned i = 1; i <= 4; i++) {
		sim_run(&m, 50);
		m.way[0].blocked = false;
		sim_say(&m, EVT_CLEARED);
		sim_run(&m, 50);
		assert_int_equal(m.launches, i);
		m.way[0].blocked = true;
		sim_say(&m, EVT_RESTART);
		sim_run(&m, 50);
		assert_int_equal(m.s.st, ST_WAITING);
	}
}

static void an_obstacle_that_flaps_makes_no_storm_of_starts(void **unused)
{
	struct sim m = sim_box(1);
	msec_t begun = m.now;

	m.way[0].dies_after = 1;
	m.way[0].verdict = DO_WAIT;
	sim_say(&m, EVT_WANT_UP);
	while (m.now < begun + 10 * SEC) {
		sim_say(&m, EVT_CLEARED);
		sim_run(&m, 10);
	}
	assert_in_range(m.launches, 2, 21);
}

/* -- followers -- */

static struct sim follower(void)
{
	struct sim m = sim_box(1);

	m.conf.follower = true;
	sim_say(&m, EVT_WANT_UP);
	return m;
}

static void a_follower_waits_for_its_leader(void **unused)
{
	struct sim m = follower();

	sim_run(&m, HOUR);
	assert_int_equal(m.s.st, ST_WAITING);
	assert_int_equal(m.probes, 0);
	sim_say(&m, EVT_LEADER_UP);
	sim_run(&m, 10);
	assert_int_equal(m.s.st, ST_RUNNING);
}

static void a_follower_stops_with_its_leader_and_that_is_no_crash(void **unused)
{
	struct sim m = follower();

	sim_say(&m, EVT_LEADER_UP);
	sim_run(&m, 10 * SEC);
	sim_say(&m, EVT_LEADER_DOWN);
	sim_run(&m, 10);
	assert_int_equal(m.s.st, ST_WAITING);
	assert_int_equal(m.diagnoses, 0);
	assert_int_equal(m.s.streak, 0);
	sim_say(&m, EVT_WANT_UP);	/* not even by hand without its leader */
	sim_run(&m, MIN);
	assert_int_equal(m.launches, 1);
	sim_say(&m, EVT_LEADER_UP);
	sim_run(&m, 10);
	assert_int_equal(m.launches, 2);
}

static void a_leader_that_is_back_before_the_follower_is_gone_restarts_it(void **unused)
{
	struct sim m = follower();

	m.way[0].dies_on_term_after = SEC;
	sim_say(&m, EVT_LEADER_UP);
	sim_run(&m, 10 * SEC);
	sim_say(&m, EVT_LEADER_DOWN);
	sim_run(&m, 100);
	sim_say(&m, EVT_LEADER_UP);
	sim_run(&m, 950);
	assert_int_equal(m.launches, 2);
}

static void a_stopped_follower_stays_stopped_when_its_leader_comes(void **unused)
{
	struct sim m = follower();

	sim_say(&m, EVT_WANT_DOWN);
	sim_say(&m, EVT_LEADER_UP);
	sim_run(&m, MIN);
	assert_int_equal(m.s.st, ST_STOPPED);
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, 10);
	assert_int_equal(m.launches, 1);
}

/* -- adoption -- */

static void an_adopted_process_is_supervised_and_not_started_again(void **unused)
{
	struct sim m = sim_box(2);

	m.s = policy_adopted(&m.conf, 1, m.now);
	m.alive = true;
	m.runs_on = 1;
	sim_say(&m, EVT_LAUNCHED);
	sim_say(&m, EVT_READY);
	sim_run(&m, MIN);
	assert_int_equal(m.launches, 0);
	assert_int_equal(m.settles, 1);
	sim_run(&m, 2 * MIN);	/* and it climbs back like any other */
	assert_int_equal(m.s.alternate, 0);
}

static struct policy_event verdict_of(enum disposition d, enum disposition otherwise)
{
	struct policy_event ev = { .kind = EVT_VERDICT };

	ev.u.verdict.disposition = d;
	ev.u.verdict.otherwise = otherwise;
	return ev;
}

static void patience_waits_until_a_run_that_just_became_ready_has_settled(void **unused)
{
	struct sim m = sim_box(2);

	m.way[0].blocked = true;
	m.way[1].ready_after = m.conf.patience - 5 * SEC;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, SEC);
	m.way[0].blocked = false;
	sim_run(&m, m.conf.patience + 10 * SEC);
	assert_int_equal(m.s.alternate, 1);
	sim_run(&m, 20 * SEC);
	assert_int_equal(m.s.alternate, 0);
	assert_int_equal(m.settles, 1);	/* of the alternate, before it was left */
}

static void a_cable_in_the_other_port_moves_the_unit_there(void **unused)
{
	struct sim m = sim_start(3);

	sim_run(&m, MIN);
	sim_say(&m, EVT_UNREADY);
	m.way[0].blocked = m.way[1].blocked = true;
	sim_say(&m, EVT_CUT);
	sim_run(&m, 100);
	assert_int_equal(m.s.alternate, 2);
	assert_int_equal(m.s.st, ST_RUNNING);
	assert_int_equal(m.diagnoses, 0);	/* no crash */
	sim_run(&m, SEC);
	m.way[0].blocked = false;
	sim_say(&m, EVT_CLEARED);
	sim_run(&m, 100);
	assert_int_equal(m.s.alternate, 0);
}

static void a_cut_unit_stays_when_its_own_alternate_can_run_again(void **unused)
{
	struct sim m = sim_start(2);

	sim_run(&m, MIN);
	sim_say(&m, EVT_UNREADY);
	sim_say(&m, EVT_CUT);
	sim_run(&m, 100);
	assert_int_equal(m.s.alternate, 0);
	assert_int_equal(m.launches, 1);
	assert_int_equal(m.s.seek, SEEK_NOTHING);
}

static void a_unit_that_is_of_use_is_never_moved_for_its_link(void **unused)
{
	struct sim m = sim_start(2);

	sim_run(&m, MIN);
	m.way[0].blocked = true;
	sim_say(&m, EVT_CUT);
	sim_run(&m, MIN);
	assert_int_equal(m.s.alternate, 0);
	assert_int_equal(m.launches, 1);
}

static void a_cable_that_wanders_all_day_is_followed_at_a_bounded_pace(void **unused)
{
	struct sim m = sim_start(2);
	unsigned before;

	sim_run(&m, MIN);
	before = m.launches;
	m.way[0].ready_after = m.way[1].ready_after = MSEC_NONE;
	sim_say(&m, EVT_UNREADY);
	for (unsigned i = 0; i < 360; i++) {	/* an hour */
		m.way[0].blocked = i & 1;
		m.way[1].blocked = !(i & 1);
		sim_say(&m, EVT_CUT);
		sim_say(&m, EVT_CLEARED);
		sim_run(&m, 10 * SEC);
	}
	assert_true(m.launches - before > POLICY_SWITCHES_MAX);
	assert_true(m.launches - before <= POLICY_SWITCHES_MAX + 4);
}

static void a_living_process_is_left_for_the_next_alternate_when_the_cause_is_known(void **unused)
{
	struct sim m = sim_start(2);

	m.way[0].ready_after = MSEC_NONE;
	sim_run(&m, MIN);
	sim_feed(&m, verdict_of(DO_ALTERNATE, DO_RETRY));
	sim_run(&m, 5 * SEC);
	assert_int_equal(m.s.alternate, 1);
	assert_int_equal(m.s.st, ST_READY);
}

static void a_living_process_is_not_ended_for_advice_that_suits_a_dead_one(void **unused)
{
	static const enum disposition d[] = { DO_RETRY, DO_WAIT, DO_ESCALATE, DO_LEAVE, DO_OPERATOR };
	struct sim m = sim_start(2);

	m.way[0].ready_after = MSEC_NONE;
	sim_run(&m, MIN);
	for (unsigned i = 0; i < ARRAY_LEN(d); i++)
		sim_feed(&m, verdict_of(d[i], DO_RETRY));
	sim_run(&m, MIN);
	assert_int_equal(m.launches, 1);
	assert_int_equal(m.terms, 0);
	assert_int_equal(m.escalations, 1);
}

static void a_remedy_that_helped_is_followed_by_a_start_at_once(void **unused)
{
	struct sim m = sim_start(1);

	m.way[0].dies_after = 10;
	m.way[0].verdict = DO_REMEDY;
	m.mends = true;
	sim_run(&m, 25);
	assert_int_equal(m.remedies, 1);
	assert_int_equal(m.launches, 2);
}

static void a_remedy_that_did_not_help_twice_gives_way_to_the_other_advice(void **unused)
{
	struct sim m = sim_start(1);

	m.way[0].dies_after = 10;
	m.way[0].verdict = DO_REMEDY;
	m.way[0].otherwise = DO_OPERATOR;
	m.mends = true;
	sim_run(&m, 10 * SEC);
	assert_int_equal(m.remedies, 2);
	assert_int_equal(m.s.st, ST_WAITING);
}

static void a_remedy_that_is_not_allowed_leaves_the_other_advice(void **unused)
{
	struct sim m = sim_start(1);

	m.way[0].dies_after = 10;
	m.way[0].verdict = DO_REMEDY;
	m.way[0].otherwise = DO_WAIT;
	sim_run(&m, SEC);
	assert_int_equal(m.remedies, 1);
	assert_int_equal(m.s.st, ST_WAITING);
}

static void a_follower_has_its_group_restarted_but_not_for_ever(void **unused)
{
	struct sim m = sim_box(1);

	m.conf.follower = true;
	m.way[0].dies_after = 10;
	m.way[0].verdict = DO_RESTART_GROUP;
	sim_say(&m, EVT_WANT_UP);
	sim_say(&m, EVT_LEADER_UP);
	sim_run(&m, 10 * MIN);
	assert_int_equal(m.regroups, 2);
	assert_true(m.launches > 5);
}

static void a_leader_restarts_where_it_is_when_its_group_asks_for_it(void **unused)
{
	struct sim m = sim_box(2);

	m.way[0].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, MIN);
	m.way[0].blocked = false;
	sim_say(&m, EVT_REGROUP);
	sim_run(&m, SEC);
	assert_int_equal(m.launches, 2);
	assert_int_equal(m.s.alternate, 1);
	assert_int_equal(m.diagnoses, 0);
}

static void a_follower_is_not_waited_for_long_when_its_leader_goes(void **unused)
{
	struct sim m = sim_box(1);

	m.conf.follower = true;
	m.way[0].dies_on_term_after = MSEC_NONE;
	sim_say(&m, EVT_WANT_UP);
	sim_say(&m, EVT_LEADER_UP);
	sim_run(&m, MIN);
	sim_say(&m, EVT_LEADER_DOWN);
	sim_run(&m, 1100);
	assert_int_equal(m.kills, 1);
	assert_false(m.alive);
}

static void what_survives_sigkill_is_kept_in_mind_and_not_hammered_at(void **unused)
{
	struct sim m = sim_start(1);

	sim_run(&m, MIN);
	m.immortal = true;
	sim_say(&m, EVT_RESTART);
	sim_run(&m, HOUR);
	assert_int_equal(m.stuck, 1);
	assert_in_range(m.kills, 3, 65);
	assert_int_equal(m.launches, 1);	/* never a second one beside it */
	m.immortal = false;
	sim_run(&m, 2 * MIN);
	assert_int_equal(m.s.st, ST_READY);
}

static void a_cause_for_a_person_is_told_once_and_tried_slowly(void **unused)
{
	struct sim m = sim_start(1);

	m.way[0].dies_after = 10;
	m.way[0].verdict = DO_ESCALATE;
	sim_run(&m, 2 * MIN);
	assert_int_equal(m.escalations, 1);
	assert_int_equal(m.s.st, ST_WAITING);
	assert_int_equal(m.launches, 1);
}

static void patience_outlives_the_supervisor(void **unused)
{
	struct sim m = sim_box(2);
	struct policy_past past;
	struct policy_state s;

	m.way[0].blocked = true;
	sim_say(&m, EVT_WANT_UP);
	sim_run(&m, MIN);
	m.way[0] = (struct way){ .ready_after = MSEC_NONE, .dies_after = 100, .dies_on_term_after = 5 };
	sim_run(&m, 20 * MIN);
	assert_true(m.s.failed_climbs >= 2);
	past = policy_past(&m.s);
	s = policy_adopted(&m.conf, 1, m.now);
	policy_recall(&m.conf, &s, &past);
	assert_int_equal(s.failed_climbs, m.s.failed_climbs);
	assert_true(s.climb_at - m.now >= 4 * m.conf.patience);
	assert_memory_equal(s.switched, m.s.switched, sizeof(s.switched));
	s = policy_start(&m.conf);
	policy_recall(&m.conf, &s, &past);
	assert_true(s.climb_at == MSEC_NONE);	/* the preferred one is tried first all the same */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_start_probes_then_launches_then_is_ready),
		cmocka_unit_test(an_operators_stop_is_never_a_crash),
		cmocka_unit_test(what_ignores_the_stop_signal_is_killed_after_the_grace),
		cmocka_unit_test(a_start_during_the_stop_happens_once_the_old_process_is_gone),
		cmocka_unit_test(a_stop_that_meets_a_launch_under_way_still_stops_it),
		cmocka_unit_test(a_restart_is_one_stop_and_one_start),
		cmocka_unit_test(the_first_death_of_a_ready_run_is_retried_at_once),
		cmocka_unit_test(the_retry_at_once_is_given_again_only_after_a_settled_run),
		cmocka_unit_test(the_retry_at_once_need_not_keep_the_pace_of_starts),
		cmocka_unit_test(a_daemon_that_dies_at_once_backs_off_from_one_second_doubling),
		cmocka_unit_test(back_off_starts_anew_only_after_a_settled_run),
		cmocka_unit_test(jitter_differs_between_units_and_stays_within_a_tenth),
		cmocka_unit_test(a_launch_that_fails_counts_like_a_death),
		cmocka_unit_test(a_broken_process_is_replaced_and_counts_as_a_death),
		cmocka_unit_test(a_manual_start_ignores_back_off_and_counters),
		cmocka_unit_test(a_crash_loop_leaves_the_preferred_alternate),
		cmocka_unit_test(deaths_older_than_the_window_do_not_make_a_crash_loop),
		cmocka_unit_test(slow_deaths_in_a_row_leave_the_alternate_too),
		cmocka_unit_test(with_no_alternate_left_it_escalates_once_and_never_gives_up),
		cmocka_unit_test(once_healed_it_escalates_again_when_everything_fails_anew),
		cmocka_unit_test(the_answer_of_a_probe_that_was_not_asked_for_is_ignored),
		cmocka_unit_test(a_blocked_alternate_is_passed_over_without_a_start),
		cmocka_unit_test(all_blocked_waits_and_watches_and_asks_why),
		cmocka_unit_test(waiting_tries_again_slowly_even_without_an_event),
		cmocka_unit_test(an_obstacle_that_clears_during_the_probe_is_not_missed),
		cmocka_unit_test(a_block_stops_a_manual_start_unless_forced),
		cmocka_unit_test(a_probe_that_never_answers_does_not_hold_up_the_start_for_ever),
		cmocka_unit_test(it_climbs_back_once_the_better_alternate_probes_clean),
		cmocka_unit_test(a_cleared_obstacle_brings_the_better_alternate_back_at_once),
		cmocka_unit_test(a_promotion_that_dies_goes_straight_back_with_more_patience),
		cmocka_unit_test(a_promotion_that_never_gets_ready_is_taken_back),
		cmocka_unit_test(no_ping_pong_at_most_four_promotions_an_hour),
		cmocka_unit_test(patience_is_fresh_again_after_the_better_one_has_settled),
		cmocka_unit_test(a_cause_that_a_person_must_remove_waits_instead_of_retrying),
		cmocka_unit_test(a_verdict_may_ask_for_the_next_alternate_now),
		cmocka_unit_test(a_guess_that_did_not_help_twice_gives_way_to_the_back_off),
		cmocka_unit_test(a_run_that_was_ready_is_retried_whatever_the_verdict_says),
		cmocka_unit_test(an_obstacle_that_clears_again_soon_is_no_reason_to_wait),
		cmocka_unit_test(an_obstacle_that_flaps_makes_no_storm_of_starts),
		cmocka_unit_test(a_follower_waits_for_its_leader),
		cmocka_unit_test(a_follower_stops_with_its_leader_and_that_is_no_crash),
		cmocka_unit_test(a_leader_that_is_back_before_the_follower_is_gone_restarts_it),
		cmocka_unit_test(a_stopped_follower_stays_stopped_when_its_leader_comes),
		cmocka_unit_test(an_adopted_process_is_supervised_and_not_started_again),
		cmocka_unit_test(patience_waits_until_a_run_that_just_became_ready_has_settled),
		cmocka_unit_test(a_cable_in_the_other_port_moves_the_unit_there),
		cmocka_unit_test(a_cut_unit_stays_when_its_own_alternate_can_run_again),
		cmocka_unit_test(a_unit_that_is_of_use_is_never_moved_for_its_link),
		cmocka_unit_test(a_cable_that_wanders_all_day_is_followed_at_a_bounded_pace),
		cmocka_unit_test(a_living_process_is_left_for_the_next_alternate_when_the_cause_is_known),
		cmocka_unit_test(a_living_process_is_not_ended_for_advice_that_suits_a_dead_one),
		cmocka_unit_test(a_remedy_that_helped_is_followed_by_a_start_at_once),
		cmocka_unit_test(a_remedy_that_did_not_help_twice_gives_way_to_the_other_advice),
		cmocka_unit_test(a_remedy_that_is_not_allowed_leaves_the_other_advice),
		cmocka_unit_test(a_follower_has_its_group_restarted_but_not_for_ever),
		cmocka_unit_test(a_leader_restarts_where_it_is_when_its_group_asks_for_it),
		cmocka_unit_test(a_follower_is_not_waited_for_long_when_its_leader_goes),
		cmocka_unit_test(what_survives_sigkill_is_kept_in_mind_and_not_hammered_at),
		cmocka_unit_test(a_cause_for_a_person_is_told_once_and_tried_slowly),
		cmocka_unit_test(patience_outlives_the_supervisor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
