/**
 * @file diagnose.h
 * @brief From facts and log lines to a verdict: what the rest of the house calls.
 *
 * Pure: no clock, allocation, logging or system call. Everything is a plain
 * value in the caller's storage. diagnose() needs about 12 KiB of stack.
 *
 * Typical use of one run of a daemon:
 *   log_digest_reset() at the launch, log_digest_line() for each line of
 *   output, exit_facts() and findings_facts() when something happened, then
 *   diagnose() and explain_verdict().
 */
#ifndef PTPWARDEN_DIAGNOSE_H
#define PTPWARDEN_DIAGNOSE_H

#include "base.h"
#include "daemon.h"
#include "digest.h"
#include "exitinfo.h"
#include "fact.h"
#include "finding.h"
#include "text.h"
#include "verdict.h"

struct rulebase;

/** The knowledge that is built in: log-line catalogue, symptoms and causes. */
const struct rulebase *rulebase_builtin(void);

/**
 * Explain what the facts and the log show.
 *
 * @param log  what the lines of this run said, NULL when there is no log
 * @param now  the moment to count the ages of facts from, MSEC_NONE: not known
 * @param out  filled completely
 */
void diagnose(const struct rulebase *rules, const struct facts *facts,
	      const struct log_digest *log, msec_t now, struct verdict *out);

/** exit.* and exec.* facts of how a child ended; a child that runs adds none. */
void exit_facts(const struct exit_info *end, struct facts *facts);

/**
 * The findings that matter to a diagnosis as facts: a BLOCK becomes "block.ID" and a WARN
 * "warn.ID" (value: "SUBJECT: DETAIL"), an UNKNOWN the unknown fact "ID".
 */
void findings_facts(const struct findings *findings, msec_t at, struct facts *facts);

/**
 * The verdict for people: at most 20 lines of 79 columns, made safe for a
 * terminal; what ptpwarden does about it is the caller's to add. Deterministic:
 * the same verdict gives the same text.
 */
void explain_verdict(const struct verdict *verdict, const char *unit, struct text *out);

/** One line: the first cause's title, or why there is none. */
void explain_line(const struct verdict *verdict, struct text *out);

/**
 * What an id of a cause or of a log line means and what to do about it.
 * @return false when the id is not known
 */
bool explain_id(const struct rulebase *rules, const char *id, struct text *out);

#endif
