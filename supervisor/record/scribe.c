#include "scribe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "scribe_private.h"
#include "supervisor/loop.h"
#include "supervisor/proc.h"

enum { LOCK_LOOK_MS = 50 };

void scribe_fifo_path(char *out, size_t size, const char *run_dir, const char *unit,
		      unsigned stream)
{
	snprintf(out, size, "%s/%s.%s", run_dir, unit, stream ? "err" : "out");
}

/* Moving bytes. */

static void saw_gap(struct stream *s)
{
	if (s->gap_from == MSEC_NONE)
		s->gap_from = s->empty_at;
	if (s->mark_from == MSEC_NONE)
		s->mark_from = s->empty_at;
	s->gap_to = s->mark_to = loop_now();
}

/* After every write, or the supervisor would miss a file when there are two new ones. */
static void wrote(struct scribe *r, int index, unsigned which)
{
	struct stream *s = &r->slot[index]->stream[which];

	if (s->log.generation != s->told_generation && !s->final_known) {
		s->told_final = s->log.former_end;
		s->final_known = true;
	}
	(void)scribe_tell_stream(r, index, which);
}

/* In the file, too, for those who read only that; never in the middle of a line. */
static void mark_gap(struct scribe *r, int index, unsigned which)
{
	struct stream *s = &r->slot[index]->stream[which];
	char text[128];

	if (s->mark_from == MSEC_NONE || !logfile_ends_line(&s->log))
		return;
	snprintf(text, sizeof(text),
		 "-- ptpwarden: the pipe was full, lines between %lld.%03lld s and %lld.%03lld s may be missing",
		 (long long)(s->mark_from / SEC), (long long)(s->mark_from % SEC),
		 (long long)(s->mark_to / SEC), (long long)(s->mark_to % SEC));
	logfile_note(&s->log, text);
	s->mark_from = MSEC_NONE;
	wrote(r, index, which);
}

/* Held read-write, a pipe that cannot be written is full; as an orphan we only read. */
static bool full(const struct scribe *r, const struct stream *s)
{
	struct pollfd p = { .fd = s->fifo, .events = POLLOUT };

	return r->orphan_at == MSEC_NONE && poll(&p, 1, 0) == 0;
}

/* Neither disk nor memory takes it: the child must not wait, and we must not spin. */
static ssize_t discard(struct stream *s)
{
	char buf[4096];

	return read(s->fifo, buf, sizeof(buf));
}

/* True if the pipe may hold more. */
static bool drain(struct scribe *r, int index, unsigned which)
{
	struct stream *s = &r->slot[index]->stream[which];
	bool was_full = full(r, s);
	ssize_t n = logfile_take(&s->log, s->fifo);
	bool dropped = n < 0;

	if (dropped)
		n = discard(s);
	if (was_full || dropped)
		saw_gap(s);
	else
		s->empty_at = loop_now();
	wrote(r, index, which);
	mark_gap(r, index, which);
	return n > 0;
}

static void drain_slot(struct scribe *r, int index)
{
	for (unsigned i = 0; i < WRITER_STREAMS; i++)
		while (r->slot[index]->stream[i].fifo >= 0 && drain(r, index, i))
			;
}

static void stop_stream(struct stream *s)
{
	if (s->fifo >= 0)
		close(s->fifo);
	s->fifo = -1;
}

static void on_stream(struct scribe *r, uint32_t key)
{
	int index = (int)(key / WRITER_STREAMS);

	if (r->slot[index] && r->slot[index]->stream[key % WRITER_STREAMS].fifo >= 0)
		(void)drain(r, index, key % WRITER_STREAMS);
}

/* Orders. */

static int open_fifo(const char *path, int flags)
{
	struct stat st;
	int fd = open(path, flags | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		return fd;
	close(fd);
	return -1;
}

static void watch_fifo(struct scribe *r, int fd, int index, unsigned which)
{
	struct epoll_event ev = {
		.events = EPOLLIN,
		.data.u32 = (uint32_t)index * WRITER_STREAMS + which,
	};

	(void)epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &ev);
}

static void start_stream(struct scribe *r, const struct scribe_order *o, unsigned which)
{
	struct stream *s = &r->slot[o->slot]->stream[which];
	char path[LOGFILE_PATH_MAX];
	int size = SCRIBE_PIPE_BYTES;

	*s = (struct stream){ .fifo = -1, .log.fd = -1, .empty_at = loop_now(),
			      .gap_from = MSEC_NONE, .gap_to = MSEC_NONE,
			      .mark_from = MSEC_NONE };
	if (which && !o->split)
		return;
	scribe_fifo_path(path, sizeof(path), r->places.run_dir, o->name, which);
	s->fifo = open_fifo(path, O_RDWR);
	if (s->fifo < 0)
		return;
	while (size > 64 * 1024 && (size_t)size > o->file_size)
		size /= 2;
	(void)fcntl(s->fifo, F_SETPIPE_SZ, size);
	snprintf(path, sizeof(path), "%s/%s%s", r->places.log_dir, o->name,
		 which ? ".err.log" : ".log");
	logfile_open(&s->log, path, o->file_size, o->files, o->memory_size);
	watch_fifo(r, s->fifo, o->slot, which);
}

