/**
 * @file clockwatch.h
 * @brief Notices when somebody sets the wall clock, and when the machine slept.
 *
 * A timer of the wall clock is cancelled by the kernel whenever that clock is
 * set (timerfd, TFD_TIMER_CANCEL_ON_SET), also at the end of a suspension. How
 * far it was set is the change of CLOCK_REALTIME minus CLOCK_MONOTONIC, which
 * slewing leaves alone; how long the machine slept is the change of
 * CLOCK_BOOTTIME minus CLOCK_MONOTONIC. Nothing is polled.
 */
#ifndef PTPWARDEN_CLOCKWATCH_H
#define PTPWARDEN_CLOCKWATCH_H

#include <ev.h>
#include "base.h"
#include "err.h"

enum {
	CLOCKWATCH_STEP_NS = 100 * 1000,	/* less than this is not told apart from two readings */
	CLOCKWATCH_SLEPT_NS = 100 * 1000 * 1000,
};

/** The clocks beside each other, in nanoseconds. */
struct clock_reading {
	int64_t real_minus_mono, boot_minus_mono;
};

/** What happened between two readings; 0: nothing of the kind. */
struct clock_news {
	int64_t step_ns;	/**< the wall clock was set forward by so much */
	int64_t slept_ns;	/**< the machine slept for so long */
};

/** Called from the loop after the clock was set; not when nothing of note changed. */
typedef void clockwatch_fn(void *owner, const struct clock_news *news);

struct clockwatch {
	struct ev_loop *loop;
	clockwatch_fn *fn;
	void *owner;
	int fd;
	struct clock_reading last;
	ev_io io;
};

/** 0 or -errno (kernels before 3.0). */
int clockwatch_start(struct clockwatch *c, struct ev_loop *loop, clockwatch_fn *fn, void *owner,
		     struct err *err);
void clockwatch_stop(struct clockwatch *c);	/* accepts one that did not start */

/** Read the clocks. */
struct clock_reading clockwatch_read(void);

/** Pure; the wall clock runs on while the machine sleeps, which is no step. */
struct clock_news clockwatch_news(const struct clock_reading *was, const struct clock_reading *is);

#endif
