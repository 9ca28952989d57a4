/* The report as one page: nothing is fetched, nothing is run, it prints well. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "notetext.h"
#include "report_private.h"
#include "svg.h"

static const char style[] =
	"body{font:15px/1.45 sans-serif;color:#111;max-width:62em;margin:1.5em auto;padding:0 1em}"
	"h1{font-size:1.35em;margin:0 0 .2em}h2{font-size:1.05em;margin:1.6em 0 .4em;"
	"border-bottom:1px solid #bbb}"
	".sub{color:#555;margin:0}pre{font:12.5px/1.4 monospace;white-space:pre-wrap;"
	"overflow-wrap:anywhere;background:#f6f6f6;padding:.6em .8em;margin:.4em 0}"
	"table{border-collapse:collapse;font:12.5px/1.4 monospace}td{padding:.1em .8em .1em 0;"
	"vertical-align:top}.t{white-space:nowrap;color:#555}.decision,.action,.launch{color:#064}"
	".exit,.incident{color:#900;font-weight:bold}.line{color:#333}"
	"svg{display:block;margin:.4em 0}"
	"@media print{body{margin:0;max-width:none;font-size:11px}pre,table{font-size:9px}"
	"svg,tr{break-inside:avoid}}";

/* Redacted and safe. */
static void say(struct report *r, const char *s, FILE *out)
{
	size_t size = 2 * strlen(s) + 64;
	char *copy = malloc(size);

	if (!copy)
		return;
	redact_copy(&r->redact, s, copy, size);
	svg_text(copy, out);
	free(copy);
}

static void head(struct report *r, FILE *out)
{
	const struct kept_incident *i = &r->incident;
	char opened[32], closed[32];

	report_when(i->opened, opened, sizeof(opened));
	report_when(i->closed, closed, sizeof(closed));
	fprintf(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width\"><title>Incident %u of ",
		(unsigned)i->number);
	say(r, i->unit, out);
	fprintf(out, "</title><style>%s</style></head><body>\n<h1>", style);
	say(r, *r->texts.title ? r->texts.title : i->unit, out);
	fputs("</h1>\n<p class=\"sub\">Incident ", out);
	fprintf(out, "%u of unit <b>", (unsigned)i->number);
	say(r, i->unit, out);
	fputs("</b> on <b>", out);
	svg_text(r->redact.on ? "HOST" : r->host, out);
	fprintf(out, "</b>: opened %s, over: %s", opened, closed);
	if (i->repeats)
		fprintf(out, ", failed again %u times", (unsigned)i->repeats);
	if (i->unlocked_ms)
		fprintf(out, ", %.1f s without lock", i->unlocked_ms / 1000.0);
	fputs("</p>\n", out);
}

static int64_t span_ns(const struct report *r, unsigned place, uint32_t *boot)
{
	struct tape_note note = { 0 };

	(void)tape_note(&r->reel.tape, r->reel.shown[place], &note);
	*boot = note.boot;
	return note.at_ns;
}

/* Below each other with one axis, so that one sees what came first. */
static void pictures(struct report *r, FILE *out)
{
	struct lanes *lanes = malloc(sizeof(*lanes));
	struct plot *plot = malloc(sizeof(*plot));
	uint32_t boot, end_boot;
	int64_t from = span_ns(r, r->stretch.from, &boot);
	int64_t to = span_ns(r, r->stretch.to - 1, &end_boot);

	fputs("<h2>States over time</h2>\n", out);
	if (lanes) {
		lanes_gather(lanes, &r->reel, r->stretch);
		svg_lanes(lanes, out);
	}
	/* a curve over two boots would be two, with nothing known between them */
	if (plot && boot == end_boot && plot_choose(&r->reel, r->stretch.to - 1, plot->subject)) {
		plot_gather(plot, &r->reel, boot, from, to);
		svg_curve(plot, SVG_OFFSET, from, to, out);
		svg_curve(plot, SVG_FREQUENCY, from, to, out);
	}
	fputs("<p class=\"sub\">\xe2\x96\xb2 a process was started, \xc3\x97 one ended. Each bar tells its "
	      "value and length.</p>\n", out);
	free(plot);
	free(lanes);
}

static void event_row(struct report *r, unsigned place, const struct tape_note *note, FILE *out)
{
	char room[NOTE_TEXT_MAX], when[32], who[128];
	struct text t = text_in(room, sizeof(room)), w = text_in(when, sizeof(when));
	struct text s = text_in(who, sizeof(who));

	clock_of_day(&r->reel.tape, r->reel.shown[place], &w);
	note_subject(note, &s);
	note_line(note, &t);
	fprintf(out, "<tr class=\"%s\"><td class=\"t\">%s</td><td>", flight_kind_name(note->kind), when);
	say(r, who, out);
	fputs("</td><td>", out);
	say(r, room, out);
	fputs("</td></tr>\n", out);
}

/* Events of some kinds; the number of rows. */
static unsigned table(struct report *r, const char *title, uint32_t kinds, FILE *out)
{
	struct tape_note note;
	unsigned rows = 0;

	for (unsigned k = r->stretch.from; k < r->stretch.to && rows < REPORT_EVENTS_MAX; k++) {
		if (!tape_note(&r->reel.tape, r->reel.shown[k], &note) || !report_shows(&note) ||
		    note.kind >= 32 || !(kinds & 1u << note.kind))
			continue;
		if (!rows++)
			fprintf(out, "<h2>%s</h2>\n<table>\n", title);
		event_row(r, k, &note, out);
	}
	if (rows)
		fputs("</table>\n", out);
	return rows;
}

static void recorded(struct report *r, FILE *out)
{
	const uint32_t lines = 1u << FLIGHT_LINE, findings = 1u << FLIGHT_FINDING;

	if (r->stretch.to <= r->stretch.from) {
		fputs("<h2>States over time</h2>\n<p>The recording does not reach back to this "
		      "incident.</p>\n", out);
		return;
	}
	pictures(r, out);
	table(r, "What happened and what was done", ~(lines | findings), out);
	table(r, "What the daemons printed", lines, out);
	table(r, "What the probes found", findings, out);
}

void report_html(struct report *r, FILE *out)
{
	head(r, out);
	fputs("<h2>Verdict, what was new, what to do</h2>\n<pre>", out);
	say(r, r->texts.text, out);
	fputs("</pre>\n", out);
	recorded(r, out);
	fprintf(out, "<h2>Versions</h2>\n<p>Made by ptpwarden %s.%s</p>\n</body></html>\n", VERSION,
		r->redact.on ? " Addresses, clock identities and the host name were replaced, equal "
			       "ones by equal names." : "");
}
