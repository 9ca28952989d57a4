/*
 * timemaster starts other programs: are they there? It ends with status 0 when
 * one cannot be started, as if all were well.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/linuxptp/command.h"
#include "conf/linuxptp/timemaster.h"
#include "conf/paths.h"
#include "questions.h"

static const char *search_path(const struct probe *p)
{
	for (char **v = p->in->run->env; v && *v; v++)
		if (!strncmp(*v, "PATH=", 5))
			return *v + 5;
	return PATHS_DEFAULT;
}

static bool can_run(const struct probe *p, const char *path)
{
	struct probe_stat st;

	return p->sys->stat(path, &st) == 0 && S_ISREG(st.mode) &&
	       who_may(&p->who, p->sys, path, MAY_EXEC) != ANSWER_NO;
}

/* As posix_spawnp() looks for it. */
static bool found(const struct probe *p, const char *program, char place[PATH_MAX])
{
	const char *dirs = search_path(p);

	snprintf(place, PATH_MAX, "%s", program);
	if (strchr(program, '/'))
		return can_run(p, program);
	while (*dirs) {
		size_t len = strcspn(dirs, ":");

		snprintf(place, PATH_MAX, "%.*s/%s", (int)len, dirs, program);
		if (can_run(p, place))
			return true;
		dirs += len + (dirs[len] == ':');
	}
	snprintf(place, PATH_MAX, "/usr/sbin/%s", program);
	return false;
}

static void judge_child(struct probe *p, const char *program)
{
	char place[PATH_MAX];
	struct finding *f;

	if (found(p, program, place)) {
		note(p->out, F_BINARY_OK, FINDING_PASS, place, "timemaster will find it");
		return;
	}
	f = note(p->out, F_BINARY_CHILD, FINDING_BLOCK, *program ? program : "path",
		 "timemaster would start it, but there is no such program");
	note_clears(f, WAIT_FILE, place, 0);
}

/* phc2sys is started for interfaces with a clock only. */
static bool has_clock(const struct probe *p)
{
	for (unsigned i = 0; i < p->ifaces; i++)
		if (p->iface[i].ts_rc == 0 && p->iface[i].ts.phc_index >= 0)
			return true;
	return false;
}

void probe_children(struct probe *p)
{
	struct lint *unused;
	struct tm_conf tm;

	if (p->in->unit->program != PROG_TIMEMASTER || !p->conf->readable)
		return;
	unused = calloc(1, sizeof(*unused));
	if (unused && tm_load(p->in->run->argv + command_start(p->in->run->argv, PROG_TIMEMASTER),
			      p->version, &tm, unused) == 0 && tm.file) {
		judge_child(p, tm.program[tm_ntp_role(&tm)].path);
		if (tm.domains)
			judge_child(p, tm.program[TM_PTP4L].path);
		if (has_clock(p))
			judge_child(p, tm.program[TM_PHC2SYS].path);
	}
	if (unused)
		tm_free(&tm);
	free(unused);
}
