/**
 * @file schema.h
 * @brief Every option: one table for loading, checking, printing and the reference.
 */
#ifndef CONF_SCHEMA_H
#define CONF_SCHEMA_H

#include <stdbool.h>
#include <stdio.h>
#include "base.h"
#include "value.h"

/** Kinds of sections, as bits: where an option may stand. */
enum section_kind {
	IN_PTPWARDEN = 1,	/**< [ptpwarden] */
	IN_UNIT = 2,		/**< [unit NAME] */
	IN_ALTERNATE = 4,	/**< [alternate UNIT NAME] */
};

/** A member of struct plan or struct plan_unit. Size 0: none. */
struct field {
	unsigned short offset, size;
};

struct option {
	const char *name;
	unsigned sections;	/**< bits of enum section_kind */
	struct value_rule rule;
	const char *preset;	/**< the default, as a user would write it; NULL: none */
	const char *below;	/**< the default is `preset` appended to this option's value */
	struct field field[2];	/**< where the value goes in struct plan or plan_unit */
	int resource;		/**< VALUE_LIMIT: RLIMIT_* */
	bool live;		/**< a change needs no restart of the daemon */
	const char *help;	/**< for the reference: mdoc text, whole sentences */
};

extern const struct option schema[];
extern const unsigned schema_n;

/** The option of that name that may stand in `section`; NULL when there is none. */
const struct option *schema_find(const char *name, enum section_kind section);

/** The option of that name in any section, NULL when there is none. */
const struct option *schema_find_any(const char *name);

/** The name that was probably meant, among those of `section`; NULL when none is near. */
const char *schema_nearest(const char *name, enum section_kind section);

/** Write a parsed value where it belongs in `owner`, a struct plan or plan_unit. Not for texts. */
void schema_store(const struct option *o, const struct value *v, void *owner);

/** Where a text option's pointer is in `owner`. */
const char **schema_text(const struct option *o, void *owner);

/** The value in `owner` as a user would write it, empty when there is none. Needs a field. */
void schema_show(const struct option *o, const void *owner, char *out, size_t size);

/** ptpwarden.conf(5) as mdoc: the lists of all options, to be put into the manual page. */
void schema_print_reference(FILE *out);

#endif
