/**
 * @file explainid.h
 * @brief What the id of a finding, a cause or a log line means: built in, no supervisor needed.
 */
#ifndef PTPWARDEN_CONTROL_EXPLAINID_H
#define PTPWARDEN_CONTROL_EXPLAINID_H

#include <stdbool.h>
#include <stdio.h>

/**
 * Print it for 80 columns, or as JSON: {"schema":"ptpwarden.meaning/1","id","texts":[TEXT]}.
 * @return false and nothing printed when the id is not known
 */
bool explain_id_here(const char *id, bool json, FILE *out);

#endif
