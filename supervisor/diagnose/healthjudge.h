/**
 * @file healthjudge.h
 * @brief Is a running daemon useful, and does it hold the time? From what was seen of it.
 *
 * Pure. ptp4l is judged by its management answers, helped by its log; phc2sys
 * and ts2phc have no socket, so their lines are all there is; for any other
 * program staying alive is all that can be asked. health_seen is filled by
 * observe/ (answers) and by health_line() (lines).
 */
#ifndef PTPWARDEN_DIAGNOSE_HEALTHJUDGE_H
#define PTPWARDEN_DIAGNOSE_HEALTHJUDGE_H

#include "health.h"

enum {
	HEALTH_UNANSWERED = 3,		/**< questions in a row that make a hang */
	HEALTH_NO_SOCKET_MS = 5 * 1000,	/**< running so long without a socket: replace it */
	HEALTH_HOLDOVER_MS = 600 * 1000,	/**< lock lost so long ago: free running */
	HEALTH_ALIVE_MS = 2 * 1000,	/**< a program that cannot be asked is useful after this */
	HEALTH_FRESH_MS = 15 * 1000,	/**< lines of phc2sys and ts2phc older than this are stale */
	HEALTH_SILENT_MS = 30 * 1000,	/**< phc2sys printed each second and has not for so long: hangs */
};

/** Forget the run before; a new process was started at `now`. */
void health_reset(struct health_seen *seen, msec_t now);

/**
 * Take what one line of output tells; understands the forms of linuxptp 2.0 to 4.4.
 * @return true when the line told something about health, so that it is worth judging anew
 */
bool health_line(struct health_seen *seen, enum program program, const char *line, size_t len,
		 msec_t at);

struct health health_judge(const struct daemon_conf *conf, const struct health_seen *seen,
			   msec_t now);

/** Remember a lock, so that losing it later is HOLDOVER and not FREERUN. */
void health_note(struct health_seen *seen, const struct health *judged, msec_t now);

/**
 * The port whose state is evidence: FAULTY, or LISTENING or UNCALIBRATED for longer than a start
 * may take and not because of free_running; else the first one. NULL: none, or it is on its way.
 */
const struct port_seen *health_telling_port(const struct daemon_conf *conf,
					    const struct health_seen *seen, msec_t now);

/** The management socket went missing under the running program. */
bool health_socket_lost(const struct health_seen *seen, msec_t now);

/** How long a healthy start may take to become ready or locked before that is worth a word. */
msec_t health_grace(const struct daemon_conf *conf);

#endif
