#include <ev.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"
#include "fakeunits.h"
#include "jsoncheck.h"
#include "supervisor/control/client.h"
#include "supervisor/control/client_io.h"
#include "supervisor/control/frame.h"
#include "supervisor/control/reply.h"
#include "supervisor/control/verbs.h"
#include "supervisor/loop.h"

/* A server on a socket of its own, whose loop runs only when a test says so. */
static struct world {
	char dir[64], path[128];
	struct plan plan;
	struct ev_loop *loop;
	struct control_server server;
	struct control_ops ops;
	struct fake_units units;
	uid_t uid;
	bool in_group;
} w;

struct talk {
	int fd;
	struct frame_reader reader;
	char out[300000], err[4096];
	size_t out_len, err_len;
	int rc;		/* -1 until it came */
	bool closed;
};

static int fake_peer(const struct control_server *s, int fd, struct control_peer *out)
{
	*out = (struct control_peer){ .uid = w.uid, .gid = w.uid, .in_group = w.in_group };
	return 0;
}

static int set_up(void **unused)
{
	struct err err = { 0 };

	memset(&w, 0, sizeof(w));
	strcpy(w.dir, "/tmp/ptpwarden-test-XXXXXX");
	assert_non_null(mkdtemp(w.dir));
	snprintf(w.path, sizeof(w.path), "%s/control.sock", w.dir);
	w.plan.run_dir = w.dir;
	w.loop = loop_new();
	w.ops = fake_ops(&w.units);
	w.server.peer = fake_peer;
	assert_int_equal(control_server_start(&w.server, w.loop, &w.plan, &w.ops, &err), 0);
	return 0;
}

static int tear_down(void **unused)
{
	char path[128];

	control_server_stop(&w.server);
	loop_free(w.loop);
	assert_int_equal(access(w.path, F_OK), -1);
	snprintf(path, sizeof(path), "%s/control.lock", w.dir);
	unlink(path);
	return rmdir(w.dir);
}

static void turn(int times)
{
	while (times--)
		ev_run(w.loop, EVRUN_NOWAIT);
}

static struct talk *dial(void)
{
	struct talk *t = calloc(1, sizeof(*t));
	struct err err = { 0 };

	t->rc = -1;
	t->fd = client_connect(w.path, &err);
	assert_true(t->fd >= 0);
	fcntl(t->fd, F_SETFL, O_NONBLOCK);
	turn(2);
	return t;
}

static void hang_up(struct talk *t)
{
	close(t->fd);
	free(t);
	turn(2);
}

static void on_piece(void *owner, enum frame_kind kind, const char *bytes, size_t len)
{
	struct talk *t = owner;

	if (kind == FRAME_EXIT) {
		t->rc = (unsigned char)bytes[0];
	} else if (kind == FRAME_OUT) {
		memcpy(t->out + t->out_len, bytes, len);
		t->out_len += len;
	} else {
		memcpy(t->err + t->err_len, bytes, len);
		t->err_len += len;
	}
}

static void hear(struct talk *t)
{
	char room[65536];
	ssize_t n;

	for (int i = 0; i < 50; i++) {
		turn(1);
		n = recv(t->fd, room, sizeof(room), 0);
		if (n > 0)
			assert_int_equal(frame_feed(&t->reader, room, (size_t)n, on_piece, t), 0);
		t->closed |= n == 0 || (n < 0 && errno == ECONNRESET);
	}
}

static void say(struct talk *t, const char *bytes)
{
	assert_int_equal(send(t->fd, bytes, strlen(bytes), MSG_NOSIGNAL), strlen(bytes));
	hear(t);
}

/* Ask one thing to the end. @return exit code */
static int ask(const char *line, struct talk **keep)
{
	struct talk *t = dial();
	int rc;

	say(t, line);
	rc = t->rc;
	assert_true(t->closed);
	if (keep)
		*keep = t;
	else
		hang_up(t);
	return rc;
}

