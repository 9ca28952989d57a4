/**
 * @file phrase.h
 * @brief Short English for values that several texts show: ages, offsets, obstacles, endings.
 */
#ifndef PTPWARDEN_CONTROL_PHRASE_H
#define PTPWARDEN_CONTROL_PHRASE_H

#include "exitinfo.h"
#include "text.h"
#include "view.h"
#include "waitfor.h"

enum { PHRASE_COLUMNS = 80 };

/** "850ms", "12s", "5m03s", "3h12m", "12d03h", "4y"; at most 7 columns up to 999999 years. */
void phrase_age(struct text *t, msec_t age);

/** "-12 ns", "345.6 us", "12.345 ms", "37.000 s"; at most 13 columns. */
void phrase_offset(struct text *t, int64_t offset_ns);

/** "waits for a link on eth0 (cable, switch port)"; nothing for WAIT_NONE. */
void phrase_waiting(struct text *t, const struct waitfor *w);

/** "ended with exit status 255 after 12ms"; nothing when it has not ended. */
void phrase_exit(struct text *t, const struct exit_info *e);

/** Outside text, safe for a terminal. */
void phrase_safe(struct text *t, const char *s);

/**
 * Append `s` as lines of at most PHRASE_COLUMNS columns, each indented by
 * `indent` spaces and ended by a newline. Words that fit no line are broken.
 */
void phrase_wrap(struct text *t, unsigned indent, const char *s);

#endif
