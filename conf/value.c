#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "exitinfo.h"
#include "near.h"
#include "plan.h"
#include "value_private.h"

/* signals that end a daemon */
static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGKILL, SIGUSR1, SIGUSR2, SIGABRT};

int value_fail(struct scan *s, const char *text)
{
	s->fault->offset = (unsigned)(s->at - s->text);
	return err_set(&s->fault->err, EINVAL, "%s", text);
}

static void skip_blanks(struct scan *s)
{
	s->at += strspn(s->at, " \t");
}

static int at_end(struct scan *s)
{
	skip_blanks(s);
	return *s->at ? value_fail(s, "there is something behind the value") : 0;
}

/* Does the rest begin with this word, and end behind it? */
static bool take_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(s->at, word, len) || (s->at[len] && !strchr(" \t", s->at[len])))
		return false;
	s->at += len;
	return true;
}

static int digits(struct scan *s, int64_t *out)
{
	int64_t n = 0;

	if (*s->at < '0' || *s->at > '9')
		return value_fail(s, "a number is missing");
	while (*s->at >= '0' && *s->at <= '9') {
		if (n > (INT64_MAX - 9) / 10)
			return value_fail(s, "this number is too large");
		n = n * 10 + (*s->at++ - '0');
	}
	*out = n;
	return 0;
}

static int in_bounds(struct scan *s, int64_t n)
{
	const struct value_rule *r = s->rule;

	if ((!r->min && !r->max) || (n >= r->min && n <= r->max))
		return 0;
	s->at = s->text;
	return value_fail(s, n < r->min ? "this value is too small" : "this value is too large");
}

/* A number and its unit; in `units` the empty name stands for no unit at all. */
static int measure(struct scan *s, const struct suffix *units, unsigned n, int64_t *out)
{
	int64_t number = 0;
	int rc = digits(s, &number);

	if (rc)
		return rc;
	for (unsigned i = 0; i < n; i++) {
		if (!take_word(s, units[i].name))
			continue;
		if (number > INT64_MAX / units[i].factor)
			return value_fail(s, "this number is too large");
		*out = number * units[i].factor;
		return 0;
	}
	return value_fail(s,
			  *s->at && *s->at != ' ' ? "this unit is not known" : "a unit is missing");
}

static int read_time(struct scan *s, int64_t *out)
{
	return measure(s, value_times, ARRAY_LEN(value_times), out);
}

static int read_size(struct scan *s, int64_t *out)
{
	return measure(s, value_sizes, ARRAY_LEN(value_sizes), out);
}

static int parse_time(struct scan *s, struct value *v)
{
	int rc = read_time(s, &v->n[0]);

	return rc ? rc : in_bounds(s, v->n[0]);
}

static int parse_size(struct scan *s, struct value *v)
{
	int rc = read_size(s, &v->n[0]);

	return rc ? rc : in_bounds(s, v->n[0]);
}

static int parse_number(struct scan *s, struct value *v)
{
	bool negative = *s->at == '-';
	int rc;

	s->at += negative;
	rc = digits(s, &v->n[0]);
	if (negative)
		v->n[0] = -v->n[0];
	v->n[1] = 1;
	return rc ? rc : in_bounds(s, v->n[0]);
}

static int parse_limit(struct scan *s, struct value *v)
{
	int rc = 0;

	if (take_word(s, "unlimited"))
		v->n[0] = -1;
	else
		rc = read_size(s, &v->n[0]);
	return rc || v->n[0] < 0 ? rc : in_bounds(s, v->n[0]);
}

static int parse_bool(struct scan *s, struct value *v)
{
	v->n[0] = take_word(s, "yes");
	return v->n[0] || take_word(s, "no") ? 0 : value_fail(s, "this is neither yes nor no");
}

static int unknown_word(struct scan *s, const struct near *n)
{
	const char *best = near_best(n);

	snprintf(s->fault->nearest, sizeof(s->fault->nearest), "%s", best ? best : "");
	return value_fail(s, "this word is not known here");
}

