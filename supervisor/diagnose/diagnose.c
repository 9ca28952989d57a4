/* Turns an inference into a verdict: words, evidence, advice and the next measurement. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "changes.h"
#include "infer.h"
#include "signature.h"

enum {
	MARGIN_STRONG = 25,	/* this much better than any other class ... */
	WEIGHT_STRONG = 10,	/* ... with this much evidence beside the symptoms */
};

static struct text room_of(char *at, size_t size)
{
	return text_in(at, size);
}

static const char *pool(const struct inference *in, uint32_t offset)
{
	return in->known->rules->pool + offset;
}

static void add_evidence(struct inference *in, const struct rb_condition *c, struct evidence *list,
			 unsigned *n)
{
	struct evidence e;

	if (*n == VERDICT_EVIDENCE_MAX)
		return;
	known_show(in->known, c, &e);
	for (unsigned i = 0; i < *n; i++)
		if (!strcmp(list[i].name, e.name))
			return;
	list[(*n)++] = e;
}

/* A symptom as evidence; a fact symptom may stand for conditions, then it has no value itself. */
static void add_symptom_evidence(struct inference *in, unsigned i, struct evidence *list, unsigned *n)
{
	const struct symptom *s = &in->symptom[i];
	struct evidence *e = &list[*n];
	const struct fact *f;

	if (*n == VERDICT_EVIDENCE_MAX)
		return;
	if (s->message != MESSAGE_NONE) {
		add_evidence(in, &(struct rb_condition){ .message = s->message }, list, n);
		return;
	}
	memset(e, 0, sizeof(*e));
	f = known_fact(in->known, s->name);
	snprintf(e->name, sizeof(e->name), "%s", s->name);
	snprintf(e->value, sizeof(e->value), "%.*s", (int)sizeof(e->value) - 1,
		 f ? f->value : s->about);
	e->source = f ? f->source : "log";
	e->age_ms = f && in->known->now != MSEC_NONE && f->at != MSEC_NONE ? in->known->now - f->at :
									      MSEC_NONE;
	++*n;
}

static void add_missing(struct inference *in, const struct rb_condition *c, struct verdict_cause *out)
{
	const char *name = pool(in, c->name);

	/* lines that never came and findings that were never made are nothing to go and measure */
	if (c->message != MESSAGE_NONE || !strncmp(name, "block.", 6) || !strncmp(name, "warn.", 5))
		return;
	for (unsigned i = 0; i < out->missing; i++)
		if (!strcmp(out->miss[i], name))
			return;
	if (out->missing < VERDICT_EVIDENCE_MAX)
		out->miss[out->missing++] = name;
}

static void gather(struct inference *in, struct rb_list list, bool effects, struct verdict_cause *out)
{
	for (unsigned i = 0; i < list.n; i++) {
		const struct rb_condition *c = &in->known->rules->condition[list.first + i];
		enum answer a = known_holds(in->known, c);

		if (a == ANSWER_UNKNOWN)
			add_missing(in, c, out);
		else if (a == ANSWER_YES && c->weight >= 0)
			add_evidence(in, c, out->explain, &out->explains);
		else if ((a == ANSWER_YES && c->weight < 0) || (a == ANSWER_NO && effects))
			add_evidence(in, c, out->contra, &out->against);
	}
}

static void give_advice(struct inference *in, const struct rb_cause *cause, struct verdict_cause *out)
{
	for (unsigned i = 0; i < cause->advice.n && out->advices < VERDICT_ADVICE_MAX; i++) {
		const struct rb_advice *a = &in->known->rules->advice[cause->advice.first + i];
		struct text t = room_of(out->advice[out->advices], sizeof(out->advice[0]));

		if (!known_all(in->known, a->when))
			continue;
		known_fill(in->known, pool(in, a->text), &t);
		out->advices++;
	}
}

static void describe(struct inference *in, const struct candidate *c, enum confidence confidence,
		     struct verdict_cause *out)
{
	const struct rb_cause *cause = c->cause;
	struct text title = room_of(out->title, sizeof(out->title));
	struct text subject = room_of(out->wait.subject, sizeof(out->wait.subject));

