/*
 * What the flight recorder costs: a record in the supervisor, in the scribe, reading; and how much
 * a healthy day of two units with an offset a second writes. Status 1 above the budget.
 * usage: recorder [FOLDER]
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "supervisor/record/flightqueue.h"
#include "supervisor/record/ring.h"
#include "supervisor/record/samples.h"
#include "supervisor/record/tape.h"

enum { NOTES = 40000, FILE_SIZE = 512 * 1024, PAGE = 4096 };

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* As a step of the policy makes it: two records. */
static void decision(struct flight_note *n)
{
	flight_begin(n, FLIGHT_DECISION, "ptp4l");
	flight_text(n, TAG_EVENT, "probe passed");
	flight_text(n, TAG_FROM, "probing");
	flight_text(n, TAG_STATE, "starting");
	flight_text(n, TAG_ACTIONS, "launch 0, timer 15000 ms");
	flight_int(n, TAG_ALTERNATE, 0);
	flight_text(n, TAG_ALTERNATE_NAME, "");
}

/* Counts what reaches the disk, in pages as a file system writes them. */
static uint64_t pages;
static int (*real_write)(struct disk *d, int fd, const void *bytes, size_t len, off_t at);

static int counting_write(struct disk *d, int fd, const void *bytes, size_t len, off_t at)
{
	pages += (uint64_t)((at + (off_t)len - 1) / PAGE - at / PAGE + 1);
	return real_write(d, fd, bytes, len, at);
}

static double bench_queue(struct flight_queue *q)
{
	struct flight_note n, out;
	double spent = 0;

	for (unsigned k = 0; k < NOTES; k++) {
		uint32_t at, serial;
		double began = now_us();

		decision(&n);
		(void)flight_queue_put(q, &n);
		spent += now_us() - began;
		for (at = q->tail; k % 64 == 0 && flight_queue_next(q, &at, &out, &serial);)
			flight_queue_taken(q, at);
	}
	return spent / NOTES;
}

static double bench_ring(struct ring *r)
{
	struct ring_origin from = { .boot = 1, .run = 2 };
	struct flight_note n;
	uint64_t first = r->next_seq;
	double began = now_us();

	for (unsigned k = 1; k <= NOTES; k++) {
		decision(&n);
		from.serial = k;
		(void)ring_add(r, &from, &n);
	}
	(void)ring_flush(r, false);
	return (now_us() - began) / (double)(r->next_seq - first);
}

static double bench_sync(struct ring *r)
{
	enum { SYNCS = 50 };
	struct ring_origin from = { .boot = 1, .run = 3 };
	struct flight_note n;
	double began = now_us();

	for (unsigned k = 1; k <= SYNCS; k++) {
		decision(&n);
		from.serial = k;
		(void)ring_add(r, &from, &n);
		(void)ring_flush(r, true);
	}
	return (now_us() - began) / SYNCS;
}

static double bench_tape(struct disk *d, double *moment_us)
{
	static uint8_t storage[MOMENT_BYTES];
	struct moment m = moment_in(storage, sizeof(storage));
	ssize_t len;
	uint8_t *bytes = ring_read(d, &len);
	void *room = malloc(tape_room((size_t)len));
	struct tape t;
	double began = now_us(), opened;

	(void)tape_open(&t, bytes, (size_t)len, room);
	opened = now_us();
	for (unsigned i = 0; i < 100; i++)
		tape_moment(&t, tape_notes(&t) * i / 100, &m, NULL);
	*moment_us = (now_us() - opened) / 100;
	free(room);
	free(bytes);
	return opened - began;
}

/* A day in which nothing happens: offsets by the minute, written when 16 KB have come together. */
static uint64_t healthy_day(struct ring *r)
{
	static const char *const units[] = { "ptp4l", "phc2sys" };
	struct samples *s = calloc(2, sizeof(*s));
	struct ring_origin from = { .boot = 1, .run = 4 };
	struct flight_note n;
	size_t queued = 0;

	samples_init(&s[0]);
	samples_init(&s[1]);
	pages = 0;
	for (msec_t at = 0; at < 24 * HOUR; at += SEC) {
		for (unsigned u = 0; u < 2; u++) {
			if (!samples_take(&s[u], at, (double)(at % 37) - 18, 1000) ||
			    !samples_minutes(&s[u], units[u], &n))
				continue;
			from.serial++;
			(void)ring_add(r, &from, &n);
			queued += n.len + 16u;
		}
		if (queued > FLIGHT_QUEUE_BYTES / 2) {
			(void)ring_flush(r, false);
			queued = 0;
		}
	}
	(void)ring_flush(r, true);
	free(s);
	return pages * PAGE;
}

static int failed(const char *what)
{
	fprintf(stderr, "recorder: %s\n", what);
	return 1;
}

int main(int argc, char **argv)
{
	char folder[] = "/tmp/ptpwarden-bench-XXXXXX", command[64];
	struct flight_queue *q = flight_queue_new(1, 2);
	struct disk_folder d;
	struct disk_ops ops;
	struct ring r;
	enum ring_found found;
	double put, add, sync, open, moment;
	uint64_t day;

	if (!mkdtemp(folder) || !q)
		return failed("no folder or no memory");
	disk_folder_init(&d, argc > 1 ? argv[1] : folder);
	ops = *d.disk.ops;
	real_write = ops.write;
	ops.write = counting_write;
	d.disk.ops = &ops;
	if (ring_open(&r, &d.disk, FILE_SIZE, &found) < 0)
		return failed("no ring can be made there");
	put = bench_queue(q);
	add = bench_ring(&r);
	sync = bench_sync(&r);
	open = bench_tape(&d.disk, &moment);
	day = healthy_day(&r);
	printf("a note in the supervisor        %8.3f us\n", put);
	printf("a record in the scribe          %8.3f us\n", add);
	printf("a synced group                  %8.1f us\n", sync);
	printf("reading all of 512 KB           %8.1f us\n", open);
	printf("any moment of it                %8.1f us\n", moment);
	printf("written on a healthy day        %8.1f KB\n", (double)day / 1024);
	ring_close(&r);
	disk_folder_release(&d);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (system(command) != 0)
		return failed("cannot clean up");
	return put + add > 2 || day > 1024 * 1024;
}
