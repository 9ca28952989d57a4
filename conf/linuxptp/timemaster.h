/**
 * @file timemaster.h
 * @brief What timemaster would start: the configurations and commands that it makes up, judged.
 */
#ifndef CONF_TIMEMASTER_H
#define CONF_TIMEMASTER_H

#include "conf/linuxptp/tmfile.h"

/**
 * Read a command line of timemaster and the file that it names.
 * @param argv argv[0] is timemaster
 * @param tm filled as far as it goes, tm->file NULL: the command names none; tm_free() is due
 *	in any case
 * @return 0, also with errors in `lint`; -errno: the file could not be read
 */
int tm_load(char *const argv[], lp_version version, struct tm_conf *tm, struct lint *lint);

/**
 * Judge the ptp4l.conf and the command lines that timemaster makes up of the file: its children
 * would stumble over them one after the other while timemaster goes on. Notes name the lines of
 * the timemaster.conf.
 * @param conf takes interfaces, sockets and the rest, as far as the probes need them
 * @return 0 or -ENOMEM
 */
int tm_judge(const struct tm_conf *tm, lp_version version, struct daemon_conf *conf,
	     struct lint *lint);

#endif
