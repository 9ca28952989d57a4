/**
 * @file oom.h
 * @brief Was a child that died of SIGKILL killed for want of memory?
 *
 * Counters of our memory cgroup (v1 and v2), which the children share, and of
 * the whole system; and the kernel log's line about that pid. None of them may
 * be readable: then the answer is unknown. The counters are read at the start
 * and at such deaths only, so a launch costs nothing.
 */
#ifndef PTPWARDEN_OOM_H
#define PTPWARDEN_OOM_H

#include <sys/types.h>
#include "base.h"

struct oom_counter {
	int64_t kills;		/* -1: not readable */
	msec_t changed_at;	/* when a change was noticed, MSEC_NONE: never */
};

struct oom_watch {
	char file[192];			/**< counter file of our memory cgroup, empty: none */
	struct oom_counter cgroup;
	struct oom_counter system;	/**< of /proc/vmstat (4.13 and later) */
};

/** Take the counters as they are. Once, at the start. */
void oom_begin(struct oom_watch *w);

/**
 * After the death of `pid` by SIGKILL, within a second or two. Reads the
 * kernel log without waiting, and only if some counter has changed.
 */
enum answer oom_was(struct oom_watch *w, pid_t pid, msec_t started_at);

/**
 * Does this line of /dev/kmsg say that `pid` was killed for want of memory?
 * Pure; for tests and for the offline diagnosis.
 */
int oom_line_names(const char *line, size_t len, pid_t pid);

#endif
