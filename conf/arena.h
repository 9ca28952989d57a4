/**
 * @file arena.h
 * @brief Memory that is allocated piece by piece and freed at once.
 *
 * A plan is many small strings that live and die together.
 */
#ifndef CONF_ARENA_H
#define CONF_ARENA_H

#include "base.h"

struct arena_chunk;

/** Zeroed is empty, without a limit. */
struct arena {
	struct arena_chunk *newest;
	size_t limit;	/**< bytes to hand out at most, so that want of memory can be tested; 0: any */
	size_t used;
};

/** Zeroed memory, aligned for anything; NULL when there is none. */
void *arena_alloc(struct arena *a, size_t size);

/** A terminated copy of `len` bytes; NULL when there is no memory. */
char *arena_copy(struct arena *a, const char *bytes, size_t len);

/** A copy of `text`; NULL for NULL, or when there is no memory. */
char *arena_text(struct arena *a, const char *text);

void arena_free(struct arena *a);

#endif
