/**
 * @file changes.h
 * @brief What is new since the last good run: compares fingerprints, ranks what differs.
 *
 * A baseline is the fingerprint of the last run that was good, and behind it
 * what is remembered of earlier changes: how often each item changed and all
 * was well ("accepted"), and which changes are so young that they may still be
 * guilty of a failure that takes its time ("recent"). It is text too, so it
 * can be stored as it is.
 *
 * How suspicious a change is: the weight of its item, halved for each hour of
 * good running since, divided by one more than the number of times that it
 * changed and all was well.
 */
#ifndef PTPWARDEN_CHANGES_H
#define PTPWARDEN_CHANGES_H

#include "fact.h"
#include "fingerprint.h"
#include "text.h"

enum { CHANGES_MAX = 8, BASELINE_BYTES = FINGERPRINT_BYTES + 1024 };

/** When it was looked, on the clocks that ages are told by. */
struct changes_when {
	msec_t now;		/**< monotonic */
	int64_t wall;		/**< the same moment, seconds of the wall clock */
	int64_t started_wall;	/**< start of the run that failed, 0: none or not known */
	int64_t good_s;		/**< seconds for which it had been good */
};

/**
 * Set the facts change.* (value "FROM -> TO"), most suspicious first, at most
 * CHANGES_MAX, and good.age_s: seconds since the last good run, "never" without a baseline.
 * @param baseline text of changes_accept(), NULL: there was no good run yet
 * @param now text of a fingerprint
 */
void changes_facts(const char *baseline, const char *now, const struct changes_when *when,
		   struct facts *out);

/**
 * The baseline after a run that turned out good.
 * @param before the baseline until now, NULL: the first one
 * @param good_s seconds of good running since `before` was made
 */
void changes_accept(const char *before, const char *good, int64_t wall, int64_t good_s,
		    struct text *out);

/** How much the item of the fact "change.NAME" weighs by itself, 0 to 100. */
unsigned changes_weight(const char *fact);

/** May the change that the fact "change.NAME" tells of be behind the fact `name`? */
bool changes_concern(const char *fact, const char *name);

#endif
