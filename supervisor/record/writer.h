/**
 * @file writer.h
 * @brief The one process beside us that writes: output FIFOs into files, with rotation.
 *
 * Forked early, while our memory is small. It holds the reading side of the
 * FIFOs, splices their bytes into UNIT.log (then UNIT.log.1, ...) and tells us
 * how far it got; so a full or hanging disk never blocks the supervisor nor
 * the daemons. When the disk refuses, it deletes the oldest rotated file, then
 * goes on in memory, and returns to the disk by itself. When we die it goes on
 * until no child holds a FIFO, for a minute at most, or until the writer of
 * the next ptpwarden asks for the lock. When it dies it is started again; what
 * the pipes could not hold meanwhile is lost and reported as a gap.
 *
 * It also puts small files into state_dir (state.h), since that takes as long
 * as the disk likes. What it was given and has not written yet it writes at
 * once when we die.
 */
#ifndef PTPWARDEN_WRITER_H
#define PTPWARDEN_WRITER_H

#include <stdbool.h>
#include <sys/types.h>
#include <ev.h>
#include "disk.h"
#include "err.h"
#include "flightnote.h"

enum { WRITER_STREAMS = 2, WRITER_LINGER_MS = 60000, WRITER_STORE_MAX = 40 * 1024 };

enum writer_event_kind {
	WRITER_FILE,	/**< another file: fd (the receiver's), from, former_end, memory */
	WRITER_DATA,	/**< the file now reaches `end` */
	WRITER_FLUSHED,	/**< answer to writer_flush() */
	WRITER_GAP,	/**< the pipe was found full: lines between from_ms and to_ms may be missing */
	WRITER_DISK,	/**< disk_errno: the disk refuses, recording goes on in memory; 0: it is back */
};

struct writer_event {
	enum writer_event_kind kind;
	unsigned stream;	/**< 0, or 1 for stderr of split_streams */
	int fd;			/**< WRITER_FILE only, else -1 */
	off_t from, end, former_end;
	bool memory;		/**< a file in memory, not on disk */
	int disk_errno;
	msec_t from_ms, to_ms;
};

typedef void writer_fn(void *owner, const struct writer_event *ev);

/** What to record of a unit. Strings are copied. */
struct writer_unit {
	const char *name;
	writer_fn *fn;		/**< told what happened to this unit's output */
	void *owner;
	size_t file_size;	/**< bytes of one file */
	unsigned files;		/**< UNIT.log and files-1 older ones */
	size_t memory_size;	/**< bound of a file in memory, while the disk refuses */
	bool split;		/**< a second stream for stderr: UNIT.err.log */
};

struct writer;

/**
 * Fork the writer and watch it. Early, since it keeps a copy of what memory
 * we have now; before anything that it must not hold open.
 * @return the writer; NULL with err set
 */
struct writer *writer_new(struct ev_loop *loop, struct err *err);

/** Where it writes; borrowed for the call. */
struct writer_places {
	const char *run_dir, *log_dir, *state_dir;
	size_t ring_size;	/**< bytes of the flight recorder's file, 0: none */
};

/** Tell it where; makes log_dir (one level). Comes before writer_add(). 0 or -errno. */
int writer_open(struct writer *w, const struct writer_places *at, struct err *err);

/**
 * Sleep until it has taken over from the writer of an earlier ptpwarden, which
 * has then written everything; at most `ms`. Only before the first unit.
 */
void writer_settle(struct writer *w, msec_t ms);

/** A file for state_dir. Strings and bytes are copied. */
struct writer_store {
	char name[DISK_NAME_MAX];
	unsigned serial;	/**< comes back with the answer; not 0 */
	msec_t delay;		/**< it may wait for so long, and be replaced meanwhile */
	const void *bytes;
	size_t len;		/**< 0: remove the file */
};

/**
 * Have a file written, for good, in place of the former one of that name.
 * @return 0, the answer follows; -EMSGSIZE: above WRITER_STORE_MAX; -ENOTCONN, -EAGAIN: try later, or -errno
 */
int writer_store(struct writer *w, const struct writer_store *file);

/** `disk_errno` is 0 or why not; serial 0: a new writer, which knows of no earlier order. */
typedef void writer_stored_fn(void *owner, unsigned serial, int disk_errno);

/** Whom to tell; NULL: nobody. */
void writer_on_stored(struct writer *w, writer_stored_fn *fn, void *owner);

/**
 * Give a note to the flight recorder (ring.h). Costs a copy; an urgent one is
 * on the disk a second later at most. What finds no room is counted in the next.
 */
void writer_record(struct writer *w, const struct flight_note *n);

/** Have all notes so far written to the file, for a reader; they are there soon. */
void writer_record_flush(struct writer *w);

/** `disk_errno`: the recorder's disk refuses, it goes on in run_dir; 0: it is back. */
typedef void writer_flight_fn(void *owner, int disk_errno);
void writer_on_flight(struct writer *w, writer_flight_fn *fn, void *owner);

/** Let it write what is left and go; does not wait for it. Accepts NULL. */
void writer_free(struct writer *w);

/**
 * Make the FIFO(s) of a unit, start recording them.
 * @param fd filled with the ends for the child's stdout and stderr, O_RDWR | O_NONBLOCK; both the
 * same without `split`; they belong to the writer and stay open until writer_remove()
 * @return a slot >= 0, or -errno
 */
int writer_add(struct writer *w, const struct writer_unit *unit, int fd[WRITER_STREAMS],
	       struct err *err);

/** Stop recording a unit after what is in its pipe now. */
void writer_remove(struct writer *w, int slot);

/**
 * The child has ended: ask for everything that is in the pipes now. Its last
 * line is closed if it was not; WRITER_FLUSHED answers. 0 or -errno.
 */
int writer_flush(struct writer *w, int slot);

/** Process id of the writer, 0 while there is none. */
pid_t writer_pid(const struct writer *w);

/** How often it had to be started again. */
unsigned writer_restarts(const struct writer *w);

#endif
