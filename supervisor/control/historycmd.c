/* `history`: the incidents that are kept; how often each failure happened; the evidence of unexplained ones as rules to be finished. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "args.h"
#include "incidentlist.h"
#include "kept.h"
#include "local.h"
#include "phrase.h"
#include "places.h"
#include "supervisor/record/blob.h"
#include "verbs.h"

static const struct args_spec spec = {
	.verb = "history", .options = "fju", .words = "[FOLDER]", .words_max = 1,
	.help = "Lists the incidents that are kept and how often each failure was seen; works without\n"
		"the supervisor. `ptpwarden why NUMBER` tells an incident in full.\n"
		"With --unknown, the evidence of those that nothing explained: with FOLDER as rules\n"
		"and test cases to be finished, else as text.",
};

/* --- the table --- */

static void add_when(struct text *t, int64_t wall)
{
	time_t when = (time_t)wall;
	char room[32] = "?";
	struct tm tm;

	if (localtime_r(&when, &tm))
		strftime(room, sizeof(room), "%Y-%m-%d %H:%M", &tm);
	text_add(t, "%s", room);
}

static void add_row(const struct repeat *r, struct text *t)
{
	char name[18];

	repeat_name(r, name);
	text_add(t, "%s %6u  ", name, r->count);
	add_when(t, r->last);
	text_add(t, "  ");
	phrase_safe(t, r->unit);
	text_add(t, "  ");
	phrase_safe(t, r->cause);
}

static void add_json(const struct repeat *r, struct text *t)
{
	char name[18];

	repeat_name(r, name);
	text_add(t, "{\"signature\":\"%s\",\"unit\":", name);
	text_add_json(t, r->unit);
	text_add(t, ",\"cause\":");
	text_add_json(t, strcmp(r->cause, "unknown") ? r->cause : NULL);
	text_add(t, ",\"count\":%u,\"first\":%lld,\"last\":%lld}", r->count, (long long)r->first,
		 (long long)r->last);
}

static int show_table(const struct places *at_places, bool json)
{
	static char table[BLOB_CONTENT_MAX];
	const char *at = table;
	struct repeat r;
	unsigned n = 0;

	if (!json && incident_list(at_places, false) > 0)
		puts("");
	if (!kept_piece(at_places->state_dir, REPEATS_PIECE, table, sizeof(table)))
		table[0] = '\0';
	if (json)
		printf("{\"schema\":\"ptpwarden.history/1\",\"signatures\":[");
	else if (table[0])
		printf("%-17s %6s  %-16s  UNIT  CAUSE\n", "SIGNATURE", "TIMES", "LAST");
	else
		puts("No failure was recorded.");
	for (; repeats_next(&at, &r); n++) {
		char room[512];
		struct text t = text_in(room, sizeof(room));

		if (json) {
			text_add(&t, n ? "," : "");
			add_json(&r, &t);
		} else {
			add_row(&r, &t);
			text_add(&t, "\n");
		}
		fputs(room, stdout);
	}
	if (!json)
		return RC_OK;
	fputs("],\"incidents\":", stdout);
	(void)incident_list(at_places, true);
	puts("}");
	return RC_OK;
}

/* --- a rule to be finished, and its test --- */

static bool is_symptom(const struct kept *k, const struct factline *f)
{
	char name[FACT_NAME_MAX + 8];
	const char *at;

	snprintf(name, sizeof(name), "%.*s", f->name_len, f->name);
	at = strstr(k->symptoms, name);
	return at && (at[strlen(name)] == ',' || !at[strlen(name)]);
}

/* Facts that could be conditions; those of every case would only be noise. */
static bool telling(const struct kept *k, const struct factline *f)
{
	static const char *const everywhere[] = { "tool.", "host.uptime", "good.", "exit.after", "exit.maxrss",
						  "config.path", "log." };

	for (size_t i = 0; i < ARRAY_LEN(everywhere); i++)
		if (f->name_len >= (int)strlen(everywhere[i]) &&
		    !memcmp(f->name, everywhere[i], strlen(everywhere[i])))
			return false;
	return f->known && !is_symptom(k, f);
}

/* The longest run of words without numbers: what the line would say on another day, too. */
static int plain_words(const struct factline *f, const char **start)
{
	int best = 0;

	for (int i = 0, n; i < f->value_len; i += n + 1) {
		const char *at = f->value + i;

		for (n = 0; i + n < f->value_len && (isalpha((unsigned char)at[n]) || at[n] == ' '); n++)
			;
		while (n > best && *at == ' ') {
			at++;
			n--;
			i++;
		}
		if (n > best) {
			best = n;
			*start = at;
		}
	}
	while (best && (*start)[best - 1] == ' ')
		best--;
	return best;
}

static void print_weight(const struct factline *f, FILE *out)
{
	const char *words = f->value;
	int len;

	if (f->name_len != 14 || memcmp(f->name, "output.unknown", 14)) {
		fprintf(out, "# weighs = %.*s=%.*s +10\n", f->name_len, f->name, f->value_len, f->value);
		return;
	}
	len = plain_words(f, &words);
	fprintf(out, "weighs = output.unknown~%.*s +30\n", len ? len : f->value_len, words);
}

