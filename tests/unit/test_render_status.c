#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "fakeunits.h"
#include "jsoncheck.h"
#include "supervisor/control/phrase.h"
#include "supervisor/control/render_status.h"
#include "supervisor/control/statusfile.h"

static char room[4 * STATUS_UNIT_MAX];

static struct text fresh(void)
{
	return text_in(room, sizeof(room));
}

static unsigned lines_of(const char *s)
{
	unsigned n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static const char *table(const struct unit_view *v, const struct findings *standing)
{
	struct status_style style = { .colour = false };
	struct text t = fresh();

	status_measure(&style, v);
	status_head(&style, &t);
	status_unit(&style, v, standing, &t);
	assert_false(t.cut);
	return room;
}

static void fill(char *field, size_t size, char with)
{
	memset(field, with, size - 1);
	field[size - 1] = '\0';
}

/* Everything as long as it can be. */
static void worst_view(struct unit_view *v, char with)
{
	static char name[200], alternate[400];

	fill(name, sizeof(name), with);
	fill(alternate, sizeof(alternate), with);
	*v = (struct unit_view){
		.name = name, .program = name, .state = ST_WAITING, .alternate = 7,
		.alternate_name = alternate, .alternate_ms = 1, .pid = 2147483647, .adopted = true,
		.lock = LOCK_HOLDOVER, .offset_known = true, .offset_ns = INT64_MIN,
		.ports = PORTS_MAX + 5, .restarts = 4294967295u, .since_ms = INT64_MAX,
		.next_try_ms = INT64_MAX, .cause = name, .cause_title = alternate,
	};
	fill(v->standing, sizeof(v->standing), with);
	fill(v->grandmaster, sizeof(v->grandmaster), with);
	fill(v->why_not, sizeof(v->why_not), with);
	v->waiting.kind = WAIT_FILE;
	fill(v->waiting.subject, sizeof(v->waiting.subject), with);
	for (int i = 0; i < PORTS_MAX; i++) {
		fill(v->port[i].interface, sizeof(v->port[i].interface), with);
		v->port[i].state = PORT_INITIALIZING;
	}
	v->last_exit = (struct exit_info){ .kind = EXIT_KIND_SIGNAL, .code = 64, .core = true };
}

static void a_healthy_unit_is_one_line(void **unused)
{
	static struct fake_units f;
	struct unit_view *v = fake_add(&f, "ptp4l", ST_READY);

	v->offset_known = true;
	v->offset_ns = -12;
	assert_int_equal(lines_of(table(v, NULL)), 2);
	assert_non_null(strstr(room, "-12 ns"));
	assert_non_null(strstr(room, "LOCKED"));
	assert_null(strstr(room, "ALTERNATE"));
}

static void a_unit_in_trouble_says_what_and_what_it_waits_for(void **unused)
{
	static struct fake_units f;
	struct unit_view *v = fake_add(&f, "ptp4l", ST_WAITING);

	v->cause_title = "The interface eth0 has no link.";
	v->waiting = (struct waitfor){ .kind = WAIT_CARRIER, .subject = "eth0" };
	v->waiting_ms = 12 * SEC + 900;
	table(v, NULL);
	assert_int_equal(lines_of(room), 3);
	assert_non_null(strstr(room, "\n  The interface eth0 has no link. Waiting for carrier on"));
	assert_non_null(strstr(room, "eth0 (since 12 s)."));
	v->waiting_ms = 61 * MIN;
	assert_non_null(strstr(table(v, NULL), "(since 1h01m)."));
	v->waiting = (struct waitfor){ .kind = WAIT_DEVICE, .subject = WAIT_ANY_PTP_CLOCK };
	assert_non_null(strstr(table(v, NULL), "Waiting for a PTP clock to appear"));
	assert_null(strstr(room, " \n"));
}

static void only_a_unit_that_died_tells_how_its_last_run_ended(void **unused)
{
	static struct fake_units f;
	struct unit_view *v = fake_add(&f, "ptp4l", ST_BACKING_OFF);

	v->last_exit = (struct exit_info){ .kind = EXIT_KIND_EXIT, .code = 3, .after_ms = 20 };
	assert_non_null(strstr(table(v, NULL), "It ended with exit status 3 after 20ms."));
	v->state = ST_WAITING;	/* perhaps after an operator's restart: that ending is no reason */
	assert_null(strstr(table(v, NULL), "exit status"));
}

static void an_alternate_is_marked_and_says_how_to_get_back(void **unused)
{
	static struct findings standing;
	static struct fake_units f;
	struct unit_view *v = fake_add(&f, "ptp4l", ST_READY);

	v->alternate = 1;
	v->alternate_name = "software";
	v->alternate_ms = 5 * MIN;
	v->back_ms = MSEC_NONE;
	snprintf(v->standing, sizeof(v->standing), "/dev/ptp0 is missing");
	memset(&standing, 0, sizeof(standing));
	findings_add(&standing, "phc.missing", FINDING_BLOCK, "eth0", "gone")->clears =
		(struct waitfor){ .kind = WAIT_DEVICE, .subject = "/dev/ptp0" };
	table(v, &standing);
	assert_non_null(strstr(room, "ALTERNATE"));
	assert_non_null(strstr(room, "On alternate 1 (software) for 5m00s: /dev/ptp0 is missing."));
	assert_non_null(strstr(room, "/dev/ptp0 to appear"));
	assert_null(strstr(room, "better one"));
	v->back_ms = 90 * SEC;
	table(v, &standing);
	assert_non_null(strstr(room, "1m30s"));
}

static void what_was_mended_is_said_while_it_is_news(void **unused)
{
	static struct fake_units f;
	struct unit_view *v = fake_add(&f, "ptp4l", ST_READY);
	char json[4096];
	struct text t = text_in(json, sizeof(json));

	v->mended[0] = (struct remedy_note){ REMEDY_MAKE_UDS_DIR, true, 5 * SEC, "made the folder of \x1b" };
	v->mended[1] = (struct remedy_note){ REMEDY_RAISE_LIMIT, false, 9 * SEC, "not allowed" };
	assert_non_null(strstr(table(v, NULL), "Mended 5s ago: made the folder of"));
	assert_null(strchr(room, '\x1b'));
	status_json_unit(v, &t);
	assert_non_null(strstr(json, "{\"remedy\":\"make_uds_dir\",\"worked\":true,\"text\":\"made the folder of "));
	assert_non_null(strstr(json, "{\"remedy\":\"raise_limit\",\"worked\":false,"));
	v->mended[0].at = HOUR;
	assert_null(strstr(table(v, NULL), "Mended"));
}

static void nothing_is_wider_than_a_serial_console(void **unused)
{
	static const char bytes[] = { 'x', ' ', '"', '\x1b', '\xc3', '\n', '%' };
	struct unit_view v;

	for (size_t i = 0; i < sizeof(bytes); i++)
		for (int st = 0; st < ST_COUNT; st++) {
			worst_view(&v, bytes[i]);
			v.state = st;
			assert_in_range(text_columns(table(&v, NULL)), 40, PHRASE_COLUMNS);
			assert_null(strchr(room, '\x1b'));
		}
}

static void colour_only_when_asked_for_and_always_ended(void **unused)
{
	struct status_style style = { .colour = true };
	static struct fake_units f;
	struct text t = fresh();
	int starts = 0, ends = 0;

	for (int st = 0; st < ST_COUNT; st++) {
		status_measure(&style, fake_add(&f, "u", st));
		status_unit(&style, &f.view[st], NULL, &t);
	}
	for (const char *s = room; (s = strstr(s, "\033[")); s++)
		strncmp(s, "\033[0m", 4) ? starts++ : ends++;
	assert_int_equal(starts, ST_COUNT - 1);	/* stopped is neither good nor bad */
	assert_int_equal(starts, ends);
}

static void json_is_valid_for_any_names(void **unused)
{
	struct unit_view v;

	for (int byte = 1; byte < 256; byte++)
		for (int st = 0; st < ST_COUNT; st++) {
			struct text t = fresh();

			worst_view(&v, (char)byte);
			v.state = st;
			status_json_unit(&v, &t);
			assert_false(t.cut);
			assert_true(t.len < STATUS_UNIT_MAX);
			assert_true(json_valid(room));
		}
}

static void what_is_not_known_is_null_in_json(void **unused)
{
	static const char *const nulls[] = { "alternate_name", "pid", "offset_ns", "grandmaster",
					     "waiting_for", "last_exit", "cause", "next_try_ms" };
	static struct fake_units f;
	struct text t = fresh();
	char want[64];

	status_json_unit(fake_add(&f, "ptp4l", ST_STOPPED), &t);
	for (size_t i = 0; i < ARRAY_LEN(nulls); i++) {
		snprintf(want, sizeof(want), "\"%s\":null", nulls[i]);
		assert_non_null(strstr(room, want));
	}
	assert_non_null(strstr(room, "\"alternate\":0"));
	assert_non_null(strstr(room, "\"lock\":\"unknown\""));
}

static void an_ending_has_kind_code_and_name(void **unused)
{
	static const struct {
		struct exit_info e;
		const char *json;
	} cases[] = {
		{ { .kind = EXIT_KIND_EXIT, .code = 255 },
		  "{\"kind\":\"exit\",\"code\":255,\"name\":null}" },
		{ { .kind = EXIT_KIND_SIGNAL, .code = 9 },
		  "{\"kind\":\"signal\",\"code\":9,\"name\":\"KILL\"}" },
		{ { .kind = EXIT_KIND_EXEC, .code = 2 },
		  "{\"kind\":\"exec\",\"code\":2,\"name\":\"ENOENT\"}" },
		{ { .kind = EXIT_KIND_UNKNOWN },
		  "{\"kind\":\"unknown\",\"code\":0,\"name\":null}" },
	};
	static struct fake_units f;
	struct unit_view *v = fake_add(&f, "ptp4l", ST_BACKING_OFF);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct text t = fresh();

		v->last_exit = cases[i].e;
		status_json_unit(v, &t);
		assert_non_null(strstr(room, cases[i].json));
	}
}

