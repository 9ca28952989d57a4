/*
 * One or two units as the rest of the world sees them: which process exists, what has been asked
 * and not been answered, what an operator wants; and what must never happen. The decision core is
 * the real one. Everything that could happen next is a move; time passes by moves of its own.
 */
#ifndef TESTS_LIB_WALKWORLD_H
#define TESTS_LIB_WALKWORLD_H

#include "supervisor/decide/group.h"
#include "supervisor/decide/pacing.h"
#include "supervisor/decide/policystate.h"
#include "walk.h"

enum { WORLD_UNITS = 2, WORLD_HURRIES = PACE_HURRIES + 1, WORLD_SWITCHES = POLICY_SWITCHES_MAX + 1 };

enum probe_answer { ANSWER_NONE, ANSWER_PASS, ANSWER_BLOCK };

struct world_unit {
	struct policy_state s;
	/* what takes part in the key: the world beside the state of the core */
	bool wanted;		/* by its operator */
	bool process;		/* exists, or is being made */
	bool launching;		/* not yet answered */
	bool useful;		/* health says so */
	bool warned;		/* was sent the stop signal */
	bool forced;		/* by its operator, until it starts */
	bool excused;		/* may start within a second of the last start */
	bool was_useful;
	bool seen_up;		/* its leader was locked since that one's start */
	uint8_t asked;		/* 1 + the alternate that is being probed, 0: none */
	uint8_t answer;		/* enum probe_answer, the newest one ... */
	uint8_t answer_of;	/* ... which is about this alternate */
	uint8_t passed_over;	/* bit a: alternate a was blocked, or has failed, since it was chosen last */
	/* times, each the business of one invariant; the core keeps the like in its state */
	msec_t asked_at, launched;
	msec_t hurried[WORLD_HURRIES];		/* starts within a second of another, newest first */
	msec_t switched[WORLD_SWITCHES];	/* promotions, newest first */
};

struct world {
	msec_t now;
	uint8_t lock;		/* enum lock of the leader while it is useful */
	bool alive, ready, system;	/* of a leader that may do anything */
	struct group_unit group[WORLD_UNITS];
	struct world_unit unit[WORLD_UNITS];
	const char *bad;	/* an invariant broken before the walk began */
};

struct world_conf {
	unsigned units;			/* 1, or 2: a leader and its follower */
	bool plain;			/* no remedies, no regrouping, no cut cables: few enough states for all */
	bool any_leader;		/* the one unit follows a leader that may do anything */
	struct policy_conf unit[WORLD_UNITS];
	unsigned system_alternate;	/* of the leader: steers the system clock itself; 0: none */
	msec_t bound;			/* well again so long after the last fault */
	msec_t *slowest;		/* the longest that was seen */
	bool switched;			/* begins on the last alternate, with all switches of the hour spent */
	unsigned past;			/* so many events at random before the walk begins ... */
	uint64_t seed;			/* ... drawn from this */
};

static inline const char *world_feed(const struct world_conf *c, struct world *w, unsigned i,
			      struct policy_event ev);

/* --- what must never happen -------------------------------------------------------------- */

static inline const char *bad_hurry(struct world_unit *u, msec_t now)
{
	memmove(&u->hurried[1], &u->hurried[0], PACE_HURRIES * sizeof(u->hurried[0]));
	u->hurried[0] = now;
	if (!u->excused)
		return "a start within a second of the last one, without an excuse";
	if (u->hurried[PACE_HURRIES] != MSEC_NONE && now - u->hurried[PACE_HURRIES] < PACE_HURRY_MS)
		return "a storm of starts";
	return NULL;
}

static inline bool may_start(const struct world_unit *u, unsigned alternate, msec_t now)
{
	if (u->forced || (u->asked == alternate + 1 && now - u->asked_at >= 15 * SEC))
		return true;
	return u->answer_of == alternate && u->answer == ANSWER_PASS;
}

static inline const char *bad_start(const struct world_conf *c, struct world_unit *u, unsigned i,
			     const struct action *a, msec_t now)
{
	unsigned better = (1u << a->alternate) - 1;

	if (a->alternate >= c->unit[i].alternates)
		return "an alternate that does not exist is started";
	if (u->process)
		return "a second process";
	if (!u->wanted)
		return "a stopped unit is started";
	if (c->unit[i].follower && !u->seen_up)
		return "a follower is started whose leader has not locked";
	if (!may_start(u, a->alternate, now))
		return "started without a clean probe";
	if ((u->passed_over & better) != better)
		return "a better alternate was passed over without a reason";
	if (u->launched != MSEC_NONE && now - u->launched < SEC)
		return bad_hurry(u, now);
	return NULL;
}

static inline void started(struct world_unit *u, msec_t now)
{
	u->process = u->launching = true;
	u->useful = u->was_useful = u->excused = u->warned = u->forced = false;
	u->launched = now;
}

static inline void asked(struct world_unit *u, unsigned alternate, msec_t now)
{
	u->asked = (uint8_t)(alternate + 1);
	u->asked_at = now;
}

