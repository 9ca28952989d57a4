/**
 * @file fingerprint.h
 * @brief Everything that could matter to a daemon at one moment, as text that can be compared.
 *
 * Taken by probes/ when a run has begun, and again when it fails; kept of the
 * last run that was good; compared by diagnose/. One line an item,
 * "ITEM[ SUBJECT]\tVALUE[\tWHEN]": which thing (a word of the table in
 * diagnose/changes.c), whose (an interface, a line of the configuration), what
 * it is, and since when (seconds of the wall clock, as files tell). The value
 * "?" means that it could not be read, which is no change.
 */
#ifndef PTPWARDEN_FINGERPRINT_H
#define PTPWARDEN_FINGERPRINT_H

#include <stdbool.h>
#include "base.h"

/** Enough for a program with 16 libraries, 4 ports and a configuration of 60 lines. */
enum { FINGERPRINT_BYTES = 6144, FINGERPRINT_VALUE_MAX = 160 };

struct fingerprint {
	unsigned len;
	bool cut;	/**< the last items did not fit */
	char text[FINGERPRINT_BYTES];	/**< terminated */
};

void fingerprint_init(struct fingerprint *f);

/**
 * Append an item; control characters become blanks, what does not fit is left out whole.
 * @param subject NULL when there is only one of it
 * @param when seconds of the wall clock since when it is so, 0: not known
 */
void fingerprint_add(struct fingerprint *f, const char *item, const char *subject, int64_t when,
		     const char *fmt, ...) PRINTF_LIKE(5, 6);

/** Append that the item could not be looked at. */
void fingerprint_unknown(struct fingerprint *f, const char *item, const char *subject);

#endif
