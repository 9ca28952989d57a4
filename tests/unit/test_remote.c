#include <ev.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"
#include "fakeunits.h"
#include "jsoncheck.h"
#include "supervisor/control/client.h"
#include "supervisor/control/remote.h"
#include "supervisor/control/verbs.h"
#include "supervisor/loop.h"

/* A supervisor of made-up units in a process of its own, and commands that talk to it. */
static char dir[64], path[96];
static char said[65536];
static pid_t supervisor;

static struct fake_units units;
static struct control_server server;

/* ---- in the supervisor's process */

static void on_later(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct unit_view *v = &units.view[0];

	v->state = ST_BACKING_OFF;
	v->cause = "config.option_unknown";
	v->cause_title = "Line 3 has an unknown option.";
	control_server_notify(&server, 0);
}

static void on_end(struct ev_loop *loop, ev_timer *timer, int revents)
{
	loop_stop(loop);
}

/* "start" leads to a failure a moment later, "restart" to ready at once. */
static int command(void *ctx, const char *verb, int unit, bool force, struct err *err)
{
	static ev_timer later;
	struct unit_view *v = &units.view[0];

	if (!strcmp(verb, "shutdown")) {
		ev_timer_init(&later, on_end, 0.05, 0.);
		ev_timer_start(server.loop, &later);
		return 0;
	}
	v->state = !strcmp(verb, "start") ? ST_STARTING : ST_READY;
	v->ready = v->state == ST_READY;
	if (!strcmp(verb, "start")) {
		ev_timer_init(&later, on_later, 0.05, 0.);
		ev_timer_start(server.loop, &later);
	}
	return 0;
}

static void supervise(void)
{
	struct plan plan = { .run_dir = dir };
	struct control_ops ops = fake_ops(&units);
	struct ev_loop *loop = loop_new();

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ops.command = command;
	fake_add(&units, "ptp4l", ST_RUNNING);
	if (control_server_start(&server, loop, &plan, &ops, NULL) == 0)
		loop_run(loop);
	control_server_stop(&server);
	usleep(100000);	/* there is always something left to be done */
	_exit(0);
}

/* ---- in the test's */

static void start_supervisor(int after_ms)
{
	supervisor = fork();
	if (supervisor)
		return;
	usleep((useconds_t)after_ms * 1000);
	supervise();
}

static void wait_for_socket(void)
{
	int fd = -1;

	for (int i = 0; i < 500 && fd < 0; i++) {
		usleep(10000);
		fd = client_connect(path, NULL);
	}
	assert_true(fd >= 0);
	close(fd);
}

static int set_up(void **unused)
{
	strcpy(dir, "/tmp/ptpwarden-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/control.sock", dir);
	supervisor = 0;
	return 0;
}

static int tear_down(void **unused)
{
	char lock[96];

	if (supervisor) {
		kill(supervisor, SIGKILL);
		waitpid(supervisor, NULL, 0);
	}
	snprintf(lock, sizeof(lock), "%s/control.lock", dir);
	unlink(lock);
	unlink(path);
	return rmdir(dir);
}

/* Run a verb as the command line would; both outputs land in `said`. */
static int run(int (*verb_main)(int, char **), const char *line)
{
	char copy[256], *argv[16], *save;
	int argc = 0, rc, out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
	FILE *to = tmpfile();

	snprintf(copy, sizeof(copy), "%s --socket %s", line, path);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	argv[argc] = NULL;
	fflush(stdout);
	dup2(fileno(to), STDOUT_FILENO);
	dup2(fileno(to), STDERR_FILENO);
	rc = verb_main(argc, argv);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	rewind(to);
	said[fread(said, 1, sizeof(said) - 1, to)] = '\0';
	fclose(to);
	return rc;
}

