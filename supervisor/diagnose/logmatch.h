/**
 * @file logmatch.h
 * @brief Which message of the catalogue a line is, and what its fields hold.
 *
 * One pass over the text along the tree of all patterns; the cost does not
 * grow with their number.
 */
#ifndef PTPWARDEN_LOGMATCH_H
#define PTPWARDEN_LOGMATCH_H

#include <stdbool.h>
#include "catalogue.h"
#include "logline.h"

struct logmatch {
	const char *id;		/**< dotted, static */
	uint16_t message;	/**< index into the catalogue */
	uint16_t pattern;
	unsigned fields;
	struct span field[CATALOGUE_FIELDS_MAX];	/**< in the order of the pattern; parts of the line */
};

/** Match the text of a message, as logline_parse() leaves it. */
bool logmatch_text(const struct catalogue *c, const char *text, size_t len, struct logmatch *out);

/**
 * Match a whole line: takes it apart, and when nothing fits tries again behind
 * what may be a tag or a further prefix.
 */
bool logmatch(const struct catalogue *c, const char *line, size_t len, struct logmatch *out);

/** As logmatch(), for a line that was taken apart already. */
bool logmatch_line(const struct catalogue *c, const struct logline *line, struct logmatch *out);

#endif
