#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "test.h"
#include "conf/load.h"
#include "conf/paths.h"
#include "conf/planbuild.h"
#include "conf/planmake.h"

static struct conf_errors errs;

static struct plan *plan_of(const char *text)
{
	struct plan *plan = NULL;
	int rc = conf_load_text(text, strlen(text), &plan, &errs);

	if (rc) {
		conf_errors_print(&errs, stderr);
		fail_msg("the configuration is refused");
	}
	return plan;
}

static void assert_refused(const char *text, const char *why)
{
	struct plan *plan = NULL;

	assert_int_equal(conf_load_text(text, strlen(text), &plan, &errs), -EINVAL);
	assert_int_equal(errs.n, 1);
	assert_non_null(strstr(errs.at[0].text, why));
}

static const struct plan_run *run_of(const struct plan *plan, unsigned unit, unsigned alternate,
				     unsigned leader_alternate)
{
	return plan_run_of(&plan->unit[unit], alternate, leader_alternate);
}

static void assert_command(const struct plan_run *run, const char *expected)
{
	char text[1024] = "";

	for (unsigned i = 0; i < run->argc; i++) {
		strcat(text, i ? " " : "");
		strcat(text, run->argv[i]);
	}
	assert_string_equal(text, expected);
	assert_null(run->argv[run->argc]);
}

static const char *variable(const struct plan_run *run, const char *name)
{
	for (char **v = run->env; *v; v++)
		if (!strncmp(*v, name, strlen(name)) && (*v)[strlen(name)] == '=')
			return *v + strlen(name) + 1;
	return NULL;
}

static const char group[] = "[unit ptp4l]\ncommand = ptp4l -f /etc/p.conf -i %i\ninterface = eth0\n"
			    "[alternate ptp4l software]\nargs = -S\n"
			    "[alternate ptp4l second-port]\ninterface = eth1\n"
			    "[unit phc2sys]\ncommand = phc2sys -s %i -w\nfollows = ptp4l\n";

static void alternates_give_what_differs(void **unused)
{
	struct plan *p = plan_of(group);

	assert_int_equal(p->unit[0].alternates, 3);
	assert_int_equal(p->unit[0].variants, 1);
	assert_command(run_of(p, 0, 0, 0), "ptp4l -m -q -f /etc/p.conf -i eth0");
	assert_command(run_of(p, 0, 1, 0), "ptp4l -m -q -f /etc/p.conf -i eth0 -S");
	assert_command(run_of(p, 0, 2, 0), "ptp4l -m -q -f /etc/p.conf -i eth1");
	assert_null(run_of(p, 0, 0, 0)->name);
	assert_string_equal(run_of(p, 0, 2, 0)->name, "second-port");
	assert_int_equal(run_of(p, 0, 2, 0)->place.line, 6);
	assert_null(run_of(p, 0, 2, 0)->place.file);
	plan_free(p);
}

static void followers_inherit_the_interface_of_the_leaders_alternate(void **unused)
{
	struct plan *p = plan_of(group);

	assert_int_equal(p->unit[1].follows, 0);
	assert_int_equal(p->unit[1].alternates, 1);
	assert_int_equal(p->unit[1].variants, 3);
	assert_command(run_of(p, 1, 0, 0), "phc2sys -m -q -s eth0 -w");
	assert_command(run_of(p, 1, 0, 1), "phc2sys -m -q -s eth0 -w");
	assert_command(run_of(p, 1, 0, 2), "phc2sys -m -q -s eth1 -w");
	assert_string_equal(run_of(p, 1, 0, 2)->interface, "eth1");
	plan_free(p);
}

static void a_leader_may_stand_behind_its_follower(void **unused)
{
	struct plan *p = plan_of("[unit b]\ncommand = x %i\nfollows = a\n"
				 "[unit a]\ncommand = y %i\ninterface = eth7\n");

	assert_int_equal(p->unit[0].follows, 1);
	assert_command(run_of(p, 0, 0, 0), "x eth7");
	plan_free(p);
}

static void an_interface_of_its_own_wins_over_the_leaders(void **unused)
{
	struct plan *p = plan_of(
		"[unit a]\ncommand = y %i\ninterface = eth7\n[alternate a z]\ninterface = eth8\n"
		"[unit b]\ncommand = x %i\nfollows = a\ninterface = eth9\n");

	assert_command(run_of(p, 1, 0, 0), "x eth9");
	assert_command(run_of(p, 1, 0, 1), "x eth9");
	plan_free(p);
}

