/**
 * @file cursor.h
 * @brief One place on the tape, the state of everything there, and the ways to other places. Pure.
 */
#ifndef PTPWARDEN_TIMELINE_CURSOR_H
#define PTPWARDEN_TIMELINE_CURSOR_H

#include "reel.h"

/** What to jump to. */
enum jump {
	JUMP_CHANGE,	/**< a lasting value became another one */
	JUMP_DECISION,
	JUMP_SYMPTOM,	/**< an end, a telling line, a finding, a step of the clock, a gap */
	JUMP_INCIDENT,
	JUMP_COMMAND,	/**< a person or the configuration */
};

struct cursor {
	const struct reel *reel;
	unsigned place;			/**< in reel->shown */
	bool whole;			/**< false: the tape begins after some values were set */
	struct moment now, before;	/**< after and before the note here */
	uint8_t now_bytes[MOMENT_BYTES], before_bytes[MOMENT_BYTES];
};

void cursor_start(struct cursor *c, const struct reel *reel);

/** Go to a place; one outside the tape means its nearest end. */
void cursor_go(struct cursor *c, long place);

/** The next one of a kind, forward (1) or back (-1). @return false: there is none, nothing moves */
bool cursor_jump(struct cursor *c, enum jump what, int by);

/** The next note that holds `text`. */
bool cursor_search(struct cursor *c, const char *text, int by);

/** To the note that gave this value of `subject`; -ENOENT: before the tape begins. */
int cursor_origin(struct cursor *c, const char *subject, unsigned tag);

/**
 * The newest place before here at which `subject` was ready; with NULL, any
 * unit. What differs from there is what went wrong since. -1: never.
 */
long cursor_last_good(const struct cursor *c, const char *subject);

/**
 * The first place that belongs to the decision here: after the decision before
 * it about the same subject. What lies between is what it was based on.
 */
long cursor_basis(const struct cursor *c);

#endif
