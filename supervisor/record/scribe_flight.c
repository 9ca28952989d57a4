/* The flight recorder's file: on the disk, or in run_dir's memory while the disk refuses. */
#include "scribe_private.h"

#include <errno.h>
#include <stdlib.h>
#include "supervisor/loop.h"

enum { SYNC_EVERY_MS = 1000, DISK_RETRY_MS = 30000 };

static void tell(struct scribe *r, int code)
{
	struct scribe_flight *f = &r->flight;

	f->told_errno = code;
	f->untold = !scribe_send(r, &(struct scribe_note){
		.slot = SCRIBE_SLOT_FLIGHT, .ev = { .fd = -1, .disk_errno = code } });
}

static void try_later(struct scribe *r)
{
	r->flight.retry_at = loop_now() + DISK_RETRY_MS;
}

/* Memory of this boot goes on where an earlier scribe left it. */
static void into_memory(struct scribe *r, int code)
{
	struct scribe_flight *f = &r->flight;
	enum ring_found found;
	struct ring memory;

	f->in_memory = ring_open(&memory, &f->memory.disk, r->places.ring_size, &found) == 0;
	if (f->in_memory)
		ring_inherit(&memory, &f->ring);
	ring_close(&f->ring);
	f->ring = memory;
	disk_folder_release(&f->folder);
	try_later(r);
	if (!f->told_errno)
		tell(r, code);
}

/* What the disk missed is appended to it, then memory is given back. */
static int hand_over(struct scribe *r, struct ring *to)
{
	struct disk *memory = &r->flight.memory.disk;
	ssize_t len;
	uint8_t *bytes = ring_read(memory, &len);
	int rc = 0;

	if (bytes) {
		rc = ring_merge(to, bytes, (size_t)len);
		rc = rc == 0 ? ring_flush(to, true) : rc;
	}
	free(bytes);
	if (rc == 0 && len != -ENOENT)
		(void)memory->ops->remove(memory, RING_FILE);
	return rc;
}

static void onto_disk(struct scribe *r)
{
	struct scribe_flight *f = &r->flight;
	enum ring_found found;
	struct ring disk;
	int rc = ring_open(&disk, &f->folder.disk, r->places.ring_size, &found);

	if (rc == 0) {
		rc = hand_over(r, &disk);
		if (rc < 0)
			ring_close(&disk);
	}
	if (rc < 0) {
		if (!f->in_memory)
			into_memory(r, -rc);
		disk_folder_release(&f->folder);
		try_later(r);
		return;
	}
	ring_close(&f->ring);
	f->ring = disk;
	f->in_memory = false;
	f->retry_at = MSEC_NONE;
	if (f->told_errno)
		tell(r, 0);
}

void scribe_flight_open(struct scribe *r, struct flight_queue *queue)
{
	struct scribe_flight *f = &r->flight;

	*f = (struct scribe_flight){ .queue = queue, .ring.fd = -1, .retry_at = MSEC_NONE,
				     .sync_at = MSEC_NONE, .synced_at = -SYNC_EVERY_MS };
	disk_folder_init(&f->folder, r->places.state_dir);
	disk_folder_init(&f->memory, r->places.run_dir);
	if (r->places.ring_size)
		onto_disk(r);
}

/* Nothing leaves the queue before it is in the file. */
static int drain(struct scribe *r, bool sync)
{
	struct scribe_flight *f = &r->flight;
	struct ring_origin from = { .boot = f->queue->boot, .run = f->queue->run };
	uint32_t at = f->queue->tail;
	struct flight_note n;
	int rc = 0;

	while (rc == 0 && flight_queue_next(f->queue, &at, &n, &from.serial))
		rc = ring_add(&f->ring, &from, &n);
	if (rc == 0)
		rc = ring_flush(&f->ring, sync);
	if (rc == 0)
		flight_queue_taken(f->queue, at);
	return rc;
}

/* Neither disk nor memory: what no longer fits the queue is lost, and the queue counts it. */
static void write_out(struct scribe *r, bool sync)
{
	struct scribe_flight *f = &r->flight;
	int rc;

	f->queue->called = 0;
	rc = drain(r, sync);
	if (rc < 0 && !f->in_memory && f->ring.fd >= 0) {
		into_memory(r, -rc);
		rc = drain(r, false);
	}
	if (rc < 0) {
		ring_close(&f->ring);
		f->in_memory = false;
	}
	if (sync)
		f->synced_at = loop_now();
}

void scribe_flight_called(struct scribe *r, bool urgent)
{
	struct scribe_flight *f = &r->flight;
	msec_t now = loop_now();

	if (!urgent)
		write_out(r, false);
	else if (f->sync_at == MSEC_NONE)
		f->sync_at = now > f->synced_at + SYNC_EVERY_MS ? now : f->synced_at + SYNC_EVERY_MS;
}

msec_t scribe_flight_work(struct scribe *r, msec_t now)
{
	struct scribe_flight *f = &r->flight;

	if (f->sync_at != MSEC_NONE && now >= f->sync_at) {
		f->sync_at = MSEC_NONE;
		write_out(r, true);
	}
	if (f->retry_at != MSEC_NONE && now >= f->retry_at)
		onto_disk(r);
	if (f->sync_at == MSEC_NONE || (f->retry_at != MSEC_NONE && f->retry_at < f->sync_at))
		return f->retry_at;
	return f->sync_at;
}

void scribe_flight_end(struct scribe *r)
{
	if (r->flight.queue && r->places.ring_size)
		write_out(r, true);
}

bool scribe_flight_tell(struct scribe *r)
{
	if (r->flight.untold)
		tell(r, r->flight.told_errno);
	return !r->flight.untold;
}
