#include "state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "supervisor/loop.h"

enum { AGAIN_MS = 1000 };

struct piece {
	struct piece *next;
	char name[BLOB_NAME_MAX];
	size_t len;		/* of the file; 0: removed */
	uint8_t *file;		/* as it stands on the disk, head included */
	uint16_t version;
	unsigned serial;	/* of the order that the scribe has not answered; 0: none */
	enum state_haste haste;
	msec_t written_at;	/* MSEC_NONE: not by us */
	bool changed;		/* since the last order */
	bool safe;
};

struct state {
	struct ev_loop *loop;
	struct writer *writer;
	state_fn *fn;
	void *owner;
	struct piece *first;
	unsigned pieces, serial;
	int refused;		/* errno: in memory only */
	ev_timer again;
};

static void tell(const struct state *s, enum state_event_kind kind, const char *name, int code)
{
	s->fn(s->owner, &(struct state_event){ .kind = kind, .name = name, .code = code });
}

static struct piece *find(const struct state *s, const char *name)
{
	struct piece *p = s->first;

	while (p && strcmp(p->name, name))
		p = p->next;
	return p;
}

static void later(struct state *s, msec_t ms)
{
	if (ev_is_active(&s->again))
		return;
	ev_timer_set(&s->again, (double)ms / 1000., 0.);
	ev_timer_start(s->loop, &s->again);
}

/* Orders. */

static void forget(struct state *s, struct piece *p)
{
	struct piece **link = &s->first;

	while (*link != p)
		link = &(*link)->next;
	*link = p->next;
	s->pieces--;
	free(p->file);
	free(p);
}

static msec_t delay_of(const struct piece *p)
{
	msec_t since = p->written_at == MSEC_NONE ? STATE_OFTEN_MS : loop_now() - p->written_at;

	if (p->haste == STATE_NOW)
		return 0;
	return since + STATE_SOON_MS >= STATE_OFTEN_MS ? STATE_SOON_MS : STATE_OFTEN_MS - since;
}

static int send_piece(struct state *s, struct piece *p)
{
	struct writer_store order = { .serial = ++s->serial ? s->serial : ++s->serial,
				      .delay = delay_of(p),
				      .bytes = p->file, .len = p->len };
	int rc;

	blob_file_name(order.name, p->name, "state");
	rc = writer_store(s->writer, &order);
	if (rc < 0)
		return rc;
	p->serial = order.serial;
	p->changed = false;
	return 0;
}

/* An order replaces the one before it that the scribe has not come to. */
static void send_changes(struct state *s)
{
	for (struct piece *p = s->first; p; p = p->next)
		if (p->changed && send_piece(s, p) < 0) {
			later(s, AGAIN_MS);
			return;
		}
}

static void on_again(struct ev_loop *loop, ev_timer *t, int revents)
{
	struct state *s = container_of(t, struct state, again);

	ev_timer_stop(loop, t);
	send_changes(s);
}

/* Answers. */

static void refused(struct state *s, struct piece *p, int code)
{
	p->changed = true;
	if (!s->refused)
		tell(s, STATE_MEMORY, NULL, code);
	s->refused = code;
	later(s, STATE_RETRY_MS);
}

static bool all_safe(const struct state *s)
{
	for (const struct piece *p = s->first; p; p = p->next)
		if (p->changed)
			return false;
	return true;
}

static void written(struct state *s, struct piece *p)
{
	bool gone = !p->len;

	p->written_at = loop_now();
	if (!p->changed) {
		p->safe = true;
		tell(s, STATE_SAFE, p->name, 0);
	}
	if (gone && !p->changed)
		forget(s, p);
	if (s->refused && all_safe(s)) {
		s->refused = 0;
		tell(s, STATE_DISK, NULL, 0);
	}
	if (!s->refused || !ev_is_active(&s->again))
		send_changes(s);
}

/* A new scribe knows nothing of what the one before it still had to write. */
static void send_all_again(struct state *s)
{
	for (struct piece *p = s->first; p; p = p->next)
		if (p->serial) {
			p->serial = 0;
			p->changed = true;
		}
	send_changes(s);
}

static void on_stored(void *owner, unsigned serial, int code)
{
	struct state *s = owner;
	struct piece *p = s->first;

	if (!serial) {
		send_all_again(s);
		return;
	}
	while (p && p->serial != serial)
		p = p->next;
	if (!p)
		return;
	p->serial = 0;
	if (code)
		refused(s, p, code);
	else
		written(s, p);
}

/* Pieces. */

static struct piece *piece_new(struct state *s, const char *name)
{
	struct piece *p = s->pieces < STATE_PIECES_MAX ? calloc(1, sizeof(*p)) : NULL;

	if (!p)
		return NULL;
	strcpy(p->name, name);
	p->written_at = MSEC_NONE;
	p->next = s->first;
	s->first = p;
	s->pieces++;
	return p;
}

static bool same(const struct piece *p, unsigned version, const void *content, size_t len)
{
	return p->len == BLOB_HEAD + len && p->version == version &&
	       !memcmp(p->file + BLOB_HEAD, content, len);
}

