#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "supervisor/diagnose/kernelline.h"
#include "supervisor/diagnose/diagnose.h"
#include "supervisor/diagnose/rulebase.h"
#include "supervisor/loop.h"
#include "supervisor/observe/kmsg.h"

static bool parse(const char *text, struct kmsg_record *r)
{
	return kmsg_parse(text, strlen(text), r);
}

static void a_record_is_taken_apart(void **unused)
{
	struct kmsg_record r;

	assert_true(parse("4,1234,98765432,-;igb 0000:01:00.0 eth0: clearing Tx timestamp hang\n"
			  " SUBSYSTEM=pci\n DEVICE=+pci:0000:01:00.0\n", &r));
	assert_int_equal(r.level, 4);
	assert_true(r.of_kernel);
	assert_int_equal(r.at, 98765);
	assert_string_equal(r.text, "igb 0000:01:00.0 eth0: clearing Tx timestamp hang");
	assert_true(parse("30,1,2000,-,caller=T77;by a program", &r));
	assert_int_equal(r.level, 6);
	assert_false(r.of_kernel);	/* facility 3: written by a daemon */
}

static void escapes_are_undone(void **unused)
{
	struct kmsg_record r;

	assert_true(parse("6,1,2,-;a\\x09b\\x5cc\\x00d\\xzz\\x4", &r));
	assert_string_equal(r.text, "a\tb\\c d\\xzz\\x4");
}

static void rubbish_is_no_record_and_long_ones_are_cut(void **unused)
{
	static const char *const bad[] = { "", ";", "x,1,2,-;t", "6;t", "6,1;t", "6,1,2" };
	static char longest[9000];
	struct kmsg_record r;

	for (unsigned i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(parse(bad[i], &r));
	memset(longest, 'a', sizeof(longest) - 1);
	assert_false(parse(longest, &r));
	memcpy(longest, "6,1,2,-;", 8);
	assert_true(parse(longest, &r));
	assert_int_equal(strlen(r.text), KMSG_TEXT_MAX - 1);
}

static void no_byte_behind_the_end_is_read(void **unused)
{
	static const char whole[] = "6,1,2000,-;text \\x41\\x42";
	struct kmsg_record r;

	for (size_t len = 0; len < sizeof(whole); len++) {
		char *part = test_malloc(len ? len : 1);	/* the sanitizer guards its end */

		memcpy(part, whole, len);
		(void)kmsg_parse(part, len, &r);
		test_free(part);
	}
}

/* -- following, with a FIFO in place of the device -- */

struct stage {
	struct ev_loop *loop;
	struct kmsg kmsg;
	ev_timer limit;
	char path[64];
	int writer;
	unsigned n;
	struct kmsg_record last;
};

static void on_record(void *owner, const struct kmsg_record *r)
{
	struct stage *s = owner;

	s->n++;
	s->last = *r;
	loop_stop(s->loop);
}

static void on_limit(struct ev_loop *loop, ev_timer *w, int revents)
{
	loop_stop(loop);
}

static void says(struct stage *s, const char *record)
{
	assert_int_equal(write(s->writer, record, strlen(record)), strlen(record));
	ev_timer_init(&s->limit, on_limit, 1., 0.);
	ev_timer_start(s->loop, &s->limit);
	loop_run(s->loop);
	ev_timer_stop(s->loop, &s->limit);
}

static void lines_are_told_as_they_come(void **unused)
{
	struct stage s = { .loop = loop_new() };

	snprintf(s.path, sizeof(s.path), "/tmp/ptpwarden-test-kmsg-%d", (int)getpid());
	assert_int_equal(mkfifo(s.path, 0600), 0);
	assert_int_equal(kmsg_start(&s.kmsg, s.loop, s.path, on_record, &s), 0);
	s.writer = open(s.path, O_WRONLY | O_CLOEXEC);
	says(&s, "6,1,2000,-;first");
	assert_string_equal(s.last.text, "first");
	says(&s, "6,2,3000,-;second");
	assert_string_equal(s.last.text, "second");
	assert_int_equal(s.n, 2);
	kmsg_stop(&s.kmsg);
	kmsg_stop(&s.kmsg);
	close(s.writer);
	unlink(s.path);
	loop_free(s.loop);
}

static void what_cannot_be_read_has_its_reason(void **unused)
{
	struct kmsg k = { 0 };
	struct ev_loop *loop = loop_new();

	kmsg_stop(&k);
	assert_int_equal(kmsg_start(&k, loop, "/nonexistent/kmsg", on_record, NULL), -ENOENT);
	assert_int_equal(k.why_not, ENOENT);
	kmsg_stop(&k);
	loop_free(loop);
}

/* -- whom they concern -- */

static const char *id_of(const char *text)
{
	return kernel_line_id(rulebase_builtin()->catalogue, text);
}

static void messages_that_matter_are_known(void **unused)
{
	assert_string_equal(id_of("igb 0000:01:00.0 eth0: clearing Tx timestamp hang"), "kernel.tx_hang");
	assert_string_equal(id_of("Memory cgroup out of memory: Killed process 812 (ptp4l) total-vm:1kB"),
			    "kernel.oom");
	assert_string_equal(id_of("PM: suspend exit"), "kernel.suspend");
	assert_null(id_of("random: crng init done"));
	assert_null(id_of("port 1: link down"));	/* ptp4l's, not the kernel's */
	assert_null(id_of(""));
}

static void a_message_concerns_whom_it_names(void **unused)
{
	struct kernel_subject eth1 = { .iface = "eth1", .bus = "0000:01:00.1", .program = "ptp4l",
				       .pid = 812 };
	static const struct { const char *id, *text; bool concerns; } all[] = {
		{ "kernel.link_down", "igb 0000:01:00.1 eth1: igb: eth1 NIC Link is Down", true },
		{ "kernel.link_down", "igb 0000:01:00.0 eth10: igb: eth10 NIC Link is Down", false },
		{ "kernel.phc_failed", "igb 0000:01:00.1: ptp_clock_register failed", true },
		{ "kernel.phc_failed", "igb 0000:01:00.0: ptp_clock_register failed", false },
		{ "kernel.oom", "Out of memory: Killed process 812 (ptp4l) total-vm", true },
		{ "kernel.oom", "Out of memory: Killed process 8123 (ptp4l) total-vm", false },
		{ "kernel.oom", "Out of memory: Killed process 812 (chromium) total-vm", false },
		{ "kernel.segfault", "ptp4l[812]: segfault at 0 ip 00 sp 00 error 4 in ptp4l", true },
		{ "kernel.suspend", "PM: suspend exit", true },
		{ "kernel.disk", "I/O error, dev sda, sector 5", false },
		{ "port.faulty", "eth1", false },
	};
	struct kernel_subject nobody = { 0 };

	for (unsigned i = 0; i < ARRAY_LEN(all); i++)
		assert_int_equal(kernel_line_concerns(all[i].id, all[i].text, &eth1), all[i].concerns);
	assert_false(kernel_line_concerns("kernel.link_down", "eth1: Link is Down", &nobody));
	assert_false(kernel_line_concerns("kernel.oom", "Killed process 1 (x)", &nobody));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_taken_apart),
		cmocka_unit_test(escapes_are_undone),
		cmocka_unit_test(rubbish_is_no_record_and_long_ones_are_cut),
		cmocka_unit_test(no_byte_behind_the_end_is_read),
		cmocka_unit_test(lines_are_told_as_they_come),
		cmocka_unit_test(what_cannot_be_read_has_its_reason),
		cmocka_unit_test(messages_that_matter_are_known),
		cmocka_unit_test(a_message_concerns_whom_it_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
