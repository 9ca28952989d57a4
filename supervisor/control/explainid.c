#include "conf/ptplint.h"
#include "explainid.h"
#include "phrase.h"
#include "probes/probe.h"
#include "supervisor/diagnose/diagnose.h"

enum { TEXT_MAX = 8192 };

static void add_part(struct text *t, const char *label, const char *says)
{
	char room[1024];
	struct text line = text_in(room, sizeof(room));

	if (!says || !*says)
		return;
	text_add(&line, "%s%s", label, says);
	phrase_wrap(t, 2, room);
}

static bool of_finding(const char *id, struct text *t)
{
	const struct finding_doc *d = finding_doc(id);

	if (!d)
		return false;
	text_add(t, "%s, a finding of 'ptpwarden check'\n", id);
	add_part(t, "", d->what);
	add_part(t, "", d->why);
	add_part(t, "What to do: ", d->fix);
	add_part(t, "Asked: ", d->source);
	return true;
}

static bool of_linter(const char *id, struct text *t)
{
	const struct lint_rule *r = lint_rule(id);

	if (!r)
		return false;
	text_add(t, "%s, a finding in the configuration of a linuxptp program\n", id);
	add_part(t, "", r->meaning);
	add_part(t, "What to do: ", r->advice);
	return true;
}

static bool of_knowledge(const char *id, struct text *t)
{
	return explain_id(rulebase_builtin(), id, t);
}

bool explain_id_here(const char *id, FILE *out)
{
	static bool (*const books[])(const char *id, struct text *t) = {
		of_finding, of_linter, of_knowledge,
	};
	char room[TEXT_MAX];
	bool known = false;

	/* an id may stand in several: as a finding before a start, as a cause after a failure */
	for (size_t i = 0; i < ARRAY_LEN(books); i++) {
		struct text t = text_in(room, sizeof(room));

		if (!books[i](id, &t))
			continue;
		fprintf(out, "%s%s", known ? "\n" : "", room);
		known = true;
	}
	return known;
}
