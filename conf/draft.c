#include <stdio.h>
#include <string.h>

#include "draft.h"
#include "near.h"

static const char sections_are[] = "[ptpwarden], [unit NAME] and [alternate UNIT NAME]";

/* The words of a section's name. More than three are as wrong as none. */
struct title {
	unsigned n;
	char word[4][SETTINGS_SECTION_MAX + 1];
};

static struct title title_of(const char *text)
{
	struct title t = { 0 };

	for (text += strspn(text, " \t"); *text && t.n < ARRAY_LEN(t.word); t.n++) {
		size_t len = strcspn(text, " \t");

		snprintf(t.word[t.n], sizeof(t.word[0]), "%.*s", (int)len, text);
		text += len;
		text += strspn(text, " \t");
	}
	return t;
}

static struct section *find(const struct draft *d, const struct section *like)
{
	struct section *s = d->first;

	while (s && (s->kind != like->kind || strcmp(s->unit, like->unit) ||
		     strcmp(s->name, like->name)))
		s = s->next;
	return s;
}

static struct section *append(struct draft *d, const struct section *like)
{
	struct section *s = arena_alloc(d->arena, sizeof(*s));

	if (!s) {
		d->no_memory = true;
		return NULL;
	}
	*s = *like;
	s->unit = arena_text(d->arena, like->unit);
	s->name = arena_text(d->arena, like->name);
	if (!s->unit || !s->name) {
		d->no_memory = true;
		return NULL;
	}
	if (d->last)
		d->last->next = s;
	else
		d->first = s;
	d->last = s;
	return s;
}

/* Enter a section: a new one, or one that an earlier file began. */
static void enter(struct draft *d, const struct section *like)
{
	struct section *s = find(d, like);
	struct conf_error *e;

	if (!s) {
		d->now = append(d, like);
		return;
	}
	d->now = s;
	if (s->file_no == d->file_no) {
		e = conf_errors_add(d->errs, like->where, "this section is there already: line %u",
				    s->where.line);
		snprintf(e->accepted, sizeof(e->accepted), "each section once in a file");
		return;
	}
	s->file_no = d->file_no;
	s->where = like->where;
}

static void remember_refused(struct draft *d, struct conf_where where)
{
	struct refused_section *r = arena_alloc(d->arena, sizeof(*r));

	if (!r) {
		d->no_memory = true;
		return;
	}
	*r = (struct refused_section){ .where = where, .next = d->refused };
	d->refused = r;
}

/* The name is no good: what stands below it belongs nowhere and is passed over. */
static void refuse_section(struct draft *d, const struct setting *s, const struct title *t)
{
	struct near n;
	struct conf_error *e =
		conf_errors_add(d->errs, s->where, "unknown section [%s]", s->section);

	near_start(&n, t->word[0]);
	near_offer(&n, "ptpwarden");
	near_offer(&n, "unit");
	near_offer(&n, "alternate");
	snprintf(e->nearest, sizeof(e->nearest), "%s", near_best(&n) ? near_best(&n) : "");
	if (!strcmp(e->nearest, t->word[0]))
		*e->nearest = '\0';
	snprintf(e->accepted, sizeof(e->accepted), "%s", sections_are);
	remember_refused(d, s->where);
}

static bool names_ok(struct draft *d, const struct setting *s, const struct title *t)
{
	struct value_rule name = { .kind = VALUE_NAME };

	for (unsigned i = 1; i < t->n; i++) {
		struct conf_error *e;

		if (value_name_ok(t->word[i]))
			continue;
		e = conf_errors_add(d->errs, s->where, "\"%s\" is no name", t->word[i]);
		value_accepted(&name, e->accepted, sizeof(e->accepted));
		remember_refused(d, s->where);
		return false;
	}
	return true;
}

static void on_section(struct draft *d, const struct setting *s)
{
	struct title t = title_of(s->section);
	struct section like = { .where = s->where, .file_no = d->file_no, .unit = "", .name = "" };

	d->now = NULL;
	if (t.n == 1 && !strcmp(t.word[0], "ptpwarden"))
		like.kind = IN_PTPWARDEN;
	else if (t.n == 2 && !strcmp(t.word[0], "unit"))
		like.kind = IN_UNIT;
	else if (t.n == 3 && !strcmp(t.word[0], "alternate"))
		like.kind = IN_ALTERNATE;
	if (!like.kind) {
		refuse_section(d, s, &t);
		return;
	}
	if (!names_ok(d, s, &t))
		return;
	like.unit = t.n > 1 ? t.word[1] : "";
	like.name = t.n > 2 ? t.word[2] : "";
	enter(d, &like);
}

