#include <string.h>

#include "catalogue.h"
#include "catalogue_tables.h"	/* generated */

const struct catalogue catalogue_builtin = {
	.pool = catalogue_pool,
	.label = catalogue_labels,
	.message = catalogue_messages,
	.pattern = catalogue_patterns,
	.field = catalogue_fields,
	.node = catalogue_nodes,
	.after = catalogue_after,
	.messages = ARRAY_LEN(catalogue_messages),
	.patterns = ARRAY_LEN(catalogue_patterns),
	.nodes = ARRAY_LEN(catalogue_nodes),
};

uint16_t catalogue_find(const struct catalogue *c, const char *id, size_t len)
{
	for (uint16_t i = 0; i < c->messages; i++) {
		const char *known = catalogue_id(c, i);

		if (strlen(known) == len && !memcmp(known, id, len))
			return i;
	}
	return MESSAGE_NONE;
}
