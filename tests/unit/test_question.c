#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "supervisor/loop.h"
#include "supervisor/observe/question.h"

struct answer_sheet {
	int value;
	char rest[100 * 1024];	/* more than a pipe holds */
};

struct stage {
	struct ev_loop *loop;
	struct question q;
	struct question_job job;
	struct answer_sheet out;
	unsigned calls;
	bool ok;
};

static void on_done(void *owner, bool ok)
{
	struct stage *s = owner;

	s->calls++;
	s->ok = ok;
	loop_stop(s->loop);
}

static int set_up(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	s->loop = loop_new();
	s->job = (struct question_job){ .out = &s->out, .size = sizeof(s->out), .deadline_ms = 5000,
					.done = on_done, .owner = s };
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct stage *s = *state;

	question_fini(&s->q);
	loop_free(s->loop);
	free(s);
	return 0;
}

static void ask(struct stage *s, question_fn *fn, int arg)
{
	static int kept;

	kept = arg;
	s->job.fn = fn;
	s->job.arg = &kept;
	s->calls = 0;
	assert_int_equal(question_ask(&s->q, s->loop, &s->job, NULL), 0);
	loop_run(s->loop);
	assert_int_equal(s->calls, 1);
}

/* What is left to reap comes a moment later. */
static void no_child_is_left(struct stage *s)
{
	for (int i = 0; i < 2000; i++) {
		ev_run(s->loop, EVRUN_NOWAIT);
		if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
			return;
		usleep(1000);
	}
	fail();
}

static void twice(const void *arg, void *out)
{
	struct answer_sheet *a = out;

	a->value = 2 * *(const int *)arg;
	a->rest[sizeof(a->rest) - 1] = 'z';
}

static void hang(const void *arg, void *out)
{
	for (;;)
		pause();
}

static void crash(const void *arg, void *out)
{
	abort();
}

static void count_descriptors(const void *arg, void *out)
{
	struct answer_sheet *a = out;

	for (int fd = 3; fd < 256; fd++)
		a->value += fcntl(fd, F_GETFD) >= 0;
}

static void an_answer_comes_back_whole(void **state)
{
	struct stage *s = *state;

	ask(s, twice, 21);
	assert_true(s->ok);
	assert_int_equal(s->out.value, 42);
	assert_int_equal(s->out.rest[sizeof(s->out.rest) - 1], 'z');
	no_child_is_left(s);
}

static void a_question_that_hangs_is_ended_at_its_deadline(void **state)
{
	struct stage *s = *state;
	msec_t before = loop_now();

	s->out.value = 7;
	s->job.deadline_ms = 100;
	ask(s, hang, 0);
	assert_false(s->ok);
	assert_int_equal(s->out.value, 7);
	assert_in_range(loop_now() - before, 95, 400);
	no_child_is_left(s);
}

static void a_question_that_crashes_has_no_answer(void **state)
{
	struct stage *s = *state;

	ask(s, crash, 0);
	assert_false(s->ok);
	no_child_is_left(s);
}

static void the_child_holds_only_its_pipe(void **state)
{
	struct stage *s = *state;

	ask(s, count_descriptors, 0);
	assert_true(s->ok);
	assert_int_equal(s->out.value, 1);
}

static void one_question_at_a_time(void **state)
{
	struct stage *s = *state;

	s->job.fn = hang;
	assert_int_equal(question_ask(&s->q, s->loop, &s->job, NULL), 0);
	assert_true(question_open(&s->q));
	assert_int_equal(question_ask(&s->q, s->loop, &s->job, NULL), -EBUSY);
	question_stop(&s->q);
	assert_false(question_open(&s->q));
	assert_int_equal(s->calls, 0);
	no_child_is_left(s);
}

/* The answer is used up and the next question asked while the child is still on its way out. */
static void stopping_leaves_no_dead_child(void **state)
{
	struct stage *s = *state;

	for (int i = 0; i < QUESTION_DEAD_MAX - 2; i++) {
		ask(s, twice, i);
		question_stop(&s->q);
	}
	no_child_is_left(s);
}

static void the_end_leaves_no_dead_child(void **state)
{
	struct stage *s = *state;

	s->job.fn = hang;
	assert_int_equal(question_ask(&s->q, s->loop, &s->job, NULL), 0);
	question_fini(&s->q);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void the_size_is_bounded(void **state)
{
	struct stage *s = *state;

	s->job.fn = twice;
	s->job.size = QUESTION_MAX + 1;
	assert_int_equal(question_ask(&s->q, s->loop, &s->job, NULL), -EINVAL);
}

static void many_questions_leave_nothing_behind(void **state)
{
	struct stage *s = *state;
	int before = dup(0), after;

	close(before);
	for (int i = 0; i < 100; i++) {
		ask(s, i % 5 ? twice : crash, i);
		no_child_is_left(s);
	}
	question_stop(&s->q);
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_answer_comes_back_whole),
		T(a_question_that_hangs_is_ended_at_its_deadline),
		T(a_question_that_crashes_has_no_answer),
		T(the_child_holds_only_its_pipe),
		T(one_question_at_a_time),
		T(stopping_leaves_no_dead_child),
		T(the_end_leaves_no_dead_child),
		T(the_size_is_bounded),
		T(many_questions_leave_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
