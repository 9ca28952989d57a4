#include <stdio.h>
#include <string.h>

#include "shellvars.h"

struct reader {
	const char *at, *end;
	unsigned line;
	struct shellvars *out;
	struct shellvar now;
	size_t used;
};

static bool name_byte(char c, bool first)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

static size_t name_length(const struct reader *r, const char *at)
{
	const char *c = at;

	while (c < r->end && name_byte(*c, c == at))
		c++;
	return (size_t)(c - at);
}

static char peek(const struct reader *r, size_t ahead)
{
	return (size_t)(r->end - r->at) > ahead ? r->at[ahead] : '\n';
}

static void put(struct reader *r, const char *bytes, size_t len)
{
	if (len >= sizeof(r->now.value) - r->used) {
		r->now.unclear = true;
		return;
	}
	memcpy(r->now.value + r->used, bytes, len);
	r->used += len;
	r->now.value[r->used] = '\0';
}

static struct shellvar *find(struct shellvars *v, const char *name)
{
	for (unsigned i = 0; i < v->n; i++)
		if (!strcmp(v->at[i].name, name))
			return &v->at[i];
	return NULL;
}

/* $NAME or ${NAME}; a variable that is not set is empty, as in a shell. */
static void substitute(struct reader *r)
{
	bool brace = peek(r, 1) == '{';
	const char *name = r->at + 1 + brace;
	size_t len = name_length(r, name);
	char copy[sizeof(r->now.name)];
	const struct shellvar *v;

	if (!len || len >= sizeof(copy) || (brace && peek(r, 2 + len) != '}')) {
		r->now.unclear = true;
		r->at++;
		return;
	}
	memcpy(copy, name, len);
	copy[len] = '\0';
	v = find(r->out, copy);
	if (v) {
		r->now.unclear |= v->unclear;
		put(r, v->value, strlen(v->value));
	} else {
		r->now.unclear = true;	/* it may come from the init script */
	}
	r->at = name + len + brace;
}

/* One byte inside double quotes, or a backslash and its byte. */
static void double_quoted_byte(struct reader *r)
{
	if (*r->at == '$') {
		substitute(r);
		return;
	}
	if (*r->at == '\\' && strchr("$`\"\\\n", peek(r, 1)))
		r->at++;
	else if (*r->at == '`')
		r->now.unclear = true;
	if (r->at == r->end)
		return;
	if (*r->at == '\n')
		r->line++;
	/* an escaped newline joins two lines */
	if (*r->at != '\n' || r->at[-1] != '\\')
		put(r, r->at, 1);
	r->at++;
}

static void quoted(struct reader *r)
{
	char quote = *r->at++;

	while (r->at < r->end && *r->at != quote) {
		if (quote == '"') {
			double_quoted_byte(r);
			continue;
		}
		r->line += *r->at == '\n';
		put(r, r->at++, 1);
	}
	if (r->at == r->end)
		r->now.unclear = true;
	else
		r->at++;
}

static void value(struct reader *r)
{
	r->now.unclear = r->at < r->end && *r->at == '~';
	while (r->at < r->end && !strchr(" \t\r\n;", *r->at)) {
		if (*r->at == '\'' || *r->at == '"') {
			quoted(r);
		} else if (*r->at == '$') {
			substitute(r);
		} else if (*r->at == '\\') {
			r->line += peek(r, 1) == '\n';
			if (peek(r, 1) != '\n')
				put(r, r->at + 1, 1);
			r->at += r->end - r->at > 1 ? 2 : 1;
		} else {
			r->now.unclear |= strchr("`|&<>()*?{", *r->at) != NULL;
			put(r, r->at++, 1);
		}
	}
}

static void keep(struct reader *r)
{
	struct shellvar *v = find(r->out, r->now.name);

	if (!v && r->out->n == SHELLVARS_MAX) {
		r->out->dropped++;
		return;
	}
	if (!v)
		v = &r->out->at[r->out->n++];
	*v = r->now;
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->end && strchr(" \t\r", *r->at))
		r->at++;
}

static void skip_line(struct reader *r)
{
	while (r->at < r->end && *r->at != '\n')
		r->at++;
}

static bool assignment(struct reader *r)
{
	size_t len = name_length(r, r->at);

	if (!len || len >= sizeof(r->now.name) || peek(r, len) != '=')
		return false;
	r->now = (struct shellvar){ .line = r->line };
	r->used = 0;
	memcpy(r->now.name, r->at, len);
	r->at += len + 1;
	value(r);
	keep(r);
	return true;
}

/* From the beginning of the command, with what stands before it: X=1 foo sets X for foo only. */
static void keep_other(struct reader *r, const char *from)
{
	struct shellvars *v = r->out;

	skip_line(r);
	if (!v->other_line)
		v->other_line = r->line;
	if (v->others == SHELLVARS_OTHERS) {
		v->dropped++;
		return;
	}
	v->other[v->others].line = r->line;
	v->other[v->others].at = from;
	v->other[v->others++].len = (size_t)(r->at - from);
}

/* One line, which may hold several assignments. */
static void statement(struct reader *r)
{
	const char *command;

	skip_blanks(r);
	command = r->at;
	if ((size_t)(r->end - r->at) > 7 && !memcmp(r->at, "export ", 7))
		r->at += 7;
	for (;;) {
		skip_blanks(r);
		if (r->at == r->end || *r->at == '\n')
			return;
		if (*r->at == '#')
			break;
		if (*r->at == ';') {
			command = ++r->at;
			continue;
		}
		if (assignment(r))
			continue;
		keep_other(r, command);
		return;
	}
	skip_line(r);
}

void shellvars_read(const char *text, size_t len, struct shellvars *out)
{
	struct reader r = { .at = text, .end = text + len, .line = 1, .out = out };

	memset(out, 0, sizeof(*out));
	while (r.at < r.end) {
		statement(&r);
		if (r.at < r.end) {
			r.at++;
			r.line++;
		}
	}
}

/* The name as a word of its own. */
static bool speaks_of(const char *at, size_t len, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i + n <= len; i++)
		if (!memcmp(at + i, name, n) && (i == 0 || !name_byte(at[i - 1], false)) &&
		    (i + n == len || !name_byte(at[i + n], false)))
			return true;
	return false;
}

unsigned shellvars_mention(const struct shellvars *v, const char *name)
{
	for (unsigned i = 0; i < v->others; i++)
		if (speaks_of(v->other[i].at, v->other[i].len, name))
			return v->other[i].line;
	return 0;
}

const struct shellvar *shellvars_get(const struct shellvars *v, const char *name)
{
	return find((struct shellvars *)(uintptr_t)v, name);
}
