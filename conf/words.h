/**
 * @file words.h
 * @brief Split a command line into words, with the quoting of a shell but without a shell.
 *
 * Blanks separate. '...' keeps everything; "..." keeps everything but \" and
 * \\; outside quotes a backslash keeps the next byte. What only a shell could
 * do (|, <, >, &, ;, `, $, leading ~, *, ?) is refused, because it would be
 * handed on as it is and hardly ever be meant so; quote it to mean it.
 */
#ifndef CONF_WORDS_H
#define CONF_WORDS_H

#include "base.h"
#include "err.h"

struct words {
	unsigned n;
	char *at[ARGS_MAX + 1];		/**< NULL-terminated; inside `room` */
	unsigned column[ARGS_MAX];	/**< where each word begins in the text, from 1 */
	char room[4096];
};

/**
 * @param out filled on success
 * @param column set on failure: where in `text`, from 1; may be NULL
 * @return 0; -EINVAL with a sentence in `err`; -E2BIG: more than ARGS_MAX words or 4 KiB
 */
int words_split(const char *text, struct words *out, unsigned *column, struct err *err);

/**
 * Write `word` so that words_split() reads it back; without quotes where it needs none.
 * @return as snprintf
 */
int words_quote(const char *word, char *out, size_t size);

#endif
