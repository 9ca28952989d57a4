/**
 * @file state.h
 * @brief What ptpwarden remembers over its own death and over reboots: small pieces under names.
 *
 * A piece ("alternates", "limits", "fingerprint.ptp4l") is a few hundred bytes
 * that mean something to its owner only. All are read at the start; from then
 * on memory is the truth and the disk follows: state_save() copies and
 * returns at once, the scribe writes the file aside, syncs it, renames it and
 * syncs the folder. What was saved survives
 *
 *	STATE_NOW	a SIGKILL of ptpwarden at once, a power cut when
 *			state_is_safe() says so (some milliseconds later)
 *	STATE_SOON	a SIGKILL of ptpwarden at once, a power cut two seconds later, or
 *			ten minutes when it was written only just before: for what may
 *			change often, since each write wears the flash
 *
 * A piece that is damaged is set aside as NAME.damaged, reported once, and
 * then does not exist: its owner begins anew. One of another version or of a
 * stranger is reported and replaced by the next save. When the disk refuses,
 * everything goes on in memory, is reported once, and is written when the disk
 * is back. No failure here stops anything.
 *
 * Content must not depend on the processor (see little.h) and must make sense
 * when it is old: other boot, other hardware, other configuration. It never
 * names a process: pids are believed from run_dir/UNIT.pid only, which is
 * checked against /proc.
 *
 *	p = state_get(s, "limits", LIMITS_VERSION, &len);
 *	if (p && len == LIMITS_BYTES) ...
 *	state_save(s, "limits", LIMITS_VERSION, bytes, len, STATE_NOW);
 */
#ifndef PTPWARDEN_STATE_H
#define PTPWARDEN_STATE_H

#include <stdbool.h>
#include <ev.h>
#include "blob.h"
#include "err.h"
#include "writer.h"

enum { STATE_PIECES_MAX = 600, STATE_SOON_MS = 2000, STATE_OFTEN_MS = 600000, STATE_RETRY_MS = 30000 };

enum state_haste { STATE_NOW, STATE_SOON };

enum state_event_kind {
	STATE_DAMAGED,		/**< `name` could not be believed; it is made anew */
	STATE_FOREIGN,		/**< `name` is not of ptpwarden, or of a newer one */
	STATE_UNREADABLE,	/**< code: the folder, or `name`, cannot be read */
	STATE_MEMORY,		/**< code: the disk refuses; everything stays in memory until it is back */
	STATE_DISK,		/**< the disk is back, all is written */
	STATE_SAFE,		/**< `name` is on the disk as it is in memory */
};

struct state_event {
	enum state_event_kind kind;
	const char *name;	/**< borrowed; NULL: the folder as a whole */
	int code;		/**< positive errno, or 0 */
};

typedef void state_fn(void *owner, const struct state_event *ev);

struct state;

/**
 * Nothing is read yet. `w` must outlive it; `fn` hears what happens, also
 * from inside state_load().
 * @return NULL without memory
 */
struct state *state_new(struct ev_loop *loop, struct writer *w, state_fn *fn, void *owner);

/** Read all pieces of the folder. Blocks as long as the disk does: before the loop runs. */
void state_load(struct state *s, struct disk *d);

/** What is not written yet stays with the scribe, which writes it at once. Accepts NULL. */
void state_free(struct state *s);

/**
 * The content of a piece, NULL when there is none of this version.
 * @return borrowed until the next state_save() or state_remove() of this name
 */
const void *state_get(const struct state *s, const char *name, unsigned version, size_t *len);

/**
 * Keep a copy of `len` bytes under `name`. The same content again costs nothing.
 * @return 0; -EINVAL: name or size (at most BLOB_CONTENT_MAX); -ENOSPC:
 * STATE_PIECES_MAX reached; -ENOMEM. What was there before stays then.
 */
int state_save(struct state *s, const char *name, unsigned version, const void *content,
	       size_t len, enum state_haste haste);

/** Forget a piece; its file goes too. */
void state_remove(struct state *s, const char *name);

/** Would `name` as it is now survive a power cut? Also false when it does not exist. */
bool state_is_safe(const struct state *s, const char *name);

/** Everything is kept in memory only, for the disk refuses; 0 or the positive errno. */
int state_in_memory(const struct state *s);

/** The names of all pieces that begin with `prefix`, in no order. */
typedef void state_name_fn(void *owner, const char *name);
void state_each(const struct state *s, const char *prefix, state_name_fn *fn, void *owner);

#endif
