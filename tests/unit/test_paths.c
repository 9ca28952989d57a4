#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "err.h"
#include "conf/paths.h"

static char dir[64];

static const char *in_dir(const char *name)
{
	static char path[4][128];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", dir, name);
	return p;
}

static void make_file(const char *name, mode_t mode)
{
	int fd = open(in_dir(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void make_dir(const char *name, mode_t mode)
{
	assert_int_equal(mkdir(in_dir(name), 0700), 0);
	assert_int_equal(chmod(in_dir(name), mode), 0);
}

static int setup(void **unused)
{
	snprintf(dir, sizeof(dir), "/tmp/ptpwarden-test-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **unused)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void the_first_executable_regular_file_wins(void **unused)
{
	char search[320], out[128];

	make_dir("a", 0755);
	make_dir("b", 0755);
	make_dir("c", 0755);
	make_dir("a/prog", 0755);
	make_file("b/prog", 0644);
	make_file("c/prog", 0755);
	snprintf(search, sizeof(search), "%s/none:%s/a::%s/b:%s/c", dir, dir, dir, dir);
	assert_int_equal(path_find_program("prog", search, out, sizeof(out)), 0);
	assert_string_equal(out, in_dir("c/prog"));
}

static void without_a_program_the_file_that_is_none_is_named(void **unused)
{
	char search[320], out[128];

	make_dir("a", 0755);
	make_dir("b", 0755);
	make_file("b/prog", 0644);
	snprintf(search, sizeof(search), "%s/a:%s/b", dir, dir);
	assert_int_equal(path_find_program("prog", search, out, sizeof(out)), -EACCES);
	assert_string_equal(out, in_dir("b/prog"));
	assert_int_equal(path_find_program("other", search, out, sizeof(out)), -ENOENT);
	assert_string_equal(out, in_dir("a/other"));
}

static void a_word_with_a_slash_is_not_searched(void **unused)
{
	char out[128], tiny[4];

	make_file("prog", 0755);
	assert_int_equal(path_find_program(in_dir("prog"), "/none", out, sizeof(out)), 0);
	assert_string_equal(out, in_dir("prog"));
	assert_int_equal(path_find_program("./nothing", "/none", out, sizeof(out)), -ENOENT);
	assert_int_equal(path_find_program("/long/one", "/", tiny, sizeof(tiny)), -ENAMETOOLONG);
	assert_int_equal(path_find_program("prog", "", out, sizeof(out)), -ENOENT);
	assert_int_equal(path_find_program("prog", ".:x", out, sizeof(out)), -ENOENT);
	assert_string_equal(out, "prog");
}

static void a_private_file_is_trusted(void **unused)
{
	make_file("f", 0644);
	assert_int_equal(path_trusted(in_dir("f"), NULL), 0);
	assert_int_equal(path_trusted("/", NULL), 0);
	assert_int_equal(path_trusted("/usr/../usr/./bin//env", NULL), 0);
	assert_int_equal(path_trusted(in_dir("missing"), NULL), -ENOENT);
}

static void a_file_that_everybody_may_write_is_not_trusted(void **unused)
{
	struct err err = { 0 };

	make_file("f", 0666);
	assert_int_equal(path_trusted(in_dir("f"), &err), -EACCES);
	assert_non_null(strstr(err.text, "chmod o-w"));
}

static void a_folder_that_everybody_may_write_is_not_trusted_unless_sticky(void **unused)
{
	make_dir("d", 0777);
	make_file("d/f", 0644);
	assert_int_equal(path_trusted(in_dir("d/f"), NULL), -EACCES);
	assert_int_equal(chmod(in_dir("d"), 01777), 0);
	assert_int_equal(path_trusted(in_dir("d/f"), NULL), 0);
}

static void a_link_is_as_good_as_every_folder_on_its_way(void **unused)
{
	make_dir("open", 0777);
	make_dir("safe", 0755);
	make_file("safe/f", 0644);
	assert_int_equal(symlink("../safe/f", in_dir("open/middle")), 0);
	assert_int_equal(symlink("open/middle", in_dir("first")), 0);
	assert_int_equal(symlink(in_dir("safe"), in_dir("straight")), 0);
	assert_int_equal(path_trusted(in_dir("straight/f"), NULL), 0);
	assert_int_equal(path_trusted(in_dir("first"), NULL), -EACCES);
	assert_int_equal(symlink("loop", in_dir("loop")), 0);
	assert_int_equal(path_trusted(in_dir("loop"), NULL), -ELOOP);
}

static void a_file_of_another_user_is_not_trusted(void **unused)
{
	struct err err = { 0 };

	if (geteuid() != 0)
		skip();
	make_file("f", 0644);
	assert_int_equal(chown(in_dir("f"), 12345, 0), 0);
	assert_int_equal(path_trusted(in_dir("f"), &err), -EACCES);
	assert_non_null(strstr(err.text, "12345"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_executable_regular_file_wins),
		TEST(without_a_program_the_file_that_is_none_is_named),
		TEST(a_word_with_a_slash_is_not_searched),
		TEST(a_private_file_is_trusted),
		TEST(a_file_that_everybody_may_write_is_not_trusted),
		TEST(a_folder_that_everybody_may_write_is_not_trusted_unless_sticky),
		TEST(a_link_is_as_good_as_every_folder_on_its_way),
		TEST(a_file_of_another_user_is_not_trusted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
