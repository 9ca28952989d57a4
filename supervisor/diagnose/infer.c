#include <string.h>

#include "infer.h"

enum {
	COST_UNEXPLAINED = 100, COST_FOLLOWS = 15, COST_EACH = 20,
	COST_UNCHECKED = 8, COST_ABSENT = 10, GAIN_PROOF = 40,
	WEIGHT_SPECIFIC = 10, WEIGHT_TELLING = 30,
	SCORE_NONE = 1 << 20,
};

#define STALE_MS (5 * MIN)

/* --- symptoms --- */

static void add_symptom(struct inference *in, struct symptom s)
{
	if (in->symptoms == SYMPTOMS_MAX) {
		in->dropped++;
		return;
	}
	if (!s.follows)
		in->primary |= 1u << in->symptoms;
	in->symptom[in->symptoms++] = s;
}

static bool is_symptom(const struct inference *in, const char *name)
{
	for (unsigned i = 0; i < in->symptoms; i++)
		if (in->symptom[i].message == MESSAGE_NONE && !strcmp(in->symptom[i].name, name))
			return true;
	return false;
}

static void symptoms_of_log(struct inference *in)
{
	const struct log_digest *log = in->known->log;
	const struct catalogue *c = in->known->rules->catalogue;

	for (unsigned i = 0; log && i < log->seen_n; i++) {
		const struct catalogue_message *m = &c->message[log->seen[i].message];

		if (m->kind >= MESSAGE_FOLLOWS)
			add_symptom(in, (struct symptom){
				log->seen[i].message, catalogue_id(c, log->seen[i].message), "",
				m->kind == MESSAGE_FOLLOWS });
	}
}

static void symptoms_of_facts(struct inference *in)
{
	const struct rulebase *r = in->known->rules;
	const struct facts *facts = in->known->facts;

	for (unsigned i = 0; i < r->symptoms; i++) {
		const struct rb_symptom *s = &r->symptom[i];

		if (!is_symptom(in, r->pool + s->name) && known_all(in->known, s->when))
			add_symptom(in, (struct symptom){ MESSAGE_NONE, r->pool + s->name,
							  r->pool + s->about, s->follows });
	}
	for (unsigned i = 0; facts && i < facts->n; i++)
		if (facts->at[i].known && !strncmp(facts->at[i].name, "block.", 6))
			add_symptom(in, (struct symptom){ MESSAGE_NONE, facts->at[i].name, "", false });
}

/* Long ago in a run that went on, or a link that came back. */
static bool bygone(const struct inference *in, const struct symptom *s)
{
	const struct known *k = in->known;
	const struct log_seen *seen = s->message == MESSAGE_NONE ? NULL : known_seen(k, s->message);
	msec_t end = k->now != MSEC_NONE ? k->now : k->log ? k->log->newest : 0;
	const struct log_seen *up;

	if (!seen)
		return false;
	if (seen->last > 0 && end - seen->last > STALE_MS)
		return true;
	if (strcmp(s->name, "link.down"))
		return false;
	up = known_seen(k, catalogue_find(k->rules->catalogue, "link.up", 7));
	return up && up->last_line > seen->last_line;
}

/* What is over does not compete with what is wrong now; alone it is still told. */
static void forget_bygones(struct inference *in)
{
	uint32_t bygones = 0;

	for (unsigned i = 0; i < in->symptoms; i++)
		if (in->primary & 1u << i && bygone(in, &in->symptom[i]))
			bygones |= 1u << i;
	if (in->primary & ~bygones)
		in->primary &= ~bygones;
}

/* --- candidates --- */

static bool names(const struct inference *in, const struct rb_condition *c, const struct symptom *s)
{
	const char *name = in->known->rules->pool + c->name;

	if (c->wildcard) {
		bool log = !strncmp(name, "log.", 4);

		return log == (s->message != MESSAGE_NONE) &&
		       !strncmp(s->name, name + (log ? 4 : 0), strlen(name) - (log ? 4 : 0));
	}
	if (c->message != MESSAGE_NONE)
		return c->message == s->message && known_holds(in->known, c) != ANSWER_NO;
	return s->message == MESSAGE_NONE && !strcmp(s->name, name) &&
	       (c->op == COND_HAS || known_holds(in->known, c) != ANSWER_NO);
}

