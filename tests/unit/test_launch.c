#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "supervisor/act/launch.h"
#include "supervisor/act/stop.h"
#include "supervisor/loop.h"
#include "supervisor/observe/child.h"
#include "supervisor/proc.h"

/* One launched child: its output in a pipe, its end in `info`. */
struct stage {
	struct ev_loop *loop;
	struct child_hub hub;
	struct child child;
	struct plan_unit unit;
	struct launch_spec spec;
	struct exit_info info;
	int out[2];
	char text[8192];
};

static void on_exit_info(void *owner, const struct exit_info *info)
{
	struct stage *s = owner;

	s->info = *info;
	loop_stop(s->loop);
}

static int set_up(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	s->loop = loop_new();
	child_hub_init(&s->hub, s->loop);
	child_init(&s->child, &s->hub, on_exit_info, s);
	s->unit.umask = 027;
	assert_int_equal(pipe2(s->out, O_CLOEXEC | O_NONBLOCK), 0);
	s->spec = (struct launch_spec){ .unit = &s->unit, .out_fd = s->out[1], .err_fd = s->out[1] };
	s->spec.null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct stage *s = *state;

	child_stop(&s->child);
	child_hub_fini(&s->hub);
	loop_free(s->loop);
	close(s->spec.null_fd);
	close(s->out[0]);
	close(s->out[1]);
	free(s);
	return 0;
}

static void start(struct stage *s, char *const argv[])
{
	static char *const env[] = { "PATH=/usr/bin:/bin", NULL };
	struct launched l;
	struct err err = { 0 };

	s->spec.path = argv[0];
	s->spec.argv = argv;
	s->spec.env = env;
	assert_int_equal(launch(&s->spec, &l, &err), 0);
	assert_true(l.id.pid > 1);
	assert_int_equal(child_watch(&s->child, &l.id, l.at, &err), 0);
}

static void run(struct stage *s, char *const argv[])
{
	ssize_t n;

	start(s, argv);
	loop_run(s->loop);
	n = read(s->out[0], s->text, sizeof(s->text) - 1);
	s->text[n > 0 ? n : 0] = '\0';
}

static void shell(struct stage *s, char *script)
{
	run(s, (char *const[]){ "/bin/sh", "-c", script, NULL });
}

static void the_exit_status_arrives(void **state)
{
	struct stage *s = *state;

	shell(s, "exit 7");
	assert_int_equal(s->info.kind, EXIT_KIND_EXIT);
	assert_int_equal(s->info.code, 7);
	assert_true(s->info.maxrss_kib > 0);
	assert_in_range(s->info.after_ms, 0, 2000);
}

static void the_signal_arrives(void **state)
{
	struct stage *s = *state;

	shell(s, "kill -SEGV $$");
	assert_int_equal(s->info.kind, EXIT_KIND_SIGNAL);
	assert_int_equal(s->info.code, SIGSEGV);
}

static void the_child_has_three_descriptors(void **state)
{
	struct stage *s = *state;
	int stray = open("/dev/zero", O_RDONLY);	/* not close-on-exec */

	/* ls itself opens the folder as 3 */
	run(s, (char *const[]){ "/bin/ls", "/proc/self/fd", NULL });
	close(stray);
	assert_string_equal(s->text, "0\n1\n2\n3\n");
}

