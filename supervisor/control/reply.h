/**
 * @file reply.h
 * @brief One request being answered: what to say now, and what to wait for before saying more.
 *
 * Knows nothing of sockets: bytes go into an outbuf, time comes in. The server
 * calls reply_begin() once, then reply_go_on() whenever the buffer has
 * drained, a unit has changed or `wake_at` has come, until it says
 * REPLY_DONE.
 */
#ifndef PTPWARDEN_CONTROL_REPLY_H
#define PTPWARDEN_CONTROL_REPLY_H

#include "frame.h"
#include "request.h"
#include "server.h"

enum reply_state {
	REPLY_DONE,	/**< all is said, the exit code too */
	REPLY_MORE,	/**< goes on as soon as there is room in the buffer */
	REPLY_WAIT,	/**< goes on when a unit changes or at `wake_at` */
	REPLY_MONITOR,	/**< goes on with each event, without end */
};

struct reply {
	const struct control_ops *ops;
	struct request request;
	bool may_change;
	uid_t uid;		/**< of the client */
	struct outbuf *out;
	msec_t deadline;	/**< of a wait */
	msec_t wake_at;		/**< MSEC_NONE: only by a change */
	msec_t failed_at;	/**< when the unit was first seen failed without a known cause */
	unsigned next;		/**< unit to be shown next */
	int rc;			/**< exit code that `next` units have led to so far */
};

/**
 * How long a failed unit may lack a cause before `--wait` answers without one:
 * the evidence is gathered after the death.
 */
enum { REPLY_VERDICT_GRACE = 500 };

/** `a->ops`, `request`, `may_change` and `out` are set by the caller, the rest is zero. */
enum reply_state reply_begin(struct reply *a, msec_t now);
enum reply_state reply_go_on(struct reply *a, msec_t now);

/** One sentence on standard error, then the exit code. */
enum reply_state reply_refuse(struct outbuf *out, int rc, const char *sentence);

/** Index of the unit of that name, -1 when there is none. */
int reply_unit(const struct control_ops *ops, const char *name);

#endif
