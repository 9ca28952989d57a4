#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "conf/near.h"
#include "phrase.h"
#include "verbs.h"

enum kind { FLAG, TEXT, WAIT, COUNT };

/* A new option is a new row; which verbs have it says their args_spec. */
static const struct option_row {
	char letter;		/* names it in args_spec.options */
	bool is_short;		/* and on the command line */
	const char *name;
	enum kind kind;
	const char *value;	/* as the usage shows it, NULL: none */
	size_t at;
	const char *help;
} rows[] = {
	{ 'f', true, "file", TEXT, "FILE", offsetof(struct args, file),
	  "the configuration, if not in a usual place" },
	{ 's', false, "socket", TEXT, "PATH", offsetof(struct args, socket),
	  "the control socket itself" },
	{ 'i', true, "interface", TEXT, "IFACE", offsetof(struct args, interface),
	  "the built-in configuration for this interface" },
	{ 'j', true, "json", FLAG, NULL, offsetof(struct args, json), "print JSON" },
	{ 'w', false, "wait", WAIT, "[=SEC]", offsetof(struct args, wait),
	  "wait for the true answer, at most 30 s" },
	{ 'O', false, "force", FLAG, NULL, offsetof(struct args, force),
	  "start although a probe says that it cannot work" },
	{ 'l', false, "locked", FLAG, NULL, offsetof(struct args, locked),
	  "ready is not enough, the clock must be LOCKED" },
	{ 'a', true, "all", FLAG, NULL, offsetof(struct args, all),
	  "everything: every unit, every finding" },
	{ 'x', false, "facts", FLAG, NULL, offsetof(struct args, facts),
	  "list everything that was known, with sources and ages" },
	{ 'u', false, "unknown", FLAG, NULL, offsetof(struct args, unknown),
	  "the evidence of failures that nothing explained" },
	{ 'p', false, "plan", FLAG, NULL, offsetof(struct args, plan),
	  "print what would be run, fully expanded" },
	{ 'n', true, "lines", COUNT, "N", offsetof(struct args, lines),
	  "the newest N lines (0: all)" },
	{ 'F', true, "follow", FLAG, NULL, offsetof(struct args, follow),
	  "go on with new lines as they come" },
	{ 'r', false, "ring", TEXT, "FILE", offsetof(struct args, ring),
	  "the recording itself, for one copied from another machine" },
	{ 't', false, "at", TEXT, "TIME", offsetof(struct args, at),
	  "the state at TIME: -5s, 14:03:05, \"2026-11-22 14:03\", #NUMBER" },
	{ 'S', false, "since", TEXT, "TIME", offsetof(struct args, since),
	  "what happened since TIME" },
	{ 'c', false, "changed", TEXT, "NAME", offsetof(struct args, changed),
	  "when SUBJECT.NAME last became what it is (at TIME)" },
	{ 'T', false, "trace", FLAG, NULL, offsetof(struct args, trace),
	  "print it in the format of Chrome's trace viewer" },
	{ 'R', false, "redact", FLAG, NULL, offsetof(struct args, redact),
	  "replace addresses, clock identities and the host name" },
	{ 'o', true, "output", TEXT, "FILE", offsetof(struct args, output),
	  "write it there; FILE.html is a page, FILE.json is JSON" },
	{ 'h', true, "help", FLAG, NULL, offsetof(struct args, help), "this text" },
};

enum { ROWS = ARRAY_LEN(rows) };

static const struct option_row *row_of(int letter)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].letter == letter)
			return &rows[i];
	return NULL;
}

static bool accepts(const struct args_spec *spec, const struct option_row *row)
{
	return row && (row->letter == 'h' || strchr(spec->options, row->letter));
}

void args_print_usage(const struct args_spec *spec, FILE *out)
{
	fprintf(out, "usage: ptpwarden %s%s%s%s\n%s\n", spec->verb,
		spec->options[0] ? " [OPTION]..." : "", spec->words[0] ? " " : "", spec->words,
		spec->help);
	for (size_t i = 0; i < ROWS; i++) {
		const struct option_row *r = &rows[i];
		const char *value = r->value ? r->value : "";
		char name[40], letter[4] = "";

		if (!accepts(spec, r))
			continue;
		if (r->is_short)
			snprintf(letter, sizeof(letter), "-%c,", r->letter);
		snprintf(name, sizeof(name), "--%s%s%s", r->name,
			 r->kind == WAIT || !*value ? "" : " ", value);
		fprintf(out, "  %3s %-18s %s\n", letter, name, r->help);
	}
}

bool args_duration(const char *s, msec_t *out)
{
	static const struct {
		const char *name;
		double ms;
	} units[] = { { "", 1000 }, { "s", 1000 }, { "ms", 1 }, { "m", 60000 }, { "h", 3600000 } };
	size_t digits = strspn(s, "0123456789.");
	char *end;
	double n = strtod(s, &end);

	if (!digits || end != s + digits)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (!strcmp(end, units[i].name) && n * units[i].ms < 1e12) {
			*out = (msec_t)(n * units[i].ms + 0.5);
			return true;
		}
	return false;
}

