/**
 * @file local.h
 * @brief Verbs that work in the command's own process, without a supervisor. argv[0] is the verb.
 */
#ifndef PTPWARDEN_CONTROL_LOCAL_H
#define PTPWARDEN_CONTROL_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

/** Configuration and every probe of every unit and alternate. */
int check_main(int argc, char **argv);

/** `why NUMBER`: one of them in full. The exit code is that of `why`. */
int history_why(const char *file, uint32_t number, bool json);

/** What a unit printed, from its files. */
int log_main(int argc, char **argv);

/** The flight recorder's events and the state at any of them. */
int timeline_main(int argc, char **argv);

/** Failures that were seen, from state_dir; evidence of unexplained ones. */
int history_main(int argc, char **argv);

/** Tests a file of rules on unexplained failures and cases. */
int rules_main(int argc, char **argv);

/** An incident as a page, as text, as JSON. */
int report_main(int argc, char **argv);

#endif