static void status_tells_of_every_unit(void **unused)
{
	struct talk *t;

	fake_add(&w.units, "ptp4l", ST_READY);
	fake_add(&w.units, "phc2sys", ST_STOPPED);
	assert_int_equal(ask("status\n", &t), RC_OK);
	assert_non_null(strstr(t->out, "ptp4l"));
	assert_non_null(strstr(t->out, "phc2sys"));
	hang_up(t);
	assert_int_equal(ask("status json\n", &t), RC_OK);
	assert_true(json_valid(t->out));
	hang_up(t);
	assert_int_equal(ask("status unit=ptp4l\n", NULL), RC_OK);
	assert_int_equal(ask("status unit=phc2sys json\n", &t), RC_STOPPED);
	assert_true(json_valid(t->out));
	assert_null(strstr(t->out, "\"unit\":\"ptp4l\""));
	hang_up(t);
}

static void a_status_larger_than_the_socket_comes_whole(void **unused)
{
	struct talk *t;

	for (int i = 0; i < UNITS_MAX; i++) {
		struct unit_view *v = fake_add(&w.units, "unit-with-a-rather-long-name", ST_READY);

		v->ports = PORTS_MAX;
		for (int p = 0; p < PORTS_MAX; p++)
			strcpy(v->port[p].interface, "enp1234s567f89");
	}
	t = dial();
	send(t->fd, "status json\n", 12, 0);
	turn(20);	/* nobody reads: the answer has to stop at its buffer and go on later */
	for (int i = 0; i < 40 && !t->closed; i++)
		hear(t);
	assert_int_equal(t->rc, RC_OK);
	assert_true(t->out_len > 150000);
	assert_true(json_valid(t->out));
	hang_up(t);
}

static void a_status_of_many_units_never_fills_the_memory(void **unused)
{
	struct outbuf buf = { .limit = 64 * 1024 };
	struct reply r = { .ops = &w.ops, .out = &buf, .request = { .verb = "status", .json = true } };
	enum reply_state state;
	size_t most = 0, all = 0;

	for (int i = 0; i < UNITS_MAX; i++)
		fake_add(&w.units, "unit", ST_READY)->ports = PORTS_MAX;
	for (state = reply_begin(&r, 0); state == REPLY_MORE; state = reply_go_on(&r, 0)) {
		most = buf.len > most ? buf.len : most;
		all += buf.len;
		buf.sent = buf.len;
	}
	assert_int_equal(state, REPLY_DONE);
	assert_int_equal(buf.error, 0);
	assert_true(all > 3 * most);
	outbuf_free(&buf);
}

static void an_unknown_unit_gets_the_nearest_name(void **unused)
{
	struct talk *t;

	fake_add(&w.units, "ptp4l", ST_READY);
	assert_int_equal(ask("status unit=ptp41\n", &t), RC_USAGE);
	assert_non_null(strstr(t->err, "'ptp4l'"));
	hang_up(t);
	assert_int_equal(ask("stop unit=%1b[2J\n", &t), RC_USAGE);
	assert_null(strchr(t->err, '\x1b'));
	hang_up(t);
	assert_string_equal(w.units.verb, "");
}

static void garbage_gets_one_clear_error(void **unused)
{
	static const char *const garbage[] = {
		"\n", "GET / HTTP/1.1\r\n", "\x01\x02\xff\n", "stauts\n", "status unit=\n",
	};
	char endless[REQUEST_MAX + 1];
	struct talk *t;

	for (size_t i = 0; i < ARRAY_LEN(garbage); i++) {
		assert_int_equal(ask(garbage[i], &t), RC_USAGE);
		assert_int_equal(strncmp(t->err, "ptpwarden: ", 11), 0);
		assert_ptr_equal(strchr(t->err, '\n'), t->err + t->err_len - 1);
		hang_up(t);
	}
	memset(endless, 'a', REQUEST_MAX);
	endless[REQUEST_MAX] = '\0';
	assert_int_equal(ask(endless, NULL), RC_USAGE);
	assert_int_equal(control_server_clients(&w.server), 0);
}

static void a_request_may_come_byte_by_byte(void **unused)
{
	struct talk *t = dial();

	fake_add(&w.units, "ptp4l", ST_READY);
	for (const char *s = "status\n"; *s; s++)
		say(t, (char[]){ *s, '\0' });
	assert_int_equal(t->rc, RC_OK);
	hang_up(t);
}

