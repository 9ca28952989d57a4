/* The documentation of findings, built in. */
#include <stdlib.h>
#include <string.h>

#include "probe.h"

const struct finding_doc finding_docs[] = {
#include "finding_table.h"
};
const unsigned finding_docs_n = ARRAY_LEN(finding_docs);

static int by_id(const void *id, const void *doc)
{
	return strcmp(id, ((const struct finding_doc *)doc)->id);
}

const struct finding_doc *finding_doc(const char *id)
{
	return bsearch(id, finding_docs, finding_docs_n, sizeof(finding_docs[0]), by_id);
}
