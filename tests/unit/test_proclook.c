#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "supervisor/diagnose/healthjudge.h"
#include "supervisor/loop.h"
#include "supervisor/observe/proclook.h"

static struct proc_seen fresh(void)
{
	struct health_seen seen;

	health_reset(&seen, 0);
	return seen.proc;
}

static bool take(struct proc_seen *p, const char *name, char state, unsigned ticks, msec_t now)
{
	char text[256];

	snprintf(text, sizeof(text), "4711 (%s) %c 1 2 3 0 -1 4194304 100 0 0 0 %u %u 0 0 20 0 1 0 555",
		 name, state, ticks, ticks / 2);
	return proclook_stat(p, text, 100, now);
}

static void the_name_may_hold_anything(void **unused)
{
	struct proc_seen p = fresh();

	assert_true(take(&p, "a) R (b", 'D', 10, 5));
	assert_int_equal(p.state, 'D');
	assert_int_equal(p.state_since, 5);
	assert_int_equal(p.cpu_ms, 150);
	assert_false(proclook_stat(&p, "", 100, 0));
	assert_false(proclook_stat(&p, "12 (ptp4l", 100, 0));
	assert_false(proclook_stat(&p, "12 (ptp4l) ", 100, 0));
	assert_true(proclook_stat(&p, "12 (ptp4l) S", 100, 0));
}

static void a_state_is_timed_from_its_first_look(void **unused)
{
	struct proc_seen p = fresh();

	take(&p, "ptp4l", 'S', 0, 1000);
	take(&p, "ptp4l", 'T', 0, 2000);
	take(&p, "ptp4l", 'T', 0, 3000);
	assert_int_equal(p.state_since, 2000);
	take(&p, "ptp4l", 'S', 0, 4000);
	assert_int_equal(p.state_since, 4000);
}

static void cpu_is_measured_over_a_second_at_least(void **unused)
{
	struct proc_seen p = fresh();

	take(&p, "ptp4l", 'R', 0, 1000);
	assert_int_equal(p.cpu_percent, -1);
	take(&p, "ptp4l", 'R', 20, 1300);	/* 300 ms in 300 ms: too soon to tell */
	assert_int_equal(p.cpu_percent, -1);
	take(&p, "ptp4l", 'R', 80, 2300);	/* 1200 ms in 1300 ms */
	assert_int_equal(p.cpu_percent, 92);
	assert_int_equal(p.eats_since, 1000);
	take(&p, "ptp4l", 'R', 160, 3500);
	assert_int_equal(p.eats_since, 1000);
	take(&p, "ptp4l", 'S', 161, 4600);
	assert_int_equal(p.eats_since, MSEC_NONE);
}

static void one_that_does_not_wake_up_is_still(void **unused)
{
	struct proc_seen p = fresh();

	proclook_status(&p, "Name:\tx\nTracerPid:\t77\nvoluntary_ctxt_switches:\t5\n", 1000);
	assert_int_equal(p.tracer, 77);
	assert_int_equal(p.still_since, 1000);
	proclook_status(&p, "Name:\tx\nvoluntary_ctxt_switches:\t5\n", 2000);
	assert_int_equal(p.still_since, 1000);
	assert_int_equal(p.tracer, 0);
	proclook_status(&p, "Name:\tx\nvoluntary_ctxt_switches:\t6\n", 3000);
	assert_int_equal(p.still_since, 3000);
	proclook_status(&p, "Name:\tx\n", 4000);
	assert_int_equal(p.still_since, MSEC_NONE);
}

static void system_calls_that_write_are_known(void **unused)
{
	char text[64];

	snprintf(text, sizeof(text), "%d 0x1 0x2 0x3 0x0 0x0 0x0 0x7ff 0x7fe", SYS_write);
	assert_true(proclook_writes(text));
	snprintf(text, sizeof(text), "%d 0x1 0x2 0x3 0x0 0x0 0x0 0x7ff 0x7fe", SYS_read);
	assert_false(proclook_writes(text));
	assert_false(proclook_writes("running"));
	assert_false(proclook_writes("-1 0x0 0x0"));
	assert_false(proclook_writes(""));
}

/* -- real processes -- */

static void fill_a_pipe(void)
{
	int fd[2];
	char page[4096] = { 0 };

	if (pipe(fd) < 0)
		_exit(1);
	for (;;)
		(void)!write(fd[1], page, sizeof(page));
}

static void spin(void)
{
	for (;;)
		__asm__ volatile("");
}

static void rest(void)
{
	for (;;)
		pause();
}

static void be_traced(void)
{
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	raise(SIGTRAP);
	rest();
}

static void be_stopped(void)
{
	raise(SIGSTOP);
	rest();
}

/* Looks until it is seen so, three seconds at most. */
static enum hang hang_of(void (*what)(void), enum hang wanted)
{
	struct proc_seen p = fresh();
	pid_t child = fork();
	enum hang hang = HANG_UNKNOWN;

	if (child == 0)
		what();
	for (int i = 0; i < 300 && hang != wanted; i++) {
		usleep(10000);
		proclook_deeply(&p, child, loop_now());
		hang = health_hang(&p);
	}
	if (wanted == HANG_TRACED)
		assert_int_equal(p.tracer, getpid());
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return hang;
}

static void real_processes_are_told_apart(void **unused)
{
	assert_int_equal(hang_of(be_stopped, HANG_STOPPED), HANG_STOPPED);
	assert_int_equal(hang_of(be_traced, HANG_TRACED), HANG_TRACED);
	assert_int_equal(hang_of(fill_a_pipe, HANG_WRITING), HANG_WRITING);
	assert_int_equal(hang_of(spin, HANG_BUSY), HANG_BUSY);
	assert_int_equal(hang_of(rest, HANG_ASLEEP), HANG_ASLEEP);
}

static void nobody_is_unknown(void **unused)
{
	struct proc_seen p = fresh();

	proclook_deeply(&p, 0, 1);
	assert_int_equal(health_hang(&p), HANG_UNKNOWN);
	p.state = 'S';
	proclook(&p, 4194305, 2);	/* above the largest pid */
	assert_int_equal(p.state, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_may_hold_anything),
		cmocka_unit_test(a_state_is_timed_from_its_first_look),
		cmocka_unit_test(cpu_is_measured_over_a_second_at_least),
		cmocka_unit_test(one_that_does_not_wake_up_is_still),
		cmocka_unit_test(system_calls_that_write_are_known),
		cmocka_unit_test(real_processes_are_told_apart),
		cmocka_unit_test(nobody_is_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
