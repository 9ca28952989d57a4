/* Build-time program: the rule files -> constant tables for supervisor/diagnose/rulebase.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/rules/rulefile.h"

static void complain(void *owner, const char *line)
{
	(void)owner;
	fprintf(stderr, "%s\n", line);
}

static unsigned read_file(struct rulefile *rf, const char *path)
{
	static char text[512 * 1024];
	FILE *in = fopen(path, "r");
	size_t len = in ? fread(text, 1, sizeof(text), in) : 0;

	if (!in || len == sizeof(text)) {
		fprintf(stderr, "%s: cannot be read\n", path);
		exit(1);
	}
	fclose(in);
	return rulefile_parse(rf, path, text, len, complain, NULL);
}

static size_t longest(const struct rulebase *b, uint32_t offset, size_t so_far)
{
	size_t end = offset + strlen(b->pool + offset) + 1;

	return end > so_far ? end : so_far;
}

static size_t pool_len(const struct rulebase *b)
{
	size_t n = 1;

	for (unsigned i = 0; i < b->conditions; i++)
		n = longest(b, b->condition[i].arg, longest(b, b->condition[i].name, n));
	for (unsigned i = 0; i < b->advices; i++)
		n = longest(b, b->advice[i].text, n);
	for (unsigned i = 0; i < b->symptoms; i++)
		n = longest(b, b->symptom[i].about, longest(b, b->symptom[i].name, n));
	for (unsigned i = 0; i < b->measures; i++)
		n = longest(b, b->measure[i].how, longest(b, b->measure[i].fact, n));
	for (unsigned i = 0; i < b->causes; i++) {
		const struct rb_cause *c = &b->cause[i];
		const uint32_t all[] = { c->id, c->class, c->title, c->confirm, c->sources,
					 c->wait_subject };

		for (size_t k = 0; k < ARRAY_LEN(all); k++)
			n = longest(b, all[k], n);
	}
	return n;
}

static void print_pool(const struct rulebase *b)
{
	size_t len = pool_len(b);

	printf("static const char rules_pool[] = {");
	for (size_t i = 0; i < len; i++)
		printf("%s%d,", i % 20 ? "" : "\n\t", (signed char)b->pool[i]);
	printf("\n};\n\n");
}

static void print_conditions(const struct rulebase *b)
{
	printf("static const struct rb_condition rules_conditions[] = {\n");
	for (unsigned i = 0; i < b->conditions; i++) {
		const struct rb_condition *c = &b->condition[i];

		printf("\t{ %u, %u, %u, %u, %d, %u, %u, %d, %d, %d, %d },\n", c->name, c->arg, c->message,
		       c->other, c->weight, c->within_s, c->op, c->lenient, c->and_next, c->wildcard,
		       c->secondary);
	}
	printf("};\n\n");
}

#define LIST(l) (l).first, (l).n

static void print_causes(const struct rulebase *b)
{
	printf("static const struct rb_cause rules_causes[] = {\n");
	for (unsigned i = 0; i < b->causes; i++) {
		const struct rb_cause *c = &b->cause[i];

		printf("\t{ %u, %u, %u, %u, %u, { %u, %u }, { %u, %u }, { %u, %u }, { %u, %u }, "
		       "{ %u, %u }, { %u, %u }, { %u, %u }, %u, %u, %u, %u, %u, %u, %u },\n",
		       c->id, c->class, c->title, c->confirm, c->sources, LIST(c->explains),
		       LIST(c->requires), LIST(c->refuted), LIST(c->expects), LIST(c->weighs),
		       LIST(c->proof), LIST(c->advice), c->wait_subject, c->prior, c->cap, c->action,
		       c->remedy, c->otherwise, c->wait);
	}
	printf("};\n\n");
}

static void print_rest(const struct rulebase *b)
{
	printf("static const struct rb_advice rules_advices[] = {\n");
	for (unsigned i = 0; i < b->advices; i++)
		printf("\t{ %u, { %u, %u } },\n", b->advice[i].text, LIST(b->advice[i].when));
	printf("};\n\nstatic const struct rb_symptom rules_symptoms[] = {\n");
	for (unsigned i = 0; i < b->symptoms; i++)
		printf("\t{ %u, %u, { %u, %u }, %d },\n", b->symptom[i].name, b->symptom[i].about,
		       LIST(b->symptom[i].when), b->symptom[i].follows);
	printf("};\n\nstatic const struct rb_measure rules_measures[] = {\n");
	for (unsigned i = 0; i < b->measures; i++)
		printf("\t{ %u, %u },\n", b->measure[i].fact, b->measure[i].how);
	printf("};\n");
}

int main(int argc, char **argv)
{
	struct rulefile *rf = rulefile_new(&catalogue_builtin, NULL);
	unsigned errors = 0;
	const struct rulebase *b;

	if (rf)
		rulefile_be_strict(rf);
	for (int i = 1; rf && i < argc; i++)
		errors += read_file(rf, argv[i]);
	if (!rf || errors)
		return 1;
	b = rulefile_base(rf);
	printf("/* made by conf/gen_rules.c: %u causes, %u symptoms, %u conditions */\n", b->causes,
	       b->symptoms, b->conditions);
	print_pool(b);
	print_conditions(b);
	print_causes(b);
	print_rest(b);
	rulefile_free(rf);
	return 0;
}
