#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "repeats.h"

void repeat_name(const struct repeat *r, char out[18])
{
	snprintf(out, 18, "%08" PRIx32 "-%08" PRIx32, r->signature[0], r->signature[1]);
}

static bool parse(const char *line, size_t len, struct repeat *r)
{
	char room[200];

	memset(r, 0, sizeof(*r));
	if (len >= sizeof(room))
		return false;
	memcpy(room, line, len);
	room[len] = '\0';
	return sscanf(room, "%8" SCNx32 "-%8" SCNx32 "\t%31[^\t]\t%63[^\t]\t%u\t%" SCNd64 "\t%" SCNd64,
		      &r->signature[0], &r->signature[1], r->unit, r->cause, &r->count, &r->first,
		      &r->last) == 7;
}

bool repeats_next(const char **table, struct repeat *out)
{
	while (**table) {
		const char *line = *table;
		size_t len = strcspn(line, "\n");

		*table = line + len + (line[len] == '\n');
		if (parse(line, len, out))
			return true;
	}
	return false;
}

static void add(struct text *out, const struct repeat *r)
{
	char name[18];

	repeat_name(r, name);
	text_add(out, "%s\t%s\t%s\t%u\t%" PRId64 "\t%" PRId64 "\n", name, r->unit, r->cause, r->count,
		 r->first, r->last);
}

static bool same(const struct repeat *a, const struct repeat *b)
{
	return !memcmp(a->signature, b->signature, sizeof(a->signature)) && !strcmp(a->unit, b->unit);
}

void repeats_note(const char *table, const struct repeat *new, struct text *out)
{
	struct repeat first = *new, r;
	const char *at = table ? table : "";
	unsigned n = 1;

	while (repeats_next(&at, &r))
		if (same(&r, new)) {
			first.count += r.count;
			first.first = r.first;
		}
	add(out, &first);
	at = table ? table : "";
	while (n < REPEATS_MAX && repeats_next(&at, &r))
		if (!same(&r, new)) {
			add(out, &r);
			n++;
		}
}
