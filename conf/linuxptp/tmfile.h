/**
 * @file tmfile.h
 * @brief Reads a timemaster.conf as timemaster does, and says all that is wrong with it.
 *
 * Grammar: `#` comments, `[NAME PARAMETER]` up to the first `]`, then lines NAME VALUE; names of
 * sections and settings without case. timemaster says no line numbers and stops at the first error.
 */
#ifndef CONF_TMFILE_H
#define CONF_TMFILE_H

#include "conf/linuxptp/ptplint.h"
#include "daemon.h"

enum { TM_DOMAINS_MAX = 8, TM_LINES_MAX = 128, TM_BASE = -1 };

enum tm_role { TM_CHRONYD, TM_NTPD, TM_PTP4L, TM_PHC2SYS, TM_ROLES };

/** A program that timemaster may start. */
struct tm_program {
	const char *path;	/**< a name without a slash is looked for in PATH */
	const char *options;	/**< words in front of those that timemaster adds; NULL: its own */
	unsigned line;		/**< of `options` */
};

struct tm_domain {
	int number;
	unsigned line;		/**< of the section */
	unsigned ifaces;
	char iface[PORTS_MAX][IFACE_NAME_MAX];
};

/** A setting for ptp4l: a line of [ptp4l.conf], or the value of a ptp4l_option. */
struct tm_line {
	const char *text;
	unsigned line;
	int domain;		/**< index, or TM_BASE */
};

struct tm_conf {
	const char *file;	/**< as given to tm_read() */
	const char *rundir;
	bool ntpd;		/**< ntp_program ntpd, else chronyd */
	int first_segment;
	unsigned servers;	/**< [ntp_server] sections */
	struct tm_program program[TM_ROLES];
	unsigned base_line;	/**< of [ptp4l.conf], 0: there is none */
	unsigned domains, lines, last_line;
	struct tm_domain domain[TM_DOMAINS_MAX];
	struct tm_line line[TM_LINES_MAX];
	char *text;		/**< the file cut into words; the pointers point here */
};

/**
 * Read all of a file's bytes.
 * @param file its name, for the notes; must stay where it is
 * @param out filled as far as it goes; tm_free() is due in any case
 * @return 0 or -ENOMEM
 */
int tm_read(struct tm_conf *out, const char *file, const char *bytes, size_t len,
	    lp_version version, struct lint *lint);
void tm_free(struct tm_conf *tm);

/** Which program does the NTP part? */
static inline enum tm_role tm_ntp_role(const struct tm_conf *tm)
{
	return tm->ntpd ? TM_NTPD : TM_CHRONYD;
}

#endif
