#include "pmc.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "supervisor/diagnose/healthjudge.h"
#include "supervisor/loop.h"

enum { RENEW_MS = 60000, DATAGRAMS_A_TURN = 64, BEATS_TOO_MANY = 5 };

static int send_bytes(struct pmc *p, const uint8_t *bytes, size_t len)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	memcpy(to.sun_path, p->path, sizeof(to.sun_path));
	if (sendto(p->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to,
		   sizeof(to)) < 0)
		return -errno;
	return 0;
}

static int get(struct pmc *p, enum pmc_id id)
{
	uint8_t bytes[PMC_REQUEST_MAX];

	return send_bytes(p, bytes, pmc_build_get(bytes, &p->peer, ++p->sequence, id));
}

static int get_status(struct pmc *p, msec_t now)
{
	if (p->beat_at != MSEC_NONE && now - p->beat_at <= PMC_SLOW_MS)
		return 0;
	p->status_sequence = (uint16_t)(p->sequence + 1);
	return get(p, PMC_TIME_STATUS_NP);
}

static int subscribe(struct pmc *p, msec_t now)
{
	uint8_t bytes[PMC_REQUEST_MAX];
	size_t len;

	if (p->subscribed_at != MSEC_NONE && now - p->subscribed_at < RENEW_MS)
		return 0;
	p->subscribed_at = now;
	len = pmc_build_subscribe(bytes, &p->peer, ++p->sequence, PMC_SUBSCRIBE_S,
				  (uint8_t)(PMC_EVENT_PORT_STATE |
					    (p->beats ? PMC_EVENT_TIME_SYNC : 0)));
	return send_bytes(p, bytes, len);
}

static bool names_missing(const struct health_seen *seen)
{
	for (unsigned i = 0; i < seen->ports; i++)
		if (!seen->port[i].interface[0])
			return true;
	return seen->ports == 0;
}

static int ask_all(struct pmc *p, msec_t now)
{
	int rc = get(p, PMC_PORT_DATA_SET);

	/* a queue that nobody reads holds ten questions */
	if (rc < 0 || p->seen->unanswered)
		return rc;
	rc = get_status(p, now);
	if (rc == 0)
		rc = get(p, PMC_PARENT_DATA_SET);
	if (rc == 0 && names_missing(p->seen))
		rc = get(p, PMC_PORT_PROPERTIES_NP);
	if (rc == 0 && !p->seen->clock_ports)
		rc = get(p, PMC_DEFAULT_DATA_SET);
	if (rc == 0 && p->questions % PMC_STATS_EVERY == 0)
		rc = get(p, PMC_PORT_STATS_NP);
	if (rc == 0 && p->questions % PMC_STATS_EVERY == 1)
		rc = get(p, PMC_GRANDMASTER_SETTINGS_NP);
	if (rc == 0)
		rc = subscribe(p, now);
	p->questions++;
	return rc;
}

static void arm(struct pmc *p, msec_t in)
{
	p->due = loop_now() + in;
	ev_now_update(p->loop);
	ev_timer_stop(p->loop, &p->ask);
	ev_timer_set(&p->ask, (double)in / 1000., 0.);
	ev_timer_start(p->loop, &p->ask);
}

static msec_t pace(const struct pmc *p)
{
	return p->slow ? PMC_SLOW_MS : PMC_FAST_MS;
}

/* Is another file in the place of the socket that answered? */
static void look_at_file(struct pmc *p)
{
	struct stat st;

	if (stat(p->path, &st) < 0)
		return;		/* then sending fails, which says more */
	if (p->ino)
		p->seen->uds_replaced = st.st_ino != p->ino || st.st_dev != p->dev;
}

static void remember_file(struct pmc *p)
{
	struct stat st;

	if (p->ino || stat(p->path, &st) < 0)
		return;
	p->dev = st.st_dev;
	p->ino = st.st_ino;
}

static bool is_missing(int code)
{
	return code == ENOENT || code == ECONNREFUSED;
}

static void sent(struct pmc *p, int code, msec_t now)
{
	struct health_seen *seen = p->seen;

	seen->asked_at = now;
	seen->uds_errno = code;
	if (!is_missing(code))
		seen->uds_lost_at = MSEC_NONE;
	else if (seen->uds_lost_at == MSEC_NONE)
		seen->uds_lost_at = now;
}

