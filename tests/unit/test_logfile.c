/* Output files: the way from memory back to the disk. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/record/logfile.h"
#include "test.h"

enum { MEMORY = 100 };

static char folder[64], path[96];
static struct logfile f;
static int pipe_fd[2];

static int set_up(void **unused)
{
	strcpy(folder, "/tmp/ptpwarden-logfile-XXXXXX");
	assert_non_null(mkdtemp(folder));
	rmdir(folder);	/* a disk that refuses */
	snprintf(path, sizeof(path), "%s/unit.log", folder);
	assert_int_equal(pipe2(pipe_fd, O_NONBLOCK | O_CLOEXEC), 0);
	logfile_open(&f, path, 1024 * 1024, 2, MEMORY);
	assert_true(f.memory);
	return 0;
}

static int tear_down(void **unused)
{
	logfile_close(&f);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	unlink(path);
	return rmdir(folder);
}

static void print(const char *text)
{
	size_t len = strlen(text);

	assert_int_equal(write(pipe_fd[1], text, len), len);
	while (logfile_take(&f, pipe_fd[0]) > 0)
		;
}

/* The disk is back; what it got before it refused ended in the middle of a line. */
static const char *recovered(void)
{
	static char bytes[512];
	FILE *file;

	assert_int_equal(mkdir(folder, 0700), 0);
	file = fopen(path, "w");
	fputs("first\nsecond, cut", file);
	fclose(file);
	assert_true(logfile_recover(&f, 1000));
	file = fopen(path, "r");
	bytes[fread(bytes, 1, sizeof(bytes) - 1, file)] = '\0';
	fclose(file);
	return bytes;
}

static void a_line_cut_by_the_disk_goes_on_with_what_memory_holds(void **unused)
{
	print(" in two\nthird\n");
	assert_string_equal(recovered(), "first\nsecond, cut in two\nthird\n");
}

static void lines_that_memory_lost_do_not_make_one_of_two(void **unused)
{
	char line[MEMORY - 8];

	memset(line, 'x', sizeof(line) - 2);
	strcpy(line + sizeof(line) - 2, "\n");
	print(" in two\n");
	print(line);
	print("newest\n");
	print(line);
	print("newest\n");
	assert_non_null(strstr(recovered(), "second, cut\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_cut_by_the_disk_goes_on_with_what_memory_holds,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(lines_that_memory_lost_do_not_make_one_of_two, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
