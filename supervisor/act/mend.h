/**
 * @file mend.h
 * @brief Small repairs of the system: resource limits that are inherited, an interface that is off.
 */
#ifndef PTPWARDEN_MEND_H
#define PTPWARDEN_MEND_H

#include <stddef.h>
#include "err.h"

/**
 * Raise our own limits to what linuxptp needs; children started from now on
 * inherit them. Never lowers one.
 * @param what the limits that were raised, "open files, memory"
 * @return number of limits raised, 0: all are high enough; or -errno (-EPERM: not allowed to)
 */
int mend_raise_limits(char *what, size_t size, struct err *err);

/**
 * Switch an interface on (IFF_UP).
 * @return 1, 0 when it is up already, or -errno
 */
int mend_set_up(const char *interface, struct err *err);

#endif
