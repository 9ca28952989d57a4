#include <string.h>
#include <time.h>

#include "svg.h"

enum { WIDTH = 960, LABEL = 150, ROW = 20, TOP = 24, CURVE = 140, CHARACTER = 7, TICKS = 6 };

static const struct {
	const char *value, *fill;
} fills[] = {
	{ "ready", "#b7e1bd" }, { "LOCKED", "#b7e1bd" }, { "SLAVE", "#b7e1bd" },
	{ "MASTER", "#b7e1bd" }, { "GRAND_MASTER", "#b7e1bd" }, { "PASSIVE", "#b7e1bd" },
	{ "running", "#fff1b8" }, { "starting", "#fff1b8" }, { "probing", "#fff1b8" },
	{ "UNCALIBRATED", "#fff1b8" }, { "LISTENING", "#fff1b8" }, { "HOLDOVER", "#fff1b8" },
	{ "waiting", "#ffd3b0" }, { "backing-off", "#ffb3a8" }, { "FAULTY", "#ffb3a8" },
	{ "FREERUN", "#ffd3b0" },
};

void svg_text(const char *s, FILE *out)
{
	for (; *s; s++) {
		switch (*s) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default:
			if ((unsigned char)*s < ' ' && *s != '\n' && *s != '\t')
				fputs("&#xFFFD;", out);
			else
				fputc(*s, out);
		}
	}
}

static const char *fill_of(const struct lane *lane, const char *value)
{
	for (size_t i = 0; i < ARRAY_LEN(fills); i++)
		if (!strcmp(fills[i].value, value))
			return fills[i].fill;
	if (lane->tag == TAG_LINK)
		return strstr(value, "no ") || strstr(value, "down") || strstr(value, "gone")
			? "#ffb3a8" : "#b7e1bd";
	return "#e4e4e4";
}

static double across(int64_t at, int64_t from, int64_t to)
{
	double part = to > from ? (double)(at - from) / (double)(to - from) : 0;

	part = part < 0 ? 0 : part > 1 ? 1 : part;
	return LABEL + part * (WIDTH - LABEL - 1);
}

static void begin(unsigned height, const char *what, FILE *out)
{
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %u\" "
		"width=\"100%%\" role=\"img\" aria-label=\"%s\" font-family=\"sans-serif\" "
		"font-size=\"12\">\n", WIDTH, height, what);
}

/* Times below: the wall clock where it is known. */
static void ticks(int64_t from_us, int64_t to_us, unsigned height, FILE *out)
{
	for (unsigned i = 0; i <= TICKS; i++) {
		int64_t at = from_us + (to_us - from_us) * i / TICKS;
		double x = across(at, from_us, to_us);
		time_t s = (time_t)(at / 1000000);
		struct tm tm;
		char room[32] = "";

		if (localtime_r(&s, &tm))
			strftime(room, sizeof(room), "%H:%M:%S", &tm);
		fprintf(out, "<path d=\"M%.1f %d V%u\" stroke=\"#ccc\"/><text x=\"%.1f\" y=\"14\" "
			"text-anchor=\"%s\" fill=\"#555\">%s</text>\n", x, TOP - 4, height, x,
			i == TICKS ? "end" : "middle", room);
	}
}

static void bar(const struct lanes *l, const struct lane *lane, const struct lane_slice *s,
		unsigned y, FILE *out)
{
	double x = across(s->from_us, l->from_us, l->to_us);
	double width = across(s->to_us, l->from_us, l->to_us) - x;

	fprintf(out, "<rect x=\"%.1f\" y=\"%u\" width=\"%.1f\" height=\"%d\" fill=\"%s\" "
		"stroke=\"#666\" stroke-width=\".5\"><title>", x, y + 2, width < 1 ? 1 : width,
		ROW - 4, fill_of(lane, s->value));
	svg_text(s->value, out);
	fprintf(out, " for %.3f s</title></rect>\n", (double)(s->to_us - s->from_us) / 1e6);
	if (width < (double)(CHARACTER * strlen(s->value)))
		return;
	fprintf(out, "<text x=\"%.1f\" y=\"%u\">", x + 3, y + ROW - 6);
	svg_text(s->value, out);
	fputs("</text>\n", out);
}

