/**
 * @file verbs.h
 * @brief The command line: one table of verbs.
 */
#ifndef PTPWARDEN_CONTROL_VERBS_H
#define PTPWARDEN_CONTROL_VERBS_H

/** Exit codes that scripts rely on. */
enum {
	RC_OK = 0,
	RC_FAILED = 1,		/**< needs a change by somebody */
	RC_STOPPED = 3,		/**< not running */
	RC_UNREACHABLE = 4,	/**< the supervisor does not answer */
	RC_TRYING = 5,		/**< not ready in time, still being tried */
	RC_USAGE = 64,
	RC_SYSTEM = 111,
	/* check, probe, diagnose, why */
	RC_FINE = 0,
	RC_WARNING = 1,
	RC_CAUSE = 2,
	RC_UNKNOWN = 3,
};

/** Everything after main(): find the verb, run it. @return the exit code of the process */
int verbs_main(int argc, char **argv);

/** The supervisor itself, `run`; lives in supervisor/main.c. argv[0] is the verb. */
int run_main(int argc, char **argv);

#endif
