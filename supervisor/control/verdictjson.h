/**
 * @file verdictjson.h
 * @brief A verdict as the JSON object "ptpwarden.diagnosis/1", for `why` and `diagnose`.
 */
#ifndef PTPWARDEN_CONTROL_VERDICTJSON_H
#define PTPWARDEN_CONTROL_VERDICTJSON_H

#include "finding.h"
#include "text.h"
#include "verdict.h"

enum { VERDICT_JSON_MAX = 64 * 1024 };	/**< room that is always enough */

/**
 * @param standing findings that keep a unit off its better alternates; NULL: none
 */
void verdict_json(const struct verdict *verdict, const struct findings *standing, struct text *out);

/** The same with the member "facts": a list of diagnose/factlist.h; NULL: empty. */
void verdict_json_facts(const struct verdict *verdict, const struct findings *standing,
			const char *list, msec_t now, struct text *out);

/** The exit code that stands for a verdict: RC_FINE, RC_CAUSE or RC_UNKNOWN. */
int verdict_rc(const struct verdict *verdict);

#endif
