/**
 * @file incidentlist.h
 * @brief The incidents that are kept, from their files; needs no supervisor.
 */
#ifndef PTPWARDEN_CONTROL_INCIDENTLIST_H
#define PTPWARDEN_CONTROL_INCIDENTLIST_H

#include <stdbool.h>
#include "places.h"

/** Print them, the newest last, as a table or as a JSON array. The number of them, or -errno. */
int incident_list(const struct places *at, bool json);

#endif
