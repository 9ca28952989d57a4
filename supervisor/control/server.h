/**
 * @file server.h
 * @brief The control socket: answers the command line while the units are supervised.
 *
 * A stream socket run_dir/control.sock, mode 0660, group `control_group`. One
 * request a connection (request.h), the answer in frames (frame.h). Whoever
 * can connect may read; uid 0, our own uid and members of `control_group` may
 * change things. No client can hold the loop or grow without bound: everything
 * is non-blocking, and a client that does not read its answer is dropped.
 */
#ifndef PTPWARDEN_CONTROL_SERVER_H
#define PTPWARDEN_CONTROL_SERVER_H

#include <ev.h>
#include <stdbool.h>
#include <sys/types.h>
#include "err.h"
#include "finding.h"
#include "incident.h"
#include "plan.h"
#include "view.h"

enum { CONTROL_CLIENTS_MAX = 16 };

/** What the supervisor lets its clients see and do. Every function is called from the loop. */
struct control_ops {
	void *ctx;
	unsigned (*units)(void *ctx);
	/** Fill `out`; the pointers in it must stay valid until the loop runs again. */
	void (*view)(void *ctx, unsigned unit, struct unit_view *out);
	/**
	 * Carry out "start", "stop", "restart", "reload" or "shutdown" for a unit (-1: all). It
	 * must have taken effect on the views when it returns; what follows from it may come
	 * later. It must not stop the server: the answer is still to be given.
	 * @return 0, or -errno with a sentence in `err`
	 */
	int (*command)(void *ctx, const char *verb, int unit, bool force, struct err *err);
	/** Somebody may and does give this command (unit "": all); told before it is carried out. */
	void (*heard)(void *ctx, const char *verb, const char *unit, uid_t uid);
	/** Somebody is about to read the flight recorder's file; NULL: there is none. */
	void (*write_down)(void *ctx);
	/** Newest incident of a unit, open or closed; of any unit for -1; NULL: none. */
	const struct incident *(*incident)(void *ctx, int unit);
	/** Findings that keep a unit off its better alternates; NULL when there are none. */
	const struct findings *(*standing)(void *ctx, unsigned unit);
};

/** Who is at the other end. */
struct control_peer {
	uid_t uid;
	gid_t gid;
	bool in_group;	/**< member of the control group, primary or supplementary */
	bool may_change;	/**< may give commands that change something */
};

struct control_client;

/** Caller's storage; zero it before the first start. Opaque to all but server.c. */
struct control_server {
	struct ev_loop *loop;
	const struct control_ops *ops;
	ev_io listen;
	ev_timer pause;		/**< no descriptor left: accept again a little later */
	int lock;		/**< descriptor whose record lock makes us the only one here */
	bool started;
	bool has_group;
	gid_t group;
	char path[108];
	struct control_client *client[CONTROL_CLIENTS_MAX];
	/** Who is it? Replaced by tests only. */
	int (*peer)(const struct control_server *s, int fd, struct control_peer *out);
};

/**
 * Listen. `plan` is borrowed for the call; `loop` and `ops` are kept.
 * @return 0; -EADDRINUSE when another supervisor lives on this run_dir;
 *         another -errno with a sentence in `err`
 */
int control_server_start(struct control_server *s, struct ev_loop *loop, const struct plan *plan,
			 const struct control_ops *ops, struct err *err);

/** Say goodbye to the clients, remove the socket. Accepts "not started". */
void control_server_stop(struct control_server *s);

/** After a reload: who may connect and change things now. NULL: root and ourselves only. */
void control_server_group(struct control_server *s, const char *group);

/** A unit changed its state, its readiness, its lock or its cause: wakes who waits for that. */
void control_server_notify(struct control_server *s, unsigned unit);

/**
 * One event for `monitor`, as text (it gets the time of day in front) and as a
 * JSON object; both without a newline.
 */
void control_server_event(struct control_server *s, const char *text, const char *json);

/** Clients connected now. */
unsigned control_server_clients(const struct control_server *s);

#endif
