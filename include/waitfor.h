/**
 * @file waitfor.h
 * @brief The change in the world that a unit waits for instead of retrying.
 */
#ifndef PTPWARDEN_WAITFOR_H
#define PTPWARDEN_WAITFOR_H

#include "base.h"

/** Subject of a WAIT_DEVICE that any clock would end: the driver may not be there yet. */
#define WAIT_ANY_PTP_CLOCK "/dev/ptp*"

enum wait_kind {
	WAIT_NONE,	/**< nothing that we could watch: only the slow retry */
	WAIT_FILE,	/**< subject: path of a file or folder that must change or appear */
	WAIT_INTERFACE,	/**< subject: interface that must appear */
	WAIT_UP,	/**< subject: interface that must be set up */
	WAIT_CARRIER,	/**< subject: interface that needs a link */
	WAIT_DEVICE,	/**< subject: device node that must appear or become accessible */
	WAIT_PROCESS,	/**< subject: name of a rival process; pid says which must end */
	WAIT_LEADER,	/**< subject: unit that must be locked first */
	WAIT_CLOCK,	/**< subject: year that the system clock must reach */
	WAIT_KINDS
};

struct waitfor {
	enum wait_kind kind;
	int pid;		/**< WAIT_PROCESS only, else 0 */
	char subject[112];
};

/** "file", "interface", "up", "carrier", "device", "process", "leader", "clock", "none": the JSON kind. */
const char *wait_kind_name(enum wait_kind kind);

#endif
