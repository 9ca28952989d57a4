/**
 * @file access.h
 * @brief Who the program will be, and what that user may do with a file.
 */
#ifndef PROBES_ACCESS_H
#define PROBES_ACCESS_H

#include "probe.h"
#include "sys.h"

struct who {
	bool known;		/**< false: nothing can be said about permissions */
	bool self;		/**< as we are; the kernel can be asked directly */
	bool missing_user, missing_group;
	struct account account;
	uint64_t caps;		/**< that overrule the permissions of files */
};

enum { MAY_READ = 4, MAY_WRITE = 2, MAY_EXEC = 1 };

/** Find out who the run will be, from /etc/passwd and /etc/group alone. */
void who_of(const struct probe_in *in, const struct probe_sys *sys, struct who *who);

/**
 * May this user do that with the file, path included?
 * @param may MAY_READ | MAY_WRITE | MAY_EXEC
 * @return UNKNOWN when an ACL or a path that we cannot see decides
 */
enum answer who_may(const struct who *who, const struct probe_sys *sys, const char *path, int may);

/** One line of a file as it comes; cut at the length of the buffer. @return false: enough */
typedef bool line_fn(void *owner, char *line);

/** @return 0 or -errno */
int each_line(const struct probe_sys *sys, const char *path, line_fn *each, void *owner);

/**
 * Read the beginning of a file, for a small one all of it, and terminate it.
 * @return bytes, or -errno; `buf` is untouched when the file cannot be opened
 */
ssize_t read_small(const struct probe_sys *sys, const char *path, char *buf, size_t size);

#endif
