#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "notetext.h"
#include "page.h"
#include "plot.h"

enum { SUBJECT_COLUMNS = 9, TIME_COLUMNS = 12, PLOT_SECONDS = 120 };

#define REVERSE "\033[7m"
#define PLAIN "\033[0m"
#define HOME "\033[H"
#define TO_END "\033[K"

static const char *const help[] = {
	"up k, down j     one event back, forward       PgUp b, PgDn space   a screen",
	"g Home, G End    the oldest, the newest event",
	"p n              previous, next change of a state",
	"d D              next, previous decision       Enter   the facts behind it",
	"s S              next, previous symptom        i I     incident",
	"o O              next, previous command of a person or new configuration",
	"Tab, Shift-Tab   choose a value on the right",
	"w                when did the chosen value last change before here? Goes there",
	"=                only what differs from the last moment when all was well",
	"/                search; f F find the next, the previous one",
	"u                read the recording again, for what is new",
	"q                leave          ? this page",
};

/* One cell: `text` cut or filled to `columns` characters. */
static void cell(struct text *out, const char *text, unsigned columns)
{
	unsigned used = 0;
	size_t len = 0;

	while (text[len] && (used < columns || ((unsigned char)text[len] & 0xc0) == 0x80))
		used += ((unsigned char)text[len++] & 0xc0) != 0x80;
	text_add(out, "%.*s%*s", (int)len, text, (int)(columns - used), "");
}

static void bar(struct text *out, const char *text, unsigned columns)
{
	text_add(out, REVERSE);
	cell(out, text, columns);
	text_add(out, PLAIN TO_END);
}

/* Those that are open at the cursor. */
static void incidents(const struct page *p, struct text *out)
{
	struct moment_value v;
	size_t at = 0;

	while (moment_next(&p->cursor.now, &at, &v))
		if (v.field.tag == TAG_INCIDENT && flight_number(&v.field))
			text_add(out, "  incident %lld", (long long)flight_number(&v.field));
}

static void title(const struct page *p, struct text *out)
{
	const struct reel *r = p->cursor.reel;
	char room[256], incident[64] = "";
	struct text t = text_in(room, sizeof(room)), i = text_in(incident, sizeof(incident));

	incidents(p, &i);
	text_add(&t, " timeline  ");
	if (r->n)
		clock_with_date(&r->tape, r->shown[p->cursor.place], &t);
	text_add(&t, "  %u/%u%s  ", r->n ? p->cursor.place + 1 : 0, r->n, incident);
	text_add_escaped(&t, p->title, strlen(p->title));
	text_add(out, HOME);
	bar(out, room, p->columns);
}

static void event_row(const struct page *p, long place, unsigned columns, struct text *out)
{
	const struct reel *r = p->cursor.reel;
	char room[NOTE_TEXT_MAX], subject[128];
	struct text line = text_in(room, sizeof(room)), who = text_in(subject, sizeof(subject));
	struct tape_note note;

	if (place < 0 || place >= (long)r->n ||
	    !tape_note(&r->tape, r->shown[place], &note)) {
		cell(out, "", columns);
		return;
	}
	clock_of_day(&r->tape, r->shown[place], &line);
	text_add(&line, note.lost ? "!" : " ");
	note_subject(&note, &who);
	cell(&line, subject, SUBJECT_COLUMNS);
	text_add(&line, " ");
	note_line(&note, &line);
	if (place == (long)p->cursor.place)
		text_add(out, REVERSE);
	cell(out, room, columns);
	if (place == (long)p->cursor.place)
		text_add(out, PLAIN);
}

/* The panel scrolls so that the chosen line can be seen. */
static void state_cell(const struct page *p, unsigned row, unsigned rows, unsigned columns,
		       struct text *out)
{
	unsigned top = p->chosen + 2 > rows ? p->chosen + 2 - rows : 0;
	const struct panel_line *l = &p->panel.line[top + row];
	char room[256];

	if (top + row >= p->panel.n) {
		text_add(out, TO_END);
		return;
	}
	snprintf(room, sizeof(room), "%s%s%s", l->tag ? "  " : "", l->changed ? "*" : l->tag ? " " : "",
		 l->text);
	if (top + row == p->chosen && l->tag)
		text_add(out, REVERSE);
	cell(out, room, columns);
	if (top + row == p->chosen && l->tag)
		text_add(out, PLAIN);
	text_add(out, TO_END);
}

static void plot_rows(const struct page *p, struct text *out)
{
	static struct plot plot;	/* 96 KiB, used within this call only */
	const struct reel *r = p->cursor.reel;
	struct tape_note note;
	int64_t half = (int64_t)PLOT_SECONDS / 2 * 1000000000;

	if (!tape_note(&r->tape, r->shown[p->cursor.place], &note) ||
	    !plot_choose(r, p->cursor.place, plot.subject))
		return;
	plot_gather(&plot, r, note.boot, note.at_ns - half, note.at_ns + half);
	plot_draw(&plot, note.at_ns - half, note.at_ns + half, note.at_ns, p->columns, out);
}

static bool has_plot(const struct page *p)
{
	char subject[64];

	return p->cursor.reel->n && p->rows >= 20 &&
	       plot_choose(p->cursor.reel, p->cursor.place, subject);
}

