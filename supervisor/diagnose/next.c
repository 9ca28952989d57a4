/*
 * What to look at next. Each fact that is not known, and that a rule of the first candidates asks
 * for, is supposed to have each value that the rules tell apart, and one that none of them names;
 * the fact after which the best class is furthest ahead, on average, is the one to look at.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "infer.h"

enum {
	ASKED_MAX = 12, VALUES_MAX = 6, RIVALS_MAX = 6,
	AHEAD_ENOUGH = 60,	/* further ahead is no better */
	OUT = 1000,		/* ahead of a class that is ruled out */
};

struct asking {
	struct inference *in;
	unsigned rivals;
	struct candidate rival[RIVALS_MAX];
	unsigned facts;
	const char *fact[ASKED_MAX];
	unsigned values;
	char value[VALUES_MAX][FACT_NAME_MAX];
};

static const char *pool(const struct asking *a, uint32_t offset)
{
	return a->in->known->rules->pool + offset;
}

static const char *how_to_measure(const struct asking *a, const char *fact)
{
	const struct rulebase *r = a->in->known->rules;

	for (unsigned i = 0; i < r->measures; i++)
		if (!strcmp(r->pool + r->measure[i].fact, fact))
			return r->pool + r->measure[i].how;
	return NULL;
}

/* The candidates that are still open, best first. */
static void choose_rivals(struct asking *a)
{
	for (unsigned i = 0; i < a->in->candidates; i++) {
		const struct candidate *c = &a->in->candidate[i];
		unsigned at = a->rivals;

		if (c->ruled_out || c->score > a->in->best_score + ALTERNATIVE_WITHIN)
			continue;
		if (a->rivals < RIVALS_MAX)
			a->rivals++;
		for (; at > 0 && c->score < a->rival[at - 1].score; at--)
			if (at < RIVALS_MAX)
				a->rival[at] = a->rival[at - 1];
		if (at < RIVALS_MAX)
			a->rival[at] = *c;
	}
}

typedef void condition_fn(struct asking *a, const struct rb_condition *c, const char *fact);

static void each_of(struct asking *a, struct rb_list list, condition_fn *fn, const char *fact)
{
	for (unsigned i = 0; i < list.n; i++)
		if (a->in->known->rules->condition[list.first + i].message == MESSAGE_NONE)
			fn(a, &a->in->known->rules->condition[list.first + i], fact);
}

static void each_condition(struct asking *a, condition_fn *fn, const char *fact)
{
	for (unsigned i = 0; i < a->rivals; i++) {
		const struct rb_cause *c = a->rival[i].cause;

		each_of(a, c->proof, fn, fact);
		each_of(a, c->refuted, fn, fact);
		each_of(a, c->requires, fn, fact);
		each_of(a, c->weighs, fn, fact);
	}
}

static void note_fact(struct asking *a, const struct rb_condition *c, const char *unused)
{
	const char *name = pool(a, c->name);

	if (a->facts == ASKED_MAX || known_value(a->in->known, name) || !how_to_measure(a, name))
		return;
	for (unsigned i = 0; i < a->facts; i++)
		if (!strcmp(a->fact[i], name))
			return;
	a->fact[a->facts++] = name;
}

static void add_value(struct asking *a, const char *value, size_t len)
{
	char room[FACT_NAME_MAX];

	snprintf(room, sizeof(room), "%.*s", (int)len, value);
	for (unsigned i = 0; i < a->values; i++)
		if (!strcmp(a->value[i], room))
			return;
	if (len && a->values < VALUES_MAX)
		snprintf(a->value[a->values++], FACT_NAME_MAX, "%s", room);
}

static void add_number(struct asking *a, double v)
{
	char room[32];

	snprintf(room, sizeof(room), "%.0f", v);
	add_value(a, room, strlen(room));
}

/* The values that this condition tells apart. */
static void note_values(struct asking *a, const struct rb_condition *c, const char *fact)
{
	const char *arg = pool(a, c->arg);

	if (strcmp(pool(a, c->name), fact) || *arg == '$')
		return;
	switch (c->op) {
	case COND_HAS:
	case COND_NOT:
		add_value(a, "yes", 3);
		add_value(a, "no", 2);
		break;
	case COND_EQ:
	case COND_NE:
	case COND_LIKE:
		arg += *arg == '^';
		add_value(a, arg, strcspn(arg, "|"));
		break;
	default:
		add_number(a, strtod(arg, NULL) - 1);
		add_number(a, strtod(arg, NULL) + 1);
	}
}

/* How far the best rival is ahead of the best one of another class. */
static int lead(struct asking *a)
{
	int score[RIVALS_MAX], ahead = AHEAD_ENOUGH;
	unsigned best = 0;

	for (unsigned i = 0; i < a->rivals; i++) {
		infer_judge(a->in, &a->rival[i]);
		score[i] = infer_alone(a->in, &a->rival[i]) + (a->rival[i].ruled_out ? OUT : 0);
		if (score[i] < score[best])
			best = i;
	}
	for (unsigned i = 0; i < a->rivals; i++)
		if (strcmp(pool(a, a->rival[i].cause->class), pool(a, a->rival[best].cause->class)) &&
		    score[i] - score[best] < ahead)
			ahead = score[i] - score[best];
	return ahead;
}

/* Average lead over all values, times ten. */
static int worth(struct asking *a, const char *fact)
{
	struct known *known = (struct known *)(uintptr_t)a->in->known;
	struct fact supposed = { .source = "supposed", .at = MSEC_NONE, .known = true };
	int sum = 0;

	a->values = 0;
	each_condition(a, note_values, fact);
	if (!strncmp(fact, "trial.", 6))
		add_value(a, "no_effect", 9);
	else if (!a->values || strcmp(a->value[0], "yes"))
		add_value(a, "something else", 14);
	snprintf(supposed.name, sizeof(supposed.name), "%s", fact);
	known->supposed = &supposed;
	for (unsigned i = 0; i < a->values; i++) {
		snprintf(supposed.value, sizeof(supposed.value), "%s", a->value[i]);
		sum += lead(a);
	}
	known->supposed = NULL;
	return sum * 10 / (int)a->values;
}

void next_measurement(struct inference *in, struct text *out)
{
	struct asking a = { .in = in };
	const char *how = NULL;
	int best;

	choose_rivals(&a);
	each_condition(&a, note_fact, NULL);
	best = a.rivals ? lead(&a) * 10 : 0;
	for (unsigned i = 0; i < a.facts; i++) {
		int here = worth(&a, a.fact[i]);

		if (here <= best)
			continue;
		best = here;
		how = how_to_measure(&a, a.fact[i]);
	}
	if (!how && in->best_n)
		how = pool(&a, in->candidate[in->best[0]].cause->confirm);
	if (!how && !in->best_n)
		how = how_to_measure(&a, "anything");
	if (how)
		known_fill(in->known, how, out);
}
