/**
 * @file notetext.h
 * @brief A note of the flight recorder in words. Pure; everything from outside is escaped.
 */
#ifndef PTPWARDEN_TIMELINE_NOTETEXT_H
#define PTPWARDEN_TIMELINE_NOTETEXT_H

#include "supervisor/record/tape.h"
#include "text.h"

enum { NOTE_TEXT_MAX = 6 * FLIGHT_NOTE_MAX };

/** Its first subject, escaped; "ptpwarden" when it has none. */
void note_subject(const struct tape_note *note, struct text *out);

/** What happened, on one line without the time: "decision ready, because its port is SLAVE". */
void note_line(const struct tape_note *note, struct text *out);

/** The value of a field as the timeline shows it: an offset with its unit, a mark as yes or no. */
void note_value(const struct flight_field *f, struct text *out);

/** Each field on a line of its own, "name  value". */
void note_fields(const struct tape_note *note, struct text *out);

/** One JSON object: seq, boot, at_ms, kind, and the fields by subject. `wall` 0: not known. */
void note_json(const struct tape_note *note, int64_t wall, struct text *out);

#endif
