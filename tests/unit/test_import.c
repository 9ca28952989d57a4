#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "conf/import.h"
#include "conf/load.h"
#include "conf/planmake.h"

static char dir[64];
static struct conf_errors errs;
static struct err err;
static char printed[8192];	/* the last import */

static int setup(void **unused)
{
	snprintf(dir, sizeof(dir), "/tmp/ptpwarden-test-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **unused)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void write_default(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* What was imported, loaded again. */
static struct plan *import(void)
{
	struct plan *plan = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	err = (struct err){ 0 };
	assert_int_equal(import_print(dir, f, &err), 0);
	fclose(f);
	snprintf(printed, sizeof(printed), "%s", text);
	assert_int_equal(conf_load_text(text, size, &plan, &errs), 0);
	free(text);
	return plan;
}

static int import_fails(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	int rc;

	err = (struct err){ 0 };
	rc = import_print(dir, f, &err);
	fclose(f);
	assert_int_equal(size, 0);
	free(text);
	return rc;
}

static void assert_command(const struct plan *p, unsigned unit, const char *expected)
{
	const struct plan_run *run = &p->unit[unit].runs[0];
	char text[1024] = "";

	for (unsigned i = 0; i < run->argc; i++) {
		strcat(text, i ? " " : "");
		strcat(text, run->argv[i]);
	}
	assert_string_equal(text, expected);
}

static void without_files_the_defaults_of_the_scripts_are_taken(void **unused)
{
	struct plan *p = import();

	assert_int_equal(p->units, 2);
	assert_command(p, 0, "ptp4l -m -q -f /etc/linuxptp.cfg");
	assert_command(p, 1, "phc2sys -m -q -a -r -S 1.0");
	assert_int_equal(p->unit[1].follows, 0);
	plan_free(p);
}

static void arguments_come_from_the_files(void **unused)
{
	struct plan *p;

	write_default("ptp4l", "# my box\nPTP4L_ARGS=\"-f /etc/my.cfg -i eth0 -mq\"\n");
	write_default("phc2sys", "export PHC2SYS_ARGS='-s eth0 -w -O 0'\n");
	p = import();
	assert_command(p, 0, "ptp4l -f /etc/my.cfg -i eth0 -mq");
	assert_string_equal(p->unit[0].runs[0].interface, "eth0");
	assert_command(p, 1, "phc2sys -m -q -s eth0 -w -O 0");
	assert_string_equal(p->unit[1].runs[0].interface, "eth0");
	plan_free(p);
}

static void other_names_of_the_variable_are_known(void **unused)
{
	struct plan *p;

	write_default("ptp4l", "DAEMON_ARGS=\"-i eth1\"\nOPTIONS=no\n");
	write_default("phc2sys", "IF=eth1\nOPTIONS=\"-s$IF -w\"\n");
	p = import();
	assert_command(p, 0, "ptp4l -m -q -i eth1");
	assert_command(p, 1, "phc2sys -m -q -seth1 -w");
	plan_free(p);
}

static void several_ports_stay_as_they_are(void **unused)
{
	struct plan *p;

	write_default("ptp4l", "PTP4L_ARGS=\"-i eth0 -i eth1 --tag 50%\"\n");
	p = import();
	assert_command(p, 0, "ptp4l -m -q -i eth0 -i eth1 --tag 50%");
	assert_null(p->unit[0].runs[0].interface);
	plan_free(p);
}

static void software_stamping_needs_no_phc2sys(void **unused)
{
	struct plan *p;

	write_default("ptp4l", "PTP4L_ARGS=\"-S -i eth0\"\n");
	p = import();
	assert_int_equal(p->units, 1);
	plan_free(p);
}

/* The script's $ARGS is unquoted: quotes inside it are bytes like others. */
static void arguments_are_split_as_the_script_splits_them(void **unused)
{
	struct plan *p;

	write_default("ptp4l", "PTP4L_ARGS='-i eth0 -t \"a b;c\" #x |y'\n");
	p = import();
	assert_command(p, 0, "ptp4l -m -q -i eth0 -t \"a b;c\" #x |y");
	assert_int_equal(p->unit[0].runs[0].argc, 10);
	plan_free(p);
}

static void what_only_a_shell_can_work_out_is_refused_with_its_place(void **unused)
{
	write_default("ptp4l", "A=1\nPTP4L_ARGS=\"-i $(first_port)\"\n");
	assert_int_equal(import_fails(), -EINVAL);
	assert_non_null(strstr(err.text, "ptp4l:2: "));
}

/* Each of these a shell would understand; none may end as a configuration without its value. */
static void every_form_that_needs_a_shell_is_refused_with_its_line(void **unused)
{
	static const char *const forms[] = {
		"PTP4L_ARGS=$(hostname)", "PTP4L_ARGS=`hostname`", "PTP4L_ARGS=\"-i `a`\"",
		"PTP4L_ARGS=\"-i $UNSET\"", "PTP4L_ARGS=${X:-\"-i eth0\"}",
		"PTP4L_ARGS=$'-i eth0'", "PTP4L_ARGS=$((1 + 1))", "PTP4L_ARGS=~/x",
		"PTP4L_ARGS=-i{a,b}", "PTP4L_ARGS=*", "PTP4L_ARGS=-i eth0",
		": ${PTP4L_ARGS:=\"-i eth0\"}", "[ -f /x ] && PTP4L_ARGS=-S",
		"readonly PTP4L_ARGS=-S", "declare -x PTP4L_ARGS=-S", "eval PTP4L_ARGS=-S",
		"unset PTP4L_ARGS", "PTP4L_ARGS+=-S", "read PTP4L_ARGS </x",
		"for i in 1; do PTP4L_ARGS=-S; done", "if x; then PTP4L_ARGS=-S; fi",
		"x() { PTP4L_ARGS=-S; }", "PTP4L_ARGS=\"-i eth0",
	};
	char text[128];

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		err = (struct err){ 0 };
		snprintf(text, sizeof(text), "A=1\n%s\n", forms[i]);
		write_default("ptp4l", text);
		if (import_fails() != -EINVAL || !strstr(err.text, "ptp4l:2: "))
			fail_msg("%s: %s", forms[i], err.text);
	}
}

static void other_commands_are_told_and_do_no_harm(void **unused)
{
	static const char *const forms[] = {
		"ulimit -c 0\nPTP4L_ARGS=\"-i eth0\"\n", "PTP4L_ARGS=\"-i eth0\"; umask 022\n",
		". /etc/other\nPTP4L_ARGS=\"-i eth0\"\n", "echo MY_PTP4L_ARGS\nPTP4L_ARGS='-i eth0'\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct plan *p;

		write_default("ptp4l", forms[i]);
		p = import();
		assert_command(p, 0, "ptp4l -m -q -i eth0");
		assert_non_null(strstr(printed, "does more than set variables"));
		plan_free(p);
	}
	write_default("ptp4l", ". /etc/other\n");
	plan_free(import());
	assert_non_null(strstr(printed, "does more than set variables"));
}

static void what_no_configuration_can_hold_is_refused(void **unused)
{
	write_default("ptp4l", "PTP4L_ARGS='-t \x01'\n");
	assert_int_equal(import_fails(), -EINVAL);
	assert_non_null(strstr(err.text, "control character"));
}

static void a_file_that_cannot_be_read_is_an_error(void **unused)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/ptp4l", dir);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_true(import_fails() < 0);
	assert_non_null(strstr(err.text, path));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_files_the_defaults_of_the_scripts_are_taken),
		TEST(arguments_come_from_the_files),
		TEST(other_names_of_the_variable_are_known),
		TEST(several_ports_stay_as_they_are),
		TEST(software_stamping_needs_no_phc2sys),
		TEST(arguments_are_split_as_the_script_splits_them),
		TEST(what_only_a_shell_can_work_out_is_refused_with_its_place),
		TEST(every_form_that_needs_a_shell_is_refused_with_its_line),
		TEST(other_commands_are_told_and_do_no_harm),
		TEST(what_no_configuration_can_hold_is_refused),
		TEST(a_file_that_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
