/* The timeline: from the bytes of a recording to what a person reads. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jsoncheck.h"
#include "supervisor/timeline/clock.h"
#include "supervisor/timeline/cursor.h"
#include "supervisor/timeline/listing.h"
#include "supervisor/timeline/notetext.h"
#include "supervisor/timeline/page.h"
#include "supervisor/timeline/panel.h"
#include "supervisor/timeline/plot.h"
#include "test.h"

enum { ROOM = 256 * 1024, WALL_2026 = 1795300000 };	/* seconds */

static uint8_t file[ROOM];
static size_t file_len;
static uint64_t seq;
static uint32_t serial;
static struct flight_note note;
static struct reel reel;
static char shown[PAGE_BYTES], plain[PAGE_BYTES];

/* --- a story on tape -------------------------------------------------------------------- */

static void tape_begin(void)
{
	memset(file, 0, sizeof(file));
	ring_head_encode(file, sizeof(file));
	file_len = RING_SECTOR;
	seq = serial = 0;
}

static void put(double at_s)
{
	size_t done = 0;
	uint8_t part = 0;

	serial++;
	do {
		struct ring_record r = { .seq = ++seq, .at_ns = (int64_t)(at_s * 1e9), .boot = 7,
					 .run = 9, .serial = serial, .kind = (uint8_t)note.kind,
					 .part = part++ };
		size_t len = note.len - done < RING_PAYLOAD ? note.len - done : RING_PAYLOAD;

		memcpy(r.payload, note.bytes + done, len);
		r.len = (uint8_t)len;
		done += len;
		r.more = done < note.len;
		assert_true(file_len + RING_RECORD <= sizeof(file));
		ring_record_encode(&r, file + file_len);
		file_len += RING_RECORD;
	} while (done < note.len);
}

static void text_note(double at, enum flight_kind kind, const char *subject, enum flight_tag tag,
		      const char *text)
{
	flight_begin(&note, kind, subject);
	flight_text(&note, tag, text);
	put(at);
}

static void number_note(double at, enum flight_kind kind, const char *subject, enum flight_tag tag,
			int64_t number)
{
	flight_begin(&note, kind, subject);
	flight_int(&note, tag, number);
	put(at);
}

/* Started at 10 s, ready at 12 s, the cable is pulled at 30 s, back at 40 s. */
static void tell_story(void)
{
	tape_begin();
	number_note(10, FLIGHT_START, "", TAG_WALL_MS, (int64_t)WALL_2026 * 1000);
	number_note(10.1, FLIGHT_LAUNCH, "ptp4l", TAG_PID, 4711);
	text_note(10.1, FLIGHT_DECISION, "ptp4l", TAG_STATE, "starting");
	flight_begin(&note, FLIGHT_HEALTH, "ptp4l");
	flight_int(&note, TAG_READY, 1);
	flight_text(&note, TAG_LOCK, "LOCKED");
	flight_int(&note, TAG_OFFSET_NS, -42);
	put(12);
	text_note(12, FLIGHT_DECISION, "ptp4l", TAG_STATE, "ready");
	text_note(30, FLIGHT_LINK, "eth0", TAG_LINK, "no carrier");
	flight_begin(&note, FLIGHT_HEALTH, "ptp4l");
	flight_int(&note, TAG_READY, 0);
	flight_text(&note, TAG_LOCK, "HOLDOVER");
	put(30.5);
	text_note(30.6, FLIGHT_LINE, "ptp4l", TAG_TEXT, "port 1: link \x1b[31mdown");
	flight_begin(&note, FLIGHT_INCIDENT, "ptp4l");
	flight_int(&note, TAG_NUMBER_OF, 3);
	flight_int(&note, TAG_INCIDENT, 3);
	put(32);
	flight_begin(&note, FLIGHT_DECISION, "ptp4l");
	flight_text(&note, TAG_STATE, "running");
	flight_text(&note, TAG_BECAUSE, "it heals by itself when the link is back");
	put(32.5);
	text_note(40, FLIGHT_LINK, "eth0", TAG_LINK, "carrier");
}

static void load(void)
{
	char path[] = "/tmp/ptpwarden-timeline-XXXXXX";
	struct err err = { 0 };
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, file, file_len), file_len);
	close(fd);
	assert_int_equal(reel_read(&reel, path, &err), 0);
	unlink(path);
}

