/**
 * @file scribe_private.h
 * @brief The inside of the writer process: scribe.c moves bytes, scribe_tell.c
 * reports, scribe_files.c keeps the files of state_dir, scribe_flight.c the flight
 * recorder's.
 */
#ifndef PTPWARDEN_SCRIBE_PRIVATE_H
#define PTPWARDEN_SCRIBE_PRIVATE_H

#include "disk.h"
#include "flightqueue.h"
#include "logfile.h"
#include "ring.h"
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

struct pending_file;

struct scribe_files {
	struct disk_folder folder, memory;
	struct pending_file *first;
};

struct scribe_flight {
	struct flight_queue *queue;
	struct ring ring;
	struct disk_folder folder, memory;
	bool in_memory;		/* `ring` is in run_dir */
	msec_t retry_at;	/* when the disk is asked again, MSEC_NONE: it works */
	msec_t sync_at, synced_at;
	int told_errno;
	bool untold;
};

struct scribe {
	struct scribe_places places;
	int sock, epoll, lock;
	char lock_text[32];
	bool congested;		/* the supervisor does not read fast enough */
	msec_t orphan_at;	/* MSEC_NONE while the supervisor lives */
	int slots;		/* highest used + 1 */
	struct slot *slot[UNITS_MAX];
	struct scribe_files files;
	struct scribe_flight flight;
};

/** A note to the supervisor: sent, or nobody is there to hear it; false: later. */
bool scribe_send(struct scribe *r, const struct scribe_note *note);

/**
 * Report the state of one stream, or of a slot with the answer that it owes,
 * where it differs from what was reported. What does not fit into the socket
 * follows when the supervisor has read.
 * @return all of it was sent, or may wait
 */
bool scribe_tell_stream(struct scribe *r, int index, unsigned which);
void scribe_tell(struct scribe *r, int index);
void scribe_tell_all(struct scribe *r);

/** Take the order to write a file; `len` bytes of content follow `f`. */
void scribe_files_take(struct scribe *r, const struct scribe_file *f, const void *bytes, size_t len);

/** Write what is due at `now`; when to look again, MSEC_NONE: no need. */
msec_t scribe_files_write(struct scribe *r, msec_t now);

/** Nobody will give orders any more: write everything now. */
void scribe_files_write_all(struct scribe *r);

/** Open the flight recorder; its notes come through `queue`. */
void scribe_flight_open(struct scribe *r, struct flight_queue *queue);

/** There are notes; urgent ones are to be on the disk within a second. */
void scribe_flight_called(struct scribe *r, bool urgent);

/** What is due at `now`; when to look again, MSEC_NONE: no need. */
msec_t scribe_flight_work(struct scribe *r, msec_t now);

/** No more notes will come: write all. */
void scribe_flight_end(struct scribe *r);
bool scribe_flight_tell(struct scribe *r);

/** Give the answers that are owed. False: the socket is full. */
bool scribe_files_tell(struct scribe *r);

#endif
