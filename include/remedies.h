/**
 * @file remedies.h
 * @brief What ptpwarden may mend by itself, and what became of it.
 *
 * A closed list. Each is allowed or forbidden per unit (`remedies` of the
 * configuration), proposed by a cause of the rule base or by a finding, and
 * noted with its result.
 */
#ifndef PTPWARDEN_REMEDIES_H
#define PTPWARDEN_REMEDIES_H

#include <stdbool.h>
#include "base.h"

enum remedy {
	REMEDY_NONE,
	REMEDY_MAKE_UDS_DIR,		/**< the missing folder of the management socket */
	REMEDY_REMOVE_STALE_SOCKET,	/**< a socket file that nobody listens on any more */
	REMEDY_RAISE_LIMIT,		/**< resource limits that ptpwarden was started with */
	REMEDY_SET_INTERFACE_UP,	/**< ip link set IFACE up */
	REMEDY_REAPPLY_GRANDMASTER,	/**< GRANDMASTER_SETTINGS_NP that were set before a restart */
	REMEDY_RESUME_AFTER_PHC,	/**< start a follower when the clock device it needs is back */
	REMEDIES
};

/** As a bit of plan_unit.remedies. */
#define REMEDY_BIT(remedy) (1u << (remedy))

enum { REMEDY_NOTES = 3 };

/** One attempt. */
struct remedy_note {
	enum remedy remedy;	/**< REMEDY_NONE: this place is empty */
	bool worked;
	msec_t at;
	char text[120];		/**< what was done, or why it could not be: one clause */
};

/** "make_uds_dir", ...: as in the configuration, the rules and the JSON; "none" */
const char *remedy_name(enum remedy remedy);

#endif
