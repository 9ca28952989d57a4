#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include "fakedisk.h"
#include "supervisor/record/crc32c.h"
#include "supervisor/record/flightqueue.h"
#include "supervisor/record/little.h"
#include "supervisor/record/ring.h"
#include "supervisor/record/tape.h"

/* --- notes ----------------------------------------------------------------------------------- */

static void numbers_of_every_size_come_back(void **unused)
{
	static const int64_t all[] = { 0, 1, -1, 127, 128, -128, -129, 32767, 32768, -32769, 1ll << 31,
				       -(1ll << 31) - 1, 1ll << 47, INT64_MAX, INT64_MIN };
	struct flight_note n;
	struct flight_field f;

	for (unsigned i = 0; i < ARRAY_LEN(all); i++) {
		size_t at = 0;

		flight_begin(&n, FLIGHT_HEALTH, "ptp4l");
		flight_int(&n, TAG_OFFSET_NS, all[i]);
		assert_true(flight_next(n.bytes, n.len, &at, &f));
		assert_int_equal(f.tag, TAG_SUBJECT);
		assert_true(flight_next(n.bytes, n.len, &at, &f));
		assert_true(flight_number(&f) == all[i]);
		assert_false(flight_next(n.bytes, n.len, &at, &f));
	}
}

static void a_field_that_reaches_out_of_its_note_ends_it(void **unused)
{
	static const uint8_t bytes[] = { TAG_SUBJECT, 1, 'a', TAG_STATE, 9, 'x' };
	struct flight_field f;
	size_t at = 0;

	assert_true(flight_next(bytes, sizeof(bytes), &at, &f));
	assert_false(flight_next(bytes, sizeof(bytes), &at, &f));
	at = 5;
	assert_false(flight_next(bytes, sizeof(bytes), &at, &f));
}

static void long_text_is_cut_and_said_to_be(void **unused)
{
	char text[400];
	struct flight_note n;

	memset(text, 'x', sizeof(text));
	text[255] = '\0';
	flight_begin(&n, FLIGHT_LINE, "ptp4l");
	flight_text(&n, TAG_TEXT, text);
	assert_false(n.cut);
	text[255] = 'x';
	text[256] = '\0';
	flight_text(&n, TAG_TEXT, text);
	assert_true(n.cut);
	for (unsigned i = 0; i < 10; i++)
		flight_text(&n, TAG_TEXT, text);
	assert_in_range(n.len, 4 * 257, FLIGHT_NOTE_MAX);
}

static void every_tag_and_kind_has_a_name(void **unused)
{
	for (unsigned i = 1; i < FLIGHT_KINDS; i++)
		assert_string_not_equal(flight_kind_name(i), "?");
	for (unsigned tag = TAG_STATE; tag < TAG_LAST_TEXT; tag++)
		assert_int_equal(flight_tag_of(flight_tag_name(tag)), tag);
	for (unsigned tag = TAG_ALTERNATE; tag < TAG_LAST_NUMBER; tag++)
		assert_int_equal(flight_tag_of(flight_tag_name(tag)), tag);
	assert_string_equal(flight_tag_name(0x3f), "?");
	assert_int_equal(flight_tag_of("nonsense"), 0);
}

/* --- moments --------------------------------------------------------------------------------- */

static uint8_t storage[MOMENT_BYTES], storage2[MOMENT_BYTES];

static void take(struct moment *m, const struct flight_note *n)
{
	moment_fold(m, n->kind, n->bytes, n->len);
}

static void assert_value(const struct moment *m, const char *subject, unsigned tag, const char *want)
{
	char text[300];

	moment_text(m, subject, tag, text, sizeof(text));
	assert_string_equal(text, want);
}

static void the_newest_lasting_value_is_the_state(void **unused)
{
	struct moment m = moment_in(storage, sizeof(storage));
	struct flight_note n;

	flight_begin(&n, FLIGHT_DECISION, "ptp4l");
	flight_text(&n, TAG_STATE, "running");
	flight_text(&n, TAG_BECAUSE, "passes");
	flight_int(&n, TAG_PID, 1234567);
	flight_subject(&n, "eth0");
	flight_text(&n, TAG_LINK, "up");
	take(&m, &n);
	flight_begin(&n, FLIGHT_DECISION, "ptp4l");
	flight_text(&n, TAG_STATE, "ready");
	take(&m, &n);
	assert_value(&m, "ptp4l", TAG_STATE, "ready");
	assert_value(&m, "ptp4l", TAG_PID, "1234567");
	assert_value(&m, "ptp4l", TAG_BECAUSE, "");
	assert_value(&m, "eth0", TAG_LINK, "up");
	assert_value(&m, "eth", TAG_LINK, "");
}

