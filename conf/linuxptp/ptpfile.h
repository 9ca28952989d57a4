/**
 * @file ptpfile.h
 * @brief Reads a linuxptp configuration file exactly as linuxptp does, oddities included.
 *
 * No judgement here: what a line is, not whether it is right. Lines are cut
 * every 1023 bytes as fgets() with the daemon's buffer does, so what follows
 * counts as a line of its own, for the daemon and for us.
 */
#ifndef CONF_PTPFILE_H
#define CONF_PTPFILE_H

#include "daemon.h"

enum { PTPFILE_LINE = 1024, PTPFILE_PORT = 129 };

enum ptpfile_section {
	PTPFILE_NOWHERE,	/**< before the first section */
	PTPFILE_GLOBAL,
	PTPFILE_TABLE,		/**< [unicast_master_table] */
	PTPFILE_PORTS,		/**< any other: names a port */
};

enum ptpfile_kind {
	PTPFILE_BEGIN,		/**< a section begins */
	PTPFILE_NAMELESS,	/**< a port section without a name */
	PTPFILE_OUTSIDE,	/**< a setting before the first section */
	PTPFILE_SETTING,	/**< name and value */
	PTPFILE_VALUELESS,	/**< a setting without white space in it */
	PTPFILE_ENTRY,		/**< a line of a unicast_master_table; name is the whole line */
};

struct ptpfile_item {
	enum ptpfile_kind kind;
	unsigned line;		/**< as an editor counts */
	unsigned daemon_line;	/**< as the daemon counts and reports */
	const char *name;	/**< borrowed until the next call */
	const char *value;	/**< borrowed until the next call, NULL where there is none */
	bool cut;		/**< the line went on beyond what the daemon reads at once */
	bool rest;		/**< this is the rest of a line that was cut */
};

struct ptpfile {
	const char *at, *end;
	unsigned line, daemon_line;
	unsigned port_max;	/**< longer port names are cut */
	enum ptpfile_section section;
	char port[PTPFILE_PORT];	/**< name of the port section; empty: none yet */
	bool inside;		/**< the next bytes are the rest of a line */
	char buf[PTPFILE_LINE];
};

/** Start reading `len` bytes, which must stay where they are. */
void ptpfile_init(struct ptpfile *f, const char *bytes, size_t len, lp_version version);

/** The next item; false at the end. Blank lines and comments are passed over. */
bool ptpfile_next(struct ptpfile *f, struct ptpfile_item *item);

/** What the daemon calls the section we are in: "global", or the port's name. */
const char *ptpfile_section_name(const struct ptpfile *f);

#endif
