/**
 * @file note.h
 * @brief How probes write down what they found.
 *
 * The ids are macros made from findings.ini (F_BINARY_MISSING is
 * "binary.missing"), so every id has its row of documentation, and the advice
 * of a finding is the row's `fix` with the subject put in.
 */
#ifndef PROBES_NOTE_H
#define PROBES_NOTE_H

#include "finding_ids.h"
#include "probe.h"
#include "sys.h"

/** Append a finding; advice comes from findings.ini for WARN and BLOCK. Never NULL. */
struct finding *note(struct probe_out *out, const char *id, enum finding_state state,
		     const char *subject, const char *fmt, ...) PRINTF_LIKE(5, 6);

/** note() for a BLOCK that a change of `subject` of this kind could clear. */
struct finding *note_block(struct probe_out *out, const char *id, enum wait_kind clears,
			   const char *subject, const char *fmt, ...) PRINTF_LIKE(5, 6);

/** Say what change would clear a finding. A subject too long to watch becomes WAIT_NONE. */
void note_clears(struct finding *f, enum wait_kind kind, const char *subject, pid_t pid);

/** A fact of source "probe". */
#define fact(out, name, ...) facts_set(&(out)->facts, "probe", MSEC_NONE, (name), __VA_ARGS__)

static inline const char *yes_no(bool b)
{
	return b ? "yes" : "no";
}

#endif