static inline const char *bad_action(const struct world_conf *c, struct world *w, unsigned i,
			      const struct action *a)
{
	struct world_unit *u = &w->unit[i];
	const char *bad = NULL;

	switch (a->kind) {
	case ACT_LAUNCH:
		bad = bad_start(c, u, i, a, w->now);
		started(u, w->now);
		break;
	case ACT_PROBE:
		bad = a->alternate >= c->unit[i].alternates ? "an alternate that does not exist is probed"
		      : !u->wanted ? "a stopped unit is probed" : NULL;
		asked(u, a->alternate, w->now);
		break;
	case ACT_TERM:
		bad = u->process ? NULL : "a signal for nobody";
		u->warned = true;
		break;
	case ACT_KILL:
	case ACT_STUCK:
		bad = !u->process ? "a signal for nobody" : !u->warned ? "SIGKILL without a warning" : NULL;
		break;
	case ACT_TIMER:
		if (a->at != MSEC_NONE && (a->at < w->now || a->at > w->now + 3 * HOUR))
			bad = "a timer in the past, or too far away";
		break;
	case ACT_SETTLED:
		if (u->s.alternate == 0)
			u->passed_over = 0;
		break;
	case ACT_REGROUP:
		if (!c->unit[i].follower)
			return "a leader asks itself for a restart";
		return c->units > 1 ? world_feed(c, w, 0, (struct policy_event){ .kind = EVT_REGROUP })
				    : NULL;
	default:
		bad = a->kind > ACT_NONE && a->kind < ACT_COUNT ? NULL : "no such action";
	}
	return bad;
}

static inline bool needs_process(unsigned st)
{
	return st == ST_STARTING || st == ST_RUNNING || st == ST_READY || st == ST_STOPPING;
}

static inline const char *bad_state(const struct world_conf *c, const struct world_unit *u, unsigned i)
{
	const struct policy_state *s = &u->s;
	bool waits = s->st == ST_PROBING || s->st == ST_BACKING_OFF || s->st == ST_STOPPING ||
		     (s->st == ST_WAITING && (!c->unit[i].follower || s->leader_up));

	if (s->st >= ST_COUNT)
		return "no such state";
	if (s->alternate >= c->unit[i].alternates || s->probing >= c->unit[i].alternates)
		return "an alternate that does not exist";
	if (s->alive != u->process || u->process != needs_process(s->st))
		return "wrong about whether there is a process";
	if (waits && s->timer == MSEC_NONE)
		return "waits without a timer: a dead end";
	if (s->waits > 2 || s->hops > 2 || s->cures > 2)
		return "follows advice that was fruitless twice";
	if (!u->wanted && s->st != ST_STOPPED && s->st != ST_STOPPING)
		return "does not stay stopped";
	if (u->wanted && s->st == ST_STOPPED)
		return "gives up";
	return NULL;
}

static inline const char *bad_switch(struct world_unit *u, const struct policy_state *was, msec_t now)
{
	const struct policy_state *s = &u->s;

	if (was->st != ST_READY || s->st != ST_STOPPING || s->then != THEN_LAUNCH)
		return NULL;
	memmove(&u->switched[1], &u->switched[0], POLICY_SWITCHES_MAX * sizeof(u->switched[0]));
	u->switched[0] = now;
	if (u->switched[POLICY_SWITCHES_MAX] != MSEC_NONE &&
	    now - u->switched[POLICY_SWITCHES_MAX] < HOUR)
		return "a useful process was left more than four times within an hour";
	return NULL;
}

/* What may not follow from this event, whatever else does. */
static inline const char *bad_reaction(const struct world_unit *u, const struct policy_state *was,
				const struct policy_event *ev, const struct policy_step *s)
{
	for (unsigned k = 0; k < s->n; k++) {
		if (s->act[k].kind == ACT_DIAGNOSE && !u->wanted)
			return "an operator's stop is taken for a crash";
		if (s->act[k].kind == ACT_TERM && ev->kind == EVT_UNREADY)
			return "stopped for what may heal by itself";
		if (s->act[k].kind == ACT_TERM && was->st == ST_READY && ev->kind == EVT_VERDICT)
			return "a useful process is stopped because of a verdict";
	}
	return s->n >= POLICY_ACTIONS_MAX ? "no room for all actions" : NULL;
}

static inline bool alive_as_leader(const struct world_unit *u)
{
	return u->process && u->s.st != ST_STOPPING;
}

/* --- what happens -------------------------------------------------------------------------- */

static inline struct group_leader as_leader(const struct world_conf *c, const struct world *w)
{
	const struct world_unit *u = &w->unit[0];
	bool system = c->any_leader ? w->system
				    : c->system_alternate && u->s.alternate == c->system_alternate;
	bool ready = c->any_leader ? w->ready : u->useful && u->s.st == ST_READY;

	return (struct group_leader){
		.program = PROG_PTP4L, .provides = system ? PROVIDES_SYSTEM : PROVIDES_PHC,
		.alive = c->any_leader ? w->alive : alive_as_leader(u), .ready = ready,
		.lock = ready || c->any_leader ? (enum lock)w->lock : LOCK_FREERUN,
	};
}

