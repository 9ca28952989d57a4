/* Will the program have the user, capabilities and limits that its configuration needs? */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "conf/linuxptp/daemonconf.h"
#include "questions.h"

enum {
	FILES_FAIL = 24,	/* 16 was too few for one port of any version */
	FILES_BASE = 64,
	FILES_A_PORT = 20,
	PORT_319 = 319,
};

#define MEMORY_FAIL (4u << 20)	/* the loader could not map the C library in 3 MB; 4 MB were enough */
#define MEMORY_LOW (16u << 20)
#define STACK_FAIL (16u << 10)	/* 8 KiB crashed at once, 16 did not */
#define STACK_LOW (64u << 10)

struct needed_cap {
	int cap;
	const char *id, *name, *fact;
	enum finding_state state;
};

/* Without SYS_TIME the daemon works and says so, without the others its port is dead. */
static const struct needed_cap caps[] = {
	{ CAP_NET_RAW, F_PRIV_CAP_NET_RAW, "CAP_NET_RAW", "proc.cap.net_raw", FINDING_BLOCK },
	{ CAP_NET_ADMIN, F_PRIV_CAP_NET_ADMIN, "CAP_NET_ADMIN", "proc.cap.net_admin",
	  FINDING_BLOCK },
	{ CAP_NET_BIND_SERVICE, F_PRIV_CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE",
	  "proc.cap.net_bind_service", FINDING_BLOCK },
	{ CAP_SYS_TIME, F_PRIV_CAP_SYS_TIME, "CAP_SYS_TIME", "proc.cap.sys_time", FINDING_WARN },
};

static bool port_319_is_free_for_all(const struct probe *p)
{
	char text[16];

	return read_small(p->sys, "/proc/sys/net/ipv4/ip_unprivileged_port_start", text,
			  sizeof(text)) > 0 &&
	       atoi(text) <= PORT_319;
}

static bool newer_than(const struct probe *p, int major, int minor)
{
	char release[72], machine[72], *end;
	long have;

	p->sys->uname(release, machine, sizeof(release));
	have = strtol(release, &end, 10);
	if (have != major)
		return have > major;
	return *end == '.' && atoi(end + 1) >= minor;
}

/* What the plain table says may be softened by the kernel that is running. */
static bool needed_here(const struct probe *p, int cap)
{
	if (cap == CAP_NET_BIND_SERVICE)
		return !port_319_is_free_for_all(p);
	if (cap == CAP_NET_RAW && p->in->unit->program == PROG_PTP4L &&
	    (p->conf->transport == TRANSPORT_UDPV4 || p->conf->transport == TRANSPORT_UDPV6))
		return !newer_than(p, 5, 7);	/* SO_BINDTODEVICE needs it no more */
	return true;
}

static bool judge_caps(struct probe *p)
{
	uint64_t needed = daemon_conf_capabilities(p->conf);
	uint64_t have = p->in->child_caps & (p->in->run->user ? needed : UINT64_MAX);
	bool good = true;

	for (size_t i = 0; i < ARRAY_LEN(caps); i++) {
		bool has = have >> caps[i].cap & 1;

		fact(p->out, caps[i].fact, "%s", yes_no(has));
		if (has || !(needed >> caps[i].cap & 1) || !needed_here(p, caps[i].cap))
			continue;
		note(p->out, caps[i].id, caps[i].state, p->in->unit->name, "%s is missing",
		     caps[i].name);
		good = false;
	}
	return good;
}

static bool judge_account(struct probe *p)
{
	const struct plan_run *run = p->in->run;
	const char *who = p->who.missing_user ? run->user : run->group;

	if (!run->user || p->who.known)
		return true;
	if (p->who.missing_group)
		note_clears(note(p->out, F_PRIV_GROUP, FINDING_BLOCK, who, "not in /etc/group"),
			    WAIT_FILE, "/etc/group", 0);
	else if (!p->who.missing_user)
		note(p->out, F_PRIV_UNKNOWN, FINDING_UNKNOWN, run->user,
		     "/etc/passwd or /etc/group could not be read");
	/* a user that is not in the file may be known to a name service: a slow question */
	p->out->todo.account = p->who.missing_user;
	return false;
}

