#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "words.h"

struct splitter {
	const char *text;
	const char *at;
	struct words *out;
	size_t used;
	struct err *err;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int put(struct splitter *s, char c)
{
	/* one byte is kept for the terminator of this word */
	if (s->used + 1 >= sizeof(s->out->room))
		return err_set(s->err, E2BIG, "the command line is longer than %zu bytes",
			       sizeof(s->out->room) - 1);
	s->out->room[s->used++] = c;
	return 0;
}

/* Bytes that mean something to a shell; `first`: at the beginning of a word. */
static bool needs_shell(const char *at, bool first)
{
	if (strchr("|<>&;`$*?", *at))
		return true;
	return first && (*at == '~' || *at == '#');
}

static int refuse(struct splitter *s)
{
	if (*s->at == '#')
		return err_set(s->err, EINVAL,
			       "a comment must stand on a line of its own; quote a # that is none");
	return err_set(s->err, EINVAL,
		       "no shell is used, so %c means nothing here; quote it to pass it on",
		       *s->at);
}

static int quoted(struct splitter *s)
{
	const char *open = s->at;
	char quote = *s->at++;
	int rc = 0;

	while (!rc && *s->at && *s->at != quote) {
		if (quote == '"' && *s->at == '\\' && (s->at[1] == '"' || s->at[1] == '\\'))
			s->at++;
		rc = put(s, *s->at++);
	}
	if (rc)
		return rc;
	if (!*s->at) {
		s->at = open;
		return err_set(s->err, EINVAL, "the quote %c that begins here is never closed",
			       quote);
	}
	s->at++;
	return 0;
}

static int word(struct splitter *s)
{
	const char *begin = s->at;
	int rc = 0;

	while (!rc && *s->at && !is_blank(*s->at)) {
		if (*s->at == '\'' || *s->at == '"') {
			rc = quoted(s);
		} else if (*s->at == '\\') {
			if (!s->at[1])
				return err_set(s->err, EINVAL,
					       "a backslash at the end keeps nothing");
			rc = put(s, s->at[1]);
			s->at += 2;
		} else if (needs_shell(s->at, s->at == begin)) {
			return refuse(s);
		} else {
			rc = put(s, *s->at++);
		}
	}
	if (!rc)
		s->out->room[s->used++] = '\0';
	return rc;
}

static int split(struct splitter *s)
{
	for (;;) {
		int rc;

		while (is_blank(*s->at))
			s->at++;
		if (!*s->at)
			return 0;
		if (s->out->n == ARGS_MAX)
			return err_set(s->err, E2BIG, "more than %d words", ARGS_MAX);
		s->out->at[s->out->n] = s->out->room + s->used;
		s->out->column[s->out->n] = (unsigned)(s->at - s->text) + 1;
		rc = s->used + 1 < sizeof(s->out->room) ? word(s) : put(s, 0);
		if (rc)
			return rc;
		s->out->n++;
	}
}

int words_split(const char *text, struct words *out, unsigned *column, struct err *err)
{
	struct splitter s = { .text = text, .at = text, .out = out, .err = err };
	int rc;

	out->n = 0;
	rc = split(&s);
	out->at[out->n] = NULL;
	if (rc && column)
		*column = (unsigned)(s.at - text) + 1;
	return rc;
}

static bool is_plain(const char *word)
{
	if (!*word)
		return false;
	for (const char *c = word; *c; c++)
		if (is_blank(*c) || strchr("'\"\\", *c) || needs_shell(c, c == word))
			return false;
	return true;
}

int words_quote(const char *word, char *out, size_t size)
{
	size_t len = 0;
	char spare[1];
	struct text t = size ? text_in(out, size) : text_in(spare, 1);

	if (is_plain(word)) {
		text_add(&t, "%s", word);
		return (int)strlen(word);
	}
	text_add(&t, "\"");
	for (const char *c = word; *c; c++) {
		text_add(&t, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
		len += *c == '"' || *c == '\\' ? 2 : 1;
	}
	text_add(&t, "\"");
	return (int)len + 2;
}