static void half_a_request_is_never_carried_out(void **unused)
{
	struct talk *t = dial();

	fake_add(&w.units, "ptp4l", ST_READY);
	send(t->fd, "stop", 4, 0);	/* of "stop unit=phc2sys" */
	shutdown(t->fd, SHUT_WR);
	hear(t);
	assert_int_equal(t->rc, RC_USAGE);
	assert_string_equal(w.units.verb, "");
	hang_up(t);
}

static void only_root_ourselves_and_the_group_may_change_things(void **unused)
{
	fake_add(&w.units, "ptp4l", ST_READY);
	w.uid = geteuid() + 12345;
	assert_int_equal(ask("stop unit=ptp4l\n", NULL), RC_FAILED);
	assert_string_equal(w.units.verb, "");
	assert_int_equal(ask("status\n", NULL), RC_OK);
	w.in_group = true;
	assert_int_equal(ask("stop unit=ptp4l\n", NULL), RC_OK);
	assert_string_equal(w.units.verb, "stop");
	w.in_group = false;
	w.uid = 0;
	assert_int_equal(ask("start unit=ptp4l\n", NULL), RC_OK);
	w.uid = geteuid();
	assert_int_equal(ask("restart unit=ptp4l force\n", NULL), RC_OK);
	assert_string_equal(w.units.verb, "restart");
	assert_true(w.units.force);
}

static void the_kernel_says_who_it_is(void **unused)
{
	w.server.peer = NULL;
	control_server_stop(&w.server);
	assert_int_equal(control_server_start(&w.server, w.loop, &w.plan, &w.ops, NULL), 0);
	fake_add(&w.units, "ptp4l", ST_READY);
	assert_int_equal(ask("stop unit=ptp4l\n", NULL), RC_OK);
}

static void a_command_that_fails_says_why(void **unused)
{
	struct talk *t;

	fake_add(&w.units, "ptp4l", ST_READY);
	w.units.command_rc = EBUSY;
	assert_int_equal(ask("reload\n", &t), RC_FAILED);
	assert_int_equal(w.units.unit, -1);
	assert_non_null(strstr(t->err, "it cannot be done"));
	hang_up(t);
}

static void start_waits_for_ready(void **unused)
{
	struct unit_view *v = fake_add(&w.units, "ptp4l", ST_STOPPED);
	struct talk *t = dial();

	w.units.after = ST_PROBING;
	say(t, "start unit=ptp4l wait wait_ms=30000\n");
	assert_int_equal(t->rc, -1);
	v->state = ST_RUNNING;
	control_server_notify(&w.server, 0);
	hear(t);
	assert_int_equal(t->rc, -1);
	v->state = ST_READY;
	v->ready = true;
	control_server_notify(&w.server, 0);
	hear(t);
	assert_int_equal(t->rc, RC_OK);
	hang_up(t);
}

static void start_tells_of_a_failure_with_its_cause_in_one_line(void **unused)
{
	struct unit_view *v = fake_add(&w.units, "ptp4l", ST_STOPPED);
	struct talk *t = dial();

	w.units.after = ST_STARTING;
	say(t, "start unit=ptp4l wait wait_ms=30000\n");
	v->state = ST_BACKING_OFF;
	v->last_exit = (struct exit_info){ .kind = EXIT_KIND_EXIT, .code = 255 };
	control_server_notify(&w.server, 0);
	hear(t);
	assert_int_equal(t->rc, -1);	/* the cause is still being looked for */
	v->cause = "config.option_unknown";
	v->cause_title = "Line 3 of ptp4l.conf has an unknown option.";
	control_server_notify(&w.server, 0);
	hear(t);
	assert_int_equal(t->rc, RC_FAILED);
	assert_non_null(strstr(t->err, "Line 3 of ptp4l.conf"));
	assert_ptr_equal(strchr(t->err, '\n'), t->err + t->err_len - 1);
	assert_int_equal(t->out_len, 0);
	hang_up(t);
}

