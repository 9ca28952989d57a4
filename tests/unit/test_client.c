#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "test.h"
#include "supervisor/control/client.h"
#include "supervisor/loop.h"

static int pair[2];
static const struct request status = { .verb = "status" };

static int set_up(void **unused)
{
	return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}

static int tear_down(void **unused)
{
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0)
			close(pair[i]);
	return 0;
}

struct heard {
	char out[256], err[256];
};

static void on_piece(void *owner, enum frame_kind kind, const char *bytes, size_t len)
{
	struct heard *h = owner;

	strncat(kind == FRAME_ERR ? h->err : h->out, bytes, len);
}

/* What the other end says, then nothing more. */
static void peer_says(const char *bytes, size_t len)
{
	assert_int_equal(send(pair[1], bytes, len, 0), len);
	close(pair[1]);
	pair[1] = -1;
}

static void an_answer_ends_in_its_exit_code(void **unused)
{
	struct outbuf b = { .limit = 1000 };
	struct heard h = { .out = "" };

	frame_puts(&b, FRAME_OUT, "fine");
	frame_puts(&b, FRAME_ERR, "oh");
	frame_exit(&b, 5);
	peer_says(b.at, b.len);
	assert_int_equal(client_ask(pair[0], &status, 1000, on_piece, &h, NULL), 5);
	assert_string_equal(h.out, "fine");
	assert_string_equal(h.err, "oh");
	outbuf_free(&b);
}

static void half_an_answer_is_an_error_not_a_success(void **unused)
{
	struct outbuf b = { .limit = 1000 };
	struct heard h = { .out = "" };
	struct err err = { 0 };

	frame_puts(&b, FRAME_OUT, "fine");
	peer_says(b.at, b.len);
	assert_int_equal(client_ask(pair[0], &status, 1000, on_piece, &h, &err), -EPIPE);
	assert_true(err.text[0] != '\0');
	outbuf_free(&b);
}

static void another_program_on_the_socket_is_an_error(void **unused)
{
	struct heard h = { .out = "" };

	peer_says("HTTP/1.1 400 Bad Request\r\n", 26);
	assert_int_equal(client_ask(pair[0], &status, 1000, on_piece, &h, NULL), -EPROTO);
	assert_string_equal(h.out, "");
}

static void a_supervisor_that_hangs_is_not_waited_for(void **unused)
{
	msec_t start = loop_now();
	struct heard h = { .out = "" };

	assert_int_equal(client_ask(pair[0], &status, 50, on_piece, &h, NULL), -ETIMEDOUT);
	assert_in_range(loop_now() - start, 50, 1000);
}

static void a_wait_is_given_the_time_that_it_asked_for(void **unused)
{
	struct request wait = { .verb = "wait", .wait = true, .wait_ms = 100 };
	msec_t start = loop_now();
	struct heard h = { .out = "" };

	assert_int_equal(client_ask(pair[0], &wait, 50, on_piece, &h, NULL), -ETIMEDOUT);
	assert_in_range(loop_now() - start, 150, 1000);
}

static void who_is_not_there_is_named_with_the_remedy(void **unused)
{
	char dir[] = "/tmp/ptpwarden-test-XXXXXX", path[64];
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct err err = { 0 };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/control.sock", dir);
	assert_int_equal(client_connect(path, &err), -ENOENT);
	assert_non_null(strstr(err.text, path));
	assert_non_null(strstr(err.text, "ptpwarden run"));

	strcpy(addr.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(fd);	/* as after kill -9 */
	err = (struct err){ 0 };
	assert_int_equal(client_connect(path, &err), -ECONNREFUSED);
	assert_non_null(strstr(err.text, "ptpwarden run"));
	unlink(path);
	rmdir(dir);
}

#define CONNECTED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONNECTED(an_answer_ends_in_its_exit_code),
		CONNECTED(half_an_answer_is_an_error_not_a_success),
		CONNECTED(another_program_on_the_socket_is_an_error),
		CONNECTED(a_supervisor_that_hangs_is_not_waited_for),
		CONNECTED(a_wait_is_given_the_time_that_it_asked_for),
		CONNECTED(who_is_not_there_is_named_with_the_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
