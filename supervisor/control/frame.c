#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"

enum { OUTBUF_FIRST = 4096 };

void outbuf_free(struct outbuf *b)
{
	free(b->at);
	*b = (struct outbuf){ .limit = b->limit, .error = b->error };
}

static int make_room(struct outbuf *b, size_t more)
{
	size_t size = b->size ? b->size : OUTBUF_FIRST;
	char *at;

	if (b->sent) {
		memmove(b->at, b->at + b->sent, outbuf_left(b));
		b->len -= b->sent;
		b->sent = 0;
	}
	if (more > b->limit || b->len > b->limit - more)
		return -ENOBUFS;
	while (size < b->len + more)
		size *= 2;
	if (size == b->size)
		return 0;
	at = realloc(b->at, size);
	if (!at)
		return -ENOMEM;
	b->at = at;
	b->size = size;
	return 0;
}

static void put_one(struct outbuf *b, enum frame_kind kind, const char *bytes, size_t len)
{
	unsigned char *head = (unsigned char *)b->at + b->len;

	head[0] = kind;
	head[1] = len >> 24;
	head[2] = len >> 16;
	head[3] = len >> 8;
	head[4] = len;
	memcpy(head + FRAME_HEAD, bytes, len);
	b->len += FRAME_HEAD + len;
}

int frame_put(struct outbuf *b, enum frame_kind kind, const char *bytes, size_t len)
{
	size_t frames = (len + FRAME_DATA_MAX - 1) / FRAME_DATA_MAX;
	int rc = make_room(b, len + frames * FRAME_HEAD);

	if (rc && !b->error)
		b->error = rc;
	while (rc == 0 && len) {
		size_t n = len < FRAME_DATA_MAX ? len : FRAME_DATA_MAX;

		put_one(b, kind, bytes, n);
		bytes += n;
		len -= n;
	}
	return rc;
}

int frame_puts(struct outbuf *b, enum frame_kind kind, const char *text)
{
	return frame_put(b, kind, text, strlen(text));
}

int frame_exit(struct outbuf *b, int code)
{
	char byte = (char)code;

	return frame_put(b, FRAME_EXIT, &byte, 1);
}

static bool known(unsigned char kind)
{
	return kind == FRAME_OUT || kind == FRAME_ERR || kind == FRAME_EXIT;
}

/* One more byte of a head; a head that is complete opens its frame. */
static int take_head(struct frame_reader *r, unsigned char byte)
{
	const unsigned char *h = r->head;

	r->head[r->head_n++] = byte;
	if (!known(h[0]))
		return -EPROTO;
	if (r->head_n < FRAME_HEAD)
		return 0;
	r->left = (size_t)h[1] << 24 | (size_t)h[2] << 16 | (size_t)h[3] << 8 | h[4];
	r->head_n = r->left ? r->head_n : 0;
	return r->left > FRAME_DATA_MAX ? -EPROTO : 0;
}

int frame_feed(struct frame_reader *r, const char *bytes, size_t len, frame_fn *fn, void *owner)
{
	while (len) {
		size_t n = r->left < len ? r->left : len;

		if (!r->left) {
			int rc = take_head(r, (unsigned char)*bytes);

			if (rc)
				return rc;
			n = 1;
		} else {
			fn(owner, r->head[0], bytes, n);
			r->left -= n;
			r->head_n = r->left ? r->head_n : 0;
		}
		bytes += n;
		len -= n;
	}
	return 0;
}