/* A full queue is silence too. */
static bool question_missed(const struct pmc *p)
{
	const struct health_seen *seen = p->seen;

	return seen->asked_at != MSEC_NONE && !p->answered &&
	       (seen->uds_errno == 0 || seen->uds_errno == EAGAIN);
}

static void count_silence(struct pmc *p)
{
	struct health_seen *seen = p->seen;

	if (!seen->unanswered++)
		seen->mute_since = seen->asked_at;
	p->subscribed_at = MSEC_NONE;	/* it may have been another ptp4l */
}

static void ask(struct pmc *p)
{
	struct health_seen *seen = p->seen;
	msec_t now = loop_now();
	bool late = now - p->due > PMC_LATE_MS;
	bool missed = question_missed(p) && !late;

	if (missed)
		count_silence(p);
	p->answered = false;
	look_at_file(p);
	sent(p, -ask_all(p, now), now);
	arm(p, p->slow ? PMC_DOUBT_MS : PMC_FAST_MS);
	if (missed || seen->uds_errno || seen->uds_replaced)
		p->fn(p->owner);
}

static void on_ask(struct ev_loop *loop, ev_timer *timer, int revents)
{
	ask(container_of(timer, struct pmc, ask));
}

void pmc_forgive(struct pmc *p)
{
	if (p->fd < 0)
		return;
	p->answered = true;
	p->due = loop_now();
	p->seen->unanswered = 0;
	p->subscribed_at = MSEC_NONE;
	arm(p, 0);
}

/* What the answers say. */

static void saw_port(struct pmc *p, uint16_t number, enum port_state state)
{
	msec_t now = loop_now();
	struct port_seen *port = number ? health_port(p->seen, number, now) : NULL;

	if (port)
		health_port_state(p->seen, port, state, now);
}

static void on_port(struct pmc *p, const struct pmc_reply *r)
{
	saw_port(p, r->u.port.number, r->u.port.state);
}

static void on_properties(struct pmc *p, const struct pmc_reply *r)
{
	struct port_seen *port;

	saw_port(p, r->u.properties.number, r->u.properties.state);
	port = r->u.properties.number ? health_port(p->seen, r->u.properties.number, loop_now())
				      : NULL;
	if (port)
		memcpy(port->interface, r->u.properties.interface, sizeof(port->interface));
}

/* Too many Syncs a second would keep us awake for nothing. */
static void on_beat(struct pmc *p)
{
	msec_t now = loop_now();
	bool fast = p->beat_at != MSEC_NONE && now - p->beat_at < PMC_BEAT_MS;

	if (!p->beats)
		return;
	p->fast_beats = fast ? p->fast_beats + 1 : 0;
	p->beat_at = now;
	if (p->fast_beats < BEATS_TOO_MANY)
		return;
	p->beats = false;
	p->beat_at = MSEC_NONE;
	p->fast_beats = 0;
	p->subscribed_at = MSEC_NONE;
	(void)subscribe(p, now);
}

/* The offset of an answer is old unless another Sync has come in since. */
static void on_time_status(struct pmc *p, const struct pmc_reply *r)
{
	struct health_seen *seen = p->seen;

	if (r->sequence != p->status_sequence)
		on_beat(p);
	seen->gm_present = r->u.time_status.gm_present;
	if (seen->gm_present)
		pmc_clock_text(r->u.time_status.gm, seen->grandmaster);
	if (r->u.time_status.ingress_ns == p->ingress_ns)
		return;
	p->ingress_ns = r->u.time_status.ingress_ns;
	/* ptp4l says 0 until it has measured the path for the first time */
	if (!r->u.time_status.offset_ns && seen->offset_at == MSEC_NONE)
		return;
	health_offset(seen, r->u.time_status.offset_ns, loop_now());
}

static bool is_master(const struct health_seen *seen)
{
	for (unsigned i = 0; i < seen->ports; i++)
		if (seen->port[i].state == PORT_MASTER || seen->port[i].state == PORT_GRAND_MASTER)
			return true;
	return false;
}

