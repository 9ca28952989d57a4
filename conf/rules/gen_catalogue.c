/*
 * Build-time program: conf/rules/catalogue.txt -> constant tables for supervisor/diagnose/catalogue.c.
 * The wordings become one tree with an edge for each literal run or field, laid out so that the
 * children of a node lie side by side.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/diagnose/catalogue.h"

enum { LINE_BYTES = 1024, MESSAGES = 1024, PATTERNS = 4096, FIELDS = 8192, NODES = 65535, POOL = 65535,
       AFTERS = 256 };

struct tree {
	int type;		/* enum edge_type */
	char *label;
	int pattern;		/* -1: none ends here */
	struct tree *child, *next;
	unsigned index;		/* place in the output */
};

static const char *source;
static unsigned line_number;

static char pool[POOL], labels[POOL];
static size_t pool_len, labels_len;
static struct catalogue_message message[MESSAGES];
static struct catalogue_pattern pattern[PATTERNS];
static uint16_t field[FIELDS];
static unsigned messages, patterns, fields;
static uint64_t after[AFTERS] = { UINT64_MAX };	/* sets of bytes behind fields */
static unsigned afters = 1;
static struct tree root = { .pattern = -1 };

static void die(const char *why)
{
	fprintf(stderr, "%s:%u: %s\n", source, line_number, why);
	exit(1);
}

static void *grab(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		die("out of memory");
	return p;
}

/* Offset of a text in a pool, shared when it is there already. */
static uint16_t intern(char *room, size_t *used, const char *text, size_t len, int terminated)
{
	size_t need = len + (terminated ? 1 : 0);

	for (size_t at = 0; at + need <= *used; at++)
		if (!memcmp(room + at, text, len) && (!terminated || !room[at + len]))
			return (uint16_t)at;
	if (*used + need > POOL)
		die("too much text for the tables");
	memcpy(room + *used, text, len);
	*used += need;
	return (uint16_t)(*used - need);
}

static uint16_t text(const char *s)
{
	return intern(pool, &pool_len, s, strlen(s), 1);
}

static int type_of(const char *name)
{
	static const char *const names[] = {
		[EDGE_INT] = "int", [EDGE_CAPS] = "caps", [EDGE_NUM] = "num",
		[EDGE_DEV] = "dev", [EDGE_WORD] = "word", [EDGE_TEXT] = "text",
	};

	for (int i = EDGE_INT; i <= EDGE_TEXT; i++)
		if (!strcmp(names[i], name))
			return i;
	die("unknown type of field");
	return 0;
}

static struct tree *child_of(struct tree *node, int type, char first)
{
	struct tree *t;

	for (t = node->child; t; t = t->next)
		if (t->type == type && (type != EDGE_LITERAL || t->label[0] == first))
			return t;
	t = grab(sizeof(*t));
	t->type = type;
	t->pattern = -1;
	t->label = grab(2);
	t->label[0] = first;
	t->next = node->child;
	node->child = t;
	return t;
}

static void end_pattern(struct tree *node, unsigned index)
{
	if (node->pattern >= 0)
		die("the same wording twice");
	node->pattern = (int)index;
}

static const char *add_field(struct tree **node, const char *at)
{
	const char *close = strchr(at, '}');
	char name[64];
	char *type;

	if (!close || (size_t)(close - at) >= sizeof(name))
		die("field without an end");
	memcpy(name, at, (size_t)(close - at));
	name[close - at] = '\0';
	type = strchr(name, ':');
	if (type)
		*type++ = '\0';
	field[fields++] = text(name);
	pattern[patterns].fields_n++;
	*node = child_of(*node, type ? type_of(type) : EDGE_WORD, 0);
	return close + 1;
}

static void add_pattern(const char *line)
{
	struct tree *node = &root;

	if (!messages || patterns == PATTERNS || fields + CATALOGUE_FIELDS_MAX > FIELDS)
		die("a pattern without a message, or too many");
	pattern[patterns] = (struct catalogue_pattern){
		.message = (uint16_t)(messages - 1), .text = text(line), .fields = (uint16_t)fields,
	};
	for (const char *s = line; *s;) {
		if (s[0] == '%' && s[1] == '{') {
			s = add_field(&node, s + 2);
			continue;
		}
		node = child_of(node, EDGE_LITERAL, *s++);
	}
	if (pattern[patterns].fields_n > CATALOGUE_FIELDS_MAX)
		die("too many fields");
	end_pattern(node, patterns++);
}

static void add_message(char *line)
{
	static const char *const kinds[] = {
		[MESSAGE_INFO] = "info", [MESSAGE_HARMLESS] = "harmless",
		[MESSAGE_FOLLOWS] = "follows", [MESSAGE_SYMPTOM] = "symptom",
	};
	char id[64], kind[16], programs[16], level[16];
	struct catalogue_message *m = &message[messages];
	int k = MESSAGE_SYMPTOM;

	if (messages == MESSAGES || sscanf(line, "%63s %15s %15s %15s", id, kind, programs, level) != 4)
		die("wanted: ID KIND PROGRAMS LEVEL");
	while (k >= 0 && strcmp(kinds[k], kind))
		k--;
	if (k < 0)
		die("unknown kind of message");
	for (unsigned i = 0; i < messages; i++)
		if (!strcmp(pool + message[i].id, id))
			die("the same id twice");
	m->id = text(id);
	m->kind = (uint8_t)k;
	memcpy(m->level, level, sizeof(m->level));
	m->about = text("");
	messages++;
}

