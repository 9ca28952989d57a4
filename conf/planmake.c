#include <stdlib.h>
#include <string.h>

#include "conf/linuxptp/daemonconf.h"
#include "planmake.h"
#include "schema.h"

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_words(char *const *a, char *const *b)
{
	while (*a && *b && !strcmp(*a, *b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

static bool same_run(const struct plan_run *a, const struct plan_run *b)
{
	return same_text(a->name, b->name) && same_words(a->argv, b->argv) &&
	       same_text(a->program_path, b->program_path) &&
	       same_text(a->interface, b->interface) && same_words(a->env, b->env) &&
	       same_text(a->user, b->user) && same_text(a->group, b->group) &&
	       a->provides_given == b->provides_given && a->provides == b->provides;
}

static bool same_runs(const struct plan_unit *a, const struct plan_unit *b)
{
	if (a->alternates != b->alternates || a->variants != b->variants)
		return false;
	for (unsigned i = 0; i < a->alternates * a->variants; i++)
		if (!same_run(&a->runs[i], &b->runs[i]))
			return false;
	return true;
}

static const char *leader_name(const struct plan *p, unsigned u)
{
	return p->unit[u].follows < 0 ? NULL : p->unit[p->unit[u].follows].name;
}

/* Compare by what a user would write: one way for every kind of value. */
static enum plan_change settings_change(const struct plan_unit *a, const struct plan_unit *b)
{
	enum plan_change change = PLAN_SAME;

	for (unsigned i = 0; i < schema_n; i++) {
		char one[256], other[256];

		if (!(schema[i].sections & IN_UNIT) || !schema[i].field[0].size)
			continue;
		schema_show(&schema[i], a, one, sizeof(one));
		schema_show(&schema[i], b, other, sizeof(other));
		if (!strcmp(one, other))
			continue;
		if (!schema[i].live)
			return PLAN_RESTART;
		change = PLAN_SETTINGS;
	}
	return change;
}

enum plan_change plan_unit_change(const struct plan *a, unsigned ua, const struct plan *b,
				  unsigned ub)
{
	const struct plan_unit *one = &a->unit[ua], *other = &b->unit[ub];

	if (strcmp(one->name, other->name) || !same_runs(one, other) ||
	    !same_text(leader_name(a, ua), leader_name(b, ub)))
		return PLAN_RESTART;
	return settings_change(one, other);
}

bool plan_unit_equal(const struct plan *a, unsigned ua, const struct plan *b, unsigned ub)
{
	return plan_unit_change(a, ua, b, ub) == PLAN_SAME;
}

enum provides plan_provides(const struct plan_unit *unit, const struct plan_run *run)
{
	struct { struct daemon_conf conf; struct lint lint; } *seen;
	enum provides provides = run->provides;

	if (run->provides_given)
		return provides;
	seen = malloc(sizeof(*seen));
	if (!seen)
		return PROVIDES_NONE;
	/* an unreadable file leaves the command line and the defaults */
	(void)daemon_conf_read(unit->program, run->argv, 0, &seen->conf, &seen->lint);
	provides = daemon_conf_provides(&seen->conf);
	free(seen);
	return provides;
}

const char *provides_name(enum provides provides)
{
	static const char *const names[] = {
		[PROVIDES_NONE] = "none", [PROVIDES_PHC] = "phc", [PROVIDES_SYSTEM] = "system",
	};

	return NAME_OF(names, provides);
}