static void without_a_supervisor_every_verb_says_so(void **unused)
{
	static const char *const verbs[] = { "status", "start ptp4l", "stop ptp4l", "reload",
					     "restart ptp4l", "monitor", "shutdown" };

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		assert_int_equal(run(remote_main, verbs[i]), RC_UNREACHABLE);
		assert_non_null(strstr(said, "ptpwarden is not running"));
	}
	assert_int_equal(run(why_main, "why ptp4l"), RC_UNREACHABLE);
	assert_int_equal(run(wait_main, "wait 0.1"), RC_UNREACHABLE);
}

static void status_comes_back_as_text_and_as_json(void **unused)
{
	start_supervisor(0);
	wait_for_socket();
	assert_int_equal(run(remote_main, "status"), RC_OK);
	assert_non_null(strstr(said, "ptp4l    running"));
	assert_null(strchr(said, '\x1b'));
	assert_int_equal(run(remote_main, "status ptp4l -j"), RC_OK);
	assert_true(json_valid(said));
	assert_int_equal(run(remote_main, "status ptp4"), RC_USAGE);
	assert_int_equal(run(why_main, "why ptp4l --json"), RC_FINE);
	assert_true(json_valid(said));
}

static void a_failing_start_is_told_in_one_line_as_soon_as_it_is_known(void **unused)
{
	msec_t begun;

	start_supervisor(0);
	wait_for_socket();
	begun = loop_now();
	assert_int_equal(run(remote_main, "start ptp4l --wait"), RC_FAILED);
	assert_in_range(loop_now() - begun, 40, 2000);
	assert_non_null(strstr(said, "Line 3 has an unknown option."));
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
	assert_int_equal(run(remote_main, "restart ptp4l --wait=5"), RC_OK);
}

static void wait_is_patient_with_a_supervisor_that_comes_later(void **unused)
{
	start_supervisor(200);
	assert_int_equal(run(wait_main, "wait ptp4l 700ms"), RC_TRYING);
	assert_int_equal(run(remote_main, "restart ptp4l"), RC_OK);
	assert_int_equal(run(wait_main, "wait ptp4l 5"), RC_OK);
	assert_int_equal(run(wait_main, "wait --locked 100ms"), RC_TRYING);
}

static void a_supervisor_that_dies_while_asked_is_unreachable(void **unused)
{
	pid_t killer;

	start_supervisor(0);
	wait_for_socket();
	killer = fork();
	if (!killer) {
		usleep(100000);
		kill(supervisor, SIGKILL);
		_exit(0);
	}
	assert_int_equal(run(remote_main, "stop ptp4l --wait=10"), RC_UNREACHABLE);
	waitpid(killer, NULL, 0);
	assert_int_equal(run(wait_main, "wait ptp4l 300ms"), RC_UNREACHABLE);
}

static void shutdown_is_over_when_the_process_is(void **unused)
{
	msec_t begun;

	start_supervisor(0);
	wait_for_socket();
	begun = loop_now();
	assert_int_equal(run(remote_main, "shutdown --wait"), RC_OK);
	assert_true(loop_now() - begun >= 140);	/* 50 ms to the end of the loop, 100 ms after it */
	waitpid(supervisor, NULL, 0);
	supervisor = 0;
	assert_int_equal(run(remote_main, "shutdown"), RC_UNREACHABLE);
}

static void one_slip_never_stops_every_unit(void **unused)
{
	assert_int_equal(run(remote_main, "stop"), RC_USAGE);
	assert_int_equal(run(remote_main, "stop --all ptp4l"), RC_USAGE);
	assert_int_equal(run(wait_main, "wait ptp4l soon"), RC_USAGE);
}

#define TALKING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TALKING(without_a_supervisor_every_verb_says_so),
		TALKING(status_comes_back_as_text_and_as_json),
		TALKING(a_failing_start_is_told_in_one_line_as_soon_as_it_is_known),
		TALKING(wait_is_patient_with_a_supervisor_that_comes_later),
		TALKING(a_supervisor_that_dies_while_asked_is_unreachable),
		TALKING(shutdown_is_over_when_the_process_is),
		TALKING(one_slip_never_stops_every_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
