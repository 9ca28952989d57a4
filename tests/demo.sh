#!/bin/bash
# The main job in about a minute, on any machine: a grandmaster at the far end of a virtual cable,
# ptpwarden with a real ptp4l at this end, and then everything that can go wrong does.
# No clock is touched; everything happens in namespaces that vanish with this script.
# Ends with 0 only if ptpwarden did what it must after each step.
. "$(dirname "$0")/lib/netns.sh"
TEST_LIMIT=300 box_enter "$@"
step=0 begun=$SECONDS

title() { step=$((step + 1)); printf '\n=== %d. %s\n' $step "$1"; }
tell() { printf '    %s\n' "$*"; }

# must "what" COMMAND...: the demo goes on either way, but remembers
must() {
	local what=$1
	shift
	if "$@" >$box/said 2>&1; then
		tell "ok: $what"
	else
		tell "FAILED: $what"
		sed 's/^/      /' $box/said
		failures=$((failures + 1))
		[ -z "$hopeless" ] || exit 1
	fi
}

# What an operator would ask, as he would see it.
look() {
	printf '\n$ ptpwarden status ptp4l\n'
	pw status ptp4l
	printf '\n$ ptpwarden why ptp4l\n'
	pw why ptp4l
	echo
}

ready() { pw wait ptp4l "${1:-20}"; }
has_class() { has "^$1$" "$(class ptp4l)"; }

# since MOMENT: milliseconds until ptp4l runs
since() {
	until pid_in_file ptp4l; do
		[ "$(now_ms)" -lt $(($1 + 5000)) ] || return 1
	done
	last_ms=$(($(now_ms) - $1))
}

# -- the set-up --
link_up
mkdir -p $box/bin $box/lib /run/ptp
real=$(command -v ptp4l)
# a ptp4l whose mathematics library can be taken away without harm to the rest of the machine
sed 's/libm\.so\.6/libq.so.6/' "$real" >$box/bin/ptp4l && chmod 755 $box/bin/ptp4l
cp "$(ldd "$real" | awk '/libm\.so\.6/ { print $3 }')" $box/lib/libq.so.6
client_conf 'uds_address /run/ptp/ptp4l' >$ptpconf
{
	base_conf
	printf '%s\n' '[unit ptp4l]' "command = $box/bin/ptp4l -f $ptpconf -i %i" 'interface = eth0' \
		"env = LD_LIBRARY_PATH=$box/lib" 'settle = 2s'
	printf '%s\n' '[alternate ptp4l software]' 'args = -S'
} >$conf

title "A clean start"
must "a grandmaster runs at the far end" grandmaster
must "ptpwarden runs" warden
must "ptp4l is ready: it hears the grandmaster and measures" ready
look

title "kill -9"
kill9 ptp4l 5
must "the next ptp4l ran $last_ms ms after the death of the first" less $last_ms 50
must "it is ready again" ready
must "the cause is known" has_class killed_externally
look

title "A typo in ptp4l.conf, and its repair"
sed -i 's/^slaveOnly/slaveOnlyy/' $ptpconf
pw restart ptp4l >/dev/null
must "ptp4l is not tried in vain: the unit waits for the file" within 5 state_is ptp4l waiting
must "the cause is known" has_class config_invalid
look
at=$(now_ms)
sed -i 's/^slaveOnlyy/slaveOnly/' $ptpconf
since "$at"
must "mended, it ran $last_ms ms after the repair" less $last_ms 200
must "it is ready again" ready

title "The cable is pulled, and put back"
restarts=$(field ptp4l restarts)
cable_out
must "the lost link is noticed" within 10 not state_is ptp4l ready
must "and told as the cause" within 10 has_class link_down
look
cable_in
must "it is ready again" ready
must "without a restart: ptp4l heals this by itself" test "$(field ptp4l restarts)" = "$restarts"

title "A library is removed"
mv $box/lib/libq.so.6 $box/lib/gone
pw restart ptp4l >/dev/null
must "the unit waits for the library" within 5 state_is ptp4l waiting
must "the cause is known" has_class library_missing
look
at=$(now_ms)
mv $box/lib/gone $box/lib/libq.so.6
since "$at"
must "once it was back, ptp4l ran after $last_ms ms" less $last_ms 500
must "it is ready again" ready

title "The preferred configuration asks for hardware stamping, which this interface has not"
sed -i 's/^time_stamping software/time_stamping hardware/' $ptpconf
pw restart ptp4l >/dev/null
must "the software alternate takes over" within 5 alternate_is ptp4l 1
must "and is ready" ready
look
sed -i 's/^time_stamping hardware/time_stamping software/' $ptpconf
must "mended, the preferred one is taken back at once" within 5 alternate_is ptp4l 0
must "it is ready again" ready
must "and proves itself" holds 3 state_is ptp4l ready

title "The folder of the management socket is removed"
pid=$(pid_of ptp4l)
rm -rf /run/ptp
must "a ptp4l that nobody can ask any more is replaced" reborn ptp4l "$pid" 20
must "and its folder made again" within 5 test -S /run/ptp/ptp4l
must "it is ready again" ready
must "why it had to be: the socket was taken away" has_class uds_unavailable
look

title "Somebody starts a second ptp4l by hand"
$real -f $ptpconf -i eth0 -m -q >$box/rival.log 2>&1 &
rival=$!
within 3 grep -q LISTENING $box/rival.log
pw restart ptp4l >/dev/null
must "two of them would steal each other's socket: ours waits" within 5 state_is ptp4l waiting
must "the cause is known" has_class duplicate_instance
look
at=$(now_ms)
kill $rival
wait $rival 2>/dev/null
since "$at"
must "once the other has ended, ours ran after $last_ms ms" less $last_ms 1500
must "it is ready again" ready

title "The end"
must "ptpwarden ends and stops what it started" warden_ends
must "nothing is left but the grandmaster" test "$(processes ptp4l)" = 1
moved=$(($(wall_minus_monotonic) - clock_before))
must "no clock was set" less "${moved#-}" 200000
printf '\n%d steps in %d s, %d failed\n' $step $((SECONDS - begun)) $failures
[ $failures -eq 0 ]
