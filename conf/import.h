/**
 * @file import.h
 * @brief Make a configuration of what the usual init scripts start today.
 */
#ifndef CONF_IMPORT_H
#define CONF_IMPORT_H

#include <stdio.h>
#include "err.h"

/**
 * Print a configuration that runs what S65ptp4l and S66phc2sys (Buildroot) or
 * the like start: their arguments from `default_dir`/ptp4l and
 * `default_dir`/phc2sys where these exist, else the scripts' own defaults.
 * What was found, assumed or left out stands in comments of the output.
 *
 * @param default_dir "/etc/default"
 * @return 0; -EINVAL when a file holds what only a shell could work out;
 *	-errno when a file cannot be read
 */
int import_print(const char *default_dir, FILE *out, struct err *err);

#endif
