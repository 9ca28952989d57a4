/**
 * @file notes.h
 * @brief What happens, told to the flight recorder: one function for each kind of thing.
 *
 * Called where it happens; costs well under a microsecond and never waits. What
 * a daemon or an operator could make happen without end is rate-limited here.
 */
#ifndef PTPWARDEN_NOTES_H
#define PTPWARDEN_NOTES_H

#include <sys/types.h>

#include "finding.h"
#include "health.h"
#include "incident.h"
#include "supervisor/decide/policystate.h"
#include "supervisor/observe/netlink.h"
#include "supervisor/observe/output.h"
#include "supervisor/record/samples.h"
#include "supervisor/record/writer.h"

struct supervisor;
struct unit;

enum { NOTES_FINDINGS = 24, NOTES_LINES_BURST = 30, NOTES_LINE_MS = 5000 };

/** What the recorder was told of a unit last, so that it is told only what is new. */
struct unit_notes {
	struct samples *samples;	/**< NULL: this program prints no offsets */
	uint32_t finding[NOTES_FINDINGS][2];	/* which, how: sums; of those that do not pass */
	msec_t offset_at;		/* of the newest one taken */
	uint16_t lines;			/* the burst that is left */
	uint16_t lines_held;		/* lines not recorded since */
	msec_t lines_at;
	uint32_t numbered;		/**< a bit a port that was named by its number */
	bool blocked;
	char waits[96];			/* what it waits for, as it was told */
	char said[FLIGHT_FIELD_MAX];	/* the health as it was told */
};

void notes_start(struct supervisor *sup);
void notes_stop(struct supervisor *sup);
void notes_link(struct supervisor *sup, const struct iface *was, const struct iface *now);
void notes_clock(struct supervisor *sup, int64_t step_ns);
void notes_command(struct supervisor *sup, uid_t uid, const char *verb, const char *unit);
void notes_config(struct supervisor *sup, const char *error);	/**< NULL: it is in force */
void notes_self(struct supervisor *sup, const char *text);	/**< ptpwarden about itself */
void notes_storage(struct supervisor *sup, const char *what, int code);

int notes_unit_init(struct unit *u);	/**< 0 or -ENOMEM */
void notes_unit_fini(struct unit *u);	/**< the unit is no more */

/** One step of the policy: `was` is the state before it. */
void notes_step(struct unit *u, const struct policy_event *ev, enum policy_st was,
		const struct policy_step *step);
void notes_waiting(struct unit *u);	/**< after the deeds of a step */
void notes_action(struct unit *u, const char *what, const char *because, const char *result);
void notes_launch(struct unit *u, const char *path, char *const argv[]);
void notes_exit(struct unit *u);
void notes_health(struct unit *u);
void notes_line(struct unit *u, const struct output_line *line, unsigned message);
void notes_output(struct unit *u, const struct writer_event *ev);
void notes_findings(struct unit *u, unsigned alternate, const struct findings *f);
/** `what`: "opened", "again", "changed", "closed". Single offsets of the last minutes follow. */
void notes_incident(struct unit *u, const struct incident *i, const char *what);

#endif
