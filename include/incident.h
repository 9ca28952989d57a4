/**
 * @file incident.h
 * @brief From the first symptom of a unit to health again, as `why` tells it.
 *
 * Kept by unit.c (the newest one of each unit, open or closed), read by
 * control/. About 30 KiB, most of it the verdict; all but the list of facts is a plain value.
 */
#ifndef PTPWARDEN_INCIDENT_H
#define PTPWARDEN_INCIDENT_H

#include <time.h>
#include "base.h"
#include "exitinfo.h"
#include "finding.h"
#include "policy.h"
#include "verdict.h"
#include "waitfor.h"

enum { INCIDENT_BLOCKED_MAX = 4 };

struct incident {
	unsigned number;	/**< goes on over restarts, from 1; 0: this slot is empty */
	unsigned unit;		/**< index in the plan */
	msec_t opened_at;
	msec_t closed_at;	/**< MSEC_NONE while it is open */
	time_t opened_wall;	/**< for people only: the wall clock may have been stepped since */
	unsigned repeats;	/**< failures of the same kind since, the first one not counted */

	struct verdict verdict;	/**< of the newest failure */
	char *facts;	/**< all that was known then, see diagnose/factlist.h; owned; NULL: not kept */
	struct exit_info exit;	/**< how that run ended; EXIT_KIND_NONE when no process ended */
	unsigned alternate;	/**< the one that failed */
	const char *alternate_name;	/**< NULL for the preferred one */
	unsigned blocked_n;
	struct finding blocked[INCIDENT_BLOCKED_MAX];	/**< findings that forbade the start */

	/* over its whole time; kept by unit_case.c */
	struct course *course;	/**< what happened while it was open; owned, may be NULL */
	msec_t counted_at;	/**< how long without lock is known up to here */
	msec_t before_ms;	/**< lasted already when this ptpwarden began */
	msec_t unlocked_ms;	/**< without lock while it was open */
	bool locked;		/**< since then */

	/* what ptpwarden does about it: at the newest change for an open incident */
	enum policy_st doing;
	struct waitfor waiting;
	msec_t next_try_at;	/**< MSEC_NONE: only when what it waits for changes */
};

#endif
