#include "clockwatch.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { READINGS = 3, NS_A_S = 1000000000 };

static int64_t now_of(clockid_t clock)
{
	struct timespec t = { 0 };

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * NS_A_S + t.tv_nsec;
}

/* `clock` minus CLOCK_MONOTONIC; of several readings the one that took the least time. */
static int64_t beside_monotonic(clockid_t clock)
{
	int64_t best = 0, width = INT64_MAX;

	for (int i = 0; i < READINGS; i++) {
		int64_t before = now_of(CLOCK_MONOTONIC), it = now_of(clock);
		int64_t after = now_of(CLOCK_MONOTONIC);

		if (after - before >= width)
			continue;
		width = after - before;
		best = it - before - width / 2;
	}
	return best;
}

struct clock_reading clockwatch_read(void)
{
	return (struct clock_reading){ .real_minus_mono = beside_monotonic(CLOCK_REALTIME),
				       .boot_minus_mono = beside_monotonic(CLOCK_BOOTTIME) };
}

static int64_t if_at_least(int64_t ns, int64_t least)
{
	return ns >= least || -ns >= least ? ns : 0;
}

struct clock_news clockwatch_news(const struct clock_reading *was, const struct clock_reading *is)
{
	int64_t slept = if_at_least(is->boot_minus_mono - was->boot_minus_mono,
				    CLOCKWATCH_SLEPT_NS);
	int64_t step = is->real_minus_mono - was->real_minus_mono - slept;

	return (struct clock_news){ .step_ns = if_at_least(step, CLOCKWATCH_STEP_NS),
				    .slept_ns = slept };
}

/* A moment that hardly comes: only being cancelled is of interest. */
static int arm(struct clockwatch *c)
{
	time_t late = sizeof(time_t) > 4 ? (time_t)INT64_C(9000000000) : INT32_MAX;
	struct itimerspec never = { .it_value = { .tv_sec = late } };

	if (timerfd_settime(c->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0)
		return -errno;
	return 0;
}

static void on_readable(struct ev_loop *loop, ev_io *io, int revents)
{
	struct clockwatch *c = container_of(io, struct clockwatch, io);
	struct clock_reading now;
	struct clock_news news;
	uint64_t ticks;
	ssize_t n = read(c->fd, &ticks, sizeof(ticks));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* it has come: from now on the timer would fire for ever */
	if (n > 0 || arm(c) < 0) {
		clockwatch_stop(c);
		return;
	}
	now = clockwatch_read();
	news = clockwatch_news(&c->last, &now);
	if (!news.step_ns && !news.slept_ns)
		return;		/* small ones add up until they count */
	c->last = now;
	c->fn(c->owner, &news);
}

int clockwatch_start(struct clockwatch *c, struct ev_loop *loop, clockwatch_fn *fn, void *owner,
		     struct err *err)
{
	int rc;

	*c = (struct clockwatch){ .loop = loop, .fn = fn, .owner = owner, .last = clockwatch_read() };
	c->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	rc = c->fd < 0 ? -errno : arm(c);
	if (rc < 0) {
		if (c->fd >= 0)
			close(c->fd);
		c->loop = NULL;
		return err_set(err, -rc, "steps of the wall clock are not noticed: %s", strerror(-rc));
	}
	ev_io_init(&c->io, on_readable, c->fd, EV_READ);
	ev_io_start(loop, &c->io);
	return 0;
}

void clockwatch_stop(struct clockwatch *c)
{
	if (!c->loop)
		return;
	ev_io_stop(c->loop, &c->io);
	close(c->fd);
	c->loop = NULL;
}
