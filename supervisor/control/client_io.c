#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reply.h"
#include "client_io.h"
#include "supervisor/loop.h"
#include "verbs.h"

enum phase {
	PHASE_REQUEST,	/* until the line is whole */
	PHASE_MORE,	/* the answer goes on when the buffer has drained */
	PHASE_WAIT,	/* it goes on when a unit changes */
	PHASE_MONITOR,	/* it goes on with each event */
	PHASE_DRAIN,	/* all is said, the rest is to be read */
};

struct control_client {
	struct control_server *server;
	struct control_client **place;
	ev_io in, out;
	ev_timer timer;
	enum phase phase;
	char line[REQUEST_MAX];
	size_t line_len;
	struct reply reply;
	struct outbuf buf;
};

/* Forget the client, but leave its connection as it is. */
static void let_go(struct control_client *c)
{
	struct ev_loop *loop = c->server->loop;

	ev_io_stop(loop, &c->in);
	ev_io_stop(loop, &c->out);
	ev_timer_stop(loop, &c->timer);
	outbuf_free(&c->buf);
	*c->place = NULL;
	free(c);
}

static void end(struct control_client *c)
{
	close(c->in.fd);
	let_go(c);
}

static void arm(struct control_client *c, msec_t in_ms)
{
	struct ev_loop *loop = c->server->loop;

	/* ev_now() may lag behind the moment; a stale start would fire early */
	ev_now_update(loop);
	ev_timer_stop(loop, &c->timer);
	if (in_ms < 0)
		return;
	ev_timer_set(&c->timer, (double)in_ms / 1000, 0.);
	ev_timer_start(loop, &c->timer);
}

