/* A make-believe daemon for the policy tests: it dies and gets ready when the table says, in
 * virtual time; nothing forks, nothing sleeps. */
#ifndef TESTS_LIB_POLICYSIM_H
#define TESTS_LIB_POLICYSIM_H

#include "test.h"
#include "supervisor/decide/policystate.h"

enum { SIM_ALTERNATES = 3, SIM_LOG = 512 };

struct way {			/* how one alternate does */
	bool blocked;		/* its probe finds an obstacle */
	bool unlaunchable;
	msec_t ready_after;	/* after exec; MSEC_NONE: never */
	msec_t dies_after;	/* after exec; MSEC_NONE: lives */
	msec_t dies_on_term_after;
	enum disposition verdict, otherwise;
};

struct sim {
	struct policy_conf conf;
	struct policy_state s;
	struct way way[SIM_ALTERNATES];
	msec_t now;
	/* what is on its way; MSEC_NONE: nothing */
	msec_t timer, probe_at, launch_at, ready_at, dies_at, verdict_at;
	unsigned probe_of, runs_on;
	bool alive;
	bool mends;		/* remedies work */
	bool immortal;		/* survives SIGKILL */
	bool mending;		/* a remedy is under way */
	/* what was seen */
	unsigned remedies, regroups, stuck;
	unsigned launches, escalations, diagnoses, settles, watches, terms, kills, probes;
	msec_t launched_at[SIM_LOG];
	bool last_force;
};

static inline void sim_feed(struct sim *m, struct policy_event ev);

static inline void sim_launch(struct sim *m, unsigned alternate)
{
	assert_false(m->alive);
	m->launch_at = m->now;
	m->runs_on = alternate;
	m->launched_at[m->launches++ % SIM_LOG] = m->now;
	m->alive = !m->way[alternate].unlaunchable;
}

static inline void sim_die_by(struct sim *m, msec_t at)
{
	if (m->alive && (m->dies_at == MSEC_NONE || m->dies_at > at))
		m->dies_at = at;
}

static inline void sim_do(struct sim *m, const struct action *a)
{
	switch (a->kind) {
	case ACT_PROBE:
		m->probe_at = m->now + 2;
		m->probe_of = a->alternate;
		m->last_force = a->force;
		m->probes++;
		break;
	case ACT_LAUNCH: sim_launch(m, a->alternate); break;
	case ACT_TIMER: m->timer = a->at; break;
	case ACT_TERM:
		m->terms++;
		if (m->way[m->runs_on].dies_on_term_after != MSEC_NONE && !m->immortal)
			sim_die_by(m, m->now + m->way[m->runs_on].dies_on_term_after);
		break;
	case ACT_KILL:
		m->kills++;
		if (!m->immortal)
			sim_die_by(m, m->now + 1);
		break;
	case ACT_REMEDY: m->remedies++; m->mending = true; break;
	case ACT_REGROUP: m->regroups++; break;
	case ACT_STUCK: m->stuck++; break;
	case ACT_DIAGNOSE: m->diagnoses++; m->verdict_at = m->now + 3; break;
	case ACT_SETTLED: m->settles++; break;
	case ACT_ESCALATE: m->escalations++; break;
	case ACT_WATCH: m->watches++; break;
	default: break;
	}
}

static inline void sim_feed(struct sim *m, struct policy_event ev)
{
	struct policy_step step;

	ev.at = m->now;
	step = policy_step(&m->conf, m->s, &ev);
	m->s = step.next;
	for (unsigned i = 0; i < step.n; i++)
		sim_do(m, &step.act[i]);
}

static inline void sim_say(struct sim *m, enum event_kind kind)
{
	sim_feed(m, (struct policy_event){ .kind = kind });
}

static inline bool sim_take(msec_t *slot, msec_t now)
{
	if (*slot == MSEC_NONE || *slot > now)
		return false;
	*slot = MSEC_NONE;
	return true;
}

static inline void sim_launched(struct sim *m)
{
	const struct way *w = &m->way[m->runs_on];

	if (!m->alive) {
		sim_say(m, EVT_LAUNCH_FAILED);
		return;
	}
	if (w->ready_after != MSEC_NONE)
		m->ready_at = m->now + w->ready_after;
	if (w->dies_after != MSEC_NONE)
		sim_die_by(m, m->now + w->dies_after);
	sim_say(m, EVT_LAUNCHED);
}

