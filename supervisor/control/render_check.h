/**
 * @file render_check.h
 * @brief What `check` found, as text for 80 columns and as JSON.
 */
#ifndef PTPWARDEN_CONTROL_RENDER_CHECK_H
#define PTPWARDEN_CONTROL_RENDER_CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include "conf/errors.h"
#include "daemon.h"
#include "finding.h"
#include "plan.h"

struct check_style {
	bool colour;
	bool all;	/**< those that passed, too, each with its detail */
};

/** What will happen to a unit at a start, as far as can be known now. */
struct check_outcome {
	const struct plan_unit *unit;
	int runs;			/**< first alternate that is not blocked, -1: none */
	enum finding_state state;	/**< worst finding of that alternate; BLOCK: none */
	enum provides provides;		/**< of that alternate */
	bool software;			/**< that alternate stamps in software */
	struct finding obstacle;	/**< first block of the preferred way; id NULL: none */
};

/** Findings of one alternate, worst first. */
void check_text(const struct check_style *style, const struct plan_unit *unit, unsigned alternate,
		const struct findings *f, FILE *out);

/** One element of "units". */
void check_json(const struct plan_unit *unit, unsigned alternate, const struct findings *f,
		FILE *out);

/** One element of "errors": something is wrong with the configuration itself. */
void check_json_error(const struct conf_error *e, FILE *out);

/** The last lines: what a start would do. `leader`: of the unit that this one follows, or NULL. */
void check_forecast(const struct check_outcome *o, const struct check_outcome *leader, FILE *out);

/** Will a start of its leader want this unit at all? `leader` as above. */
bool check_wanted(const struct check_outcome *o, const struct check_outcome *leader);

/** Exit code of all units together. */
int check_rc(const struct check_outcome *o, unsigned n);

#endif
