/**
 * @file ptplint.h
 * @brief What is wrong with the configuration of a linuxptp program: notes, their ids and texts.
 *
 * The daemon stops at its first error; a linter says all of them. An error is
 * what the installed version refuses or what makes the run useless, a warning
 * is what works but is probably not meant.
 */
#ifndef CONF_PTPLINT_H
#define CONF_PTPLINT_H

#include "base.h"
#include "daemon.h"

enum lint_severity { LINT_WARNING, LINT_ERROR };

enum lint_kind {
	/* as linuxptp's parser tells them apart */
	LINT_OPEN,		/**< the file cannot be read */
	LINT_SYNTAX,		/**< a line without a value, or a section without a name */
	LINT_NO_SECTION,	/**< a setting before the first section */
	LINT_UNKNOWN_OPTION,
	LINT_BAD_VALUE,		/**< not a label of the option */
	LINT_MALFORMED,		/**< not a number */
	LINT_RANGE,
	LINT_WRONG_SECTION,	/**< a global option in a port section: "unknown" to the daemon */
	LINT_UNICAST_TABLE,	/**< an entry of a unicast_master_table */
	LINT_USAGE,		/**< command line */
	/* what the parser lets pass */
	LINT_DEPRECATED,
	LINT_CONFLICT,		/**< settings that exclude each other */
	LINT_SHAPE,		/**< legal, but hardly meant: cut lines, a port by accident ... */
	LINT_KINDS
};

/** Texts may hold bytes from the file as they are: escape them when printing. */
struct lint_note {
	enum lint_severity severity;
	enum lint_kind kind;
	const char *id;		/**< static: "config.option_unknown", a row of lint_rules */
	char file[128];		/**< as the command line names it; empty: the command line itself */
	unsigned line;		/**< 0: command line, or the file as a whole */
	char option[48];	/**< the option, as written; empty when there is none */
	char text[200];		/**< what is wrong; where the daemon refuses, in its words */
	char advice[200];	/**< one imperative sentence */
};

enum { LINT_NOTES_MAX = 32 };

struct lint {
	unsigned n;
	unsigned errors;	/**< of all, those dropped included */
	unsigned dropped;	/**< did not fit; an error takes the place of a warning */
	lp_version written_for;	/**< the file has options that exist only since then; else 0 */
	const char *missing_section;	/**< static: a section that should be there; else NULL */
	struct lint_note at[LINT_NOTES_MAX];
	struct lint_note spare;	/**< what a full table hands out */
};

/** One kind of finding that the linter can make; ptpwarden-findings(7) is made from the table. */
struct lint_rule {
	const char *id;
	enum lint_kind kind;
	enum lint_severity severity;
	const char *meaning;	/**< one sentence: what it is and why it matters */
	const char *advice;	/**< one imperative sentence, when the case gives no better one */
};

extern const struct lint_rule lint_rules[];
extern const unsigned lint_rules_n;

/** The rule of that id, or NULL. */
const struct lint_rule *lint_rule(const char *id);

/** Where a note points to. `file` NULL or line 0: the command line. */
struct lint_place {
	const char *file;
	unsigned line;
};

/**
 * Append a note by rule id; kind, severity and advice are the rule's. Never
 * NULL: when full, `dropped` grows, but an error takes the place of a warning.
 */
struct lint_note *lint_add(struct lint *lint, const char *id, struct lint_place place,
			   const char *option, const char *fmt, ...) PRINTF_LIKE(5, 6);

/** Replace a note's advice. */
void lint_advise(struct lint_note *note, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** The first error, or NULL. */
const struct lint_note *lint_first_error(const struct lint *lint);

/** "open", "unknown_option", ...: for tests and JSON. */
const char *lint_kind_name(enum lint_kind kind);

#endif
