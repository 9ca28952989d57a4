#include "test.h"

#include <unistd.h>
#include "supervisor/loop.h"
#include "supervisor/observe/oom.h"

static int names(const char *line, pid_t pid)
{
	return oom_line_names(line, strlen(line), pid);
}

static void the_kernel_s_lines_name_their_process(void **state)
{
	assert_true(names("3,915,88230011,-;Memory cgroup out of memory: Killed process 4711 (ptp4l) "
			  "total-vm:1234kB, anon-rss:12kB", 4711));
	assert_true(names("3,1,2,-;Out of memory: Killed process 4711 (ptp4l)", 4711));
	assert_true(names("3,1,2,-;Out of memory: Kill process 4711 (ptp4l) score 5", 4711));
	assert_true(names("6,9,2,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),"
			  "task_memcg=/x,task=ptp4l,pid=4711,uid=0", 4711));
}

static void other_lines_and_other_numbers_do_not_count(void **state)
{
	assert_false(names("3,1,2,-;Out of memory: Killed process 47110 (ptp4l)", 4711));
	assert_false(names("3,1,2,-;Out of memory: Killed process 471 (ptp4l)", 4711));
	assert_false(names("3,1,2,-;ptp4l[4711]: segfault at 0 ip 0 sp 0", 4711));
	assert_false(names("3,1,2,-;audit: pid=4711 uid=0", 4711));
	assert_false(names("3,1,2,-;Killed process ", 4711));
	assert_false(names("", 4711));
	assert_false(names("oom-kill:", 4711));
}

static void a_process_that_was_not_killed_so_is_not_said_to_be(void **state)
{
	struct oom_watch w;

	oom_begin(&w);
	assert_int_not_equal(oom_was(&w, getpid(), loop_now()), ANSWER_YES);
}

static void without_counters_only_the_kernel_s_log_can_say_yes(void **state)
{
	struct oom_watch w = { .cgroup.kills = -1, .system.kills = -1 };

	assert_int_not_equal(oom_was(&w, 4711, loop_now()), ANSWER_YES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_s_lines_name_their_process),
		cmocka_unit_test(other_lines_and_other_numbers_do_not_count),
		cmocka_unit_test(a_process_that_was_not_killed_so_is_not_said_to_be),
		cmocka_unit_test(without_counters_only_the_kernel_s_log_can_say_yes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
