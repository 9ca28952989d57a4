/* `check --plan`: the plan in words that the configuration could use, nothing left out. */
#include <string.h>

#include "planmake.h"
#include "schema.h"
#include "text.h"
#include "words.h"

enum { NAME_WIDTH = 18 };

static void print_escaped(FILE *out, const char *text)
{
	char room[1024];
	struct text t = text_in(room, sizeof(room));

	/* in pieces, so that nothing is cut */
	for (size_t len = strlen(text); len;) {
		size_t piece = len < 128 ? len : 128;

		t = text_in(room, sizeof(room));
		text_add_escaped(&t, text, piece);
		fputs(room, out);
		text += piece;
		len -= piece;
	}
}

static void print_line(FILE *out, const char *name, const char *value)
{
	fprintf(out, "    %-*s ", NAME_WIDTH, name);
	print_escaped(out, value);
	fputc('\n', out);
}

static void print_words(FILE *out, const char *name, char *const *words)
{
	char quoted[2 * 4096 + 3];

	fprintf(out, "    %-*s", NAME_WIDTH, name);
	for (; *words; words++) {
		words_quote(*words, quoted, sizeof(quoted));
		fputc(' ', out);
		print_escaped(out, quoted);
	}
	fputc('\n', out);
}

static void print_place(FILE *out, const struct place *p)
{
	if (p->file) {
		fputs("    (", out);
		print_escaped(out, p->file);
		fprintf(out, ":%u)", p->line);
	}
	fputc('\n', out);
}

static void print_settings(FILE *out, enum section_kind kind, const void *owner)
{
	for (unsigned i = 0; i < schema_n; i++) {
		char value[256];

		if (!(schema[i].sections & kind) || !schema[i].field[0].size)
			continue;
		schema_show(&schema[i], owner, value, sizeof(value));
		print_line(out, schema[i].name, *value ? value : "-");
	}
}

static void print_run(FILE *out, const struct plan_unit *u, const struct plan_run *r)
{
	print_line(out, "program", r->program_path);
	if (!r->program_found)
		print_line(out, "", "(not found, or not executable)");
	print_words(out, "command", r->argv);
	if (r->interface)
		print_line(out, "interface", r->interface);
	print_words(out, "env", r->env);
	print_line(out, "user", r->user ? r->user : "-");
	print_line(out, "group", r->group ? r->group : "-");
	fprintf(out, "    %-*s %s%s\n", NAME_WIDTH, "provides", provides_name(plan_provides(u, r)),
		r->provides_given ? "" : " (by its configuration)");
}

static void print_runs(FILE *out, const struct plan *p, const struct plan_unit *u)
{
	const struct plan_unit *leader = u->follows < 0 ? NULL : &p->unit[u->follows];

	for (unsigned a = 0; a < u->alternates; a++)
		for (unsigned v = 0; v < u->variants; v++) {
			const struct plan_run *r = plan_run_of(u, a, v);
			const char *beside = leader ? plan_run_of(leader, v, 0)->name : NULL;

			fprintf(out, "  run %u %s", a, r->name ? r->name : "(preferred)");
			if (leader)
				fprintf(out, ", while %s is on %s", leader->name,
					beside ? beside : "its preferred run");
			print_place(out, &r->place);
			print_run(out, u, r);
		}
}

void plan_print(const struct plan *plan, FILE *out)
{
	fputs("[ptpwarden]    (", out);
	print_escaped(out, plan->file ? plan->file : "built in");
	fputs(")\n", out);
	print_settings(out, IN_PTPWARDEN, plan);
	for (unsigned i = 0; i < plan->units; i++) {
		const struct plan_unit *u = &plan->unit[i];

		fprintf(out, "\n[unit %s]", u->name);
		print_place(out, &u->place);
		print_line(out, "follows", u->follows < 0 ? "-" : plan->unit[u->follows].name);
		print_settings(out, IN_UNIT, u);
		print_runs(out, plan, u);
	}
}