static int parse_choice(struct scan *s, struct value *v)
{
	struct near n;

	near_start(&n, s->at);
	for (unsigned i = 0; s->rule->choices[i]; i++) {
		if (take_word(s, s->rule->choices[i])) {
			v->n[0] = i;
			return 0;
		}
		near_offer(&n, s->rule->choices[i]);
	}
	return unknown_word(s, &n);
}

/* Does the rest begin with this name, and end behind it or go on with another one? */
static bool take_name(struct scan *s, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(s->at, name, len) || (s->at[len] && !strchr(" \t,", s->at[len])))
		return false;
	s->at += len;
	return true;
}

static int take_member(struct scan *s, int64_t *bits)
{
	struct near n;

	near_start(&n, s->at);
	for (unsigned i = 0; s->rule->choices[i]; i++) {
		if (take_name(s, s->rule->choices[i])) {
			*bits |= INT64_C(1) << i;
			return 0;
		}
		near_offer(&n, s->rule->choices[i]);
	}
	return unknown_word(s, &n);
}

static int parse_set(struct scan *s, struct value *v)
{
	int64_t bits = 0;
	int rc;

	do {
		rc = take_member(s, &bits);
		s->at += strspn(s->at, " \t");
		s->at += *s->at == ',';
		s->at += strspn(s->at, " \t");
	} while (rc == 0 && *s->at);
	if (rc == 0 && (bits & 1) && bits != 1) {
		s->at = s->text;
		rc = value_fail(s, "this word stands alone or not at all");
	}
	v->n[0] = bits & ~INT64_C(1);
	return rc;
}

static int parse_signal(struct scan *s, struct value *v)
{
	struct near n;
	int64_t number = 0;

	if (*s->at >= '0' && *s->at <= '9' && digits(s, &number))
		return -EINVAL;
	if (!number && !strncmp(s->at, "SIG", 3))
		s->at += 3;
	near_start(&n, s->at);
	for (unsigned i = 0; i < ARRAY_LEN(signals); i++) {
		if (number == signals[i] || (!number && take_word(s, signal_name(signals[i])))) {
			v->n[0] = signals[i];
			return 0;
		}
		near_offer(&n, signal_name(signals[i]));
	}
	return number ? value_fail(s, "this is no signal that ends a daemon") : unknown_word(s, &n);
}

static int parse_mode(struct scan *s, struct value *v)
{
	v->n[0] = 0;
	if (*s->at < '0' || *s->at > '7')
		return value_fail(s, "an octal number is missing");
	while (*s->at >= '0' && *s->at <= '7' && v->n[0] <= 07777)
		v->n[0] = v->n[0] * 8 + (*s->at++ - '0');
	return in_bounds(s, v->n[0]);
}

static int parse_rate(struct scan *s, struct value *v)
{
	int rc;

	*v = (struct value){ 0 };
	if (take_word(s, "off"))
		return 0;
	rc = digits(s, &v->n[0]);
	if (!rc)
		rc = in_bounds(s, v->n[0]);
	skip_blanks(s);
	if (!rc && !take_word(s, "in"))
		rc = value_fail(s, "\"in\" is missing behind the number");
	skip_blanks(s);
	if (!rc)
		rc = read_time(s, &v->n[1]);
	if (!rc && !v->n[1])
		rc = value_fail(s, "this time is too short");
	return rc;
}

static int parse_offset(struct scan *s, struct value *v)
{
	int rc;

	*v = (struct value){ 0 };
	if (take_word(s, "off"))
		return 0;
	rc = measure(s, value_offsets, ARRAY_LEN(value_offsets), &v->n[0]);
	if (!rc && !v->n[0])
		rc = value_fail(s, "no clock is that good");
	skip_blanks(s);
	if (!rc && !take_word(s, "for"))
		rc = value_fail(s, "\"for\" is missing behind the offset");
	skip_blanks(s);
	if (!rc)
		rc = digits(s, &v->n[1]);
	if (!rc && (v->n[1] < 1 || v->n[1] > 1000))
		rc = value_fail(s, "the number of samples must be from 1 to 1000");
	return rc;
}

static int parse_loss(struct scan *s, struct value *v)
{
	int rc;

	*v = (struct value){ 0 };
	if (take_word(s, "stop"))
		return 0;
	if (!take_word(s, "holdover"))
		return value_fail(s, "this is neither stop nor holdover");
	skip_blanks(s);
	rc = read_time(s, &v->n[0]);
	return rc ? rc : in_bounds(s, v->n[0]);
}

