/*
 * `rules check FILE [FOLDER]`: what a file of rules changes. Each unexplained failure of this box,
 * and each case of the folder, is judged without the file and with it.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "casefile.h"
#include "conf/linuxptp/command.h"
#include "conf/rules/rulefile.h"
#include "kept.h"
#include "local.h"
#include "places.h"
#include "supervisor/diagnose/diagnose.h"
#include "supervisor/diagnose/rulebase.h"
#include "verbs.h"

enum { RULES_BYTES_MAX = 256 * 1024 };

static const struct args_spec spec = {
	.verb = "rules", .options = "f", .words = "check FILE [CASES]", .words_min = 2, .words_max = 3,
	.help = "Tests a file of rules: is it well-formed, what of the unexplained failures of this box and\n"
		"of the cases in a folder would it explain, and what would it wrongly take.",
};

struct checking {
	struct rulefile *rules;
	const struct rulebase *before, *after;
	unsigned cases, explained, taken, wrong;
	struct facts facts;
	struct log_digest log;
	struct verdict was, is;
};

static void on_error(void *owner, const char *line)
{
	fprintf(stderr, "%s\n", line);
}

static const char *first(const struct verdict *v)
{
	return v->causes ? v->cause[0].id : verdict_kind_name(v->kind);
}

static bool is_new(const struct checking *c, const char *id)
{
	for (unsigned i = 0; i < c->before->causes; i++)
		if (!strcmp(c->before->pool + c->before->cause[i].id, id))
			return false;
	return true;
}

/* `wanted`: the class that the case says, empty when it says nothing. */
static void compare(struct checking *c, const char *name, const char *wanted)
{
	bool mine, right;

	diagnose(c->before, &c->facts, &c->log, MSEC_NONE, &c->was);
	diagnose(c->after, &c->facts, &c->log, MSEC_NONE, &c->is);
	c->cases++;
	mine = c->is.causes && is_new(c, c->is.cause[0].id);
	if (!mine && !strcmp(first(&c->was), first(&c->is)))
		return;
	right = c->is.causes && (!wanted[0] || !strcmp(wanted, c->is.cause[0].class));
	if (right && (c->was.kind == VERDICT_UNKNOWN || (c->was.kind == VERDICT_HEALTHY && wanted[0]))) {
		c->explained++;
		printf("explains %s: %s (%s)\n", name, first(&c->is),
		       confidence_name(c->is.cause[0].confidence));
	} else if (right) {
		c->taken++;
		printf("takes over %s: %s, was %s\n", name, first(&c->is), first(&c->was));
	} else {
		c->wrong++;
		printf("WRONG for %s: %s, was %s%s%s\n", name, first(&c->is), first(&c->was),
		       wanted[0] ? ", wanted class " : "", wanted);
	}
}

static void on_kept(void *owner, const struct kept *k)
{
	struct checking *c = owner;

	kept_facts(k, c->before, &c->facts, &c->log);
	compare(c, k->signature, "");
}

/* --- cases of a folder, as tests/replay has them: NAME/case.json, case.log, expect --- */

static char *slurp(const char *folder, const char *case_name, const char *file, size_t *len)
{
	char path[768];
	char *text = malloc(CASE_BYTES_MAX);
	FILE *in;

	snprintf(path, sizeof(path), "%s/%s/%s", folder, case_name, file);
	in = text ? fopen(path, "re") : NULL;
	*len = in ? fread(text, 1, CASE_BYTES_MAX - 1, in) : 0;
	if (in)
		fclose(in);
	if (text)
		text[*len] = '\0';
	return text;
}

static void read_lines(struct checking *c, enum program program, char *text, size_t len)
{
	for (char *line = text, *end; line < text + len; line = end + 1) {
		end = line + strcspn(line, "\n");
		log_digest_line(&c->log, c->before, program, line, (size_t)(end - line), 0);
	}
}

static void end_facts(struct checking *c, const struct casefile *f)
{
	struct exit_info end = { .by = EXIT_BY_UNKNOWN, .at = MSEC_NONE, .after_ms = MSEC_NONE };

	end.kind = f->has_exit ? EXIT_KIND_EXIT : EXIT_KIND_NONE;
	end.code = f->exit;
	for (int i = 1; f->signal[0] && i < 32; i++)
		if (!strcmp(signal_name(i), f->signal)) {
			end.kind = EXIT_KIND_SIGNAL;
			end.code = i;
		}
	if (!facts_get(&c->facts, "exit.code") && !facts_get(&c->facts, "exit.signal"))
		exit_facts(&end, &c->facts);
	facts_set(&c->facts, "case", MSEC_NONE, "tool.name", "%s", f->program);
}