static void offsets_and_ages_stay_in_their_columns(void **unused)
{
	static const int64_t offsets[] = { 0, -99999, 100000, -9999999, 10000000, -999999999,
					   1000000000, -37000000000, 1790000000000000000 };
	static const msec_t ages[] = { 0, 999, 1000, 59999, 60000, 3599999, 3600000, 86399999,
				       86400000, 864000000000 - 1 };

	for (size_t i = 0; i < ARRAY_LEN(offsets); i++) {
		struct text t = fresh();

		phrase_offset(&t, offsets[i]);
		assert_in_range(t.len, 4, 12);
	}
	for (size_t i = 0; i < ARRAY_LEN(ages); i++) {
		struct text t = fresh();

		phrase_age(&t, ages[i]);
		assert_in_range(t.len, 2, 8);
	}
}

static void long_words_are_broken_and_no_byte_is_lost(void **unused)
{
	char word[300];
	struct text t = fresh();
	size_t seen = 0;

	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	phrase_wrap(&t, 4, word);
	for (const char *s = room; *s; s++)
		seen += *s == 'w';
	assert_int_equal(seen, sizeof(word) - 1);
	assert_int_equal(text_columns(room), PHRASE_COLUMNS);
	t = fresh();
	phrase_wrap(&t, 2, "  ");
	assert_int_equal(t.len, 0);
}