static void a_cause_that_never_comes_is_not_waited_for(void **unused)
{
	struct reply r = { .ops = &w.ops, .may_change = true };
	struct outbuf buf = { .limit = 4096 };

	fake_add(&w.units, "ptp4l", ST_STOPPED);
	w.units.after = ST_BACKING_OFF;
	r.out = &buf;
	r.request = (struct request){ .verb = "start", .unit = "ptp4l", .wait = true };
	r.request.wait_ms = 30000;
	assert_int_equal(reply_begin(&r, 1000), REPLY_WAIT);
	assert_int_equal(r.wake_at, 1000 + REPLY_VERDICT_GRACE);
	assert_int_equal(reply_go_on(&r, r.wake_at), REPLY_DONE);
	assert_int_equal(buf.at[buf.len - 1], RC_FAILED);
	outbuf_free(&buf);
}

/* One waiting request in made-up time. @return its exit code at the deadline, -1: it still waits */
static int after_waiting(const char *verb, const char *unit, bool locked)
{
	struct outbuf buf = { .limit = 65536 };
	struct reply r = { .ops = &w.ops, .may_change = true, .out = &buf };
	enum reply_state state;
	int rc;

	r.request = (struct request){ .wait = true, .wait_ms = 5000, .locked = locked };
	snprintf(r.request.verb, sizeof(r.request.verb), "%s", verb);
	snprintf(r.request.unit, sizeof(r.request.unit), "%s", unit);
	state = reply_begin(&r, 1000);
	if (state == REPLY_WAIT)
		state = reply_go_on(&r, 6000);
	rc = state == REPLY_DONE ? (unsigned char)buf.at[buf.len - 1] : -1;
	outbuf_free(&buf);
	return rc;
}

static void what_waiting_ends_in_follows_the_state(void **unused)
{
	static const struct {
		enum policy_st st;
		enum lock lock;
		bool locked;
		int rc;
	} cases[] = {
		{ ST_READY, LOCK_FREERUN, false, RC_OK },
		{ ST_READY, LOCK_FREERUN, true, RC_TRYING },
		{ ST_READY, LOCK_LOCKED, true, RC_OK },
		{ ST_RUNNING, LOCK_UNKNOWN, false, RC_TRYING },
		{ ST_PROBING, LOCK_UNKNOWN, false, RC_TRYING },
		{ ST_STARTING, LOCK_UNKNOWN, false, RC_TRYING },
		{ ST_STOPPING, LOCK_UNKNOWN, false, RC_TRYING },
		{ ST_STOPPED, LOCK_UNKNOWN, false, RC_STOPPED },
		{ ST_WAITING, LOCK_UNKNOWN, false, RC_FAILED },
		{ ST_BACKING_OFF, LOCK_UNKNOWN, false, RC_FAILED },
	};
	struct unit_view *v = fake_add(&w.units, "ptp4l", ST_STOPPED);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		v->state = cases[i].st;
		v->lock = cases[i].lock;
		assert_int_equal(after_waiting("wait", "ptp4l", cases[i].locked), cases[i].rc);
	}
}

/* When a waiting request is answered without a change. @return milliseconds */
static msec_t answered_after(const char *unit)
{
	struct outbuf buf = { .limit = 65536 };
	struct reply r = { .ops = &w.ops, .out = &buf, .request = { .verb = "wait", .wait = true } };
	enum reply_state state;
	msec_t now = 1000;

	r.request.wait_ms = 5000;
	strcpy(r.request.unit, unit);
	for (state = reply_begin(&r, now); state == REPLY_WAIT; state = reply_go_on(&r, now))
		now = r.wake_at;
	outbuf_free(&buf);
	return now - 1000;
}

static void wait_has_patience_with_a_cable_but_not_with_a_mistake(void **unused)
{
	struct unit_view *v = fake_add(&w.units, "ptp4l", ST_WAITING);

	v->waiting.kind = WAIT_CARRIER;
	assert_int_equal(answered_after("ptp4l"), 5000);
	v->waiting.kind = WAIT_FILE;
	assert_int_equal(answered_after("ptp4l"), REPLY_VERDICT_GRACE);
	assert_int_equal(answered_after(""), REPLY_VERDICT_GRACE);
	v->waiting.kind = WAIT_NONE;
	assert_int_equal(answered_after("ptp4l"), REPLY_VERDICT_GRACE);
	v->state = ST_BACKING_OFF;
	assert_int_equal(answered_after("ptp4l"), 5000);
}