/* Does the one thing that is due, the way the real rooms would answer. */
static inline bool sim_due(struct sim *m)
{
	if (m->mending) {
		m->mending = false;
		if (m->mends)
			sim_say(m, EVT_CLEARED);
		else
			sim_feed(m, (struct policy_event){ .kind = EVT_VERDICT,
				.u.verdict.disposition = m->way[m->s.alternate].otherwise });
	} else if (sim_take(&m->probe_at, m->now)) {
		bool block = m->way[m->probe_of].blocked;

		sim_feed(m, (struct policy_event){ .kind = block ? EVT_PROBE_BLOCK : EVT_PROBE_PASS,
						   .u.probe.alternate = m->probe_of });
	} else if (sim_take(&m->launch_at, m->now)) {
		sim_launched(m);
	} else if (sim_take(&m->dies_at, m->now)) {
		m->alive = false;
		m->ready_at = MSEC_NONE;
		sim_say(m, EVT_EXITED);
	} else if (sim_take(&m->ready_at, m->now)) {
		sim_say(m, EVT_READY);
	} else if (sim_take(&m->verdict_at, m->now)) {
		sim_feed(m, (struct policy_event){ .kind = EVT_VERDICT,
						   .u.verdict = { m->way[m->s.alternate].verdict,
								  m->way[m->s.alternate].otherwise } });
	} else if (sim_take(&m->timer, m->now)) {
		sim_say(m, EVT_TIMEOUT);
	} else {
		return false;
	}
	return true;
}

static inline msec_t sim_next(const struct sim *m)
{
	const msec_t at[] = { m->timer, m->probe_at, m->launch_at, m->ready_at, m->dies_at, m->verdict_at };
	msec_t next = MSEC_NONE;

	for (unsigned i = 0; i < ARRAY_LEN(at); i++)
		if (at[i] != MSEC_NONE && (next == MSEC_NONE || at[i] < next))
			next = at[i];
	return next;
}

static inline void sim_run_until(struct sim *m, msec_t end)
{
	for (;;) {
		msec_t next = sim_next(m);

		if (next == MSEC_NONE || next > end)
			break;
		if (next > m->now)
			m->now = next;
		for (unsigned burst = 0; sim_due(m); burst++)
			assert_true(burst < 100);	/* time must go on */
	}
	m->now = end;
}

static inline void sim_run(struct sim *m, msec_t span)
{
	sim_run_until(m, m->now + span);
}

/* A box with `alternates` ways, all of which work: ready 3 s after exec. */
static inline struct sim sim_box(unsigned alternates)
{
	struct sim m = {
		.conf = {
			.alternates = alternates, .deaths = 5, .window = 60 * SEC, .settle = 30 * SEC,
			.delay_min = SEC, .delay_max = 60 * SEC, .retry_slow = 5 * MIN,
			.patience = 2 * MIN, .stop_grace = 5 * SEC, .seed = 7,
		},
		.now = 1000 * SEC,
		.timer = MSEC_NONE, .probe_at = MSEC_NONE, .launch_at = MSEC_NONE,
		.ready_at = MSEC_NONE, .dies_at = MSEC_NONE, .verdict_at = MSEC_NONE,
	};

	for (unsigned i = 0; i < SIM_ALTERNATES; i++)
		m.way[i] = (struct way){ .ready_after = 3 * SEC, .dies_after = MSEC_NONE,
					 .dies_on_term_after = 5 };
	m.s = policy_start(&m.conf);
	return m;
}

/* The same, started by its operator. */
static inline struct sim sim_start(unsigned alternates)
{
	struct sim m = sim_box(alternates);

	sim_say(&m, EVT_WANT_UP);
	return m;
}

static inline void sim_kill9(struct sim *m)
{
	sim_die_by(m, m->now);
}

/* Gap between launch `i` and the one before, counted from 0. */
static inline msec_t sim_gap(const struct sim *m, unsigned i)
{
	return m->launched_at[i] - m->launched_at[i - 1];
}

#endif