static int parse_files(struct scan *s, struct value *v)
{
	int rc = read_size(s, &v->n[0]);

	if (!rc)
		rc = in_bounds(s, v->n[0]);
	skip_blanks(s);
	if (!rc && !take_word(s, "x"))
		rc = value_fail(s, "\"x\" is missing behind the size");
	skip_blanks(s);
	if (!rc)
		rc = digits(s, &v->n[1]);
	if (!rc && (v->n[1] < 1 || v->n[1] > 99))
		rc = value_fail(s, "the number of files must be from 1 to 99");
	return rc;
}

static int parse_scheduler(struct scan *s, struct value *v)
{
	int rc = 0;

	*v = (struct value){ 0 };
	for (unsigned i = 0; i < ARRAY_LEN(value_schedulers); i++)
		if (value_schedulers[i] && take_word(s, value_schedulers[i]))
			v->n[0] = i;
	if (!v->n[0])
		return value_fail(s, "this scheduling is not known");
	skip_blanks(s);
	if (v->n[0] != SCHED_OTHER_)
		rc = digits(s, &v->n[1]);
	if (!rc && v->n[0] != SCHED_OTHER_ && (v->n[1] < 1 || v->n[1] > 99))
		rc = value_fail(s, "the priority must be from 1 to 99");
	return rc;
}

static int parse_cpus(struct scan *s, struct value *v)
{
	uint64_t mask = 0;

	for (;;) {
		int64_t first = 0, last;
		int rc = digits(s, &first);

		last = first;
		if (!rc && *s->at == '-') {
			s->at++;
			rc = digits(s, &last);
		}
		if (!rc && (first > 63 || last > 63 || last < first))
			rc = value_fail(s, "CPUs are numbered 0 to 63, the smaller number first");
		if (rc)
			return rc;
		for (int64_t i = first; i <= last; i++)
			mask |= UINT64_C(1) << i;
		if (*s->at != ',')
			break;
		s->at++;
	}
	*v = (struct value){ .n = { (int64_t)mask, 1 } };
	return 0;
}

static int (*const parsers[VALUE_KINDS])(struct scan *s, struct value *v) = {
	[VALUE_BOOL] = parse_bool,	   [VALUE_NUMBER] = parse_number,
	[VALUE_TIME] = parse_time,	   [VALUE_SIZE] = parse_size,
	[VALUE_CHOICE] = parse_choice,	   [VALUE_SET] = parse_set,
	[VALUE_SIGNAL] = parse_signal,
	[VALUE_MODE] = parse_mode,	   [VALUE_RATE] = parse_rate,
	[VALUE_OFFSET] = parse_offset,	   [VALUE_FILES] = parse_files,	   [VALUE_SCHEDULER] = parse_scheduler,
	[VALUE_LOSS] = parse_loss,
	[VALUE_CPUS] = parse_cpus,	   [VALUE_LIMIT] = parse_limit,
	[VALUE_COMMAND] = value_check_command,   [VALUE_WORDS] = value_check_words,
	[VALUE_ENV] = value_check_env,	   [VALUE_ENV_NAMES] = value_check_env_names,
	[VALUE_NAME] = value_check_name,	   [VALUE_INTERFACE] = value_check_interface,
	[VALUE_USER] = value_check_user,	   [VALUE_PATH] = value_check_path,
};

int value_is_text(const struct value_rule *rule)
{
	return rule->kind >= VALUE_COMMAND;
}

int value_parse(const struct value_rule *rule, const char *text, struct value *out,
		struct value_fault *fault)
{
	struct scan s = { .text = text, .at = text, .rule = rule, .fault = fault };
	struct value v = { 0 };
	int rc;

	*fault = (struct value_fault){ 0 };
	rc = !*text && !value_is_text(rule) ? value_fail(&s, "the value is missing")
					    : parsers[rule->kind](&s, &v);
	if (!rc)
		rc = at_end(&s);
	if (!rc && !value_is_text(rule))
		*out = v;
	return rc;
}

