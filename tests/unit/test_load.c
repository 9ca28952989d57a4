#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "conf/load.h"
#include "conf/planmake.h"

static struct conf_errors errs;
static struct plan *plan;
static char dir[64], conf[96];

static int setup(void **unused)
{
	snprintf(dir, sizeof(dir), "/tmp/ptpwarden-test-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(conf, sizeof(conf), "%s/w.conf", dir);
	plan = NULL;
	return 0;
}

static int teardown(void **unused)
{
	char command[128];

	plan_free(plan);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void write_file(const char *name, const char *text)
{
	char path[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, 0644), 0);
}

static void make_drop_ins(void)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/w.d", dir);
	assert_int_equal(mkdir(path, 0755), 0);
}

static int load(void)
{
	return conf_load(conf, &plan, &errs);
}

/* The file must be refused with these errors, each "LINE:COLUMN TEXT-PART" and so on, in order. */
static void assert_refused(const char *text, unsigned n, ...)
{
	va_list ap;

	write_file("w.conf", text);
	assert_int_equal(load(), -EINVAL);
	assert_null(plan);
	va_start(ap, n);
	for (unsigned i = 0; i < n; i++) {
		const char *expected = va_arg(ap, const char *);
		char said[600];

		assert_true(i < errs.n);
		snprintf(said, sizeof(said), "%u:%u %s [%s]", errs.at[i].line, errs.at[i].column,
			 errs.at[i].text, errs.at[i].nearest);
		if (strncmp(said, expected, strcspn(expected, " ")) ||
		    !strstr(said, strchr(expected, ' ') + 1))
			fail_msg("error %u is \"%s\", not \"%s\"", i, said, expected);
	}
	va_end(ap);
	assert_int_equal(errs.n, n);
}

static void a_configuration_becomes_a_plan(void **unused)
{
	write_file("w.conf", "[ptpwarden]\nrun_dir = /run/x\n[unit p]\ncommand = ptp4l -i "
			     "%i\ninterface = eth0\n");
	assert_int_equal(load(), 0);
	assert_int_equal(errs.n, 0);
	assert_string_equal(plan->file, conf);
	assert_string_equal(plan->run_dir, "/run/x");
	assert_string_equal(plan->log_dir, "/run/x/log");
	assert_string_equal(plan->state_dir, "/var/lib/ptpwarden");
	assert_int_equal(plan->units, 1);
	assert_string_equal(plan->unit[0].name, "p");
	assert_string_equal(plan->unit[0].place.file, conf);
	assert_int_equal(plan->unit[0].place.line, 3);
	assert_int_equal(plan->unit[0].program, PROG_PTP4L);
	assert_int_equal(plan->unit[0].restart_delay, SEC);
	assert_int_equal(plan->unit[0].limit[1].value.rlim_cur, 65536);
	assert_true(plan->unit[0].autostart);
	assert_int_equal(plan->unit[0].follows, -1);
}

static void a_missing_file_says_where_one_is_looked_for(void **unused)
{
	assert_int_equal(load(), -ENOENT);
	assert_int_equal(errs.n, 1);
	assert_string_equal(errs.at[0].file, conf);
	assert_int_equal(errs.at[0].line, 0);
}

static void all_errors_are_said_at_once_with_their_places(void **unused)
{
	assert_refused("[ptpwarden]\nrundir = /x\nlog_level = inof\n[unit p]\ncommand = a | b\n"
		       "umask = 9\nargs = -S\nrun_dir = /x\n[unit q]\n",
		       7, "2:1 unknown option rundir [run_dir]", "3:13 log_level: this word",
		       "5:13 no shell", "6:9 umask", "7:1 args has no meaning",
		       "8:1 run_dir has no meaning", "9:2 unit q has no command");
	assert_string_equal(errs.at[1].nearest, "info");
	assert_non_null(strstr(errs.at[1].accepted, "warning"));
	assert_string_equal(errs.at[2].quoted, "command = a | b");
	assert_int_equal(errs.at[2].caret, 13);
	assert_non_null(strstr(errs.at[4].accepted, "[alternate UNIT NAME]"));
}

static void what_is_said_twice_in_a_file_names_both_places(void **unused)
{
	assert_refused("[unit p]\ncommand = a\ncommand = b\n[unit q]\ncommand = c\n[unit "
		       "p]\n[ptpwarden]\n[ptpwarden]\n"
		       "[alternate p x]\n[alternate p x]\n",
		       4, "3:11 command is given already: line 2", "6:2 there already: line 1",
		       "8:2 there already: line 7", "10:2 there already: line 9");
}