static int set_up(void **unused)
{
	setenv("TZ", "UTC", 1);
	tell_story();
	load();
	return 0;
}

static int tear_down(void **unused)
{
	reel_free(&reel);
	return 0;
}

static const char *line_at(unsigned place)
{
	struct text t = text_in(shown, sizeof(shown));
	struct tape_note n;

	assert_true(tape_note(&reel.tape, reel.shown[place], &n));
	note_line(&n, &t);
	return shown;
}

/* What a terminal would show: without the escapes. */
static const char *page_text(struct page *p)
{
	struct text t = text_in(shown, sizeof(shown));
	size_t n = 0;

	page_draw(p, &t);
	assert_false(t.cut);
	for (size_t i = 0; shown[i]; i++) {
		if (shown[i] == '\033') {
			assert_int_equal(shown[i + 1], '[');
			for (i += 2; shown[i] >= '0' && shown[i] <= '9'; i++)
				;
			assert_non_null(strchr("mHK", shown[i]));
		} else {
			plain[n++] = shown[i];
		}
	}
	plain[n] = '\0';
	return plain;
}

static struct page *new_page(void)
{
	static struct page p;

	p = (struct page){ .rows = 24, .columns = 80 };
	page_start(&p, &reel, "flight.ring");
	return &p;
}

/* --- tests ------------------------------------------------------------------------------ */

static void a_note_is_told_on_one_line(void **unused)
{
	assert_string_equal(line_at(9), "decision state running, "
			    "because it heals by itself when the link is back");
	assert_non_null(strstr(line_at(3), "ready yes, LOCKED, offset_ns -42 ns"));
}

static void what_a_daemon_printed_cannot_command_the_terminal(void **unused)
{
	assert_null(strchr(line_at(7), '\033'));
	assert_non_null(strstr(shown, "\\x1b[31mdown"));
}

static void the_cursor_steps_and_stays_on_the_tape(void **unused)
{
	static struct cursor c;
	struct flight_field f;

	cursor_start(&c, &reel);
	assert_int_equal(c.place, reel.n - 1);
	cursor_go(&c, -5);
	assert_int_equal(c.place, 0);
	assert_false(moment_get(&c.now, "ptp4l", TAG_STATE, &f));
	cursor_go(&c, 1000);
	assert_int_equal(c.place, reel.n - 1);
	assert_true(moment_get(&c.now, "ptp4l", TAG_STATE, &f));
}

static void jumps_go_both_ways_and_stop_at_the_ends(void **unused)
{
	static struct cursor c;

	cursor_start(&c, &reel);
	assert_true(cursor_jump(&c, JUMP_DECISION, -1));
	assert_int_equal(c.place, 9);
	assert_true(cursor_jump(&c, JUMP_DECISION, -1));
	assert_int_equal(c.place, 4);
	assert_true(cursor_jump(&c, JUMP_SYMPTOM, 1));
	assert_int_equal(c.place, 5);
	assert_true(cursor_jump(&c, JUMP_INCIDENT, 1));
	assert_int_equal(c.place, 8);
	assert_false(cursor_jump(&c, JUMP_INCIDENT, 1));
	assert_int_equal(c.place, 8);
	assert_true(cursor_search(&c, "LINK", -1));
	assert_int_equal(c.place, 7);
}

static void a_value_leads_to_the_event_that_made_it(void **unused)
{
	static struct cursor c;

	cursor_start(&c, &reel);
	assert_int_equal(cursor_origin(&c, "ptp4l", TAG_LOCK), 0);
	assert_int_equal(c.place, 6);
	assert_int_equal(cursor_origin(&c, "ptp4l", TAG_LINK), -ENOENT);
	assert_int_equal(c.place, 6);
}

static void the_last_good_moment_stands_right_before_the_fall(void **unused)
{
	static struct cursor c;

	cursor_start(&c, &reel);
	assert_int_equal(cursor_last_good(&c, "ptp4l"), 5);
	assert_int_equal(cursor_last_good(&c, NULL), 5);
	assert_int_equal(cursor_last_good(&c, "phc2sys"), -1);
	cursor_go(&c, 5);
	assert_int_equal(cursor_last_good(&c, "ptp4l"), 5);
	cursor_go(&c, 2);
	assert_int_equal(cursor_last_good(&c, "ptp4l"), -1);
}

