/**
 * @file output.h
 * @brief What a unit's daemon prints: file -> lines, and the last of them in memory.
 *
 * The writer process moves the bytes from the FIFO into a file and hands us
 * that file; we read behind it. So a line is on file before it is looked at,
 * and a slow disk never holds the loop. Lines end at a newline and may hold
 * any byte; one longer than LINE_MAX_BYTES is cut to that, its end replaced by
 * OUTPUT_CUT_MARK. After output_init() nothing allocates.
 */
#ifndef PTPWARDEN_OUTPUT_H
#define PTPWARDEN_OUTPUT_H

#include <stdbool.h>
#include <sys/types.h>
#include <ev.h>
#include "err.h"

#define OUTPUT_CUT_MARK " [cut]"

enum { OUTPUT_STREAMS = 2, OUTPUT_FLUSH_MS = 200 };

/** A line, borrowed for the call; not terminated by a newline but by '\0' (not counted). */
struct output_line {
	const char *text;
	size_t len;
	msec_t at;		/**< when it was read */
	unsigned stream;	/**< 0: both, or stdout; 1: stderr of split_streams */
	bool cut;
	bool partial;		/**< had no newline when the child ended */
};

typedef void output_line_fn(void *owner, const struct output_line *line);
typedef void output_done_fn(void *owner, bool complete);

/** Bounded memory of recent lines, oldest overwritten first. */
struct line_ring {
	char *store;
	size_t size, head, used;
	unsigned lines;
};

struct output_tail {		/* one stream */
	int fd;			/* -1: none yet */
	off_t at, end;		/* read up to, written up to as far as we were told */
	bool skip_line;		/* dropping the rest of a cut line */
	size_t used;
	char part[LINE_MAX_BYTES + 1];
};

struct output {
	struct ev_loop *loop;
	output_line_fn *fn;
	output_done_fn *done;	/**< set while a flush is under way */
	void *owner;
	struct line_ring ring;
	uint64_t lines, skipped_bytes;	/**< skipped: on file, but too many to look at */
	ev_timer flush, more;
	struct output_tail tail[OUTPUT_STREAMS];
};

/** @param ram bytes of recent lines kept (0: none); 0 or -ENOMEM */
int output_init(struct output *o, struct ev_loop *loop, size_t ram, output_line_fn *fn,
		void *owner);
void output_fini(struct output *o);

/**
 * The writer goes on in another file. What is left of the former one is read first.
 * @param fd taken
 * @param from byte where new output starts
 * @param former_end final size of the former file
 */
void output_file(struct output *o, unsigned stream, int fd, off_t from, off_t former_end);

/** The writer has written the current file up to `end`. */
void output_data(struct output *o, unsigned stream, off_t end);

/**
 * The child has ended: wait for its last words. Ask the writer for a flush
 * beside this call. `done` comes when output_flushed() was called and all is
 * delivered (complete), or after OUTPUT_FLUSH_MS (not complete). The last
 * partial line is delivered before.
 */
void output_flush(struct output *o, output_done_fn *done);

/** The same at once, with what has come so far; nothing when no flush is under way. */
void output_finish(struct output *o);

/** The writer's answer: nothing is left in the pipe. */
void output_flushed(struct output *o);

/** The newest `n` lines, oldest first. */
void output_recent(const struct output *o, unsigned n, output_line_fn *fn, void *owner);

#endif
