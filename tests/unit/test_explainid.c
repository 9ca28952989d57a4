#include <stdio.h>

#include "test.h"
#include "jsoncheck.h"
#include "conf/linuxptp/ptplint.h"
#include "probes/probe.h"
#include "supervisor/control/explainid.h"
#include "supervisor/control/phrase.h"

static char said[65536];

static bool explain(const char *id, bool json)
{
	FILE *out = tmpfile();
	bool known = explain_id_here(id, json, out);

	rewind(out);
	said[fread(said, 1, sizeof(said) - 1, out)] = '\0';
	fclose(out);
	return known;
}

static void reads_well(const char *id)
{
	assert_true(explain(id, false));
	if (text_columns(said) > PHRASE_COLUMNS || strchr(said, '{') || strstr(said, "\n\n\n"))
		fail_msg("%s reads: %s", id, said);
	assert_non_null(strstr(said, id));
	assert_true(explain(id, true));
	assert_true(json_valid(said));
}

static void every_finding_has_a_meaning_that_reads_well(void **unused)
{
	assert_true(finding_docs_n > 20);
	for (unsigned i = 0; i < finding_docs_n; i++)
		reads_well(finding_docs[i].id);
	for (unsigned i = 0; i < lint_rules_n; i++)
		reads_well(lint_rules[i].id);
}

static void causes_and_log_lines_are_known_too(void **unused)
{
	assert_true(explain("config.option_unknown", false));
	assert_non_null(strstr(said, "first: "));	/* the cause, beside the finding */
	assert_null(strchr(said, '{'));
}

static void what_nobody_knows_prints_nothing(void **unused)
{
	assert_false(explain("no.such_id", false));
	assert_string_equal(said, "");
	assert_false(explain("no.such_id", true));
	assert_string_equal(said, "");
	assert_false(explain("", false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_finding_has_a_meaning_that_reads_well),
		cmocka_unit_test(causes_and_log_lines_are_known_too),
		cmocka_unit_test(what_nobody_knows_prints_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
