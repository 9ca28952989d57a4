/* One run: command, arguments, environment of an alternate, with nothing left to expand. */
#include <stdlib.h>
#include <string.h>

#include "conf/linuxptp/command.h"
#include "paths.h"
#include "planbuild.h"
#include "text.h"
#include "words.h"

/* What one run is made of: the alternate's setting where it has one, else the unit's. */
struct source {
	struct builder *b;
	unsigned u;
	const struct section *unit, *alternate;	/* NULL: the preferred run */
	const char *inherited;	/* the leader's interface, or NULL */
	const char *interface;
	bool uses_interface;
};

static const struct given *own_or_unit(const struct source *s, const char *name)
{
	const struct given *g = section_get(s->alternate, name);

	return g ? g : section_get(s->unit, name);
}

static const char *text_of(const struct source *s, const char *name)
{
	const struct given *g = own_or_unit(s, name);

	return g ? g->text : NULL;
}

static void *memory(struct source *s, size_t size)
{
	void *at = arena_alloc(s->b->arena, size);

	if (!at)
		s->b->no_memory = true;
	return at;
}

/* %i and %%; what else stands behind a % was refused when the option was read. */
static char *expand(struct source *s, const char *word)
{
	const char *interface = s->interface ? s->interface : "";
	size_t size = strlen(word) + 1;
	char *out, *to;

	for (const char *c = word; (c = strstr(c, "%i")); c += 2)
		size += strlen(interface);
	out = to = memory(s, size);
	if (!out)
		return NULL;
	while (*word) {
		if (*word == '%' && word[1] == 'i') {
			s->uses_interface = true;
			to = stpcpy(to, interface);
			word += 2;
			continue;
		}
		word += *word == '%' && word[1] == '%';
		*to++ = *word++;
	}
	return out;
}

static bool logs_to_stdout(enum program program)
{
	return program != PROG_OTHER;
}

static void insert(struct plan_run *run, unsigned at, char *word)
{
	memmove(&run->argv[at + 1], &run->argv[at], (run->argc - at) * sizeof(*run->argv));
	run->argv[at] = word;
	run->argc++;
}

/* Without -m the reason of a failure goes to syslog only; without -q it goes there too. */
static void add_log_flags(struct source *s, struct plan_run *run)
{
	static char to_stdout[] = "-m", not_to_syslog[] = "-q";
	enum program program = s->b->plan->unit[s->u].program;
	unsigned at = command_start(run->argv, program);
	bool m, q;

	if (!logs_to_stdout(program))
		return;
	m = command_has_flag(run->argv + at, program, 'm');
	q = command_has_flag(run->argv + at, program, 'q');
	if (!q)
		insert(run, at + 1, not_to_syslog);
	if (!m)
		insert(run, at + 1, to_stdout);
}

static void too_many_words(struct source *s, const struct given *at)
{
	struct conf_error *e = conf_errors_add(s->b->errs, at->where,
					       "more than %d words in one command line", ARGS_MAX);

	snprintf(e->accepted, sizeof(e->accepted),
		 "at most %d words, those of args and -m -q included", ARGS_MAX);
}

/* The command's words and the arguments'; false when there is nothing to run. */
static bool make_argv(struct source *s, struct plan_run *run)
{
	const struct given *command = own_or_unit(s, "command"),
			   *args = section_get(s->alternate, "args");
	struct words c = { 0 }, a = { 0 };

	if (!command || words_split(command->text, &c, NULL, NULL) ||
	    (args && words_split(args->text, &a, NULL, NULL)))
		return false;
	run->argv = memory(s, (c.n + a.n + 3) * sizeof(*run->argv));
	if (!run->argv)
		return false;
	for (unsigned i = 0; i < c.n + a.n; i++) {
		run->argv[i] = expand(s, i < c.n ? c.at[i] : a.at[i - c.n]);
		if (!run->argv[i])
			return false;
		run->argc++;
	}
	add_log_flags(s, run);
	if (run->argc > ARGS_MAX)
		too_many_words(s, args ? args : command);
	return true;
}

enum { ENV_MAX = 3 * ARGS_MAX + 2 };

struct env {
	unsigned n;
	char *at[ENV_MAX];
};

