/**
 * @file healthjudge.h
 * @brief Is a running daemon useful, and does it hold the time? From what was seen of it.
 *
 * Pure. ptp4l is judged by its management answers, helped by its log; phc2sys
 * and ts2phc have no socket, so their lines are all there is; for any other
 * program staying alive is all that can be asked. health_seen is filled by
 * observe/ (answers, /proc) and by health_line() (lines).
 */
#ifndef PTPWARDEN_DIAGNOSE_HEALTHJUDGE_H
#define PTPWARDEN_DIAGNOSE_HEALTHJUDGE_H

#include "health.h"

enum {
	HEALTH_UNANSWERED = 3,		/**< questions in a row that make silence */
	HEALTH_HANG_MS = 2 * 1000,	/**< ... for so long at least, and it hangs */
	HEALTH_DEAF_MS = 10 * 1000,	/**< prints, and answers no more: for so long */
	HEALTH_STARVED_MS = 30 * 1000,	/**< wants to run and does not answer: for so long */
	HEALTH_STOPPED_MS = 3 * 1000,	/**< SIGSTOP for longer than this is no debugging step */
	HEALTH_NO_SOCKET_MS = 5 * 1000,	/**< started so long ago and no socket yet: replace it */
	HEALTH_LOST_SOCKET_MS = 1000,	/**< its socket is gone for so long: replace it */
	HEALTH_ALIVE_MS = 2 * 1000,	/**< a program that cannot be asked is useful after this */
	HEALTH_STAMPS_MS = 7 * 1000,	/**< frames without stamps for so long: it will not get better */
	HEALTH_UNSTEADY_MS = 60 * 1000,	/**< so many losses of the lock in this; as long again: broken */
	HEALTH_FAULTS = 4,		/**< times in a row that a port failed: it will again */
	HEALTH_EATS_MS = 10 * 1000,	/**< a whole CPU for so long is worth a word */
	HEALTH_WAITS_MS = 8 * 1000,	/**< so is phc2sys waiting for a ptp4l that is there */
	HEALTH_CLOCK_MS = 10 * 1000,	/**< a suspected clock is read again after this */
};

/** Forget the run before; a new process was started at `now`. */
void health_reset(struct health_seen *seen, msec_t now);

/** The entry of port `number`, a new one if need be; NULL: the table is full. */
struct port_seen *health_port(struct health_seen *seen, unsigned number, msec_t at);
void health_port_state(struct health_seen *seen, struct port_seen *port, enum port_state to,
		       msec_t at);
void health_port_link(struct port_seen *port, bool up, msec_t at);
void health_lock_lost(struct health_seen *seen, msec_t at);

/** One sample of the offset; the same one may come as a line and as an answer. */
void health_offset(struct health_seen *seen, int64_t ns, msec_t at);

/**
 * Take what one line of output tells; understands the forms of linuxptp 2.0 to 4.4.
 * @return true when the line told something about health, so that it is worth judging anew
 */
bool health_line(struct health_seen *seen, enum program program, const char *line, size_t len,
		 msec_t at);

struct health health_judge(const struct daemon_conf *conf, const struct health_seen *seen,
			   msec_t now);

/** Remember what was judged: a lock, so that losing it later is HOLDOVER, and since when what is wrong. */
void health_note(struct health_seen *seen, const struct health *judged, msec_t now);

/** The machine slept, or we did: what is due is due from `now` on. */
void health_forgive(struct health_seen *seen, msec_t now);

/** Why the process does nothing, by its entry in /proc. */
enum hang health_hang(const struct proc_seen *proc);

/** Is there a reason to read its clock device now? */
bool health_doubts_clock(const struct daemon_conf *conf, const struct health_seen *seen, msec_t now);

/** How long what is wrong may last before it is worth a word; MSEC_NONE: as long as a start may take. */
msec_t health_word_after(const struct health *judged);

/** Is the offset that was seen last still the offset? */
bool health_offset_stands(const struct daemon_conf *conf, const struct health_seen *seen, msec_t now);

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
