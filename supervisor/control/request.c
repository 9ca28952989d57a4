#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

enum kind { FLAG, WORD, MSEC };

/* A new option of the protocol is a new row. */
static const struct option {
	const char *name;
	enum kind kind;
	size_t at;
} options[] = {
	{ "unit", WORD, offsetof(struct request, unit) },
	{ "json", FLAG, offsetof(struct request, json) },
	{ "colour", FLAG, offsetof(struct request, colour) },
	{ "force", FLAG, offsetof(struct request, force) },
	{ "locked", FLAG, offsetof(struct request, locked) },
	{ "facts", FLAG, offsetof(struct request, facts) },
	{ "wait", FLAG, offsetof(struct request, wait) },
	{ "wait_ms", MSEC, offsetof(struct request, wait_ms) },
};

static void add_value(struct text *t, const char *s)
{
	for (; *s; s++)
		text_add(t, *s > 0x20 && *s < 0x7f && *s != '%' ? "%c" : "%%%02x",
			 (unsigned char)*s);
}

void request_write(const struct request *r, struct text *line)
{
	text_add(line, "%s", r->verb);
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		const struct option *o = &options[i];
		const char *field = (const char *)r + o->at;

		if (o->kind == FLAG && *(const bool *)field)
			text_add(line, " %s", o->name);
		if (o->kind == MSEC && r->wait)
			text_add(line, " %s=%lld", o->name,
				 (long long)*(const msec_t *)(const void *)field);
		if (o->kind == WORD && *field) {
			text_add(line, " %s=", o->name);
			add_value(line, field);
		}
	}
	text_add(line, "\n");
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Undo the escapes. A zero byte would end the word early, so it is refused like a broken escape. */
static bool read_value(const char *s, size_t len, char out[REQUEST_WORD_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)s[i];

		if (c == '%') {
			int high = i + 2 < len ? digit(s[i + 1]) : -1;
			int low = high >= 0 ? digit(s[i + 2]) : -1;

			c = low >= 0 ? high << 4 | low : 0;
			i += 2;
		}
		if (!c || n + 1 >= REQUEST_WORD_MAX)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return n > 0;
}

static bool read_msec(const char *value, msec_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(value, &end, 10);
	return !errno && end != value && !*end && *out >= 0;
}

static const struct option *option_of(const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (strlen(options[i].name) == len && !memcmp(options[i].name, word, len))
			return &options[i];
	return NULL;
}

static bool take_option(struct request *r, const char *word, size_t len)
{
	const char *equals = memchr(word, '=', len);
	size_t name = equals ? (size_t)(equals - word) : len;
	const struct option *o = option_of(word, name);
	char value[REQUEST_WORD_MAX];
	char *field;

	if (!o || (o->kind == FLAG) != !equals)
		return false;
	field = (char *)r + o->at;
	if (o->kind == FLAG)
		return *(bool *)field = true;
	if (!read_value(equals + 1, len - name - 1, value))
		return false;
	if (o->kind == MSEC)
		return read_msec(value, (msec_t *)(void *)field);
	memcpy(field, value, sizeof(value));
	return true;
}

static bool printable(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] < 0x20 || s[i] >= 0x7f)
			return false;
	return true;
}

static int refuse(struct err *err, const char *word, size_t len)
{
	return err_set(err, EINVAL,
		       "this is no request of ptpwarden: '%.*s'. Use the ptpwarden command of the "
		       "same version as the supervisor.", (int)(len < 40 ? len : 40), word);
}

int request_parse(const char *line, size_t len, struct request *out, struct err *err)
{
	const char *end = line + len, *space;
	struct request r = { .wait_ms = 0 };
	size_t n;

	if (!printable(line, len))
		return err_set(err, EINVAL, "the request has bytes that no request has. Use the "
					    "ptpwarden command.");
	for (const char *word = line; word < end; word = space + 1) {
		space = memchr(word, ' ', (size_t)(end - word));
		space = space ? space : end;
		n = (size_t)(space - word);
		if (word == line) {
			if (!n || n >= sizeof(r.verb))
				return refuse(err, word, n);
			memcpy(r.verb, word, n);
		} else if (!take_option(&r, word, n)) {
			return refuse(err, word, n);
		}
	}
	if (!r.verb[0])
		return err_set(err, EINVAL, "the request is empty. Use the ptpwarden command.");
	*out = r;
	return 0;
}
