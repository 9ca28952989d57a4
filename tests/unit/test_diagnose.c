#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "test.h"
#include "conf/rules/rulefile.h"
#include "supervisor/control/casefile.h"
#include "supervisor/control/verdictjson.h"
#include "supervisor/diagnose/diagnose.h"
#include "supervisor/diagnose/rulebase.h"

static struct facts facts;
static struct log_digest digest;
static struct verdict v;

static int fresh(void **unused)
{
	memset(&facts, 0, sizeof(facts));
	log_digest_reset(&digest);
	return 0;
}

static void line(const char *text)
{
	log_digest_line(&digest, rulebase_builtin(), PROG_PTP4L, text, strlen(text), 0);
}

static void fact(const char *name, const char *value)
{
	facts_set(&facts, "test", MSEC_NONE, name, "%s", value);
}

static void judge(const struct rulebase *r)
{
	diagnose(r ? r : rulebase_builtin(), &facts, &digest, MSEC_NONE, &v);
}

static void nothing_at_all_is_healthy(void **unused)
{
	judge(NULL);
	assert_int_equal(v.kind, VERDICT_HEALTHY);
	diagnose(rulebase_builtin(), NULL, NULL, MSEC_NONE, &v);
	assert_int_equal(v.kind, VERDICT_HEALTHY);
}

static void a_bare_exit_code_is_honestly_unknown(void **unused)
{
	fact("exit.code", "255");
	judge(NULL);
	assert_int_equal(v.kind, VERDICT_UNKNOWN);
	assert_int_equal(v.causes, 0);
	assert_int_equal(v.unexplained_n, 1);
	assert_true(v.next[0]);
}

static void a_message_nobody_knows_does_not_become_a_cause(void **unused)
{
	line("ptp4l[1.000]: the flux capacitor is empty");
	fact("exit.code", "255");
	judge(NULL);
	assert_int_equal(v.kind, VERDICT_UNKNOWN);
}

static void a_definitional_message_is_certain_and_names_names(void **unused)
{
	line("unknown option foo_bar at line 12 in global section");
	line("failed to parse configuration file /etc/ptp4l.conf");
	fact("exit.code", "254");
	judge(NULL);
	assert_int_equal(v.kind, VERDICT_CAUSE);
	assert_string_equal(v.cause[0].id, "config.option_unknown");
	assert_int_equal(v.cause[0].confidence, CONFIDENCE_CERTAIN);
	assert_non_null(strstr(v.cause[0].title, "foo_bar"));
	assert_non_null(strstr(v.cause[0].title, "12"));
	assert_int_equal(v.unexplained_n, 0);
}

static void two_faults_at_once_are_both_named(void **unused)
{
	line("ptp4l[1.000]: port 1 (eth0): link down");
	line("ptp4l[1.001]: uds: bind failed: No such file or directory");
	fact("iface.carrier", "no");
	judge(NULL);
	assert_int_equal(v.kind, VERDICT_CAUSE);
	assert_true(v.causes >= 2);
	assert_non_null(v.cause[0].with);
	assert_non_null(v.cause[1].with);
	assert_string_equal(v.cause[0].with, v.cause[1].id);
	assert_int_equal(v.unexplained_n, 0);
}

