#include "kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "supervisor/loop.h"

enum { RECORD_MAX = 8192 };	/* CONSOLE_EXT_LOG_MAX: a smaller buffer gives EINVAL */

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The kernel writes bytes that do not print, and the backslash, as \xNN. */
static void unescape(const char *s, const char *end, struct kmsg_record *out)
{
	size_t n = 0;

	while (s < end && *s != '\n' && n < sizeof(out->text) - 1) {
		if (end - s >= 4 && s[0] == '\\' && s[1] == 'x' && hex(s[2]) >= 0 && hex(s[3]) >= 0) {
			char c = (char)(hex(s[2]) * 16 + hex(s[3]));

			out->text[n++] = c ? c : ' ';
			s += 4;
		} else {
			out->text[n++] = *s++;
		}
	}
	out->text[n] = '\0';
}

/* "6,1234,98765432,-,caller=T1;text": priority, sequence, microseconds, flags. */
bool kmsg_parse(const char *bytes, size_t len, struct kmsg_record *out)
{
	const char *text = memchr(bytes, ';', len);
	char head[96], *end;
	unsigned long priority;
	size_t n = text ? (size_t)(text - bytes) : 0;

	if (!n || n >= sizeof(head))
		return false;
	memcpy(head, bytes, n);
	head[n] = '\0';
	priority = strtoul(head, &end, 10);
	if (end == head || *end != ',')
		return false;
	(void)strtoull(end + 1, &end, 10);
	if (*end != ',')
		return false;
	out->at = (msec_t)(strtoull(end + 1, &end, 10) / 1000);
	if (*end && *end != ',')
		return false;
	out->level = priority & 7;
	out->of_kernel = priority >> 3 == 0;
	unescape(text + 1, bytes + len, out);
	return true;
}

/* One record. @return false: there is none for the moment */
static bool read_one(struct kmsg *k)
{
	struct kmsg_record record;
	char bytes[RECORD_MAX];
	ssize_t n = read(k->fd, bytes, sizeof(bytes));

	if (n < 0 && errno == EPIPE)
		k->lost++;
	if (n < 0)
		return errno == EPIPE || errno == EINTR || errno == EINVAL;
	if (n == 0)
		return false;
	if (kmsg_parse(bytes, (size_t)n, &record) && record.of_kernel)
		k->fn(k->owner, &record);
	return true;
}

/* A flood must not hold the loop, nor keep it busy. */
static void on_readable(struct ev_loop *loop, ev_io *io, int revents)
{
	struct kmsg *k = container_of(io, struct kmsg, io);
	int n = 0;

	while (n < KMSG_RECORDS_A_TURN && k->loop && read_one(k))
		n++;
	if (n < KMSG_RECORDS_A_TURN || !k->loop)
		return;
	ev_io_stop(loop, &k->io);
	ev_timer_set(&k->pause, KMSG_PAUSE_MS / 1000., 0.);
	ev_timer_start(loop, &k->pause);
}

static void on_pause_over(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct kmsg *k = container_of(w, struct kmsg, pause);

	ev_io_start(loop, &k->io);
}

int kmsg_start(struct kmsg *k, struct ev_loop *loop, const char *path, kmsg_fn *fn, void *owner)
{
	*k = (struct kmsg){ .fn = fn, .owner = owner };
	k->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (k->fd < 0) {
		k->why_not = errno;
		return -errno;
	}
	k->loop = loop;
	ev_io_init(&k->io, on_readable, k->fd, EV_READ);
	ev_timer_init(&k->pause, on_pause_over, 0., 0.);
	ev_io_start(loop, &k->io);
	return 0;
}

void kmsg_stop(struct kmsg *k)
{
	if (!k->loop)
		return;
	ev_io_stop(k->loop, &k->io);
	ev_timer_stop(k->loop, &k->pause);
	close(k->fd);
	k->loop = NULL;
}
