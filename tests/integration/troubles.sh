#!/bin/bash
# What goes wrong with daemons that are alive: each found within its time, named, put right, and
# nothing else touched. ptp4l is locked to a real grandmaster, phc2sys follows it, and a bystander
# shows whether anything was restarted that had no part in it.
export TEST_LIMIT=400
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
ok "a grandmaster runs at the far end" grandmaster
still_clock
trouble=$props/trouble
uds=/run/ptp/ptp4l
mkdir -p /run/ptp
locked_conf "uds_address $uds" >$ptpconf
echo '[global]' >$box/phc2sys.conf
{
	base_conf
	unit_locked 'settle = 2s' 'crash_loop = off'
	unit_phc2sys 'settle = 2s' 'crash_loop = off' | sed "s|-w\$|-w -z $uds -f $box/phc2sys.conf|"
	printf '%s\n' '[unit bystander]' 'command = /usr/bin/tail -f /dev/null'
} >$conf
ok "the supervisor starts" warden
well() { [ "$(field ptp4l lock) $(field phc2sys state)" = "LOCKED ready" ]; }
ok "all is well" within 30 well
bystander=$(pid_of bystander)
answers() { timeout -s KILL 1 pmc -u -b 0 -t 0 -s $uds -i $box/pmc 'GET PORT_DATA_SET' | grep -q SLAVE; }

up_ms() { local up; read -r up _ </proc/uptime; echo $((${up/./} * 10)); }
begin() {
	lines=$(wc -l <$box/warden.log)
	began=$(up_ms)
	restarts="$(field ptp4l restarts) $(field phc2sys restarts)"
}
since() { tail -n +$((lines + 1)) $box/warden.log; }

# found "what" UNIT NAME MS: judged broken=NAME after so many milliseconds at most
found() {
	local what=$1 unit=$2 name=$3 most=$4 at
	within $((most / 1000 + 5)) eval "since | grep -q 'unit=$unit broken=$name'"
	at=$(since | awk -F'[][]' -v w="unit=$unit broken=$name" 'index($0, w) { print $2 * 1000; exit }')
	at=$((${at%.*} - began))
	ok "$what is found after $at ms, $most allowed" test -n "$(since | grep "unit=$unit broken=$name")" -a $at -le $most
}

# mended "what" SEC CLASS PTP4L PHC2SYS: well again, named so, with so many restarts of each
mended() {
	local what=$1 from
	from=$(up_ms)
	ok "$what: well again" within "$2" well
	echo "# $(($(up_ms) - began)) ms after it began"
	[ -z "$3" ] || is "$what: named" "$3" class "$4"
	set -- $restarts "$5" "$6"
	is "$what: nothing was restarted without need" "$(($1 + $3)) $(($2 + $4))" \
		echo "$(field ptp4l restarts) $(field phc2sys restarts)"
	is "$what: the bystander was left alone" "$bystander" pid_of bystander
	ok "$what: it answers" within 3 answers
}

# -- no answer: stopped, busy; with a full queue of questions too --
begin
kill -STOP "$(pid_of ptp4l)"
found "a stopped ptp4l" ptp4l hang 5000
mended "stopped" 20 hang_stopped ptp4l 1 1

begin
pid=$(pid_of ptp4l)
kill -STOP "$pid"
for _ in $(seq 15); do timeout -s KILL 0.1 pmc -u -b 0 -t 0 -s $uds -i $box/pmc 'GET NULL_MANAGEMENT'; done >/dev/null 2>&1
found "a stopped ptp4l that others ask too" ptp4l hang 6000
mended "stopped and asked" 20 hang_stopped ptp4l 1 1

begin
kill -USR2 "$(pid_of ptp4l)"
found "a ptp4l that turns in circles" ptp4l hang 6000
mended "busy" 20 hang_busy ptp4l 1 1

begin
kill -STOP "$(pid_of phc2sys)"
found "a stopped phc2sys" phc2sys hang 10000
mended "phc2sys stopped" 20 hang_stopped phc2sys 0 1

# -- the socket --
begin
rm $uds
found "a socket that was removed" ptp4l socket_lost 5000
mended "socket removed" 20 "" ptp4l 1 1

begin
$trouble socket $uds >/dev/null &
thief=$!
found "a socket that was taken" ptp4l socket_stolen 5000
kill $thief
mended "socket taken" 30 "" ptp4l 1 1

# -- a port that fails at its start: the preflight would refuse, so it is told to go on --
begin
pw stop --wait ptp4l
$trouble port 320 >/dev/null &
holder=$!
within 3 grep -q . /proc/$holder/net/udp
pw start --force ptp4l
found "INITIALIZING to FAULTY" ptp4l port_failed_at_start 4000
ok "then it waits for the end of what holds the port" within 15 \
	eval '[ "$(field ptp4l "waiting_for | .kind")" = process ]'
kill $holder
at=$(up_ms)
ok "and is started at once after that" within 3 pid_in_file ptp4l
ok "within a second" less $(($(up_ms) - at)) 1000
ok "it is well again" within 30 well

# -- the interface --
begin
ip link set eth0 down; ip link set eth0 name eth9; ip link set eth9 up
ok "a renamed interface is told" within 12 eval 'since | grep -q renamed'
ip link set eth9 down; ip link set eth9 name eth0; ip link set eth0 up
ok "named back: well again" within 40 well

# -- the leader ends: its follower may not go on --
begin
kill -9 "$(pid_of ptp4l)"
stopped() { since | grep -q 'unit=phc2sys state=stopping'; }
ok "phc2sys is stopped when ptp4l is gone" within 2 stopped
gap=$(since | awk -F'[][]' '/unit=ptp4l ended/ { a = $2 } /unit=phc2sys state=stopping/ { printf "%d", ($2 - a) * 1000; exit }')
ok "at once ($gap ms)" less $gap 100
mended "killed" 20 killed_externally ptp4l 1 1

# -- phc2sys waits for ever, since its file names another domain; until the file is mended --
begin
echo 'domainNumber 5' >>$box/phc2sys.conf
kill -9 "$(pid_of phc2sys)"
named() { pw why phc2sys --json | grep -q domain; }
ok "the wrong domain is named" within 12 named
echo "# after $(($(up_ms) - began)) ms"
ok "it is not ready" not state_is phc2sys ready
echo '[global]' >$box/phc2sys.conf
mended "mended" 20 "" phc2sys 0 2
done_testing
