#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "args.h"
#include "conf/rules/rulesdir.h"
#include "conf/linuxptp/daemonconf.h"
#include "conf/load.h"
#include "conf/planmake.h"
#include "local.h"
#include "probes/probe.h"
#include "render_check.h"
#include "supervisor/record/pidfile.h"
#include "terminal.h"
#include "unitname.h"
#include "verbs.h"

/* args.h: a is "every finding", i the interface of the built-in plan */
static const struct args_spec spec = {
	.verb = "check", .options = "fijpa", .words = "[UNIT]", .words_max = 1,
	.help = "Looks at the configuration and asks every probe; starts nothing.\n"
		"Exit code 0: all is well, 1: a warning, 2: a start is forbidden, 3: not known.",
};

/* One run of `check`. Allocated: the answers of the probes are too large for a stack. */
struct check {
	struct args args;
	struct check_style style;
	struct conf_errors errors;
	struct plan *plan;
	struct probe_cache *cache;
	struct probe_out answer;
	struct check_outcome outcome[UNITS_MAX];
	pid_t pid[UNITS_MAX];		/* what a supervisor of this configuration runs now */
	pid_t ours[UNITS_MAX];
	unsigned n_ours;
	bool printed;			/* an element of "units" */
};

/* A supervisor may be running what is checked: its own daemons are no rivals. */
static void find_own_daemons(struct check *c)
{
	for (unsigned i = 0; i < c->plan->units; i++) {
		struct child_id id = CHILD_ID_NONE;
		struct pidfile p;

		if (pidfile_read(c->plan->run_dir, c->plan->unit[i].name, &p, &id, NULL) < 0)
			continue;
		if (id.pidfd >= 0)
			close(id.pidfd);
		c->pid[i] = c->ours[c->n_ours++] = id.pid;
	}
}

static void look(struct check *c, unsigned unit, const struct plan_run *run)
{
	struct probe_in in = {
		.plan = c->plan, .unit = &c->plan->unit[unit], .run = run, .ours = c->ours,
		.n_ours = c->n_ours, .running = c->pid[unit], .full = true, .cache = c->cache,
		.version = probe_version_cached(c->cache, &probe_sys_real, run->program_path),
		.child_caps = probe_child_caps(),
	};

	probe_all(&in, &probe_sys_real, &c->answer);
}

static void print(struct check *c, const struct plan_unit *unit, unsigned alternate)
{
	const struct findings *f = &c->answer.findings;

	if (!c->args.json) {
		if (c->printed)
			putchar('\n');
		check_text(&c->style, unit, alternate, f, stdout);
	} else {
		if (c->printed)
			putchar(',');
		check_json(unit, alternate, f, stdout);
	}
	c->printed = true;
}

/* Followers take the interface of the alternate that their leader will be on. */
static unsigned leader_alternate(const struct check *c, const struct plan_unit *unit)
{
	int runs = unit->follows >= 0 ? c->outcome[unit->follows].runs : 0;

	return runs > 0 ? (unsigned)runs : 0;
}

static void check_alternate(struct check *c, unsigned i, unsigned alternate)
{
	const struct plan_unit *unit = &c->plan->unit[i];
	const struct plan_run *run = plan_run_of(unit, alternate, leader_alternate(c, unit));
	struct check_outcome *o = &c->outcome[i];
	const struct finding *block;

	look(c, i, run);
	block = findings_block(&c->answer.findings);
	if (!alternate && block)
		o->obstacle = *block;
	if (!block && o->runs < 0) {
		o->runs = (int)alternate;
		o->state = findings_worst(&c->answer.findings);
		o->provides = run->provides_given ? run->provides
						  : daemon_conf_provides(&c->answer.conf);
		o->software = c->answer.conf.time_stamping == TS_SOFTWARE;
	}
}

static const struct check_outcome *leader_of(const struct check *c, unsigned i)
{
	int leader = c->plan->unit[i].follows;

	return leader >= 0 ? &c->outcome[leader] : NULL;
}