/* `direct`: what gives reason to suspect this cause, without the usual consequences. */
static uint32_t covered(const struct inference *in, const struct rb_cause *cause, uint32_t *direct)
{
	const struct rb_condition *c = in->known->rules->condition + cause->explains.first;
	uint32_t covers = 0;

	*direct = 0;
	for (unsigned k = 0; k < cause->explains.n; k++)
		for (unsigned i = 0; i < in->symptoms; i++) {
			if (!names(in, &c[k], &in->symptom[i]))
				continue;
			covers |= 1u << i;
			*direct |= c[k].secondary ? 0 : 1u << i;
		}
	return covers;
}

/* Conditions joined by '&' count as one; returns the index behind them. */
static unsigned joined(const struct inference *in, struct rb_list list, unsigned at, enum answer *all)
{
	const struct rb_condition *c = in->known->rules->condition + list.first;
	bool more = true;

	*all = ANSWER_YES;
	while (more && at < list.n) {
		enum answer a = known_holds(in->known, &c[at]);

		if (a == ANSWER_UNKNOWN && c[at].lenient)
			a = ANSWER_YES;
		if (a == ANSWER_NO || (a == ANSWER_UNKNOWN && *all == ANSWER_YES))
			*all = a;
		more = c[at++].and_next;
	}
	return at;
}

static void weigh(const struct inference *in, struct candidate *cand)
{
	struct rb_list list = cand->cause->weighs;
	const struct rb_condition *c = in->known->rules->condition + list.first;
	enum answer a;

	for (unsigned i = 0, next; i < list.n; i = next) {
		next = joined(in, list, i, &a);
		if (a != ANSWER_YES)
			continue;
		if (c[i].weight > 0)
			cand->speaks_for += c[i].weight;
		else
			cand->speaks_against -= c[i].weight;
		cand->cost -= c[i].weight;
	}
}

static void check_requirements(const struct inference *in, struct candidate *cand)
{
	const struct rb_condition *c = in->known->rules->condition;
	struct rb_list list = cand->cause->requires;
	enum answer a;

	for (unsigned i = 0, next; i < list.n; i = next) {
		next = joined(in, list, i, &a);
		if (a == ANSWER_NO)
			cand->ruled_out = &c[list.first + i];
		if (a == ANSWER_UNKNOWN && !c[list.first + i].lenient) {
			cand->unchecked = true;
			cand->cost += COST_UNCHECKED;
		}
	}
	list = cand->cause->refuted;
	for (unsigned i = 0, next; i < list.n; i = next) {
		next = joined(in, list, i, &a);
		if (a == ANSWER_YES)
			cand->ruled_out = &c[list.first + i];
	}
}

static void check_effects(const struct inference *in, struct candidate *cand)
{
	struct rb_list list = cand->cause->expects;
	enum answer a;

	for (unsigned i = 0, next; i < list.n; i = next) {
		next = joined(in, list, i, &a);
		if (a != ANSWER_NO)
			continue;
		cand->cost += COST_ABSENT;
		cand->speaks_against += COST_ABSENT;
	}
	list = cand->cause->proof;
	for (unsigned i = 0, next; i < list.n; i = next) {
		next = joined(in, list, i, &a);
		if (a == ANSWER_YES && !cand->proof) {
			cand->proof = true;
			cand->cost -= GAIN_PROOF;
		}
	}
}

void infer_judge(const struct inference *in, struct candidate *c)
{
	c->cost = c->cause->prior;
	c->speaks_for = c->speaks_against = 0;
	c->proof = c->unchecked = false;
	c->ruled_out = NULL;
	check_requirements(in, c);
	check_effects(in, c);
	weigh(in, c);
}

static void find_candidates(struct inference *in)
{
	const struct rulebase *r = in->known->rules;

	for (unsigned i = 0; i < r->causes; i++) {
		struct candidate cand = { .cause = &r->cause[i], .score = SCORE_NONE };
		uint32_t direct;

		cand.covers = covered(in, cand.cause, &direct);
		if (!((in->vague ? cand.covers : direct) & in->primary))
			continue;
		infer_judge(in, &cand);
		/* "it failed" fits everything; only a cause with evidence of its own may claim it */
		if (in->vague && !cand.proof &&
		    cand.speaks_for < (direct & in->primary ? WEIGHT_SPECIFIC : WEIGHT_TELLING))
			continue;
		if (in->candidates == CANDIDATES_MAX)
			in->dropped++;
		else
			in->candidate[in->candidates++] = cand;
	}
}

/* --- sets --- */

static int bits(uint32_t v)
{
	int n = 0;

	for (; v; v &= v - 1)
		n++;
	return n;
}

