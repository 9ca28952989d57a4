#include "test.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "supervisor/diagnose/healthjudge.h"
#include "supervisor/loop.h"
#include "supervisor/observe/pmc.h"

/* A make-believe ptp4l with one port that answers, or does not. */
struct stage {
	char path[64];
	struct ev_loop *loop;
	struct pmc pmc;
	struct daemon_conf conf;
	struct health_seen seen;
	int server;
	ev_io io;
	ev_timer limit;
	bool mute;
	enum port_state state;
	int64_t ingress, offset;
	uint8_t syncs, announces, events;
	struct sockaddr_un client;
	socklen_t client_len;
	unsigned asked[6], subscribed, calls, stop_at;
};

static void on_news(void *owner)
{
	struct stage *s = owner;

	if (++s->calls == s->stop_at)
		loop_stop(s->loop);
}

static void put(uint8_t *p, uint64_t v, unsigned n)
{
	while (n--) {
		p[n] = (uint8_t)v;
		v >>= 8;
	}
}

static size_t port_data(struct stage *s, uint8_t *d)
{
	put(d + 8, 1, 2);
	d[10] = (uint8_t)s->state;
	return 26;
}

static size_t time_data(struct stage *s, uint8_t *d)
{
	put(d, (uint64_t)s->offset, 8);
	put(d + 8, (uint64_t)s->ingress, 8);
	put(d + 38, 1, 4);
	memcpy(d + 42, "\x01\x02\x03\xff\xfe\x04\x05\x06", 8);
	return 50;
}

static size_t parent_data(struct stage *s, uint8_t *d)
{
	memcpy(d + 24, "\x01\x02\x03\xff\xfe\x04\x05\x06", 8);
	return 32;
}

static size_t properties_data(struct stage *s, uint8_t *d)
{
	put(d + 8, 1, 2);
	d[10] = (uint8_t)s->state;
	d[12] = 4;
	memcpy(d + 13, "eth7", 4);
	return 18;
}

/* As 4.0 and later send it; test_pmcwire.c knows both orders. */
static size_t stats_data(struct stage *s, uint8_t *d)
{
	put(d + 8, 1, 2);
	d[10] = s->syncs;
	d[10 + 8 * PMC_ANNOUNCE] = s->announces;
	return 10 + 2 * 8 * PMC_MESSAGES;
}

static size_t default_data(struct stage *s, uint8_t *d)
{
	put(d + 2, 1, 2);
	d[5] = 248;
	return 20;
}

static const struct {
	unsigned id;
	size_t (*fill)(struct stage *s, uint8_t *data);
} ids[] = {
	{ PMC_PORT_DATA_SET, port_data },
	{ PMC_TIME_STATUS_NP, time_data },
	{ PMC_PARENT_DATA_SET, parent_data },
	{ PMC_PORT_PROPERTIES_NP, properties_data },
	{ PMC_PORT_STATS_NP, stats_data },
	{ PMC_DEFAULT_DATA_SET, default_data },
};

static void send_reply(struct stage *s, int from, uint8_t *bytes, size_t data)
{
	bytes[46] = PMC_RESPONSE;
	memcpy(bytes + 34, bytes + 20, 10);
	put(bytes + 2, 54 + data, 2);
	put(bytes + 50, 2 + data, 2);
	sendto(from, bytes, 54 + data, 0, (struct sockaddr *)&s->client, s->client_len);
}

static void on_request(struct ev_loop *loop, ev_io *io, int revents)
{
	struct stage *s = container_of(io, struct stage, io);
	uint8_t bytes[PMC_REPLY_MAX] = { 0 };
	unsigned id;

	s->client_len = sizeof(s->client);
	if (recvfrom(s->server, bytes, sizeof(bytes), 0, (struct sockaddr *)&s->client,
		     &s->client_len) < 54)
		return;
	id = (unsigned)bytes[52] << 8 | bytes[53];
	assert_int_equal(bytes[44], 0);
	assert_int_equal(bytes[45], 0);
	assert_int_equal(bytes[4], 3);
	s->subscribed += id == PMC_SUBSCRIBE_EVENTS_NP && bytes[46] == PMC_SET;
	if (id == PMC_SUBSCRIBE_EVENTS_NP)
		s->events = bytes[56];
	for (unsigned i = 0; i < ARRAY_LEN(ids); i++) {
		if (ids[i].id != id)
			continue;
		s->asked[i]++;
		if (!s->mute)
			send_reply(s, s->server, bytes, ids[i].fill(s, bytes + 54));
	}
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

static void serve(struct stage *s)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	strcpy(addr.sun_path, s->path);
	s->server = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->server, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ev_io_init(&s->io, on_request, s->server, EV_READ);
	ev_io_start(s->loop, &s->io);
}