/* Without another grandmaster it names itself, which is true only while it is one. */
static void on_parent(struct pmc *p, const struct pmc_reply *r)
{
	if (p->seen->gm_present || is_master(p->seen))
		pmc_clock_text(r->u.parent.gm, p->seen->grandmaster);
	else
		p->seen->grandmaster[0] = '\0';
}

/* One answer a port: the first of a round begins the sums anew. */
static void on_stats(struct pmc *p, const struct pmc_reply *r)
{
	struct stats_seen *s = &p->seen->stats;
	msec_t now = loop_now();

	if (r->sequence != p->stats_sequence) {
		p->stats_sequence = r->sequence;
		p->rx_sync = s->rx_sync;
		p->rx_announce = s->rx_announce;
		s->rx_sync = s->rx_announce = s->rx_follow_up = 0;
		s->rx_delay_resp = s->tx_delay_req = 0;
	}
	s->known = true;
	s->rx_sync += r->u.stats.rx[PMC_SYNC];
	s->rx_announce += r->u.stats.rx[PMC_ANNOUNCE];
	s->rx_follow_up += r->u.stats.rx[PMC_FOLLOW_UP];
	s->rx_delay_resp += r->u.stats.rx[PMC_DELAY_RESP];
	s->tx_delay_req += r->u.stats.tx[PMC_DELAY_REQ];
	if (s->rx_sync > p->rx_sync)
		s->sync_at = now;
	if (s->rx_announce > p->rx_announce)
		s->announce_at = now;
}

static void on_grandmaster(struct pmc *p, const struct pmc_reply *r)
{
	p->seen->gm.known = true;
	memcpy(p->seen->gm.settings, r->u.grandmaster.settings, GM_SETTINGS);
}

static void on_defaults(struct pmc *p, const struct pmc_reply *r)
{
	p->seen->clock_ports = r->u.defaults.ports;
	p->seen->clock_class = r->u.defaults.clock_class;
}

static const struct {
	enum pmc_id id;
	void (*fn)(struct pmc *p, const struct pmc_reply *r);
} handlers[] = {
	{ PMC_PORT_DATA_SET, on_port },
	{ PMC_PORT_PROPERTIES_NP, on_properties },
	{ PMC_TIME_STATUS_NP, on_time_status },
	{ PMC_PARENT_DATA_SET, on_parent },
	{ PMC_PORT_STATS_NP, on_stats },
	{ PMC_DEFAULT_DATA_SET, on_defaults },
	{ PMC_GRANDMASTER_SETTINGS_NP, on_grandmaster },
};

/* The answer to a question at the slow pace: the next one may wait. */
static void heard(struct pmc *p)
{
	struct health_seen *seen = p->seen;
	bool first = !p->answered;

	p->answered = true;
	seen->answered_at = loop_now();
	seen->unanswered = 0;
	seen->uds_thief = 0;
	remember_file(p);
	if (first && p->slow)
		arm(p, pace(p));
}

static bool handle(struct pmc *p, const uint8_t *bytes, size_t len)
{
	struct pmc_reply r;

	if (!pmc_parse(bytes, len, &r) || r.action != PMC_RESPONSE || r.to_port != p->peer.port)
		return false;
	heard(p);
	for (unsigned i = 0; i < ARRAY_LEN(handlers) && !r.error; i++)
		if (handlers[i].id == r.id)
			handlers[i].fn(p, &r);
	return true;
}

/* Anybody may send to our address; only ptp4l can send from the one that we ask. */
static bool from_daemon(const struct pmc *p, const struct sockaddr_un *from, socklen_t len)
{
	size_t n = len > offsetof(struct sockaddr_un, sun_path) ?
			   len - offsetof(struct sockaddr_un, sun_path) : 0;

	return n > 0 && n <= sizeof(from->sun_path) &&
	       strnlen(from->sun_path, n) == strlen(p->path) &&
	       !memcmp(from->sun_path, p->path, strlen(p->path));
}

/*
 * A wrapper may have forked, so it is enough to be of the session that every child of ours
 * begins. Nobody at all, or one that is gone again, is no proof of a stranger.
 */
