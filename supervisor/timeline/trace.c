/* The trace event format: an array of objects, times in microseconds. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "listing.h"
#include "notetext.h"
#include "supervisor/record/samples.h"
#include "text.h"

enum { TRACKS_MAX = 64 };

/* A process of the viewer for each subject. */
struct tracing {
	FILE *out;
	bool any;
	unsigned n;
	char subject[TRACKS_MAX][64];
};

static void object(struct tracing *g, const char *text)
{
	fprintf(g->out, "%s\n%s", g->any ? "," : "", text);
	g->any = true;
}

/* From 1; all that find no room share the last one. */
static unsigned track_of(struct tracing *g, const char *subject)
{
	char room[512];
	struct text t = text_in(room, sizeof(room));
	unsigned i = 0;

	while (i < g->n && strcmp(g->subject[i], subject))
		i++;
	if (i < g->n || g->n == TRACKS_MAX)
		return i < g->n ? i + 1 : TRACKS_MAX;
	snprintf(g->subject[g->n++], sizeof(g->subject[0]), "%s", subject);
	text_add(&t, "{\"ph\":\"M\",\"pid\":%u,\"name\":\"process_name\",\"args\":{\"name\":", i + 1);
	text_add_json(&t, *subject ? subject : "ptpwarden");
	text_add(&t, "}}");
	object(g, room);
	return i + 1;
}

static void slices(struct tracing *g, const struct lane *lane)
{
	unsigned track = track_of(g, lane->subject);
	char room[512];

	for (unsigned i = 0; i < lane->n; i++) {
		const struct lane_slice *s = &lane->at[i];
		struct text t = text_in(room, sizeof(room));

		text_add(&t, "{\"ph\":\"X\",\"pid\":%u,\"tid\":\"%s\",\"ts\":%lld,\"dur\":%lld,\"name\":",
			 track, flight_tag_name(lane->tag), (long long)s->from_us,
			 (long long)(s->to_us > s->from_us ? s->to_us - s->from_us : 0));
		text_add_json(&t, s->value);
		text_add(&t, "}");
		object(g, room);
	}
}

static void counter(struct tracing *g, unsigned track, int64_t at_us, long long offset)
{
	char room[200];

	snprintf(room, sizeof(room), "{\"ph\":\"C\",\"pid\":%u,\"ts\":%lld,\"name\":\"offset_ns\","
		 "\"args\":{\"offset_ns\":%lld}}", track, (long long)at_us, offset);
	object(g, room);
}

static void packed(struct tracing *g, unsigned track, const struct flight_field *f, int64_t at_ms,
		   int64_t shift_us)
{
	struct sample_minute m;
	struct sample s;
	msec_t at;

	for (unsigned i = 0; f->tag == TAG_SAMPLES && samples_read(f, i, at_ms, &at, &s); i++)
		counter(g, track, at * 1000 + shift_us, s.offset_ns);
	for (unsigned i = 0; f->tag == TAG_MINUTES && samples_read_minute(f, i, at_ms, &m); i++)
		counter(g, track, m.from * 1000 + shift_us, m.mean);
}

static void counters(struct tracing *g, const struct tape_note *note, int64_t now_us)
{
	struct flight_field f;
	char subject[64] = "";
	size_t at = 0;

	while (flight_next(note->bytes, note->len, &at, &f)) {
		if (f.tag == TAG_SUBJECT)
			snprintf(subject, sizeof(subject), "%.*s", (int)f.len, (const char *)f.value);
		else if (f.tag == TAG_SAMPLES || f.tag == TAG_MINUTES)
			packed(g, track_of(g, subject), &f, note->at_ns / 1000000,
			       now_us - note->at_ns / 1000);
		else if (f.tag == TAG_OFFSET_NS && f.len)
			counter(g, track_of(g, subject), now_us, (long long)flight_number(&f));
	}
}

static void instant(struct tracing *g, const struct tape_note *note, int64_t now_us)
{
	char line[NOTE_TEXT_MAX], room[2 * NOTE_TEXT_MAX], subject[64] = "";
	struct text l = text_in(line, sizeof(line)), t = text_in(room, sizeof(room));
	struct flight_field f;

	if (note->kind == FLIGHT_OFFSETS || note->kind == FLIGHT_SAMPLES)
		return;
	if (tape_field(note, TAG_SUBJECT, &f))
		snprintf(subject, sizeof(subject), "%.*s", (int)f.len, (const char *)f.value);
	note_line(note, &l);
	text_add(&t, "{\"ph\":\"i\",\"s\":\"p\",\"pid\":%u,\"tid\":\"events\",\"ts\":%lld,\"name\":",
		 track_of(g, subject), (long long)now_us);
	text_add_json(&t, line);
	text_add(&t, "}");
	object(g, room);
}

void listing_trace(const struct reel *r, struct stretch s, FILE *out)
{
	struct tracing *g = calloc(1, sizeof(*g));
	struct lanes *lanes = malloc(sizeof(*lanes));
	struct tape_note note;

	fputs("[", out);
	if (g && lanes) {
		g->out = out;
		lanes_gather(lanes, r, s);
		for (unsigned i = 0; i < lanes->n; i++)
			slices(g, &lanes->at[i]);
		for (unsigned k = s.from; k < s.to; k++) {
			int64_t now_us = clock_us(&r->tape, r->shown[k]);

			if (!tape_note(&r->tape, r->shown[k], &note))
				continue;
			counters(g, &note, now_us);
			instant(g, &note, now_us);
		}
	}
	fputs("\n]\n", out);
	free(lanes);
	free(g);
}
