/* What a line of ptp4l, phc2sys or ts2phc tells about its health. Pure. */
#include <stdlib.h>
#include <string.h>

#include "healthjudge.h"

/* Crystals are better than that by a factor of four; what is beyond is a servo at its limit. */
#define EXTREME_PPB 400000.0

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

static bool state_change(struct health_seen *seen, struct port_seen *port, struct cursor c, msec_t at)
{
	enum port_state from, to;

	if (!eat_state(&c, &from) || !eat(&c, " to ") || !eat_state(&c, &to) || !eat(&c, " on "))
		return false;
	if (!port)
		return true;
	if (port->state == PORT_UNKNOWN)
		port->state = from;
	health_port_state(seen, port, to, at);
	port->faulty_at_init = from == PORT_INITIALIZING && to == PORT_FAULTY;
	return true;
}

static bool unstamped(struct health_seen *seen, struct cursor c, msec_t at)
{
	const char *end;

	if (!eat(&c, "received "))
		return false;
	end = memchr(c.at, ' ', (size_t)(c.end - c.at));
	if (!end)
		return false;
	c.at = end;
	if (!eat(&c, " without timestamp"))
		return false;
	if (!seen->unstamped++)
		seen->unstamped_since = at;
	return true;
}

static bool link_word(struct port_seen *port, struct cursor c, msec_t at)
{
	bool up = eat(&c, "link up");

	if (!up && !eat(&c, "link down"))
		return false;
	if (port)
		health_port_link(port, up, at);
	return true;
}

/*
 * "port 1 (eth0): LISTENING to SLAVE on RS_SLAVE", "... link down", "... received SYNC without
 * timestamp"; port 0 is the management socket.
 */
static bool of_port(struct health_seen *seen, struct cursor c, msec_t at)
{
	char interface[IFACE_NAME_MAX];
	struct port_seen *port;
	int64_t number;
	unsigned ports = seen->ports;

	if (!eat(&c, "port ") || !eat_number(&c, &number) || number < 0 || number > UINT16_MAX)
		return false;
	eat_interface(&c, interface);
	if (!eat(&c, ": "))
		return false;
	port = number ? health_port(seen, (unsigned)number, at) : NULL;
	if (state_change(seen, port, c, at) || link_word(port, c, at) || unstamped(seen, c, at)) {
		if (port && interface[0])
			memcpy(port->interface, interface, sizeof(interface));
		return true;
	}
	seen->ports = ports;	/* another message: no proof of a port */
	return false;
}

/* The lines in a row that show the clock steered as fast as it can be. */
static void note_frequency(struct servo_seen *s, struct cursor c)
{
	int64_t ppb;
	double size, was = s->freq_ppb < 0 ? -s->freq_ppb : s->freq_ppb;

	if (!eat_number(&c, &ppb))
		return;
	size = ppb < 0 ? (double)-ppb : (double)ppb;
	if (size < EXTREME_PPB)
		s->pinned = 0;
	else if (size != was || !s->pinned)
		s->pinned = 1;
	else if (s->pinned < UINT16_MAX)
		s->pinned++;
	s->freq_ppb = (double)ppb;
}

static bool locked(int servo)
{
	return servo >= 2;
}

/* "offset -123 s2 freq +456": ptp4l, phc2sys and ts2phc differ only in what stands before. */
static bool offset(struct health_seen *seen, struct cursor c, msec_t at)
{
	int64_t ns, servo;

	if (!eat(&c, "offset ") || !eat_number(&c, &ns) || !eat(&c, " s") || !eat_number(&c, &servo) ||
	    servo < 0 || servo > 3 || !eat(&c, " freq "))
		return false;
	if (locked(seen->servo.state) && !locked((int)servo))
		health_lock_lost(seen, at);
	seen->servo.state = (int)servo;
	if (servo == 1)
		seen->servo.jump_at = at;
	note_frequency(&seen->servo, c);
	health_offset(seen, ns, at);
	return true;
}

/* "rms 12 max 30 freq ...": printed instead of offsets when many fall into one interval. */
static bool summary(struct health_seen *seen, struct cursor c, msec_t at)
{
	int64_t rms, max;

	if (!eat(&c, "rms ") || !eat_number(&c, &rms) || !eat(&c, " max ") || !eat_number(&c, &max) ||
	    !eat(&c, " freq "))
		return false;
	note_frequency(&seen->servo, c);
	health_offset(seen, rms, at);
	return true;
}

static bool waiting(struct health_seen *seen, struct cursor c, msec_t at)
{
	if (!eat(&c, "Waiting for ptp4l"))
		return false;
	seen->waiting_for_ptp4l = seen->idle_said = true;
	return true;
}

/* phc2sys -a says so once, and then nothing until a port changes its state. */
static bool idle(struct health_seen *seen, struct cursor c, msec_t at)
{
	return seen->idle_said = eat(&c, "nothing to synchronize");
}

static bool tx_lost(struct health_seen *seen, struct cursor c, msec_t at)
{
	if (!eat(&c, "timed out while polling for tx timestamp") &&
	    !eat(&c, "missing timestamp on transmitted"))
		return false;
	seen->tx_lost_at = at;
	return true;
}

static bool clock_check(struct health_seen *seen, struct cursor c, msec_t at)
{
	if (!eat(&c, "clockcheck: "))
		return false;
	seen->servo.check_at = at;
	return true;
}

enum { OF_PTP4L = 1, OF_OTHERS = 2 };

static const struct {
	char first;
	unsigned of;
	bool (*take)(struct health_seen *seen, struct cursor c, msec_t at);
} forms[] = {
	{ 'p', OF_PTP4L, of_port },
	{ 'o', OF_PTP4L | OF_OTHERS, offset },
	{ 'r', OF_PTP4L | OF_OTHERS, summary },
	{ 'c', OF_PTP4L | OF_OTHERS, clock_check },
	{ 't', OF_PTP4L, tx_lost },
	{ 'm', OF_PTP4L, tx_lost },
	{ 'W', OF_OTHERS, waiting },
	{ 'n', OF_OTHERS, idle },
};

static bool take(struct health_seen *seen, unsigned of, struct cursor c, msec_t at)
{
	for (unsigned i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].first == *c.at && (forms[i].of & of) && forms[i].take(seen, c, at))
			return true;
	return false;
}

static bool take_words(struct health_seen *seen, unsigned of, struct cursor c, msec_t at)
{
	/* a message_tag of any shape may stand before the text, so each word may be its beginning */
	while (c.at < c.end) {
		if (take(seen, of, c, at))
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
	bool waited = seen->waiting_for_ptp4l, told;

	seen->line_at = at;
	if (program != PROG_PTP4L && program != PROG_PHC2SYS && program != PROG_TS2PHC)
		return false;
	seen->waiting_for_ptp4l = seen->idle_said = false;
	told = take_words(seen, program == PROG_PTP4L ? OF_PTP4L : OF_OTHERS, c, at);
	if (seen->waiting_for_ptp4l && !waited)
		seen->waiting_since = at;
	return told;
}
