/**
 * @file clockstep.h
 * @brief Somebody set the wall clock: when, and by how much.
 *
 * A timerfd of the wall clock is cancelled by the kernel when the clock is
 * set, not when it is slewed. The size is the change of REALTIME minus
 * MONOTONIC; clockstep_refresh() keeps slow slewing out of it.
 */
#ifndef PTPWARDEN_CLOCKSTEP_H
#define PTPWARDEN_CLOCKSTEP_H

#include <ev.h>
#include "base.h"
#include "err.h"

typedef void clockstep_fn(void *owner, int64_t step_ns);

struct clockstep {
	struct ev_loop *loop;
	clockstep_fn *fn;
	void *owner;
	int fd;
	int64_t ahead_ns;	/* REALTIME minus MONOTONIC when it was last read */
	ev_io io;
};

/** 0; -errno: steps will not be seen. */
int clockstep_start(struct clockstep *c, struct ev_loop *loop, clockstep_fn *fn, void *owner,
		    struct err *err);
void clockstep_stop(struct clockstep *c);

/** To be called now and then; does nothing while a step is waiting to be told. */
void clockstep_refresh(struct clockstep *c);

/** CLOCK_REALTIME minus CLOCK_MONOTONIC, ns. */
int64_t clockstep_ahead(void);

#endif
