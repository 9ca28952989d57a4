/**
 * @file stop.h
 * @brief The only place that sends signals.
 */
#ifndef PTPWARDEN_STOP_H
#define PTPWARDEN_STOP_H

#include <stdbool.h>
#include "childid.h"
#include "err.h"

/**
 * Send `sig` to a supervised process. Refuses pid <= 1, and a process that is
 * neither our unreaped child nor an adopted one with the same start time.
 * @param group also to its process group (it leads its own session)
 * @return 0, -ESRCH when it is gone or has become somebody else, or -errno
 */
int stop_signal(const struct child_id *id, int sig, bool group, struct err *err);

#endif
