#include <string.h>

#include "digest.h"
#include "logline.h"
#include "logmatch.h"
#include "rulebase.h"

void log_digest_reset(struct log_digest *digest)
{
	memset(digest, 0, sizeof(*digest));
}

void log_digest_healed(struct log_digest *digest, const struct rulebase *rules)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < digest->seen_n; i++)
		if (rules->catalogue->message[digest->seen[i].message].kind < MESSAGE_FOLLOWS)
			digest->seen[kept++] = digest->seen[i];
	digest->seen_n = kept;
}

void log_digest_expire(struct log_digest *digest, const struct rulebase *rules, msec_t before)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < digest->seen_n; i++)
		if (rules->catalogue->message[digest->seen[i].message].kind < MESSAGE_FOLLOWS ||
		    digest->seen[i].last >= before)
			digest->seen[kept++] = digest->seen[i];
	digest->seen_n = kept;
}

const struct log_seen *log_digest_find(const struct log_digest *digest, uint16_t message)
{
	for (unsigned i = 0; i < digest->seen_n; i++)
		if (digest->seen[i].message == message)
			return &digest->seen[i];
	return NULL;
}

/* A full table gives up an ordinary message for one that matters. */
static struct log_seen *room_for(struct log_digest *d, const struct catalogue *c, uint16_t message)
{
	unsigned kind = c->message[message].kind;

	if (d->seen_n < DIGEST_SEEN_MAX)
		return &d->seen[d->seen_n++];
	d->dropped++;
	for (unsigned i = DIGEST_SEEN_MAX; i-- > 0;)
		if (c->message[d->seen[i].message].kind < kind)
			return &d->seen[i];
	return NULL;
}

static void keep_fields(struct log_seen *seen, const struct logmatch *m)
{
	size_t used = 0;

	for (unsigned i = 0; i < m->fields; i++) {
		size_t room = DIGEST_FIELDS_BYTES - used;
		size_t len = m->field[i].len;

		if (room < 2)
			return;
		len = len < room ? len : room - 1;
		for (size_t k = 0; k < len; k++)	/* a NUL byte ends no field */
			seen->fields[used + k] = m->field[i].at[k] ? m->field[i].at[k] : ' ';
		used += len + 1;
	}
}

static struct log_seen *entry_of(struct log_digest *d, const struct catalogue *c,
				 const struct logmatch *m)
{
	struct log_seen *seen = (struct log_seen *)log_digest_find(d, m->message);

	if (seen)
		return seen;
	seen = room_for(d, c, m->message);
	if (!seen)
		return NULL;
	*seen = (struct log_seen){ .message = m->message, .pattern = m->pattern,
				   .first = MSEC_NONE, .first_line = d->lines };
	keep_fields(seen, m);
	return seen;
}

static void count_match(struct log_digest *d, const struct catalogue *c, const struct logline *line,
			const struct logmatch *m)
{
	struct log_seen *seen = entry_of(d, c, m);

	if (!seen)
		return;
	seen->count++;
	seen->last_line = d->lines;
	seen->last = line->stamp;
	if (seen->first == MSEC_NONE)
		seen->first = line->stamp;
	if (line->port >= 0)
		seen->ports |= (uint16_t)(1u << (line->port < 15 ? line->port : 15));
}

static void note_prefix(struct log_digest *d, const struct logline *line)
{
	d->prefixed |= !line->bare;
	if (line->port > 0 && line->port_named)
		d->port_named = true;
	else if (line->port > 0)
		d->port_plain = true;
	if (line->port <= 0 || !line->iface.len || d->iface[0] || line->iface.len >= sizeof(d->iface))
		return;
	memcpy(d->iface, line->iface.at, line->iface.len);
	d->iface[line->iface.len] = '\0';
}

static void keep_unknown(struct log_digest *d, struct span text)
{
	size_t len = text.len < sizeof(d->last_unknown) ? text.len : sizeof(d->last_unknown) - 1;

	d->unknown++;
	memcpy(d->last_unknown, text.at, len);
	d->last_unknown[len] = '\0';
}

uint16_t log_digest_line(struct log_digest *digest, const struct rulebase *rules,
			 enum program program, const char *line, size_t len, msec_t at)
{
	struct logline parsed;
	struct logline_offset offset;
	struct logmatch match;

	logline_parse(&parsed, line, len < LINE_MAX_BYTES ? len : LINE_MAX_BYTES);
	if (!parsed.text.len)
		return MESSAGE_NONE;
	digest->lines++;
	if (parsed.stamp == MSEC_NONE)
		parsed.stamp = at;
	if (parsed.program == PROG_OTHER)
		parsed.program = program;
	if (parsed.stamp > digest->newest)
		digest->newest = parsed.stamp;
	note_prefix(digest, &parsed);
	if (logline_offset(&offset, parsed.text.at, parsed.text.len)) {
		bool ptp4l = offset.master && parsed.program != PROG_TS2PHC &&
			     parsed.program != PROG_PHC2SYS;

		series_add(&digest->series[ptp4l ? SERIES_PTP4L : SERIES_LOCAL], &offset);
		return DIGEST_OFFSET;
	}
	if (!logmatch_line(rules->catalogue, &parsed, &match)) {
		keep_unknown(digest, parsed.text);
		return MESSAGE_NONE;
	}
	count_match(digest, rules->catalogue, &parsed, &match);
	return match.message;
}

static const char *nth_field(const struct log_seen *seen, unsigned n)
{
	const char *at = seen->fields, *end = at + DIGEST_FIELDS_BYTES;

	while (n-- && at < end)
		at += strlen(at) + 1;
	return at < end ? at : "";
}

const char *log_seen_field(const struct rulebase *rules, const struct log_seen *seen,
			   const char *name, size_t len)
{
	const struct catalogue *c = rules->catalogue;
	const struct catalogue_pattern *p = &c->pattern[seen->pattern];

	for (unsigned i = 0; i < p->fields_n; i++) {
		const char *known = c->pool + c->field[p->fields + i];

		if (strlen(known) == len && !memcmp(known, name, len))
			return nth_field(seen, i);
	}
	return NULL;
}

void log_seen_text(const struct rulebase *rules, const struct log_seen *seen, struct text *out)
{
	const struct catalogue *c = rules->catalogue;
	const char *s = c->pool + c->pattern[seen->pattern].text;
	unsigned n = 0;

	while (*s) {
		const char *field = strstr(s, "%{");
		size_t plain = field ? (size_t)(field - s) : strlen(s);

		text_add(out, "%.*s", (int)plain, s);
		if (!field)
			return;
		text_add(out, "%s", nth_field(seen, n++));
		s = strchr(field, '}') + 1;
	}
}
