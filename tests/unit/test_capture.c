#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "supervisor/loop.h"
#include "supervisor/observe/output.h"
#include "supervisor/record/history.h"
#include "supervisor/record/writer.h"
#include <ev.h>

/* A unit's capture from the child's descriptor to its lines, in a folder of its own. */
struct stage {
	char dir[64], log_dir[80];
	struct ev_loop *loop;
	struct writer *writer;
	struct output output;
	int slot, fd[2];
	ev_timer limit;
	unsigned lines, gaps, disk_bad, disk_good;
	unsigned stop_at;		/* stop the loop at this many lines */
	bool flushed, complete;
	struct output_line last;
	char text[LINE_MAX_BYTES + 1];
	unsigned expect;		/* "line N" must come in order */
	bool in_order;
};

static void on_line(void *owner, const struct output_line *line)
{
	struct stage *s = owner;
	char want[32];

	s->last = *line;
	memcpy(s->text, line->text, line->len);
	s->text[line->len] = '\0';
	s->last.text = s->text;
	snprintf(want, sizeof(want), "line %u", s->expect);
	s->in_order = s->in_order && !strncmp(want, s->text, strlen(want));
	s->expect++;
	if (++s->lines == s->stop_at)
		loop_stop(s->loop);
}

static void on_event(void *owner, const struct writer_event *ev)
{
	struct stage *s = owner;

	switch (ev->kind) {
	case WRITER_FILE:
		output_file(&s->output, ev->stream, ev->fd, ev->from, ev->former_end);
		break;
	case WRITER_DATA:
		output_data(&s->output, ev->stream, ev->end);
		break;
	case WRITER_FLUSHED:
		output_flushed(&s->output);
		break;
	case WRITER_GAP:
		s->gaps++;
		break;
	case WRITER_DISK:
		s->disk_bad += ev->disk_errno != 0;
		s->disk_good += ev->disk_errno == 0;
		if (s->disk_good)
			loop_stop(s->loop);
		break;
	}
}

static void on_limit(struct ev_loop *loop, ev_timer *t, int revents)
{
	loop_stop(loop);
}

static void on_done(void *owner, bool complete)
{
	struct stage *s = owner;

	s->flushed = true;
	s->complete = complete;
	loop_stop(s->loop);
}

static void run_ms(struct stage *s, int ms)
{
	ev_timer_stop(s->loop, &s->limit);
	ev_timer_set(&s->limit, ms / 1000., 0.);
	ev_timer_start(s->loop, &s->limit);
	loop_run(s->loop);
}

static void flush(struct stage *s)
{
	s->flushed = false;
	output_flush(&s->output, on_done);
	writer_flush(s->writer, s->slot);
	run_ms(s, 2000);
	assert_true(s->flushed);
}

static void add_unit(struct stage *s, size_t file_size, unsigned files, bool split)
{
	struct writer_unit unit = { .name = "u", .fn = on_event, .owner = s, .file_size = file_size,
				    .files = files, .memory_size = 8192, .split = split };
	struct err err = { 0 };

	s->slot = writer_add(s->writer, &unit, s->fd, &err);
	assert_true(s->slot >= 0);
}

static void open_writer(struct stage *s)
{
	const struct writer_places places = { .run_dir = s->dir, .log_dir = s->log_dir,
					      .state_dir = s->dir };
	struct err err = { 0 };

	s->writer = writer_new(s->loop, &err);
	assert_non_null(s->writer);
	assert_int_equal(writer_open(s->writer, &places, &err), 0);
}