/* Set a variable, or replace it when it is there. */
static void set_variable(struct env *e, char *assignment)
{
	size_t name = strcspn(assignment, "=") + 1;
	unsigned i = 0;

	while (i < e->n && strncmp(e->at[i], assignment, name))
		i++;
	if (i == ENV_MAX)
		return;
	e->at[i] = assignment;
	if (i == e->n)
		e->n++;
}

static void pass_on(struct source *s, struct env *e, const char *name)
{
	const char *value = getenv(name);
	size_t size = strlen(name) + (value ? strlen(value) : 0) + 2;
	char *assignment = value ? memory(s, size) : NULL;

	if (!assignment)
		return;
	snprintf(assignment, size, "%s=%s", name, value);
	set_variable(e, assignment);
}

static void pass_on_listed(struct source *s, struct env *e)
{
	const struct section *own = draft_next(s->b->draft, NULL, IN_PTPWARDEN, NULL);
	const struct given *names = section_get(own, "pass_env");
	struct words w;

	if (!names || words_split(names->text, &w, NULL, NULL))
		return;
	for (unsigned i = 0; i < w.n; i++)
		pass_on(s, e, w.at[i]);
}

static void set_given(struct source *s, struct env *e, const struct section *section)
{
	const struct given *g = section_get(section, "env");
	struct words w;

	if (!g || words_split(g->text, &w, NULL, NULL))
		return;
	for (unsigned i = 0; i < w.n; i++) {
		char *assignment = expand(s, w.at[i]);

		if (assignment)
			set_variable(e, assignment);
	}
}

static void make_env(struct source *s, struct plan_run *run)
{
	static char path[] = "PATH=" PATHS_DEFAULT;
	struct env e = { 0 };

	set_variable(&e, path);
	pass_on(s, &e, "TZ");
	pass_on_listed(s, &e);
	set_given(s, &e, s->unit);
	set_given(s, &e, s->alternate);
	run->env = memory(s, (e.n + 1) * sizeof(*run->env));
	if (run->env)
		memcpy(run->env, e.at, e.n * sizeof(*run->env));
}

static void find_program(struct source *s, struct plan_run *run)
{
	const char *search = PATHS_DEFAULT;
	char found[4096];

	for (char **v = run->env; v && *v; v++)
		if (!strncmp(*v, "PATH=", 5))
			search = *v + 5;
	run->program_found = path_find_program(run->argv[0], search, found, sizeof(found)) == 0;
	run->program_path = arena_text(s->b->arena, found);
	if (!run->program_path)
		s->b->no_memory = true;
}

static void check_program(struct source *s, const struct plan_run *run)
{
	const struct plan_unit *u = &s->b->plan->unit[s->u];
	const struct given *command = section_get(s->alternate, "command");
	enum program program = command_program(run->argv[0]);

	if (!command || section_get(s->unit, "program") || program == PROG_OTHER ||
	    program == u->program)
		return;
	conf_errors_add(s->b->errs, command->where,
			"unit %s runs %s, its alternate must not run %s", u->name,
			program_name(u->program), program_name(program));
}

/* Was an interface named somewhere, only wrongly? Then its lack is no further mistake. */
static bool interface_was_refused(const struct source *s)
{
	const struct plan_unit *u = &s->b->plan->unit[s->u];

	if (section_mentions(s->unit, "interface") ||
	    (s->alternate && section_mentions(s->alternate, "interface")))
		return true;
	if (u->follows < 0)
		return section_mentions(s->unit, "follows");
	return section_mentions(s->b->section[u->follows], "interface");
}

static void check_interface_given(struct source *s)
{
	const struct section *here = s->alternate ? s->alternate : s->unit;
	const struct given *command = own_or_unit(s, "command");
	struct conf_error *e;

	if (!s->uses_interface || s->interface || interface_was_refused(s))
		return;
	/* the unit's own command is judged with the preferred run */
	if (s->alternate && !section_get(here, "command") && !section_get(here, "args"))
		return;
	e = conf_errors_add(s->b->errs, command->where,
			    "%%i stands for the interface, but unit %s has none", s->unit->unit);
	snprintf(e->accepted, sizeof(e->accepted),
		 "a line \"interface = NAME\" in [unit %s], or in the unit that it follows",
		 s->unit->unit);
}

