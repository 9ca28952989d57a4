/* Do the interfaces exist in this namespace, and can messages go through them? */
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ifkind.h"
#include "questions.h"

static bool is_iface(const char *name)
{
	return name && *name && !is_device(name) && strcmp(name, "CLOCK_REALTIME") != 0;
}

static void add_iface(struct probe *p, const char *name, bool port, unsigned use)
{
	if (!is_iface(name))
		return;
	for (unsigned i = 0; i < p->ifaces; i++)
		if (!strcmp(p->iface[i].name, name)) {
			p->iface[i].use |= use;
			return;
		}
	if (p->ifaces < PROBE_LINKS_MAX)
		p->iface[p->ifaces++] = (struct iface){ .name = name, .port = port,
							.use = (unsigned char)use, .ts_rc = 1 };
}

/* "generic" and "nmea" are sources without a clock. */
static void choose_for_ts2phc(struct probe *p)
{
	const struct daemon_conf *c = p->conf;

	for (unsigned i = 0; i < c->ports && i < PORTS_MAX; i++)
		add_iface(p, c->port[i], false,
			  c->port_is_source[i] ? CLOCK_PEROUT : CLOCK_STEER | CLOCK_EXTTS);
	if (strcmp(c->source, "generic") && strcmp(c->source, "nmea"))
		add_iface(p, c->source, false, CLOCK_PEROUT);
}

static void choose_ifaces(struct probe *p)
{
	const struct daemon_conf *c = p->conf;

	switch (p->in->unit->program) {
	case PROG_PTP4L:
	case PROG_TIMEMASTER:
		for (unsigned i = 0; i < c->ports && i < PORTS_MAX; i++)
			add_iface(p, c->port[i], true, CLOCK_STEER);
		break;
	case PROG_PHC2SYS:
		add_iface(p, c->source, false, CLOCK_READ);
		add_iface(p, c->sink, false, CLOCK_STEER);
		break;
	case PROG_TS2PHC:
		choose_for_ts2phc(p);
		break;
	default:
		add_iface(p, p->in->run->interface, true, CLOCK_READ);
		break;
	}
}