static void references_to_unknown_units_name_the_nearest(void **unused)
{
	assert_refused("[unit ptp4l]\ncommand = a\n[unit x]\ncommand = b\nfollows = "
		       "ptpl4\n[alternate pt4l y]\nargs = -S\n",
		       2, "5:11 no unit ptpl4 [ptp4l]", "6:2 no unit pt4l [ptp4l]");
}

static void circles_are_said_with_every_place(void **unused)
{
	assert_refused(
		"[unit a]\ncommand = x\nfollows = c\n[unit b]\ncommand = x\nfollows = a\n"
		"[unit c]\ncommand = x\nfollows = b\n[unit d]\ncommand = x\nfollows = d\n",
		2, "3:11 a follows c (line 3), which follows b (line 9), which follows a (line 6)",
		"12:11 d follows d (line 12)");
}

static void an_interface_that_nothing_uses_names_both_places(void **unused)
{
	char expected[200];

	snprintf(expected, sizeof(expected), "3:13 interface eth0 is not used: the command (%s:2)",
		 conf);
	assert_refused("[unit p]\ncommand = ptp4l -i eth0\ninterface = eth0\n", 1, expected);
	snprintf(expected, sizeof(expected), "4:13 interface eth1 is not used: the command (%s:2)",
		 conf);
	assert_refused("[unit p]\ncommand = ptp4l -i eth0\n[alternate p x]\ninterface = eth1\n", 1,
		       expected);
}

static void a_missing_interface_is_said_once(void **unused)
{
	assert_refused("[unit p]\ncommand = ptp4l -i %i\n[alternate p x]\nuser = y\n[unit q]\n"
		       "command = phc2sys -s %i\nfollows = p\n",
		       2, "2:11 unit p has none", "6:11 unit q has none");
	/* an interface that was only written wrongly is no missing one */
	assert_refused("[unit p]\ncommand = ptp4l -i %i\ninterface = a/b\n[unit q]\ncommand = x "
		       "%i\nfollows = p\n",
		       1, "3:13 no interface");
}

static void one_mistake_is_not_reported_as_many(void **unused)
{
	assert_refused("[unti p]\ncommand = x\nfoo = bar\n[unit q]\ncommand = y\nfollows = p\n", 1,
		       "1:2 unknown section [unti p] [unit]");
	assert_refused("[unit p\ncommand = x\n", 1, "1:8 the ] that closes");
	assert_refused("[unit p]\ncommand x\n[alternate p a/b]\nfoo = 1\n", 2, "2:1 a name without",
		       "3:2 is no name");
	assert_refused("[unit p]\n command = x\n", 1, "2:2 indented");
}

static void options_before_the_first_section_belong_nowhere(void **unused)
{
	assert_refused("user = x\n[unit p]\ncommand = y\n", 1,
		       "1:8 stands before the first section");
}

static void nothing_to_run_is_an_error(void **unused)
{
	assert_refused("", 1, "0:0 no unit to run");
	assert_refused("; only a comment\n[ptpwarden]\nrun_dir = /x\n", 1, "0:0 no unit to run");
}

static void delays_must_fit_each_other(void **unused)
{
	assert_refused("[unit p]\ncommand = x\nrestart_delay = 2m\nrestart_delay_max = 1m\n", 1,
		       "3:17 longer than restart_delay_max (line 4)");
	assert_refused("[unit p]\ncommand = x\nrestart_delay = 2m\n", 1, "3:17 (its default)");
}

static void more_errors_than_fit_are_counted(void **unused)
{
	char text[4096] = "[unit p]\ncommand = x\n";

	for (int i = 0; i < CONF_ERRORS_MAX + 1; i++)
		snprintf(text + strlen(text), 16, "bad%d = 1\n", i);
	write_file("w.conf", text);
	assert_int_equal(load(), -EINVAL);
	assert_int_equal(errs.n, CONF_ERRORS_MAX);
	assert_int_equal(errs.dropped, 1);
}

static void a_unit_more_than_the_bound_is_refused(void **unused)
{
	static char text[UNITS_MAX * 40 + 100];

	text[0] = '\0';
	for (int i = 0; i < UNITS_MAX; i++)
		sprintf(text + strlen(text), "[unit u%d]\ncommand = x\n", i);
	write_file("w.conf", text);
	assert_int_equal(load(), 0);
	assert_int_equal(plan->units, UNITS_MAX);
	plan_free(plan);
	plan = NULL;
	strcat(text, "[unit more]\ncommand = x\n");
	assert_refused(text, 1, "513:2 more than 256 units");
}