static int set_up(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	strcpy(s->dir, "/tmp/ptpwarden-test-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->log_dir, sizeof(s->log_dir), "%s/log", s->dir);
	s->loop = loop_new();
	ev_init(&s->limit, on_limit);
	s->in_order = true;
	s->expect = 1;
	assert_int_equal(output_init(&s->output, s->loop, 4096, on_line, s), 0);
	open_writer(s);
	*state = s;
	return 0;
}

static void remove_all(const char *dir)
{
	char path[400];
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (unlink(path) < 0)
			remove_all(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

static int tear_down(void **state)
{
	struct stage *s = *state;
	pid_t pid = s->writer ? writer_pid(s->writer) : 0;

	writer_free(s->writer);
	if (pid)
		waitpid(pid, NULL, 0);
	output_fini(&s->output);
	loop_free(s->loop);
	remove_all(s->dir);
	free(s);
	return 0;
}

static void say(struct stage *s, const char *text)
{
	assert_int_equal(write(s->fd[0], text, strlen(text)), strlen(text));
}

static void lines_arrive_in_order(void **state)
{
	struct stage *s = *state;

	add_unit(s, 65536, 3, false);
	s->stop_at = 2;
	say(s, "line 1\nli");
	say(s, "ne 2\n");
	run_ms(s, 2000);
	assert_int_equal(s->lines, 2);
	assert_true(s->in_order);
	assert_string_equal(s->text, "line 2");
}

static void the_last_words_are_delivered_after_a_flush(void **state)
{
	struct stage *s = *state;

	add_unit(s, 65536, 3, false);
	say(s, "line 1\nline 2 without an end");
	flush(s);
	assert_true(s->complete);
	assert_int_equal(s->lines, 2);
	assert_string_equal(s->text, "line 2 without an end");
	say(s, "line 3\n");	/* of the next daemon */
	flush(s);
	assert_int_equal(s->lines, 3);
	assert_string_equal(s->text, "line 3");
}

static void last_words_that_nobody_closed_are_marked(void **state)
{
	struct stage *s = *state;
	char path[120];
	int fd;

	snprintf(path, sizeof(path), "%s/by-hand.log", s->log_dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "line 1\nline 2", 13), 13);
	output_file(&s->output, 0, fd, 0, 0);
	output_data(&s->output, 0, 13);
	assert_int_equal(s->lines, 1);
	output_flush(&s->output, on_done);
	output_flushed(&s->output);
	assert_int_equal(s->lines, 2);
	assert_true(s->last.partial);
	assert_string_equal(s->text, "line 2");
}

static void any_byte_is_kept(void **state)
{
	struct stage *s = *state;
	char bytes[257];

	add_unit(s, 65536, 3, false);
	for (int i = 0; i < 256; i++)
		bytes[i] = (char)(i == '\n' ? ' ' : i);
	bytes[256] = '\n';
	s->stop_at = 1;
	assert_int_equal(write(s->fd[0], bytes, 257), 257);
	run_ms(s, 2000);
	assert_int_equal(s->last.len, 256);
	assert_memory_equal(s->text, bytes, 256);
}

static void long_line(struct stage *s, size_t len)
{
	char text[3000];

	memset(text, 'x', len);
	text[len] = '\n';
	s->stop_at = s->lines + 2;
	assert_int_equal(write(s->fd[0], text, len + 1), len + 1);
	say(s, "next\n");
	run_ms(s, 2000);
	assert_string_equal(s->text, "next");
}

static struct output_line seen[4];
static size_t seen_n;

static void collect(void *owner, const struct output_line *line)
{
	if (seen_n < ARRAY_LEN(seen))
		seen[seen_n++] = *line;
}

static void a_line_is_cut_at_its_bound_and_marked(void **state)
{
	struct stage *s = *state;

	add_unit(s, 65536, 3, false);
	for (size_t len = LINE_MAX_BYTES; len < LINE_MAX_BYTES + 2000; len += 1975 / 2) {
		long_line(s, len);
		seen_n = 0;
		output_recent(&s->output, 2, collect, NULL);
		assert_int_equal(seen_n, 2);
		assert_int_equal(seen[0].len, LINE_MAX_BYTES);
		assert_int_equal(seen[0].cut, len > LINE_MAX_BYTES);
	}
}

static void a_cut_line_ends_with_the_mark(void **state)
{
	struct stage *s = *state;
	char text[LINE_MAX_BYTES + 2];

	add_unit(s, 65536, 3, false);
	memset(text, 'x', sizeof(text));
	text[LINE_MAX_BYTES + 1] = '\n';
	s->stop_at = 1;
	assert_int_equal(write(s->fd[0], text, sizeof(text)), sizeof(text));
	run_ms(s, 2000);
	assert_int_equal(s->last.len, LINE_MAX_BYTES);
	assert_string_equal(s->text + LINE_MAX_BYTES - strlen(OUTPUT_CUT_MARK), OUTPUT_CUT_MARK);
}

static void split_streams_are_told_apart(void **state)
{
	struct stage *s = *state;

	add_unit(s, 65536, 3, true);
	assert_int_not_equal(s->fd[0], s->fd[1]);
	s->stop_at = 1;
	assert_int_equal(write(s->fd[1], "oops\n", 5), 5);
	run_ms(s, 2000);
	assert_int_equal(s->last.stream, 1);
	assert_string_equal(s->text, "oops");
}

static void write_lines(struct stage *s, unsigned from, unsigned n)
{
	for (unsigned i = from; i < from + n; i++) {
		char line[64];
		int len = snprintf(line, sizeof(line), "line %u of many\n", i);

		assert_int_equal(write(s->fd[0], line, (size_t)len), len);
		if (i % 1000 == 0)	/* a full pipe would be marked by a line of its own */
			flush(s);
	}
}

static off_t size_of(const struct stage *s, const char *name)
{
	char path[120];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", s->log_dir, name);
	return stat(path, &st) < 0 ? -1 : st.st_size;
}

static void files_rotate_within_their_bounds(void **state)
{
	struct stage *s = *state;

	add_unit(s, 16384, 3, false);
	write_lines(s, 1, 20000);
	flush(s);
	assert_int_equal(s->lines, 20000);
	assert_true(s->in_order);
	assert_in_range(size_of(s, "u.log"), 1, 16384);
	assert_in_range(size_of(s, "u.log.1"), 8000, 16384);
	assert_in_range(size_of(s, "u.log.2"), 8000, 16384);
	assert_int_equal(size_of(s, "u.log.3"), -1);
}

static void a_full_pipe_is_a_gap(void **state)
{
	struct stage *s = *state;
	char block[4096];

	add_unit(s, 1 << 20, 3, false);
	say(s, "line 1\n");
	flush(s);
	memset(block, 'x', sizeof(block));
	block[sizeof(block) - 1] = '\n';
	kill(writer_pid(s->writer), SIGSTOP);
	while (write(s->fd[0], block, sizeof(block)) > 0)
		;
	assert_int_equal(errno, EAGAIN);
	kill(writer_pid(s->writer), SIGCONT);
	flush(s);
	run_ms(s, 50);
	assert_int_equal(s->gaps, 1);
	assert_non_null(strstr(s->text, "lines between"));
}

static void the_writer_may_die(void **state)
{
	struct stage *s = *state;
	unsigned n = 0;

	add_unit(s, 1 << 20, 3, false);
	for (int round = 0; round < 5; round++) {
		write_lines(s, n + 1, 500);
		n += 500;
		if (round == 2)
			flush(s);
		kill(writer_pid(s->writer), SIGKILL);
		write_lines(s, n + 1, 100);
		n += 100;
		s->stop_at = n;
		if (s->lines < n)
			run_ms(s, 3000);
		assert_int_equal(s->lines, n);
	}
	assert_true(s->in_order);
	assert_int_equal(writer_restarts(s->writer), 5);
	assert_int_equal(s->gaps, 0);
}

static void a_flush_does_not_wait_for_a_dead_writer(void **state)
{
	struct stage *s = *state;
	msec_t before;

	add_unit(s, 65536, 3, false);
	say(s, "line 1\n");
	flush(s);
	kill(writer_pid(s->writer), SIGSTOP);
	before = loop_now();
	flush(s);
	assert_false(s->complete);
	assert_in_range(loop_now() - before, OUTPUT_FLUSH_MS - 10, OUTPUT_FLUSH_MS + 100);
	kill(writer_pid(s->writer), SIGCONT);
}

/* A writer that died had written more than it told; the next one goes on in the same file. */
static void nothing_between_two_writers_is_overlooked(void **state)
{
	struct stage *s = *state;
	char path[120];
	int fd;

	snprintf(path, sizeof(path), "%s/by-hand.log", s->log_dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "line 1\nline 2\nline 3\n", 21), 21);
	output_file(&s->output, 0, dup(fd), 0, 0);
	output_data(&s->output, 0, 7);
	assert_int_equal(s->lines, 1);
	output_file(&s->output, 0, dup(fd), 21, 0);
	output_data(&s->output, 0, 21);
	assert_int_equal(s->lines, 3);
	assert_true(s->in_order);
	close(fd);
}

static void a_new_file_is_read_after_the_rest_of_the_old(void **state)
{
	struct stage *s = *state;
	char path[120];
	int fd[2];

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/by-hand.%d", s->log_dir, i);
		fd[i] = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	}
	assert_int_equal(write(fd[0], "line 1\nline 2\nli", 16), 16);
	assert_int_equal(write(fd[1], "ne 3\nline 4\n", 12), 12);
	output_file(&s->output, 0, fd[0], 0, 0);
	output_file(&s->output, 0, fd[1], 0, 16);
	output_data(&s->output, 0, 12);
	assert_int_equal(s->lines, 4);
	assert_true(s->in_order);
}

