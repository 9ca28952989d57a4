#include <stdio.h>
#include <stdlib.h>

#include "test.h"
#include "jsoncheck.h"
#include "supervisor/control/phrase.h"
#include "supervisor/control/render_check.h"
#include "supervisor/control/verbs.h"

static struct plan_run runs[2] = { { .name = NULL }, { .name = "software" } };
static struct plan_unit ptp4l = { .name = "ptp4l", .program = PROG_PTP4L, .follows = -1,
				  .autostart = true, .alternates = 2, .variants = 1, .runs = runs };
static struct plan_unit phc2sys = { .name = "phc2sys", .program = PROG_PHC2SYS, .autostart = true,
				    .follows = 0, .alternates = 1, .variants = 1, .runs = runs };

static char said[200000];

#define SAID(call) \
	do { \
		FILE *out = tmpfile(); \
		call; \
		rewind(out); \
		said[fread(said, 1, sizeof(said) - 1, out)] = '\0'; \
		fclose(out); \
	} while (0)

/* As one line: where it is wrapped does not matter. */
static bool says(const char *what)
{
	for (char *c = said; *c; c++)
		if (*c == '\n')
			*c = ' ';
	return strstr(said, what) != NULL;
}

static struct findings *some_findings(void)
{
	static struct findings f;

	memset(&f, 0, sizeof(f));
	findings_add(&f, "binary.exists", FINDING_PASS, "/usr/sbin/ptp4l", "a regular file");
	findings_add(&f, "iface.carrier", FINDING_WARN, "eth0", "no link");
	findings_add(&f, "phc.users", FINDING_UNKNOWN, "/dev/ptp0", "no permission to look");
	strcpy(findings_add(&f, "phc.capable", FINDING_BLOCK, "eth0", "stamps in software only")
		       ->advice, "Use -S on this interface.");
	return &f;
}

static void the_worst_comes_first_and_what_passed_is_summed_up(void **unused)
{
	struct check_style style = { .colour = false };
	const char *block, *unknown, *warn, *pass;

	SAID(check_text(&style, &ptp4l, 1, some_findings(), out));
	block = strstr(said, "[FAIL] phc.capable eth0: stamps");
	unknown = strstr(said, "[ ?? ] phc.users");
	warn = strstr(said, "[WARN] iface.carrier");
	pass = strstr(said, "[ OK ] binary.exists\n");
	assert_true(block && unknown && warn && pass);
	assert_true(block < unknown && unknown < warn && warn < pass);
	assert_non_null(strstr(said, "Use -S on this interface."));
	assert_non_null(strstr(said, "ptp4l, alternate 1 (software)"));
	style.all = true;
	SAID(check_text(&style, &ptp4l, 0, some_findings(), out));
	assert_non_null(strstr(said, "[ OK ] binary.exists /usr/sbin/ptp4l: a regular file"));
}

static void hostile_findings_stay_in_80_columns_and_valid_json(void **unused)
{
	struct check_style style = { .all = true };
	static struct findings f;

	for (int byte = 1; byte < 256; byte++) {
		memset(&f, 0, sizeof(f));
		for (int i = 0; i < FINDINGS_MAX + 3; i++) {
			struct finding *one = findings_add(&f, "a.b", i % FINDING_STATES, "", "x");

			memset(one->subject, byte, sizeof(one->subject) - 1);
			memset(one->detail, byte, sizeof(one->detail) - 1);
			memset(one->advice, byte, sizeof(one->advice) - 1);
		}
		SAID(check_text(&style, &ptp4l, 0, &f, out));
		assert_in_range(text_columns(said), 10, PHRASE_COLUMNS);
		assert_null(strchr(said, '\x1b'));
		SAID(check_json(&ptp4l, 1, &f, out));
		assert_true(json_valid(said));
	}
}

static void errors_of_the_configuration_are_valid_json(void **unused)
{
	static struct conf_error e = { .line = 3, .column = 7 };

	memset(e.file, '"', sizeof(e.file) - 1);
	memset(e.text, '\\', sizeof(e.text) - 1);
	memset(e.quoted, '\xc3', sizeof(e.quoted) - 1);
	memset(e.accepted, 1, sizeof(e.accepted) - 1);
	SAID(check_json_error(&e, out));
	assert_true(json_valid(said));
	assert_non_null(strstr(said, "\"line\":3"));
}

static void the_last_line_says_what_will_happen(void **unused)
{
	struct check_outcome leader = { .unit = &ptp4l, .runs = 0, .provides = PROVIDES_PHC };
	struct check_outcome follower = { .unit = &phc2sys, .runs = 0 };

	SAID(check_forecast(&leader, NULL, out));
	assert_string_equal(said, "At start: ptp4l starts.\n");
	SAID(check_forecast(&follower, &leader, out));
	assert_true(says("phc2sys starts when ptp4l is locked."));

	leader.runs = 1;
	leader.provides = PROVIDES_SYSTEM;
	leader.obstacle = *findings_block(some_findings());
	SAID(check_forecast(&leader, NULL, out));
	assert_true(says("alternate 1 (software), because eth0: stamps in software only."));
	SAID(check_forecast(&follower, &leader, out));
	assert_true(says("phc2sys is not started"));
	follower.runs = -1;	/* whether it could does not matter then */
	SAID(check_forecast(&follower, &leader, out));
	assert_true(says("phc2sys is not started"));
	assert_false(check_wanted(&follower, &leader));
	leader.provides = PROVIDES_NONE;	/* free running, but still without a PTP clock */
	leader.software = true;
	assert_false(check_wanted(&follower, &leader));
	SAID(check_forecast(&follower, &leader, out));
	assert_true(says("stamps in software, no PTP clock takes part"));

	leader.runs = -1;
	leader.obstacle.clears = (struct waitfor){ .kind = WAIT_CARRIER, .subject = "eth0" };
	SAID(check_forecast(&leader, NULL, out));
	assert_true(says("cannot start"));
	assert_true(says("waits for carrier on eth0"));
}

static void the_exit_code_follows_the_worst_unit(void **unused)
{
	struct check_outcome o[2] = { { .state = FINDING_PASS }, { .state = FINDING_PASS } };

	assert_int_equal(check_rc(o, 2), RC_FINE);
	o[1].state = FINDING_WARN;
	assert_int_equal(check_rc(o, 2), RC_WARNING);
	o[0].state = FINDING_UNKNOWN;
	assert_int_equal(check_rc(o, 2), RC_UNKNOWN);
	o[1].state = FINDING_BLOCK;
	assert_int_equal(check_rc(o, 2), RC_CAUSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_worst_comes_first_and_what_passed_is_summed_up),
		cmocka_unit_test(hostile_findings_stay_in_80_columns_and_valid_json),
		cmocka_unit_test(errors_of_the_configuration_are_valid_json),
		cmocka_unit_test(the_last_line_says_what_will_happen),
		cmocka_unit_test(the_exit_code_follows_the_worst_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
