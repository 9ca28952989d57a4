#include <stdio.h>

#include "test.h"
#include "supervisor/diagnose/diagnose.h"
#include "supervisor/diagnose/logmatch.h"
#include "supervisor/diagnose/rulebase.h"

static const struct catalogue *const c = &catalogue_builtin;

static const char *id_of(const char *line)
{
	struct logmatch m;

	return logmatch(c, line, strlen(line), &m) ? m.id : "(none)";
}

/* Put plausible values into the fields of a pattern. */
static const char *sample(const char *field, const char *end)
{
	static const char *const samples[][2] = {
		{ ":int}", "17" }, { ":num}", "1.5" }, { ":caps}", "QQ" }, { ":text}", "z y z" }, { ":dev}", "/dev/zz" },
	};

	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		size_t len = strlen(samples[i][0]);

		if ((size_t)(end + 1 - field) > len && !memcmp(end + 1 - len, samples[i][0], len))
			return samples[i][1];
	}
	return "zz";
}

static void fill(const char *pattern, char *out, size_t size)
{
	struct text t = text_in(out, size);

	while (*pattern) {
		const char *field = strstr(pattern, "%{");
		const char *end = field ? strchr(field, '}') : NULL;

		text_add(&t, "%.*s", field ? (int)(field - pattern) : (int)strlen(pattern), pattern);
		if (!end)
			return;
		text_add(&t, "%s", sample(field, end));
		pattern = end + 1;
	}
}

