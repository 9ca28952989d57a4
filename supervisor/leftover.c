#include "leftover.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/planmake.h"
#include "conf/value.h"
#include "log.h"
#include "supervisor/act/stop.h"
#include "supervisor/record/pidfile.h"

enum { GRACE_MS = 5000 };

struct leftover {
	struct leftover *next;
	struct ev_loop *loop;
	struct child child;
	ev_timer grace;
	char name[UNIT_NAME_MAX];
	char run_dir[200];
};

void leftover_fifos(const char *run_dir, const char *unit)
{
	static const char *const ends[] = { "out", "err" };
	char path[512];
	struct stat st;

	for (unsigned i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(path, sizeof(path), "%s/%s.%s", run_dir, unit, ends[i]);
		if (lstat(path, &st) == 0 && S_ISFIFO(st.st_mode))
			(void)unlink(path);
	}
}

static void on_end(void *owner, const struct exit_info *info)
{
	struct leftover *l = owner;

	ev_timer_stop(l->loop, &l->grace);
	l->child.id = CHILD_ID_NONE;
	log_notice("leftover", "unit=%s has ended", l->name);
	pidfile_remove(l->run_dir, l->name);
	leftover_fifos(l->run_dir, l->name);
}

static void on_grace(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct leftover *l = container_of(w, struct leftover, grace);

	(void)stop_signal(&l->child.id, SIGKILL, true, NULL);
}

static void end_it(struct leftover **list, struct leftover *l, struct child_hub *hub,
		   const struct child_id *id)
{
	struct err err = { 0 };

	child_init(&l->child, hub, on_end, l);
	ev_timer_init(&l->grace, on_grace, GRACE_MS / 1000.0, 0.);
	l->next = *list;
	*list = l;
	(void)child_watch(&l->child, id, 0, NULL);
	if (stop_signal(&l->child.id, SIGTERM, false, &err) < 0)
		log_err("leftover", "unit=%s %s", l->name, err.text);
	ev_timer_start(l->loop, &l->grace);
}

static void found(struct leftover **list, struct leftover *l, struct child_hub *hub,
		  const struct plan *plan)
{
	struct child_id id = CHILD_ID_NONE;
	struct pidfile p;

	if (pidfile_read(plan->run_dir, l->name, &p, &id, NULL) < 0) {
		leftover_fifos(plan->run_dir, l->name);
		free(l);
		return;
	}
	log_warn("leftover", "unit=%s pid=%d still runs, but the configuration has no such unit; %s",
		 l->name, (int)id.pid, plan->removed_units == ON_EXIT_STOP ? "it is stopped"
									   : "it is left alone");
	if (plan->removed_units == ON_EXIT_STOP) {
		end_it(list, l, hub, &id);
		return;
	}
	if (id.pidfd >= 0)
		close(id.pidfd);
	free(l);
}

/* "NAME.pid", "NAME.out" or "NAME.err" of a unit that the plan does not have */
static bool is_leftover(const struct plan *plan, const char *file, char name[UNIT_NAME_MAX])
{
	const char *dot = strrchr(file, '.');
	size_t len = dot ? (size_t)(dot - file) : 0;

	if (!len || len >= UNIT_NAME_MAX ||
	    (strcmp(dot, ".pid") && strcmp(dot, ".out") && strcmp(dot, ".err")))
		return false;
	memcpy(name, file, len);
	name[len] = '\0';
	return value_name_ok(name) && plan_find_unit(plan, name) < 0;
}

static bool known(const struct leftover *list, const char *name)
{
	for (; list; list = list->next)
		if (!strcmp(list->name, name))
			return true;
	return false;
}

void leftover_find(struct leftover **list, struct ev_loop *loop, struct child_hub *hub,
		   const struct plan *plan)
{
	DIR *dir = opendir(plan->run_dir);
	char name[UNIT_NAME_MAX];
	struct dirent *e;

	while (dir && (e = readdir(dir)) != NULL) {
		struct leftover *l;

		if (!is_leftover(plan, e->d_name, name) || known(*list, name))
			continue;
		l = calloc(1, sizeof(*l));
		if (!l)
			break;
		l->loop = loop;
		memcpy(l->name, name, sizeof(l->name));
		snprintf(l->run_dir, sizeof(l->run_dir), "%s", plan->run_dir);
		found(list, l, hub, plan);
	}
	if (dir)
		closedir(dir);
}

void leftover_free(struct leftover **list)
{
	while (*list) {
		struct leftover *l = *list;

		*list = l->next;
		ev_timer_stop(l->loop, &l->grace);
		child_stop(&l->child);
		free(l);
	}
}