static bool is_stranger(const struct pmc *p, pid_t sender)
{
	pid_t session;

	if (!p->seen->pid || sender <= 0 || sender == p->seen->pid)
		return false;
	session = getsid(sender);
	return session >= 0 && session != p->seen->pid;
}

static pid_t sender_of(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	struct ucred who;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_CREDENTIALS)
		return 0;
	memcpy(&who, CMSG_DATA(c), sizeof(who));
	return who.pid;
}

/* One datagram. @return false: there is none */
static bool receive(struct pmc *p, bool *news)
{
	uint8_t bytes[PMC_REPLY_MAX];
	char control[CMSG_SPACE(sizeof(struct ucred))] __attribute__((aligned(8)));
	struct sockaddr_un from;
	struct iovec iov = { bytes, sizeof(bytes) };
	struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov,
			      .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(p->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	pid_t sender;

	if (n < 0)
		return false;
	if (!from_daemon(p, &from, msg.msg_namelen))
		return true;
	sender = sender_of(&msg);
	if (is_stranger(p, sender)) {
		p->seen->uds_thief = sender;
		*news = true;
		return true;
	}
	*news |= handle(p, bytes, (size_t)n);
	return true;
}

static void on_readable(struct ev_loop *loop, ev_io *io, int revents)
{
	struct pmc *p = container_of(io, struct pmc, io);
	bool news = false;

	for (int i = 0; i < DATAGRAMS_A_TURN && receive(p, &news); i++)
		;
	if (news)
		p->fn(p->owner);
}

void pmc_init(struct pmc *p, struct ev_loop *loop, pmc_fn *fn, void *owner)
{
	*p = (struct pmc){ .loop = loop, .fn = fn, .owner = owner, .fd = -1 };
	ev_init(&p->io, on_readable);
	ev_init(&p->ask, on_ask);
}

static int open_socket(void)
{
	struct sockaddr_un any = { .sun_family = AF_UNIX };
	int on = 1, fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	/* without it we only do not learn who answered */
	(void)setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&any, sizeof(any.sun_family)) == 0)
		return fd;
	close(fd);
	return -errno;
}

int pmc_start(struct pmc *p, const struct daemon_conf *conf, struct health_seen *seen,
	      struct err *err)
{
	pmc_stop(p);
	p->fd = open_socket();
	if (p->fd < 0) {
		int code = -p->fd;

		p->fd = -1;
		return err_set(err, code, "no socket to ask ptp4l with: %s", strerror(code));
	}
	p->seen = seen;
	p->peer = (struct pmc_peer){ .domain = (uint8_t)conf->domain,
				     .transport_specific = (uint8_t)conf->transport_specific,
				     .port = (uint16_t)getpid() };
	memcpy(p->path, conf->uds_address, sizeof(p->path));
	p->path[sizeof(p->path) - 1] = '\0';
	p->subscribed_at = MSEC_NONE;
	p->beat_at = MSEC_NONE;
	p->beats = !conf->version || conf->version >= 0x040000;
	p->due = loop_now();
	p->ingress_ns = 0;
	p->questions = p->fast_beats = 0;
	p->dev = p->ino = p->rx_sync = p->rx_announce = 0;
	p->answered = p->slow = false;
	seen->asked_at = seen->answered_at = seen->offset_at = seen->uds_lost_at = MSEC_NONE;
	ev_io_set(&p->io, p->fd, EV_READ);
	ev_io_start(p->loop, &p->io);
	ask(p);
	return 0;
}

void pmc_stop(struct pmc *p)
{
	if (!p->loop || p->fd < 0)
		return;
	ev_io_stop(p->loop, &p->io);
	ev_timer_stop(p->loop, &p->ask);
	close(p->fd);
	p->fd = -1;
}

void pmc_pace(struct pmc *p, bool slow)
{
	if (p->fd < 0 || p->slow == slow)
		return;
	p->slow = slow;
	arm(p, pace(p));
}

int pmc_set_grandmaster(struct pmc *p, const uint8_t settings[GM_SETTINGS])
{
	uint8_t bytes[PMC_REQUEST_MAX];

	if (p->fd < 0)
		return -ENOTCONN;
	return send_bytes(p, bytes, pmc_build_grandmaster(bytes, &p->peer, ++p->sequence, settings));
}