static void empty_text_and_a_gone_subject_leave_nothing(void **unused)
{
	struct moment m = moment_in(storage, sizeof(storage));
	struct flight_note n;

	flight_begin(&n, FLIGHT_DECISION, "a");
	flight_text(&n, TAG_STATE, "running");
	flight_text(&n, TAG_WAITING, "file x");
	flight_subject(&n, "b");
	flight_text(&n, TAG_STATE, "ready");
	take(&m, &n);
	flight_begin(&n, FLIGHT_DECISION, "a");
	flight_text(&n, TAG_WAITING, "");
	take(&m, &n);
	assert_value(&m, "a", TAG_WAITING, "");
	assert_value(&m, "a", TAG_STATE, "running");
	flight_begin(&n, FLIGHT_GONE, "a");
	take(&m, &n);
	assert_value(&m, "a", TAG_STATE, "");
	assert_value(&m, "b", TAG_STATE, "ready");
	flight_begin(&n, FLIGHT_START, "");
	take(&m, &n);
	assert_int_equal(m.len, 0);
}

static void all_values_can_be_listed(void **unused)
{
	struct moment m = moment_in(storage, sizeof(storage));
	struct moment_value v;
	struct flight_note n;
	size_t at = 0;
	unsigned seen = 0;

	for (unsigned i = 0; i < 20; i++) {
		char name[8];

		snprintf(name, sizeof(name), "u%u", i);
		flight_begin(&n, FLIGHT_HEALTH, name);
		flight_text(&n, TAG_STATE, "x");
		flight_int(&n, TAG_READY, i & 1);
		take(&m, &n);
	}
	while (moment_next(&m, &at, &v)) {
		assert_int_equal(atoi(v.subject + 1), seen / 2);
		assert_int_equal(v.field.tag, seen % 2 ? TAG_READY : TAG_STATE);
		seen++;
	}
	assert_int_equal(seen, 40);
}

static void a_full_moment_drops_and_counts(void **unused)
{
	uint8_t small[64];
	struct moment m = moment_in(small, sizeof(small));
	struct flight_note n;

	for (unsigned i = 0; i < 10; i++) {
		char name[8];

		snprintf(name, sizeof(name), "u%u", i);
		flight_begin(&n, FLIGHT_HEALTH, name);
		flight_text(&n, TAG_STATE, "running");
		take(&m, &n);
	}
	assert_in_range(m.dropped, 1, 9);
	assert_value(&m, "u0", TAG_STATE, "running");
	assert_in_range(m.len, 1, 64);
}

/* --- the file -------------------------------------------------------------------------------- */

enum { SIZE = FAKE_SIZE, SMALL = SIZE / 4 };

static uint64_t size = SIZE;

static struct fakedisk *disk;
static struct ring ring;
static struct ring_origin origin;
static struct tape tape;
static void *room;

static int set_up(void **state)
{
	disk = malloc(sizeof(*disk));
	room = malloc(tape_room(SIZE) + 64);
	fake_init(disk, &fake_ops, 1);
	ring = (struct ring){ .fd = -1 };
	origin = (struct ring_origin){ .boot = 0xb007, .run = 77 };
	size = SIZE;
	return 0;
}

static int tear_down(void **state)
{
	ring_close(&ring);
	free(disk);
	free(room);
	return 0;
}

static int open_ring(void)
{
	enum ring_found found;
	int rc;

	ring_close(&ring);
	rc = ring_open(&ring, &disk->disk, size, &found);
	return rc < 0 ? rc : (int)found;
}

/* Note number `k`: some are long, all can be told from each other. */
static void make_note(struct flight_note *n, unsigned k)
{
	char text[16];

	flight_begin(n, k % 7 ? FLIGHT_EVENT : FLIGHT_DECISION, k % 2 ? "ptp4l" : "phc2sys");
	n->at_ns = (int64_t)k * 1000000;
	flight_int(n, TAG_PID, k);
	snprintf(text, sizeof(text), "note %u", k);
	flight_text(n, TAG_TEXT, text);
	for (unsigned i = 0; i < k % 5; i++)
		flight_text(n, TAG_BECAUSE, "a reason that is long enough to need a record of its own, "
					    "and then some more of it");
}

static int add(unsigned k)
{
	struct flight_note n;

	make_note(&n, k);
	origin.serial = k;
	return ring_add(&ring, &origin, &n);
}

static void rewind_tape(void)
{
	int entry = fake_entry(&disk->now, RING_FILE);

	assert_true(entry >= 0);
	assert_int_equal(tape_open(&tape, disk->file[disk->now.file[entry]].now,
				   disk->file[disk->now.file[entry]].size, room), 0);
}

