#include <stdio.h>
#include <string.h>

#include "notetext.h"
#include "panel.h"

#define NOBODY "\001"	/* no subject, not even the nameless one that is ptpwarden itself */

static bool same(const struct flight_field *a, const struct flight_field *b)
{
	return a->len == b->len && !memcmp(a->value, b->value, a->len);
}

static bool is_hidden(unsigned tag)
{
	return tag == TAG_WALL_MS;	/* for reckoning, not for people */
}

static struct panel_line *add(struct panel *p, const char *subject, unsigned tag)
{
	struct panel_line *l = &p->line[p->n];

	if (p->n == ARRAY_LEN(p->line)) {
		p->dropped++;
		return NULL;
	}
	p->n++;
	*l = (struct panel_line){ .tag = tag };
	snprintf(l->subject, sizeof(l->subject), "%s", subject);
	return l;
}

static void add_heading(struct panel *p, const char *subject)
{
	struct panel_line *l = add(p, subject, 0);
	struct text t;

	if (!l)
		return;
	t = text_in(l->text, sizeof(l->text));
	if (*subject)
		text_add_escaped(&t, subject, strlen(subject));
	else
		text_add(&t, "ptpwarden");
}

/* A heading whenever the subject is another one than on the line before. */
static void begin_subject(struct panel *p, char last[64], const struct moment_value *v)
{
	char subject[64];
	size_t len = v->subject_len < sizeof(subject) - 1 ? v->subject_len : sizeof(subject) - 1;

	memcpy(subject, v->subject, len);
	subject[len] = '\0';
	if (!strcmp(subject, last))
		return;
	strcpy(last, subject);
	add_heading(p, subject);
}

void panel_state(struct panel *p, const struct moment *now, const struct moment *before)
{
	struct moment_value v;
	struct flight_field was;
	char subject[64] = NOBODY;
	size_t at = 0;

	p->n = p->dropped = 0;
	while (moment_next(now, &at, &v)) {
		struct panel_line *l;
		struct text t;

		if (is_hidden(v.field.tag))
			continue;
		begin_subject(p, subject, &v);
		l = add(p, subject, v.field.tag);
		if (!l)
			continue;
		t = text_in(l->text, sizeof(l->text));
		text_add(&t, "%s ", flight_tag_name(v.field.tag));
		note_value(&v.field, &t);
		l->changed = !moment_get(before, subject, v.field.tag, &was) || !same(&was, &v.field);
	}
}

static void add_difference(struct panel *p, const char *subject, const struct flight_field *good,
			   const struct flight_field *now)
{
	struct panel_line *l = add(p, subject, good ? good->tag : now->tag);
	struct text t;

	if (!l)
		return;
	t = text_in(l->text, sizeof(l->text));
	text_add(&t, "%s ", flight_tag_name(l->tag));
	if (good)
		note_value(good, &t);
	else
		text_add(&t, "none");
	text_add(&t, " -> ");
	if (now)
		note_value(now, &t);
	else
		text_add(&t, "none");
	l->changed = true;
}

/* Values of `from`: with `gone` those that `to` lacks, else those that it has otherwise or anew. */
static void differences(struct panel *p, const struct moment *from, const struct moment *to,
			bool gone)
{
	struct moment_value v;
	struct flight_field other;
	char subject[64] = NOBODY;
	size_t at = 0;

	while (moment_next(from, &at, &v)) {
		char name[64];
		size_t len = v.subject_len < sizeof(name) - 1 ? v.subject_len : sizeof(name) - 1;
		bool has;

		memcpy(name, v.subject, len);
		name[len] = '\0';
		has = moment_get(to, name, v.field.tag, &other);
		if (is_hidden(v.field.tag) || (gone ? has : has && same(&other, &v.field)))
			continue;
		begin_subject(p, subject, &v);
		if (gone)
			add_difference(p, subject, &v.field, NULL);
		else
			add_difference(p, subject, has ? &other : NULL, &v.field);
	}
}

void panel_diff(struct panel *p, const struct moment *good, const struct moment *now)
{
	p->n = p->dropped = 0;
	differences(p, now, good, false);
	differences(p, good, now, true);
}
