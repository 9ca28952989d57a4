/**
 * @file health.h
 * @brief Is a running daemon useful? What was seen of it, and what that means.
 *
 * `struct health_seen` is filled by observe/ (management replies, lines);
 * health_judge() in diagnose/ turns it, purely, into `struct health`.
 */
#ifndef PTPWARDEN_HEALTH_H
#define PTPWARDEN_HEALTH_H

#include <stdbool.h>
#include "base.h"
#include "daemon.h"

/** portState of IEEE 1588, as in PORT_DATA_SET. */
enum port_state {
	PORT_UNKNOWN = 0,
	PORT_INITIALIZING = 1,
	PORT_FAULTY,
	PORT_DISABLED,
	PORT_LISTENING,
	PORT_PRE_MASTER,
	PORT_MASTER,
	PORT_PASSIVE,
	PORT_UNCALIBRATED,
	PORT_SLAVE,
	PORT_GRAND_MASTER,
	PORT_STATES
};

enum lock { LOCK_UNKNOWN, LOCK_FREERUN, LOCK_LOCKED, LOCK_HOLDOVER };

struct port_seen {
	uint16_t number;
	enum port_state state;
	char interface[IFACE_NAME_MAX];	/**< empty until known */
	msec_t since;			/**< in this state since */
	bool faulty_at_init;		/**< log said INITIALIZING to FAULTY: never heals */
};

/** Raw observations of one run of a daemon; zeroed at each launch by health_reset(). */
struct health_seen {
	msec_t started_at;
	msec_t asked_at;	/**< last question sent, MSEC_NONE: never */
	msec_t answered_at;	/**< last answer, MSEC_NONE: never */
	int uds_errno;		/**< positive errno of the last send, 0: went out */
	unsigned unanswered;	/**< questions in a row without an answer */
	unsigned ports;
	struct port_seen port[PORTS_MAX];
	bool gm_present;
	char grandmaster[24];	/**< "001122.fffe.334455", empty when none */
	msec_t offset_at;	/**< when the offset was seen, MSEC_NONE: never */
	int64_t offset_ns;
	int servo;		/**< 0..3 of the last line, -1: none seen */
	msec_t line_at;		/**< last line of output, MSEC_NONE: never */
	bool waiting_for_ptp4l;	/**< phc2sys said so in its newest line */
	bool was_locked;	/**< LOCKED at least once in this run */
	msec_t locked_at;	/**< newest moment of being LOCKED */
};

struct health {
	bool ready;
	enum lock lock;
	bool broken;		/**< alive but will never work: a restart is needed */
	char why_not[120];	/**< when not ready: one clause; empty when ready */
};

const char *port_state_name(enum port_state state);	/**< "SLAVE", ... */
const char *lock_name(enum lock lock);	/**< "LOCKED", "HOLDOVER", "FREERUN", "unknown" */

#endif
