#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "cursor.h"
#include "listing.h"
#include "notetext.h"
#include "panel.h"

static void day_line(const struct reel *r, unsigned place, char last[16], FILE *out)
{
	char room[64];
	struct text t = text_in(room, sizeof(room));

	clock_with_date(&r->tape, r->shown[place], &t);
	if (room[0] == '+' || !strncmp(room, last, 10))
		return;
	snprintf(last, 16, "%.10s", room);
	fprintf(out, "--- %s\n", last);
}

void listing_events(const struct reel *r, struct stretch s, FILE *out)
{
	char room[NOTE_TEXT_MAX], day[16] = "";
	struct tape_note note;
	uint32_t boot = 0;

	for (unsigned k = s.from; k < s.to; k++) {
		struct text t = text_in(room, sizeof(room));

		if (!tape_note(&r->tape, r->shown[k], &note))
			continue;
		if (k > s.from && note.boot != boot)
			fprintf(out, "--- the machine was started again\n");
		boot = note.boot;
		day_line(r, k, day, out);
		if (note.lost)
			fprintf(out, "--- %llu records are missing\n", (unsigned long long)note.lost);
		clock_of_day(&r->tape, r->shown[k], &t);
		text_add(&t, " ");
		note_subject(&note, &t);
		text_add(&t, ": ");
		note_line(&note, &t);
		fprintf(out, "%s\n", room);
	}
}

/* Cursor and panel are too large for a stack. */
struct look {
	struct cursor cursor;
	struct panel panel;
};

static struct look *look_at(const struct reel *r, unsigned place)
{
	struct look *l = malloc(sizeof(*l));

	if (!l)
		return NULL;
	cursor_start(&l->cursor, r);
	cursor_go(&l->cursor, place);
	panel_state(&l->panel, &l->cursor.now, &l->cursor.before);
	return l;
}

void listing_state(const struct reel *r, unsigned place, FILE *out)
{
	struct look *l = look_at(r, place);
	char room[64];
	struct text t = text_in(room, sizeof(room));

	if (!l)
		return;
	clock_with_date(&r->tape, r->shown[place], &t);
	fprintf(out, "\nstate at %s%s:\n", room,
		l->cursor.whole ? "" : " (the recording begins later than some of it)");
	for (unsigned i = 0; i < l->panel.n; i++) {
		const struct panel_line *p = &l->panel.line[i];

		fprintf(out, "%s%s%s\n", p->tag ? "  " : "", p->changed ? "* " : p->tag ? "  " : "",
			p->text);
	}
	free(l);
}

/* --- JSON ------------------------------------------------------------------------------- */

static void json_state(const struct reel *r, unsigned place, FILE *out)
{
	struct look *l = look_at(r, place);
	char room[1024];
	bool first = true;

	for (unsigned i = 0; l && i < l->panel.n; i++) {
		const struct panel_line *p = &l->panel.line[i];
		struct text t = text_in(room, sizeof(room));
		const char *value = strchr(p->text, ' ');

		if (!p->tag)
			continue;
		text_add(&t, "%s{\"subject\":", first ? "" : ",");
		text_add_json(&t, p->subject);
		text_add(&t, ",\"name\":\"%s\",\"value\":", flight_tag_name(p->tag));
		text_add_json(&t, value ? value + 1 : "");
		text_add(&t, ",\"changed\":%s}", p->changed ? "true" : "false");
		fputs(room, out);
		first = false;
	}
	free(l);
}

void listing_json(const struct reel *r, struct stretch s, FILE *out)
{
	char room[NOTE_TEXT_MAX];
	struct tape_note note;
	bool first = true;

	fputs("{\"schema\":\"ptpwarden.timeline/1\",\"events\":[", out);
	for (unsigned k = s.from; k < s.to; k++) {
		struct text t = text_in(room, sizeof(room));
		int64_t wall = 0;

		if (!tape_note(&r->tape, r->shown[k], &note))
			continue;
		if (!tape_wall(&r->tape, r->shown[k], &wall))
			wall = 0;
		note_json(&note, wall, &t);
		fprintf(out, "%s%s", first ? "" : ",", room);
		first = false;
	}
	fputs("],\"state\":[", out);
	if (s.to > s.from)
		json_state(r, s.to - 1, out);
	fputs("]}\n", out);
}
