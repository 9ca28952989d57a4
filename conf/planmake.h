/**
 * @file planmake.h
 * @brief What can be done with a plan: free it, print it, compare it.
 */
#ifndef CONF_PLANMAKE_H
#define CONF_PLANMAKE_H

#include <stdbool.h>
#include <stdio.h>
#include "plan.h"

/** Accepts NULL. Frees all that the plan points to. */
void plan_free(struct plan *plan);

/** `check --plan`: every setting with its value, every run as it would be started. */
void plan_print(const struct plan *plan, FILE *out);

/** The same as one JSON object, schema "ptpwarden.plan/1". */
void plan_print_json(const struct plan *plan, FILE *out);

/**
 * The clock that a run steers: what the user said, else what follows from the
 * daemon's command line and its configuration file, which is read for it.
 */
enum provides plan_provides(const struct plan_unit *unit, const struct plan_run *run);

/** "none", "phc", "system" */
const char *provides_name(enum provides provides);

enum plan_change {
	PLAN_SAME,
	PLAN_SETTINGS,	/**< pacing and the like: takes effect while the daemon runs */
	PLAN_RESTART,	/**< the daemon must be started anew */
};

/**
 * What a reload from plan `a` to plan `b` means for a unit. Where it was
 * written does not count, the name of its leader does.
 */
enum plan_change plan_unit_change(const struct plan *a, unsigned ua, const struct plan *b,
				  unsigned ub);

/** Nothing at all changed for this unit. */
bool plan_unit_equal(const struct plan *a, unsigned ua, const struct plan *b, unsigned ub);

/** Index of the unit of that name, -1 when there is none. */
int plan_find_unit(const struct plan *plan, const char *name);

#endif