static void marks(const struct lanes *l, const struct lane *lane, unsigned y, FILE *out)
{
	for (unsigned i = 0; i < l->marks && lane->tag == TAG_STATE; i++) {
		const struct lane_mark *m = &l->mark[i];
		double x = across(m->at_us, l->from_us, l->to_us);

		if (strcmp(m->subject, lane->subject))
			continue;
		if (m->kind == FLIGHT_EXIT)
			fprintf(out, "<path d=\"M%.1f %u l6 8 m0 -8 l-6 8\" stroke=\"#a00\" "
				"stroke-width=\"2\"><title>process ended</title></path>\n", x - 3, y + 6);
		else
			fprintf(out, "<path d=\"M%.1f %u l4 -8 l4 8 z\" fill=\"#06c\">"
				"<title>process started</title></path>\n", x - 4, y + ROW - 5);
	}
}

static void row(const struct lanes *l, const struct lane *lane, unsigned y, FILE *out)
{
	fprintf(out, "<text x=\"0\" y=\"%u\">", y + ROW - 6);
	svg_text(lane->subject, out);
	fprintf(out, " <tspan fill=\"#777\">%s</tspan></text>\n", flight_tag_name(lane->tag));
	for (unsigned i = 0; i < lane->n; i++)
		bar(l, lane, &lane->at[i], y, out);
	marks(l, lane, y, out);
}

void svg_lanes(const struct lanes *l, FILE *out)
{
	unsigned height = TOP + l->n * ROW + 2;

	if (!l->n)
		return;
	begin(height, "states over time", out);
	ticks(l->from_us, l->to_us, height, out);
	for (unsigned i = 0; i < l->n; i++)
		row(l, &l->at[i], TOP + i * ROW, out);
	fputs("</svg>\n", out);
}

/* --- curves ------------------------------------------------------------------------------- */

static bool ends_of(const struct plot_point *p, enum svg_curve what, double *low, double *high)
{
	*low = what == SVG_OFFSET ? p->low : p->freq_ppb;
	*high = what == SVG_OFFSET ? p->high : p->freq_ppb;
	return what == SVG_OFFSET || p->has_freq;
}

static bool range_of(const struct plot *p, enum svg_curve what, double *least, double *most)
{
	bool any = false;
	double low, high;

	for (unsigned i = 0; i < p->n; i++) {
		if (!ends_of(&p->at[i], what, &low, &high))
			continue;
		*least = !any || low < *least ? low : *least;
		*most = !any || high > *most ? high : *most;
		any = true;
	}
	if (any && *most - *least < 2) {
		*most += 1;
		*least -= 1;
	}
	return any;
}

static void value_label(double value, enum svg_curve what, double y, FILE *out)
{
	if (what == SVG_FREQUENCY)
		fprintf(out, "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">%.0f ppb</text>\n",
			LABEL - 4, y, value);
	else
		fprintf(out, "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">%.4g %s</text>\n", LABEL - 4,
			y, value > 1e5 || value < -1e5 ? value / 1e6 : value,
			value > 1e5 || value < -1e5 ? "ms" : "ns");
}

void svg_curve(const struct plot *p, enum svg_curve what, int64_t from_ns, int64_t to_ns, FILE *out)
{
	double least = 0, most = 0, low, high;
	const double bottom = CURVE - 8, height = CURVE - 20;

	if (!range_of(p, what, &least, &most))
		return;
	begin(CURVE, what == SVG_OFFSET ? "offset over time" : "frequency over time", out);
	fprintf(out, "<text x=\"0\" y=\"14\">");
	svg_text(p->subject, out);
	fprintf(out, " %s</text>\n", what == SVG_OFFSET ? "offset" : "frequency");
	fprintf(out, "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"none\" "
		"stroke=\"#ddd\"/>\n", LABEL, bottom - height - 3, WIDTH - LABEL - 1, height + 6);
	value_label(most, what, bottom - height + 4, out);
	value_label(least, what, bottom, out);
	if (least < 0 && most > 0)
		fprintf(out, "<path d=\"M%d %.1f H%d\" stroke=\"#ccc\"/>\n", LABEL,
			bottom + least / (most - least) * height, WIDTH);
	for (unsigned i = 0; i < p->n; i++) {
		double x = across(p->at[i].at_ns, from_ns, to_ns), y;

		if (!ends_of(&p->at[i], what, &low, &high))
			continue;
		y = bottom - (high - least) / (most - least) * height;
		fprintf(out, "<path d=\"M%.1f %.1f v%.1f\" stroke=\"#06c\" stroke-width=\"3\" "
			"stroke-linecap=\"round\"/>\n", x, y, (high - low) / (most - least) * height + .01);
	}
	fputs("</svg>\n", out);
}
