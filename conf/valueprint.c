/* How values are written, and what is said about them. */
#include <inttypes.h>
#include <stdbool.h>

#include "exitinfo.h"
#include "plan.h"
#include "text.h"
#include "value_private.h"

const struct suffix value_times[VALUE_TIMES] = {
	{ "h", HOUR }, { "m", MIN }, { "s", SEC }, { "ms", 1 },
};
const struct suffix value_sizes[VALUE_SIZES] = {
	{ "G", 1 << 30 }, { "M", 1 << 20 }, { "K", 1 << 10 }, { "", 1 },
};
const struct suffix value_offsets[VALUE_OFFSETS] = {
	{ "s", 1000000000 }, { "ms", 1000000 }, { "us", 1000 }, { "ns", 1 },
};
const char *const value_schedulers[VALUE_SCHEDULERS] = {
	[SCHED_RR_] = "rr", [SCHED_FIFO_] = "fifo", [SCHED_OTHER_] = "other",
};

static void add_measure(struct text *t, const struct suffix *units, int64_t n)
{
	while (n % units->factor)
		units++;
	/* zero divides by everything: print it with the unit that people expect */
	if (!n)
		units += units == value_times ? 2 : 3;
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

static void add_set(struct text *t, const char *const *names, int64_t bits)
{
	const char *comma = "";

	for (unsigned i = 1; names[i]; i++) {
		if (!(bits >> i & 1))
			continue;
		text_add(t, "%s%s", comma, names[i]);
		comma = ", ";
	}
	if (!*comma)
		text_add(t, "%s", names[0]);
}

static void add_pair(struct text *t, const struct value_rule *rule, const struct value *v)
{
	switch (rule->kind) {
	case VALUE_RATE:
		text_add(t, v->n[1] ? "%" PRId64 " in " : "off", v->n[0]);
		if (v->n[1])
			add_measure(t, value_times, v->n[1]);
		break;
	case VALUE_OFFSET:
		if (v->n[1])
			add_measure(t, value_offsets, v->n[0]);
		text_add(t, v->n[1] ? " for %" PRId64 : "off", v->n[1]);
		break;
	case VALUE_LOSS:
		text_add(t, v->n[0] ? "holdover " : "stop");
		if (v->n[0])
			add_measure(t, value_times, v->n[0]);
		break;
	case VALUE_FILES:
		add_measure(t, value_sizes, v->n[0]);
		text_add(t, " x %" PRId64, v->n[1]);
		break;
	default:
		text_add(t, "%s", NAME_OF(value_schedulers, v->n[0]));
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
		add_measure(&t, value_times, v->n[0]);
		break;
	case VALUE_LIMIT:
		if (v->n[0] < 0) {
			text_add(&t, "unlimited");
			break;
		}
		/* fallthrough */
	case VALUE_SIZE:
		add_measure(&t, value_sizes, v->n[0]);
		break;
	case VALUE_CHOICE:
		text_add(&t, "%s", rule->choices[v->n[0]]);
		break;
	case VALUE_SET:
		add_set(&t, rule->choices, v->n[0]);
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
	[VALUE_CHOICE] = "",	/* the choices themselves */
	[VALUE_SET] = "one or several of ",
	[VALUE_SIGNAL] = "TERM, INT, HUP, QUIT, KILL, USR1, USR2 or ABRT",
	[VALUE_MODE] = "an octal number such as 022",
	[VALUE_RATE] = "how many deaths in which time, such as 5 in 60s, or off",
	[VALUE_OFFSET] = "an offset and how many samples, 1 to 1000, such as 10us for 10, or off",
	[VALUE_LOSS] = "stop, or holdover and a time such as holdover 4h",
	[VALUE_FILES] = "a size and the number of files, 1 to 99, such as 256K x 4",
	[VALUE_SCHEDULER] = "rr PRIORITY, fifo PRIORITY (1 to 99) or other",
	[VALUE_CPUS] = "numbers of CPUs, 0 to 63, such as 0,2-3",
	[VALUE_LIMIT] = "a number, also with K, M or G, or unlimited",
	[VALUE_COMMAND] =
		"a program and its arguments; quote what has blanks or special characters",
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
	if (r->kind == VALUE_LOSS)
		one.kind = VALUE_TIME;
	if (r->kind == VALUE_FILES)
		one.kind = VALUE_SIZE;
	if (r->kind == VALUE_RATE)
		one.kind = VALUE_NUMBER;
	value_format(&one, &(struct value){ .n = { r->min } }, low, sizeof(low));
	value_format(&one, &(struct value){ .n = { r->max } }, high, sizeof(high));
	text_add(t, "%s from %s to %s",
		 r->kind == VALUE_FILES || r->kind == VALUE_RATE ? "; the first" : ",", low, high);
}

void value_accepted(const struct value_rule *rule, char *out, size_t size)
{
	struct text t = text_in(out, size);
	bool words = rule->kind == VALUE_CHOICE || rule->kind == VALUE_SET;

	text_add(&t, "%s", accepted[rule->kind]);
	for (unsigned i = 0; words && rule->choices[i]; i++)
		text_add(&t, "%s%s",
			 !i			? ""
			 : rule->choices[i + 1] ? ", "
						: " or ",
			 rule->choices[i]);
	add_bounds(&t, rule);
}
