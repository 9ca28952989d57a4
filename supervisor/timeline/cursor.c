#include <errno.h>
#include <string.h>

#include "cursor.h"

void cursor_start(struct cursor *c, const struct reel *reel)
{
	c->reel = reel;
	c->now = moment_in(c->now_bytes, sizeof(c->now_bytes));
	c->before = moment_in(c->before_bytes, sizeof(c->before_bytes));
	cursor_go(c, (long)reel->n - 1);
}

static void rebuild(struct cursor *c)
{
	const struct reel *r = c->reel;
	unsigned note = r->shown[c->place];

	c->before.len = 0;
	if (note > 0)
		tape_moment(&r->tape, note - 1, &c->before, NULL);
	tape_moment(&r->tape, note, &c->now, &c->whole);
}

void cursor_go(struct cursor *c, long place)
{
	long last = (long)c->reel->n - 1;

	c->now.len = c->before.len = 0;
	c->place = (unsigned)(place > last ? (last < 0 ? 0 : last) : place < 0 ? 0 : place);
	if (last >= 0)
		rebuild(c);
}

/* --- what a note is --------------------------------------------------------------------- */

/* Values that change all the time tell nothing by changing. */
static bool telling(unsigned tag)
{
	return (tag & TAG_LASTS) && tag != TAG_OFFSET_NS && tag != TAG_WALL_MS && tag != TAG_WHY_NOT;
}

static bool is_change(const struct tape_note *note)
{
	struct flight_field f;
	size_t at = 0;

	while (flight_next(note->bytes, note->len, &at, &f))
		if (telling(f.tag))
			return true;
	return false;
}

static bool is_a(const struct tape_note *note, enum jump what)
{
	static const unsigned kinds[] = {
		[JUMP_DECISION] = 1u << FLIGHT_DECISION,
		[JUMP_SYMPTOM] = 1u << FLIGHT_EXIT | 1u << FLIGHT_LINE | 1u << FLIGHT_FINDING |
				 1u << FLIGHT_LINK | 1u << FLIGHT_CLOCK | 1u << FLIGHT_OUTPUT |
				 1u << FLIGHT_STORAGE | 1u << FLIGHT_LOST,
		[JUMP_INCIDENT] = 1u << FLIGHT_INCIDENT,
		[JUMP_COMMAND] = 1u << FLIGHT_COMMAND | 1u << FLIGHT_CONFIG | 1u << FLIGHT_START |
				 1u << FLIGHT_STOP,
	};

	if (what == JUMP_CHANGE)
		return is_change(note);
	return note->kind < 32 && kinds[what] & 1u << note->kind;
}

/* --- ways ------------------------------------------------------------------------------- */

static bool match_kind(void *owner, const struct tape_note *note)
{
	return is_a(note, *(const enum jump *)owner);
}

static bool match_text(void *owner, const struct tape_note *note)
{
	return tape_holds(note, owner);
}

static bool go_to(struct cursor *c, tape_match_fn *match, void *owner, int by)
{
	long found;

	if (!c->reel->n)
		return false;
	found = tape_find(&c->reel->tape, (long)c->reel->shown[c->place] + by, by, match, owner);
	if (found < 0)
		return false;
	cursor_go(c, (long)reel_place(c->reel, (unsigned)found));
	return true;
}

bool cursor_jump(struct cursor *c, enum jump what, int by)
{
	return go_to(c, match_kind, &what, by);
}

bool cursor_search(struct cursor *c, const char *text, int by)
{
	return *text && go_to(c, match_text, (void *)(uintptr_t)text, by);
}

int cursor_origin(struct cursor *c, const char *subject, unsigned tag)
{
	long found;

	if (!c->reel->n)
		return -ENOENT;
	found = tape_last_change(&c->reel->tape, c->reel->shown[c->place], subject, tag);
	if (found < 0)
		return -ENOENT;
	cursor_go(c, (long)reel_place(c->reel, (unsigned)found));
	return 0;
}

/* Sets ready to the value that the note gives it; false: it does not speak of it. */
static bool speaks_of_ready(const struct tape_note *note, const char *subject, bool *ready)
{
	size_t at = 0, len = subject ? strlen(subject) : 0;
	struct flight_field f;
	bool meant = !subject, found = false;

	while (flight_next(note->bytes, note->len, &at, &f)) {
		if (f.tag == TAG_SUBJECT && subject)
			meant = f.len == len && !memcmp(f.value, subject, len);
		if (meant && f.tag == TAG_READY) {
			*ready = flight_number(&f) != 0;
			found = true;
		}
	}
	return found;
}

long cursor_last_good(const struct cursor *c, const char *subject)
{
	const struct reel *r = c->reel;
	struct tape_note note;
	long last = (long)c->place;
	bool ready;

	for (unsigned k = c->place + 1; k-- > 0 && r->n;) {
		if (!tape_note(&r->tape, r->shown[k], &note) ||
		    !speaks_of_ready(&note, subject, &ready))
			continue;
		if (ready)
			return last;
		last = (long)k - 1;	/* this note ended it, or came after the one that did */
	}
	return -1;
}

long cursor_basis(const struct cursor *c)
{
	const struct reel *r = c->reel;
	struct tape_note here, note;
	struct flight_field mine, f;

	if (!r->n || !tape_note(&r->tape, r->shown[c->place], &here) ||
	    !tape_field(&here, TAG_SUBJECT, &mine))
		return (long)c->place;
	for (unsigned k = c->place; k-- > 0;) {
		if (!tape_note(&r->tape, r->shown[k], &note) || note.kind != here.kind ||
		    !tape_field(&note, TAG_SUBJECT, &f))
			continue;
		if (f.len == mine.len && !memcmp(f.value, mine.value, f.len))
			return (long)k + 1;
	}
	return 0;
}
