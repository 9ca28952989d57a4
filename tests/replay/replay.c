/*
 * Runs every case of tests/replay/cases through the expert system, in this process.
 *
 * A case is a folder with case.json (program, exit, signal, facts), case.log and expect:
 *   class NAME      class of the first cause; "healthy": nothing may be found; "unknown": no cause
 *   id ID           id of the first cause
 *   not NAME        class or id that must not come first (a near miss)
 *   with CLASS      class that must be named besides
 *   undecidable     log and facts cannot decide it: counted apart, only a confident error fails
 *   source TEXT     where it comes from
 *
 * Each case is judged three times: as it is, with all prefixes stripped as in a quotation, and
 * with the lines of the same second in another order. Prints TAP, or the figures with --score.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/linuxptp/command.h"
#include "supervisor/control/casefile.h"
#include "supervisor/diagnose/diagnose.h"
#include "supervisor/diagnose/logline.h"
#include "supervisor/diagnose/rulebase.h"

enum { LINES_MAX = 2000, CLASSES_MAX = 96, CAUSES_MAX = 1024, CASES_MAX = 2000 };
enum variant { AS_IS, STRIPPED, SHUFFLED, VARIANTS };

struct expect {
	char class[64], id[64], not[64], with[64];
	bool undecidable;
};

struct testcase {
	char name[256];
	struct casefile c;
	struct facts facts;
	struct expect expect;
	char *text;		/* of the log, lines terminated by NUL */
	char *line[LINES_MAX];
	unsigned lines;
};

struct tally {
	char class[64];
	unsigned n, top1, top3, unknown, wrong, confident_wrong;
};

static struct tally tally[CLASSES_MAX];
static unsigned tallies;
static double times[CASES_MAX * VARIANTS];
static unsigned runs;
static struct verdict verdict;

static char *slurp(const char *dir, const char *name, size_t *len)
{
	char path[640];
	char *text = malloc(512 * 1024);
	FILE *in;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	in = fopen(path, "r");
	*len = in ? fread(text, 1, 512 * 1024 - 1, in) : 0;
	if (in)
		fclose(in);
	text[*len] = '\0';
	return text;
}

static void read_expect(struct expect *e, char *text)
{
	memset(e, 0, sizeof(*e));
	for (char *s = strtok(text, "\n"); s; s = strtok(NULL, "\n")) {
		sscanf(s, "class %63s", e->class);
		sscanf(s, "id %63s", e->id);
		sscanf(s, "not %63s", e->not);
		sscanf(s, "with %63s", e->with);
		e->undecidable |= !strcmp(s, "undecidable");
	}
}

static void end_facts(struct testcase *t)
{
	struct exit_info end = { .by = EXIT_BY_UNKNOWN, .at = MSEC_NONE, .after_ms = MSEC_NONE };

	if (t->c.has_exit) {
		end.kind = EXIT_KIND_EXIT;
		end.code = t->c.exit;
		exit_facts(&end, &t->facts);
	}
	for (int i = 1; t->c.signal[0] && i < 32; i++)
		if (!strcmp(signal_name(i), t->c.signal)) {
			end.kind = EXIT_KIND_SIGNAL;
			end.code = i;
			exit_facts(&end, &t->facts);
		}
	facts_set(&t->facts, "case", MSEC_NONE, "tool.name", "%s", t->c.program);
}

static bool load(struct testcase *t, const char *root, const char *name)
{
	char dir[600];
	struct err err = { 0 };
	size_t len;
	char *text;

	memset(t, 0, sizeof(*t));
	snprintf(t->name, sizeof(t->name), "%s", name);
	snprintf(dir, sizeof(dir), "%s/%s", root, name);
	text = slurp(dir, "expect", &len);
	read_expect(&t->expect, text);
	free(text);
	text = slurp(dir, "case.json", &len);
	if (casefile_parse(text, len, &t->c, &t->facts, &err) < 0 || !t->expect.class[0]) {
		printf("# %s: %s\n", name, err.code ? err.text : "no expect");
		free(text);
		return false;
	}
	free(text);
	/* facts that a case states about its ending win over what is derived here */
	if (!facts_get(&t->facts, "exit.code") && !facts_get(&t->facts, "exit.signal"))
		end_facts(t);
	t->text = slurp(dir, "case.log", &len);
	for (char *s = t->text; s < t->text + len && t->lines < LINES_MAX; s += strlen(s) + 1) {
		s[strcspn(s, "\n")] = '\0';
		t->line[t->lines++] = s;
	}
	return true;
}

