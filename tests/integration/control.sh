#!/bin/bash
# Every verb with its exit codes, its JSON and its width; with and without a supervisor.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
client_conf >$ptpconf
{
	base_conf
	unit_ptp4l
	printf '%s\n' '[unit other]' 'command = /usr/bin/tail -f /dev/null' 'autostart = no'
} >$conf
world=$box/world.conf

# -- without a supervisor --
exits "-v prints the version" 0 "$bin" -v
exits "-h prints the verbs" 0 "$bin" -h
exits "an unknown verb is bad usage" 64 "$bin" frobnicate
ok "and the nearest verb is named" said "status" "$bin" statsu
exits "an unknown option is bad usage" 64 "$bin" status --frobnicate
exits "start without a unit is bad usage" 64 pw start
for verb in status why monitor reload; do
	exits "$verb without a supervisor says so" 4 pw $verb
done
exits "start without a supervisor says so" 4 pw start ptp4l
exits "wait gives up on a supervisor that does not appear" 4 pw wait 1
exits "log works without a supervisor and without a file" 1 pw log ptp4l
exits "check finds nothing in the way" 0 pw check
ok "check --json is JSON of its schema" \
	jq -e '.schema == "ptpwarden.check/1" and (.units | length == 2)' <(pw check --json)
plan=$(pw check --plan)
ok "check --plan shows the command in full" has "ptp4l -m -q -f $ptpconf -i eth0" "$plan"
sed "s/eth0/eth9/" $conf >$world
exits "check says by its status that something is in the way" 2 "$bin" check -f $world
exits "probe looks at an interface" 0 "$bin" probe eth0
exits "probe of an interface that is not there" 2 "$bin" probe eth9
is "no network port was opened by any of it" "" eval 'ss -Hltun 2>/dev/null | grep -v 127.0.0'

# -- import, from the files of the old init scripts --
mkdir -p $box/etc/default
mount --bind $box/etc/default /etc/default 2>/dev/null
printf '%s\n' 'PTP4L_ARGS="-f /etc/linuxptp/ptp4l.conf -i eth3"' >/etc/default/ptp4l
printf '%s\n' 'PHC2SYS_ARGS="-w -s eth3"' >/etc/default/phc2sys
"$bin" import >$box/imported.conf
ok "import takes the options over" grep -q 'ptp4l.*-f /etc/linuxptp/ptp4l.conf' $box/imported.conf
ok "of both daemons" grep -q 'phc2sys.*-w' $box/imported.conf
exits "and what it prints is a valid configuration" 0 "$bin" check --plan -f $box/imported.conf
umount /etc/default

# -- with a supervisor --
ok "the supervisor starts" warden
within 10 pid_in_file ptp4l
exits "status" 0 pw status
exits "status of one unit" 0 pw status ptp4l
exits "status of an unknown unit is bad usage" 64 pw status ptp5l
ok "which is named with its nearest" said 'ptp4l' pw status ptp5l
ok "status --json is JSON of its schema" \
	jq -e '.schema == "ptpwarden.status/1" and (.units | length == 2)' <(pw status --json)
ok "with all its members" jq -e '.units[0] | has("unit") and has("state") and has("alternate")
	and has("alternate_name") and has("pid") and has("ready") and has("lock") and
	has("offset_ns") and has("ports") and has("grandmaster") and has("restarts") and
	has("since_ms") and has("waiting_for") and has("last_exit") and has("cause")' <(pw status --json)
ok "why --json is JSON of its schema" \
	jq -e '.schema == "ptpwarden.diagnosis/1" and (.causes | type == "array")' <(pw why ptp4l --json)
narrow() { ! "$@" | grep -qE '.{81}'; }
ok "status fits a console of 80 columns" narrow pw status
ok "why fits too" narrow pw why ptp4l
ok "no colour without a terminal" not grep -q $'\033' <(pw status; pw why ptp4l)

# ptp4l hears no master here: it runs and is not ready
exits "wait tells what is still being tried" 5 pw wait ptp4l 1
exits "start --wait as well" 5 pw start --wait=1 ptp4l
ok "and why it is not ready" said 'LISTENING|master' pw wait ptp4l 1
exits "wait of a stopped unit" 3 pw wait other 1
exits "start --wait until ready" 0 pw start --wait=5 other
exits "start of what runs is no error" 0 pw start other
exits "stop" 0 pw stop --wait other
exits "stop of what is stopped is no error" 0 pw stop other
exits "restart of what is stopped starts it" 0 pw restart --wait=5 other
pid=$(pid_of other)
exits "restart" 0 pw restart --wait=5 other
ok "made a new process" not test "$(pid_of other)" = "$pid"

# -- monitor --
pw monitor >$box/monitor.txt &
text=$!
pw monitor --json >$box/monitor.json &
json=$!
monitored() { grep -q other $box/monitor.txt && jq -es 'length > 0' $box/monitor.json; }
toggled() { pw stop --wait other; pw start --wait other; monitored; }
ok "monitor tells what happens" within 5 toggled
kill $text $json
ok "each line of monitor --json is JSON" jq -es 'all(type == "object")' $box/monitor.json

# -- log --
within 10 grep -q LISTENING /run/ptpwarden/log/ptp4l.log
exits "log" 0 pw log ptp4l
pw log ptp4l -F >$box/follow.txt &
follower=$!
within 5 grep -q LISTENING $box/follow.txt
pw restart ptp4l
twice() { [ "$(grep -c 'INITIALIZING to LISTENING' $box/follow.txt)" -ge 4 ]; }
ok "log -F follows over a restart" within 10 twice
kill $follower

# -- who may --
chmod 755 $box
as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$bin" "$1" -f $conf "${@:2}"; }
exits "nobody may not stop a unit" 1 as_nobody stop ptp4l
is "and it goes on" 1 processes ptp4l
is "the control socket is not for everybody" 660 stat -c %a /run/ptpwarden/control.sock

# -- files --
ok "status.json is written too" jq -e '.units | length == 2' /run/ptpwarden/status.json
warden_ends
{ within 1 false; exec "$bin" run -f $conf; } >>$box/warden.log 2>&1 &
warden=$!
exits "wait waits for a supervisor that appears later" 3 pw wait other 5
done_testing