static void every_wording_of_the_catalogue_is_recognised_as_its_own_message(void **unused)
{
	unsigned wrong = 0;

	for (unsigned i = 0; i < c->patterns; i++) {
		const struct catalogue_pattern *p = &c->pattern[i];
		char line[512];
		struct logmatch m;

		fill(c->pool + p->text, line, sizeof(line));
		if (logmatch_text(c, line, strlen(line), &m) && m.message == p->message)
			continue;
		print_message("%s: %s\n", catalogue_id(c, p->message), line);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void fields_are_cut_out_of_the_line(void **unused)
{
	static const char line[] = "unknown option foo_bar at line 12 in global section";
	struct logmatch m;

	assert_true(logmatch(c, line, strlen(line), &m));
	assert_string_equal(m.id, "config.option_unknown");
	assert_int_equal(m.fields, 3);
	assert_memory_equal(m.field[0].at, "foo_bar", m.field[0].len);
	assert_memory_equal(m.field[1].at, "12", m.field[1].len);
	assert_memory_equal(m.field[2].at, "global", m.field[2].len);
}

static void special_wordings_win_over_general_ones(void **unused)
{
	assert_string_equal(id_of("port 1: INITIALIZING to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)"),
			    "port.faulty_at_init");
	assert_string_equal(id_of("port 1: SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)"),
			    "port.faulty");
	assert_string_equal(id_of("port 1: MASTER to PASSIVE on RS_PASSIVE"), "port.state");
	assert_string_equal(id_of("unknown option foo"), "config.option_unknown");
}

static void tags_drivers_and_foreign_prefixes_are_looked_behind(void **unused)
{
	assert_string_equal(id_of("ptp4l[1.234]: mytag port 1: link down"), "link.down");
	assert_string_equal(id_of("igb 0000:01:00.0 eth0: clearing Tx timestamp hang"),
			    "kernel.tx_hang");
	assert_string_equal(id_of("/usr/sbin/ptp4l: error while loading shared libraries: libm.so.6: "
				  "cannot open shared object file: No such file or directory"),
			    "loader.library");
}

static void a_part_of_a_wording_is_not_that_message(void **unused)
{
	assert_string_equal(id_of("failed to create"), "(none)");
	assert_string_equal(id_of("timed out while polling for tx timestamp again"), "(none)");
	assert_string_equal(id_of("unknown option foo at line x in global section"),
			    "(none)");
	assert_string_equal(id_of(""), "(none)");
	assert_string_equal(id_of(": : : : : : "), "(none)");
}

static void any_bytes_are_survived(void **unused)
{
	char line[LINE_MAX_BYTES];
	unsigned seed = 1;

	for (int round = 0; round < 3000; round++) {
		struct logmatch m;
		size_t len = (seed >> 4) % 200;

		for (size_t i = 0; i < len; i++) {
			seed = seed * 1103515245u + 12345u;
			line[i] = (char)(seed >> 16);
		}
		(void)logmatch(c, line, len, &m);
	}
}

static void the_digest_counts_and_remembers_the_first_fields(void **unused)
{
	static struct log_digest d;
	const struct rulebase *r = rulebase_builtin();
	static const char *const lines[] = {
		"ptp4l[10.000]: port 1 (eth0): link down",
		"ptp4l[12.000]: port 2 (eth1): link down",
		"ptp4l[12.500]: Failed to open /dev/ptp3: Permission denied",
		"ptp4l[13.000]: nobody ever printed this",
	};
	const struct log_seen *s;
	char room[128];
	struct text t = text_in(room, sizeof(room));

	log_digest_reset(&d);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		log_digest_line(&d, r, PROG_PTP4L, lines[i], strlen(lines[i]), 0);
	s = log_digest_find(&d, catalogue_find(c, "link.down", 9));
	assert_non_null(s);
	assert_int_equal(s->count, 2);
	assert_int_equal(s->first, 10000);
	assert_int_equal(s->last, 12000);
	assert_int_equal(s->ports, 6);
	assert_string_equal(d.iface, "eth0");
	assert_int_equal(d.unknown, 1);
	s = log_digest_find(&d, catalogue_find(c, "phc.open_failed", 15));
	assert_string_equal(log_seen_field(r, s, "error", 5), "Permission denied");
	log_seen_text(r, s, &t);
	assert_string_equal(room, "Failed to open /dev/ptp3: Permission denied");
}

static void what_a_working_daemon_complained_about_is_forgotten(void **unused)
{
	static struct log_digest d;
	const struct rulebase *r = rulebase_builtin();
	static const char *const lines[] = {
		"ptp4l[10.000]: port 1: link down",
		"ptp4l[11.000]: selected best master clock 001122.fffe.334455",
		"ptp4l[12.000]: Failed to open /dev/ptp3: Permission denied",
	};

	log_digest_reset(&d);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		log_digest_line(&d, r, PROG_PTP4L, lines[i], strlen(lines[i]), 0);
	log_digest_healed(&d, r);
	assert_int_equal(d.seen_n, 1);
	assert_non_null(log_digest_find(&d, catalogue_find(c, "bmc.best", 8)));
	assert_int_equal(d.lines, 3);
}

static void only_young_complaints_outlast_a_good_while(void **unused)
{
	static struct log_digest d;
	const struct rulebase *r = rulebase_builtin();
	static const char *const lines[] = {
		"ptp4l[10.000]: port 1: link down",
		"ptp4l[11.000]: selected best master clock 001122.fffe.334455",
		"ptp4l[12.000]: Failed to open /dev/ptp3: Permission denied",
	};

	log_digest_reset(&d);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		log_digest_line(&d, r, PROG_PTP4L, lines[i], strlen(lines[i]), 0);
	log_digest_expire(&d, r, 12000);
	assert_null(log_digest_find(&d, catalogue_find(c, "link.down", 9)));
	assert_non_null(log_digest_find(&d, catalogue_find(c, "bmc.best", 8)));
	assert_non_null(log_digest_find(&d, catalogue_find(c, "phc.open_failed", 15)));
	log_digest_expire(&d, r, 12001);
	assert_int_equal(d.seen_n, 1);
}

static void a_full_digest_keeps_symptoms_and_counts_the_rest(void **unused)
{
	static struct log_digest d;
	const struct rulebase *r = rulebase_builtin();
	unsigned symptoms = 0;

	log_digest_reset(&d);
	for (unsigned i = 0; i < c->patterns; i++) {
		char line[512];

		fill(c->pool + c->pattern[i].text, line, sizeof(line));
		log_digest_line(&d, r, PROG_PTP4L, line, strlen(line), 0);
	}
	assert_int_equal(d.seen_n, DIGEST_SEEN_MAX);
	assert_true(d.dropped > 0);
	for (unsigned i = 0; i < d.seen_n; i++)
		symptoms += c->message[d.seen[i].message].kind == MESSAGE_SYMPTOM;
	assert_int_equal(symptoms, DIGEST_SEEN_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_wording_of_the_catalogue_is_recognised_as_its_own_message),
		cmocka_unit_test(fields_are_cut_out_of_the_line),
		cmocka_unit_test(special_wordings_win_over_general_ones),
		cmocka_unit_test(tags_drivers_and_foreign_prefixes_are_looked_behind),
		cmocka_unit_test(a_part_of_a_wording_is_not_that_message),
		cmocka_unit_test(any_bytes_are_survived),
		cmocka_unit_test(the_digest_counts_and_remembers_the_first_fields),
		cmocka_unit_test(what_a_working_daemon_complained_about_is_forgotten),
		cmocka_unit_test(only_young_complaints_outlast_a_good_while),
		cmocka_unit_test(a_full_digest_keeps_symptoms_and_counts_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
