/* Three-valued conditions over facts and log messages. */
#include <stdlib.h>
#include <string.h>

#include "evidence.h"

static const msec_t near_ms = 2 * SEC;
static const uint32_t near_lines = 5;

static enum answer answer(bool yes)
{
	return yes ? ANSWER_YES : ANSWER_NO;
}

static bool same_letter(char a, char b)
{
	a = a >= 'A' && a <= 'Z' ? (char)(a + 32) : a;
	b = b >= 'A' && b <= 'Z' ? (char)(b + 32) : b;
	return a == b;
}

static bool starts(const char *s, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!s[i] || !same_letter(s[i], word[i]))
			return false;
	return true;
}

static bool contains(const char *s, const char *word, size_t len)
{
	for (; *s; s++)
		if (starts(s, word, len))
			return true;
	return false;
}

/* "^word" at the start only, "%20" is a blank, "%2c" a comma */
static bool found(const char *value, const char *word, size_t len)
{
	if (len == 3 && *word == '%')
		return strchr(value, word[2] == 'c' ? ',' : ' ');
	if (*word == '^')
		return starts(value, word + 1, len - 1);
	return len && contains(value, word, len);
}

/* Does the value equal (or contain) one of "a|b|c"? Case does not matter. */
static bool one_of(const char *value, const char *words, bool whole)
{
	for (;;) {
		size_t len = strcspn(words, "|");

		if (whole ? strlen(value) == len && starts(value, words, len) :
			    found(value, words, len))
			return true;
		if (!words[len])
			return false;
		words += len + 1;
	}
}

/* "4.2", "3.1.1", "4.x" as one number; anything that is no version is a plain number */
static double as_number(const char *s, bool version)
{
	double v = 0, unit = 1;

	if (!version)
		return strtod(s, NULL);
	for (int i = 0; i < 3; i++, unit /= 1000) {
		char *end;

		v += unit * (double)strtol(s, &end, 10);
		if (*end != '.')
			break;
		s = end + 1;
	}
	return v;
}

static bool is_version(const char *name)
{
	size_t len = strlen(name);

	return len >= 7 && (!strcmp(name + len - 7, "version") || !strcmp(name + len - 6, "kernel"));
}

static enum answer compare(const struct rb_condition *c, const char *name, const char *value,
			   const char *arg)
{
	bool version = is_version(name);
	double a, b;

	switch (c->op) {
	case COND_HAS:
		return answer(strcmp(value, "no") && strcmp(value, "none"));
	case COND_NOT:
		return answer(!strcmp(value, "no") || !strcmp(value, "none"));
	case COND_EQ:
		return answer(one_of(value, arg, true));
	case COND_NE:
		return answer(!one_of(value, arg, true));
	case COND_LIKE:
		return answer(one_of(value, arg, false));
	default:
		break;
	}
	a = as_number(value, version);
	b = as_number(arg, version);
	return answer(c->op == COND_LT ? a < b : c->op == COND_GT ? a > b :
		      c->op == COND_LE ? a <= b : a >= b);
}

/* At least `least` times within the time: judged by the mean distance. */
static bool often(const struct log_seen *s, unsigned least, unsigned within_s)
{
	msec_t span;

	if (s->count < least)
		return false;
	if (!within_s || least < 2 || s->first == MSEC_NONE)
		return true;
	span = (s->last - s->first) * (msec_t)(least - 1) / (msec_t)(s->count - 1);
	return span <= (msec_t)within_s * SEC;
}

static bool close_by(const struct log_seen *a, const struct log_seen *b)
{
	if (a->first == MSEC_NONE || b->first == MSEC_NONE || (!a->first && !b->first))
		return a->first_line <= b->last_line + near_lines &&
		       b->first_line <= a->last_line + near_lines;
	return a->first <= b->last + near_ms && b->first <= a->last + near_ms;
}

static bool in_order(const struct known *k, const struct rb_condition *c, const struct log_seen *s)
{
	const struct log_seen *other = known_seen(k, c->other);

	if (c->op == COND_BEFORE)
		return !other || s->first_line < other->first_line;
	if (c->op == COND_AFTER)
		return !other || s->last_line > other->last_line;
	return other && close_by(s, other);
}

