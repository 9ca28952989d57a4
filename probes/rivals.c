/* Who else does the same work? Asked of /proc; our own children are no rivals. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/linuxptp/daemonconf.h"
#include "kthreads.h"
#include "questions.h"

enum { CMDLINE_MAX = 2048 };

enum role {
	ROLE_PTP4L,
	ROLE_PHC2SYS,
	ROLE_TIMEMASTER,
	ROLE_SYSTEM_CLOCK,
};

struct known_rival {
	const char *comm;	/* as the kernel keeps it: 15 characters */
	enum role role;
	const char *fact;
};

static const struct known_rival known[] = {
	{ "ptp4l", ROLE_PTP4L, "rival.ptp4l" },
	{ "phc2sys", ROLE_PHC2SYS, "rival.phc2sys" },
	{ "timemaster", ROLE_TIMEMASTER, "rival.other" },
	{ "chronyd", ROLE_SYSTEM_CLOCK, "rival.chronyd" },
	{ "ntpd", ROLE_SYSTEM_CLOCK, "rival.ntpd" },
	{ "openntpd", ROLE_SYSTEM_CLOCK, "rival.ntpd" },
	{ "sntp", ROLE_SYSTEM_CLOCK, "rival.other" },
	{ "systemd-timesyn", ROLE_SYSTEM_CLOCK, "rival.timesyncd" },
};

struct scan {
	struct probe *p;
	bool seen[ARRAY_LEN(known)];
	bool incomplete;	/* a process that matters could not be looked at */
	char net[64], mnt[64];	/* our own namespaces */
	unsigned noted;
	pid_t self;
	struct kthreads kthreads;
};

struct rival {
	pid_t pid;
	enum role role;
	const char *comm;
	unsigned argc;
	char *argv[ARGS_MAX + 1];
	char cmdline[CMDLINE_MAX];
};

static bool read_ns(const struct probe_sys *sys, pid_t pid, const char *which, char *ns,
		    size_t size)
{
	char path[64];

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, which);
	else
		snprintf(path, sizeof(path), "/proc/self/ns/%s", which);
	return sys->readlink(path, ns, size) > 0;
}

static enum answer shares(const struct scan *s, pid_t pid, const char *which, const char *mine)
{
	char ns[64];

	if (!mine[0] || !read_ns(s->p->sys, pid, which, ns, sizeof(ns)))
		return ANSWER_UNKNOWN;
	return strcmp(ns, mine) ? ANSWER_NO : ANSWER_YES;
}

/* False for a process that has no command line: a zombie, or gone meanwhile. */
static bool read_argv(const struct probe_sys *sys, struct rival *r)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", r->pid);
	n = read_small(sys, path, r->cmdline, sizeof(r->cmdline));
	for (ssize_t at = 0; at < n && r->argc < ARGS_MAX;
	     at += (ssize_t)strlen(r->cmdline + at) + 1)
		r->argv[r->argc++] = r->cmdline + at;
	r->argv[r->argc] = NULL;
	return r->argc > 0;
}

static struct finding *note_rival(struct scan *s, const struct rival *r, const char *id,
				  enum finding_state state, const char *what)
{
	struct finding *f = note(s->p->out, id, state, r->comm, "pid %d%s%s", r->pid,
				 *what ? ", " : "", what);

	s->noted++;
	if (state == FINDING_BLOCK)
		note_clears(f, WAIT_PROCESS, r->comm, r->pid);
	return f;
}

static const char *common_port(const struct daemon_conf *a, const struct daemon_conf *b)
{
	for (unsigned i = 0; i < a->ports && i < PORTS_MAX; i++)
		for (unsigned k = 0; k < b->ports && k < PORTS_MAX; k++)
			if (!strcmp(a->port[i], b->port[k]))
				return a->port[i];
	return NULL;
}

/* Two domains on one interface are legal as long as no hardware clock is shared. */
static bool collide(const struct daemon_conf *a, const struct daemon_conf *b)
{
	bool hardware = stamps_in_hardware(a) && stamps_in_hardware(b) && !a->free_running &&
			!b->free_running;

	return hardware || (a->domain == b->domain &&
			    a->transport_specific == b->transport_specific);
}

static void judge_ptp4l(struct scan *s, struct rival *r)
{
	struct daemon_conf other;
	struct lint unused;
	const char *port;
	char what[64];

	if (s->p->in->unit->program != PROG_PTP4L)
		return;
	/* its relative paths and its files are those of its own mount namespace */
	if (shares(s, r->pid, "mnt", s->mnt) != ANSWER_YES ||
	    daemon_conf_read(PROG_PTP4L, r->argv, 0, &other, &unused) < 0) {
		note_rival(s, r, F_RIVAL_PTP4L, FINDING_WARN, "what it uses cannot be seen");
		return;
	}
	port = common_port(s->p->conf, &other);
	snprintf(what, sizeof(what), "uses %s too", port ? port : "");
	if (port && collide(s->p->conf, &other))
		note_rival(s, r, F_RIVAL_SAME_INTERFACE, FINDING_BLOCK, what);
	else
		note_rival(s, r, F_RIVAL_PTP4L, FINDING_WARN, port ? what : "on other interfaces");
}

