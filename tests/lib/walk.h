/*
 * Walks through every state that a model can reach, breadth first, so that a counterexample is
 * a shortest one. Of a state that was met before only a key of 64 bits is kept, and how it was
 * reached; worlds themselves live as long as the frontier is on them.
 */
#ifndef TESTS_LIB_WALK_H
#define TESTS_LIB_WALK_H

#include "test.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WALK_WORLD_MAX = 4096, WALK_DEPTH_MAX = 4096 };

struct walk_model {
	const void *conf;	/* handed to the functions */
	size_t size;		/* of a world, a plain value; at most WALK_WORLD_MAX */
	unsigned moves;
	void (*start)(const void *conf, void *world);
	bool (*offers)(const void *conf, const void *world, unsigned move);
	/* a move that the world offers: NULL, or which invariant it has broken */
	const char *(*move)(const void *conf, void *world, unsigned move);
	uint64_t (*key)(const void *conf, const void *world);	/* equal: the same state */
	/* the faults stop here: NULL, or what does not come right; may change `world` */
	const char *(*mend)(const void *conf, void *world);
	void (*tell)(const void *conf, const void *world, unsigned move, char *text, size_t size);
};

struct walk_step {
	uint64_t key;
	uint32_t from;
	uint16_t move;
	uint16_t depth;
};

struct walk {
	const struct walk_model *model;
	unsigned limit;			/* states at most */
	unsigned states, depth;
	bool complete;			/* there are no others */
	const char *bad;		/* NULL: nothing found */
	uint32_t bad_from;		/* the state before */
	unsigned bad_move;		/* or model->moves: it is the state itself that does not mend */
	/* private */
	struct walk_step *step;		/* [limit], in the order of discovery */
	uint32_t *slot;			/* hash table of 1 + index into step */
	uint32_t mask;
	char *world[2];			/* the frontier, and the next one */
	unsigned room[2];
};

static inline void *walk_memory(void *old, size_t n, size_t size)
{
	void *p = realloc(old, n * size);

	if (!p)
		abort();
	return p;
}

static inline bool walk_is_new(struct walk *w, uint64_t key, uint32_t *slot)
{
	for (uint32_t i = (uint32_t)(key ^ key >> 32) & w->mask;; i = (i + 1) & w->mask) {
		if (!w->slot[i]) {
			*slot = i;
			return true;
		}
		if (w->step[w->slot[i] - 1].key == key)
			return false;
	}
}

/* The world is kept when it is a new one. True: it is. */
static inline bool walk_meet(struct walk *w, const void *world, struct walk_step how, unsigned *n)
{
	const struct walk_model *m = w->model;
	uint32_t slot;

	how.key = m->key(m->conf, world);
	if (w->states == w->limit || !walk_is_new(w, how.key, &slot))
		return false;
	w->step[w->states] = how;
	w->slot[slot] = ++w->states;
	if (*n == w->room[1]) {
		w->room[1] = w->room[1] ? w->room[1] * 2 : 1024;
		w->world[1] = walk_memory(w->world[1], w->room[1], m->size);
	}
	memcpy(w->world[1] + *n * m->size, world, m->size);
	++*n;
	return true;
}

static inline bool walk_found(struct walk *w, const char *bad, uint32_t from, unsigned move)
{
	if (!bad || w->bad)
		return false;
	w->bad = bad;
	w->bad_from = from;
	w->bad_move = move;
	return true;
}

/* All moves from state `at`, whose world is `world`. */
static inline void walk_expand(struct walk *w, uint32_t at, const char *world, unsigned *n)
{
	const struct walk_model *m = w->model;
	char next[WALK_WORLD_MAX] __attribute__((aligned(16)));

	for (unsigned i = 0; i < m->moves && !w->bad; i++) {
		if (!m->offers(m->conf, world, i))
			continue;
		memcpy(next, world, m->size);
		if (walk_found(w, m->move(m->conf, next, i), at, i))
			continue;
		if (walk_meet(w, next, (struct walk_step){ .from = at, .move = (uint16_t)i,
							   .depth = (uint16_t)(w->depth + 1) }, n))
			walk_found(w, m->mend(m->conf, next), w->states - 1, m->moves);
	}
}

static inline void walk_init(struct walk *w, const struct walk_model *m, unsigned limit)
{
	uint32_t slots = 1024;

	while (slots < limit * 2)
		slots *= 2;
	*w = (struct walk){ .model = m, .limit = limit, .mask = slots - 1 };
	w->step = walk_memory(NULL, limit, sizeof(*w->step));
	w->slot = calloc(slots, sizeof(*w->slot));
	if (!w->slot)
		abort();
}

static inline void walk_free(struct walk *w)
{
	free(w->step);
	free(w->slot);
	free(w->world[0]);
	free(w->world[1]);
}

static inline unsigned walk_begin(struct walk *w)
{
	char world[WALK_WORLD_MAX] __attribute__((aligned(16)));
	unsigned n = 0;

	w->model->start(w->model->conf, world);
	walk_meet(w, world, (struct walk_step){ 0 }, &n);
	walk_found(w, w->model->mend(w->model->conf, world), 0, w->model->moves);
	return n;
}

/* Until there is no new state, the limit is reached, or something is found. */
static inline void walk_run(struct walk *w)
{
	uint32_t at = 0;
	unsigned n = walk_begin(w);

	while (n && !w->bad && w->states < w->limit) {
		char *spare = w->world[0];
		unsigned room = w->room[0], here = n;

		w->world[0] = w->world[1];
		w->room[0] = w->room[1];
		w->world[1] = spare;
		w->room[1] = room;
		n = 0;
		for (unsigned i = 0; i < here && !w->bad && w->states < w->limit; i++)
			walk_expand(w, at++, w->world[0] + i * w->model->size, &n);
		w->depth++;
	}
	w->complete = !n && !w->bad;
}

/* The shortest list of events that leads to what was found. */
static inline void walk_print(const struct walk *w)
{
	const struct walk_model *m = w->model;
	char world[WALK_WORLD_MAX] __attribute__((aligned(16)));
	char text[200];
	unsigned n = 0;
	uint32_t path[WALK_DEPTH_MAX];

	for (uint32_t i = w->bad_from; i && n < WALK_DEPTH_MAX; i = w->step[i].from)
		path[n++] = i;
	m->start(m->conf, world);
	print_error("# %s\n", w->bad);
	while (n-- > 0) {
		(void)m->move(m->conf, world, w->step[path[n]].move);
		m->tell(m->conf, world, w->step[path[n]].move, text, sizeof(text));
		print_error("#   %s\n", text);
	}
	if (w->bad_move == m->moves) {
		print_error("#   and then the faults stop\n");
		return;
	}
	(void)m->move(m->conf, world, w->bad_move);
	m->tell(m->conf, world, w->bad_move, text, sizeof(text));
	print_error("#   %s\n", text);
}

#endif