/* The whole text of the event under the cursor, over two lines. */
static void detail(const struct page *p, struct text *out)
{
	const struct reel *r = p->cursor.reel;
	char room[NOTE_TEXT_MAX];
	struct text t = text_in(room, sizeof(room));
	struct tape_note note;
	size_t len, first = 0;

	if (r->n && tape_note(&r->tape, r->shown[p->cursor.place], &note)) {
		if (note.lost)
			text_add(&t, "[%llu records are missing before this] ",
				 (unsigned long long)note.lost);
		note_subject(&note, &t);
		text_add(&t, ": ");
		note_line(&note, &t);
	}
	for (len = t.len; first < len && first < p->columns; first++)
		;
	text_add(out, "\r\n");
	cell(out, room, p->columns);
	text_add(out, TO_END "\r\n");
	cell(out, room + first, p->columns);
	text_add(out, TO_END);
}

static void footer(const struct page *p, struct text *out)
{
	char room[256];

	if (p->typing)
		snprintf(room, sizeof(room), " search: %s_", p->search);
	else if (*p->message)
		snprintf(room, sizeof(room), " %s", p->message);
	else
		snprintf(room, sizeof(room), " up down  p n change  d decision  s symptom  "
			 "/ search  Enter facts  ? help  q");
	text_add(out, "\r\n");
	bar(out, room, p->columns - 1);	/* the last cell would scroll a terminal */
}

static void events_view(const struct page *p, struct text *out)
{
	bool plot = has_plot(p);
	unsigned rows = p->rows - 4 - (plot ? PLOT_ROWS : 0), left = p->columns * 3 / 5;

	for (unsigned row = 0; row < rows; row++) {
		long place = (long)p->cursor.place - (long)rows / 2 + (long)row;

		text_add(out, "\r\n");
		event_row(p, place, left, out);
		text_add(out, " ");
		state_cell(p, row, rows, p->columns - left - 2, out);
	}
	if (plot)
		plot_rows(p, out);
	detail(p, out);
}

/* --- the facts behind a decision ---------------------------------------------------------- */

static void fact_lines(const struct page *p, struct text *t)
{
	const struct reel *r = p->cursor.reel;
	struct tape_note note;
	long basis = cursor_basis(&p->cursor);

	if (!r->n || !tape_note(&r->tape, r->shown[p->cursor.place], &note))
		return;
	text_add(t, "%s\n", flight_kind_name(note.kind));
	note_fields(&note, t);
	text_add(t, "\nwhat came before it, since the one before:\n");
	for (long k = basis; k < (long)p->cursor.place; k++) {
		if (!tape_note(&r->tape, r->shown[k], &note))
			continue;
		clock_of_day(&r->tape, r->shown[k], t);
		text_add(t, " ");
		note_subject(&note, t);
		text_add(t, " ");
		note_line(&note, t);
		text_add(t, "\n");
	}
}

static void lines_from(const char *lines, unsigned skip, const struct page *p, struct text *out)
{
	unsigned rows = p->rows - 2;

	for (unsigned row = 0; row < rows; row++) {
		char line[512];
		size_t len = strcspn(lines, "\n");

		while (skip && *lines) {
			lines += len + (lines[len] == '\n');
			len = strcspn(lines, "\n");
			skip--;
		}
		snprintf(line, sizeof(line), "%.*s", (int)len, lines);
		text_add(out, "\r\n");
		cell(out, line, p->columns);
		text_add(out, TO_END);
		lines += len + (lines[len] == '\n');
	}
}

static void facts_view(const struct page *p, struct text *out)
{
	static char room[PAGE_BYTES];
	struct text t = text_in(room, sizeof(room));

	fact_lines(p, &t);
	lines_from(room, p->scroll, p, out);
}

static void help_view(const struct page *p, struct text *out)
{
	for (unsigned row = 0; row < p->rows - 2; row++) {
		text_add(out, "\r\n");
		cell(out, row < ARRAY_LEN(help) ? help[row] : "", p->columns);
		text_add(out, TO_END);
	}
}

/* --- all of it ---------------------------------------------------------------------------- */

static void show_difference(struct page *p)
{
	static struct moment good;
	static uint8_t bytes[MOMENT_BYTES];
	const struct cursor *c = &p->cursor;
	long place = cursor_last_good(c, NULL);

	good = moment_in(bytes, sizeof(bytes));
	if (place < 0) {
		snprintf(p->message, sizeof(p->message), "nothing was ready before this");
		p->panel.n = 0;
		return;
	}
	tape_moment(&c->reel->tape, c->reel->shown[place], &good, NULL);
	panel_diff(&p->panel, &good, &c->now);
}

static void fill_panel(struct page *p)
{
	if (p->diff)
		show_difference(p);
	else
		panel_state(&p->panel, &p->cursor.now, &p->cursor.before);
	if (p->chosen >= p->panel.n)
		p->chosen = p->panel.n ? p->panel.n - 1 : 0;
	while (p->chosen + 1 < p->panel.n && !p->panel.line[p->chosen].tag)
		p->chosen++;
}

void page_start(struct page *p, const struct reel *reel, const char *name)
{
	p->title = name;
	cursor_start(&p->cursor, reel);
}

void page_draw(struct page *p, struct text *out)
{
	fill_panel(p);
	title(p, out);
	switch (p->view) {
	case PAGE_EVENTS: events_view(p, out); break;
	case PAGE_FACTS: facts_view(p, out); break;
	case PAGE_HELP: help_view(p, out); break;
	}
	footer(p, out);
}
