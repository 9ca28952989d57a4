/*
 * Turns conf/options.tsv (stdin) into the rows of a C table (stdout).
 * Runs on the build machine; stops at the first line that makes no sense.
 */
#include <ctype.h>
#include <float.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME, SCOPE, TYPE, VALUES, DEFAULT, SINCE, UNTIL, SUCCESSOR, COLUMNS };

static unsigned line_number;

static void fail(const char *what, const char *word)
{
	fprintf(stderr, "conf/options.tsv:%u: %s: %s\n", line_number, what, word);
	exit(1);
}

/* "4.4+" is what comes after 4.4 and before the next release. */
static unsigned version(const char *s)
{
	unsigned major = 0, minor = 0, patch = 0;
	int end = 0;

	if (!strcmp(s, "-"))
		return 0;
	if (sscanf(s, "%u.%u%n", &major, &minor, &end) < 2 || (s[end] && strcmp(s + end, "+")))
		fail("no version", s);
	if (s[end])
		patch = 0xff;
	return major << 16 | minor << 8 | patch;
}

static void print_string(const char *s)
{
	if (!strcmp(s, "-"))
		s = "";
	putchar('"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			putchar('\\');
		putchar(*s);
	}
	putchar('"');
}

static double bound(const char *type, const char *s)
{
	char *end;
	double v;

	if (!strcmp(type, "double")) {
		if (!strcmp(s, "max"))
			return DBL_MAX;
		if (!strcmp(s, "-max"))
			return -DBL_MAX;
		if (!strcmp(s, "min"))
			return DBL_MIN;
		v = strtod(s, &end);
	} else {
		if (!strcmp(s, "max"))
			return strcmp(type, "uint") ? INT_MAX : UINT_MAX;
		if (!strcmp(s, "min"))
			return INT_MIN;
		v = (double)strtoll(s, &end, 0);
	}
	if (end == s || *end)
		fail("no number", s);
	return v;
}

/* LOW..HIGH, perhaps with |WORD=NUMBER */
static void print_range(const char *type, char *values)
{
	char *high = strstr(values, ".."), *word = strchr(values, '|'), *equals;

	if (!high)
		fail("no range", values);
	*high = '\0';
	if (word)
		*word++ = '\0';
	printf(".min = %.17g, .max = %.17g", bound(type, values), bound(type, high + 2));
	if (!word)
		return;
	equals = strchr(word, '=');
	if (!equals)
		fail("a word without its number", word);
	*equals = '\0';
	printf(", .word = \"%s\", .word_value = %s", word, equals + 1);
}

static void print_values(const char *type, char *values)
{
	if (!strcmp(type, "enum"))
		printf(".labels = \"%s\"", values);
	else if (strcmp(type, "string"))
		print_range(type, values);
}

static const char *known(const char *word, const char *const *words, const char *what)
{
	for (; *words; words++)
		if (!strcmp(*words, word))
			return word;
	fail(what, word);
	return NULL;
}

static void print_upper(const char *s)
{
	for (; *s; s++)
		putchar(toupper((unsigned char)*s));
}

static void print_row(char **col)
{
	static const char *const scopes[] = { "global", "port", NULL };
	static const char *const types[] = { "int", "uint", "double", "enum", "string", NULL };

	printf("{ .name = \"%s\", .scope = PTP_", col[NAME]);
	print_upper(known(col[SCOPE], scopes, "no scope"));
	printf(", .type = PTP_");
	print_upper(known(col[TYPE], types, "no type"));
	printf(", .fallback = ");
	print_string(col[DEFAULT]);
	printf(", .since = 0x%06x, .until = 0x%06x", version(col[SINCE]), version(col[UNTIL]));
	if (strcmp(col[SUCCESSOR], "-"))
		printf(", .successor = \"%s\"", col[SUCCESSOR]);
	if (strcmp(col[TYPE], "string"))
		printf(", ");
	print_values(col[TYPE], col[VALUES]);
	printf(" },\n");
}

static void split(char *line, char **col)
{
	int n = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *at = line; at; n++) {
		if (n == COLUMNS)
			fail("too many columns", line);
		col[n] = at;
		at = strchr(at, '\t');
		if (at)
			*at++ = '\0';
		if (!*col[n])
			fail("an empty column", line);
	}
	if (n != COLUMNS)
		fail("too few columns", line);
}

int main(void)
{
	char line[1024], before[64] = "", *col[COLUMNS];

	while (fgets(line, sizeof(line), stdin)) {
		line_number++;
		if (line[0] == '#')
			continue;
		split(line, col);
		if (strcmp(before, col[NAME]) > 0)
			fail("not in order", col[NAME]);
		if (snprintf(before, sizeof(before), "%s", col[NAME]) >= (int)sizeof(before))
			fail("name too long", col[NAME]);
		print_row(col);
	}
	return ferror(stdin) || fflush(stdout) ? 1 : 0;
}
