/**
 * @file moves.h
 * @brief Inside of the policy: what the table's cells do, and the steps that moves are made of.
 *
 * A move is named as the past event or the order that it answers; it changes
 * `s->next` and appends actions. idle.c holds the moves of a unit without a
 * process, alive.c those with one, ending.c those around its end.
 */
#ifndef PTPWARDEN_DECIDE_MOVES_H
#define PTPWARDEN_DECIDE_MOVES_H

#include "pacing.h"
#include "policystate.h"

typedef void move_fn(const struct policy_conf *c, const struct policy_event *ev,
		     struct policy_step *s);

/* -- steps -- */

/** Append an action to be filled in. */
struct action *step_emit(struct policy_step *s, enum action_kind kind);

/** Set the one timer; MSEC_NONE disarms it. */
void step_arm(struct policy_step *s, msec_t at);

/** Set the timer to the next moment at which a living process wants attention. */
void step_arm_alive(struct policy_step *s, msec_t now);

/** Have `alternate` probed without a change of state. */
void step_ask(struct policy_step *s, unsigned alternate);
void step_probe(struct policy_step *s, unsigned alternate, enum policy_round round, msec_t at);

/** Look for an alternate that may start, the preferred one first; followers wait for their leader. */
move_fn step_begin;
void step_wait_for_leader(struct policy_step *s);
void step_back_off(struct policy_step *s, unsigned alternate, msec_t until);

/** A person has acted: what went wrong before no longer counts. */
void step_fresh_start(const struct policy_event *ev, struct policy_state *n);
void step_stop(const struct policy_conf *c, const struct policy_event *ev,
	       struct policy_step *s, enum policy_then then);

/** A promotion did not last: `probing` becomes the alternate that was left for it. */
void step_fall_back(struct policy_state *n);

/** Tell the operator, once until a run has settled. */
void step_tell(struct policy_step *s);

/** Every alternate has failed: say so once, then try them in turn at the slowest pace. */
void step_exhaust(const struct policy_conf *c, const struct policy_event *ev,
		  struct policy_step *s, unsigned target);

enum { FRUITLESS_ROUNDS = 2 };	/* a guess that did not help twice is not followed again */

/** One more round of a cause's advice, unless it has been fruitless. */
static inline bool step_worth(uint8_t *rounds)
{
	if (*rounds >= FRUITLESS_ROUNDS)
		return false;
	++*rounds;
	return true;
}

/* -- idle.c -- */
move_fn move_want_up, move_want_up_again, move_rest, move_restart_waiting;
move_fn move_obstacle_gone, move_note_cleared, move_leader_came, move_leader_left;
move_fn move_retry_one, move_passed, move_blocked, move_launch;

/* -- alive.c -- */
move_fn move_launched, move_became_ready, move_no_longer_ready, move_due;
move_fn move_climb, move_switch, move_stay, move_cut, move_advised, move_regroup;
move_fn move_broken, move_stop, move_restart, move_follow_down;

/* -- ending.c -- */
move_fn move_died, move_gone, move_judged, move_insist, move_stop_late_child;
move_fn move_stop_for_good, move_start_once_gone, move_restart_once_gone, move_wait_once_gone;

#endif
