/**
 * @file request.h
 * @brief One request on the control socket: a line of words, `status unit=ptp4l json`.
 *
 * The first word is the verb, the others are options, each alone or as
 * name=value. In a value, bytes up to the space, `%`, DEL and bytes above it
 * are written as %NN, so a line is printable ASCII.
 */
#ifndef PTPWARDEN_CONTROL_REQUEST_H
#define PTPWARDEN_CONTROL_REQUEST_H

#include <stdbool.h>
#include "base.h"
#include "err.h"
#include "text.h"

enum {
	REQUEST_MAX = 512,	/* bytes of a line with its newline */
	REQUEST_WORD_MAX = 96,	/* bytes of a decoded value with its terminator */
};

struct request {
	char verb[16];
	char unit[REQUEST_WORD_MAX];	/**< empty: all, or none */
	bool json, colour, force, locked, facts, wait;
	msec_t wait_ms;			/**< with `wait`: how long the client has patience */
};

/** Write the line, with its newline. */
void request_write(const struct request *r, struct text *line);

/** Read a line without its newline. @return 0, or -EINVAL with a sentence in `err` */
int request_parse(const char *line, size_t len, struct request *out, struct err *err);

#endif
