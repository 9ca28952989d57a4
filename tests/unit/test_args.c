#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"
#include "supervisor/control/args.h"
#include "supervisor/control/verbs.h"

static const struct args_spec spec = {
	.verb = "test", .options = "fjwnF", .words = "UNIT [SEC]", .words_min = 1, .words_max = 2,
	.help = "A verb for tests.",
};

static char said[4096];

/* Parse a command line given as words between blanks; error messages land in `said`. */
static int parse(const char *line, struct args *out)
{
	static char copy[256];	/* `out` borrows its words until the next call */
	char *argv[20], *save;
	int argc = 0, rc, old = dup(STDERR_FILENO);
	FILE *to = tmpfile();

	snprintf(copy, sizeof(copy), "test %s", line);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	argv[argc] = NULL;
	dup2(fileno(to), STDERR_FILENO);
	*out = (struct args){ .wait_ms = 30000, .lines = 20 };
	rc = args_parse(&spec, argc, argv, out);
	dup2(old, STDERR_FILENO);
	close(old);
	rewind(to);
	said[fread(said, 1, sizeof(said) - 1, to)] = '\0';
	fclose(to);
	return rc;
}

static void options_and_words_may_mix(void **unused)
{
	struct args a;

	assert_int_equal(parse("-j ptp4l --file /x --wait 10 -n5 -F", &a), 0);
	assert_true(a.json && a.wait && a.follow && !a.help);
	assert_string_equal(a.file, "/x");
	assert_int_equal(a.words, 2);
	assert_string_equal(a.word[0], "ptp4l");
	assert_string_equal(a.word[1], "10");
	assert_int_equal(a.wait_ms, 30000);
	assert_int_equal(a.lines, 5);
	assert_int_equal(parse("-- -j", &a), 0);
	assert_false(a.json);
	assert_string_equal(a.word[0], "-j");
}

static void waiting_times_have_units(void **unused)
{
	static const struct {
		const char *s;
		msec_t ms;
	} good[] = {
		{ "5", 5000 }, { "0", 0 }, { "2.5", 2500 }, { "500ms", 500 }, { "30s", 30000 },
		{ "5m", 300000 }, { "1h", 3600000 },
	};
	static const char *const bad[] = { "", "x", "-1", "5 s", "5d", "s", "1e9h", "0x10", "inf",
					   "99999999999999999999h" };
	struct args a;
	msec_t ms;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(args_duration(good[i].s, &ms));
		assert_int_equal(ms, good[i].ms);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(args_duration(bad[i], &ms));
	assert_int_equal(parse("u --wait=500ms", &a), 0);
	assert_int_equal(a.wait_ms, 500);
}

static void bad_usage_is_one_line_that_names_the_word(void **unused)
{
	static const struct {
		const char *line, *names;
	} bad[] = {
		{ "u --jsno", "'--json'" },
		{ "u --jsno=3", "'--json'" },
		{ "u -z", "'-z'" },
		{ "u --force", "'--force'" },	/* an option of other verbs */
		{ "u --file", "'--file'" },
		{ "u -f", "'-f'" },
		{ "u --json=yes", "'--json=yes'" },
		{ "u --wait=soon", "'soon'" },
		{ "u -n many", "'many'" },
		{ "u -n -1", "'-1'" },
		{ "", "UNIT" },
		{ "a b c", "'c'" },
		{ "a b c d e f", "'c'" },
	};
	struct args a;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(parse(bad[i].line, &a), RC_USAGE);
		if (!strstr(said, bad[i].names))
			fail_msg("'%s' does not name %s", said, bad[i].names);
		assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
	}
}

static void help_needs_no_words(void **unused)
{
	struct args a;

	assert_int_equal(parse("-h", &a), 0);
	assert_true(a.help);
}

static void a_word_from_outside_cannot_move_the_terminal(void **unused)
{
	struct args a;

	assert_int_equal(parse("u --\x1b[2J", &a), RC_USAGE);
	assert_null(strchr(said, '\x1b'));
}

static void options_may_stand_before_the_verb(void **unused)
{
	static const struct {
		char *argv[6];
		int at;
	} cases[] = {
		{ { "ptpwarden", "status" }, 1 },
		{ { "ptpwarden", "-f", "why", "status" }, 3 },
		{ { "ptpwarden", "--socket", "x", "-j", "why" }, 4 },
		{ { "ptpwarden", "--socket=x", "why" }, 2 },
		{ { "ptpwarden", "-j" }, 0 },
		{ { "ptpwarden" }, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char **argv = (char **)cases[i].argv;
		int argc = 0;

		while (argv[argc])
			argc++;
		assert_int_equal(args_find_verb(argc, argv), cases[i].at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_and_words_may_mix),
		cmocka_unit_test(waiting_times_have_units),
		cmocka_unit_test(bad_usage_is_one_line_that_names_the_word),
		cmocka_unit_test(help_needs_no_words),
		cmocka_unit_test(a_word_from_outside_cannot_move_the_terminal),
		cmocka_unit_test(options_may_stand_before_the_verb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
