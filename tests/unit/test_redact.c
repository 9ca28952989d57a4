/* What a report may not tell, and what it still has to. */
#include <stdio.h>

#include "supervisor/timeline/redact.h"
#include "test.h"

static struct redact r;
static char out[512];

static const char *redacted(const char *in)
{
	redact_copy(&r, in, out, sizeof(out));
	return out;
}

static int set_up(void **unused)
{
	redact_start(&r, true, "gps-box");
	return 0;
}

static void addresses_of_every_kind_go(void **unused)
{
	assert_string_equal(redacted("eth0 52:54:00:AA:bb:cc up"), "eth0 MAC-1 up");
	assert_string_equal(redacted("from 192.0.2.17:319, then 192.0.2.18."), "from IP-1:319, then IP-2.");
	assert_string_equal(redacted("udp:192.0.2.17"), "udp:IP-1");
	assert_string_equal(redacted("fe80::5054:ff:fe12:3456%eth0"), "IP-3%eth0");
	assert_string_equal(redacted("[2001:db8::1]"), "[IP-4]");
	assert_string_equal(redacted("selected best master clock 525400.fffe.000101"),
			    "selected best master clock CLOCK-1");
	assert_string_equal(redacted("525400.fffe.000101-1 is"), "CLOCK-1-1 is");
}

static void equal_ones_stay_equal_whatever_their_letters(void **unused)
{
	assert_string_equal(redacted("52:54:00:aa:bb:cc 52-54-00-AA-BB-CC 52:54:00:AA:BB:CC"),
			    "MAC-1 MAC-2 MAC-1");
}

static void the_host_goes_with_its_domain(void **unused)
{
	assert_string_equal(redacted("Nov 22 14:03:05 gps-box ptp4l: x"), "Nov 22 14:03:05 HOST ptp4l: x");
	assert_string_equal(redacted("root@GPS-box.example.com:"), "root@HOST:");
	assert_string_equal(redacted("gps-boxes"), "gps-boxes");
}

static void times_versions_and_numbers_stay(void **unused)
{
	static const char *const texts[] = {
		"ptp4l[1234.567]: rms 12 max 34 freq -5678 +/- 9 delay 100",
		"2026-11-22 14:03:05.250 linuxptp 3.1.1-4+b2",
		"0000:02:00.0 igb", "127.0.0.1", "port 1 (eth0): SLAVE to FAULTY", "/run/ptp4l.0.socket",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_string_equal(redacted(texts[i]), texts[i]);
}

static void without_it_nothing_changes(void **unused)
{
	redact_start(&r, false, "gps-box");
	assert_string_equal(redacted("gps-box 192.0.2.17"), "gps-box 192.0.2.17");
}

static void a_full_table_still_hides(void **unused)
{
	char word[32];

	for (unsigned i = 0; i < REDACT_MAX + 1; i++) {
		snprintf(word, sizeof(word), "10.0.%u.%u", i / 250, i % 250);
		redacted(word);
	}
	assert_string_equal(out, "IP-?");
}

static void a_cut_text_is_terminated(void **unused)
{
	char small[8];

	redact_copy(&r, "a 192.0.2.17 b", small, sizeof(small));
	assert_string_equal(small, "a IP-1 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(addresses_of_every_kind_go, set_up),
		cmocka_unit_test_setup(equal_ones_stay_equal_whatever_their_letters, set_up),
		cmocka_unit_test_setup(the_host_goes_with_its_domain, set_up),
		cmocka_unit_test_setup(times_versions_and_numbers_stay, set_up),
		cmocka_unit_test_setup(without_it_nothing_changes, set_up),
		cmocka_unit_test_setup(a_full_table_still_hides, set_up),
		cmocka_unit_test_setup(a_cut_text_is_terminated, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