/* A literal with a single literal child and no end of its own is one edge with it. */
static void compress(struct tree *node)
{
	for (struct tree *t = node->child; t; t = t->next) {
		while (t->type == EDGE_LITERAL && t->pattern < 0 && t->child && !t->child->next &&
		       t->child->type == EDGE_LITERAL && strlen(t->label) < 200) {
			struct tree *only = t->child;
			char *joined = grab(strlen(t->label) + strlen(only->label) + 1);

			sprintf(joined, "%s%s", t->label, only->label);
			t->label = joined;
			t->pattern = only->pattern;
			t->child = only->child;
		}
		compress(t);
	}
}

static int before(const struct tree *a, const struct tree *b)
{
	if (a->type != b->type)
		return a->type < b->type;
	return a->type == EDGE_LITERAL && (unsigned char)a->label[0] < (unsigned char)b->label[0];
}

static void sort_children(struct tree *node)
{
	struct tree *sorted = NULL;

	while (node->child) {
		struct tree *t = node->child, **p = &sorted;

		node->child = t->next;
		while (*p && before(*p, t))
			p = &(*p)->next;
		t->next = *p;
		*p = t;
	}
	node->child = sorted;
	for (struct tree *t = node->child; t; t = t->next)
		sort_children(t);
}

/* Breadth first, so that the children of each node lie side by side. */
static unsigned lay_out(struct tree **order)
{
	unsigned n = 1;

	order[0] = &root;
	for (unsigned i = 0; i < n; i++)
		for (struct tree *t = order[i]->child; t; t = t->next) {
			if (n == NODES)
				die("too many nodes");
			t->index = n;
			order[n++] = t;
		}
	return n;
}

static void print_bytes(const char *name, const char *bytes, size_t len)
{
	printf("static const char %s[] =", name);
	for (size_t i = 0; i < len; i++) {
		unsigned char ch = (unsigned char)bytes[i];

		if (i % 72 == 0)
			printf("%s\n\t\"", i ? "\"" : "");
		if (ch == '"' || ch == '\\')
			printf("\\%c", ch);
		else if (isprint(ch) && ch != '?')
			putchar(ch);
		else
			printf("\\%03o", ch);
	}
	printf("\";\n\n");
}

/* What may come behind a field, as an index into `after`; 0 where another field or the end may. */
static unsigned followers(const struct tree *t)
{
	uint64_t bins = 0;

	if (t->pattern >= 0)
		return 0;
	for (const struct tree *c = t->child; c; c = c->next) {
		if (c->type != EDGE_LITERAL)
			return 0;
		bins |= UINT64_C(1) << (c->label[0] & 63);
	}
	for (unsigned i = 1; i < afters; i++)
		if (after[i] == bins)
			return i;
	if (afters == AFTERS)
		die("too many sets of bytes behind fields");
	after[afters] = bins;
	return afters++;
}

static void print_nodes(struct tree **order, unsigned n)
{
	printf("static const struct catalogue_node catalogue_nodes[] = {\n");
	for (unsigned i = 0; i < n; i++) {
		struct tree *t = order[i];
		size_t len = i && t->type == EDGE_LITERAL ? strlen(t->label) : 0;
		unsigned children = 0, literals = 0;

		for (struct tree *c = t->child; c; c = c->next, children++)
			literals += c->type == EDGE_LITERAL;
		printf("\t{ %u, %u, %u, %u, %u, %u, %u },\n",
		       len ? (unsigned)intern(labels, &labels_len, t->label, len, 0) : followers(t),
		       t->child ? t->child->index : 0,
		       t->pattern < 0 ? MESSAGE_NONE : (unsigned)t->pattern, (unsigned)len,
		       (unsigned)t->type, children, literals);
	}
	printf("};\n\n");
}

static void print_tables(void)
{
	struct tree **order = grab(NODES * sizeof(*order));

	compress(&root);
	sort_children(&root);
	printf("/* made by conf/gen_catalogue.c from %s */\n", source);
	print_nodes(order, lay_out(order));
	free(order);
	print_bytes("catalogue_pool", pool, pool_len);
	print_bytes("catalogue_labels", labels, labels_len);
	printf("static const struct catalogue_message catalogue_messages[] = {\n");
	for (unsigned i = 0; i < messages; i++)
		printf("\t{ %u, %u, %u, { '%c', '%c', '%c' } },\n", message[i].id, message[i].about,
		       message[i].kind, message[i].level[0], message[i].level[1], message[i].level[2]);
	printf("};\n\nstatic const uint64_t catalogue_after[] = {\n");
	for (unsigned i = 0; i < afters; i++)
		printf("\tUINT64_C(0x%llx),\n", (unsigned long long)after[i]);
	printf("};\n\nstatic const struct catalogue_pattern catalogue_patterns[] = {\n");
	for (unsigned i = 0; i < patterns; i++)
		printf("\t{ %u, %u, %u, %u },\n", pattern[i].message, pattern[i].text,
		       pattern[i].fields, pattern[i].fields_n);
	printf("};\n\nstatic const uint16_t catalogue_fields[] = {");
	for (unsigned i = 0; i < fields; i++)
		printf("%s%u,", i % 12 ? " " : "\n\t", field[i]);
	printf("\n};\n");
}

int main(int argc, char **argv)
{
	char line[LINE_BYTES];
	FILE *in;

	source = argc == 2 ? argv[1] : "?";
	in = fopen(source, "r");
	if (!in)
		die("cannot be opened");
	while (fgets(line, sizeof(line), in)) {
		line_number++;
		line[strcspn(line, "\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		if (!strncmp(line, "= ", 2))
			add_pattern(line + 2);
		else if (!strncmp(line, ": ", 2) && messages)
			message[messages - 1].about = text(line + 2);
		else
			add_message(line);
	}
	fclose(in);
	print_tables();
	return 0;
}
