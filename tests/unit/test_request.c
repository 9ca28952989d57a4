#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "test.h"
#include "supervisor/control/frame.h"
#include "supervisor/control/request.h"

static int parse(const char *line, struct request *out)
{
	struct err err = { 0 };
	int rc = request_parse(line, strlen(line), out, &err);

	assert_true(rc == 0 || err.code == EINVAL);
	return rc;
}

static void a_request_survives_the_way(void **unused)
{
	struct request r = { .verb = "start", .unit = "p%t p\x01=4\xff", .wait = true,
			     .wait_ms = 2500, .force = true }, back;
	char room[REQUEST_MAX];
	struct text line = text_in(room, sizeof(room));

	request_write(&r, &line);
	assert_false(line.cut);
	for (const char *s = room; s[1]; s++)
		assert_in_range(*s, 0x20, 0x7e);
	assert_int_equal(room[line.len - 1], '\n');
	room[line.len - 1] = '\0';
	assert_int_equal(parse(room, &back), 0);
	assert_string_equal(back.verb, r.verb);
	assert_string_equal(back.unit, r.unit);
	assert_true(back.wait && back.force && !back.json && !back.locked);
	assert_int_equal(back.wait_ms, 2500);
}

static void what_is_no_request_is_refused_and_leaves_the_output_alone(void **unused)
{
	static const char *const bad[] = {
		"", " ", "status  json", "status nonsense", "status json=1", "status unit",
		"status unit=", "status unit=a%0", "status unit=a%zz", "status unit=a%00b",
		"status wait_ms=", "status wait_ms=-1", "status wait_ms=1x", "status\tjson",
		"status wait_ms=99999999999999999999", "averyveryverylongverb", "GET / HTTP/1.1\r",
		"status \x7f", "status \xc3\xa4",
	};
	struct request r = { .verb = "mine" };
	char longest[REQUEST_WORD_MAX + 32];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(parse(bad[i], &r), -EINVAL);
	snprintf(longest, sizeof(longest), "status unit=%0*d", REQUEST_WORD_MAX, 0);
	assert_int_equal(parse(longest, &r), -EINVAL);
	assert_string_equal(r.verb, "mine");
	longest[strlen(longest) - 1] = '\0';
	assert_int_equal(parse(longest, &r), 0);
	assert_int_equal(strlen(r.unit), REQUEST_WORD_MAX - 1);
}

struct heard {
	char text[3][200000];
	size_t len[3];
};

static void on_piece(void *owner, enum frame_kind kind, const char *bytes, size_t len)
{
	struct heard *h = owner;
	int which = kind == FRAME_OUT ? 0 : kind == FRAME_ERR ? 1 : 2;

	memcpy(h->text[which] + h->len[which], bytes, len);
	h->len[which] += len;
}

static void frames_come_through_whatever_the_pieces(void **unused)
{
	static const size_t steps[] = { 1, 2, 3, 7, 4096, 1000000 };
	static char big[100000];
	static struct heard h;
	struct outbuf b = { .limit = 300000 };

	memset(big, 'b', sizeof(big));
	assert_int_equal(frame_puts(&b, FRAME_OUT, "one"), 0);
	assert_int_equal(frame_puts(&b, FRAME_ERR, "two"), 0);
	assert_int_equal(frame_put(&b, FRAME_OUT, big, sizeof(big)), 0);
	assert_int_equal(frame_exit(&b, 5), 0);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct frame_reader r = { .head_n = 0 };

		memset(&h, 0, sizeof(h));
		for (size_t at = 0; at < b.len; at += steps[i]) {
			size_t n = b.len - at < steps[i] ? b.len - at : steps[i];

			assert_int_equal(frame_feed(&r, b.at + at, n, on_piece, &h), 0);
		}
		assert_int_equal(h.len[0], 3 + sizeof(big));
		assert_memory_equal(h.text[0], "onebbb", 6);
		assert_memory_equal(h.text[1], "two", 3);
		assert_int_equal(h.len[2], 1);
		assert_int_equal(h.text[2][0], 5);
	}
	outbuf_free(&b);
}

static void a_buffer_stops_at_its_limit_and_remembers(void **unused)
{
	struct outbuf b = { .limit = 3 * FRAME_HEAD + 30 };

	assert_int_equal(frame_puts(&b, FRAME_OUT, "0123456789"), 0);
	assert_int_equal(frame_puts(&b, FRAME_OUT, "0123456789"), 0);
	assert_int_equal(frame_puts(&b, FRAME_OUT, "0123456789"), 0);
	assert_int_equal(b.len, b.limit);
	assert_int_equal(frame_puts(&b, FRAME_OUT, "x"), -ENOBUFS);
	assert_int_equal(b.error, -ENOBUFS);
	assert_int_equal(b.len, b.limit);
	outbuf_free(&b);
}

static void what_was_sent_makes_room(void **unused)
{
	static const char forty[] = "0123456789012345678901234567890123456789";
	struct outbuf b = { .limit = 100 };

	for (int i = 0; i < 1000; i++) {
		assert_int_equal(frame_puts(&b, FRAME_OUT, forty), 0);
		b.sent = b.len;
	}
	outbuf_free(&b);
}

static void other_protocols_are_not_taken_for_answers(void **unused)
{
	static const char *const other[] = { "HTTP/1.1 200 OK", "o\xff\xff\xff\xff", "\n" };

	for (size_t i = 0; i < ARRAY_LEN(other); i++) {
		static struct heard h;
		struct frame_reader r = { .head_n = 0 };

		assert_int_equal(frame_feed(&r, other[i], strlen(other[i]), on_piece, &h), -EPROTO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_survives_the_way),
		cmocka_unit_test(what_is_no_request_is_refused_and_leaves_the_output_alone),
		cmocka_unit_test(frames_come_through_whatever_the_pieces),
		cmocka_unit_test(a_buffer_stops_at_its_limit_and_remembers),
		cmocka_unit_test(what_was_sent_makes_room),
		cmocka_unit_test(other_protocols_are_not_taken_for_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
