#!/bin/bash
# Random commands, kills and configurations, one after the other and all at once. Afterwards all
# is as before: every unit is ready, no descriptor, no dead child and no error is left.
# SEED=n repeats a run, STRESS_SECONDS makes it longer.
TEST_LIMIT=$((${STRESS_SECONDS:-12} + 120))
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
SEED=${SEED:-$(($$ * 7919 + SECONDS + ${EPOCHREALTIME#*[.,]}))}
RANDOM=$((SEED % 32768))
echo "# SEED=$((SEED % 32768))"

for n in 1 2; do	# two real ptp4l that do not meet
	client_conf "uds_address $box/ptp$n" "domainNumber $((n - 1))" >$box/ptp$n.conf
done
printf '%s\n' '#!/bin/sh' 'echo it cannot work' 'exit 1' >$box/fails
printf '%s\n' '#!/bin/bash' 'trap "" TERM' 'while :; do read -rt 1 <>/dev/zero; sleep 1; done' >$box/stubborn
printf '%s\n' '#!/bin/sh' 'yes "much output, and nobody needs it" | head -n 2000' 'exec tail -f /dev/null' >$box/chatty
chmod 755 $box/fails $box/stubborn $box/chatty

# unit NAME COMMAND [LINE...]
unit() { printf '%s\n' "[unit $1]" "command = $2" 'stop_grace = 300ms' "${@:3}"; }
calm_conf() {
	base_conf
	unit ptp "ptp4l -f $box/ptp1.conf -i eth0"
	unit tail '/usr/bin/tail -f /dev/null'
	unit after '/usr/bin/tail -f /dev/null' 'follows = tail'
}
maybe() { [ $((RANDOM % 2)) = 0 ]; }
wild_conf() {
	base_conf "on_exit = stop"
	maybe && unit fails $box/fails "crash_loop = off"
	unit ptp "ptp4l -f $box/ptp$((RANDOM % 2 + 1)).conf -i eth0"
	unit tail '/usr/bin/tail -f /dev/null' "nice = $((RANDOM % 3))"
	maybe && printf '%s\n' '[alternate tail other]' 'args = -s 2'
	maybe && unit after '/usr/bin/tail -f /dev/null' 'follows = tail'
	maybe && unit stubborn $box/stubborn
	maybe && unit chatty $box/chatty "history_ram = $((RANDOM % 4 + 4))K"
	maybe && unit gone "$box/nothing -x" 'settle = 1s'
	maybe && unit ptp2 "ptp4l -f $box/ptp2.conf -i nope$((RANDOM % 3))"
}
names=(ptp tail after stubborn chatty gone ptp2 fails)
any() { echo "${names[RANDOM % ${#names[@]}]}"; }
children() { local c=(); read -ra c <"/proc/$warden/task/$warden/children"; printf '%s\n' "${c[@]}"; }
kill_one() {
	local c
	mapfile -t c < <(children)
	[ ${#c[@]} -eq 0 ] || kill -"$1" "${c[RANDOM % ${#c[@]}]}" 2>/dev/null
}

one_deed() {
	case $((RANDOM % 16)) in
	0 | 1) pw start "$(any)" ;;
	2) pw stop "$(any)" ;;
	3 | 4) pw restart "$(any)" ;;
	5 | 6 | 7) wild_conf >$conf.new && mv $conf.new $conf && pw reload ;;
	8) echo nonsense >$conf && pw reload ;;
	9 | 10) kill_one KILL ;;	# the writer is one of them
	11) kill_one STOP ;;
	12) kill -HUP "$warden" ;;
	13) pw why; pw status --json ;;
	14) ip link add nope$((RANDOM % 3)) type dummy; ip link set eth0 down; ip link set eth0 up ;;
	15) timeout 0.2 "$bin" monitor -f $conf; ip link del nope$((RANDOM % 3)) ;;
	esac >/dev/null 2>&1 </dev/null
}

fds() { local f=(/proc/"$warden"/fd/*); echo ${#f[@]}; }
memory() { awk '/VmRSS/ {print $2}' "/proc/$warden/status"; }
all_ready() { pw status --json | jq -e '(.units | length) == 3 and all(.units[]; .ready)'; }
calm() { calm_conf >$conf; within 5 pw reload; pw restart --all; within 20 all_ready; }
# a question, a flush or a unit that leaves may still be open for a moment
fds_are() { [ "$(fds)" = "$1" ]; }
none_dead() { ! grep -qs ") Z $warden " /proc/[0-9]*/stat; }
others() { local n=0 c; for c in /proc/[0-9]*/comm; do case $(<"$c") in tail | ptp4l | stubborn | fails | chatty) n=$((n + 1)) ;; esac; done; echo $n; } 2>/dev/null

ok "a grandmaster runs at the far end" grandmaster
calm_conf >$conf
ok "the supervisor starts" warden
ok "all units are ready" within 20 all_ready
before=$(fds) deeds=0
until=$((SECONDS + ${STRESS_SECONDS:-12}))
while [ $SECONDS -lt $until ] && [ -d /proc/"$warden" ]; do
	one_deed &
	wild=$!
	one_deed
	wait $wild
	deeds=$((deeds + 2))
done
echo "# $deeds deeds, resident $(memory) KiB"
ok "the supervisor has survived it" pw status
ip link set eth0 up
pkill -CONT -P "$warden"
ok "and gets everything ready again" calm
ok "it holds the descriptors that it held before" within 15 fds_are "$before"
ok "it left no dead child" within 5 none_dead
is "nothing else of what it started still runs" 4 others
is "it ran into no error of its own" 0 grep -cE 'dropped|Sanitizer|runtime error|queue is full|could not be stopped|left behind' $box/warden.log
ok "it ends when told" warden_ends
is "with all that it started" 1 others
done_testing
