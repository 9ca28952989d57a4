/**
 * @file errors.h
 * @brief Everything that is wrong with a configuration, each with its place.
 *
 * A plain value of about 40 KiB: give it static storage or allocate it. All
 * texts are bytes of the user's file and are escaped when printed.
 */
#ifndef CONF_ERRORS_H
#define CONF_ERRORS_H

#include <stdio.h>
#include "base.h"

struct conf_error {
	char file[256];		/**< empty: not about one file */
	unsigned line;		/**< from 1; 0: the file as a whole */
	unsigned column;	/**< byte of the place in its line, from 1; 0: the whole line */
	char text[256];		/**< what is wrong, one clause */
	char quoted[256];	/**< the line, or the part of it around the place */
	unsigned caret;		/**< the place in `quoted`, from 1; 0: none */
	char accepted[256];	/**< what would be right; empty when the text says it */
	char nearest[64];	/**< the name that was probably meant; empty when none is near */
};

enum { CONF_ERRORS_MAX = 32 };

struct conf_errors {
	unsigned n;
	unsigned dropped;	/**< did not fit; counted, never silent */
	struct conf_error at[CONF_ERRORS_MAX];
	struct conf_error spare;	/**< what a full table hands out */
};

/** A place in a file that was read. `raw` is the whole line, not terminated. */
struct conf_where {
	const char *file;	/**< NULL: not about one file */
	unsigned line;
	unsigned column;	/**< from 1; 0: the whole line */
	const char *raw;	/**< NULL: nothing to quote */
	size_t raw_len;
};

/** Append an error. Never NULL: when full, `dropped` grows and a spare entry comes back. */
struct conf_error *conf_errors_add(struct conf_errors *errs, struct conf_where where,
				   const char *fmt, ...) PRINTF_LIKE(3, 4);

/** Put the errors in the order of their files' first mention and of their lines. */
void conf_errors_sort(struct conf_errors *errs);

/** For each: file:line:column, the line with a caret under the place, what is accepted. */
void conf_errors_print(const struct conf_errors *errs, FILE *out);

#endif
