/**
 * @file render_status.h
 * @brief Units as `status` shows them: a table for 80 columns, or JSON.
 */
#ifndef PTPWARDEN_CONTROL_RENDER_STATUS_H
#define PTPWARDEN_CONTROL_RENDER_STATUS_H

#include <stdbool.h>
#include "finding.h"
#include "text.h"
#include "view.h"

enum {
	STATUS_UNIT_MAX = 16384,	/* room that one unit never outgrows, as text or as JSON */
};

struct status_style {
	bool colour;
	int name_width;		/**< of the first column; status_name_width() */
	int alternate_width;	/**< of the third, 0: no unit is on an alternate */
};

/** Grow the first columns so that this unit fits. Start from a zeroed style. */
void status_measure(struct status_style *style, const struct unit_view *v);

void status_head(const struct status_style *style, struct text *t);

/**
 * One line, and indented ones when there is something to say.
 * @param standing what keeps the unit off its better alternates, may be NULL
 */
void status_unit(const struct status_style *style, const struct unit_view *v,
		 const struct findings *standing, struct text *t);

/** One element of "units". */
void status_json_unit(const struct unit_view *v, struct text *t);

/** Before the first element and after the last one. */
#define STATUS_JSON_HEAD "{\"schema\":\"ptpwarden.status/1\",\"units\":["
#define STATUS_JSON_TAIL "]}\n"

/** Why the unit is not ready, in one clause without its name; "ready" when it is. */
void status_reason(const struct unit_view *v, struct text *t);

/** How the unit stands and what comes next, without the cause: "Waiting for ... (since 3 s)." */
void status_now(const struct unit_view *v, struct text *t);

/** For a unit on an alternate: which, since when, why, and what would bring the better one back. */
void status_standing(const struct unit_view *v, const struct findings *standing, struct text *t);

/** The process of this unit is alive. */
bool status_alive(const struct unit_view *v);

#endif
