#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"
#include "supervisor/loop.h"

int client_connect(const char *path, struct err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, rc;

	if (strlen(path) >= sizeof(addr.sun_path))
		return err_set(err, ENAMETOOLONG, "the socket path '%s' is too long", path);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(err, errno, "no socket: %s", strerror(errno));
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0)
		return fd;
	rc = errno;
	close(fd);
	if (rc == EACCES || rc == EPERM)
		return err_set(err, rc, "you may not use %s. Try it with sudo, or join the group "
					"'control_group' of the configuration.", path);
	if (rc == ENOENT || rc == ECONNREFUSED)
		return err_set(err, rc,
			       "ptpwarden is not running (%s %s). Start it with 'ptpwarden run', "
			       "or name another one with -f or --socket.", path,
			       rc == ENOENT ? "does not exist" : "is deserted");
	return err_set(err, rc, "cannot connect to %s: %s", path, strerror(rc));
}

static int send_line(int fd, const struct request *r, struct err *err)
{
	char room[REQUEST_MAX];
	struct text line = text_in(room, sizeof(room));

	request_write(r, &line);
	if (line.cut)
		return err_set(err, E2BIG, "the request is too long");
	/* a server that turns us away may have closed already; its reason is there to be read */
	if (send(fd, room, line.len, MSG_NOSIGNAL) < 0 && errno != EPIPE)
		return err_set(err, errno, "cannot ask: %s", strerror(errno));
	return 0;
}

/* What the answer has said so far. */
struct hearing {
	frame_fn *fn;
	void *owner;
	int rc;		/* -1 until the exit code came */
};

static void on_piece(void *owner, enum frame_kind kind, const char *bytes, size_t len)
{
	struct hearing *h = owner;

	if (kind == FRAME_EXIT && len)
		h->rc = (unsigned char)bytes[0];
	else
		h->fn(h->owner, kind, bytes, len);
}

/* One read. @return bytes, 0 at the end, or -errno */
static ssize_t hear(int fd, msec_t until, char *room, size_t size)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	msec_t left = until == MSEC_NONE ? -1 : until - loop_now();
	ssize_t n;
	int rc;

	rc = poll(&p, 1, until == MSEC_NONE ? -1 : left < 0 ? 0 : (int)(left < HOUR ? left : HOUR));
	if (rc < 0)
		return -errno;
	if (rc == 0)
		return until != MSEC_NONE && loop_now() >= until ? -ETIMEDOUT : -EINTR;
	n = recv(fd, room, size, 0);
	return n < 0 ? -errno : n;
}

static int no_answer(struct err *err, ssize_t rc)
{
	if (rc == -ETIMEDOUT)
		return err_set(err, ETIMEDOUT, "ptpwarden does not answer. Look whether it is "
					       "stopped or the machine is overloaded.");
	if (rc == 0)
		return err_set(err, EPIPE, "ptpwarden ended the connection in the middle of an "
					   "answer. Try again.");
	return err_set(err, (int)-rc, "the answer broke off: %s", strerror((int)-rc));
}

int client_ask(int fd, const struct request *r, msec_t patience_ms, frame_fn *fn, void *owner,
	       struct err *err)
{
	struct hearing h = { .fn = fn, .owner = owner, .rc = -1 };
	struct frame_reader reader = { .head_n = 0 };
	msec_t patience = patience_ms < 0 ? -1 : patience_ms + (r->wait ? r->wait_ms : 0);
	char room[8192];
	int rc = send_line(fd, r, err);

	if (rc)
		return rc;
	while (h.rc < 0) {
		msec_t until = patience < 0 ? MSEC_NONE : loop_now() + patience;
		ssize_t n = hear(fd, until, room, sizeof(room));

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return no_answer(err, n);
		if (frame_feed(&reader, room, (size_t)n, on_piece, &h) < 0)
			return err_set(err, EPROTO, "what listens on the socket is not ptpwarden, "
						    "or another version of it");
	}
	return h.rc;
}
