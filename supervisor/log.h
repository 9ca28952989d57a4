/**
 * @file log.h
 * @brief The supervisor's own log: subsystem, then key=value.
 *
 * Lines go to stderr and, when asked for, to syslog. The level is tested
 * before the arguments are evaluated. Each subsystem may write LOG_BURST lines
 * in ten seconds; what is held back is counted and said with the next line.
 * Nothing here waits: a line that its reader has no room for is lost.
 * The children's own lines are evidence and never come here.
 */
#ifndef PTPWARDEN_LOG_H
#define PTPWARDEN_LOG_H

#include <syslog.h>
#include "base.h"

enum { LOG_BURST = 40 };

extern int log_level;	/**< syslog level; lines above it are not evaluated */

/**
 * Choose the level, and the socket of the log daemon that gets the lines too
 * (copied; NULL: none). It need not exist yet.
 */
void log_open(int level, const char *syslog_path);

void log_write(int level, const char *subsystem, const char *fmt, ...) PRINTF_LIKE(3, 4);

#define log_at(level, ...) \
	do { \
		if ((level) <= log_level) \
			log_write((level), __VA_ARGS__); \
	} while (0)
#define log_err(...) log_at(LOG_ERR, __VA_ARGS__)
#define log_warn(...) log_at(LOG_WARNING, __VA_ARGS__)
#define log_notice(...) log_at(LOG_NOTICE, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)

#endif
