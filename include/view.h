/**
 * @file view.h
 * @brief A unit as status shows it: filled by unit.c, printed by control/.
 */
#ifndef PTPWARDEN_VIEW_H
#define PTPWARDEN_VIEW_H

#include <stdbool.h>
#include <sys/types.h>
#include "base.h"
#include "exitinfo.h"
#include "health.h"
#include "policy.h"
#include "remedies.h"
#include "waitfor.h"

struct unit_view {
	const char *name;
	const char *program;		/**< "ptp4l", ... */
	enum policy_st state;
	unsigned alternate;
	const char *alternate_name;	/**< NULL for the preferred one */
	char standing[160];		/**< on an alternate: why the better one is passed over; else empty */
	msec_t alternate_ms;		/**< on an alternate: for how long, 0: not known */
	msec_t back_ms;			/**< on an alternate: a better one is tried after this, else MSEC_NONE */
	pid_t pid;			/**< 0 when there is none */
	bool adopted;
	bool ready;
	enum lock lock;
	bool offset_known;
	int64_t offset_ns;
	unsigned ports;
	struct port_seen port[PORTS_MAX];
	char grandmaster[24];
	unsigned restarts;		/**< starts after the first */
	msec_t since_ms;		/**< age of the state */
	struct waitfor waiting;		/**< kind WAIT_NONE when not waiting */
	msec_t waiting_ms;		/**< for so long, looks in between included */
	msec_t next_try_ms;		/**< back-off: milliseconds to the next start, else MSEC_NONE */
	struct exit_info last_exit;
	char why_not[120];		/**< running but not ready: why */
	struct remedy_note mended[REMEDY_NOTES];	/**< newest first; `at` is its age here */
	char note[120];			/**< ready, but something is odd; else empty */
	const char *cause;		/**< id of the newest open incident's first cause, or NULL */
	const char *cause_title;	/**< its title, or NULL */
};

/** "stopped", "waiting", "probing", "starting", "running", "ready", "backing-off", "stopping" */
const char *policy_st_name(enum policy_st state);

#endif
