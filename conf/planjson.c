/* `check --plan --json`: what plan_print() says, for programs. */
#include "planmake.h"
#include "schema.h"
#include "text.h"

static void put_string(FILE *out, const char *text)
{
	char room[6 * 4096 + 3];	/* the longest word, each byte escaped */
	struct text t = text_in(room, sizeof(room));

	text_add_json(&t, text);
	fputs(room, out);
}

static void put_member(FILE *out, const char *name, const char *value)
{
	fprintf(out, "\"%s\":", name);
	put_string(out, value);
}

static void put_words(FILE *out, const char *name, char *const *words)
{
	fprintf(out, ",\"%s\":[", name);
	for (unsigned i = 0; words[i]; i++) {
		fputs(i ? "," : "", out);
		put_string(out, words[i]);
	}
	fputs("]", out);
}

static void put_place(FILE *out, const struct place *p)
{
	fputs(",", out);
	put_member(out, "file", p->file);
	fprintf(out, ",\"line\":%u", p->line);
}

/* Values as a user would write them; null: none. */
static void put_settings(FILE *out, enum section_kind kind, const void *owner)
{
	const char *comma = "";

	fputs(",\"settings\":{", out);
	for (unsigned i = 0; i < schema_n; i++) {
		char value[256];

		if (!(schema[i].sections & kind) || !schema[i].field[0].size)
			continue;
		schema_show(&schema[i], owner, value, sizeof(value));
		fputs(comma, out);
		put_member(out, schema[i].name, *value ? value : NULL);
		comma = ",";
	}
	fputs("}", out);
}

static void put_run(FILE *out, const struct plan_unit *u, const struct plan_run *r)
{
	put_member(out, "alternate_name", r->name);
	put_place(out, &r->place);
	fputs(",", out);
	put_member(out, "program_path", r->program_path);
	fprintf(out, ",\"program_found\":%s", r->program_found ? "true" : "false");
	put_words(out, "argv", r->argv);
	put_words(out, "env", r->env);
	fputs(",", out);
	put_member(out, "interface", r->interface);
	fputs(",", out);
	put_member(out, "user", r->user);
	fputs(",", out);
	put_member(out, "group", r->group);
	fputs(",", out);
	put_member(out, "provides", provides_name(plan_provides(u, r)));
	fprintf(out, ",\"provides_given\":%s", r->provides_given ? "true" : "false");
}

static void put_runs(FILE *out, const struct plan_unit *u)
{
	fputs(",\"runs\":[", out);
	for (unsigned i = 0; i < u->alternates * u->variants; i++) {
		fprintf(out, "%s{\"alternate\":%u,", i ? "," : "", i / u->variants);
		if (u->follows < 0)
			fputs("\"leader_alternate\":null,", out);
		else
			fprintf(out, "\"leader_alternate\":%u,", i % u->variants);
		put_run(out, u, &u->runs[i]);
		fputs("}", out);
	}
	fputs("]", out);
}

void plan_print_json(const struct plan *plan, FILE *out)
{
	fputs("{\"schema\":\"ptpwarden.plan/1\",", out);
	put_member(out, "file", plan->file);
	put_settings(out, IN_PTPWARDEN, plan);
	fputs(",\"units\":[", out);
	for (unsigned i = 0; i < plan->units; i++) {
		const struct plan_unit *u = &plan->unit[i];

		fputs(i ? ",{" : "{", out);
		put_member(out, "unit", u->name);
		put_place(out, &u->place);
		fputs(",", out);
		put_member(out, "follows", u->follows < 0 ? NULL : plan->unit[u->follows].name);
		put_settings(out, IN_UNIT, u);
		put_runs(out, u);
		fputs("}", out);
	}
	fputs("]}\n", out);
}
