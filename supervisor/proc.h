/**
 * @file proc.h
 * @brief Which process is it really: start time, boot, executable.
 *
 * A pid alone names nothing: it is reused. What /proc says about it, together
 * with the boot id, does. Nothing here allocates.
 */
#ifndef PTPWARDEN_PROC_H
#define PTPWARDEN_PROC_H

#include <stdbool.h>
#include <sys/types.h>
#include "base.h"

enum { BOOT_ID_SIZE = 40 };

/** Identity of an executable file. */
struct exe_id {
	uint64_t dev, ino;
};

/**
 * Start time of a process in clock ticks since boot.
 * @return 0, -ESRCH when there is no such process, or another -errno
 */
int proc_start_ticks(pid_t pid, uint64_t *ticks);

/** One letter of /proc/PID/stat: R, S, D, T, Z ...; 0 if it could not be read. */
char proc_state(pid_t pid);

/** Device and inode of /proc/PID/exe; 0 or -errno (-EACCES, -ENOENT). */
int proc_exe(pid_t pid, struct exe_id *exe);

/** This boot's id as text; 0 or -errno. */
int proc_boot_id(char id[BOOT_ID_SIZE]);

/** pidfd_open(2): a close-on-exec descriptor, or -errno (-ENOSYS before 5.3). */
int proc_pidfd(pid_t pid);

/** Read a small file of /proc or /sys whole, terminated; bytes read or -errno. */
ssize_t proc_read(const char *path, char *out, size_t size);

/** Give every signal its default action and unblock all. Only system calls: fit for a vfork child. */
void proc_default_signals(void);

/** Close every descriptor above 2 except `keep` (-1: none). Only system calls. */
void proc_close_others(int keep);

#endif
