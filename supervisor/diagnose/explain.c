/* The verdict as text: LINES lines, so that with what is done about it a screen of 24 is enough. */
#include <stdio.h>
#include <string.h>

#include "diagnose.h"
#include "evidence.h"
#include "rulebase.h"

enum { LINES = 20, COLUMNS = 79, ITEM_BYTES = 400, PARAGRAPH_BYTES = 4 * ITEM_BYTES };

struct page {
	struct text *out;
	unsigned lines;
};

/* Bytes of `s` that fit on a line of `width` characters, broken at a blank where there is one. */
static size_t fits(const char *s, size_t width)
{
	size_t bytes = 0, blank = 0, columns = 0;

	while (s[bytes] && columns < width) {
		if (s[bytes] == ' ')
			blank = bytes;
		bytes++;
		while (((unsigned char)s[bytes] & 0xc0) == 0x80)
			bytes++;
		columns++;
	}
	return !s[bytes] || s[bytes] == ' ' || !blank ? bytes : blank;
}

/*
 * One paragraph on at most `most` lines; what does not fit ends in "...". Titles
 * and advice hold names of files, options and hosts, so all of it is made safe.
 */
static void paragraph(struct page *p, const char *lead, const char *says, unsigned most)
{
	char room[PARAGRAPH_BYTES];
	struct text safe = text_in(room, sizeof(room));
	size_t indent = strlen(lead);
	const char *s = room;

	text_add_escaped(&safe, says, strlen(says));

	for (unsigned i = 0; *s && i < most && p->lines < LINES; i++, p->lines++) {
		bool last = i + 1 == most || p->lines + 1 == LINES;
		size_t n = fits(s, COLUMNS - indent);

		if (last && s[n])
			n = fits(s, COLUMNS - indent - 4);
		text_add(p->out, "%*s%.*s%s\n", (int)indent, i ? "" : lead, (int)n, s,
			 last && s[n] ? " ..." : "");
		s += n;
		while (*s == ' ')
			s++;
	}
}

static void heading(struct page *p, const char *s)
{
	if (p->lines + 1 < LINES)
		paragraph(p, "", s, 1);
}

static void add_age(struct text *t, const char *lead, msec_t age)
{
	if (age == MSEC_NONE || age < 0)
		return;
	if (age < 2 * MIN)
		text_add(t, "%s%lld s ago", lead, (long long)(age / SEC));
	else if (age < 2 * HOUR)
		text_add(t, "%s%lld min ago", lead, (long long)(age / MIN));
	else if (age < 48 * HOUR)
		text_add(t, "%s%lld h ago", lead, (long long)(age / HOUR));
	else
		text_add(t, "%s%lld days ago", lead, (long long)(age / (24 * HOUR)));
}

static void show_evidence(struct page *p, const struct evidence *e)
{
	char room[ITEM_BYTES];
	struct text t = text_in(room, sizeof(room));
	bool line = !strncmp(e->name, "log.", 4);

	if (!line) {
		text_add_escaped(&t, e->name, strlen(e->name));
		text_add(&t, ": ");
	}
	text_add_escaped(&t, e->value, strlen(e->value));
	text_add(&t, " [%s", e->source[0] ? e->source : "?");
	add_age(&t, ", ", e->age_ms);
	text_add(&t, "]");
	paragraph(p, "  ", room, 2);
}

static void show_list(struct page *p, const char *title, const struct evidence *list, unsigned n,
		      unsigned most)
{
	if (!n)
		return;
	heading(p, title);
	for (unsigned i = 0; i < n && i < most; i++)
		show_evidence(p, &list[i]);
}

enum { CHANGES_SHOWN = 3 };

static void change_line(struct page *p, const char *lead, const char *says, msec_t age)
{
	char room[ITEM_BYTES];
	struct text t = text_in(room, sizeof(room));

	text_add_escaped(&t, says, strlen(says));
	add_age(&t, ", ", age);
	paragraph(p, lead, room, 1);
}

/* Lines of a configuration as a diff, everything else on one line. */
static void show_change(struct page *p, const struct change *c)
{
	char room[ITEM_BYTES];

	if (strcmp(c->name, "config")) {
		snprintf(room, sizeof(room), "%s: %s -> %s", c->name, c->from[0] ? c->from : "none",
			 c->to[0] ? c->to : "none");
		change_line(p, "  ", room, c->age_ms);
		return;
	}
	if (c->from[0])
		change_line(p, "  config: - ", c->from, c->to[0] ? MSEC_NONE : c->age_ms);
	if (c->to[0])
		change_line(p, "  config: + ", c->to, c->age_ms);
}

static void good_run(struct text *t, const struct verdict *v)
{
	text_add(t, "the last good run");
	add_age(t, ", ", v->good_age_ms);
}

static void show_changes(struct page *p, const struct verdict *v)
{
	char room[ITEM_BYTES];
	struct text t = text_in(room, sizeof(room));

	if (v->changed_n) {
		text_add(&t, "New since ");
		good_run(&t, v);
		text_add(&t, ":");
	} else if (v->baseline == BASELINE_THERE && v->kind != VERDICT_HEALTHY) {
		text_add(&t, "Nothing that is watched has changed since ");
		good_run(&t, v);
		text_add(&t, ".");
	} else if (v->baseline == BASELINE_NONE && v->kind != VERDICT_HEALTHY) {
		text_add(&t, "It has not run well here before, so nothing can be called new.");
	}
	if (t.len)
		paragraph(p, "", room, 1);
	for (unsigned i = 0; i < v->changed_n && i < CHANGES_SHOWN; i++)
		show_change(p, &v->changed[i]);
}

