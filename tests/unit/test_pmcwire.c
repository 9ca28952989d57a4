#include "test.h"

#include <stdlib.h>
#include "supervisor/observe/pmcwire.h"

/* As seen on the socket of a real ptp4l. */
static const uint8_t port_request[] = {
	0x0d, 0x02, 0x00, 0x36, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x78, 0x7e, 0x00, 0x07, 0x04, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x02, 0x20, 0x04,
};
static const uint8_t port_reply[] = {
	0x0d, 0x02, 0x00, 0x50, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xbe, 0x55, 0x26, 0xff, 0xfe, 0x5b, 0x5c, 0xe8,
	0x00, 0x01, 0x00, 0x07, 0x04, 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x78, 0x7e, 0x00, 0x00, 0x02, 0x00, 0x00, 0x01, 0x00, 0x1c, 0x20, 0x04, 0xbe, 0x55,
	0x26, 0xff, 0xfe, 0x5b, 0x5c, 0xe8, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x01, 0x00, 0x02,
};
static const uint8_t time_reply[] = {
	0x0d, 0x02, 0x00, 0x68, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xbe, 0x55, 0x26, 0xff, 0xfe, 0x5b, 0x5c, 0xe8,
	0x00, 0x00, 0x00, 0x07, 0x04, 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x78, 0x7e, 0x00, 0x00, 0x02, 0x00, 0x00, 0x01, 0x00, 0x34, 0xc0, 0x00, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xfe, 0x59, 0x18, 0xea, 0x2c, 0x2f, 0x33, 0x79, 0x02, 0x5a,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x2a, 0x36,
	0xd4, 0xff, 0xfe, 0x60, 0x42, 0xf0,
};
static const uint8_t error_reply[] = {
	0x0d, 0x02, 0x00, 0x3c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xbe, 0x55, 0x26, 0xff, 0xfe, 0x5b, 0x5c, 0xe8,
	0x00, 0x00, 0x00, 0x09, 0x04, 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x78, 0x7e, 0x00, 0x00, 0x02, 0x00, 0x00, 0x02, 0x00, 0x08, 0x00, 0x06, 0xc0, 0x03,
	0x00, 0x00, 0x00, 0x00,
};

static const struct pmc_peer peer = { .port = 0x787e };

static void a_question_has_the_bytes_that_ptp4l_takes(void **state)
{
	uint8_t out[PMC_REQUEST_MAX];

	assert_int_equal(pmc_build_get(out, &peer, 7, PMC_PORT_DATA_SET), sizeof(port_request));
	assert_memory_equal(out, port_request, sizeof(port_request));
}

static void domain_and_transport_stand_in_the_head(void **state)
{
	struct pmc_peer other = { .domain = 24, .transport_specific = 1, .port = 5 };
	uint8_t out[PMC_REQUEST_MAX];

	pmc_build_get(out, &other, 1, PMC_DEFAULT_DATA_SET);
	assert_int_equal(out[0], 0x1d);
	assert_int_equal(out[4], 24);
	assert_int_equal(out[52], 0x20);
	assert_int_equal(out[53], 0x00);
}

static void a_subscription_names_time_and_events(void **state)
{
	uint8_t out[PMC_REQUEST_MAX];

	assert_int_equal(pmc_build_subscribe(out, &peer, 8, 60, 3), 120);
	assert_int_equal(out[3], 120);
	assert_int_equal(out[46], PMC_SET);
	assert_memory_equal(out + 48, "\x00\x01\x00\x44\xc0\x03\x00\x3c\x03\x00", 10);
}

/* The answer to a SET has the same layout as its question. */
static void grandmaster_settings_go_out_and_come_back(void **state)
{
	static const uint8_t settings[GM_SETTINGS] = { 6, 0x21, 0x4e, 0x5d, 0, 37, 0x3c, 0x20 };
	uint8_t out[PMC_REQUEST_MAX];
	struct pmc_reply r;
	size_t len = pmc_build_grandmaster(out, &peer, 9, settings);

	assert_int_equal(len, 62);
	assert_int_equal(out[46], PMC_SET);
	assert_memory_equal(out + 48, "\x00\x01\x00\x0a\xc0\x01\x06\x21\x4e\x5d", 10);
	out[46] = PMC_RESPONSE;
	assert_true(pmc_parse(out, len, &r));
	assert_int_equal(r.id, PMC_GRANDMASTER_SETTINGS_NP);
	assert_memory_equal(r.u.grandmaster.settings, settings, GM_SETTINGS);
	out[51]--;
	out[3]--;
	assert_false(pmc_parse(out, len - 1, &r));
}

