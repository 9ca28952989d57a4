/**
 * @file incidents.h
 * @brief Which incidents are kept, and which of them are open. Pure.
 *
 * The list is one piece of state ("incidents"); what an incident was about is
 * in a file of its own, NUMBER.incident, which begins with a copy of its entry
 * of the list, so that a lost list can be made again from the files.
 */
#ifndef PTPWARDEN_INCIDENTS_H
#define PTPWARDEN_INCIDENTS_H

#include <stdbool.h>
#include "base.h"

enum {
	INCIDENTS_KEPT = 24,
	INCIDENT_ENTRY_BYTES = 80,
	INCIDENTS_BYTES_MAX = 8 + INCIDENTS_KEPT * INCIDENT_ENTRY_BYTES,
	INCIDENTS_VERSION = 1,
};

struct kept_incident {
	uint32_t number;
	char unit[UNIT_NAME_MAX];
	uint64_t signature;		/**< see diagnose/signature.h; coarse in the high half */
	int64_t opened, closed;		/**< seconds since 1970; closed 0: it is open */
	uint32_t repeats;		/**< failures of the same kind since, the first one not counted */
	uint32_t lasted_ms, unlocked_ms; /**< by the monotonic clock; up to the newest report */
};

struct incidents {
	uint32_t next;			/**< number of the next one */
	unsigned n;
	struct kept_incident at[INCIDENTS_KEPT];	/**< oldest first */
};

void incidents_init(struct incidents *s);

/** Write to `out` (INCIDENTS_BYTES_MAX); the bytes used. */
size_t incidents_encode(const struct incidents *s, uint8_t *out);

/** False: these bytes are no list; *s is then untouched. */
bool incidents_decode(struct incidents *s, const uint8_t *bytes, size_t len);

void incident_entry_encode(const struct kept_incident *i, uint8_t out[INCIDENT_ENTRY_BYTES]);
bool incident_entry_decode(struct kept_incident *i, const uint8_t *bytes, size_t len);

/** Take an entry from a file into a list that was lost. */
void incidents_recover(struct incidents *s, const struct kept_incident *i);

/** The open one of a unit, NULL: none. */
struct kept_incident *incidents_open_of(struct incidents *s, const char *unit);
struct kept_incident *incidents_find(struct incidents *s, uint32_t number);

/**
 * A new one, open from `now` on. When the list is full the oldest that is over
 * goes, or, when all are open, the oldest.
 * @param gone number of the one that went, 0: none; its file is to be removed
 */
struct kept_incident *incidents_add(struct incidents *s, const char *unit, int64_t now,
				    uint32_t *gone);

#endif
