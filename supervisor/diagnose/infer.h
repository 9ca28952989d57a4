/**
 * @file infer.h
 * @brief The smallest set of at most three causes that explains every symptom.
 *
 * Works on causes that explain at least one present symptom: their number is
 * small enough to try every set, so the answer is provably the best one under
 * the score below, and deterministic.
 *
 * Score of a set, smaller is better: 100 for each symptom left over (15 for a
 * mere consequence), 20 for each cause beyond the first, and each cause's own
 * cost: its rarity, plus 8 for a requirement that could not be checked, plus
 * 10 for an expected effect that is absent, minus the weight of what speaks
 * for it.
 */
#ifndef PTPWARDEN_INFER_H
#define PTPWARDEN_INFER_H

#include "evidence.h"

enum { SYMPTOMS_MAX = 32, CANDIDATES_MAX = 48, SET_MAX = 3 };

/** Something that is there and must be explained. */
struct symptom {
	uint16_t message;	/**< of the log, MESSAGE_NONE: a fact */
	const char *name;	/**< of the fact; id of the message */
	const char *about;	/**< of a symptom that is made of several things, else "" */
	bool follows;
};

/** A cause that explains at least one of them. */
struct candidate {
	const struct rb_cause *cause;
	uint32_t covers;	/**< bit n: explains symptom n */
	int cost;
	int speaks_for;		/**< sum of the positive weights that hold */
	int speaks_against;	/**< sum of the negative ones, and absent effects */
	bool proof;
	bool unchecked;		/**< a requirement is not known */
	const struct rb_condition *ruled_out;	/**< what disproves it, NULL: nothing */
	int score;		/**< of the best set that it is in */
};

struct inference {
	const struct known *known;
	unsigned symptoms, candidates;
	uint32_t primary;	/**< bit n: symptom n is no mere consequence */
	bool vague;		/**< nothing but consequences is there */
	uint32_t explained;	/**< by the best set */
	unsigned best_n;
	unsigned best[SET_MAX];	/**< indices into `candidate`, most explaining first */
	int best_score;
	unsigned dropped;	/**< candidates or symptoms that did not fit */
	struct symptom symptom[SYMPTOMS_MAX];
	struct candidate candidate[CANDIDATES_MAX];
};

/** Find symptoms, candidates and the best set. */
void infer(struct inference *in, const struct known *known);

/** How much better the best set is than the best one without any cause of that class. */
int infer_margin(const struct inference *in, const char *class);

/** The score of that cause as the only one. */
int infer_alone(const struct inference *in, const struct candidate *c);

/** Judge a candidate anew by what `in->known` says now: cost, proof, what rules it out. */
void infer_judge(const struct inference *in, struct candidate *c);

enum { ALTERNATIVE_WITHIN = 60 };	/* worth mentioning beside the best set */

/**
 * The one thing to look at next: what is not known yet and, whatever comes out, separates the
 * candidates best. Written as an imperative sentence; nothing when nothing would help.
 */
void next_measurement(struct inference *in, struct text *out);

#endif
