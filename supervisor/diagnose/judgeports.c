/* What the states of its ports say about a ptp4l. Pure. */
#include "judging.h"

enum { HEAL_MARGIN_MS = 10 * 1000, RENAMED_MS = 2 * 1000, TX_WORD_MS = 30 * 1000 };

enum role role_of(const struct daemon_conf *conf)
{
	if (conf->client_only)
		return ROLE_CLIENT;
	/* 128 is the default priority: nobody has said that this box is to be the master */
	if (conf->server_only || conf->priority1 < 128)
		return ROLE_SERVER;
	return ROLE_EITHER;
}

msec_t interval_ms(int log2_seconds)
{
	if (log2_seconds >= 0)
		return SEC << (log2_seconds < 16 ? log2_seconds : 16);
	return SEC >> (log2_seconds > -9 ? -log2_seconds : 9);
}

static msec_t announce_timeout(const struct daemon_conf *conf)
{
	return conf->announce_receipt_timeout * interval_ms(conf->log_announce_interval);
}

static bool offsets_fresh(const struct judging *c)
{
	msec_t sync = interval_ms(c->conf->log_sync_interval);
	msec_t print = interval_ms(c->conf->summary_interval);

	return within(c, c->seen->offset_at, 3 * (sync > print ? sync : print) + 2 * SEC);
}

const char *port_name(const struct port_seen *p)
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
bool elected(const struct judging *c, const struct port_seen *p)
{
	return serves(p) && c->now - p->since >= 2 * announce_timeout(c->conf);
}

static bool master_useful(struct judging *c, const struct port_seen *p)
{
	enum role role = role_of(c->conf);

	if (role == ROLE_CLIENT)
		WHY(c, TROUBLE_SELF_ELECTED, "port %s elected itself master although this is a client",
		    port_name(p));
	else if (role == ROLE_EITHER && !any_port_in(c->seen, PORT_SLAVE) && !elected(c, p))
		WHY(c, TROUBLE_STARTING, "port %s became master a moment ago and may hear a better one",
		    port_name(p));
	else
		return true;
	return false;
}

/* Stamps that are taken away never come back by themselves: only a start asks the driver for them. */
static bool stamps_stopped(struct judging *c, const struct port_seen *p)
{
	const struct health_seen *s = c->seen;

	if (s->unstamped < HEALTH_UNANSWERED || c->now - s->unstamped_since < HEALTH_STAMPS_MS)
		return false;
	WHY(c, TROUBLE_RX_STAMPS, "port %s gets messages without their time stamps for %lld s",
	    port_name(p), (long long)(c->now - s->unstamped_since) / 1000);
	c->out.broken = true;
	return true;
}

static void judge_uncalibrated(struct judging *c, const struct port_seen *p)
{
	msec_t grace = health_grace(c->conf);
	msec_t for_so_long = c->now - p->since;

	if (c->conf->free_running || for_so_long < grace)
		return;
	WHY(c, TROUBLE_UNSTEADY, "port %s measures offsets for %lld s and does not lock", port_name(p),
	    (long long)for_so_long / 1000);
	c->out.broken = for_so_long >= grace + HEALTH_UNSTEADY_MS;
}

static void judge_listening(struct judging *c, const struct port_seen *p)
{
	const struct health_seen *s = c->seen;

	if (s->gm_lost_at != MSEC_NONE)
		WHY(c, TROUBLE_MASTER_LOST, "port %s has lost its master %lld s ago", port_name(p),
		    (long long)(c->now - s->gm_lost_at) / 1000);
	else
		WHY(c, TROUBLE_NO_MASTER, "port %s is LISTENING: it hears no master", port_name(p));
}

/* When ptp4l will try a FAULTY port again, plus a margin. */
static msec_t heal_time(const struct daemon_conf *conf)
{
	if (conf->fault_reset_interval < -8)
		return HEAL_MARGIN_MS;
	return interval_ms(conf->fault_reset_interval) + HEAL_MARGIN_MS;
}

