#include "pmcwire.h"

#include <stdio.h>
#include <string.h>

enum {
	HEAD_SIZE = 34,
	TLV_AT = 48,		/* behind target, hops and action */
	DATA_AT = 54,		/* behind type, length and management id */
	TYPE_MANAGEMENT = 0xd,
	PTP_VERSION = 2,
	TLV_MANAGEMENT = 1,
	TLV_ERROR = 2,
	SUBSCRIBE_SIZE = 66,
	PROPERTIES_NAME_AT = 13,
	STATS_AT = 10,
};

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static unsigned get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static int32_t get32(const uint8_t *p)
{
	return (int32_t)((uint32_t)get16(p) << 16 | get16(p + 2));
}

static int64_t get64(const uint8_t *p)
{
	return (int64_t)((uint64_t)(uint32_t)get32(p) << 32 | (uint32_t)get32(p + 4));
}

/* boundaryHops stays 0: with more, ptp4l would send our question out to the network. */
static size_t build(uint8_t *out, const struct pmc_peer *peer, uint16_t sequence,
		    enum pmc_action action, enum pmc_id id, size_t data)
{
	memset(out, 0, DATA_AT + data);
	out[0] = (uint8_t)(peer->transport_specific << 4 | TYPE_MANAGEMENT);
	out[1] = PTP_VERSION;
	put16(out + 2, (unsigned)(DATA_AT + data));
	out[4] = peer->domain;
	put16(out + 28, peer->port);
	put16(out + 30, sequence);
	out[32] = 4;
	out[33] = 0x7f;
	memset(out + HEAD_SIZE, 0xff, 10);
	out[46] = (uint8_t)action;
	put16(out + TLV_AT, TLV_MANAGEMENT);
	put16(out + 50, (unsigned)(2 + data));
	put16(out + 52, id);
	return DATA_AT + data;
}

size_t pmc_build_get(uint8_t *out, const struct pmc_peer *peer, uint16_t sequence, enum pmc_id id)
{
	return build(out, peer, sequence, PMC_GET, id, 0);
}

size_t pmc_build_subscribe(uint8_t *out, const struct pmc_peer *peer, uint16_t sequence,
			   uint16_t duration_s, uint8_t events)
{
	size_t len = build(out, peer, sequence, PMC_SET, PMC_SUBSCRIBE_EVENTS_NP, SUBSCRIBE_SIZE);

	put16(out + DATA_AT, duration_s);
	out[DATA_AT + 2] = events;
	return len;
}

size_t pmc_build_grandmaster(uint8_t *out, const struct pmc_peer *peer, uint16_t sequence,
			     const uint8_t settings[GM_SETTINGS])
{
	size_t len = build(out, peer, sequence, PMC_SET, PMC_GRANDMASTER_SETTINGS_NP, GM_SETTINGS);

	memcpy(out + DATA_AT, settings, GM_SETTINGS);
	return len;
}

static enum port_state state_of(uint8_t value)
{
	return value < PORT_STATES ? (enum port_state)value : PORT_UNKNOWN;
}

static bool read_defaults(const uint8_t *d, size_t len, struct pmc_reply *r)
{
	r->u.defaults.client_only = d[0] & 2;
	r->u.defaults.ports = (uint16_t)get16(d + 2);
	r->u.defaults.clock_class = d[5];
	memcpy(r->u.defaults.clock, d + 10, 8);
	r->u.defaults.domain = d[18];
	return true;
}

static bool read_parent(const uint8_t *d, size_t len, struct pmc_reply *r)
{
	r->u.parent.gm_class = d[19];
	memcpy(r->u.parent.gm, d + 24, 8);
	return true;
}

static bool read_port(const uint8_t *d, size_t len, struct pmc_reply *r)
{
	r->u.port.number = (uint16_t)get16(d + 8);
	r->u.port.state = state_of(d[10]);
	return true;
}

static bool read_time_status(const uint8_t *d, size_t len, struct pmc_reply *r)
{
	r->u.time_status.offset_ns = get64(d);
	r->u.time_status.ingress_ns = get64(d + 8);
	r->u.time_status.gm_present = get32(d + 38) != 0;
	memcpy(r->u.time_status.gm, d + 42, 8);
	return true;
}

static bool read_subscription(const uint8_t *d, size_t len, struct pmc_reply *r)
{
	r->u.subscribe.duration_s = (uint16_t)get16(d);
	r->u.subscribe.events = d[2];
	return true;
}

static bool read_properties(const uint8_t *d, size_t len, struct pmc_reply *r)
{
	size_t name = d[12], room = sizeof(r->u.properties.interface) - 1;

	if (PROPERTIES_NAME_AT + name > len)
		return false;
	r->u.properties.number = (uint16_t)get16(d + 8);
	r->u.properties.state = state_of(d[10]);
	r->u.properties.time_stamping = d[11];
	memcpy(r->u.properties.interface, d + PROPERTIES_NAME_AT, name < room ? name : room);
	return true;
}