static void print_rule(const struct kept *k, FILE *out)
{
	const char *list = k->list;
	struct factline f;

	fprintf(out, "# Failure %s of %s. Finish what stands in <>, keep those of the conditions that\n"
		     "# matter, then: ptpwarden rules check THIS-FILE FOLDER-OF-CASES\n\n",
		k->signature, k->unit);
	fprintf(out, "[cause local.<name>]\ntitle    = <One sentence: what is wrong with {iface.name|the interface}.>\n"
		     "class    = <word>\nexplains = %s\n", k->symptoms);
	fprintf(out, "# requires = FACT=VALUE     must hold;  refuted = FACT=VALUE  rules it out\n");
	while (factlist_next(&list, &f))
		if (telling(k, &f))
			print_weight(&f, out);
	fprintf(out, "advice   = <One imperative sentence: what to do first.>\naction   = retry\n");
}

static void print_log(const struct kept *k, FILE *out)
{
	struct factline line[KEPT_LINES_MAX];
	unsigned n = kept_lines(k, line);

	for (unsigned i = 0; i < n; i++) {
		msec_t at = line[i].at == MSEC_NONE ? 0 : line[i].at;
		int len;
		unsigned times = kept_times(&line[i], &len);

		while (times--)
			fprintf(out, "%s[%lld.%03lld]: %.*s\n", k->program, (long long)(at / SEC),
				(long long)(at % SEC), len, line[i].value);
	}
}

static void print_json(const char *s, int len, FILE *out)
{
	char copy[FACT_VALUE_MAX + 32], room[6 * sizeof(copy)];
	struct text t = text_in(room, sizeof(room));

	snprintf(copy, sizeof(copy), "%.*s", len, s);
	text_add_json(&t, copy);
	fputs(room, out);
}

static void print_case(const struct kept *k, FILE *out)
{
	const char *list = k->list;
	struct factline f;
	unsigned n = 0;

	fprintf(out, "{\"program\": \"%s\", \"exit\": null, \"signal\": null, \"facts\": {", k->program);
	while (factlist_next(&list, &f)) {
		if (f.source_len == 3 && !memcmp(f.source, "log", 3))
			continue;
		fprintf(out, "%s\n  ", n++ ? "," : "");
		print_json(f.name, f.name_len, out);
		fputs(": ", out);
		if (f.known)
			print_json(f.value, f.value_len, out);
		else
			fputs("null", out);
	}
	fputs("\n}}\n", out);
}

static void print_expect(const struct kept *k, FILE *out)
{
	fprintf(out, "class <word>\nsource failure %s of %s\n", k->signature, k->unit);
}

struct export {
	const char *folder;	/* NULL: to standard output */
	int failed;		/* errno */
};

static int write_file(const char *folder, const char *name, const struct kept *k,
		      void (*print)(const struct kept *k, FILE *out))
{
	char path[512];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	out = fopen(path, "wxe");
	if (!out)
		return errno;
	print(k, out);
	return fclose(out) ? errno : 0;
}

static void write_files(struct export *e, const struct kept *k)
{
	char folder[400];
	static const struct {
		const char *name;
		void (*print)(const struct kept *k, FILE *out);
	} files[] = {
		{ "cause.rules", print_rule }, { "case.json", print_case },
		{ "case.log", print_log }, { "expect", print_expect },
	};

	snprintf(folder, sizeof(folder), "%s/unknown-%s", e->folder, k->signature);
	if (mkdir(folder, 0755) < 0) {
		e->failed = errno;
		fprintf(stderr, "ptpwarden history: %s: %s\n", folder, strerror(errno));
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(files) && !e->failed; i++)
		e->failed = write_file(folder, files[i].name, k, files[i].print);
	printf("%s: %s\n", folder, e->failed ? strerror(e->failed) : "cause.rules, case.json, case.log, expect");
}

static void on_kept(void *owner, const struct kept *k)
{
	struct export *e = owner;

	if (e->folder) {
		write_files(e, k);
		return;
	}
	print_rule(k, stdout);
	puts("\n# What it printed:");
	print_log(k, stdout);
	puts("");
}

static int export(const char *state_dir, const char *folder)
{
	struct export e = { .folder = folder };
	int n;

	if (folder && mkdir(folder, 0755) < 0 && errno != EEXIST) {
		fprintf(stderr, "ptpwarden history: %s: %s\n", folder, strerror(errno));
		return RC_FAILED;
	}
	n = kept_each(state_dir, on_kept, &e);
	if (n < 0 && n != -ENOENT) {
		fprintf(stderr, "ptpwarden history: %s: %s\n", state_dir, strerror(-n));
		return RC_FAILED;
	}
	if (n <= 0)
		puts("No failure is unexplained.");
	return e.failed ? RC_FAILED : RC_OK;
}

int history_main(int argc, char **argv)
{
	struct args a = { .words = 0 };
	struct places places;
	int rc = args_parse(&spec, argc, argv, &a);

	if (!rc && a.help)
		args_print_usage(&spec, stdout);
	if (rc || a.help)
		return rc;
	places_find(a.file, &places);
	return a.unknown ? export(places.state_dir, a.words ? a.word[0] : NULL)
			 : show_table(&places, a.json);
}
