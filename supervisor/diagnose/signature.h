/**
 * @file signature.h
 * @brief Two numbers by which the same failure is known again.
 *
 * The coarse one: the program, how it ended, and the last thing that it
 * complained about, with numbers, addresses and names of interfaces taken
 * out. The fine one: that, every symptom, and the first cause. Both are the
 * same on another day, box or port; a change here makes all that is stored
 * unknown again, so there is a test with the values.
 */
#ifndef PTPWARDEN_SIGNATURE_H
#define PTPWARDEN_SIGNATURE_H

#include "infer.h"

enum { SIGNATURE_TEXT = 18 };	/* "xxxxxxxx-xxxxxxxx" with its terminator */

/** Fill v->signature. */
void signature_make(const struct inference *in, struct verdict *v);

/** What of a line stays the same: digits, hex numbers and `iface` become "#"; at most `out` holds. */
void signature_plain(const char *line, const char *iface, struct text *out);

#endif
