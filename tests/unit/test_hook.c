/* The on_event program: real processes, in a folder of their own. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fcntl.h>
#include <ev.h>

#include "supervisor/hook.h"
#include "supervisor/loop.h"

static char dir[64], program[96], out[96];
static struct ev_loop *loop;
static struct child_hub hub;
static int null_fd;

static int set_up(void **state)
{
	strcpy(dir, "/tmp/ptpwarden-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(program, sizeof(program), "%s/told", dir);
	snprintf(out, sizeof(out), "%s/out", dir);
	loop = loop_new();
	child_hub_init(&hub, loop);
	null_fd = fcntl(open("/dev/null", O_RDWR | O_CLOEXEC), F_DUPFD_CLOEXEC, 10);
	return 0;
}

static int tear_down(void **state)
{
	char command[100];

	child_hub_fini(&hub);
	loop_free(loop);
	close(null_fd);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void write_program(const char *body)
{
	FILE *f = fopen(program, "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", body);
	fclose(f);
	assert_int_equal(chmod(program, 0755), 0);
}

static const char *read_out(void)
{
	static char text[4096];
	FILE *f = fopen(out, "r");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = '\0';
	return text;
}

static struct hook *hook_of(const char *command)
{
	struct err err = { 0 };
	struct hook *h = hook_new(loop, &hub, command, null_fd, &err);

	if (!h)
		fail_msg("%s", err.text);
	return h;
}

static void tell(struct hook *h, const char *text)
{
	hook_tell(h, &(struct notice){ "state", "ptp4l", text, "{\"event\":\"state\"}" });
}

static void wait_for(const char *text)
{
	msec_t end = loop_now() + 5000;

	while (!strstr(read_out(), text) && loop_now() < end) {
		ev_run(loop, EVRUN_NOWAIT);
		usleep(2000);
	}
	if (!strstr(read_out(), text))
		fail_msg("no '%s' in '%s'", text, read_out());
}

static void the_program_gets_the_event_in_its_environment(void **unused)
{
	char command[256];
	struct hook *h;

	write_program("echo \"$1 $PTPWARDEN_EVENT $PTPWARDEN_UNIT $PTPWARDEN_TEXT $PTPWARDEN_JSON "
		      "$PTPWARDEN_MISSED $HOME.\" >>$2");
	snprintf(command, sizeof(command), "%s 'two words' %s", program, out);
	h = hook_of(command);
	tell(h, "running -> ready");
	wait_for("two words state ptp4l running -> ready {\"event\":\"state\"} 0 .\n");
	hook_free(h);
}

static void events_come_one_by_one_in_their_order(void **unused)
{
	char command[256];
	struct hook *h;

	write_program("echo \"$PTPWARDEN_TEXT begins\" >>$1; sleep 0.05; echo \"$PTPWARDEN_TEXT ends\" >>$1");
	snprintf(command, sizeof(command), "%s %s", program, out);
	h = hook_of(command);
	tell(h, "one");
	tell(h, "two");
	tell(h, "three");
	wait_for("one begins\none ends\ntwo begins\ntwo ends\nthree begins\nthree ends\n");
	hook_free(h);
}

static void too_many_events_lose_the_oldest_and_say_so(void **unused)
{
	char command[256], text[16];
	struct hook *h;

	write_program("sleep 0.01; echo \"$PTPWARDEN_TEXT missed $PTPWARDEN_MISSED\" >>$1");
	snprintf(command, sizeof(command), "%s %s", program, out);
	h = hook_of(command);
	for (int i = 0; i < HOOK_QUEUE + 4; i++) {
		snprintf(text, sizeof(text), "event %d", i);
		tell(h, text);
	}
	wait_for("event 19 missed 0\n");
	assert_non_null(strstr(read_out(), "event 0 missed 0\nevent 4 missed 3\nevent 5 missed 0\n"));
	assert_null(strstr(read_out(), "event 3 "));
	hook_free(h);
}

static void telling_takes_no_time_however_long_the_program_runs(void **unused)
{
	msec_t begun = loop_now();
	char command[256];
	struct hook *h;

	write_program("sleep 60");
	snprintf(command, sizeof(command), "%s", program);
	h = hook_of(command);
	for (int i = 0; i < 100; i++)
		tell(h, "x");
	ev_run(loop, EVRUN_NOWAIT);
	hook_free(h);	/* and it does not outlive us */
	assert_in_range(loop_now() - begun, 0, 200);
}

static void a_program_that_is_not_there_disturbs_nobody(void **unused)
{
	struct hook *h = hook_of("/nonexistent/program");

	tell(h, "x");
	tell(h, "y");
	hook_free(h);
	hook_tell(NULL, &(struct notice){ "state", NULL, "x", "{}" });
	hook_free(NULL);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_program_gets_the_event_in_its_environment),
		T(events_come_one_by_one_in_their_order),
		T(too_many_events_lose_the_oldest_and_say_so),
		T(telling_takes_no_time_however_long_the_program_runs),
		T(a_program_that_is_not_there_disturbs_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
