/**
 * @file procwatch.h
 * @brief Tells when a process that is not ours has ended (a rival daemon).
 */
#ifndef PTPWARDEN_PROCWATCH_H
#define PTPWARDEN_PROCWATCH_H

#include <sys/types.h>
#include <ev.h>
#include "err.h"

typedef void procwatch_fn(void *owner);

struct procwatch {
	struct ev_loop *loop;
	procwatch_fn *fn;
	void *owner;
	pid_t pid;
	uint64_t start_ticks;
	int fd;			/* pidfd, -1: looks every second */
	ev_io io;
	ev_timer poll;
};

/** Set who is told; zeroes everything else. */
void procwatch_init(struct procwatch *pw, struct ev_loop *loop, procwatch_fn *fn, void *owner);

/** Watch `pid`. 0; -ESRCH when it is gone already (fn is not called); or -errno. */
int procwatch_start(struct procwatch *pw, pid_t pid, struct err *err);
void procwatch_stop(struct procwatch *pw);

#endif