/* The number of the note, 0: a snapshot, -1: not as it was written. */
static long number_of(const struct tape_note *t)
{
	struct flight_note want;
	struct flight_field f;

	if (t->kind >= FLIGHT_SNAP_BEGIN && t->kind <= FLIGHT_SNAP_END)
		return 0;
	if (!tape_field(t, TAG_PID, &f))
		return -1;
	make_note(&want, (unsigned)flight_number(&f));
	if (t->len != want.len || memcmp(t->bytes, want.bytes, want.len) || t->kind != want.kind ||
	    t->at_ns != want.at_ns)
		return -1;
	return (long)flight_number(&f);
}

/* All notes are ours and in order; the newest number, 0: none. */
static long newest(void)
{
	struct tape_note n;
	long last = 0;
	uint64_t seq = 0;

	for (unsigned i = 0; i < tape_notes(&tape); i++) {
		long k;

		assert_true(tape_note(&tape, i, &n));
		assert_true(n.seq > seq);
		seq = n.seq;
		k = number_of(&n);
		assert_true(k >= 0);
		if (k) {
			assert_true(k > last);
			last = k;
		}
	}
	return last;
}

static void what_was_recorded_can_be_read(void **unused)
{
	struct tape_note n;

	assert_int_equal(open_ring(), RING_NEW);
	for (unsigned k = 1; k <= 20; k++)
		assert_int_equal(add(k), 0);
	assert_int_equal(ring_flush(&ring, true), 0);
	rewind_tape();
	assert_int_equal(tape_notes(&tape), 20);
	assert_int_equal(tape.damaged, 0);
	for (unsigned i = 0; i < 20; i++) {
		assert_true(tape_note(&tape, i, &n));
		assert_int_equal(number_of(&n), i + 1);
		assert_int_equal(n.lost, 0);
		assert_int_equal(n.boot, 0xb007);
	}
}

static void the_next_one_goes_on_behind_it(void **unused)
{
	assert_int_equal(open_ring(), RING_NEW);
	assert_int_equal(add(1), 0);
	assert_int_equal(ring_flush(&ring, true), 0);
	assert_int_equal(open_ring(), RING_CONTINUED);
	assert_int_equal(add(1), 0);	/* held already: a scribe that died did not tell */
	assert_int_equal(add(2), 0);
	assert_int_equal(ring_flush(&ring, true), 0);
	rewind_tape();
	assert_int_equal(tape_notes(&tape), 2);
	assert_int_equal(newest(), 2);
}

static void it_goes_round_and_keeps_the_newest(void **unused)
{
	unsigned k;

	assert_int_equal(open_ring(), RING_NEW);
	for (k = 1; k <= 3000; k++) {
		assert_int_equal(add(k), 0);
		if (k % 3 == 0)
			assert_int_equal(ring_flush(&ring, true), 0);
		if (k % 100 == 0) {
			rewind_tape();
			assert_int_equal(newest(), k / 3 * 3 == k ? k : newest());
			assert_int_equal(tape.damaged, 0);
		}
	}
	assert_int_equal(ring_flush(&ring, true), 0);
	rewind_tape();
	assert_int_equal(newest(), 3000);
	assert_in_range(tape_notes(&tape), 100, SIZE / RING_RECORD);
}

static void the_sequence_goes_on_over_its_round_numbers(void **unused)
{
	static const uint64_t edges[] = { UINT16_MAX, UINT32_MAX, 1ull << 40 };

	for (unsigned e = 0; e < ARRAY_LEN(edges); e++) {
		fake_init(disk, &fake_ops, 1);
		assert_int_equal(open_ring(), RING_NEW);
		ring.next_seq = edges[e] - 5;
		for (unsigned k = 1; k <= 300; k++) {
			assert_int_equal(add(k), 0);
			assert_int_equal(ring_flush(&ring, true), 0);
			if (k % 50 == 0)
				assert_int_equal(open_ring(), RING_CONTINUED);
		}
		rewind_tape();
		assert_int_equal(newest(), 300);
	}
}

static void the_serial_may_go_round(void **unused)
{
	struct flight_note n;

	assert_int_equal(open_ring(), RING_NEW);
	for (unsigned k = 1; k <= 20; k++) {
		make_note(&n, k);
		origin.serial = UINT32_MAX - 10 + k;
		assert_int_equal(ring_add(&ring, &origin, &n), 0);
	}
	assert_int_equal(ring_flush(&ring, true), 0);
	rewind_tape();
	assert_int_equal(newest(), 20);
	assert_int_equal(tape_notes(&tape), 20);
}

