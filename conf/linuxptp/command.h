/**
 * @file command.h
 * @brief Which daemon a command line starts, and where its own arguments begin.
 */
#ifndef CONF_COMMAND_H
#define CONF_COMMAND_H

#include <stdbool.h>
#include "daemon.h"

/** The program that a word names by its last path component; PROG_OTHER: one we do not know. */
enum program command_program(const char *word);

/** "ptp4l", "phc2sys", "ts2phc", "timemaster", "other" */
const char *program_name(enum program program);

/**
 * Index of the word that is the daemon itself: 0, or further on behind a
 * wrapper such as `chrt -f 10 ptp4l ...` or `ip netns exec blue ptp4l ...`.
 * The daemon's argv begins there.
 */
unsigned command_start(char *const argv[], enum program program);

/**
 * Does a linuxptp command line give the short option `letter`, alone (-m) or
 * together with others (-mq)? Values of other options are not mistaken for it.
 * @param argv begins with the daemon
 */
bool command_has_flag(char *const argv[], enum program program, char letter);

#endif
