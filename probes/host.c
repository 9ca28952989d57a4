/* Is the box itself fit: folders, clock, kernel? Asked only by a full check. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/linuxptp/daemonconf.h"
#include "questions.h"

enum {
	SECONDS_A_YEAR = 31556952,
	YEAR_FIRST = 2024,	/* this program did not exist before */
	YEAR_LAST = 2100,
	SPACE_LOW = 64 << 10,
	UPTIME_BOOTING = 60,
	MEMORY_LEFT_LOW_KB = 4 << 10,
};

/* What keeps us from writing into that folder; NULL: nothing that can be seen from outside. */
static const char *obstacle_of(struct probe *p, const char *dir, struct probe_mount *m)
{
	struct probe_stat st;
	int rc = p->sys->stat(dir, &st);

	*m = (struct probe_mount){ .free_bytes = SPACE_LOW };
	if (rc < 0)
		return strerror(-rc);
	if (!S_ISDIR(st.mode))
		return "no folder";
	if (p->sys->mount(dir, m) == 0 && m->read_only)
		return "it is on a read-only file system";
	return NULL;
}

/* A start makes the last part of the path when only that is missing. */
static void folder_to_be(struct probe *p, const char *dir, char out[PATH_MAX])
{
	struct probe_stat st;
	char *slash;

	snprintf(out, PATH_MAX, "%s", dir);
	slash = strrchr(out, '/');
	if (slash && slash != out && p->sys->stat(dir, &st) == -ENOENT)
		*slash = '\0';
}

static bool judge_dir(struct probe *p, const char *id, enum finding_state state, const char *dir)
{
	char there[PATH_MAX];
	struct probe_mount m;
	const char *obstacle;

	if (!dir)
		return true;
	folder_to_be(p, dir, there);
	obstacle = obstacle_of(p, there, &m);
	if (obstacle)
		note(p->out, id, state, dir, "%s%s%s", strcmp(there, dir) ? there : "",
		     strcmp(there, dir) ? ": " : "", obstacle);
	else if (m.free_bytes < SPACE_LOW)
		note(p->out, F_HOST_SPACE, FINDING_WARN, dir, "%llu bytes are free",
		     (unsigned long long)m.free_bytes);
	else
		return true;
	return false;
}

static bool judge_year(struct probe *p)
{
	long long year = 1970 + p->sys->wall_s() / SECONDS_A_YEAR;

	fact(p->out, "host.year", "%lld", year);
	if (year >= YEAR_FIRST && year < YEAR_LAST)
		return true;
	note(p->out, F_HOST_CLOCK_YEAR, FINDING_WARN, "system clock", "it says %lld", year);
	return false;
}

/* Of a start: a grandmaster must not hand out the time of a clock that nobody has set. */
void probe_clock_year(struct probe *p)
{
	const struct plan_unit *u = p->in->unit;
	long long year = 1970 + p->sys->wall_s() / SECONDS_A_YEAR;
	struct finding *f;
	char wanted[16];

	if (!u->year_required || year >= u->clock_year)
		return;
	snprintf(wanted, sizeof(wanted), "%d", u->clock_year);
	fact(p->out, "host.year", "%lld", year);
	fact(p->out, "host.year_required", "%s", wanted);
	f = note(p->out, F_HOST_CLOCK_UNSET, FINDING_BLOCK, "system clock",
		 "it says %lld, the unit requires %s", year, wanted);
	note_clears(f, WAIT_CLOCK, wanted, 0);
}

static bool on_device(void *owner, char *line)
{
	const char *name = strrchr(line, ' ');
	bool *found = owner;

	*found = name && !strcmp(name + 1, "ptp");
	return !*found;
}

static bool judge_kernel(struct probe *p)
{
	bool found = false;

	if (p->in->unit->program != PROG_PTP4L || !stamps_in_hardware(p->conf) ||
	    p->conf->free_running || each_line(p->sys, "/proc/devices", on_device, &found) < 0 ||
	    found)
		return true;
	note(p->out, F_HOST_NO_PTP, FINDING_WARN, "kernel", "no \"ptp\" in /proc/devices");
	return false;
}

