#include <stdio.h>
#include <stdlib.h>

#include "test.h"
#include "fakeunits.h"
#include "jsoncheck.h"
#include "supervisor/control/frame.h"
#include "supervisor/control/phrase.h"
#include "supervisor/control/render_why.h"
#include "supervisor/control/reply.h"
#include "supervisor/control/verbs.h"

enum { ROOM = 1024 * 1024 };

static char room[ROOM];
static struct fake_units units;
static struct incident incident;
static struct findings standing;

static int set_up(void **unused)
{
	memset(&units, 0, sizeof(units));
	memset(&incident, 0, sizeof(incident));
	memset(&standing, 0, sizeof(standing));
	return 0;
}

static struct why why_of(enum policy_st st)
{
	return (struct why){ .view = fake_add(&units, "ptp4l", st), .now = 100000 };
}

/* A failure as it is mostly seen: a bad option, with one piece of evidence and one advice. */
static void a_cause(void)
{
	struct verdict_cause *c = &incident.verdict.cause[0];

	incident.number = 3;
	incident.opened_at = 88000;
	incident.closed_at = MSEC_NONE;
	incident.verdict.kind = VERDICT_CAUSE;
	incident.verdict.causes = 1;
	c->id = "config.option_unknown";
	c->class = "config_invalid";
	strcpy(c->title, "Line 3 of ptp4l.conf has an option that ptp4l 4.2 does not know.");
	c->confidence = CONFIDENCE_CERTAIN;
	c->explains = 1;
	c->explain[0] = (struct evidence){ .name = "exit.code", .value = "254", .source = "exit",
					   .age_ms = 12000 };
	c->advices = 1;
	strcpy(c->advice[0], "Remove it.");
	incident.exit = (struct exit_info){ .kind = EXIT_KIND_EXIT, .code = 254, .after_ms = 12 };
}

static const char *text(const struct why *w)
{
	struct text t = text_in(room, sizeof(room));

	why_text(w, &t);
	assert_false(t.cut);
	return room;
}

static const char *json(const struct why *w)
{
	struct text t = text_in(room, sizeof(room));

	why_json(w, &t);
	assert_false(t.cut);
	return room;
}

static void without_an_incident_nothing_is_wrong(void **unused)
{
	struct why w = why_of(ST_READY);

	assert_int_equal(why_rc(&w), RC_FINE);
	assert_non_null(strstr(text(&w), "No incident"));
	assert_true(json_valid(json(&w)));
	assert_non_null(strstr(room, "\"verdict\":\"healthy\",\"causes\":[]"));
}

static void an_incident_tells_cause_time_ending_and_what_is_done_now(void **unused)
{
	struct why w = why_of(ST_WAITING);

	a_cause();
	incident.repeats = 3;
	w.incident = &incident;
	units.view[0].waiting = (struct waitfor){ .kind = WAIT_FILE, .subject = "/etc/ptp4l.conf" };
	assert_int_equal(why_rc(&w), RC_CAUSE);
	text(&w);
	assert_non_null(strstr(room, "Line 3 of ptp4l.conf"));
	assert_non_null(strstr(room, "Incident 3"));
	assert_non_null(strstr(room, "happened 4 times"));
	assert_non_null(strstr(room, "exit status 254"));
	assert_non_null(strstr(room, "Waiting for a change of /etc/ptp4l.conf"));
}

static void an_incident_that_is_over_is_told_as_history(void **unused)
{
	struct why w = why_of(ST_READY);

	a_cause();
	w.incident = &incident;
	assert_null(strstr(text(&w), "incident ended"));
	assert_true(strstr(room, "Line 3") < strstr(room, "now: ready"));
	incident.closed_at = 90000;
	assert_non_null(strstr(text(&w), "incident ended 10s ago"));
	assert_non_null(strstr(room, "over after 2s"));
	assert_true(strstr(room, "now: ready") < strstr(room, "Line 3"));
}

