#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "exitinfo.h"
#include "near.h"
#include "plan.h"
#include "text.h"
#include "value.h"
#include "words.h"

/* A text that is being read. */
struct scan {
	const char *text, *at;
	const struct value_rule *rule;
	struct value_fault *fault;
};

struct suffix {
	const char *name;
	int64_t factor;
};

/* largest first: the first that divides a value is used to print it */
static const struct suffix times[] = { { "h", HOUR }, { "m", MIN }, { "s", SEC }, { "ms", 1 } };
static const struct suffix sizes[] = { { "G", 1 << 30 }, { "M", 1 << 20 }, { "K", 1 << 10 }, { "", 1 } };

/* signals that end a daemon */
static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGKILL, SIGUSR1, SIGUSR2, SIGABRT };

static const char *const schedulers[] = {
	[SCHED_RR_] = "rr", [SCHED_FIFO_] = "fifo", [SCHED_OTHER_] = "other",
};

static int fail(struct scan *s, const char *text)
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
	return *s->at ? fail(s, "there is something behind the value") : 0;
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
		return fail(s, "a number is missing");
	while (*s->at >= '0' && *s->at <= '9') {
		if (n > (INT64_MAX - 9) / 10)
			return fail(s, "this number is too large");
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
	return fail(s, n < r->min ? "this value is too small" : "this value is too large");
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
			return fail(s, "this number is too large");
		*out = number * units[i].factor;
		return 0;
	}
	return fail(s, *s->at && *s->at != ' ' ? "this unit is not known" : "a unit is missing");
}

static int read_time(struct scan *s, int64_t *out)
{
	return measure(s, times, ARRAY_LEN(times), out);
}

static int read_size(struct scan *s, int64_t *out)
{
	return measure(s, sizes, ARRAY_LEN(sizes), out);
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
	return v->n[0] || take_word(s, "no") ? 0 : fail(s, "this is neither yes nor no");
}

static int unknown_word(struct scan *s, const struct near *n)
{
	const char *best = near_best(n);

	snprintf(s->fault->nearest, sizeof(s->fault->nearest), "%s", best ? best : "");
	return fail(s, "this word is not known here");
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
	return number ? fail(s, "this is no signal that ends a daemon") : unknown_word(s, &n);
}

static int parse_mode(struct scan *s, struct value *v)
{
	v->n[0] = 0;
	if (*s->at < '0' || *s->at > '7')
		return fail(s, "an octal number is missing");
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
		rc = fail(s, "\"in\" is missing behind the number");
	skip_blanks(s);
	if (!rc)
		rc = read_time(s, &v->n[1]);
	if (!rc && !v->n[1])
		rc = fail(s, "this time is too short");
	return rc;
}

static int parse_files(struct scan *s, struct value *v)
{
	int rc = read_size(s, &v->n[0]);

	if (!rc)
		rc = in_bounds(s, v->n[0]);
	skip_blanks(s);
	if (!rc && !take_word(s, "x"))
		rc = fail(s, "\"x\" is missing behind the size");
	skip_blanks(s);
	if (!rc)
		rc = digits(s, &v->n[1]);
	if (!rc && (v->n[1] < 1 || v->n[1] > 99))
		rc = fail(s, "the number of files must be from 1 to 99");
	return rc;
}

static int parse_scheduler(struct scan *s, struct value *v)
{
	int rc = 0;

	*v = (struct value){ 0 };
	for (unsigned i = 0; i < ARRAY_LEN(schedulers); i++)
		if (schedulers[i] && take_word(s, schedulers[i]))
			v->n[0] = i;
	if (!v->n[0])
		return fail(s, "this scheduling is not known");
	skip_blanks(s);
	if (v->n[0] != SCHED_OTHER_)
		rc = digits(s, &v->n[1]);
	if (!rc && v->n[0] != SCHED_OTHER_ && (v->n[1] < 1 || v->n[1] > 99))
		rc = fail(s, "the priority must be from 1 to 99");
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
			rc = fail(s, "CPUs are numbered 0 to 63, the smaller number first");
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
		return fail(s, "there is nothing to run");
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
			return fail(s, "after a % only i (the interface) or another % has a meaning");
	return 0;
}

static int command_word(struct scan *s, const char *word)
{
	if (s->at == s->text && (!*word || *word == '-' || *word == '%'))
		return fail(s, "a command begins with a program");
	if (s->at == s->text && *word != '/' && strchr(word, '/'))
		return fail(s, "a program is a name without /, or a path that begins with /");
	return percents(s, word);
}

