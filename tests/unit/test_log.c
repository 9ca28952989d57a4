#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"
#include "supervisor/log.h"
#include "supervisor/loop.h"

/* Everything that goes to stderr while it is a pipe. */
struct pipe_stderr {
	int saved, fd[2];
};

static int into_pipe(void **state)
{
	static struct pipe_stderr p;

	p.saved = dup(STDERR_FILENO);
	if (pipe(p.fd) < 0 || dup2(p.fd[1], STDERR_FILENO) < 0)
		return -1;
	(void)fcntl(p.fd[0], F_SETFL, O_NONBLOCK);
	*state = &p;
	return 0;
}

static int out_of_pipe(void **state)
{
	struct pipe_stderr *p = *state;

	dup2(p->saved, STDERR_FILENO);
	close(p->saved);
	close(p->fd[0]);
	close(p->fd[1]);
	return 0;
}

static unsigned lines_in(struct pipe_stderr *p, char *last, size_t size)
{
	unsigned n = 0;
	char room[65536];
	ssize_t len;

	while ((len = read(p->fd[0], room, sizeof(room) - 1)) > 0) {
		room[len] = '\0';
		snprintf(last, size, "%s", room);
		for (ssize_t i = 0; i < len; i++)
			n += room[i] == '\n';
	}
	return n;
}

static void bytes_from_outside_stay_on_one_line(void **state)
{
	char text[1024];

	log_open(LOG_INFO, NULL);
	log_info("outside", "name=%s", "a\n\x1b[2Jb");
	assert_int_equal(lines_in(*state, text, sizeof(text)), 1);
	assert_non_null(strstr(text, "outside: name=a\\x0a\\x1b[2Jb\n"));
	log_debug("outside", "not at this level");
	assert_int_equal(lines_in(*state, text, sizeof(text)), 0);
}

static void one_subsystem_cannot_fill_the_log(void **state)
{
	char text[65536];

	log_open(LOG_INFO, NULL);
	for (int i = 0; i < LOG_BURST + 100; i++)
		log_info("chatty", "line %d", i);
	log_info("quiet", "still heard");
	assert_int_equal(lines_in(*state, text, sizeof(text)), LOG_BURST + 1);
	assert_non_null(strstr(text, "quiet: still heard"));
}

/* A log reader that has stopped must not stop the supervisor. */
static void a_full_pipe_does_not_block(void **state)
{
	struct pipe_stderr *p = *state;
	static const char fill[65536];
	int64_t begun = loop_now_ns();

	(void)fcntl(p->fd[1], F_SETFL, O_NONBLOCK);
	while (write(p->fd[1], fill, sizeof(fill)) > 0)
		;
	assert_int_equal(errno, EAGAIN);
	(void)fcntl(p->fd[1], F_SETFL, 0);
	alarm(5);	/* if it blocks, the test dies */
	log_info("blocked", "nobody reads this");
	alarm(0);
	assert_true(loop_now_ns() - begun < 4000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bytes_from_outside_stay_on_one_line, into_pipe,
						out_of_pipe),
		cmocka_unit_test_setup_teardown(one_subsystem_cannot_fill_the_log, into_pipe,
						out_of_pipe),
		cmocka_unit_test_setup_teardown(a_full_pipe_does_not_block, into_pipe, out_of_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
