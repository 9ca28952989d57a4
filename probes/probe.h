/**
 * @file probe.h
 * @brief Asks the system every question before a daemon has to fail.
 *
 * Quick questions (stat, ELF headers, configuration, netlink, /proc) never
 * wait for a device or another process and run in the supervisor. Slow ones
 * (opening a PHC, `-v` of an unseen binary, asking a live management socket)
 * run in a forked child with a deadline; the answers come back through a pipe.
 *
 * What could not be looked at is UNKNOWN and never blocks a start.
 */
#ifndef PROBES_PROBE_H
#define PROBES_PROBE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "conf/linuxptp/ptplint.h"
#include "daemon.h"
#include "fact.h"
#include "finding.h"
#include "fingerprint.h"
#include "plan.h"

struct probe_sys;	/**< the questions themselves: probes/sys.h */
struct probe_cache;	/**< what cannot have changed since the last probe */

/** The real system. */
extern const struct probe_sys probe_sys_real;

struct probe_in {
	const struct plan *plan;
	const struct plan_unit *unit;
	const struct plan_run *run;
	lp_version version;	/**< of the program, 0: unknown */
	const pid_t *ours;	/**< our own children are no rivals */
	unsigned n_ours;
	pid_t running; /**< this unit's process now, 0: none; its socket and clock are not taken */
	uint64_t child_caps;	/**< bit n: we can hand CAP_n on, see probe_child_caps(); a run with
				     a user gets those of them that its configuration needs */
	bool full; /**< `check`: ask everything; else only what matters for this start */
	bool doubt; /**< the last run failed: also ask what is seldom in the way */
	struct probe_cache *cache;	/**< may be NULL: nothing is remembered */
};

enum { PROBE_NODES_MAX = 6, PROBE_NODE_LEN = 64 };

/** What a run wants of a clock; bits. */
enum {
	CLOCK_READ = 0,
	CLOCK_STEER = 1,
	CLOCK_EXTTS = 2,	/**< it must stamp pulses that come in */
	CLOCK_PEROUT = 4,	/**< it must give pulses */
};

/** Questions that quick ones left because they may wait. */
struct probe_todo {
	bool version;		/**< run `-v` */
	bool account;		/**< ask the name service for the user */
	bool identity;		/**< ask whose clock is behind a socket that is taken */
	bool no_link;		/**< an interface has no link: its clock may stand still */
	unsigned nodes;		/**< clocks to open */
	char node[PROBE_NODES_MAX][PROBE_NODE_LEN];
	unsigned char use[PROBE_NODES_MAX];	/**< CLOCK_* */
};

struct probe_out {
	struct findings findings;
	struct facts facts;
	struct daemon_conf conf;	/**< effective configuration, see conf_read */
	struct lint lint;
	bool conf_read;
	struct probe_todo todo;
	struct {	/* what slow questions taught, for probe_learn() */
		lp_version version;	/**< 0: nothing new */
		unsigned clocks;	/**< bit n: todo.node[n] answered well */
	} learned;
};

/** Start with an empty answer. */
void probe_out_init(struct probe_out *out);

/** Quick questions. Budget: 0.3 ms on the restart path, where the cache holds. */
void probe_quick(const struct probe_in *in, const struct probe_sys *sys, struct probe_out *out);

/** Is there a question left that may block? Not when the start is blocked already, unless full. */
bool probe_slow_needed(const struct probe_in *in, const struct probe_out *so_far);

/**
 * Slow questions; `out` is what probe_quick() left. Run it in a child and give
 * it PROBE_SLOW_MS: a program that does not answer to -v uses 2 s of them.
 * When a version is learned the quick questions are asked again here, since
 * the configuration is judged for the installed version.
 */
void probe_slow(const struct probe_in *in, const struct probe_sys *sys, struct probe_out *out);

enum { PROBE_SLOW_MS = 2500 };

/** The limit for what is left in `so_far`: 2 s, unless a program is to be run as well. */
int probe_slow_ms(const struct probe_out *so_far);

/**
 * What this start depends on, to be compared with another one. Quick questions only.
 * @param probed what probe_quick() has just left for the same `in`
 */
void probe_fingerprint(const struct probe_in *in, const struct probe_sys *sys,
		       const struct probe_out *probed, struct fingerprint *out);

/** Everything at once, for `check`: quick questions, slow ones in a child with the deadline. */
void probe_all(const struct probe_in *in, const struct probe_sys *sys, struct probe_out *out);

/** What the slow questions become when the child did not answer in time: UNKNOWN findings. */
void probe_timed_out(const struct probe_in *in, struct probe_out *out);

/** Room for all that probe_send() may write. */
enum { PROBE_WIRE_MAX = sizeof(struct probe_out) };

/**
 * Write all but the linter's notes to a pipe, the child's last act. Blocks.
 * @return 0 or -errno
 */
int probe_send(const struct probe_out *out, int fd);

/**
 * Take over what a child of this very process sent: it replaces what `out` has,
 * since the child began with a copy of it.
 * @param len bytes that came before the end of the pipe
 * @return false: not all of it came, `out` is untouched
 */
bool probe_receive(struct probe_out *out, const void *bytes, size_t len);

/** Remember in the parent what the child learned. */
void probe_learn(struct probe_cache *cache, const struct probe_sys *sys,
		 const struct probe_in *in, const struct probe_out *out);

/** NULL without memory. */
struct probe_cache *probe_cache_new(void);
void probe_cache_free(struct probe_cache *cache);

enum { PROBE_IFACES_TEXT = 512 };	/**< room for what probe_cache_ifaces() may write */

/** Names and addresses of the interfaces seen, one a line: "eth0 525400000001". Bytes written. */
size_t probe_cache_ifaces(const struct probe_cache *cache, char *room, size_t size);

/** Take over what probe_cache_ifaces() wrote, perhaps before a reboot; nonsense is passed over. */
void probe_cache_take_ifaces(struct probe_cache *cache, const char *text);

/** A clock misbehaved: ask each of them anew before the next start. */
void probe_cache_doubt_clocks(struct probe_cache *cache);

/**
 * Version of a program that was run with `-v` before; 0 when it was not, or
 * when it, its loader or one of its libraries has changed since.
 */
lp_version probe_version_cached(const struct probe_cache *cache, const struct probe_sys *sys,
				const char *program_path);

/** Capabilities that this process can hand on to a child. */
uint64_t probe_child_caps(void);

/**
 * `ptpwarden probe [IFACE|/dev/ptpN]`: the interfaces, their clocks and what they can do.
 * @param what an interface, a clock device, or NULL for all
 * @return exit code of design: 0 nothing wrong, 1 warning, 2 missing or unusable, 3 unknown
 */
int probe_map(const char *what, bool json, FILE *out);

/** One row of probes/findings.ini: what `why ID` and the manual say about a finding. */
struct finding_doc {
	const char *id;
	const char *what;	/**< one sentence: what was found */
	const char *why;	/**< why it matters */
	const char *fix; /**< one imperative sentence; {subject} stands for what was looked at */
	const char *source;	/**< what was asked to find it */
};

/** The row of that id, or NULL. The ids "config.*" are those of lint_rule() instead. */
const struct finding_doc *finding_doc(const char *id);

/** All rows, sorted by id. */
extern const struct finding_doc finding_docs[];
extern const unsigned finding_docs_n;

#endif
