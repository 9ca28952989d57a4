/**
 * @file factlist.h
 * @brief Everything that is known of a case as text, one fact a line: kept with an incident.
 *
 * "NAME\tSOURCE\tAT\t=VALUE", or "?REASON" for what could not be known; AT is
 * monotonic milliseconds, empty when not known. Sorted by name. Facts that
 * follow from the log stand beside those that were given: offset.*, and log.ID
 * for each message that was seen.
 */
#ifndef PTPWARDEN_FACTLIST_H
#define PTPWARDEN_FACTLIST_H

#include "diagnose.h"

enum { FACTLIST_BYTES = 24576 };

/** One line of the list; the parts are not terminated. */
struct factline {
	const char *name, *source, *value;
	int name_len, source_len, value_len;
	bool known;	/**< false: value is the reason why not */
	msec_t at;	/**< MSEC_NONE: not known */
};

/** @param log NULL when there is no log */
void factlist_write(const struct rulebase *rules, const struct facts *facts,
		    const struct log_digest *log, msec_t now, struct text *out);

/** Take the line at `*list` and step behind it; false at the end. */
bool factlist_next(const char **list, struct factline *out);

/** "boolean", "number" or "text" */
const char *factline_type(const struct factline *line);

#endif
