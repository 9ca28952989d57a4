/**
 * @file daemon.h
 * @brief What a supervised daemon will see: its command line over its configuration file.
 *
 * Filled by conf/daemonconf.c from a plan's argv and the file it names, with
 * the precedence of linuxptp: command line over file for global options, port
 * sections over both. Defaults are those of the installed version.
 */
#ifndef PTPWARDEN_DAEMON_H
#define PTPWARDEN_DAEMON_H

#include <stdbool.h>
#include "base.h"

enum program {
	PROG_OTHER,
	PROG_PTP4L,
	PROG_PHC2SYS,
	PROG_TS2PHC,
	PROG_TIMEMASTER,
};

enum provides {
	PROVIDES_NONE,	 /**< steers no clock (free running, or another program) */
	PROVIDES_PHC,	 /**< steers the PTP hardware clock: phc2sys is wanted */
	PROVIDES_SYSTEM, /**< steers the system clock itself: phc2sys must not run */
};

enum time_stamping { TS_HARDWARE, TS_SOFTWARE, TS_LEGACY, TS_ONESTEP, TS_P2P1STEP };
enum transport { TRANSPORT_UDPV4, TRANSPORT_UDPV6, TRANSPORT_L2, TRANSPORT_OTHER };
enum clock_servo { SERVO_PI, SERVO_LINREG, SERVO_NTPSHM, SERVO_NULLF, SERVO_REFCLOCK_SOCK };
enum delay_mechanism { DELAY_AUTO, DELAY_E2E, DELAY_P2P, DELAY_NONE, DELAY_COMMON_P2P };

/** A linuxptp version as one number: 3.1.1 is 0x030101, 0 is unknown. */
typedef unsigned lp_version;

struct daemon_conf {
	enum program program;
	lp_version version;	/**< judged for this one, 0: unknown */
	bool readable;		/**< false: the file it names could not be read; the rest is command line and defaults */
	char config_file[256];	/**< -f, empty when none */
	char uds_address[108];
	char uds_ro_address[108];	/**< empty before 4.0 */
	int domain;
	int transport_specific;
	enum time_stamping time_stamping;
	enum transport transport;
	enum delay_mechanism delay_mechanism;
	bool free_running;
	bool client_only;
	bool server_only;
	bool two_step;
	bool unicast;
	bool gm_capable;
	bool boundary_clock_jbod;
	int priority1;
	int tx_timestamp_timeout_ms;
	int minor_version;
	int log_announce_interval;
	int announce_receipt_timeout;
	int log_sync_interval;
	int summary_interval;
	enum clock_servo servo;
	int shm_segment;		/**< of SERVO_NTPSHM */
	int fault_reset_interval;	/**< a FAULTY port is tried again after 2^this s; -128: at once */
	double step_threshold;
	double first_step_threshold;
	int leap_or_utc_offset;		/**< phc2sys -O, INT_MIN when not given */
	char phc_device[64];		/**< ptp4l -p, phc2sys -d; empty when none */
	unsigned ports;			/**< PTP ports: -i ones first, then sections of the file */
	char port[PORTS_MAX][IFACE_NAME_MAX];
	bool port_from_file[PORTS_MAX];	/**< this port comes from a section of the file only */
	unsigned port_line[PORTS_MAX];	/**< line of the port's section in the file, 0: it has none */
	enum transport port_transport[PORTS_MAX];
	bool port_is_source[PORTS_MAX];	/**< ts2phc: this clock gives the pulses */
	int logging_level;
	int socket_priority;
	char message_tag[32];		/**< stands in front of each message, empty when none */
	/* phc2sys and ts2phc */
	bool automatic;			/**< -a */
	bool wait;			/**< -w */
	bool realtime;			/**< phc2sys -r */
	int line_every_ms;		/**< phc2sys prints a line so often while it steers */
	char source[64];		/**< -s: interface or clock device */
	char sink[64];			/**< -c: interface or clock device, default CLOCK_REALTIME */
};

#endif
