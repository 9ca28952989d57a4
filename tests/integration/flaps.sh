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

# -- no link at the start: ptp4l waits for it by itself --
cable_out
: >$box/warden.log
ok "the supervisor starts without a link" warden
ok "ptp4l is started all the same" within 5 pid_in_file ptp4l
ok "and says what it lacks" within 5 said 'no link' pw status
before="$(pid_of ptp4l) null"
for _ in $(seq 40); do
	cable_in; sleep 0.03
	cable_out; sleep 0.03
done
ok "forty flaps make no failure of it" holds 8 eval '[ "$(pid_of ptp4l) $(pid_of phc2sys)" = "$before" ]'
cable_in
ok "with the cable in it locks" again 30
is "in its first start" 0 field ptp4l restarts
warden_ends

# -- what is waited for flickers: an interface that comes and goes --
ip link set eth0 name eth9
: >$box/warden.log
ok "the supervisor starts without its interface" warden
ok "ptp4l waits" within 5 state_is ptp4l waiting
probes() { grep -c 'unit=ptp4l state=probing' $box/warden.log; }
n=$(probes)
ip link set eth9 down
for _ in $(seq 40); do	# there, but without an address of its family: not yet what is needed
	ip link set eth9 name eth0; ip link set eth0 name eth9
done
sleep 1	# what was put off may come
n=$(($(probes) - n))
ok "eighty changes lead to a few probes ($n)" less $n 10
ok "and at least one was at once" less 0 $n
ip link set eth9 name eth0
ip link set eth0 up
ok "the last one counts" again 40
done_testing
