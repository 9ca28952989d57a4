#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <string.h>

#include "settings.h"

#define MARK "\x01"	/* the name that tells the handler of a new section */
#define FENCE "|"	/* around each piece of a value, so that inih takes no blanks off it */

/* One line of the file, as it stands there. */
struct line {
	const char *at;
	size_t len;	/* without the line's end */
};

struct reading {
	struct settings_source src;
	size_t used;		/* bytes of the text that were looked at */
	settings_fn *fn;
	void *owner;
	struct conf_errors *errs;
	struct setting now;
	struct line line;
	bool mark;		/* the section line went to inih, the mark comes next */
	const char *rest;	/* what inih has not got yet of the value */
	size_t rest_len;
	char name[SETTINGS_NAME_MAX + 1];
	char section[SETTINGS_SECTION_MAX + 1];
	char value[SETTINGS_LINE_MAX + 1];	/* what came back, collected */
	size_t value_len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct line trimmed(struct line l)
{
	while (l.len && is_blank(*l.at)) {
		l.at++;
		l.len--;
	}
	while (l.len && is_blank(l.at[l.len - 1]))
		l.len--;
	return l;
}

static bool next_line(struct reading *r)
{
	const char *at = r->src.text + r->used, *end;
	size_t left = r->src.len - r->used;

	if (!left)
		return false;
	end = memchr(at, '\n', left);
	r->line = (struct line){ .at = at, .len = end ? (size_t)(end - at) : left };
	r->used += r->line.len + (end ? 1 : 0);
	if (r->line.len && at[r->line.len - 1] == '\r')
		r->line.len--;
	if (++r->now.where.line == 1 && r->line.len >= 3 && !memcmp(at, "\xef\xbb\xbf", 3)) {
		r->line.at += 3;
		r->line.len -= 3;
	}
	r->now.where.raw = r->line.at;
	r->now.where.raw_len = r->line.len;
	return true;
}

static unsigned column_of(const struct reading *r, const char *at)
{
	return (unsigned)(at - r->line.at) + 1;
}

/* The line is refused at `at`: an error, and the owner learns that something is missing. */
static void refuse(struct reading *r, const char *at, const char *text, const char *accepted)
{
	struct conf_error *e;

	r->now.where.column = column_of(r, at);
	e = conf_errors_add(r->errs, r->now.where, "%s", text);
	snprintf(e->accepted, sizeof(e->accepted), "%s", accepted);
	r->now.kind = SETTING_REFUSED;
	r->fn(r->owner, &r->now);
}

/* A byte that no line of text has, or NULL. */
static const char *odd_byte(struct line l)
{
	for (size_t i = 0; i < l.len; i++)
		if (((unsigned char)l.at[i] < 0x20 && l.at[i] != '\t') || l.at[i] == 0x7f)
			return l.at + i;
	return NULL;
}

/* Where inih, or a reader, would see a comment begin behind a value; NULL: nowhere. */
static const char *inline_comment(struct line value)
{
	char quote = 0;

	for (size_t i = 0; i < value.len; i++) {
		const char *c = value.at + i;

		if (quote ? *c == quote : *c == '\'' || *c == '"')
			quote = quote ? 0 : *c;
		if (i && !is_blank(c[-1]))
			continue;
		if (*c == ';' || (*c == '#' && !quote))
			return c;
	}
	return NULL;
}

static bool take_section(struct reading *r)
{
	struct line l = trimmed(r->line), name = { .at = l.at + 1 };
	const char *end = memchr(l.at, ']', l.len);

	if (!end) {
		refuse(r, l.at + l.len, "the ] that closes the section's name is missing", "");
		return false;
	}
	if (end + 1 != l.at + l.len) {
		refuse(r, end + 1, "text behind a section's name",
		       "nothing; a comment must stand on a line of its own");
		return false;
	}
	name.len = (size_t)(end - name.at);
	name = trimmed(name);
	if (!name.len || name.len > SETTINGS_SECTION_MAX || memchr(name.at, ';', name.len)) {
		refuse(r, name.at, "this is no section's name", "at most 49 bytes without ;");
		return false;
	}
	memcpy(r->section, name.at, name.len);
	r->section[name.len] = '\0';
	r->now.where.column = column_of(r, name.at);
	r->now.kind = SETTING_SECTION;
	return true;
}

static bool take_option(struct reading *r)
{
	size_t sep = 0;
	struct line name = r->line, value = { 0 };
	const char *comment;

	while (sep < r->line.len && r->line.at[sep] != '=' && r->line.at[sep] != ':')
		sep++;
	if (sep == r->line.len || r->line.at[sep] == ':') {
		refuse(r, r->line.at + (sep == r->line.len ? 0 : sep),
		       sep == r->line.len ? "a name without a value" : "a : where = belongs",
		       "NAME = VALUE");
		return false;
	}
	name.len = sep;
	name = trimmed(name);
	value = trimmed((struct line){ r->line.at + sep + 1, r->line.len - sep - 1 });
	comment = inline_comment(value);
	if (!name.len || name.len > SETTINGS_NAME_MAX || memchr(name.at, ';', name.len)) {
		refuse(r, name.at, "this is no option's name", "NAME = VALUE");
		return false;
	}
	if (comment) {
		refuse(r, comment, *comment == ';' ? "a ; behind a blank would end the value here" :
						     "a # behind a blank looks like a comment",
		       "a comment must stand on a line of its own");
		return false;
	}
	memcpy(r->name, name.at, name.len);
	r->name[name.len] = '\0';
	r->now.kind = SETTING_OPTION;
	r->now.name_column = column_of(r, name.at);
	r->now.where.column = column_of(r, value.at);
	r->rest = value.at;
	r->rest_len = value.len;
	r->value_len = 0;
	return true;
}

/* Is there something in this line for inih? What is wrong with it is said here. */
static bool take_line(struct reading *r)
{
	struct line text = trimmed(r->line);
	const char *odd = odd_byte(r->line);

	if (r->line.len > SETTINGS_LINE_MAX) {
		refuse(r, r->line.at + SETTINGS_LINE_MAX, "this line is too long",
		       "at most 4096 bytes");
		return false;
	}
	if (odd) {
		refuse(r, odd, *odd ? "a control character" : "a NUL byte", "text");
		return false;
	}
	if (!text.len || *text.at == ';' || *text.at == '#')
		return false;
	if (is_blank(*r->line.at)) {
		refuse(r, text.at, "an indented line, which would become part of the value above",
		       "options and sections begin in the first column; a value stands on one "
		       "line");
		return false;
	}
	return *text.at == '[' ? take_section(r) : take_option(r);
}

/* The next piece of the value, as a line of its own: inih gives back name and piece. */
static char *feed_piece(struct reading *r, char *out, size_t size)
{
	size_t frame = strlen(r->name) + strlen("=" FENCE FENCE "\n") + 1;
	size_t piece = size > frame ? size - frame : 0;

	if (!piece)
		return NULL;	/* inih's lines are too short; settings_read() sees it */
	if (piece > r->rest_len)
		piece = r->rest_len;
	snprintf(out, size, "%s=" FENCE "%.*s" FENCE "\n", r->name, (int)piece, r->rest);
	r->rest += piece;
	r->rest_len -= piece;
	if (!r->rest_len)
		r->rest = NULL;
	return out;
}

static char *on_read(char *out, int size, void *stream)
{
	struct reading *r = stream;

	if (r->rest)
		return feed_piece(r, out, (size_t)size);
	if (r->mark) {
		r->mark = false;
		snprintf(out, (size_t)size, MARK "=" MARK "\n");
		return out;
	}
	do {
		if (!next_line(r))
			return NULL;
	} while (!take_line(r));
	if (r->now.kind == SETTING_OPTION)
		return feed_piece(r, out, (size_t)size);
	r->mark = true;
	snprintf(out, (size_t)size, "[%s]\n", r->section);
	return out;
}

static int on_setting(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;
	size_t len = strlen(value);

	r->now.section = section;
	if (!name)	/* some builds of inih announce sections so */
		return 1;
	if (!strcmp(name, MARK)) {
		r->now.name = r->now.value = "";
		r->fn(r->owner, &r->now);
		return 1;
	}
	if (len < 2 || r->value_len + len - 2 > SETTINGS_LINE_MAX)
		return 0;
	memcpy(r->value + r->value_len, value + 1, len - 2);
	r->value_len += len - 2;
	r->value[r->value_len] = '\0';
	if (r->rest)
		return 1;
	r->now.name = name;
	r->now.value = r->value;
	r->fn(r->owner, &r->now);
	return 1;
}

int settings_read(const struct settings_source *src, settings_fn *fn, void *owner,
		  struct conf_errors *errs)
{
	struct reading r = {
		.src = *src, .fn = fn, .owner = owner, .errs = errs,
		.now = { .section = "", .where.file = src->file },
	};
	int rc = ini_parse_stream(on_read, &r, on_setting, &r);

	if (rc == -2)
		return -ENOMEM;
	return rc || r.rest || r.used < src->len ? -EINVAL : 0;
}
