#include "test.h"

#include <ev.h>
#include <signal.h>
#include "supervisor/loop.h"

static void on_signal(struct ev_loop *loop, ev_signal *w, int revents)
{
	loop_stop(loop);
}

/* A handler would run after what epoll returned with it, and the order of events would be lost. */
static void signals_come_through_a_descriptor_in_their_order(void **state)
{
	struct ev_loop *loop = loop_new();
	sigset_t blocked;
	ev_signal w;

	ev_signal_init(&w, on_signal, SIGTERM);
	ev_signal_start(loop, &w);
	assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &blocked), 0);
	assert_true(sigismember(&blocked, SIGTERM));
	assert_int_equal(raise(SIGTERM), 0);
	loop_run(loop);
	ev_signal_stop(loop, &w);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_come_through_a_descriptor_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
