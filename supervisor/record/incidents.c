#include "incidents.h"

#include <string.h>
#include "little.h"

void incidents_init(struct incidents *s)
{
	memset(s, 0, sizeof(*s));
	s->next = 1;
}

void incident_entry_encode(const struct kept_incident *i, uint8_t out[INCIDENT_ENTRY_BYTES])
{
	little_put(out, 4, i->number);
	memcpy(out + 4, i->unit, UNIT_NAME_MAX);
	little_put(out + 36, 8, i->signature);
	little_put(out + 44, 8, (uint64_t)i->opened);
	little_put(out + 52, 8, (uint64_t)i->closed);
	little_put(out + 60, 4, i->repeats);
	little_put(out + 64, 4, i->lasted_ms);
	little_put(out + 68, 4, i->unlocked_ms);
	memset(out + 72, 0, INCIDENT_ENTRY_BYTES - 72);
}

bool incident_entry_decode(struct kept_incident *i, const uint8_t *bytes, size_t len)
{
	if (len < INCIDENT_ENTRY_BYTES || !little_get(bytes, 4) || bytes[4 + UNIT_NAME_MAX - 1])
		return false;
	*i = (struct kept_incident){
		.number = (uint32_t)little_get(bytes, 4),
		.signature = little_get(bytes + 36, 8),
		.opened = (int64_t)little_get(bytes + 44, 8),
		.closed = (int64_t)little_get(bytes + 52, 8),
		.repeats = (uint32_t)little_get(bytes + 60, 4),
		.lasted_ms = (uint32_t)little_get(bytes + 64, 4),
		.unlocked_ms = (uint32_t)little_get(bytes + 68, 4),
	};
	memcpy(i->unit, bytes + 4, UNIT_NAME_MAX);
	return true;
}

size_t incidents_encode(const struct incidents *s, uint8_t *out)
{
	uint8_t *p = out + 8;

	little_put(out, 4, s->next);
	little_put(out + 4, 2, s->n);
	little_put(out + 6, 2, 0);
	for (unsigned i = 0; i < s->n; i++, p += INCIDENT_ENTRY_BYTES)
		incident_entry_encode(&s->at[i], p);
	return (size_t)(p - out);
}

bool incidents_decode(struct incidents *s, const uint8_t *bytes, size_t len)
{
	struct incidents new = { 0 };

	if (len < 8)
		return false;
	new.next = (uint32_t)little_get(bytes, 4);
	new.n = (unsigned)little_get(bytes + 4, 2);
	if (!new.next || new.n > INCIDENTS_KEPT ||
	    len != 8 + (size_t)new.n * INCIDENT_ENTRY_BYTES)
		return false;
	bytes += 8;
	for (unsigned i = 0; i < new.n; i++, bytes += INCIDENT_ENTRY_BYTES)
		if (!incident_entry_decode(&new.at[i], bytes, INCIDENT_ENTRY_BYTES))
			return false;
	*s = new;
	return true;
}

static void drop(struct incidents *s, unsigned i)
{
	memmove(&s->at[i], &s->at[i + 1], (s->n - i - 1) * sizeof(s->at[0]));
	s->n--;
}

/* Makes room for one; the number of the one that went. */
static uint32_t make_room(struct incidents *s)
{
	unsigned i = 0;
	uint32_t number;

	if (s->n < INCIDENTS_KEPT)
		return 0;
	while (i < s->n && !s->at[i].closed)
		i++;
	i = i < s->n ? i : 0;
	number = s->at[i].number;
	drop(s, i);
	return number;
}

void incidents_recover(struct incidents *s, const struct kept_incident *i)
{
	unsigned at = s->n;

	if (s->n == INCIDENTS_KEPT || incidents_find(s, i->number))
		return;
	while (at > 0 && s->at[at - 1].number > i->number)
		at--;
	memmove(&s->at[at + 1], &s->at[at], (s->n - at) * sizeof(s->at[0]));
	s->at[at] = *i;
	s->n++;
	if (i->number >= s->next)
		s->next = i->number + 1;
}

struct kept_incident *incidents_open_of(struct incidents *s, const char *unit)
{
	for (unsigned i = s->n; i-- > 0;)
		if (!s->at[i].closed && !strcmp(s->at[i].unit, unit))
			return &s->at[i];
	return NULL;
}

struct kept_incident *incidents_find(struct incidents *s, uint32_t number)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->at[i].number == number)
			return &s->at[i];
	return NULL;
}

struct kept_incident *incidents_add(struct incidents *s, const char *unit, int64_t now,
				    uint32_t *gone)
{
	struct kept_incident *i;

	*gone = make_room(s);
	i = &s->at[s->n++];
	*i = (struct kept_incident){ .number = s->next++, .opened = now };
	memcpy(i->unit, unit, strnlen(unit, UNIT_NAME_MAX - 1));
	return i;
}
