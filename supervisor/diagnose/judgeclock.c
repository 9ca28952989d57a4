/* What its servo and its clock say about a daemon, and oddities of one that works. Pure. */
#include "judging.h"

enum { PINNED_SAMPLES = 10, SILENT_LINES = 3, SILENT_MARGIN_MS = 30 * 1000, RATE_MS = 60 * 1000 };

#define SLEW_LONG_S 60.0	/* worth a word ... */
#define SLEW_HOPELESS_S 600.0	/* ... and this should have been stepped */
#define RATE_ODD 0.3		/* no servo asks for so much */

static double size_of(double v)
{
	return v < 0 ? -v : v;
}

static bool rate_is_bad(const struct judging *c)
{
	const struct phc_seen *p = &c->seen->phc;

	return p->rate_known && within(c, p->at, RATE_MS) && size_of(p->rate - 1) > RATE_ODD;
}

static bool has_link(const struct health_seen *s)
{
	for (unsigned i = 0; i < s->ports; i++)
		if (s->port[i].link == ANSWER_NO)
			return false;
	return true;
}

/* Some drivers stop the clock while there is no link; that heals. */
bool judge_clock(struct judging *c)
{
	const struct phc_seen *p = &c->seen->phc;

	if (p->gone)
		WHY(c, TROUBLE_PHC_GONE, "its PTP clock is gone");
	else if (!rate_is_bad(c) || !has_link(c->seen))
		return false;
	else if (p->rate == 0)
		WHY(c, TROUBLE_PHC_FROZEN, "its PTP clock stands still");
	else
		WHY(c, TROUBLE_PHC_RATE, "its PTP clock runs at %.2f times real time", p->rate);
	c->out.broken = true;
	return true;
}

static double seconds_to_go(const struct health_seen *s)
{
	double freq = size_of(s->servo.freq_ppb);

	return freq > 0 ? size_of((double)s->offset_ns) / freq : 0;
}

/* A start may step where the running servo may not. */
static bool start_would_step(const struct judging *c)
{
	double first = c->conf->first_step_threshold;

	return first > 0 && size_of((double)c->seen->offset_ns) > first * 1e9;
}

static bool pinned_for(const struct health_seen *s, double at_least_s)
{
	return s->servo.pinned >= PINNED_SAMPLES && seconds_to_go(s) >= at_least_s;
}

bool judge_hopeless(struct judging *c)
{
	if (!pinned_for(c->seen, SLEW_HOPELESS_S) || !start_would_step(c))
		return false;
	WHY(c, TROUBLE_PINNED, "steers as fast as it can and would for %.0f hours more; a start steps",
	    seconds_to_go(c->seen) / 3600 < 1e6 ? seconds_to_go(c->seen) / 3600 : 1e6);
	c->out.ready = false;
	c->out.broken = true;
	return true;
}

static bool pinned(struct judging *c)
{
	if (!pinned_for(c->seen, SLEW_LONG_S))
		return false;
	NOTE(c, TROUBLE_PINNED, "it steers as fast as it can and needs %.0f minutes more",
	     seconds_to_go(c->seen) / 60 < 1e7 ? seconds_to_go(c->seen) / 60 : 1e7);
	return true;
}

static bool unsteady(struct judging *c)
{
	const struct health_seen *s = c->seen;

	if (!within(c, s->servo.lost[SERVO_LOSSES - 1], HEALTH_UNSTEADY_MS))
		return false;
	if (s->trouble == TROUBLE_UNSTEADY && c->now - s->trouble_since >= HEALTH_UNSTEADY_MS) {
		c->out.ready = false;
		c->out.broken = true;
		WHY(c, TROUBLE_UNSTEADY, "loses its lock again and again");
	} else {
		NOTE(c, TROUBLE_UNSTEADY, "it has lost its lock %d times within a minute", SERVO_LOSSES);
	}
	return true;
}

