/* Collects the map of interfaces and PTP clocks. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access.h"
#include "holders.h"
#include "ifkind.h"
#include "inchild.h"
#include "map.h"
#include "probe.h"

enum { CLOCK_LIMIT_MS = 2000 };
enum { RESULT_GOOD, RESULT_WARNING, RESULT_BAD, RESULT_UNKNOWN };

struct survey {
	const struct probe_sys *sys;
	const char *iface;	/* only this one, or NULL */
	struct map *map;
};

static bool on_link(void *owner, const struct link_info *link)
{
	struct survey *s = owner;
	struct map_iface *i;

	if (s->map->ifaces == MAP_IFACES_MAX) {
		s->map->ifaces_dropped++;
		return true;
	}
	i = &s->map->iface[s->map->ifaces++];
	memset(i, 0, sizeof(*i));
	i->link = *link;
	return true;
}

static const char *name_of(const struct map *m, int index)
{
	for (unsigned i = 0; i < m->ifaces; i++)
		if (m->iface[i].link.index == index)
			return m->iface[i].link.name;
	return "";
}

static void ask_iface(const struct survey *s, struct map_iface *i)
{
	const char *name = i->link.name;

	snprintf(i->kind, sizeof(i->kind), "%s", iface_kind(s->sys, &i->link));
	i->speed_mbps = iface_speed(s->sys, &i->link);
	/* for a veth the index is that of its other end, which may be in another namespace */
	if (i->link.lower && !i->link.lower_elsewhere && strcmp(i->kind, "veth"))
		snprintf(i->lower, sizeof(i->lower), "%s", name_of(s->map, i->link.lower));
	if (i->link.master)
		snprintf(i->master, sizeof(i->master), "%s", name_of(s->map, i->link.master));
	(void)s->sys->addresses(&i->link);
	i->ts_rc = s->sys->ts_info(name, &i->ts);
	i->driver_rc = s->sys->driver(name, &i->driver);
	if (!iface_phy(s->sys, name, i->phy, sizeof(i->phy)))
		i->phy[0] = '\0';
	if (i->ts_rc == 0) {
		i->provider = iface_provider(s->sys, name, &i->ts);
		i->providers = s->sys->ts_providers(name);
	}
	i->hwtstamp_rc = s->sys->hwtstamp(name, &i->hwtstamp_tx, &i->hwtstamp_rx);
}

static void keep_only(struct map *m, const char *name)
{
	for (unsigned i = 0; i < m->ifaces; i++)
		if (!strcmp(m->iface[i].link.name, name)) {
			m->iface[0] = m->iface[i];
			m->ifaces = 1;
			return;
		}
	m->ifaces = 0;
}

static void add_clock(struct map *m, int index)
{
	struct map_clock *c;

	if (index < 0 || m->clocks == MAP_CLOCKS_MAX)
		return;
	for (unsigned i = 0; i < m->clocks; i++)
		if (m->clock[i].index == index)
			return;
	c = &m->clock[m->clocks++];
	memset(c, 0, sizeof(*c));
	c->index = index;
	snprintf(c->node, sizeof(c->node), "/dev/ptp%d", index);
}

static bool on_clock(void *owner, const char *name)
{
	struct survey *s = owner;

	if (!strncmp(name, "ptp", 3) && name[3] >= '0' && name[3] <= '9')
		add_clock(s->map, atoi(name + 3));
	return true;
}

struct clock_question {
	const struct probe_sys *sys;
	struct map_clock *clock;
};

static void ask_clock(void *arg, int fd)
{
	struct clock_question *q = arg;
	struct map_clock answer = *q->clock;

	answer.rc = q->sys->phc(answer.node, &answer.info);
	if (write(fd, &answer, sizeof(answer)) < 0)
		_exit(1);
}

