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

/**
 * Is unit `ua` of plan `a` the same as unit `ub` of plan `b` in all that
 * concerns a run of it? Where it was written does not count, the name of its
 * leader does.
 */
bool plan_unit_equal(const struct plan *a, unsigned ua, const struct plan *b, unsigned ub);

/** Index of the unit of that name, -1 when there is none. */
int plan_find_unit(const struct plan *plan, const char *name);

#endif
