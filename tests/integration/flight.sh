#!/bin/bash
# The flight recorder of a real run: what it keeps, over our own death and a disk that refuses.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
ring=$box/state/flight.ring
BUILD=${BUILD:-$top/build}
dump() { "$BUILD/tests/ringdump" "${1:-$ring}"; }
recorded() { dump | grep -qE -- "$1" || { dump | tail -25; return 1; }; }
times() { dump | grep -cE -- "$1"; }
[ -x "$BUILD/tests/ringdump" ] || skip_all "ringdump is not built"

link_up
ok "a grandmaster runs at the far end" grandmaster
client_conf >$ptpconf
{ base_conf; unit_ptp4l; } >$conf
sed -i "s,^run_dir.*,&\nring_size = 128K," $conf
ok "the supervisor starts" warden
exits "ptp4l is ready" 0 pw wait ptp4l 20
pid=$(pid_of ptp4l)
ok "its start is recorded" within 3 recorded ' start .*version='
ok "the state of the interface, too" within 3 recorded ' link subject="eth0" link="up"'
ok "the launch with its command line" recorded " launch .*text=.*ptp4l.*pid=\"$pid\""
ok "each decision with what led to it" recorded ' decision subject="ptp4l" event="probe passed" from="probing" state="starting"'
ok "that it became ready" within 3 recorded ' from="running" state="ready"'
is "the file has its size from the beginning" 131072 stat -c %s $ring

cable_out
ok "a link that goes is recorded within two seconds" within 3 recorded ' link subject="eth0" link="no carrier"'
ok "the health that follows" within 15 recorded ' health subject="ptp4l" ready="0"'
ok "the line that told it" within 3 recorded ' line subject="ptp4l" id="port\.'
ok "and the single offsets before it" within 2 recorded " samples subject=.ptp4l. samples="
dump >/tmp/dump.txt
cable_in
exits "ptp4l is ready again" 0 pw wait ptp4l 30
exits "a restart is asked for" 0 pw restart ptp4l --wait
ok "the command is recorded, and who gave it" within 3 recorded ' command subject="ptp4l" verb="restart" uid="0"'
ok "and the signal that was sent for it" recorded ' action subject="ptp4l" actions="TERM" because=".*" result="sent"'

pid=$(pid_of ptp4l)
exits "a reload" 0 pw reload
ok "is recorded" within 3 recorded ' config .*result="in force" generation="2"'
kill -9 $warden
wait $warden 2>/dev/null
ok "what was told last is in the file after kill -9" within 3 recorded 'config .*generation="2"'
is "nothing is missing or damaged" "0 damaged, 0 partial" sed -n 's/^#.*records, //p' <(dump)
ok "the next one starts" warden
ok "goes on in the same file" within 3 [ "$(times ' start ')" = 2 ]
ok "and says that it took over" within 3 recorded " launch .*result=\"taken over\" pid=\"$pid\""
is "no record is missing" "" grep missing <(dump)

kill -9 "$pid"
ok "the death of ptp4l is recorded" within 3 recorded ' exit subject="ptp4l" last_exit="unknown'
ok "the incident and its cause" within 5 recorded ' incident subject="ptp4l" number="1" result="opened"'
exits "ptp4l is ready again" 0 pw wait ptp4l 30
ok "the incident is closed" within 3 recorded ' incident .*result="closed".*incident="0"'
ok "history lists it" said '^ +1  ptp4l .*    1$' pw history
ok "and what it was, as JSON" said '"number":1,"unit":"ptp4l"' pw history --json
is "both of them, and both are over" 2 jq '.incidents | map(select(.unit == "ptp4l" and .closed != null)) | length' <(pw history --json)
ok "why NUMBER tells it in full" said 'What happened:' pw why 1
ok "with its course" said 'launched: starting -> running' pw why 2
is "and as why told it" ptpwarden.diagnosis/1 jq -r .schema <(pw why 1 --json)
ok "by an ordered end" warden_ends
ok "history works without the supervisor" said '^ +1  ptp4l ' pw history
ok "which is recorded" recorded ' stop '

# A disk that refuses: a file where the folder should be.
mv $box/state $box/state.kept
: >$box/state
ok "without its folder the supervisor starts" warden
exits "ptp4l is ready" 0 pw wait ptp4l 30
ok "it says once that the recorder goes on in memory" said 'cannot write to' cat $box/warden.log
dump_memory() { dump /run/ptpwarden/flight.ring; }
ok "and it does" within 3 said ' start ' dump_memory
ok "status works" pw status
done_testing
