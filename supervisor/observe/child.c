#include "child.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include "supervisor/loop.h"
#include "supervisor/proc.h"

static msec_t ms_of(const struct timeval *tv)
{
	return (msec_t)tv->tv_sec * 1000 + tv->tv_usec / 1000;
}

static void decode(struct exit_info *info, int status, const struct rusage *use)
{
	bool killed = WIFSIGNALED(status);

	info->kind = killed ? EXIT_KIND_SIGNAL : EXIT_KIND_EXIT;
	info->code = killed ? WTERMSIG(status) : WEXITSTATUS(status);
	info->core = killed && WCOREDUMP(status);
	info->maxrss_kib = use->ru_maxrss;
	info->cpu_ms = ms_of(&use->ru_utime) + ms_of(&use->ru_stime);
}

/* The watch is over before fn is called, so that fn may start the next one in its place. */
static void tell(struct child *c, struct exit_info *info)
{
	info->at = loop_now();
	info->pid = (int)c->id.pid;
	info->after_ms = info->at - c->started_at;
	info->by = EXIT_BY_UNKNOWN;
	child_stop(c);
	c->fn(c->owner, info);
}

/* True when it has ended: c may be gone or in use again. */
static bool reap(struct child *c)
{
	struct exit_info info = { .kind = EXIT_KIND_UNKNOWN };
	struct rusage use;
	int status;
	pid_t pid;

	do
		pid = wait4(c->id.pid, &status, WNOHANG, &use);
	while (pid < 0 && errno == EINTR);
	if (pid == 0)
		return false;
	if (pid > 0)
		decode(&info, status, &use);
	tell(c, &info);
	return true;
}

static void on_pidfd(struct ev_loop *loop, ev_io *io, int revents)
{
	struct child *c = container_of(io, struct child, io);
	struct exit_info info = { .kind = EXIT_KIND_UNKNOWN };

	if (c->id.ours)
		(void)reap(c);
	else
		tell(c, &info);
}

static bool gone(const struct child_id *id)
{
	uint64_t ticks;

	if (proc_start_ticks(id->pid, &ticks) == -ESRCH)
		return true;
	return (id->start_ticks && ticks != id->start_ticks) || proc_state(id->pid) == 'Z';
}

static void on_poll(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct child *c = container_of(timer, struct child, poll);
	struct exit_info info = { .kind = EXIT_KIND_UNKNOWN };

	if (c->id.ours)
		(void)reap(c);
	else if (gone(&c->id))
		tell(c, &info);
}

/* A call may change the list, so each death starts the search anew. */
static void reap_all(struct child_hub *hub)
{
	struct child *c = hub->first;

	while (c)
		c = reap(c) ? hub->first : c->next;
}

static void on_sigchld(struct ev_loop *loop, ev_io *io, int revents)
{
	struct child_hub *hub = container_of(io, struct child_hub, sigchld);
	struct signalfd_siginfo si;

	while (read(hub->signal_fd, &si, sizeof(si)) > 0)
		;
	reap_all(hub);
}

static int need_sigchld(struct child_hub *hub, struct err *err)
{
	sigset_t set;

	if (hub->signal_fd >= 0)
		return 0;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return err_set(err, errno, "SIGCHLD cannot be blocked: %s", strerror(errno));
	hub->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (hub->signal_fd < 0)
		return err_set(err, errno, "no signalfd for SIGCHLD: %s", strerror(errno));
	ev_io_init(&hub->sigchld, on_sigchld, hub->signal_fd, EV_READ);
	ev_io_start(hub->loop, &hub->sigchld);
	return 0;
}

void child_hub_init(struct child_hub *hub, struct ev_loop *loop)
{
	*hub = (struct child_hub){ .loop = loop, .signal_fd = -1 };
}

void child_hub_fini(struct child_hub *hub)
{
	if (!hub->loop || hub->signal_fd < 0)
		return;
	ev_io_stop(hub->loop, &hub->sigchld);
	close(hub->signal_fd);
	hub->signal_fd = -1;
}

void child_init(struct child *c, struct child_hub *hub, child_fn *fn, void *owner)
{
	*c = (struct child){ .hub = hub, .fn = fn, .owner = owner, .id = CHILD_ID_NONE };
	ev_init(&c->io, on_pidfd);
	ev_init(&c->poll, on_poll);
}

int child_watch(struct child *c, const struct child_id *id, msec_t started_at, struct err *err)
{
	struct child_hub *hub = c->hub;

	child_stop(c);
	c->id = *id;
	c->started_at = started_at;
	if (id->pidfd >= 0) {
		ev_io_set(&c->io, id->pidfd, EV_READ);
		ev_io_start(hub->loop, &c->io);
		return 0;
	}
	/* without a descriptor to spare a child must not get lost, only noticed a little later */
	if (!id->ours || need_sigchld(hub, NULL) < 0) {
		ev_timer_set(&c->poll, 1., 1.);
		ev_timer_start(hub->loop, &c->poll);
		return 0;
	}
	c->next = hub->first;
	hub->first = c;
	/* it may have ended before SIGCHLD was blocked */
	ev_feed_event(hub->loop, &hub->sigchld, EV_READ);
	return 0;
}

void child_stop(struct child *c)
{
	if (!c->hub || c->id.pid == 0)
		return;
	for (struct child **at = &c->hub->first; *at; at = &(*at)->next) {
		if (*at == c) {
			*at = c->next;
			break;
		}
	}
	ev_io_stop(c->hub->loop, &c->io);
	ev_timer_stop(c->hub->loop, &c->poll);
	if (c->id.pidfd >= 0)
		close(c->id.pidfd);
	c->id = CHILD_ID_NONE;
}
