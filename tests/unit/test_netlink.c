#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <ev.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include "supervisor/loop.h"
#include "supervisor/observe/netlink.h"

/* Each test runs in a network namespace of its own, in a child. */
struct stage {
	struct ev_loop *loop;
	struct netlink nl;
	ev_timer limit;
	unsigned calls, gone;
	struct iface was, now;
};

static void on_link(void *owner, const struct iface *was, const struct iface *now)
{
	struct stage *s = owner;

	s->calls++;
	s->gone += now == NULL;
	s->was = was ? *was : (struct iface){ 0 };
	s->now = now ? *now : (struct iface){ 0 };
}

static void on_limit(struct ev_loop *loop, ev_timer *t, int revents)
{
	loop_stop(loop);
}

static void run_ms(struct stage *s, int ms)
{
	ev_timer_stop(s->loop, &s->limit);
	ev_timer_set(&s->limit, ms / 1000., 0.);
	ev_timer_start(s->loop, &s->limit);
	loop_run(s->loop);
}

/* In the child an assertion cannot be reported: the line number is the exit status's message. */
#define CHECK(condition)                                                         \
	do {                                                                     \
		if (!(condition)) {                                              \
			fprintf(stderr, "line %d: %s\n", __LINE__, #condition);  \
			_exit(1);                                                \
		}                                                                \
	} while (0)

enum { CANNOT = 77 };

static void enter_namespace(void)
{
	if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		_exit(CANNOT);
	if (system("ip link add veth0 type veth peer name veth1 2>/dev/null && ip link del veth0") != 0)
		_exit(CANNOT);
}

static void sh(const char *command)
{
	CHECK(system(command) == 0);
}

static void in_namespace(void (*test)(struct stage *))
{
	static struct stage s;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		enter_namespace();
		s.loop = loop_new();
		ev_init(&s.limit, on_limit);
		CHECK(netlink_start(&s.nl, s.loop, on_link, &s, NULL) == 0);
		CHECK(s.calls == 0);
		test(&s);
		netlink_stop(&s.nl);
		loop_free(s.loop);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status == CANNOT << 8)
		skip();
	assert_int_equal(status, 0);
}

static void an_interface_comes_and_goes(struct stage *s)
{
	sh("ip link add eth9 type veth peer name far9");
	run_ms(s, 100);
	CHECK(netlink_find(&s->nl, "eth9") && !netlink_find(&s->nl, "eth9")->up);
	sh("ip link set eth9 up");
	run_ms(s, 100);
	CHECK(netlink_find(&s->nl, "eth9")->up && !netlink_find(&s->nl, "eth9")->carrier);
	s->calls = 0;
	sh("ip link set far9 up");
	run_ms(s, 100);
	CHECK(s->calls > 0 && netlink_find(&s->nl, "eth9")->carrier);
	sh("ip link set far9 down");
	run_ms(s, 100);
	CHECK(!netlink_find(&s->nl, "eth9")->carrier);
	sh("ip link set eth9 down; ip link set eth9 name eth8");
	run_ms(s, 100);
	CHECK(!netlink_find(&s->nl, "eth9") && netlink_find(&s->nl, "eth8"));
	sh("ip link set eth8 address 02:00:00:00:00:07");
	run_ms(s, 100);
	CHECK(s->now.mac[5] == 7 && s->was.mac[5] != 7);
	sh("ip link del eth8");
	run_ms(s, 100);
	CHECK(!netlink_find(&s->nl, "eth8") && !netlink_find(&s->nl, "far9") && s->now.name[0] == '\0');
}

static void a_bridge_port_is_no_interface(struct stage *s)
{
	sh("ip link add br9 type bridge && ip link add eth9 type veth peer name far9 && ip link set eth9 master br9");
	run_ms(s, 100);
	sh("ip link set eth9 nomaster");	/* announced as a DELLINK of the bridge's family */
	run_ms(s, 100);
	CHECK(netlink_find(&s->nl, "eth9"));
	CHECK(s->gone == 0);
}

static void a_flood_leaves_the_table_right(struct stage *s)
{
	CHECK(nl_socket_set_buffer_size(s->nl.sock, 2048, 0) == 0);
	sh("ip link add eth9 type veth peer name far9 && ip link add gone9 type veth peer name gone8");
	run_ms(s, 100);
	sh("{ for i in $(seq 500); do echo link set eth9 up; echo link set eth9 down; done;"
	   " echo link del gone9; echo link add new9 type veth peer name new8; echo link set eth9 up; } | ip -batch -");
	run_ms(s, 500);
	CHECK(s->nl.rereads > 0);
	CHECK(netlink_find(&s->nl, "eth9")->up);
	CHECK(netlink_find(&s->nl, "new9"));
	CHECK(!netlink_find(&s->nl, "gone9"));
	CHECK(!s->nl.lost && !s->nl.dumping);
}

static void more_interfaces_than_fit_are_counted(struct stage *s)
{
	char command[200];

	snprintf(command, sizeof(command),
		 "for i in $(seq %d); do echo link add a$i type veth peer name b$i; done | ip -batch -",
		 (IFACES_MAX - (int)s->nl.n) / 2 + 1);
	sh(command);
	run_ms(s, 300);
	CHECK(s->nl.n == IFACES_MAX);
	CHECK(s->nl.dropped > 0);
}

#define IN_NAMESPACE(name) static void name##_(void **state) { in_namespace(name); }
IN_NAMESPACE(an_interface_comes_and_goes)
IN_NAMESPACE(a_bridge_port_is_no_interface)
IN_NAMESPACE(a_flood_leaves_the_table_right)
IN_NAMESPACE(more_interfaces_than_fit_are_counted)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interface_comes_and_goes_),
		cmocka_unit_test(a_bridge_port_is_no_interface_),
		cmocka_unit_test(a_flood_leaves_the_table_right_),
		cmocka_unit_test(more_interfaces_than_fit_are_counted_),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
