#!/bin/bash
# A cable that is moved to the other port moves the unit there, if an alternate says so, and
# back again; what follows it moves along. A flap and a cable that is just out move nothing.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
ip link add eth1 type veth peer name eth1 netns far
ip addr add 10.9.1.1/24 dev eth1
ip link set eth1 up
ip -n far addr add 10.9.1.2/24 dev eth1
cat >$box/gm.conf <<X
[global]
time_stamping software
priority1 10
logAnnounceInterval -2
logSyncInterval -2
logMinDelayReqInterval -2
uds_address $box/gm.sock
X
ip netns exec far ptp4l -f $box/gm.conf -i eth0 -i eth1 -m -q >$box/gm.log 2>&1 &
plug() { ip -n far link set "$1" up; }
unplug() { ip -n far link set "$1" down; }
on() { [ "$(field ptp4l alternate_name)" = "$1" ]; }
steered_by() { grep -qz "$1" "/proc/$(pid_of ptp4l)/cmdline"; }

cat >$box/follower <<'X'
#!/bin/sh
trap 'exit 0' TERM
while :; do sleep 0.1; done
X
chmod +x $box/follower
client_conf >$ptpconf
{
	base_conf
	unit_ptp4l 'settle = 2s' 'patience = 1h'
	printf '%s\n' '[alternate ptp4l second-port]' 'interface = eth1' \
		'[unit follower]' "command = $box/follower %i" 'follows = ptp4l'
} >$conf

ok "the supervisor starts" warden
exits "on the preferred port it gets ready" 0 pw wait ptp4l 30
is "which is alternate 0" 0 field ptp4l alternate
ok "the follower runs for eth0" within 5 grep -qz eth0 "/proc/$(pid_of follower)/cmdline"

unplug eth0; sleep 1; plug eth0
ok "a flap with the other port empty moves nothing" holds 4 on null
unplug eth0
ok "nor does a cable that is just out" holds 5 on null
is "ptp4l was not restarted for that" 0 field ptp4l restarts

plug eth1
begun=$(now_ms)
ok "the cable goes into the other port: the unit moves there" within 12 on second-port
echo "# moved after $(($(now_ms) - begun)) ms"
ok "ptp4l runs on eth1" within 3 steered_by eth1
exits "and gets ready" 0 pw wait ptp4l 30
ok "the follower came along" within 5 grep -qz eth1 "/proc/$(pid_of follower)/cmdline"
ok "status says what would bring it back" said 'link' pw status ptp4l
is "it was one start" 1 field ptp4l restarts

plug eth0
begun=$(now_ms)
ok "the preferred port is linked again: the unit goes back" within 5 on null
echo "# back after $(($(now_ms) - begun)) ms"
exits "and gets ready" 0 pw wait ptp4l 30
unplug eth1
ok "the other port means nothing to it now" holds 3 on null
is "so it is three starts in all" 2 field ptp4l restarts
warden_ends

# -- the cable is in the second port when the box starts --
unplug eth0; plug eth1
ok "the supervisor starts" warden
ok "it begins where the cable is" within 5 on second-port
exits "and gets ready" 0 pw wait ptp4l 30
is "in one start" 0 field ptp4l restarts
done_testing
