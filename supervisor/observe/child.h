/**
 * @file child.h
 * @brief Tells when a supervised process has ended, and how.
 *
 * Own children are reaped with wait4 (which also gives their use of resources)
 * when their pidfd becomes readable. Where there is no pidfd (before 5.3) one
 * signalfd for SIGCHLD serves all of them. Adopted processes are not our
 * children: the kernel tells that they ended, not how.
 */
#ifndef PTPWARDEN_CHILD_H
#define PTPWARDEN_CHILD_H

#include <stdbool.h>
#include <ev.h>
#include "childid.h"
#include "err.h"
#include "exitinfo.h"

/** Called once. The child is reaped; info->by is EXIT_BY_UNKNOWN, the unit knows better. */
typedef void child_fn(void *owner, const struct exit_info *info);

/** One for all children of a loop. */
struct child_hub {
	struct ev_loop *loop;
	ev_io sigchld;			/**< only where there is no pidfd */
	int signal_fd;			/**< -1: not needed so far */
	struct child *first;		/**< those that wait for SIGCHLD */
};

struct child {
	struct child_hub *hub;
	struct child_id id;		/**< pidfd is closed by child_stop() */
	msec_t started_at;
	child_fn *fn;
	void *owner;
	ev_io io;			/**< on pidfd */
	ev_timer poll;			/**< adopted and no pidfd: looks once a second */
	struct child *next;
};

void child_hub_init(struct child_hub *hub, struct ev_loop *loop);
void child_hub_fini(struct child_hub *hub);

/** Set who is told; zeroes everything else. */
void child_init(struct child *c, struct child_hub *hub, child_fn *fn, void *owner);

/**
 * Watch `id`; its pidfd is taken. `c` must stay where it is until fn was
 * called or child_stop(). Without a descriptor left it looks once a second.
 * @return 0
 */
int child_watch(struct child *c, const struct child_id *id, msec_t started_at, struct err *err);

/** Forget it without a call; does not end or reap it. Accepts "not started". */
void child_stop(struct child *c);

#endif
