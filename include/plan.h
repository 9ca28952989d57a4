/**
 * @file plan.h
 * @brief What ptpwarden is to run: the user's configuration, checked and fully expanded.
 *
 * Made by conf/load.c at start and at reload, read-only afterwards, freed by
 * plan_free(). Everything that a launch needs is allocated here, so that a
 * restart allocates nothing.
 */
#ifndef PTPWARDEN_PLAN_H
#define PTPWARDEN_PLAN_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>
#include "base.h"
#include "daemon.h"
#include "remedies.h"

/** Where the user said it. `file` is NULL for built-in values. */
struct place {
	const char *file;
	unsigned line;
};

/** One way of running a unit: an alternate, for one interface. Nothing is left to expand. */
struct plan_run {
	const char *name;	/**< alternate's name, NULL for the preferred one */
	struct place place;
	unsigned argc;
	char **argv;		/**< NULL-terminated; argv[0] as the user wrote it */
	char *program_path;	/**< absolute path by our own PATH search; the first candidate when none exists */
	bool program_found;	/**< the search found an executable regular file at load time */
	const char *interface;	/**< what %i became, NULL when there is none */
	char **env;		/**< NULL-terminated, complete: allow-listed and configured variables */
	const char *user;	/**< NULL: not changed */
	const char *group;	/**< NULL: the user's own group */
	bool provides_given;	/**< the user said which clock is steered ... */
	enum provides provides;	/**< ... this one; else it follows from the effective configuration */
};

enum sched_policy { SCHED_KEEP, SCHED_RR_, SCHED_FIFO_, SCHED_OTHER_ };
enum on_exit { ON_EXIT_STOP, ON_EXIT_LEAVE };

struct plan_limit {
	bool set;
	int resource;		/**< RLIMIT_* */
	struct rlimit value;
};

enum { PLAN_LIMITS = 6 };

struct plan_unit {
	char name[UNIT_NAME_MAX];
	struct place place;
	enum program program;
	int follows;		/**< index of the leader in the plan, -1: none */
	bool autostart;
	unsigned alternates;	/**< >= 1, 0 is preferred */
	unsigned variants;	/**< alternates of the leader (1 without one): followers inherit its interface */
	struct plan_run *runs;	/**< [alternates * variants]; see plan_run_of() */

	/* pacing */
	msec_t restart_delay, restart_delay_max, settle, patience, retry_slow;
	unsigned crash_deaths;	/**< crash loop: this many ... */
	msec_t crash_window;	/**< ... within this; 0: off */
	msec_t start_grace;	/**< alive but not ready for longer is said */
	msec_t stop_grace;	/**< after this the stop signal becomes SIGKILL */
	int stop_signal;
	msec_t holdover;	/**< lock lost: followers go on for so long, 0: they are stopped */
	bool year_required;	/**< not started before the system clock has reached ... */
	int clock_year;		/**< ... this year */
	int64_t offset_limit_ns;	/**< offsets beyond it are reported; 0: any is fine */
	unsigned offset_samples;	/**< ... after so many in a row */

	/* process */
	const char *directory;	/**< working directory, NULL: / */
	mode_t umask;
	bool nice_set;
	int nice;
	enum sched_policy sched;
	int sched_priority;
	bool affinity_set;
	uint64_t affinity;	/**< CPUs 0..63 */
	struct plan_limit limit[PLAN_LIMITS];

	/* output */
	bool split_streams;
	size_t history_ram;	/**< bytes */
	size_t history_file_size;
	unsigned history_files;
	unsigned remedies;	/**< allowed ones, a bit each: REMEDY_BIT() */
};

struct plan {
	char *file;		/**< path of the configuration, NULL for the built-in plan */
	char *run_dir, *state_dir, *log_dir, *rules_dir;
	char *control_group;	/**< group that may send changing verbs, NULL: root only */
	enum on_exit on_exit;
	enum on_exit removed_units;	/**< what becomes of daemons that the configuration no longer has */
	msec_t stop_within;	/**< our own end takes no longer */
	char *on_event;		/**< command that is told each event, NULL: none */
	size_t ring_size;	/**< bytes of the flight recorder's file */
	int log_level;		/**< syslog level */
	bool to_syslog;
	unsigned units;
	struct plan_unit *unit;	/**< [units], in file order */
};

/**
 * The run of unit `u` on `alternate`, for the leader's alternate
 * `leader_alternate` (0 when the unit follows nobody).
 */
static inline const struct plan_run *plan_run_of(const struct plan_unit *u, unsigned alternate,
						 unsigned leader_alternate)
{
	unsigned v = u->variants > 1 ? leader_alternate : 0;

	return &u->runs[alternate * u->variants + v];
}

#endif
