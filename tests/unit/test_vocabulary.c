#include <stdio.h>

#include "test.h"
#include "err.h"
#include "fact.h"
#include "finding.h"
#include "text.h"

static void the_deepest_error_message_wins(void **unused)
{
	struct err err = { 0 };

	assert_int_equal(err_set(&err, 2, "deep %d", 1), -2);
	assert_int_equal(err_set(&err, 5, "shallow"), -5);
	assert_int_equal(err.code, 2);
	assert_string_equal(err.text, "deep 1");
	assert_int_equal(err_set(NULL, 7, "nobody listens"), -7);
}

static void a_full_findings_table_gives_up_a_pass_for_a_block(void **unused)
{
	static struct findings f;

	memset(&f, 0, sizeof(f));
	for (int i = 0; i < FINDINGS_MAX; i++)
		findings_add(&f, "x.pass", FINDING_PASS, "s", "%d", i);
	findings_add(&f, "x.warn", FINDING_WARN, "s", "lost");
	assert_int_equal(findings_worst(&f), FINDING_PASS);
	findings_add(&f, "x.block", FINDING_BLOCK, "s", "kept");
	assert_int_equal(f.n, FINDINGS_MAX);
	assert_int_equal(f.dropped, 2);
	assert_non_null(findings_block(&f));
	assert_string_equal(findings_block(&f)->id, "x.block");
}

static void an_unknown_fact_never_replaces_a_known_one(void **unused)
{
	static struct facts f;

	memset(&f, 0, sizeof(f));
	facts_unknown(&f, "probe", "iface.up", "no permission");
	assert_null(facts_value(&f, "iface.up"));
	facts_set(&f, "probe", 5, "iface.up", "yes");
	facts_unknown(&f, "probe", "iface.up", "no permission");
	assert_string_equal(facts_value(&f, "iface.up"), "yes");
	for (int i = 0; i < FACTS_MAX + 1; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%d", i);
		facts_set(&f, "probe", 0, name, "v");
	}
	assert_int_equal(f.n, FACTS_MAX);
	assert_int_equal(f.dropped, 2);
}

static void text_from_outside_cannot_move_a_terminal(void **unused)
{
	char room[128];
	struct text t = text_in(room, sizeof(room));

	text_add_escaped(&t, "a\x1b[2J\n\xc3\xa4\xc2\x9b\xff", 11);
	assert_string_equal(room, "a\\x1b[2J\\x0a\xc3\xa4\\xc2\\x9b\\xff");
}

static void json_strings_are_valid_for_any_bytes(void **unused)
{
	char room[128];
	struct text t = text_in(room, sizeof(room));

	text_add_json(&t, "q\"b\\n\n\xed\xa0\x80z");
	assert_string_equal(room, "\"q\\\"b\\\\n\\u000a\\ufffd\\ufffd\\ufffdz\"");
	t = text_in(room, 8);
	text_add_json(&t, "longer than that");
	assert_true(t.cut);
	assert_int_equal(strlen(room), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_deepest_error_message_wins),
		cmocka_unit_test(a_full_findings_table_gives_up_a_pass_for_a_block),
		cmocka_unit_test(an_unknown_fact_never_replaces_a_known_one),
		cmocka_unit_test(text_from_outside_cannot_move_a_terminal),
		cmocka_unit_test(json_strings_are_valid_for_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
