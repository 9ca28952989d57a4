/* Is the box itself fit: folders, clock, kernel? Asked only by a full check. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "questions.h"

enum {
	SECONDS_A_YEAR = 31556952,
	YEAR_FIRST = 2024,	/* this program did not exist before */
	YEAR_LAST = 2100,
	SPACE_LOW = 64 << 10,
};

static bool judge_dir(struct probe *p, const char *id, const char *dir)
{
	struct probe_mount m;
	struct probe_stat st;
	int rc = dir ? p->sys->stat(dir, &st) : -ENOENT;

	/* made at start when only the last part is missing; main.c reports what fails */
	if (rc == -ENOENT)
		return true;
	if (rc < 0 || !S_ISDIR(st.mode)) {
		note(p->out, id, FINDING_WARN, dir, "%s", rc < 0 ? strerror(-rc) : "no folder");
		return false;
	}
	if (p->sys->mount(dir, &m) < 0)
		return true;
	if (m.read_only)
		note(p->out, id, FINDING_WARN, dir, "it is on a read-only file system");
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
	char release[72], machine[72], text[32];

	p->sys->uname(release, machine, sizeof(release));
	fact(p->out, "host.kernel", "%s", release);
	fact(p->out, "host.arch", "%s", machine);
	if (read_small(p->sys, "/proc/uptime", text, sizeof(text)) > 0)
		fact(p->out, "host.uptime_s", "%ld", strtol(text, NULL, 10));
}

void probe_host(struct probe *p)
{
	const struct plan *plan = p->in->plan;
	bool run_dir = true, good = true;

	host_facts(p);
	if (plan) {
		run_dir = judge_dir(p, F_HOST_RUN_DIR, plan->run_dir);
		good = judge_dir(p, F_HOST_STATE_DIR, plan->state_dir) && run_dir;
		fact(p->out, "host.run_dir_writable", "%s", yes_no(run_dir));
	}
	good &= judge_year(p);
	good &= judge_kernel(p);
	if (good)
		note(p->out, F_HOST_OK, FINDING_PASS, "host", "folders, clock and kernel are fine");
}