static void json_has_the_members_that_scripts_rely_on(void **unused)
{
	static const char *const members[] = {
		"\"schema\":\"ptpwarden.diagnosis/1\"", "\"verdict\":\"cause\"",
		"\"id\":\"config.option_unknown\"", "\"class\":\"config_invalid\"",
		"\"confidence\":\"certain\"",
		"\"explains\":[{\"name\":\"exit.code\",\"value\":\"254\",\"source\":\"exit\","
		"\"age_ms\":12000}]", "\"against\":[]", "\"missing\":[]",
		"\"advice\":[\"Remove it.\"]", "\"action\":\"retry\"", "\"standing\":[]",
		"\"changed\":[]", "\"unexplained\":[]", "\"next\":null",
	};
	struct why w = why_of(ST_WAITING);

	a_cause();
	w.incident = &incident;
	json(&w);
	assert_true(json_valid(room));
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (!strstr(room, members[i]))
			fail_msg("%s is not in %s", members[i], room);
	assert_null(strstr(room, "\"with\""));
}

static void an_alternate_that_works_is_a_warning_with_its_reason(void **unused)
{
	struct why w = why_of(ST_READY);

	units.view[0].alternate = 1;
	findings_add(&standing, "phc.capable", FINDING_BLOCK, "eth0", "stamps in software only");
	w.standing = &standing;
	assert_int_equal(why_rc(&w), RC_WARNING);
	assert_non_null(strstr(text(&w), "On alternate 1"));
	assert_true(json_valid(json(&w)));
	assert_non_null(strstr(room, "\"standing\":[{\"id\":\"phc.capable\""));
	assert_non_null(strstr(room, "\"causes\":[]"));
}

static void an_unknown_cause_has_its_own_exit_code(void **unused)
{
	struct why w = why_of(ST_BACKING_OFF);

	a_cause();
	incident.verdict.kind = VERDICT_UNKNOWN;
	incident.verdict.causes = 0;
	w.incident = &incident;
	assert_int_equal(why_rc(&w), RC_UNKNOWN);
}

static void fill(char *field, size_t size, int byte)
{
	memset(field, byte, size - 1);
	field[size - 1] = '\0';
}

static void fill_evidence(struct evidence *e, int byte)
{
	fill(e->name, sizeof(e->name), 'n');
	fill(e->value, sizeof(e->value), byte);
	e->source = "log";
	e->age_ms = MSEC_NONE;
}

static void fill_cause(struct verdict_cause *c, int byte)
{
	*c = (struct verdict_cause){
		.id = "a.b", .class = "a_b", .with = "c.d", .action = DO_WAIT,
		.advices = VERDICT_ADVICE_MAX, .explains = VERDICT_EVIDENCE_MAX,
		.against = VERDICT_EVIDENCE_MAX, .missing = VERDICT_EVIDENCE_MAX,
	};
	fill(c->title, sizeof(c->title), byte);
	fill(c->wait.subject, sizeof(c->wait.subject), byte);
	for (int i = 0; i < VERDICT_ADVICE_MAX; i++)
		fill(c->advice[i], sizeof(c->advice[i]), byte);
	for (int i = 0; i < VERDICT_EVIDENCE_MAX; i++) {
		fill_evidence(&c->explain[i], byte);
		fill_evidence(&c->contra[i], byte);
		c->miss[i] = "iface.up";
	}
}

