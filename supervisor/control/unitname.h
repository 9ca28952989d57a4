/**
 * @file unitname.h
 * @brief A unit's name given on the command line that the configuration does not know.
 */
#ifndef PTPWARDEN_CONTROL_UNITNAME_H
#define PTPWARDEN_CONTROL_UNITNAME_H

#include "plan.h"

/** Say that there is no such unit, and which one was probably meant. @return RC_USAGE */
int unit_unknown(const char *verb, const struct plan *plan, const char *name);

/** unit_unknown() if the configuration `file` can be read and lacks the unit; else 0. */
int unit_known(const char *verb, const char *file, const char *name);

#endif
