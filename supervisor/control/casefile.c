#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "casefile.h"

struct reader {
	const char *start, *at, *end;
	unsigned depth;
	struct err *err;
};

static int bad(struct reader *r, const char *wanted)
{
	unsigned line = 1;

	for (const char *s = r->start; s < r->at && s < r->end; s++)
		line += *s == '\n';
	return err_set(r->err, EINVAL, "line %u: %s expected", line, wanted);
}

static void blanks(struct reader *r)
{
	while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at)
		r->at++;
}

static bool take(struct reader *r, char ch)
{
	blanks(r);
	if (r->at >= r->end || *r->at != ch)
		return false;
	r->at++;
	return true;
}

static void put(char *room, size_t size, size_t *n, char ch)
{
	if (*n + 1 < size)
		room[(*n)++] = ch;
}

static int hex4(struct reader *r, unsigned *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++, r->at++) {
		const char *digits = "0123456789abcdef", *d;

		d = r->at < r->end ? strchr(digits, *r->at | 0x20) : NULL;
		if (!d || !*d)
			return bad(r, "four hexadecimal digits");
		*out = *out * 16 + (unsigned)(d - digits);
	}
	return 0;
}

static void put_utf8(char *room, size_t size, size_t *n, unsigned u)
{
	if (u < 0x80) {
		put(room, size, n, u ? (char)u : ' ');
		return;
	}
	if (u >= 0x800) {
		put(room, size, n, (char)(0xe0 | u >> 12));
		put(room, size, n, (char)(0x80 | (u >> 6 & 0x3f)));
	} else {
		put(room, size, n, (char)(0xc0 | u >> 6));
	}
	put(room, size, n, (char)(0x80 | (u & 0x3f)));
}

static int escape(struct reader *r, char *room, size_t size, size_t *n)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/ \f\n\r\t";
	const char *known;
	unsigned u;
	char ch;

	if (r->at >= r->end)
		return bad(r, "an escape");
	ch = *r->at++;
	if (ch == 'u') {
		if (hex4(r, &u) < 0)
			return -EINVAL;
		put_utf8(room, size, n, u);
		return 0;
	}
	known = ch ? strchr(from, ch) : NULL;
	if (!known)
		return bad(r, "a known escape");
	put(room, size, n, to[known - from]);
	return 0;
}

/* A string into `room`; what does not fit is cut. */
static int string(struct reader *r, char *room, size_t size)
{
	size_t n = 0;

	if (!take(r, '"'))
		return bad(r, "a string");
	while (r->at < r->end && *r->at != '"') {
		char ch = *r->at++;

		if (ch == '\\') {
			if (escape(r, room, size, &n) < 0)
				return -EINVAL;
		} else if ((unsigned char)ch < 0x20) {
			return bad(r, "no control character inside a string");
		} else {
			put(room, size, &n, ch);
		}
	}
	room[n] = '\0';
	if (r->at >= r->end)
		return bad(r, "the end of the string");
	r->at++;
	return 0;
}

/* A number or one of true, false, null, as it stands. */
static int bare_word(struct reader *r, char *room, size_t size)
{
	size_t n = 0;

	blanks(r);
	while (r->at < r->end && (strchr("+-.", *r->at) || (*r->at >= '0' && *r->at <= '9') ||
				  (*r->at >= 'a' && *r->at <= 'z') || *r->at == 'E') && *r->at)
		put(room, size, &n, *r->at++);
	room[n] = '\0';
	return n ? 0 : bad(r, "a value");
}

static int value(struct reader *r, char *room, size_t size);

static int list(struct reader *r, char *room, size_t size)
{
	size_t n = 0;

	r->at++;
	room[0] = '\0';
	if (take(r, ']'))
		return 0;
	do {
		if (n && n + 2 < size)
			room[n++] = ',';
		if (value(r, room + n, size - n) < 0)
			return -EINVAL;
		n += strlen(room + n);
	} while (take(r, ','));
	return take(r, ']') ? 0 : bad(r, "']'");
}

