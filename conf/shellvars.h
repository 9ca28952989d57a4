/**
 * @file shellvars.h
 * @brief Read the assignments of a file such as /etc/default/ptp4l, without a shell.
 *
 * NAME=VALUE with the shell's quotes, `export`, comments and $NAME of earlier
 * assignments. Anything else is passed over and counted.
 */
#ifndef CONF_SHELLVARS_H
#define CONF_SHELLVARS_H

#include <stdbool.h>
#include "base.h"

enum { SHELLVARS_MAX = 32, SHELLVAR_BYTES = 2048, SHELLVARS_OTHERS = 32 };

struct shellvar {
	char name[48];
	char value[SHELLVAR_BYTES];
	unsigned line;
	bool unclear;	/**< only a shell could work the value out, or it is too long */
};

struct shellvars {
	unsigned n;
	unsigned other_line;	/**< first line that is no assignment, 0: none */
	unsigned dropped;	/**< variables and other commands that did not fit */
	unsigned others;
	struct {
		unsigned line;
		const char *at;	/**< into the text that was read */
		size_t len;
	} other[SHELLVARS_OTHERS];	/**< commands that are no assignments */
	struct shellvar at[SHELLVARS_MAX];
};

/** `out` is zeroed first. Never fails: what cannot be understood is marked. */
void shellvars_read(const char *text, size_t len, struct shellvars *out);

/**
 * Does a command that only a shell understands speak of the variable? Then it may set it. The
 * text that was read must still be there.
 * @return its line, 0: no
 */
unsigned shellvars_mention(const struct shellvars *v, const char *name);

/** The variable of that name, NULL when it is not set. */
const struct shellvar *shellvars_get(const struct shellvars *v, const char *name);

#endif