static void stop_serving(struct stage *s)
{
	if (s->server < 0)
		return;
	ev_io_stop(s->loop, &s->io);
	close(s->server);
	s->server = -1;
}

static int set_up(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	snprintf(s->path, sizeof(s->path), "/tmp/ptpwarden-test-%d.sock", (int)getpid());
	unlink(s->path);
	s->loop = loop_new();
	s->server = -1;
	health_reset(&s->seen, loop_now());
	s->state = PORT_LISTENING;
	s->ingress = 1;
	s->offset = -55;
	s->conf.domain = 3;
	strcpy(s->conf.uds_address, s->path);
	ev_init(&s->limit, on_limit);
	pmc_init(&s->pmc, s->loop, on_news, s);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct stage *s = *state;

	pmc_stop(&s->pmc);
	stop_serving(s);
	unlink(s->path);
	loop_free(s->loop);
	free(s);
	return 0;
}

static void start(struct stage *s)
{
	assert_int_equal(pmc_start(&s->pmc, &s->conf, &s->seen, NULL), 0);
}

static void what_ptp4l_answers_is_seen(void **state)
{
	struct stage *s = *state;

	serve(s);
	start(s);
	run_ms(s, 50);
	assert_int_equal(s->seen.uds_errno, 0);
	assert_int_equal(s->seen.ports, 1);
	assert_int_equal(s->seen.port[0].number, 1);
	assert_int_equal(s->seen.port[0].state, PORT_LISTENING);
	assert_string_equal(s->seen.port[0].interface, "eth7");
	assert_true(s->seen.gm_present);
	assert_string_equal(s->seen.grandmaster, "010203.fffe.040506");
	assert_int_equal(s->seen.offset_ns, -55);
	assert_true(s->seen.answered_at != MSEC_NONE);
	assert_int_equal(s->subscribed, 1);
}

static void names_are_asked_for_until_they_are_known(void **state)
{
	struct stage *s = *state;

	serve(s);
	start(s);
	run_ms(s, 500);
	assert_in_range(s->asked[0], 2, 4);
	assert_int_equal(s->asked[3], 1);
	assert_int_equal(s->asked[5], 1);
	assert_int_equal(s->seen.clock_ports, 1);
	assert_int_equal(s->seen.clock_class, 248);
}

static void an_event_is_news_at_once(void **state)
{
	struct stage *s = *state;
	uint8_t bytes[200] = { 0 };
	msec_t before;

	serve(s);
	start(s);
	run_ms(s, 50);
	pmc_pace(&s->pmc, true);
	pmc_build_get(bytes, &s->pmc.peer, 0, PMC_PORT_DATA_SET);
	s->state = PORT_SLAVE;
	s->calls = 0;
	s->stop_at = 1;
	before = loop_now();
	send_reply(s, s->server, bytes, port_data(s, bytes + 54));
	run_ms(s, 1000);
	assert_int_equal(s->seen.port[0].state, PORT_SLAVE);
	assert_in_range(loop_now() - before, 0, 100);
}

static void an_old_offset_does_not_count_as_fresh(void **state)
{
	struct stage *s = *state;
	msec_t first;

	serve(s);
	start(s);
	run_ms(s, 50);
	first = s->seen.offset_at;
	assert_true(first != MSEC_NONE);
	run_ms(s, 300);
	assert_int_equal(s->seen.offset_at, first);
	s->ingress++;
	run_ms(s, 300);
	assert_true(s->seen.offset_at > first);
}

