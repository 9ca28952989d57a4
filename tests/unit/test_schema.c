#include <stdio.h>
#include <stdlib.h>

#include "test.h"
#include "plan.h"
#include "conf/schema.h"

static void every_preset_is_right_and_comes_back_as_itself(void **unused)
{
	for (unsigned i = 0; i < schema_n; i++) {
		const struct option *o = &schema[i];
		struct plan_unit unit = { 0 };
		struct value_fault fault;
		struct value v;
		char shown[256];

		if (!o->preset)
			continue;
		assert_int_equal(value_parse(&o->rule, o->preset, &v, &fault), 0);
		if (value_is_text(&o->rule) || !(o->sections & IN_UNIT))
			continue;
		assert_true(o->field[0].size != 0);
		schema_store(o, &v, &unit);
		schema_show(o, &unit, shown, sizeof(shown));
		assert_int_equal(value_parse(&o->rule, shown, &v, &fault), 0);
		schema_show(o, &unit, shown, sizeof(shown));
		if (strcmp(o->name, "crash_loop") != 0)
			assert_string_equal(shown, o->preset);
	}
}

static void a_value_that_was_never_given_shows_as_nothing(void **unused)
{
	static const char *const names[] = {"nice", "cpus", "scheduler", "limit_nofile",
					    "directory"};
	struct plan_unit unit = { 0 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char shown[256] = "x";

		schema_show(schema_find(names[i], IN_UNIT), &unit, shown, sizeof(shown));
		assert_string_equal(shown, "");
	}
}

static void values_arrive_in_their_members(void **unused)
{
	struct plan_unit u = { 0 };
	struct value_fault fault;
	struct value v;
	const struct option *o = schema_find("nice", IN_UNIT);

	assert_int_equal(value_parse(&o->rule, "-5", &v, &fault), 0);
	schema_store(o, &v, &u);
	assert_int_equal(u.nice, -5);
	assert_true(u.nice_set);
	o = schema_find("limit_memlock", IN_UNIT);
	assert_int_equal(value_parse(&o->rule, "unlimited", &v, &fault), 0);
	schema_store(o, &v, &u);
	assert_true(u.limit[4].set);
	assert_int_equal(u.limit[4].resource, RLIMIT_MEMLOCK);
	assert_true(u.limit[4].value.rlim_max == RLIM_INFINITY);
	o = schema_find("history_files", IN_UNIT);
	assert_int_equal(value_parse(&o->rule, "1M x 2", &v, &fault), 0);
	schema_store(o, &v, &u);
	assert_int_equal(u.history_file_size, 1 << 20);
	assert_int_equal(u.history_files, 2);
	assert_int_equal(u.history_ram, 0);
	o = schema_find("cpus", IN_UNIT);
	assert_int_equal(value_parse(&o->rule, "1,63", &v, &fault), 0);
	schema_store(o, &v, &u);
	assert_true(u.affinity == (UINT64_C(1) << 63 | 2));
}

static void options_are_found_in_their_sections_only(void **unused)
{
	assert_non_null(schema_find("run_dir", IN_PTPWARDEN));
	assert_null(schema_find("run_dir", IN_UNIT));
	assert_non_null(schema_find("args", IN_ALTERNATE));
	assert_null(schema_find("args", IN_UNIT));
	assert_non_null(schema_find_any("args"));
	assert_null(schema_find_any("arg"));
	assert_string_equal(schema_nearest("arg", IN_ALTERNATE), "args");
}

static void no_two_options_of_a_section_share_a_name_or_a_member(void **unused)
{
	for (unsigned i = 0; i < schema_n; i++)
		for (unsigned k = 0; k < i; k++) {
			if (!(schema[i].sections & schema[k].sections))
				continue;
			assert_string_not_equal(schema[i].name, schema[k].name);
			if (schema[i].field[0].size && schema[k].field[0].size)
				assert_int_not_equal(schema[i].field[0].offset,
						     schema[k].field[0].offset);
		}
}

static void the_reference_names_every_option_and_its_default(void **unused)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	schema_print_reference(f);
	fclose(f);
	for (unsigned i = 0; i < schema_n; i++) {
		char item[64];

		assert_true(strlen(schema[i].help) > 10);
		snprintf(item, sizeof(item), ".It Cm %s\n", schema[i].name);
		assert_non_null(strstr(text, item));
		if (schema[i].preset)
			assert_non_null(strstr(text, schema[i].preset));
	}
	/* a line that begins with a quote or an unknown macro would vanish from the page */
	for (const char *line = text; line;
	     line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		assert_true(*line != '\'' && *line != ' ');
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_preset_is_right_and_comes_back_as_itself),
		cmocka_unit_test(a_value_that_was_never_given_shows_as_nothing),
		cmocka_unit_test(values_arrive_in_their_members),
		cmocka_unit_test(options_are_found_in_their_sections_only),
		cmocka_unit_test(no_two_options_of_a_section_share_a_name_or_a_member),
		cmocka_unit_test(the_reference_names_every_option_and_its_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
