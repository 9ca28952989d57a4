#!/bin/bash
# A boundary clock whose uplink moves to its other port goes on as it is: ptp4l finds the other
# master by itself, and nothing is restarted for it.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
ip link add eth1 type veth peer name eth1 netns far
ip addr add 10.9.1.1/24 dev eth1
ip link set eth1 up
ip -n far addr add 10.9.1.2/24 dev eth1
ip -n far link set eth1 up
for i in 0 1; do
	printf '%s\n' '[global]' 'time_stamping software' 'free_running 1' "priority1 1$i" \
		'logAnnounceInterval -2' 'logSyncInterval -2' 'logMinDelayReqInterval -2' \
		"uds_address $box/gm$i.sock" >$box/gm$i.conf
	[[ $(ptp4l -v) != [4-9]* ]] || echo "uds_ro_address $box/gm$i-ro.sock" >>$box/gm$i.conf
	ip netns exec far ptp4l -f $box/gm$i.conf -i eth$i -m -q >$box/gm$i.log 2>&1 &
done
printf '%s\n' '[global]' 'time_stamping software' 'free_running 1' \
	'logAnnounceInterval -2' 'logSyncInterval -2' 'logMinDelayReqInterval -2' \
	'[eth0]' '[eth1]' >$ptpconf
{
	base_conf
	printf '%s\n' '[unit ptp4l]' "command = ptp4l -f $ptpconf" 'settle = 2s' \
		'[alternate ptp4l other]' 'args = --priority1 200' \
		'[unit follower]' 'command = sleep 1000' 'follows = ptp4l'
} >$conf
uplink() { field ptp4l 'ports | map(select(.state == "SLAVE" or .state == "UNCALIBRATED") | .interface) | join(" ")'; }
uplink_is() { [ "$(uplink)" = "$1" ]; }

ok "the supervisor starts" warden
exits "the boundary clock gets ready" 0 pw wait ptp4l 30
ok "its uplink is eth0" within 10 uplink_is eth0
ok "its follower runs" within 10 state_is follower ready
pid=$(pid_of ptp4l) follower=$(pid_of follower)
ip -n far link set eth0 down
begun=$(now_ms)
ok "without that cable the uplink moves to eth1" within 20 uplink_is eth1
echo "# moved after $(($(now_ms) - begun)) ms"
ok "the same ptp4l goes on" holds 5 test -d /proc/$pid
is "without a restart" 0 field ptp4l restarts
is "on the same way" null field ptp4l alternate_name
is "and so does its follower" "$follower" pid_of follower
ip -n far link set eth0 up
ok "the cable is back: so is the uplink" within 20 uplink_is eth0
exits "and it is ready" 0 pw wait ptp4l 30
is "still without a restart" 0 field ptp4l restarts
is "of the follower neither" 0 field follower restarts
done_testing