static void a_port_answer_is_read(void **state)
{
	struct pmc_reply r;

	assert_true(pmc_parse(port_reply, sizeof(port_reply), &r));
	assert_int_equal(r.sequence, 7);
	assert_int_equal(r.to_port, 0x787e);
	assert_int_equal(r.from_port, 1);
	assert_int_equal(r.action, PMC_RESPONSE);
	assert_int_equal(r.id, PMC_PORT_DATA_SET);
	assert_int_equal(r.u.port.number, 1);
	assert_int_equal(r.u.port.state, PORT_UNCALIBRATED);
}

static void an_answer_of_linuxptp_4_is_read(void **state)
{
	uint8_t bytes[sizeof(port_reply)];
	struct pmc_reply r;

	memcpy(bytes, port_reply, sizeof(bytes));
	bytes[1] = 0x12;
	assert_true(pmc_parse(bytes, sizeof(bytes), &r));
	assert_int_equal(r.u.port.state, PORT_UNCALIBRATED);
}

static void a_time_answer_is_read(void **state)
{
	struct pmc_reply r;
	char text[24];

	assert_true(pmc_parse(time_reply, sizeof(time_reply), &r));
	assert_int_equal(r.u.time_status.offset_ns, -423);
	assert_true(r.u.time_status.gm_present);
	pmc_clock_text(r.u.time_status.gm, text);
	assert_string_equal(text, "2a36d4.fffe.6042f0");
}

static void a_refusal_names_what_was_asked(void **state)
{
	struct pmc_reply r;

	assert_true(pmc_parse(error_reply, sizeof(error_reply), &r));
	assert_int_equal(r.error, 6);
	assert_int_equal(r.id, PMC_SUBSCRIBE_EVENTS_NP);
}

static size_t properties(uint8_t *out, const char *name)
{
	size_t len = strlen(name), size = 54 + 13 + len;

	memcpy(out, port_reply, 54);
	out[3] = (uint8_t)size;
	out[51] = (uint8_t)(2 + 13 + len);
	out[52] = 0xc0;
	memset(out + 54, 0, 13);
	out[54 + 9] = 2;
	out[54 + 10] = PORT_SLAVE;
	out[54 + 12] = (uint8_t)len;
	memcpy(out + 54 + 13, name, len);
	return size;
}

static void the_interface_of_a_port_is_read_and_bounded(void **state)
{
	uint8_t bytes[200];
	struct pmc_reply r;

	assert_true(pmc_parse(bytes, properties(bytes, "eth0"), &r));
	assert_int_equal(r.id, PMC_PORT_PROPERTIES_NP);
	assert_int_equal(r.u.properties.number, 2);
	assert_int_equal(r.u.properties.state, PORT_SLAVE);
	assert_string_equal(r.u.properties.interface, "eth0");
	assert_true(pmc_parse(bytes, properties(bytes, "an-interface-of-25-letters"), &r));
	assert_string_equal(r.u.properties.interface, "an-interface-of");
	properties(bytes, "eth0");
	bytes[54 + 12] = 200;	/* longer than the message */
	assert_false(pmc_parse(bytes, 54 + 13 + 4, &r));
}

static void a_cut_answer_is_refused_at_every_length(void **state)
{
	struct pmc_reply r = { .id = 77 };

	for (size_t len = 0; len < sizeof(time_reply); len++)
		assert_false(pmc_parse(time_reply, len, &r));
	assert_int_equal(r.id, 77);
}

static void an_answer_with_too_little_data_is_refused(void **state)
{
	uint8_t bytes[sizeof(port_reply)];
	struct pmc_reply r;

	memcpy(bytes, port_reply, sizeof(bytes));
	bytes[3] = 54 + 10;	/* whole in itself, but no PORT_DATA_SET */
	bytes[51] = 2 + 10;
	assert_false(pmc_parse(bytes, 54 + 10, &r));
	bytes[52] = 0x30;	/* of an id that we do not know anything goes */
	assert_true(pmc_parse(bytes, 54 + 10, &r));
}

