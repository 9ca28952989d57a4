/**
 * @file loop.h
 * @brief The one event loop and the one clock of the supervisor.
 *
 * The loop is made with ev_loop_new(): the default loop of libev reaps every
 * child of the process. The clock is CLOCK_MONOTONIC: the daemons that we
 * supervise step the wall clock, and libev's own ev_now() is wall clock.
 */
#ifndef PTPWARDEN_LOOP_H
#define PTPWARDEN_LOOP_H

#include "base.h"

struct ev_loop;

/** Monotonic milliseconds. */
msec_t loop_now(void);

/** Monotonic nanoseconds, for measuring. */
int64_t loop_now_ns(void);

/** A loop of our own; NULL without memory. Free it with loop_free(). */
struct ev_loop *loop_new(void);
void loop_free(struct ev_loop *loop);

/** Run until loop_stop(). The only place that enters libev. */
void loop_run(struct ev_loop *loop);
void loop_stop(struct ev_loop *loop);

#endif
