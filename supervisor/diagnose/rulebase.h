/**
 * @file rulebase.h
 * @brief The knowledge base in memory: symptoms, causes and measurements as constant tables.
 *
 * The built-in one is made from conf/rules at build time (conf/gen_rules.c);
 * the same parser (conf/rulefile.h) extends it at run time from rules.d.
 * Tables hold offsets into one pool of text, never pointers.
 */
#ifndef PTPWARDEN_RULEBASE_H
#define PTPWARDEN_RULEBASE_H

#include <stdbool.h>
#include "base.h"
#include "catalogue.h"

enum condition_op {
	COND_HAS,	/**< seen, or known and neither "no" nor "none" */
	COND_NOT,	/**< not seen, or known as "no" */
	COND_EQ,	/**< one of the words of `arg`, separated by '|' */
	COND_NE,
	COND_LT,
	COND_GT,
	COND_LE,
	COND_GE,	/**< for a log message: seen at least so often */
	COND_LIKE,	/**< one of the words of `arg` is contained */
	COND_BEFORE,	/**< first seen before the first `other`, or `other` never came */
	COND_AFTER,	/**< last seen after the last `other`, or `other` never came */
	COND_NEAR,	/**< seen within two seconds of `other` */
};

/** One condition over a fact, a log message or a field of one. */
struct rb_condition {
	uint32_t name;		/**< pool: the fact, or the field of `message`; 0: the message itself */
	uint32_t arg;		/**< pool: what it is compared with */
	uint16_t message;	/**< catalogue index, MESSAGE_NONE: a fact */
	uint16_t other;		/**< message of COND_BEFORE, COND_AFTER, COND_NEAR */
	int16_t weight;		/**< in `weighs` only */
	uint16_t within_s;	/**< with COND_GE: within this many seconds, 0: ever */
	uint8_t op;
	bool lenient;		/**< '?': passes when it is not known */
	bool and_next;		/**< '&': counts only together with the next one */
	bool wildcard;		/**< in `explains`: the name ends in '*' */
	bool secondary;		/**< in `explains`, from a group: a consequence, no reason to suspect the cause */
};

struct rb_list {
	uint16_t first, n;
};

struct rb_advice {
	uint32_t text;		/**< pool: template */
	struct rb_list when;	/**< all must hold */
};

struct rb_symptom {
	uint32_t name;		/**< pool: the fact that is shown */
	uint32_t about;
	struct rb_list when;	/**< all must hold */
	bool follows;		/**< a consequence: need not be explained beside a real symptom */
};

struct rb_cause {
	uint32_t id, class, title, confirm, sources;
	struct rb_list explains, requires, refuted, expects, weighs, proof;
	struct rb_list advice;	/**< into `advice` */
	uint32_t wait_subject;	/**< pool: template */
	uint8_t prior;		/**< cost: the rarer the higher */
	uint8_t cap;		/**< enum confidence that it can reach without proof */
	uint8_t action;		/**< enum disposition */
	uint8_t remedy;		/**< enum remedy, with DO_REMEDY */
	uint8_t otherwise;	/**< enum disposition: without the remedy */
	uint8_t wait;		/**< enum wait_kind */
};

/** How a fact that is not known can be had. */
struct rb_measure {
	uint32_t fact, how;
};

struct rulebase {
	const struct catalogue *catalogue;
	const char *pool;
	const struct rb_condition *condition;
	const struct rb_advice *advice;
	const struct rb_symptom *symptom;
	const struct rb_cause *cause;
	const struct rb_measure *measure;
	uint16_t conditions, advices, symptoms, causes, measures;
};

#endif
