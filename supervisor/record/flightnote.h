/**
 * @file flightnote.h
 * @brief What the flight recorder keeps: notes, each of a kind, made of tagged fields.
 *
 * A note says what happened at one moment. Its fields are of two sorts: those
 * that pass (the line that was read, who gave the command) and those that last
 * (the state of a unit, the lock, the link): the newest lasting value of every
 * subject is the state of the system, so that any moment can be rebuilt from
 * the notes before it (moment.h). A tag alone says which sort it is and
 * whether it holds text or a number: old readers understand new tags.
 *
 *	flight_begin(&n, FLIGHT_DECISION, "ptp4l");
 *	flight_text(&n, TAG_STATE, "ready");
 *	flight_text(&n, TAG_BECAUSE, "its port is SLAVE");
 *	writer_record(w, &n);
 *
 * The form on disk is in ptpwarden-ring(5). Kinds and tags are never given
 * another meaning.
 */
#ifndef PTPWARDEN_FLIGHTNOTE_H
#define PTPWARDEN_FLIGHTNOTE_H

#include <stdbool.h>
#include "base.h"

enum flight_kind {
	FLIGHT_START = 1,	/**< a ptpwarden begins: what was known of the state is over */
	FLIGHT_STOP,		/**< it ends on purpose */
	FLIGHT_SNAP_BEGIN,	/**< the lasting values as they are, one note a subject ... */
	FLIGHT_SNAP,
	FLIGHT_SNAP_END,	/**< ... all of them are told */
	FLIGHT_EVENT,		/**< something reached a unit's decisions */
	FLIGHT_DECISION,	/**< ... and this is what was decided, and why */
	FLIGHT_ACTION,		/**< what was done, and what came of it */
	FLIGHT_LAUNCH,		/**< a process was started */
	FLIGHT_EXIT,		/**< a process ended */
	FLIGHT_HEALTH,		/**< use, lock, ports, grandmaster */
	FLIGHT_OFFSETS,		/**< minutes of offsets in brief (samples.h) */
	FLIGHT_SAMPLES,		/**< single offsets around trouble (samples.h) */
	FLIGHT_LINE,		/**< a line of output that means something */
	FLIGHT_FINDING,		/**< the answer of a probe has changed */
	FLIGHT_LINK,		/**< an interface */
	FLIGHT_CLOCK,		/**< the wall clock was stepped */
	FLIGHT_COMMAND,		/**< an operator's command, and who gave it */
	FLIGHT_CONFIG,		/**< configuration read again */
	FLIGHT_INCIDENT,	/**< opened, explained, closed */
	FLIGHT_OUTPUT,		/**< a gap in the output, its disk refuses, is back */
	FLIGHT_STORAGE,		/**< the recorder's own disk refuses, is back */
	FLIGHT_LOST,		/**< so many notes found no room */
	FLIGHT_SELF,		/**< ptpwarden about itself */
	FLIGHT_GONE,		/**< this subject is no more */
	FLIGHT_KINDS
};

enum { TAG_NUMBER = 0x80, TAG_LASTS = 0x40 };

enum flight_tag {
	/* text that passes */
	TAG_SUBJECT = 0x01,	/**< what the fields after it are about: unit, interface, "unit:port" */
	TAG_EVENT, TAG_ACTIONS, TAG_BECAUSE, TAG_TEXT, TAG_ID, TAG_RESULT, TAG_WHO, TAG_VERB,
	TAG_FROM, TAG_BOOT_ID, TAG_VERSION, TAG_SAMPLES, TAG_MINUTES,
	/* text that lasts; empty: no longer */
	TAG_STATE = 0x41, TAG_ALTERNATE_NAME, TAG_LOCK, TAG_PORT, TAG_GRANDMASTER, TAG_WAITING,
	TAG_WHY_NOT, TAG_LAST_EXIT, TAG_CAUSE, TAG_LINK, TAG_PHC, TAG_BLOCK, TAG_STORAGE,
	TAG_LAST_TEXT,
	/* numbers that pass */
	TAG_CODE = 0x81, TAG_COUNT, TAG_SPAN_MS, TAG_NUMBER_OF, TAG_UID,
	/* numbers that last */
	TAG_ALTERNATE = 0xc1, TAG_PID, TAG_READY, TAG_OFFSET_NS, TAG_RESTARTS, TAG_GENERATION,
	TAG_WALL_MS,		/**< CLOCK_REALTIME minus CLOCK_MONOTONIC, milliseconds */
	TAG_INCIDENT,		/**< number of the open one, 0: none */
	TAG_LAST_NUMBER,
};

enum { FLIGHT_NOTE_MAX = 1056, FLIGHT_FIELD_MAX = 255 };

/** A note being made, or put together from its records. */
struct flight_note {
	enum flight_kind kind;
	bool urgent;		/**< is to be on the disk within a second */
	bool cut;		/**< a field did not fit */
	uint16_t len;
	int64_t at_ns;		/**< CLOCK_MONOTONIC */
	uint8_t bytes[FLIGHT_NOTE_MAX];
};

struct flight_field {
	uint8_t tag, len;
	const uint8_t *value;	/**< borrowed from the note; text is not terminated */
};

/** Begin a note about `subject`; it happens now. */
void flight_begin(struct flight_note *n, enum flight_kind kind, const char *subject);

/** From here on the fields are about another subject. */
void flight_subject(struct flight_note *n, const char *subject);

/** Add a field; longer text is cut at FLIGHT_FIELD_MAX bytes. NULL is the empty text. */
void flight_text(struct flight_note *n, enum flight_tag tag, const char *text);
void flight_bytes(struct flight_note *n, enum flight_tag tag, const void *bytes, size_t len);
void flight_int(struct flight_note *n, enum flight_tag tag, int64_t value);

/**
 * The next field of `bytes`; *at begins with 0.
 * @return false at the end, or where the bytes make no sense
 */
bool flight_next(const uint8_t *bytes, size_t len, size_t *at, struct flight_field *out);

/** The number in a field, 0 when it holds none. */
int64_t flight_number(const struct flight_field *f);

/** "decision", "?" */
const char *flight_kind_name(unsigned kind);
/** "state", "offset_ns", "?": as the timeline prints it */
const char *flight_tag_name(unsigned tag);
/** The tag of that name, 0: none. */
unsigned flight_tag_of(const char *name);

#endif
