/**
 * @file panel.h
 * @brief The state at one moment as lines of a given width, and what differs between two. Pure.
 */
#ifndef PTPWARDEN_TIMELINE_PANEL_H
#define PTPWARDEN_TIMELINE_PANEL_H

#include "supervisor/record/moment.h"
#include "text.h"

/** One value of the state, as a line. */
struct panel_line {
	char subject[64];
	unsigned tag;		/**< 0: the heading of a subject */
	bool changed;		/**< this very note made it so */
	char text[128];		/**< escaped */
};

struct panel {
	unsigned n, dropped;
	struct panel_line line[96];
};

/** Everything known in `now`; what differs from `before` is marked as changed. */
void panel_state(struct panel *p, const struct moment *now, const struct moment *before);

/** Only what differs: "name: good -> now". */
void panel_diff(struct panel *p, const struct moment *good, const struct moment *now);

#endif
