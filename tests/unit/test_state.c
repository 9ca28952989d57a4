#include "test.h"

#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fakedisk.h"
#include "supervisor/loop.h"
#include "supervisor/record/crc32c.h"
#include "supervisor/record/state.h"

/* Form of a file, by itself. */

static uint8_t file[BLOB_BYTES_MAX + 8];

static size_t encoded(const char *name, const char *content)
{
	struct blob b = { .version = 3, .content = content, .len = strlen(content) };

	snprintf(b.name, sizeof(b.name), "%s", name);
	return blob_encode(&b, file);
}

static void crc_is_that_of_everybody_else(void **unused)
{
	assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283u);
	assert_int_equal(crc32c(crc32c(0, "1234", 4), "56789", 5), 0xe3069283u);
}

static void what_was_encoded_comes_back(void **unused)
{
	size_t len = encoded("limits", "three reboots");
	struct blob b;

	assert_int_equal(len, 64 + 13);
	assert_int_equal(blob_decode(file, len, "limits", &b), BLOB_GOOD);
	assert_int_equal(b.version, 3);
	assert_int_equal(b.len, 13);
	assert_memory_equal(b.content, "three reboots", 13);
}

/* As another machine, or an older ptpwarden, has left it on the disk. */
static void a_file_of_version_one_is_read_for_ever(void **unused)
{
	static const uint8_t old[] = {
		'P', 'T', 'P', 'W', 'S', 'T', 'A', 'T', 1, 0, 2, 0, 3, 0, 0, 0,
		0xba, 0x5b, 0xd2, 0x1d, 'l', 'i', 'm', 'i', 't', 's', 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 8, 9,
	};
	struct blob b;

	assert_int_equal(blob_decode(old, sizeof(old), "limits", &b), BLOB_GOOD);
	assert_int_equal(b.version, 2);
	assert_memory_equal(b.content, "\x07\x08\x09", 3);
}

