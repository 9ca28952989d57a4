/**
 * @file ring.h
 * @brief Writes the flight recorder's file. In the scribe only: every call may block on the disk.
 *
 * One preallocated file, filled round and round. Notes are gathered into
 * groups of at most 4 KB. A group begins on a fresh sector, its rest is
 * zeroed, and it is written with one call: whatever a power cut does to the
 * sectors of the group under way, those of the groups before it are not
 * touched. Every 256 records, and as often as they are large, the lasting
 * values of all subjects are written as a snapshot.
 */
#ifndef PTPWARDEN_RING_H
#define PTPWARDEN_RING_H

#include "disk.h"
#include "flightnote.h"
#include "moment.h"
#include "ringrecord.h"

enum { RING_GROUP = 32, RING_SNAPSHOT_EVERY = 256 };

#define RING_FILE "flight.ring"

struct ring {
	struct disk *disk;
	int fd;			/* -1: not open */
	uint64_t size;
	uint64_t at;		/* where the next group begins */
	uint64_t next_seq;
	uint32_t last_run, last_serial;
	unsigned since_snapshot;
	bool in_snapshot;
	struct moment moment;	/* after the last note taken */
	uint8_t *storage;	/* of the moment */
	unsigned grouped;	/* records in `group` */
	uint8_t group[RING_GROUP * RING_RECORD];
};

/** Which boot, run and note of that run is meant. */
struct ring_origin {
	uint32_t boot, run, serial;
};

/** What ring_open() found. */
enum ring_found {
	RING_CONTINUED,
	RING_NEW,	/**< there was none */
	RING_REBUILT,	/**< of another size: its notes are in the new one */
	RING_REPLACED,	/**< not of ptpwarden, damaged beyond use or of a newer one: set aside as flight.damaged */
};

/**
 * Open the file, or make it, and find its end.
 * @param size wanted length; RING_BYTES_MIN..RING_BYTES_MAX
 * @return 0 or -errno; then nothing is open
 */
int ring_open(struct ring *r, struct disk *d, uint64_t size, enum ring_found *found);

/**
 * `to`, just opened, goes on where `from` cannot: state and numbers carry over, and a
 * snapshot follows with the next note. `from` may be closed.
 */
void ring_inherit(struct ring *to, const struct ring *from);

/** Nothing is written any more. Harmless when it is not open. */
void ring_close(struct ring *r);

/**
 * Take a note. One that the file holds already (same run, not a later serial)
 * is passed over. 0 or -errno: what was not flushed may be lost.
 */
int ring_add(struct ring *r, const struct ring_origin *from, const struct flight_note *n);

/** Write what was taken; with `sync` it is on the disk for good. 0 or -errno. */
int ring_flush(struct ring *r, bool sync);

/**
 * Append what `from` (the bytes of a file that was kept in memory meanwhile) holds beyond
 * this file, under new sequence numbers. 0 or -errno.
 */
int ring_merge(struct ring *r, const void *from, size_t len);

/** Read a ring file whole; malloc'ed. NULL: *len is -errno. */
uint8_t *ring_read(struct disk *d, ssize_t *len);

#endif
