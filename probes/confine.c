/*
 * Who confines the program? Control groups, a system call filter and a
 * security module are inherited, so what holds for us holds for it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "questions.h"

enum {
	CGROUP_MAX = 256,
	MEMORY_LOW = 8 << 20,	/* ptp4l died at 100 KiB, 2 MB are usual */
};

/* Where our control groups are; empty: none, or not known. */
struct groups {
	char unified[CGROUP_MAX], memory[CGROUP_MAX], devices[CGROUP_MAX];
};

static bool lists(const char *controllers, size_t len, const char *wanted)
{
	size_t n = strlen(wanted);

	while (len) {
		const char *comma = memchr(controllers, ',', len);
		size_t word = comma ? (size_t)(comma - controllers) : len;

		if (word == n && !memcmp(controllers, wanted, n))
			return true;
		word += comma != NULL;
		controllers += word;
		len -= word;
	}
	return false;
}

/* "0::/path" of cgroup 2, "4:memory:/path" and "5:devices:/path" of cgroup 1 */
static bool on_group(void *owner, char *line)
{
	struct groups *g = owner;
	char *kind = strchr(line, ':'), *path = kind ? strchr(kind + 1, ':') : NULL;
	size_t len;

	if (!path)
		return true;
	len = (size_t)(path++ - ++kind);
	if (len == 0)
		snprintf(g->unified, CGROUP_MAX, "/sys/fs/cgroup%.200s", path);
	else if (lists(kind, len, "memory"))
		snprintf(g->memory, CGROUP_MAX, "/sys/fs/cgroup/memory%.200s", path);
	else if (lists(kind, len, "devices"))
		snprintf(g->devices, CGROUP_MAX, "/sys/fs/cgroup/devices%.200s", path);
	return true;
}

static void take_limit(struct probe *p, const char *folder, const char *name, uint64_t *least)
{
	char path[CGROUP_MAX + 32], text[32];
	uint64_t limit;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (read_small(p->sys, path, text, sizeof(text)) <= 0)
		return;
	limit = strtoull(text, NULL, 10);	/* "max" gives 0 */
	if (limit && limit < *least)
		*least = limit;
}

/* A limit of any group above counts, too. `root` is the length of the mount point. */
static uint64_t least_of(struct probe *p, char *folder, size_t root, const char *name)
{
	uint64_t least = UINT64_MAX;

	while (strlen(folder) >= root) {
		take_limit(p, folder, name, &least);
		*strrchr(folder, '/') = '\0';
	}
	return least;
}

static bool judge_memory(struct probe *p, struct groups *g)
{
	uint64_t limit = least_of(p, g->memory, strlen("/sys/fs/cgroup/memory"),
				  "memory.limit_in_bytes");
	uint64_t unified = least_of(p, g->unified, strlen("/sys/fs/cgroup"), "memory.max");

	limit = unified < limit ? unified : limit;
	if (limit >= MEMORY_LOW)
		return true;
	note(p->out, F_HOST_MEMORY_LIMIT, FINDING_WARN, "control group",
	     "%llu KB for all its processes", (unsigned long long)limit >> 10);
	return false;
}

struct device_hunt {
	unsigned major;		/* of PTP clocks; 0: not found */
	bool any, allowed;
};

/* "250 ptp" */
static bool on_driver(void *owner, char *line)
{
	struct device_hunt *h = owner;
	unsigned number;
	char name[16];

	if (sscanf(line, " %u %15s", &number, name) == 2 && !strcmp(name, "ptp"))
		h->major = number;
	return !h->major;
}

/* "a *:* rwm", "c 250:* rw", "c *:3 r" */
static bool on_allowed(void *owner, char *line)
{
	struct device_hunt *h = owner;
	char kind, number[16], access[8];

	if (sscanf(line, " %c %15[^:]:%*s %7s", &kind, number, access) != 3)
		return true;
	h->any = true;
	h->allowed |= (kind == 'a' || kind == 'c') && strchr(access, 'r') &&
		      strchr(access, 'w') &&
		      (number[0] == '*' || strtoul(number, NULL, 10) == h->major);
	return !h->allowed;
}