/* In a quotation the absence of a line says nothing. */
static enum answer not_seen(const struct known *k, const struct rb_condition *c)
{
	if (!k->log || !k->log->prefixed)
		return ANSWER_UNKNOWN;
	return answer(c->op == COND_NOT);
}

static enum answer message_holds(const struct known *k, const struct rb_condition *c)
{
	const struct log_seen *s = known_seen(k, c->message);
	const char *arg = k->rules->pool + c->arg;

	if (!s)
		return not_seen(k, c);
	switch (c->op) {
	case COND_HAS:
		return ANSWER_YES;
	case COND_NOT:
		return ANSWER_NO;
	case COND_GE:
		return answer(often(s, (unsigned)strtoul(arg, NULL, 10), c->within_s));
	case COND_LT:
		return answer(s->count < strtoul(arg, NULL, 10));
	default:
		return answer(in_order(k, c, s));
	}
}

static enum answer field_holds(const struct known *k, const struct rb_condition *c)
{
	const struct log_seen *s = known_seen(k, c->message);
	const char *name = k->rules->pool + c->name;
	const char *value = s ? log_seen_field(k->rules, s, name, strlen(name)) : NULL;

	return value ? compare(c, name, value, k->rules->pool + c->arg) : ANSWER_UNKNOWN;
}

enum answer known_holds(const struct known *k, const struct rb_condition *c)
{
	const char *name = k->rules->pool + c->name, *arg = k->rules->pool + c->arg;
	const char *value;

	if (c->message != MESSAGE_NONE)
		return c->name ? field_holds(k, c) : message_holds(k, c);
	value = known_value(k, name);
	if (*arg == '$')	/* another fact */
		arg = known_value(k, arg + 1);
	return value && arg ? compare(c, name, value, arg) : ANSWER_UNKNOWN;
}

bool known_all(const struct known *k, struct rb_list list)
{
	for (unsigned i = 0; i < list.n; i++) {
		const struct rb_condition *c = &k->rules->condition[list.first + i];
		enum answer a = known_holds(k, c);

		if (a == ANSWER_NO || (a == ANSWER_UNKNOWN && !c->lenient))
			return false;
	}
	return true;
}

void known_name(const struct known *k, const struct rb_condition *c, struct text *out)
{
	if (c->message != MESSAGE_NONE)
		text_add(out, "log.%s", catalogue_id(k->rules->catalogue, c->message));
	else
		text_add(out, "%s", k->rules->pool + c->name);
}

static void show_message(const struct known *k, uint16_t message, struct evidence *out)
{
	const struct log_seen *s = known_seen(k, message);
	struct text value = text_in(out->value, sizeof(out->value));

	out->source = "log";
	if (!s) {
		text_add(&value, "not seen");
		return;
	}
	log_seen_text(k->rules, s, &value);
	if (s->count > 1)
		text_add(&value, " (%u times)", (unsigned)s->count);
	if (k->now != MSEC_NONE && s->last != MSEC_NONE && s->last && s->last <= k->now)
		out->age_ms = k->now - s->last;
}

void known_show(const struct known *k, const struct rb_condition *c, struct evidence *out)
{
	struct text name;
	const struct fact *f;

	memset(out, 0, sizeof(*out));
	out->age_ms = MSEC_NONE;
	out->source = "";
	name = text_in(out->name, sizeof(out->name));
	known_name(k, c, &name);
	if (c->message != MESSAGE_NONE) {
		show_message(k, c->message, out);
		return;
	}
	f = known_fact(k, out->name);
	if (!f)
		return;
	text_add(&(struct text){ out->value, sizeof(out->value), 0, false }, "%s%s",
		 f->known ? "" : "not known: ", f->value);
	out->source = f->source;
	if (k->now != MSEC_NONE && f->at != MSEC_NONE && f->at <= k->now)
		out->age_ms = k->now - f->at;
}
