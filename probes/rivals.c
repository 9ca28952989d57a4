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
	ROLE_TS2PHC,
	ROLE_TIMEMASTER,
	ROLE_SYSTEM_CLOCK,
	ROLE_BUSYBOX,		/* ntpd as an applet, or something else */
	ROLE_PTPWARDEN,
};

/* The kernel adds this much to maxerror each second, whoever set it last. */
enum { MAXERROR_US_A_SECOND = 500, RECENT_SECONDS = 32 };

struct known_rival {
	const char *comm;	/* as the kernel keeps it: 15 characters */
	enum role role;
	const char *fact;
};

static const struct known_rival known[] = {
	{ "ptp4l", ROLE_PTP4L, "rival.ptp4l" },
	{ "phc2sys", ROLE_PHC2SYS, "rival.phc2sys" },
	{ "ts2phc", ROLE_TS2PHC, "rival.other" },
	{ "timemaster", ROLE_TIMEMASTER, "rival.other" },
	{ "ptpwarden", ROLE_PTPWARDEN, "rival.other" },
	{ "busybox", ROLE_BUSYBOX, "rival.ntpd" },
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
	bool clock_taken;	/* something that steers the system clock was seen */
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

	if (s->p->in->unit->program != PROG_PTP4L && s->p->in->unit->program != PROG_TIMEMASTER)
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

/* Names of one clock: an interface, or the device that its driver names. */
static bool same_clock(const struct probe *p, const char *one, const char *other)
{
	struct ts_info ts;
	char node[24];

	if (!strcmp(one, other))
		return true;
	if (is_device(one) || p->sys->ts_info(one, &ts) < 0 || ts.phc_index < 0)
		return false;
	snprintf(node, sizeof(node), "/dev/ptp%d", ts.phc_index);
	if (is_device(other))
		return !strcmp(node, other);
	return strcmp(other, "CLOCK_REALTIME") && same_clock(p, other, node);
}

/* The PTP clock that this unit steers itself; NULL: none that another may not steer too. */
static const char *own_clock(const struct probe *p, unsigned n)
{
	const struct daemon_conf *c = p->conf;

	if (c->free_running)
		return NULL;
	if (c->program == PROG_PHC2SYS)
		return n == 0 && !c->automatic && strcmp(c->sink, "CLOCK_REALTIME") ? c->sink :
										      NULL;
	/* a grandmaster's clock may be fed by another program */
	if (c->program == PROG_TS2PHC || (c->program == PROG_PTP4L && c->client_only &&
					  daemon_conf_provides(c) == PROVIDES_PHC))
		return n < c->ports && n < PORTS_MAX ? c->port[n] : NULL;
	return NULL;
}

static bool takes_clock(const struct probe *p, const char *clock)
{
	const char *own;

	for (unsigned n = 0; *clock && (own = own_clock(p, n)); n++)
		if (same_clock(p, own, clock))
			return true;
	return false;
}

/* Its effective configuration, if its files are those that we see. */
static bool read_conf_of(struct scan *s, struct rival *r, enum program program,
			 struct daemon_conf *conf)
{
	struct lint unused;

	return shares(s, r->pid, "mnt", s->mnt) == ANSWER_YES &&
	       daemon_conf_read(program, r->argv, 0, conf, &unused) == 0;
}

static void judge_phc2sys(struct scan *s, struct rival *r)
{
	struct daemon_conf other;
	bool readable = read_conf_of(s, r, PROG_PHC2SYS, &other);
	char what[80];

	if (!readable || daemon_conf_steers_system(&other)) {
		s->clock_taken = true;
		if (daemon_conf_steers_system(s->p->conf))
			note_rival(s, r, F_RIVAL_PHC2SYS, FINDING_WARN, "");
	} else if (!other.automatic && takes_clock(s->p, other.sink)) {
		snprintf(what, sizeof(what), "steers %s", other.sink);
		note_rival(s, r, F_RIVAL_SAME_CLOCK, FINDING_WARN, what);
	}
}

static void judge_ts2phc(struct scan *s, struct rival *r)
{
	struct daemon_conf other;
	char what[80];

	if (!read_conf_of(s, r, PROG_TS2PHC, &other))
		return;
	for (unsigned i = 0; i < other.ports && i < PORTS_MAX; i++) {
		if (!takes_clock(s->p, other.port[i]))
			continue;
		snprintf(what, sizeof(what), "steers %s", other.port[i]);
		note_rival(s, r, F_RIVAL_TS2PHC, FINDING_WARN, what);
		return;
	}
}

/* A relative name is relative to a folder that we do not know: its last part must do. */
static bool same_file(const struct probe *p, const char *one, const char *other)
{
	const char *a = strrchr(one, '/'), *b = strrchr(other, '/');
	struct probe_stat sa, sb;

	if (!strcmp(one, other))
		return true;
	if (one[0] == '/' && other[0] == '/')
		return p->sys->stat(one, &sa) == 0 && p->sys->stat(other, &sb) == 0 &&
		       sa.dev == sb.dev && sa.ino == sb.ino;
	return !strcmp(a ? a + 1 : one, b ? b + 1 : other);
}

/* One with the same configuration is the supervisor of what is checked here. */
static void judge_ptpwarden(struct scan *s, struct rival *r)
{
	const char *own = s->p->in->plan ? s->p->in->plan->file : NULL, *file = NULL;
	char what[96];
	bool runs = false;

	for (unsigned i = 1; i < r->argc; i++) {
		runs |= !strcmp(r->argv[i], "run");
		if (!strncmp(r->argv[i], "-f", 2))
			file = r->argv[i][2] ? r->argv[i] + 2 :
			       i + 1 < r->argc ? r->argv[i + 1] : NULL;
	}
	if (!runs || !s->p->in->full || !file || !own ||
	    same_file(s->p, file, own))
		return;
	snprintf(what, sizeof(what), "run with %.60s", file);
	note_rival(s, r, F_RIVAL_PTPWARDEN, FINDING_WARN, what);
}

static void judge_system_clock(struct scan *s, const struct rival *r)
{
	if (leaves_clock_alone(r))
		return;
	s->clock_taken = true;
	/* timemaster brings its own chronyd */
	if (daemon_conf_steers_system(s->p->conf))
		note_rival(s, r, F_RIVAL_SYSTEM_CLOCK, FINDING_WARN, "");
}

static void judge_rival(struct scan *s, struct rival *r)
{
	switch (r->role) {
	case ROLE_PTP4L:
		judge_ptp4l(s, r);
		break;
	case ROLE_PHC2SYS:
		judge_phc2sys(s, r);
		break;
	case ROLE_TS2PHC:
		judge_ts2phc(s, r);
		break;
	case ROLE_TIMEMASTER:
		s->clock_taken = true;
		note_rival(s, r, F_RIVAL_TIMEMASTER, FINDING_WARN, "");
		break;
	case ROLE_SYSTEM_CLOCK:
	case ROLE_BUSYBOX:
		judge_system_clock(s, r);
		break;
	case ROLE_PTPWARDEN:
		judge_ptpwarden(s, r);
		break;
	}
}

/* The kernel tells how long ago somebody vouched for the clock; in a container he is not seen. */
static void judge_kernel_clock(struct scan *s)
{
	struct clock_state state;
	int64_t ago;

	if (!s->p->in->full || s->p->sys->clock_state(&state) < 0)
		return;
	fact(s->p->out, "host.clock_synced", "%s", yes_no(!state.unsynced));
	ago = state.maxerror_us / MAXERROR_US_A_SECOND;
	if (state.unsynced || ago > RECENT_SECONDS || s->clock_taken || s->incomplete ||
	    s->p->in->n_ours || s->p->in->running || !daemon_conf_steers_system(s->p->conf))
		return;
	s->noted++;
	note(s->p->out, F_RIVAL_HIDDEN, FINDING_WARN, "system clock",
	     "corrected at most %lld s ago%s", (long long)ago,
	     state.kernel_pll ? ", by a daemon that feeds the kernel's own control loop" : "");
}

/* Ports are of one network namespace; the system clock is everybody's. */
static bool concerns_us(struct scan *s, const struct rival *r)
{
	enum answer a;

	if (r->role == ROLE_SYSTEM_CLOCK || r->role == ROLE_BUSYBOX || r->role == ROLE_PHC2SYS)
		return true;
	a = shares(s, r->pid, "net", s->net);
	s->incomplete |= a == ANSWER_UNKNOWN;
	return a == ANSWER_YES;
}

/* "ptp4l", also as ptp4l-4.2 or ptp4l.real. */
static bool is_called(const char *comm, const struct known_rival *k)
{
	size_t len = strlen(k->comm);

	if (strncmp(comm, k->comm, len))
		return false;
	return !comm[len] || (k->role < ROLE_TIMEMASTER && strchr("-._0123456789", comm[len]));
}

/* A daemon behind timemaster or a wrapper of ours is ours as well. */
static bool child_of_ours(const struct scan *s, pid_t pid)
{
	char path[40], text[256];
	const char *behind;
	int parent;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (read_small(s->p->sys, path, text, sizeof(text)) <= 0)
		return false;
	behind = strrchr(text, ')');	/* the name may hold anything */
	return behind && sscanf(behind + 1, " %*c %d", &parent) == 1 &&
	       is_ours(s->p->in, parent);
}

static bool is_ntpd_applet(const struct rival *r)
{
	return r->argc > 1 && !strcmp(r->argv[1], "ntpd");
}

static void meet(struct scan *s, pid_t pid, const char *comm)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		struct rival r = { .pid = pid, .role = known[i].role, .comm = known[i].comm };

		if (!is_called(comm, &known[i]) || !read_argv(s->p->sys, &r) ||
		    (r.role == ROLE_BUSYBOX && !is_ntpd_applet(&r)) || child_of_ours(s, pid) ||
		    !concerns_us(s, &r))
			continue;
		s->seen[i] = true;
		judge_rival(s, &r);
		return;
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
		if (is_called(comm, &known[i]))
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
	if (rc == 0)
		judge_kernel_clock(&s);
	if (rc == 0 && !s.incomplete && !s.noted)
		note(p->out, F_RIVAL_OK, FINDING_PASS, p->in->unit->name, "none found");
}
