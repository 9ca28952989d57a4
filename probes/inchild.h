/**
 * @file inchild.h
 * @brief Asks a question that may hang in a child, and gives up after a while.
 */
#ifndef PROBES_INCHILD_H
#define PROBES_INCHILD_H

#include <stddef.h>
#include <sys/types.h>

/** Runs in the child; what it writes to `fd` is the answer. */
typedef void inchild_fn(void *arg, int fd);

/**
 * @param limit_ms after which the child is killed
 * @return bytes of the answer, or -errno; -ETIMEDOUT when the time was over
 */
ssize_t inchild_ask(inchild_fn *fn, void *arg, char *buf, size_t size, int limit_ms);

#endif
