#!/bin/bash
# What follows a ptp4l: when it stops and when it goes on, and that it is gone before its leader
# is started anew. And a unit that must not run before the clock is set.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
ok "a grandmaster runs at the far end" grandmaster
cat >$box/follower <<X
#!/bin/sh
echo "\$(cut -d' ' -f1 /proc/uptime) start" >>$box/life
trap 'echo "\$(cut -d" " -f1 /proc/uptime) stop" >>$box/life; exit 0' TERM
while :; do sleep 0.05; done
X
chmod +x $box/follower
locking() {	# a client that takes part for real: its clock cannot be moved here
	client_conf "$@" | sed '/free_running/d'
}
plan() {
	base_conf
	unit_ptp4l 'settle = 2s' "$@"
	printf '%s\n' '[unit follower]' "command = $box/follower" 'follows = ptp4l'
}
locking >$ptpconf

# -- on_loss --
plan 'on_loss = stop' >$conf
ok "the supervisor starts" warden
exits "ptp4l locks" 0 pw wait ptp4l --locked 60
ok "its follower runs" within 5 state_is follower ready
kill $far; wait $far 2>/dev/null
ok "with on_loss = stop it is stopped once the lock is lost" within 30 state_is follower waiting
is "for its leader" leader field follower waiting_for.kind
is "ptp4l was not restarted" 0 field ptp4l restarts
ok "the master comes back" grandmaster
exits "ptp4l locks again" 0 pw wait ptp4l --locked 60
ok "and the follower runs again" within 5 state_is follower ready
ok "each change of the lock is an event" grep -q 'lock: unit=ptp4l lock=FREERUN was=LOCKED' $box/warden.log
warden_ends

plan 'on_loss = holdover 12s' >$conf
ok "the supervisor starts" warden
exits "ptp4l locks" 0 pw wait ptp4l --locked 60
ok "its follower runs" within 5 state_is follower ready
kill $far; wait $far 2>/dev/null
holds_over() { [ "$(field ptp4l lock)" = HOLDOVER ]; }
ok "with on_loss = holdover the lock is held over" within 20 holds_over
is "and the follower goes on" ready field follower state
ok "until the time is over" within 25 state_is follower waiting
is "which is a free run" FREERUN field ptp4l lock
ok "the master comes back" grandmaster
exits "ptp4l locks again" 0 pw wait ptp4l --locked 60
ok "and the follower runs again" within 5 state_is follower ready

# -- a restart of the leader --
: >$box/life
exits "the leader is restarted" 0 pw restart ptp4l
ok "the follower stops" within 3 grep -q stop $box/life
exits "ptp4l locks again" 0 pw wait ptp4l --locked 60
ok "the follower starts" within 5 grep -q start $box/life
sent=$(grep -n 'unit=\(ptp4l\|follower\) state=stopping' $box/warden.log | tail -2 | head -1)
ok "the follower got its stop signal first" has 'unit=follower' "$sent"
is "it was started once, after the lock" 'stop start' echo $(awk '{ print $2 }' $box/life)
warden_ends

# -- require_clock_year --
plan 'require_clock_year = 2199' >$conf
ok "the supervisor starts" warden
ok "before its year a unit waits" within 5 state_is ptp4l waiting
is "for the clock" "clock 2199" field ptp4l 'waiting_for | "\(.kind) \(.subject)"'
is "and says why" clock.unset cause ptp4l
ok "it was never started" not grep -q 'unit=ptp4l state=starting' <(tail -5 $box/warden.log)
plan 'require_clock_year = 2020' >$conf
pw reload
exits "with a year that is over it runs" 0 pw wait ptp4l 30
done_testing
