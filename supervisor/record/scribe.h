/**
 * @file scribe.h
 * @brief The writer process itself, and what it and writer.c say to each other.
 */
#ifndef PTPWARDEN_SCRIBE_H
#define PTPWARDEN_SCRIBE_H

#include <stdbool.h>
#include <sys/types.h>
#include "base.h"
#include "writer.h"

enum { SCRIBE_PATH_MAX = 200, SCRIBE_PIPE_BYTES = 256 * 1024 };

enum scribe_command {
	SCRIBE_ADD, SCRIBE_REMOVE, SCRIBE_FLUSH, SCRIBE_STORE,
	SCRIBE_URGENT,		/* the flight recorder has notes for the disk */
	SCRIBE_WRITE,		/* ... for the file, synced or not; SCRIBE_SLOT_FLIGHT answers */
};

struct flight_queue;

/** What a note is about instead of a unit's slot. */
enum { SCRIBE_SLOT_READY = -1, SCRIBE_SLOT_STORED = -2, SCRIBE_SLOT_FLIGHT = -3 };

/** Supervisor to writer, later; one datagram each. */
struct scribe_order {
	enum scribe_command command;
	int slot;
	unsigned serial;	/* tells one use of a slot from the next */
	char name[UNIT_NAME_MAX];	/* from here on for SCRIBE_ADD only */
	size_t file_size, memory_size;
	unsigned files;
	bool split;
};

/** SCRIBE_STORE: the file's bytes follow in the same datagram. */
struct scribe_file {
	enum scribe_command command;
	unsigned serial;
	msec_t delay;
	char name[DISK_NAME_MAX];
};

/** Room for any order. */
union scribe_message {
	enum scribe_command command;
	struct scribe_order order;
	struct scribe_file file;
	char bytes[sizeof(struct scribe_file) + WRITER_STORE_MAX];
};

/** Writer to supervisor; with WRITER_FILE the descriptor comes along (SCM_RIGHTS). */
struct scribe_note {
	int slot;
	unsigned serial;
	struct writer_event ev;
};

/** The first datagram to a new writer. */
struct scribe_places {
	char run_dir[SCRIBE_PATH_MAX], log_dir[SCRIBE_PATH_MAX], state_dir[SCRIBE_PATH_MAX];
	uint64_t ring_size;	/* 0: no flight recorder */
};

/** "RUNDIR/UNIT.out" or, for the second stream, "RUNDIR/UNIT.err". */
void scribe_fifo_path(char *out, size_t size, const char *run_dir, const char *unit,
		      unsigned stream);

/** Run until the supervisor and every child that writes are gone. Called in the forked process. */
void scribe_run(int sock, struct flight_queue *queue) __attribute__((noreturn));

#endif
