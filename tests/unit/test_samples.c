#include "test.h"

#include <stdlib.h>
#include "supervisor/loop.h"
#include "supervisor/record/samples.h"

static struct samples *s;
static struct flight_note note;

static int set_up(void **state)
{
	s = malloc(sizeof(*s));
	samples_init(s);
	return 0;
}

static int tear_down(void **state)
{
	free(s);
	return 0;
}

static struct flight_field field(unsigned tag, unsigned nth)
{
	struct flight_field f = { 0 };
	size_t at = 0;

	while (flight_next(note.bytes, note.len, &at, &f))
		if (f.tag == tag && nth-- == 0)
			return f;
	return (struct flight_field){ .tag = 0 };
}

static msec_t note_at(void)
{
	return note.at_ns / 1000000;
}

/* From now on, one a second, as many as that. */
static void feed(msec_t from, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		(void)samples_take(s, from + i * SEC, i % 2 ? 10 : -30, 1000.4);
}

static void a_minute_becomes_one_entry(void **unused)
{
	msec_t from = loop_now() - 200 * SEC;
	struct sample_minute m;
	struct flight_field f;

	feed(from, 61);
	assert_true(samples_minutes(s, "ptp4l", &note));
	assert_int_equal(note.kind, FLIGHT_OFFSETS);
	f = field(TAG_MINUTES, 0);
	assert_true(samples_read_minute(&f, 0, note_at(), &m));
	assert_int_equal(m.from, from);
	assert_int_equal(m.n, 60);
	assert_int_equal(m.least, -30);
	assert_int_equal(m.mean, -10);
	assert_int_equal(m.most, 10);
	assert_in_range(m.deviation, 19, 21);
	assert_int_equal(m.freq_ppb, 1000);
	assert_false(samples_read_minute(&f, 1, note_at(), &m));
	assert_false(samples_minutes(s, "ptp4l", &note));
}

static void six_minutes_make_a_note(void **unused)
{
	msec_t from = loop_now() - HOUR;
	unsigned k = 0;

	while (!samples_take(s, from + k * SEC, k, 0))
		k++;
	assert_int_equal(k, SAMPLES_MINUTES * 60);
	assert_true(samples_minutes(s, "ptp4l", &note));
	assert_int_equal(field(TAG_MINUTES, 0).len, SAMPLES_MINUTES * MINUTE_BYTES);
	assert_false(note.cut);
}

static void the_minute_under_way_is_told_when_asked_for(void **unused)
{
	struct sample_minute m;
	struct flight_field f;

	feed(loop_now() - 5 * SEC, 5);
	assert_false(samples_minutes(s, "ptp4l", &note));
	samples_end_minute(s);
	assert_true(samples_minutes(s, "ptp4l", &note));
	f = field(TAG_MINUTES, 0);
	assert_true(samples_read_minute(&f, 0, note_at(), &m));
	assert_int_equal(m.n, 5);
	samples_end_minute(s);
	assert_false(samples_minutes(s, "ptp4l", &note));
}

static void single_ones_are_told_once_and_in_order(void **unused)
{
	msec_t from = loop_now() - 100 * SEC, at;
	unsigned seen = 0;

	feed(from, 100);
	while (samples_single(s, "ptp4l", &note)) {
		assert_false(note.cut);
		for (unsigned k = 0;; k++) {
			struct flight_field f = field(TAG_SAMPLES, k);
			struct sample one;

			if (!f.tag)
				break;
			for (unsigned i = 0; samples_read(&f, i, note_at(), &at, &one); i++, seen++) {
				assert_int_equal(at, from + seen * SEC);
				assert_int_equal(one.offset_ns, seen % 2 ? 10 : -30);
				assert_int_equal(one.freq_ppb, 1000);
			}
		}
	}
	assert_int_equal(seen, 100);
	feed(loop_now(), 1);
	assert_true(samples_single(s, "ptp4l", &note));
	assert_int_equal(field(TAG_SAMPLES, 0).len, SAMPLE_BYTES);
}

static void only_the_newest_are_kept(void **unused)
{
	unsigned seen = 0;

	feed(loop_now() - HOUR, SAMPLES_KEPT + 1);
	while (samples_single(s, "ptp4l", &note))
		for (unsigned k = 0; field(TAG_SAMPLES, k).tag; k++)
			seen += field(TAG_SAMPLES, k).len / SAMPLE_BYTES;
	assert_int_equal(seen, SAMPLES_KEPT);
}

static void what_32_bits_cannot_say_is_held_at_the_end(void **unused)
{
	struct flight_field f;
	struct sample one;
	msec_t at;

	(void)samples_take(s, loop_now(), 1.7e18, -1e12);
	(void)samples_take(s, loop_now(), -1.7e18, 0);
	assert_true(samples_single(s, "ptp4l", &note));
	f = field(TAG_SAMPLES, 0);
	assert_true(samples_read(&f, 0, note_at(), &at, &one));
	assert_int_equal(one.offset_ns, INT32_MAX);
	assert_int_equal(one.freq_ppb, -INT32_MAX);
	assert_true(samples_read(&f, 1, note_at(), &at, &one));
	assert_int_equal(one.offset_ns, -INT32_MAX);
}

int main(void)
{
#define WITH(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH(a_minute_becomes_one_entry),
		WITH(six_minutes_make_a_note),
		WITH(the_minute_under_way_is_told_when_asked_for),
		WITH(single_ones_are_told_once_and_in_order),
		WITH(only_the_newest_are_kept),
		WITH(what_32_bits_cannot_say_is_held_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
