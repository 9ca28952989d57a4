/**
 * @file listing.h
 * @brief The timeline without a terminal: as lines, as JSON, as a Chrome trace.
 */
#ifndef PTPWARDEN_TIMELINE_LISTING_H
#define PTPWARDEN_TIMELINE_LISTING_H

#include <stdio.h>

#include "lanes.h"

/** An event a line, with the day whenever it changes, and what is missing. */
void listing_events(const struct reel *r, struct stretch s, FILE *out);

/** The state of everything right after the event at `place`; a '*' marks what it changed. */
void listing_state(const struct reel *r, unsigned place, FILE *out);

/** {"schema":"ptpwarden.timeline/1","events":[...],"state":[{"subject","name","value","changed"}]} */
void listing_json(const struct reel *r, struct stretch s, FILE *out);

/**
 * The trace event format that Chrome, Perfetto and Speedscope read: a track a
 * unit with its states as slices, locks and ports beside them, offsets as
 * counters, everything else as instants. Time is microseconds of the wall
 * clock where it is known, else since boot.
 */
void listing_trace(const struct reel *r, struct stretch s, FILE *out);

#endif
