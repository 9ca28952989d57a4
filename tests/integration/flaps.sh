#!/bin/bash
# What comes and goes: a cable, an interface, a master. Daemons that help themselves are left
# alone; what is waited for is asked at a steady pace however often it flickers.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
ok "a grandmaster runs at the far end" grandmaster
still_clock
locked_conf >$ptpconf
{
	base_conf
	unit_locked 'settle = 2s'
	unit_phc2sys 'settle = 2s'
} >$conf
ok "the supervisor starts" warden
exits "ptp4l is locked" 0 pw wait --locked ptp4l 30
exits "phc2sys is ready" 0 pw wait phc2sys 30
before="$(pid_of ptp4l) $(pid_of phc2sys)"
untouched() {
	is "$1: the same processes run" "$before" echo "$(pid_of ptp4l) $(pid_of phc2sys)"
	is "$1: nothing was restarted" "0 0" echo "$(field ptp4l restarts) $(field phc2sys restarts)"
}
again() { within "$1" eval '[ "$(field ptp4l lock) $(field phc2sys state)" = "LOCKED ready" ]'; }

# -- the link --
at=$(now_ms)
cable_out
ok "a pulled cable is seen" within 5 not state_is ptp4l ready
echo "# after $(($(now_ms) - at)) ms"
cable_in
at=$(now_ms)
ok "with the cable in it locks again" again 30
echo "# after $(($(now_ms) - at)) ms"
untouched "cable out and in"

for _ in $(seq 20); do
	cable_out; sleep 0.05
	cable_in; sleep 0.05
done
ok "after twenty flaps it locks again" again 30
untouched "twenty flaps in two seconds"

ip link set eth0 down
ok "an interface that is set down is seen" within 5 not state_is ptp4l ready
ip link set eth0 up
ok "set up again it locks" again 30
untouched "interface down and up"

# -- the master --
kill $far
ok "the loss of the master is seen" within 10 not state_is ptp4l ready
grandmaster
ok "with the master back it locks" again 30
untouched "master lost and back"
warden_ends

# -- the wait for a cable that flaps --
ip link del eth0
ip link add eth0 type veth peer name eth0 netns far
probes() { grep -c 'unit=ptp4l state=probing' $box/warden.log; }
: >$box/warden.log
ok "the supervisor starts" warden
ok "without a link ptp4l waits" within 5 state_is ptp4l waiting
n=$(probes)
ip -n far link set eth0 up
for _ in $(seq 60); do
	ip link set eth0 up; sleep 0.02
	ip link set eth0 down; sleep 0.02
done
n=$(($(probes) - n))
ok "sixty changes in three seconds lead to a few probes ($n)" less $n 14
ok "at least one of which was at once" less 0 $n
ip link set eth0 up
ok "the last one counts" within 5 pid_in_file ptp4l
done_testing