/* Each member must explain a real symptom that the others do not. */
static bool needed(const struct inference *in, const unsigned *set, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint32_t others = 0;

		for (unsigned k = 0; k < n; k++)
			others |= k == i ? 0 : in->candidate[set[k]].covers;
		if (n > 1 && !(in->candidate[set[i]].covers & in->primary & ~others))
			return false;
	}
	return true;
}

static int score_of(const struct inference *in, const unsigned *set, unsigned n, uint32_t *explained)
{
	uint32_t all = in->symptoms == 32 ? ~0u : (1u << in->symptoms) - 1;
	int score = COST_EACH * ((int)n - 1);

	*explained = 0;
	for (unsigned i = 0; i < n; i++) {
		*explained |= in->candidate[set[i]].covers;
		score += in->candidate[set[i]].cost;
	}
	return score + COST_UNEXPLAINED * bits(all & in->primary & ~*explained) +
	       COST_FOLLOWS * bits(all & ~in->primary & ~*explained);
}

static void try_set(struct inference *in, const unsigned *set, unsigned n)
{
	uint32_t explained;
	int score;

	if (!needed(in, set, n))
		return;
	score = score_of(in, set, n, &explained);
	for (unsigned i = 0; i < n; i++)
		if (score < in->candidate[set[i]].score)
			in->candidate[set[i]].score = score;
	if (score >= in->best_score)
		return;
	in->best_score = score;
	in->best_n = n;
	in->explained = explained;
	memcpy(in->best, set, n * sizeof(*set));
}

static bool usable(const struct inference *in, unsigned i)
{
	return !in->candidate[i].ruled_out;
}

static void try_sets(struct inference *in)
{
	unsigned set[SET_MAX];

	in->best_score = SCORE_NONE;
	for (set[0] = 0; set[0] < in->candidates; set[0]++) {
		if (!usable(in, set[0]))
			continue;
		try_set(in, set, 1);
		for (set[1] = set[0] + 1; set[1] < in->candidates; set[1]++) {
			if (!usable(in, set[1]))
				continue;
			try_set(in, set, 2);
			for (set[2] = set[1] + 1; set[2] < in->candidates; set[2]++)
				if (usable(in, set[2]))
					try_set(in, set, 3);
		}
	}
}

/* The symptoms that say how it ended: they are what the question is about. */
static uint32_t endings(const struct inference *in)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < in->symptoms; i++)
		if (in->symptom[i].message == MESSAGE_NONE &&
		    (!strcmp(in->symptom[i].name, "exit.signal") ||
		     !strcmp(in->symptom[i].name, "exec.errno")))
			mask |= 1u << i;
	return mask;
}

static bool ahead(const struct inference *in, unsigned a, unsigned b)
{
	const struct candidate *x = &in->candidate[a], *y = &in->candidate[b];
	bool ex = x->covers & endings(in), ey = y->covers & endings(in);
	int dx = bits(x->covers & in->primary), dy = bits(y->covers & in->primary);

	if (ex != ey)
		return ex;
	return dx != dy ? dx > dy : x->cost < y->cost;
}

static void order_best(struct inference *in)
{
	for (unsigned i = 1; i < in->best_n; i++)
		for (unsigned k = i; k > 0 && ahead(in, in->best[k], in->best[k - 1]); k--) {
			unsigned t = in->best[k];

			in->best[k] = in->best[k - 1];
			in->best[k - 1] = t;
		}
}

int infer_alone(const struct inference *in, const struct candidate *c)
{
	uint32_t all = in->symptoms == 32 ? ~0u : (1u << in->symptoms) - 1, left = all & ~c->covers;

	return c->cost + COST_UNEXPLAINED * bits(left & in->primary) +
	       COST_FOLLOWS * bits(left & ~in->primary);
}

int infer_margin(const struct inference *in, const char *class)
{
	const char *pool = in->known->rules->pool;
	int other = SCORE_NONE;

	for (unsigned i = 0; i < in->candidates; i++) {
		const struct candidate *c = &in->candidate[i];

		if (usable(in, i) && strcmp(pool + c->cause->class, class) && c->score < other)
			other = c->score;
	}
	return other - in->best_score;
}

void infer(struct inference *in, const struct known *known)
{
	memset(in, 0, sizeof(*in));
	in->known = known;
	symptoms_of_log(in);
	symptoms_of_facts(in);
	forget_bygones(in);
	/* with nothing else to go by, consequences are what there is to explain */
	in->vague = !in->primary;
	if (in->vague)
		in->primary = in->symptoms == 32 ? ~0u : (1u << in->symptoms) - 1;
	find_candidates(in);
	try_sets(in);
	order_best(in);
}
