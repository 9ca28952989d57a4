/**
 * @file ptpjudge.h
 * @brief Judges single options and the lines of a file, and keeps what is right.
 */
#ifndef CONF_PTPJUDGE_H
#define CONF_PTPJUDGE_H

#include "conf/linuxptp/ptpfile.h"
#include "conf/linuxptp/ptpsettings.h"

enum { UNICAST_TABLES_MAX = 32 };

struct ptp_judge {
	lp_version version;
	const char *file;		/**< borrowed; NULL while the command line is judged */
	struct ptp_settings *settings;
	struct lint *lint;
	/* the section that is being read */
	int port;			/**< PTP_ALL_PORTS in [global] */
	int table;			/**< table_id of the next entries, 0: none yet */
	unsigned outside;		/**< lines before the first section */
	unsigned tables;
	int table_id[UNICAST_TABLES_MAX];
};

/** One `--name value` of the command line. */
void ptp_judge_command(struct ptp_judge *j, const char *name, const char *value);

/** The name of that version that a misspelt one probably means, in static storage, or NULL. */
const char *ptp_nearest(lp_version version, const char *name);

/** All of a file's bytes. */
void ptp_judge_file(struct ptp_judge *j, const char *bytes, size_t len);

/** A line of a [unicast_master_table]; in ptpunicast.c. */
void ptp_judge_unicast(struct ptp_judge *j, const struct ptpfile_item *item);

#endif
