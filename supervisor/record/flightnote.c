#include "flightnote.h"

#include <string.h>
#include "little.h"
#include "supervisor/loop.h"

static const char *const kind_names[FLIGHT_KINDS] = {
	[FLIGHT_START] = "start",	  [FLIGHT_STOP] = "stop",
	[FLIGHT_SNAP_BEGIN] = "snapshot", [FLIGHT_SNAP] = "snapshot",
	[FLIGHT_SNAP_END] = "snapshot",	  [FLIGHT_EVENT] = "event",
	[FLIGHT_DECISION] = "decision",	  [FLIGHT_ACTION] = "action",
	[FLIGHT_LAUNCH] = "launch",	  [FLIGHT_EXIT] = "exit",
	[FLIGHT_HEALTH] = "health",	  [FLIGHT_OFFSETS] = "offsets",
	[FLIGHT_SAMPLES] = "samples",	  [FLIGHT_LINE] = "line",
	[FLIGHT_FINDING] = "finding",	  [FLIGHT_LINK] = "link",
	[FLIGHT_CLOCK] = "clock",	  [FLIGHT_COMMAND] = "command",
	[FLIGHT_CONFIG] = "config",	  [FLIGHT_INCIDENT] = "incident",
	[FLIGHT_OUTPUT] = "output",	  [FLIGHT_STORAGE] = "storage",
	[FLIGHT_LOST] = "lost",		  [FLIGHT_SELF] = "self",
	[FLIGHT_GONE] = "gone",
};

static const struct {
	uint8_t tag;
	const char *name;
} tag_names[] = {
	{ TAG_SUBJECT, "subject" },	  { TAG_EVENT, "event" },
	{ TAG_ACTIONS, "actions" },	  { TAG_BECAUSE, "because" },
	{ TAG_TEXT, "text" },		  { TAG_ID, "id" },
	{ TAG_RESULT, "result" },	  { TAG_WHO, "who" },
	{ TAG_VERB, "verb" },		  { TAG_FROM, "from" },
	{ TAG_BOOT_ID, "boot_id" },	  { TAG_VERSION, "version" },
	{ TAG_SAMPLES, "samples" },	  { TAG_MINUTES, "minutes" },
	{ TAG_STATE, "state" },		  { TAG_ALTERNATE_NAME, "alternate_name" },
	{ TAG_LOCK, "lock" },		  { TAG_PORT, "port" },
	{ TAG_GRANDMASTER, "grandmaster" }, { TAG_WAITING, "waiting" },
	{ TAG_WHY_NOT, "why_not" },	  { TAG_LAST_EXIT, "last_exit" },
	{ TAG_CAUSE, "cause" },		  { TAG_LINK, "link" },
	{ TAG_PHC, "phc" },		  { TAG_BLOCK, "block" },
	{ TAG_STORAGE, "storage" },	  { TAG_CODE, "code" },
	{ TAG_COUNT, "count" },		  { TAG_SPAN_MS, "span_ms" },
	{ TAG_NUMBER_OF, "number" },	  { TAG_UID, "uid" },
	{ TAG_ALTERNATE, "alternate" },	  { TAG_PID, "pid" },
	{ TAG_READY, "ready" },		  { TAG_OFFSET_NS, "offset_ns" },
	{ TAG_RESTARTS, "restarts" },	  { TAG_GENERATION, "generation" },
	{ TAG_WALL_MS, "wall_ms" },	  { TAG_INCIDENT, "incident" },
};

const char *flight_kind_name(unsigned kind)
{
	return NAME_OF(kind_names, kind);
}

const char *flight_tag_name(unsigned tag)
{
	for (unsigned i = 0; i < ARRAY_LEN(tag_names); i++)
		if (tag_names[i].tag == tag)
			return tag_names[i].name;
	return "?";
}

unsigned flight_tag_of(const char *name)
{
	for (unsigned i = 0; i < ARRAY_LEN(tag_names); i++)
		if (!strcmp(tag_names[i].name, name))
			return tag_names[i].tag;
	return 0;
}

void flight_bytes(struct flight_note *n, enum flight_tag tag, const void *bytes, size_t len)
{
	if (len > FLIGHT_FIELD_MAX) {
		len = FLIGHT_FIELD_MAX;
		n->cut = true;
	}
	if (n->len + 2 + len > sizeof(n->bytes)) {
		n->cut = true;
		return;
	}
	n->bytes[n->len] = (uint8_t)tag;
	n->bytes[n->len + 1] = (uint8_t)len;
	if (len)
		memcpy(n->bytes + n->len + 2, bytes, len);
	n->len = (uint16_t)(n->len + 2 + len);
}

void flight_text(struct flight_note *n, enum flight_tag tag, const char *text)
{
	flight_bytes(n, tag, text, text ? strlen(text) : 0);
}

/* As many bytes as the number needs, the highest one with its sign. */
void flight_int(struct flight_note *n, enum flight_tag tag, int64_t value)
{
	uint8_t bytes[8];
	unsigned len = 1;

	while (len < 8 && (value < -(1ll << (8 * len - 1)) || value >= 1ll << (8 * len - 1)))
		len++;
	little_put(bytes, len, (uint64_t)value);
	flight_bytes(n, tag, bytes, len);
}

void flight_subject(struct flight_note *n, const char *subject)
{
	flight_text(n, TAG_SUBJECT, subject);
}

void flight_begin(struct flight_note *n, enum flight_kind kind, const char *subject)
{
	n->kind = kind;
	n->urgent = n->cut = false;
	n->len = 0;
	n->at_ns = loop_now_ns();
	flight_subject(n, subject);
}

bool flight_next(const uint8_t *bytes, size_t len, size_t *at, struct flight_field *out)
{
	if (len - *at < 2 || len < *at || len - *at - 2 < bytes[*at + 1])
		return false;
	*out = (struct flight_field){ .tag = bytes[*at], .len = bytes[*at + 1],
				      .value = bytes + *at + 2 };
	*at += 2u + out->len;
	return true;
}

int64_t flight_number(const struct flight_field *f)
{
	unsigned shift;

	if (!(f->tag & TAG_NUMBER) || f->len < 1 || f->len > 8)
		return 0;
	shift = 64 - 8u * f->len;
	return (int64_t)(little_get(f->value, f->len) << shift) >> shift;
}
