#include "flightqueue.h"

#include <string.h>
#include <sys/mman.h>

/* As it stands in the queue; the note's bytes follow. */
struct entry {
	int64_t at_ns;
	uint32_t serial;
	uint16_t len;
	uint8_t kind, urgent;
};

struct flight_queue *flight_queue_new(uint32_t boot, uint32_t run)
{
	struct flight_queue *q = mmap(NULL, sizeof(*q), PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (q == MAP_FAILED)
		return NULL;
	q->boot = boot;
	q->run = run;
	return q;
}

void flight_queue_free(struct flight_queue *q)
{
	if (q)
		munmap(q, sizeof(*q));
}

static void copy_in(struct flight_queue *q, uint32_t at, const void *bytes, size_t len)
{
	size_t from = at % FLIGHT_QUEUE_BYTES, first = FLIGHT_QUEUE_BYTES - from;

	first = first < len ? first : len;
	memcpy(q->bytes + from, bytes, first);
	memcpy(q->bytes, (const uint8_t *)bytes + first, len - first);
}

static void copy_out(const struct flight_queue *q, uint32_t at, void *bytes, size_t len)
{
	size_t from = at % FLIGHT_QUEUE_BYTES, first = FLIGHT_QUEUE_BYTES - from;

	first = first < len ? first : len;
	memcpy(bytes, q->bytes + from, first);
	memcpy((uint8_t *)bytes + first, q->bytes, len - first);
}

static uint32_t used(const struct flight_queue *q)
{
	return q->head - __atomic_load_n(&q->tail, __ATOMIC_ACQUIRE);
}

/* The head moves last: a kill in the middle leaves no half a note. */
static bool put(struct flight_queue *q, const struct flight_note *n)
{
	struct entry e = { .at_ns = n->at_ns, .serial = q->serial + 1, .len = n->len,
			   .kind = (uint8_t)n->kind, .urgent = n->urgent };

	if (used(q) + sizeof(e) + n->len > FLIGHT_QUEUE_BYTES)
		return false;
	copy_in(q, q->head, &e, sizeof(e));
	copy_in(q, q->head + (uint32_t)sizeof(e), n->bytes, n->len);
	q->serial++;
	__atomic_store_n(&q->head, q->head + (uint32_t)sizeof(e) + n->len, __ATOMIC_RELEASE);
	return true;
}

/* Only before a note that has room, or a full queue would fill up with these. */
static bool confess(struct flight_queue *q, size_t next)
{
	struct flight_note n;

	if (!q->lost)
		return true;
	flight_begin(&n, FLIGHT_LOST, "");
	flight_int(&n, TAG_COUNT, q->lost);
	if (used(q) + 2 * sizeof(struct entry) + n.len + next > FLIGHT_QUEUE_BYTES || !put(q, &n))
		return false;
	q->lost = 0;
	return true;
}

unsigned flight_queue_put(struct flight_queue *q, const struct flight_note *n)
{
	unsigned call = 0;

	if (!confess(q, n->len) || !put(q, n))
		q->lost++;
	if (n->urgent)
		call |= QUEUE_URGENT;
	if (used(q) > FLIGHT_QUEUE_BYTES / 2)
		call |= QUEUE_FILLS;
	return call & ~__atomic_fetch_or(&q->called, call, __ATOMIC_ACQ_REL);
}

bool flight_queue_next(const struct flight_queue *q, uint32_t *at, struct flight_note *n,
		       uint32_t *serial)
{
	struct entry e;

	if (*at == __atomic_load_n(&q->head, __ATOMIC_ACQUIRE))
		return false;
	copy_out(q, *at, &e, sizeof(e));
	if (e.len > sizeof(n->bytes))
		return false;
	*at += (uint32_t)sizeof(e);
	copy_out(q, *at, n->bytes, e.len);
	*at += e.len;
	n->kind = e.kind;
	n->urgent = e.urgent;
	n->at_ns = e.at_ns;
	n->len = e.len;
	*serial = e.serial;
	return true;
}

void flight_queue_taken(struct flight_queue *q, uint32_t at)
{
	__atomic_store_n(&q->tail, at, __ATOMIC_RELEASE);
}
