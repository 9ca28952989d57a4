/**
 * @file args.h
 * @brief The words and options behind a verb.
 */
#ifndef PTPWARDEN_CONTROL_ARGS_H
#define PTPWARDEN_CONTROL_ARGS_H

#include <stdbool.h>
#include <stdio.h>
#include "base.h"

enum { ARGS_WORDS_MAX = 3 };

/** What a verb accepts. */
struct args_spec {
	const char *verb;
	const char *options;	/**< letters of the options table in args.c */
	const char *words;	/**< as the usage line shows them, "UNIT [SEC]" */
	unsigned words_min, words_max;
	const char *help;	/**< what the verb does, one sentence */
};

struct args {
	const char *file, *socket, *interface;
	const char *ring, *at, *since, *changed, *output;
	bool json, force, locked, facts, unknown, plan, follow, all, wait, trace, redact, help;
	msec_t wait_ms;		/**< preset by the caller */
	unsigned lines;		/**< preset by the caller */
	unsigned words;
	const char *word[ARGS_WORDS_MAX];
};

/**
 * Read argv[1..]; argv[0] is the verb. Bad usage is said on standard error:
 * what, and what would be right. @return 0 or RC_USAGE
 */
int args_parse(const struct args_spec *spec, int argc, char **argv, struct args *out);

/** The usage of a verb with all its options. */
void args_print_usage(const struct args_spec *spec, FILE *out);

/** "30", "2.5", "500ms", "30s", "5m", "1h". @return false when it is none of them */
bool args_duration(const char *s, msec_t *out);

/**
 * With an option in front of the verb (`ptpwarden -f FILE status`), where the
 * verb is in argv. @return 0 when there is none
 */
int args_find_verb(int argc, char **argv);

#endif