	out->id = pool(in, cause->id);
	out->class = pool(in, cause->class);
	out->confidence = confidence;
	out->action = cause->action;
	out->wait.kind = cause->wait;
	known_fill(in->known, pool(in, cause->title), &title);
	known_fill(in->known, pool(in, cause->wait_subject), &subject);
	out->remedy = cause->remedy;
	out->otherwise = cause->otherwise;
	/* a wait for something without a name can never end by itself */
	if (!out->wait.subject[0]) {
		out->action = out->action == DO_WAIT ? DO_OPERATOR : out->action;
		out->otherwise = out->otherwise == DO_WAIT ? DO_OPERATOR : out->otherwise;
		out->wait.kind = WAIT_NONE;
	}
	for (unsigned i = 0; i < in->symptoms; i++)
		if (c->covers & in->primary & 1u << i)
			add_symptom_evidence(in, i, out->explain, &out->explains);
	gather(in, cause->proof, false, out);
	gather(in, cause->requires, false, out);
	gather(in, cause->weighs, false, out);
	gather(in, cause->expects, true, out);
	give_advice(in, cause, out);
}

static bool in_best(const struct inference *in, unsigned i)
{
	for (unsigned k = 0; k < in->best_n; k++)
		if (in->best[k] == i)
			return true;
	return false;
}

/* Another cause of another class has a proof for the same symptoms. */
static bool contested(const struct inference *in, const struct candidate *mine)
{
	for (unsigned i = 0; i < in->candidates; i++) {
		const struct candidate *c = &in->candidate[i];

		if (c->proof && !c->ruled_out && !in_best(in, i) &&
		    strcmp(pool(in, c->cause->class), pool(in, mine->cause->class)) &&
		    c->covers & mine->covers & in->primary)
			return true;
	}
	return false;
}

static enum confidence confidence_of(const struct inference *in, const struct candidate *c)
{
	int margin = infer_margin(in, pool(in, c->cause->class));

	if (c->proof && !c->speaks_against && !contested(in, c))
		return CONFIDENCE_CERTAIN;
	if (c->cause->cap < CONFIDENCE_STRONG || c->unchecked || in->vague ||
	    in->primary & ~in->explained)
		return CONFIDENCE_POSSIBLE;
	if (in->best_n == 1 && ((margin >= MARGIN_STRONG && c->speaks_for >= WEIGHT_STRONG) ||
				(c->proof && margin > 0)))
		return CONFIDENCE_STRONG;
	return CONFIDENCE_POSSIBLE;
}

static void list_best(struct inference *in, struct verdict *out)
{
	for (unsigned k = 0; k < in->best_n; k++) {
		const struct candidate *c = &in->candidate[in->best[k]];
		struct verdict_cause *slot = &out->cause[out->causes++];

		describe(in, c, confidence_of(in, c), slot);
		if (in->best_n > 1)
			slot->with = pool(in, in->candidate[in->best[k ? 0 : 1]].cause->id);
	}
}

/* What else it could be, best first; none beside a certainty. */
static void list_alternatives(struct inference *in, struct verdict *out)
{
	bool taken[CANDIDATES_MAX] = { false };

	for (unsigned k = 0; k < out->causes; k++)
		if (out->cause[k].confidence == CONFIDENCE_CERTAIN)
			return;
	while (out->causes < VERDICT_CAUSES_MAX) {
		unsigned best = in->candidates;

		for (unsigned i = 0; i < in->candidates; i++)
			if (!taken[i] && !in_best(in, i) && !in->candidate[i].ruled_out &&
			    in->candidate[i].score <= in->best_score + ALTERNATIVE_WITHIN &&
			    (best == in->candidates ||
			     in->candidate[i].score < in->candidate[best].score))
				best = i;
		if (best == in->candidates)
			return;
		taken[best] = true;
		describe(in, &in->candidate[best], CONFIDENCE_POSSIBLE, &out->cause[out->causes++]);
	}
}

static void reject(const struct inference *in, const struct candidate *c, struct rejected *r)
{
	struct text because = room_of(r->because, sizeof(r->because));
	struct evidence e;

	known_show(in->known, c->ruled_out, &e);
	r->id = pool(in, c->cause->id);
	text_add(&because, "%s: ", e.name);
	text_add_escaped(&because, e.value, strlen(e.value));
}

/* Contradicted by something that is there; what merely lacks its evidence was never near. */
static bool nearly(const struct inference *in, const struct candidate *c)
{
	const struct rb_condition *by = c->ruled_out;

	return by && (by->message == MESSAGE_NONE || by->op == COND_NOT ||
		      known_seen(in->known, by->message));
}

/* What would have been believed most comes first. */
static void list_rejected(struct inference *in, struct verdict *out)
{
	bool taken[CANDIDATES_MAX] = { false };

	while (out->rejected_n < VERDICT_REJECTED_MAX) {
		unsigned best = in->candidates;

		for (unsigned i = 0; i < in->candidates; i++)
			if (nearly(in, &in->candidate[i]) && !taken[i] &&
			    (best == in->candidates ||
			     infer_alone(in, &in->candidate[i]) <
				     infer_alone(in, &in->candidate[best])))
				best = i;
		if (best == in->candidates)
			return;
		taken[best] = true;
		reject(in, &in->candidate[best], &out->rejected[out->rejected_n++]);
	}
}

