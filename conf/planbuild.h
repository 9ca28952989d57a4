/**
 * @file planbuild.h
 * @brief From a draft to a plan: presets, references between units, expanded command lines.
 */
#ifndef CONF_PLANBUILD_H
#define CONF_PLANBUILD_H

#include "arena.h"
#include "draft.h"
#include "plan.h"

/** An empty plan, NULL when there is no memory. plan_free() frees it with its arena. */
struct plan *plan_new(void);

/** The memory that is freed together with the plan. */
struct arena *plan_arena(struct plan *plan);

/**
 * Fill an empty plan. The draft's texts must be in the plan's own arena.
 * @return 0; -EINVAL with errors in the draft's table; -ENOMEM
 */
int plan_build(struct plan *plan, const struct draft *draft);

/** Fill in the settings of the supervisor only, presets where none was given rightly. */
int plan_build_own(struct plan *plan, const struct draft *draft);

/* The rest is between planbuild.c and planrun.c. */

struct builder {
	const struct draft *draft;
	struct conf_errors *errs;
	struct arena *arena;
	struct plan *plan;
	const struct section **section;	/**< of each unit */
	bool no_memory;
};

/** Make all runs of unit `u`; its leader has its runs already, or has none because of an error. */
void build_runs(struct builder *b, unsigned u);

#endif