static void without_a_disk_it_goes_on_in_memory(void **state)
{
	struct stage *s = *state;
	char aside[100];

	snprintf(aside, sizeof(aside), "%s.aside", s->log_dir);
	assert_int_equal(rename(s->log_dir, aside), 0);
	add_unit(s, 65536, 3, false);
	write_lines(s, 1, 2000);	/* several times what memory holds */
	flush(s);
	assert_int_equal(s->lines, 2000);
	assert_true(s->in_order);
	assert_int_equal(s->disk_bad, 1);
	assert_int_equal(size_of(s, "u.log"), -1);
	assert_int_equal(rename(aside, s->log_dir), 0);
	run_ms(s, 7000);		/* it tries again after 5 s */
	assert_int_equal(s->disk_good, 1);
	assert_in_range(size_of(s, "u.log"), 1, 8192);
	write_lines(s, 2001, 10);
	flush(s);
	assert_int_equal(s->lines, 2010);
	assert_true(s->in_order);
}

static void a_file_that_somebody_removes_is_begun_anew(void **state)
{
	struct stage *s = *state;
	char path[120];

	add_unit(s, 65536, 3, false);
	say(s, "line 1\n");
	flush(s);
	snprintf(path, sizeof(path), "%s/u.log", s->log_dir);
	assert_int_equal(unlink(path), 0);
	flush(s);	/* as after each end of a daemon */
	say(s, "line 2\n");
	flush(s);
	assert_int_equal(s->lines, 2);
	assert_true(s->in_order);
	assert_int_equal(size_of(s, "u.log"), 7);
}

