#!/bin/sh
# The conflicts that linuxptp's parser lets pass: does a real ptp4l stumble over exactly those that
# the linter names, in the words that it quotes, and over none that it passes? On lo, in own
# namespaces, without CAP_SYS_TIME, free running.
here=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
lintdiff=$BUILD/tests/lintdiff

[ -x "$lintdiff" ] || { echo "Bail out! run me with make check-integration"; exit 1; }
if [ -z "$ALONE" ]; then
	map=
	[ "$(id -u)" -eq 0 ] || map=-r
	if ! unshare $map -n -m true 2>/dev/null; then
		printf '1..1\nok 1 - # SKIP no namespaces here (unshare %s -n -m fails)\n' "$map"
		exit 0
	fi
	NEWER=$("$here/tests/lib/get-linuxptp-4.2.sh" 2>&1) && NEWER=$NEWER/ptp4l
	export NEWER
	ALONE=1 exec unshare $map -n -m setpriv --bounding-set -sys_time sh "$0"
fi
mount -t tmpfs none /run && ip link set lo up || exit 1
PATH=$PATH:/usr/sbin:/usr/local/sbin
n=0 bad=0

result() { # ok?, name
	n=$((n + 1))
	[ "$1" -eq 0 ] && echo "ok $n - $2" && return
	echo "not ok $n - $2"
	bad=1
	printf '# linter: %s\n' "$notes"
	sed 's/^/# daemon: /' /run/said
}

# ends as soon as it has said `words`, or all that it says at a start
run() { # words, arguments...
	words=$1
	shift
	: >/run/said
	"$ptp4l" -m -q -l 6 --free_running 1 "$@" >/run/said 2>&1 &
	pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		grep -qF -e "$words" /run/said && break
		kill -0 $pid 2>/dev/null || break
		sleep 0.1
	done
	kill $pid 2>/dev/null
	wait $pid 2>/dev/null
}

# port 1: in 3.1.1, port 1 (lo): in 4.x
stumbles() { # id, arguments...
	id=$1
	shift
	notes=$("$lintdiff" "$ptp4l" "$version" -- "$@")
	words=$(printf '%s\n' "$notes" | sed -n "s/^$id //p" | sed 's/^port [0-9]*: //')
	run "${words:-no such note}" "$@"
	[ -n "$words" ] && grep -qF -e "$words" /run/said
	result $? "$version: $id: $*"
}

passes() { # arguments...
	notes=$("$lintdiff" "$ptp4l" "$version" -- "$@")
	run "port 1" "$@"
	[ -z "$notes" ] && grep -qE 'port 1.*: INITIALIZING to (LISTENING|MASTER)' /run/said
	result $? "$version: passes: $*"
}

judge() { # program
	ptp4l=$1
	version=$("$ptp4l" -v)
	server=masterOnly
	[ "${version%%.*}" -lt 4 ] || server=serverOnly
	printf '[global]\nunicast_master_table 7\n' >/run/no-table
	printf '[global]\nunicast_master_table 7\n[unicast_master_table]\ntable_id 7\nUDPv4 127.0.0.1\n' >/run/table

	stumbles config.onestep_software -i lo -S --twoStepFlag 0
	stumbles config.description -i lo -S --revisionData a
	stumbles config.clock_identity -i lo -S --clockIdentity 1.2.3
	stumbles config.clock_type_ports -i lo -S --clock_type BC
	stumbles config.destination_mac -i lo -S -2 --ptp_dst_mac zz
	stumbles config.destination_mac -i lo -S -2 --p2p_dst_mac 01-1B-19-00-00-00
	stumbles config.unicast_table -i lo -S -f /run/no-table
	stumbles config.bmca_undecided -i lo -S --BMCA noop
	stumbles config.delay_request_inhibited -i lo -S --inhibit_delay_req 1
	stumbles config.monitor_without_hybrid -i lo -S --net_sync_monitor 1
	stumbles config.hybrid_without_e2e -i lo -S -P --hybrid_e2e 1
	stumbles config.interval_too_long -i lo -S --summary_interval 40
	stumbles config.interval_too_long -i lo -S --freq_est_interval 40
	stumbles config.interval_too_long -i lo -S --summary_interval 33 --logSyncInterval 3

	passes -i lo -S
	passes -i lo -S -2 --ptp_dst_mac 1:2:3:4:5:6
	passes -i lo -S --ptp_dst_mac zz
	passes -i lo -S -f /run/table
	passes -i lo -S --BMCA noop --$server 1
	passes -i lo -S --inhibit_delay_req 1 --asCapable true
	passes -i lo -S --summary_interval 31
	passes -i lo -S --freq_est_interval 31
	passes -i lo -S --summary_interval 31 --logSyncInterval -3
	passes -i lo -S --clockIdentity 001122.fffe.334455
}

echo 1..48
if installed=$(command -v ptp4l); then
	judge "$installed"
else
	for n in $(seq 1 24); do echo "ok $n - # SKIP no ptp4l is installed"; done
fi
if [ -x "$NEWER" ]; then
	judge "$NEWER"
else
	for n in $(seq 25 48); do echo "ok $n - # SKIP $NEWER"; done
fi
exit $bad
