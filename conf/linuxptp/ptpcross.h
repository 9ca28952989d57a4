/**
 * @file ptpcross.h
 * @brief What no single option shows: settings that exclude each other, or spoil the run.
 */
#ifndef CONF_PTPCROSS_H
#define CONF_PTPCROSS_H

#include "conf/linuxptp/ptpcommand.h"

/** Judge what command line and file say together; notes go into the judge's lint. */
void ptp_cross_check(const struct ptp_judge *j, enum program program,
		     const struct ptp_command *cmd);

#endif
