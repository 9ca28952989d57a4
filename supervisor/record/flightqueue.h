/**
 * @file flightqueue.h
 * @brief Notes on their way from the supervisor to the scribe, in memory that both see.
 *
 * One side puts, the other takes, neither waits: a note costs a copy and no
 * system call. What is in it survives a SIGKILL of the supervisor (the scribe
 * writes it then) and one of the scribe (the next one gets the same memory).
 */
#ifndef PTPWARDEN_FLIGHTQUEUE_H
#define PTPWARDEN_FLIGHTQUEUE_H

#include "flightnote.h"
#include "ring.h"

enum { FLIGHT_QUEUE_BYTES = 32 * 1024 };	/* a power of two */

/** Why the scribe was called; a bit is cleared when it begins to look. */
enum { QUEUE_URGENT = 1, QUEUE_FILLS = 2 };

struct flight_queue {
	uint32_t boot, run;	/* of the notes in it */
	uint32_t serial;	/* of the last note put */
	uint32_t lost;		/* notes that found no room since the last one that did */
	uint32_t called;	/* QUEUE_* */
	uint32_t head, tail;	/* bytes ever put, taken */
	uint8_t bytes[FLIGHT_QUEUE_BYTES];
};

/** Shared with the processes forked from now on; NULL without memory. */
struct flight_queue *flight_queue_new(uint32_t boot, uint32_t run);
void flight_queue_free(struct flight_queue *q);

/** Put a note, or count it as lost. Returns QUEUE_* if the scribe must be called now, else 0. */
unsigned flight_queue_put(struct flight_queue *q, const struct flight_note *n);

/**
 * Look at the next note without taking it; *at begins with q->tail.
 * @return false when there is no more
 */
bool flight_queue_next(const struct flight_queue *q, uint32_t *at, struct flight_note *n,
		       uint32_t *serial);

/** All before `at` is written. */
void flight_queue_taken(struct flight_queue *q, uint32_t at);

#endif