static void consequences_do_not_become_causes(void **unused)
{
	line("ptp4l[1.000]: port 1: link down");
	line("ptp4l[1.000]: port 1: LISTENING to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
	line("ptp4l[2.000]: port 1: master state recommended in slave only mode");
	line("ptp4l[2.000]: port 1: defaultDS.priority1 probably misconfigured");
	judge(NULL);
	assert_string_equal(v.cause[0].class, "link_down");
	assert_null(v.cause[0].with);
}

static void the_ending_is_explained_before_what_else_is_wrong(void **unused)
{
	line("ptp4l[1.000]: port 1: link down");
	fact("iface.carrier", "no");
	fact("exit.signal", "KILL");
	fact("exit.by", "other");
	judge(NULL);
	assert_string_equal(v.cause[0].class, "killed_externally");
	assert_string_equal(v.cause[1].class, "link_down");
}

static void what_is_long_over_does_not_hide_what_is_wrong_now(void **unused)
{
	line("ptp4l[100.000]: port 1: link down");
	line("ptp4l[105.000]: port 1: link up");
	line("ptp4l[106.000]: timed out while polling for tx timestamp");
	line("ptp4l[9000.000]: rms 3 max 5 freq +10 +/- 2 delay 100 +/- 0");
	fact("exit.signal", "SEGV");
	judge(NULL);
	assert_string_equal(v.cause[0].id, "exit.crash");
	assert_null(v.cause[0].with);
	assert_int_equal(v.unexplained_n, 0);
	memset(&facts, 0, sizeof(facts));
	judge(NULL);	/* alone it is still told */
	assert_int_equal(v.kind, VERDICT_CAUSE);
}

static void a_refuted_cause_is_listed_as_rejected(void **unused)
{
	line("timed out while polling for tx timestamp");
	fact("trial.tx_timeout_raised", "no_effect");
	judge(NULL);
	assert_string_not_equal(v.cause[0].id, "tx.timeout_short");
	for (unsigned i = 0; i < v.rejected_n; i++)
		if (!strcmp(v.rejected[i].id, "tx.timeout_short"))
			return;
	fail_msg("tx.timeout_short is not among the rejected ones");
}

static void a_signal_of_our_own_is_no_failure(void **unused)
{
	exit_facts(&(struct exit_info){ .kind = EXIT_KIND_SIGNAL, .code = 15, .by = EXIT_BY_SUPERVISOR,
					.at = 5, .after_ms = 100 }, &facts);
	judge(NULL);
	assert_int_equal(v.kind, VERDICT_HEALTHY);
}

static void kills_from_outside_and_by_the_kernel_are_told_apart(void **unused)
{
	struct exit_info end = { .kind = EXIT_KIND_SIGNAL, .code = 9, .by = EXIT_BY_OTHER };

	exit_facts(&end, &facts);
	judge(NULL);
	assert_string_equal(v.cause[0].class, "killed_externally");
	assert_int_equal(v.cause[0].confidence, CONFIDENCE_CERTAIN);
	memset(&facts, 0, sizeof(facts));
	end.by = EXIT_BY_OOM;
	exit_facts(&end, &facts);
	judge(NULL);
	assert_string_equal(v.cause[0].class, "oom_killed");
	assert_int_equal(v.cause[0].confidence, CONFIDENCE_CERTAIN);
	memset(&facts, 0, sizeof(facts));
	end.by = EXIT_BY_UNKNOWN;
	exit_facts(&end, &facts);
	judge(NULL);
	assert_int_equal(v.cause[0].confidence, CONFIDENCE_POSSIBLE);
}

static void every_blocking_finding_is_explained(void **unused)
{
	static const struct { const char *id, *class; } rows[] = {
		{ "binary.missing", "missing_binary" }, { "binary.library", "library_missing" },
		{ "binary.arch", "wrong_architecture" }, { "binary.not_executable", "exec_failed" },
		{ "binary.noexec_mount", "exec_failed" }, { "binary.interpreter", "exec_failed" },
		{ "binary.truncated", "binary_damaged" }, { "binary.format", "binary_damaged" },
		{ "config.option_unknown", "config_invalid" }, { "link.missing", "interface_missing" },
		{ "link.no_carrier", "link_down" }, { "ts.hardware", "ts_mode_unsupported_hw" },
		{ "ts.no_clock", "phc_missing" }, { "phc.missing", "phc_missing" },
		{ "phc.permission", "permission_denied" }, { "phc.busy", "phc_busy" },
		{ "uds.dir_missing", "uds_unavailable" }, { "uds.dir_not_writable", "uds_unavailable" },
		{ "uds.live_server", "duplicate_instance" }, { "rival.ptp4l", "duplicate_instance" },
		{ "priv.cap_net_raw", "permission_denied" }, { "priv.cap_sys_time", "permission_denied" },
	};
	static struct findings f;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		memset(&f, 0, sizeof(f));
		memset(&facts, 0, sizeof(facts));
		findings_add(&f, rows[i].id, FINDING_BLOCK, "eth0", "what was seen");
		findings_facts(&f, 0, &facts);
		judge(NULL);
		if (v.kind != VERDICT_CAUSE || strcmp(v.cause[0].class, rows[i].class))
			fail_msg("%s: %s", rows[i].id, v.kind == VERDICT_CAUSE ? v.cause[0].class : "no cause");
	}
}

