#include <stdio.h>
#include <string.h>

#include "phrase.h"
#include "render_status.h"
#include "render_why.h"
#include "fact.h"
#include "supervisor/diagnose/diagnose.h"
#include "supervisor/diagnose/factlist.h"
#include "verbs.h"
#include "verdictjson.h"

static void add_line(struct text *t, unsigned indent, const char *says)
{
	phrase_wrap(t, indent, says);
}

/* Wall time is for people; it may have been stepped since, the ages have not. */
static void add_opened(const struct incident *i, msec_t now, struct text *t)
{
	char when[32] = "?";
	struct tm tm;

	if (localtime_r(&i->opened_wall, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	text_add(t, "Incident %u, opened %s (", i->number, when);
	phrase_age(t, now - i->opened_at);
	text_add(t, " ago), ");
	if (i->closed_at == MSEC_NONE) {
		text_add(t, "still open");
	} else {
		text_add(t, "over after ");
		phrase_age(t, i->closed_at - i->opened_at);
	}
	if (i->repeats)
		text_add(t, ", happened %u times", i->repeats + 1);
	text_add(t, ".");
}

static void add_which(const struct incident *i, struct text *t)
{
	size_t start;

	if (i->alternate) {
		text_add(t, " On alternate %u", i->alternate);
		if (i->alternate_name) {
			text_add(t, " (");
			phrase_safe(t, i->alternate_name);
			text_add(t, ")");
		}
		text_add(t, ".");
	}
	if (i->exit.kind == EXIT_KIND_NONE)
		return;
	text_add(t, " It ");
	start = t->len;
	phrase_exit(t, &i->exit);
	text_add(t, t->len > start ? "." : "");
}

static void add_incident(const struct why *w, struct text *t)
{
	char room[512];
	struct text line = text_in(room, sizeof(room));

	add_opened(w->incident, w->now, &line);
	add_which(w->incident, &line);
	add_line(t, 0, room);
}

/* Their details are evidence and stand above; the ids can be asked for with why ID. */
static void add_blocked(const struct incident *i, struct text *t)
{
	char room[1024];
	struct text line = text_in(room, sizeof(room));

	for (unsigned n = 0; n < i->blocked_n && n < INCIDENT_BLOCKED_MAX; n++) {
		text_add(&line, "%s%s (", n ? ", " : "Start forbidden by ", i->blocked[n].id);
		phrase_safe(&line, i->blocked[n].subject);
		text_add(&line, ")");
	}
	if (line.len)
		text_add(&line, ".");
	if (i->blocked_n && i->blocked[0].advice[0]) {	/* it knows the case better than the rule */
		text_add(&line, " ");
		phrase_safe(&line, i->blocked[0].advice);
	}
	add_line(t, 0, room);
}

static void add_now(const struct why *w, struct text *t)
{
	char room[1024];
	struct text line = text_in(room, sizeof(room));

	phrase_safe(&line, w->view->name);
	text_add(&line, " now: ");
	status_now(w->view, &line);
	add_line(t, 0, room);
}

static void add_standing(const struct why *w, struct text *t)
{
	char room[1024];
	struct text line = text_in(room, sizeof(room));

	if (!w->view->alternate || w->view->state == ST_STOPPED)
		return;
	status_standing(w->view, w->standing, &line);
	add_line(t, 0, room);
}

static void add_fact(char sign, const struct evidence *e, struct text *t)
{
	char room[512];
	struct text line = text_in(room, sizeof(room));

	text_add(&line, "%c %s = ", sign, e->name);
	phrase_safe(&line, e->value);
	text_add(&line, " [%s", e->source ? e->source : "?");
	if (e->age_ms != MSEC_NONE) {
		text_add(&line, ", ");
		phrase_age(&line, e->age_ms);
		text_add(&line, " ago");
	}
	text_add(&line, "]");
	add_line(t, 2, room);
}

static void add_cause_facts(const struct verdict_cause *c, struct text *t)
{
	text_add(t, "Facts about %s (+ for, - against, ? not known):\n", c->id);
	for (unsigned i = 0; i < c->explains && i < VERDICT_EVIDENCE_MAX; i++)
		add_fact('+', &c->explain[i], t);
	for (unsigned i = 0; i < c->against && i < VERDICT_EVIDENCE_MAX; i++)
		add_fact('-', &c->contra[i], t);
	for (unsigned i = 0; i < c->missing && i < VERDICT_EVIDENCE_MAX; i++)
		text_add(t, "  ? %s\n", c->miss[i]);
}

static void add_facts(const struct verdict *v, struct text *t)
{
	for (unsigned i = 0; i < v->causes && i < VERDICT_CAUSES_MAX; i++)
		add_cause_facts(&v->cause[i], t);
	if (v->unexplained_n)
		text_add(t, "Facts that nothing explains:\n");
	for (unsigned i = 0; i < v->unexplained_n && i < VERDICT_EVIDENCE_MAX; i++)
		add_fact('?', &v->unexplained[i], t);
}

static void add_one_fact(const struct factline *f, msec_t now, struct text *t)
{
	char room[512], value[FACT_VALUE_MAX + 32];
	struct text line = text_in(room, sizeof(room));

	snprintf(value, sizeof(value), "%.*s", f->value_len, f->value);
	text_add(&line, "%.*s%s", f->name_len, f->name, f->known ? " = " : ": not known: ");
	phrase_safe(&line, value);
	text_add(&line, " [%.*s", f->source_len, f->source);
	if (f->at != MSEC_NONE && f->at <= now) {
		text_add(&line, ", ");
		phrase_age(&line, now - f->at);
		text_add(&line, " ago");
	}
	text_add(&line, "]");
	add_line(t, 2, room);
}

void why_facts(const char *list, msec_t now, struct text *t)
{
	struct factline f;

	if (!list)
		return;
	text_add(t, "All that was known:\n");
	while (factlist_next(&list, &f))
		add_one_fact(&f, now, t);
}

static void add_verdict(const struct why *w, struct text *t)
{
	explain_verdict(&w->incident->verdict, w->view->name, t);
	if (w->facts)
		add_facts(&w->incident->verdict, t);
	add_blocked(w->incident, t);
	add_incident(w, t);
	if (w->facts)
		why_facts(w->incident->facts, w->now, t);
}

/* Whoever asks because something is wrong now must see first that this is history. */
static void add_history(const struct why *w, struct text *t)
{
	char room[256];
	struct text line = text_in(room, sizeof(room));

	text_add(&line, "The newest incident ended ");
	phrase_age(&line, w->now - w->incident->closed_at);
	text_add(&line, " ago. It was:");
	add_line(t, 0, room);
	add_verdict(w, t);
}

void why_past(const struct why *w, struct text *t)
{
	explain_verdict(&w->incident->verdict, w->view->name, t);
	add_blocked(w->incident, t);
}

void why_text(const struct why *w, struct text *t)
{
	bool open = w->incident && w->incident->closed_at == MSEC_NONE;

	if (open)
		add_verdict(w, t);
	add_now(w, t);
	add_standing(w, t);
	if (!w->incident)
		add_line(t, 0, "No incident since ptpwarden was started.");
	else if (!open)
		add_history(w, t);
}

void why_json(const struct why *w, struct text *t)
{
	static const struct verdict healthy = { .kind = VERDICT_HEALTHY };

	const struct verdict *v = w->incident ? &w->incident->verdict : &healthy;

	if (w->facts)
		verdict_json_facts(v, w->standing, w->incident ? w->incident->facts : NULL, w->now, t);
	else
		verdict_json(v, w->standing, t);
	text_add(t, "\n");
}

static bool passed_over(const struct why *w)
{
	return w->view->alternate && w->standing && findings_worst(w->standing) != FINDING_PASS;
}

int why_rc(const struct why *w)
{
	int rc = w->incident ? verdict_rc(&w->incident->verdict) : RC_FINE;

	return rc == RC_FINE && passed_over(w) ? RC_WARNING : rc;
}