static void ready_but_not_locked_is_said_as_such(void **unused)
{
	struct unit_view *v = fake_add(&w.units, "ptp4l", ST_READY);
	struct talk *t;

	v->lock = LOCK_FREERUN;
	assert_int_equal(ask("wait unit=ptp4l locked wait wait_ms=0\n", &t), RC_TRYING);
	assert_non_null(strstr(t->err, "FREERUN"));
	hang_up(t);
}

static void a_follower_is_judged_by_its_leader(void **unused)
{
	struct unit_view *leader = fake_add(&w.units, "ptp4l", ST_RUNNING);
	struct unit_view *follower = fake_add(&w.units, "phc2sys", ST_WAITING);

	follower->waiting.kind = WAIT_LEADER;
	strcpy(follower->waiting.subject, "ptp4l");
	assert_int_equal(after_waiting("start", "phc2sys", false), RC_TRYING);
	leader->state = ST_WAITING;
	leader->cause_title = "No link.";
	assert_int_equal(after_waiting("start", "phc2sys", false), RC_FAILED);
	leader->state = ST_STOPPED;
	assert_int_equal(after_waiting("start", "phc2sys", false), RC_FAILED);
}

static void waiting_for_all_means_all_that_are_wanted(void **unused)
{
	struct unit_view *a = fake_add(&w.units, "a", ST_READY);
	struct unit_view *b = fake_add(&w.units, "b", ST_STOPPED);

	assert_int_equal(after_waiting("wait", "", false), RC_OK);
	b->state = ST_RUNNING;
	assert_int_equal(after_waiting("wait", "", false), RC_TRYING);
	a->state = b->state = ST_STOPPED;
	assert_int_equal(after_waiting("wait", "", false), RC_STOPPED);
	assert_int_equal(after_waiting("stop", "", false), RC_OK);
	a->state = ST_STOPPING;
	assert_int_equal(after_waiting("stop", "", false), RC_TRYING);
}

static void the_seventeenth_client_is_turned_away_with_a_reason(void **unused)
{
	struct talk *t[CONTROL_CLIENTS_MAX], *late;

	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		t[i] = dial();
		say(t[i], "monitor json\n");
	}
	assert_int_equal(control_server_clients(&w.server), CONTROL_CLIENTS_MAX);
	late = dial();
	hear(late);
	assert_int_equal(late->rc, RC_FAILED);
	assert_non_null(strstr(late->err, "16 clients"));
	hang_up(late);
	hang_up(t[3]);
	assert_int_equal(ask("status\n", NULL), RC_OK);
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (i != 3)
			hang_up(t[i]);
	assert_int_equal(control_server_clients(&w.server), 0);
}

static void events_come_as_asked_for(void **unused)
{
	struct talk *text = dial(), *json = dial();

	fake_add(&w.units, "ptp4l", ST_READY);
	say(text, "monitor\n");
	say(json, "monitor json\n");
	control_server_event(&w.server, "ptp4l died", "{\"event\":\"exit\"}");
	hear(text);
	hear(json);
	assert_non_null(strstr(text->out, " ptp4l died\n"));
	assert_string_equal(json->out, "{\"event\":\"exit\"}\n");
	hang_up(text);
	hang_up(json);
}