static inline const char *bad_group(const struct group_leader *leader,
				    const struct world_unit *follower)
{
	if (!alive_as_leader(follower))
		return NULL;
	if (!leader->alive)
		return "a follower runs on though its leader is gone or being stopped";
	if (!group_wanted(leader, PROG_PHC2SYS))
		return "a follower runs on beside a leader that does its work";
	return NULL;
}

/* The leader is unit 0 and its follower unit 1, or the follower is all that there is. */
static inline const char *tell_group(const struct world_conf *c, struct world *w)
{
	struct group_leader leader = as_leader(c, w);
	struct group_note note[WORLD_UNITS];
	struct world_unit *follower = &w->unit[c->any_leader ? 0 : 1];
	const char *bad = NULL;
	unsigned n;

	if (c->units < 2 && !c->any_leader)
		return NULL;
	if (!leader.alive)
		follower->seen_up = false;
	else if (leader.lock == LOCK_LOCKED)
		follower->seen_up = true;
	n = group_notes(w->group, WORLD_UNITS, c->any_leader, &leader, note);
	for (unsigned k = 0; k < n && !bad; k++)
		bad = world_feed(c, w, note[k].unit, (struct policy_event){ .kind = note[k].kind });
	return bad ? bad : bad_group(&leader, follower);
}

static inline void note_end(struct world_unit *u)
{
	u->excused = u->excused || u->was_useful;
	u->process = u->launching = u->useful = u->warned = false;
	u->passed_over |= (uint8_t)(1u << u->s.alternate);
}

/* What an event means to the world, before the core hears of it. */
static inline void note_event(struct world_unit *u, const struct policy_event *ev)
{
	switch (ev->kind) {
	case EVT_WANT_UP:
		u->wanted = true;
		u->forced = u->forced || ev->u.want.force;
		break;
	case EVT_WANT_DOWN: u->wanted = false; break;
	case EVT_CLEARED: u->excused = true; break;
	case EVT_LAUNCHED: u->launching = false; break;
	case EVT_READY: u->useful = u->was_useful = true; break;
	case EVT_UNREADY: u->useful = false; break;
	case EVT_BROKEN: u->useful = false; break;
	case EVT_EXITED:
	case EVT_LAUNCH_FAILED: note_end(u); break;
	case EVT_VERDICT:
		if (ev->u.verdict.disposition == DO_ALTERNATE ||
		    ev->u.verdict.otherwise == DO_ALTERNATE)
			u->passed_over |= (uint8_t)(1u << u->s.alternate);
		break;
	case EVT_PROBE_PASS:
	case EVT_PROBE_BLOCK:
		u->answer = ev->kind == EVT_PROBE_PASS ? ANSWER_PASS : ANSWER_BLOCK;
		u->answer_of = (uint8_t)ev->u.probe.alternate;
		u->asked = 0;
		if (ev->kind == EVT_PROBE_BLOCK)
			u->passed_over |= (uint8_t)(1u << u->answer_of);
		break;
	default: break;
	}
}

/* One event for one unit, and what follows from it for the others. */
static inline const char *world_feed(const struct world_conf *c, struct world *w, unsigned i,
			      struct policy_event ev)
{
	struct world_unit *u = &w->unit[i];
	struct policy_state was = u->s;
	struct policy_step s;
	const char *bad;

	ev.at = w->now;
	note_event(u, &ev);
	s = policy_step(&c->unit[i], u->s, &ev);
	u->s = s.next;
	bad = bad_reaction(u, &was, &ev, &s);
	for (unsigned k = 0; k < s.n && !bad; k++)
		bad = bad_action(c, w, i, &s.act[k]);
	bad = bad ? bad : bad_state(c, u, i);
	bad = bad ? bad : bad_switch(u, &was, w->now);
	if (!bad && i == 0 && !c->any_leader)
		bad = tell_group(c, w);
	return bad;
}

static inline void world_new(const void *conf, void *world)
{
	const struct world_conf *c = conf;
	struct world *w = world;

	memset(w, 0, sizeof(*w));
	w->now = 1000 * HOUR;
	w->lock = LOCK_LOCKED;
	for (unsigned i = 0; i < c->units; i++) {
		struct world_unit *u = &w->unit[i];

		u->s = policy_start(&c->unit[i]);
		u->launched = u->asked_at = MSEC_NONE;
		for (unsigned k = 0; k < WORLD_HURRIES; k++)
			u->hurried[k] = MSEC_NONE;
		for (unsigned k = 0; k < WORLD_SWITCHES; k++)
			u->switched[k] = MSEC_NONE;
	}
	w->group[!c->any_leader] = (struct group_unit){ .program = PROG_PHC2SYS,
							.follows = c->any_leader };
	w->group[c->any_leader] = (struct group_unit){ .program = PROG_PTP4L, .follows = -1 };
}

#endif