static const char *stripped(const char *line)
{
	struct logline l;
	const char *port;

	logline_parse(&l, line, strlen(line));
	port = l.port >= 0 ? strstr(line, "port ") : NULL;
	return port ? port : l.text.at;
}

static bool same_second(const char *a, const char *b)
{
	struct logline x, y;

	logline_parse(&x, a, strlen(a));
	logline_parse(&y, b, strlen(b));
	return x.stamp != MSEC_NONE && x.stamp / 1000 == y.stamp / 1000;
}

/* Swap neighbours of the same second; offsets keep their order, their sequence is the message. */
static void shuffle(const char **line, unsigned n)
{
	struct logline_offset o;

	for (unsigned i = 1; i < n; i++) {
		const char *t = line[i];

		if (!same_second(line[i - 1], t) || logline_offset(&o, stripped(t), strlen(stripped(t))) ||
		    logline_offset(&o, stripped(line[i - 1]), strlen(stripped(line[i - 1]))))
			continue;
		line[i] = line[i - 1];
		line[i - 1] = t;
	}
}

static void judge(struct testcase *t, const struct rulebase *rules, enum variant how)
{
	static struct log_digest digest;
	const char *line[LINES_MAX];
	const char *kernel = facts_value(&t->facts, "kernel.message");
	struct timespec a, b;

	memcpy(line, t->line, sizeof(line));
	if (how == SHUFFLED)
		shuffle(line, t->lines);
	log_digest_reset(&digest);
	for (unsigned i = 0; i < t->lines; i++) {
		const char *s = how == STRIPPED ? stripped(line[i]) : line[i];

		log_digest_line(&digest, rules, command_program(t->c.program), s, strlen(s), 0);
	}
	if (kernel && strcmp(kernel, "none"))
		log_digest_line(&digest, rules, PROG_OTHER, kernel, strlen(kernel), 0);
	clock_gettime(CLOCK_MONOTONIC, &a);
	diagnose(rules, &t->facts, &digest, MSEC_NONE, &verdict);
	clock_gettime(CLOCK_MONOTONIC, &b);
	if (runs < CASES_MAX * VARIANTS)
		times[runs++] = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
}

/* Place of the class among the different classes of the verdict, from 1; 0: not there. */
static unsigned rank(const char *class)
{
	unsigned place = 0;

	for (unsigned i = 0; i < verdict.causes; i++) {
		bool new = true;

		for (unsigned k = 0; k < i; k++)
			new &= strcmp(verdict.cause[k].class, verdict.cause[i].class) != 0;
		place += new;
		if (!strcmp(verdict.cause[i].class, class))
			return place;
	}
	return 0;
}

static bool confident(void)
{
	return verdict.causes && verdict.cause[0].confidence != CONFIDENCE_POSSIBLE;
}

/* A cause that was needed together with the wanted one is no error. */
static bool right(const struct expect *e)
{
	const struct verdict_cause *first = &verdict.cause[0];

	if (!strcmp(e->class, "healthy"))
		return verdict.kind == VERDICT_HEALTHY;
	if (!strcmp(e->class, "unknown"))
		return verdict.kind == VERDICT_UNKNOWN;
	if (!verdict.causes || (e->with[0] && !rank(e->with)) || (e->id[0] && strcmp(e->id, first->id)))
		return false;
	if (e->not[0] && (!strcmp(e->not, first->id) || !strcmp(e->not, first->class)))
		return false;
	return rank(e->class) == 1 || (e->with[0] && first->with && rank(e->class) == 2);
}

static struct tally *tally_of(const char *class)
{
	for (unsigned i = 0; i < tallies; i++)
		if (!strcmp(tally[i].class, class))
			return &tally[i];
	if (tallies < CLASSES_MAX - 1)
		tallies++;
	snprintf(tally[tallies - 1].class, sizeof(tally[0].class), "%s", class);
	return &tally[tallies - 1];
}

static void count(const struct expect *e)
{
	struct tally *t = tally_of(e->undecidable ? "(undecidable)" : e->class);
	bool ok = right(e);

	t->n++;
	t->top1 += ok;
	t->top3 += ok || (rank(e->class) && rank(e->class) <= 3);
	t->unknown += verdict.kind == VERDICT_UNKNOWN;
	t->wrong += !ok;
	t->confident_wrong += !ok && confident();
}

