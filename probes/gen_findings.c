/* Build time, on the build machine: findings.ini -> table of findings and one macro an id. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 200, FIELDS = 5 };
static const char *const field_names[FIELDS] = { "id", "what", "why", "fix", "source" };

struct row {
	char *field[FIELDS];
	int line;
};

static struct row rows[ROWS_MAX];
static int n;

static void die(const char *file, int line, const char *why)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, why);
	exit(1);
}

static char *keep(const char *s)
{
	char *copy = strdup(s);

	if (!copy)
		die("gen_findings", 0, "out of memory");
	return copy;
}

static int field_of(const char *key)
{
	for (int i = 1; i < FIELDS; i++)
		if (!strcmp(field_names[i], key))
			return i;
	return 0;
}

static void take_line(const char *file, int line, char *s)
{
	char *value = strstr(s, " = ");
	int f;

	if (!*s || *s == ';')
		return;
	if (*s == '[' && s[strlen(s) - 1] == ']') {
		if (n == ROWS_MAX)
			die(file, line, "too many rows");
		s[strlen(s) - 1] = '\0';
		rows[n].line = line;
		rows[n++].field[0] = keep(s + 1);
		return;
	}
	if (!value || !n)
		die(file, line, "neither [id] nor `key = value`");
	*value = '\0';
	f = field_of(s);
	if (!f || rows[n - 1].field[f])
		die(file, line, "unknown or repeated key");
	rows[n - 1].field[f] = keep(value + 3);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->field[0], ((const struct row *)b)->field[0]);
}

static void check(const char *file)
{
	for (int i = 0; i < n; i++) {
		for (int f = 0; f < FIELDS; f++)
			if (!rows[i].field[f])
				die(file, rows[i].line, "a key is missing");
		if (i && !strcmp(rows[i].field[0], rows[i - 1].field[0]))
			die(file, rows[i].line, "id given twice");
	}
}

static void print_string(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			putchar('\\');
		putchar(*s);
	}
	putchar('"');
}

static void print_macro(const char *id)
{
	printf("#define F_");
	for (const char *s = id; *s; s++)
		putchar(*s == '.' ? '_' : toupper((unsigned char)*s));
	printf(" \"%s\"\n", id);
}

int main(int argc, char **argv)
{
	int ids = argc == 3 && !strcmp(argv[2], "ids");
	FILE *f = argc == 3 ? fopen(argv[1], "r") : NULL;
	char s[1024];

	if (!f)
		die("usage", 0, "gen_findings FILE ids|table");
	for (int line = 1; fgets(s, sizeof(s), f); line++) {
		s[strcspn(s, "\r\n")] = '\0';
		take_line(argv[1], line, s);
	}
	fclose(f);
	qsort(rows, (size_t)n, sizeof(rows[0]), by_id);
	check(argv[1]);
	printf("/* made from findings.ini by gen_findings.c */\n");
	for (int i = 0; i < n; i++) {
		if (ids) {
			print_macro(rows[i].field[0]);
			continue;
		}
		printf("{ ");
		for (int k = 0; k < FIELDS; k++) {
			print_string(rows[i].field[k]);
			printf("%s", k == FIELDS - 1 ? " },\n" : ", ");
		}
	}
	return 0;
}