/* Send what can be sent now. @return false when the connection is gone */
static bool push(struct control_client *c)
{
	while (outbuf_left(&c->buf)) {
		ssize_t n = send(c->in.fd, c->buf.at + c->buf.sent, outbuf_left(&c->buf),
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		c->buf.sent += (size_t)n;
	}
	return true;
}

static enum phase phase_after(enum reply_state state)
{
	static const enum phase phases[] = {
		[REPLY_DONE] = PHASE_DRAIN, [REPLY_MORE] = PHASE_MORE,
		[REPLY_WAIT] = PHASE_WAIT, [REPLY_MONITOR] = PHASE_MONITOR,
	};

	return phases[state];
}

/* What may come next: room to write, the end of patience, or the end of the connection. */
static void settle(struct control_client *c)
{
	bool unread = outbuf_left(&c->buf) > 0;

	if (c->phase == PHASE_DRAIN && !unread) {
		end(c);
		return;
	}
	if (unread)
		ev_io_start(c->server->loop, &c->out);
	else
		ev_io_stop(c->server->loop, &c->out);
	if (unread)
		arm(c, CLIENT_READ_MS);
	else if (c->phase == PHASE_WAIT && c->reply.wake_at != MSEC_NONE)
		arm(c, c->reply.wake_at > loop_now() ? c->reply.wake_at - loop_now() : 0);
	else if (c->phase != PHASE_REQUEST)
		arm(c, -1);
}

/* Take a step of the answer, then as many as the other end reads at once. */
static void go_on(struct control_client *c, enum reply_state state)
{
	c->phase = phase_after(state);
	for (;;) {
		if (c->buf.error || !push(c)) {
			end(c);
			return;
		}
		if (c->phase != PHASE_MORE || outbuf_left(&c->buf))
			break;
		c->phase = phase_after(reply_go_on(&c->reply, loop_now()));
	}
	settle(c);
}

static void refuse(struct control_client *c, const char *sentence)
{
	go_on(c, reply_refuse(&c->buf, RC_USAGE, sentence));
}

static void take_request(struct control_client *c, size_t len)
{
	struct err err = { 0 };

	if (len && c->line[len - 1] == '\r')
		len--;
	if (request_parse(c->line, len, &c->reply.request, &err) < 0)
		refuse(c, err.text);
	else
		go_on(c, reply_begin(&c->reply, loop_now()));
}

static void take_bytes(struct control_client *c, size_t more)
{
	const char *newline = memchr(c->line + c->line_len, '\n', more);

	c->line_len += more;
	if (newline)
		take_request(c, (size_t)(newline - c->line));
	else if (c->line_len == sizeof(c->line))
		refuse(c, "the request is longer than any request is. Use the ptpwarden command.");
}

/* The other end has closed or half-closed: nobody is there to wait for, but an answer is sent. */
static void hung_up(struct control_client *c)
{
	ev_io_stop(c->server->loop, &c->in);
	/* never carried out: half of "stop unit=x" would be "stop" */
	if (c->phase == PHASE_REQUEST && c->line_len)
		refuse(c, "the request has no end. Use the ptpwarden command.");
	else if (c->phase != PHASE_MORE && c->phase != PHASE_DRAIN)
		end(c);
}

static void on_readable(struct ev_loop *loop, ev_io *io, int revents)
{
	struct control_client *c = container_of(io, struct control_client, in);
	bool asking = c->phase == PHASE_REQUEST;
	char waste[256];
	ssize_t n = asking ? recv(io->fd, c->line + c->line_len, sizeof(c->line) - c->line_len, 0)
			   : recv(io->fd, waste, sizeof(waste), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		end(c);
	else if (n == 0)
		hung_up(c);
	else if (asking)
		take_bytes(c, (size_t)n);
}

static void on_writable(struct ev_loop *loop, ev_io *io, int revents)
{
	struct control_client *c = container_of(io, struct control_client, out);

	if (!push(c))
		end(c);
	else if (c->phase == PHASE_MORE && !outbuf_left(&c->buf))
		go_on(c, reply_go_on(&c->reply, loop_now()));
	else
		settle(c);
}

static void on_timeout(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct control_client *c = container_of(timer, struct control_client, timer);

	if (c->phase == PHASE_REQUEST)
		refuse(c, "no request came. Use the ptpwarden command.");
	else if (c->phase == PHASE_WAIT && !outbuf_left(&c->buf))
		go_on(c, reply_go_on(&c->reply, loop_now()));
	else
		end(c);		/* it does not read its answer */
}

struct control_client *client_new(struct control_server *s, struct control_client **place, int fd,
				  const struct control_peer *peer)
{
	struct control_client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->server = s;
	c->place = place;
	c->buf.limit = CLIENT_OUT_MAX;
	c->reply = (struct reply){ .ops = s->ops, .may_change = peer->may_change,
				     .uid = peer->uid, .out = &c->buf };
	ev_init(&c->timer, on_timeout);
	ev_io_init(&c->out, on_writable, fd, EV_WRITE);
	ev_io_init(&c->in, on_readable, fd, EV_READ);
	ev_io_start(s->loop, &c->in);
	arm(c, CLIENT_REQUEST_MS);
	return c;
}

static void say_last(int fd, int rc, const char *sentence)
{
	struct outbuf b = { .limit = 4096 };

	reply_refuse(&b, rc, sentence);
	if (b.at && !b.error)
		(void)send(fd, b.at, b.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	outbuf_free(&b);
}

void client_turn_away(int fd, const char *sentence)
{
	say_last(fd, RC_FAILED, sentence);
	close(fd);
}

void client_goodbye(struct control_client *c)
{
	/* The kernel hangs up when the process is really gone: only then is `shutdown` done. */
	if (!strcmp(c->reply.request.verb, "shutdown") && c->phase == PHASE_WAIT) {
		let_go(c);
		return;
	}
	if (push(c) && !outbuf_left(&c->buf) && c->phase != PHASE_DRAIN)
		say_last(c->in.fd, RC_UNREACHABLE, "the supervisor has ended.");
	end(c);
}

void client_unit_changed(struct control_client *c)
{
	if (c->phase == PHASE_WAIT)
		go_on(c, reply_go_on(&c->reply, loop_now()));
}

void client_event(struct control_client *c, const char *text, const char *json)
{
	const char *line = c->reply.request.json ? json : text;

	if (c->phase != PHASE_MONITOR || !line)
		return;
	if (outbuf_left(&c->buf) + strlen(line) > CLIENT_EVENTS_MAX) {
		end(c);
		return;
	}
	(void)frame_puts(&c->buf, FRAME_OUT, line);
	(void)frame_puts(&c->buf, FRAME_OUT, "\n");
	go_on(c, REPLY_MONITOR);
}