static void every_flipped_bit_is_noticed(void **unused)
{
	size_t len = encoded("limits", "three reboots, the last one on Tuesday");
	struct blob b;

	for (size_t bit = 0; bit < len * 8; bit++) {
		file[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(blob_decode(file, len, "limits", &b), BLOB_GOOD);
		file[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(blob_decode(file, len, "limits", &b), BLOB_GOOD);
}

static void every_other_length_is_noticed(void **unused)
{
	size_t len = encoded("limits", "three reboots");
	struct blob b;

	for (size_t n = 0; n < len; n++)
		assert_int_equal(blob_decode(file, n, "limits", &b), BLOB_DAMAGED);
	file[len] = 'x';
	assert_int_equal(blob_decode(file, len + 1, "limits", &b), BLOB_DAMAGED);
}

static void a_file_under_another_name_is_foreign(void **unused)
{
	size_t len = encoded("fingerprint.ptp4l", "x");
	struct blob b;

	assert_int_equal(blob_decode(file, len, "fingerprint.phc2sys", &b), BLOB_FOREIGN);
	assert_int_equal(blob_decode((const uint8_t *)"#!/bin/sh\n", 10, "x", &b), BLOB_FOREIGN);
}

static void names_that_lead_elsewhere_are_refused(void **unused)
{
	assert_true(blob_name_ok("fingerprint.ptp4l_0-1"));
	assert_false(blob_name_ok(""));
	assert_false(blob_name_ok(".hidden"));
	assert_false(blob_name_ok("../limits"));
	assert_false(blob_name_ok("a b"));
	assert_true(blob_name_ok("0123456789012345678901234567890123456789012"));
	assert_false(blob_name_ok("01234567890123456789012345678901234567890123"));
}

/* The disk, cut and torn. */

static struct fakedisk *disk;

static int disk_set_up(void **state)
{
	disk = malloc(sizeof(*disk));
	return disk ? 0 : -1;
}

static int disk_tear_down(void **state)
{
	free(disk);
	return 0;
}

static int put(unsigned number)
{
	char content[1200];

	memset(content, '.', sizeof(content));
	snprintf(content, sizeof(content), "%u", number);
	struct blob b = { .name = "limits", .version = 1, .content = content,
			  .len = 900 + number % 300 };
	size_t len = blob_encode(&b, file);

	return blob_replace(&disk->disk, "limits.state", file, len);
}

/* The number in the file, -1: no good one, -2: no file. */
static int got(void)
{
	ssize_t n = blob_read(&disk->disk, "limits.state", file, BLOB_BYTES_MAX);
	struct blob b;

	if (n < 0)
		return n == -ENOENT ? -2 : -1;
	if (blob_decode(file, (size_t)n, "limits", &b) != BLOB_GOOD)
		return -1;
	return atoi(b.content);
}

static void a_cut_at_any_call_leaves_the_old_or_the_new(void **unused)
{
	unsigned cuts = 0;

	for (uint32_t seed = 1; seed <= 600; seed++) {
		for (unsigned at = 1; at <= 6; at++, cuts++) {
			fake_init(disk, &fake_ops, seed * 31 + at);
			assert_int_equal(put(1), 0);
			assert_int_equal(put(2), 0);
			disk->cut_at = disk->calls + at;
			int rc = put(3);

			fake_power_on(disk);
			int now = got();

			if (now != 3 && (rc == 0 || now != 2))
				fail_msg("seed %u, cut in call %u: rc %d, found %d", seed, at, rc, now);
			assert_int_equal(put(4), 0);
			assert_int_equal(got(), 4);
		}
	}
	print_message("%u cuts\n", cuts);
	assert_true(cuts >= 3000);
}

static void the_first_one_is_there_or_not_but_never_wrong(void **unused)
{
	for (uint32_t seed = 1; seed <= 300; seed++) {
		fake_init(disk, &fake_ops, seed);
		disk->cut_at = 1 + seed % 6;
		(void)put(1);
		fake_power_on(disk);
		assert_int_not_equal(got(), -1);
	}
}

static void a_failing_call_leaves_the_old_or_the_new(void **unused)
{
	static const int all[] = { ENOSPC, EROFS, EIO };

	for (unsigned e = 0; e < ARRAY_LEN(all); e++) {
		for (unsigned at = 1; at <= 5; at++) {
			fake_init(disk, &fake_ops, at);
			assert_int_equal(put(1), 0);
			disk->fail_at = disk->calls + at;
			disk->fail_calls = 1;
			disk->fail_errno = all[e];
			assert_int_equal(put(2), -all[e]);
			assert_in_range(got(), 1, 2);
			assert_int_equal(put(3), 0);
			assert_int_equal(got(), 3);
		}
	}
}

static void a_disk_that_stays_full_keeps_the_old_one(void **unused)
{
	fake_init(disk, &fake_ops, 1);
	assert_int_equal(put(1), 0);
	disk->fail_at = disk->calls + 2;	/* the file can be made, not be written */
	disk->fail_calls = 100;
	disk->fail_errno = ENOSPC;
	assert_int_equal(put(2), -ENOSPC);
	disk->fail_at = 0;
	assert_int_equal(got(), 1);
}

/* The store with a real scribe and a real folder. */

struct stage {
	char dir[64], log[80], keep[80];
	struct ev_loop *loop;
	struct writer *writer;
	struct state *state;
	struct disk_folder folder;
	ev_timer limit;
	unsigned events[STATE_SAFE + 1];
	enum state_event_kind until;	/* stop the loop at this event */
};

static void on_state(void *owner, const struct state_event *ev)
{
	struct stage *s = owner;

	s->events[ev->kind]++;
	if (ev->kind == s->until)
		loop_stop(s->loop);
}

static void on_limit(struct ev_loop *loop, ev_timer *t, int revents)
{
	loop_stop(loop);
}

/* True when it happened. */
static bool wait_for(struct stage *s, enum state_event_kind kind, int ms)
{
	unsigned before = s->events[kind];

	s->until = kind;
	ev_timer_init(&s->limit, on_limit, ms / 1000., 0.);
	ev_timer_start(s->loop, &s->limit);
	loop_run(s->loop);
	ev_timer_stop(s->loop, &s->limit);
	return s->events[kind] > before;
}

static void open_store(struct stage *s)
{
	const struct writer_places at = { .run_dir = s->dir, .log_dir = s->log,
					  .state_dir = s->keep };

	s->loop = loop_new();
	s->writer = writer_new(s->loop, NULL);
	assert_non_null(s->writer);
	assert_int_equal(writer_open(s->writer, &at, NULL), 0);
	writer_settle(s->writer, 2000);
	s->state = state_new(s->loop, s->writer, on_state, s);
	memset(s->events, 0, sizeof(s->events));
	disk_folder_init(&s->folder, s->keep);
	state_load(s->state, &s->folder.disk);
	disk_folder_release(&s->folder);
}

static void close_store(struct stage *s)
{
	pid_t scribe = writer_pid(s->writer);

	state_free(s->state);
	writer_free(s->writer);
	waitpid(scribe, NULL, 0);
	loop_free(s->loop);
}

static int set_up(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	strcpy(s->dir, "/tmp/ptpwarden-test-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->log, sizeof(s->log), "%s/log", s->dir);
	snprintf(s->keep, sizeof(s->keep), "%s/keep", s->dir);
	open_store(s);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct stage *s = *state;
	char command[100];
	int rc;

	close_store(s);
	snprintf(command, sizeof(command), "rm -rf %s", s->dir);
	rc = system(command);
	free(s);
	return rc;
}

static int save(struct stage *s, const char *name, const char *text, enum state_haste haste)
{
	return state_save(s->state, name, 1, text, strlen(text), haste);
}

static void assert_kept(struct stage *s, const char *name, const char *text)
{
	size_t len = 0;
	const char *p = state_get(s->state, name, 1, &len);

	assert_non_null(p);
	assert_int_equal(len, strlen(text));
	assert_memory_equal(p, text, len);
}

static void assert_none(struct stage *s, const char *name)
{
	size_t len;

	assert_null(state_get(s->state, name, 1, &len));
}

/* `sed -i` of the piece's file. */
static void edit(struct stage *s, const char *name, size_t at, char byte)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/%s.state", s->keep, name);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
}

static void what_was_saved_is_there_the_next_time(void **state)
{
	struct stage *s = *state;

	assert_int_equal(save(s, "limits", "two", STATE_NOW), 0);
	assert_false(state_is_safe(s->state, "limits"));
	assert_true(wait_for(s, STATE_SAFE, 3000));
	assert_true(state_is_safe(s->state, "limits"));
	close_store(s);
	open_store(s);
	assert_kept(s, "limits", "two");
	assert_true(state_is_safe(s->state, "limits"));
}

static void what_may_wait_is_written_when_we_end(void **state)
{
	struct stage *s = *state;

	assert_int_equal(save(s, "fingerprint.ptp4l", "a", STATE_SOON), 0);
	assert_int_equal(save(s, "fingerprint.ptp4l", "b", STATE_SOON), 0);
	assert_false(wait_for(s, STATE_SAFE, 200));
	close_store(s);
	open_store(s);
	assert_kept(s, "fingerprint.ptp4l", "b");
}

static void the_same_again_is_not_written_again(void **state)
{
	struct stage *s = *state;

	assert_int_equal(save(s, "limits", "two", STATE_NOW), 0);
	assert_true(wait_for(s, STATE_SAFE, 3000));
	assert_int_equal(save(s, "limits", "two", STATE_NOW), 0);
	assert_true(state_is_safe(s->state, "limits"));
	assert_false(wait_for(s, STATE_SAFE, 200));
}

static void a_piece_of_another_version_is_not_read(void **state)
{
	struct stage *s = *state;
	size_t len;

	assert_int_equal(save(s, "limits", "two", STATE_NOW), 0);
	assert_null(state_get(s->state, "limits", 2, &len));
}

static void a_removed_piece_is_gone_for_good(void **state)
{
	struct stage *s = *state;

	assert_int_equal(save(s, "limits", "two", STATE_NOW), 0);
	assert_true(wait_for(s, STATE_SAFE, 3000));
	state_remove(s->state, "limits");
	assert_none(s, "limits");
	assert_true(wait_for(s, STATE_SAFE, 3000));
	assert_int_equal(save(s, "limits", "three", STATE_SOON), 0);
	state_remove(s->state, "limits");
	close_store(s);
	open_store(s);
	assert_none(s, "limits");
}

static void a_damaged_piece_is_set_aside_and_the_others_stay(void **state)
{
	struct stage *s = *state;
	char path[160];

	assert_int_equal(save(s, "limits", "two", STATE_NOW), 0);
	assert_int_equal(save(s, "alternates", "zero", STATE_NOW), 0);
	close_store(s);
	edit(s, "limits", 66, 'X');
	open_store(s);
	assert_int_equal(s->events[STATE_DAMAGED], 1);
	assert_none(s, "limits");
	assert_kept(s, "alternates", "zero");
	snprintf(path, sizeof(path), "%s/limits.damaged", s->keep);
	assert_int_equal(access(path, F_OK), 0);
	close_store(s);
	open_store(s);
	assert_int_equal(s->events[STATE_DAMAGED], 0);
}

static void a_strangers_file_is_reported_and_not_touched(void **state)
{
	struct stage *s = *state;

	assert_int_equal(save(s, "limits", "two", STATE_NOW), 0);
	close_store(s);
	edit(s, "limits", 0, '#');
	open_store(s);
	assert_int_equal(s->events[STATE_FOREIGN], 1);
	assert_none(s, "limits");
	assert_int_equal(save(s, "limits", "three", STATE_NOW), 0);
	close_store(s);
	open_store(s);
	assert_kept(s, "limits", "three");
}

static void a_link_that_somebody_planted_is_not_followed(void **state)
{
	struct stage *s = *state;
	char path[160], target[160];

	assert_int_equal(save(s, "limits", "two", STATE_NOW), 0);
	assert_true(wait_for(s, STATE_SAFE, 3000));
	close_store(s);
	snprintf(path, sizeof(path), "%s/limits.state", s->keep);
	snprintf(target, sizeof(target), "%s/elsewhere", s->dir);
	assert_int_equal(rename(path, target), 0);
	assert_int_equal(symlink(target, path), 0);
	open_store(s);
	assert_int_equal(s->events[STATE_UNREADABLE], 1);
	assert_none(s, "limits");
}

static void a_folder_that_others_may_write_is_not_used(void **state)
{
	struct stage *s = *state;

	assert_int_equal(save(s, "limits", "two", STATE_NOW), 0);
	assert_true(wait_for(s, STATE_SAFE, 3000));
	close_store(s);
	assert_int_equal(chmod(s->keep, 0777), 0);
	open_store(s);
	assert_int_equal(s->events[STATE_UNREADABLE], 1);
	assert_none(s, "limits");
	assert_int_equal(save(s, "limits", "three", STATE_NOW), 0);
	assert_true(wait_for(s, STATE_MEMORY, 3000));
	assert_kept(s, "limits", "three");
	assert_int_equal(chmod(s->keep, 0755), 0);
}

/* A file where the folder should be: whoever we are, it cannot be written. */
static void without_a_disk_memory_does_and_the_disk_follows_later(void **state)
{
	struct stage *s = *state;
	FILE *f = fopen(s->keep, "w");

	assert_non_null(f);
	fclose(f);
	assert_int_equal(save(s, "limits", "two", STATE_NOW), 0);
	assert_true(wait_for(s, STATE_MEMORY, 3000));
	assert_int_equal(save(s, "alternates", "one", STATE_NOW), 0);
	assert_int_equal(save(s, "fingerprint.a", "f", STATE_SOON), 0);
	(void)wait_for(s, STATE_SAFE, 200);
	assert_int_equal(s->events[STATE_MEMORY], 1);
	assert_int_not_equal(state_in_memory(s->state), 0);
	assert_kept(s, "limits", "two");
	assert_int_equal(unlink(s->keep), 0);
	assert_int_equal(save(s, "limits", "three", STATE_NOW), 0);
	assert_true(wait_for(s, STATE_DISK, 3000));
	assert_int_equal(state_in_memory(s->state), 0);
	close_store(s);
	open_store(s);
	assert_kept(s, "limits", "three");
	assert_kept(s, "alternates", "one");
	assert_kept(s, "fingerprint.a", "f");
}

static void a_new_scribe_gets_what_the_dead_one_had_not_written(void **state)
{
	struct stage *s = *state;

	assert_int_equal(save(s, "fingerprint.a", "f", STATE_SOON), 0);
	(void)wait_for(s, STATE_SAFE, 50);
	kill(writer_pid(s->writer), SIGKILL);
	(void)wait_for(s, STATE_SAFE, 500);
	close_store(s);
	open_store(s);
	assert_kept(s, "fingerprint.a", "f");
}

static void bounds_are_kept(void **state)
{
	static char big[BLOB_CONTENT_MAX + 1];
	struct stage *s = *state;
	char name[32];

	assert_int_equal(state_save(s->state, "big", 1, big, BLOB_CONTENT_MAX, STATE_NOW), 0);
	assert_int_equal(state_save(s->state, "big", 1, big, BLOB_CONTENT_MAX + 1, STATE_NOW), -EINVAL);
	assert_int_equal(save(s, "a/b", "x", STATE_NOW), -EINVAL);
	for (unsigned i = 1; i < STATE_PIECES_MAX; i++) {
		snprintf(name, sizeof(name), "p%u", i);
		assert_int_equal(save(s, name, "x", STATE_SOON), 0);
	}
	assert_int_equal(save(s, "one.more", "x", STATE_NOW), -ENOSPC);
	assert_int_equal(save(s, "p1", "y", STATE_SOON), 0);
	assert_none(s, "one.more");
}

int main(void)
{
#define WITH_DISK(f) cmocka_unit_test_setup_teardown(f, disk_set_up, disk_tear_down)
#define WITH_STORE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crc_is_that_of_everybody_else),
		cmocka_unit_test(what_was_encoded_comes_back),
		cmocka_unit_test(a_file_of_version_one_is_read_for_ever),
		cmocka_unit_test(every_flipped_bit_is_noticed),
		cmocka_unit_test(every_other_length_is_noticed),
		cmocka_unit_test(a_file_under_another_name_is_foreign),
		cmocka_unit_test(names_that_lead_elsewhere_are_refused),
		WITH_DISK(a_cut_at_any_call_leaves_the_old_or_the_new),
		WITH_DISK(the_first_one_is_there_or_not_but_never_wrong),
		WITH_DISK(a_failing_call_leaves_the_old_or_the_new),
		WITH_DISK(a_disk_that_stays_full_keeps_the_old_one),
		WITH_STORE(what_was_saved_is_there_the_next_time),
		WITH_STORE(what_may_wait_is_written_when_we_end),
		WITH_STORE(the_same_again_is_not_written_again),
		WITH_STORE(a_piece_of_another_version_is_not_read),
		WITH_STORE(a_removed_piece_is_gone_for_good),
		WITH_STORE(a_damaged_piece_is_set_aside_and_the_others_stay),
		WITH_STORE(a_strangers_file_is_reported_and_not_touched),
		WITH_STORE(a_link_that_somebody_planted_is_not_followed),
		WITH_STORE(a_folder_that_others_may_write_is_not_used),
		WITH_STORE(without_a_disk_memory_does_and_the_disk_follows_later),
		WITH_STORE(a_new_scribe_gets_what_the_dead_one_had_not_written),
		WITH_STORE(bounds_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