static void zero_is_no_offset_before_the_first_measurement(void **state)
{
	struct stage *s = *state;

	s->offset = 0;
	serve(s);
	start(s);
	run_ms(s, 50);
	assert_true(s->seen.offset_at == MSEC_NONE);
	s->offset = 7;
	s->ingress++;
	run_ms(s, 300);
	assert_int_equal(s->seen.offset_ns, 7);
	s->offset = 0;
	s->ingress++;
	run_ms(s, 300);
	assert_int_equal(s->seen.offset_ns, 0);
}

static void no_socket_is_told_by_number(void **state)
{
	struct stage *s = *state;

	start(s);
	assert_int_equal(s->seen.uds_errno, ENOENT);
	serve(s);
	run_ms(s, 300);
	assert_int_equal(s->seen.uds_errno, 0);
	stop_serving(s);
	run_ms(s, 300);
	assert_int_equal(s->seen.uds_errno, ECONNREFUSED);
	assert_int_equal(s->seen.unanswered, 0);
}

static void silence_is_counted(void **state)
{
	struct stage *s = *state;

	serve(s);
	s->mute = true;
	start(s);
	run_ms(s, 700);
	assert_in_range(s->seen.unanswered, 2, 4);
	assert_true(s->calls >= 2);
	s->mute = false;
	run_ms(s, 700);
	assert_int_equal(s->seen.unanswered, 0);
	assert_in_range(s->subscribed, 2, 5);	/* it may be another ptp4l by now */
}

static void a_frozen_ptp4l_never_blocks_us(void **state)
{
	struct stage *s = *state;

	serve(s);
	ev_io_stop(s->loop, &s->io);	/* its queue fills up */
	start(s);
	run_ms(s, 2500);
	assert_int_equal(s->seen.uds_errno, EAGAIN);
	assert_true(s->seen.unanswered >= 8);	/* a full queue is silence too */
}

static void a_stranger_s_answer_is_not_believed(void **state)
{
	struct stage *s = *state;
	uint8_t bytes[200] = { 0 };
	int stranger = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un any = { .sun_family = AF_UNIX };

	serve(s);
	start(s);
	run_ms(s, 50);
	pmc_build_get(bytes, &s->pmc.peer, 0, PMC_PORT_DATA_SET);
	s->state = PORT_FAULTY;
	send_reply(s, stranger, bytes, port_data(s, bytes + 54));
	assert_int_equal(bind(stranger, (struct sockaddr *)&any, sizeof(any.sun_family)), 0);
	send_reply(s, stranger, bytes, port_data(s, bytes + 54));
	s->mute = true;
	run_ms(s, 50);
	assert_int_equal(s->seen.port[0].state, PORT_LISTENING);
	close(stranger);
}

static void ready_units_are_asked_seldom(void **state)
{
	struct stage *s = *state;

	serve(s);
	start(s);
	run_ms(s, 50);
	pmc_pace(&s->pmc, true);
	s->asked[0] = 0;
	run_ms(s, 1000);
	assert_int_equal(s->asked[0], 0);
	pmc_pace(&s->pmc, false);
	run_ms(s, 300);
	assert_int_equal(s->asked[0], 1);
}

static void counters_tell_what_is_heard(void **state)
{
	struct stage *s = *state;

	s->syncs = 7;
	serve(s);
	start(s);
	run_ms(s, 50);
	assert_true(s->seen.stats.known);
	assert_int_equal(s->seen.stats.rx_sync, 7);
	assert_true(s->seen.stats.sync_at != MSEC_NONE);
	assert_int_equal(s->seen.stats.announce_at, MSEC_NONE);
	s->announces = 1;
	run_ms(s, 1300);
	assert_true(s->seen.stats.announce_at != MSEC_NONE);
	assert_true(s->seen.stats.sync_at < s->seen.stats.announce_at);
}

static void send_beat(struct stage *s)
{
	uint8_t bytes[200] = { 0 };

	pmc_build_get(bytes, &s->pmc.peer, 65000, PMC_TIME_STATUS_NP);
	s->ingress++;
	send_reply(s, s->server, bytes, time_data(s, bytes + 54));
}

