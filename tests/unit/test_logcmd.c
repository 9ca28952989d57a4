#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "base.h"
#include "jsoncheck.h"
#include "supervisor/control/local.h"
#include "supervisor/control/verbs.h"

static char dir[64], conf[96], file[128], said[65536];

static void put(const char *path, const char *bytes, size_t len)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fwrite(bytes, 1, len, out);
	fclose(out);
}

static int set_up(void **unused)
{
	char text[256], log_dir[96];

	strcpy(dir, "/tmp/ptpwarden-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(conf, sizeof(conf), "%s/w.conf", dir);
	snprintf(log_dir, sizeof(log_dir), "%s/log", dir);
	snprintf(file, sizeof(file), "%s/ptp4l.log", log_dir);
	mkdir(log_dir, 0755);
	snprintf(text, sizeof(text), "[ptpwarden]\nrun_dir = %s\n[unit ptp4l]\n"
		 "command = /bin/true\n", dir);
	put(conf, text, strlen(text));
	return 0;
}

static int tear_down(void **unused)
{
	char log_dir[96];

	unlink(file);
	unlink(conf);
	snprintf(log_dir, sizeof(log_dir), "%s/log", dir);
	rmdir(log_dir);
	return rmdir(dir);
}

/* The verb with its words; both outputs land in `said`. @return exit code */
static int show(const char *words)
{
	char copy[256], *argv[16], *save;
	int argc = 0, rc, out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
	FILE *to = tmpfile();

	snprintf(copy, sizeof(copy), "log -f %s %s", conf, words);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	argv[argc] = NULL;
	fflush(stdout);
	dup2(fileno(to), STDOUT_FILENO);
	dup2(fileno(to), STDERR_FILENO);
	rc = log_main(argc, argv);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	rewind(to);
	said[fread(said, 1, sizeof(said) - 1, to)] = '\0';
	fclose(to);
	return rc;
}

static void the_newest_lines_come_oldest_first_and_as_they_are(void **unused)
{
	put(file, "one\ntwo\nth\x1bree\xff\n", 16);
	assert_int_equal(show("ptp4l"), RC_OK);
	assert_string_equal(said, "one\ntwo\nth\x1bree\xff\n");
	assert_int_equal(show("ptp4l -n 2"), RC_OK);
	assert_string_equal(said, "two\nth\x1bree\xff\n");
}

static void each_line_of_json_is_an_object_whatever_the_bytes(void **unused)
{
	char all[256 * 3], *line, *save;
	size_t n = 0;

	for (int byte = 1; byte < 256; byte++) {
		all[n++] = (char)(byte == '\n' ? 'n' : byte);
		all[n++] = '"';
		all[n++] = byte % 16 ? '\\' : '\n';
	}
	put(file, all, n);
	assert_int_equal(show("ptp4l -n 0 --json"), RC_OK);
	for (line = strtok_r(said, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		assert_true(json_valid(line));
		assert_int_equal(strncmp(line, "{\"line\":\"", 9), 0);
	}
}

static void no_file_is_told_from_no_unit(void **unused)
{
	assert_int_equal(show("ptp4l"), RC_FAILED);
	assert_non_null(strstr(said, file));
	assert_int_equal(show("../../etc/passwd"), RC_USAGE);
	assert_int_equal(show(""), RC_USAGE);
}

static void an_unknown_unit_gets_the_nearest_name(void **unused)
{
	assert_int_equal(show("ptp41"), RC_USAGE);
	assert_non_null(strstr(said, "'ptp4l'"));
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILES(the_newest_lines_come_oldest_first_and_as_they_are),
		WITH_FILES(each_line_of_json_is_an_object_whatever_the_bytes),
		WITH_FILES(no_file_is_told_from_no_unit),
		WITH_FILES(an_unknown_unit_gets_the_nearest_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
