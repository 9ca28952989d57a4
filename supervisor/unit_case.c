/* An incident beyond its own time: its course, its number, its file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "loop.h"
#include "supervisor/control/render_why.h"
#include "supervisor/record/incidentfile.h"
#include "unit.h"

enum {
	COURSE_FIRST = 8, COURSE_LINES = 24, COURSE_TEXT = 104,
	LATER_MS = 10 * 60 * 1000,	/* what changes all the time is written that seldom */
	TITLE_BYTES = 256, TEXT_BYTES = 9 * 1024, COURSE_BYTES = 6 * 1024,
	DIAGNOSIS_BYTES = INCIDENT_TEXTS_MAX - TITLE_BYTES - TEXT_BYTES - COURSE_BYTES,
	SERIAL = 1u << 30,		/* answers that state.c does not wait for */
};

/* What happened while it was open: the beginning, and the newest. */
struct course {
	unsigned n, left_out;
	struct {
		msec_t at;
		char text[COURSE_TEXT];
	} line[COURSE_LINES];
};

void unit_course(struct unit *u, const char *fmt, ...)
{
	struct incident *i = u->incident;
	struct course *c = i && i->closed_at == MSEC_NONE ? i->course : NULL;
	char text[COURSE_TEXT];
	struct text t = text_in(text, sizeof(text));
	va_list ap;

	if (!c)
		return;
	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	if (c->n == COURSE_LINES) {
		memmove(&c->line[COURSE_FIRST], &c->line[COURSE_FIRST + 1],
			(COURSE_LINES - COURSE_FIRST - 1) * sizeof(c->line[0]));
		c->n--;
		c->left_out++;
	}
	c->line[c->n].at = loop_now();
	memcpy(c->line[c->n++].text, text, sizeof(text));
}

/* Each stretch counts by how it began. */
void unit_case_time(struct unit *u)
{
	struct incident *i = u->incident;
	msec_t now = loop_now();

	if (!i || i->closed_at != MSEC_NONE)
		return;
	if (!i->locked)
		i->unlocked_ms += now - i->counted_at;
	i->counted_at = now;
	i->locked = u->health.lock == LOCK_LOCKED;
}

static uint64_t signature_of(const struct incident *i)
{
	return (uint64_t)i->verdict.signature[0] << 32 | i->verdict.signature[1];
}

static void save_list(struct supervisor *sup, enum state_haste haste)
{
	uint8_t bytes[INCIDENTS_BYTES_MAX];
	size_t len = incidents_encode(&sup->kept, bytes);

	(void)state_save(sup->state, "incidents", INCIDENTS_VERSION, bytes, len, haste);
}

static void remove_file(struct supervisor *sup, uint32_t number)
{
	struct writer_store file = { .serial = SERIAL };

	incident_file_name(file.name, number);
	(void)writer_store(sup->writer, &file);
}

/* One that was open when an earlier ptpwarden ended goes on if it is the same. */
static struct kept_incident *taken_up(struct unit *u, uint64_t signature)
{
	struct kept_incident *k = incidents_open_of(&u->sup->kept, u->conf->name);

	if (!k || k->signature == signature) {
		if (k)
			k->repeats++;
		return k;
	}
	k->closed = time(NULL);
	return NULL;
}

void unit_case_number(struct unit *u, struct incident *i)
{
	uint64_t signature = signature_of(i);
	struct kept_incident *k = taken_up(u, signature);
	uint32_t gone = 0;

	if (!k)
		k = incidents_add(&u->sup->kept, u->conf->name, time(NULL), &gone);
	if (gone)
		remove_file(u->sup, gone);
	i->number = k->number;
	i->repeats = k->repeats;
	i->opened_wall = k->opened;
	i->counted_at = i->opened_at;
	i->before_ms = k->lasted_ms;
	i->unlocked_ms = k->unlocked_ms;
	i->course = calloc(1, sizeof(*i->course));
}

void unit_case_continue(struct incident *i, struct incident *before)
{
	i->course = before->course;
	before->course = NULL;
	i->counted_at = before->counted_at;
	i->before_ms = before->before_ms;
	i->unlocked_ms = before->unlocked_ms;
	i->locked = before->locked;
}

void unit_case_free(struct incident *i)
{
	free(i->course);
}