static bool passes(struct testcase *t, char *why, size_t size)
{
	static const char *const names[] = { "as it is", "stripped", "shuffled" };

	for (int v = 0; v < VARIANTS; v++) {
		judge(t, rulebase_builtin(), v);
		if (v == AS_IS)
			count(&t->expect);
		if (right(&t->expect) || (t->expect.undecidable && !confident()))
			continue;
		/* without prefixes less is known: a cautious answer is no error there */
		if (v == STRIPPED && !confident() && (rank(t->expect.class) || !verdict.causes))
			continue;
		snprintf(why, size, "%s: wanted %s, found %s (%s)", names[v], t->expect.class,
			 verdict.causes ? verdict.cause[0].id : verdict_kind_name(verdict.kind),
			 verdict.causes ? confidence_name(verdict.cause[0].confidence) : "-");
		return false;
	}
	return true;
}

/* --- honesty: what happens to the cases of a class that nobody wrote rules for? --- */

struct honesty {
	unsigned n, unknown, possible, strong, certain;
};

static void without_class(struct testcase *t, struct honesty *h, bool loud)
{
	static struct rb_cause cause[CAUSES_MAX];
	struct rulebase less = *rulebase_builtin();
	unsigned n = 0;

	if (!strcmp(t->expect.class, "healthy") || !strcmp(t->expect.class, "unknown"))
		return;
	for (unsigned i = 0; i < less.causes && n < CAUSES_MAX; i++)
		if (strcmp(less.pool + less.cause[i].class, t->expect.class))
			cause[n++] = less.cause[i];
	less.cause = cause;
	less.causes = (uint16_t)n;
	judge(t, &less, AS_IS);
	h->n++;
	h->unknown += !verdict.causes;
	if (!verdict.causes)
		return;
	h->possible += verdict.cause[0].confidence == CONFIDENCE_POSSIBLE;
	h->strong += verdict.cause[0].confidence == CONFIDENCE_STRONG;
	h->certain += verdict.cause[0].confidence == CONFIDENCE_CERTAIN;
	if (loud && confident())
		printf("# without %s, %s becomes %s (%s)\n", t->expect.class, t->name,
		       verdict.cause[0].id, confidence_name(verdict.cause[0].confidence));
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void print_scores(const struct honesty *h)
{
	struct tally all = { .class = "all faults" };
	unsigned healthy = 0, alarms = 0;

	printf("%-28s %5s %6s %6s %8s %16s\n", "class", "cases", "top-1", "top-3", "unknown",
	       "confident-wrong");
	for (unsigned i = 0; i < tallies; i++) {
		const struct tally *t = &tally[i];

		printf("%-28s %5u %6u %6u %8u %16u\n", t->class, t->n, t->top1, t->top3, t->unknown,
		       t->confident_wrong);
		if (!strcmp(t->class, "healthy")) {
			healthy = t->n;
			alarms = t->wrong;
		} else if (t->class[0] != '(' && strcmp(t->class, "unknown")) {
			all.n += t->n;
			all.top1 += t->top1;
			all.top3 += t->top3;
			all.unknown += t->unknown;
			all.confident_wrong += t->confident_wrong;
		}
	}
	printf("%-28s %5u %6u %6u %8u %16u\n", all.class, all.n, all.top1, all.top3, all.unknown,
	       all.confident_wrong);
	printf("false alarms: %u of %u healthy logs\n", alarms, healthy);
	printf("with the rules of the case's own class left out: %u unknown, %u possible, %u strong, %u certain\n",
	       h->unknown, h->possible, h->strong, h->certain);
	qsort(times, runs, sizeof(times[0]), by_size);
	printf("verdict: median %.3f ms, p99 %.3f ms, worst %.3f ms over %u runs\n", times[runs / 2],
	       times[runs * 99 / 100], times[runs - 1], runs);
}

static int is_case(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	static struct testcase t;
	bool score = argc > 2 && !strcmp(argv[1], "--score");
	const char *root = argv[argc - 1];
	struct honesty h = { 0 };
	struct dirent **names;
	unsigned failed = 0;
	int n = argc > 1 ? scandir(root, &names, is_case, alphasort) : -1;

	if (n < 0) {
		fprintf(stderr, "usage: replay [--score] DIR\n");
		return 64;
	}
	for (int i = 0; i < n; i++) {
		char why[300] = "cannot be read";
		bool ok = load(&t, root, names[i]->d_name) && passes(&t, why, sizeof(why));

		failed += !ok;
		if (!score)
			printf("%sok %d %s%s%s\n", ok ? "" : "not ", i + 1, names[i]->d_name, ok ? "" : " - ",
			       ok ? "" : why);
		else if (!ok)
			printf("# %s: %s\n", names[i]->d_name, why);
		without_class(&t, &h, score);
		free(t.text);
		free(names[i]);
	}
	free(names);
	if (score)
		print_scores(&h);
	else
		printf("1..%d\n", n);
	return failed ? 1 : 0;
}
