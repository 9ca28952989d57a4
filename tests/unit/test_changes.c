#include <stdio.h>
#include <stdlib.h>

#include "test.h"
#include "supervisor/diagnose/changes.h"
#include "supervisor/diagnose/diagnose.h"

enum { NOW = 1800000000 };

static struct facts facts;
static struct fingerprint before, after;
static char baseline[BASELINE_BYTES], next[BASELINE_BYTES];
static struct changes_when when;

/* A usual client on eth0; a test then changes one thing. */
static void box(struct fingerprint *f)
{
	fingerprint_init(f);
	fingerprint_add(f, "alternate", NULL, 0, "preferred");
	fingerprint_add(f, "command", NULL, 0, "ptp4l -f /etc/ptp4l.conf -i eth0");
	fingerprint_add(f, "driver", "eth0", 0, "igc 6.1");
	fingerprint_add(f, "kernel", NULL, NOW - 600, "6.1.0-12");
	fingerprint_add(f, "daemon", NULL, 0, "others");
}

static void config(struct fingerprint *f, int64_t when_changed)
{
	fingerprint_add(f, "config", NULL, when_changed, "/etc/ptp4l.conf");
	fingerprint_add(f, "config", "clientOnly", 0, "1");
}

static void accept_from(const char *old, int64_t good_s, char room[BASELINE_BYTES])
{
	struct text t = text_in(room, BASELINE_BYTES);

	changes_accept(old, before.text, NOW - 7200, good_s, &t);
	assert_false(t.cut);
}

static int fresh(void **unused)
{
	memset(&facts, 0, sizeof(facts));
	when = (struct changes_when){ .now = 10 * HOUR, .wall = NOW };
	box(&before);
	box(&after);
	return 0;
}

static void compare(void)
{
	accept_from(NULL, 0, baseline);
	changes_facts(baseline, after.text, &when, &facts);
}

static unsigned changes(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < facts.n; i++)
		n += !strncmp(facts.at[i].name, "change.", 7);
	return n;
}

static unsigned suspicion(const char *name)
{
	const struct fact *f = facts_get(&facts, name);

	return f ? f->suspicion : 0;
}

static void the_same_box_has_no_changes(void **unused)
{
	config(&before, NOW - 9000);
	config(&after, NOW - 9000);
	compare();
	assert_int_equal(changes(), 0);
	assert_string_equal(facts_value(&facts, "good.age_s"), "7200");
}

static void without_a_good_run_nothing_is_new(void **unused)
{
	changes_facts(NULL, after.text, &when, &facts);
	assert_int_equal(changes(), 0);
	assert_string_equal(facts_value(&facts, "good.age_s"), "never");
}

static void a_changed_value_tells_both_and_when(void **unused)
{
	fingerprint_init(&after);
	fingerprint_add(&after, "kernel", NULL, NOW - 120, "6.1.0-13");
	compare();
	assert_int_equal(changes(), 1);
	assert_string_equal(facts_value(&facts, "change.kernel"), "6.1.0-12 -> 6.1.0-13");
	assert_int_equal(facts_get(&facts, "change.kernel")->at, 10 * HOUR - 120 * SEC);
}

static void what_could_not_be_read_is_no_change(void **unused)
{
	config(&before, NOW - 9000);
	fingerprint_init(&after);
	fingerprint_unknown(&after, "driver", "eth0");
	fingerprint_unknown(&after, "config", NULL);
	compare();
	assert_int_equal(changes(), 0);
}

static void what_is_not_mentioned_is_no_change_unless_it_is_a_list(void **unused)
{
	fingerprint_add(&before, "daemon", "chronyd", 0, "runs");
	fingerprint_init(&after);
	fingerprint_add(&after, "daemon", NULL, 0, "others");
	compare();
	assert_int_equal(changes(), 1);
	assert_string_equal(facts_value(&facts, "change.daemons"), "chronyd runs -> none");
}

static void lines_of_a_configuration_come_go_and_change(void **unused)
{
	config(&before, NOW - 9000);
	fingerprint_add(&before, "config", "priority1", 0, "128");
	fingerprint_add(&before, "config", "[eth0] transport", 0, "L2");
	config(&after, NOW - 60);
	fingerprint_add(&after, "config", "priority1", 0, "64");
	fingerprint_add(&after, "config", "domainNumber", 0, "24");
	compare();
	assert_int_equal(changes(), 3);
	assert_string_equal(facts_value(&facts, "change.config"), "priority1 128 -> priority1 64");
	assert_string_equal(facts_value(&facts, "change.config.2"), "[eth0] transport L2 -> none");
	assert_string_equal(facts_value(&facts, "change.config.3"), "none -> domainNumber 24");
	assert_int_equal(facts_get(&facts, "change.config.3")->at, 10 * HOUR - 60 * SEC);
}