static void examine_clock(const struct survey *s, struct map_clock *c)
{
	struct clock_question q = { .sys = s->sys, .clock = c };
	char path[64], buf[sizeof(*c) + 1];
	ssize_t n;

	n = inchild_ask(ask_clock, &q, buf, sizeof(buf), CLOCK_LIMIT_MS);
	if (n == (ssize_t)sizeof(*c))
		memcpy(c, buf, sizeof(*c));
	else
		c->rc = n < 0 ? (int)n : -EIO;
	snprintf(path, sizeof(path), "/sys/class/ptp/ptp%d/clock_name", c->index);
	if (read_small(s->sys, path, c->name, sizeof(c->name)) > 0)
		c->name[strcspn(c->name, "\n")] = '\0';
	c->holders = holders_of(s->sys, c->node, c->held_by, sizeof(c->held_by));
}

static void find_ifaces(struct survey *s)
{
	struct map *m = s->map;

	m->links_rc = s->sys->links(on_link, s);
	if (!s->iface) {
		for (unsigned i = 0; i < m->ifaces; i++)
			ask_iface(s, &m->iface[i]);
		return;
	}
	for (unsigned i = 0; i < m->ifaces; i++)
		if (!strcmp(m->iface[i].link.name, s->iface))
			ask_iface(s, &m->iface[i]);
	keep_only(m, s->iface);
}

/* Interfaces that use the clock in question, and no other. */
static void keep_users_of(struct map *m, int index)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < m->ifaces; i++)
		if (m->iface[i].ts_rc == 0 && m->iface[i].ts.phc_index == index)
			m->iface[kept++] = m->iface[i];
	m->ifaces = kept;
}

static int worst_clock(const struct map *m)
{
	int worst = RESULT_GOOD;

	for (unsigned i = 0; i < m->clocks; i++) {
		const struct map_clock *c = &m->clock[i];
		bool odd = c->rc == 0 && c->info.rate_known &&
			   fabs(c->info.rate - 1) > 0.01 + c->info.rate_error;

		if (c->rc == -ENOENT || c->rc == -ENODEV)
			return RESULT_BAD;
		if (c->rc < 0)
			worst = RESULT_UNKNOWN;
		else if (odd && worst == RESULT_GOOD)
			worst = RESULT_WARNING;
	}
	return worst;
}

static int result(const struct map *m)
{
	return m->links_rc < 0 ? RESULT_UNKNOWN : worst_clock(m);
}

static bool starts_like_clock(const char *what)
{
	return !strncmp(what, "/dev/ptp", 8);
}

static void find_clocks(struct survey *s, const char *what)
{
	struct map *m = s->map;

	if (what && starts_like_clock(what)) {
		add_clock(m, atoi(what + strlen("/dev/ptp")));
		keep_users_of(m, m->clock[0].index);
	} else {
		for (unsigned i = 0; i < m->ifaces; i++)
			if (m->iface[i].ts_rc == 0)
				add_clock(m, m->iface[i].ts.phc_index);
		if (!what)
			(void)s->sys->list("/sys/class/ptp", on_clock, s);
	}
	for (unsigned i = 0; i < m->clocks; i++)
		examine_clock(s, &m->clock[i]);
}

int probe_map_of(const struct probe_sys *sys, const char *what, bool json, FILE *out)
{
	struct map *m = calloc(1, sizeof(*m));
	struct survey s = { .sys = sys, .map = m };
	int rc;

	if (!m) {
		fprintf(stderr, "ptpwarden: no memory\n");
		return RESULT_UNKNOWN;
	}
	if (what && !starts_like_clock(what))
		s.iface = what;
	find_ifaces(&s);
	find_clocks(&s, what);
	rc = result(m);
	if (s.iface && !m->ifaces && m->links_rc == 0) {
		fprintf(stderr, "ptpwarden: no interface %s in this network namespace\n", what);
		rc = RESULT_BAD;
	}
	if (json)
		map_print_json(m, out);
	else
		map_print_text(m, what != NULL, out);
	free(m);
	return rc;
}

int probe_map(const char *what, bool json, FILE *out)
{
	return probe_map_of(&probe_sys_real, what, json, out);
}
