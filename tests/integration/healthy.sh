#!/bin/bash
# Setups as people have them, each made for real: check must find nothing worse than a pass, and
# the real programs must then work. With linuxptp's own example files for each installed version.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
ip link add eth1 type veth peer name eth1 netns far
ip addr add 10.9.1.1/24 dev eth1
ip link set eth1 up
ip -n far link set eth1 up
mkdir -p /run/ptp
real=$(command -v ptp4l)
free='--free_running 1 -m -q'
ptp=$box/p.conf
kinds=0
link_local() { ip -6 addr show dev eth0 scope link -tentative | grep -q inet6; }
ok "the interfaces are ready" within 5 link_local

quiet() {
	local got
	got=$("$bin" check -f $conf --json | jq -r '.units[].findings[] | select(.state != "pass") | "\(.state) \(.id) \(.subject): \(.detail)"')
	[ -z "$got" ] || { echo "$got"; return 1; }
}
exits_0() { "$bin" check -f $conf >/dev/null; }
starts() { # COMMAND...: it lives, and none of its ports is dead
	"$@" >$box/really 2>&1 &
	local pid=$! rc=0
	within 2 grep -q 'INITIALIZING to\|selecting\|Waiting for ptp4l' $box/really || rc=1
	kill -KILL $pid 2>/dev/null || rc=1
	{ wait $pid; } 2>/dev/null
	rm -f /var/run/ptp4l /var/run/ptp4lro /run/ptp/*
	! grep -q 'to FAULTY' $box/really && [ $rc = 0 ] || { cat $box/really; return 1; }
}
plan() { { base_conf; printf '%s\n' '[unit it]' "$@"; } >$conf; }
kind() { # SENTENCE; the plan was made before
	kinds=$((kinds + 1))
	ok "nothing is wrong with $1" quiet
	ok "so that check ends with 0" exits_0
}
# works SENTENCE WORDS: ptp4l with these words
works() {
	plan "command = ${ptp4l:-ptp4l} $2 $free"
	kind "$1"
	# shellcheck disable=SC2086
	ok "and it works" starts ${ptp4l:-$real} $2 $free
}
lines() { printf '%s\n' '[global]' "$@" >$ptp; }

# -- one port --
works "a client over IPv4" "-S -i eth0 -s"
works "a client over Ethernet" "-S -i eth0 -s -2"
works "a client over IPv6" "-S -i eth0 -s -6"
works "peer to peer delays" "-S -i eth0 -P"
lines 'masterOnly 1' 'priority1 1' 'clockClass 6' 'time_stamping software' 'logAnnounceInterval -2'
works "a grandmaster" "-f $ptp -i eth0"
lines 'unicast_master_table 1' 'time_stamping software' '[unicast_master_table]' 'table_id 1' \
	'logQueryInterval 2' 'UDPv4 10.9.0.2' '[eth0]' 'unicast_master_table 1'
works "a unicast client" "-f $ptp"
lines 'unicast_listen 1' 'masterOnly 1' 'hybrid_e2e 1' 'inhibit_multicast_service 1' 'time_stamping software'
works "a unicast server" "-f $ptp -i eth0"
lines 'domainNumber 24' 'priority2 200' 'network_transport L2' 'dataset_comparison G.8275.x' \
	'G.8275.defaultDS.localPriority 128' 'ptp_dst_mac 01:80:C2:00:00:0E' 'time_stamping software'
works "a telecom profile" "-f $ptp -i eth0"
lines 'gmCapable 1' 'transportSpecific 0x1' 'network_transport L2' 'delay_mechanism P2P' 'path_trace_enabled 1' \
	'follow_up_info 1' 'assume_two_step 1' 'neighborPropDelayThresh 800' 'ptp_dst_mac 01:80:C2:00:00:0E' \
	'p2p_dst_mac 01:80:C2:00:00:0E' 'time_stamping software' 'twoStepFlag 1'
works "gPTP" "-f $ptp -i eth0"
lines 'transportSpecific 0x1' 'network_transport L2' 'delay_mechanism P2P' 'slaveOnly 1' 'BMCA noop' \
	'inhibit_announce 1' 'asCapable true' 'ignore_source_id 1' 'operLogSyncInterval 0' \
	'operLogPdelayReqInterval 2' 'msg_interval_request 1' 'servo_offset_threshold 30' 'time_stamping software'
works "the automotive profile" "-f $ptp -i eth0"
works "a socket elsewhere, a domain and a tag" \
	"-S -i eth0 --uds_address /run/ptp/s --domainNumber 3 --message_tag two"
printf '[global]\r\n# a file from Windows\r\ntime_stamping\tSOFTWARE\r\n\r\n[eth0]\r\n' >$ptp
works "a file with line ends of Windows" "-f $ptp"

# -- several ports --
lines 'time_stamping software' 'clock_type BC' '[eth0]' 'network_transport L2' '[eth1]'
works "a boundary clock with its ports in the file" "-f $ptp"
works "a boundary clock with its ports in the command" "-S -i eth0 -i eth1"
lines 'clock_type P2P_TC' 'delay_mechanism P2P' 'priority1 254' 'tc_spanning_tree 1' 'time_stamping software' 'network_transport L2'
works "a peer to peer transparent clock" "-f $ptp -i eth0 -i eth1"
lines 'clock_type E2E_TC' 'delay_mechanism E2E' 'time_stamping software' 'network_transport L2'
works "an end to end transparent clock" "-f $ptp -i eth0 -i eth1"

# -- other interfaces --
on_top() { # KIND WORDS...: make the interface, or pass over the test
	ip link add "${@:2}" 2>/dev/null || { pass "$1 # SKIP this kernel has no $1"; return 1; }
}
if on_top "VLAN" link eth0 name eth0.5 type vlan id 5; then
	ip addr add 10.9.5.1/24 dev eth0.5 && ip link set eth0.5 up
	works "a VLAN" "-S -i eth0.5"
fi
if on_top "bond" bond0 type bond mode active-backup; then
	ip link set eth1 down && ip link set eth1 master bond0
	ip link set bond0 up && ip addr add 10.9.6.1/24 dev bond0
	works "a bond" "-S -i bond0"
	ip link del bond0
	ip link set eth1 up && ip addr add 10.9.1.1/24 dev eth1
fi
if on_top "macvlan" link eth0 name mac0 type macvlan mode bridge; then
	ip addr add 10.9.7.1/24 dev mac0 && ip link set mac0 up
	works "a macvlan of a container" "-S -i mac0"
	ip link del mac0
fi

# -- groups and users --
{ base_conf; printf '%s\n' '[unit ptp4l]' "command = chrt -f 5 ptp4l -S -i %i $free" 'interface = eth0' \
	'[alternate ptp4l other]' 'interface = eth1' '[unit watcher]' 'command = sleep 1000' 'follows = ptp4l'; } >$conf
kind "a unit with an alternate, a wrapper and a follower"
install -d -o nobody /run/ptp/own
plan "command = ptp4l -S -i eth0 --uds_address /run/ptp/own/s $free" 'user = nobody'
kind "a user of its own"
rm -rf /run/ptp/own
{ base_conf; printf '%s\n' '[unit ptp4l]' "command = ptp4l -S -i eth0 --clock_servo ntpshm --ntpshm_segment 2 $free" \
	'[unit chronyd]' "command = $box/chronyd -d"; } >$conf
printf '#!/bin/sh\nexec sleep 1000\n' >$box/chronyd
chmod 755 $box/chronyd
kind "a servo that feeds chronyd"
printf '%s\n' '[ptp_domain 0]' 'interfaces eth0' 'delay 10e-6' '[timemaster]' "rundir $box/tm" '[chronyd]' \
	"path $box/chronyd" '[ntp_server ntp.example]' 'minpoll 4' >$box/tm.conf
plan "command = timemaster -f $box/tm.conf"
as_timemaster() { "$bin" check -f $conf --json | jq -r '.units[].findings[] | select(.state != "pass") | .id' | grep -v cap_sys_time; }
kinds=$((kinds + 1))
is "nothing is wrong with timemaster but that it may not set the clock here" "" as_timemaster

# -- the files that linuxptp ships, in software --
shipped() { # PROGRAM FOLDER
	local file ports
	for file in "$2"/*.cfg; do
		case $file in
		*ts2phc*) continue ;;	# needs a clock: tests/unit/test_probe_healthy.c
		*TC*) ports='-i eth0 -i eth1' ;;
		*UNICAST-SLAVE*) ports= ;;	# names two ports itself
		*) ports='-i eth0' ;;
		esac
		# the clock may not be touched here, so that a wish to step it would be told
		grep -v '^step_threshold' "$file" >$ptp
		ptp4l=$1 works "$(basename "$file") of $("$1" -v)" "-S -f $ptp $ports"
	done
}
docs=/usr/share/doc/linuxptp/configs
if [ -d $docs ]; then shipped "$real" $docs; else pass "the shipped files # SKIP none in $docs"; fi
if newer=$("$top/tests/lib/get-linuxptp-4.2.sh" 2>$box/why); then
	lines 'clientOnly 1' 'step_window 5' 'uds_ro_address /run/ptp/ro' 'domainNumber 200' 'time_stamping software' \
		'ptp_minor_version 0' 'delay_response_timeout 3' 'clock_class_threshold 7'
	ptp4l=$newer/ptp4l works "the options of 4.2" "-f $ptp -i eth0"
	lines 'serverOnly 1' 'interface_rate_tlv 1' 'power_profile.version 2017' 'uds_file_mode 0666' 'time_stamping software'
	ptp4l=$newer/ptp4l works "a grandmaster of 4.2" "-f $ptp -i eth0"
	shipped $newer/ptp4l "${newer%/usr/sbin}/usr/share/doc/linuxptp/configs"
else
	pass "4.2 # SKIP $(tail -1 $box/why)"
fi
ok "that were more than 15 kinds: $kinds" [ $kinds -gt 15 ]
done_testing
