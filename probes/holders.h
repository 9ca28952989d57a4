/**
 * @file holders.h
 * @brief Which processes have a file open? By /proc/PID/fd.
 */
#ifndef PROBES_HOLDERS_H
#define PROBES_HOLDERS_H

#include "sys.h"

/**
 * List the holders as "ptp4l 123, phc2sys 140".
 * @return how many were found; -errno when /proc cannot be read, -EACCES when
 *	nobody was found but some processes are hidden from us
 */
int holders_of(const struct probe_sys *sys, const char *path, char *list, size_t size);

#endif
