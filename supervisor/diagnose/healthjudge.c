/* Is a running daemon useful, and does it hold the time? Pure. */
#include <errno.h>
#include <string.h>

#include "exitinfo.h"
#include "judging.h"

/* A ptp4l that works needs a few hundredths of a CPU; also a loaded machine leaves a loop more. */
enum { BUSY_PERCENT = 20 };

static enum lock lock_of(const struct judging *c)
{
	const struct health_seen *s = c->seen;
	bool disciplined = s->servo.state == -1 || s->servo.state >= 2;

	if (c->conf->free_running)
		return LOCK_FREERUN;
	for (unsigned i = 0; i < s->ports; i++) {
		if (s->port[i].state == PORT_SLAVE && disciplined)
			return LOCK_LOCKED;
		if (role_of(c->conf) == ROLE_SERVER && elected(c, &s->port[i]))
			return LOCK_LOCKED;
	}
	if (s->was_locked && s->holdover && within(c, s->locked_at, s->holdover))
		return LOCK_HOLDOVER;
	return LOCK_FREERUN;
}

/* -- the process -- */

enum hang health_hang(const struct proc_seen *p)
{
	/* also between two stops it gets no further than its tracer lets it */
	if (p->tracer)
		return HANG_TRACED;
	switch (p->state) {
	case 'T':
		return HANG_STOPPED;
	case 't':
		return HANG_TRACED;
	case 'D':
		return HANG_KERNEL;
	case 'R':
		return p->cpu_percent < 0 ? HANG_UNKNOWN :
		       p->cpu_percent >= BUSY_PERCENT ? HANG_BUSY : HANG_STARVED;
	case 'S':
		return p->writing ? HANG_WRITING : HANG_ASLEEP;
	default:
		return HANG_UNKNOWN;
	}
}

static void say_hang(struct judging *c, enum hang hang)
{
	const struct proc_seen *p = &c->seen->proc;
	static const char *const says[HANGS] = {
		[HANG_UNKNOWN] = "it does not answer",
		[HANG_STOPPED] = "it was stopped (SIGSTOP)",
		[HANG_WRITING] = "it hangs in writing: nobody reads its output or the system log",
		[HANG_KERNEL] = "it hangs in the kernel",
		[HANG_BUSY] = "it computes and answers nothing",
		[HANG_STARVED] = "it gets no CPU time",
		[HANG_ASLEEP] = "it sleeps and answers nothing",
	};

	if (hang == HANG_TRACED)
		WHY(c, TROUBLE_TRACED, "a debugger (pid %d) holds it; it is left alone", p->tracer);
	else
		WHY(c, TROUBLE_HANG, "%s%s%s", says[hang], p->wchan[0] ? " in " : "", p->wchan);
}

/* Certain without any question: nobody who is stopped or traced does anything. */
static bool judge_process(struct judging *c)
{
	const struct proc_seen *p = &c->seen->proc;

	if (p->state != 'T' && p->state != 't')
		return false;
	if (p->state == 'T' && c->now - p->state_since < HEALTH_STOPPED_MS)
		return false;
	say_hang(c, health_hang(p));
	c->out.broken = p->state == 'T';
	return true;
}

/* -- its management socket -- */

bool health_socket_lost(const struct health_seen *s, msec_t now)
{
	if (s->uds_lost_at == MSEC_NONE)
		return false;
	/* a socket that never was may still come */
	if (s->answered_at == MSEC_NONE)
		return now - s->started_at >= HEALTH_NO_SOCKET_MS;
	return now - s->uds_lost_at >= HEALTH_LOST_SOCKET_MS;
}

/* The socket's file is gone or nobody listens: nothing will ever be answered again. */
static bool socket_lost(struct judging *c)
{
	const struct health_seen *s = c->seen;

	if (s->uds_lost_at == MSEC_NONE)
		return false;
	c->out.broken = health_socket_lost(s, c->now);
	WHY(c, c->out.broken || s->answered_at != MSEC_NONE ? TROUBLE_SOCKET_LOST : TROUBLE_STARTING,
	    "its management socket %.72s is %s", c->conf->uds_address,
	    s->answered_at == MSEC_NONE && !c->out.broken ? "not there yet" : "gone");
	return true;
}

static bool socket_stolen(struct judging *c)
{
	const struct health_seen *s = c->seen;

	if (!s->uds_thief && !s->uds_replaced)
		return false;
	if (s->uds_thief)
		WHY(c, TROUBLE_SOCKET_STOLEN, "process %d has taken its management socket %.60s",
		    s->uds_thief, c->conf->uds_address);
	else
		WHY(c, TROUBLE_SOCKET_STOLEN, "another socket is in the place of %.72s",
		    c->conf->uds_address);
	c->out.broken = true;
	return true;
}

