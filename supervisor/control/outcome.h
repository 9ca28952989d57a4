/**
 * @file outcome.h
 * @brief What a unit's state means to somebody who waits for it.
 */
#ifndef PTPWARDEN_CONTROL_OUTCOME_H
#define PTPWARDEN_CONTROL_OUTCOME_H

#include "server.h"

enum outcome {
	OUTCOME_READY,	 /**< ready, or LOCKED when that was asked for */
	OUTCOME_TRYING,	 /**< on its way, may still get there by itself */
	OUTCOME_STOPPED, /**< nobody wants it to run */
	OUTCOME_FAILED,	 /**< somebody has to change something, or it keeps crashing */
};

/** Of unit `i`. A follower is judged by the unit that it waits for. */
enum outcome outcome_of(const struct control_ops *ops, unsigned i, bool locked);

/** A failed unit whose cause is still being looked for. */
bool outcome_cause_pending(const struct control_ops *ops, unsigned i);

/**
 * A failed unit that nothing but a person's work on files can help, so that
 * patience is of no use. What may yet come by itself (a link, a device, the
 * end of a rival, the next try) is not that.
 */
bool outcome_hopeless(const struct control_ops *ops, unsigned i);

#endif
