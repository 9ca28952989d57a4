/* What may happen next in a world, and the words for it. */
#ifndef TESTS_LIB_WALKMOVES_H
#define TESTS_LIB_WALKMOVES_H

#include "walkworld.h"

/* Time passes; also beyond a timer, as it does for a supervisor that gets no processor. */
static const msec_t lapse[] = { 300, 2 * SEC, 40 * SEC, 20 * MIN };

struct world_move {
	unsigned unit;
	struct policy_event ev;	/* EVT_NONE: one of the others */
	msec_t lapse;
	int leader;		/* what becomes of it, -1: nothing */
};

enum { VARIANTS = 2 * DISPOSITIONS };	/* of one kind of event: a verdict has a second part */

/* What may become of a leader: its lock, or all that its follower may hear of. */
static inline unsigned leader_moves(const struct world_conf *c)
{
	enum { LOCKS = LOCK_HOLDOVER + 1 };

	return c->any_leader ? LOCKS * 8 : c->units > 1 ? LOCKS : 0;
}

static inline unsigned world_moves(const struct world_conf *c)
{
	return (unsigned)ARRAY_LEN(lapse) + leader_moves(c) + c->units * EVT_COUNT * VARIANTS;
}

static inline struct world_move move_of(const struct world_conf *c, unsigned n)
{
	struct world_move m = { .leader = -1 };
	unsigned variant;

	if (n < ARRAY_LEN(lapse)) {
		m.lapse = lapse[n];
		return m;
	}
	n -= (unsigned)ARRAY_LEN(lapse);
	if (n < leader_moves(c)) {
		m.leader = (int)n;
		return m;
	}
	n -= leader_moves(c);
	variant = n % VARIANTS;
	m.unit = n / VARIANTS / EVT_COUNT;
	m.ev.kind = (enum event_kind)(n / VARIANTS % EVT_COUNT);
	if (m.ev.kind == EVT_VERDICT && variant < DISPOSITIONS) {
		m.ev.u.verdict.disposition = (enum disposition)variant;
	} else if (m.ev.kind == EVT_VERDICT) {
		m.ev.u.verdict.disposition = DO_REMEDY;
		m.ev.u.verdict.otherwise = (enum disposition)(variant - DISPOSITIONS);
	} else if (m.ev.kind == EVT_WANT_UP && variant < 2) {
		m.ev.u.want.force = variant;
	} else if (variant) {
		m.ev.kind = EVT_NONE;	/* the others come in one variant */
	}
	return m;
}

/* Could this event come now? Nobody answers what was not asked, or reports the end of nothing. */
static inline bool can_come(const struct world_unit *u, enum event_kind kind)
{
	bool runs = u->process && !u->launching;

	switch (kind) {
	case EVT_NONE: return false;
	case EVT_PROBE_PASS:
	case EVT_PROBE_BLOCK: return u->asked;
	case EVT_LAUNCHED:
	case EVT_LAUNCH_FAILED: return u->launching;
	case EVT_EXITED: return runs;
	case EVT_READY: return runs && !u->useful && u->s.st == ST_RUNNING;
	case EVT_UNREADY: return runs && u->useful;
	case EVT_BROKEN: return runs;
	case EVT_TIMEOUT: return u->s.timer != MSEC_NONE;
	case EVT_LEADER_UP:	/* the group's own business */
	case EVT_LEADER_DOWN: return false;
	default: return true;
	}
}

static inline const char *change_leader(const struct world_conf *c, struct world *w, unsigned what)
{
	w->lock = what % (LOCK_HOLDOVER + 1);
	what /= LOCK_HOLDOVER + 1;
	w->alive = what & 1;
	w->ready = what & 2;
	w->system = what & 4;
	return tell_group(c, w);
}

static inline bool is_plain(const struct policy_event *ev)
{
	enum disposition d = ev->u.verdict.disposition;

	return ev->kind != EVT_CUT && ev->kind != EVT_REGROUP &&
	       (ev->kind != EVT_VERDICT || (d != DO_REMEDY && d != DO_RESTART_GROUP));
}

static inline bool world_offers(const void *conf, const void *world, unsigned n)
{
	const struct world_conf *c = conf;
	const struct world *w = world;
	struct world_move m = move_of(c, n);

	if (m.lapse)
		return true;
	if (m.leader >= 0)
		return c->any_leader || (w->unit[0].useful && w->lock != m.leader);
	if (c->plain && !is_plain(&m.ev))
		return false;
	return can_come(&w->unit[m.unit], m.ev.kind);
}

