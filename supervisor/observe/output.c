#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "supervisor/loop.h"

enum {
	BYTES_A_TURN = 256 * 1024,	/* a few milliseconds of the loop */
	BEHIND_MAX = 4 * 1024 * 1024,	/* further behind than this, the oldest are not looked at */
	AT_ONCE_MAX = 1024 * 1024,	/* when it cannot be put off */
};

/* The ring: entries of a head and a text, both wrapping at the end of the store. */

struct entry {
	msec_t at;
	uint16_t len;
	uint8_t stream;
	bool cut, partial;
};

static void ring_put(struct line_ring *r, size_t at, const void *bytes, size_t len)
{
	size_t start = at % r->size, first = r->size - start < len ? r->size - start : len;

	memcpy(r->store + start, bytes, first);
	memcpy(r->store, (const char *)bytes + first, len - first);
}

static void ring_get(const struct line_ring *r, size_t at, void *bytes, size_t len)
{
	size_t start = at % r->size, first = r->size - start < len ? r->size - start : len;

	memcpy(bytes, r->store + start, first);
	memcpy((char *)bytes + first, r->store, len - first);
}

static void ring_drop_oldest(struct line_ring *r)
{
	struct entry e;

	ring_get(r, r->head, &e, sizeof(e));
	r->head = (r->head + sizeof(e) + e.len) % r->size;
	r->used -= sizeof(e) + e.len;
	r->lines--;
}

static void ring_add(struct line_ring *r, const struct output_line *line)
{
	struct entry e = { .at = line->at, .len = (uint16_t)line->len,
			   .stream = (uint8_t)line->stream, .cut = line->cut,
			   .partial = line->partial };
	size_t need = sizeof(e) + line->len;

	if (need > r->size)
		return;
	while (r->size - r->used < need)
		ring_drop_oldest(r);
	ring_put(r, r->head + r->used, &e, sizeof(e));
	ring_put(r, r->head + r->used + sizeof(e), line->text, line->len);
	r->used += need;
	r->lines++;
}

void output_recent(const struct output *o, unsigned n, output_line_fn *fn, void *owner)
{
	const struct line_ring *r = &o->ring;
	unsigned skip = r->lines > n ? r->lines - n : 0;
	char text[LINE_MAX_BYTES + 1];
	size_t at = r->head;

	for (unsigned i = 0; i < r->lines; i++) {
		struct entry e;

		ring_get(r, at, &e, sizeof(e));
		if (i >= skip) {
			ring_get(r, at + sizeof(e), text, e.len);
			text[e.len] = '\0';
			fn(owner, &(struct output_line){ .text = text, .len = e.len, .at = e.at,
							 .stream = e.stream, .cut = e.cut,
							 .partial = e.partial });
		}
		at += sizeof(e) + e.len;
	}
}

/* Lines. */

static void deliver(struct output *o, struct output_tail *t, struct output_line *line)
{
	line->stream = (unsigned)(t - o->tail);
	line->at = loop_now();
	o->lines++;
	ring_add(&o->ring, line);
	o->fn(o->owner, line);
}

static void deliver_part(struct output *o, struct output_tail *t, bool partial)
{
	struct output_line line = { .text = t->part, .len = t->used, .partial = partial };

	t->part[t->used] = '\0';
	t->used = 0;
	deliver(o, t, &line);
}

static void deliver_cut(struct output *o, struct output_tail *t)
{
	static const char mark[] = OUTPUT_CUT_MARK;
	struct output_line line = { .text = t->part, .len = LINE_MAX_BYTES, .cut = true };

	memcpy(t->part + LINE_MAX_BYTES - (sizeof(mark) - 1), mark, sizeof(mark));
	t->used = 0;
	t->skip_line = true;
	deliver(o, t, &line);
}

/* Bytes without a newline. */
static void keep(struct output *o, struct output_tail *t, const char *bytes, size_t len)
{
	size_t room = LINE_MAX_BYTES - t->used;

	if (t->skip_line)
		return;
	memcpy(t->part + t->used, bytes, len < room ? len : room);
	t->used += len < room ? len : room;
	if (len > room)
		deliver_cut(o, t);
}

static void split(struct output *o, struct output_tail *t, const char *bytes, size_t len)
{
	while (len > 0) {
		const char *end = memchr(bytes, '\n', len);
		size_t n = end ? (size_t)(end - bytes) : len;

		keep(o, t, bytes, n);
		if (!end)
			return;
		if (!t->skip_line)
			deliver_part(o, t, false);
		t->skip_line = false;
		bytes += n + 1;
		len -= n + 1;
	}
}

static void skip_to(struct output *o, struct output_tail *t, off_t at)
{
	o->skipped_bytes += (uint64_t)(at - t->at);
	t->at = at;
	t->used = 0;
	t->skip_line = true;	/* most likely in the middle of one */
}

