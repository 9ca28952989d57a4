/* Growing tables of the rule-file reader. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rulecond.h"

enum { ENTRIES_MAX = 65000 };

void rule_error(struct rulefile *rf, const char *fmt, ...)
{
	char room[400];
	va_list ap;
	int n;

	rf->errors++;
	if (!rf->report)
		return;
	n = snprintf(room, sizeof(room), "%s:%u: ", rf->name, rf->line);
	va_start(ap, fmt);
	vsnprintf(room + n, sizeof(room) - (size_t)n, fmt, ap);
	va_end(ap);
	rf->report(rf->owner, room);
}

uint32_t ruletext_add(struct rulefile *rf, const char *text, size_t len)
{
	for (size_t at = 0; at < rf->pool_len; at += strlen(rf->pool + at) + 1)
		if (!strncmp(rf->pool + at, text, len) && !rf->pool[at + len])
			return (uint32_t)at;
	if (rf->pool_len + len + 1 > rf->pool_size) {
		size_t size = (rf->pool_size + len + 1) * 2;
		char *grown = realloc(rf->pool, size);

		if (!grown) {
			rf->out_of_memory = true;
			return 0;
		}
		rf->pool = grown;
		rf->pool_size = size;
	}
	memcpy(rf->pool + rf->pool_len, text, len);
	rf->pool[rf->pool_len + len] = '\0';
	rf->pool_len += len + 1;
	return (uint32_t)(rf->pool_len - len - 1);
}

static void push(struct rulefile *rf, void **table, unsigned *n, const void *entry, size_t size)
{
	/* grow at powers of two only */
	if (!(*n & (*n - 1)) || !*n) {
		void *grown = *n < ENTRIES_MAX ? realloc(*table, size * (*n ? *n * 2 : 1)) : NULL;

		if (!grown) {
			rf->out_of_memory = true;
			return;
		}
		*table = grown;
	}
	memcpy((char *)*table + size * *n, entry, size);
	++*n;
}

#define PUSH(table, n, entry) \
	do { \
		void *t = rf->table; \
		push(rf, &t, &rf->n, entry, sizeof(*(entry))); \
		rf->table = t; \
	} while (0)

void rule_add_condition(struct rulefile *rf, const struct rb_condition *c)
{
	PUSH(condition, conditions, c);
}

void rule_add_advice(struct rulefile *rf, const struct rb_advice *a)
{
	PUSH(advice, advices, a);
}

void rule_add_symptom(struct rulefile *rf, const struct rb_symptom *s)
{
	PUSH(symptom, symptoms, s);
}

void rule_add_cause(struct rulefile *rf, const struct rb_cause *c)
{
	PUSH(cause, causes, c);
}

void rule_add_measure(struct rulefile *rf, const struct rb_measure *m)
{
	PUSH(measure, measures, m);
}

void rule_add_group(struct rulefile *rf, const char *name, const char *members)
{
	struct rule_group *g = &rf->group[rf->groups];

	if (rf->groups == RULE_GROUPS_MAX || strlen(name) >= sizeof(g->name) || !members) {
		rule_error(rf, "group %s: no members, or too many groups", name);
		return;
	}
	snprintf(g->name, sizeof(g->name), "%s", name);
	g->members = strdup(members);
	if (!g->members)
		rf->out_of_memory = true;
	else
		rf->groups++;
}

static size_t pool_size_of(const struct rulebase *b)
{
	size_t most = 0;

	/* the pool has no length of its own: its last text is the one with the highest offset */
#define REACH(offset) do { if ((offset) > most) most = (offset); } while (0)
	for (unsigned i = 0; i < b->conditions; i++) {
		REACH(b->condition[i].name);
		REACH(b->condition[i].arg);
	}
	for (unsigned i = 0; i < b->advices; i++)
		REACH(b->advice[i].text);
	for (unsigned i = 0; i < b->symptoms; i++) {
		REACH(b->symptom[i].name);
		REACH(b->symptom[i].about);
	}
	for (unsigned i = 0; i < b->measures; i++) {
		REACH(b->measure[i].fact);
		REACH(b->measure[i].how);
	}
	for (unsigned i = 0; i < b->causes; i++) {
		const struct rb_cause *c = &b->cause[i];

		REACH(c->id); REACH(c->class); REACH(c->title);
		REACH(c->confirm); REACH(c->sources); REACH(c->wait_subject);
	}
#undef REACH
	return most + strlen(b->pool + most) + 1;
}

void rulefile_copy(struct rulefile *rf, const struct rulebase *b)
{
	size_t size = pool_size_of(b);
	char *grown = realloc(rf->pool, size);

	if (!grown) {
		rf->out_of_memory = true;
		return;
	}
	memcpy(grown, b->pool, size);
	rf->pool = grown;
	rf->pool_len = rf->pool_size = size;
	for (unsigned i = 0; i < b->conditions; i++)
		rule_add_condition(rf, &b->condition[i]);
	for (unsigned i = 0; i < b->advices; i++)
		rule_add_advice(rf, &b->advice[i]);
	for (unsigned i = 0; i < b->symptoms; i++)
		rule_add_symptom(rf, &b->symptom[i]);
	for (unsigned i = 0; i < b->causes; i++)
		rule_add_cause(rf, &b->cause[i]);
	for (unsigned i = 0; i < b->measures; i++)
		rule_add_measure(rf, &b->measure[i]);
}

void rulefile_rewind(struct rulefile *rf, const struct rulefile *before)
{
	while (rf->groups > before->groups)
		free(rf->group[--rf->groups].members);
	rf->pool_len = before->pool_len;
	rf->conditions = before->conditions;
	rf->advices = before->advices;
	rf->symptoms = before->symptoms;
	rf->causes = before->causes;
	rf->measures = before->measures;
}
