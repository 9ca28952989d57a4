/**
 * @file repeats.h
 * @brief How often each failure happened, by its signature; and the evidence of those that nothing explains.
 *
 * Both are pieces of state (state.h) and text. "signatures": one line a
 * signature, newest first, at most REPEATS_MAX. "unknown.SIGNATURE": one line
 * UNIT, PROGRAM and the symptoms, then a list of facts (diagnose/factlist.h).
 */
#ifndef PTPWARDEN_REPEATS_H
#define PTPWARDEN_REPEATS_H

#include <stdbool.h>
#include "base.h"
#include "text.h"

enum {
	REPEATS_MAX = 64,
	REPEATS_VERSION = 1,
	REPEATS_BYTES = REPEATS_MAX * 160,
	UNKNOWN_KEPT = 4,	/**< so many unexplained failures keep their evidence */
	UNKNOWN_BYTES = 8192,
};

#define REPEATS_PIECE "signatures"
#define UNKNOWN_PIECE "unknown."

struct repeat {
	uint32_t signature[2];
	char unit[UNIT_NAME_MAX];
	char cause[64];		/**< id of the first cause, or "unknown" */
	unsigned count;
	int64_t first, last;	/**< seconds of the wall clock, as it was then */
};

/** "xxxxxxxx-xxxxxxxx" */
void repeat_name(const struct repeat *r, char out[18]);

/** Take the line at `*table` and step behind it; lines that make no sense are passed over. */
bool repeats_next(const char **table, struct repeat *out);

/** Write the table with `new` counted in; it becomes the first line. `table` may be NULL. */
void repeats_note(const char *table, const struct repeat *new, struct text *out);

#endif
