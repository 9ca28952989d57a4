/**
 * @file history.h
 * @brief Reads back what a unit printed, straight from its files; works without the daemon.
 */
#ifndef PTPWARDEN_HISTORY_H
#define PTPWARDEN_HISTORY_H

#include <stdbool.h>
#include <sys/types.h>
#include "err.h"

/** A line as it stands in the file, without newline; borrowed. Return non-zero to stop. */
typedef int history_fn(void *owner, const char *text, size_t len);

struct history {
	char path[256];		/* LOGDIR/UNIT.log */
	int fd;			/* file being followed, -1: none yet */
	off_t at;
	size_t used;
	char part[LINE_MAX_BYTES * 4];
};

/** Prepare to read unit `name` in `log_dir`; opens nothing. 0 or -ENAMETOOLONG. */
int history_init(struct history *h, const char *log_dir, const char *name, struct err *err);
void history_fini(struct history *h);

/**
 * Hand over the newest `n` lines (0: all), oldest first, from the rotated
 * files and the current one; leaves off where history_follow() goes on.
 * @return 0, what fn returned, -ENOENT when the unit has printed nothing yet, or -errno
 */
int history_tail(struct history *h, unsigned n, history_fn *fn, void *owner, struct err *err);

/**
 * Hand over what was added since; follows rotation. Never waits.
 * @return 0, what fn returned, or -errno
 */
int history_follow(struct history *h, history_fn *fn, void *owner, struct err *err);

/** Sleep until the files may have changed, at most `ms`; 0 or -EINTR. */
int history_wait(struct history *h, msec_t ms);

#endif