int state_save(struct state *s, const char *name, unsigned version, const void *content,
	       size_t len, enum state_haste haste)
{
	struct blob b = { .version = (uint16_t)version, .content = content, .len = len };
	struct piece *p;
	uint8_t *file;

	if (!blob_name_ok(name) || len > BLOB_CONTENT_MAX || version > UINT16_MAX)
		return -EINVAL;
	p = find(s, name);
	if (p && same(p, version, content, len) && (p->safe || haste == p->haste))
		return 0;
	if (!p && s->pieces == STATE_PIECES_MAX)
		return -ENOSPC;
	file = malloc(BLOB_HEAD + len);
	p = file && !p ? piece_new(s, name) : p;
	if (!file || !p) {
		free(file);
		return -ENOMEM;
	}
	strcpy(b.name, name);
	p->len = blob_encode(&b, file);
	free(p->file);
	p->file = file;
	p->version = b.version;
	p->haste = haste;
	p->changed = true;
	p->safe = false;
	if (!s->refused || haste == STATE_NOW)
		send_changes(s);
	return 0;
}

void state_remove(struct state *s, const char *name)
{
	struct piece *p = find(s, name);

	if (!p || !p->len)
		return;
	free(p->file);
	p->file = NULL;
	p->len = 0;
	p->haste = STATE_NOW;
	p->changed = true;
	p->safe = false;
	send_changes(s);
}

const void *state_get(const struct state *s, const char *name, unsigned version, size_t *len)
{
	const struct piece *p = find(s, name);

	if (!p || !p->len || p->version != version)
		return NULL;
	*len = p->len - BLOB_HEAD;
	return p->file + BLOB_HEAD;
}

bool state_is_safe(const struct state *s, const char *name)
{
	const struct piece *p = find(s, name);

	return p && p->len && p->safe;
}

int state_in_memory(const struct state *s)
{
	return s->refused;
}

void state_each(const struct state *s, const char *prefix, state_name_fn *fn, void *owner)
{
	size_t len = strlen(prefix);

	for (const struct piece *p = s->first; p; p = p->next)
		if (p->len && !strncmp(p->name, prefix, len))
			fn(owner, p->name);
}

/* Reading at the start. */

struct loading {
	struct state *state;
	struct disk *disk;
	uint8_t *buf;
};

static void believe(struct state *s, const struct blob *b)
{
	struct piece *p = piece_new(s, b->name);
	uint8_t *file = malloc(BLOB_HEAD + b->len);

	if (!p || !file) {
		free(file);
		if (p)
			forget(s, p);
		return;
	}
	p->file = file;
	p->len = blob_encode(b, file);
	p->version = b->version;
	p->safe = true;
}

static void set_aside(struct loading *l, const char *name)
{
	char from[DISK_NAME_MAX], to[DISK_NAME_MAX];

	blob_file_name(from, name, "state");
	blob_file_name(to, name, "damaged");
	(void)l->disk->ops->rename(l->disk, from, to);
	tell(l->state, STATE_DAMAGED, name, 0);
}

static void load_one(struct loading *l, const char *name, const char *file)
{
	ssize_t n = blob_read(l->disk, file, l->buf, BLOB_BYTES_MAX);
	struct blob b;

	if (n < 0 && n != -EFBIG) {
		tell(l->state, STATE_UNREADABLE, name, (int)-n);
		return;
	}
	switch (n < 0 ? BLOB_FOREIGN : blob_decode(l->buf, (size_t)n, name, &b)) {
	case BLOB_GOOD:
		believe(l->state, &b);
		break;
	case BLOB_DAMAGED:
		set_aside(l, name);
		break;
	case BLOB_FOREIGN:
	case BLOB_NEWER:
		tell(l->state, STATE_FOREIGN, name, 0);
		break;
	}
}

static void on_file(void *owner, const char *file)
{
	const char *end = strstr(file, ".state");
	char name[BLOB_NAME_MAX];

	while (end && end[6])
		end = strstr(end + 1, ".state");
	if (!end || end - file >= BLOB_NAME_MAX)
		return;
	memcpy(name, file, (size_t)(end - file));
	name[end - file] = '\0';
	if (blob_name_ok(name) && !find(((struct loading *)owner)->state, name))
		load_one(owner, name, file);
}

void state_load(struct state *s, struct disk *d)
{
	struct loading l = { .state = s, .disk = d, .buf = malloc(BLOB_BYTES_MAX) };
	int rc = l.buf ? d->ops->list(d, on_file, &l) : -ENOMEM;

	if (rc < 0 && rc != -ENOENT)	/* not there yet: it is made when there is something to write */
		tell(s, STATE_UNREADABLE, NULL, -rc);
	free(l.buf);
}

struct state *state_new(struct ev_loop *loop, struct writer *w, state_fn *fn, void *owner)
{
	struct state *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	*s = (struct state){ .loop = loop, .writer = w, .fn = fn, .owner = owner };
	ev_init(&s->again, on_again);
	writer_on_stored(w, on_stored, s);
	return s;
}

void state_free(struct state *s)
{
	if (!s)
		return;
	ev_timer_stop(s->loop, &s->again);
	writer_on_stored(s->writer, NULL, NULL);
	while (s->first)
		forget(s, s->first);
	free(s);
}
