/**
 * @file ldcache.h
 * @brief Finds libraries in the bytes of /etc/ld.so.cache (glibc), bounded. Pure.
 */
#ifndef PROBES_LDCACHE_H
#define PROBES_LDCACHE_H

#include <stdbool.h>
#include "base.h"

/** Called with each path that the cache has for a soname. @return true: that is the one, stop */
typedef bool ldcache_fn(void *owner, const char *path);

/**
 * Walk the entries of `soname` in the order of the file.
 * @return false: these bytes are no cache that we understand
 */
bool ldcache_find(const char *bytes, size_t len, const char *soname, ldcache_fn *fn, void *owner);

#endif
