#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "lanes.h"

static const unsigned tags[] = { TAG_STATE, TAG_LOCK, TAG_PORT, TAG_LINK };

static bool has_lane(unsigned tag)
{
	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (tags[i] == tag)
			return true;
	return false;
}

static struct lane *lane_of(struct lanes *l, const char *subject, unsigned tag)
{
	for (unsigned i = 0; i < l->n; i++)
		if (l->at[i].tag == tag && !strcmp(l->at[i].subject, subject))
			return &l->at[i];
	if (l->n == LANES_MAX)
		return NULL;
	l->at[l->n] = (struct lane){ .tag = tag };
	snprintf(l->at[l->n].subject, sizeof(l->at[0].subject), "%s", subject);
	return &l->at[l->n++];
}

static void end_slice(struct lane *lane, int64_t at_us)
{
	if (lane->open)
		lane->at[lane->n - 1].to_us = at_us;
	lane->open = false;
}

static bool is_value(const struct lane_slice *s, const struct flight_field *f)
{
	char value[sizeof(s->value)];

	snprintf(value, sizeof(value), "%.*s", (int)f->len, (const char *)f->value);
	return !strcmp(s->value, value);
}

static void set(struct lanes *l, const char *subject, const struct flight_field *f, int64_t at_us)
{
	struct lane *lane = lane_of(l, subject, f->tag);
	struct lane_slice *s;

	if (!lane || (lane->open && is_value(&lane->at[lane->n - 1], f)))
		return;
	end_slice(lane, at_us);
	if (!f->len)
		return;
	if (lane->n == LANE_SLICES_MAX) {
		lane->dropped++;
		return;
	}
	s = &lane->at[lane->n++];
	s->from_us = s->to_us = at_us;
	snprintf(s->value, sizeof(s->value), "%.*s", (int)f->len, (const char *)f->value);
	lane->open = true;
}

static void end_all(struct lanes *l, int64_t at_us)
{
	for (unsigned i = 0; i < l->n; i++)
		end_slice(&l->at[i], at_us);
}

static void end_subject(struct lanes *l, const char *subject, int64_t at_us)
{
	for (unsigned i = 0; i < l->n; i++)
		if (!strcmp(l->at[i].subject, subject))
			end_slice(&l->at[i], at_us);
}

/* What holds already when the stretch begins. */
static void begin(struct lanes *l, const struct reel *r, unsigned place)
{
	static uint8_t bytes[MOMENT_BYTES];
	struct moment m = moment_in(bytes, sizeof(bytes));
	struct moment_value v;
	char subject[64];
	size_t at = 0;

	if (!place)
		return;
	tape_moment(&r->tape, r->shown[place - 1], &m, NULL);
	while (moment_next(&m, &at, &v)) {
		if (!has_lane(v.field.tag))
			continue;
		snprintf(subject, sizeof(subject), "%.*s", (int)v.subject_len, v.subject);
		set(l, subject, &v.field, l->from_us);
	}
}

static void mark(struct lanes *l, const struct tape_note *note, const char *subject, int64_t at_us)
{
	struct lane_mark *m = &l->mark[l->marks];

	if ((note->kind != FLIGHT_LAUNCH && note->kind != FLIGHT_EXIT) || l->marks == LANE_MARKS_MAX)
		return;
	*m = (struct lane_mark){ .at_us = at_us, .kind = note->kind };
	snprintf(m->subject, sizeof(m->subject), "%s", subject);
	l->marks++;
}

static void take(struct lanes *l, const struct tape_note *note, int64_t at_us)
{
	struct flight_field f;
	char subject[64] = "";
	size_t at = 0;

	while (flight_next(note->bytes, note->len, &at, &f)) {
		if (f.tag == TAG_SUBJECT) {
			snprintf(subject, sizeof(subject), "%.*s", (int)f.len, (const char *)f.value);
			mark(l, note, subject, at_us);
			if (note->kind == FLIGHT_GONE)
				end_subject(l, subject, at_us);
		} else if (has_lane(f.tag)) {
			set(l, subject, &f, at_us);
		}
	}
}

void lanes_gather(struct lanes *l, const struct reel *r, struct stretch s)
{
	struct tape_note note;
	uint32_t run = 0;

	memset(l, 0, sizeof(*l));
	if (s.from >= s.to)
		return;
	l->from_us = l->to_us = clock_us(&r->tape, r->shown[s.from]);
	begin(l, r, s.from);
	for (unsigned k = s.from; k < s.to; k++) {
		if (!tape_note(&r->tape, r->shown[k], &note))
			continue;
		if (k > s.from && note.run != run)
			end_all(l, l->to_us);	/* nobody looked in between */
		run = note.run;
		l->to_us = clock_us(&r->tape, r->shown[k]);
		take(l, &note, l->to_us);
	}
	end_all(l, l->to_us);
}