static void an_alternate_more_than_the_bound_is_refused(void **unused)
{
	char text[1024] = "[unit p]\ncommand = x\n";

	for (int i = 1; i < ALTERNATES_MAX; i++)
		sprintf(text + strlen(text), "[alternate p a%d]\n", i);
	write_file("w.conf", text);
	assert_int_equal(load(), 0);
	assert_int_equal(plan->unit[0].alternates, ALTERNATES_MAX);
	plan_free(plan);
	plan = NULL;
	strcat(text, "[alternate p more]\n");
	assert_refused(text, 1, "10:2 more than 7 alternates");
}

static void drop_ins_are_read_in_order_and_win(void **unused)
{
	write_file("w.conf",
		   "[unit p]\ncommand = x\nsettle = 10s\nuser = a\n[alternate p one]\nargs = -1\n");
	make_drop_ins();
	write_file("w.d/20-b.conf", "[unit p]\nsettle = 30s\n[alternate p three]\n");
	write_file("w.d/10-a.conf", "[unit p]\nsettle = 20s\nnice = 5\n[alternate p "
				    "two]\n[alternate p one]\nargs = -9\n");
	write_file("w.d/30-c.txt", "nonsense\n");
	write_file("w.d/.hidden.conf", "nonsense\n");
	assert_int_equal(load(), 0);
	assert_int_equal(plan->unit[0].settle, 30 * SEC);
	assert_int_equal(plan->unit[0].nice, 5);
	assert_string_equal(plan->unit[0].runs[0].user, "a");
	assert_int_equal(plan->unit[0].alternates, 4);
	assert_string_equal(plan->unit[0].runs[1].name, "one");
	assert_string_equal(plan->unit[0].runs[1].argv[1], "-9");
	assert_string_equal(plan->unit[0].runs[2].name, "two");
	assert_string_equal(plan->unit[0].runs[3].name, "three");
}

static void errors_of_drop_ins_name_their_file(void **unused)
{
	write_file("w.conf", "[unit p]\ncommand = x\nfoo = 1\nfollows = nobody\n");
	make_drop_ins();
	write_file("w.d/a.conf", "[unit p]\nbar = 1\nbar = 2\n");
	write_file("w.d/b.conf", "[unit q]\nfollows = r\n");
	assert_int_equal(load(), -EINVAL);
	assert_int_equal(errs.n, 6);
	assert_string_equal(errs.at[0].file, conf);
	/* found last, since it needs all files, but said with the others of its file */
	assert_string_equal(errs.at[1].file, conf);
	assert_int_equal(errs.at[1].line, 4);
	assert_non_null(strstr(errs.at[2].file, "w.d/a.conf"));
	assert_int_equal(errs.at[3].line, 3);
	assert_non_null(strstr(errs.at[4].file, "w.d/b.conf"));
	assert_int_equal(errs.at[4].line, 1);
	assert_int_equal(errs.at[5].line, 2);
}

static void what_everybody_may_write_is_refused(void **unused)
{
	write_file("w.conf", "[unit p]\ncommand = x\n");
	assert_int_equal(chmod(conf, 0646), 0);
	assert_int_equal(load(), -EACCES);
	assert_int_equal(errs.n, 1);
	assert_non_null(strstr(errs.at[0].text, "chmod o-w"));
	assert_int_equal(chmod(conf, 0644), 0);
	make_drop_ins();
	write_file("w.d/a.conf", "[unit p]\nuser = evil\n");
	{
		char path[160];

		snprintf(path, sizeof(path), "%s/w.d", dir);
		assert_int_equal(chmod(path, 0777), 0);
	}
	assert_int_equal(load(), -EINVAL);
	assert_int_equal(errs.n, 1);
}

static void what_is_no_file_is_refused_without_waiting(void **unused)
{
	assert_int_equal(mkfifo(conf, 0600), 0);
	assert_int_equal(load(), -EINVAL);
	assert_int_equal(unlink(conf), 0);
	assert_int_equal(mkdir(conf, 0700), 0);
	assert_int_equal(load(), -EINVAL);
}

static void a_file_of_256_kilobytes_is_read_and_one_byte_more_is_refused(void **unused)
{
	char *text = malloc(256 * 1024 + 2);

	memset(text, '\n', 256 * 1024 + 1);
	memcpy(text, "[unit p]\ncommand = x\n", 21);
	text[256 * 1024] = '\0';
	write_file("w.conf", text);
	assert_int_equal(load(), 0);
	text[256 * 1024] = '\n';
	text[256 * 1024 + 1] = '\0';
	write_file("w.conf", text);
	plan_free(plan);
	plan = NULL;
	assert_int_equal(load(), -EINVAL);
	assert_null(plan);
	free(text);
}