static void a_fifo_path_that_is_something_else_is_refused(void **state)
{
	struct stage *s = *state;
	struct writer_unit unit = { .name = "u", .file_size = 65536, .files = 2 };
	struct err err = { 0 };
	char path[100];

	snprintf(path, sizeof(path), "%s/u.out", s->dir);
	close(open(path, O_WRONLY | O_CREAT, 0600));
	assert_int_equal(writer_add(s->writer, &unit, s->fd, &err), -EINVAL);
	assert_non_null(strstr(err.text, "FIFO"));
}

static void an_orphan_records_to_the_end_of_the_last_child(void **state)
{
	struct stage *s = *state;
	int child, status;
	pid_t pid = writer_pid(s->writer);

	add_unit(s, 65536, 3, false);
	child = dup(s->fd[0]);
	assert_int_equal(write(child, "before\n", 7), 7);
	writer_free(s->writer);
	s->writer = NULL;
	usleep(100000);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	assert_int_equal(write(child, "last words\n", 11), 11);
	close(child);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(size_of(s, "u.log"), 18);
}

static void an_orphan_makes_way_for_the_next_writer(void **state)
{
	struct stage *s = *state;
	int child, status;
	pid_t pid = writer_pid(s->writer);

	add_unit(s, 65536, 3, false);
	child = dup(s->fd[0]);
	writer_free(s->writer);
	assert_int_equal(write(child, "line 1\n", 7), 7);
	open_writer(s);
	add_unit(s, 65536, 3, false);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	flush(s);
	assert_int_equal(write(child, "line 2\n", 7), 7);
	flush(s);
	assert_string_equal(s->text, "line 2");
	assert_int_equal(size_of(s, "u.log"), 14);
	close(child);
}

