/**
 * @file ptpcommand.h
 * @brief Reads the command line of ptp4l, phc2sys and ts2phc as their getopt_long() does.
 */
#ifndef CONF_PTPCOMMAND_H
#define CONF_PTPCOMMAND_H

#include "conf/linuxptp/ptpjudge.h"

/** What a command line says beside configuration options. Strings are argv's. */
struct ptp_command {
	const char *file;	/**< -f, the last one counts */
	const char *phc;	/**< ptp4l -p */
	const char *source;	/**< -s of phc2sys and ts2phc */
	const char *sink;	/**< -c of phc2sys */
	const char *pps;	/**< phc2sys -d */
	bool automatic;		/**< -a */
	bool wait;		/**< -w */
	bool offset_given;	/**< -O */
	int offset;
	unsigned realtime;	/**< how often -r */
	unsigned sockets;	/**< how often -z */
	unsigned sources;	/**< how often -s */
	double rate;		/**< phc2sys -R: updates a second, 0: not given */
	double summary;		/**< phc2sys -u: updates in one line, 0: a line for each */
};

/** Judges argv[1..]; settings and ports go into the judge's settings. */
void ptp_command_read(struct ptp_judge *j, enum program program, char *const argv[],
		      struct ptp_command *cmd);

#endif
