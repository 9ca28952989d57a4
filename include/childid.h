/**
 * @file childid.h
 * @brief Which process is meant, so that a signal never reaches a stranger.
 */
#ifndef PTPWARDEN_CHILDID_H
#define PTPWARDEN_CHILDID_H

#include <stdbool.h>
#include <sys/types.h>
#include "base.h"

/** A supervised process. A plain value; the descriptor belongs to whoever filled it in. */
struct child_id {
	pid_t pid;		/**< 0: none */
	int pidfd;		/**< -1 on kernels before 5.3 */
	uint64_t start_ticks;	/**< start time of /proc/PID/stat, 0 if it could not be read */
	bool ours;		/**< our own child, not yet reaped; false: adopted */
};

#define CHILD_ID_NONE ((struct child_id){ .pidfd = -1 })

#endif
