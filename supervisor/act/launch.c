#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "supervisor/loop.h"
#include "supervisor/proc.h"

/*
 * The child borrows our memory until its execve, so it makes bare system calls
 * only: libc's own setresuid() and friends would reach for its threads, and
 * musl has no sched_setscheduler() at all.
 */
#ifdef SYS_setresuid32
#define SYS_SETRESUID SYS_setresuid32
#define SYS_SETRESGID SYS_setresgid32
#define SYS_SETGROUPS SYS_setgroups32
#else
#define SYS_SETRESUID SYS_setresuid
#define SYS_SETRESGID SYS_setresgid
#define SYS_SETGROUPS SYS_setgroups
#endif

/* How the child tells which step failed; an empty pipe at its end means that execve worked. */
struct complaint {
	int stage;
	int code;
};

struct child_args {
	const struct launch_spec *spec;
	int complain_fd;
};

static int set_output(const struct child_args *a)
{
	const struct launch_spec *s = a->spec;

	if (dup2(s->null_fd, 0) < 0 || dup2(s->out_fd, 1) < 0 || dup2(s->err_fd, 2) < 0)
		return -1;
	/* an earlier child may have changed the flags of the shared description */
	if (fcntl(1, F_SETFL, O_RDWR | O_NONBLOCK) < 0 || fcntl(2, F_SETFL, O_RDWR | O_NONBLOCK) < 0)
		return -1;
	proc_close_others(a->complain_fd);
	return 0;
}

static int set_session(const struct child_args *a)
{
	const struct plan_unit *u = a->spec->unit;

	proc_default_signals();
	umask(u ? u->umask : 022);
	return setsid() < 0 ? -1 : 0;
}

static int set_directory(const struct child_args *a)
{
	const struct plan_unit *u = a->spec->unit;

	return chdir(u && u->directory ? u->directory : "/");
}

static int set_affinity(uint64_t cpus)
{
	enum { BITS = 8 * sizeof(unsigned long) };
	unsigned long mask[64 / BITS] = { 0 };

	for (unsigned cpu = 0; cpu < 64; cpu++)
		if (cpus >> cpu & 1)
			mask[cpu / BITS] |= 1UL << (cpu % BITS);
	return syscall(SYS_sched_setaffinity, 0, sizeof(mask), mask) < 0 ? -1 : 0;
}

static int set_sched(const struct child_args *a)
{
	static const int policy[] = {
		[SCHED_RR_] = SCHED_RR, [SCHED_FIFO_] = SCHED_FIFO, [SCHED_OTHER_] = SCHED_OTHER,
	};
	const struct plan_unit *u = a->spec->unit;
	struct sched_param param;

	if (!u)
		return 0;
	if (u->nice_set && syscall(SYS_setpriority, PRIO_PROCESS, 0, u->nice) < 0)
		return -1;
	if (u->affinity_set && set_affinity(u->affinity) < 0)
		return -1;
	if (u->sched == SCHED_KEEP)
		return 0;
	param.sched_priority = u->sched == SCHED_OTHER_ ? 0 : u->sched_priority;
	return syscall(SYS_sched_setscheduler, 0, policy[u->sched], &param) < 0 ? -1 : 0;
}

static int set_limits(const struct child_args *a)
{
	const struct plan_unit *u = a->spec->unit;

	for (unsigned i = 0; u && i < PLAN_LIMITS; i++)
		if (u->limit[i].set &&
		    prlimit(0, u->limit[i].resource, &u->limit[i].value, NULL) < 0)
			return -1;
	return 0;
}

/* Permitted, effective and inheritable become exactly `caps`, then all of them ambient. */
static int set_capabilities(uint64_t caps)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	for (unsigned i = 0; i < 2; i++) {
		uint32_t word = (uint32_t)(caps >> (32 * i));

		data[i] = (struct __user_cap_data_struct){ word, word, word };
	}
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && caps)
		return -1;
	if (syscall(SYS_capset, &head, data) < 0)
		return -1;
	for (unsigned cap = 0; cap < 64; cap++)
		if (caps >> cap & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
			return -1;
	return 0;
}