static void another_alternate_has_another_command(void **unused)
{
	fingerprint_init(&after);
	fingerprint_add(&after, "alternate", NULL, 0, "software");
	fingerprint_add(&after, "command", NULL, 0, "ptp4l -i eth0 -S");
	compare();
	assert_int_equal(changes(), 0);
}

static void a_file_that_changed_under_a_running_program_is_less_suspicious(void **unused)
{
	config(&before, NOW - 9000);
	config(&after, NOW - 60);
	fingerprint_add(&after, "config", "priority1", 0, "64");
	when.started_wall = NOW - 3600;
	compare();
	assert_in_range(suspicion("change.config"), 1, 40);
	when.started_wall = NOW - 10;
	compare();
	assert_int_equal(suspicion("change.config"), 100);
}

static void what_changed_often_and_all_was_well_is_less_suspicious(void **unused)
{
	char old[BASELINE_BYTES];

	accept_from(NULL, 0, old);
	for (int i = 0; i < 3; i++) {
		fingerprint_init(&before);
		fingerprint_add(&before, "kernel", NULL, 0, "6.1.0-%d", 20 + i);
		accept_from(old, 0, next);
		memcpy(old, next, sizeof(old));
	}
	fingerprint_init(&after);
	fingerprint_add(&after, "kernel", NULL, 0, "6.1.0-99");
	changes_facts(old, after.text, &when, &facts);
	assert_int_equal(suspicion("change.kernel"), 80 / 4);
}

static void a_young_change_that_seemed_well_is_told_too_and_forgotten_after_hours(void **unused)
{
	char old[BASELINE_BYTES];

	accept_from(NULL, 0, old);
	fingerprint_init(&before);
	fingerprint_add(&before, "kernel", NULL, 0, "6.1.0-13");
	accept_from(old, 0, next);
	when.good_s = 1800;
	changes_facts(next, before.text, &when, &facts);
	assert_string_equal(facts_value(&facts, "change.kernel"), "6.1.0-12 -> 6.1.0-13");
	assert_int_equal(suspicion("change.kernel"), 40);
	memset(&facts, 0, sizeof(facts));
	when.good_s = 2 * 3600;
	changes_facts(next, before.text, &when, &facts);
	assert_int_equal(suspicion("change.kernel"), 10);
	memset(&facts, 0, sizeof(facts));
	when.good_s = 9 * 3600;
	changes_facts(next, before.text, &when, &facts);
	assert_int_equal(changes(), 0);
}

static void only_the_most_suspicious_of_many_are_told(void **unused)
{
	config(&before, NOW - 9000);
	config(&after, NOW - 60);
	for (int i = 0; i < CHANGES_MAX + 1; i++) {
		char name[32];

		snprintf(name, sizeof(name), "option%d", i);
		fingerprint_add(&after, "config", name, 0, "1");
	}
	fingerprint_add(&after, "master", NULL, 0, "b");
	fingerprint_add(&before, "master", NULL, 0, "a");
	compare();
	assert_int_equal(changes(), CHANGES_MAX);
	assert_null(facts_get(&facts, "change.master"));
}

static void a_clock_set_back_makes_ages_unknown_not_wrong(void **unused)
{
	config(&before, 0);
	config(&after, NOW + 5000);
	fingerprint_add(&after, "config", "priority1", 0, "64");
	when.wall = 1000;
	compare();
	assert_int_equal(facts_get(&facts, "change.config")->at, MSEC_NONE);
	assert_null(facts_value(&facts, "good.age_s"));
	assert_non_null(facts_get(&facts, "good.age_s"));
}

static void a_full_fingerprint_leaves_whole_lines_out(void **unused)
{
	fingerprint_init(&after);
	for (int i = 0; !after.cut && i < 10000; i++)
		fingerprint_add(&after, "library", "x", 0, "%080d", i);
	assert_true(after.cut);
	assert_int_equal(after.text[after.len - 1], '\n');
	assert_int_equal(strlen(after.text), after.len);
}

