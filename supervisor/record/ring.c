#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "tape.h"

#define ASIDE ".flight.new"
#define DAMAGED "flight.damaged"

/* Writing. */

static uint64_t sectors_end(uint64_t at)
{
	return (at + RING_SECTOR - 1) / RING_SECTOR * RING_SECTOR;
}

static int write_piece(struct ring *r, const uint8_t *bytes, uint64_t len)
{
	int rc = r->disk->ops->write(r->disk, r->fd, bytes, (size_t)len, (off_t)r->at);

	if (rc == 0)
		r->at += len;
	return rc;
}

/* The rest of the last sector is zeroed; at the end of the file it goes on at its beginning. */
static int write_group(struct ring *r)
{
	uint64_t len = sectors_end((uint64_t)r->grouped * RING_RECORD), first;
	int rc = 0;

	if (!r->grouped)
		return 0;
	memset(r->group + r->grouped * RING_RECORD, 0, (size_t)len - r->grouped * RING_RECORD);
	if (r->at >= r->size)
		r->at = RING_SECTOR;
	first = len < r->size - r->at ? len : r->size - r->at;
	rc = write_piece(r, r->group, first);
	if (rc == 0 && first < len) {
		r->at = RING_SECTOR;
		rc = write_piece(r, r->group + first, len - first);
	}
	r->grouped = 0;
	return rc;
}

static int put_note(struct ring *r, const struct ring_origin *from, const struct flight_note *n)
{
	struct ring_record rec = { .at_ns = n->at_ns, .boot = from->boot, .run = from->run,
				   .serial = from->serial, .kind = (uint8_t)n->kind };
	size_t at = 0;
	int rc = 0;

	do {
		size_t left = n->len - at;

		rec.seq = r->next_seq++;
		rec.len = (uint8_t)(left < RING_PAYLOAD ? left : RING_PAYLOAD);
		rec.more = left > RING_PAYLOAD;
		memcpy(rec.payload, n->bytes + at, rec.len);
		ring_record_encode(&rec, r->group + r->grouped++ * RING_RECORD);
		r->since_snapshot++;
		if (r->grouped == RING_GROUP)
			rc = write_group(r);
		at += rec.len;
		rec.part++;
	} while (rec.more && rc == 0);
	return rc;
}

/* Large ones less often, so that they never fill the file. */
static bool snapshot_due(const struct ring *r)
{
	size_t own = r->moment.len / RING_PAYLOAD;

	return r->since_snapshot >= RING_SNAPSHOT_EVERY && r->since_snapshot >= own * 8;
}

static int put_snapshot(struct ring *r, const struct ring_origin *from, int64_t at_ns)
{
	struct flight_note n = { .kind = FLIGHT_SNAP_BEGIN, .at_ns = at_ns };
	const uint8_t *group;
	size_t at = 0, len;
	int rc = put_note(r, from, &n);

	n.kind = FLIGHT_SNAP;
	while (rc == 0 && (len = moment_next_group(&r->moment, &at, &group)) > 0) {
		memcpy(n.bytes, group, len);
		n.len = (uint16_t)len;
		rc = put_note(r, from, &n);
	}
	n.kind = FLIGHT_SNAP_END;
	n.len = 0;
	if (rc == 0)
		rc = put_note(r, from, &n);
	r->since_snapshot = 0;
	return rc;
}

static bool held_already(const struct ring *r, const struct ring_origin *from)
{
	return from->run == r->last_run && (int32_t)(from->serial - r->last_serial) <= 0;
}

int ring_add(struct ring *r, const struct ring_origin *from, const struct flight_note *n)
{
	int rc;

	if (r->fd < 0)
		return -EBADF;
	if (held_already(r, from))
		return 0;
	rc = put_note(r, from, n);
	r->last_run = from->run;
	r->last_serial = from->serial;
	moment_fold(&r->moment, n->kind, n->bytes, n->len);
	if (rc == 0 && snapshot_due(r))
		rc = put_snapshot(r, from, n->at_ns);
	return rc;
}

int ring_flush(struct ring *r, bool sync)
{
	int rc = r->fd < 0 ? -EBADF : write_group(r);

	return rc < 0 || !sync ? rc : r->disk->ops->sync(r->disk, r->fd);
}