static void course_json(const struct incident *i, struct text *t)
{
	const struct course *c = i->course;

	text_add(t, "[");
	for (unsigned k = 0; c && k < c->n; k++) {
		text_add(t, "%s{\"after_ms\":%lld,\"text\":", k ? "," : "",
			 (long long)(c->line[k].at - i->opened_at));
		text_add_json(t, c->line[k].text);
		text_add(t, "}");
	}
	text_add(t, "]");
}

static void course_text(const struct incident *i, struct text *t)
{
	const struct course *c = i->course;

	if (!c || !c->n)
		return;
	text_add(t, "What happened:\n");
	for (unsigned k = 0; k < c->n; k++) {
		if (k == COURSE_FIRST && c->left_out)
			text_add(t, "             ... %u more ...\n", c->left_out);
		text_add(t, "  %+8.1f s  ", (double)(c->line[k].at - i->opened_at) / 1000);
		text_add_escaped(t, c->line[k].text, strlen(c->line[k].text));
		text_add(t, "\n");
	}
}

/* With all facts when they fit; never cut in the middle. */
static void diagnosis_json(struct why *w, struct text *t)
{
	char *at = t->at;
	size_t size = t->size;

	w->facts = true;
	why_json(w, t);
	if (!t->cut)
		return;
	*t = text_in(at, size);
	w->facts = false;
	why_json(w, t);
	if (t->cut) {
		*t = text_in(at, size);
		text_add(t, "{}\n");
	}
}

static size_t render(const struct unit *u, const struct kept_incident *k, char *room, uint8_t *out)
{
	const struct incident *i = u->incident;
	struct unit_view view = { .name = u->conf->name };
	struct why w = { .view = &view, .incident = i, .now = loop_now() };
	char *text_at = room + TITLE_BYTES, *course_at = text_at + TEXT_BYTES;
	struct text title = text_in(room, TITLE_BYTES), text = text_in(text_at, TEXT_BYTES);
	struct text course = text_in(course_at, COURSE_BYTES);
	struct text json = text_in(course_at + COURSE_BYTES, DIAGNOSIS_BYTES);

	explain_line(&i->verdict, &title);
	why_past(&w, &text);
	course_text(i, &text);
	course_json(i, &course);
	if (course.cut) {
		course = text_in(course_at, COURSE_BYTES);
		text_add(&course, "[]");
	}
	diagnosis_json(&w, &json);
	return incident_file_encode(k, &(struct incident_texts){ title.at, text.at, course.at,
								 json.at }, out);
}

static void write_file(struct unit *u, const struct kept_incident *k, msec_t delay)
{
	char *room = malloc(INCIDENT_TEXTS_MAX + INCIDENT_FILE_MAX);
	struct writer_store file = { .serial = SERIAL, .delay = delay };

	if (!room) {
		log_err("why", "unit=%s no memory to keep an incident", u->conf->name);
		return;
	}
	file.bytes = room + INCIDENT_TEXTS_MAX;
	file.len = render(u, k, room, (uint8_t *)room + INCIDENT_TEXTS_MAX);
	incident_file_name(file.name, k->number);
	if (file.len && writer_store(u->sup->writer, &file) < 0)
		log_debug("why", "unit=%s an incident was not written", u->conf->name);
	free(room);
}

void unit_case_keep(struct unit *u, bool soon)
{
	struct incident *i = u->incident;
	struct kept_incident *k = i ? incidents_find(&u->sup->kept, i->number) : NULL;

	if (!k)
		return;
	unit_case_time(u);
	k->signature = signature_of(i);
	k->repeats = i->repeats;
	k->lasted_ms = (uint32_t)(i->before_ms + (i->closed_at == MSEC_NONE ? loop_now() : i->closed_at) -
				  i->opened_at);
	k->unlocked_ms = (uint32_t)i->unlocked_ms;
	k->closed = i->closed_at == MSEC_NONE ? 0 : time(NULL);
	write_file(u, k, soon ? 0 : LATER_MS);
	save_list(u->sup, soon ? STATE_NOW : STATE_SOON);
}

/* Healthy: whatever an earlier ptpwarden left open is over. */
void unit_case_settle(struct unit *u)
{
	struct kept_incident *k = incidents_open_of(&u->sup->kept, u->conf->name);

	if (!k || (u->incident && u->incident->number == k->number))
		return;
	k->closed = time(NULL);
	save_list(u->sup, STATE_NOW);
}