static void findings_by_default_values_follow_from_an_unread_configuration(void **unused)
{
	fact("block.config.file_unreadable", "/etc/ptp4l.conf: No such file or directory");
	fact("config.error", "failed to open configuration file /etc/ptp4l.conf: No such file or directory");
	fact("block.ts.hardware", "veth0: it offers none");
	fact("iface.kind", "veth");
	judge(NULL);
	assert_string_equal(v.cause[0].id, "config.missing");
	assert_null(v.cause[0].with);
}

static void exec_errors_have_their_causes(void **unused)
{
	static const struct { int code; const char *class; } rows[] = {
		{ 2, "missing_binary" }, { 13, "exec_failed" }, { 12, "resource_limit" }, { 26, "exec_failed" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		memset(&facts, 0, sizeof(facts));
		exit_facts(&(struct exit_info){ .kind = EXIT_KIND_EXEC, .code = rows[i].code,
						.stage = STAGE_EXEC }, &facts);
		judge(NULL);
		assert_int_equal(v.kind, VERDICT_CAUSE);
		assert_string_equal(v.cause[0].class, rows[i].class);
		assert_int_equal(v.cause[0].confidence, CONFIDENCE_CERTAIN);
	}
}

static void long_words(char *room, size_t size, const char *word)
{
	struct text t = text_in(room, size);

	while (!t.cut)
		text_add(&t, "%s ", word);
}

/* A verdict with every slot filled to the brim. */
static void fill_verdict(enum verdict_kind kind)
{
	memset(&v, 0, sizeof(v));
	v.kind = kind;
	v.causes = kind == VERDICT_CAUSE ? VERDICT_CAUSES_MAX : 0;
	v.unexplained_n = VERDICT_EVIDENCE_MAX;
	v.rejected_n = VERDICT_REJECTED_MAX;
	v.changed_n = VERDICT_CHANGES_MAX;
	long_words(v.next, sizeof(v.next), "measure");
	for (unsigned i = 0; i < VERDICT_CAUSES_MAX; i++) {
		struct verdict_cause *c = &v.cause[i];

		c->id = "some.cause";
		c->class = "some_class";
		c->explains = c->against = c->missing = VERDICT_EVIDENCE_MAX;
		c->advices = VERDICT_ADVICE_MAX;
		long_words(c->title, sizeof(c->title), "titular");
		for (unsigned k = 0; k < VERDICT_ADVICE_MAX; k++)
			long_words(c->advice[k], sizeof(c->advice[k]), "advice");
		for (unsigned k = 0; k < VERDICT_EVIDENCE_MAX; k++)
			c->miss[k] = "a.fact.with.a.long.name";
	}
	for (unsigned i = 0; i < VERDICT_EVIDENCE_MAX; i++) {
		struct evidence *e = &v.unexplained[i];

		e->source = "probe";
		e->age_ms = 3 * HOUR;
		snprintf(e->name, sizeof(e->name), "some.fact");
		memset(e->value, 0x1b, sizeof(e->value) - 1);
		for (unsigned k = 0; k < VERDICT_CAUSES_MAX; k++)
			v.cause[k].explain[i] = v.cause[k].contra[i] = *e;
	}
	for (unsigned i = 0; i < VERDICT_REJECTED_MAX; i++) {
		v.rejected[i].id = "another.cause";
		long_words(v.rejected[i].because, sizeof(v.rejected[i].because), "because");
	}
	for (unsigned i = 0; i < VERDICT_CHANGES_MAX; i++)
		long_words(v.changed[i].to, sizeof(v.changed[i].to), "new");
}

static void the_explanation_fits_a_serial_console(void **unused)
{
	static char room[8192];

	for (enum verdict_kind kind = VERDICT_HEALTHY; kind <= VERDICT_UNKNOWN; kind++) {
		struct text t = text_in(room, sizeof(room));
		unsigned lines = 0, column = 0;

		fill_verdict(kind);
		explain_verdict(&v, "a-unit-with-a-rather-long-name", &t);
		for (const char *s = room; *s; s++) {
			column = *s == '\n' ? 0 : column + 1;
			lines += *s == '\n';
			assert_true(column <= 80);
			assert_true(*s == '\n' || (unsigned char)*s >= 0x20);
		}
		assert_in_range((int)lines, 1, 20);
	}
}

static void what_comes_from_outside_cannot_move_the_terminal(void **unused)
{
	static char room[8192];
	struct text t = text_in(room, sizeof(room));

	fact("block.\x1b[2J", "\x1b[31m");
	line("unknown option \x1b[1m at line 3 in \x1b[0m section");
	line("ptp4l[1.000]: port 1: link down");
	fact("iface.carrier", "\x07yes");
	fact("change.kernel", "\x1b] -> \x1b[");
	log_digest_line(&digest, rulebase_builtin(), PROG_PTP4L, "Failed to open /dev/p\0q: \0", 25, 0);
	judge(NULL);
	explain_verdict(&v, "ptp4l", &t);
	for (const char *s = room; *s; s++)
		assert_true(*s == '\n' || (unsigned char)*s >= 0x20);
}

static void an_endless_line_costs_no_more_than_a_long_one(void **unused)
{
	static char text[200 * 1024];

	for (size_t i = 0; i + 5 < sizeof(text); i += 4)
		memcpy(text + i, "a -S", 4);
	memcpy(text, "process 1 started: x ", 21);
	line(text);
	assert_int_equal(digest.lines, 1);
	assert_true(strlen(digest.last_unknown) < sizeof(digest.last_unknown));
}

static void the_same_case_gives_the_same_bytes(void **unused)
{
	static char one[VERDICT_JSON_MAX], two[VERDICT_JSON_MAX];
	struct text a = text_in(one, sizeof(one)), b = text_in(two, sizeof(two));

	line("interface 'eth0' does not support requested timestamping mode");
	judge(NULL);
	verdict_json(&v, NULL, &a);
	memset(&v, 0x5a, sizeof(v));
	judge(NULL);
	verdict_json(&v, NULL, &b);
	assert_string_equal(one, two);
}

static void a_verdict_takes_less_than_five_milliseconds(void **unused)
{
	struct timespec t0, t1;
	double worst = 0;

	line("timed out while polling for tx timestamp");
	line("port 1: rogue peer delay response");
	line("ioctl SIOCSHWTSTAMP failed: Invalid argument");
	line("Failed to open /dev/ptp0: Permission denied");
	line("port 1: link down");
	line("uds: bind failed: Permission denied");
	fact("exit.code", "255");
	fact("iface.up", "no");
	for (int i = 0; i < 20; i++) {
		double ms;

		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t0);
		judge(NULL);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t1);
		ms = (double)(t1.tv_sec - t0.tv_sec) * 1e3 + (double)(t1.tv_nsec - t0.tv_nsec) / 1e6;
		worst = ms > worst ? ms : worst;
	}
	print_message("worst of 20: %.2f ms\n", worst);
	assert_true(worst < (getenv("SLOW_BUILD") ? 100.0 : 25.0));
}

