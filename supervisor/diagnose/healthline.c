/* What a line of ptp4l, phc2sys or ts2phc tells about its health. Pure. */
#include <stdlib.h>
#include <string.h>

#include "healthjudge.h"

struct cursor {
	const char *at, *end;
};

static bool eat(struct cursor *c, const char *literal)
{
	size_t n = strlen(literal);

	if ((size_t)(c->end - c->at) < n || memcmp(c->at, literal, n))
		return false;
	c->at += n;
	return true;
}

static bool eat_number(struct cursor *c, int64_t *out)
{
	char digits[24], *end;
	size_t n = 0;

	while (c->at < c->end && *c->at == ' ')
		c->at++;
	while (n < sizeof(digits) - 1 && c->at + n < c->end && strchr("+-0123456789", c->at[n]) && c->at[n])
		n++;
	memcpy(digits, c->at, n);
	digits[n] = '\0';
	*out = strtoll(digits, &end, 10);
	if (!n || *end)
		return false;
	c->at += n;
	return true;
}

static bool eat_state(struct cursor *c, enum port_state *out)
{
	for (int st = PORT_INITIALIZING; st < PORT_STATES; st++) {
		struct cursor try = *c;

		if (eat(&try, port_state_name((enum port_state)st)) && try.at < try.end && *try.at == ' ') {
			*out = (enum port_state)st;
			*c = try;
			return true;
		}
	}
	return false;
}

/* "(eth0)" between the number and the colon, since 4.0. */
static void eat_interface(struct cursor *c, char name[IFACE_NAME_MAX])
{
	const char *close;
	size_t n;

	name[0] = '\0';
	if (!eat(c, " ("))
		return;
	close = memchr(c->at, ')', (size_t)(c->end - c->at));
	if (!close)
		return;
	n = (size_t)(close - c->at);
	if (n < IFACE_NAME_MAX) {
		memcpy(name, c->at, n);
		name[n] = '\0';
	}
	c->at = close + 1;
}

static struct port_seen *port_of(struct health_seen *seen, unsigned number)
{
	for (unsigned i = 0; i < seen->ports; i++)
		if (seen->port[i].number == number)
			return &seen->port[i];
	if (seen->ports == PORTS_MAX)
		return NULL;
	seen->port[seen->ports] = (struct port_seen){ .number = (uint16_t)number };
	return &seen->port[seen->ports++];
}

static bool serves(enum port_state st)
{
	return st == PORT_MASTER || st == PORT_GRAND_MASTER;
}

/* "port 1 (eth0): LISTENING to SLAVE on RS_SLAVE"; port 0 is the management socket. */
static bool state_change(struct health_seen *seen, struct cursor c, msec_t at)
{
	enum port_state from, to;
	char interface[IFACE_NAME_MAX];
	struct port_seen *port;
	int64_t number;

	if (!eat(&c, "port ") || !eat_number(&c, &number) || number < 0 || number > UINT16_MAX)
		return false;
	eat_interface(&c, interface);
	if (!eat(&c, ": ") || !eat_state(&c, &from) || !eat(&c, " to ") || !eat_state(&c, &to) ||
	    !eat(&c, " on "))
		return false;
	port = number ? port_of(seen, (unsigned)number) : NULL;
	if (!port)
		return true;
	if (interface[0])
		memcpy(port->interface, interface, sizeof(interface));
	if (port->state != to && !(serves(from) && serves(to)))
		port->since = at;
	port->state = to;
	port->faulty_at_init = from == PORT_INITIALIZING && to == PORT_FAULTY;
	return true;
}

/* "offset -123 s2 freq +456": ptp4l, phc2sys and ts2phc differ only in what stands before. */
static bool offset(struct health_seen *seen, struct cursor c, msec_t at)
{
	int64_t ns, servo;

	if (!eat(&c, "offset ") || !eat_number(&c, &ns) || !eat(&c, " s") || !eat_number(&c, &servo) ||
	    servo < 0 || servo > 3 || !eat(&c, " freq "))
		return false;
	seen->offset_ns = ns;
	seen->servo = (int)servo;
	seen->offset_at = at;
	return true;
}

/* "rms 12 max 30 freq ...": printed instead of offsets when many fall into one interval. */
static bool summary(struct health_seen *seen, struct cursor c, msec_t at)
{
	int64_t rms, max;

	if (!eat(&c, "rms ") || !eat_number(&c, &rms) || !eat(&c, " max ") || !eat_number(&c, &max) ||
	    !eat(&c, " freq "))
		return false;
	seen->offset_ns = rms;
	seen->offset_at = at;
	return true;
}

static bool waiting(struct health_seen *seen, struct cursor c, msec_t at)
{
	return seen->waiting_for_ptp4l = eat(&c, "Waiting for ptp4l");
}

/* A message_tag of any shape may stand before the text, so each word may be its beginning. */
static bool anywhere(struct health_seen *seen, struct cursor c, msec_t at,
		     bool (*form)(struct health_seen *, struct cursor, msec_t))
{
	while (c.at < c.end) {
		if (form(seen, c, at))
			return true;
		c.at = memchr(c.at, ' ', (size_t)(c.end - c.at));
		if (!c.at)
			return false;
		c.at++;
	}
	return false;
}

bool health_line(struct health_seen *seen, enum program program, const char *line, size_t len,
		 msec_t at)
{
	struct cursor c = { line, line + len };

	seen->line_at = at;
	switch (program) {
	case PROG_PTP4L:
		return anywhere(seen, c, at, state_change) || anywhere(seen, c, at, offset) ||
		       anywhere(seen, c, at, summary);
	case PROG_PHC2SYS:
	case PROG_TS2PHC:
		return anywhere(seen, c, at, waiting) || anywhere(seen, c, at, offset) ||
		       anywhere(seen, c, at, summary);
	default:
		return false;
	}
}