void iface_warn(struct probe *p, struct iface *i, const char *id, const char *subject,
		const char *fmt, ...)
{
	char what[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	i->troubled = true;
	note(p->out, id, FINDING_WARN, subject, "%s", what);
}

static bool rarely_works(const char *kind)
{
	static const char *const kinds[] = { "bridge", "tap", "wlan", "dummy", "loopback", "ifb" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (!strcmp(kind, kinds[i]))
			return true;
	return false;
}

static void trouble(struct probe *p, struct iface *i, const char *id, const char *what)
{
	iface_warn(p, i, id, i->name, "%s", what);
}

/* Why there is no IPv6 on it; NULL: nothing was seen. */
static const char *no_ipv6(const struct probe *p, const char *name)
{
	struct probe_stat st;
	char path[96], text[16];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6", name);
	if (read_small(p->sys, path, text, sizeof(text)) > 0)
		return text[0] == '1' ? "disable_ipv6 is 1" : NULL;
	return p->sys->stat("/proc/sys/net/ipv6", &st) == -ENOENT &&
	       p->sys->stat("/proc/sys/net/core", &st) == 0 ? "the kernel has no IPv6" : NULL;
}

/* A section of the file may give a port a transport of its own. */
static enum transport transport_of(const struct probe *p, const struct iface *i)
{
	for (unsigned n = 0; n < p->conf->ports && n < PORTS_MAX; n++)
		if (!strcmp(p->conf->port[n], i->name))
			return p->conf->port_transport[n];
	return p->conf->transport;
}

static void judge_address(struct probe *p, struct iface *i)
{
	enum transport transport = transport_of(p, i);
	const char *obstacle;

	if (transport != TRANSPORT_UDPV4 && transport != TRANSPORT_UDPV6)
		return;
	if (p->sys->addresses(&i->link) < 0)
		return;
	if (transport == TRANSPORT_UDPV4 && i->link.ipv4 == ANSWER_NO)
		trouble(p, i, F_LINK_NO_ADDRESS, "no IPv4 address for transport UDPv4");
	if (transport != TRANSPORT_UDPV6)
		return;
	obstacle = no_ipv6(p, i->name);
	if (obstacle)
		trouble(p, i, F_LINK_IPV6_DISABLED, obstacle);
	else if (i->link.ipv6 == ANSWER_NO && (i->link.flags & IFF_UP))
		trouble(p, i, F_LINK_NO_ADDRESS, "no IPv6 address for transport UDPv6");
}

/* A bridge or bond takes the IP packets of its members; raw Ethernet sockets still see theirs. */
static void judge_master(struct probe *p, struct iface *i)
{
	struct link_info above;

	if (!i->link.master || transport_of(p, i) == TRANSPORT_L2 ||
	    p->sys->link_at(i->link.master, &above) < 0 ||
	    (strcmp(above.kind, "bridge") && strcmp(above.kind, "bond") &&
	     strcmp(above.kind, "team")))
		return;
	iface_warn(p, i, F_LINK_MEMBER, i->name, "it belongs to the %s %s", above.kind,
		   above.name);
}

/* An alternate of this unit on another interface, which has a link; NULL: none. */
static const char *linked_alternate(const struct probe *p)
{
	const struct plan_unit *u = p->in->unit;
	const char *ours = p->in->run->interface;

	for (unsigned a = 0; ours && u->follows < 0 && a < u->alternates; a++) {
		const char *name = plan_run_of(u, a, 0)->interface;
		struct link_info link;

		if (name && strcmp(name, ours) && p->sys->link(name, &link) == 0 &&
		    link.carrier == ANSWER_YES)
			return name;
	}
	return NULL;
}

/* No link is no reason not to start, unless the cable is in the port of another alternate. */
static bool cable_is_elsewhere(struct probe *p, struct iface *i)
{
	const char *linked = NULL;

	if (p->in->run->interface && !strcmp(i->name, p->in->run->interface) &&
	    (i->link.carrier == ANSWER_NO || !(i->link.flags & IFF_UP)))
		linked = linked_alternate(p);
	if (!linked)
		return false;
	i->troubled = true;
	note_block(p->out, i->link.flags & IFF_UP ? F_LINK_NO_CARRIER : F_LINK_DOWN, WAIT_CARRIER,
		   i->name, "it has no link, and %s has one", linked);
	return true;
}

static void judge_port(struct probe *p, struct iface *i)
{
	if (cable_is_elsewhere(p, i))
		return;
	if (!(i->link.flags & IFF_UP))
		trouble(p, i, F_LINK_DOWN, "it is switched off");
	else if (i->link.carrier == ANSWER_NO)
		trouble(p, i, F_LINK_NO_CARRIER, "no carrier");
	judge_address(p, i);
	judge_below(p, i);
	if (p->in->full) {
		if (rarely_works(i->kind))
			iface_warn(p, i, F_LINK_KIND, i->name, "it is a %s interface", i->kind);
		judge_master(p, i);
	}
	if (!i->troubled)
		note(p->out, F_LINK_OK, FINDING_PASS, i->name, "%s, up, link detected", i->kind);
}

struct lost {
	const struct seen_iface *seen;
	char now[IFACE_NAME_MAX];	/* empty: not found again */
};

/* VLANs share the address of the device below them: only a device of its own counts. */
static bool on_candidate(void *owner, const struct link_info *link)
{
	struct lost *l = owner;

	if (link->lower || link->mac_len != l->seen->mac_len ||
	    memcmp(link->mac, l->seen->mac, link->mac_len))
		return true;
	snprintf(l->now, sizeof(l->now), "%s", link->name);
	return false;
}

static void absent(struct probe *p, struct iface *i)
{
	struct lost l = { .seen = cache_iface(p->in->cache, i->name) };

	i->troubled = true;
	if (l.seen && p->sys->links(on_candidate, &l) == 0 && l.now[0])
		note_block(p->out, F_LINK_RENAMED, WAIT_INTERFACE, i->name,
			   "it is gone, and %s has its address now", l.now);
	else
		note_block(p->out, F_LINK_MISSING, WAIT_INTERFACE, i->name,
			   "no such interface in this network namespace");
}

static void judge(struct probe *p, struct iface *i)
{
	i->link_rc = p->sys->link(i->name, &i->link);
	if (i->link_rc == 0) {
		cache_keep_iface(p->in->cache, &i->link);
		i->kind = iface_kind(p->sys, &i->link);
	}
	if (i->link_rc == -ENODEV) {
		absent(p, i);
	} else if (i->link_rc < 0)
		note(p->out, F_LINK_UNKNOWN, FINDING_UNKNOWN, i->name, "%s",
		     strerror(-i->link_rc));
	else if (i->port)
		judge_port(p, i);
	else
		note(p->out, F_LINK_OK, FINDING_PASS, i->name, "exists");
}

static const char *answer_name(enum answer a)
{
	return a == ANSWER_YES ? "yes" : "no";
}

static void driver_facts(struct probe *p, const char *name)
{
	char phy[96];
	struct driver_info d;

	if (p->sys->driver(name, &d) == 0) {
		fact(p->out, "iface.driver", "%s", d.driver);
		if (d.version[0])
			fact(p->out, "iface.driver_version", "%s", d.version);
		if (d.firmware[0])
			fact(p->out, "iface.firmware", "%s", d.firmware);
	}
	if (iface_phy(p->sys, name, phy, sizeof(phy)))
		fact(p->out, "iface.phy", "%s", phy);
}

static void link_facts(struct probe *p, const struct iface *i)
{
	const struct link_info *l = &i->link;
	int speed = p->in->full ? iface_speed(p->sys, l) : -1;

	fact(p->out, "iface.kind", "%s", i->kind);
	fact(p->out, "iface.up", "%s", yes_no(l->flags & IFF_UP));
	if (l->carrier != ANSWER_UNKNOWN)
		fact(p->out, "iface.carrier", "%s", answer_name(l->carrier));
	if (l->ipv4 != ANSWER_UNKNOWN)
		fact(p->out, "iface.ipv4", "%s", answer_name(l->ipv4));
	if (l->ipv6 != ANSWER_UNKNOWN)
		fact(p->out, "iface.ipv6", "%s", answer_name(l->ipv6));
	if (speed > 0)
		fact(p->out, "iface.speed_mbps", "%d", speed);
	if (i->base_known && i->base.index != l->index)
		fact(p->out, "iface.lower", "%s", i->base.name);
	if (i->base.qdisc[0])
		fact(p->out, "iface.qdisc", "%s", i->base.qdisc);
	fact(p->out, "iface.xdp", "%s", yes_no(l->xdp || i->base.xdp));
	driver_facts(p, i->base_known ? i->base.name : i->name);
}

/* The facts name one interface: the first that has a trouble, else the first. */
static void facts_of_worst(struct probe *p)
{
	const struct iface *i = &p->iface[0];

	for (unsigned n = p->ifaces; n-- > 0;)
		if (p->iface[n].troubled)
			i = &p->iface[n];
	if (!p->ifaces)
		return;
	fact(p->out, "iface.name", "%s", i->name);
	if (i->link_rc == 0 || i->link_rc == -ENODEV)
		fact(p->out, "iface.exists", "%s", yes_no(i->link_rc == 0));
	else
		facts_unknown(&p->out->facts, "probe", "iface.exists", strerror(-i->link_rc));
	if (i->link_rc == 0)
		link_facts(p, i);
}

void probe_link(struct probe *p)
{
	choose_ifaces(p);
	for (unsigned i = 0; i < p->ifaces; i++)
		judge(p, &p->iface[i]);
	facts_of_worst(p);
}
