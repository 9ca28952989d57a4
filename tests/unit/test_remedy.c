#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "supervisor/act/mend.h"
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

/* In a child: limits cannot always be given back. @return its exit status */
static int with_few_files(rlim_t hard, int (*fn)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		struct rlimit few = { 30, hard };

		_exit(setrlimit(RLIMIT_NOFILE, &few) < 0 ? 99 : fn());
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int raised_to_1024(void)
{
	char what[80];
	struct rlimit now;

	if (mend_raise_limits(what, sizeof(what), NULL) < 1 || !strstr(what, "open files"))
		return 1;
	if (getrlimit(RLIMIT_NOFILE, &now) < 0 || now.rlim_cur < 1024)
		return 2;
	return mend_raise_limits(what, sizeof(what), NULL) == 0 ? 0 : 3;
}

static void a_low_limit_is_raised_once(void **unused)
{
	assert_int_equal(with_few_files(4096, raised_to_1024), 0);
}

static int raised_as_far_as_allowed(void)
{
	struct err err = { 0 };
	char what[80];
	struct rlimit now;

	if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
		return 1;
	if (mend_raise_limits(what, sizeof(what), &err) != 1 || getrlimit(RLIMIT_NOFILE, &now) < 0)
		return 2;
	if (now.rlim_cur != 50)
		return 3;
	return mend_raise_limits(what, sizeof(what), &err) == -EPERM && err.text[0] ? 0 : 4;
}

static void without_the_right_to_it_a_limit_is_raised_as_far_as_allowed(void **unused)
{
	assert_int_equal(with_few_files(50, raised_as_far_as_allowed), 0);
}

static void an_interface_that_is_not_there_cannot_be_switched_on(void **unused)
{
	struct err err = { 0 };

	assert_int_equal(mend_set_up("nosuch0", &err), -ENODEV);
	assert_non_null(strstr(err.text, "nosuch0"));
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
		T(a_low_limit_is_raised_once),
		T(without_the_right_to_it_a_limit_is_raised_as_far_as_allowed),
		T(an_interface_that_is_not_there_cannot_be_switched_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
