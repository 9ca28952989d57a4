/**
 * @file proclook.h
 * @brief Looks at a process in /proc: state, CPU, and what it waits in.
 *
 * A few small reads, none of which can block. What cannot be read (hidepid, no
 * /proc, another user's process) stays unknown.
 */
#ifndef PTPWARDEN_PROCLOOK_H
#define PTPWARDEN_PROCLOOK_H

#include "health.h"

/** CPU use is measured over at least this long. */
enum { PROCLOOK_CPU_MS = 1000 };

/** Bring state and CPU use up to date: one read, for each regular look. */
void proclook(struct proc_seen *seen, int pid, msec_t now);

/** The same, and what it waits in or who holds it: for a process that does not answer. */
void proclook_deeply(struct proc_seen *seen, int pid, msec_t now);

/** Take the text of /proc/PID/stat. Pure; for tests. @return false: it is none */
bool proclook_stat(struct proc_seen *seen, const char *stat, long ticks_a_second, msec_t now);

/** Take the text of /proc/PID/status. Pure. */
void proclook_status(struct proc_seen *seen, const char *status, msec_t now);

/** Does the text of /proc/PID/syscall name a system call that writes or sends? Pure. */
bool proclook_writes(const char *syscall);

#endif
