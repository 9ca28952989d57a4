/* Between the files of the report. */
#ifndef PTPWARDEN_TIMELINE_REPORT_PRIVATE_H
#define PTPWARDEN_TIMELINE_REPORT_PRIVATE_H

#include "report.h"

enum { REPORT_EVENTS_MAX = 400 };

/** Events of the stretch that are printed one by one: samples are drawn instead. */
bool report_shows(const struct tape_note *note);

/** The line of an event, redacted, "14:03:05.250 ptp4l: ..."; false: it is not shown. */
bool report_event(struct report *r, unsigned place, char *line, size_t size);

/** Copy with redaction. */
void report_say(struct report *r, const char *text, FILE *out);

/** "2026-11-22 14:03:05", "still going on" for 0. */
void report_when(int64_t seconds, char *out, size_t size);

void report_html(struct report *r, FILE *out);

#endif
