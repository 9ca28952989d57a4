#include "procwatch.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "supervisor/proc.h"

static void ended(struct procwatch *pw)
{
	procwatch_stop(pw);
	pw->fn(pw->owner);
}

static void on_pidfd(struct ev_loop *loop, ev_io *io, int revents)
{
	ended(container_of(io, struct procwatch, io));
}

static void on_poll(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct procwatch *pw = container_of(timer, struct procwatch, poll);
	uint64_t ticks = 0;

	if (proc_start_ticks(pw->pid, &ticks) == -ESRCH || ticks != pw->start_ticks ||
	    proc_state(pw->pid) == 'Z')
		ended(pw);
}

void procwatch_init(struct procwatch *pw, struct ev_loop *loop, procwatch_fn *fn, void *owner)
{
	*pw = (struct procwatch){ .loop = loop, .fn = fn, .owner = owner, .fd = -1 };
	ev_init(&pw->io, on_pidfd);
	ev_init(&pw->poll, on_poll);
}

int procwatch_start(struct procwatch *pw, pid_t pid, struct err *err)
{
	int rc;

	procwatch_stop(pw);
	rc = proc_start_ticks(pid, &pw->start_ticks);
	if (rc == 0)
		rc = proc_pidfd(pid);
	if (rc == -ESRCH)
		return err_set(err, ESRCH, "process %d has ended", (int)pid);
	pw->pid = pid;
	if (rc < 0) {
		ev_timer_set(&pw->poll, 1., 1.);
		ev_timer_start(pw->loop, &pw->poll);
		return 0;
	}
	pw->fd = rc;
	ev_io_set(&pw->io, rc, EV_READ);
	ev_io_start(pw->loop, &pw->io);
	return 0;
}

void procwatch_stop(struct procwatch *pw)
{
	if (!pw->loop)
		return;
	ev_io_stop(pw->loop, &pw->io);
	ev_timer_stop(pw->loop, &pw->poll);
	if (pw->fd >= 0)
		close(pw->fd);
	pw->fd = -1;
	pw->pid = 0;
}
