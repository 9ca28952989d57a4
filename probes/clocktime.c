/*
 * What time does the clock show? A clock that was never set is usual before
 * ptp4l has found a master; it matters where its time is handed on before.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "questions.h"

enum {
	SECONDS_A_YEAR = 31556952,
	YEAR_2000 = 946684800,	/* clocks that were never set show less */
	TAI_UTC = 37,		/* seconds, since 2017 */
	FAR = 100,		/* seconds: at 10 % they take a quarter of an hour, at 1 ppm years */
};

/* Distance of the clock from what the system clock makes of it. */
struct reading {
	struct probe *p;
	const char *node;
	int64_t phc_s, system_s;
};

static bool about(int64_t seconds, int64_t wanted)
{
	return llabs(seconds - wanted) <= 1;
}

static void never_set(const struct reading *r, const char *whose)
{
	note(r->p->out, F_PHC_UNSET, FINDING_WARN, r->node, "it shows the year %lld, and %s",
	     (long long)(1970 + r->phc_s / SECONDS_A_YEAR), whose);
}

static void off_by_tai(const struct reading *r, const char *what)
{
	note(r->p->out, F_PHC_TAI, FINDING_WARN, r->node, "%s", what);
}

/* With -w phc2sys waits for ptp4l and takes the offset from it, so nothing can be said. */
static void judge_phc2sys(const struct reading *r)
{
	const struct daemon_conf *c = r->p->conf;
	bool from = !strcmp(c->sink, "CLOCK_REALTIME");
	bool to = !strcmp(c->source, "CLOCK_REALTIME");
	int64_t moved;

	if (c->automatic || c->wait || c->leap_or_utc_offset == INT_MIN || from == to)
		return;
	if (from && r->phc_s < YEAR_2000)
		never_set(r, "the system clock would follow it");
	moved = from ? r->phc_s + c->leap_or_utc_offset - r->system_s
		     : r->system_s + c->leap_or_utc_offset - r->phc_s;
	if (r->phc_s >= YEAR_2000 && (about(moved, TAI_UTC) || about(moved, -TAI_UTC)))
		off_by_tai(r, from ? "the system clock would move by the 37 s between TAI and UTC"
				   : "it would move by the 37 s between TAI and UTC");
}

static void judge_master(const struct reading *r)
{
	if (r->phc_s < YEAR_2000)
		never_set(r, "a master hands it out");
	else if (about(r->phc_s - r->system_s, 0))
		off_by_tai(r, "it shows UTC, and a master announces its time as TAI");
}

static void judge_ptp4l(const struct reading *r)
{
	const struct daemon_conf *c = r->p->conf;
	int64_t distance = r->phc_s - r->system_s;

	if (c->free_running)
		return;
	if (c->server_only)
		judge_master(r);
	else if (c->first_step_threshold == 0 && c->step_threshold == 0 && llabs(distance) > FAR)
		note(r->p->out, F_PHC_NO_STEP, FINDING_WARN, r->node,
		     "%lld s from the system clock, and both step thresholds are 0",
		     (long long)distance);
}

void judge_clock_time(struct probe *p, const char *node, const struct phc_info *phc)
{
	const struct reading r = { .p = p, .node = node, .phc_s = phc->phc_s,
				   .system_s = phc->system_s };

	if (!phc->rate_known)
		return;
	fact(p->out, "phc.year", "%lld", (long long)(1970 + phc->phc_s / SECONDS_A_YEAR));
	fact(p->out, "phc.minus_system_s", "%lld", (long long)(phc->phc_s - phc->system_s));
	/* the system clock is the only measure there is: a wrong one says nothing */
	if (phc->system_s < YEAR_2000)
		return;
	if (p->in->unit->program == PROG_PHC2SYS)
		judge_phc2sys(&r);
	else if (p->in->unit->program == PROG_PTP4L)
		judge_ptp4l(&r);
}