/* Cut in call `at`; true when everything that was synced is there and nothing was invented. */
static void cut_once(uint32_t seed)
{
	long synced = 0, found;
	unsigned k = 0, before = 1 + seed % 400;
	bool alive = true;

	fake_init(disk, &fake_ops, seed);
	assert_int_equal(open_ring(), RING_NEW);
	while (k < before) {
		assert_int_equal(add(++k), 0);
		if (fake_roll(disk, 4) == 0) {
			assert_int_equal(ring_flush(&ring, true), 0);
			synced = k;
		}
	}
	disk->cut_at = disk->calls + 1 + fake_roll(disk, 12);
	while (alive) {
		alive = add(++k) == 0;
		if (alive && fake_roll(disk, 3) == 0) {
			alive = ring_flush(&ring, true) == 0;
			synced = alive ? k : synced;
		}
	}
	ring_close(&ring);
	fake_power_on(disk);
	rewind_tape();
	found = newest();
	if (found < synced)
		fail_msg("seed %u: %ld was synced, %ld is found", seed, synced, found);
	assert_true(found <= (long)k);
	/* and none of those before it is missing, as far as the ring reaches */
	assert_int_equal(open_ring(), RING_CONTINUED);
	origin.run++;
	assert_int_equal(add(k + 1), 0);
	assert_int_equal(ring_flush(&ring, true), 0);
	rewind_tape();
	assert_int_equal(newest(), k + 1);
	origin.run--;
}

static void nothing_synced_is_lost_and_nothing_invented_by_any_cut(void **unused)
{
	enum { CUTS = 4000 };

	size = SMALL;
	for (uint32_t seed = 1; seed <= CUTS; seed++)
		cut_once(seed);
	print_message("%u cuts\n", CUTS);
}

/* Every note between the oldest and the last synced one must be there, not only the last. */
static void no_hole_before_the_last_sync(void **unused)
{
	for (uint32_t seed = 1; seed <= 300; seed++) {
		struct tape_note n;
		unsigned k = 0, synced = 0;
		uint64_t first;

		fake_init(disk, &fake_ops, seed);
		size = SMALL;
		assert_int_equal(open_ring(), RING_NEW);
		disk->cut_at = disk->calls + 20 + fake_roll(disk, 200);
		while (add(++k) == 0 && ring_flush(&ring, k % 2 == 0) == 0)
			synced = k % 2 == 0 ? k : synced;
		fake_power_on(disk);
		rewind_tape();
		assert_true(tape_note(&tape, 0, &n));
		first = n.seq;
		for (unsigned i = 1; i < tape_notes(&tape); i++) {
			assert_true(tape_note(&tape, i, &n));
			/* the group under way may have torn the oldest ones: their turn had come */
			if (n.seq > first + 2 * RING_GROUP && number_of(&n) <= (long)synced)
				assert_int_equal(n.lost, 0);
		}
	}
}

static void a_cut_while_it_is_made_leaves_one_that_can_be_used(void **unused)
{
	for (uint32_t seed = 1; seed <= 100; seed++) {
		for (unsigned at = 1; at <= 9; at++) {
			fake_init(disk, &fake_ops, seed);
			disk->cut_at = at;
			(void)open_ring();
			ring_close(&ring);
			fake_power_on(disk);
			assert_in_range(open_ring(), RING_CONTINUED, RING_NEW);
			assert_int_equal(add(1), 0);
			assert_int_equal(ring_flush(&ring, true), 0);
			rewind_tape();
			assert_int_equal(newest(), 1);
		}
	}
}

