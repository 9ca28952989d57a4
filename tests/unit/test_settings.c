#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>

#include "test.h"
#include "conf/settings.h"

static struct conf_errors errs;

/* What was read, one line a setting: "LINE:COLUMN [section] name=value". */
static char seen[16384];

static void note(void *owner, const struct setting *s)
{
	size_t used = strlen(seen);

	if (s->kind == SETTING_REFUSED)
		snprintf(seen + used, sizeof(seen) - used, "%u:%u refused\n", s->where.line,
			 s->where.column);
	else if (s->kind == SETTING_SECTION)
		snprintf(seen + used, sizeof(seen) - used, "%u:%u [%s]\n", s->where.line,
			 s->where.column, s->section);
	else
		snprintf(seen + used, sizeof(seen) - used, "%u:%u [%s] %s=%s\n", s->where.line,
			 s->where.column, s->section, s->name, s->value);
}

static const char *read_bytes(const char *text, size_t len)
{
	struct settings_source src = { .file = "f", .text = text, .len = len };

	memset(&errs, 0, sizeof(errs));
	seen[0] = '\0';
	assert_int_equal(settings_read(&src, note, NULL, &errs), 0);
	return seen;
}

static const char *read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

static void sections_and_options_come_with_their_places(void **unused)
{
	assert_string_equal(
		read_text("a = 1\n\n; c\n# c\n[ unit x ]\n[empty]\nname=  v w \nn =\n"),
		"1:5 [] a=1\n5:3 [unit x]\n6:2 [empty]\n7:8 [empty] name=v w\n8:4 [empty] n=\n");
	assert_int_equal(errs.n, 0);
	assert_string_equal(read_text(""), "");
	assert_string_equal(read_text("[a]\nb = c"), "1:2 [a]\n2:5 [a] b=c\n");
}

static void crlf_and_a_byte_order_mark_change_nothing(void **unused)
{
	assert_string_equal(read_text("\xef\xbb\xbf[a]\r\nb = c\r\n"), "1:2 [a]\n2:5 [a] b=c\n");
	assert_int_equal(errs.n, 0);
}

/* inih as packaged would read the rest of a line beyond 200 bytes as a new line. */
static void long_values_arrive_whole(void **unused)
{
	static const size_t sizes[] = { 150, 180, 181, 182, 183, 195, 196, 197, 198, 199, 200, 201,
					380, 1024, 4000 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char text[4096] = "[u]\ncommand = ", *value = text + strlen(text), *end;

		for (size_t k = 0; k < sizes[i]; k++)
			value[k] = k % 7 == 3 ? ' ' : (char)('a' + k % 26);
		value[sizes[i] - 1] = 'z';
		strcpy(value + sizes[i], "\nnext = 1\n");
		read_text(text);
		end = strstr(seen, "\n3:8 [u] next=1\n");
		assert_non_null(end);
		assert_memory_equal(strchr(seen, '=') + 1, value, sizes[i]);
		assert_ptr_equal(strchr(seen, '=') + 1 + sizes[i], end);
	}
}

static void a_long_run_of_blanks_survives_every_cut(void **unused)
{
	char text[700];

	for (int at = 150; at < 250; at++) {
		memset(text, 'x', sizeof(text));
		memcpy(text, "name = ", 7);
		memset(text + at, ' ', 200);
		read_bytes(text, sizeof(text));
		assert_memory_equal(strchr(seen, '=') + 1, text + 7, sizeof(text) - 7);
	}
}

static void a_line_of_4096_bytes_is_read_and_one_byte_more_is_refused(void **unused)
{
	static char text[SETTINGS_LINE_MAX + 2];

	memset(text, 'x', sizeof(text));
	memcpy(text, "name = ", 7);
	assert_non_null(strstr(read_bytes(text, SETTINGS_LINE_MAX), "name=xxx"));
	assert_string_equal(read_bytes(text, SETTINGS_LINE_MAX + 1), "1:4097 refused\n");
	assert_int_equal(errs.n, 1);
	assert_true(strlen(errs.at[0].quoted) < sizeof(errs.at[0].quoted));
}