static void try_case(struct checking *c, const char *folder, const char *name)
{
	size_t json_len, log_len, expect_len;
	char *json = slurp(folder, name, "case.json", &json_len);
	char *log = slurp(folder, name, "case.log", &log_len);
	char *expect = slurp(folder, name, "expect", &expect_len);
	struct casefile f = { .has_exit = false };
	char wanted[64] = "";
	const char *kernel;

	c->facts.n = c->facts.dropped = 0;
	log_digest_reset(&c->log);
	if (json && log && expect && casefile_parse(json, json_len, &f, &c->facts, NULL) == 0) {
		(void)sscanf(expect, "class %63[a-z0-9_]", wanted);
		end_facts(c, &f);
		read_lines(c, command_program(f.program), log, log_len);
		kernel = facts_value(&c->facts, "kernel.message");
		if (kernel && strcmp(kernel, "none"))
			log_digest_line(&c->log, c->before, PROG_OTHER, kernel, strlen(kernel), 0);
		compare(c, name, wanted);
	} else if (json_len) {
		fprintf(stderr, "%s/%s: cannot be read as a case\n", folder, name);
	}
	free(json);
	free(log);
	free(expect);
}

static int is_case(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int try_cases(struct checking *c, const char *folder)
{
	struct dirent **names;
	int n = scandir(folder, &names, is_case, alphasort);

	if (n < 0) {
		fprintf(stderr, "ptpwarden rules: %s: %s\n", folder, strerror(errno));
		return RC_USAGE;
	}
	for (int i = 0; i < n; i++) {
		try_case(c, folder, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return 0;
}

/* --- the file --- */

static int read_rules(struct checking *c, const char *path)
{
	char *text = malloc(RULES_BYTES_MAX);
	FILE *in = text ? fopen(path, "re") : NULL;
	unsigned errors;
	size_t len;

	if (!in) {
		fprintf(stderr, "ptpwarden rules: %s: %s\n", path, strerror(text ? errno : ENOMEM));
		free(text);
		return RC_USAGE;
	}
	len = fread(text, 1, RULES_BYTES_MAX, in);
	fclose(in);
	errors = rulefile_parse(c->rules, path, text, len, on_error, NULL);
	free(text);
	if (len == RULES_BYTES_MAX)
		fprintf(stderr, "%s: is too large for a rules file (256 KiB)\n", path);
	return errors || len == RULES_BYTES_MAX ? RC_FAILED : 0;
}

static int check(struct checking *c, const struct args *a)
{
	struct places places;
	int rc = read_rules(c, a->word[1]);

	if (rc)
		return rc;
	c->after = rulefile_base(c->rules);
	places_find(a->file, &places);
	(void)kept_each(places.state_dir, on_kept, c);
	if (a->words > 2)
		rc = try_cases(c, a->word[2]);
	if (rc)
		return rc;
	printf("%u causes added; of %u cases: %u newly explained, %u taken over, %u wrong\n",
	       (unsigned)(c->after->causes - c->before->causes), c->cases, c->explained, c->taken,
	       c->wrong);
	return c->wrong ? RC_CAUSE : RC_OK;
}

int rules_main(int argc, char **argv)
{
	static struct checking c;
	struct args a = { .words = 0 };
	int rc = args_parse(&spec, argc, argv, &a);

	if (!rc && a.help)
		args_print_usage(&spec, stdout);
	if (rc || a.help)
		return rc;
	if (strcmp(a.word[0], "check")) {
		fprintf(stderr, "ptpwarden rules: there is only 'rules check FILE [CASES]'.\n");
		return RC_USAGE;
	}
	c.before = rulebase_builtin();
	c.rules = rulefile_new(&catalogue_builtin, c.before);
	if (!c.rules) {
		fprintf(stderr, "ptpwarden rules: out of memory\n");
		return RC_FAILED;
	}
	rc = check(&c, &a);
	rulefile_free(c.rules);
	return rc;
}
