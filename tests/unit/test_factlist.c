#include <stdio.h>

#include "test.h"
#include "supervisor/diagnose/factlist.h"

static struct facts facts;
static struct log_digest digest;
static char room[FACTLIST_BYTES];

static int fresh(void **unused)
{
	memset(&facts, 0, sizeof(facts));
	log_digest_reset(&digest);
	return 0;
}

static const char *write_list(size_t size)
{
	struct text t = text_in(room, size);

	factlist_write(rulebase_builtin(), &facts, &digest, 5000, &t);
	return room;
}

static void assert_line(const struct factline *f, const char *name, const char *value, bool known)
{
	assert_int_equal(f->name_len, strlen(name));
	assert_memory_equal(f->name, name, strlen(name));
	assert_int_equal(f->value_len, strlen(value));
	assert_memory_equal(f->value, value, strlen(value));
	assert_int_equal(f->known, known);
}

static void facts_of_all_kinds_are_listed_in_order(void **unused)
{
	static const char line[] = "ptp4l[1.500]: port 1 (eth0): link down";
	const char *list;
	struct factline f;

	facts_set(&facts, "probe", 1200, "iface.up", "yes");
	facts_set(&facts, "config", MSEC_NONE, "ptp4l.domain", "24");
	facts_unknown(&facts, "probe", "exit.by", "nobody\tsaw\nit");
	log_digest_line(&digest, rulebase_builtin(), PROG_PTP4L, line, strlen(line), 0);
	list = write_list(sizeof(room));
	assert_true(factlist_next(&list, &f));
	assert_line(&f, "exit.by", "nobody saw it", false);
	assert_true(factlist_next(&list, &f));
	assert_line(&f, "iface.name", "eth0", true);
	assert_true(factlist_next(&list, &f));
	assert_line(&f, "iface.up", "yes", true);
	assert_int_equal(f.at, 1200);
	assert_string_equal(factline_type(&f), "boolean");
	assert_true(factlist_next(&list, &f));
	assert_line(&f, "log.link.down", "link down", true);
	assert_int_equal(f.at, 1500);
	assert_true(factlist_next(&list, &f));
	assert_line(&f, "ptp4l.domain", "24", true);
	assert_int_equal(f.at, MSEC_NONE);
	assert_string_equal(factline_type(&f), "number");
}

static void nothing_known_is_an_empty_list(void **unused)
{
	const char *list = write_list(sizeof(room));
	struct factline f;

	assert_false(factlist_next(&list, &f));
}

static void a_list_that_does_not_fit_ends_with_a_whole_line(void **unused)
{
	for (int i = 0; i < FACTS_MAX; i++) {
		char name[FACT_NAME_MAX];

		snprintf(name, sizeof(name), "test.fact%03d", i);
		facts_set(&facts, "test", 1, name, "%0150d", i);
	}
	for (size_t size = 1; size < 2000; size += 7) {
		const char *list = write_list(size);
		size_t len = strlen(list);

		assert_true(!len || list[len - 1] == '\n');
	}
	assert_true(strlen(write_list(sizeof(room))) > 150 * 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(facts_of_all_kinds_are_listed_in_order, fresh),
		cmocka_unit_test_setup(nothing_known_is_an_empty_list, fresh),
		cmocka_unit_test_setup(a_list_that_does_not_fit_ends_with_a_whole_line, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
