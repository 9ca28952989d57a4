/* phc2sys and ts2phc have no socket: their lines are all there is. Pure. */
#include "judging.h"

enum { STALE_MS = 5 * 1000, SILENT_MS = 15 * 1000, TS2PHC_LINE_MS = 1000 };

static msec_t line_every(const struct daemon_conf *conf)
{
	return conf->program == PROG_PHC2SYS && conf->line_every_ms > 0 ? conf->line_every_ms
									 : TS2PHC_LINE_MS;
}

/*
 * phc2sys -a prints nothing while it has nothing to do. It mostly says so before; when it did not,
 * a process that still wakes up is taken for one of those.
 */
static bool fell_silent(const struct judging *c)
{
	const struct health_seen *s = c->seen;
	bool still = s->proc.still_since != MSEC_NONE && c->now - s->proc.still_since >= STALE_MS;

	if (within(c, s->line_at, 5 * line_every(c->conf) + SILENT_MS))
		return false;
	return !c->conf->automatic || still;
}

static void judge_stale(struct judging *c)
{
	const struct health_seen *s = c->seen;

	WHY(c, s->idle_said ? TROUBLE_UNLOCKED : TROUBLE_SILENT, "has not printed an offset for %lld s%s",
	    (long long)(c->now - s->offset_at) / 1000,
	    s->idle_said ? ": it says that there is nothing to synchronise" : "");
	c->out.broken = !s->idle_said && fell_silent(c);
}

void judge_lines(struct judging *c)
{
	const struct health_seen *s = c->seen;

	if (s->waiting_for_ptp4l) {
		WHY(c, TROUBLE_WAITING, "waits for ptp4l, which does not answer it or is not synchronised");
	} else if (s->offset_at == MSEC_NONE) {
		WHY(c, TROUBLE_STARTING, "has not printed an offset yet");
	} else if (!within(c, s->offset_at, 3 * line_every(c->conf) + STALE_MS)) {
		judge_stale(c);
	} else if (s->servo.state == 0 || s->servo.state == 1) {
		WHY(c, TROUBLE_UNLOCKED, "its servo is not locked yet");
		c->out.lock = LOCK_FREERUN;
	} else {
		c->out.ready = !judge_hopeless(c);
		c->out.lock = s->servo.state >= 2 ? LOCK_LOCKED : LOCK_UNKNOWN;
	}
	if (c->conf->free_running && c->out.lock == LOCK_LOCKED)
		c->out.lock = LOCK_FREERUN;
}
