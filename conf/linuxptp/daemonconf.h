/**
 * @file daemonconf.h
 * @brief What ptp4l, phc2sys or ts2phc will really see: command line over file over defaults.
 *
 * Reads what they would read, the way they would, for the installed version,
 * and lints it on the way. Besides reading the one file that -f names nothing
 * is touched.
 */
#ifndef CONF_DAEMONCONF_H
#define CONF_DAEMONCONF_H

#include <stdint.h>
#include "conf/linuxptp/ptplint.h"
#include "daemon.h"

/**
 * Read a command line and the configuration file it names.
 *
 * A relative file name is looked up from our own working directory.
 *
 * @param argv NULL-terminated, argv[0] is the program, or a wrapper such as chrt before it
 * @param version 0: unknown, then an option passes that any version knows
 * @param conf filled always; fields of other programs keep their defaults
 * @param lint all that is wrong; emptied first
 * @return 0, also with errors in `lint`; -errno when the file could not be
 *	read (missing, too large, no regular file): then `conf` holds command
 *	line and defaults, conf->readable is false, and `lint` says so
 */
int daemon_conf_read(enum program program, char *const argv[], lp_version version,
		     struct daemon_conf *conf, struct lint *lint);

/**
 * The text of one option that struct daemon_conf does not hold: what counts for all ports, or
 * the version's default. Reads the file anew.
 */
void daemon_conf_option(enum program program, char *const argv[], lp_version version,
			const char *name, char *out, size_t size);

/** Which clock this configuration steers. */
enum provides daemon_conf_provides(const struct daemon_conf *conf);

/** Does it set or slew CLOCK_REALTIME? */
bool daemon_conf_steers_system(const struct daemon_conf *conf);

/**
 * Capabilities (bit n is CAP_n of linux/capability.h) that this configuration
 * needs. UDP asks for NET_RAW too, because kernels before 5.7 want it for
 * SO_BINDTODEVICE.
 */
uint64_t daemon_conf_capabilities(const struct daemon_conf *conf);

/**
 * Judge a group: what differs between a ptp4l and the phc2sys that follows it
 * and would leave phc2sys waiting for ever or steering from the wrong clock.
 * Appends to `lint`.
 */
void daemon_conf_pair(const struct daemon_conf *ptp4l, const struct daemon_conf *phc2sys,
		      struct lint *lint);

/** Judge two ptp4l that shall run at the same time: sockets that collide. Appends to `lint`. */
void daemon_conf_rivals(const struct daemon_conf *one, const struct daemon_conf *other,
			struct lint *lint);

/**
 * Does `conf` use `iface` only because a section of its file names it?
 * @param place when true: where that section begins
 */
bool daemon_conf_port_from_section(const struct daemon_conf *conf, const char *iface,
				   struct lint_place *place);

/**
 * "3.1.1" is 0x030101, "4.2" is 0x040200; "4.4-00012-gabc", a build from git after 4.4, is
 * 0x0404ff; 0 when it is no version.
 */
lp_version lp_version_parse(const char *text);

#endif