static int set_user(const struct child_args *a)
{
	const struct launch_spec *s = a->spec;

	if (!s->change_user)
		return 0;
	if (s->uid && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return -1;
	if (syscall(SYS_SETGROUPS, s->groups, s->group) < 0 ||
	    syscall(SYS_SETRESGID, s->gid, s->gid, s->gid) < 0 ||
	    syscall(SYS_SETRESUID, s->uid, s->uid, s->uid) < 0)
		return -1;
	return s->uid ? set_capabilities(s->caps) : 0;
}

static int become(const struct child_args *a)
{
	return execve(a->spec->path, a->spec->argv, a->spec->env);
}

static int (*const steps[STAGES])(const struct child_args *) = {
	[STAGE_OUTPUT] = set_output,
	[STAGE_SESSION] = set_session,
	[STAGE_DIRECTORY] = set_directory,
	[STAGE_SCHED] = set_sched,
	[STAGE_LIMITS] = set_limits,
	[STAGE_USER] = set_user,
	[STAGE_EXEC] = become,
};

static void __attribute__((noreturn)) child(const struct child_args *a)
{
	struct complaint c = { .stage = STAGE_OUTPUT };

	while (c.stage <= STAGE_EXEC && steps[c.stage](a) == 0)
		c.stage++;
	c.code = errno;
	while (write(a->complain_fd, &c, sizeof(c)) < 0 && errno == EINTR)
		;
	_exit(127);
}

/* Its own function, so that nothing of the caller lives in registers across vfork(). */
static pid_t __attribute__((noinline)) spawn(const struct child_args *a)
{
	pid_t pid = vfork();

	if (pid == 0)
		child(a);
	return pid;
}

/* A handler of ours must not run in the child: it would write into our memory. */
static pid_t spawn_undisturbed(const struct child_args *a)
{
	sigset_t all, before;
	pid_t pid;
	int code;

	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = spawn(a);
	code = errno;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	errno = code;
	return pid;
}

/* Waits for nothing: vfork() came back, so the child has exec'ed or is dead. */
static bool complained(int fd, struct complaint *c)
{
	ssize_t n;

	do
		n = read(fd, c, sizeof(*c));
	while (n < 0 && errno == EINTR);
	return n == sizeof(*c);
}

static const char *const failed_to[STAGES] = {
	[STAGE_OUTPUT] = "connect its output",
	[STAGE_SESSION] = "give it a session of its own",
	[STAGE_DIRECTORY] = "enter its working directory",
	[STAGE_SCHED] = "set nice, scheduler or CPU affinity",
	[STAGE_LIMITS] = "set its resource limits",
	[STAGE_USER] = "change to its user and capabilities",
	[STAGE_EXEC] = "execute it",
	[STAGE_FORK] = "make a new process",
};

static int failed(const struct launch_spec *spec, struct launched *out, const struct complaint *c,
		  struct err *err)
{
	*out = (struct launched){ .id = CHILD_ID_NONE, .at = loop_now(),
				  .stage = (enum launch_stage)c->stage };
	return err_set(err, c->code, "%s: could not %s: %s", spec->path,
		       NAME_OF(failed_to, c->stage), strerror(c->code));
}

static int started(pid_t pid, struct launched *out)
{
	int pidfd = proc_pidfd(pid);

	*out = (struct launched){
		.id = { .pid = pid, .pidfd = pidfd < 0 ? -1 : pidfd, .ours = true },
		.at = loop_now(),
	};
	if (proc_start_ticks(pid, &out->id.start_ticks) < 0)
		out->id.start_ticks = 0;
	return 0;
}

int launch(const struct launch_spec *spec, struct launched *out, struct err *err)
{
	struct complaint c = { .stage = STAGE_OUTPUT };
	struct child_args a = { .spec = spec };
	int status[2];
	pid_t pid;

	c.code = EBADF;
	if (spec->null_fd <= 2 || spec->out_fd <= 2 || spec->err_fd <= 2)
		return failed(spec, out, &c, err);
	if (pipe2(status, O_CLOEXEC) < 0) {
		c = (struct complaint){ STAGE_FORK, errno };
		return failed(spec, out, &c, err);
	}
	a.complain_fd = status[1];
	pid = spawn_undisturbed(&a);
	if (pid < 0)
		c = (struct complaint){ STAGE_FORK, errno };
	close(status[1]);
	if (pid > 0 && !complained(status[0], &c)) {
		close(status[0]);
		return started(pid, out);
	}
	close(status[0]);
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	return failed(spec, out, &c, err);
}

static int look_up_group(struct launch_spec *spec, const char *name, struct err *err)
{
	struct group *gr;

	errno = 0;
	gr = getgrnam(name);
	if (!gr)
		return err_set(err, errno ? errno : ENOENT, "there is no group \"%s\"", name);
	spec->gid = gr->gr_gid;
	return 0;
}

static int look_up_user(struct launch_spec *spec, const char *name, struct err *err)
{
	int n = LAUNCH_GROUPS_MAX;
	struct passwd *pw;

	errno = 0;
	pw = getpwnam(name);
	if (!pw)
		return err_set(err, errno ? errno : ENOENT, "there is no user \"%s\"", name);
	spec->uid = pw->pw_uid;
	spec->gid = pw->pw_gid;
	if (getgrouplist(name, pw->pw_gid, spec->group, &n) < 0)
		return err_set(err, E2BIG, "user \"%s\" is in %d groups, at most %d are supported",
			       name, n, LAUNCH_GROUPS_MAX);
	spec->groups = (unsigned)n;
	return 0;
}

int launch_prepare(struct launch_spec *spec, const struct plan_unit *unit,
		   const struct plan_run *run, uint64_t caps, struct err *err)
{
	struct launch_spec s = {
		.path = run->program_path, .argv = run->argv, .env = run->env, .unit = unit,
		.null_fd = -1, .out_fd = -1, .err_fd = -1, .caps = caps,
		.uid = geteuid(), .gid = getegid(),
		.change_user = run->user || run->group,
	};
	int rc = 0;

	if (run->user)
		rc = look_up_user(&s, run->user, err);
	if (rc == 0 && run->group) {
		rc = look_up_group(&s, run->group, err);
		if (!run->user && rc == 0)
			s.group[s.groups++] = s.gid;
	}
	if (rc == 0)
		*spec = s;
	return rc;
}
