/**
 * @file pmcwire.h
 * @brief PTP management messages as ptp4l speaks them on its Unix socket: bytes <-> structs.
 *
 * Pure and safe on any bytes. All numbers on the wire are big endian, but for the
 * counters of PORT_STATS_NP: little endian since 4.0, before that as the machine has them.
 */
#ifndef PTPWARDEN_PMCWIRE_H
#define PTPWARDEN_PMCWIRE_H

#include <stdbool.h>
#include "base.h"
#include "health.h"

enum { PMC_REQUEST_MAX = 120, PMC_REPLY_MAX = 1500 };

enum pmc_action { PMC_GET, PMC_SET, PMC_RESPONSE, PMC_COMMAND, PMC_ACKNOWLEDGE };

enum pmc_id {
	PMC_DEFAULT_DATA_SET = 0x2000,
	PMC_PARENT_DATA_SET = 0x2002,
	PMC_PORT_DATA_SET = 0x2004,
	PMC_TIME_STATUS_NP = 0xc000,
	PMC_GRANDMASTER_SETTINGS_NP = 0xc001,
	PMC_SUBSCRIBE_EVENTS_NP = 0xc003,
	PMC_PORT_PROPERTIES_NP = 0xc004,
	PMC_PORT_STATS_NP = 0xc005,
};

/** PTP message types that are counted; the others have no use here. */
enum pmc_message {
	PMC_SYNC = 0,
	PMC_DELAY_REQ = 1,
	PMC_FOLLOW_UP = 8,
	PMC_DELAY_RESP = 9,
	PMC_ANNOUNCE = 11,
	PMC_MESSAGES = 16,
};

enum { PMC_EVENT_PORT_STATE = 1 << 0, PMC_EVENT_TIME_SYNC = 1 << 1 };

/** What every request of one client has in common. */
struct pmc_peer {
	uint8_t domain;
	uint8_t transport_specific;	/**< low four bits */
	uint16_t port;			/**< our number, echoed in the replies */
};

struct pmc_reply {
	uint16_t sequence;
	uint16_t from_port;	/**< port number of the sender */
	uint8_t from_clock[8];
	uint16_t to_port;	/**< ours, echoed */
	enum pmc_action action;
	uint16_t id;		/**< enum pmc_id, others are left as they are */
	int error;		/**< 0, or the errorId of an error status (then `id` is what was asked) */
	union {
		struct {
			uint16_t ports;
			bool client_only;
			uint8_t clock[8];
			uint8_t clock_class, domain;
		} defaults;
		struct {
			uint8_t gm[8];
			uint8_t gm_class;
		} parent;
		struct {
			uint16_t number;
			enum port_state state;
		} port;
		struct {
			int64_t offset_ns;
			int64_t ingress_ns;	/**< moves on with each Sync that was used */
			bool gm_present;
			uint8_t gm[8];
		} time_status;
		struct {
			uint16_t duration_s;
			uint8_t events;
		} subscribe;
		struct {
			uint16_t number;
			enum port_state state;
			uint8_t time_stamping;
			char interface[IFACE_NAME_MAX];	/**< cut to fit, terminated */
		} properties;
		struct {
			uint8_t settings[GM_SETTINGS];
		} grandmaster;
		struct {
			uint16_t number;
			uint64_t rx[PMC_MESSAGES], tx[PMC_MESSAGES];	/**< by enum pmc_message */
		} stats;
	} u;
};

/** Build a GET for all ports of the clock. @return bytes written, at most PMC_REQUEST_MAX */
size_t pmc_build_get(uint8_t *out, const struct pmc_peer *peer, uint16_t sequence, enum pmc_id id);

/** Build SET SUBSCRIBE_EVENTS_NP for our address. @return bytes written */
size_t pmc_build_subscribe(uint8_t *out, const struct pmc_peer *peer, uint16_t sequence,
			   uint16_t duration_s, uint8_t events);

/** Build SET GRANDMASTER_SETTINGS_NP. @return bytes written */
size_t pmc_build_grandmaster(uint8_t *out, const struct pmc_peer *peer, uint16_t sequence,
			     const uint8_t settings[GM_SETTINGS]);

/**
 * Read one datagram.
 * @return true: `out` is filled (u only for the ids of enum pmc_id); false: not a management
 * message, cut short, or contradicting itself; `out` is untouched
 */
bool pmc_parse(const uint8_t *bytes, size_t len, struct pmc_reply *out);

/** "001122.fffe.334455" */
void pmc_clock_text(const uint8_t clock[8], char out[24]);

#endif