/* Only cgroup 1 tells what it allows; cgroup 2 shows at the first open. */
static bool judge_devices(struct probe *p, const struct groups *g)
{
	struct device_hunt h = { 0 };
	char path[CGROUP_MAX + 32];

	if (!g->devices[0] || !p->wants_clock ||
	    each_line(p->sys, "/proc/devices", on_driver, &h) < 0 || !h.major)
		return true;
	snprintf(path, sizeof(path), "%s/devices.list", g->devices);
	if (each_line(p->sys, path, on_allowed, &h) < 0 || !h.any || h.allowed)
		return true;
	note(p->out, F_CONFINE_DEVICES, FINDING_BLOCK, "control group",
	     "character devices with major number %u are not allowed", h.major);
	return false;
}

static bool on_status(void *owner, char *line)
{
	int *seccomp = owner;

	return sscanf(line, "Seccomp: %d", seccomp) != 1;
}

static void note_seccomp(struct probe *p)
{
	int seccomp = -1;

	if (each_line(p->sys, "/proc/self/status", on_status, &seccomp) < 0 || seccomp < 0)
		return;
	fact(p->out, "host.seccomp", "%s", yes_no(seccomp));
	if (seccomp)
		note(p->out, F_CONFINE_SECCOMP, FINDING_PASS, "seccomp",
		     seccomp == 1 ? "strict mode" : "a filter is in force");
}

static bool selinux(struct probe *p, char *module, size_t size)
{
	char text[16];

	if (read_small(p->sys, "/sys/fs/selinux/enforce", text, sizeof(text)) <= 0)
		return false;
	snprintf(module, size, "SELinux %s", text[0] == '1' ? "enforcing" : "permissive");
	return true;
}

static bool apparmor(struct probe *p, char *module, size_t size)
{
	char text[16];

	if (read_small(p->sys, "/sys/module/apparmor/parameters/enabled", text, sizeof(text)) <=
		    0 ||
	    text[0] != 'Y')
		return false;
	snprintf(module, size, "AppArmor");
	return true;
}

struct profile_hunt {
	const char *path, *name;	/* of the program */
	char found[96];
};

/* "/usr/sbin/ptp4l (enforce)", "ptp4l (complain)" */
static bool on_profile(void *owner, char *line)
{
	struct profile_hunt *h = owner;
	size_t len = strcspn(line, " ");

	if ((len == strlen(h->path) && !strncmp(line, h->path, len)) ||
	    (len == strlen(h->name) && !strncmp(line, h->name, len)))
		snprintf(h->found, sizeof(h->found), "%.90s", line);
	return !h->found[0];
}

/* Noted, not judged: whether a policy allows enough shows only when it is asked for. */
static void note_module(struct probe *p)
{
	const char *path = p->in->run->program_path, *slash = strrchr(path, '/');
	struct profile_hunt h = { .path = path, .name = slash ? slash + 1 : path };
	char module[32], context[96] = "";

	if (!selinux(p, module, sizeof(module)) && !apparmor(p, module, sizeof(module)))
		return;
	if (read_small(p->sys, "/proc/self/attr/current", context, sizeof(context)) > 0)
		context[strcspn(context, "\n")] = '\0';
	(void)each_line(p->sys, "/sys/kernel/security/apparmor/profiles", on_profile, &h);
	fact(p->out, "host.lsm", "%s", module);
	note(p->out, F_CONFINE_MODULE, FINDING_PASS, module, "%s%s%s", h.found[0] ? h.found :
	     context[0] ? context : "no profile of the program was seen",
	     h.found[0] && context[0] ? "; we run as " : "",
	     h.found[0] ? context : "");
}

void probe_confine(struct probe *p)
{
	struct groups groups = { .unified = "" };
	bool good = true;

	if (each_line(p->sys, "/proc/self/cgroup", on_group, &groups) == 0) {
		good = judge_devices(p, &groups);
		good &= judge_memory(p, &groups);
	}
	note_seccomp(p);
	note_module(p);
	if (good)
		note(p->out, F_CONFINE_OK, FINDING_PASS, "control group",
		     "neither memory nor devices are too narrow");
}
