/**
 * @file catalogue.h
 * @brief The messages that the programs and the kernel are known to print.
 *
 * Made at build time from conf/rules/catalogue.txt by conf/gen_catalogue.c:
 * constant tables that hold offsets, never pointers, so that they stay in the
 * read-only part of the program file.
 */
#ifndef PTPWARDEN_CATALOGUE_H
#define PTPWARDEN_CATALOGUE_H

#include <stdbool.h>
#include "base.h"

enum message_kind {
	MESSAGE_INFO,		/**< ordinary */
	MESSAGE_HARMLESS,	/**< looks alarming and is not */
	MESSAGE_FOLLOWS,	/**< a consequence of something else */
	MESSAGE_SYMPTOM,	/**< somebody must explain it */
};

enum { MESSAGE_NONE = 0xffff, CATALOGUE_FIELDS_MAX = 5 };

/** What one or more wordings mean. */
struct catalogue_message {
	uint16_t id;		/**< offset of the dotted id in `pool` */
	uint16_t about;		/**< offset of the description */
	uint8_t kind;		/**< enum message_kind */
	char level[3];		/**< first letters of the syslog level, "std" for none */
};

/** One wording. */
struct catalogue_pattern {
	uint16_t message;
	uint16_t text;		/**< offset of the pattern with its %{fields} */
	uint16_t fields;	/**< index of the first in `field` */
	uint16_t fields_n;
};

/** What an edge of the tree takes from the line. */
enum edge_type { EDGE_LITERAL, EDGE_INT, EDGE_CAPS, EDGE_NUM, EDGE_DEV, EDGE_WORD, EDGE_TEXT };

/** A node of the tree of patterns; children lie side by side, literals first, sorted. */
struct catalogue_node {
	uint16_t label;		/**< EDGE_LITERAL: offset in `label`; else index in `after` */
	uint16_t first;		/**< index of the first child */
	uint16_t pattern;	/**< pattern that ends here, MESSAGE_NONE: none */
	uint8_t len;		/**< EDGE_LITERAL: bytes of the label */
	uint8_t type;		/**< enum edge_type */
	uint8_t children, literals;
};

struct catalogue {
	const char *pool;
	const char *label;
	const struct catalogue_message *message;
	const struct catalogue_pattern *pattern;
	const uint16_t *field;	/**< offsets of the names of fields */
	const struct catalogue_node *node;	/**< 0 is the root */
	const uint64_t *after;	/**< bit c & 63 for each byte c that may follow a field, so that most
				     ends of a field need no try; 0 is where anything may */
	uint16_t messages, patterns, nodes;
};

extern const struct catalogue catalogue_builtin;

/** The index of the message of that id, MESSAGE_NONE when there is none. */
uint16_t catalogue_find(const struct catalogue *c, const char *id, size_t len);

static inline const char *catalogue_id(const struct catalogue *c, uint16_t message)
{
	return c->pool + c->message[message].id;
}

#endif
