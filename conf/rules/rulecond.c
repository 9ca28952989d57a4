/*
 * The language of conditions:
 *   [?][!]NAME            known (or seen) and not "no"; '!': known as "no" (or not seen)
 *   NAME OP VALUE         OP is = != < > <= >= ~ ; VALUE may be "a|b|c" for =, != and ~
 *   log.ID >= N [in Ns]   seen at least so often
 *   log.ID before|after|near log.ID
 *   COND & COND           both
 *   COND +N or -N         weight, in `weighs`
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rulecond.h"

enum { ITEM_BYTES = 200 };

static char *strip(char *s)
{
	size_t len;

	while (*s == ' ' || *s == '\t')
		s++;
	len = strlen(s);
	while (len && (s[len - 1] == ' ' || s[len - 1] == '\t' || s[len - 1] == '\n'))
		s[--len] = '\0';
	return s;
}

/* "log.ID" or "log.ID.field": the longest id that fits */
static bool resolve_log(struct rulefile *rf, struct rb_condition *c, const char *name)
{
	size_t len = strlen(name);

	c->message = catalogue_find(rf->catalogue, name, len);
	for (size_t n = len; c->message == MESSAGE_NONE && n-- > 0;) {
		if (name[n] != '.')
			continue;
		c->message = catalogue_find(rf->catalogue, name, n);
		if (c->message != MESSAGE_NONE)
			c->name = ruletext_add(rf, name + n + 1, len - n - 1);
	}
	return c->message != MESSAGE_NONE;
}

static void resolve(struct rulefile *rf, struct rb_condition *c, char *name, bool explains)
{
	size_t len;

	name = strip(name);
	len = strlen(name);
	c->message = MESSAGE_NONE;
	if (explains && len && name[len - 1] == '*') {
		c->wildcard = true;
		c->name = ruletext_add(rf, name, len - 1);
		return;
	}
	if (!strncmp(name, "log.", 4)) {
		if (!resolve_log(rf, c, name + 4))
			rule_error(rf, "no message %s in the catalogue", name);
		return;
	}
	if (!len || len >= 48 || strcspn(name, " \t") != len)
		rule_error(rf, "'%s' is no name of a fact", name);
	c->name = ruletext_add(rf, name, len);
}

static bool relation(struct rulefile *rf, struct rb_condition *c, char *item, bool explains)
{
	static const struct { const char *word; int op; } words[] = {
		{ " before ", COND_BEFORE }, { " after ", COND_AFTER }, { " near ", COND_NEAR },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		char *at = strstr(item, words[i].word);
		char *other;

		if (!at)
			continue;
		*at = '\0';
		other = strip(at + strlen(words[i].word));
		c->op = (uint8_t)words[i].op;
		resolve(rf, c, item, explains);
		c->other = !strncmp(other, "log.", 4) ?
			catalogue_find(rf->catalogue, other + 4, strlen(other + 4)) : MESSAGE_NONE;
		if (c->other == MESSAGE_NONE || c->message == MESSAGE_NONE || c->name)
			rule_error(rf, "before, after and near compare two messages of the log");
		return true;
	}
	return false;
}

static void argument(struct rulefile *rf, struct rb_condition *c, char *value)
{
	char *in;

	value = strip(value);
	in = c->op == COND_GE ? strstr(value, " in ") : NULL;
	if (in) {
		*in = '\0';
		c->within_s = (uint16_t)strtoul(in + 4, NULL, 10);
	}
	if (!*value)
		rule_error(rf, "a comparison without a value");
	c->arg = ruletext_add(rf, value, strlen(value));
}

static void comparison(struct rulefile *rf, struct rb_condition *c, char *item, bool explains)
{
	static const struct { const char *word; int op; } ops[] = {
		{ "~", COND_LIKE }, { ">=", COND_GE }, { "<=", COND_LE }, { "!=", COND_NE },
		{ "=", COND_EQ }, { "<", COND_LT }, { ">", COND_GT },
	};

	for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
		char *at = strstr(item, ops[i].word);

		if (!at)
			continue;
		*at = '\0';
		c->op = (uint8_t)ops[i].op;
		resolve(rf, c, item, explains);
		argument(rf, c, at + strlen(ops[i].word));
		return;
	}
	c->op = *item == '!' ? COND_NOT : COND_HAS;
	resolve(rf, c, item + (*item == '!'), explains);
}

/* "COND +20": the number is the last word */
static int16_t take_weight(char *item)
{
	char *last = strrchr(item, ' ');
	char *end;
	long v;

	if (!last || (last[1] != '+' && last[1] != '-'))
		return 0;
	v = strtol(last + 1, &end, 10);
	if (*end || end == last + 2 - 1)
		return 0;
	*last = '\0';
	return (int16_t)v;
}

static void one(struct rulefile *rf, char *item, bool explains, struct rb_condition c)
{
	item = strip(item);
	if (*item == '?') {
		c.lenient = true;
		item++;
	}
	if (!relation(rf, &c, item, explains))
		comparison(rf, &c, item, explains);
	rule_add_condition(rf, &c);
}

static void add_item(struct rulefile *rf, const char *at, size_t len, bool explains, bool secondary)
{
	struct rb_condition c = { .other = MESSAGE_NONE, .secondary = secondary };
	char room[ITEM_BYTES];
	char *item, *amp;

	if (len >= sizeof(room)) {
		rule_error(rf, "a condition is too long");
		return;
	}
	memcpy(room, at, len);
	room[len] = '\0';
	item = strip(room);
	if (!*item)
		return;
	c.weight = take_weight(item);
	while ((amp = strchr(item, '&'))) {
		*amp = '\0';
		c.and_next = true;
		one(rf, item, explains, c);
		item = amp + 1;
	}
	c.and_next = false;
	one(rf, item, explains, c);
}

static void add_items(struct rulefile *rf, const char *text, bool explains, bool in_group)
{
	while (*text) {
		size_t len = strcspn(text, ",\n");
		const char *at = text + strspn(text, " \t");
		bool known = false;

		if (*at == '@' && !in_group) {
			for (unsigned i = 0; i < rf->groups; i++) {
				size_t n = strlen(rf->group[i].name);

				if (strncmp(at + 1, rf->group[i].name, n) ||
				    strcspn(at + 1, ", \t\n") != n)
					continue;
				add_items(rf, rf->group[i].members, explains, true);
				known = true;
			}
			if (!known)
				rule_error(rf, "no such group: %.*s", (int)len, text);
		} else {
			add_item(rf, text, len, explains, in_group);
		}
		text += len + (text[len] != '\0');
	}
}

struct rb_list rulecond_list(struct rulefile *rf, const char *text, bool explains)
{
	struct rb_list list = { (uint16_t)rf->conditions, 0 };

	add_items(rf, text, explains, false);
	list.n = (uint16_t)(rf->conditions - list.first);
	return list;
}