static void a_chain_of_followers_passes_the_interface_on(void **unused)
{
	struct plan *p = plan_of(
		"[unit a]\ncommand = y %i\ninterface = eth7\n[unit b]\ncommand = x\nfollows = a\n"
		"[unit c]\ncommand = z %i\nfollows = b\n");

	assert_null(run_of(p, 1, 0, 0)->interface);
	assert_command(run_of(p, 2, 0, 0), "z eth7");
	plan_free(p);
	assert_refused(
		"[unit a]\ncommand = y %i\ninterface = eth7\n[alternate a z]\ninterface = eth8\n"
		"[unit b]\ncommand = x %i\nfollows = a\n[unit c]\ncommand = z %i\nfollows = b\n",
		"no single meaning");
}

static void an_alternate_may_bring_a_whole_command(void **unused)
{
	struct plan *p = plan_of(
		"[unit p]\ncommand = ptp4l -i %i\ninterface = eth0\nuser = u\ngroup = g\n"
		"[alternate p x]\ncommand = /opt/ptp4l -i eth5\nargs = 'a b' 100%%\nuser = v\n"
		"provides = none\n");

	assert_command(run_of(p, 0, 1, 0), "/opt/ptp4l -m -q -i eth5 a b 100%");
	assert_int_equal(run_of(p, 0, 1, 0)->argc, 7);
	assert_string_equal(run_of(p, 0, 0, 0)->user, "u");
	assert_string_equal(run_of(p, 0, 1, 0)->user, "v");
	assert_string_equal(run_of(p, 0, 1, 0)->group, "g");
	assert_false(run_of(p, 0, 0, 0)->provides_given);
	assert_true(run_of(p, 0, 1, 0)->provides_given);
	assert_int_equal(run_of(p, 0, 1, 0)->provides, PROVIDES_NONE);
	assert_null(run_of(p, 0, 1, 0)->interface);
	plan_free(p);
	assert_refused("[unit p]\ncommand = ptp4l\n[alternate p x]\ncommand = phc2sys -a\n",
		       "unit p runs ptp4l, its alternate must not run phc2sys");
}

static void log_flags_are_added_only_where_missing(void **unused)
{
	struct plan *p =
		plan_of("[unit a]\ncommand = ptp4l -mq\n[unit b]\ncommand = phc2sys -a -q\n"
			"[unit c]\ncommand = ts2phc -s nmea\n[unit d]\ncommand = chronyd -d\n"
			"[unit e]\nprogram = ptp4l\ncommand = chrt -f 9 /opt/x/ptp4l -i eth0\n"
			"[unit f]\nprogram = ptp4l\ncommand = ptp4l-4.2 -i eth0\n"
			"[unit g]\nprogram = other\ncommand = ptp4l -i eth0\n"
			"[unit h]\ncommand = ptp4l -f -m\n");

	assert_command(run_of(p, 0, 0, 0), "ptp4l -mq");
	assert_command(run_of(p, 1, 0, 0), "phc2sys -m -a -q");
	assert_command(run_of(p, 2, 0, 0), "ts2phc -m -q -s nmea");
	assert_command(run_of(p, 3, 0, 0), "chronyd -d");
	assert_command(run_of(p, 4, 0, 0), "chrt -f 9 /opt/x/ptp4l -m -q -i eth0");
	assert_command(run_of(p, 5, 0, 0), "ptp4l-4.2 -m -q -i eth0");
	assert_command(run_of(p, 6, 0, 0), "ptp4l -i eth0");
	assert_command(run_of(p, 7, 0, 0), "ptp4l -m -q -f -m");
	assert_int_equal(p->unit[3].program, PROG_OTHER);
	assert_int_equal(p->unit[5].program, PROG_PTP4L);
	plan_free(p);
}

