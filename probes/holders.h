/**
 * @file holders.h
 * @brief Which processes have a file open? By /proc/PID/fd.
 */
#ifndef PROBES_HOLDERS_H
#define PROBES_HOLDERS_H

#include "sys.h"

typedef bool holder_fn(void *owner, int pid, const char *comm);	/* false: enough */

/**
 * Call `each` for every process that has `path` open; ourselves included.
 * @return how many were found; -errno when /proc cannot be read, -EACCES when
 *	nobody was found but some processes are hidden from us
 */
int holders_visit(const struct probe_sys *sys, const char *path, holder_fn *each, void *owner);

/** List the holders as "ptp4l 123, phc2sys 140". Returns what holders_visit() does. */
int holders_of(const struct probe_sys *sys, const char *path, char *list, size_t size);

#endif
