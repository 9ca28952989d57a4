/**
 * @file evidence.h
 * @brief Everything that is known about one case, and questions to it.
 */
#ifndef PTPWARDEN_EVIDENCE_H
#define PTPWARDEN_EVIDENCE_H

#include "diagnose.h"
#include "rulebase.h"

enum { DERIVED_MAX = 28 };

/** The given facts, the log, and what follows directly from the log. */
struct known {
	const struct rulebase *rules;
	const struct facts *facts;
	const struct log_digest *log;	/**< NULL: no log was given */
	msec_t now;
	const struct fact *supposed;	/**< believed before all others: "what if"; NULL: nothing */
	unsigned derived_n;
	struct fact derived[DERIVED_MAX];
};

/** Gather; reads facts out of the log (interface, version, offset.*, exec.*). */
void known_init(struct known *k, const struct rulebase *rules, const struct facts *facts,
		const struct log_digest *log, msec_t now);

/** A fact from either source, NULL: nothing recorded. */
const struct fact *known_fact(const struct known *k, const char *name);
/** Its value, NULL when it is not known. */
const char *known_value(const struct known *k, const char *name);
/** The entry of a message of the log, NULL: not seen. */
const struct log_seen *known_seen(const struct known *k, uint16_t message);

/** Is this condition true? UNKNOWN when the case does not say. */
enum answer known_holds(const struct known *k, const struct rb_condition *c);

/** Do all conditions of the list hold? '?' passes what is not known. */
bool known_all(const struct known *k, struct rb_list list);

/** Write what a condition looks at as evidence: name, value, source, age. */
void known_show(const struct known *k, const struct rb_condition *c, struct evidence *out);

/** The name of what a condition looks at: the fact, or "log.ID". */
void known_name(const struct known *k, const struct rb_condition *c, struct text *out);

/**
 * Fill a template: {fact}, {log.ID.field}, {a|b|literal}: the first that is
 * known, else the literal, else nothing. <text {fact}> disappears when the
 * fact is not known.
 */
void known_fill(const struct known *k, const char *template, struct text *out);

#endif
