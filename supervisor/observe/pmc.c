#include "pmc.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "supervisor/loop.h"

enum { RENEW_MS = 60000, DATAGRAMS_A_TURN = 64 };

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

static int subscribe(struct pmc *p, msec_t now)
{
	uint8_t bytes[PMC_REQUEST_MAX];
	size_t len;

	if (p->subscribed_at != MSEC_NONE && now - p->subscribed_at < RENEW_MS)
		return 0;
	p->subscribed_at = now;
	len = pmc_build_subscribe(bytes, &p->peer, ++p->sequence, PMC_SUBSCRIBE_S,
				  PMC_EVENT_PORT_STATE);
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

	if (rc == 0)
		rc = get(p, PMC_TIME_STATUS_NP);
	if (rc == 0)
		rc = get(p, PMC_PARENT_DATA_SET);
	if (rc == 0 && names_missing(p->seen))
		rc = get(p, PMC_PORT_PROPERTIES_NP);
	if (rc == 0)
		rc = subscribe(p, now);
	return rc;
}

static void arm(struct pmc *p)
{
	ev_timer_stop(p->loop, &p->ask);
	ev_timer_set(&p->ask, (p->slow ? PMC_SLOW_MS : PMC_FAST_MS) / 1000., 0.);
	ev_timer_start(p->loop, &p->ask);
}

static void ask(struct pmc *p)
{
	struct health_seen *seen = p->seen;
	bool missed = seen->asked_at != MSEC_NONE && !p->answered && seen->uds_errno == 0;

	if (missed) {
		seen->unanswered++;
		p->subscribed_at = MSEC_NONE;	/* it may have been another ptp4l */
	}
	p->answered = false;
	seen->asked_at = loop_now();
	seen->uds_errno = -ask_all(p, seen->asked_at);
	arm(p);
	if (missed || seen->uds_errno)
		p->fn(p->owner);
}

static void on_ask(struct ev_loop *loop, ev_timer *timer, int revents)
{
	ask(container_of(timer, struct pmc, ask));
}

/* What the answers say. */

static struct port_seen *port_of(struct health_seen *seen, uint16_t number)
{
	for (unsigned i = 0; i < seen->ports; i++)
		if (seen->port[i].number == number)
			return &seen->port[i];
	if (seen->ports == PORTS_MAX)
		return NULL;
	seen->port[seen->ports] = (struct port_seen){ .number = number, .since = loop_now() };
	return &seen->port[seen->ports++];
}

static void saw_port(struct pmc *p, uint16_t number, enum port_state state)
{
	struct port_seen *port = number ? port_of(p->seen, number) : NULL;

	if (!port || port->state == state)
		return;
	port->state = state;
	port->since = loop_now();
}

static void on_port(struct pmc *p, const struct pmc_reply *r)
{
	saw_port(p, r->u.port.number, r->u.port.state);
}

static void on_properties(struct pmc *p, const struct pmc_reply *r)
{
	struct port_seen *port;

	saw_port(p, r->u.properties.number, r->u.properties.state);
	port = r->u.properties.number ? port_of(p->seen, r->u.properties.number) : NULL;
	if (port)
		memcpy(port->interface, r->u.properties.interface, sizeof(port->interface));
}

/* The offset of an answer is old unless another Sync has come in since. */
static void on_time_status(struct pmc *p, const struct pmc_reply *r)
{
	struct health_seen *seen = p->seen;

	seen->gm_present = r->u.time_status.gm_present;
	if (seen->gm_present)
		pmc_clock_text(r->u.time_status.gm, seen->grandmaster);
	if (r->u.time_status.ingress_ns == p->ingress_ns)
		return;
	p->ingress_ns = r->u.time_status.ingress_ns;
	/* ptp4l says 0 until it has measured the path for the first time */
	if (!r->u.time_status.offset_ns && seen->offset_at == MSEC_NONE)
		return;
	seen->offset_ns = r->u.time_status.offset_ns;
	seen->offset_at = loop_now();
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

static const struct {
	enum pmc_id id;
	void (*fn)(struct pmc *p, const struct pmc_reply *r);
} handlers[] = {
	{ PMC_PORT_DATA_SET, on_port },
	{ PMC_PORT_PROPERTIES_NP, on_properties },
	{ PMC_TIME_STATUS_NP, on_time_status },
	{ PMC_PARENT_DATA_SET, on_parent },
};

static bool handle(struct pmc *p, const uint8_t *bytes, size_t len)
{
	struct pmc_reply r;

	if (!pmc_parse(bytes, len, &r) || r.action != PMC_RESPONSE || r.to_port != p->peer.port)
		return false;
	p->answered = true;
	p->seen->answered_at = loop_now();
	p->seen->unanswered = 0;
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

static void on_readable(struct ev_loop *loop, ev_io *io, int revents)
{
	struct pmc *p = container_of(io, struct pmc, io);
	uint8_t bytes[PMC_REPLY_MAX];
	bool news = false;

	for (int i = 0; i < DATAGRAMS_A_TURN; i++) {
		struct sockaddr_un from;
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(p->fd, bytes, sizeof(bytes), MSG_DONTWAIT,
				     (struct sockaddr *)&from, &len);

		if (n < 0)
			break;
		if (from_daemon(p, &from, len))
			news |= handle(p, bytes, (size_t)n);
	}
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
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
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
	p->ingress_ns = 0;
	p->answered = p->slow = false;
	seen->asked_at = seen->answered_at = seen->offset_at = MSEC_NONE;
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
	arm(p);
}
