/* Decides what to do next for one supervised daemon. Pure: a table of short moves. */
#include <string.h>

#include "moves.h"

/* An empty cell is a decision too: the event means nothing in that state. */
static move_fn *const table[ST_COUNT][EVT_COUNT] = {
	[ST_STOPPED] = {
		[EVT_WANT_UP]		= move_want_up,
		[EVT_LEADER_UP]		= move_leader_came,
		[EVT_LEADER_DOWN]	= move_leader_left,
	},
	[ST_WAITING] = {
		[EVT_WANT_UP]		= move_want_up,
		[EVT_WANT_DOWN]		= move_rest,
		[EVT_RESTART]		= move_restart_waiting,
		[EVT_CLEARED]		= move_obstacle_gone,
		[EVT_LEADER_UP]		= move_leader_came,
		[EVT_LEADER_DOWN]	= move_leader_left,
		[EVT_TIMEOUT]		= step_begin,
	},
	[ST_PROBING] = {
		[EVT_WANT_UP]		= move_want_up_again,
		[EVT_WANT_DOWN]		= move_rest,
		[EVT_RESTART]		= move_restart_waiting,
		[EVT_PROBE_PASS]	= move_passed,
		[EVT_PROBE_BLOCK]	= move_blocked,
		[EVT_CLEARED]		= move_note_cleared,
		[EVT_LEADER_UP]		= move_leader_came,
		[EVT_LEADER_DOWN]	= move_leader_left,
		[EVT_TIMEOUT]		= move_launch,
	},
	[ST_STARTING] = {
		[EVT_WANT_DOWN]		= move_stop,
		[EVT_RESTART]		= move_restart,
		[EVT_LAUNCHED]		= move_launched,
		[EVT_LAUNCH_FAILED]	= move_died,
		[EVT_EXITED]		= move_died,
		[EVT_READY]		= move_became_ready,
		[EVT_BROKEN]		= move_broken,
		[EVT_CLEARED]		= move_note_cleared,
		[EVT_REGROUP]		= move_regroup,
		[EVT_LEADER_UP]		= move_leader_came,
		[EVT_LEADER_DOWN]	= move_follow_down,
	},
	[ST_RUNNING] = {
		[EVT_WANT_DOWN]		= move_stop,
		[EVT_RESTART]		= move_restart,
		[EVT_PROBE_PASS]	= move_switch,
		[EVT_PROBE_BLOCK]	= move_stay,
		[EVT_EXITED]		= move_died,
		[EVT_READY]		= move_became_ready,
		[EVT_BROKEN]		= move_broken,
		[EVT_VERDICT]		= move_advised,
		[EVT_CLEARED]		= move_climb,
		[EVT_CUT]		= move_cut,
		[EVT_REGROUP]		= move_regroup,
		[EVT_LEADER_UP]		= move_leader_came,
		[EVT_LEADER_DOWN]	= move_follow_down,
		[EVT_TIMEOUT]		= move_due,
	},
	[ST_READY] = {
		[EVT_WANT_DOWN]		= move_stop,
		[EVT_RESTART]		= move_restart,
		[EVT_PROBE_PASS]	= move_switch,
		[EVT_PROBE_BLOCK]	= move_stay,
		[EVT_EXITED]		= move_died,
		[EVT_UNREADY]		= move_no_longer_ready,
		[EVT_BROKEN]		= move_broken,
		[EVT_CLEARED]		= move_climb,
		[EVT_REGROUP]		= move_regroup,
		[EVT_LEADER_UP]		= move_leader_came,
		[EVT_LEADER_DOWN]	= move_follow_down,
		[EVT_TIMEOUT]		= move_due,
	},
	[ST_BACKING_OFF] = {
		[EVT_WANT_UP]		= move_want_up,
		[EVT_WANT_DOWN]		= move_rest,
		[EVT_RESTART]		= move_restart_waiting,
		[EVT_VERDICT]		= move_judged,
		[EVT_CLEARED]		= move_obstacle_gone,
		[EVT_LEADER_UP]		= move_leader_came,
		[EVT_LEADER_DOWN]	= move_leader_left,
		[EVT_TIMEOUT]		= move_retry_one,
	},
	[ST_STOPPING] = {
		[EVT_WANT_UP]		= move_start_once_gone,
		[EVT_WANT_DOWN]		= move_stop_for_good,
		[EVT_RESTART]		= move_restart_once_gone,
		[EVT_LAUNCHED]		= move_stop_late_child,
		[EVT_LAUNCH_FAILED]	= move_gone,
		[EVT_EXITED]		= move_gone,
		[EVT_LEADER_UP]		= move_leader_came,
		[EVT_LEADER_DOWN]	= move_wait_once_gone,
		[EVT_TIMEOUT]		= move_insist,
	},
};

struct policy_step policy_step(const struct policy_conf *conf, struct policy_state now,
			       const struct policy_event *ev)
{
	struct policy_step s = { .next = now };
	move_fn *move = now.st < ST_COUNT && ev->kind < EVT_COUNT ? table[now.st][ev->kind] : NULL;
	bool stale = ev->kind == EVT_TIMEOUT && (now.timer == MSEC_NONE || ev->at < now.timer);

	if (move && !stale)
		move(conf, ev, &s);
	return s;
}

struct policy_state policy_start(const struct policy_conf *conf)
{
	struct policy_state n = {
		.st = ST_STOPPED,
		.spare = true,
		.launched_at = MSEC_NONE, .hurried = MSEC_NONE, .timer = MSEC_NONE,
		.settle_at = MSEC_NONE, .climb_at = MSEC_NONE, .fall_at = MSEC_NONE,
	};

	pacing_forget(&n);
	for (unsigned i = 0; i < ARRAY_LEN(n.switched); i++)
		n.switched[i] = MSEC_NONE;
	return n;
}

struct policy_state policy_adopted(const struct policy_conf *conf, unsigned alternate, msec_t now)
{
	struct policy_state n = policy_start(conf);

	n.st = ST_STARTING;	/* EVT_LAUNCHED arms its timers */
	n.alive = true;
	n.leader_up = true;
	n.alternate = (uint8_t)(alternate < conf->alternates ? alternate : 0);
	n.launched_at = now;
	if (n.alternate)
		n.climb_at = now + pacing_patience(conf, &n);
	return n;
}

struct policy_past policy_past(const struct policy_state *s)
{
	struct policy_past past = { .failed_climbs = s->failed_climbs };

	memcpy(past.switched, s->switched, sizeof(past.switched));
	return past;
}

void policy_recall(const struct policy_conf *conf, struct policy_state *s,
		   const struct policy_past *past)
{
	s->failed_climbs = past->failed_climbs;
	memcpy(s->switched, past->switched, sizeof(s->switched));
	if (s->alternate && s->climb_at != MSEC_NONE)
		s->climb_at = s->launched_at + pacing_patience(conf, s);
}
