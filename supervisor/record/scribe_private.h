/**
 * @file scribe_private.h
 * @brief The inside of the writer process: scribe.c moves bytes, scribe_tell.c reports.
 */
#ifndef PTPWARDEN_SCRIBE_PRIVATE_H
#define PTPWARDEN_SCRIBE_PRIVATE_H

#include "logfile.h"
#include "scribe.h"

/* Marks the supervisor's socket among the watched descriptors. */
#define SCRIBE_SOCKET_KEY UINT32_MAX

struct stream {
	int fifo;		/* -1: not used, or nobody holds it any more */
	struct logfile log;
	msec_t empty_at;	/* last time the pipe was seen with room */
	/* what the supervisor knows already */
	unsigned told_generation;
	off_t told_end, told_final;
	bool final_known;	/* told_final: where the file that it reads really ended */
	int told_disk_errno;
	msec_t gap_from, gap_to;	/* to be told; MSEC_NONE: no gap */
	msec_t mark_from, mark_to;	/* to be written into the file */
};

struct slot {
	unsigned serial;
	bool flush;		/* an answer is owed */
	struct stream stream[WRITER_STREAMS];
};

struct scribe {
	struct scribe_places places;
	int sock, epoll, lock;
	char lock_text[32];
	bool congested;		/* the supervisor does not read fast enough */
	msec_t orphan_at;	/* MSEC_NONE while the supervisor lives */
	int slots;		/* highest used + 1 */
	struct slot *slot[UNITS_MAX];
};

/**
 * Report the state of one stream, or of a slot with the answer that it owes,
 * where it differs from what was reported. What does not fit into the socket
 * follows when the supervisor has read.
 * @return all of it was sent, or may wait
 */
bool scribe_tell_stream(struct scribe *r, int index, unsigned which);
void scribe_tell(struct scribe *r, int index);
void scribe_tell_all(struct scribe *r);

#endif
