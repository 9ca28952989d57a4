/* Is this text one JSON value and nothing else? Strict, and small enough to be read. */
#ifndef TESTS_LIB_JSONCHECK_H
#define TESTS_LIB_JSONCHECK_H

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static inline const char *json_value(const char *s, int depth);

static inline const char *json_space(const char *s)
{
	return s ? s + strspn(s, " \t\r\n") : NULL;
}

/* Bytes of the UTF-8 sequence at `s`, 0 when it is none. */
static inline int json_utf8(const unsigned char *s)
{
	int n = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 :
		s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;

	for (int i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] >= 0xa0))
		return 0;
	return n;
}

static inline const char *json_string(const char *s)
{
	if (*s++ != '"')
		return NULL;
	while (*s && *s != '"') {
		int n = json_utf8((const unsigned char *)s);

		if ((unsigned char)*s < 0x20 || !n)
			return NULL;
		if (*s == '\\' && s[1] == 'u') {
			for (int i = 2; i < 6; i++)
				if (!isxdigit((unsigned char)s[i]))
					return NULL;
			n = 6;
		} else if (*s == '\\') {
			if (!s[1] || !strchr("\"\\/bfnrt", s[1]))
				return NULL;
			n = 2;
		}
		s += n;
	}
	return *s ? s + 1 : NULL;
}

static inline const char *json_number(const char *s)
{
	s += *s == '-';
	if (!isdigit((unsigned char)*s) || (*s == '0' && isdigit((unsigned char)s[1])))
		return NULL;
	s += strspn(s, "0123456789");
	if (*s == '.') {
		if (!isdigit((unsigned char)*++s))
			return NULL;
		s += strspn(s, "0123456789");
	}
	return s;
}

static inline const char *json_members(const char *s, bool object, int depth)
{
	char close = object ? '}' : ']';

	s = json_space(s + 1);
	if (*s == close)
		return s + 1;
	for (;;) {
		if (object) {
			s = json_space(json_string(s));
			if (!s || *s != ':')
				return NULL;
			s = json_space(s + 1);
		}
		s = json_space(json_value(s, depth + 1));
		if (!s || (*s != ',' && *s != close))
			return NULL;
		if (*s++ == close)
			return s;
		s = json_space(s);
	}
}

static inline const char *json_value(const char *s, int depth)
{
	static const char *const words[] = { "true", "false", "null" };

	if (!s || depth > 32)
		return NULL;
	if (*s == '{' || *s == '[')
		return json_members(s, *s == '{', depth);
	if (*s == '"')
		return json_string(s);
	for (int i = 0; i < 3; i++)
		if (!strncmp(s, words[i], strlen(words[i])))
			return s + strlen(words[i]);
	return json_number(s);
}

static inline bool json_valid(const char *s)
{
	s = json_space(json_value(json_space(s), 0));
	return s && !*s;
}

/* Longest line of a text, in columns. */
static inline size_t text_columns(const char *s)
{
	size_t most = 0, now = 0;

	for (; *s; s++) {
		if (*s == '\n')
			now = 0;
		else if (((unsigned char)*s & 0xc0) != 0x80 && ++now > most)
			most = now;
	}
	return most;
}

#endif
