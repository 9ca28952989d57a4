/**
 * @file leftover.h
 * @brief Daemons of units that the configuration no longer has, found when ptpwarden starts.
 *
 * A reload stops them; what was removed from the file while no ptpwarden ran
 * is found by its pid file. They are said, and stopped or left as
 * `removed_units` asks. FIFOs of units that are gone are removed.
 */
#ifndef PTPWARDEN_LEFTOVER_H
#define PTPWARDEN_LEFTOVER_H

#include <ev.h>
#include "plan.h"
#include "supervisor/observe/child.h"

struct leftover;

/**
 * Look through plan->run_dir. What has to be stopped is watched until it has ended.
 * @param list heads the list of them, NULL at first
 */
void leftover_find(struct leftover **list, struct ev_loop *loop, struct child_hub *hub,
		   const struct plan *plan);

/** Forget them; their processes go on. */
void leftover_free(struct leftover **list);

/** Remove the FIFOs of a unit that is gone. */
void leftover_fifos(const char *run_dir, const char *unit);

#endif
