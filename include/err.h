/**
 * @file err.h
 * @brief The error object: one sentence about what failed, written where it is understood best.
 *
 * A function that can fail takes `struct err *err` as its last parameter and
 * returns 0 or -errno. `err` may be NULL. The first writer wins, so the
 * deepest place that understands the failure writes the message and the
 * callers pass it on. A filled error is logged once, in unit.c, main.c or
 * control/.
 */
#ifndef PTPWARDEN_ERR_H
#define PTPWARDEN_ERR_H

#include "base.h"

struct err {
	int code;	/**< positive errno, 0 when nothing was written */
	char text[256];	/**< one sentence, no newline */
};

/**
 * Write an error message unless one is there already.
 * @param code positive errno value
 * @return -code, so that callers can `return err_set(...)`
 */
int err_set(struct err *err, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