static void remove_slot(struct scribe *r, int index)
{
	if (!r->slot[index])
		return;
	drain_slot(r, index);
	for (unsigned i = 0; i < WRITER_STREAMS; i++) {
		stop_stream(&r->slot[index]->stream[i]);
		logfile_close(&r->slot[index]->stream[i].log);
	}
	free(r->slot[index]);
	r->slot[index] = NULL;
}

static void add_slot(struct scribe *r, const struct scribe_order *o)
{
	remove_slot(r, o->slot);
	r->slot[o->slot] = calloc(1, sizeof(struct slot));
	if (!r->slot[o->slot])
		return;
	r->slot[o->slot]->serial = o->serial;
	for (unsigned i = 0; i < WRITER_STREAMS; i++)
		start_stream(r, o, i);
	if (o->slot >= r->slots)
		r->slots = o->slot + 1;
	scribe_tell(r, o->slot);
}

static void flush(struct scribe *r, int index)
{
	if (!r->slot[index])
		return;
	drain_slot(r, index);
	for (unsigned i = 0; i < WRITER_STREAMS; i++) {
		logfile_end_line(&r->slot[index]->stream[i].log);
		mark_gap(r, index, i);
		logfile_check(&r->slot[index]->stream[i].log);
		wrote(r, index, i);
	}
	r->slot[index]->flush = true;
	scribe_tell(r, index);
}

static void obey(struct scribe *r, const struct scribe_order *o)
{
	if (o->slot < 0 || o->slot >= UNITS_MAX)
		return;
	switch (o->command) {
	case SCRIBE_ADD:
		add_slot(r, o);
		break;
	case SCRIBE_REMOVE:
		remove_slot(r, o->slot);
		break;
	case SCRIBE_FLUSH:
		flush(r, o->slot);
		break;
	case SCRIBE_URGENT:
	case SCRIBE_WRITE:
		scribe_flight_called(r, o->command == SCRIBE_URGENT);
		break;
	case SCRIBE_STORE:
		break;
	}
}

static void take(struct scribe *r, const union scribe_message *m, size_t len)
{
	if (len >= sizeof(m->file) && m->command == SCRIBE_STORE)
		scribe_files_take(r, &m->file, m->bytes + sizeof(m->file), len - sizeof(m->file));
	else if (len == sizeof(m->order))
		obey(r, &m->order);
}

/* The supervisor is gone: hold the pipes for reading only, so that the last writer's end shows. */
static void become_orphan(struct scribe *r)
{
	char path[32];

	(void)epoll_ctl(r->epoll, EPOLL_CTL_DEL, r->sock, NULL);
	r->orphan_at = loop_now();
	scribe_files_write_all(r);
	scribe_flight_end(r);
	for (int i = 0; i < r->slots; i++) {
		for (unsigned k = 0; r->slot[i] && k < WRITER_STREAMS; k++) {
			struct stream *s = &r->slot[i]->stream[k];
			int fd;

			if (s->fifo < 0)
				continue;
			snprintf(path, sizeof(path), "/proc/self/fd/%d", s->fifo);
			fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
			stop_stream(s);
			s->fifo = fd;
			if (fd >= 0)
				watch_fifo(r, fd, i, k);
		}
	}
}

static void on_socket(struct scribe *r, uint32_t events)
{
	union scribe_message m;
	ssize_t n;

	if (events & EPOLLOUT)
		scribe_tell_all(r);
	/* it may have gone without reading all that we told it; its orders come after that error */
	while ((n = recv(r->sock, &m, sizeof(m), MSG_DONTWAIT)) > 0 || (n < 0 && errno == ECONNRESET))
		if (n > 0)
			take(r, &m, (size_t)n);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		become_orphan(r);
}

/* Being alone, and the next ptpwarden. */

static bool successor_waits(const struct scribe *r)
{
	char text[sizeof(r->lock_text)] = "";

	return pread(r->lock, text, sizeof(text) - 1, 0) >= 0 && strcmp(text, r->lock_text) != 0;
}

static void sign_lock(struct scribe *r)
{
	if (ftruncate(r->lock, 0) < 0 ||
	    pwrite(r->lock, r->lock_text, strlen(r->lock_text), 0) < 0)
		r->lock_text[0] = '\0';
}

/* Another ptpwarden may come and go while we wait: then its writer does our work. */
static void wait_for_lock(struct scribe *r)
{
	struct pollfd p = { .fd = r->sock };

	while (flock(r->lock, LOCK_EX | LOCK_NB) < 0) {
		sign_lock(r);
		if (poll(&p, 1, LOCK_LOOK_MS) > 0)
			_exit(0);
	}
}

