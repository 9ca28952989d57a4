/**
 * @file owncrash.h
 * @brief When ptpwarden itself crashes: a short report, and no analysis after the third time.
 *
 * The report says which signal, where (program or library, and offset in it)
 * and when; it is written by the dying process with nothing but system calls,
 * as crash.new in state_dir, or in run_dir when that refuses. The next
 * ptpwarden says so, keeps it as crash.last, and counts.
 */
#ifndef PTPWARDEN_OWNCRASH_H
#define PTPWARDEN_OWNCRASH_H

#include <stdbool.h>
#include "base.h"

enum { OWNCRASH_MANY = 3, OWNCRASH_WITHIN_MS = 10 * 60 * 1000 };

struct supervisor;

/** From now on a fatal signal leaves a report. The strings are copied. */
void owncrash_watch(const char *state_dir, const char *run_dir);

/**
 * Take note of a report that an earlier one left. True: OWNCRASH_MANY of them
 * within OWNCRASH_WITHIN_MS; supervise only, analyse nothing.
 */
bool owncrash_last(struct supervisor *sup);

/** The time of the newest crashes of this boot, newest first; a plain value. */
struct owncrash_times {
	uint32_t boot;
	uint32_t n;
	msec_t at[OWNCRASH_MANY];
};

/** Count one; true when there are too many. Pure. */
bool owncrash_count(struct owncrash_times *t, uint32_t boot, msec_t at);

#endif
