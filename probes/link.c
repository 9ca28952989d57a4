/* Do the interfaces exist in this namespace, and can messages go through them? */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "ifkind.h"
#include "questions.h"

static void add_iface(struct probe *p, const char *name, bool port)
{
	if (!name || !*name || is_device(name) || !strcmp(name, "CLOCK_REALTIME"))
		return;
	for (unsigned i = 0; i < p->ifaces; i++)
		if (!strcmp(p->iface[i].name, name))
			return;
	if (p->ifaces < PROBE_LINKS_MAX)
		p->iface[p->ifaces++] = (struct iface){ .name = name, .port = port, .ts_rc = 1 };
}

static void choose_ifaces(struct probe *p)
{
	const struct daemon_conf *c = p->conf;

	switch (p->in->unit->program) {
	case PROG_PTP4L:
		for (unsigned i = 0; i < c->ports && i < PORTS_MAX; i++)
			add_iface(p, c->port[i], true);
		break;
	case PROG_PHC2SYS:
		add_iface(p, c->source, false);
		add_iface(p, c->sink, false);
		break;
	default:
		add_iface(p, p->in->run->interface, true);
		break;
	}
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
	i->troubled = true;
	note(p->out, id, FINDING_WARN, i->name, "%s", what);
}

static bool ipv6_disabled(const struct probe *p, const char *name)
{
	char path[96], text[16];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6", name);
	return read_small(p->sys, path, text, sizeof(text)) > 0 && text[0] == '1';
}

static void judge_address(struct probe *p, struct iface *i)
{
	enum transport transport = p->conf->transport;

	if (transport != TRANSPORT_UDPV4 && transport != TRANSPORT_UDPV6)
		return;
	if (p->sys->addresses(&i->link) < 0)
		return;
	if (transport == TRANSPORT_UDPV4 && i->link.ipv4 == ANSWER_NO)
		trouble(p, i, F_LINK_NO_ADDRESS, "no IPv4 address for transport UDPv4");
	if (transport != TRANSPORT_UDPV6)
		return;
	if (ipv6_disabled(p, i->name))
		trouble(p, i, F_LINK_IPV6_DISABLED, "disable_ipv6 is 1");
	else if (i->link.ipv6 == ANSWER_NO && (i->link.flags & IFF_UP))
		trouble(p, i, F_LINK_NO_ADDRESS, "no IPv6 address for transport UDPv6");
}

struct above {
	int index;
	struct link_info link;
};

static bool on_link(void *owner, const struct link_info *link)
{
	struct above *a = owner;

	if (link->index != a->index)
		return true;
	a->link = *link;
	return false;
}

/* A bridge or bond takes the IP packets of its members; raw Ethernet sockets still see theirs. */
static void judge_master(struct probe *p, struct iface *i)
{
	struct above a = { .index = i->link.master };
	char what[96];

	if (!a.index || p->conf->transport == TRANSPORT_L2 || p->sys->links(on_link, &a) < 0 ||
	    (strcmp(a.link.kind, "bridge") && strcmp(a.link.kind, "bond") &&
	     strcmp(a.link.kind, "team")))
		return;
	snprintf(what, sizeof(what), "it belongs to the %s %s", a.link.kind, a.link.name);
	trouble(p, i, F_LINK_MEMBER, what);
}

static void judge_details(struct probe *p, struct iface *i, const char *kind)
{
	static const char *const slotted[] = { "taprio", "mqprio", "etf" };
	char what[64];

	snprintf(what, sizeof(what), "it is a %s interface", kind);
	if (rarely_works(kind))
		trouble(p, i, F_LINK_KIND, what);
	judge_master(p, i);
	for (size_t n = 0; n < ARRAY_LEN(slotted); n++)
		if (!strcmp(i->link.qdisc, slotted[n]))
			trouble(p, i, F_LINK_QDISC, slotted[n]);
	if (i->link.xdp)
		trouble(p, i, F_LINK_XDP, "an XDP program is attached");
	if (p->sys->eee_active(i->name) == 1)
		trouble(p, i, F_LINK_EEE, "it is active on this link");
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
	note_block(p->out, F_LINK_NO_CARRIER, WAIT_CARRIER, i->name,
		   "it has no link, and %s has one", linked);
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
	if (p->in->full)
		judge_details(p, i, iface_kind(p->sys, &i->link));
	if (!i->troubled)
		note(p->out, F_LINK_OK, FINDING_PASS, i->name, "%s, up, link detected",
		     iface_kind(p->sys, &i->link));
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
	if (i->link_rc == 0)
		cache_keep_iface(p->in->cache, &i->link);
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
	struct driver_info d;

	if (p->sys->driver(name, &d) < 0)
		return;
	fact(p->out, "iface.driver", "%s", d.driver);
	if (d.version[0])
		fact(p->out, "iface.driver_version", "%s", d.version);
	if (d.firmware[0])
		fact(p->out, "iface.firmware", "%s", d.firmware);
}

static void link_facts(struct probe *p, const struct iface *i)
{
	const struct link_info *l = &i->link;

	fact(p->out, "iface.kind", "%s", iface_kind(p->sys, &i->link));
	fact(p->out, "iface.up", "%s", yes_no(l->flags & IFF_UP));
	if (l->carrier != ANSWER_UNKNOWN)
		fact(p->out, "iface.carrier", "%s", answer_name(l->carrier));
	if (l->ipv4 != ANSWER_UNKNOWN)
		fact(p->out, "iface.ipv4", "%s", answer_name(l->ipv4));
	if (l->ipv6 != ANSWER_UNKNOWN)
		fact(p->out, "iface.ipv6", "%s", answer_name(l->ipv6));
	if (p->in->full && iface_speed(p->sys, l) > 0)
		fact(p->out, "iface.speed_mbps", "%d", iface_speed(p->sys, l));
	if (l->qdisc[0])
		fact(p->out, "iface.qdisc", "%s", l->qdisc);
	fact(p->out, "iface.xdp", "%s", yes_no(l->xdp));
	driver_facts(p, i->name);
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
