#!/bin/bash
# What ptpwarden mends by itself, and that it keeps its hands off what it may not.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
ok "a grandmaster runs at the far end" grandmaster
client_conf >$ptpconf
mended() { field "$1" "remedies | map(select(.remedy == \"$2\" and .worked)) | length"; }
switched_on() { [[ $(ip -br link show eth0) == *[,\<]UP[,\>]* ]]; }
plan() {	# remedies, "" for the default; more lines of the unit
	base_conf
	unit_ptp4l 'settle = 2s' "${@:2}"
	[ -z "$1" ] || echo "remedies = $1"
}

# -- a socket file that is left over --
plan "" >$conf
ok "the supervisor starts" warden
exits "ptp4l gets ready" 0 pw wait ptp4l 20
is "nothing was mended" 0 field ptp4l 'remedies | length'
ok "after a kill -9" kill9 ptp4l 5
is "the socket file that it left is removed" 1 mended ptp4l remove_stale_socket
exits "and it gets ready" 0 pw wait ptp4l 20
ok "status says so" said '[Mm]ended.*nobody listened' pw status ptp4l
ok "so does the log" grep -q 'remove_stale_socket: removed' $box/warden.log
warden_ends
plan none >$conf
ok "the supervisor starts" warden
exits "ptp4l gets ready" 0 pw wait ptp4l 20
ok "where it is forbidden" kill9 ptp4l 5
is "nothing is removed" 0 field ptp4l 'remedies | length'
warden_ends

# -- the folder of the socket --
echo 'uds_address /run/fresh/ptp4l' >>$ptpconf
plan "" >$conf
ok "the supervisor starts" warden
exits "with the folder of its socket made ptp4l gets ready" 0 pw wait ptp4l 20
is "which is noted" 1 mended ptp4l make_uds_dir
warden_ends
rm -r /run/fresh
client_conf >$ptpconf

# -- a limit that ptpwarden was started with --
plan "" >$conf
(ulimit -n 60; warden; echo "$warden" >$box/pid)
warden=$(<$box/pid)
exits "with few descriptors ptp4l gets ready" 0 pw wait ptp4l 20
if (ulimit -n 60; ulimit -n 70) 2>/dev/null; then
	is "their limit was raised" 1 mended ptp4l raise_limit
else
	is "their limit could not be raised here, which is noted" raise_limit \
		field ptp4l 'remedies[] | select(.worked | not) | .remedy'
fi
kill "$warden"; within 10 not kill -0 "$warden"; warden=
plan "" 'limit_nofile = 60' >$conf
ok "the supervisor starts" warden
exits "a limit that the configuration asks for" 0 pw wait ptp4l 20
is "stays" 60 awk '/open files/ { print $4 }' "/proc/$(pid_of ptp4l)/limits"
warden_ends

# -- an interface that is off --
plan "" >$conf
ok "the supervisor starts" warden
exits "ptp4l gets ready" 0 pw wait ptp4l 20
ip link set eth0 down
ok "an interface that somebody switches off" within 10 not state_is ptp4l ready
ok "stays off by default" holds 5 not switched_on
warden_ends
plan set_interface_up 'start_grace = 2s' >$conf
ok "the supervisor starts" warden
exits "where it is allowed, the interface is switched on" 0 pw wait ptp4l 20
is "which is noted" 1 mended ptp4l set_interface_up
begun=$(now_ms)
ip link set eth0 down
ok "also below a running ptp4l" within 15 switched_on
echo "# on again after $(($(now_ms) - begun)) ms"
exits "which recovers" 0 pw wait ptp4l 30
is "without a restart" 0 field ptp4l restarts
done_testing
