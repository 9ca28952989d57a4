#include "test.h"
#include "supervisor/decide/group.h"

/* 0 ptp4l, 1 phc2sys behind it, 2 something else behind it, 3 a unit of its own */
struct box {
	struct group_unit unit[4];
	struct group_leader ptp4l;
	struct group_note note[4];
};

static struct box a_box(void)
{
	return (struct box){
		.unit = {
			{ PROG_PTP4L, -1, false }, { PROG_PHC2SYS, 0, false },
			{ PROG_OTHER, 0, false }, { PROG_OTHER, -1, false },
		},
		.ptp4l = { .program = PROG_PTP4L, .provides = PROVIDES_PHC, .lock = LOCK_UNKNOWN },
	};
}

static unsigned tell(struct box *b)
{
	return group_notes(b->unit, 4, 0, &b->ptp4l, b->note);
}

static void followers_start_when_the_leader_is_locked_and_not_before(void **unused)
{
	struct box b = a_box();

	b.ptp4l.alive = true;
	assert_int_equal(tell(&b), 0);
	b.ptp4l.ready = true;
	b.ptp4l.lock = LOCK_FREERUN;
	assert_int_equal(tell(&b), 0);
	b.ptp4l.lock = LOCK_LOCKED;
	assert_int_equal(tell(&b), 2);
	assert_int_equal(b.note[0].unit, 1);
	assert_int_equal(b.note[0].kind, EVT_LEADER_UP);
	assert_int_equal(b.note[1].unit, 2);
	assert_int_equal(tell(&b), 0);
}

static void followers_of_a_free_running_leader_start_when_it_is_ready(void **unused)
{
	struct box b = a_box();

	b.ptp4l = (struct group_leader){ .program = PROG_PTP4L, .provides = PROVIDES_NONE,
					 .free_running = true, .alive = true, .ready = true,
					 .lock = LOCK_FREERUN };
	assert_int_equal(tell(&b), 2);
}

static void followers_outlast_a_lost_lock_but_not_the_leader(void **unused)
{
	struct box b = a_box();

	b.ptp4l.alive = b.ptp4l.ready = true;
	b.ptp4l.lock = LOCK_LOCKED;
	tell(&b);
	b.ptp4l.ready = false;
	b.ptp4l.lock = LOCK_HOLDOVER;
	assert_int_equal(tell(&b), 0);
	b.ptp4l.lock = LOCK_UNKNOWN;
	assert_int_equal(tell(&b), 0);
	b.ptp4l.alive = false;
	assert_int_equal(tell(&b), 2);
	assert_int_equal(b.note[0].kind, EVT_LEADER_DOWN);
}

static void followers_stop_when_the_lock_is_lost_for_good_and_come_back_with_it(void **unused)
{
	struct box b = a_box();

	b.ptp4l.alive = b.ptp4l.ready = true;
	b.ptp4l.lock = LOCK_LOCKED;
	assert_int_equal(tell(&b), 2);
	b.ptp4l.lock = LOCK_FREERUN;
	b.ptp4l.lost = true;
	assert_int_equal(tell(&b), 2);
	assert_int_equal(b.note[0].kind, EVT_LEADER_DOWN);
	assert_int_equal(tell(&b), 0);
	b.ptp4l.lock = LOCK_LOCKED;
	b.ptp4l.lost = false;
	assert_int_equal(tell(&b), 2);
	assert_int_equal(b.note[0].kind, EVT_LEADER_UP);
}

static void phc2sys_is_not_wanted_beside_software_stamping(void **unused)
{
	struct box b = a_box();

	b.ptp4l.alive = b.ptp4l.ready = true;
	b.ptp4l.lock = LOCK_LOCKED;
	b.ptp4l.provides = PROVIDES_SYSTEM;
	assert_false(group_wanted(&b.ptp4l, PROG_PHC2SYS));
	assert_int_equal(tell(&b), 1);
	assert_int_equal(b.note[0].unit, 2);

	/* back on hardware, then on software without a gap in between */
	b.ptp4l.provides = PROVIDES_PHC;
	assert_int_equal(tell(&b), 1);
	assert_int_equal(b.note[0].unit, 1);
	b.ptp4l.provides = PROVIDES_SYSTEM;
	assert_int_equal(tell(&b), 1);
	assert_int_equal(b.note[0].kind, EVT_LEADER_DOWN);

	/* free-running in software steers nothing, but there is no PTP clock to follow either */
	b.ptp4l.provides = PROVIDES_NONE;
	b.ptp4l.software = true;
	assert_false(group_wanted(&b.ptp4l, PROG_PHC2SYS));
	b.ptp4l.software = false;
	assert_true(group_wanted(&b.ptp4l, PROG_PHC2SYS));
}

static void a_leader_without_a_notion_of_lock_leads_by_being_ready(void **unused)
{
	struct box b = a_box();

	b.ptp4l = (struct group_leader){ .program = PROG_OTHER, .alive = true };
	assert_int_equal(tell(&b), 0);
	b.ptp4l.ready = true;
	assert_int_equal(tell(&b), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(followers_start_when_the_leader_is_locked_and_not_before),
		cmocka_unit_test(followers_of_a_free_running_leader_start_when_it_is_ready),
		cmocka_unit_test(followers_outlast_a_lost_lock_but_not_the_leader),
		cmocka_unit_test(followers_stop_when_the_lock_is_lost_for_good_and_come_back_with_it),
		cmocka_unit_test(phc2sys_is_not_wanted_beside_software_stamping),
		cmocka_unit_test(a_leader_without_a_notion_of_lock_leads_by_being_ready),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
