/**
 * @file recorder.h
 * @brief The writer process itself, and what it and writer.c say to each other.
 */
#ifndef PTPWARDEN_RECORDER_H
#define PTPWARDEN_RECORDER_H

#include <stdbool.h>
#include <sys/types.h>
#include "base.h"
#include "writer.h"

enum { RECORDER_PATH_MAX = 200, RECORDER_PIPE_BYTES = 256 * 1024 };

enum recorder_command { RECORDER_ADD, RECORDER_REMOVE, RECORDER_FLUSH };

/** Supervisor to writer, later; one datagram each. */
struct recorder_order {
	enum recorder_command command;
	int slot;
	unsigned serial;	/* tells one use of a slot from the next */
	char name[UNIT_NAME_MAX];	/* from here on for RECORDER_ADD only */
	size_t file_size, memory_size;
	unsigned files;
	bool split;
};

/** Writer to supervisor; with WRITER_FILE the descriptor comes along (SCM_RIGHTS). */
struct recorder_note {
	int slot;
	unsigned serial;
	struct writer_event ev;
};

/** The first datagram to a new writer. */
struct recorder_places {
	char run_dir[RECORDER_PATH_MAX], log_dir[RECORDER_PATH_MAX];
};

/** "RUNDIR/UNIT.out" or, for the second stream, "RUNDIR/UNIT.err". */
void recorder_fifo_path(char *out, size_t size, const char *run_dir, const char *unit,
			unsigned stream);

/** Run until the supervisor and every child that writes are gone. Called in the forked process. */
void recorder_run(int sock) __attribute__((noreturn));

#endif