static uint64_t little64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

/*
 * Which order it is nobody says. Read in the wrong one, a small number fills the
 * upper half of its eight bytes, so the order that leaves the upper halves empty
 * is right until there were four thousand million messages.
 */
static bool little_endian(const uint8_t *counters)
{
	uint64_t big = 0, little = 0;

	for (unsigned i = 0; i < 2 * PMC_MESSAGES; i++) {
		big |= (uint64_t)get64(counters + 8 * i) >> 32;
		little |= little64(counters + 8 * i) >> 32;
	}
	return little <= big;
}

static bool read_stats(const uint8_t *d, size_t len, struct pmc_reply *r)
{
	const uint8_t *rx = d + STATS_AT, *tx = rx + 8 * PMC_MESSAGES;
	bool little = little_endian(rx);

	r->u.stats.number = (uint16_t)get16(d + 8);
	for (unsigned i = 0; i < PMC_MESSAGES; i++) {
		r->u.stats.rx[i] = little ? little64(rx + 8 * i) : (uint64_t)get64(rx + 8 * i);
		r->u.stats.tx[i] = little ? little64(tx + 8 * i) : (uint64_t)get64(tx + 8 * i);
	}
	return true;
}

static bool read_grandmaster(const uint8_t *d, size_t len, struct pmc_reply *r)
{
	memcpy(r->u.grandmaster.settings, d, GM_SETTINGS);
	return true;
}

static const struct {
	enum pmc_id id;
	size_t min;
	bool (*read)(const uint8_t *data, size_t len, struct pmc_reply *out);
} readers[] = {
	{ PMC_DEFAULT_DATA_SET, 20, read_defaults },
	{ PMC_PARENT_DATA_SET, 32, read_parent },
	{ PMC_PORT_DATA_SET, 26, read_port },
	{ PMC_TIME_STATUS_NP, 50, read_time_status },
	{ PMC_GRANDMASTER_SETTINGS_NP, GM_SETTINGS, read_grandmaster },
	{ PMC_SUBSCRIBE_EVENTS_NP, SUBSCRIBE_SIZE, read_subscription },
	{ PMC_PORT_PROPERTIES_NP, PROPERTIES_NAME_AT, read_properties },
	{ PMC_PORT_STATS_NP, STATS_AT + 2 * 8 * PMC_MESSAGES, read_stats },
};

/* An answer to a GET of nothing has no data; that is what some requests look like, too. */
static bool read_data(const uint8_t *data, size_t len, struct pmc_reply *out)
{
	for (unsigned i = 0; i < ARRAY_LEN(readers); i++)
		if (readers[i].id == out->id)
			return len >= readers[i].min && readers[i].read(data, len, out);
	return true;
}

static bool read_tlv(const uint8_t *tlv, size_t room, struct pmc_reply *out)
{
	size_t len = get16(tlv + 2);

	if (len < 2 || len > room - 4)
		return false;
	if (get16(tlv) == TLV_MANAGEMENT) {
		out->id = (uint16_t)get16(tlv + 4);
		return read_data(tlv + 6, len - 2, out);
	}
	if (get16(tlv) != TLV_ERROR || len < 4)
		return false;
	out->error = (int)get16(tlv + 4);
	out->id = (uint16_t)get16(tlv + 6);
	return out->error != 0;
}

bool pmc_parse(const uint8_t *bytes, size_t len, struct pmc_reply *out)
{
	struct pmc_reply r = { 0 };
	size_t said;

	if (len < DATA_AT || (bytes[0] & 0xf) != TYPE_MANAGEMENT || (bytes[1] & 0xf) != PTP_VERSION)
		return false;
	said = get16(bytes + 2);
	if (said > len || said < DATA_AT)
		return false;
	memcpy(r.from_clock, bytes + 20, 8);
	r.from_port = (uint16_t)get16(bytes + 28);
	r.sequence = (uint16_t)get16(bytes + 30);
	r.to_port = (uint16_t)get16(bytes + 42);
	r.action = (enum pmc_action)(bytes[46] & 0xf);
	if (r.action > PMC_ACKNOWLEDGE || !read_tlv(bytes + TLV_AT, said - TLV_AT, &r))
		return false;
	*out = r;
	return true;
}

void pmc_clock_text(const uint8_t clock[8], char out[24])
{
	snprintf(out, 24, "%02x%02x%02x.%02x%02x.%02x%02x%02x", clock[0], clock[1], clock[2],
		 clock[3], clock[4], clock[5], clock[6], clock[7]);
}