/* What is older is on file, but not looked at. */
static void keep_newest(struct output *o, struct output_tail *t, off_t max)
{
	if (t->end - t->at > max)
		skip_to(o, t, t->end - max);
}

/* True when something is left after `max` bytes. */
static bool read_behind(struct output *o, struct output_tail *t, size_t max)
{
	char buf[4096];

	while (t->fd >= 0 && t->at < t->end && max > 0) {
		size_t left = (size_t)(t->end - t->at), want = left < sizeof(buf) ? left : sizeof(buf);
		ssize_t n = pread(t->fd, buf, want, t->at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {	/* cut off or unreadable: not to be tried for ever */
			skip_to(o, t, t->end);
			return false;
		}
		t->at += n;
		max -= (size_t)n < max ? (size_t)n : max;
		split(o, t, buf, (size_t)n);
	}
	return t->fd >= 0 && t->at < t->end;
}

static void on_more(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct output *o = container_of(timer, struct output, more);
	bool left = false;

	ev_timer_stop(loop, timer);
	for (unsigned i = 0; i < OUTPUT_STREAMS; i++)
		left |= read_behind(o, &o->tail[i], BYTES_A_TURN);
	if (left && !ev_is_active(timer))
		ev_timer_start(loop, timer);
}

void output_data(struct output *o, unsigned stream, off_t end)
{
	struct output_tail *t = &o->tail[stream];

	if (end > t->end)
		t->end = end;
	keep_newest(o, t, BEHIND_MAX);
	if (read_behind(o, t, BYTES_A_TURN) && !ev_is_active(&o->more)) {
		ev_timer_set(&o->more, 0., 0.);
		ev_timer_start(o->loop, &o->more);
	}
}

static bool same_file(int a, int b)
{
	struct stat sa, sb;

	return a >= 0 && fstat(a, &sa) == 0 && fstat(b, &sb) == 0 && sa.st_dev == sb.st_dev &&
	       sa.st_ino == sb.st_ino;
}

void output_file(struct output *o, unsigned stream, int fd, off_t from, off_t former_end)
{
	struct output_tail *t = &o->tail[stream];

	/* a new writer process goes on in the same file: what the old one did not tell is ours */
	if (same_file(t->fd, fd)) {
		from = t->at < from ? t->at : from;
	} else if (former_end > t->end) {
		t->end = former_end;
		keep_newest(o, t, AT_ONCE_MAX);
		(void)read_behind(o, t, AT_ONCE_MAX);
	}
	if (t->fd >= 0)
		close(t->fd);
	t->fd = fd;
	t->at = t->end = from;
}

/* The child's end. */

static void finish(struct output *o, bool complete)
{
	output_done_fn *done = o->done;

	if (!done)
		return;
	for (unsigned i = 0; i < OUTPUT_STREAMS; i++) {
		struct output_tail *t = &o->tail[i];

		keep_newest(o, t, AT_ONCE_MAX);
		(void)read_behind(o, t, AT_ONCE_MAX);
		if (t->used)
			deliver_part(o, t, true);
		t->skip_line = false;
	}
	ev_timer_stop(o->loop, &o->flush);
	o->done = NULL;
	done(o->owner, complete);
}

void output_finish(struct output *o)
{
	finish(o, false);
}

static void on_flush_limit(struct ev_loop *loop, ev_timer *timer, int revents)
{
	finish(container_of(timer, struct output, flush), false);
}

void output_flush(struct output *o, output_done_fn *done)
{
	o->done = done;
	ev_timer_stop(o->loop, &o->flush);
	ev_timer_set(&o->flush, OUTPUT_FLUSH_MS / 1000., 0.);
	ev_timer_start(o->loop, &o->flush);
}

void output_flushed(struct output *o)
{
	finish(o, true);
}

int output_init(struct output *o, struct ev_loop *loop, size_t ram, output_line_fn *fn,
		void *owner)
{
	*o = (struct output){ .loop = loop, .fn = fn, .owner = owner };
	for (unsigned i = 0; i < OUTPUT_STREAMS; i++)
		o->tail[i].fd = -1;
	ev_init(&o->flush, on_flush_limit);
	ev_init(&o->more, on_more);
	if (ram == 0)
		return 0;
	o->ring.store = malloc(ram);
	if (!o->ring.store)
		return -ENOMEM;
	o->ring.size = ram;
	return 0;
}

void output_fini(struct output *o)
{
	if (!o->loop)
		return;
	ev_timer_stop(o->loop, &o->flush);
	ev_timer_stop(o->loop, &o->more);
	for (unsigned i = 0; i < OUTPUT_STREAMS; i++)
		if (o->tail[i].fd >= 0)
			close(o->tail[i].fd);
	free(o->ring.store);
	*o = (struct output){ .tail = { { .fd = -1 }, { .fd = -1 } } };
}