/* Every fact and word that the rules mention, and any of the messages, in any mixture. */
static void any_mixture_gives_a_sound_verdict(void **unused)
{
	const struct rulebase *r = rulebase_builtin();
	static char room[VERDICT_JSON_MAX];
	unsigned seed = 7;

	for (int round = 0; round < 1500; round++) {
		struct text t = text_in(room, sizeof(room));

		fresh(NULL);
		for (unsigned i = 0; i < 12; i++) {
			const struct rb_condition *c;
			const struct catalogue_pattern *p;
			char text[400];

			seed = seed * 1103515245u + 12345u;
			c = &r->condition[(seed >> 8) % r->conditions];
			if (c->message == MESSAGE_NONE && !c->wildcard)
				facts_set(&facts, "test", MSEC_NONE, r->pool + c->name, "%s", r->pool + c->arg);
			p = &r->catalogue->pattern[(seed >> 10) % r->catalogue->patterns];
			snprintf(text, sizeof(text), "ptp4l[%u.123]: %s", i, r->catalogue->pool + p->text);
			if (seed & 0x80)
				line(text);
		}
		judge(NULL);
		assert_true(v.causes <= VERDICT_CAUSES_MAX);
		assert_true((v.kind == VERDICT_CAUSE) == (v.causes > 0));
		assert_true(v.kind != VERDICT_UNKNOWN || v.unexplained_n > 0);
		explain_verdict(&v, "ptp4l", &t);
		t = text_in(room, sizeof(room));
		verdict_json(&v, NULL, &t);
		assert_false(t.cut);
	}
}

/* --- rule files --- */

static char complaint[400];

