/**
 * @file svg.h
 * @brief Pictures for the report: what each unit was doing, and how far off the clocks were.
 *
 * Text only, no scripts, no fonts of its own; readable in black and white,
 * since each bar carries its value.
 */
#ifndef PTPWARDEN_TIMELINE_SVG_H
#define PTPWARDEN_TIMELINE_SVG_H

#include <stdio.h>

#include "lanes.h"
#include "plot.h"

/** A row for each state, lock, port and link; starts and ends of processes as marks. */
void svg_lanes(const struct lanes *l, FILE *out);

/** What a curve shows. */
enum svg_curve { SVG_OFFSET, SVG_FREQUENCY };

/** Over the time of the lanes, so that both stand below each other. Nothing without points. */
void svg_curve(const struct plot *p, enum svg_curve what, int64_t from_ns, int64_t to_ns, FILE *out);

/** Text made safe for HTML and for attributes; control bytes become U+FFFD. */
void svg_text(const char *s, FILE *out);

#endif
