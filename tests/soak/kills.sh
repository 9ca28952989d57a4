#!/bin/bash
# ptpwarden is killed with SIGKILL again and again, at any moment of its life: ptp4l goes on with
# the same pid, no line of output is lost or doubled, there is never a second one, and the flight
# recorder misses no record. KILLS says how often, 1000 unless given; SEED the dice.
TEST_LIMIT=${TEST_LIMIT:-3600}
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
BUILD=${BUILD:-$top/build}
kills=${KILLS:-1000}
RANDOM=${SEED:-$$}
echo "# seed ${SEED:-$$}"
dump() { "$BUILD/tests/ringdump" $box/state/flight.ring; }

link_up
ok "a grandmaster runs at the far end" grandmaster
client_conf 'logSyncInterval -4' >$ptpconf
cat >$box/counter <<'END'
#!/usr/bin/perl
$| = 1;
$SIG{TERM} = sub { exit 0 };
for ($i = 1;; $i++) { print "line $i\n"; select(undef, undef, undef, 0.0625); }
END
chmod +x $box/counter
{ base_conf; unit_ptp4l; printf '%s\n' '[unit counter]' "command = $box/counter" 'history_files = 1M x 4'; } >$conf

ok "the supervisor starts" warden
exits "ptp4l is ready" 0 pw wait ptp4l 20
ptp4l=$(pid_of ptp4l) counter=$(pid_of counter)
kill -9 $warden
wait $warden 2>/dev/null

wrong= n=0 began=$(now_ms)
while [ $n -lt $kills ] && [ -z "$wrong" ]; do
	"$bin" run -f $conf >>$box/warden.log 2>&1 &
	warden=$!
	sleep 0.$((RANDOM % 4))$((RANDOM % 10))$((RANDOM % 10))
	kill -9 $warden
	wait $warden 2>/dev/null
	n=$((n + 1))
	[ -d /proc/$ptp4l ] || wrong="ptp4l is gone after $n kills"
	[ -d /proc/$counter ] || wrong="the other daemon is gone after $n kills"
	[ $((n % 20)) -ne 0 ] || [ "$(processes ptp4l)" = 2 ] || wrong="$(processes ptp4l) ptp4l after $n kills"
done
echo "# $n kills in $((($(now_ms) - began) / 1000)) s"
is "all is well after $kills kills" "" echo $wrong

ok "a last supervisor starts" warden
exits "ptp4l is ready" 0 pw wait ptp4l 30
is "it is the same ptp4l" "$ptp4l" pid_of ptp4l
is "which was never started again" 0 field ptp4l restarts
is "so is the other one" "$counter" pid_of counter
is "there are two ptp4l, that of the far end included" 2 processes ptp4l
sleep 1
exits "the counter stops" 0 pw stop counter --wait
lines() { sed -n 's/^line //p' /run/ptpwarden/log/counter.log; }
last=$(lines | tail -1)
echo "# $last lines"
ok "no line is lost, doubled or out of order" cmp <(lines) <(seq 1 "$last")
is "no gap is marked" "" grep 'pipe was full' /run/ptpwarden/log/counter.log
warden_ends
recorder_ended() { dump | tail -2 | grep -q ' stop '; }
ok "the flight recorder has the end" within 5 recorder_ended
is "and misses nothing" "" grep missing <(dump)
is "nor is anything damaged" "0 damaged, 0 partial" sed -n 's/^#.*records, //p' <(dump)
done_testing
