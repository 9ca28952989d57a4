/**
 * @file frame.h
 * @brief The answer on the control socket: pieces of output and of errors, then an exit code.
 *
 * A frame is one byte of kind, four bytes of length (big-endian), then the
 * bytes. After FRAME_EXIT, whose one byte is the exit code, nothing follows.
 */
#ifndef PTPWARDEN_CONTROL_FRAME_H
#define PTPWARDEN_CONTROL_FRAME_H

#include <stdbool.h>
#include "base.h"

enum frame_kind {
	FRAME_OUT = 'o',
	FRAME_ERR = 'e',
	FRAME_EXIT = 'x',
};

enum {
	FRAME_HEAD = 5,
	FRAME_DATA_MAX = 32768,	/* longer texts go as several frames */
};

/** Bytes on their way to one client. Grows to `limit`, never beyond. Zero it, set `limit`. */
struct outbuf {
	char *at;
	size_t size, len, sent;
	size_t limit;
	int error;	/**< the first failed frame_put(); the answer has a hole */
};

static inline size_t outbuf_left(const struct outbuf *b)
{
	return b->len - b->sent;
}

void outbuf_free(struct outbuf *b);

/**
 * Append frames with these bytes. @return 0; -ENOBUFS beyond the limit or
 * -ENOMEM: then nothing was added and `error` remembers it
 */
int frame_put(struct outbuf *b, enum frame_kind kind, const char *bytes, size_t len);

/** Append text as frames; `text` ends at its NUL. */
int frame_puts(struct outbuf *b, enum frame_kind kind, const char *text);

/** Append the last frame. */
int frame_exit(struct outbuf *b, int code);

/** Receiving side. Zero it before the first byte. */
struct frame_reader {
	unsigned char head[FRAME_HEAD];
	unsigned head_n;
	size_t left;	/**< bytes of the current frame still to come */
};

typedef void frame_fn(void *owner, enum frame_kind kind, const char *bytes, size_t len);

/**
 * Take bytes as they come; `fn` gets each piece at once, so a frame may come
 * in several. @return 0, or -EPROTO when this is no answer of ours
 */
int frame_feed(struct frame_reader *r, const char *bytes, size_t len, frame_fn *fn, void *owner);

#endif
