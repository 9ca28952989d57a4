#!/bin/bash
# Daemons that are alive and not healthy: each is found in its time, named, and replaced or left
# alone as it should be. hang.sh holds the stopped ptp4l.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
still_clock

# found UNIT WORD SEC: how long until its trouble is in the log; $last_ms
found() {
	within "$3" grep -q "unit=$1 broken=$2" $box/warden.log || return 1
	echo "# $1 $2: found after $last_ms ms"
}
noted() { [[ "$(field "$1" note)" == *"$2"* ]]; }
cause_is() { [ "$(cause "$1")" = "$2" ]; }
same_process() { [ "$(pid_of "$1")" = "$2" ]; }
fresh_log() { : >$box/warden.log; }
locked() { pw wait "$1" --locked 30; }

locked_conf >$ptpconf
{
	base_conf
	unit_locked 'offset_limit = 1ns for 3'
	unit_phc2sys
} >$conf
ok "a grandmaster runs at the far end" grandmaster
ok "the supervisor starts" warden
exits "ptp4l locks" 0 locked ptp4l
exits "phc2sys follows and locks" 0 locked phc2sys

# -- odd, but it works --
ok "offsets beyond the limit are noted" within 10 noted ptp4l 'beyond the limit'
is "which is no reason to call it not ready" true field ptp4l ready
has_cause() { [ "$(field "$1" cause)" != null ]; }
ok "and has a cause while it lasts" within 12 has_cause ptp4l
sed -i 's/^offset_limit.*/offset_limit = off/' $conf
ok "without the limit it is started anew or goes on" pw reload
exits "locked" 0 locked ptp4l
exits "and so is phc2sys" 0 locked phc2sys

# -- left alone --
pid=$(pid_of ptp4l)
kill $far; wait $far 2>/dev/null
why_not_says() { [[ "$(field "$1" why_not)" == *"$2"* ]]; }
ok "a lost master is said" within 5 why_not_says ptp4l 'has lost its master'
is "an offset of before is not shown" null field ptp4l offset_ns
ok "and named" within 10 cause_is ptp4l net.master_lost
ok "the master comes back" grandmaster
exits "ptp4l locks again by itself" 0 locked ptp4l
is "in the same process" "$pid" pid_of ptp4l
exits "and so does phc2sys" 0 locked phc2sys

cable_out
faulty() { [ "$(field ptp4l 'ports[0].state')" = FAULTY ]; }
ok "a port without a cable is FAULTY" within 10 faulty
is "its offset of before is not shown" null field ptp4l offset_ns
ok "and it is left alone" holds 4 same_process ptp4l "$pid"
cable_in
exits "with the cable it heals by itself" 0 locked ptp4l
is "in the same process as before" "$pid" pid_of ptp4l

# -- its socket --
exits "phc2sys is locked" 0 locked phc2sys
fresh_log
rm /var/run/ptp4l
ok "a removed management socket is found within five seconds" found ptp4l socket_lost 5
ok "a new process has a new one" within 5 test -S /var/run/ptp4l
exits "and locks" 0 locked ptp4l
is "the cause is known" uds_unavailable class ptp4l

fresh_log
ip link add dummy0 type veth peer name dummy1 && ip link set dummy0 up
ptp4l -i dummy0 -S -m -q --free_running 1 >$box/thief.log 2>&1 &
thief=$!
ok "a socket that another ptp4l takes is found within five seconds" found ptp4l socket_stolen 5
ok "which is a second instance" within 5 class_is ptp4l duplicate_instance
exits "ours takes it back and locks" 0 locked ptp4l
fresh_log
kill $thief; wait $thief 2>/dev/null
ok "the other one removes it when it ends, which is found too" found ptp4l socket_lost 5
exits "and ours locks again" 0 locked ptp4l

# -- a debugger --
if command -v gdb >/dev/null; then
	pid=$(pid_of ptp4l)
	gdb -nx -batch -p "$pid" -ex 'shell sleep 8' >$box/gdb.out 2>&1 &
	tracer=$!
	ok "a ptp4l that a debugger holds is said to be" within 7 why_not_says ptp4l debugger
	ok "and is not replaced" holds 2 same_process ptp4l "$pid"
	wait $tracer
	exits "it works again when it is let go" 0 locked ptp4l
	is "in the same process as before" "$pid" pid_of ptp4l
fi

# -- phc2sys --
exits "phc2sys is locked again" 0 locked phc2sys
fresh_log
pid=$(pid_of phc2sys) ptp=$(pid_of ptp4l)
kill -STOP "$pid"
ok "a stopped phc2sys is found within eight seconds" found phc2sys hang 8
ok "and replaced" reborn phc2sys "$pid" 5
ok "because it was stopped" within 5 class_is phc2sys hang_stopped
exits "it locks" 0 locked phc2sys
is "ptp4l was not touched" "$ptp" pid_of ptp4l

warden_ends
unit_phc2sys | sed 's/ -w$/ -w -n 24/' >$box/other
{ base_conf; unit_locked; cat $box/other; } >$conf
ok "a supervisor starts whose phc2sys asks in another domain" warden
exits "ptp4l is locked" 0 locked ptp4l
ok "phc2sys waits in vain" within 10 pid_in_file phc2sys
begun=$(now_ms)
ok "why is known ten seconds later" within 12 cause_is phc2sys phc2sys.other_socket
took=$(($(now_ms) - begun))
ok "($took ms)" less $took 12000

# -- default roles --
warden_ends
kill $far; wait $far 2>/dev/null
locked_conf | sed '/slaveOnly/d' >$ptpconf
{ base_conf; unit_locked; unit_phc2sys; } >$conf
ok "a ptp4l with default roles is alone" warden
ok "it serves its own time, and that is said" within 20 noted ptp4l 'serves its own time'
is "it is ready" true field ptp4l ready
is "but nobody vouches for its time" FREERUN field ptp4l lock
is "so nothing follows it" waiting field phc2sys state
done_testing
