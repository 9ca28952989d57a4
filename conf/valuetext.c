/* Values that are kept as text: only their form is checked. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "value_private.h"
#include "words.h"

typedef int word_check(struct scan *s, const char *word);

/* Split a text and check each word; a fault is marked where its word begins. */
static int each_word(struct scan *s, unsigned at_least, word_check *check)
{
	struct words w;
	unsigned column = 1;
	int rc = words_split(s->text, &w, &column, &s->fault->err);

	if (rc) {
		s->fault->offset = column - 1;
		return -EINVAL;
	}
	if (w.n < at_least)
		return value_fail(s, "there is nothing to run");
	for (unsigned i = 0; check && !rc && i < w.n; i++) {
		s->at = s->text + w.column[i] - 1;
		rc = check(s, w.at[i]);
	}
	s->at = s->text + strlen(s->text);
	return rc;
}

/* %i and %% are expanded later; any other use of % is hardly meant. */
static int percents(struct scan *s, const char *word)
{
	for (const char *c = strchr(word, '%'); c; c = strchr(c + 2, '%'))
		if (c[1] != 'i' && c[1] != '%')
			return value_fail(s, "after a % only i (the interface) or % has a meaning");
	return 0;
}

static int command_word(struct scan *s, const char *word)
{
	if (s->at == s->text && (!*word || *word == '-' || *word == '%'))
		return value_fail(s, "a command begins with a program");
	if (s->at == s->text && *word != '/' && strchr(word, '/'))
		return value_fail(s, "a program is a name without /, or a path that begins with /");
	return percents(s, word);
}

int value_check_command(struct scan *s, struct value *unused)
{
	return each_word(s, 1, command_word);
}

int value_check_words(struct scan *s, struct value *unused)
{
	return each_word(s, 0, percents);
}

static bool variable_name(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool letter = (name[i] >= 'A' && name[i] <= 'Z') ||
			      (name[i] >= 'a' && name[i] <= 'z') || name[i] == '_';

		if (!letter && (!i || name[i] < '0' || name[i] > '9'))
			return false;
	}
	return len > 0;
}

static int assignment(struct scan *s, const char *word)
{
	const char *eq = strchr(word, '=');

	if (!eq)
		return value_fail(s, "a = is missing behind the variable's name");
	if (!variable_name(word, (size_t)(eq - word)))
		return value_fail(s, "this is no variable's name");
	return percents(s, eq);
}

static int passed_on(struct scan *s, const char *word)
{
	if (!strncmp(word, "LD_", 3))
		return value_fail(s, "LD_ variables are never passed on; set one with env instead");
	return variable_name(word, strlen(word)) ? 0 : value_fail(s, "this is no variable's name");
}

int value_check_env(struct scan *s, struct value *unused)
{
	return each_word(s, 0, assignment);
}

int value_check_env_names(struct scan *s, struct value *unused)
{
	return each_word(s, 0, passed_on);
}

static bool name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

int value_name_ok(const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= UNIT_NAME_MAX || !name_byte(name[0]))
		return 0;
	for (size_t i = 1; i < len; i++)
		if (!name_byte(name[i]) && !strchr("._-", name[i]))
			return 0;
	return 1;
}

int value_interface_ok(const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= IFACE_NAME_MAX || !strcmp(name, ".") || !strcmp(name, ".."))
		return 0;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] <= ' ' || name[i] == 0x7f || strchr("/:%", name[i]))
			return 0;
	return name[0] != '-';
}

static int whole(struct scan *s, bool ok, const char *text)
{
	if (!ok)
		return value_fail(s, text);
	s->at += strlen(s->at);
	return 0;
}

int value_check_name(struct scan *s, struct value *unused)
{
	return whole(s, value_name_ok(s->text), "this is no unit's name");
}

int value_check_interface(struct scan *s, struct value *unused)
{
	return whole(s, value_interface_ok(s->text), "this is no interface's name");
}

int value_check_user(struct scan *s, struct value *unused)
{
	size_t len = strcspn(s->text, " \t:/,");

	return whole(s, len && !s->text[len] && len < 64 && s->text[0] != '-',
		     "this is no user's or group's name");
}

static bool leads_back(const char *path)
{
	size_t len = strlen(path);

	return strstr(path, "/../") || (len >= 3 && !strcmp(path + len - 3, "/.."));
}

int value_check_path(struct scan *s, struct value *unused)
{
	if (s->text[0] != '/')
		return value_fail(s, "this path does not begin with /");
	if ((int64_t)strlen(s->text) > s->rule->max) {
		s->at += s->rule->max;
		return value_fail(s, "this path is too long");
	}
	return whole(s, !leads_back(s->text), "a path must not lead back with ..");
}