static inline const char *world_move(const void *conf, void *world, unsigned n)
{
	const struct world_conf *c = conf;
	struct world *w = world;
	struct world_move m = move_of(c, n);
	struct world_unit *u = &w->unit[m.unit];

	if (m.lapse) {
		w->now += m.lapse;
		return NULL;
	}
	if (m.leader >= 0)
		return change_leader(c, w, (unsigned)m.leader);
	if (m.ev.kind == EVT_PROBE_PASS || m.ev.kind == EVT_PROBE_BLOCK)
		m.ev.u.probe.alternate = u->asked - 1u;
	if (m.ev.kind == EVT_TIMEOUT && u->s.timer > w->now)
		w->now = u->s.timer;
	return world_feed(c, w, m.unit, m.ev);
}

static inline uint32_t drawn(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(*seed >> 33) % below;
}

/* Taken over from an earlier supervisor, which keeps no company with the core's own history. */
static inline void spend_switches(const struct world_conf *c, struct world *w)
{
	struct world_unit *u = &w->unit[0];

	u->s = policy_adopted(&c->unit[0], c->unit[0].alternates - 1, w->now);
	u->wanted = u->process = true;
	u->passed_over = (uint8_t)((1u << u->s.alternate) - 1);
	w->bad = world_feed(c, w, 0, (struct policy_event){ .kind = EVT_LAUNCHED });
	for (unsigned i = 0; i < POLICY_SWITCHES_MAX; i++)
		u->s.switched[i] = u->switched[i] = w->now - (i + 1) * 10 * MIN;
}

/* A world with a past: what takes many events to come about is near there. */
static inline void world_start(const void *conf, void *world)
{
	const struct world_conf *c = conf;
	struct world *w = world;
	uint64_t seed = c->seed;

	world_new(conf, world);
	if (c->switched)
		spend_switches(c, w);
	for (unsigned i = 0; i < c->past && !w->bad;) {
		unsigned n = drawn(&seed, world_moves(c));

		if (!world_offers(conf, world, n))
			continue;
		w->bad = world_move(conf, world, n);
		i++;
	}
}

static const char *const event_word[EVT_COUNT] = {
	[EVT_WANT_UP] = "operator's start", [EVT_WANT_DOWN] = "operator's stop",
	[EVT_RESTART] = "operator's restart", [EVT_PROBE_PASS] = "the probe passes",
	[EVT_PROBE_BLOCK] = "the probe finds an obstacle", [EVT_LAUNCHED] = "launched",
	[EVT_LAUNCH_FAILED] = "the launch fails", [EVT_EXITED] = "the process ends",
	[EVT_READY] = "ready", [EVT_UNREADY] = "no longer ready", [EVT_BROKEN] = "broken",
	[EVT_VERDICT] = "verdict", [EVT_CLEARED] = "an obstacle may be gone",
	[EVT_CUT] = "cut off", [EVT_REGROUP] = "its follower asks for a restart",
	[EVT_TIMEOUT] = "its timer",
};
static const char *const do_word[DISPOSITIONS] = {
	[DO_RETRY] = "retry", [DO_WAIT] = "wait", [DO_ALTERNATE] = "alternate", [DO_REMEDY] = "remedy",
	[DO_RESTART_GROUP] = "restart_group", [DO_ESCALATE] = "escalate", [DO_LEAVE] = "leave",
	[DO_OPERATOR] = "operator",
};
static const char *const st_word[ST_COUNT] = {
	[ST_STOPPED] = "stopped", [ST_WAITING] = "waiting", [ST_PROBING] = "probing",
	[ST_STARTING] = "starting", [ST_RUNNING] = "running", [ST_READY] = "ready",
	[ST_BACKING_OFF] = "backing-off", [ST_STOPPING] = "stopping",
};

static inline void world_tell(const void *conf, const void *world, unsigned n, char *text, size_t size)
{
	const struct world_conf *c = conf;
	const struct world *w = world;
	struct world_move m = move_of(c, n);
	int len = snprintf(text, size, "%10.1f s  ", (double)(w->now - 1000 * HOUR) / 1000);
	const char *word = NAME_OF(event_word, m.ev.kind);

	if (m.lapse)
		len += snprintf(text + len, size - (size_t)len, "time passes");
	else if (m.leader >= 0)
		len += snprintf(text + len, size - (size_t)len, "the leader: lock %d%s%s%s", w->lock,
				w->alive ? ", alive" : "", w->ready ? ", ready" : "",
				w->system ? ", steers the system clock" : "");
	else
		len += snprintf(text + len, size - (size_t)len, "%s: %s%s%s",
				m.unit ? "follower" : "unit", word,
				m.ev.kind == EVT_VERDICT ? " " : "",
				m.ev.kind == EVT_VERDICT ? do_word[m.ev.u.verdict.disposition] : "");
	for (unsigned i = 0; i < c->units && (size_t)len < size; i++)
		len += snprintf(text + len, size - (size_t)len, "%s%s alternate %u, probing %u",
				i ? " | " : " -> ", NAME_OF(st_word, w->unit[i].s.st),
				w->unit[i].s.alternate, w->unit[i].s.probing);
}

#endif
