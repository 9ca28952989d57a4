/**
 * @file tape.h
 * @brief Reads a flight recorder's file: forwards, backwards, and as it was at any moment. Pure.
 *
 * The file is a run of bytes that the caller has read or mapped: of a live
 * daemon, or copied from a dead box of another byte order. Whatever its bytes
 * are, nothing outside them is touched; records that do not prove sound are
 * counted and passed over, and each note says how many records are missing
 * before it.
 *
 *	room = malloc(tape_room(len));
 *	tape_open(&t, bytes, len, room);
 *	for (i = tape_notes(&t); i-- > 0;)		backwards
 *		tape_note(&t, i, &note), tape_moment(&t, i, &moment);
 *
 * A note's number is its place on this tape, from 0, the oldest; it names the
 * note only for as long as the bytes are the same (note.seq does for good).
 */
#ifndef PTPWARDEN_TAPE_H
#define PTPWARDEN_TAPE_H

#include "flightnote.h"
#include "moment.h"
#include "ringrecord.h"

struct tape_entry {
	uint64_t seq;
	uint32_t offset;	/* of the note's first record in the file */
};

struct tape {
	const uint8_t *file;
	size_t len;
	enum ring_head head;
	struct tape_entry *entry;	/* [notes], in the caller's room; oldest first */
	unsigned notes;
	unsigned records;	/**< sound ones */
	unsigned damaged;	/**< records that are neither sound nor empty */
	unsigned partial;	/**< sound records of notes that are not whole */
};

/** A note as it was recorded. */
struct tape_note {
	uint64_t seq;		/**< of its first record */
	uint64_t lost;		/**< records missing before it */
	uint32_t boot, run, serial;
	int64_t at_ns;		/**< monotonic within `boot` */
	unsigned kind;		/**< enum flight_kind, or one of a newer version */
	size_t len;
	uint8_t bytes[FLIGHT_NOTE_MAX];
};

/** Bytes of room that tape_open() needs for a file of this length. */
size_t tape_room(size_t len);

/**
 * Find all notes. `file` and `room` stay in use.
 * @return 0; -EINVAL: no sound record and no head of ours; -EPROTO: of a newer version
 */
int tape_open(struct tape *t, const void *file, size_t len, void *room);

/** Note `i`; false when there is none. */
bool tape_note(const struct tape *t, unsigned i, struct tape_note *out);

/**
 * Everything as it was right after note `i`. Costs at most the notes since
 * the snapshot before it, some 256. With `whole` false the tape began without
 * one: what did not change since is not known.
 */
void tape_moment(const struct tape *t, unsigned i, struct moment *out, bool *whole);

/** Go on from the moment after note i - 1 to that after note i: one fold. */
void tape_step(const struct tape *t, unsigned i, struct moment *m);

/** The last note at or before a time of its boot; -1: none. */
long tape_at(const struct tape *t, uint32_t boot, int64_t at_ns);

/**
 * From note `i` on in steps of `by` (1 or -1), the first that `match` likes; -1: none.
 * Snapshots are not offered.
 */
typedef bool tape_match_fn(void *owner, const struct tape_note *note);
long tape_find(const struct tape *t, long i, int by, tape_match_fn *match, void *owner);

/** Does any text of the note hold these bytes (ASCII letters of either case)? */
bool tape_holds(const struct tape_note *note, const char *text);

/**
 * The note that gave `tag` of `subject` the value that it has after note `i`:
 * "when did it last change before here". -1: it has no value, or has had it
 * for longer than the tape reaches back.
 */
long tape_last_change(const struct tape *t, unsigned i, const char *subject, unsigned tag);

/** Wall clock of note `i` in milliseconds since 1970; false: the tape does not tell. */
bool tape_wall(const struct tape *t, unsigned i, int64_t *ms);

/** The value of a tag in a note, of its first subject that has one; false: none. */
bool tape_field(const struct tape_note *note, unsigned tag, struct flight_field *out);

static inline unsigned tape_notes(const struct tape *t)
{
	return t->notes;
}

#endif
