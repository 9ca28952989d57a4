#include "test.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "supervisor/proc.h"
#include "supervisor/record/pidfile.h"

static char dir[64];
static pid_t child;

static int set_up(void **state)
{
	strcpy(dir, "/tmp/ptpwarden-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	child = fork();
	if (child == 0) {
		pause();
		_exit(0);
	}
	return 0;
}

static int tear_down(void **state)
{
	char command[100];

	if (child > 1) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void write_file(void)
{
	struct pidfile p = { .pid = child, .alternate = 2, .started_at = 1234 };

	assert_int_equal(proc_start_ticks(child, &p.start_ticks), 0);
	assert_int_equal(pidfile_write(dir, "ptp4l", &p, NULL), 0);
}

static int read_file(struct pidfile *p, struct child_id *id)
{
	*id = CHILD_ID_NONE;
	return pidfile_read(dir, "ptp4l", p, id, NULL);
}

static void edit(const char *sed)
{
	char command[200];

	snprintf(command, sizeof(command), "sed -i '%s' %s/ptp4l.pid", sed, dir);
	assert_int_equal(system(command), 0);
}

static void a_living_process_is_found_again(void **state)
{
	struct pidfile p;
	struct child_id id;

	write_file();
	assert_int_equal(read_file(&p, &id), 0);
	assert_int_equal(p.pid, child);
	assert_int_equal(p.alternate, 2);
	assert_int_equal(p.started_at, 1234);
	assert_int_equal(id.pid, child);
	assert_false(id.ours);
	close(id.pidfd);
}

static void the_first_line_is_the_number(void **state)
{
	char path[100], line[32];
	FILE *f;

	write_file();
	snprintf(path, sizeof(path), "%s/ptp4l.pid", dir);
	f = fopen(path, "r");
	assert_non_null(fgets(line, sizeof(line), f));
	fclose(f);
	assert_int_equal(atoi(line), child);
}

static void each_mark_of_another_process_is_enough_to_refuse(void **state)
{
	static const char *const edits[] = {
		"s/^start .*/start 1/",
		"s/^boot .*/boot 00000000-0000-0000-0000-000000000000/",
		"s/^exe .*/exe 1 1/",
		"1s/.*/2147483000/",
	};
	struct pidfile p;
	struct child_id id;

	for (unsigned i = 0; i < ARRAY_LEN(edits); i++) {
		write_file();
		edit(edits[i]);
		assert_int_equal(read_file(&p, &id), -ESRCH);
	}
}

static void a_damaged_file_is_refused(void **state)
{
	static const char *const edits[] = {
		"1s/.*/1/", "1s/.*/-1/", "1s/.*/0/", "1d", "$d", "s/^start .*/start 0/", "2,$d",
	};
	struct pidfile p;
	struct child_id id;

	for (unsigned i = 0; i < ARRAY_LEN(edits); i++) {
		write_file();
		edit(edits[i]);
		assert_int_equal(read_file(&p, &id), -EINVAL);
	}
}

static void a_dead_process_is_refused_even_unreaped(void **state)
{
	struct pidfile p;
	struct child_id id;

	write_file();
	kill(child, SIGKILL);
	while (proc_state(child) != 'Z')
		usleep(1000);
	assert_int_equal(read_file(&p, &id), -ESRCH);
	waitpid(child, NULL, 0);
	child = 0;
	assert_int_equal(read_file(&p, &id), -ESRCH);
}

static void no_file_is_no_process(void **state)
{
	struct pidfile p;
	struct child_id id;

	assert_int_equal(read_file(&p, &id), -ENOENT);
	write_file();
	pidfile_remove(dir, "ptp4l");
	assert_int_equal(read_file(&p, &id), -ENOENT);
}

static void a_second_supervisor_is_refused_by_number(void **state)
{
	struct err err = { 0 };
	char want[32];
	int first = pidfile_lock(dir, &err), status;

	assert_true(first >= 0);
	snprintf(want, sizeof(want), "process %d", (int)getpid());
	if (fork() == 0)
		_exit(pidfile_lock(dir, &err) == -EBUSY && strstr(err.text, want) ? 0 : 1);
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
	close(first);
	first = pidfile_lock(dir, &err);
	assert_true(first >= 0);
	close(first);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_living_process_is_found_again),
		T(the_first_line_is_the_number),
		T(each_mark_of_another_process_is_enough_to_refuse),
		T(a_damaged_file_is_refused),
		T(a_dead_process_is_refused_even_unreaped),
		T(no_file_is_no_process),
		T(a_second_supervisor_is_refused_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