static void a_damaged_baseline_does_no_harm(void **unused)
{
	static const char *const bad[] = { "", "\n\n", "config", "kernel\t", "\t\t\t\n", "recent x\ty\tz",
					   "accepted kernel", "kernel\tx\t99999999999999999999999" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		changes_facts(bad[i], after.text, &when, &facts);
	accept_from(NULL, 0, baseline);
	for (size_t n = strlen(baseline); n-- > 0;) {
		baseline[n] = '\0';
		changes_facts(baseline, after.text, &when, &facts);
	}
	for (size_t i = 0; i < 2000; i++) {
		accept_from(NULL, 0, baseline);
		baseline[rand() % strlen(baseline)] = "\t\n ?x"[rand() % 5];
		changes_facts(baseline, after.text, &when, &facts);
	}
}

/* --- what becomes of them in a verdict --- */

static struct verdict v;

static void the_change_that_the_cause_is_about_comes_first(void **unused)
{
	facts_set(&facts, "fingerprint", MSEC_NONE, "change.config", "priority1 1 -> priority1 2");
	facts_set(&facts, "fingerprint", MSEC_NONE, "change.network", "1000 Mb/s -> no carrier");
	facts_set(&facts, "probe", MSEC_NONE, "iface.carrier", "no");
	diagnose(rulebase_builtin(), &facts, NULL, MSEC_NONE, &v);
	assert_int_equal(v.changed_n, 2);
	assert_string_equal(v.changed[0].name, "network");
	assert_string_equal(v.changed[1].name, "config");
	assert_string_equal(v.changed[1].to, "priority1 2");
}

static void what_is_new_stands_before_the_evidence(void **unused)
{
	char room[4096];
	struct text t = text_in(room, sizeof(room));
	const char *new, *because;

	facts_set(&facts, "fingerprint", 5 * MIN, "change.config",
		  "tx_timestamp_timeout 10 -> tx_timestamp_timeout 1");
	facts_set(&facts, "probe", MSEC_NONE, "iface.carrier", "no");
	facts_set(&facts, "fingerprint", 5 * MIN, "good.age_s", "300");
	diagnose(rulebase_builtin(), &facts, NULL, 15 * MIN, &v);
	explain_verdict(&v, "ptp4l", &t);
	new = strstr(room, "New since the last good run, 5 min ago:\n"
			   "  config: - tx_timestamp_timeout 10\n"
			   "  config: + tx_timestamp_timeout 1, 10 min ago\n");
	because = strstr(room, "Because:");
	assert_non_null(new);
	assert_non_null(because);
	assert_true(new < because);
}

static void nothing_new_is_an_answer_too(void **unused)
{
	char room[4096];
	struct text t = text_in(room, sizeof(room));

	facts_set(&facts, "probe", MSEC_NONE, "iface.carrier", "no");
	facts_set(&facts, "fingerprint", 0, "good.age_s", "never");
	diagnose(rulebase_builtin(), &facts, NULL, 15 * MIN, &v);
	assert_int_equal(v.baseline, BASELINE_NONE);
	explain_verdict(&v, "ptp4l", &t);
	assert_non_null(strstr(room, "has not run well here before"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_same_box_has_no_changes, fresh),
		cmocka_unit_test_setup(without_a_good_run_nothing_is_new, fresh),
		cmocka_unit_test_setup(a_changed_value_tells_both_and_when, fresh),
		cmocka_unit_test_setup(what_could_not_be_read_is_no_change, fresh),
		cmocka_unit_test_setup(what_is_not_mentioned_is_no_change_unless_it_is_a_list, fresh),
		cmocka_unit_test_setup(lines_of_a_configuration_come_go_and_change, fresh),
		cmocka_unit_test_setup(another_alternate_has_another_command, fresh),
		cmocka_unit_test_setup(a_file_that_changed_under_a_running_program_is_less_suspicious, fresh),
		cmocka_unit_test_setup(what_changed_often_and_all_was_well_is_less_suspicious, fresh),
		cmocka_unit_test_setup(a_young_change_that_seemed_well_is_told_too_and_forgotten_after_hours, fresh),
		cmocka_unit_test_setup(only_the_most_suspicious_of_many_are_told, fresh),
		cmocka_unit_test_setup(a_clock_set_back_makes_ages_unknown_not_wrong, fresh),
		cmocka_unit_test_setup(a_full_fingerprint_leaves_whole_lines_out, fresh),
		cmocka_unit_test_setup(a_damaged_baseline_does_no_harm, fresh),
		cmocka_unit_test_setup(the_change_that_the_cause_is_about_comes_first, fresh),
		cmocka_unit_test_setup(what_is_new_stands_before_the_evidence, fresh),
		cmocka_unit_test_setup(nothing_new_is_an_answer_too, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
