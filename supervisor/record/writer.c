#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "flightqueue.h"
#include "scribe.h"
#include "supervisor/loop.h"
#include "supervisor/proc.h"

struct client_slot {
	struct writer_unit unit;	/* name points to `name` */
	char name[UNIT_NAME_MAX];
	int fd[WRITER_STREAMS];
	unsigned serial;
	bool told;			/* the writer knows of it */
};

struct writer {
	struct ev_loop *loop;
	struct scribe_places places;
	bool opened;			/* places are known */
	int sock;			/* -1: none */
	pid_t pid;			/* 0: none, or reaped */
	unsigned restarts, serial;
	double restart_after;		/* seconds; grows while it keeps dying */
	ev_io io;
	ev_timer again;			/* to start it again, or to repeat an order */
	struct client_slot *slot[UNITS_MAX];
	writer_stored_fn *stored;
	void *stored_owner;
	struct flight_queue *queue;
	writer_flight_fn *flight;
	void *flight_owner;
	unsigned calls;			/* QUEUE_*: calls that did not get through */
};

/* Orders. */

static int order(struct writer *w, const struct scribe_order *o)
{
	if (w->sock < 0)
		return -ENOTCONN;
	return send(w->sock, o, sizeof(*o), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void later(struct writer *w, double seconds)
{
	if (ev_is_active(&w->again))
		return;
	ev_timer_set(&w->again, seconds, 0.);
	ev_timer_start(w->loop, &w->again);
}

static void tell_slot(struct writer *w, int index)
{
	struct client_slot *s = w->slot[index];
	struct scribe_order o = {
		.command = SCRIBE_ADD, .slot = index, .serial = s->serial, .file_size = s->unit.file_size,
		.memory_size = s->unit.memory_size, .files = s->unit.files, .split = s->unit.split,
	};

	strcpy(o.name, s->name);
	s->told = order(w, &o) == 0;
	if (!s->told)
		later(w, 1.);
}

/* The first thing that a new writer hears: there is room for it. */
static void tell_places(struct writer *w)
{
	if (w->opened)
		(void)send(w->sock, &w->places, sizeof(w->places), MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* A call that does not get through is made again: the notes can wait. */
static void call_recorder(struct writer *w, unsigned why)
{
	struct scribe_order o = { .command = why & QUEUE_FILLS ? SCRIBE_WRITE : SCRIBE_URGENT };

	if (why && order(w, &o) < 0) {
		w->queue->called = 0;
		w->calls |= why;
		later(w, 1.);
	}
}

static void tell_slots(struct writer *w)
{
	for (int i = 0; i < UNITS_MAX; i++)
		if (w->slot[i] && !w->slot[i]->told)
			tell_slot(w, i);
}

/* Its life. */

static int spawn(struct writer *w, struct err *err)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_set(err, errno, "no socket for the writer: %s", strerror(errno));
	pid = fork();
	if (pid == 0)
		scribe_run(pair[1], w->queue);
	close(pair[1]);
	if (pid < 0) {
		int code = errno;

		close(pair[0]);
		return err_set(err, code, "no process for the writer: %s", strerror(code));
	}
	w->pid = pid;
	w->sock = pair[0];
	ev_io_set(&w->io, w->sock, EV_READ);
	ev_io_start(w->loop, &w->io);
	return 0;
}

static void disconnect(struct writer *w)
{
	ev_io_stop(w->loop, &w->io);
	if (w->sock >= 0)
		close(w->sock);
	w->sock = -1;
}

static void lost(struct writer *w)
{
	disconnect(w);
	for (int i = 0; i < UNITS_MAX; i++)
		if (w->slot[i])
			w->slot[i]->told = false;
	ev_timer_stop(w->loop, &w->again);
	later(w, w->restart_after);
	w->restart_after = w->restart_after < 10. ? w->restart_after * 2 : 10.;
}

static void on_again(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct writer *w = container_of(timer, struct writer, again);
	unsigned calls;

	ev_timer_stop(loop, timer);
	if (w->sock < 0) {
		/* it may still be dying, but it is ours and its pid is not reused before */
		if (w->pid && waitpid(w->pid, NULL, WNOHANG) == 0) {
			later(w, .05);
			return;
		}
		w->pid = 0;
		if (spawn(w, NULL) < 0) {
			later(w, 1.);
			return;
		}
		w->restarts++;
		tell_places(w);
		if (w->stored)
			w->stored(w->stored_owner, 0, 0);
		w->calls |= QUEUE_URGENT;	/* the one before took some of them with it */
	}
	tell_slots(w);
	calls = w->calls;
	w->calls = 0;
	call_recorder(w, calls);
}

/* Its notes. */

static int descriptor_in(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(int));
	return fd;
}

static ssize_t receive(struct writer *w, struct scribe_note *note)
{
	union { struct cmsghdr head; char space[CMSG_SPACE(sizeof(int))]; } control;
	struct iovec iov = { .iov_base = note, .iov_len = sizeof(*note) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(w->sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n == sizeof(*note))
		note->ev.fd = descriptor_in(&msg);
	return n;
}

static void hand_on(struct writer *w, const struct scribe_note *note)
{
	struct client_slot *s = note->slot >= 0 && note->slot < UNITS_MAX ? w->slot[note->slot] : NULL;

	if (note->slot == SCRIBE_SLOT_STORED && w->stored)
		w->stored(w->stored_owner, note->serial, note->ev.disk_errno);
	if (note->slot == SCRIBE_SLOT_FLIGHT && w->flight)
		w->flight(w->flight_owner, note->ev.disk_errno);
	if (s && s->serial == note->serial)
		s->unit.fn(s->unit.owner, &note->ev);
	else if (note->ev.fd >= 0)
		close(note->ev.fd);
}

/* Of several "written up to" in a row only the last one matters. */
static bool outdated(const struct scribe_note *old, const struct scribe_note *next)
{
	return old->ev.kind == WRITER_DATA && next->ev.kind == WRITER_DATA &&
	       old->slot == next->slot && old->ev.stream == next->ev.stream;
}

static void on_note(struct ev_loop *loop, ev_io *io, int revents)
{
	enum { TURN_MS = 10 };
	struct writer *w = container_of(io, struct writer, io);
	struct scribe_note note[2];
	msec_t until = loop_now() + TURN_MS;
	bool held = false, closed = false;

	while (loop_now() < until) {
		ssize_t n = receive(w, &note[1]);

		closed = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
		if (n != sizeof(note[1]))
			break;
		if (held && !outdated(&note[0], &note[1]))
			hand_on(w, &note[0]);
		note[0] = note[1];
		held = true;
		w->restart_after = .05;
	}
	if (held)
		hand_on(w, &note[0]);
	if (closed)
		lost(w);
}

/* Units. */

static int make_fifo(const char *path, struct err *err)
{
	struct stat st;
	int fd;

	if (mkfifo(path, 0600) < 0 && errno != EEXIST)
		return err_set(err, errno, "%s could not be made: %s", path, strerror(errno));
	fd = open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, errno, "%s could not be opened: %s", path, strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && st.st_uid == geteuid())
		return fd;
	close(fd);
	return err_set(err, EINVAL, "%s is not a FIFO of ours; remove it", path);
}

static void close_slot(struct client_slot *s)
{
	if (s->fd[1] >= 0 && s->fd[1] != s->fd[0])
		close(s->fd[1]);
	if (s->fd[0] >= 0)
		close(s->fd[0]);
}

static int open_slot(struct writer *w, struct client_slot *s, struct err *err)
{
	char path[SCRIBE_PATH_MAX + UNIT_NAME_MAX + 8];

	for (unsigned i = 0; i < WRITER_STREAMS; i++) {
		if (i && !s->unit.split) {
			s->fd[i] = s->fd[0];
			continue;
		}
		scribe_fifo_path(path, sizeof(path), w->places.run_dir, s->name, i);
		s->fd[i] = make_fifo(path, err);
		if (s->fd[i] < 0)
			return s->fd[i];
	}
	return 0;
}

static int free_slot(const struct writer *w)
{
	for (int i = 0; i < UNITS_MAX; i++)
		if (!w->slot[i])
			return i;
	return -1;
}

int writer_add(struct writer *w, const struct writer_unit *unit, int fd[WRITER_STREAMS],
	       struct err *err)
{
	struct client_slot *s;
	int rc, index = free_slot(w);

	if (index < 0 || strlen(unit->name) >= UNIT_NAME_MAX)
		return err_set(err, E2BIG, "%s: too many units, or its name is too long", unit->name);
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(err, ENOMEM, "no memory for the output of %s", unit->name);
	*s = (struct client_slot){ .unit = *unit, .serial = ++w->serial,
				    .fd = { -1, -1 } };
	strcpy(s->name, unit->name);
	s->unit.name = s->name;
	if (s->unit.files == 0)
		s->unit.files = 1;
	rc = open_slot(w, s, err);
	if (rc < 0) {
		close_slot(s);
		free(s);
		return rc;
	}
	w->slot[index] = s;
	memcpy(fd, s->fd, sizeof(s->fd));
	tell_slot(w, index);
	return index;
}

void writer_remove(struct writer *w, int slot)
{
	struct scribe_order o = { .command = SCRIBE_REMOVE, .slot = slot };

	if (slot < 0 || slot >= UNITS_MAX || !w->slot[slot])
		return;
	(void)order(w, &o);
	close_slot(w->slot[slot]);
	free(w->slot[slot]);
	w->slot[slot] = NULL;
}

int writer_flush(struct writer *w, int slot)
{
	struct scribe_order o = { .command = SCRIBE_FLUSH, .slot = slot };

	return order(w, &o);
}

/* Enough to tell one from the next: times are compared within one boot only. */
static uint32_t boot_number(void)
{
	char id[BOOT_ID_SIZE];

	return proc_boot_id(id) == 0 ? (uint32_t)strtoul(id, NULL, 16) : 0;
}

static uint32_t run_number(void)
{
	uint32_t run = (uint32_t)(loop_now_ns() >> 10) ^ (uint32_t)getpid() << 20;

	return run ? run : 1;
}

struct writer *writer_new(struct ev_loop *loop, struct err *err)
{
	struct writer *w = calloc(1, sizeof(*w));

	if (!w) {
		err_set(err, ENOMEM, "no memory for the writer");
		return NULL;
	}
	w->loop = loop;
	w->sock = -1;
	w->restart_after = .05;
	ev_init(&w->io, on_note);
	ev_init(&w->again, on_again);
	w->queue = flight_queue_new(boot_number(), run_number());
	if (!w->queue)
		err_set(err, ENOMEM, "no memory for the flight recorder");
	else if (spawn(w, err) == 0)
		return w;
	flight_queue_free(w->queue);
	free(w);
	return NULL;
}

static int copy_path(char out[SCRIBE_PATH_MAX], const char *path, struct err *err)
{
	if (strlen(path) >= SCRIBE_PATH_MAX)
		return err_set(err, ENAMETOOLONG, "%s: this path is too long", path);
	strcpy(out, path);
	return 0;
}

int writer_open(struct writer *w, const struct writer_places *at, struct err *err)
{
	int rc = copy_path(w->places.run_dir, at->run_dir, err);

	if (rc == 0)
		rc = copy_path(w->places.log_dir, at->log_dir, err);
	if (rc == 0)
		rc = copy_path(w->places.state_dir, at->state_dir, err);
	if (rc < 0)
		return rc;
	w->places.ring_size = at->ring_size;
	(void)mkdir(at->log_dir, 0755);	/* the writer finds out whether it can be used */
	w->opened = true;
	if (w->sock >= 0)
		tell_places(w);
	return 0;
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	for (int i = 0; i < UNITS_MAX; i++) {
		if (!w->slot[i])
			continue;
		close_slot(w->slot[i]);
		free(w->slot[i]);
	}
	ev_timer_stop(w->loop, &w->again);
	disconnect(w);
	flight_queue_free(w->queue);
	free(w);
}

void writer_settle(struct writer *w, msec_t ms)
{
	struct pollfd p = { .fd = w->sock, .events = POLLIN };
	msec_t until = loop_now() + ms;

	while (poll(&p, 1, (int)ms) < 0 && errno == EINTR && ms > 0)
		ms = until - loop_now();
}

int writer_store(struct writer *w, const struct writer_store *file)
{
	struct scribe_file head = { .command = SCRIBE_STORE, .serial = file->serial,
				    .delay = file->delay };
	struct iovec iov[] = { { .iov_base = &head, .iov_len = sizeof(head) },
			       { .iov_base = (void *)file->bytes, .iov_len = file->len } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = ARRAY_LEN(iov) };

	if (file->len > WRITER_STORE_MAX)
		return -EMSGSIZE;
	if (w->sock < 0)
		return -ENOTCONN;
	memcpy(head.name, file->name, sizeof(head.name));
	return sendmsg(w->sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void writer_record(struct writer *w, const struct flight_note *n)
{
	if (w->places.ring_size)
		call_recorder(w, flight_queue_put(w->queue, n));
}

void writer_record_flush(struct writer *w)
{
	if (w->places.ring_size)
		call_recorder(w, QUEUE_FILLS);
}

void writer_on_flight(struct writer *w, writer_flight_fn *fn, void *owner)
{
	w->flight = fn;
	w->flight_owner = owner;
}

void writer_on_stored(struct writer *w, writer_stored_fn *fn, void *owner)
{
	w->stored = fn;
	w->stored_owner = owner;
}

pid_t writer_pid(const struct writer *w)
{
	return w->sock >= 0 ? w->pid : 0;
}

unsigned writer_restarts(const struct writer *w)
{
	return w->restarts;
}
