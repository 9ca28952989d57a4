#!/bin/bash
# ptpwarden itself crashes: it leaves a report, comes back, and after the third time within ten
# minutes it supervises only.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
ulimit -S -c 0
{ base_conf; printf '%s\n' '[unit worker]' 'command = sleep 1000' 'restart_delay = 1s'; } >$conf
crash() { kill -SEGV $warden; wait $warden 2>/dev/null; [ -s $box/state/crash.new ]; }

ok "the supervisor starts" warden
exits "its unit is ready" 0 pw wait worker 10
pid=$(pid_of worker)
ok "a crash leaves a report" crash
ok "with the boot and the time" grep -qE '^crash [0-9a-f-]{36} [0-9]+$' $box/state/crash.new
ok "the signal, and that it was sent" grep -q 'got signal 11 .*sent by a process' $box/state/crash.new
ok "and where it was" grep -qE '^at /.*\+0x[0-9a-f]+$' $box/state/crash.new
ok "the next one starts" warden
ok "and says so" within 5 grep -q 'an earlier ptpwarden crashed' $box/warden.log
ok "the report is kept" test -s $box/state/crash.last
is "the daemon is the same" "$pid" pid_of worker
not_safe() { ! pw status | grep -q 'safe mode'; }
ok "once is no reason to be careful" not_safe

ok "it crashes again" crash
ok "the next one starts" warden
ok "it crashes a third time" crash
ok "the next one starts" warden
exits "its unit is ready" 0 pw wait worker 10
ok "status says that it is careful now" said 'safe mode' pw status
ok "in JSON, too" said 'safe mode' pw status --json
is "the daemon is the same" "$pid" pid_of worker
kill -9 "$pid"
ok "what dies is started again" reborn worker "$pid" 5
ok "without analysis" said '"verdict":"healthy"' pw why worker --json
ok "commands work" pw restart worker --wait

# ordered ends and kills are no crashes
warden_ends
ok "started once more" warden
ok "a restart ends it" not_safe
done_testing
