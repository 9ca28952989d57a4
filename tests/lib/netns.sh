# Sourced by every integration test: a world of its own, and words to test it with.
#
# The script starts itself again inside private network, mount and process namespaces, without
# the right to set a clock. /run, /sys and /proc are its own; when the script ends, however it
# ends, the kernel takes everything away, so there is nothing to clean up and nothing to leak.
#
#   box_enter "$@"         first line of every script
#   link_up                veth pair: eth0 here, eth0 in the namespace "far"
#   grandmaster            a real ptp4l grandmaster in "far"
#   still_clock            from here on /dev/null serves as a PTP clock, and clocks take every
#                          correction: unit_locked and unit_phc2sys lock without a right
#   warden [ARG...]        ptpwarden run -f $conf in the background, pid in $warden
#   ok "sentence" COMMAND  one result; within SEC COMMAND waits for something to become true
#   done_testing           last line: the plan, and whether a clock was set

. "$(dirname "${BASH_SOURCE[0]}")/words.sh"
# programs that the tests need besides ptpwarden (make check-integration)
props=${BUILD:-$top/build/$(basename "$(dirname "$(readlink "$top/build/ptpwarden")")")}/tests
still=

box_enter() {
	[ -n "${IN_BOX:-}" ] || box_make "$@"
	mount -t tmpfs -o mode=755 none /run
	mount -t sysfs none /sys 2>/dev/null || mount --rbind /sys /sys
	mkdir -p $box /run/ptpwarden /run/lock
	ip link set lo up
	exec 2>$box/stderr		# shown when the script fails
	trap box_leave EXIT
	trap 'exit 1' INT TERM
	clock_before=$(wall_minus_monotonic)
}

box_make() {
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	local need
	for need in ptp4l phc2sys pmc ip jq unshare setpriv; do
		command -v $need >/dev/null || skip_all "$need is not installed"
	done
	[ -x "$bin" ] || { echo "$bin: not built"; exit 1; }
	local why
	why=$(unshare -n -m -p -f true 2>&1) || skip_all "no namespaces: $why"
	# not even a bug may set this machine's clock
	IN_BOX=1 exec timeout -k 5 "${TEST_LIMIT:-240}" unshare -n -m -p -f --kill-child --mount-proc \
		--propagation private setpriv --bounding-set -sys_time bash "$0" "$@"
}

box_leave() {
	local rc=$?
	trap - EXIT
	[ $rc -eq 0 ] && [ $failures -eq 0 ] || tell_logs
	[ -z "$warden" ] || kill -9 "$warden" 2>/dev/null
	exit $rc
}

# Microseconds; changes when somebody steps or slews the wall clock.
wall_minus_monotonic() {
	local up wall
	read -r up _ </proc/uptime
	wall=${EPOCHREALTIME/[.,]/}
	echo $((wall - ${up/./}0000))
}

done_testing() {
	local moved=$(($(wall_minus_monotonic) - clock_before))
	ok "no clock was set" less "${moved#-}" 200000
	plan_and_exit
}

# -- the world --

link_up() {
	ip netns add far
	ip link add eth0 type veth peer name eth0 netns far
	ip addr add 10.9.0.1/24 dev eth0
	ip link set eth0 up
	ip -n far addr add 10.9.0.2/24 dev eth0
	ip -n far link set eth0 up
	ip -n far link set lo up
}

cable_out() { ip -n far link set eth0 down; }
cable_in() { ip -n far link set eth0 up; }

# Four of everything a second, so that a client finds its master in a second or two.
grandmaster() {
	printf '%s\n' '[global]' 'time_stamping software' 'free_running 1' 'priority1 10' \
		'logAnnounceInterval -2' 'logSyncInterval -2' 'logMinDelayReqInterval -2' >$box/far.conf
	# since 4.0 there is a second socket, and /run is shared with the far end
	[[ $(ptp4l -v) != [4-9]* ]] || echo "uds_ro_address $box/far-ro.sock" >>$box/far.conf
	ip netns exec far ptp4l -f $box/far.conf -i eth0 -m -q --uds_address $box/far.sock \
		>$box/far.log 2>&1 &
	far=$!
	within 15 grep -q 'to MASTER\|GRAND_MASTER' $box/far.log
}

# client_conf [LINE...]: ptp4l.conf of a client that measures and never touches a clock
client_conf() {
	printf '%s\n' '[global]' 'time_stamping software' 'free_running 1' 'slaveOnly 1' \
		'logAnnounceInterval -2' 'logSyncInterval -2' 'logMinDelayReqInterval -2' "$@"
}

# See stillclock.c. Sysfs says what a device is, so it has to tell a lie too.
still_clock() {
	still=$props/stillclock.so
	[ -f "$still" ] || { echo "1..1"; echo "not ok 1 - $still is not built"; exit 1; }
	mount -t tmpfs none /sys/dev
	mkdir /sys/dev/char
	ln -s ../../devices/virtual/ptp/ptp0 /sys/dev/char/1:3
}

# locked_conf [LINE...]: ptp4l.conf of a client that locks within three seconds of hearing a master
locked_conf() {
	client_conf "$@" | sed '/^free_running/d'
	printf '%s\n' 'pi_proportional_const 0.7' 'pi_integral_const 0.016'
}

unit_locked() { unit_ptp4l "env = LD_PRELOAD=$still" 'provides = phc' "$@"; }

unit_phc2sys() {
	printf '%s\n' '[unit phc2sys]' 'command = phc2sys -s /dev/null -c CLOCK_REALTIME -w' \
		'follows = ptp4l' "env = LD_PRELOAD=$still" "$@"
}

# base_conf: the start of a ptpwarden.conf
base_conf() {
	printf '%s\n' '[ptpwarden]' 'run_dir = /run/ptpwarden' "state_dir = $box/state" "$@"
}

unit_ptp4l() {
	printf '%s\n' '[unit ptp4l]' "command = ptp4l -f $ptpconf -i %i" 'interface = eth0' "$@"
}