/* What an older writer still moves must be in the files before we go on behind it. */
static void take_lock(struct scribe *r)
{
	char path[SCRIBE_PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/writer.lock", r->places.run_dir);
	snprintf(r->lock_text, sizeof(r->lock_text), "%d %lld\n", (int)getpid(),
		 (long long)loop_now());
	r->lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (r->lock < 0)
		return;
	wait_for_lock(r);
	sign_lock(r);
}

static bool held(int fifo)
{
	struct pollfd p = { .fd = fifo, .events = POLLIN };

	return poll(&p, 1, 0) <= 0 || (p.revents & POLLIN) || !(p.revents & POLLHUP);
}

static bool any_held(struct scribe *r)
{
	bool any = false;

	for (int i = 0; i < r->slots; i++) {
		for (unsigned k = 0; r->slot[i] && k < WRITER_STREAMS; k++) {
			struct stream *s = &r->slot[i]->stream[k];

			if (s->fifo >= 0 && !held(s->fifo))
				stop_stream(s);
			any = any || s->fifo >= 0;
		}
	}
	return any;
}

static bool finished(struct scribe *r)
{
	if (r->orphan_at == MSEC_NONE)
		return false;
	return loop_now() - r->orphan_at >= WRITER_LINGER_MS || successor_waits(r) || !any_held(r);
}

/* Returns when to look again, MSEC_NONE: no need. */
static msec_t try_disks(struct scribe *r, msec_t now)
{
	msec_t next = MSEC_NONE;

	for (int i = 0; i < r->slots; i++) {
		for (unsigned k = 0; r->slot[i] && k < WRITER_STREAMS; k++) {
			struct stream *s = &r->slot[i]->stream[k];

			if (s->log.retry_at == MSEC_NONE)
				continue;
			if (s->log.retry_at <= now && logfile_recover(&s->log, now)) {
				wrote(r, i, k);
			} else if (next == MSEC_NONE || s->log.retry_at < next) {
				next = s->log.retry_at;
			}
		}
	}
	return next;
}

static msec_t sooner(msec_t a, msec_t b)
{
	return a == MSEC_NONE || (b != MSEC_NONE && b < a) ? b : a;
}

static int time_to_wait(struct scribe *r)
{
	msec_t now = loop_now(), next = try_disks(r, now), wait = -1;

	next = sooner(next, scribe_files_write(r, now));
	next = sooner(next, scribe_flight_work(r, now));
	if (next != MSEC_NONE)
		wait = next > now ? next - now : 0;
	if (r->orphan_at != MSEC_NONE && (wait < 0 || wait > LOCK_LOOK_MS))
		wait = LOCK_LOOK_MS;
	return (int)wait;
}

static void serve(struct scribe *r)
{
	struct epoll_event ev[16];

	while (!finished(r)) {
		int n = epoll_wait(r->epoll, ev, ARRAY_LEN(ev), time_to_wait(r));

		for (int i = 0; i < n; i++) {
			if (ev[i].data.u32 == SCRIBE_SOCKET_KEY)
				on_socket(r, ev[i].events);
			else
				on_stream(r, ev[i].data.u32);
		}
	}
}

/* At shutdown BusyBox sends TERM to everybody: the last words are still to come then. */
static void ignore_signals(void)
{
	static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE,
				       SIGUSR1, SIGUSR2, SIGTSTP, SIGXFSZ, SIGALRM };
	struct sigaction ign = { .sa_handler = SIG_IGN };

	proc_default_signals();
	for (unsigned i = 0; i < ARRAY_LEN(ignored); i++)
		(void)sigaction(ignored[i], &ign, NULL);
}

/* Nothing to do before; the supervisor may also go again without a word. */
static void learn_places(struct scribe *r)
{
	ssize_t n;

	do
		n = recv(r->sock, &r->places, sizeof(r->places), 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(r->places))
		_exit(n == 0 ? 0 : 1);
}

void scribe_run(int sock, struct flight_queue *queue)
{
	struct scribe r = { .sock = sock, .orphan_at = MSEC_NONE };
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = SCRIBE_SOCKET_KEY };
	const struct scribe_note ready = { .slot = SCRIBE_SLOT_READY, .ev.fd = -1 };

	ignore_signals();
	proc_close_others(sock);
	(void)setsid();
	(void)prctl(PR_SET_NAME, "ptpwarden-log", 0, 0, 0);
	learn_places(&r);
	take_lock(&r);
	disk_folder_init(&r.files.folder, r.places.state_dir);
	disk_folder_init(&r.files.memory, r.places.run_dir);
	(void)scribe_send(&r, &ready);
	scribe_flight_open(&r, queue);
	r.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (r.epoll < 0 || epoll_ctl(r.epoll, EPOLL_CTL_ADD, sock, &ev) < 0)
		_exit(1);
	serve(&r);
	_exit(0);
}