static int check_command(struct scan *s, struct value *unused)
{
	return each_word(s, 1, command_word);
}

static int check_words(struct scan *s, struct value *unused)
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
		return fail(s, "a = is missing behind the variable's name");
	return variable_name(word, (size_t)(eq - word)) ? percents(s, eq) :
							  fail(s, "this is no variable's name");
}

static int passed_on(struct scan *s, const char *word)
{
	if (!strncmp(word, "LD_", 3))
		return fail(s, "LD_ variables are never passed on; set them with env where you need one");
	return variable_name(word, strlen(word)) ? 0 : fail(s, "this is no variable's name");
}

static int check_env(struct scan *s, struct value *unused)
{
	return each_word(s, 0, assignment);
}

static int check_env_names(struct scan *s, struct value *unused)
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
		return fail(s, text);
	s->at += strlen(s->at);
	return 0;
}

static int check_name(struct scan *s, struct value *unused)
{
	return whole(s, value_name_ok(s->text), "this is no unit's name");
}

static int check_interface(struct scan *s, struct value *unused)
{
	return whole(s, value_interface_ok(s->text), "this is no interface's name");
}

static int check_user(struct scan *s, struct value *unused)
{
	size_t len = strcspn(s->text, " \t:/,");

	return whole(s, len && !s->text[len] && len < 64 && s->text[0] != '-',
		     "this is no user's or group's name");
}

static int check_path(struct scan *s, struct value *unused)
{
	if (s->text[0] != '/')
		return fail(s, "this path does not begin with /");
	if ((int64_t)strlen(s->text) > s->rule->max) {
		s->at += s->rule->max;
		return fail(s, "this path is too long");
	}
	return whole(s, !strstr(s->text, "/../") && (strlen(s->text) < 3 ||
		     strcmp(s->text + strlen(s->text) - 3, "/..")), "a path must not lead back with ..");
}

static int (*const parsers[VALUE_KINDS])(struct scan *s, struct value *v) = {
	[VALUE_BOOL] = parse_bool,	   [VALUE_NUMBER] = parse_number,
	[VALUE_TIME] = parse_time,	   [VALUE_SIZE] = parse_size,
	[VALUE_CHOICE] = parse_choice,	   [VALUE_SIGNAL] = parse_signal,
	[VALUE_MODE] = parse_mode,	   [VALUE_RATE] = parse_rate,
	[VALUE_FILES] = parse_files,	   [VALUE_SCHEDULER] = parse_scheduler,
	[VALUE_CPUS] = parse_cpus,	   [VALUE_LIMIT] = parse_limit,
	[VALUE_COMMAND] = check_command,   [VALUE_WORDS] = check_words,
	[VALUE_ENV] = check_env,	   [VALUE_ENV_NAMES] = check_env_names,
	[VALUE_NAME] = check_name,	   [VALUE_INTERFACE] = check_interface,
	[VALUE_USER] = check_user,	   [VALUE_PATH] = check_path,
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
	rc = !*text && !value_is_text(rule) ? fail(&s, "the value is missing") : parsers[rule->kind](&s, &v);
	if (!rc)
		rc = at_end(&s);
	if (!rc && !value_is_text(rule))
		*out = v;
	return rc;
}

static void add_measure(struct text *t, const struct suffix *units, int64_t n)
{
	while (n % units->factor)
		units++;
	/* zero divides by everything: print it with the unit that people expect */
	if (!n)
		units += units == times ? 2 : 3;
	text_add(t, "%" PRId64 "%s", n / units->factor, units->name);
}

static void add_cpus(struct text *t, uint64_t mask)
{
	const char *comma = "";

	for (unsigned i = 0; i < 64; i++) {
		unsigned last = i;

		if (!(mask >> i & 1))
			continue;
		while (last < 63 && mask >> (last + 1) & 1)
			last++;
		text_add(t, last > i ? "%s%u-%u" : "%s%u", comma, i, last);
		comma = ",";
		i = last;
	}
}

static void add_pair(struct text *t, const struct value_rule *rule, const struct value *v)
{
	switch (rule->kind) {
	case VALUE_RATE:
		text_add(t, v->n[1] ? "%" PRId64 " in " : "off", v->n[0]);
		if (v->n[1])
			add_measure(t, times, v->n[1]);
		break;
	case VALUE_FILES:
		add_measure(t, sizes, v->n[0]);
		text_add(t, " x %" PRId64, v->n[1]);
		break;
	default:
		text_add(t, "%s", NAME_OF(schedulers, v->n[0]));
		if (v->n[0] != SCHED_OTHER_)
			text_add(t, " %" PRId64, v->n[1]);
	}
}

