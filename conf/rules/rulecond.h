/**
 * @file rulecond.h
 * @brief The inside of the rule-file reader: growing tables and the language of conditions.
 */
#ifndef CONF_RULECOND_H
#define CONF_RULECOND_H

#include "rulefile.h"

enum { RULE_GROUPS_MAX = 32 };

struct rule_group {
	char name[32];
	char *members;
};

struct rulefile {
	const struct catalogue *catalogue;
	struct rulebase base;
	char *pool;
	size_t pool_len, pool_size;
	struct rb_condition *condition;
	struct rb_advice *advice;
	struct rb_symptom *symptom;
	struct rb_cause *cause;
	struct rb_measure *measure;
	unsigned conditions, advices, symptoms, causes, measures;
	unsigned groups;
	struct rule_group group[RULE_GROUPS_MAX];
	bool out_of_memory;
	bool strict;		/* a cause without an action is an error */
	/* of the running parse */
	const char *name;
	void (*report)(void *owner, const char *line);
	void *owner;
	unsigned errors, line, at_line;
};

/** Count an error at rf->line and report it. */
void rule_error(struct rulefile *rf, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** Offset of a text in the pool; equal texts are shared. */
uint32_t ruletext_add(struct rulefile *rf, const char *text, size_t len);

void rule_add_condition(struct rulefile *rf, const struct rb_condition *c);
void rule_add_advice(struct rulefile *rf, const struct rb_advice *a);
void rule_add_symptom(struct rulefile *rf, const struct rb_symptom *s);
void rule_add_cause(struct rulefile *rf, const struct rb_cause *c);
void rule_add_measure(struct rulefile *rf, const struct rb_measure *m);
void rule_add_group(struct rulefile *rf, const char *name, const char *members);
void rulefile_copy(struct rulefile *rf, const struct rulebase *base);
/** Forget what was added since. */
void rulefile_rewind(struct rulefile *rf, const struct rulefile *before);

/** Compile "COND, COND, ..."; groups ("@name") are put in their place. */
struct rb_list rulecond_list(struct rulefile *rf, const char *text, bool explains);

#endif