/* It heals by itself, unless its interface goes by another name now, or it did not so far. */
static bool stays_faulty(struct judging *c, const struct port_seen *p)
{
	msec_t since = p->link_since > p->since ? p->link_since : p->since;
	msec_t due = c->seen->renamed_to[0] ? RENAMED_MS : heal_time(c->conf);

	return p->link != ANSWER_NO && (c->now - since >= due || p->faults >= HEALTH_FAULTS);
}

static void judge_faulty(struct judging *c, const struct port_seen *p)
{
	const struct health_seen *s = c->seen;

	if (within(c, s->tx_lost_at, TX_WORD_MS))
		WHY(c, TROUBLE_TX_STAMPS, "port %s is FAULTY: what it sends gets no time stamps",
		    port_name(p));
	else
		WHY(c, TROUBLE_FAULTY, "port %s is FAULTY%s", port_name(p),
		    p->link == ANSWER_NO ? ": it has no link" : "");
	if (!stays_faulty(c, p))
		return;
	c->out.broken = true;
	if (s->renamed_to[0])
		WHY(c, TROUBLE_RENAMED, "port %s is FAULTY: its interface is called %s now",
		    port_name(p), s->renamed_to);
	else if (c->out.trouble == TROUBLE_FAULTY)
		WHY(c, TROUBLE_STAYS_FAULTY, "port %s is FAULTY and does not heal", port_name(p));
}

/* Writes down what is wrong with the port; nothing: it is of use. */
static void judge_port(struct judging *c, const struct port_seen *p)
{
	switch (p->state) {
	case PORT_PASSIVE:
	case PORT_DISABLED:	/* switched off by its configuration: not used */
		break;
	case PORT_SLAVE:
		(void)stamps_stopped(c, p);
		break;
	case PORT_MASTER:
	case PORT_GRAND_MASTER:
		(void)master_useful(c, p);
		break;
	case PORT_UNCALIBRATED:
		if (stamps_stopped(c, p))
			break;
		if (offsets_fresh(c))
			judge_uncalibrated(c, p);
		else
			WHY(c, TROUBLE_NO_OFFSET, "port %s hears a master but measures no offset",
			    port_name(p));
		break;
	case PORT_LISTENING:
		judge_listening(c, p);
		break;
	case PORT_FAULTY:
		judge_faulty(c, p);
		break;
	default:
		WHY(c, TROUBLE_OTHER_STATE, "port %s is %s", port_name(p), port_state_name(p->state));
	}
}

void judge_ports(struct judging *c)
{
	const struct health_seen *s = c->seen;

	if (!s->ports || s->ports < (s->clock_ports < PORTS_MAX ? s->clock_ports : PORTS_MAX))
		WHY(c, TROUBLE_STARTING, "has not said yet in which state its ports are");
	for (unsigned i = 0; i < s->ports && !c->out.why_not[0]; i++)
		judge_port(c, &s->port[i]);
	c->out.ready = !c->out.why_not[0];
}

/* A port that fails while it is set up is never tried again by ptp4l. */
bool judge_stillborn(struct judging *c)
{
	for (unsigned i = 0; i < c->seen->ports; i++) {
		const struct port_seen *p = &c->seen->port[i];

		if (!p->faulty_at_init || p->state != PORT_FAULTY)
			continue;
		WHY(c, TROUBLE_STILLBORN, "port %s failed while it was set up and is never tried again",
		    port_name(p));
		c->out.broken = true;
		return true;
	}
	return false;
}

static bool on_its_way(const struct daemon_conf *conf, const struct health_seen *seen,
		       const struct port_seen *p, msec_t now)
{
	if (p->state == PORT_LISTENING && seen->gm_lost_at != MSEC_NONE)
		return false;
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

		if (p->state == PORT_FAULTY || (idle && !on_its_way(conf, seen, p, now)))
			return p;
	}
	return first && !on_its_way(conf, seen, first, now) ? first : NULL;
}

bool health_offset_stands(const struct daemon_conf *conf, const struct health_seen *seen, msec_t now)
{
	if (seen->offset_at == MSEC_NONE || now - seen->offset_at >= MIN)
		return false;
	return conf->program != PROG_PTP4L || any_port_in(seen, PORT_SLAVE) ||
	       any_port_in(seen, PORT_UNCALIBRATED);
}