void ring_inherit(struct ring *to, const struct ring *from)
{
	if (from->fd < 0 || from->next_seq <= to->next_seq)
		return;
	memcpy(to->moment.bytes, from->moment.bytes, from->moment.len);
	to->moment.len = from->moment.len;
	to->next_seq = from->next_seq;
	to->since_snapshot = UINT32_MAX / 2;
}

void ring_close(struct ring *r)
{
	if (r->fd >= 0)
		r->disk->ops->close(r->disk, r->fd);
	free(r->storage);
	*r = (struct ring){ .fd = -1 };
}

/* Opening. */

static ssize_t file_size(struct disk *d, int fd)
{
	uint64_t low = 0, high = RING_BYTES_MAX + 1;
	uint8_t byte;

	/* a disk knows no sizes here, only reads: 24 of them find the end */
	while (low < high) {
		uint64_t mid = (low + high) / 2;
		ssize_t n = d->ops->read(d, fd, &byte, 1, (off_t)mid);

		if (n < 0)
			return n;
		if (n > 0)
			low = mid + 1;
		else
			high = mid;
	}
	return (ssize_t)low;
}

static ssize_t read_all(struct disk *d, int fd, uint8_t *out, size_t size)
{
	size_t used = 0;
	ssize_t n = 1;

	while (used < size && n > 0) {
		n = d->ops->read(d, fd, out + used, size - used, (off_t)used);
		used += n > 0 ? (size_t)n : 0;
	}
	return n < 0 ? n : (ssize_t)used;
}

uint8_t *ring_read(struct disk *d, ssize_t *len)
{
	int fd = d->ops->open(d, RING_FILE, DISK_READ);
	uint8_t *bytes = NULL;

	*len = fd;
	if (fd < 0)
		return NULL;
	*len = file_size(d, fd);
	if (*len >= 0) {
		bytes = malloc((size_t)*len + 1);
		*len = bytes ? read_all(d, fd, bytes, (size_t)*len) : -ENOMEM;
	}
	d->ops->close(d, fd);
	if (*len < 0) {
		free(bytes);
		bytes = NULL;
	}
	return bytes;
}

/* The sound record with the highest number says where the next one goes. */
static void find_end(struct ring *r, const uint8_t *bytes, size_t len)
{
	struct ring_record rec;
	uint64_t best = 0, offset = 0;

	for (size_t at = RING_SECTOR; at + RING_RECORD <= len; at += RING_RECORD) {
		uint64_t seq = ring_record_seq(bytes + at);

		if (seq > best) {
			best = seq;
			offset = at;
		}
	}
	r->at = best ? sectors_end(offset + RING_RECORD) : RING_SECTOR;
	r->next_seq = best + 1;
	if (best && ring_record_decode(bytes + offset, &rec)) {
		r->last_run = rec.run;
		r->last_serial = rec.serial;
		/* of a note whose end is missing nothing is kept: it may come again */
		if (rec.more)
			r->last_serial--;
	}
}

static void go_on_after(struct ring *r, const struct tape *t)
{
	if (tape_notes(t))
		tape_moment(t, tape_notes(t) - 1, &r->moment, NULL);
	r->since_snapshot = 0;
	for (unsigned i = tape_notes(t); i-- > 0;) {
		struct tape_note n;

		if (!tape_note(t, i, &n) || n.kind == FLIGHT_SNAP_BEGIN || n.kind == FLIGHT_START)
			break;
		r->since_snapshot += (unsigned)(n.len / RING_PAYLOAD) + 1;
	}
}

static int write_head(struct ring *r)
{
	uint8_t head[RING_SECTOR];

	ring_head_encode(head, r->size);
	return r->disk->ops->write(r->disk, r->fd, head, sizeof(head), 0);
}

static int make_file(struct ring *r, const char *name)
{
	int rc;

	r->fd = r->disk->ops->open(r->disk, name, DISK_NEW);
	if (r->fd < 0)
		return r->fd;
	r->at = RING_SECTOR;
	rc = r->disk->ops->reserve(r->disk, r->fd, (off_t)r->size);
	return rc < 0 ? rc : write_head(r);
}