static void show_missing(struct page *p, const struct verdict_cause *c)
{
	char room[ITEM_BYTES];
	struct text t = text_in(room, sizeof(room));

	if (!c->missing || c->confidence == CONFIDENCE_CERTAIN)
		return;
	text_add(&t, "Not known:");
	for (unsigned i = 0; i < c->missing && i < 4; i++)
		text_add(&t, "%s %s", i ? "," : "", c->miss[i]);
	paragraph(p, "", room, 1);
}

static void show_advice(struct page *p, const struct verdict_cause *c)
{
	if (!c->advices)
		return;
	heading(p, "What to do:");
	for (unsigned i = 0; i < c->advices; i++)
		paragraph(p, i ? "  then: " : "  first: ", c->advice[i], 2);
}

/* Beside a certainty nobody wants to know what else it is not. */
static void show_rejected(struct page *p, const struct verdict *v)
{
	unsigned most = v->kind == VERDICT_UNKNOWN ? 4 : 2;
	char room[ITEM_BYTES];

	if (v->causes && v->cause[0].confidence == CONFIDENCE_CERTAIN)
		return;
	if (v->rejected_n)
		heading(p, "Considered and rejected:");
	for (unsigned i = 0; i < v->rejected_n && i < most; i++) {
		snprintf(room, sizeof(room), "%s, because %s", v->rejected[i].id,
			 v->rejected[i].because);
		paragraph(p, "  ", room, 1);
	}
}

static void show_others(struct page *p, const struct verdict *v)
{
	char room[ITEM_BYTES];

	for (unsigned i = 1; i < v->causes && i < 3; i++) {
		snprintf(room, sizeof(room), "%s: %s",
			 v->cause[i].with ? "Together with" : "Or perhaps", v->cause[i].title);
		paragraph(p, "", room, 2);
	}
	if (v->next[0])
		paragraph(p, "Look next: ", v->next, 2);
	show_rejected(p, v);
}

void explain_line(const struct verdict *v, struct text *out)
{
	if (v->kind == VERDICT_HEALTHY)
		text_add(out, "nothing is wrong");
	else if (v->kind == VERDICT_UNKNOWN)
		text_add(out, "it fails, and no known cause explains what is seen");
	else
		text_add_escaped(out, v->cause[0].title, strlen(v->cause[0].title));
}

void explain_verdict(const struct verdict *v, const char *unit, struct text *out)
{
	struct page p = { .out = out };
	char room[ITEM_BYTES];
	struct text t = text_in(room, sizeof(room));

	text_add(&t, "%s: ", unit);
	explain_line(v, &t);
	if (v->kind == VERDICT_CAUSE)
		text_add(&t, " (%s)", confidence_name(v->cause[0].confidence));
	paragraph(&p, "", room, 3);
	show_changes(&p, v);
	if (v->kind == VERDICT_CAUSE) {
		show_list(&p, "Because:", v->cause[0].explain, v->cause[0].explains, 4);
		show_list(&p, "Against it:", v->cause[0].contra, v->cause[0].against, 2);
		show_missing(&p, &v->cause[0]);
		show_advice(&p, &v->cause[0]);
	}
	show_list(&p, v->kind == VERDICT_CAUSE ? "Still unexplained:" : "Seen:", v->unexplained,
		  v->unexplained_n, 4);
	show_others(&p, v);
}

/* A text of the rules as it reads when nothing is known of a case; false when nothing is left. */
static bool template(struct page *p, const char *lead, const struct rulebase *r, uint32_t text)
{
	char room[ITEM_BYTES];
	struct text t = text_in(room, sizeof(room));
	struct facts none;
	struct known nothing;

	none.n = none.dropped = 0;
	known_init(&nothing, r, &none, NULL, MSEC_NONE);
	known_fill(&nothing, r->pool + text, &t);
	paragraph(p, lead, room, 3);
	return t.len > 0;
}

static bool explain_cause(const struct rulebase *r, const char *id, struct page *p)
{
	for (unsigned i = 0; i < r->causes; i++) {
		const struct rb_cause *c = &r->cause[i];

		if (strcmp(r->pool + c->id, id))
			continue;
		template(p, "", r, c->title);
		for (unsigned k = 0, shown = 0; k < c->advice.n; k++)
			shown += template(p, shown ? "  then: " : "  first: ", r,
					  r->advice[c->advice.first + k].text);
		if (c->confirm)
			template(p, "To be sure: ", r, c->confirm);
		return true;
	}
	return false;
}

bool explain_id(const struct rulebase *r, const char *id, struct text *out)
{
	struct page p = { .out = out };
	const char *name = strncmp(id, "log.", 4) ? id : id + 4;
	uint16_t message;

	if (explain_cause(r, id, &p))
		return true;
	message = catalogue_find(r->catalogue, name, strlen(name));
	if (message == MESSAGE_NONE)
		return false;
	paragraph(&p, "", r->catalogue->pool + r->catalogue->message[message].about, 3);
	return true;
}
