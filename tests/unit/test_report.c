/* The report: an incident's file and the recording around it, as a page, as text, as JSON. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jsoncheck.h"
#include "supervisor/timeline/report.h"
#include "supervisor/timeline/svg.h"
#include "test.h"

static char folder[64], path[128], shown[512 * 1024];
static struct report r;
static struct flight_note note;
static uint8_t file[128 * 1024];
static size_t file_len;
static uint64_t seq;

static void put(double at_s)
{
	size_t done = 0;
	uint8_t part = 0;
	static uint32_t serial;

	serial++;
	do {
		struct ring_record rec = { .seq = ++seq, .at_ns = (int64_t)(at_s * 1e9), .boot = 1,
					   .run = 1, .serial = serial, .kind = (uint8_t)note.kind,
					   .part = part++ };
		size_t len = note.len - done < RING_PAYLOAD ? note.len - done : RING_PAYLOAD;

		memcpy(rec.payload, note.bytes + done, len);
		rec.len = (uint8_t)len;
		done += len;
		rec.more = done < note.len;
		ring_record_encode(&rec, file + file_len);
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

static void record_story(void)
{
	ring_head_encode(file, sizeof(file));
	file_len = RING_SECTOR;
	seq = 0;
	flight_begin(&note, FLIGHT_START, "");
	flight_int(&note, TAG_WALL_MS, 1795300000000);
	put(1);
	text_note(5, FLIGHT_LINE, "ptp4l", TAG_TEXT, "too long ago");
	text_note(90, FLIGHT_DECISION, "ptp4l", TAG_STATE, "ready");
	flight_begin(&note, FLIGHT_HEALTH, "ptp4l");
	flight_int(&note, TAG_READY, 1);
	flight_int(&note, TAG_OFFSET_NS, 123);
	put(95);
	text_note(99, FLIGHT_LINE, "ptp4l", TAG_TEXT, "<script>alert(1)</script> from 192.0.2.7");
	flight_begin(&note, FLIGHT_INCIDENT, "ptp4l");
	flight_int(&note, TAG_NUMBER_OF, 4);
	flight_text(&note, TAG_RESULT, "opened");
	put(100);
	text_note(101, FLIGHT_EXIT, "ptp4l", TAG_LAST_EXIT, "signal 11");
	text_note(110, FLIGHT_DECISION, "ptp4l", TAG_STATE, "ready");
	flight_begin(&note, FLIGHT_INCIDENT, "ptp4l");
	flight_int(&note, TAG_NUMBER_OF, 4);
	flight_text(&note, TAG_RESULT, "closed");
	put(111);
}

static void write_file(const char *name, const void *bytes, size_t len)
{
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

static int set_up(void **unused)
{
	static uint8_t bytes[INCIDENT_FILE_MAX];
	const struct kept_incident i = { .number = 4, .unit = "ptp4l", .opened = 1795300100,
					 .closed = 1795300111, .repeats = 2, .unlocked_ms = 11500 };
	const struct incident_texts t = {
		.title = "The program <crashed>.", .text = "ptp4l: crashed.\nmaster 192.0.2.7 & more\n",
		.course = "[{\"at_ms\":0,\"what\":\"ended\"}]", .diagnosis = "{\"verdict\":\"cause\"}",
	};
	struct err err = { 0 };

	strcpy(folder, "/tmp/ptpwarden-report-XXXXXX");
	assert_non_null(mkdtemp(folder));
	write_file("4.incident", bytes, incident_file_encode(&i, &t, bytes));
	record_story();
	write_file("flight.ring", file, file_len);
	assert_int_equal(report_open(&r, folder, path, 0, &err), 0);
	return 0;
}

static int tear_down(void **unused)
{
	report_close(&r);
	unlink(path);
	snprintf(path, sizeof(path), "%s/4.incident", folder);
	unlink(path);
	return rmdir(folder);
}

static const char *printed(enum report_form form)
{
	FILE *out = fmemopen(shown, sizeof(shown), "w");

	assert_int_equal(report_print(&r, form, out), 0);
	fclose(out);
	return shown;
}

static void a_page_holds_verdict_pictures_and_events(void **unused)
{
	printed(REPORT_HTML);
	assert_non_null(strstr(shown, "<h1>The program &lt;crashed&gt;.</h1>"));
	assert_non_null(strstr(shown, "master 192.0.2.7 &amp; more"));
	assert_non_null(strstr(shown, "aria-label=\"states over time\""));
	assert_non_null(strstr(shown, "aria-label=\"offset over time\""));
	assert_non_null(strstr(shown, "<title>process ended</title>"));
	assert_non_null(strstr(shown, "ended with signal 11"));
	assert_non_null(strstr(shown, "failed again 2 times, 11.5 s without lock"));
	assert_non_null(strstr(shown, "</body></html>"));
}

static void nothing_in_it_is_run_or_fetched(void **unused)
{
	printed(REPORT_HTML);
	assert_null(strstr(shown, "<script"));
	assert_null(strstr(shown, "src="));
	assert_null(strstr(shown, "href="));
	assert_null(strstr(shown, "url("));
	assert_non_null(strstr(shown, "&lt;script&gt;alert(1)"));
}

static void every_tag_that_is_opened_is_closed(void **unused)
{
	static const char *const tags[] = { "html", "head", "body", "table", "tr", "td", "pre", "svg",
					    "h1", "h2", "p", "text", "title", "style" };

	printed(REPORT_HTML);
	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		char open[16], close[16];
		int depth = 0;

		snprintf(open, sizeof(open), "<%s", tags[i]);
		snprintf(close, sizeof(close), "</%s>", tags[i]);
		for (const char *s = shown; *s; s++) {
			size_t n = strlen(open);

			depth += !strncmp(s, open, n) && strchr(" >\n", s[n]);
			depth -= !strncmp(s, close, strlen(close));
			assert_true(depth >= 0);
		}
		if (depth)
			fail_msg("%s", tags[i]);
	}
}

static void it_begins_a_minute_before(void **unused)
{
	printed(REPORT_TEXT);
	assert_null(strstr(shown, "too long ago"));
	assert_non_null(strstr(shown, "decision state ready"));
}

static void redacted_it_tells_no_address(void **unused)
{
	static const enum report_form forms[] = { REPORT_TEXT, REPORT_HTML, REPORT_JSON };

	report_redact(&r);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		printed(forms[i]);
		assert_null(strstr(shown, "192.0.2.7"));
		assert_non_null(strstr(shown, "IP-1"));
	}
}

static void json_is_json(void **unused)
{
	assert_true(json_valid(printed(REPORT_JSON)));
	assert_non_null(strstr(shown, "\"diagnosis\":{\"verdict\":\"cause\"}"));
	report_redact(&r);
	assert_true(json_valid(printed(REPORT_JSON)));
}

static void without_a_recording_the_verdict_is_still_told(void **unused)
{
	struct err err = { 0 };

	report_close(&r);
	assert_int_equal(report_open(&r, folder, "/nonexistent", 4, &err), 0);
	assert_non_null(strstr(printed(REPORT_HTML), "does not reach back"));
	assert_non_null(strstr(shown, "The program &lt;crashed&gt;."));
}

static void what_is_not_kept_or_damaged_is_said(void **unused)
{
	struct report none;
	struct err err = { 0 };

	assert_int_equal(report_open(&none, folder, path, 5, &err), -ENOENT);
	assert_non_null(strstr(err.text, "history"));
	err = (struct err){ 0 };
	write_file("9.incident", "nonsense", 8);
	assert_int_equal(report_open(&none, folder, path, 0, &err), -EINVAL);
	assert_non_null(strstr(err.text, "damaged"));
	unlink(path);
	snprintf(path, sizeof(path), "%s/flight.ring", folder);
	assert_int_equal(report_open(&none, "/tmp/ptpwarden-no-such-folder", path, 0, &err), -ENOENT);
}

static void text_for_a_page_is_made_safe(void **unused)
{
	FILE *out = fmemopen(shown, sizeof(shown), "w");

	svg_text("a<b>&\"'\x1b\n", out);
	fclose(out);
	assert_string_equal(shown, "a&lt;b&gt;&amp;&quot;&#39;&#xFFFD;\n");
}

#define KEPT(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		KEPT(a_page_holds_verdict_pictures_and_events),
		KEPT(nothing_in_it_is_run_or_fetched),
		KEPT(every_tag_that_is_opened_is_closed),
		KEPT(it_begins_a_minute_before),
		KEPT(redacted_it_tells_no_address),
		KEPT(json_is_json),
		KEPT(without_a_recording_the_verdict_is_still_told),
		KEPT(what_is_not_kept_or_damaged_is_said),
		cmocka_unit_test(text_for_a_page_is_made_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
