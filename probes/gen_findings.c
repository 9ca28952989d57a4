/* Build time, on the build machine: findings.ini -> table, one macro an id, manual page. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/linuxptp/ptplint.h"

enum { ROWS_MAX = 200, FIELDS = 5 };
static const char *const field_names[FIELDS] = { "id", "what", "why", "fix", "source" };

struct row {
	char *field[FIELDS];
	int line;
};

static struct row rows[ROWS_MAX];
static int n;

static _Noreturn void die(const char *file, int line, const char *why)
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

static void print_ids(void)
{
	for (int i = 0; i < n; i++)
		print_macro(rows[i].field[0]);
}

static void print_table(void)
{
	for (int i = 0; i < n; i++) {
		printf("{ ");
		for (int k = 0; k < FIELDS; k++) {
			print_string(rows[i].field[k]);
			printf("%s", k == FIELDS - 1 ? " },\n" : ", ");
		}
	}
}

/* A line of roff text: nothing in it may look like a request. */
static void print_roff(const char *before, const char *s)
{
	static const char hole[] = "{subject}";

	printf("%s", before);
	for (; *s; s++) {
		if (!strncmp(s, hole, strlen(hole))) {
			printf("\\fIsubject\\fR");
			s += strlen(hole) - 1;
		} else if (*s == '\\')
			printf("\\e");
		else if (*s == '-')
			printf("\\-");
		else
			putchar(*s);
	}
	putchar('\n');
}

/* What the linter can find stands in its own table, which the daemon's words need. */
static void print_rules(void)
{
	printf(".El\n.Sh CONFIGURATIONS OF LINUXPTP\nWhat can be wrong in a command line, a "
	       "configuration of ptp4l, phc2sys or ts2phc, or a\n.Pa timemaster.conf .\n"
	       "What the daemon would refuse, or what makes the run useless, forbids the start.\n"
	       ".Bl -tag -width Ds\n");
	for (unsigned i = 0; i < lint_rules_n; i++) {
		printf(".It Li %s\n", lint_rules[i].id);
		print_roff("", lint_rules[i].meaning);
		print_roff(".br\n", lint_rules[i].severity == LINT_ERROR ? "Forbids the start." :
									   "Warns.");
		print_roff(".br\n", lint_rules[i].advice);
	}
}

static void print_man(void)
{
	printf(".Dd November 21, 2026\n.Dt PTPWARDEN-FINDINGS 7\n.Os\n"
	       ".Sh NAME\n.Nm ptpwarden-findings\n.Nd what a check before a start can find\n"
	       ".Sh DESCRIPTION\nBefore each start, and when asked by\n.Ic ptpwarden check ,\n"
	       "every question below is put to the system.\n"
	       "A finding passes, warns, forbids the start, or is unknown:\n"
	       "what could not be looked at never forbids a start.\n.Pp\n"
	       ".Ic ptpwarden why Ar id\nprints one of these entries.\nFindings named\n.Li config. "
	       "Ns Ar name\n"
	       "are about the configuration of the daemon itself and stand in a list of their own.\n"
	       ".Sh FINDINGS\n.Bl -tag -width Ds\n");
	for (int i = 0; i < n; i++) {
		printf(".It Li %s\n", rows[i].field[0]);
		print_roff("", rows[i].field[1]);
		print_roff("", rows[i].field[2]);
		print_roff(".br\n", rows[i].field[3]);
		print_roff(".br\nAsked of: ", rows[i].field[4]);
	}
	print_rules();
	printf(".El\n.Sh SEE ALSO\n.Xr ptpwarden.conf 5 ,\n.Xr ptpwarden 8\n");
}

static void read_rows(const char *file)
{
	FILE *f = fopen(file, "r");
	char s[1024];

	if (!f)
		die(file, 0, "cannot be read");
	for (int line = 1; fgets(s, sizeof(s), f); line++) {
		s[strcspn(s, "\r\n")] = '\0';
		take_line(file, line, s);
	}
	fclose(f);
	qsort(rows, (size_t)n, sizeof(rows[0]), by_id);
	check(file);
}

static const struct output {
	const char *name, *head;
	void (*print)(void);
} outputs[] = {
	{ "ids", "/* made from findings.ini by gen_findings.c */\n", print_ids },
	{ "table", "/* made from findings.ini by gen_findings.c */\n", print_table },
	{ "man", ".\\\" made from findings.ini by gen_findings.c\n", print_man },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 3 && i < sizeof(outputs) / sizeof(outputs[0]); i++)
		if (!strcmp(argv[2], outputs[i].name)) {
			read_rows(argv[1]);
			printf("%s", outputs[i].head);
			outputs[i].print();
			return 0;
		}
	die("usage", 0, "gen_findings FILE ids|table|man");
}
