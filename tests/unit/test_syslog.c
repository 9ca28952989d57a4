#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "supervisor/log.h"
#include "supervisor/loop.h"

enum { QUICK_MS = 500 };

/* A log daemon that has opened its socket; whether it reads is the test's affair. */
static int log_daemon(char dir[32], char path[64])
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	strcpy(dir, "/tmp/test_syslog.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, 64, "%s/log", dir);
	strcpy(addr.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static void say_much(const char *subsystem)
{
	for (int i = 0; i < LOG_BURST; i++)
		log_notice(subsystem, "line=%d", i);
}

/* stderr is replaced for a moment; what is written there meanwhile does not concern the test. */
static int stderr_to(int fd)
{
	int before = dup(STDERR_FILENO);

	dup2(fd, STDERR_FILENO);
	return before;
}

static void stderr_back(int before)
{
	dup2(before, STDERR_FILENO);
	close(before);
}

static void a_log_daemon_that_does_not_read_holds_nobody_up(void **state)
{
	char dir[32], path[64];
	int fd = log_daemon(dir, path), null = open("/dev/null", O_WRONLY), before;
	msec_t begun = loop_now();

	before = stderr_to(null);
	log_open(LOG_INFO, path);
	alarm(5);
	for (int i = 0; i < 8; i++)	/* more than any queue of datagrams holds */
		say_much((const char *[]){ "a", "b", "c", "d", "e", "f", "g", "h" }[i]);
	alarm(0);
	stderr_back(before);
	log_open(LOG_INFO, NULL);
	assert_in_range(loop_now() - begun, 0, QUICK_MS);
	close(fd);
	close(null);
	unlink(path);
	rmdir(dir);
}

static void the_log_daemon_gets_the_line_without_our_prefix(void **state)
{
	char dir[32], path[64], got[256] = "", expected[64];
	int fd = log_daemon(dir, path), null = open("/dev/null", O_WRONLY), before;

	before = stderr_to(null);
	log_open(LOG_INFO, path);
	log_warn("unit", "unit=%s", "a\nb");
	stderr_back(before);
	log_open(LOG_INFO, NULL);
	assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
	assert_memory_equal(got, "<28>", 4);
	/* "[12.345]" as linuxptp has it */
	snprintf(expected, sizeof(expected), " ptpwarden[%d]: [", (int)getpid());
	assert_non_null(strstr(got, expected));
	assert_non_null(strstr(got, "] unit: unit=a\\"));
	assert_null(strchr(got, '\n'));
	close(fd);
	close(null);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_daemon_that_does_not_read_holds_nobody_up),
		cmocka_unit_test(the_log_daemon_gets_the_line_without_our_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
