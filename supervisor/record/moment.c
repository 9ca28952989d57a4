#include "moment.h"

#include <stdio.h>
#include <string.h>
#include "little.h"

/* A group: two bytes of length of what follows; then fields, TAG_SUBJECT the first. */
enum { HEAD = 2 };

static size_t group_len(const struct moment *m, size_t at)
{
	return (size_t)little_get(m->bytes + at, HEAD);
}

static bool is_group_of(const struct moment *m, size_t at, const void *subject, size_t len)
{
	const uint8_t *field = m->bytes + at + HEAD;

	return field[1] == len && !memcmp(field + 2, subject, len);
}

/* m->len when there is none. */
static size_t find_group(const struct moment *m, const void *subject, size_t len)
{
	size_t at = 0;

	while (at < m->len && !is_group_of(m, at, subject, len))
		at += HEAD + group_len(m, at);
	return at;
}

/* Offset of the field of `tag` in the group at `at`, or of the group's end. */
static size_t find_field(const struct moment *m, size_t at, unsigned tag)
{
	size_t end = at + HEAD + group_len(m, at);

	at += HEAD;
	while (at < end && m->bytes[at] != tag)
		at += 2u + m->bytes[at + 1];
	return at;
}

/* Make the `was` bytes at `at` into `is`; false: no room. */
static bool resize(struct moment *m, size_t group, size_t at, size_t was, size_t is)
{
	size_t grown = group_len(m, group) - was + is;

	if (m->len - was + is > m->size || (is > was && grown > MOMENT_GROUP_MAX))
		return false;
	memmove(m->bytes + at + is, m->bytes + at + was, m->len - at - was);
	m->len = m->len - was + is;
	little_put(m->bytes + group, HEAD, grown);
	return true;
}

static bool add_group(struct moment *m, const struct flight_field *subject)
{
	size_t len = 2u + subject->len;
	uint8_t *p = m->bytes + m->len;

	if (m->len + HEAD + len > m->size)
		return false;
	little_put(p, HEAD, len);
	p[HEAD] = TAG_SUBJECT;
	p[HEAD + 1] = subject->len;
	memcpy(p + HEAD + 2, subject->value, subject->len);
	m->len += HEAD + len;
	return true;
}

static void set(struct moment *m, const struct flight_field *subject, const struct flight_field *f)
{
	size_t group = find_group(m, subject->value, subject->len), at, was, is;

	is = f->len || (f->tag & TAG_NUMBER) ? 2u + f->len : 0;
	if (group == m->len && (!is || !add_group(m, subject))) {
		m->dropped += is != 0;
		return;
	}
	at = find_field(m, group, f->tag);
	was = at < group + HEAD + group_len(m, group) ? 2u + m->bytes[at + 1] : 0;
	if (!resize(m, group, at, was, is)) {
		m->dropped++;
		return;
	}
	if (!is)
		return;
	m->bytes[at] = f->tag;
	m->bytes[at + 1] = f->len;
	memcpy(m->bytes + at + 2, f->value, f->len);
}

static void forget(struct moment *m, const struct flight_field *subject)
{
	size_t at = find_group(m, subject->value, subject->len), len;

	if (at == m->len)
		return;
	len = HEAD + group_len(m, at);
	memmove(m->bytes + at, m->bytes + at + len, m->len - at - len);
	m->len -= len;
}

void moment_fold(struct moment *m, unsigned kind, const uint8_t *bytes, size_t len)
{
	struct flight_field subject = { .value = bytes }, f;
	size_t at = 0;

	if (kind == FLIGHT_START || kind == FLIGHT_SNAP_BEGIN)
		m->len = m->dropped = 0;
	while (flight_next(bytes, len, &at, &f)) {
		if (f.tag == TAG_SUBJECT)
			subject = f;
		else if (f.tag & TAG_LASTS)
			set(m, &subject, &f);
		if (f.tag == TAG_SUBJECT && kind == FLIGHT_GONE)
			forget(m, &subject);
	}
}

bool moment_get(const struct moment *m, const char *subject, unsigned tag, struct flight_field *out)
{
	size_t group = find_group(m, subject, strlen(subject)), at;

	if (group == m->len)
		return false;
	at = find_field(m, group, tag);
	if (at == group + HEAD + group_len(m, group))
		return false;
	return flight_next(m->bytes, m->len, &at, out);
}

void moment_text(const struct moment *m, const char *subject, unsigned tag, char *out, size_t size)
{
	struct flight_field f;

	out[0] = '\0';
	if (!moment_get(m, subject, tag, &f))
		return;
	if (tag & TAG_NUMBER)
		snprintf(out, size, "%lld", (long long)flight_number(&f));
	else
		snprintf(out, size, "%.*s", (int)f.len, (const char *)f.value);
}

size_t moment_next_group(const struct moment *m, size_t *at, const uint8_t **group)
{
	size_t len;

	if (*at >= m->len)
		return 0;
	len = group_len(m, *at);
	*group = m->bytes + *at + HEAD;
	*at += HEAD + len;
	return len;
}

/* *at counts bytes; at the beginning of a group its subject is read anew. */
bool moment_next(const struct moment *m, size_t *at, struct moment_value *out)
{
	size_t group = 0, pos;

	while (group < m->len && group + HEAD + group_len(m, group) <= *at)
		group += HEAD + group_len(m, group);
	if (group >= m->len)
		return false;
	pos = *at > group + HEAD ? *at : group + HEAD;
	out->subject = (const char *)m->bytes + group + HEAD + 2;
	out->subject_len = m->bytes[group + HEAD + 1];
	if (pos == group + HEAD)
		pos += 2u + out->subject_len;
	if (pos >= group + HEAD + group_len(m, group)) {	/* a subject without a value */
		*at = pos;
		return moment_next(m, at, out);
	}
	if (!flight_next(m->bytes, group + HEAD + group_len(m, group), &pos, &out->field))
		return false;
	*at = pos;
	return true;
}
