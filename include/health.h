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

/**
 * What is wrong with a living daemon. The names are the values of the fact
 * health.trouble, which the knowledge base explains.
 */
enum trouble {
	TROUBLE_NONE,
	TROUBLE_STARTING,	/**< nothing to say about it yet */
	/* it does not answer, or cannot be asked */
	TROUBLE_HANG,		/**< proc_seen tells how */
	TROUBLE_TRACED,		/**< a debugger holds it: left alone */
	TROUBLE_SOCKET_LOST,	/**< its management socket was unlinked, or nobody listens */
	TROUBLE_SOCKET_STOLEN,	/**< somebody else is bound in the place of its socket */
	TROUBLE_SOCKET_REFUSED,	/**< the kernel does not let us ask */
	TROUBLE_NO_ANSWER,	/**< has never answered, but goes on */
	/* its ports */
	TROUBLE_STILLBORN,	/**< a port failed while it was set up: never heals */
	TROUBLE_FAULTY,		/**< a port is FAULTY and will be tried again */
	TROUBLE_STAYS_FAULTY,	/**< ... and was, in vain */
	TROUBLE_NO_MASTER,	/**< LISTENING, and never had a master */
	TROUBLE_MASTER_LOST,
	TROUBLE_NO_OFFSET,	/**< hears a master and measures nothing */
	TROUBLE_RX_STAMPS,	/**< frames come in without their stamps */
	TROUBLE_TX_STAMPS,	/**< FAULTY because sent frames get no stamps */
	TROUBLE_SELF_ELECTED,	/**< a client that is master */
	TROUBLE_OTHER_STATE,	/**< any other port state that is of no use */
	/* its clock */
	TROUBLE_UNSTEADY,	/**< the servo loses its lock again and again, or never gets it */
	TROUBLE_PINNED,		/**< steers at its limit and would for minutes more */
	TROUBLE_PHC_GONE,
	TROUBLE_PHC_FROZEN,
	TROUBLE_PHC_RATE,	/**< the clock runs at an impossible rate, or jumps */
	/* phc2sys and ts2phc */
	TROUBLE_WAITING,	/**< phc2sys waits for ptp4l */
	TROUBLE_SILENT,		/**< no line although some are due */
	TROUBLE_UNLOCKED,
	/* odd, but it does its work */
	TROUBLE_OFFSET,		/**< beyond the limit that the user has set */
	TROUBLE_CPU,		/**< eats a whole CPU */
	TROUBLE_OWN_TIME,	/**< serves its own time, and nobody said that it should */
	TROUBLE_LOG_SILENT,	/**< works, but prints nothing */
	TROUBLE_RENAMED,	/**< its interface has another name now */
	TROUBLES
};

/** Why a process does nothing, as /proc shows it. */
enum hang {
	HANG_UNKNOWN,
	HANG_STOPPED,		/**< SIGSTOP; takes no other signal but SIGKILL */
	HANG_TRACED,		/**< held by a debugger */
	HANG_WRITING,		/**< its output or the system log is not read */
	HANG_KERNEL,		/**< D: not even SIGKILL ends it before the kernel lets it go */
	HANG_BUSY,		/**< computes and answers nothing */
	HANG_STARVED,		/**< wants to run and gets no CPU */
	HANG_ASLEEP,		/**< waits for something that does not come */
	HANGS
};

/** A process as /proc shows it; filled by observe/proclook.c. */
struct proc_seen {
	char state;		/**< letter of /proc/PID/stat, 0: could not be read */
	bool writing;		/**< waits in a system call that writes or sends */
	int cpu_percent;	/**< of one CPU between the last two looks, -1: not known */
	msec_t state_since;	/**< every look since then has shown this state */
	msec_t eats_since;	/**< has used at least nine tenths of a CPU since, MSEC_NONE: not now */
	msec_t cpu_at;		/**< when cpu_ms was read, MSEC_NONE: never */
	int64_t cpu_ms;		/**< user and system time so far */
	int64_t switches;	/**< times that it went to sleep, -1: not known */
	msec_t still_since;	/**< has neither slept nor woken since; MSEC_NONE: not known */
	int tracer;		/**< pid of the debugger, 0: none known */
	char wchan[24];		/**< kernel function that it waits in, empty: not known */
};

struct port_seen {
	uint16_t number;
	enum port_state state;
	char interface[IFACE_NAME_MAX];	/**< empty until known */
	msec_t since;			/**< in this state since */
	bool faulty_at_init;		/**< log said INITIALIZING to FAULTY: never heals */
	uint8_t faults;			/**< times in a row that it became FAULTY with its link up */
	enum answer link;		/**< has its interface a link? */
	msec_t link_since;		/**< for so long */
};

