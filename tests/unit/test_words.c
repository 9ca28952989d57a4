#include <errno.h>

#include "test.h"
#include "conf/words.h"

static struct words w;

static void assert_words(const char *text, unsigned n, ...)
{
	va_list ap;

	assert_int_equal(words_split(text, &w, NULL, NULL), 0);
	assert_int_equal(w.n, n);
	assert_null(w.at[n]);
	va_start(ap, n);
	for (unsigned i = 0; i < n; i++)
		assert_string_equal(w.at[i], va_arg(ap, const char *));
	va_end(ap);
}

static unsigned refused_at(const char *text)
{
	struct err err = { 0 };
	unsigned column = 0;

	assert_int_equal(words_split(text, &w, &column, &err), -EINVAL);
	assert_int_equal(err.code, EINVAL);
	assert_true(err.text[0]);
	return column;
}

static void blanks_separate_words(void **unused)
{
	assert_words("ptp4l -f  /etc/ptp4l.conf\t-i eth0 ", 5, "ptp4l", "-f", "/etc/ptp4l.conf",
		     "-i", "eth0");
	assert_int_equal(w.column[2], 11);
	assert_words("", 0);
	assert_words("  \t ", 0);
}

static void quotes_keep_what_is_inside(void **unused)
{
	assert_words("a 'b c' \"d  e\" f\\ g", 4, "a", "b c", "d  e", "f g");
	assert_words("--tag='x;y'\"|z\" ''", 2, "--tag=x;y|z", "");
	assert_words("\"a\\\"b\\\\c\\n\" 'a\\b'", 2, "a\"b\\c\\n", "a\\b");
}

static void what_only_a_shell_could_do_is_refused_where_it_stands(void **unused)
{
	assert_int_equal(refused_at("ptp4l | logger"), 7);
	assert_int_equal(refused_at("ptp4l >/dev/null"), 7);
	assert_int_equal(refused_at("ptp4l 2>&1"), 8);
	assert_int_equal(refused_at("ptp4l -i eth0 &"), 15);
	assert_int_equal(refused_at("a;b"), 2);
	assert_int_equal(refused_at("a `b`"), 3);
	assert_int_equal(refused_at("a $(b)"), 3);
	assert_int_equal(refused_at("a $HOME"), 3);
	assert_int_equal(refused_at("a ~/b"), 3);
	assert_int_equal(refused_at("a *.conf"), 3);
	assert_int_equal(refused_at("a # comment"), 3);
	assert_words("a b~c d#e '|' \\&", 5, "a", "b~c", "d#e", "|", "&");
}

static void an_open_quote_is_refused_where_it_opens(void **unused)
{
	assert_int_equal(refused_at("a 'b c"), 3);
	assert_int_equal(refused_at("a b\"c"), 4);
	assert_int_equal(refused_at("a \\"), 3);
}

static void the_last_word_that_fits_fits_and_the_next_does_not(void **unused)
{
	char text[2 * (ARGS_MAX + 1) + 1];

	for (int i = 0; i <= ARGS_MAX; i++)
		memcpy(text + 2 * i, "a ", 3);
	assert_int_equal(words_split(text, &w, NULL, NULL), -E2BIG);
	text[2 * ARGS_MAX] = '\0';
	assert_int_equal(words_split(text, &w, NULL, NULL), 0);
	assert_int_equal(w.n, ARGS_MAX);
}

static void a_command_of_four_kilobytes_fits_and_one_byte_more_does_not(void **unused)
{
	static char text[sizeof(w.room) + 2];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(w.room) - 1] = '\0';
	assert_int_equal(words_split(text, &w, NULL, NULL), 0);
	assert_int_equal(strlen(w.at[0]), sizeof(w.room) - 1);
	text[sizeof(w.room) - 1] = 'x';
	text[sizeof(w.room)] = '\0';
	assert_int_equal(words_split(text, &w, NULL, NULL), -E2BIG);
	/* room is used up by the words before, so that nothing is left for the terminator */
	text[sizeof(w.room) - 2] = ' ';
	assert_int_equal(words_split(text, &w, NULL, NULL), -E2BIG);
}

static void a_quoted_word_reads_back_as_itself(void **unused)
{
	static const char *const samples[] = {
		"plain", "",	"two words", "q\"uote", "back\\slash", "it's", "$(x)",
		"~",	 "a~b", "tab\there", "\\\"",	"#x",	       "a|b",  "{[(%i)]}"};
	char room[64];

	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		assert_true(words_quote(samples[i], room, sizeof(room)) == (int)strlen(room));
		assert_words(room, 1, samples[i]);
	}
	words_quote("plain", room, sizeof(room));
	assert_string_equal(room, "plain");
	assert_int_equal(words_quote("a b", room, 3), 5);
	assert_int_equal(strlen(room), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_separate_words),
		cmocka_unit_test(quotes_keep_what_is_inside),
		cmocka_unit_test(what_only_a_shell_could_do_is_refused_where_it_stands),
		cmocka_unit_test(an_open_quote_is_refused_where_it_opens),
		cmocka_unit_test(the_last_word_that_fits_fits_and_the_next_does_not),
		cmocka_unit_test(a_command_of_four_kilobytes_fits_and_one_byte_more_does_not),
		cmocka_unit_test(a_quoted_word_reads_back_as_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