static const char *where_it_belongs(const struct option *o)
{
	switch (o->sections) {
	case IN_PTPWARDEN:
		return "it belongs in [ptpwarden]";
	case IN_UNIT:
		return "it belongs in [unit NAME]";
	case IN_ALTERNATE:
		return "it belongs in [alternate UNIT NAME]; in [unit NAME] write it into command";
	default:
		return "it belongs in [unit NAME] or [alternate UNIT NAME]";
	}
}

static void unknown_option(struct draft *d, const struct setting *s)
{
	const struct option *elsewhere = schema_find_any(s->name);
	struct conf_where where = s->where;
	const char *nearest = schema_nearest(s->name, d->now->kind);
	struct conf_error *e;

	where.column = s->name_column;
	if (elsewhere) {
		e = conf_errors_add(d->errs, where, "%s has no meaning in this section", s->name);
		snprintf(e->accepted, sizeof(e->accepted), "%s", where_it_belongs(elsewhere));
		return;
	}
	e = conf_errors_add(d->errs, where, "unknown option %s", s->name);
	snprintf(e->nearest, sizeof(e->nearest), "%s", nearest ? nearest : "");
}

static bool value_ok(struct draft *d, const struct option *o, const struct setting *s)
{
	struct conf_where where = s->where;
	struct value_fault fault;
	struct conf_error *e;
	struct value v;

	if (!value_parse(&o->rule, s->value, &v, &fault))
		return true;
	where.column += fault.offset;
	e = conf_errors_add(d->errs, where, "%s: %s", o->name, fault.err.text);
	value_accepted(&o->rule, e->accepted, sizeof(e->accepted));
	snprintf(e->nearest, sizeof(e->nearest), "%s", fault.nearest);
	return false;
}

static struct given *slot(struct draft *d, const struct option *o)
{
	struct given *g = d->now->given;

	while (g && g->option != o)
		g = g->next;
	if (g)
		return g;
	g = arena_alloc(d->arena, sizeof(*g));
	if (g) {
		g->option = o;
		g->next = d->now->given;
		d->now->given = g;
	}
	return g;
}

static void on_option(struct draft *d, const struct setting *s)
{
	const struct option *o;
	struct given *g;

	if (!d->now) {
		if (!*s->section && !d->refused)
			conf_errors_add(d->errs, s->where, "%s stands before the first section",
					s->name);
		return;
	}
	o = schema_find(s->name, d->now->kind);
	if (!o) {
		unknown_option(d, s);
		d->now->damaged = true;
		return;
	}
	g = slot(d, o);
	if (g && g->text && g->file_no == d->file_no) {
		conf_errors_add(d->errs, s->where, "%s is given already: line %u", o->name,
				g->where.line);
		return;
	}
	if (g) {
		g->bad = !value_ok(d, o, s);
		g->where = s->where;
		g->file_no = d->file_no;
		g->text = arena_text(d->arena, s->value);
	}
	if (!g || !g->text) {
		d->no_memory = true;
		d->now->given = NULL;	/* nobody shall meet a setting without a text */
	}
}

static void on_refused(struct draft *d, const struct setting *s)
{
	const char *at = s->where.raw, *end = at + s->where.raw_len;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (at < end && *at == '[') {
		remember_refused(d, s->where);
		d->now = NULL;
	} else if (d->now) {
		d->now->damaged = true;
	}
}

static void on_setting(void *owner, const struct setting *s)
{
	static void (*const on[])(struct draft *, const struct setting *) = {
		[SETTING_SECTION] = on_section,
		[SETTING_OPTION] = on_option,
		[SETTING_REFUSED] = on_refused,
	};

	on[s->kind](owner, s);
}

void draft_read(struct draft *d, const struct settings_source *src)
{
	unsigned before = d->errs->n;
	int rc;

	d->now = NULL;
	d->file_no++;
	rc = settings_read(src, on_setting, d, d->errs);
	if (rc && d->errs->n == before)
		d->no_memory = true;
}

static const struct given *lookup(const struct section *s, const char *name)
{
	const struct given *g = s ? s->given : NULL;

	while (g && strcmp(g->option->name, name))
		g = g->next;
	return g;
}

const struct given *section_get(const struct section *s, const char *name)
{
	const struct given *g = lookup(s, name);

	return g && !g->bad ? g : NULL;
}

bool section_mentions(const struct section *s, const char *name)
{
	return s->damaged || lookup(s, name);
}

bool draft_refused(const struct draft *d, const char *unit)
{
	const struct refused_section *r = d->refused;

	while (r && unit && !memmem(r->where.raw, r->where.raw_len, unit, strlen(unit)))
		r = r->next;
	return r;
}

const struct section *draft_next(const struct draft *d, const struct section *after,
				 enum section_kind kind, const char *unit)
{
	const struct section *s = after ? after->next : d->first;

	while (s && (s->kind != kind || (unit && strcmp(s->unit, unit))))
		s = s->next;
	return s;
}
