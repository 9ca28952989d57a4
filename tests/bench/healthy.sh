#!/bin/bash
# A healthy life: ptp4l locked to a grandmaster with phc2sys beside it, and nothing goes wrong.
# Prints what ptpwarden did meanwhile; fails when it restarted or even judged anything.
# usage: healthy.sh [SECONDS]
seconds=${1:-3600}
export TEST_LIMIT=$((seconds + 120))
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
ok "a grandmaster runs at the far end" grandmaster
still_clock
locked_conf >$ptpconf
{
	base_conf
	unit_locked
	unit_phc2sys
} >$conf
ok "the supervisor starts" warden
exits "ptp4l is locked" 0 pw wait --locked ptp4l 30
exits "phc2sys is ready" 0 pw wait phc2sys 30

# voluntary switches are wake-ups; every thread of ptpwarden and of its writer counts
# the writer is a child of ptpwarden that is no unit
writer_of() {
	local p
	for p in $(<"/proc/$1/task/$1/children"); do
		[ "$(readlink /proc/$p/exe)" = "$(readlink -f "$bin")" ] && echo "$p"
	done
}
helper=$(writer_of "$warden")
wakes() { awk '/^voluntary_ctxt/ { n += $2 } END { print n }' /proc/$warden/status /proc/$helper/status; }
cpu_ms() { awk '{ n += $14 + $15 } END { print n * 10 }' /proc/$warden/stat /proc/$helper/stat; }
state_bytes() { awk '/^wchar/ { n += $2 } END { print n }' /proc/$warden/io /proc/$helper/io; }
dirty() { awk '/^Private_Dirty/ { n += $2 } END { print n }' /proc/$warden/smaps_rollup /proc/$helper/smaps_rollup; }
kept() { du -sb $box/state 2>/dev/null | cut -f1; }
fds() { ls /proc/$warden/fd | wc -l; }
log_bytes() { cat /run/ptpwarden/log/* 2>/dev/null | wc -c; }

pw monitor >$box/events 2>/dev/null &
before="$(pid_of ptp4l) $(pid_of phc2sys)"
w0=$(wakes) c0=$(cpu_ms) b0=$(state_bytes) d0=$(dirty) f0=$(fds)
begun=$(now_ms)
end=$((begun + seconds * 1000)) bad=0
while [ "$(now_ms)" -lt $end ]; do
	sleep 10	# the whole point is that nothing happens
	read -r a </run/ptpwarden/ptp4l.pid; read -r b </run/ptpwarden/phc2sys.pid
	[ "$a $b" = "$before" ] || bad=$((bad + 1))
done
took=$((($(now_ms) - begun) / 1000))
w1=$(wakes) c1=$(cpu_ms) b1=$(state_bytes) d1=$(dirty) f1=$(fds)
echo "# $took s healthy: $(((w1 - w0) * 60 / took)) wake-ups a minute, $((c1 - c0)) ms of CPU," \
	"$((b1 - b0)) bytes written in all (log files in memory and status.json included)," \
	"logs $(log_bytes) bytes, state_dir holds $(kept) bytes, private dirty $d0 -> $d1 KiB, fds $f0 -> $f1"
is "the same processes run" "$before" echo "$(pid_of ptp4l) $(pid_of phc2sys)"
is "nothing was restarted" "0 0" echo "$(field ptp4l restarts) $(field phc2sys restarts)"
is "ptp4l is locked" LOCKED field ptp4l lock
is "phc2sys is ready" ready field phc2sys state
is "at no look was there another process" 0 echo $bad
is "no change of state was told" "" grep '"event":"state"\|->' $box/events
ok "nothing is wrong" test "$(cause ptp4l) $(cause phc2sys)" = "none none"
is "no descriptor leaked" "$f0" echo "$f1"
done_testing