static void a_client_that_does_not_read_is_dropped_at_its_bound(void **unused)
{
	char line[1001];
	struct talk *slow = dial();
	int events = 0;

	memset(line, 'e', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	say(slow, "monitor json\n");
	for (; control_server_clients(&w.server) && events < 100000; events++)
		control_server_event(&w.server, line, line);
	assert_in_range(events, CLIENT_EVENTS_MAX / sizeof(line), 600);
	assert_int_equal(ask("status\n", NULL), RC_OK);
	hang_up(slow);
}

static void who_leaves_while_waiting_leaves_nothing_behind(void **unused)
{
	struct talk *t = dial();

	fake_add(&w.units, "ptp4l", ST_RUNNING);
	say(t, "wait unit=ptp4l wait wait_ms=100000\n");
	assert_int_equal(control_server_clients(&w.server), 1);
	hang_up(t);
	assert_int_equal(control_server_clients(&w.server), 0);
}

static void a_second_supervisor_is_refused_by_pid(void **unused)
{
	int status;
	pid_t pid = fork();	/* a record lock does not hold against its own process */

	if (!pid) {
		struct control_server other = { .peer = fake_peer };
		struct err err = { 0 };
		int rc = control_server_start(&other, w.loop, &w.plan, &w.ops, &err);
		char want[32];

		snprintf(want, sizeof(want), "(pid %d)", (int)getppid());
		_exit(rc == -EADDRINUSE && strstr(err.text, want) ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(ask("status\n", NULL), RC_OK);	/* its socket was left alone */
}

static void the_socket_of_a_dead_supervisor_is_replaced(void **unused)
{
	control_server_stop(&w.server);
	assert_int_equal(mknod(w.path, S_IFREG | 0600, 0), 0);
	assert_int_equal(control_server_start(&w.server, w.loop, &w.plan, &w.ops, NULL), 0);
	assert_int_equal(ask("status\n", NULL), RC_OK);
}

static void the_socket_is_for_owner_and_group_only(void **unused)
{
	struct stat st;

	assert_int_equal(stat(w.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
}

static void a_run_dir_that_is_too_long_or_missing_is_said(void **unused)
{
	struct control_server s = { .peer = fake_peer };
	struct plan plan = { .run_dir = "/nonexistent-ptpwarden-run-dir" };
	struct err err = { 0 };
	char deep[200];

	assert_int_equal(control_server_start(&s, w.loop, &plan, &w.ops, &err), -ENOENT);
	assert_non_null(strstr(err.text, plan.run_dir));
	memset(deep, 'd', sizeof(deep) - 1);
	deep[0] = '/';
	deep[sizeof(deep) - 1] = '\0';
	plan.run_dir = deep;
	assert_int_equal(control_server_start(&s, w.loop, &plan, &w.ops, NULL), -ENAMETOOLONG);
	control_server_stop(&s);	/* never started: nothing happens */
}

static void who_waits_at_the_end_is_told_of_it(void **unused)
{
	struct talk *t = dial();

	fake_add(&w.units, "ptp4l", ST_RUNNING);
	say(t, "wait unit=ptp4l wait wait_ms=10000\n");
	control_server_stop(&w.server);
	hear(t);
	assert_int_equal(t->rc, RC_UNREACHABLE);
	hang_up(t);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVED(status_tells_of_every_unit),
		SERVED(a_status_larger_than_the_socket_comes_whole),
		SERVED(a_status_of_many_units_never_fills_the_memory),
		SERVED(an_unknown_unit_gets_the_nearest_name),
		SERVED(garbage_gets_one_clear_error),
		SERVED(a_request_may_come_byte_by_byte),
		SERVED(half_a_request_is_never_carried_out),
		SERVED(only_root_ourselves_and_the_group_may_change_things),
		SERVED(the_kernel_says_who_it_is),
		SERVED(a_command_that_fails_says_why),
		SERVED(start_waits_for_ready),
		SERVED(start_tells_of_a_failure_with_its_cause_in_one_line),
		SERVED(a_cause_that_never_comes_is_not_waited_for),
		SERVED(what_waiting_ends_in_follows_the_state),
		SERVED(wait_has_patience_with_a_cable_but_not_with_a_mistake),
		SERVED(ready_but_not_locked_is_said_as_such),
		SERVED(a_follower_is_judged_by_its_leader),
		SERVED(waiting_for_all_means_all_that_are_wanted),
		SERVED(the_seventeenth_client_is_turned_away_with_a_reason),
		SERVED(events_come_as_asked_for),
		SERVED(a_client_that_does_not_read_is_dropped_at_its_bound),
		SERVED(who_leaves_while_waiting_leaves_nothing_behind),
		SERVED(a_second_supervisor_is_refused_by_pid),
		SERVED(the_socket_of_a_dead_supervisor_is_replaced),
		SERVED(the_socket_is_for_owner_and_group_only),
		SERVED(a_run_dir_that_is_too_long_or_missing_is_said),
		SERVED(who_waits_at_the_end_is_told_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