static void the_files_to_watch_are_named(void **unused)
{
	char files[4][256], expected[160];

	write_file("w.conf", "");
	assert_int_equal(plan_files(conf, files, 4), 2);
	assert_string_equal(files[0], conf);
	snprintf(expected, sizeof(expected), "%s/w.d", dir);
	assert_string_equal(files[1], expected);
	make_drop_ins();
	write_file("w.d/b.conf", "");
	write_file("w.d/a.conf", "");
	write_file("w.d/c.conf", "");
	assert_int_equal(plan_files(conf, files, 4), 4);
	snprintf(expected, sizeof(expected), "%s/w.d/a.conf", dir);
	assert_string_equal(files[2], expected);
}

static void clients_find_the_places_of_a_broken_configuration(void **unused)
{
	struct conf_places places;

	assert_int_equal(conf_places(conf, &places), 0);
	assert_string_equal(places.run_dir, "/run/ptpwarden");
	assert_string_equal(places.log_dir, "/run/ptpwarden/log");
	write_file("w.conf", "[ptpwarden]\nrun_dir = /run/x\n[unit p]\nfoo\n  bar = 1\n[unti\n");
	assert_int_equal(conf_places(conf, &places), 0);
	assert_string_equal(places.run_dir, "/run/x");
	assert_string_equal(places.log_dir, "/run/x/log");
	write_file("w.conf", "[ptpwarden]\nrun_dir = run/x\n");
	make_drop_ins();
	write_file("w.d/a.conf", "[ptpwarden]\nlog_dir = /log\n");
	assert_int_equal(conf_places(conf, &places), 0);
	assert_string_equal(places.run_dir, "/run/ptpwarden");
	assert_string_equal(places.log_dir, "/log");
}

static void errors_are_printed_with_a_caret_under_the_place(void **unused)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	write_file("w.conf", "[unit p]\ncommand = x\numask\t= \xc3\xa4 z\x01\n");
	assert_int_equal(load(), -EINVAL);
	conf_errors_print(&errs, f);
	fclose(f);
	assert_non_null(strstr(
		text,
		":3:13: a control character\n    umask = \xc3\xa4 z\\x01\n               ^\n"));
	free(text);
	write_file("w.conf", "[unit p]\ncommand = x\nuser = \xc3\xa4 z\n");
	assert_int_equal(load(), -EINVAL);
	f = open_memstream(&text, &size);
	conf_errors_print(&errs, f);
	fclose(f);
	assert_non_null(strstr(text, ":3:8: user: "));
	assert_non_null(strstr(text, "    user = \xc3\xa4 z\n           ^\n    accepted: "));
	free(text);
}

static void a_place_far_out_in_a_long_line_is_still_shown(void **unused)
{
	char text[1200] = "[unit p]\ncommand = x ";
	struct conf_error *e = &errs.at[0];

	memset(text + strlen(text), 'a', 1000);
	strcat(text, " | b\n");
	write_file("w.conf", text);
	assert_int_equal(load(), -EINVAL);
	assert_int_equal(e->column, 1014);
	assert_int_equal(e->quoted[e->caret - 1], '|');
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_configuration_becomes_a_plan),
		TEST(a_missing_file_says_where_one_is_looked_for),
		TEST(all_errors_are_said_at_once_with_their_places),
		TEST(what_is_said_twice_in_a_file_names_both_places),
		TEST(references_to_unknown_units_name_the_nearest),
		TEST(circles_are_said_with_every_place),
		TEST(an_interface_that_nothing_uses_names_both_places),
		TEST(a_missing_interface_is_said_once),
		TEST(one_mistake_is_not_reported_as_many),
		TEST(options_before_the_first_section_belong_nowhere),
		TEST(nothing_to_run_is_an_error),
		TEST(delays_must_fit_each_other),
		TEST(more_errors_than_fit_are_counted),
		TEST(a_unit_more_than_the_bound_is_refused),
		TEST(an_alternate_more_than_the_bound_is_refused),
		TEST(drop_ins_are_read_in_order_and_win),
		TEST(errors_of_drop_ins_name_their_file),
		TEST(what_everybody_may_write_is_refused),
		TEST(what_is_no_file_is_refused_without_waiting),
		TEST(a_file_of_256_kilobytes_is_read_and_one_byte_more_is_refused),
		TEST(the_files_to_watch_are_named),
		TEST(clients_find_the_places_of_a_broken_configuration),
		TEST(errors_are_printed_with_a_caret_under_the_place),
		TEST(a_place_far_out_in_a_long_line_is_still_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