static void the_basis_of_a_decision_begins_after_the_one_before(void **unused)
{
	static struct cursor c;

	cursor_start(&c, &reel);
	cursor_go(&c, 9);
	assert_int_equal(cursor_basis(&c), 5);
}

static void the_difference_to_a_moment_names_both_values(void **unused)
{
	static struct cursor good, now;
	static struct panel p;
	bool lock = false, link = false;

	cursor_start(&good, &reel);
	cursor_go(&good, 4);
	cursor_start(&now, &reel);
	panel_diff(&p, &good.now, &now.now);
	for (unsigned i = 0; i < p.n; i++) {
		lock |= !strcmp(p.line[i].text, "lock LOCKED -> HOLDOVER");
		link |= !strcmp(p.line[i].text, "link none -> carrier");
	}
	assert_true(lock);
	assert_true(link);
	panel_diff(&p, &now.now, &now.now);
	assert_int_equal(p.n, 0);
}

static void moments_are_found_by_word(void **unused)
{
	assert_int_equal(reel_when(&reel, "-8s"), 8);		/* 32 s */
	assert_int_equal(reel_when(&reel, "-7.4"), 9);
	assert_int_equal(reel_when(&reel, "#1"), 0);
	assert_int_equal(reel_when(&reel, "-1h"), -ENOENT);
	assert_int_equal(reel_when(&reel, "2026-11-21 22:26:52"), 4);	/* 12 s after 22:26:40 */
	assert_int_equal(reel_when(&reel, "22:27:11"), 7);
	assert_int_equal(reel_when(&reel, "2020-01-01"), -ENOENT);
	assert_int_equal(reel_when(&reel, "noon"), -EINVAL);
	assert_int_equal(reel_when(&reel, "12:61"), -EINVAL);
	assert_int_equal(reel_when(&reel, ""), -EINVAL);
	assert_int_equal(reel_incident(&reel, 3), 8);
	assert_int_equal(reel_incident(&reel, 4), -1);
}

static void the_page_fits_the_plainest_terminal(void **unused)
{
	struct page *p = new_page();
	unsigned rows = 1, column = 0;

	for (const char *s = page_text(p); *s; s++) {
		if (*s == '\n')
			rows++;
		column = *s == '\r' ? 0 : column + (*s != '\n');
		assert_true(column <= 80);
	}
	assert_int_equal(rows, 24);
	assert_non_null(strstr(plain, "incident 3"));
	assert_non_null(strstr(plain, "lock HOLDOVER"));
	assert_non_null(strstr(plain, "22:27:10.000 eth0"));
}

static void keys_move_through_the_story(void **unused)
{
	struct page *p = new_page();

	page_key(p, KEY_UP);
	assert_int_equal(p->cursor.place, reel.n - 2);
	page_key(p, 'g');
	page_key(p, 's');
	assert_int_equal(p->cursor.place, 5);
	page_key(p, 'i');
	page_key(p, 'i');
	assert_string_equal(p->message, "no further one");
	page_key(p, '/');
	for (const char *s = "heals\r"; *s; s++)
		page_key(p, *s);
	assert_int_equal(p->cursor.place, 9);
	page_key(p, '\r');
	assert_non_null(strstr(page_text(p), "because         it heals by itself"));
	assert_non_null(strstr(plain, "eth0 link no carrier"));
	page_key(p, 'q');
	assert_false(p->quit);
	page_key(p, '?');
	assert_non_null(strstr(page_text(p), "when did the chosen value last change"));
	page_key(p, 'q');
	page_key(p, '=');
	assert_non_null(strstr(page_text(p), "lock LOCKED -> HOLDOVER"));
	page_key(p, 'q');
	assert_true(p->quit);
}

static void w_goes_to_where_the_chosen_value_began(void **unused)
{
	struct page *p = new_page();

	for (unsigned i = 0; i < 40; i++) {
		(void)page_text(p);
		if (p->panel.line[p->chosen].tag == TAG_LOCK)
			break;
		page_key(p, '\t');
	}
	assert_int_equal(p->panel.line[p->chosen].tag, TAG_LOCK);
	page_key(p, 'w');
	assert_int_equal(p->cursor.place, 6);
	assert_non_null(strstr(p->message, "lock HOLDOVER"));
}

