#include <string.h>

#include "plot.h"
#include "supervisor/record/samples.h"

enum { LABEL_COLUMNS = 12 };

static bool has_offsets(const struct tape_note *note, char subject[64])
{
	struct flight_field f, who;
	size_t len;

	if (!tape_field(note, TAG_SUBJECT, &who) ||
	    !(tape_field(note, TAG_SAMPLES, &f) || tape_field(note, TAG_MINUTES, &f) ||
	      (tape_field(note, TAG_OFFSET_NS, &f) && f.len)))
		return false;
	len = who.len < 63 ? who.len : 63;
	memcpy(subject, who.value, len);
	subject[len] = '\0';
	return true;
}

bool plot_choose(const struct reel *r, unsigned place, char subject[64])
{
	struct tape_note note;

	for (unsigned k = place + 1; k-- > 0;)
		if (tape_note(&r->tape, r->shown[k], &note) && has_offsets(&note, subject))
			return true;
	for (unsigned k = place + 1; k < r->n; k++)
		if (tape_note(&r->tape, r->shown[k], &note) && has_offsets(&note, subject))
			return true;
	return false;
}

/* --- gathering -------------------------------------------------------------------------- */

struct span {
	int64_t from, to;
};

static void add(struct plot *p, const struct span *in, struct plot_point point)
{
	if (point.at_ns >= in->from && point.at_ns <= in->to && p->n < PLOT_POINTS_MAX)
		p->at[p->n++] = point;
}

static void add_minutes(struct plot *p, const struct span *in, const struct flight_field *f,
			int64_t note_ns)
{
	struct sample_minute m;

	for (unsigned i = 0; samples_read_minute(f, i, note_ns / 1000000, &m); i++)
		for (unsigned s = 0; s < 60; s += 5)	/* a band as wide as the minute */
			add(p, in, (struct plot_point){ .at_ns = (m.from + s * SEC) * 1000000,
							.low = m.least, .high = m.most,
							.freq_ppb = m.freq_ppb, .has_freq = true });
}

static void add_singles(struct plot *p, const struct span *in, const struct flight_field *f,
			int64_t note_ns)
{
	struct sample s;
	msec_t at;

	for (unsigned i = 0; samples_read(f, i, note_ns / 1000000, &at, &s); i++)
		add(p, in, (struct plot_point){ .at_ns = at * 1000000, .low = s.offset_ns,
						.high = s.offset_ns, .freq_ppb = s.freq_ppb,
						.has_freq = true });
}

static void add_health(struct plot *p, const struct span *in, const struct flight_field *f,
		       int64_t note_ns)
{
	double offset = (double)flight_number(f);

	add(p, in, (struct plot_point){ .at_ns = note_ns, .low = offset, .high = offset });
}

static void add_note(struct plot *p, const struct span *in, const struct tape_note *note)
{
	size_t at = 0, len = strlen(p->subject);
	struct flight_field f;
	bool meant = false;

	while (flight_next(note->bytes, note->len, &at, &f)) {
		if (f.tag == TAG_SUBJECT)
			meant = f.len == len && !memcmp(f.value, p->subject, len);
		else if (meant && f.tag == TAG_MINUTES)
			add_minutes(p, in, &f, note->at_ns);
		else if (meant && f.tag == TAG_SAMPLES)
			add_singles(p, in, &f, note->at_ns);
		else if (meant && f.tag == TAG_OFFSET_NS && f.len)
			add_health(p, in, &f, note->at_ns);
	}
}

void plot_gather(struct plot *p, const struct reel *r, uint32_t boot, int64_t from_ns, int64_t to_ns)
{
	const struct span in = { from_ns, to_ns };
	struct tape_note note;

	p->boot = boot;
	p->n = 0;
	for (unsigned k = 0; k < r->n; k++)
		/* samples are told after they were taken, so later notes count, too */
		if (tape_note(&r->tape, r->shown[k], &note) && note.boot == boot &&
		    note.at_ns >= from_ns)
			add_note(p, &in, &note);
}

/* --- drawing ---------------------------------------------------------------------------- */

/* Three significant digits with a unit, right-aligned. */
static void label(struct text *out, double ns)
{
	static const struct {
		double per;
		const char *unit;
	} scales[] = { { 1e9, "s " }, { 1e6, "ms" }, { 1e3, "us" }, { 1, "ns" } };
	double size = ns < 0 ? -ns : ns;
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(scales) && size < scales[i].per)
		i++;
	text_add(out, "%8.4g %s ", ns / scales[i].per, scales[i].unit);
}

static void range_of(const struct plot *p, double *low, double *high)
{
	*low = p->n ? p->at[0].low : 0;
	*high = p->n ? p->at[0].high : 0;
	for (unsigned i = 1; i < p->n; i++) {
		*low = p->at[i].low < *low ? p->at[i].low : *low;
		*high = p->at[i].high > *high ? p->at[i].high : *high;
	}
	if (*high - *low < 10) {	/* a flat line is drawn in the middle */
		*high += 5;
		*low -= 5;
	}
}

void plot_draw(const struct plot *p, int64_t from_ns, int64_t to_ns, int64_t mark_ns,
	       unsigned columns, struct text *out)
{
	char grid[PLOT_ROWS][PLOT_COLUMNS_MAX + 1];
	unsigned width = columns > LABEL_COLUMNS ? columns - LABEL_COLUMNS : 1;
	double low, high, across = (double)(to_ns - from_ns > 0 ? to_ns - from_ns : 1);
	unsigned mark;

	width = width < PLOT_COLUMNS_MAX ? width : PLOT_COLUMNS_MAX;
	mark = (unsigned)((double)(mark_ns - from_ns) / across * (width - 1));
	range_of(p, &low, &high);
	memset(grid, ' ', sizeof(grid));
	for (unsigned row = 0; row < PLOT_ROWS && mark < width; row++)
		grid[row][mark] = '|';
	for (unsigned i = 0; i < p->n; i++) {
		const struct plot_point *at = &p->at[i];
		unsigned x = (unsigned)((double)(at->at_ns - from_ns) / across * (width - 1));
		unsigned top = (unsigned)((high - at->high) / (high - low) * (PLOT_ROWS - 1) + 0.5);
		unsigned end = (unsigned)((high - at->low) / (high - low) * (PLOT_ROWS - 1) + 0.5);

		for (unsigned y = top; y <= end; y++)
			grid[y][x] = at->low < at->high ? ':' : '*';
	}
	for (unsigned row = 0; row < PLOT_ROWS; row++) {
		text_add(out, "\r\n");
		label(out, high - (high - low) * row / (PLOT_ROWS - 1));
		text_add(out, "%.*s\033[K", (int)width, grid[row]);
	}
}