static void the_environment_is_clean(void **unused)
{
	struct plan *p;

	setenv("PTPWARDEN_TEST", "inherited", 1);
	setenv("LD_PRELOAD_TEST", "x", 1);
	setenv("TZ", "UTC", 1);
	p = plan_of("[unit p]\ncommand = x %i\ninterface = eth0\nenv = A=1 'B=two words' I=%i\n"
		    "[alternate p y]\nenv = A=2 C=3\n");
	assert_string_equal(variable(run_of(p, 0, 0, 0), "PATH"), PATHS_DEFAULT);
	assert_string_equal(variable(run_of(p, 0, 0, 0), "TZ"), "UTC");
	assert_string_equal(variable(run_of(p, 0, 0, 0), "A"), "1");
	assert_string_equal(variable(run_of(p, 0, 0, 0), "B"), "two words");
	assert_string_equal(variable(run_of(p, 0, 0, 0), "I"), "eth0");
	assert_null(variable(run_of(p, 0, 0, 0), "C"));
	assert_null(variable(run_of(p, 0, 0, 0), "PTPWARDEN_TEST"));
	assert_string_equal(variable(run_of(p, 0, 1, 0), "A"), "2");
	assert_string_equal(variable(run_of(p, 0, 1, 0), "B"), "two words");
	assert_string_equal(variable(run_of(p, 0, 1, 0), "C"), "3");
	plan_free(p);
	p = plan_of("[ptpwarden]\npass_env = PTPWARDEN_TEST NOT_SET\n[unit p]\ncommand = x\n");
	assert_string_equal(variable(run_of(p, 0, 0, 0), "PTPWARDEN_TEST"), "inherited");
	assert_null(variable(run_of(p, 0, 0, 0), "NOT_SET"));
	plan_free(p);
	assert_refused("[ptpwarden]\npass_env = LD_PRELOAD_TEST\n[unit p]\ncommand = x\n",
		       "never passed on");
}

static void programs_are_searched_in_the_units_own_path(void **unused)
{
	struct plan *p = plan_of("[unit a]\ncommand = sh\nenv = PATH=/nowhere:/bin\n"
				 "[unit b]\ncommand = no-such-program\n"
				 "[unit c]\ncommand = /bin/sh\n");

	assert_true(run_of(p, 0, 0, 0)->program_found);
	assert_string_equal(run_of(p, 0, 0, 0)->program_path, "/bin/sh");
	assert_false(run_of(p, 1, 0, 0)->program_found);
	assert_string_equal(run_of(p, 1, 0, 0)->program_path, "/usr/local/sbin/no-such-program");
	assert_true(run_of(p, 2, 0, 0)->program_found);
	assert_string_equal(run_of(p, 2, 0, 0)->argv[0], "/bin/sh");
	plan_free(p);
}

static void the_last_word_that_fits_fits_with_all_that_is_added(void **unused)
{
	char text[1024] = "[unit p]\ncommand = ptp4l -m";

	for (int i = 0; i < ARGS_MAX - 3; i++)
		strcat(text, " a");
	strcat(text, "\n");
	plan_free(plan_of(text));
	strcat(text, "[alternate p x]\nargs = b\n");
	assert_refused(text, "more than 64 words");
}

static void a_command_of_one_kilobyte_arrives_whole(void **unused)
{
	char text[1400] = "[unit p]\ncommand = x ";
	struct plan *p;

	memset(text + strlen(text), 'a', 1024);
	strcat(text, "  end\n");
	p = plan_of(text);
	assert_int_equal(run_of(p, 0, 0, 0)->argc, 3);
	assert_int_equal(strlen(run_of(p, 0, 0, 0)->argv[1]), 1024);
	assert_string_equal(run_of(p, 0, 0, 0)->argv[2], "end");
	plan_free(p);
}

static void every_option_of_a_unit_takes_effect(void **unused)
{
	struct plan *p = plan_of(
		"[ptpwarden]\ncontrol_group = ptp\non_exit = leave\nlog_level = error\n"
		"syslog = yes\nstop_within = 9s\nremoved_units = leave\non_event = /bin/tell 'x y'\n"
		"log_dir = /x/log\nrules_dir = /x/rules\nstate_dir = /x/state\n"
		"[unit p]\ncommand = ptp4l\nprogram = phc2sys\nautostart = no\nrestart_delay = 2s\n"
		"restart_delay_max = 3m\ncrash_loop = off\nsettle = 4s\npatience = 5s\n"
		"retry_slow = 6s\nstart_grace = 7s\non_loss = stop\nrequire_clock_year = 2030\nstop_grace = 800ms\nstop_signal = INT\n"
		"directory = /tmp\numask = 077\nnice = -3\nscheduler = fifo 7\ncpus = 1\n"
		"limit_nofile = 64\nlimit_core = unlimited\nsplit_streams = yes\nhistory_ram = 8K\n"
		"history_files = 64K x 2\nremedies = raise_limit,set_interface_up\n");
	const struct plan_unit *u = &p->unit[0];

	assert_string_equal(p->control_group, "ptp");
	assert_int_equal(p->on_exit, ON_EXIT_LEAVE);
	assert_int_equal(p->removed_units, ON_EXIT_LEAVE);
	assert_true(p->stop_within == 9 * SEC);
	assert_string_equal(p->on_event, "/bin/tell 'x y'");
	assert_int_equal(p->log_level, 3);
	assert_true(p->to_syslog);
	assert_string_equal(p->log_dir, "/x/log");
	assert_string_equal(p->rules_dir, "/x/rules");
	assert_string_equal(p->state_dir, "/x/state");
	assert_int_equal(u->program, PROG_PHC2SYS);
	assert_false(u->autostart);
	assert_true(u->restart_delay == 2 * SEC && u->restart_delay_max == 3 * MIN);
	assert_true(u->crash_deaths == 0 && u->crash_window == 0);
	assert_true(u->settle == 4 * SEC && u->patience == 5 * SEC && u->retry_slow == 6 * SEC);
	assert_true(u->start_grace == 7 * SEC && u->stop_grace == 800);
	assert_true(u->holdover == 0 && u->year_required && u->clock_year == 2030);
	assert_int_equal(u->stop_signal, 2);
	assert_string_equal(u->directory, "/tmp");
	assert_int_equal(u->umask, 077);
	assert_true(u->nice_set && u->nice == -3);
	assert_true(u->sched == SCHED_FIFO_ && u->sched_priority == 7);
	assert_true(u->affinity_set && u->affinity == 2);
	assert_true(u->limit[0].set && u->limit[0].value.rlim_cur == 64);
	assert_true(u->limit[1].set && u->limit[1].value.rlim_cur == RLIM_INFINITY);
	assert_false(u->limit[2].set);
	assert_true(u->split_streams);
	assert_true(u->history_ram == 8192 && u->history_file_size == 65536 &&
		    u->history_files == 2);
	assert_int_equal(u->remedies, REMEDY_BIT(REMEDY_RAISE_LIMIT) |
				      REMEDY_BIT(REMEDY_SET_INTERFACE_UP));
	plan_free(p);
}