static void keep(void *owner, const char *text)
{
	if (!complaint[0])
		snprintf(complaint, sizeof(complaint), "%s", text);
}

static unsigned parse(struct rulefile *rf, const char *text)
{
	complaint[0] = '\0';
	return rulefile_parse(rf, "my.rules", text, strlen(text), keep, NULL);
}

static void own_rules_extend_the_built_in_ones(void **unused)
{
	struct rulefile *rf = rulefile_new(&catalogue_builtin, rulebase_builtin());

	assert_int_equal(parse(rf, "[cause my.coffee]\ntitle = Coffee in {iface.name|the switch}.\n"
				   "class = coffee\nexplains = iface.carrier\nproof = coffee.spilled\n"
				   "weighs = coffee.spilled +40\n"
				   "advice = Dry it.\naction = wait carrier {iface.name}\n"), 0);
	fact("iface.carrier", "no");
	fact("iface.name", "eth7");
	fact("coffee.spilled", "yes");
	fact("trial.restart", "no_effect");
	judge(rulefile_base(rf));
	assert_string_equal(v.cause[0].id, "my.coffee");
	assert_string_equal(v.cause[0].title, "Coffee in eth7.");
	assert_int_equal(v.cause[0].action, DO_WAIT);
	assert_int_equal(v.cause[0].wait.kind, WAIT_CARRIER);
	assert_string_equal(v.cause[0].wait.subject, "eth7");
	rulefile_free(rf);
}

static void a_cause_may_name_a_remedy_and_what_else_to_do(void **unused)
{
	struct rulefile *rf = rulefile_new(&catalogue_builtin, rulebase_builtin());

	assert_int_equal(parse(rf, "[cause my.coffee]\ntitle = t\nclass = c\nadvice = a\n"
				   "explains = coffee.spilled\nproof = coffee.spilled\n"
				   "action = remedy raise_limit or wait carrier {iface.name}\n"
				   "[symptom coffee.spilled]\nwhen = coffee.spilled\n"), 0);
	fact("coffee.spilled", "yes");
	judge(rulefile_base(rf));
	assert_string_equal(v.cause[0].id, "my.coffee");
	assert_int_equal(v.cause[0].action, DO_REMEDY);
	assert_int_equal(v.cause[0].remedy, REMEDY_RAISE_LIMIT);
	assert_int_equal(v.cause[0].otherwise, DO_OPERATOR);	/* no interface to wait for */
	fact("iface.name", "eth7");
	judge(rulefile_base(rf));
	assert_int_equal(v.cause[0].otherwise, DO_WAIT);
	assert_string_equal(v.cause[0].wait.subject, "eth7");
	rulefile_free(rf);
}

static void a_built_in_cause_without_an_action_is_refused(void **unused)
{
	static const char text[] = "[cause a]\ntitle=t\nclass=c\nadvice=a\nexplains=x\n";
	struct rulefile *rf = rulefile_new(&catalogue_builtin, NULL);

	assert_int_equal(parse(rf, text), 0);
	rulefile_be_strict(rf);
	assert_int_equal(parse(rf, "[cause b]\ntitle=t\nclass=c\nadvice=a\nexplains=x\n"), 1);
	rulefile_free(rf);
}

/* "No such line" is evidence in a whole log only; a quotation leaves lines out. */
static void absence_counts_in_a_log_and_not_in_a_quotation(void **unused)
{
	struct rulefile *rf = rulefile_new(&catalogue_builtin, NULL);

	assert_int_equal(parse(rf, "[cause a.b]\ntitle = t\nclass = c\nadvice = a\n"
				   "explains = log.tx.timeout\nrefuted = !log.link.up\n"), 0);
	line("timed out while polling for tx timestamp");
	judge(rulefile_base(rf));
	assert_int_equal(v.kind, VERDICT_CAUSE);
	fresh(NULL);
	line("ptp4l[1.000]: timed out while polling for tx timestamp");
	judge(rulefile_base(rf));
	assert_int_equal(v.kind, VERDICT_UNKNOWN);
	assert_int_equal(v.rejected_n, 1);
	rulefile_free(rf);
}

