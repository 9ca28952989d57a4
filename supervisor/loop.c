#include <ev.h>
#include <time.h>

#include "loop.h"

int64_t loop_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

msec_t loop_now(void)
{
	return loop_now_ns() / 1000000;
}

struct ev_loop *loop_new(void)
{
	/*
	 * A signal handler runs only when epoll has returned, and what it returned comes first then.
	 * At a shutdown that sends TERM to everybody the deaths of our children would be seen before
	 * our own end; a signalfd is ready in the order in which things happened.
	 */
	return ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV | EVFLAG_SIGNALFD);
}

void loop_free(struct ev_loop *loop)
{
	if (loop)
		ev_loop_destroy(loop);
}

void loop_run(struct ev_loop *loop)
{
	ev_run(loop, 0);
}

void loop_stop(struct ev_loop *loop)
{
	ev_break(loop, EVBREAK_ALL);
}
