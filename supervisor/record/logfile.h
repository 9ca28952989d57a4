/**
 * @file logfile.h
 * @brief One output file of bounded size with its older ones, and memory when the disk refuses.
 *
 * Bytes go from a pipe into the file without passing through us (splice), so
 * that a kill at any moment neither loses nor doubles a line. Runs in the
 * writer process only: every call may block on the disk.
 */
#ifndef PTPWARDEN_LOGFILE_H
#define PTPWARDEN_LOGFILE_H

#include <stdbool.h>
#include <sys/types.h>
#include "base.h"

enum { LOGFILE_PATH_MAX = 288, LOGFILE_RETRY_MS = 5000 };

struct logfile {
	char path[LOGFILE_PATH_MAX];
	size_t limit;		/**< bytes of one file */
	unsigned files;		/**< the current one and files-1 older ones, PATH.1 the newest of them */
	size_t memory_limit;	/**< bytes of a file in memory */
	int fd;			/**< -1: nowhere to write at all */
	off_t at;		/**< size of the current file */
	bool memory;		/**< fd is a file in memory */
	bool broken_off;	/**< and does not go on where the disk's file ends */
	bool by_hand;		/**< this file system cannot splice */
	msec_t memory_since;
	int disk_errno;		/**< why it is in memory, 0 when it is on disk */
	msec_t retry_at;	/**< when logfile_recover() is worth a call, MSEC_NONE on disk */
	unsigned generation;	/**< counts the files; grows with each new one */
	off_t former_end;	/**< final size of the file before this one */
};

/** Go on at the end of an existing file, or make it; in memory when the disk refuses. */
void logfile_open(struct logfile *f, const char *path, size_t limit, unsigned files,
		  size_t memory_limit);
void logfile_close(struct logfile *f);

/**
 * Move what is in the pipe into the file, as far as one file holds it;
 * begins a new file first when the rest has no room in this one.
 * @return bytes moved; 0: the pipe is empty; -errno: could not be moved anywhere
 */
ssize_t logfile_take(struct logfile *f, int pipe_fd);

/** Is what was written so far whole lines? */
bool logfile_ends_line(const struct logfile *f);

/** The one who wrote has ended: what follows begins a new line. */
void logfile_end_line(struct logfile *f);

/** Append a line of our own, on a line of its own. Lost when the disk refuses. */
void logfile_note(struct logfile *f, const char *text);

/** If somebody removed the file, begin a new one. */
void logfile_check(struct logfile *f);

/** Back from memory to the disk, with what memory holds. True when it worked. */
bool logfile_recover(struct logfile *f, msec_t now);

#endif
