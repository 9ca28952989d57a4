#include "test.h"

#include <stdlib.h>
#include "supervisor/loop.h"
#include "supervisor/observe/uevent.h"

#define MESSAGE(action, path, subsystem) \
	action "@" path "\0ACTION=" action "\0DEVPATH=" path "\0SUBSYSTEM=" subsystem \
	"\0MAJOR=250\0MINOR=1\0DEVNAME=ptp1\0SEQNUM=4711"

#define CARD "/devices/pci0000:00/0000:00:02.0/0000:01:00.0"

#define PARSE(message) (number = -1, uevent_parse((message), sizeof(message), &number))

static void clocks_come_and_go(void **unused)
{
	int number;

	assert_int_equal(PARSE(MESSAGE("add", CARD "/ptp/ptp1", "ptp")), UEVENT_CLOCK_ADDED);
	assert_int_equal(number, 1);
	assert_int_equal(PARSE(MESSAGE("remove", CARD "/ptp/ptp12", "ptp")), UEVENT_CLOCK_REMOVED);
	assert_int_equal(number, 12);
	assert_int_equal(PARSE(MESSAGE("change", CARD "/ptp/ptp1", "ptp")), UEVENT_OTHER);
}

static void other_devices_are_no_clocks(void **unused)
{
	int number;

	assert_int_equal(PARSE(MESSAGE("remove", CARD "/net/eth0", "net")), UEVENT_OTHER);
	assert_int_equal(PARSE(MESSAGE("remove", CARD "/ptp/ptp1/pps0", "pps")), UEVENT_OTHER);
	assert_int_equal(PARSE(MESSAGE("add", "/devices/virtual/tty/ptyp1", "tty")), UEVENT_OTHER);
	assert_int_equal(PARSE(MESSAGE("add", CARD "/ptp/ptpx", "ptp")), UEVENT_OTHER);
	assert_int_equal(PARSE(MESSAGE("add", CARD "/ptp/ptp1x", "ptp")), UEVENT_OTHER);
	assert_int_equal(PARSE(MESSAGE("add", CARD "/ptp/ptp123456789", "ptp")), UEVENT_OTHER);
	/* udev's own messages are binary */
	assert_int_equal(PARSE("libudev\0\xfe\xed\xca\xfe"), UEVENT_OTHER);
}

static void no_bytes_do_harm(void **unused)
{
	static const char whole[] = MESSAGE("remove", CARD "/ptp/ptp1", "ptp");
	int number;

	for (size_t len = 0; len < sizeof(whole); len++) {
		char *part = test_malloc(len ? len : 1);	/* the sanitizer guards its end */

		memcpy(part, whole, len);
		(void)uevent_parse(part, len, &number);
		if (len)
			part[len - 1] = '\0';
		(void)uevent_parse(part, len, &number);
		test_free(part);
	}
}

static void never(void *owner, enum uevent_kind kind, int clock)
{
}

static void it_starts_and_stops(void **unused)
{
	struct uevent u = { 0 };
	struct ev_loop *loop = loop_new();

	uevent_stop(&u);
	/* a sandbox may forbid it; then it says so and stays stopped */
	if (uevent_start(&u, loop, never, NULL, NULL) < 0)
		assert_null(u.loop);
	uevent_stop(&u);
	uevent_stop(&u);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_come_and_go),
		cmocka_unit_test(other_devices_are_no_clocks),
		cmocka_unit_test(no_bytes_do_harm),
		cmocka_unit_test(it_starts_and_stops),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