static int skip_object(struct reader *r)
{
	char ignored[64];

	r->at++;
	if (take(r, '}'))
		return 0;
	do {
		if (string(r, ignored, sizeof(ignored)) < 0)
			return -EINVAL;
		if (!take(r, ':'))
			return bad(r, "':'");
		if (value(r, ignored, sizeof(ignored)) < 0)
			return -EINVAL;
	} while (take(r, ','));
	return take(r, '}') ? 0 : bad(r, "'}'");
}

/* Any value as text; an object leaves nothing. */
static int value(struct reader *r, char *room, size_t size)
{
	int rc;

	blanks(r);
	room[0] = '\0';
	if (r->at >= r->end)
		return bad(r, "a value");
	if (*r->at == '"')
		return string(r, room, size);
	if (*r->at != '[' && *r->at != '{')
		return bare_word(r, room, size);
	if (++r->depth > CASE_DEPTH_MAX)
		return bad(r, "less nesting");
	rc = *r->at == '[' ? list(r, room, size) : skip_object(r);
	r->depth--;
	return rc;
}

static void keep_fact(struct facts *facts, const char *name, const char *v, bool text)
{
	if (!text && !strcmp(v, "null"))
		facts_unknown(facts, "case", name, "not recorded");
	else if (!text && !strcmp(v, "true"))
		facts_set(facts, "case", MSEC_NONE, name, "yes");
	else if (!text && !strcmp(v, "false"))
		facts_set(facts, "case", MSEC_NONE, name, "no");
	else
		facts_set(facts, "case", MSEC_NONE, name, "%s", v);
}

static int fact_members(struct reader *r, struct facts *facts)
{
	char name[FACT_NAME_MAX], room[512];

	if (!take(r, '{'))
		return bad(r, "an object of facts");
	if (take(r, '}'))
		return 0;
	do {
		bool text;

		if (string(r, name, sizeof(name)) < 0)
			return -EINVAL;
		if (!take(r, ':'))
			return bad(r, "':'");
		blanks(r);
		text = r->at < r->end && *r->at == '"';
		if (value(r, room, sizeof(room)) < 0)
			return -EINVAL;
		keep_fact(facts, name, room, text);
	} while (take(r, ','));
	return take(r, '}') ? 0 : bad(r, "'}'");
}

static void keep_member(struct casefile *out, const char *name, const char *v)
{
	if (!strcmp(v, "null"))
		return;
	if (!strcmp(name, "program"))
		snprintf(out->program, sizeof(out->program), "%.31s", v);
	else if (!strcmp(name, "signal"))
		snprintf(out->signal, sizeof(out->signal), "%.15s", v);
	else if (!strcmp(name, "exit")) {
		out->has_exit = true;
		out->exit = (int)strtol(v, NULL, 10);
	}
}

int casefile_parse(const char *json, size_t len, struct casefile *out, struct facts *facts,
		   struct err *err)
{
	struct reader r = { json, json, json + len, 0, err };
	char name[64], room[512];

	memset(out, 0, sizeof(*out));
	if (!take(&r, '{'))
		return bad(&r, "a JSON object");
	if (take(&r, '}'))
		return 0;
	do {
		if (string(&r, name, sizeof(name)) < 0)
			return -EINVAL;
		if (!take(&r, ':'))
			return bad(&r, "':'");
		blanks(&r);
		if (!strcmp(name, "facts") && r.at < r.end && *r.at == '{') {
			if (fact_members(&r, facts) < 0)
				return -EINVAL;
			continue;
		}
		if (value(&r, room, sizeof(room)) < 0)
			return -EINVAL;
		keep_member(out, name, room);
	} while (take(&r, ','));
	return take(&r, '}') ? 0 : bad(&r, "'}'");
}