/* The leader comes first, without a word when it is not its turn: its followers depend on it. */
static void check_unit(struct check *c, unsigned i, bool show)
{
	const struct plan_unit *unit = &c->plan->unit[i];
	struct check_outcome *o = &c->outcome[i];

	if (unit->follows >= 0 && !c->outcome[unit->follows].unit)
		check_unit(c, (unsigned)unit->follows, false);
	*o = (struct check_outcome){ .unit = unit, .runs = -1, .state = FINDING_BLOCK };
	for (unsigned a = 0; a < unit->alternates; a++) {
		check_alternate(c, i, a);
		if (show)
			print(c, unit, a);
	}
	if (!check_wanted(o, leader_of(c, i)))	/* what nobody starts cannot fail */
		o->state = FINDING_PASS;
}

/* @param only the unit asked for, -1: all */
static int check_units(struct check *c, int only)
{
	unsigned from = only < 0 ? 0 : (unsigned)only;
	unsigned to = only < 0 ? c->plan->units : from + 1;

	find_own_daemons(c);
	if (c->args.json)
		fputs("{\"schema\":\"ptpwarden.check/1\",\"units\":[", stdout);
	for (unsigned i = from; i < to; i++)
		check_unit(c, i, true);
	if (c->args.json)
		fputs("],\"errors\":[]}\n", stdout);
	else
		putchar('\n');
	for (unsigned i = from; !c->args.json && i < to; i++)
		check_forecast(&c->outcome[i], leader_of(c, i), stdout);
	return check_rc(c->outcome + from, to - from);
}

static int print_errors(const struct check *c)
{
	if (!c->args.json) {
		conf_errors_print(&c->errors, stdout);
		puts("At start: nothing runs until this is put right.");
		return RC_CAUSE;
	}
	fputs("{\"schema\":\"ptpwarden.check/1\",\"units\":[],\"errors\":[", stdout);
	for (unsigned i = 0; i < c->errors.n; i++) {
		fputs(i ? "," : "", stdout);
		check_json_error(&c->errors.at[i], stdout);
	}
	puts("]}");
	return RC_CAUSE;
}

/* The supervisor goes on with the built-in rules then; here it is worth a warning. */
static int check_rules(const struct plan *plan)
{
	struct rules_dir *own = rules_dir_load(plan->rules_dir, stderr);

	if (own) {
		rules_dir_free(own);
		return RC_FINE;
	}
	fprintf(stderr, "ptpwarden check: %s is not used until this is mended; the built-in rules are.\n",
		plan->rules_dir);
	return RC_WARNING;
}

static int load_and_check(struct check *c)
{
	const struct args *a = &c->args;
	int only = -1, rules;
	int rc = a->interface ? conf_builtin(a->interface, &c->plan, &c->errors)
			      : conf_load(a->file, &c->plan, &c->errors);

	if (rc < 0)
		return print_errors(c);
	if (a->words) {
		only = plan_find_unit(c->plan, a->word[0]);
		if (only < 0)
			return unit_unknown(spec.verb, c->plan, a->word[0]);
	}
	if (a->plan) {
		(a->json ? plan_print_json : plan_print)(c->plan, stdout);
		return RC_FINE;
	}
	rules = check_rules(c->plan);
	rc = check_units(c, only);
	return rc == RC_FINE ? rules : rc;
}

int check_main(int argc, char **argv)
{
	struct args a = { .words = 0 };
	struct check *c;
	int rc = args_parse(&spec, argc, argv, &a);

	if (rc)
		return rc;
	if (a.help) {
		args_print_usage(&spec, stdout);
		return RC_OK;
	}
	c = calloc(1, sizeof(*c));
	if (!c || !(c->cache = probe_cache_new())) {
		free(c);
		fputs("ptpwarden check: there is not enough memory.\n", stderr);
		return RC_SYSTEM;
	}
	c->args = a;
	c->style = (struct check_style){ .all = a.all, .colour = terminal_has_colour() && !a.json };
	rc = load_and_check(c);
	probe_cache_free(c->cache);
	plan_free(c->plan);
	free(c);
	return rc;
}
