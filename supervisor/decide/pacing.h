/**
 * @file pacing.h
 * @brief How often and how soon: back-off, crash loops, the pace of starts and promotions.
 *
 * Arithmetic on the histories inside struct policy_state; no transitions.
 */
#ifndef PTPWARDEN_DECIDE_PACING_H
#define PTPWARDEN_DECIDE_PACING_H

#include "policystate.h"

enum {
	PACE_START_MS = 1000,	/* no two starts of one unit closer than this ... */
	PACE_HURRIES = 5,	/* ... but for so many, after a healthy run or a cleared obstacle ... */
	PACE_HURRY_MS = 2000,	/* ... of which another one is granted after so long */
	PACE_SWITCH_MS = 3600 * 1000,	/* POLICY_SWITCHES_MAX switches in this; a process of no use ... */
	PACE_USELESS_MS = 900 * 1000,	/* ... may also be left when the newest switch is so old */
};

/** Back-off after the newest death: doubles with the streak, +-10 % of jitter. */
msec_t pacing_delay(const struct policy_conf *c, const struct policy_state *n, msec_t at);

/** `base` with +-10 % of jitter that depends on the unit and the moment only. */
msec_t pacing_jitter(const struct policy_conf *c, msec_t base, msec_t at);

/** Wait before a better alternate is tried again: doubles with each failed try, up to an hour. */
msec_t pacing_patience(const struct policy_conf *c, const struct policy_state *n);

void pacing_death(struct policy_state *n, msec_t at);
void pacing_forget(struct policy_state *n);

/** So many deaths in the window, or in a row however slowly, that this alternate does not work. */
bool pacing_worn_out(const struct policy_conf *c, const struct policy_state *n);

/**
 * When the unit may be started: `at`, or up to a second later. Exemptions from
 * the pace are themselves limited, so that an obstacle that comes and goes
 * cannot make a storm of starts.
 */
msec_t pacing_start(const struct policy_state *n, msec_t at);
void pacing_started(struct policy_state *n, msec_t at);

/** When the process may be left for another alternate: `at`, or later. */
msec_t pacing_switch(const struct policy_state *n, msec_t at);
void pacing_switched(struct policy_state *n, msec_t at);

#endif
