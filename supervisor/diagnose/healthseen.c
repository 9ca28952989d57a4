/* Keeps what was seen of a running daemon: ports, offsets, the servo. Pure. */
#include <string.h>

#include "healthjudge.h"

enum { SAME_SAMPLE_MS = 50, WELL_MS = 30 * 1000 };

void health_reset(struct health_seen *seen, msec_t now)
{
	memset(seen, 0, sizeof(*seen));
	seen->started_at = seen->trouble_since = now;
	seen->asked_at = seen->answered_at = seen->uds_lost_at = seen->gm_lost_at = MSEC_NONE;
	seen->offset_at = seen->line_at = seen->locked_at = seen->tx_lost_at = MSEC_NONE;
	seen->stats.sync_at = seen->stats.announce_at = MSEC_NONE;
	seen->servo.state = -1;
	seen->servo.check_at = seen->servo.jump_at = MSEC_NONE;
	for (unsigned i = 0; i < SERVO_LOSSES; i++)
		seen->servo.lost[i] = MSEC_NONE;
	seen->proc.cpu_percent = -1;
	seen->proc.switches = -1;
	seen->proc.cpu_at = seen->proc.eats_since = seen->proc.still_since = MSEC_NONE;
}

struct port_seen *health_port(struct health_seen *seen, unsigned number, msec_t at)
{
	for (unsigned i = 0; i < seen->ports; i++)
		if (seen->port[i].number == number)
			return &seen->port[i];
	if (seen->ports == PORTS_MAX)
		return NULL;
	seen->port[seen->ports] = (struct port_seen){ .number = (uint16_t)number, .since = at };
	return &seen->port[seen->ports++];
}

static bool serves(enum port_state st)
{
	return st == PORT_MASTER || st == PORT_GRAND_MASTER;
}

static bool follows(enum port_state st)
{
	return st == PORT_SLAVE || st == PORT_UNCALIBRATED;
}

static bool useful(enum port_state st)
{
	return serves(st) || st == PORT_SLAVE || st == PORT_PASSIVE;
}

void health_lock_lost(struct health_seen *seen, msec_t at)
{
	struct servo_seen *s = &seen->servo;

	memmove(s->lost + 1, s->lost, sizeof(s->lost) - sizeof(s->lost[0]));
	s->lost[0] = at;
}

static void note_master(struct health_seen *seen, enum port_state from, enum port_state to, msec_t at)
{
	if (follows(to))
		seen->gm_lost_at = MSEC_NONE;
	else if (follows(from) && (to == PORT_LISTENING || serves(to)) && seen->was_locked)
		seen->gm_lost_at = at;
}

/* A fault after a good while is the first one of a new row. */
static void count_fault(struct port_seen *port, msec_t at)
{
	bool was_well = useful(port->state) && at - port->since >= WELL_MS;

	if (port->link == ANSWER_NO)
		return;
	port->faults = was_well ? 1 : (uint8_t)(port->faults + (port->faults < UINT8_MAX));
}

void health_port_state(struct health_seen *seen, struct port_seen *port, enum port_state to,
		       msec_t at)
{
	enum port_state from = port->state;

	if (from == to)
		return;
	if (to == PORT_FAULTY)
		count_fault(port, at);
	if (from == PORT_SLAVE && to == PORT_UNCALIBRATED)
		health_lock_lost(seen, at);
	note_master(seen, from, to, at);
	port->state = to;
	if (!(serves(from) && serves(to)))
		port->since = at;
}

void health_port_link(struct port_seen *port, bool up, msec_t at)
{
	enum answer link = up ? ANSWER_YES : ANSWER_NO;

	if (port->link == link)
		return;
	port->link = link;
	port->link_since = at;
	/* the state is often known a moment before the reason; a link that flaps explains a row of them */
	if (!up)
		port->faults = 0;
}

static bool beyond(const struct health_seen *seen, int64_t ns)
{
	int64_t limit = seen->offset_limit_ns;

	return limit && (ns > limit || ns < -limit);
}

void health_offset(struct health_seen *seen, int64_t ns, msec_t at)
{
	/* a line and an answer may tell of the same sample */
	bool again = seen->offset_at != MSEC_NONE && at - seen->offset_at < SAME_SAMPLE_MS;

	seen->offset_ns = ns;
	seen->offset_at = at;
	seen->unstamped = 0;
	if (!beyond(seen, ns))
		seen->servo.beyond = 0;
	else if (!again && seen->servo.beyond < UINT16_MAX)
		seen->servo.beyond++;
}

void health_note(struct health_seen *seen, const struct health *judged, msec_t now)
{
	if (judged->trouble != seen->trouble) {
		seen->trouble = judged->trouble;
		seen->trouble_since = now;
	}
	if (judged->lock != LOCK_LOCKED)
		return;
	seen->was_locked = true;
	seen->locked_at = now;
}

static void begin_anew(msec_t *at, msec_t now)
{
	if (*at != MSEC_NONE)
		*at = now;
}

void health_forgive(struct health_seen *seen, msec_t now)
{
	seen->unanswered = 0;
	seen->started_at = seen->mute_since = seen->trouble_since = now;
	begin_anew(&seen->answered_at, now);
	begin_anew(&seen->uds_lost_at, now);
	begin_anew(&seen->line_at, now);
	begin_anew(&seen->offset_at, now);
	begin_anew(&seen->proc.still_since, now);
	seen->waiting_since = seen->unstamped_since = now;
	seen->unstamped = 0;
	seen->proc.state_since = now;
	seen->proc.cpu_at = seen->proc.eats_since = MSEC_NONE;
	for (unsigned i = 0; i < SERVO_LOSSES; i++)
		seen->servo.lost[i] = MSEC_NONE;
	for (unsigned i = 0; i < seen->ports; i++) {
		seen->port[i].since = seen->port[i].link_since = now;
		seen->port[i].faults = 0;
	}
}
