/**
 * @file exitinfo.h
 * @brief How a child ended, as seen from outside.
 */
#ifndef PTPWARDEN_EXITINFO_H
#define PTPWARDEN_EXITINFO_H

#include <stdbool.h>
#include "base.h"

enum exit_kind {
	EXIT_KIND_NONE,		/**< has not ended yet */
	EXIT_KIND_EXIT,		/**< code: exit status */
	EXIT_KIND_SIGNAL,	/**< code: signal number */
	EXIT_KIND_EXEC,		/**< exec or its preparation failed; code: errno, stage says where */
	EXIT_KIND_UNKNOWN,	/**< an adopted child: the kernel does not tell us */
};

enum exit_by {
	EXIT_BY_SELF,
	EXIT_BY_SUPERVISOR,	/**< we sent the signal; `why_killed` says why */
	EXIT_BY_OTHER,		/**< a signal that no program sends itself, not ours, no OOM kill */
	EXIT_BY_OOM,
	EXIT_BY_UNKNOWN,
};

/** Steps of a launch in the child, in order; the one that failed travels back through the pipe. */
enum launch_stage {
	STAGE_NONE,
	STAGE_OUTPUT,	/**< open the FIFO, dup2 */
	STAGE_SESSION,	/**< setsid, signals, umask */
	STAGE_DIRECTORY,
	STAGE_SCHED,	/**< nice, scheduler, affinity */
	STAGE_LIMITS,
	STAGE_USER,	/**< groups, gid, uid, capabilities */
	STAGE_EXEC,
	STAGE_FORK,	/**< no child could be made at all */
	STAGES
};

struct exit_info {
	enum exit_kind kind;
	int pid;		/**< which process it was, 0: none was made */
	int code;
	enum launch_stage stage;
	enum exit_by by;
	bool core;		/**< the kernel says that a core was dumped */
	const char *why_killed;	/**< static text when by == EXIT_BY_SUPERVISOR, else NULL */
	msec_t at;		/**< when it was reaped */
	msec_t after_ms;	/**< run time from exec to end */
	long maxrss_kib;
	msec_t cpu_ms;		/**< user and system time */
};

/** "exit", "signal", "exec", "unknown": the JSON kind; "none" when not ended. */
const char *exit_kind_name(enum exit_kind kind);
/** "SEGV", "KILL", ... ; "SIG<n>" cannot be static, so unknown numbers give "?". */
const char *signal_name(int signal);
/** "ENOENT", "EACCES", ... ; "?" for those that no launch produces. */
const char *errno_name(int code);
const char *launch_stage_name(enum launch_stage stage);

#endif
