/* Is a running daemon useful, and does it hold the time? Pure. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "exitinfo.h"
#include "healthjudge.h"

/* What the configuration means a ptp4l to be. */
enum role { ROLE_CLIENT, ROLE_SERVER, ROLE_EITHER };

struct judging {		/* one judgement under way */
	const struct daemon_conf *conf;
	const struct health_seen *seen;
	msec_t now;
	struct health out;
};

#define WHY(c, ...) (void)snprintf((c)->out.why_not, sizeof((c)->out.why_not), __VA_ARGS__)

static enum role role_of(const struct daemon_conf *conf)
{
	if (conf->client_only)
		return ROLE_CLIENT;
	/* 128 is the default priority: nobody has said that this box is to be the master */
	if (conf->server_only || conf->priority1 < 128)
		return ROLE_SERVER;
	return ROLE_EITHER;
}

static msec_t interval_ms(int log2_seconds)
{
	if (log2_seconds >= 0)
		return SEC << (log2_seconds < 16 ? log2_seconds : 16);
	return SEC >> (log2_seconds > -9 ? -log2_seconds : 9);
}

static msec_t announce_timeout(const struct daemon_conf *conf)
{
	return conf->announce_receipt_timeout * interval_ms(conf->log_announce_interval);
}

static bool within(const struct judging *c, msec_t since, msec_t span)
{
	return since != MSEC_NONE && c->now - since <= span;
}

static bool offsets_fresh(const struct judging *c)
{
	msec_t sync = interval_ms(c->conf->log_sync_interval);
	msec_t print = interval_ms(c->conf->summary_interval);

	return within(c, c->seen->offset_at, 3 * (sync > print ? sync : print) + 2 * SEC);
}

static const char *port_name(const struct port_seen *p)
{
	return p->interface[0] ? p->interface : "of ptp4l";
}

static bool serves(const struct port_seen *p)
{
	return p->state == PORT_MASTER || p->state == PORT_GRAND_MASTER;
}

static bool any_port_in(const struct health_seen *seen, enum port_state st)
{
	for (unsigned i = 0; i < seen->ports; i++)
		if (seen->port[i].state == st)
			return true;
	return false;
}

/* Long enough that an election at start is over. */
static bool elected(const struct judging *c, const struct port_seen *p)
{
	return serves(p) && c->now - p->since >= 2 * announce_timeout(c->conf);
}

static bool master_useful(struct judging *c, const struct port_seen *p)
{
	enum role role = role_of(c->conf);

	if (role == ROLE_CLIENT)
		WHY(c, "port %s elected itself master although this is a client", port_name(p));
	else if (role == ROLE_EITHER && !any_port_in(c->seen, PORT_SLAVE) && !elected(c, p))
		WHY(c, "port %s became master a moment ago and may hear a better one", port_name(p));
	else
		return true;
	return false;
}

static bool port_useful(struct judging *c, const struct port_seen *p)
{
	switch (p->state) {
	case PORT_SLAVE:
	case PORT_PASSIVE:
	case PORT_DISABLED:	/* switched off by its configuration: not used */
		return true;
	case PORT_MASTER:
	case PORT_GRAND_MASTER:
		return master_useful(c, p);
	case PORT_UNCALIBRATED:
		if (offsets_fresh(c))
			return true;
		WHY(c, "port %s hears a master but measures no offset", port_name(p));
		return false;
	case PORT_LISTENING:
		WHY(c, "port %s is LISTENING: it hears no master", port_name(p));
		return false;
	case PORT_FAULTY:
		WHY(c, "port %s is FAULTY", port_name(p));
		return false;
	default:
		WHY(c, "port %s is %s", port_name(p), port_state_name(p->state));
		return false;
	}
}

static void judge_ports(struct judging *c)
{
	const struct health_seen *s = c->seen;

	if (!s->ports) {
		WHY(c, "has not said yet in which state its ports are");
		return;
	}
	for (unsigned i = 0; i < s->ports; i++)
		if (!port_useful(c, &s->port[i]))
			return;
	c->out.ready = true;
}

static enum lock lock_of(const struct judging *c)
{
	const struct health_seen *s = c->seen;
	bool disciplined = s->servo == -1 || s->servo >= 2;

	if (c->conf->free_running)
		return LOCK_FREERUN;
	for (unsigned i = 0; i < s->ports; i++) {
		if (s->port[i].state == PORT_SLAVE && disciplined)
			return LOCK_LOCKED;
		if (role_of(c->conf) == ROLE_SERVER && elected(c, &s->port[i]))
			return LOCK_LOCKED;
	}
	return s->was_locked && within(c, s->locked_at, HEALTH_HOLDOVER_MS) ? LOCK_HOLDOVER :
									     LOCK_FREERUN;
}

static msec_t last_contact(const struct health_seen *s)
{
	return s->answered_at > s->started_at ? s->answered_at : s->started_at;
}

bool health_socket_lost(const struct health_seen *s, msec_t now)
{
	return (s->uds_errno == ENOENT || s->uds_errno == ECONNREFUSED) &&
	       now - last_contact(s) >= HEALTH_NO_SOCKET_MS;
}

/* The socket's file is gone or nobody listens: nothing will ever be answered again. */
static bool socket_lost(struct judging *c)
{
	const struct health_seen *s = c->seen;

	if (s->uds_errno != ENOENT && s->uds_errno != ECONNREFUSED)
		return false;
	c->out.broken = health_socket_lost(s, c->now);
	WHY(c, "its management socket %.72s is %s", c->conf->uds_address,
	    s->answered_at == MSEC_NONE && !c->out.broken ? "not there yet" : "gone");
	return true;
}