/*
 * How long silence may last. A wrong guess of its domain makes a healthy ptp4l look dumb, so a
 * process that goes on printing and has never answered is not called hung; one that lacks the
 * CPU may come back.
 */
static msec_t silence_allowed(const struct judging *c, enum hang hang)
{
	const struct health_seen *s = c->seen;
	bool prints = within(c, s->line_at, HEALTH_HANG_MS);

	if (hang == HANG_STARVED)
		return HEALTH_STARVED_MS;
	if (hang == HANG_WRITING || !prints)
		return HEALTH_HANG_MS;
	return s->answered_at == MSEC_NONE ? MSEC_NONE : HEALTH_DEAF_MS;
}

static bool hangs(struct judging *c)
{
	const struct health_seen *s = c->seen;
	enum hang hang = health_hang(&s->proc);
	msec_t allowed = silence_allowed(c, hang);

	if (s->unanswered < HEALTH_UNANSWERED)
		return false;
	if (allowed == MSEC_NONE || c->now - s->mute_since < allowed)
		WHY(c, s->answered_at == MSEC_NONE ? TROUBLE_NO_ANSWER : TROUBLE_STARTING,
		    "has not answered the last %u management requests", s->unanswered);
	else
		say_hang(c, hang);
	c->out.broken = c->out.trouble == TROUBLE_HANG;
	return true;
}

static bool cannot_be_asked(struct judging *c)
{
	const struct health_seen *s = c->seen;

	if (socket_lost(c) || socket_stolen(c) || hangs(c))
		return true;
	if (s->uds_errno && s->uds_errno != EAGAIN)
		WHY(c, TROUBLE_SOCKET_REFUSED, "its management socket %.60s refuses us: %s",
		    c->conf->uds_address, errno_name(s->uds_errno));
	else if (s->answered_at == MSEC_NONE)
		WHY(c, TROUBLE_STARTING, "has not answered a management request yet");
	else
		return false;
	return true;
}

/* -- each program -- */

static void judge_ptp4l(struct judging *c)
{
	if (judge_process(c) || judge_stillborn(c) || cannot_be_asked(c) || judge_clock(c))
		return;
	c->out.lock = lock_of(c);
	judge_ports(c);
	if (c->out.ready)
		(void)judge_hopeless(c);
}

static void judge_alive(struct judging *c)
{
	c->out.ready = c->now - c->seen->started_at >= HEALTH_ALIVE_MS;
	if (!c->out.ready)
		WHY(c, TROUBLE_STARTING, "was started a moment ago");
}

struct health health_judge(const struct daemon_conf *conf, const struct health_seen *seen,
			   msec_t now)
{
	struct judging c = { .conf = conf, .seen = seen, .now = now };
	bool lines = conf->program == PROG_PHC2SYS ||
		     /* before 4.0 it prints offsets at debug level only */
		     (conf->program == PROG_TS2PHC && seen->offset_at != MSEC_NONE);

	if (conf->program == PROG_PTP4L)
		judge_ptp4l(&c);
	else if (judge_process(&c) || judge_clock(&c))
		;
	else if (lines)
		judge_lines(&c);
	else
		judge_alive(&c);
	if (c.out.ready)
		judge_oddities(&c);
	return c.out;
}

msec_t health_grace(const struct daemon_conf *conf)
{
	/* a master is chosen after up to five announce intervals */
	msec_t choose = 5 * interval_ms(conf->log_announce_interval);

	if (conf->program != PROG_PTP4L)
		return 10 * SEC;
	/* the servo's constants for software stamps need 16 s, and often a second try */
	return choose + (conf->time_stamping == TS_SOFTWARE ? 35 * SEC : 10 * SEC);
}

msec_t health_word_after(const struct health *judged)
{
	switch (judged->trouble) {
	case TROUBLE_TRACED:
	case TROUBLE_RX_STAMPS:
	case TROUBLE_PINNED:
	case TROUBLE_OFFSET:
	case TROUBLE_CPU:
	case TROUBLE_LOG_SILENT:
	case TROUBLE_RENAMED:
		return 0;	/* they have waited before they were said */
	case TROUBLE_WAITING:
		return HEALTH_WAITS_MS;
	default:
		return MSEC_NONE;
	}
}