void value_format(const struct value_rule *rule, const struct value *v, char *out, size_t size)
{
	struct text t = text_in(out, size);

	switch (rule->kind) {
	case VALUE_BOOL:
		text_add(&t, "%s", v->n[0] ? "yes" : "no");
		break;
	case VALUE_TIME:
		add_measure(&t, times, v->n[0]);
		break;
	case VALUE_LIMIT:
		if (v->n[0] < 0) {
			text_add(&t, "unlimited");
			break;
		}
		/* fallthrough */
	case VALUE_SIZE:
		add_measure(&t, sizes, v->n[0]);
		break;
	case VALUE_CHOICE:
		text_add(&t, "%s", rule->choices[v->n[0]]);
		break;
	case VALUE_SIGNAL:
		text_add(&t, "%s", signal_name((int)v->n[0]));
		break;
	case VALUE_MODE:
		text_add(&t, "0%o", (unsigned)v->n[0]);
		break;
	case VALUE_CPUS:
		add_cpus(&t, (uint64_t)v->n[0]);
		break;
	case VALUE_NUMBER:
		text_add(&t, "%" PRId64, v->n[0]);
		break;
	default:
		add_pair(&t, rule, v);
	}
}

static const char *const accepted[VALUE_KINDS] = {
	[VALUE_BOOL] = "yes or no",
	[VALUE_NUMBER] = "a number",
	[VALUE_TIME] = "a time such as 250ms, 5s, 2m or 1h",
	[VALUE_SIZE] = "a size such as 4096, 64K or 1M",
	[VALUE_CHOICE] = "one of",
	[VALUE_SIGNAL] = "TERM, INT, HUP, QUIT, KILL, USR1, USR2 or ABRT",
	[VALUE_MODE] = "an octal number such as 022",
	[VALUE_RATE] = "how many deaths in which time, such as 5 in 60s, or off",
	[VALUE_FILES] = "a size and the number of files, 1 to 99, such as 256K x 4",
	[VALUE_SCHEDULER] = "rr PRIORITY, fifo PRIORITY (1 to 99) or other",
	[VALUE_CPUS] = "numbers of CPUs, 0 to 63, such as 0,2-3",
	[VALUE_LIMIT] = "a number, also with K, M or G, or unlimited",
	[VALUE_COMMAND] = "a program and its arguments; quote what has blanks or special characters",
	[VALUE_WORDS] = "arguments; quote what has blanks or special characters",
	[VALUE_ENV] = "variables as NAME=VALUE; quote what has blanks or special characters",
	[VALUE_ENV_NAMES] = "names of environment variables, none of which begins with LD_",
	[VALUE_NAME] = "letters, digits and . _ -, a letter or digit first, at most 31 bytes",
	[VALUE_INTERFACE] = "the name of a network interface, at most 15 bytes",
	[VALUE_USER] = "a name or a number",
	[VALUE_PATH] = "an absolute path",
};

static void add_bounds(struct text *t, const struct value_rule *r)
{
	char low[32], high[32];
	struct value_rule one = *r;

	if (!r->min && !r->max)
		return;
	if (r->kind == VALUE_PATH) {
		text_add(t, " of at most %" PRId64 " bytes", r->max);
		return;
	}
	if (r->kind == VALUE_FILES)
		one.kind = VALUE_SIZE;
	if (r->kind == VALUE_RATE)
		one.kind = VALUE_NUMBER;
	value_format(&one, &(struct value){ .n = { r->min } }, low, sizeof(low));
	value_format(&one, &(struct value){ .n = { r->max } }, high, sizeof(high));
	text_add(t, "%s from %s to %s", r->kind == VALUE_FILES || r->kind == VALUE_RATE ? "; the first" : ",",
		 low, high);
}

void value_accepted(const struct value_rule *rule, char *out, size_t size)
{
	struct text t = text_in(out, size);

	text_add(&t, "%s", accepted[rule->kind]);
	for (unsigned i = 0; rule->kind == VALUE_CHOICE && rule->choices[i]; i++)
		text_add(&t, "%s%s", i ? ", " : " ", rule->choices[i]);
	add_bounds(&t, rule);
}
