/**
 * @file near.h
 * @brief The known name that a misspelt one probably means.
 */
#ifndef CONF_NEAR_H
#define CONF_NEAR_H

/** One search: start it with the word, offer every known name, ask for the best. */
struct near {
	const char *word;	/**< borrowed until the search ends */
	const char *best;	/**< borrowed from the caller of near_offer() */
	unsigned distance;
};

void near_start(struct near *n, const char *word);

/** Equal names win over near ones, earlier offers over later ones. NULL is ignored. */
void near_offer(struct near *n, const char *name);

/** The nearest name; NULL: none is near enough (changes: a third of the word's length, or 1). */
const char *near_best(const struct near *n);

/**
 * Twice the changes (insert, delete, replace, swap neighbours) that make `b`
 * of `a`; 1: they differ only in case, or in - for _.
 */
unsigned near_distance(const char *a, const char *b);

#endif
