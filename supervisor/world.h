/**
 * @file world.h
 * @brief What happens around the units: clock steps, sleep, PTP clocks, the kernel's messages.
 *
 * Wired into the loop once; each part may be missing (old kernels, containers,
 * missing rights) without harm. What was seen becomes facts when a unit fails.
 */
#ifndef PTPWARDEN_WORLD_H
#define PTPWARDEN_WORLD_H

#include "fact.h"
#include "supervisor/observe/clockwatch.h"
#include "supervisor/observe/kmsg.h"
#include "supervisor/observe/uevent.h"

struct log_digest;
struct supervisor;
struct unit;

enum { WORLD_NOTES = 12, WORLD_NOTE_BYTES = 176, WORLD_CLOCKS = 4 };

/** A message of the kernel that matters to somebody. */
struct world_note {
	const char *id;		/**< in the catalogue; NULL: free */
	msec_t at;		/**< the newest one of its kind */
	char text[WORLD_NOTE_BYTES];
};

struct world {
	struct clockwatch clock;
	struct uevent uevent;
	struct kmsg kmsg;
	msec_t stepped_at;	/**< newest step of the wall clock, MSEC_NONE: none */
	int64_t step_ns;
	bool step_is_ours;	/**< a daemon of ours was about to set the clock */
	msec_t resumed_at;	/**< newest end of a sleep, MSEC_NONE: none */
	struct world_clock {
		int number;
		msec_t added_at;
	} added[WORLD_CLOCKS];	/**< newest PTP clocks, newest first; added_at MSEC_NONE: none */
	struct world_note note[WORLD_NOTES];
};

void world_start(struct supervisor *sup);
void world_stop(struct supervisor *sup);

/** Add what the kernel said about this unit since `since` to its lines, unless it is there already. */
void world_testify(const struct unit *u, msec_t since, struct log_digest *digest);

/** Facts for a run of the unit that began at `since`. */
void world_facts(const struct unit *u, msec_t since, struct facts *facts);

#endif
