#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/linuxptp/command.h"
#include "near.h"
#include "planbuild.h"
#include "planmake.h"
#include "text.h"
#include "words.h"

struct box {
	struct arena arena;
	struct plan plan;
};

struct plan *plan_new(void)
{
	struct box *box = calloc(1, sizeof(*box));

	return box ? &box->plan : NULL;
}

struct arena *plan_arena(struct plan *plan)
{
	return &container_of(plan, struct box, plan)->arena;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	arena_free(plan_arena(plan));
	free(container_of(plan, struct box, plan));
}

/* "/run/ptpwarden" and "/log" */
static const char *joined(struct builder *b, const char *one, const char *two)
{
	size_t len = strlen(one) + strlen(two);
	char *text = arena_alloc(b->arena, len + 1);

	if (!text) {
		b->no_memory = true;
		return NULL;
	}
	snprintf(text, len + 1, "%s%s", one, two);
	return text;
}

/* Put what was given, or else the preset, into its member of `owner`. */
static void fill(struct builder *b, const struct option *o, const struct section *s, void *owner)
{
	const struct given *g = section_get(s, o->name);
	const char *text = g ? g->text : o->preset;
	struct value_fault fault;
	struct value v;

	if (!o->field[0].size || !text)
		return;
	if (!g && o->below)
		text = joined(b, *schema_text(schema_find_any(o->below), owner), text);
	if (value_is_text(&o->rule)) {
		*schema_text(o, owner) = text;
		return;
	}
	if (!value_parse(&o->rule, text, &v, &fault))
		schema_store(o, &v, owner);
	else
		assert(g);	/* presets are right: a unit test reads them all */
}

static void fill_all(struct builder *b, const struct section *s, enum section_kind kind,
		     void *owner)
{
	for (unsigned i = 0; i < schema_n; i++)
		if (schema[i].sections & kind)
			fill(b, &schema[i], s, owner);
}

/* Which program the unit runs, unless the table filled it in. */
static void know_program(struct plan_unit *u, const struct section *s)
{
	const struct given *command = section_get(s, "command");
	struct words w;

	if (section_get(s, "program") || !command || words_split(command->text, &w, NULL, NULL))
		return;
	u->program = command_program(w.at[0]);
}

static void check_delays(struct builder *b, const struct plan_unit *u, const struct section *s)
{
	const struct given *low = section_get(s, "restart_delay"),
			   *high = section_get(s, "restart_delay_max");
	const struct given *at = low ? low : high;
	char other[64] = "its default";
	struct conf_error *e;

	if (u->restart_delay <= u->restart_delay_max)
		return;
	if (low && high)
		snprintf(other, sizeof(other), "line %u", high->where.line);
	e = conf_errors_add(b->errs, at->where,
			    "restart_delay is longer than restart_delay_max (%s)", other);
	snprintf(e->accepted, sizeof(e->accepted),
		 "a restart_delay that is no longer than restart_delay_max");
}

static void make_unit(struct builder *b, unsigned i, const struct section *s)
{
	struct plan_unit *u = &b->plan->unit[i];

	b->section[i] = s;
	snprintf(u->name, sizeof(u->name), "%s", s->unit);
	u->place = (struct place){ .file = s->where.file, .line = s->where.line };
	u->follows = -1;
	fill_all(b, s, IN_UNIT, u);
	know_program(u, s);
	check_delays(b, u, s);
	if (!section_mentions(s, "command")) {
		struct conf_error *e =
			conf_errors_add(b->errs, s->where, "unit %s has no command", s->unit);

		snprintf(e->accepted, sizeof(e->accepted), "command = PROGRAM ARGUMENTS");
	}
}

static unsigned count_units(struct builder *b)
{
	const struct section *s = NULL;
	unsigned n = 0;

	while ((s = draft_next(b->draft, s, IN_UNIT, NULL))) {
		if (n == UNITS_MAX) {
			conf_errors_add(b->errs, s->where, "more than %d units", UNITS_MAX);
			break;
		}
		n++;
	}
	return n;
}

static void make_units(struct builder *b)
{
	const struct section *s = NULL;
	unsigned n = count_units(b);

	b->plan->unit = arena_alloc(b->arena, n * sizeof(*b->plan->unit));
	b->section = arena_alloc(b->arena, n * sizeof(*b->section));
	if (!b->plan->unit || !b->section) {
		b->no_memory = true;
		return;
	}
	for (b->plan->units = 0; b->plan->units < n; b->plan->units++) {
		s = draft_next(b->draft, s, IN_UNIT, NULL);
		make_unit(b, b->plan->units, s);
	}
	if (!n && !draft_refused(b->draft, NULL)) {
		struct conf_where nowhere = { .file = b->plan->file };
		struct conf_error *e = conf_errors_add(b->errs, nowhere, "there is no unit to run");

		snprintf(e->accepted, sizeof(e->accepted),
			 "at least one section [unit NAME] with a command");
	}
}