static void the_status_of_each_sync_is_not_asked_for_as_well(void **state)
{
	struct stage *s = *state;

	serve(s);
	start(s);
	run_ms(s, 50);
	assert_int_equal(s->events, PMC_EVENT_PORT_STATE | PMC_EVENT_TIME_SYNC);
	send_beat(s);
	run_ms(s, 50);
	s->asked[1] = 0;
	run_ms(s, 900);
	assert_int_equal(s->asked[1], 0);
	run_ms(s, 1500);	/* they stopped coming */
	assert_true(s->asked[1] > 0);
}

static void too_many_syncs_are_asked_for_instead(void **state)
{
	struct stage *s = *state;

	serve(s);
	start(s);
	run_ms(s, 50);
	for (int i = 0; i < 8; i++) {
		send_beat(s);
		run_ms(s, 20);
	}
	assert_int_equal(s->events, PMC_EVENT_PORT_STATE);
	s->asked[1] = 0;
	run_ms(s, 500);
	assert_true(s->asked[1] > 0);
}

static void an_old_version_is_not_asked_for_its_syncs(void **state)
{
	struct stage *s = *state;

	s->conf.version = 0x030101;
	serve(s);
	start(s);
	run_ms(s, 50);
	assert_int_equal(s->events, PMC_EVENT_PORT_STATE);
}

static void another_file_in_its_place_is_seen(void **state)
{
	struct stage *s = *state;

	serve(s);
	start(s);
	run_ms(s, 50);
	assert_false(s->seen.uds_replaced);
	stop_serving(s);
	rename(s->path, "/tmp/ptpwarden-test-kept.sock");	/* or the inode might be used again */
	serve(s);
	run_ms(s, 300);
	unlink("/tmp/ptpwarden-test-kept.sock");
	assert_true(s->seen.uds_replaced);
}

static void an_answer_of_another_session_is_a_thief_s(void **state)
{
	struct stage *s = *state;

	s->seen.pid = 1;	/* this test is neither init nor of its session */
	serve(s);
	start(s);
	run_ms(s, 100);
	assert_int_equal(s->seen.uds_thief, getpid());
	assert_int_equal(s->seen.answered_at, MSEC_NONE);
	assert_int_equal(s->seen.ports, 0);
}

static void an_answer_of_the_same_session_is_its_own(void **state)
{
	struct stage *s = *state;

	s->seen.pid = getsid(0);	/* as a wrapper that forked */
	serve(s);
	start(s);
	run_ms(s, 50);
	assert_int_equal(s->seen.uds_thief, 0);
	assert_int_equal(s->seen.ports, 1);
}

static void a_hang_of_a_ready_one_is_known_in_four_seconds(void **state)
{
	struct stage *s = *state;
	msec_t before;

	serve(s);
	start(s);
	run_ms(s, 50);
	pmc_pace(&s->pmc, true);	/* the worst moment: just after an answer */
	s->mute = true;
	before = loop_now();
	while (s->seen.unanswered < 3 && loop_now() - before < 6000)
		run_ms(s, 20);
	assert_in_range(loop_now() - before, 1000, 4000);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_ptp4l_answers_is_seen),
		T(names_are_asked_for_until_they_are_known),
		T(an_event_is_news_at_once),
		T(an_old_offset_does_not_count_as_fresh),
		T(zero_is_no_offset_before_the_first_measurement),
		T(no_socket_is_told_by_number),
		T(silence_is_counted),
		T(a_frozen_ptp4l_never_blocks_us),
		T(a_stranger_s_answer_is_not_believed),
		T(ready_units_are_asked_seldom),
		T(counters_tell_what_is_heard),
		T(the_status_of_each_sync_is_not_asked_for_as_well),
		T(too_many_syncs_are_asked_for_instead),
		T(an_old_version_is_not_asked_for_its_syncs),
		T(another_file_in_its_place_is_seen),
		T(an_answer_of_another_session_is_a_thief_s),
		T(an_answer_of_the_same_session_is_its_own),
		T(a_hang_of_a_ready_one_is_known_in_four_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