static void the_child_has_default_signals(void **state)
{
	struct stage *s = *state;
	struct sigaction ign = { .sa_handler = SIG_IGN }, old;
	sigset_t set, before;

	sigaction(SIGPIPE, &ign, &old);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &before);
	run(s, (char *const[]){ "/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status", NULL });
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGPIPE, &old, NULL);
	assert_string_equal(s->text, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

static void the_parent_keeps_its_signal_mask(void **state)
{
	struct stage *s = *state;
	sigset_t before, after;

	sigprocmask(SIG_BLOCK, NULL, &before);
	shell(s, "true");
	sigprocmask(SIG_BLOCK, NULL, &after);
	assert_memory_equal(&before, &after, _NSIG / 8);	/* the rest is never filled */
}

static void the_child_leads_a_session(void **state)
{
	struct stage *s = *state;
	int pid, session;

	shell(s, "cut -d' ' -f1,6 /proc/$$/stat");
	assert_int_equal(sscanf(s->text, "%d %d", &pid, &session), 2);
	assert_int_equal(pid, session);
	assert_true(session != getsid(0));
}

static void the_environment_is_what_was_given(void **state)
{
	struct stage *s = *state;

	setenv("LD_PRELOAD_PTPWARDEN_TEST", "hostile", 1);
	run(s, (char *const[]){ "/usr/bin/env", NULL });
	unsetenv("LD_PRELOAD_PTPWARDEN_TEST");
	assert_string_equal(s->text, "PATH=/usr/bin:/bin\n");
}

static void directory_umask_nice_and_limits_are_set(void **state)
{
	struct stage *s = *state;

	s->unit.directory = "/usr";
	s->unit.nice_set = true;
	s->unit.nice = 3;
	s->unit.limit[0] = (struct plan_limit){ .set = true, .resource = RLIMIT_NOFILE,
						.value = { 77, 88 } };
	shell(s, "pwd; umask; nice; ulimit -n; ulimit -Hn");
	assert_string_equal(s->text, "/usr\n0027\n3\n77\n88\n");
}

static void affinity_is_set(void **state)
{
	struct stage *s = *state;

	s->unit.affinity_set = true;
	s->unit.affinity = 1;
	run(s, (char *const[]){ "/bin/grep", "Cpus_allowed_list", "/proc/self/status", NULL });
	assert_string_equal(s->text, "Cpus_allowed_list:\t0\n");
}

static void output_does_not_block_the_child(void **state)
{
	struct stage *s = *state;

	fcntl(s->out[1], F_SETFL, 0);	/* as an earlier child might have left it */
	shell(s, "head -c 1000000 /dev/zero; exit 5");
	assert_int_equal(s->info.code, 5);
}

static void failure(struct stage *s, enum launch_stage stage, int code)
{
	static char *const env[] = { NULL };
	char *const argv[] = { "x", NULL };
	struct launched l;
	struct err err = { 0 };

	if (!s->spec.path)
		s->spec.path = "/bin/true";
	s->spec.argv = argv;
	s->spec.env = env;
	assert_int_equal(launch(&s->spec, &l, &err), -code);
	assert_int_equal(l.stage, stage);
	assert_int_equal(l.id.pid, 0);
	assert_int_equal(err.code, code);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void a_missing_program_is_told_with_its_stage(void **state)
{
	struct stage *s = *state;

	s->spec.path = "/nonexistent/ptp4l";
	failure(s, STAGE_EXEC, ENOENT);
}

static void a_program_of_another_kind_never_reaches_a_shell(void **state)
{
	struct stage *s = *state;
	char path[] = "/tmp/ptpwarden-test-XXXXXX";
	int fd = mkstemp(path);

	assert_int_equal(write(fd, "echo hello\n", 11), 11);
	fchmod(fd, 0755);
	close(fd);
	s->spec.path = path;
	failure(s, STAGE_EXEC, ENOEXEC);
	unlink(path);
}

static void a_missing_directory_is_told_with_its_stage(void **state)
{
	struct stage *s = *state;

	s->unit.directory = "/nonexistent";
	failure(s, STAGE_DIRECTORY, ENOENT);
}

static void a_bad_scheduler_is_told_with_its_stage(void **state)
{
	struct stage *s = *state;

	s->unit.sched = SCHED_FIFO_;
	s->unit.sched_priority = 1000;
	failure(s, STAGE_SCHED, EINVAL);
}

static void an_impossible_limit_is_told_with_its_stage(void **state)
{
	struct stage *s = *state;

	s->unit.limit[0] = (struct plan_limit){ .set = true, .resource = RLIMIT_NOFILE,
						.value = { 2, 1 } };
	failure(s, STAGE_LIMITS, EINVAL);
}

static void a_process_table_that_is_full_is_told(void **state)
{
	struct stage *s = *state;
	struct rlimit before, none = { 0, 0 };
	int status;

	/* root is exempt from RLIMIT_NPROC, so ask as nobody */
	if (fork() == 0) {
		struct launched l;

		s->spec.path = "/bin/true";
		getrlimit(RLIMIT_NPROC, &before);
		none.rlim_max = before.rlim_max;
		setrlimit(RLIMIT_NPROC, &none);
		if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
			_exit(2);
		_exit(launch(&s->spec, &l, NULL) == -EAGAIN && l.stage == STAGE_FORK ? 0 : 1);
	}
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
}

static void a_descriptor_that_is_in_the_way_is_refused(void **state)
{
	struct stage *s = *state;
	int kept = s->spec.null_fd;

	s->spec.null_fd = 0;
	failure(s, STAGE_OUTPUT, EBADF);
	s->spec.null_fd = kept;
}

static unsigned descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void a_hundred_launches_leave_no_descriptor(void **state)
{
	struct stage *s = *state;
	unsigned before = descriptors();

	for (int i = 0; i < 100; i++) {
		shell(s, "exit 3");
		assert_int_equal(s->info.code, 3);
		s->spec.path = NULL;
		s->unit.directory = "/nonexistent";
		failure(s, STAGE_DIRECTORY, ENOENT);
		s->unit.directory = NULL;
	}
	assert_int_equal(descriptors(), before);
}

static void start_without_pidfd(struct stage *s, char *const argv[], unsigned how_many)
{
	struct launched l;
	struct err err = { 0 };
	static char *const env[] = { NULL };

	s->spec.path = argv[0];
	s->spec.argv = argv;
	s->spec.env = env;
	assert_int_equal(launch(&s->spec, &l, &err), 0);
	close(l.id.pidfd);
	l.id.pidfd = -1;
	if (how_many)	/* ended before it is watched */
		while (proc_state(l.id.pid) != 'Z')
			sched_yield();
	assert_int_equal(child_watch(&s->child, &l.id, l.at, &err), 0);
}

static void without_pidfd_sigchld_does_it(void **state)
{
	struct stage *s = *state;

	for (unsigned i = 0; i < 2; i++) {
		memset(&s->info, 0, sizeof(s->info));
		start_without_pidfd(s, (char *const[]){ "/bin/sh", "-c", "exit 9", NULL }, i);
		loop_run(s->loop);
		assert_int_equal(s->info.kind, EXIT_KIND_EXIT);
		assert_int_equal(s->info.code, 9);
	}
}

/* As before Linux 5.1: no pidfd, no close_range. For this process and its children. */
static void forget_new_system_calls(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 424, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { .len = ARRAY_LEN(code), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, 2, &prog) < 0)
		_exit(10);
}

static void an_old_kernel_will_do(void **state)
{
	struct stage *s = *state;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		char *const argv[] = { "/bin/ls", "/proc/self/fd", NULL }, *const env[] = { NULL };
		struct launched l;

		forget_new_system_calls();
		(void)open("/dev/zero", O_RDONLY);	/* not close-on-exec */
		s->spec.path = argv[0];
		s->spec.argv = argv;
		s->spec.env = env;
		if (proc_pidfd(getpid()) != -ENOSYS || launch(&s->spec, &l, NULL) < 0)
			_exit(11);
		if (l.id.pidfd != -1 || child_watch(&s->child, &l.id, l.at, NULL) < 0)
			_exit(12);
		loop_run(s->loop);
		if (s->info.kind != EXIT_KIND_EXIT || s->info.code != 0)
			_exit(13);
		if (read(s->out[0], s->text, sizeof(s->text) - 1) <= 0)
			_exit(14);
		_exit(strcmp(s->text, "0\n1\n2\n3\n") ? 15 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void a_child_is_not_lost_when_no_descriptor_is_left(void **state)
{
	struct stage *s = *state;
	char *const argv[] = { "/bin/sh", "-c", "exit 7", NULL };
	struct rlimit before, none;
	struct child_id id;

	start(s, argv);
	id = s->child.id;
	id.pidfd = -1;		/* as if it could not be opened */
	child_stop(&s->child);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(child_watch(&s->child, &id, 0, NULL), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	loop_run(s->loop);
	assert_int_equal(s->info.kind, EXIT_KIND_EXIT);
	assert_int_equal(s->info.code, 7);
}

static void an_adopted_process_ends_in_an_unknown_way(void **state)
{
	struct stage *s = *state;
	char *const argv[] = { "/bin/sleep", "100", NULL };
	struct child_id id;

	start(s, argv);
	id = s->child.id;
	id.ours = false;
	id.pidfd = proc_pidfd(id.pid);
	child_stop(&s->child);
	assert_int_equal(child_watch(&s->child, &id, 0, NULL), 0);
	assert_int_equal(stop_signal(&id, SIGKILL, false, NULL), 0);
	loop_run(s->loop);
	assert_int_equal(s->info.kind, EXIT_KIND_UNKNOWN);
	assert_true(waitpid(id.pid, NULL, 0) > 0);
}

static void a_signal_never_goes_to_a_stranger(void **state)
{
	struct stage *s = *state;
	char *const argv[] = { "/bin/sleep", "100", NULL };
	struct child_id id, wrong;

	start(s, argv);
	id = s->child.id;
	wrong = (struct child_id){ .pid = id.pid, .pidfd = -1, .start_ticks = id.start_ticks + 1 };
	assert_int_equal(stop_signal(&wrong, SIGKILL, false, NULL), -ESRCH);
	wrong = (struct child_id){ .pid = id.pid, .pidfd = -1 };
	assert_int_equal(stop_signal(&wrong, SIGKILL, true, NULL), -ESRCH);
	wrong = (struct child_id){ .pid = 1, .pidfd = -1, .ours = true };
	assert_int_equal(stop_signal(&wrong, 0, false, NULL), -EPERM);
	wrong.pid = -1;
	assert_int_equal(stop_signal(&wrong, 0, false, NULL), -EPERM);
	wrong.pid = 0;
	assert_int_equal(stop_signal(&wrong, 0, false, NULL), -EPERM);
	wrong.pid = getpid();	/* not a child of ours */
	assert_int_equal(stop_signal(&wrong, 0, false, NULL), -ESRCH);
	assert_int_equal(stop_signal(&id, SIGTERM, false, NULL), 0);
	loop_run(s->loop);
	assert_int_equal(s->info.code, SIGTERM);
	assert_int_equal(stop_signal(&id, SIGTERM, false, NULL), -ESRCH);
}

static void a_group_is_stopped_whole(void **state)
{
	struct stage *s = *state;
	char *const argv[] = { "/bin/sh", "-c", "sleep 100 & echo $!; wait", NULL };
	char text[32] = "";
	pid_t grandchild;

	start(s, argv);
	while (read(s->out[0], text, sizeof(text) - 1) < 0)
		sched_yield();
	grandchild = atoi(text);
	assert_true(grandchild > 1);
	assert_int_equal(stop_signal(&s->child.id, SIGKILL, true, NULL), 0);
	loop_run(s->loop);
	assert_int_equal(s->info.code, SIGKILL);
	for (int i = 0; i < 1000 && kill(grandchild, 0) == 0 && proc_state(grandchild) != 'Z'; i++)
		usleep(1000);
	assert_true(kill(grandchild, 0) < 0 || proc_state(grandchild) == 'Z');
}

static void names_are_looked_up_beforehand(void **state)
{
	struct stage *s = *state;
	struct plan_run run = { .user = "nobody", .program_path = "/bin/true" };
	struct launch_spec spec;
	struct err err = { 0 };

	assert_int_equal(launch_prepare(&spec, &s->unit, &run, 0, &err), 0);
	assert_true(spec.change_user);
	assert_int_equal(spec.uid, 65534);
	run.user = "no-such-user-here";
	assert_int_equal(launch_prepare(&spec, &s->unit, &run, 0, &err), -ENOENT);
	run.user = NULL;
	run.group = "no-such-group-here";
	assert_int_equal(launch_prepare(&spec, &s->unit, &run, 0, NULL), -ENOENT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_exit_status_arrives),
		T(the_signal_arrives),
		T(the_child_has_three_descriptors),
		T(an_old_kernel_will_do),
		T(the_child_has_default_signals),
		T(the_parent_keeps_its_signal_mask),
		T(the_child_leads_a_session),
		T(the_environment_is_what_was_given),
		T(directory_umask_nice_and_limits_are_set),
		T(affinity_is_set),
		T(output_does_not_block_the_child),
		T(a_missing_program_is_told_with_its_stage),
		T(a_program_of_another_kind_never_reaches_a_shell),
		T(a_missing_directory_is_told_with_its_stage),
		T(a_bad_scheduler_is_told_with_its_stage),
		T(an_impossible_limit_is_told_with_its_stage),
		T(a_process_table_that_is_full_is_told),
		T(a_descriptor_that_is_in_the_way_is_refused),
		T(a_hundred_launches_leave_no_descriptor),
		T(without_pidfd_sigchld_does_it),
		T(a_child_is_not_lost_when_no_descriptor_is_left),
		T(an_adopted_process_ends_in_an_unknown_way),
		T(a_signal_never_goes_to_a_stranger),
		T(a_group_is_stopped_whole),
		T(names_are_looked_up_beforehand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
