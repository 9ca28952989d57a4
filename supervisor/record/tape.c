#include "tape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_snapshot(unsigned kind)
{
	return kind == FLIGHT_SNAP_BEGIN || kind == FLIGHT_SNAP || kind == FLIGHT_SNAP_END;
}

size_t tape_room(size_t len)
{
	return (len / RING_RECORD + 1) * sizeof(struct tape_entry);
}

/* Finding the notes. */

static bool is_empty(const uint8_t *record)
{
	for (unsigned i = 0; i < RING_RECORD; i++)
		if (record[i])
			return false;
	return true;
}

static void collect_records(struct tape *t)
{
	for (size_t at = RING_SECTOR; at + RING_RECORD <= t->len; at += RING_RECORD) {
		uint64_t seq = ring_record_seq(t->file + at);

		if (seq)
			t->entry[t->records++] =
				(struct tape_entry){ .seq = seq, .offset = (uint32_t)at };
		else
			t->damaged += !is_empty(t->file + at);
	}
}

static int by_seq(const void *a, const void *b)
{
	const struct tape_entry *x = a, *y = b;

	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* A ring is two runs in order: turned round it is sorted, if nobody has meddled with it. */
static void sort_records(struct tape *t)
{
	bool sorted = true;

	for (unsigned i = 1; i < t->records && sorted; i++)
		sorted = t->entry[i - 1].seq < t->entry[i].seq;
	if (!sorted)
		qsort(t->entry, t->records, sizeof(*t->entry), by_seq);
}

/* How many records, beginning with entry i, make one whole note; 0: none. */
static unsigned whole_note(const struct tape *t, unsigned i)
{
	struct ring_record first, r;
	unsigned n = 0;

	do {
		if (n == RING_PARTS_MAX || i + n >= t->records ||
		    t->entry[i + n].seq != t->entry[i].seq + n ||
		    !ring_record_decode(t->file + t->entry[i + n].offset, &r) || r.part != n)
			return 0;
		if (n == 0)
			first = r;
		if (r.run != first.run || r.serial != first.serial || r.kind != first.kind)
			return 0;
		n++;
	} while (r.more);
	return n;
}

static void keep_whole_notes(struct tape *t)
{
	unsigned i = 0;

	while (i < t->records) {
		unsigned n = whole_note(t, i);

		if (n)
			t->entry[t->notes++] = t->entry[i];
		else
			t->partial++;
		i += n ? n : 1;
	}
}

int tape_open(struct tape *t, const void *file, size_t len, void *room)
{
	*t = (struct tape){ .file = file, .len = len, .entry = room,
			    .head = ring_head_decode(file, len) };
	if (len > UINT32_MAX)
		return -EINVAL;
	collect_records(t);
	sort_records(t);
	keep_whole_notes(t);
	if (t->head == RING_HEAD_NEWER)
		return -EPROTO;
	return t->records || t->head == RING_HEAD_GOOD || t->head == RING_HEAD_EMPTY ? 0 : -EINVAL;
}

/* Notes. */

/* Parts follow each other in the file, but for the turn at its end and for zeroed rests of sectors. */
static bool next_part(const struct tape *t, uint32_t *offset, uint64_t seq, struct ring_record *r)
{
	for (unsigned tries = 0; tries <= t->len / RING_RECORD; tries++) {
		*offset += RING_RECORD;
		if (*offset + RING_RECORD > t->len)
			*offset = RING_SECTOR;
		if (ring_record_seq(t->file + *offset) == seq)
			return ring_record_decode(t->file + *offset, r);
	}
	return false;
}

static unsigned parts_of(const struct tape *t, unsigned i, uint64_t *next_seq)
{
	struct ring_record r;
	uint32_t offset = t->entry[i].offset;
	unsigned n = 1;

	if (!ring_record_decode(t->file + offset, &r))
		return 0;
	while (r.more && next_part(t, &offset, r.seq + 1, &r))
		n++;
	*next_seq = t->entry[i].seq + n;
	return n;
}

bool tape_note(const struct tape *t, unsigned i, struct tape_note *out)
{
	struct ring_record r;
	uint64_t expected;
	uint32_t offset;

	if (i >= t->notes || !ring_record_decode(t->file + t->entry[i].offset, &r))
		return false;
	offset = t->entry[i].offset;
	*out = (struct tape_note){ .seq = r.seq, .boot = r.boot, .run = r.run, .serial = r.serial,
				   .at_ns = r.at_ns, .kind = r.kind };
	if (i > 0 && parts_of(t, i - 1, &expected))
		out->lost = r.seq - expected;
	for (;;) {
		memcpy(out->bytes + out->len, r.payload, r.len);
		out->len += r.len;
		if (!r.more)
			return true;
		if (!next_part(t, &offset, r.seq + 1, &r))
			return false;
	}
}

bool tape_field(const struct tape_note *note, unsigned tag, struct flight_field *out)
{
	size_t at = 0;

	while (flight_next(note->bytes, note->len, &at, out))
		if (out->tag == tag)
			return true;
	return false;
}

/* Moments. */

static unsigned kind_at(const struct tape *t, unsigned i)
{
	struct ring_record r;

	return ring_record_decode(t->file + t->entry[i].offset, &r) ? r.kind : 0;
}

/* From where to fold: the beginning of a run, or of a snapshot that is whole before note `i`. */
static unsigned base_of(const struct tape *t, unsigned i, bool *whole)
{
	bool complete = false;

	*whole = true;
	for (unsigned k = i + 1; k-- > 0;) {
		unsigned kind = kind_at(t, k);

		if (kind == FLIGHT_START || (kind == FLIGHT_SNAP_BEGIN && complete))
			return k;
		complete = kind == FLIGHT_SNAP_END || (complete && kind == FLIGHT_SNAP);
	}
	*whole = false;
	return 0;
}

/* Half a snapshot must not wipe out what was known. */
static void fold(const struct tape *t, unsigned i, struct moment *m, bool whole_snapshot)
{
	struct tape_note note;

	if (!tape_note(t, i, &note) || (note.kind == FLIGHT_SNAP_BEGIN && !whole_snapshot))
		return;
	moment_fold(m, note.kind, note.bytes, note.len);
}

void tape_moment(const struct tape *t, unsigned i, struct moment *out, bool *whole)
{
	bool known;
	unsigned base;

	out->len = out->dropped = 0;
	if (whole)
		*whole = false;
	if (!t->notes)
		return;
	i = i < t->notes ? i : t->notes - 1;
	base = base_of(t, i, &known);
	fold(t, base, out, true);
	for (unsigned k = base + 1; k <= i; k++)
		tape_step(t, k, out);
	if (whole)
		*whole = known;
}

void tape_step(const struct tape *t, unsigned i, struct moment *m)
{
	fold(t, i, m, false);
}

bool tape_wall(const struct tape *t, unsigned i, int64_t *ms)
{
	struct tape_note here, note;
	struct flight_field f;

	if (!tape_note(t, i, &here))
		return false;
	for (unsigned k = i + 1; k-- > 0 && tape_note(t, k, &note) && note.boot == here.boot;)
		if (tape_field(&note, TAG_WALL_MS, &f)) {
			*ms = flight_number(&f) + here.at_ns / 1000000;
			return true;
		}
	/* the beginning is gone: the next snapshot knows, unless the clock was stepped before it */
	for (unsigned k = i + 1; tape_note(t, k, &note) && note.boot == here.boot; k++) {
		if (note.kind == FLIGHT_CLOCK)
			return false;
		if (tape_field(&note, TAG_WALL_MS, &f)) {
			*ms = flight_number(&f) + here.at_ns / 1000000;
			return true;
		}
	}
	return false;
}

long tape_at(const struct tape *t, uint32_t boot, int64_t at_ns)
{
	struct ring_record r;
	long found = -1;

	for (unsigned i = 0; i < t->notes; i++)
		if (ring_record_decode(t->file + t->entry[i].offset, &r) && r.boot == boot &&
		    r.at_ns <= at_ns)
			found = (long)i;
	return found;
}

/* Searching. */

long tape_find(const struct tape *t, long i, int by, tape_match_fn *match, void *owner)
{
	struct tape_note note;

	for (; i >= 0 && i < (long)t->notes; i += by)
		if (tape_note(t, (unsigned)i, &note) && !is_snapshot(note.kind) &&
		    match(owner, &note))
			return i;
	return -1;
}

static bool same_letters(const uint8_t *bytes, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t a = bytes[i], b = (uint8_t)text[i];

		a = a >= 'A' && a <= 'Z' ? a + 32 : a;
		b = b >= 'A' && b <= 'Z' ? b + 32 : b;
		if (a != b)
			return false;
	}
	return true;
}

