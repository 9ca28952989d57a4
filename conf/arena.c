#include <stdlib.h>
#include <string.h>

#include "arena.h"

enum { CHUNK_FIRST = 1024, CHUNK_MAX = 16384 };

struct arena_chunk {
	struct arena_chunk *older;
	size_t size, used;
	max_align_t room[];
};

static struct arena_chunk *grow(struct arena *a, size_t size)
{
	size_t want = a->newest ? 2 * a->newest->size : CHUNK_FIRST;
	struct arena_chunk *c;

	if (want > CHUNK_MAX)
		want = CHUNK_MAX;
	if (want < size)
		want = size;
	c = calloc(1, sizeof(*c) + want);
	if (!c)
		return NULL;
	c->size = want;
	c->older = a->newest;
	a->newest = c;
	return c;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_chunk *c = a->newest;
	void *at;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (a->limit && a->limit - a->used < size)
		return NULL;
	if (!c || c->size - c->used < size)
		c = grow(a, size);
	if (!c)
		return NULL;
	at = (char *)c->room + c->used;
	c->used += size;
	a->used += size;
	return at;
}

char *arena_copy(struct arena *a, const char *bytes, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (copy)
		memcpy(copy, bytes, len);
	return copy;
}

char *arena_text(struct arena *a, const char *text)
{
	return text ? arena_copy(a, text, strlen(text)) : NULL;
}

void arena_free(struct arena *a)
{
	while (a->newest) {
		struct arena_chunk *older = a->newest->older;

		free(a->newest);
		a->newest = older;
	}
}