/** Messages of PORT_STATS_NP that tell something, all ports together. */
struct stats_seen {
	bool known;
	uint64_t rx_sync, rx_announce, rx_follow_up, rx_delay_resp, tx_delay_req;
	msec_t sync_at, announce_at;	/**< when the counter was seen to grow, MSEC_NONE: never */
};

/** So many losses of the lock in a minute, and it is unsteady. */
enum { SERVO_LOSSES = 4 };

/** What the log lines and answers say about the servo. */
struct servo_seen {
	int state;		/**< 0..3 of the last line, -1: none seen */
	double freq_ppb;
	uint16_t pinned;	/**< lines in a row at the same extreme frequency */
	uint16_t beyond;	/**< samples in a row beyond the limit */
	msec_t lost[SERVO_LOSSES];	/**< newest losses of the lock, newest first, MSEC_NONE: none */
	msec_t jump_at;		/**< newest line that told of a step, MSEC_NONE: none */
	msec_t check_at;	/**< newest complaint about a clock that jumped, MSEC_NONE: none */
};

enum { GM_SETTINGS = 8 };

/** GRANDMASTER_SETTINGS_NP as it is on the wire: quality, UTC offset, flags, source. */
struct gm_seen {
	bool known;
	uint8_t settings[GM_SETTINGS];
};

/** Its clock device, looked at when there is a reason to. */
struct phc_seen {
	bool gone;
	bool rate_known;
	double rate;		/**< seconds of the clock in a second, 0: frozen */
	msec_t at;		/**< when the rate was measured */
};

/** Raw observations of one run of a daemon; zeroed at each launch by health_reset(). */
struct health_seen {
	msec_t started_at;
	int pid;		/**< who it is, 0: not known */
	int64_t offset_limit_ns;	/**< what the user allows, 0: anything */
	msec_t holdover;	/**< a lost lock is held over for so long */
	unsigned offset_samples;	/**< so many in a row beyond it are worth a word */

	/* its management socket */
	msec_t asked_at;	/**< last question sent, MSEC_NONE: never */
	msec_t answered_at;	/**< last answer, MSEC_NONE: never */
	int uds_errno;		/**< positive errno of the last send, 0: went out */
	msec_t uds_lost_at;	/**< since when the socket is not there, MSEC_NONE: it is */
	unsigned unanswered;	/**< questions in a row without an answer */
	msec_t mute_since;	/**< the first of them was sent then */
	bool uds_replaced;	/**< another file is in the place of its socket */
	int uds_thief;		/**< pid that answered in its place, 0: nobody did */

	unsigned clock_ports;	/**< how many ports it says that it has, 0: not known */
	uint8_t clock_class;	/**< what it says of its own clock, 0: not known */
	unsigned ports;
	struct port_seen port[PORTS_MAX];
	bool gm_present;
	char grandmaster[24];	/**< "001122.fffe.334455", empty when none */
	msec_t gm_lost_at;	/**< a port that was SLAVE hears no master since, MSEC_NONE: it does */
	struct stats_seen stats;
	struct gm_seen gm;

	msec_t offset_at;	/**< when the offset was seen, MSEC_NONE: never */
	int64_t offset_ns;
	struct servo_seen servo;
	msec_t line_at;		/**< last line of output, MSEC_NONE: never */
	bool idle_said;		/**< its newest line says that it has nothing to do: none are due */
	bool waiting_for_ptp4l;	/**< phc2sys said so in its newest line */
	msec_t waiting_since;	/**< it says nothing else since */
	unsigned unstamped;	/**< frames received without stamp since the last offset */
	msec_t unstamped_since;	/**< the first of them */
	msec_t tx_lost_at;	/**< newest complaint about the stamp of a sent frame, MSEC_NONE: none */

	struct proc_seen proc;
	struct phc_seen phc;
	unsigned carrier_changes;	/**< of its interface, before it was started */
	char renamed_to[IFACE_NAME_MAX];	/**< its interface is called so now; empty: as it was */
	bool was_locked;	/**< LOCKED at least once in this run */
	msec_t locked_at;	/**< newest moment of being LOCKED */
	enum trouble trouble;	/**< of the newest judgement ... */
	msec_t trouble_since;	/**< ... and for how long it has been the same */
};

struct health {
	bool ready;
	enum lock lock;
	bool broken;		/**< alive but will never work: a restart is needed */
	enum trouble trouble;	/**< the worst thing there is to say; also of a ready one */
	char why_not[120];	/**< when not ready: one clause; empty when ready */
	char note[120];		/**< ready, but something is odd: one clause; else empty */
};

const char *port_state_name(enum port_state state);	/**< "SLAVE", ... */
const char *lock_name(enum lock lock);	/**< "LOCKED", "HOLDOVER", "FREERUN", "unknown" */
const char *trouble_name(enum trouble trouble);	/**< "hang", "socket_stolen", ... */
const char *hang_name(enum hang hang);	/**< "stopped", "traced", "writing", ... */

#endif
