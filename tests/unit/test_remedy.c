#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "supervisor/act/remedy.h"

static char dir[64];

static int set_up(void **state)
{
	strcpy(dir, "/tmp/ptpwarden-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	return chdir(dir);
}

static int tear_down(void **state)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return chdir("/") | system(command);
}

static const char *in_dir(const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int make(const char *name)
{
	return remedy_make_directory(in_dir(name), (uid_t)-1, (gid_t)-1, NULL);
}

static void one_missing_folder_is_made(void **state)
{
	struct stat st;

	umask(077);
	assert_int_equal(make("run/ptp4l"), REMEDY_MADE_DIRECTORY);
	umask(022);
	assert_int_equal(stat("run", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(make("run/ptp4l"), REMEDY_NOTHING);
}

static void two_missing_folders_are_too_many(void **state)
{
	struct err err = { 0 };

	assert_int_equal(remedy_make_directory(in_dir("a/b/ptp4l"), 0, 0, &err), -ENOENT);
	assert_int_equal(err.code, ENOENT);
	assert_int_equal(access("a", F_OK), -1);
}

static void a_file_in_the_way_stays(void **state)
{
	close(open("run", O_CREAT | O_WRONLY, 0600));
	assert_int_equal(make("run/ptp4l"), -ENOTDIR);
}

static void our_own_link_is_followed(void **state)
{
	assert_int_equal(mkdir("real", 0755), 0);
	assert_int_equal(symlink("real", "link"), 0);
	assert_int_equal(make("link/run/ptp4l"), REMEDY_MADE_DIRECTORY);
	assert_int_equal(access("real/run", F_OK), 0);
}

static void a_link_in_a_folder_that_strangers_write_is_not(void **state)
{
	assert_int_equal(mkdir("real", 0755), 0);
	assert_int_equal(mkdir("open", 0755), 0);
	assert_int_equal(symlink("../real", "open/link"), 0);
	assert_int_equal(chmod("open", 0777), 0);
	assert_int_equal(make("open/link/run/ptp4l"), -ELOOP);
	assert_int_equal(access("real/run", F_OK), -1);
}

static void a_link_to_nowhere_is_not_made_into_a_folder(void **state)
{
	assert_int_equal(symlink("nowhere", "run"), 0);
	assert_int_equal(make("run/ptp4l"), -ENOENT);
	assert_int_equal(access("nowhere", F_OK), -1);
}

static void a_circle_of_links_ends(void **state)
{
	assert_int_equal(symlink("b", "a"), 0);
	assert_int_equal(symlink("a", "b"), 0);
	assert_int_equal(make("a/run/ptp4l"), -ELOOP);
}

static void odd_paths_are_refused(void **state)
{
	assert_int_equal(remedy_make_directory("ptp4l", 0, 0, NULL), -EINVAL);
	assert_int_equal(remedy_make_directory("/ptp4l", 0, 0, NULL), -EINVAL);
	assert_int_equal(remedy_make_directory("", 0, 0, NULL), -EINVAL);
}

static int bound(const char *path, int type)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	strcpy(addr.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	if (type != SOCK_DGRAM)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void a_stale_socket_is_removed_and_a_live_one_never(void **state)
{
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM, SOCK_SEQPACKET };

	for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
		const char *path = in_dir("sock");
		int fd = bound(path, types[i]);

		assert_int_equal(remedy_remove_stale_socket(path, NULL), -EADDRINUSE);
		assert_int_equal(access(path, F_OK), 0);
		close(fd);
		assert_int_equal(remedy_remove_stale_socket(path, NULL), REMEDY_REMOVED_SOCKET);
		assert_int_equal(access(path, F_OK), -1);
		assert_int_equal(remedy_remove_stale_socket(path, NULL), REMEDY_NOTHING);
	}
}

static void anything_but_a_socket_stays(void **state)
{
	close(open("file", O_CREAT | O_WRONLY, 0600));
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(remedy_remove_stale_socket(in_dir("file"), NULL), -ENOTSOCK);
	assert_int_equal(remedy_remove_stale_socket(in_dir("link"), NULL), -ENOTSOCK);
	assert_int_equal(access("file", F_OK), 0);
	assert_int_equal(access("link", F_OK), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(one_missing_folder_is_made),
		T(two_missing_folders_are_too_many),
		T(a_file_in_the_way_stays),
		T(our_own_link_is_followed),
		T(a_link_in_a_folder_that_strangers_write_is_not),
		T(a_link_to_nowhere_is_not_made_into_a_folder),
		T(a_circle_of_links_ends),
		T(odd_paths_are_refused),
		T(a_stale_socket_is_removed_and_a_live_one_never),
		T(anything_but_a_socket_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