static bool beyond_limit(struct judging *c)
{
	const struct health_seen *s = c->seen;

	if (!s->offset_limit_ns || s->servo.beyond < s->offset_samples)
		return false;
	NOTE(c, TROUBLE_OFFSET, "the offset is beyond the limit for %u samples", s->servo.beyond);
	return true;
}

static bool eats_cpu(struct judging *c)
{
	const struct proc_seen *p = &c->seen->proc;

	if (p->eats_since == MSEC_NONE || c->now - p->eats_since < HEALTH_EATS_MS)
		return false;
	NOTE(c, TROUBLE_CPU, "it uses a whole CPU (%d %%)", p->cpu_percent);
	return true;
}

static bool renamed(struct judging *c)
{
	if (!c->seen->renamed_to[0])
		return false;
	NOTE(c, TROUBLE_RENAMED, "its interface is called %s now: it will not start again as it is",
	     c->seen->renamed_to);
	return true;
}

/* Nobody vouches for the time of a master that was only elected, so nothing follows it. */
static bool own_time(struct judging *c)
{
	const struct health_seen *s = c->seen;

	if (c->conf->program != PROG_PTP4L || role_of(c->conf) != ROLE_EITHER || s->gm_present)
		return false;
	for (unsigned i = 0; i < s->ports; i++) {
		if (s->port[i].state == PORT_SLAVE)
			return false;
		if (!elected(c, &s->port[i]))
			continue;
		NOTE(c, TROUBLE_OWN_TIME,
		     "it hears no better clock and serves its own time; set serverOnly 1 if it is meant to");
		return true;
	}
	return false;
}

static bool prints_offsets(const struct daemon_conf *conf)
{
	return conf->program == PROG_PTP4L && conf->logging_level >= 6;
}

/* It answers and measures, so lines are due. */
static bool log_silent(struct judging *c)
{
	msec_t sync = interval_ms(c->conf->log_sync_interval);
	msec_t print = interval_ms(c->conf->summary_interval);
	msec_t due = SILENT_LINES * (sync > print ? sync : print) + SILENT_MARGIN_MS;
	const struct health_seen *s = c->seen;
	msec_t since = s->line_at == MSEC_NONE ? s->started_at : s->line_at;

	if (!prints_offsets(c->conf) || !within(c, s->offset_at, due / 2) || c->now - since < due)
		return false;
	NOTE(c, TROUBLE_LOG_SILENT, "it works, but has printed nothing for %lld s",
	     (long long)(c->now - since) / 1000);
	return true;
}

void judge_oddities(struct judging *c)
{
	static bool (*const odd[])(struct judging *c) = {
		unsteady, pinned, beyond_limit, eats_cpu, renamed, log_silent, own_time,
	};

	for (unsigned i = 0; i < ARRAY_LEN(odd); i++)
		if (odd[i](c))
			return;
}

static bool has_clock(const struct daemon_conf *conf)
{
	if (conf->program == PROG_PTP4L)
		return conf->time_stamping != TS_SOFTWARE && !conf->free_running;
	return conf->program == PROG_PHC2SYS || conf->program == PROG_TS2PHC;
}

bool health_doubts_clock(const struct daemon_conf *conf, const struct health_seen *seen, msec_t now)
{
	const struct servo_seen *s = &seen->servo;
	bool complaint = s->check_at != MSEC_NONE && now - s->check_at < HEALTH_CLOCK_MS;
	bool lost = s->lost[0] != MSEC_NONE && now - s->lost[0] < HEALTH_CLOCK_MS;
	bool doubtful = seen->trouble == TROUBLE_UNSTEADY || seen->trouble == TROUBLE_PINNED ||
			seen->trouble == TROUBLE_PHC_FROZEN || seen->trouble == TROUBLE_PHC_RATE ||
			seen->trouble == TROUBLE_NO_OFFSET;

	return has_clock(conf) && !seen->phc.gone && (complaint || lost || doubtful) &&
	       (!seen->phc.at || now - seen->phc.at >= HEALTH_CLOCK_MS);
}
