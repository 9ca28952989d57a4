/**
 * @file fact.h
 * @brief Pieces of evidence, by name.
 *
 * Names are those of one vocabulary: probes, log matching, the knowledge base,
 * the command line (`--fact NAME=VALUE`) and the reports use the same.
 * Booleans are "yes" and "no". What could not be read is absent or, with a
 * reason, unknown; it is never false.
 */
#ifndef PTPWARDEN_FACT_H
#define PTPWARDEN_FACT_H

#include <stdbool.h>
#include "base.h"

enum { FACTS_MAX = 160, FACT_NAME_MAX = 48, FACT_VALUE_MAX = 160 };

struct fact {
	char name[FACT_NAME_MAX];
	char value[FACT_VALUE_MAX]; /**< the value, or why it is unknown */
	const char *source;	    /**< static: "probe", "log", "exit", "health", "operator" ... */
	msec_t at;		    /**< when it was so, MSEC_NONE if not known */
	bool known;		    /**< false: value holds the reason why not */
	uint8_t suspicion;	    /**< of a change.*: 1 to 100, 0: nobody judged it */
};

/** A table of facts; a plain value, about 36 KiB, one is shared as scratch. */
struct facts {
	unsigned n;
	unsigned dropped;
	struct fact at[FACTS_MAX];
};

/** Set or replace a known fact. */
void facts_set(struct facts *f, const char *source, msec_t at, const char *name, const char *fmt,
	       ...) PRINTF_LIKE(5, 6);

/** Record that `name` could not be read, and why. Does not replace a known value. */
void facts_unknown(struct facts *f, const char *source, const char *name, const char *why);

/** The fact of that name, known or not; NULL when nothing was recorded. */
const struct fact *facts_get(const struct facts *f, const char *name);

/** The value of a known fact, else NULL. */
const char *facts_value(const struct facts *f, const char *name);

#endif