static void every_flipped_bit_of_a_record_is_noticed(void **unused)
{
	struct ring_record r = { .seq = 77, .at_ns = -5, .boot = 1, .run = 2, .serial = 3,
				 .kind = FLIGHT_EVENT, .len = 40 }, out;
	uint8_t bytes[RING_RECORD];

	memset(r.payload, 0x5a, r.len);
	ring_record_encode(&r, bytes);
	for (unsigned bit = 0; bit < RING_RECORD * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(ring_record_decode(bytes, &out));
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(ring_record_decode(bytes, &out));
	assert_int_equal(out.at_ns, -5);
}

/* One note is lost with its record, never another one, and the reader says how many. */
static void a_flipped_byte_anywhere_costs_one_note(void **unused)
{
	struct fake_file *file;

	assert_int_equal(open_ring(), RING_NEW);
	for (unsigned k = 1; k <= 200; k++) {
		assert_int_equal(add(k), 0);
		assert_int_equal(ring_flush(&ring, true), 0);
	}
	file = &disk->file[disk->now.file[fake_entry(&disk->now, RING_FILE)]];
	rewind_tape();
	unsigned all = tape_notes(&tape);

	for (size_t at = 0; at < 20 * RING_RECORD; at++) {
		uint8_t was = file->now[at];

		file->now[at] ^= 0x10;
		rewind_tape();
		assert_in_range(tape_notes(&tape), all - 1, all);
		if (at % 97 == 0)
			(void)newest();
		file->now[at] = was;
	}
}

static void garbage_is_no_ring(void **unused)
{
	uint8_t *bytes = malloc(SIZE);
	struct tape_note n;

	fake_init(disk, &fake_ops, 5);
	for (unsigned i = 0; i < SIZE; i++)
		bytes[i] = (uint8_t)fake_roll(disk, 256);
	assert_int_equal(tape_open(&tape, bytes, SIZE, room), -EINVAL);
	assert_int_equal(tape_notes(&tape), 0);
	assert_false(tape_note(&tape, 0, &n));
	assert_int_equal(tape_open(&tape, bytes, 0, room), 0);	/* empty: nothing was recorded yet */
	for (unsigned len = 1; len < 700; len++)
		(void)tape_open(&tape, bytes, len, room);
	free(bytes);
}

static void a_strangers_file_is_set_aside(void **unused)
{
	int fd = disk->disk.ops->open(&disk->disk, RING_FILE, DISK_NEW);

	assert_int_equal(disk->disk.ops->write(&disk->disk, fd, "#!/bin/sh\necho not a ring at all\n", 33, 0),
			 0);
	assert_int_equal(open_ring(), RING_REPLACED);
	assert_true(fake_entry(&disk->now, "flight.damaged") >= 0);
	assert_int_equal(add(1), 0);
	assert_int_equal(ring_flush(&ring, true), 0);
	assert_int_equal(open_ring(), RING_CONTINUED);
}

static void a_newer_form_is_set_aside_and_said(void **unused)
{
	struct fake_file *file;

	assert_int_equal(open_ring(), RING_NEW);
	file = &disk->file[disk->now.file[fake_entry(&disk->now, RING_FILE)]];
	little_put(file->now + 8, 2, 2);
	little_put(file->now + 24, 4, crc32c(0, file->now, 24));
	assert_int_equal(tape_open(&tape, file->now, file->size, room), -EPROTO);
	assert_int_equal(open_ring(), RING_REPLACED);
}

static void without_its_head_the_notes_are_read_all_the_same(void **unused)
{
	struct fake_file *file;

	assert_int_equal(open_ring(), RING_NEW);
	assert_int_equal(add(1), 0);
	assert_int_equal(ring_flush(&ring, true), 0);
	file = &disk->file[disk->now.file[fake_entry(&disk->now, RING_FILE)]];
	memset(file->now, 0xff, RING_SECTOR);
	rewind_tape();
	assert_int_equal(newest(), 1);
	assert_int_equal(open_ring(), RING_CONTINUED);
	rewind_tape();
	assert_int_equal(tape.head, RING_HEAD_GOOD);
}

/* A file as version 1 wrote it, byte by byte: it is read for ever, on every processor. */
static void the_form_of_version_one_stays(void **unused)
{
	static const uint8_t record[] = {
		0x9b, 0x38, 0x90, 0x29, 1, FLIGHT_DECISION, 0, 16, 2, 1, 0, 0, 0, 0, 0, 0,
		0x15, 0xcd, 0x5b, 0x07, 0, 0, 0, 0, 0x44, 0x33, 0x22, 0x11, 7, 0, 0, 0, 9, 0, 0, 0,
		0, 0, 0, 0, TAG_SUBJECT, 5, 'p', 't', 'p', '4', 'l', TAG_STATE, 7 - 2, 'r', 'e', 'a', 'd', 'y',
		TAG_READY, 0,
	};
	struct ring_record r = { .seq = 258, .at_ns = 123456789, .boot = 0x11223344, .run = 7,
				 .serial = 9, .kind = FLIGHT_DECISION, .len = 16 };
	uint8_t bytes[RING_RECORD];

	memcpy(r.payload, record + 40, 16);
	ring_record_encode(&r, bytes);
	assert_memory_equal(bytes + 4, record + 4, sizeof(record) - 4);
	assert_memory_equal(bytes, record, 4);
}

static void another_size_takes_the_notes_along(void **unused)
{
	enum ring_found found;

	assert_int_equal(open_ring(), RING_NEW);
	for (unsigned k = 1; k <= 400; k++)
		assert_int_equal(add(k), 0);
	assert_int_equal(ring_flush(&ring, true), 0);
	ring_close(&ring);
	assert_int_equal(ring_open(&ring, &disk->disk, SIZE / 2, &found), 0);
	assert_int_equal(found, RING_REBUILT);
	rewind_tape();
	assert_int_equal(tape.len, SIZE / 2);
	assert_int_equal(newest(), 400);
	ring_close(&ring);
	assert_int_equal(ring_open(&ring, &disk->disk, SIZE, &found), 0);
	rewind_tape();
	assert_int_equal(newest(), 400);
	assert_int_equal(add(401), 0);
	assert_int_equal(ring_flush(&ring, true), 0);
	rewind_tape();
	assert_int_equal(newest(), 401);
}

static void a_failing_call_is_reported_and_can_be_repeated(void **unused)
{
	static const int all[] = { ENOSPC, EROFS, EIO };

	for (unsigned e = 0; e < ARRAY_LEN(all); e++) {
		for (unsigned at = 1; at <= 40; at++) {
			unsigned k = 0, failed = 0;

			fake_init(disk, &fake_ops, at);
			disk->fail_at = at;
			disk->fail_calls = 1;
			disk->fail_errno = all[e];
			if (open_ring() < 0) {
				failed++;	/* its name may be there for good, or not */
				assert_in_range(open_ring(), RING_CONTINUED, RING_NEW);
			}
			while (k < 60) {
				if (add(++k) == 0 && ring_flush(&ring, k % 3 == 0) == 0)
					continue;
				failed++;
				assert_int_equal(open_ring(), RING_CONTINUED);
				k = ring.last_serial;	/* the queue still has the rest */
			}
			assert_in_range(failed, 0, 1);
			assert_int_equal(ring_flush(&ring, true), 0);
			rewind_tape();
			assert_int_equal(newest(), 60);
		}
	}
}

static void what_memory_kept_is_appended_to_the_disk(void **unused)
{
	struct fakedisk *memory = malloc(sizeof(*memory));
	struct ring second;
	enum ring_found found;
	struct flight_note n;
	ssize_t len;
	uint8_t *bytes;

	fake_init(memory, &fake_ops, 2);
	assert_int_equal(open_ring(), RING_NEW);
	for (unsigned k = 1; k <= 300; k++)
		assert_int_equal(add(k), 0);
	assert_int_equal(ring_flush(&ring, true), 0);
	assert_int_equal(ring_open(&second, &memory->disk, SIZE, &found), 0);
	ring_inherit(&second, &ring);
	for (unsigned k = 290; k <= 350; k++) {
		make_note(&n, k);
		origin.serial = k;
		assert_int_equal(ring_add(&second, &origin, &n), 0);
	}
	assert_int_equal(ring_flush(&second, true), 0);
	bytes = ring_read(&memory->disk, &len);
	assert_non_null(bytes);
	assert_int_equal(ring_merge(&ring, bytes, (size_t)len), 0);
	assert_int_equal(ring_merge(&ring, bytes, (size_t)len), 0);	/* twice changes nothing */
	assert_int_equal(ring_flush(&ring, true), 0);
	rewind_tape();
	assert_int_equal(newest(), 350);
	free(bytes);
	ring_close(&second);
	free(memory);
}

/* --- reading --------------------------------------------------------------------------------- */

static void any_moment_is_the_fold_of_all_before_it(void **unused)
{
	struct moment all = moment_in(storage, sizeof(storage)), some = moment_in(storage2, sizeof(storage2));
	struct tape_note n;
	bool whole;

	assert_int_equal(open_ring(), RING_NEW);
	for (unsigned k = 1; k <= 3000; k++)
		assert_int_equal(add(k), 0);
	assert_int_equal(ring_flush(&ring, true), 0);
	rewind_tape();
	tape_moment(&tape, tape_notes(&tape) - 1, &some, &whole);
	assert_true(whole);
	for (unsigned i = 0; i < tape_notes(&tape); i++) {
		assert_true(tape_note(&tape, i, &n));
		tape_step(&tape, i, &all);
		tape_moment(&tape, i, &some, &whole);
		if (whole && n.kind != FLIGHT_SNAP && n.kind != FLIGHT_SNAP_BEGIN) {
			char a[16], b[16];

			moment_text(&all, "ptp4l", TAG_PID, a, sizeof(a));
			moment_text(&some, "ptp4l", TAG_PID, b, sizeof(b));
			assert_string_equal(a, b);
		}
	}
}

static void one_is_never_far_from_a_snapshot(void **unused)
{
	struct tape_note n;
	unsigned since = 0, most = 0;

	assert_int_equal(open_ring(), RING_NEW);
	for (unsigned k = 1; k <= 3000; k++)
		assert_int_equal(add(k), 0);
	assert_int_equal(ring_flush(&ring, true), 0);
	rewind_tape();
	for (unsigned i = 0; i < tape_notes(&tape); i++) {
		assert_true(tape_note(&tape, i, &n));
		since = n.kind == FLIGHT_SNAP_END ? 0 : since + 1;
		most = since > most ? since : most;
	}
	assert_in_range(most, 50, RING_SNAPSHOT_EVERY + 16);
}

static void record_state(const char *subject, const char *state, int64_t at_ms)
{
	struct flight_note n;

	flight_begin(&n, FLIGHT_DECISION, subject);
	n.at_ns = at_ms * 1000000;
	flight_text(&n, TAG_STATE, state);
	origin.serial++;
	assert_int_equal(ring_add(&ring, &origin, &n), 0);
}

static void record_start(int64_t at_ms, int64_t wall_ms)
{
	struct flight_note n;

	flight_begin(&n, FLIGHT_START, "");
	n.at_ns = at_ms * 1000000;
	flight_int(&n, TAG_WALL_MS, wall_ms);
	origin.serial++;
	assert_int_equal(ring_add(&ring, &origin, &n), 0);
}

static void when_did_it_last_change_before_here(void **unused)
{
	assert_int_equal(open_ring(), RING_NEW);
	record_start(0, 0);			/* 0 */
	record_state("ptp4l", "running", 10);	/* 1 */
	record_state("ptp4l", "ready", 20);	/* 2 */
	record_state("phc2sys", "waiting", 30);	/* 3 */
	record_state("ptp4l", "ready", 40);	/* 4: the same again */
	record_state("ptp4l", "waiting", 50);	/* 5 */
	assert_int_equal(ring_flush(&ring, true), 0);
	rewind_tape();
	assert_int_equal(tape_last_change(&tape, 5, "ptp4l", TAG_STATE), 5);
	assert_int_equal(tape_last_change(&tape, 4, "ptp4l", TAG_STATE), 2);
	assert_int_equal(tape_last_change(&tape, 1, "ptp4l", TAG_STATE), 1);
	assert_int_equal(tape_last_change(&tape, 5, "phc2sys", TAG_STATE), 3);
	assert_int_equal(tape_last_change(&tape, 2, "phc2sys", TAG_STATE), -1);
	assert_int_equal(tape_last_change(&tape, 5, "ptp4l", TAG_LOCK), -1);
}

static void a_value_older_than_the_tape_has_no_known_change(void **unused)
{
	assert_int_equal(open_ring(), RING_NEW);
	record_start(0, 0);
	record_state("ptp4l", "ready", 1);
	for (unsigned k = 0; k < 2000; k++)
		record_state("phc2sys", k & 1 ? "ready" : "running", 2 + k);
	assert_int_equal(ring_flush(&ring, true), 0);
	rewind_tape();
	assert_int_equal(tape_last_change(&tape, tape_notes(&tape) - 1, "ptp4l", TAG_STATE), -1);
	assert_int_not_equal(tape_last_change(&tape, tape_notes(&tape) - 1, "phc2sys", TAG_STATE), -1);
}

static bool holds(void *owner, const struct tape_note *n)
{
	return tape_holds(n, owner);
}

static void text_is_found_in_both_directions(void **unused)
{
	assert_int_equal(open_ring(), RING_NEW);
	record_state("ptp4l", "running", 1);
	record_state("ptp4l", "ready", 2);
	record_state("ptp4l", "waiting", 3);
	assert_int_equal(ring_flush(&ring, true), 0);
	rewind_tape();
	assert_int_equal(tape_find(&tape, 0, 1, holds, (char *)"READY"), 1);
	assert_int_equal(tape_find(&tape, 2, -1, holds, (char *)"run"), 0);
	assert_int_equal(tape_find(&tape, 0, 1, holds, (char *)"nowhere"), -1);
	assert_int_equal(tape_find(&tape, 2, -1, holds, (char *)"phc"), -1);
}

static void two_boots_keep_their_times_apart(void **unused)
{
	int64_t ms;

	assert_int_equal(open_ring(), RING_NEW);
	record_start(1000, 1700000000000);
	record_state("ptp4l", "ready", 900000);
	origin = (struct ring_origin){ .boot = 0xb008, .run = 78 };
	record_start(500, 1700000900000);
	record_state("ptp4l", "running", 600);
	assert_int_equal(ring_flush(&ring, true), 0);
	rewind_tape();
	assert_int_equal(tape_at(&tape, 0xb007, 2000000000), 0);
	assert_int_equal(tape_at(&tape, 0xb008, 2000000000), 3);
	assert_int_equal(tape_at(&tape, 0xb009, 2000000000), -1);
	assert_true(tape_wall(&tape, 1, &ms));
	assert_true(ms == 1700000900000);
	assert_true(tape_wall(&tape, 3, &ms));
	assert_true(ms == 1700000900600);
	/* what was so before the boot is over */
	assert_int_equal(tape_last_change(&tape, 3, "ptp4l", TAG_STATE), 3);
	assert_int_equal(tape_last_change(&tape, 2, "ptp4l", TAG_STATE), -1);
}

/* --- the queue ------------------------------------------------------------------------------- */

static void notes_pass_the_queue_in_order_whatever_their_length(void **unused)
{
	struct flight_queue *q = flight_queue_new(1, 2);
	struct flight_note in, out;
	uint32_t at, serial;
	unsigned taken = 0;

	for (unsigned k = 1; k <= 5000; k++) {
		make_note(&in, k);
		(void)flight_queue_put(q, &in);
		for (at = q->tail; k % 11 == 0 && flight_queue_next(q, &at, &out, &serial);
		     flight_queue_taken(q, at)) {
			taken++;
			make_note(&in, taken);
			assert_int_equal(serial, taken);
			assert_int_equal(out.len, in.len);
			assert_memory_equal(out.bytes, in.bytes, in.len);
		}
	}
	assert_in_range(taken, 4900, 5000);
	flight_queue_free(q);
}

static void a_full_queue_counts_and_says_what_it_lost(void **unused)
{
	struct flight_queue *q = flight_queue_new(1, 2);
	struct flight_note n;
	struct flight_field f;
	uint32_t at, serial;
	unsigned put = 0;
	size_t pos = 0;

	make_note(&n, 4);
	while (!q->lost) {
		(void)flight_queue_put(q, &n);
		put++;
	}
	(void)flight_queue_put(q, &n);
	assert_int_equal(q->lost, 2);
	assert_in_range(put, 50, 200);
	for (at = q->tail; flight_queue_next(q, &at, &n, &serial);)
		;
	flight_queue_taken(q, at);
	make_note(&n, 5);
	(void)flight_queue_put(q, &n);
	assert_int_equal(q->lost, 0);
	at = q->tail;
	assert_true(flight_queue_next(q, &at, &n, &serial));
	assert_int_equal(n.kind, FLIGHT_LOST);
	while (flight_next(n.bytes, n.len, &pos, &f) && f.tag != TAG_COUNT)
		;
	assert_int_equal(flight_number(&f), 2);
	assert_true(flight_queue_next(q, &at, &n, &serial));
	assert_false(flight_queue_next(q, &at, &n, &serial));
	flight_queue_free(q);
}

static void the_scribe_is_called_once_and_only_when_it_must(void **unused)
{
	struct flight_queue *q = flight_queue_new(1, 2);
	struct flight_note n;
	unsigned calls = 0;

	make_note(&n, 1);
	assert_int_equal(flight_queue_put(q, &n), 0);
	n.urgent = true;
	assert_int_equal(flight_queue_put(q, &n), QUEUE_URGENT);
	assert_int_equal(flight_queue_put(q, &n), 0);
	q->called = 0;
	n.urgent = false;
	for (unsigned i = 0; i < 600; i++)
		calls += flight_queue_put(q, &n) == QUEUE_FILLS;
	assert_int_equal(calls, 1);
	flight_queue_free(q);
}

int main(void)
{
#define WITH_DISK(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_every_size_come_back),
		cmocka_unit_test(a_field_that_reaches_out_of_its_note_ends_it),
		cmocka_unit_test(long_text_is_cut_and_said_to_be),
		cmocka_unit_test(every_tag_and_kind_has_a_name),
		cmocka_unit_test(the_newest_lasting_value_is_the_state),
		cmocka_unit_test(empty_text_and_a_gone_subject_leave_nothing),
		cmocka_unit_test(all_values_can_be_listed),
		cmocka_unit_test(a_full_moment_drops_and_counts),
		WITH_DISK(what_was_recorded_can_be_read),
		WITH_DISK(the_next_one_goes_on_behind_it),
		WITH_DISK(it_goes_round_and_keeps_the_newest),
		WITH_DISK(the_sequence_goes_on_over_its_round_numbers),
		WITH_DISK(the_serial_may_go_round),
		WITH_DISK(nothing_synced_is_lost_and_nothing_invented_by_any_cut),
		WITH_DISK(no_hole_before_the_last_sync),
		WITH_DISK(a_cut_while_it_is_made_leaves_one_that_can_be_used),
		WITH_DISK(every_flipped_bit_of_a_record_is_noticed),
		WITH_DISK(a_flipped_byte_anywhere_costs_one_note),
		WITH_DISK(garbage_is_no_ring),
		WITH_DISK(a_strangers_file_is_set_aside),
		WITH_DISK(a_newer_form_is_set_aside_and_said),
		WITH_DISK(without_its_head_the_notes_are_read_all_the_same),
		WITH_DISK(the_form_of_version_one_stays),
		WITH_DISK(another_size_takes_the_notes_along),
		WITH_DISK(a_failing_call_is_reported_and_can_be_repeated),
		WITH_DISK(what_memory_kept_is_appended_to_the_disk),
		WITH_DISK(any_moment_is_the_fold_of_all_before_it),
		WITH_DISK(one_is_never_far_from_a_snapshot),
		WITH_DISK(when_did_it_last_change_before_here),
		WITH_DISK(a_value_older_than_the_tape_has_no_known_change),
		WITH_DISK(text_is_found_in_both_directions),
		WITH_DISK(two_boots_keep_their_times_apart),
		cmocka_unit_test(notes_pass_the_queue_in_order_whatever_their_length),
		cmocka_unit_test(a_full_queue_counts_and_says_what_it_lost),
		cmocka_unit_test(the_scribe_is_called_once_and_only_when_it_must),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
