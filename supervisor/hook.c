#include "hook.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/paths.h"
#include "conf/words.h"
#include "log.h"
#include "loop.h"
#include "supervisor/act/launch.h"
#include "supervisor/act/stop.h"

enum { VARIABLES = 6 };

struct message {
	char event[24];
	char unit[HOOK_UNIT];
	char text[320];
	char json[HOOK_TEXT];
};

struct hook {
	struct ev_loop *loop;
	struct words command;
	char path[256];
	int null_fd;
	struct child child;
	bool running, overdue;
	ev_timer deadline;
	unsigned missed, queued;
	struct message queue[HOOK_QUEUE];	/* oldest first */
	char room[VARIABLES][HOOK_TEXT + 32];	/* the environment of the newest start */
	char *env[VARIABLES + 1];
};

static void put(struct hook *h, unsigned at, const char *name, const char *value)
{
	snprintf(h->room[at], sizeof(h->room[at]), "%s=%s", name, value);
	h->env[at] = h->room[at];
}

static void fill_environment(struct hook *h, const struct message *m)
{
	char missed[16];

	snprintf(missed, sizeof(missed), "%u", h->missed);
	put(h, 0, "PATH", PATHS_DEFAULT);
	put(h, 1, "PTPWARDEN_EVENT", m->event);
	put(h, 2, "PTPWARDEN_UNIT", m->unit);
	put(h, 3, "PTPWARDEN_TEXT", m->text);
	put(h, 4, "PTPWARDEN_JSON", m->json);
	put(h, 5, "PTPWARDEN_MISSED", missed);
	h->missed = 0;
}

static void start_next(struct hook *h)
{
	struct launch_spec spec = { .path = h->path, .argv = h->command.at, .env = h->env,
				    .null_fd = h->null_fd, .out_fd = h->null_fd,
				    .err_fd = h->null_fd };
	struct launched l = { .id = CHILD_ID_NONE };
	struct err err = { 0 };

	if (h->running || !h->queued)
		return;
	fill_environment(h, &h->queue[0]);
	memmove(&h->queue[0], &h->queue[1], --h->queued * sizeof(h->queue[0]));
	if (path_find_program(h->command.at[0], PATHS_DEFAULT, h->path, sizeof(h->path)) < 0 ||
	    launch(&spec, &l, &err) < 0) {
		log_warn("hook", "on_event: %s", err.code ? err.text : "there is no such program");
		h->missed += 1 + h->queued;
		h->queued = 0;
		return;
	}
	h->running = true;
	h->overdue = false;
	(void)child_watch(&h->child, &l.id, l.at, NULL);
	ev_timer_set(&h->deadline, HOOK_LIMIT_MS / 1000.0, 0.);
	ev_timer_start(h->loop, &h->deadline);
}

static void on_end(void *owner, const struct exit_info *info)
{
	struct hook *h = owner;

	h->running = false;
	h->child.id = CHILD_ID_NONE;
	ev_timer_stop(h->loop, &h->deadline);
	if (!h->overdue && (info->kind != EXIT_KIND_EXIT || info->code))
		log_warn("hook", "on_event: %s ended with %s %d", h->command.at[0],
			 info->kind == EXIT_KIND_EXIT ? "status" : "signal", info->code);
	start_next(h);
}

static void on_deadline(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct hook *h = container_of(w, struct hook, deadline);

	h->overdue = true;
	log_warn("hook", "on_event: %s has not ended within %d s and is killed", h->command.at[0],
		 HOOK_LIMIT_MS / 1000);
	(void)stop_signal(&h->child.id, SIGKILL, true, NULL);
}

struct hook *hook_new(struct ev_loop *loop, struct child_hub *hub, const char *command,
		      int null_fd, struct err *err)
{
	struct hook *h = calloc(1, sizeof(*h));

	if (!h) {
		err_set(err, ENOMEM, "on_event: out of memory");
		return NULL;
	}
	h->loop = loop;
	h->null_fd = null_fd;
	child_init(&h->child, hub, on_end, h);
	h->child.id = CHILD_ID_NONE;
	ev_timer_init(&h->deadline, on_deadline, 0., 0.);
	if (words_split(command, &h->command, NULL, err) == 0)
		return h;
	free(h);
	return NULL;
}

void hook_tell(struct hook *h, const struct notice *n)
{
	struct message *m;

	if (!h)
		return;
	if (h->queued == HOOK_QUEUE) {
		memmove(&h->queue[0], &h->queue[1], --h->queued * sizeof(h->queue[0]));
		h->missed++;
	}
	m = &h->queue[h->queued++];
	snprintf(m->event, sizeof(m->event), "%s", n->event);
	snprintf(m->unit, sizeof(m->unit), "%s", n->unit ? n->unit : "");
	snprintf(m->text, sizeof(m->text), "%s", n->text);
	snprintf(m->json, sizeof(m->json), "%s", n->json);
	start_next(h);
}

void hook_free(struct hook *h)
{
	if (!h)
		return;
	if (h->running)
		(void)stop_signal(&h->child.id, SIGKILL, true, NULL);
	ev_timer_stop(h->loop, &h->deadline);
	child_stop(&h->child);
	free(h);
}