static void host_facts(struct probe *p)
{
	char release[72], machine[72];

	p->sys->uname(release, machine, sizeof(release));
	fact(p->out, "host.kernel", "%s", release);
	fact(p->out, "host.arch", "%s", machine);
}

/* Not a fault: it explains why something may be missing that comes a moment later. */
static void judge_uptime(struct probe *p)
{
	char text[32];
	long up;

	if (read_small(p->sys, "/proc/uptime", text, sizeof(text)) <= 0)
		return;
	up = strtol(text, NULL, 10);
	fact(p->out, "host.uptime_s", "%ld", up);
	fact(p->out, "host.at_boot", "%s", yes_no(up < UPTIME_BOOTING));
	if (up < UPTIME_BOOTING)
		note(p->out, F_HOST_BOOTING, FINDING_PASS, "host", "up for %ld s", up);
}

/* What is wanted of CLOCK_TAI: nobody has set it yet, or it is what the configuration says. */
static bool judge_tai(struct probe *p)
{
	struct clock_state state;
	char text[24];
	int want;

	if (p->sys->clock_state(&state) < 0)
		return true;
	fact(p->out, "host.tai_offset", "%d", state.tai_offset);
	if (!state.tai_offset)
		return true;
	daemon_conf_option(p->in->unit->program, p->in->run->argv, p->version, "utc_offset", text,
			   sizeof(text));
	want = atoi(text);
	if (!want || state.tai_offset == want)
		return true;
	note(p->out, F_HOST_TAI_OFFSET, FINDING_WARN, "kernel",
	     "it is %d s, UTC is %d s behind TAI", state.tai_offset, want);
	return false;
}

/* Said once, and no warning: all of it works without. */
static void judge_features(struct probe *p)
{
	unsigned have = p->sys->features();
	bool ioctl_only = p->ifaces && p->iface[0].ts_rc == 0 && p->iface[0].ts.source &&
			  !strcmp(p->iface[0].ts.source, "ioctl");

	if ((have & FEATURE_PIDFD) && (have & FEATURE_STEP_NOTICE) && !ioctl_only)
		return;
	note(p->out, F_HOST_FEATURES, FINDING_PASS, "kernel", "without%s%s%s",
	     have & FEATURE_PIDFD ? "" : " pidfd",
	     have & FEATURE_STEP_NOTICE ? "" : " step notices",
	     ioctl_only ? " ethtool netlink" : "");
}

static bool on_available(void *owner, char *line)
{
	return sscanf(line, "MemAvailable: %lu", (unsigned long *)owner) != 1;
}

static bool judge_free_memory(struct probe *p)
{
	unsigned long kb = ULONG_MAX;

	(void)each_line(p->sys, "/proc/meminfo", on_available, &kb);
	if (kb >= MEMORY_LEFT_LOW_KB)
		return true;
	note(p->out, F_HOST_MEMORY, FINDING_WARN, "host", "%lu KB are available", kb);
	return false;
}

static void sandbox_fact(struct probe *p)
{
	static const struct {
		const char *path, *name;
	} signs[] = { { "/run/.containerenv", "container" },
		      { "/.dockerenv", "container" },
		      { "/run/systemd/container", "container" } };
	struct probe_stat st;

	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (p->sys->stat(signs[i].path, &st) == 0)
			fact(p->out, "host.sandbox", "%s", signs[i].name);
}

void probe_host(struct probe *p)
{
	const struct plan *plan = p->in->plan;
	bool run_dir = true, good = true;

	host_facts(p);
	if (plan) {
		run_dir = judge_dir(p, F_HOST_RUN_DIR, FINDING_BLOCK, plan->run_dir);
		good = judge_dir(p, F_HOST_STATE_DIR, FINDING_WARN, plan->state_dir) &&
		       run_dir;
		fact(p->out, "host.run_dir_writable", "%s", yes_no(run_dir));
	}
	good &= judge_year(p);
	good &= judge_kernel(p);
	good &= judge_free_memory(p);
	good &= judge_tai(p);
	judge_uptime(p);
	judge_features(p);
	sandbox_fact(p);
	if (good)
		note(p->out, F_HOST_OK, FINDING_PASS, "host", "folders, clock and kernel are fine");
}
