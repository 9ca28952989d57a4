/**
 * @file settings.h
 * @brief INI text to settings: read with inih, with nothing joined, cut or lost on the way.
 *
 * inih alone cuts lines at 200 bytes and section names at 49, appends an
 * indented line to the value above, ends a value at " ;", and tells no line
 * numbers. So each line is looked at before inih gets it: what inih would
 * misread is refused with its place, and long values are handed over in
 * pieces.
 */
#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include "base.h"
#include "errors.h"

enum { SETTINGS_LINE_MAX = 4096, SETTINGS_SECTION_MAX = 49, SETTINGS_NAME_MAX = 48 };

enum setting_kind {
	SETTING_SECTION,	/**< a section begins */
	SETTING_OPTION,
	SETTING_REFUSED,	/**< a line was refused; its error is in `errs` already */
};

/** One line that says something. All texts are borrowed for the call. */
struct setting {
	enum setting_kind kind;
	const char *section;	/**< between the brackets, trimmed; "" before the first */
	const char *name;
	const char *value;	/**< without outer blanks */
	struct conf_where where;	/**< column: where value or section's name begins */
	unsigned name_column;
};

typedef void settings_fn(void *owner, const struct setting *s);

struct settings_source {
	const char *file;	/**< name for messages; stays in `where.file` */
	const char *text;	/**< bytes of any kind; `where.raw` points into it */
	size_t len;
};

/**
 * Calls `fn` for every line that says something, refused ones included.
 * @return 0; -EINVAL: inih did not understand what it was given; -ENOMEM
 */
int settings_read(const struct settings_source *src, settings_fn *fn, void *owner,
		  struct conf_errors *errs);

#endif
