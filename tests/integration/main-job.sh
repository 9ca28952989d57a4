#!/bin/bash
# From start to ready, what kind of process is made, what is captured, kill -9, stop; with a
# real ptp4l that hears a real grandmaster.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
ok "a grandmaster runs at the far end" grandmaster

client_conf >$ptpconf
{
	base_conf
	unit_ptp4l 'nice = -5' 'umask = 027' 'limit_nofile = 128'
	printf '%s\n' '[unit beside]' 'command = /usr/bin/tail -f /dev/null' 'follows = ptp4l'
} >$conf

SECRET=visible ok "the supervisor starts and answers" warden
exits "wait says so when the unit is ready" 0 pw wait ptp4l 20
is "status says ready" ready field ptp4l state
is "ready is a boolean" boolean field ptp4l 'ready | type'
is "it runs on the preferred alternate" 0 field ptp4l alternate
is "a free-running client has no lock" FREERUN field ptp4l lock
is "its port measures" UNCALIBRATED field ptp4l 'ports[0].state'
is "on the interface that was asked for" eth0 field ptp4l 'ports[0].interface'
ok "it knows its grandmaster" has '^[0-9a-f]{6}\.' "$(field ptp4l grandmaster)"
is "nothing is wrong" 'healthy' jq -r .verdict <(pw why ptp4l --json)

pid=$(pid_of ptp4l)

# -- launch --
is "standard input is /dev/null" /dev/null readlink /proc/$pid/fd/0
fifo=$(readlink /proc/$pid/fd/1)
ok "output goes to a FIFO in run_dir" test -p "$fifo"
is "both streams share it" "$fifo" readlink /proc/$pid/fd/2
inherited() { ls -l /proc/$pid/fd | grep -E "/run/ptpwarden|eventpoll|pidfd|$box" | grep -vF "$fifo"; }
ok "nothing of the supervisor leaks into it" not inherited
is "it leads a session of its own" "$pid" awk '{print $6}' /proc/$pid/stat
is "no signal is blocked" 0000000000000000 awk '/^SigBlk/{print $2}' /proc/$pid/status
is "no signal is ignored" 0000000000000000 awk '/^SigIgn/{print $2}' /proc/$pid/status
is "its environment is clean" "" grep -az SECRET /proc/$pid/environ
is "it works in /" / readlink /proc/$pid/cwd
is "nice is set" -5 awk '{print $19}' /proc/$pid/stat
is "umask is set" 0027 awk '/^Umask/{print $2}' /proc/$pid/status
is "limits are set" 128 awk '/^Max open files/{print $4}' /proc/$pid/limits
is "-m -q was added" "-m -q" bash -c "tr '\0' ' ' </proc/$pid/cmdline | grep -o -- '-m -q'"
is "the pid file names it" "$pid" head -1 /run/ptpwarden/ptp4l.pid

# -- capture --
ok "its lines are in the log" said 'INITIALIZING to LISTENING' pw log ptp4l
is "log -n cuts" 3 bash -c "$bin log -f $conf ptp4l -n 3 | wc -l"
ok "they are in a file too" grep -q 'INITIALIZING to LISTENING' /run/ptpwarden/log/ptp4l.log
within 15 grep -qE 'rms|master offset' /run/ptpwarden/log/ptp4l.log
lines() { wc -l </run/ptpwarden/log/ptp4l.log; }
before=$(lines)
more() { [ "$(lines)" -gt "$before" ]; }
ok "and keep coming" within 15 more

# -- the group --
ok "a follower starts when its leader is ready" within 5 state_is beside ready
beside=$(pid_of beside)

# -- kill -9 --
kill9 ptp4l 5
ok "after kill -9 the replacement runs within 50 ms (took $last_ms ms)" less $last_ms 50
ok "the new process is a ptp4l" has ptp4l "$(cat /proc/$pid/comm)"
exits "and gets ready again" 0 pw wait ptp4l 20
is "one restart is counted" 1 field ptp4l restarts
is "the end is told as a signal" "signal 9 KILL" field ptp4l 'last_exit | "\(.kind) \(.code) \(.name)"'
is "somebody else is named as the cause" killed_externally class ptp4l
within 10 state_is beside ready
ok "the follower was restarted with it" not test "$(pid_of beside)" = "$beside"
is "exactly one ptp4l besides the grandmaster" 2 processes ptp4l

# -- an old trouble that is over --
cable_out
ok "a pulled cable is told" within 10 class_is ptp4l link_down
cable_in
exits "with the cable in it is ready again" 0 pw wait ptp4l 20
kill9 ptp4l 5
ok "a later kill -9" within 5 class_is ptp4l killed_externally
is "is not put down to the cable of before" 1 jq '.causes | length' <(pw why ptp4l --json)
exits "it gets ready again" 0 pw wait ptp4l 20

# -- an end that nobody asked for, by TERM --
kill -TERM "$(pid_of ptp4l)"
exits "a ptp4l that was told to end is started again" 0 pw wait ptp4l 20

# -- alive is not healthy --
frozen=$(pid_of ptp4l)
kill -STOP "$frozen"
ok "a ptp4l that hangs is replaced" reborn ptp4l "$frozen" 30
is "and the cause is known" hang_stopped class ptp4l
exits "it is ready again" 0 pw wait ptp4l 20

# -- stop --
exits "stop works" 0 pw stop --wait ptp4l
is "it is stopped" stopped field ptp4l state
is "there is no pid" null field ptp4l pid
is "only the grandmaster is left" 1 processes ptp4l
ok "the socket of ptp4l is gone" test ! -e /var/run/ptp4l
ok "it stays stopped" holds 2 state_is ptp4l stopped
is "an operator's stop is no crash" null field ptp4l cause
exits "wait says that it is not running" 3 pw wait ptp4l 1
ok "the follower waits for its leader" within 3 state_is beside waiting
is "and says so" leader field beside waiting_for.kind
exits "start --wait works" 0 pw start --wait=20 ptp4l

# -- as somebody else --
pw stop --wait ptp4l
sed -i 's/^interface = eth0/interface = eth0\nuser = nobody/' $conf
sed -i 's/slaveOnly 1/slaveOnly 1\nuds_address \/run\/nobody\/ptp4l/' $ptpconf
mkdir -p /run/nobody && chown nobody /run/nobody
exits "reload takes the new user" 0 pw reload
pw start ptp4l
exits "ptp4l works without being root" 0 pw wait ptp4l 20
pid=$(pid_of ptp4l)
is "it is nobody" "$(id -u nobody)" awk '/^Uid/{print $3}' /proc/$pid/status
caps=$(awk '/^CapEff/{print $2}' /proc/$pid/status)
ok "with few capabilities ($caps)" less $((16#$caps & 16#ffffffff)) $((1 << 26))
ok "among them the one for low ports" test $((16#$caps & 1 << 10)) -ne 0
ok "and not the one to override permissions" test $((16#$caps & 1 << 1)) -eq 0

# -- the end --
ok "the supervisor ends cleanly" warden_ends
is "and has stopped what it started" 1 processes ptp4l
done_testing