static enum plan_change change(const char *from, const char *to)
{
	struct plan *a = plan_of(from), *b = plan_of(to);
	int ua = plan_find_unit(a, "p"), ub = plan_find_unit(b, "p");
	enum plan_change c;

	assert_true(ua >= 0 && ub >= 0);
	c = plan_unit_change(a, (unsigned)ua, b, (unsigned)ub);
	assert_int_equal(plan_unit_equal(a, (unsigned)ua, b, (unsigned)ub), c == PLAN_SAME);
	plan_free(a);
	plan_free(b);
	return c;
}

#define P "[unit p]\ncommand = ptp4l -i %i\ninterface = eth0\n"

static void a_reload_restarts_only_what_it_must(void **unused)
{
	assert_int_equal(change(P, P), PLAN_SAME);
	assert_int_equal(change(P, "; moved\n[unit q]\ncommand = x\n" P), PLAN_SAME);
	assert_int_equal(change(P, P "restart_delay = 1000ms\n"), PLAN_SAME);
	assert_int_equal(change(P, P "[ptpwarden]\nlog_level = debug\n"), PLAN_SAME);
	assert_int_equal(change(P, P "restart_delay = 2s\n"), PLAN_SETTINGS);
	assert_int_equal(change(P, P "stop_grace = 2s\nnice = 1\n"), PLAN_RESTART);
	assert_int_equal(change(P, P "user = x\n"), PLAN_RESTART);
	assert_int_equal(change(P, P "env = A=1\n"), PLAN_RESTART);
	assert_int_equal(change(P "env = A=1\n", P "env = A=1 B=2\n"), PLAN_RESTART);
	assert_int_equal(change(P, P "[alternate p x]\nargs = -S\n"), PLAN_RESTART);
	assert_int_equal(change(P "limit_as = 1M\n", P "limit_as = 2M\n"), PLAN_RESTART);
	assert_int_equal(change(P "directory = /a\n", P "directory = /b\n"), PLAN_RESTART);
	assert_int_equal(
		change(P "[unit l]\ncommand = x\n", P "follows = l\n[unit l]\ncommand = x\n"),
		PLAN_RESTART);
	assert_int_equal(change(P "follows = l\n[unit l]\ncommand = x\n",
				P "follows = l\n[unit l]\ncommand = y\n"),
			 PLAN_SAME);
}

static void the_plan_is_printed_with_everything_expanded(void **unused)
{
	static const char *const parts[] = {
		"[unit phc2sys]",
		"follows            ptp4l\n",
		"run 0 (preferred), while ptp4l is on second-port",
		"command            phc2sys -m -q -s eth1 -w\n",
		"restart_delay      1s\n",
		"crash_loop         5 in 1m\n",
		"history_files      256K x 4\n",
		"limit_core         64K\n",
		"log_dir            /run/ptpwarden/log\n",
		"env                PATH=/usr/local/sbin",
		"provides           phc (by its configuration)",
		"provides           system (by its configuration)",
		"[ptpwarden]    (built in)",
	};
	struct plan *p = plan_of(group);
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	plan_print(p, f);
	fclose(f);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (!strstr(text, parts[i]))
			fail_msg("\"%s\" is not in the plan as printed", parts[i]);
	free(text);
	plan_free(p);
}