static void any_key_on_an_empty_recording_is_harmless(void **unused)
{
	struct page *p;

	reel_free(&reel);
	tape_begin();
	load();
	p = new_page();
	for (int key = 0; key < KEY_BACKTAB + 1; key++) {
		page_key(p, key);
		p->typing = false;
		(void)page_text(p);
	}
	assert_int_equal(p->cursor.place, 0);
}

/* Everything printed by `fn`, as a string. */
static const char *printed(void (*fn)(const struct reel *, struct stretch, FILE *))
{
	static char room[ROOM];
	FILE *to = fmemopen(room, sizeof(room), "w");

	fn(&reel, (struct stretch){ 0, reel.n }, to);
	fclose(to);
	return room;
}

static void lists_and_json_hold_the_story(void **unused)
{
	const char *text = printed(listing_events);

	assert_non_null(strstr(text, "--- 2026-11-21\n22:26:50.000 ptpwarden: start"));
	assert_non_null(strstr(text, "22:27:10.000 eth0: link no carrier\n"));
	text = printed(listing_json);
	assert_true(json_valid(text));
	assert_non_null(strstr(text, "\"lock\":\"HOLDOVER\""));
	assert_non_null(strstr(text, "{\"subject\":\"ptp4l\",\"name\":\"state\",\"value\":\"running\""));
}

static void a_trace_has_each_state_with_its_length(void **unused)
{
	const char *text = printed(listing_trace);

	assert_true(json_valid(text));
	/* ready from 12 s to 32.5 s */
	assert_non_null(strstr(text, "\"tid\":\"state\",\"ts\":1795300012000000,\"dur\":20500000,"
				     "\"name\":\"ready\""));
}

static void offsets_are_drawn_around_the_cursor(void **unused)
{
	static struct plot p;
	struct text t = text_in(shown, sizeof(shown));
	char subject[64];

	assert_true(plot_choose(&reel, reel.n - 1, subject));
	assert_string_equal(subject, "ptp4l");
	strcpy(p.subject, subject);
	plot_gather(&p, &reel, 7, 0, 60 * 1000000000ll);
	assert_int_equal(p.n, 1);
	assert_true(p.at[0].low == -42);
	plot_draw(&p, 0, 60 * 1000000000ll, 30 * 1000000000ll, 80, &t);
	assert_non_null(strchr(shown, '*'));
	assert_non_null(strchr(shown, '|'));
}

static void no_recording_is_refused_with_a_remedy(void **unused)
{
	struct reel none;
	struct err err = { 0 };

	assert_int_equal(reel_read(&none, "/nonexistent/flight.ring", &err), -ENOENT);
	assert_non_null(strstr(err.text, "--ring"));
	assert_int_equal(reel_read(&none, "/dev/null", &err), -EINVAL);
	assert_int_equal(reel_read(&none, "/proc/self/exe", &err), -EINVAL);
}

#define ON_TAPE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_TAPE(a_note_is_told_on_one_line),
		ON_TAPE(what_a_daemon_printed_cannot_command_the_terminal),
		ON_TAPE(the_cursor_steps_and_stays_on_the_tape),
		ON_TAPE(jumps_go_both_ways_and_stop_at_the_ends),
		ON_TAPE(a_value_leads_to_the_event_that_made_it),
		ON_TAPE(the_last_good_moment_stands_right_before_the_fall),
		ON_TAPE(the_basis_of_a_decision_begins_after_the_one_before),
		ON_TAPE(the_difference_to_a_moment_names_both_values),
		ON_TAPE(moments_are_found_by_word),
		ON_TAPE(the_page_fits_the_plainest_terminal),
		ON_TAPE(keys_move_through_the_story),
		ON_TAPE(w_goes_to_where_the_chosen_value_began),
		ON_TAPE(any_key_on_an_empty_recording_is_harmless),
		ON_TAPE(lists_and_json_hold_the_story),
		ON_TAPE(a_trace_has_each_state_with_its_length),
		ON_TAPE(offsets_are_drawn_around_the_cursor),
		cmocka_unit_test(no_recording_is_refused_with_a_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