static void errors_in_rule_files_name_file_and_line_and_add_nothing(void **unused)
{
	static const struct { const char *text, *says; } rows[] = {
		{ "\n[cause a]\ntitle = x\n", "my.rules:2: " },
		{ "[cause a]\nfoo = x\n", "my.rules:2: 'foo'" },
		{ "title = x\n", "my.rules:1: " },
		{ "[thing a]\n", "my.rules:1: 'thing'" },
		{ "[cause a]\ntitle=t\nclass=c\nadvice=a\nexplains = log.no.such\n", "my.rules:5: no message" },
		{ "[cause a]\ntitle=t\nclass=c\nadvice=a\nexplains = x\naction = dance\n", "my.rules:6: action" },
		{ "[cause a]\ntitle=t\nclass=c\nadvice=a\nexplains = x\naction = retry now\n", "my.rules:6: action" },
		{ "[cause a]\ntitle=t\nclass=c\nadvice=a\nexplains = x\naction = remedy raise_limit\n", "my.rules:6: action" },
		{ "[cause a]\ntitle=t\nclass=c\nadvice=a\nexplains = x\naction = remedy pray or retry\n", "my.rules:6: action" },
		{ "[cause a]\ntitle=t\nclass=c\nadvice=a\nexplains = x\naction = remedy raise_limit or remedy raise_limit or retry\n", "my.rules:6: action" },
		{ "[cause a]\ntitle=t\nclass=c\nadvice=a\nexplains = x\nprior = never\n", "my.rules:6: prior" },
		{ "[cause a]\ntitle=t\nclass=c\nadvice=a\nexplains = @nobody\n", "my.rules:5: no such group" },
		{ "[cause link.down]\ntitle=t\nclass=c\nadvice=a\nexplains=x\n", "my.rules:1: cause link.down" },
		{ "[cause a]\ntitle=t\nclass=c\nadvice=a\nexplains=x\nweighs = a b c\n", "my.rules:6: " },
	};
	struct rulefile *rf = rulefile_new(&catalogue_builtin, rulebase_builtin());
	unsigned before = rulefile_base(rf)->causes;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_true(parse(rf, rows[i].text) > 0);
		if (strncmp(complaint, rows[i].says, strlen(rows[i].says)))
			fail_msg("%s instead of %s", complaint, rows[i].says);
		assert_int_equal(rulefile_base(rf)->causes, before);
	}
	rulefile_free(rf);
}

/* --- cases --- */

static void a_case_is_read_and_what_is_not_needed_is_skipped(void **unused)
{
	static const char json[] =
		"{ \"x\": [1, {\"y\": [\"]\"]}], \"program\": \"ptp4l\", \"exit\": 255, \"signal\": null,\n"
		"\"facts\": {\"a.b\": true, \"c\": -1, \"d\": \"\\u00e4\\n\", \"e\": [1,2], \"f\": null} }";
	struct casefile c;

	assert_int_equal(casefile_parse(json, strlen(json), &c, &facts, NULL), 0);
	assert_string_equal(c.program, "ptp4l");
	assert_true(c.has_exit && c.exit == 255);
	assert_string_equal(c.signal, "");
	assert_string_equal(facts_value(&facts, "a.b"), "yes");
	assert_string_equal(facts_value(&facts, "c"), "-1");
	assert_string_equal(facts_value(&facts, "d"), "\xc3\xa4\n");
	assert_string_equal(facts_value(&facts, "e"), "1,2");
	assert_null(facts_value(&facts, "f"));
}

static void damaged_json_is_refused_at_every_length(void **unused)
{
	static const char json[] = "{\"a\": [{\"b\": \"\\u1234\\\"\"}, -1.5e3], \"facts\": {\"x\": {\"y\": 1}}}";
	static char deep[200];
	struct casefile c;
	struct err err = { 0 };

	for (size_t len = 0; len + 1 < sizeof(json) - 1; len++)
		assert_true(casefile_parse(json, len, &c, &facts, NULL) < 0);
	assert_int_equal(casefile_parse(json, strlen(json), &c, &facts, NULL), 0);
	memset(deep, '[', sizeof(deep));
	memcpy(deep, "{\"a\":", 5);
	assert_true(casefile_parse(deep, sizeof(deep), &c, &facts, &err) < 0);
	assert_non_null(strstr(err.text, "nesting"));
}