static void the_status_file_is_whole_json_and_nothing_is_left_beside_it(void **unused)
{
	char dir[] = "/tmp/ptpwarden-test-XXXXXX", path[64];
	static struct fake_units f;
	struct control_ops ops = fake_ops(&f);
	static char text[UNITS_MAX * 2048];
	FILE *in;

	assert_non_null(mkdtemp(dir));
	for (int i = 0; i < UNITS_MAX; i++)
		fake_add(&f, "unit", i % ST_COUNT);
	assert_int_equal(status_write(dir, &ops), 0);
	snprintf(path, sizeof(path), "%s/status.json", dir);
	in = fopen(path, "r");
	assert_non_null(in);
	text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
	fclose(in);
	assert_true(json_valid(text));
	unlink(path);
	assert_int_equal(rmdir(dir), 0);	/* empty: the aside file is gone */
	assert_int_equal(status_write(dir, &ops), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_unit_is_one_line),
		cmocka_unit_test(a_unit_in_trouble_says_what_and_what_it_waits_for),
		cmocka_unit_test(only_a_unit_that_died_tells_how_its_last_run_ended),
		cmocka_unit_test(an_alternate_is_marked_and_says_how_to_get_back),
		cmocka_unit_test(what_was_mended_is_said_while_it_is_news),
		cmocka_unit_test(nothing_is_wider_than_a_serial_console),
		cmocka_unit_test(colour_only_when_asked_for_and_always_ended),
		cmocka_unit_test(json_is_valid_for_any_names),
		cmocka_unit_test(what_is_not_known_is_null_in_json),
		cmocka_unit_test(an_ending_has_kind_code_and_name),
		cmocka_unit_test(offsets_and_ages_stay_in_their_columns),
		cmocka_unit_test(long_words_are_broken_and_no_byte_is_lost),
		cmocka_unit_test(the_status_file_is_whole_json_and_nothing_is_left_beside_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
