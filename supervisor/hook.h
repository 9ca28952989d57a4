/**
 * @file hook.h
 * @brief Runs the user's `on_event` program, one event at a time, without ever waiting for it.
 *
 * Each event is handed over in the environment: PTPWARDEN_EVENT, PTPWARDEN_UNIT,
 * PTPWARDEN_TEXT (a sentence), PTPWARDEN_JSON (the object that `monitor -j`
 * prints) and PTPWARDEN_MISSED (events that were lost before this one). The
 * program has its own session, nothing on its descriptors, and HOOK_LIMIT_MS;
 * then it is killed. Events queue up meanwhile; when there are too many the
 * oldest are lost and counted.
 */
#ifndef PTPWARDEN_HOOK_H
#define PTPWARDEN_HOOK_H

#include <ev.h>
#include "supervisor/observe/child.h"

enum { HOOK_LIMIT_MS = 10 * 1000, HOOK_QUEUE = 16, HOOK_TEXT = 1024, HOOK_UNIT = 48 };

struct hook;

/** One thing that happened, as clients, the log and the program are told. */
struct notice {
	const char *event;	/**< "state", "incident", "remedy", ... */
	const char *unit;	/**< NULL: about ptpwarden itself */
	const char *text;	/**< one line for people */
	const char *json;	/**< one object */
};

/**
 * @param command in the syntax of the configuration; its words are copied
 * @param null_fd /dev/null, read-write, above 2; stays the caller's
 * @return NULL without memory, or when the command cannot be split; err says which
 */
struct hook *hook_new(struct ev_loop *loop, struct child_hub *hub, const char *command,
		      int null_fd, struct err *err);

/** Hand one event over, now or when its turn comes. Accepts NULL. */
void hook_tell(struct hook *h, const struct notice *n);

/** Forget the queue; a program that runs is killed. Accepts NULL. */
void hook_free(struct hook *h);

#endif