static void the_next_measurement_separates_the_first_two(void **unused)
{
	line("ptp4l[1.000]: port 1: LISTENING to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES");
	line("ptp4l[2.000]: timed out while polling for tx timestamp");
	line("ptp4l[2.000]: port 1: send sync failed");
	fact("tool.version", "3.1.1");
	judge(NULL);
	assert_non_null(strstr(v.next, "--tx_timestamp_timeout 100"));
	fact("trial.tx_timeout_raised", "no_effect");
	judge(NULL);
	assert_null(strstr(v.next, "--tx_timestamp_timeout 100"));
}

static void what_is_certain_needs_no_measurement(void **unused)
{
	fact("exec.errno", "ENOENT");
	judge(NULL);
	assert_int_equal(v.cause[0].confidence, CONFIDENCE_CERTAIN);
	assert_string_equal(v.next, "");
}

static void near_misses_are_told_with_what_contradicts_them(void **unused)
{
	char room[4096];
	struct text t = text_in(room, sizeof(room));

	line("ptp4l[2.000]: timed out while polling for tx timestamp");
	line("ptp4l[2.000]: port 1: send sync failed");
	fact("tool.version", "3.1.1");
	fact("iface.qdisc", "fq_codel");
	judge(NULL);
	assert_int_equal(v.kind, VERDICT_CAUSE);
	assert_true(v.rejected_n > 0);
	explain_verdict(&v, "ptp4l", &t);
	assert_non_null(strstr(room, "Considered and rejected:\n"));
	assert_non_null(strstr(room, "tx.minor_version, because tool.version: 3.1.1"));
	assert_null(strstr(room, "not seen"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_at_all_is_healthy, fresh),
		cmocka_unit_test_setup(a_bare_exit_code_is_honestly_unknown, fresh),
		cmocka_unit_test_setup(a_message_nobody_knows_does_not_become_a_cause, fresh),
		cmocka_unit_test_setup(a_definitional_message_is_certain_and_names_names, fresh),
		cmocka_unit_test_setup(two_faults_at_once_are_both_named, fresh),
		cmocka_unit_test_setup(consequences_do_not_become_causes, fresh),
		cmocka_unit_test_setup(the_ending_is_explained_before_what_else_is_wrong, fresh),
		cmocka_unit_test_setup(what_is_long_over_does_not_hide_what_is_wrong_now, fresh),
		cmocka_unit_test_setup(a_refuted_cause_is_listed_as_rejected, fresh),
		cmocka_unit_test_setup(a_signal_of_our_own_is_no_failure, fresh),
		cmocka_unit_test_setup(kills_from_outside_and_by_the_kernel_are_told_apart, fresh),
		cmocka_unit_test_setup(every_blocking_finding_is_explained, fresh),
		cmocka_unit_test_setup(findings_by_default_values_follow_from_an_unread_configuration, fresh),
		cmocka_unit_test_setup(exec_errors_have_their_causes, fresh),
		cmocka_unit_test_setup(the_explanation_fits_a_serial_console, fresh),
		cmocka_unit_test_setup(what_comes_from_outside_cannot_move_the_terminal, fresh),
		cmocka_unit_test_setup(an_endless_line_costs_no_more_than_a_long_one, fresh),
		cmocka_unit_test_setup(the_same_case_gives_the_same_bytes, fresh),
		cmocka_unit_test_setup(a_verdict_takes_less_than_five_milliseconds, fresh),
		cmocka_unit_test_setup(any_mixture_gives_a_sound_verdict, fresh),
		cmocka_unit_test_setup(own_rules_extend_the_built_in_ones, fresh),
		cmocka_unit_test_setup(a_cause_may_name_a_remedy_and_what_else_to_do, fresh),
		cmocka_unit_test_setup(a_built_in_cause_without_an_action_is_refused, fresh),
		cmocka_unit_test_setup(absence_counts_in_a_log_and_not_in_a_quotation, fresh),
		cmocka_unit_test_setup(errors_in_rule_files_name_file_and_line_and_add_nothing, fresh),
		cmocka_unit_test_setup(a_case_is_read_and_what_is_not_needed_is_skipped, fresh),
		cmocka_unit_test_setup(damaged_json_is_refused_at_every_length, fresh),
		cmocka_unit_test_setup(the_next_measurement_separates_the_first_two, fresh),
		cmocka_unit_test_setup(what_is_certain_needs_no_measurement, fresh),
		cmocka_unit_test_setup(near_misses_are_told_with_what_contradicts_them, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