void probe_account_slow(struct probe *p)
{
	const char *user = p->in->run->user;
	struct account account;
	int rc;

	rc = p->sys->account(user, &account);
	if (rc == -ENOENT)
		note_clears(note(p->out, F_PRIV_USER, FINDING_BLOCK, user, "no such user"),
			    WAIT_FILE, "/etc/passwd", 0);
	else if (rc < 0)
		note(p->out, F_PRIV_UNKNOWN, FINDING_UNKNOWN, user, "%s", strerror(-rc));
}

/* The limit that the child will have: configured, else ours. */
static bool limit_of(const struct probe *p, int resource, uint64_t *soft)
{
	const struct plan_unit *u = p->in->unit;

	for (unsigned i = 0; i < PLAN_LIMITS; i++)
		if (u->limit[i].set && u->limit[i].resource == resource) {
			*soft = u->limit[i].value.rlim_cur;
			return true;
		}
	return p->sys->rlimit(resource, soft) == 0;
}

static bool judge_files(struct probe *p)
{
	uint64_t have, want = FILES_BASE + (uint64_t)FILES_A_PORT * p->conf->ports;

	if (p->in->unit->program != PROG_PTP4L || !limit_of(p, RLIMIT_NOFILE, &have) ||
	    have >= want)
		return true;
	note(p->out, F_PRIV_FILES, have < FILES_FAIL ? FINDING_BLOCK : FINDING_WARN,
	     p->in->unit->name, "%llu files, %llu are wanted", (unsigned long long)have,
	     (unsigned long long)want);
	return false;
}

static bool judge_room(struct probe *p, int resource, uint64_t fail, uint64_t low)
{
	uint64_t have;

	if (!limit_of(p, resource, &have) || have >= low)
		return true;
	note(p->out, F_PRIV_MEMORY, have < fail ? FINDING_BLOCK : FINDING_WARN, p->in->unit->name,
	     "%llu KB of %s", (unsigned long long)have >> 10,
	     resource == RLIMIT_AS ? "address space" : "stack");
	return false;
}

static bool judge_memory(struct probe *p)
{
	bool space = judge_room(p, RLIMIT_AS, MEMORY_FAIL, MEMORY_LOW);

	return judge_room(p, RLIMIT_STACK, STACK_FAIL, STACK_LOW) && space;
}

/* No verdict: what is wanted depends on the disk. */
static void note_core(struct probe *p)
{
	uint64_t have;

	if (!p->in->full || !limit_of(p, RLIMIT_CORE, &have))
		return;
	if (have == RLIM_INFINITY)
		note(p->out, F_PRIV_CORE, FINDING_PASS, p->in->unit->name, "no limit");
	else
		note(p->out, F_PRIV_CORE, FINDING_PASS, p->in->unit->name, "%llu KB%s",
		     (unsigned long long)have >> 10, have ? "" : ": a crash leaves no core file");
}

void probe_privileges(struct probe *p)
{
	bool good = judge_account(p);

	good &= judge_memory(p);
	note_core(p);
	if (p->out->conf_read) {
		good &= judge_files(p);
		good &= judge_caps(p);
	}
	if (good)
		note(p->out, F_PRIV_OK, FINDING_PASS, p->in->unit->name, "%s",
		     p->in->run->user ? p->in->run->user : "runs as we do");
}

uint64_t probe_child_caps(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 } };
	uint64_t permitted, bounding = 0;

	if (syscall(SYS_capget, &head, data) < 0)
		return UINT64_MAX;	/* not known: nothing is missing */
	permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	for (int cap = 0; cap < 64; cap++)
		if (prctl(PR_CAPBSET_READ, cap) == 1)
			bounding |= (uint64_t)1 << cap;
	/* root gains what the bounding set has; others keep what we raise into the ambient set */
	return geteuid() == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ? bounding : permitted;
}
