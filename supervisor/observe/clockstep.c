#include "clockstep.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#ifndef TFD_TIMER_CANCEL_ON_SET
#define TFD_TIMER_CANCEL_ON_SET (1 << 1)
#endif

int64_t clockstep_ahead(void)
{
	struct timespec real, mono;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_MONOTONIC, &mono);
	return (int64_t)(real.tv_sec - mono.tv_sec) * 1000000000 + (real.tv_nsec - mono.tv_nsec);
}

/* Never due; armed again after each step. */
static int arm(const struct clockstep *c)
{
	struct itimerspec never = { .it_value.tv_sec = sizeof(time_t) > 4 ? (time_t)(1ll << 33)
									  : INT32_MAX };

	return timerfd_settime(c->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

static void on_set(struct ev_loop *loop, ev_io *io, int revents)
{
	struct clockstep *c = container_of(io, struct clockstep, io);
	int64_t was = c->ahead_ns;
	uint64_t expired;

	if (read(c->fd, &expired, sizeof(expired)) >= 0 || errno != ECANCELED)
		return;
	(void)arm(c);	/* first: a step after the reading is told again */
	c->ahead_ns = clockstep_ahead();
	if (c->ahead_ns != was)
		c->fn(c->owner, c->ahead_ns - was);
}

int clockstep_start(struct clockstep *c, struct ev_loop *loop, clockstep_fn *fn, void *owner,
		    struct err *err)
{
	*c = (struct clockstep){ .loop = loop, .fn = fn, .owner = owner,
				 .ahead_ns = clockstep_ahead() };
	c->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (c->fd < 0 || arm(c) < 0) {
		int code = errno;

		clockstep_stop(c);
		return err_set(err, code, "steps of the clock will not be noticed: %s",
			       strerror(code));
	}
	ev_io_init(&c->io, on_set, c->fd, EV_READ);
	ev_io_start(loop, &c->io);
	return 0;
}

void clockstep_stop(struct clockstep *c)
{
	if (c->loop)
		ev_io_stop(c->loop, &c->io);
	if (c->loop && c->fd >= 0)
		close(c->fd);
	c->loop = NULL;
	c->fd = -1;
}

void clockstep_refresh(struct clockstep *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };

	if (c->loop && poll(&p, 1, 0) == 0)
		c->ahead_ns = clockstep_ahead();
}
