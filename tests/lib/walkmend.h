/* When two worlds are the same, and what comes of a world in which nothing fails any more. */
#ifndef TESTS_LIB_WALKMEND_H
#define TESTS_LIB_WALKMEND_H

#include "walkmoves.h"

static inline uint64_t mixed(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

/* A moment ahead: none, due, or to come. */
static inline unsigned ahead(msec_t t, msec_t now)
{
	return t == MSEC_NONE ? 0 : t <= now ? 1 : 2;
}

static inline unsigned within(const msec_t *t, unsigned n, msec_t span, msec_t now)
{
	unsigned count = 0;

	for (unsigned i = 0; i < n; i++)
		count += t[i] != MSEC_NONE && now - t[i] < span;
	return count;
}

static inline uint8_t least(uint8_t a, unsigned b) { return a < b ? a : (uint8_t)b; }

static inline unsigned doublings(msec_t from, msec_t to)
{
	unsigned n = 0;

	for (; from < to; from *= 2)
		n++;
	return n;
}

/* Counters up to where nothing changes any more, and of each time what the policy asks of it. */
static inline uint64_t state_key(const struct policy_conf *c, struct policy_state s, msec_t now,
				 uint64_t h)
{
	uint64_t small[(offsetof(struct policy_state, launched_at) + 7) / 8] = { 0 };
	const unsigned seen[] = {
		within(&s.launched_at, 1, PACE_START_MS, now),
		s.hurried != MSEC_NONE && s.hurried - now > (PACE_HURRIES - 1) * PACE_HURRY_MS,
		ahead(s.timer, now), ahead(s.settle_at, now), ahead(s.climb_at, now),
		ahead(s.fall_at, now), within(s.switched, POLICY_SWITCHES_MAX, HOUR, now),
		c->deaths > 1 ? within(s.death, c->deaths - 1, c->window, now) : 0,
	};
	uint64_t times = 0;

	s.streak = least(s.streak, 2 * c->deaths);
	s.failed_climbs = least(s.failed_climbs, doublings(c->patience, HOUR));
	if (s.st != ST_STOPPING)
		s.then = s.kills = 0;
	if (s.st != ST_PROBING && s.st != ST_BACKING_OFF)
		s.round = 0;
	memcpy(small, &s, offsetof(struct policy_state, launched_at));
	for (size_t i = 0; i < ARRAY_LEN(small); i++)
		h = mixed(h, small[i]);
	for (size_t i = 0; i < ARRAY_LEN(seen); i++)
		times = times << 8 | seen[i];
	return mixed(h, times);
}

static inline uint64_t unit_key(const struct policy_conf *c, const struct world_unit *u, msec_t now,
				uint64_t h)
{
	const bool flag[] = { u->wanted, u->process, u->launching, u->useful, u->warned, u->forced,
			      u->excused, u->was_useful, u->seen_up, may_start(u, u->s.probing, now) };
	uint64_t bits = (uint64_t)u->asked << 8 | u->passed_over;

	for (size_t i = 0; i < ARRAY_LEN(flag); i++)
		bits = bits << 1 | flag[i];
	return state_key(c, u->s, now, mixed(h, bits));
}

static inline uint64_t world_key(const void *conf, const void *world)
{
	const struct world_conf *c = conf;
	const struct world *w = world;
	uint64_t h = c->any_leader ? 0 : w->lock;	/* that one may change into any other at once */

	for (unsigned i = 0; i < c->units; i++)
		h = unit_key(&c->unit[i], &w->unit[i], w->now, h);
	return mixed(h, w->group[0].leader_up | w->group[1].leader_up << 1);
}

/* --- the faults stop ------------------------------------------------------------------------ */

enum { MEND_STEPS = 2000, EXEC_TO_READY_MS = 3000 };

static inline bool well(const struct world_conf *c, const struct world *w)
{
	for (unsigned i = 0; i < c->units; i++)
		if (w->unit[i].s.st != ST_READY || w->unit[i].s.alternate != 0)
			return false;
	return true;
}

/* What a healthy world does next for this unit, and when. */
static inline msec_t next_of(const struct world *w, const struct world_unit *u, struct policy_event *ev)
{
	bool runs = u->process && !u->launching;
	msec_t ready = u->launched + EXEC_TO_READY_MS;

	if (u->launching) {
		ev->kind = EVT_LAUNCHED;
	} else if (u->process && u->s.st == ST_STOPPING && u->warned) {
		ev->kind = EVT_EXITED;
	} else if (u->asked) {
		ev->kind = EVT_PROBE_PASS;
		ev->u.probe.alternate = u->asked - 1u;
	} else if (runs && !u->useful && u->s.st == ST_RUNNING &&
		   (u->s.timer == MSEC_NONE || ready <= u->s.timer)) {
		ev->kind = EVT_READY;
		return ready > w->now ? ready : w->now;
	} else if (u->s.timer != MSEC_NONE) {
		ev->kind = EVT_TIMEOUT;
		return u->s.timer > w->now ? u->s.timer : w->now;
	} else {
		return MSEC_NONE;
	}
	return w->now;
}

static inline bool sooner(msec_t a, msec_t b)
{
	return a != MSEC_NONE && (b == MSEC_NONE || a < b);
}

static inline const char *mend_step(const struct world_conf *c, struct world *w, bool *quiet)
{
	struct policy_event ev[WORLD_UNITS] = { { .kind = EVT_NONE } };
	msec_t at = MSEC_NONE;
	unsigned who = 0;

	for (unsigned i = 0; i < c->units; i++) {
		msec_t t = next_of(w, &w->unit[i], &ev[i]);

		if (sooner(t, at)) {
			at = t;
			who = i;
		}
	}
	*quiet = at == MSEC_NONE;
	if (*quiet)
		return NULL;
	w->now = at;
	return world_feed(c, w, who, ev[who]);
}

/* Whoever had stopped it starts it; from then on nothing fails any more, and nobody helps. */
static inline const char *world_mend(const void *conf, void *world)
{
	const struct world_conf *c = conf;
	struct world *w = world;
	msec_t begun = w->now, ill = w->now;
	const char *bad = NULL;
	bool quiet = false;

	if (w->bad)
		return w->bad;
	w->lock = LOCK_LOCKED;
	w->alive = w->ready = true;
	w->system = false;
	for (unsigned i = 0; i < c->units && !bad; i++)
		if (!w->unit[i].wanted)
			bad = world_feed(c, w, i, (struct policy_event){ .kind = EVT_WANT_UP });
	bad = bad ? bad : tell_group(c, w);
	for (unsigned i = 0; i < MEND_STEPS && !quiet && !bad; i++) {
		bad = mend_step(c, w, &quiet);
		if (!well(c, w))
			ill = w->now;
	}
	if (bad)
		return bad;
	if (!quiet)
		return "without faults it never comes to rest";
	if (!well(c, w))
		return "the preferred alternate does not run again";
	if (ill - begun > *c->slowest)
		*c->slowest = ill - begun;
	return ill - begun > c->bound ? "the preferred alternate runs again too late" : NULL;
}

static inline struct walk_model world_model(const struct world_conf *c)
{
	_Static_assert(sizeof(struct world) <= WALK_WORLD_MAX, "a world fits");
	return (struct walk_model){ .conf = c, .size = sizeof(struct world), .moves = world_moves(c),
				    .start = world_start, .offers = world_offers, .move = world_move, .key = world_key,
				    .mend = world_mend, .tell = world_tell };
}

#endif
