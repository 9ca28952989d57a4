#!/bin/bash
# What the world hears: the on_event program and status.json; and what is left of a supervisor
# that has gone: daemons for the next one, nothing of units that are no longer wanted.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
ok "a grandmaster runs at the far end" grandmaster
client_conf >$ptpconf
cat >$box/told <<'X'
#!/bin/sh
echo "$PTPWARDEN_EVENT $PTPWARDEN_UNIT $PTPWARDEN_JSON" >>"$1"
case $PTPWARDEN_JSON in *'"to":"stopped"'*) sleep 60 ;; esac
X
chmod +x $box/told
{
	base_conf "on_event = $box/told $box/events"
	unit_ptp4l 'settle = 2s'
} >$conf
told() { grep -q "$1" $box/events; }

# -- events --
ok "the supervisor starts" warden
exits "ptp4l gets ready" 0 pw wait ptp4l 20
ok "the program was told that it is ready" within 3 told '^state ptp4l .*"to":"ready"'
ok "what it was told is JSON" jq -e '.event == "state" and .unit == "ptp4l"' <(sed -n 's/^state ptp4l //p' $box/events | head -1)
ok "after a kill -9" kill9 ptp4l 5
ok "of the incident" within 5 told '^incident ptp4l .*"cause":"exit.killed"'
ok "and of the repair" within 5 told '^remedy ptp4l .*"remedy":"remove_stale_socket"'
exits "ptp4l gets ready" 0 pw wait ptp4l 20
ok "status.json shows it without a client" within 1 jq -e '.units[0].state == "ready"' /run/ptpwarden/status.json
pw stop ptp4l
is "a program that does not end holds nobody up" stopped field ptp4l state
begun=$(now_ms)
warden_ends
ok "not at the end either" less $(($(now_ms) - begun)) 2000

# -- on_exit = leave --
{
	base_conf 'on_exit = leave'
	unit_ptp4l 'settle = 2s'
	printf '%s\n' '[unit sleeper]' 'command = sleep 1000'
} >$conf
ok "the supervisor starts" warden
exits "ptp4l gets ready" 0 pw wait ptp4l 20
pid=$(pid_of ptp4l) sleeper=$(pid_of sleeper)
warden_ends
ok "left running" test -d /proc/$pid
ok "it answers" answers
ok "the next supervisor starts" warden
is "and takes it over" "$pid true" field ptp4l '| "\(.pid) \(.adopted)"'
exits "it is ready" 0 pw wait ptp4l 20
warden_ends

# -- a unit that goes while nobody looks --
sed -i '/^\[unit sleeper\]/,$d' $conf
echo 'removed_units = leave' >>$conf
sed -i '/^removed_units/d; s/^on_exit.*/on_exit = leave\nremoved_units = leave/' $conf
ok "without the unit the supervisor starts" warden
ok "says that its daemon still runs" within 3 grep -q 'unit=sleeper.*no such unit.*left alone' $box/warden.log
ok "and leaves it" holds 1 test -d /proc/$sleeper
warden_ends
sed -i '/^removed_units/d' $conf
ok "by default" warden
ok "it is stopped" within 5 not test -d /proc/$sleeper
ok "nothing is left of it" within 3 not ls /run/ptpwarden/sleeper.* 2>/dev/null
is "ptp4l was left alone meanwhile" "$pid" pid_of ptp4l

# -- a unit that goes with a reload --
printf '%s\n' '[unit sleeper]' 'command = sleep 1000' >>$conf
pw reload
ok "a unit comes with a reload" within 3 state_is sleeper ready
ok "it has a FIFO" test -p /run/ptpwarden/sleeper.out
sed -i '/^\[unit sleeper\]/,$d' $conf
pw reload
ok "and goes with one, without a trace" within 5 not ls /run/ptpwarden/sleeper.* 2>/dev/null
sed -i "s#^state_dir.*#state_dir = $box/other#" $conf
ok "a reload that moves state_dir says that it takes a restart" said 'restart ptpwarden' pw reload
is "ptp4l was left alone all the time" "$pid" pid_of ptp4l
done_testing