static bool read_count(const char *s, unsigned *out)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(s, &end, 10);
	if (errno || end == s || *end || *s == '-' || n > 1000000)
		return false;
	*out = (unsigned)n;
	return true;
}

static int usage_error(const struct args_spec *spec, const char *what, const char *word,
		       const char *remedy)
{
	char room[512];
	struct text t = text_in(room, sizeof(room));

	phrase_safe(&t, word);
	fprintf(stderr, "ptpwarden %s: %s '%s'. %s\n", spec->verb, what, room, remedy);
	return RC_USAGE;
}

static int bad_value(const struct args_spec *spec, const struct option_row *row, const char *value)
{
	if (row->kind == WAIT)
		return usage_error(spec, "--wait has no use for", value,
				   "Give seconds, or 500ms, 30s, 5m, 1h.");
	return usage_error(spec, "--lines has no use for", value, "Give a number of lines.");
}

static int take_option(const struct args_spec *spec, const struct option_row *row,
		       const char *value, struct args *out)
{
	char *field = (char *)out + row->at;
	bool ok = true;

	switch (row->kind) {
	case FLAG:
		*(bool *)field = true;
		break;
	case TEXT:
		*(const char **)(void *)field = value;
		break;
	case WAIT:
		*(bool *)field = true;
		ok = !value || args_duration(value, &out->wait_ms);
		break;
	case COUNT:
		ok = read_count(value, (unsigned *)(void *)field);
		break;
	}
	return ok ? 0 : bad_value(spec, row, value);
}

static int unknown_option(const struct args_spec *spec, const char *word)
{
	char name[64], remedy[160];
	struct near near;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
	near_start(&near, name + strspn(name, "-"));
	for (size_t i = 0; i < ROWS && !strncmp(word, "--", 2); i++)
		if (accepts(spec, &rows[i]))
			near_offer(&near, rows[i].name);
	if (near_best(&near))
		snprintf(remedy, sizeof(remedy), "Did you mean '--%s'?", near_best(&near));
	else
		snprintf(remedy, sizeof(remedy), "'ptpwarden %s -h' lists the options.",
			 spec->verb);
	return usage_error(spec, "there is no option", name, remedy);
}

/* What getopt_long() needs, made of the rows that this verb accepts. */
static int has_arg(const struct option_row *r)
{
	if (r->kind == WAIT)
		return optional_argument;
	return r->value ? required_argument : no_argument;
}

static void getopt_tables(const struct args_spec *spec, char *letters, struct option *names)
{
	*letters++ = ':';
	for (size_t i = 0; i < ROWS; i++) {
		const struct option_row *r = &rows[i];

		if (!accepts(spec, r))
			continue;
		*names++ = (struct option){
			.name = r->name, .val = r->letter, .has_arg = has_arg(r),
		};
		if (!r->is_short)
			continue;
		*letters++ = r->letter;
		if (r->value)
			*letters++ = ':';
	}
	*letters = '\0';
	*names = (struct option){ .name = NULL };
}

/* getopt says which letter it did not like, not which word; unknown long options have none. */
static int bad_option(const struct args_spec *spec, int c, char **argv)
{
	const struct option_row *row = row_of(optopt);
	char word[3] = { '-', (char)optopt, '\0' };

	if (c == ':')
		return usage_error(spec, "a value is missing after", argv[optind - 1],
				   "Give it as the next word.");
	if (!optopt)
		return unknown_option(spec, argv[optind - 1]);
	if (accepts(spec, row) && !strncmp(argv[optind - 1], "--", 2))
		return usage_error(spec, "there is no value with", argv[optind - 1],
				   "Leave out what follows the '='.");
	return unknown_option(spec, word);
}

static int count_words(const struct args_spec *spec, const struct args *a)
{
	char remedy[160];

	snprintf(remedy, sizeof(remedy), "Usage: ptpwarden %s %s", spec->verb, spec->words);
	if (a->help || (a->words >= spec->words_min && a->words <= spec->words_max))
		return 0;
	if (a->words > spec->words_max)
		return usage_error(spec, "there is one word too many:", a->word[spec->words_max],
				   remedy);
	return usage_error(spec, "a word is missing:", spec->words, remedy);
}

int args_parse(const struct args_spec *spec, int argc, char **argv, struct args *out)
{
	struct option names[ROWS + 1];
	char letters[2 * ROWS + 2];
	int c, rc;

	getopt_tables(spec, letters, names);
	opterr = 0;
	optind = 0;	/* start anew, also in a process that has parsed before */
	while ((c = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		rc = c == '?' || c == ':' ? bad_option(spec, c, argv)
					  : take_option(spec, row_of(c), optarg, out);
		if (rc)
			return rc;
	}
	for (; optind < argc; optind++) {
		if (out->words < ARGS_WORDS_MAX)
			out->word[out->words] = argv[optind];
		out->words++;
	}
	return count_words(spec, out);
}

int args_find_verb(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-')
			return i;
		if (!strcmp(argv[i], "-f") || !strcmp(argv[i], "--file") ||
		    !strcmp(argv[i], "--socket"))
			i++;
	}
	return 0;
}