/* A verdict without a free byte, every one of them hostile. */
static void worst_incident(int byte)
{
	struct verdict *v = &incident.verdict;

	incident.number = 1;
	incident.closed_at = MSEC_NONE;
	incident.exit.kind = EXIT_KIND_SIGNAL;
	v->kind = VERDICT_CAUSE;
	v->causes = VERDICT_CAUSES_MAX;
	for (int i = 0; i < VERDICT_CAUSES_MAX; i++)
		fill_cause(&v->cause[i], byte);
	v->unexplained_n = VERDICT_EVIDENCE_MAX;
	for (int i = 0; i < VERDICT_EVIDENCE_MAX; i++)
		fill_evidence(&v->unexplained[i], byte);
	v->changed_n = VERDICT_CHANGES_MAX;
	for (int i = 0; i < VERDICT_CHANGES_MAX; i++) {
		fill(v->changed[i].name, sizeof(v->changed[i].name), byte);
		fill(v->changed[i].from, sizeof(v->changed[i].from), byte);
		fill(v->changed[i].to, sizeof(v->changed[i].to), byte);
	}
	fill(v->next, sizeof(v->next), byte);
	incident.blocked_n = INCIDENT_BLOCKED_MAX;
	for (int i = 0; i < INCIDENT_BLOCKED_MAX; i++) {
		incident.blocked[i].id = "a.b";
		fill(incident.blocked[i].subject, sizeof(incident.blocked[i].subject), byte);
		fill(incident.blocked[i].detail, sizeof(incident.blocked[i].detail), byte);
	}
}

static void a_hostile_verdict_is_valid_json_and_fits_the_console(void **unused)
{
	struct why w = why_of(ST_READY);

	w.incident = &incident;
	w.facts = true;
	for (int byte = 1; byte < 256; byte++) {
		worst_incident(byte);
		assert_true(json_valid(json(&w)));
		assert_in_range(text_columns(text(&w)), 20, PHRASE_COLUMNS);
		assert_null(strchr(room, '\x1b'));
	}
}

/* Ask over the protocol. @return exit code */
static int ask(const char *unit, bool as_json, struct outbuf *out)
{
	struct control_ops ops = fake_ops(&units);
	struct reply r = { .ops = &ops, .out = out, .request = { .verb = "why", .json = as_json } };

	strcpy(r.request.unit, unit);
	assert_int_equal(reply_begin(&r, 100000), REPLY_DONE);
	assert_int_equal(out->error, 0);
	return (unsigned char)out->at[out->len - 1];
}

static void the_largest_answer_fits_the_socket(void **unused)
{
	struct outbuf out = { .limit = 1024 * 1024 };

	why_of(ST_READY);
	worst_incident('\x01');
	for (int i = 0; i < FINDINGS_MAX; i++) {
		struct finding *f = findings_add(&standing, "a.b", FINDING_BLOCK, "", "x");

		fill(f->subject, sizeof(f->subject), 1);
		fill(f->detail, sizeof(f->detail), 1);
		fill(f->advice, sizeof(f->advice), 1);
	}
	units.incident = &incident;
	units.standing = &standing;
	assert_int_equal(ask("ptp4l", true, &out), RC_CAUSE);
	assert_true(out.len > 100000);
	outbuf_free(&out);
}

static void without_a_unit_the_newest_incident_of_any_is_meant(void **unused)
{
	struct outbuf out = { .limit = 65536 };

	why_of(ST_READY);
	fake_add(&units, "phc2sys", ST_BACKING_OFF);
	a_cause();
	incident.unit = 1;
	units.incident = &incident;
	assert_int_equal(ask("", false, &out), RC_CAUSE);
	assert_non_null(memmem(out.at, out.len, "phc2sys: ", 9));
	outbuf_free(&out);
	assert_int_equal(ask("ptp4l", false, &out), RC_FINE);
	assert_null(memmem(out.at, out.len, "phc2sys", 7));
	outbuf_free(&out);
}

#define FRESH(test) cmocka_unit_test_setup(test, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(without_an_incident_nothing_is_wrong),
		FRESH(an_incident_tells_cause_time_ending_and_what_is_done_now),
		FRESH(an_incident_that_is_over_is_told_as_history),
		FRESH(json_has_the_members_that_scripts_rely_on),
		FRESH(an_alternate_that_works_is_a_warning_with_its_reason),
		FRESH(an_unknown_cause_has_its_own_exit_code),
		FRESH(a_hostile_verdict_is_valid_json_and_fits_the_console),
		FRESH(the_largest_answer_fits_the_socket),
		FRESH(without_a_unit_the_newest_incident_of_any_is_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
