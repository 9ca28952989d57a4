#include <stdio.h>

#include "test.h"
#include "conf/shellvars.h"

static struct shellvars v;

static const char *value_of(const char *name)
{
	const struct shellvar *s = shellvars_get(&v, name);

	return s && !s->unclear ? s->value : NULL;
}

static void read_text(const char *text)
{
	shellvars_read(text, strlen(text), &v);
}

static void assignments_are_read_as_a_shell_would(void **unused)
{
	read_text("# comment\nA=\"-f /etc/x -i eth0\"\n  export B='a $b'\nC=c # "
		  "comment\nD=\nE=a\"b\"'c'\\ d;F=1\r\n");
	assert_string_equal(value_of("A"), "-f /etc/x -i eth0");
	assert_string_equal(value_of("B"), "a $b");
	assert_string_equal(value_of("C"), "c");
	assert_string_equal(value_of("D"), "");
	assert_string_equal(value_of("E"), "abc d");
	assert_string_equal(value_of("F"), "1");
	assert_int_equal(shellvars_get(&v, "C")->line, 4);
	assert_int_equal(v.other_line, 0);
	assert_null(value_of("G"));
}

static void earlier_variables_are_put_in(void **unused)
{
	read_text("IF=eth0\nA=\"-i $IF -x ${IF}.5\"\nB=$IF\nC='$IF'\nD=\"\\$IF\"\nA2=\"$A\"\n");
	assert_string_equal(value_of("A"), "-i eth0 -x eth0.5");
	assert_string_equal(value_of("A2"), "-i eth0 -x eth0.5");
	assert_string_equal(value_of("B"), "eth0");
	assert_string_equal(value_of("C"), "$IF");
	assert_string_equal(value_of("D"), "$IF");
}

static void what_only_a_shell_could_work_out_is_marked(void **unused)
{
	read_text("A=$(date)\nB=`date`\nC=\"`x`\"\nD=$UNSET\nE=${X:-y}\nF=\"open\nG=1\n");
	for (const char *name = "ABCDEF"; *name; name++) {
		char text[2] = { *name, 0 };

		assert_non_null(shellvars_get(&v, text));
		assert_true(shellvars_get(&v, text)->unclear);
	}
	read_text("A=$(date)\nB=\"$A\"\n");
	assert_true(shellvars_get(&v, "B")->unclear);
}

static void other_statements_are_counted_and_passed_over(void **unused)
{
	read_text("A=1\nif [ -f x ]; then\n  A=2\nfi\n. /etc/y\n");
	assert_int_equal(v.other_line, 2);
	assert_string_equal(value_of("A"), "2");
}

static void a_value_may_go_over_several_lines(void **unused)
{
	read_text("A=\"-f x \\\n-i eth0\"\nB='a\nb'\nC=a\\\nb\nD=1\n");
	assert_string_equal(value_of("A"), "-f x -i eth0");
	assert_string_equal(value_of("B"), "a\nb");
	assert_string_equal(value_of("C"), "ab");
	assert_int_equal(shellvars_get(&v, "D")->line, 7);
}

static void bounds_hold_at_one_more(void **unused)
{
	static char text[SHELLVAR_BYTES + 16];
	char many[SHELLVARS_MAX * 8 + 16] = "";

	memset(text, 'x', sizeof(text));
	memcpy(text, "A=", 2);
	shellvars_read(text, 2 + SHELLVAR_BYTES - 1, &v);
	assert_int_equal(strlen(value_of("A")), SHELLVAR_BYTES - 1);
	shellvars_read(text, 2 + SHELLVAR_BYTES, &v);
	assert_true(shellvars_get(&v, "A")->unclear);
	for (int i = 0; i <= SHELLVARS_MAX; i++)
		snprintf(many + strlen(many), 8, "V%d=1\n", i);
	read_text(many);
	assert_int_equal(v.n, SHELLVARS_MAX);
	assert_int_equal(v.dropped, 1);
}

static void any_bytes_are_survived(void **unused)
{
	static const char odd[] = "A=\\\0B=\"\\";
	char bytes[64];
	unsigned seed = 7;

	for (size_t n = 0; n <= sizeof(odd) - 1; n++)
		shellvars_read(odd, n, &v);
	for (int round = 0; round < 20000; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1103515245 + 12345;
			bytes[i] = "AB=\"'$\\{}`\n#; x"[seed >> 16 & 15];
		}
		shellvars_read(bytes, seed % sizeof(bytes), &v);
		assert_true(v.n <= SHELLVARS_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(assignments_are_read_as_a_shell_would),
		cmocka_unit_test(earlier_variables_are_put_in),
		cmocka_unit_test(what_only_a_shell_could_work_out_is_marked),
		cmocka_unit_test(other_statements_are_counted_and_passed_over),
		cmocka_unit_test(a_value_may_go_over_several_lines),
		cmocka_unit_test(bounds_hold_at_one_more),
		cmocka_unit_test(any_bytes_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