/* A file of another size, or a new one: made aside, so that there is a whole one at any moment. */
static int make_anew(struct ring *r, const struct tape *old)
{
	int rc = make_file(r, ASIDE);

	if (rc == 0 && old) {
		r->next_seq = old->notes ? old->entry[old->notes - 1].seq + RING_PARTS_MAX : 1;
		rc = ring_merge(r, old->file, old->len);
	}
	if (rc == 0)
		rc = ring_flush(r, true);
	if (rc == 0)
		rc = r->disk->ops->rename(r->disk, ASIDE, RING_FILE);
	if (rc == 0)
		rc = r->disk->ops->sync_dir(r->disk);
	if (rc < 0)
		(void)r->disk->ops->remove(r->disk, ASIDE);
	return rc;
}

static int go_on(struct ring *r, const struct tape *t)
{
	r->fd = r->disk->ops->open(r->disk, RING_FILE, DISK_KEEP);
	if (r->fd < 0)
		return r->fd;
	find_end(r, t->file, t->len);
	go_on_after(r, t);
	return t->head == RING_HEAD_GOOD ? 0 : write_head(r);
}

static int open_found(struct ring *r, const uint8_t *bytes, size_t len, enum ring_found *found)
{
	void *room = malloc(tape_room(len));
	struct tape t;
	int rc;

	if (!room)
		return -ENOMEM;
	rc = tape_open(&t, bytes, len, room);
	if (rc < 0) {
		(void)r->disk->ops->rename(r->disk, RING_FILE, DAMAGED);
		*found = RING_REPLACED;
		rc = make_anew(r, NULL);
	} else if (len != r->size) {
		*found = RING_REBUILT;
		rc = make_anew(r, &t);
	} else {
		*found = RING_CONTINUED;
		rc = go_on(r, &t);
	}
	free(room);
	return rc;
}

int ring_open(struct ring *r, struct disk *d, uint64_t size, enum ring_found *found)
{
	ssize_t len;
	uint8_t *bytes;
	int rc;

	*r = (struct ring){ .disk = d, .fd = -1, .next_seq = 1, .at = RING_SECTOR,
			    .size = size / RING_SECTOR * RING_SECTOR, .storage = malloc(MOMENT_BYTES) };
	if (!r->storage)
		return -ENOMEM;
	r->moment = moment_in(r->storage, MOMENT_BYTES);
	*found = RING_NEW;
	bytes = ring_read(d, &len);
	if (bytes)
		rc = open_found(r, bytes, (size_t)len, found);
	else
		rc = len == -ENOENT ? make_anew(r, NULL) : (int)len;
	free(bytes);
	if (rc < 0)
		ring_close(r);
	return rc;
}

static int add_old(struct ring *r, const struct tape_note *old)
{
	struct flight_note n = { .kind = old->kind, .at_ns = old->at_ns,
				 .len = (uint16_t)old->len };
	struct ring_origin from = { .boot = old->boot, .run = old->run, .serial = old->serial };

	if (old->kind >= FLIGHT_SNAP_BEGIN && old->kind <= FLIGHT_SNAP_END)
		return 0;	/* this file makes its own */
	memcpy(n.bytes, old->bytes, old->len);
	return ring_add(r, &from, &n);
}

/* The first note that this file does not hold; runs before its last one it holds whole. */
static unsigned first_beyond(const struct ring *r, const struct tape *t)
{
	struct tape_note n;

	for (unsigned i = tape_notes(t); i-- > 0;)
		if (tape_note(t, i, &n) &&
		    held_already(r, &(struct ring_origin){ .run = n.run, .serial = n.serial }))
			return i + 1;
	return 0;
}

int ring_merge(struct ring *r, const void *from, size_t len)
{
	void *room = malloc(tape_room(len));
	struct tape_note old;
	struct tape t;
	int rc = 0;

	if (!room)
		return -ENOMEM;
	if (tape_open(&t, from, len, room) == 0)
		for (unsigned i = first_beyond(r, &t); i < tape_notes(&t) && rc == 0; i++)
			if (tape_note(&t, i, &old))
				rc = add_old(r, &old);
	free(room);
	return rc;
}
