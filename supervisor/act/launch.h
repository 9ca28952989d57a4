/**
 * @file launch.h
 * @brief Start one daemon: vfork, only system calls, execve. Never a shell, never a PATH search.
 *
 * The child gets its own session, default signals, an empty mask, descriptors
 * 0 (/dev/null), 1 and 2 (the unit's FIFO, non-blocking) and nothing else.
 * Names are looked up beforehand by launch_prepare(), so that launch() neither
 * allocates nor touches a file of the system.
 */
#ifndef PTPWARDEN_LAUNCH_H
#define PTPWARDEN_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>
#include "childid.h"
#include "err.h"
#include "exitinfo.h"
#include "plan.h"

enum { LAUNCH_GROUPS_MAX = 32 };

/** Everything launch() needs. Pointers are borrowed and must live as long as the spec. */
struct launch_spec {
	const char *path;	/**< absolute path of the program */
	char *const *argv;
	char *const *env;
	const struct plan_unit *unit;	/**< directory, umask, scheduling, limits; NULL: all defaults */
	int null_fd;		/**< /dev/null, read-write */
	int out_fd, err_fd;	/**< FIFO(s) for 1 and 2, O_RDWR | O_NONBLOCK; may be the same */
	bool change_user;	/**< run as uid, gid, group[] with exactly `caps` */
	uid_t uid;
	gid_t gid;
	unsigned groups;
	gid_t group[LAUNCH_GROUPS_MAX];
	uint64_t caps;		/**< bit per CAP_*: ambient set of a non-root child */
};

struct launched {
	struct child_id id;	/**< the descriptor is the caller's now */
	msec_t at;		/**< when execve was confirmed */
	enum launch_stage stage;	/**< set when launch() failed, STAGE_NONE otherwise */
};

/**
 * Look up user and group of `run` and fill in everything but the three
 * descriptors. Called at load time; may allocate inside libc.
 * @param caps bit per CAP_* that the daemon needs when it is not root
 * @return 0 or -errno: -ENOENT no such user or group, -E2BIG too many groups
 */
int launch_prepare(struct launch_spec *spec, const struct plan_unit *unit,
		   const struct plan_run *run, uint64_t caps, struct err *err);

/**
 * Start the daemon. Returns after its execve succeeded or failed.
 * @return 0; or -errno with out->stage set (nothing is left to reap then)
 */
int launch(const struct launch_spec *spec, struct launched *out, struct err *err);

#endif