static void a_state_that_does_not_exist_is_unknown(void **state)
{
	uint8_t bytes[sizeof(port_reply)];
	struct pmc_reply r;

	memcpy(bytes, port_reply, sizeof(bytes));
	bytes[64] = 200;
	assert_true(pmc_parse(bytes, sizeof(bytes), &r));
	assert_int_equal(r.u.port.state, PORT_UNKNOWN);
}

/* The sanitizers watch: whatever comes, nothing is read beyond its end. */
static void no_bytes_do_harm(void **state)
{
	struct pmc_reply r;

	srandom(1);
	for (int round = 0; round < 200000; round++) {
		size_t len = (size_t)random() % (sizeof(time_reply) + 1);
		uint8_t *bytes = malloc(len ? len : 1);

		memcpy(bytes, round & 1 ? time_reply : error_reply,
		       len < sizeof(error_reply) ? len : sizeof(error_reply));
		for (int i = 0; i < 4 && len; i++)
			bytes[(size_t)random() % len] = (uint8_t)random();
		if (len > 54 && round % 3 == 0)
			bytes[3] = (uint8_t)len;
		(void)pmc_parse(bytes, len, &r);
		free(bytes);
	}
}

/* GET PORT_STATS_NP of 3.1.1 and 4.2 on x86: rx Sync 700, rx Announce 21, tx Delay_Req 1. */
static void counters_are_understood_in_both_byte_orders(void **state)
{
	struct pmc_reply r;

	for (int little = 0; little < 2; little++) {
		uint8_t bytes[320] = { 0 };

		pmc_build_get(bytes, &peer, 9, PMC_PORT_STATS_NP);
		bytes[2] = 320 >> 8;
		bytes[3] = 320 & 0xff;
		bytes[46] = PMC_RESPONSE;
		bytes[50] = 268 >> 8;
		bytes[51] = 268 & 0xff;
		bytes[54 + 9] = 2;
		bytes[64 + (little ? 0 : 7)] = 700 & 0xff;
		bytes[64 + (little ? 1 : 6)] = 700 >> 8;
		bytes[64 + 8 * PMC_ANNOUNCE + (little ? 0 : 7)] = 21;
		bytes[64 + 8 * (PMC_MESSAGES + PMC_DELAY_REQ) + (little ? 0 : 7)] = 1;
		assert_true(pmc_parse(bytes, sizeof(bytes), &r));
		assert_int_equal(r.u.stats.number, 2);
		assert_int_equal(r.u.stats.rx[PMC_SYNC], 700);
		assert_int_equal(r.u.stats.rx[PMC_ANNOUNCE], 21);
		assert_int_equal(r.u.stats.tx[PMC_DELAY_REQ], 1);
		assert_int_equal(r.u.stats.tx[PMC_ANNOUNCE], 0);
		bytes[50] = 0;	/* cut short */
		assert_false(pmc_parse(bytes, sizeof(bytes), &r));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_has_the_bytes_that_ptp4l_takes),
		cmocka_unit_test(domain_and_transport_stand_in_the_head),
		cmocka_unit_test(a_subscription_names_time_and_events),
		cmocka_unit_test(grandmaster_settings_go_out_and_come_back),
		cmocka_unit_test(a_port_answer_is_read),
		cmocka_unit_test(an_answer_of_linuxptp_4_is_read),
		cmocka_unit_test(a_time_answer_is_read),
		cmocka_unit_test(a_refusal_names_what_was_asked),
		cmocka_unit_test(the_interface_of_a_port_is_read_and_bounded),
		cmocka_unit_test(a_cut_answer_is_refused_at_every_length),
		cmocka_unit_test(an_answer_with_too_little_data_is_refused),
		cmocka_unit_test(a_state_that_does_not_exist_is_unknown),
		cmocka_unit_test(no_bytes_do_harm),
		cmocka_unit_test(counters_are_understood_in_both_byte_orders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
