#include <string.h>

#include "conf/linuxptp/ptplint.h"
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

/* The table writes {subject} where a finding has its own. */
static void add_fix(struct text *t, const char *fix)
{
	static const char mark[] = "{subject}";
	char room[1024];
	struct text line = text_in(room, sizeof(room));
	const char *at, *rest = fix;

	while ((at = strstr(rest, mark))) {
		text_add(&line, "%.*sSUBJECT", (int)(at - rest), rest);
		rest = at + sizeof(mark) - 1;
	}
	text_add(&line, "%s", rest);
	if (rest != fix)
		text_add(&line, " (SUBJECT is what the finding is about.)");
	add_part(t, "What to do: ", room);
}

static bool of_finding(const char *id, struct text *t)
{
	const struct finding_doc *d = finding_doc(id);

	if (!d)
		return false;
	text_add(t, "%s, a finding of 'ptpwarden check'\n", id);
	add_part(t, "", d->what);
	add_part(t, "", d->why);
	add_fix(t, d->fix);
	add_part(t, "Asked: ", d->source);
	return true;
}

static bool of_linter(const char *id, struct text *t)
{
	const struct lint_rule *r = lint_rule(id);

	if (!r)
		return false;
	text_add(t, "%s, a finding in a linuxptp configuration\n", id);
	add_part(t, "", r->meaning);
	add_part(t, "What to do: ", r->advice);
	return true;
}

static bool of_knowledge(const char *id, struct text *t)
{
	bool line = !strncmp(id, "log.", 4);
	size_t start;

	text_add(t, "%s, %s\n", id,
		 line ? "a line that daemons print" : "what 'ptpwarden why' may name as a cause");
	start = t->len;
	return explain_id(rulebase_builtin(), id, t) && t->len > start;
}

static void print_string(const char *s, FILE *out)
{
	char room[6 * TEXT_MAX];
	struct text t = text_in(room, sizeof(room));

	text_add_json(&t, s);
	fputs(room, out);
}

/* Text after text, the way that was asked for; `n` are there already. */
static void print(const char *id, const char *says, unsigned n, bool json, FILE *out)
{
	if (!json) {
		fprintf(out, "%s%s", n ? "\n" : "", says);
		return;
	}
	if (!n) {
		fputs("{\"schema\":\"ptpwarden.meaning/1\",\"id\":", out);
		print_string(id, out);
		fputs(",\"texts\":[", out);
	}
	fputs(n ? "," : "", out);
	print_string(says, out);
}

bool explain_id_here(const char *id, bool json, FILE *out)
{
	static bool (*const books[])(const char *id, struct text *t) = {
		of_finding, of_linter, of_knowledge,
	};
	char room[TEXT_MAX];
	unsigned n = 0;

	/* an id may stand in several: as a finding before a start, as a cause after a failure */
	for (size_t i = 0; i < ARRAY_LEN(books); i++) {
		struct text t = text_in(room, sizeof(room));

		if (books[i](id, &t))
			print(id, room, n++, json, out);
	}
	if (n && json)
		fputs("]}\n", out);
	return n > 0;
}
