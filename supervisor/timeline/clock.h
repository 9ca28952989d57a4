/**
 * @file clock.h
 * @brief When a note was made, as people write it.
 */
#ifndef PTPWARDEN_TIMELINE_CLOCK_H
#define PTPWARDEN_TIMELINE_CLOCK_H

#include "supervisor/record/tape.h"
#include "text.h"

/** "14:03:05.250" local time, "+1234.567" seconds since boot when the tape does not tell it; 12 columns. */
void clock_of_day(const struct tape *t, unsigned i, struct text *out);

/** "2026-11-22 14:03:05.250", or as above. */
void clock_with_date(const struct tape *t, unsigned i, struct text *out);

/** Microseconds of the wall clock, or since boot when the tape does not tell it: for pictures. */
int64_t clock_us(const struct tape *t, unsigned i);

#endif