static void list_unexplained(struct inference *in, struct verdict *out)
{
	for (unsigned i = 0; i < in->symptoms; i++)
		if (in->primary & ~in->explained & 1u << i)
			add_symptom_evidence(in, i, out->unexplained, &out->unexplained_n);
}

/* --- what is new --- */

enum { LINKED = 100, UNLINKED = 30 };	/* percent: does the first cause have to do with it? */

static bool concerns(const struct inference *in, struct rb_list list, const char *change)
{
	for (unsigned i = 0; i < list.n; i++) {
		const struct rb_condition *c = &in->known->rules->condition[list.first + i];

		if (c->message == MESSAGE_NONE && changes_concern(change, pool(in, c->name)) &&
		    known_holds(in->known, c) == ANSWER_YES)
			return true;
	}
	return false;
}

static unsigned suspicion(const struct inference *in, const struct fact *f)
{
	const struct rb_cause *first = in->best_n ? in->candidate[in->best[0]].cause : NULL;
	unsigned weight = f->suspicion ? f->suspicion : changes_weight(f->name);
	bool linked = first && (concerns(in, first->explains, f->name) ||
				concerns(in, first->requires, f->name) ||
				concerns(in, first->weighs, f->name) ||
				concerns(in, first->proof, f->name));

	return weight * (linked ? LINKED : UNLINKED);
}

/* "from -> to"; "none" is what was not there */
static void describe_change(const struct known *k, const struct fact *f, struct change *c)
{
	const char *arrow = strstr(f->value, " -> "), *to = arrow ? arrow + 4 : f->value;
	int from = arrow ? (int)(arrow - f->value) : 0;

	snprintf(c->name, sizeof(c->name), "%.*s", (int)strcspn(f->name + 7, "."), f->name + 7);
	snprintf(c->from, sizeof(c->from), "%.*s", from, f->value);
	snprintf(c->to, sizeof(c->to), "%.*s", (int)sizeof(c->to) - 1, to);
	if (!strcmp(c->from, "none"))
		c->from[0] = '\0';
	if (!strcmp(c->to, "none"))
		c->to[0] = '\0';
	c->age_ms = k->now != MSEC_NONE && f->at != MSEC_NONE ? k->now - f->at : MSEC_NONE;
}

static bool is_change(const struct fact *f)
{
	return f->known && !strncmp(f->name, "change.", 7);
}

/* Most suspicious first; equals in the order in which they came. */
static void list_changes(const struct inference *in, struct verdict *out)
{
	const struct facts *facts = in->known->facts;
	bool taken[FACTS_MAX] = { false };

	while (facts && out->changed_n < VERDICT_CHANGES_MAX) {
		unsigned best = facts->n, most = 0;

		for (unsigned i = 0; i < facts->n; i++)
			if (!taken[i] && is_change(&facts->at[i]) &&
			    suspicion(in, &facts->at[i]) > most) {
				best = i;
				most = suspicion(in, &facts->at[i]);
			}
		if (best == facts->n)
			return;
		taken[best] = true;
		describe_change(in->known, &facts->at[best], &out->changed[out->changed_n++]);
	}
}

static void note_baseline(const struct known *k, struct verdict *out)
{
	const struct fact *good = k->facts ? facts_get(k->facts, "good.age_s") : NULL;
	bool never = good && good->known && !strcmp(good->value, "never");

	out->good_age_ms = MSEC_NONE;
	if (!good)
		return;
	out->baseline = never ? BASELINE_NONE : BASELINE_THERE;
	if (good->known && !never)
		out->good_age_ms = (msec_t)strtoll(good->value, NULL, 10) * SEC;
}

void diagnose(const struct rulebase *rules, const struct facts *facts,
	      const struct log_digest *log, msec_t now, struct verdict *out)
{
	struct known known;
	struct inference in;
	struct text next;

	memset(out, 0, sizeof(*out));
	next = room_of(out->next, sizeof(out->next));
	known_init(&known, rules, facts, log, now);
	note_baseline(&known, out);
	infer(&in, &known);
	list_changes(&in, out);
	if (!in.symptoms) {
		out->kind = VERDICT_HEALTHY;
		return;
	}
	out->kind = in.best_n ? VERDICT_CAUSE : VERDICT_UNKNOWN;
	list_best(&in, out);
	list_alternatives(&in, out);
	list_rejected(&in, out);
	list_unexplained(&in, out);
	signature_make(&in, out);
	if (!out->causes || out->cause[0].confidence != CONFIDENCE_CERTAIN)
		next_measurement(&in, &next);
}
