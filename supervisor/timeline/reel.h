/**
 * @file reel.h
 * @brief A flight recorder's file in memory, with its notes found: what timeline and report read.
 *
 * Of a running ptpwarden or copied from a dead box. A running one goes on
 * writing; what was read stays as it was.
 */
#ifndef PTPWARDEN_TIMELINE_REEL_H
#define PTPWARDEN_TIMELINE_REEL_H

#include "err.h"
#include "supervisor/record/tape.h"

struct reel {
	void *bytes, *room;
	struct tape tape;
	unsigned *shown;	/**< numbers of the notes that are no part of a snapshot, [n] */
	unsigned n;
};

/** 0; -errno or -EINVAL/-EPROTO with a reason and a remedy in err. */
int reel_read(struct reel *r, const char *path, struct err *err);
void reel_free(struct reel *r);

/** Place in `shown` of the newest note that is not after note `i`; 0 when all are. */
unsigned reel_place(const struct reel *r, unsigned i);

/**
 * The place meant by a word: "-5s" before the end, "14:03", "14:03:05.250",
 * "2026-11-22 14:03" local time, the newest such moment; "#1234" a sequence number.
 * @return place in `shown`, or -EINVAL: no time, -ENOENT: the tape does not reach there
 */
long reel_when(const struct reel *r, const char *word);

/** The note that opened incident `number`; -1: it is not on the tape. Place in `shown`. */
long reel_incident(const struct reel *r, long number);

#endif
