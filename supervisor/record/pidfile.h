/**
 * @file pidfile.h
 * @brief Which process a unit left behind, and that only one ptpwarden runs.
 *
 * A pid from disk alone is never trusted: the file also holds start time, boot
 * id and the executable's device and inode, and all of them must still match.
 */
#ifndef PTPWARDEN_PIDFILE_H
#define PTPWARDEN_PIDFILE_H

#include "childid.h"
#include "err.h"

struct pidfile {
	pid_t pid;
	uint64_t start_ticks;
	unsigned alternate;
	msec_t started_at;	/**< monotonic, so comparable while the boot id matches */
};

/** Write run_dir/UNIT.pid aside and rename it. 0 or -errno. */
int pidfile_write(const char *run_dir, const char *unit, const struct pidfile *p, struct err *err);

/**
 * Read run_dir/UNIT.pid and check it against /proc.
 * @param p filled on success
 * @param id filled on success with an open pidfd (the caller's) where there is one, ours = false
 * @return 0; -ENOENT no file; -ESRCH that process is gone or is another one now; -EINVAL damaged
 */
int pidfile_read(const char *run_dir, const char *unit, struct pidfile *p, struct child_id *id,
		 struct err *err);

void pidfile_remove(const char *run_dir, const char *unit);

/**
 * Become the one supervisor of run_dir (flock on supervisor.lock).
 * @return a descriptor to keep open; -EBUSY with the holder's pid in err; or -errno
 */
int pidfile_lock(const char *run_dir, struct err *err);

#endif