/* History. */

struct told {
	unsigned n;
	char first[64], last[64];
};

static int tell(void *owner, const char *text, size_t len)
{
	struct told *t = owner;
	char line[64];

	snprintf(line, sizeof(line), "%.*s", (int)len, text);
	if (t->n++ == 0)
		strcpy(t->first, line);
	strcpy(t->last, line);
	return 0;
}

static void history_reads_over_rotated_files(void **state)
{
	struct stage *s = *state;
	struct history h;
	struct told t = { 0 };

	add_unit(s, 16384, 4, false);
	write_lines(s, 1, 5000);
	flush(s);
	assert_int_equal(history_init(&h, s->log_dir, "u", NULL), 0);
	assert_int_equal(history_tail(&h, 10, tell, &t, NULL), 0);
	assert_int_equal(t.n, 10);
	assert_string_equal(t.first, "line 4991 of many");
	assert_string_equal(t.last, "line 5000 of many");
	history_fini(&h);
	t.n = 0;
	assert_int_equal(history_tail(&h, 1500, tell, &t, NULL), 0);
	assert_int_equal(t.n, 1500);
	assert_string_equal(t.first, "line 3501 of many");
	assert_string_equal(t.last, "line 5000 of many");
	t.n = 0;
	write_lines(s, 5001, 1500);	/* rotates */
	flush(s);
	assert_int_equal(history_follow(&h, tell, &t, NULL), 0);
	assert_int_equal(t.n, 1500);
	assert_string_equal(t.first, "line 5001 of many");
	assert_string_equal(t.last, "line 6500 of many");
	history_fini(&h);
}

static void history_of_nothing_is_told(void **state)
{
	struct stage *s = *state;
	struct history h;
	struct told t = { 0 };

	assert_int_equal(history_init(&h, s->log_dir, "u", NULL), 0);
	assert_int_equal(history_tail(&h, 10, tell, &t, NULL), -ENOENT);
	assert_int_equal(history_follow(&h, tell, &t, NULL), 0);
	add_unit(s, 16384, 4, false);
	say(s, "line 1\n");
	flush(s);
	assert_int_equal(history_follow(&h, tell, &t, NULL), 0);
	assert_int_equal(t.n, 1);
	history_fini(&h);
}

static void the_ring_holds_the_newest_lines(void **state)
{
	struct stage *s = *state;

	add_unit(s, 1 << 20, 3, false);
	write_lines(s, 1, 1000);
	flush(s);
	seen_n = 0;
	assert_in_range(s->output.ring.lines, 50, 4096 / 20);
	output_recent(&s->output, 2, on_line, s);
	assert_string_equal(s->text, "line 1000 of many");
	assert_int_equal(s->lines, 1002);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(lines_arrive_in_order),
		T(the_last_words_are_delivered_after_a_flush),
		T(last_words_that_nobody_closed_are_marked),
		T(any_byte_is_kept),
		T(a_line_is_cut_at_its_bound_and_marked),
		T(a_cut_line_ends_with_the_mark),
		T(split_streams_are_told_apart),
		T(files_rotate_within_their_bounds),
		T(a_full_pipe_is_a_gap),
		T(the_writer_may_die),
		T(a_flush_does_not_wait_for_a_dead_writer),
		T(nothing_between_two_writers_is_overlooked),
		T(a_new_file_is_read_after_the_rest_of_the_old),
		T(without_a_disk_it_goes_on_in_memory),
		T(a_file_that_somebody_removes_is_begun_anew),
		T(a_fifo_path_that_is_something_else_is_refused),
		T(an_orphan_records_to_the_end_of_the_last_child),
		T(an_orphan_makes_way_for_the_next_writer),
		T(history_reads_over_rotated_files),
		T(history_of_nothing_is_told),
		T(the_ring_holds_the_newest_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
