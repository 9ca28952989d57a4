#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <ev.h>
#include "supervisor/loop.h"
#include "supervisor/observe/filewatch.h"
#include "supervisor/observe/netlink.h"
#include "supervisor/observe/procwatch.h"

struct stage {
	char dir[64];
	struct ev_loop *loop;
	struct filewatch fw;
	struct procwatch pw;
	ev_timer limit;
	unsigned calls;
	msec_t called_at;
};

static void on_change(void *owner)
{
	struct stage *s = owner;

	s->calls++;
	s->called_at = loop_now();
	loop_stop(s->loop);
}

static void on_limit(struct ev_loop *loop, ev_timer *t, int revents)
{
	loop_stop(loop);
}

static void run_ms(struct stage *s, int ms)
{
	ev_timer_stop(s->loop, &s->limit);
	ev_timer_set(&s->limit, ms / 1000., 0.);
	ev_timer_start(s->loop, &s->limit);
	loop_run(s->loop);
}

static int set_up(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	strcpy(s->dir, "/tmp/ptpwarden-test-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	assert_int_equal(chdir(s->dir), 0);
	s->loop = loop_new();
	ev_init(&s->limit, on_limit);
	filewatch_init(&s->fw, s->loop, on_change, s);
	procwatch_init(&s->pw, s->loop, on_change, s);
	*state = s;
	return 0;
}

static void sh(const char *command)
{
	assert_int_equal(system(command), 0);
}

static int tear_down(void **state)
{
	struct stage *s = *state;
	char command[100];

	filewatch_stop(&s->fw);
	procwatch_stop(&s->pw);
	loop_free(s->loop);
	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf %s", s->dir);
	sh(command);
	free(s);
	return 0;
}

static void watch(struct stage *s, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	assert_int_equal(filewatch_start(&s->fw, path, NULL), 0);
	run_ms(s, 5);
	s->calls = 0;
}

/* Told once, soon after. */
static void notices(struct stage *s, const char *command)
{
	msec_t done;

	sh(command);
	done = loop_now();
	s->calls = 0;
	run_ms(s, 1000);
	assert_int_equal(s->calls, 1);
	assert_in_range(s->called_at - done, 0, 150);
	run_ms(s, 60);
	assert_int_equal(s->calls, 1);
}

static void ignores(struct stage *s, const char *command)
{
	s->calls = 0;
	sh(command);
	run_ms(s, 100);
	assert_int_equal(s->calls, 0);
}

static void every_way_of_mending_a_file_is_noticed(void **state)
{
	struct stage *s = *state;

	sh("echo bad > conf");
	watch(s, "conf");
	notices(s, "echo good > conf");
	notices(s, "echo better >> conf");
	notices(s, "sed -i s/good/bad/ conf");
	notices(s, "echo new > conf.tmp && mv conf.tmp conf");
	notices(s, "sed -i s/new/old/ conf");
	notices(s, "chmod 600 conf");
	notices(s, "rm conf");
	notices(s, "echo again > conf");
	notices(s, "ln -f conf backup && ln -f backup conf2 && mv -f conf2 conf2b; touch conf");
}

static void neighbours_do_not_count(void **state)
{
	struct stage *s = *state;

	sh("echo bad > conf");
	watch(s, "conf");
	ignores(s, "echo x > other; mv other conf.other; rm conf.other; mkdir d; rmdir d");
}

static void reading_does_not_count(void **state)
{
	struct stage *s = *state;

	sh("echo bad > conf");
	watch(s, "conf");
	ignores(s, "cat conf");
}

static void a_file_is_judged_when_it_is_closed_not_before(void **state)
{
	struct stage *s = *state;
	int fd;

	sh("echo bad > conf");
	watch(s, "conf");
	fd = open("conf", O_WRONLY | O_TRUNC);
	assert_int_equal(write(fd, "half", 4), 4);
	run_ms(s, 100);
	assert_int_equal(s->calls, 0);
	close(fd);
	run_ms(s, 1000);
	assert_int_equal(s->calls, 1);
	unlink("conf");
	run_ms(s, 1000);
	s->calls = 0;
	fd = open("conf", O_WRONLY | O_CREAT, 0600);
	run_ms(s, 100);
	assert_int_equal(s->calls, 0);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
	run_ms(s, 1000);
	assert_int_equal(s->calls, 1);
}

static void a_burst_gives_one_call(void **state)
{
	struct stage *s = *state;

	sh("echo bad > conf");
	watch(s, "conf");
	notices(s, "for i in 1 2 3 4 5 6 7 8 9; do echo $i > conf; done");
}

static void links_are_watched_at_both_ends(void **state)
{
	struct stage *s = *state;

	sh("mkdir a b etc && echo one > a/conf && echo two > b/conf && ln -s ../a/conf etc/conf");
	watch(s, "etc/conf");
	notices(s, "echo better > a/conf");
	notices(s, "sed -i s/better/best/ a/conf");
	notices(s, "ln -sfn ../b/conf etc/conf");
	notices(s, "echo changed > b/conf");
	ignores(s, "echo nobody looks > a/conf");
}

static void a_linked_folder_may_be_switched(void **state)
{
	struct stage *s = *state;

	sh("mkdir v1 v2 && echo one > v1/conf && echo two > v2/conf && ln -s v1 current");
	watch(s, "current/conf");
	notices(s, "echo better > v1/conf");
	notices(s, "ln -sfn v2 current");
	notices(s, "echo changed > v2/conf");
}

static void a_path_may_come_into_being_step_by_step(void **state)
{
	struct stage *s = *state;

	watch(s, "a/b/conf");
	notices(s, "mkdir a");
	notices(s, "mkdir a/b");
	notices(s, "echo x > a/b/conf");
	notices(s, "rm -r a");
	notices(s, "mkdir -p a/b && echo y > a/b/conf");
}

static void a_folder_that_is_replaced_is_noticed(void **state)
{
	struct stage *s = *state;

	sh("mkdir d e && echo one > d/conf && echo two > e/conf");
	watch(s, "d/conf");
	notices(s, "mv d old && mv e d");
	notices(s, "echo three > d/conf");
}

static void the_entries_of_a_watched_folder_count(void **state)
{
	struct stage *s = *state;

	sh("mkdir conf.d");
	watch(s, "conf.d");
	notices(s, "echo x > conf.d/10-more.conf");
	notices(s, "echo y > conf.d/10-more.conf");
	notices(s, "rm conf.d/10-more.conf");
	notices(s, "rmdir conf.d");
	notices(s, "mkdir conf.d");
}

static void a_link_in_a_circle_ends(void **state)
{
	struct stage *s = *state;

	sh("ln -s b a && ln -s a b");
	watch(s, "a");
	notices(s, "rm a && echo x > a");
}

static void without_inotify_it_looks_now_and_then(void **state)
{
	struct stage *s = *state;

	sh("echo bad > conf");
	watch(s, "conf");
	/* as if inotify_init1() had failed */
	ev_io_stop(s->loop, &s->fw.io);
	close(s->fw.fd);
	s->fw.fd = -1;
	s->fw.n = 0;
	ev_timer_stop(s->loop, &s->fw.net);
	ev_timer_set(&s->fw.net, .1, .1);
	ev_timer_start(s->loop, &s->fw.net);
	sh("echo good > conf");
	run_ms(s, 1000);
	assert_int_equal(s->calls, 1);
}

static void watch_device(struct stage *s, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	assert_int_equal(filewatch_start_device(&s->fw, path, NULL), 0);
	run_ms(s, 5);
	s->calls = 0;
}

/* /dev/null is closed after writing many times a second, and so is a clock that we ask. */
static void using_a_device_is_no_change_of_it(void **state)
{
	struct stage *s = *state;

	sh("touch ptp0");
	watch_device(s, "ptp0");
	ignores(s, "echo x >ptp0");
	notices(s, "chmod 600 ptp0");
	notices(s, "rm ptp0");
	notices(s, "mkfifo ptp0");
}

static void any_device_of_a_kind_may_be_awaited(void **state)
{
	struct stage *s = *state;

	watch_device(s, "ptp*");
	ignores(s, "mkfifo tty7");
	notices(s, "mkfifo ptp7");
	notices(s, "rm ptp7");
	assert_int_equal(filewatch_start(&s->fw, "ptp*", NULL), 0);
	ignores(s, "mkfifo ptp8");
}

static void a_path_that_is_too_long_is_refused(void **state)
{
	struct stage *s = *state;
	char path[600];

	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[511] = '\0';
	assert_int_equal(filewatch_start(&s->fw, path, NULL), 0);
	path[511] = 'x';
	path[512] = '\0';
	assert_int_equal(filewatch_start(&s->fw, path, NULL), -ENAMETOOLONG);
}

static void a_stranger_s_end_is_noticed(void **state)
{
	struct stage *s = *state;
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	assert_int_equal(procwatch_start(&s->pw, pid, NULL), 0);
	run_ms(s, 50);
	assert_int_equal(s->calls, 0);
	kill(pid, SIGKILL);
	run_ms(s, 2000);
	assert_int_equal(s->calls, 1);
	waitpid(pid, NULL, 0);
	assert_int_equal(procwatch_start(&s->pw, pid, NULL), -ESRCH);
}

static void on_link(void *owner, const struct iface *was, const struct iface *now)
{
}

static void the_loopback_interface_is_in_the_table(void **state)
{
	struct stage *s = *state;
	static struct netlink nl;
	struct err err = { 0 };

	assert_int_equal(netlink_start(&nl, s->loop, on_link, s, &err), 0);
	assert_non_null(netlink_find(&nl, "lo"));
	assert_int_equal(netlink_find(&nl, "lo")->index, 1);
	assert_null(netlink_find(&nl, "no-such"));
	netlink_stop(&nl);
	netlink_stop(&nl);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_way_of_mending_a_file_is_noticed),
		T(neighbours_do_not_count),
		T(reading_does_not_count),
		T(a_file_is_judged_when_it_is_closed_not_before),
		T(a_burst_gives_one_call),
		T(links_are_watched_at_both_ends),
		T(a_linked_folder_may_be_switched),
		T(a_path_may_come_into_being_step_by_step),
		T(a_folder_that_is_replaced_is_noticed),
		T(the_entries_of_a_watched_folder_count),
		T(a_link_in_a_circle_ends),
		T(without_inotify_it_looks_now_and_then),
		T(using_a_device_is_no_change_of_it),
		T(any_device_of_a_kind_may_be_awaited),
		T(a_path_that_is_too_long_is_refused),
		T(a_stranger_s_end_is_noticed),
		T(the_loopback_interface_is_in_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