int plan_find_unit(const struct plan *plan, const char *name)
{
	for (unsigned i = 0; i < plan->units; i++)
		if (!strcmp(plan->unit[i].name, name))
			return (int)i;
	return -1;
}

/* A reference to a unit that does not exist. */
static void unknown_unit(struct builder *b, struct conf_where where, const char *name)
{
	struct conf_error *e;
	struct near n;

	if (draft_refused(b->draft, name))
		return;
	e = conf_errors_add(b->errs, where, "there is no unit %s", name);
	near_start(&n, name);
	for (unsigned i = 0; i < b->plan->units; i++)
		near_offer(&n, b->plan->unit[i].name);
	snprintf(e->nearest, sizeof(e->nearest), "%s", near_best(&n) ? near_best(&n) : "");
}

static void check_alternates(struct builder *b)
{
	const struct section *s = NULL;

	while ((s = draft_next(b->draft, s, IN_ALTERNATE, NULL)))
		if (plan_find_unit(b->plan, s->unit) < 0)
			unknown_unit(b, s->where, s->unit);
	for (unsigned i = 0; i < b->plan->units; i++) {
		struct plan_unit *u = &b->plan->unit[i];

		u->alternates = 1;
		for (s = NULL; (s = draft_next(b->draft, s, IN_ALTERNATE, u->name));) {
			if (u->alternates < ALTERNATES_MAX) {
				u->alternates++;
				continue;
			}
			conf_errors_add(b->errs, s->where, "more than %d alternates of unit %s",
					ALTERNATES_MAX - 1, u->name);
			break;
		}
	}
}

static void link_leaders(struct builder *b)
{
	for (unsigned i = 0; i < b->plan->units; i++) {
		const struct given *g = section_get(b->section[i], "follows");

		if (!g)
			continue;
		b->plan->unit[i].follows = plan_find_unit(b->plan, g->text);
		if (b->plan->unit[i].follows < 0)
			unknown_unit(b, g->where, g->text);
	}
}

/* The chain of leaders from `u` on comes back to `u`: say the whole circle, and cut it. */
static void cut_circle(struct builder *b, unsigned u)
{
	const struct given *g = section_get(b->section[u], "follows");
	struct conf_error *e =
		conf_errors_add(b->errs, g->where, "%s follows itself", b->plan->unit[u].name);
	struct text t = text_in(e->text, sizeof(e->text));
	unsigned at = u;

	text_add(&t, "%s", b->plan->unit[u].name);
	do {
		text_add(&t, "%s follows", at == u ? "" : ", which");
		text_add(&t, " %s (line %u)", b->plan->unit[b->plan->unit[at].follows].name,
			 section_get(b->section[at], "follows")->where.line);
		at = (unsigned)b->plan->unit[at].follows;
	} while (at != u);
	snprintf(e->accepted, sizeof(e->accepted),
		 "units that do not follow each other in a circle");
	b->plan->unit[u].follows = -1;
}

static void check_circles(struct builder *b)
{
	for (unsigned i = 0; i < b->plan->units; i++) {
		int at = b->plan->unit[i].follows;

		for (unsigned steps = 0; at >= 0 && at != (int)i && steps < b->plan->units; steps++)
			at = b->plan->unit[at].follows;
		if (at == (int)i)
			cut_circle(b, i);
	}
}

/* Leaders first, since followers take over their interfaces. */
static void runs_of(struct builder *b, unsigned u)
{
	int leader = b->plan->unit[u].follows;

	if (b->plan->unit[u].variants)
		return;
	if (leader >= 0)
		runs_of(b, (unsigned)leader);
	b->plan->unit[u].variants = leader >= 0 ? b->plan->unit[leader].alternates : 1;
	build_runs(b, u);
}

int plan_build_own(struct plan *plan, const struct draft *draft)
{
	struct builder b = {
		.draft = draft, .errs = draft->errs, .arena = plan_arena(plan), .plan = plan,
	};

	fill_all(&b, draft_next(draft, NULL, IN_PTPWARDEN, NULL), IN_PTPWARDEN, plan);
	return b.no_memory ? -ENOMEM : 0;
}

int plan_build(struct plan *plan, const struct draft *draft)
{
	struct builder b = {
		.draft = draft, .errs = draft->errs, .arena = plan_arena(plan), .plan = plan,
	};

	b.no_memory = draft->no_memory || plan_build_own(plan, draft);
	if (!b.no_memory)
		make_units(&b);
	if (b.no_memory)
		return -ENOMEM;
	check_alternates(&b);
	link_leaders(&b);
	check_circles(&b);
	for (unsigned i = 0; i < plan->units && !b.no_memory; i++)
		runs_of(&b, i);
	if (b.no_memory)
		return -ENOMEM;
	return draft->errs->n ? -EINVAL : 0;
}
