#!/bin/bash
# kill -9 of ptpwarden leaves ptp4l running; the next ptpwarden takes it over.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
ok "a grandmaster runs at the far end" grandmaster
client_conf >$ptpconf
{ base_conf; unit_ptp4l; } >$conf
ok "the supervisor starts" warden
exits "ptp4l is ready" 0 pw wait ptp4l 20
pid=$(pid_of ptp4l)

kill -9 $warden
wait $warden 2>/dev/null
ok "ptp4l outlives kill -9 of its supervisor" test -d /proc/$pid
ok "it answers" within 3 answers
ok "and goes on" holds 2 test -d /proc/$pid
lines() { wc -l </run/ptpwarden/log/ptp4l.log; }
before=$(lines)
more() { [ "$(lines)" -gt "$before" ]; }
ok "its output is still written" within 15 more
exits "status says that the supervisor is not there" 4 pw status
ok "log works without it" said 'LISTENING' pw log ptp4l

ok "a new supervisor starts" warden
is "and takes over the same process" "$pid" pid_of ptp4l
is "there is no second one" 2 processes ptp4l
exits "it is ready" 0 pw wait ptp4l 20
is "that was no restart" 0 field ptp4l restarts

# a second supervisor must not come to be
"$bin" run -f $conf >$box/second.log 2>&1
ok "a second supervisor refuses to run" test $? -ne 0
ok "and says that one is running" grep -qiE 'running|already|another' $box/second.log
is "nothing happened to ptp4l" "$pid" pid_of ptp4l

# the adopted child is supervised like any other
kill -9 "$pid"
ok "the death of an adopted ptp4l is noticed" reborn ptp4l "$pid" 3
exits "and it is ready again" 0 pw wait ptp4l 20
is "nobody claims that nothing was wrong" unknown jq -r .verdict <(pw why ptp4l --json)
ok "why tells what it cannot know" said 'exit.unseen: yes' pw why ptp4l

# killed again, and the supervisor comes back while ptp4l is gone
pid=$(pid_of ptp4l)
kill -9 $warden
wait $warden 2>/dev/null
kill -9 "$pid"
ok "with both dead a new supervisor starts anew" warden
exits "and ptp4l is ready" 0 pw wait ptp4l 20
is "there is one" 2 processes ptp4l

# a pid that now belongs to somebody else is left alone
pid=$(pid_of ptp4l)
kill -9 $warden
wait $warden 2>/dev/null
kill -9 "$pid"
tail -f /dev/null &
stranger=$!
sed -i "s/\b$pid\b/$stranger/g" /run/ptpwarden/ptp4l.pid
ok "with a recycled pid it starts its own" warden
exits "and ptp4l is ready" 0 pw wait ptp4l 20
ok "the stranger lives" test -d /proc/$stranger
kill $stranger

# told to leave them running
warden_ends
sed -i 's/^run_dir.*/&\non_exit = leave/' $conf
ok "the supervisor starts" warden
pw wait ptp4l 20
pid=$(pid_of ptp4l)
warden_ends
ok "with on_exit = leave the daemons go on" test -d /proc/$pid
ok "and are taken over" warden
is "as they are" "$pid" pid_of ptp4l
done_testing
