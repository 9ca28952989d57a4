#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "base.h"
#include "supervisor/control/places.h"

static char dir[64], path[96];

static int set_up(void **unused)
{
	strcpy(dir, "/tmp/ptpwarden-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/w.conf", dir);
	return 0;
}

static void put(const char *file, const char *text)
{
	FILE *out = fopen(file, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static int tear_down(void **unused)
{
	char drop[128];

	snprintf(drop, sizeof(drop), "%s/w.d/one.conf", dir);
	unlink(drop);
	snprintf(drop, sizeof(drop), "%s/w.d", dir);
	rmdir(drop);
	unlink(path);
	return rmdir(dir);
}

static void a_broken_configuration_still_leads_to_its_supervisor(void **unused)
{
	struct places p;

	put(path, "[ptpwarden]\nrun_dir = /run/x  \nnonsense\nlog_dir=/var/log/x\n"
		  "[unit a]\nrun_dir = /run/wrong\ncommand = \"unclosed\n;run_dir = /no\n");
	places_find(path, &p);
	assert_string_equal(p.run_dir, "/run/x");
	assert_string_equal(p.log_dir, "/var/log/x");
	assert_string_equal(p.socket, "/run/x/control.sock");
}

static void the_logs_are_in_the_run_dir_unless_said_otherwise(void **unused)
{
	struct places p;

	put(path, "[ptpwarden]\nrun_dir = /run/x\n");
	places_find(path, &p);
	assert_string_equal(p.log_dir, "/run/x/log");
}

static void without_a_file_the_built_in_places_count(void **unused)
{
	struct places p;

	places_find("/nonexistent/ptpwarden.conf", &p);
	assert_string_equal(p.socket, "/run/ptpwarden/control.sock");
	assert_string_equal(p.log_dir, "/run/ptpwarden/log");
}

static void a_later_drop_in_wins(void **unused)
{
	struct places p;
	char drop[128];

	put(path, "[ptpwarden]\nrun_dir = /run/x\n");
	snprintf(drop, sizeof(drop), "%s/w.d", dir);
	mkdir(drop, 0755);
	snprintf(drop, sizeof(drop), "%s/w.d/one.conf", dir);
	put(drop, "[ptpwarden]\nrun_dir = /run/y\n");
	places_find(path, &p);
	assert_string_equal(p.run_dir, "/run/y");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_broken_configuration_still_leads_to_its_supervisor),
		IN_FOLDER(the_logs_are_in_the_run_dir_unless_said_otherwise),
		IN_FOLDER(without_a_file_the_built_in_places_count),
		IN_FOLDER(a_later_drop_in_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