bool tape_holds(const struct tape_note *note, const char *text)
{
	size_t at = 0, len = strlen(text);
	struct flight_field f;

	while (flight_next(note->bytes, note->len, &at, &f))
		for (size_t k = 0; !(f.tag & TAG_NUMBER) && k + len <= f.len; k++)
			if (same_letters(f.value + k, text, len))
				return true;
	return false;
}

/* What the note makes of the value: 1: *out is it, 0: nothing, -1: it has none from here on. */
static int effect(const struct tape_note *note, const char *subject, unsigned tag,
		  struct flight_field *out)
{
	size_t at = 0, len = strlen(subject);
	struct flight_field f;
	bool meant = false;
	int found = 0;

	while (flight_next(note->bytes, note->len, &at, &f)) {
		if (f.tag == TAG_SUBJECT)
			meant = f.len == len && !memcmp(f.value, subject, len);
		if (meant && note->kind == FLIGHT_GONE)
			return -1;
		if (meant && f.tag == tag) {
			*out = f;
			found = f.len ? 1 : -1;
		}
	}
	return found ? found : note->kind == FLIGHT_START ? -1 : 0;
}

long tape_last_change(const struct tape *t, unsigned i, const char *subject, unsigned tag)
{
	struct tape_note now, note;
	struct flight_field have, f;
	long found = -1, k = i < t->notes ? (long)i : (long)t->notes - 1;
	int does = 0;

	while (k >= 0 && (does = tape_note(t, (unsigned)k, &now) ?
			  effect(&now, subject, tag, &have) : 0) == 0)
		k--;
	if (k < 0 || does < 0)
		return -1;
	for (; k >= 0; k--) {
		if (!tape_note(t, (unsigned)k, &note))
			continue;
		does = effect(&note, subject, tag, &f);
		if (does < 0 && note.kind == FLIGHT_START)
			break;
		if (does < 0 || (does > 0 && (f.len != have.len || memcmp(f.value, have.value, f.len))))
			return found;
		if (does > 0 && !is_snapshot(note.kind))
			found = k;
	}
	return k >= 0 ? found : -1;
}