static bool leaves_clock_alone(const struct rival *r)
{
	for (unsigned i = 1; i < r->argc; i++)
		if (!strcmp(r->argv[i], "-x") && !strcmp(r->comm, "chronyd"))
			return true;
	return false;
}

static void judge_rival(struct scan *s, struct rival *r)
{
	bool clock = daemon_conf_steers_system(s->p->conf);

	switch (r->role) {
	case ROLE_PTP4L:
		judge_ptp4l(s, r);
		break;
	case ROLE_PHC2SYS:
		if (clock)
			note_rival(s, r, F_RIVAL_PHC2SYS, FINDING_WARN, "");
		break;
	case ROLE_TIMEMASTER:
		note_rival(s, r, F_RIVAL_TIMEMASTER, FINDING_WARN, "");
		break;
	case ROLE_SYSTEM_CLOCK:
		if (clock && !leaves_clock_alone(r))
			note_rival(s, r, F_RIVAL_SYSTEM_CLOCK, FINDING_WARN, "");
		break;
	}
}

/* Ports are of one network namespace; the system clock is everybody's. */
static bool concerns_us(struct scan *s, const struct rival *r)
{
	enum answer a;

	if (r->role == ROLE_SYSTEM_CLOCK || r->role == ROLE_PHC2SYS)
		return true;
	a = shares(s, r->pid, "net", s->net);
	s->incomplete |= a == ANSWER_UNKNOWN;
	return a == ANSWER_YES;
}

static void meet(struct scan *s, pid_t pid, const char *comm)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		struct rival r = { .pid = pid, .role = known[i].role, .comm = known[i].comm };

		if (strcmp(known[i].comm, comm) || !read_argv(s->p->sys, &r) || !concerns_us(s, &r))
			continue;
		s->seen[i] = true;
		judge_rival(s, &r);
	}
}

static bool seen_before(struct probe_cache *c, pid_t pid)
{
	unsigned low = 0, high = c ? c->processes : 0;

	while (low < high) {
		unsigned mid = (low + high) / 2;

		if (c->process[mid] == pid)
			return true;
		if (c->process[mid] < pid)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

/* The scan before a restart passes over processes that the last full one found harmless. */
static bool skip(struct scan *s, pid_t pid)
{
	return pid <= 0 || pid == s->self || is_ours(s->p->in, pid) ||
	       (!s->p->in->full && seen_before(s->p->in->cache, pid)) ||
	       kthreads_have(&s->kthreads, pid);
}

static bool is_known(const char *comm)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (!strcmp(known[i].comm, comm))
			return true;
	return false;
}

static void remember(struct probe_cache *c, pid_t pid)
{
	unsigned at;

	if (!c || c->processes == CACHE_PROCESSES || seen_before(c, pid))
		return;
	for (at = c->processes++; at > 0 && c->process[at - 1] > pid; at--)
		c->process[at] = c->process[at - 1];
	c->process[at] = pid;
}

static bool on_process(void *owner, const char *name)
{
	struct scan *s = owner;
	pid_t pid = name[0] >= '0' && name[0] <= '9' ? (pid_t)strtol(name, NULL, 10) : 0;
	char path[64], comm[24];

	if (skip(s, pid))
		return true;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (read_small(s->p->sys, path, comm, sizeof(comm)) <= 0)
		return true;
	comm[strcspn(comm, "\n")] = '\0';
	if (is_known(comm))
		meet(s, pid, comm);
	else
		remember(s->p->in->cache, pid);
	return true;
}

/* Several programs stand for one fact; "no" only if all of them are absent. */
static void rival_facts(const struct scan *s)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		const char *before = facts_value(&s->p->out->facts, known[i].fact);

		if (s->seen[i])
			fact(s->p->out, known[i].fact, "%s",
			     strcmp(known[i].fact, "rival.other") ? "yes" : known[i].comm);
		else if (!before)
			fact(s->p->out, known[i].fact, "no");
	}
}

void probe_rivals(struct probe *p)
{
	struct scan s = { .p = p, .self = getpid() };
	int rc;

	if (p->in->unit->program == PROG_OTHER)
		return;
	if (p->in->full) {
		kthreads_read(&s.kthreads, p->sys);
		if (p->in->cache)
			p->in->cache->processes = 0;
	}
	read_ns(p->sys, 0, "net", s.net, sizeof(s.net));
	read_ns(p->sys, 0, "mnt", s.mnt, sizeof(s.mnt));
	rc = p->sys->list("/proc", on_process, &s);
	if (rc < 0 || s.incomplete)
		note(p->out, F_RIVAL_UNKNOWN, FINDING_UNKNOWN, "/proc", "%s",
		     rc < 0 ? strerror(-rc) : "the namespace of a process is hidden");
	else
		rival_facts(&s);
	if (rc == 0 && !s.incomplete && !s.noted)
		note(p->out, F_RIVAL_OK, FINDING_PASS, p->in->unit->name, "none found");
}
