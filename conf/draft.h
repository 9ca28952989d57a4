/**
 * @file draft.h
 * @brief What the user wrote, section by section, before a plan is made of it.
 *
 * Several files are read into one draft: a later file's setting replaces an
 * earlier one's, within one file nothing may be said twice.
 */
#ifndef CONF_DRAFT_H
#define CONF_DRAFT_H

#include <stdbool.h>
#include "arena.h"
#include "errors.h"
#include "schema.h"
#include "settings.h"

/** One setting. Its text was checked; `bad`: and refused, so that it is not reported as missing. */
struct given {
	const struct option *option;
	const char *text;
	struct conf_where where;
	unsigned file_no;
	bool bad;
	struct given *next;
};

struct section {
	enum section_kind kind;
	const char *unit;	/**< the unit's name; "" for [ptpwarden] */
	const char *name;	/**< the alternate's name; "" for others */
	struct conf_where where;
	unsigned file_no;	/**< the newest file in which it stands */
	bool damaged;		/**< a line in it was refused: something may seem to be missing */
	struct given *given;
	struct section *next;
};

/** A line that should have begun a section. */
struct refused_section {
	struct conf_where where;
	struct refused_section *next;
};

/** Zeroed but for `arena` and `errs` is empty. */
struct draft {
	struct arena *arena;	/**< holds all texts; outlives the draft */
	struct conf_errors *errs;
	struct section *first, *last;
	struct section *now;
	unsigned file_no;
	struct refused_section *refused;
	bool no_memory;
};

/** Read one more file into the draft. The text must live as long as the draft's errors are made. */
void draft_read(struct draft *d, const struct settings_source *src);

/** The setting of that name, NULL when it was not given; never one that was refused. */
const struct given *section_get(const struct section *s, const char *name);

/** Was it given, rightly or wrongly? */
bool section_mentions(const struct section *s, const char *name);

/** Does a refused section name this unit? Then it is not missing, only misspelt. NULL: any. */
bool draft_refused(const struct draft *d, const char *unit);

/** The next section of that kind behind `after` (NULL: the first). `unit` NULL: of any unit. */
const struct section *draft_next(const struct draft *d, const struct section *after,
				 enum section_kind kind, const char *unit);

#endif