/*
 * A wrong guess of its domain makes a healthy ptp4l look dumb, so a process that goes on
 * printing and has never answered is not called hung.
 */
static bool hangs(struct judging *c)
{
	const struct health_seen *s = c->seen;
	bool silent = !within(c, s->line_at, HEALTH_UNANSWERED * SEC);

	if (s->unanswered < HEALTH_UNANSWERED)
		return false;
	WHY(c, "has not answered the last %u management requests", s->unanswered);
	c->out.broken = silent || (s->answered_at != MSEC_NONE && s->unanswered >= 5 * HEALTH_UNANSWERED);
	return true;
}

static bool cannot_be_asked(struct judging *c)
{
	const struct health_seen *s = c->seen;

	if (socket_lost(c) || hangs(c))
		return true;
	if (s->uds_errno && s->uds_errno != EAGAIN)
		WHY(c, "its management socket %.60s refuses us: %s", c->conf->uds_address,
		    errno_name(s->uds_errno));
	else if (s->answered_at == MSEC_NONE)
		WHY(c, "has not answered a management request yet");
	else
		return false;
	return true;
}

/* A port that fails while it is set up is never tried again by ptp4l. */
static bool stillborn(struct judging *c)
{
	for (unsigned i = 0; i < c->seen->ports; i++) {
		const struct port_seen *p = &c->seen->port[i];

		if (!p->faulty_at_init || p->state != PORT_FAULTY)
			continue;
		WHY(c, "port %s failed while it was set up and is never tried again", port_name(p));
		c->out.broken = true;
		return true;
	}
	return false;
}

static void judge_ptp4l(struct judging *c)
{
	if (stillborn(c) || cannot_be_asked(c))
		return;
	c->out.lock = lock_of(c);
	judge_ports(c);
}

/* phc2sys prints each update; with -u it prints summaries, which come too seldom to time. */
static bool fell_silent(const struct judging *c)
{
	const struct health_seen *s = c->seen;

	return s->offset_at != MSEC_NONE && s->servo != -1 && !c->conf->automatic &&
	       !within(c, s->line_at, HEALTH_SILENT_MS);
}

static void judge_lines(struct judging *c)
{
	const struct health_seen *s = c->seen;
	msec_t fresh = HEALTH_FRESH_MS + (s->servo == -1 ? 5 * MIN : 0);

	if (s->waiting_for_ptp4l) {
		WHY(c, "waits for ptp4l, which does not answer it or is not synchronised");
	} else if (s->offset_at == MSEC_NONE) {
		WHY(c, "has not printed an offset yet");
	} else if (!within(c, s->offset_at, fresh)) {
		WHY(c, "has not printed an offset for %lld s", (long long)(c->now - s->offset_at) / 1000);
		c->out.broken = fell_silent(c);
	} else if (s->servo == 0 || s->servo == 1) {
		WHY(c, "its servo is not locked yet");
		c->out.lock = LOCK_FREERUN;
	} else {
		c->out.ready = true;
		c->out.lock = s->servo >= 2 ? LOCK_LOCKED : LOCK_UNKNOWN;
	}
	if (c->conf->free_running && c->out.lock == LOCK_LOCKED)
		c->out.lock = LOCK_FREERUN;
}

static void judge_alive(struct judging *c)
{
	c->out.ready = c->now - c->seen->started_at >= HEALTH_ALIVE_MS;
	if (!c->out.ready)
		WHY(c, "was started a moment ago");
}

struct health health_judge(const struct daemon_conf *conf, const struct health_seen *seen,
			   msec_t now)
{
	struct judging c = { .conf = conf, .seen = seen, .now = now };

	if (conf->program == PROG_PTP4L)
		judge_ptp4l(&c);
	else if (conf->program == PROG_PHC2SYS)
		judge_lines(&c);
	else if (conf->program == PROG_TS2PHC && seen->offset_at != MSEC_NONE)
		judge_lines(&c);	/* before 4.0 it prints offsets at debug level only */
	else
		judge_alive(&c);
	return c.out;
}

void health_reset(struct health_seen *seen, msec_t now)
{
	memset(seen, 0, sizeof(*seen));
	seen->started_at = now;
	seen->asked_at = seen->answered_at = MSEC_NONE;
	seen->offset_at = seen->line_at = seen->locked_at = MSEC_NONE;
	seen->servo = -1;
}

void health_note(struct health_seen *seen, const struct health *judged, msec_t now)
{
	if (judged->lock != LOCK_LOCKED)
		return;
	seen->was_locked = true;
	seen->locked_at = now;
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

static bool on_its_way(const struct daemon_conf *conf, const struct port_seen *p, msec_t now)
{
	if (p->state == PORT_UNCALIBRATED && conf->free_running)
		return true;
	return (p->state == PORT_UNCALIBRATED || p->state == PORT_LISTENING) &&
	       now - p->since < health_grace(conf);
}

const struct port_seen *health_telling_port(const struct daemon_conf *conf,
					    const struct health_seen *seen, msec_t now)
{
	const struct port_seen *first = seen->ports ? &seen->port[0] : NULL;

	for (unsigned i = 0; i < seen->ports; i++) {
		const struct port_seen *p = &seen->port[i];
		bool idle = p->state == PORT_UNCALIBRATED || p->state == PORT_LISTENING;

		if (p->state == PORT_FAULTY || (idle && !on_its_way(conf, p, now)))
			return p;
	}
	return first && !on_its_way(conf, first, now) ? first : NULL;
}