static void an_indented_line_is_refused_instead_of_joined(void **unused)
{
	assert_string_equal(
		read_text("[u]\na = 1\n  b = 2\n\tc\n  [d]\n  ; comment\n  \ne = 3\n"),
		"1:2 [u]\n2:5 [u] a=1\n3:3 refused\n4:2 refused\n5:3 refused\n8:5 [u] e=3\n");
	assert_int_equal(errs.n, 3);
	assert_int_equal(errs.at[0].line, 3);
}

static void a_comment_behind_a_value_is_refused_instead_of_cut(void **unused)
{
	assert_string_equal(read_text("a = b ; c\n"), "1:7 refused\n");
	assert_string_equal(read_text("a = 'b ;c'\n"), "1:8 refused\n");
	assert_string_equal(read_text("a = ;\n"), "1:5 refused\n");
	assert_string_equal(read_text("a = b\t# c\n"), "1:7 refused\n");
	assert_string_equal(read_text("a = b;c d#e ' # '\n"), "1:5 [] a=b;c d#e ' # '\n");
}

static void a_section_name_of_49_bytes_is_kept_and_50_are_refused(void **unused)
{
	char text[64] = "[12345678901234567890123456789012345678901234567890]\n";

	assert_string_equal(read_text(text), "1:2 refused\n");
	strcpy(text + 50, "]\n");
	assert_string_equal(read_text(text),
			    "1:2 [1234567890123456789012345678901234567890123456789]\n");
}

static void broken_section_lines_are_refused(void **unused)
{
	assert_string_equal(
		read_text("[a\n[]\n[ ]\n[b] c\n[d;e]\n[f]\n"),
		"1:3 refused\n2:2 refused\n3:3 refused\n4:4 refused\n5:2 refused\n6:2 [f]\n");
}

static void a_line_that_is_no_setting_is_refused(void **unused)
{
	assert_string_equal(read_text("name\n= v\nn : v\na:b = c\n;\n"),
			    "1:1 refused\n2:1 refused\n3:3 refused\n4:2 refused\n");
}

static void bytes_that_no_text_has_are_refused(void **unused)
{
	assert_string_equal(read_bytes("a = b\0c\nd = e\n", 14), "1:6 refused\n2:5 [] d=e\n");
	assert_string_equal(read_text("a = \x1b[2J\nb = \x7f\n"), "1:5 refused\n2:5 refused\n");
	assert_string_equal(read_text("a = 1\rb = 2\n"), "1:6 refused\n");
	assert_string_equal(read_text("a = \xc3\xa4\xff\n"), "1:5 [] a=\xc3\xa4\xff\n");
}

static void an_option_name_has_a_bound(void **unused)
{
	char text[80] = "123456789012345678901234567890123456789012345678 = v\n";

	assert_non_null(strstr(read_text(text), "678=v"));
	memmove(text + 1, text, strlen(text) + 1);
	assert_string_equal(read_text(text), "1:1 refused\n");
}

/* Other distributions build inih otherwise; the result must not depend on it. */
static void the_switches_of_the_installed_inih_do_not_matter(void **unused)
{
	static const char *const text = "[u]\na = x y  z\n  b = 2\nc =  d;e\n";
	char before[256];
	bool multiline = ini_allow_multiline, comments = ini_allow_inline_comments;

	strcpy(before, read_text(text));
	ini_allow_multiline = !multiline;
	ini_allow_inline_comments = !comments;
	read_text(text);
	ini_allow_multiline = multiline;
	ini_allow_inline_comments = comments;
	assert_string_equal(seen, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_and_options_come_with_their_places),
		cmocka_unit_test(crlf_and_a_byte_order_mark_change_nothing),
		cmocka_unit_test(long_values_arrive_whole),
		cmocka_unit_test(a_long_run_of_blanks_survives_every_cut),
		cmocka_unit_test(a_line_of_4096_bytes_is_read_and_one_byte_more_is_refused),
		cmocka_unit_test(an_indented_line_is_refused_instead_of_joined),
		cmocka_unit_test(a_comment_behind_a_value_is_refused_instead_of_cut),
		cmocka_unit_test(a_section_name_of_49_bytes_is_kept_and_50_are_refused),
		cmocka_unit_test(broken_section_lines_are_refused),
		cmocka_unit_test(a_line_that_is_no_setting_is_refused),
		cmocka_unit_test(bytes_that_no_text_has_are_refused),
		cmocka_unit_test(an_option_name_has_a_bound),
		cmocka_unit_test(the_switches_of_the_installed_inih_do_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