static void the_plan_as_json_holds_the_same(void **unused)
{
	static const char *const parts[] = {
		"{\"schema\":\"ptpwarden.plan/1\",\"file\":null,\"settings\":{\"run_dir\":",
		"\"control_group\":null,",
		"{\"unit\":\"phc2sys\",\"file\":null,\"line\":8,\"follows\":\"ptp4l\",",
		"\"restart_delay\":\"1s\",",
		"{\"alternate\":2,\"leader_alternate\":null,\"alternate_name\":\"second-port\",",
		"{\"alternate\":0,\"leader_alternate\":2,\"alternate_name\":null,",
		"\"argv\":[\"phc2sys\",\"-m\",\"-q\",\"-s\",\"eth1\",\"-w\"],\"env\":[\"PATH=",
		"\"provides\":\"system\",\"provides_given\":false}]}]}\n",
	};
	struct plan *p = plan_of(group);
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	plan_print_json(p, f);
	fclose(f);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (!strstr(text, parts[i]))
			fail_msg("%s is not in the plan as JSON", parts[i]);
	free(text);
	plan_free(p);
}

static void the_built_in_plan_is_a_client_with_a_software_alternate(void **unused)
{
	struct plan *p = NULL;

	assert_int_equal(conf_builtin("eth3", &p, &errs), 0);
	assert_int_equal(p->units, 2);
	assert_null(p->file);
	assert_int_equal(p->unit[0].program, PROG_PTP4L);
	assert_int_equal(p->unit[0].alternates, 2);
	assert_string_equal(run_of(p, 0, 1, 0)->name, "software");
	assert_string_equal(run_of(p, 0, 0, 0)->interface, "eth3");
	assert_command(run_of(p, 1, 0, 1), "phc2sys -m -q -s eth3 -w");
	assert_int_equal(p->unit[1].follows, 0);
	plan_free(p);
	assert_int_equal(conf_builtin("no/interface", &p, &errs), -EINVAL);
	assert_int_equal(errs.n, 1);
	assert_int_equal(conf_builtin("#", &p, &errs), -EINVAL);
	assert_true(errs.n > 0);
	plan_free(NULL);
}

static int build_with(size_t limit, const char *text)
{
	struct settings_source src = { .file = "f", .text = text, .len = strlen(text) };
	struct plan *plan = plan_new();
	struct draft draft = { .arena = plan_arena(plan), .errs = &errs };
	int rc;

	memset(&errs, 0, sizeof(errs));
	plan_arena(plan)->limit = limit;
	draft_read(&draft, &src);
	rc = plan_build(plan, &draft);
	plan_free(plan);
	return rc;
}

static void want_of_memory_is_an_error_wherever_it_begins(void **unused)
{
	unsigned failed = 0;

	for (size_t limit = 16; build_with(limit, group) != 0; limit += 16) {
		assert_int_equal(build_with(limit, group), -ENOMEM);
		failed++;
	}
	assert_true(failed > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alternates_give_what_differs),
		cmocka_unit_test(followers_inherit_the_interface_of_the_leaders_alternate),
		cmocka_unit_test(a_leader_may_stand_behind_its_follower),
		cmocka_unit_test(an_interface_of_its_own_wins_over_the_leaders),
		cmocka_unit_test(a_chain_of_followers_passes_the_interface_on),
		cmocka_unit_test(an_alternate_may_bring_a_whole_command),
		cmocka_unit_test(log_flags_are_added_only_where_missing),
		cmocka_unit_test(the_environment_is_clean),
		cmocka_unit_test(programs_are_searched_in_the_units_own_path),
		cmocka_unit_test(the_last_word_that_fits_fits_with_all_that_is_added),
		cmocka_unit_test(a_command_of_one_kilobyte_arrives_whole),
		cmocka_unit_test(every_option_of_a_unit_takes_effect),
		cmocka_unit_test(a_reload_restarts_only_what_it_must),
		cmocka_unit_test(the_plan_is_printed_with_everything_expanded),
		cmocka_unit_test(the_plan_as_json_holds_the_same),
		cmocka_unit_test(want_of_memory_is_an_error_wherever_it_begins),
		cmocka_unit_test(the_built_in_plan_is_a_client_with_a_software_alternate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
