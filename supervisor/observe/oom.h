/**
 * @file oom.h
 * @brief Was a child that died of SIGKILL killed for want of memory?
 *
 * Counters of its memory cgroup (v1 and v2) and of the whole system, taken
 * after the launch and again after the death, and the kernel log's line about
 * that pid. None of them may be readable: then the answer is unknown.
 */
#ifndef PTPWARDEN_OOM_H
#define PTPWARDEN_OOM_H

#include <sys/types.h>
#include "base.h"

struct oom_watch {
	pid_t pid;
	char file[192];		/**< counter file of its memory cgroup, empty: none */
	int64_t cgroup_kills;	/**< -1: not readable */
	int64_t system_kills;	/**< of /proc/vmstat, -1: not readable (before 4.13) */
	msec_t started_at;
};

/** Take the counters of a freshly launched child. A few reads of /proc and /sys, no allocation. */
void oom_begin(struct oom_watch *w, pid_t pid, msec_t started_at);

/** After its death by SIGKILL. Reads the kernel log without waiting. */
enum answer oom_was(const struct oom_watch *w);

/**
 * Does this line of /dev/kmsg say that `pid` was killed for want of memory?
 * Pure; for tests and for the offline diagnosis.
 */
int oom_line_names(const char *line, size_t len, pid_t pid);

#endif
