/* What the supervisor is told: the state of each stream, sent where it differs from what was told. */
#include "scribe_private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static void watch_socket(struct scribe *r, bool congested)
{
	struct epoll_event ev = { .events = EPOLLIN | (congested ? EPOLLOUT : 0),
				  .data.u32 = SCRIBE_SOCKET_KEY };

	if (r->congested != congested)
		(void)epoll_ctl(r->epoll, EPOLL_CTL_MOD, r->sock, &ev);
	r->congested = congested;
}

bool scribe_send(struct scribe *r, const struct scribe_note *note)
{
	union { struct cmsghdr head; char space[CMSG_SPACE(sizeof(int))]; } control = { 0 };
	struct iovec iov = { .iov_base = (void *)note, .iov_len = sizeof(*note) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (r->orphan_at != MSEC_NONE)
		return true;
	if (note->ev.fd >= 0) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
						 .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.head), &note->ev.fd, sizeof(int));
	}
	if (sendmsg(r->sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return true;
	if (errno == EAGAIN || errno == ENOBUFS)
		watch_socket(r, true);
	return false;
}

static bool tell_file(struct scribe *r, struct scribe_note note, struct stream *s)
{
	bool first = s->told_generation == 0;

	if (s->told_generation == s->log.generation || s->log.fd < 0)
		return true;
	note.ev.kind = WRITER_FILE;
	note.ev.fd = s->log.fd;
	note.ev.memory = s->log.memory;
	/* what memory held is at the end of the file on disk now, and was told before */
	note.ev.from = first || (!s->log.memory && s->told_disk_errno) ? s->log.at : 0;
	note.ev.former_end = first ? 0 : s->told_final;
	if (!scribe_send(r, &note))
		return false;
	s->told_generation = s->log.generation;
	s->told_end = note.ev.from;
	s->final_known = false;
	return true;
}

static bool tell_disk(struct scribe *r, struct scribe_note note, struct stream *s)
{
	if (s->told_disk_errno == s->log.disk_errno)
		return true;
	note.ev.kind = WRITER_DISK;
	note.ev.disk_errno = s->log.disk_errno;
	if (!scribe_send(r, &note))
		return false;
	s->told_disk_errno = s->log.disk_errno;
	return true;
}

/* Three quarters of the socket are kept for what must not be left out: new files, answers. */
static bool roomy(struct scribe *r)
{
	struct pollfd p = { .fd = r->sock, .events = POLLOUT };

	if (poll(&p, 1, 0) > 0)
		return true;
	watch_socket(r, true);
	return false;
}

static bool tell_data(struct scribe *r, struct scribe_note note, struct stream *s, bool must)
{
	if (s->told_end == s->log.at || s->log.fd < 0)
		return true;
	if (!must && !roomy(r))
		return true;
	note.ev.kind = WRITER_DATA;
	note.ev.end = s->log.at;
	if (!scribe_send(r, &note))
		return false;
	s->told_end = s->log.at;
	return true;
}

static bool tell_gap(struct scribe *r, struct scribe_note note, struct stream *s)
{
	if (s->gap_to == MSEC_NONE)
		return true;
	note.ev.kind = WRITER_GAP;
	note.ev.from_ms = s->gap_from;
	note.ev.to_ms = s->gap_to;
	if (!scribe_send(r, &note))
		return false;
	s->gap_from = s->gap_to = MSEC_NONE;
	return true;
}

bool scribe_tell_stream(struct scribe *r, int index, unsigned which)
{
	struct slot *slot = r->slot[index];
	struct stream *s = &slot->stream[which];
	struct scribe_note note = { .slot = index, .serial = slot->serial,
				    .ev = { .stream = which, .fd = -1 } };

	return tell_file(r, note, s) && tell_disk(r, note, s) &&
	       tell_data(r, note, s, slot->flush) && tell_gap(r, note, s);
}

void scribe_tell(struct scribe *r, int index)
{
	struct slot *slot = r->slot[index];
	struct scribe_note note = { .slot = index, .serial = slot->serial,
				    .ev = { .kind = WRITER_FLUSHED, .fd = -1 } };

	for (unsigned i = 0; i < WRITER_STREAMS; i++)
		if (!scribe_tell_stream(r, index, i))
			return;
	if (slot->flush && scribe_send(r, &note))
		slot->flush = false;
}

void scribe_tell_all(struct scribe *r)
{
	watch_socket(r, false);
	(void)scribe_files_tell(r);
	(void)scribe_flight_tell(r);
	for (int i = 0; i < r->slots && !r->congested; i++)
		if (r->slot[i])
			scribe_tell(r, i);
}
