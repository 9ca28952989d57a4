/**
 * @file kept.h
 * @brief The evidence of failures that nothing explained, read from state_dir without the supervisor.
 */
#ifndef PTPWARDEN_CONTROL_KEPT_H
#define PTPWARDEN_CONTROL_KEPT_H

#include "supervisor/diagnose/factlist.h"
#include "supervisor/record/repeats.h"

enum { KEPT_LINES_MAX = 40 };

/** One of them. */
struct kept {
	char signature[18], unit[UNIT_NAME_MAX], program[32];
	char symptoms[256];	/**< names, as `explains` of a rule wants them */
	const char *list;	/**< see diagnose/factlist.h; borrowed for the call */
};

/** A piece of state as text into `room`, terminated. False: not there, or damaged. */
bool kept_piece(const char *state_dir, const char *name, char *room, size_t size);

/** Call `fn` for each that is there. The number of them; -errno when the folder cannot be read. */
int kept_each(const char *state_dir, void (*fn)(void *owner, const struct kept *k), void *owner);

/** As if it happened now: the facts and the digest of the log that the list tells of. */
void kept_facts(const struct kept *k, const struct rulebase *rules, struct facts *facts,
		struct log_digest *log);

/** The lines of its log in the order of time; the number of them. */
unsigned kept_lines(const struct kept *k, struct factline lines[KEPT_LINES_MAX]);

/** How often the message of this line was seen, from its "(N times)"; the text's length without it. */
unsigned kept_times(const struct factline *f, int *len);

#endif