/* An interface that nothing uses is a mistake: one would believe that it takes effect. */
static void check_interface_used(struct source *s)
{
	const struct section *here = s->alternate ? s->alternate : s->unit;
	const struct given *given = section_get(here, "interface"),
			   *command = own_or_unit(s, "command");
	struct conf_error *e;

	if (!given || s->uses_interface)
		return;
	e = conf_errors_add(s->b->errs, given->where,
			    "interface %s is not used: the command (%s:%u) has no %%i", given->text,
			    command->where.file ? command->where.file : "built in",
			    command->where.line);
	snprintf(e->accepted, sizeof(e->accepted), "%%i in the command, or no interface");
}

static void make_provides(const struct source *s, struct plan_run *run)
{
	const struct given *g = own_or_unit(s, "provides");
	struct value_fault fault;
	struct value v;

	if (!g || value_parse(&g->option->rule, g->text, &v, &fault))
		return;
	run->provides_given = true;
	run->provides = (enum provides)v.n[0];
}

static void make_run(struct source *s, struct plan_run *run)
{
	const struct section *here = s->alternate ? s->alternate : s->unit;
	const char *own = text_of(s, "interface");

	run->name = s->alternate ? s->alternate->name : NULL;
	run->place = (struct place){ .file = here->where.file, .line = here->where.line };
	run->user = text_of(s, "user");
	run->group = text_of(s, "group");
	s->interface = own ? own : s->inherited;
	s->uses_interface = false;
	make_provides(s, run);
	make_env(s, run);
	if (!make_argv(s, run))
		return;
	run->interface = s->uses_interface ? s->interface : NULL;
	find_program(s, run);
}

/* The interface that the leader uses on one of its alternates, or that it took over itself. */
static const char *leaders(const struct builder *b, unsigned u, unsigned alternate)
{
	int leader = b->plan->unit[u].follows;
	const char *interface;

	if (leader < 0 || !b->plan->unit[leader].runs)
		return NULL;
	interface = plan_run_of(&b->plan->unit[leader], alternate, 0)->interface;
	return interface ? interface : leaders(b, (unsigned)leader, 0);
}

/* The leader's own interface changes with the alternate of *its* leader: %i would be a guess. */
static bool is_guess(const struct builder *b, unsigned u)
{
	const struct plan_unit *leader = b->plan->unit[u].follows < 0 ? NULL :
					 &b->plan->unit[b->plan->unit[u].follows];

	for (unsigned v = 1; leader && leader->runs && v < leader->variants; v++) {
		const char *one = leader->runs[0].interface, *other = leader->runs[v].interface;

		if (one && other && strcmp(one, other))
			return true;
	}
	return false;
}

static void check_chain(const struct source *s)
{
	const struct given *command = own_or_unit(s, "command");

	if (!s->uses_interface || s->interface != s->inherited || !s->inherited ||
	    !is_guess(s->b, s->u))
		return;
	conf_errors_add(s->b->errs, command->where,
			"%%i has no single meaning here: the interface of the leader of unit %s "
			"changes with its own leader",
			s->unit->unit);
}

void build_runs(struct builder *b, unsigned u)
{
	struct plan_unit *unit = &b->plan->unit[u];
	struct source s = { .b = b, .u = u, .unit = b->section[u] };
	struct plan_run *runs =
		arena_alloc(b->arena, unit->alternates * unit->variants * sizeof(*runs));

	if (!runs) {
		b->no_memory = true;
		return;
	}
	for (unsigned a = 0; a < unit->alternates; a++) {
		if (a)
			s.alternate = draft_next(b->draft, s.alternate, IN_ALTERNATE, unit->name);
		for (unsigned v = 0; v < unit->variants; v++) {
			struct plan_run *run = &runs[a * unit->variants + v];

			s.inherited = leaders(b, u, v);
			make_run(&s, run);
			if (v || !run->argv || b->no_memory)
				continue;
			check_program(&s, run);
			check_interface_given(&s);
			check_interface_used(&s);
			check_chain(&s);
		}
	}
	unit->runs = runs;
}
