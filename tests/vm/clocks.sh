#!/bin/bash
# Clocks and the devices between a daemon and them, with a real kernel: nodes that lie, virtual
# clocks, a second user, VLANs, bonds, queues, control groups. What check says beforehand is
# compared with what ptp4l and phc2sys then do.
. "$(dirname "$0")/lib/vm.sh"
vm_enter "$@"

load() { local m; for m in "$@"; do insmod /modules/$m.ko $([ $m != bonding ] || echo max_bonds=0) || return; done; }
setup() {	# INTERFACE [LINE...]
	local interface=$1
	shift
	plan '[unit ptp4l]' "command = ptp4l -f $ptpconf -i %i" "interface = $interface" "$@" \
		'[unit phc2sys]' "command = ${phc2sys:-phc2sys -s %i -w}" 'follows = ptp4l'
}
findings() {
	pw check --json | jq -r --arg u "$1" '.units[] | select(.unit == $u) | .findings[]
		| select(.state != "pass") | "\(.state) \(.id) \(.subject)"'
}
detail() { pw check --json | jq -r --arg id "$1" 'first(.units[].findings[] | select(.id == $id)) | .detail'; }
clean() { local got; got=$(findings ptp4l; findings phc2sys); [ -z "$got" ] || { echo "$got"; return 1; }; }
# a moment of the real program, until it says that its socket is there
really() {
	"$@" -m -q >$box/really 2>&1 &
	local pid=$!
	within 8 eval "! kill -0 $pid || grep -q 'port 0.*INITIALIZING to' $box/really"
	alive=
	kill -9 $pid 2>/dev/null && alive=yes
	wait $pid 2>/dev/null
	rm -f /var/run/ptp4l
	cat $box/really
}
dies() { really "$@"; [ ! $alive ]; }
port_is_dead() { really "$@"; [ $alive ] && grep -q 'port 1.*INITIALIZING to FAULTY' $box/really; }
port_lives() { really "$@"; [ $alive ] && ! grep -q 'INITIALIZING to FAULTY' $box/really; }

for i in eth0 eth1 eth2; do ip link set $i up; done
client_conf >$ptpconf
setup eth0
ok "the links come up" within 10 carrier eth0
ok "nothing is wrong" clean

# -- the clock of another interface --
phc2sys='phc2sys -s /dev/ptp1 -w' setup eth0
is "phc2sys with the clock of another interface" "warn phc.mismatch /dev/ptp1" findings phc2sys
ok "both are named" has "it is ptp1, the clock of eth0 is ptp0" "$(detail phc.mismatch)"
phc2sys='phc2sys -s /dev/ptp0 -w' setup eth0
ok "with the right one nothing is wrong" clean
plan '[unit ptp4l]' "command = ptp4l -f $ptpconf -i eth0 -p /dev/ptp1"
is "ptp4l with the clock of another interface" "warn phc.mismatch /dev/ptp1" findings ptp4l
setup eth0

# -- nodes that lie --
major=$(awk '$2 == "ptp" { print $1 }' /proc/devices)
mv /dev/ptp0 /dev/ptp0.good
is "a node that is missing while the kernel has the clock" "block phc.node_missing /dev/ptp0" findings ptp4l
mknod /dev/ptp0 c $major 1
is "a node that leads to another clock" "block phc.wrong_number /dev/ptp0" findings ptp4l
rm /dev/ptp0
mknod /dev/ptp0 c $((major - 20)) 0
is "a node with an old major number" "block phc.wrong_number /dev/ptp0" findings ptp4l
ok "which is of no use" dies ptp4l -f $ptpconf -i eth0
rm /dev/ptp0
mknod /dev/ptp0 c $major 40
is "a node without a clock" "block phc.gone /dev/ptp0" findings ptp4l
rm /dev/ptp0
mv /dev/ptp0.good /dev/ptp0
ok "with the good node nothing is wrong" clean

# -- virtual clocks --
if echo 1 >/sys/class/ptp/ptp0/n_vclocks 2>/dev/null; then
	is "virtual clocks are said" "warn phc.virtual_clocks ptp0" findings ptp4l
	ok "since ptp4l then steers nothing" eval 'port_lives ptp4l -f $ptpconf -i eth0; \
		grep -q "failed to adjust the clock: Device or resource busy" $box/really'
	echo 0 >/sys/class/ptp/ptp0/n_vclocks
	ok "without them nothing is wrong" clean
fi

# -- others who hold the clock --
cp "$(command -v sleep || command -v busybox)" $box/ptp4l
holder() { unshare -n bash -c "exec 9<>/dev/ptp0; exec -a sleep $box/$1 300" & other=$!; within 3 eval '[ "$(</proc/$other/comm)" = '$1' ]'; }
ok "somebody called ptp4l holds the clock, in another network namespace" holder ptp4l
is "two of them never share a clock" "block phc.shared /dev/ptp0" eval 'findings ptp4l | grep phc'
ok "he is named" has "pid $other" "$(detail phc.shared)"
kill $other
{ wait $other; } 2>/dev/null
mv $box/ptp4l $box/chronyd
ok "somebody called chronyd holds it" holder chronyd
ok "which is no fault" not said phc. findings ptp4l
kill $other
{ wait $other; } 2>/dev/null

# -- what time it shows --
phc2sys='phc2sys -s %i -O 0' setup eth0
date -s '2026-11-22 12:00' >/dev/null
phc_ctl /dev/ptp0 set $(($(date +%s) + 37)) >/dev/null
is "37 s too much are noticed" "warn phc.tai /dev/ptp0" findings phc2sys
phc2sys='phc2sys -s %i -O -37' setup eth0
ok "with the right offset nothing is wrong" clean
phc_ctl /dev/ptp0 set 100 >/dev/null
is "a clock that was never set would be copied" "warn phc.unset /dev/ptp0" findings phc2sys
setup eth0
ok "phc2sys -w waits until it is set" clean

# -- ts2phc --
plan '[unit ts2phc]' 'command = ts2phc -s generic -c eth2'
ok "what a clock without inputs for pulses is asked by ts2phc" said "^block phc.(no_extts|rate) /dev/ptp2" findings ts2phc
plan '[unit ts2phc]' 'command = ts2phc -s generic -c eth0'
if [ "$(cat /sys/class/ptp/ptp0/n_external_timestamps)" -gt 0 ]; then
	ok "a clock with inputs will do" not said no_extts findings ts2phc
else
	ok "a clock without them is refused" said "block phc.no_extts /dev/ptp0" findings ts2phc
fi

# -- devices in between --
load llc stp garp mrp 8021q tls bonding macvlan sch_mqprio sch_etf sch_taprio
ip link add link eth0 name eth0.5 type vlan id 5
ip link set eth0.5 up
alone() { plan '[unit ptp4l]' "command = ptp4l -f $ptpconf -i %i" "interface = $1"; }
trouble() { local got; got=$(findings ptp4l); [ -z "$got" ] || { echo "$got"; return 1; }; }
alone eth0.5
within 5 carrier eth0.5
ok "a VLAN stamps with the clock of the card" trouble
ok "and it works" port_lives ptp4l -f $ptpconf -i eth0.5
ip link set eth0 down
ok "the card below that is switched off is named" said "^warn link.below eth0" findings ptp4l
ip link set eth0 up
within 5 carrier eth0
ip netns add inside
ip link add link eth0 name eth0.7 type vlan id 7
ip link set eth0.7 netns inside
ip -n inside link set eth0.7 up
alone eth0.7
inside() { ip netns exec inside "$@"; }
below() { inside "$bin" check -f $conf --json ptp4l | jq -r '.units[0].findings[] | select(.id == "link.below_elsewhere") | .state'; }
is "a VLAN in another namespace than its card cannot be told to stamp" block below
ok "so its port is dead" port_is_dead ip netns exec inside ptp4l -f $ptpconf -i eth0.7
ip link del eth0.5
ip netns del inside

ip link set eth0 down
ip link add bond0 type bond mode active-backup miimon 20
ip link set eth0 master bond0
ip link set bond0 up
alone bond0
ok "the bond has its link" within 10 eval 'ip -d link show bond0 | grep -q active_slave'
ok "a bond stamps with the clock of its active member" trouble
ok "and it works" port_lives ptp4l -f $ptpconf -i bond0
cable_out
ok "the cable goes" within 10 not carrier eth0
ok "a bond without an active member is said" said "^warn link.bond_empty bond0" findings ptp4l
cable_in
ok "the cable is back" within 10 carrier eth0
ip link del bond0
ip link add bond0 type bond mode balance-rr miimon 20
ip link set eth0 down
ip link set eth0 master bond0
ip link set bond0 up
within 10 carrier bond0
ok "a bond that sends through all members is said" said "^warn link.bond_mode bond0" findings ptp4l
ip link del bond0
ip link set eth0 up
within 10 carrier eth0

ip link add mac0 link eth0 type macvlan
ip link set mac0 up
alone mac0
within 5 carrier mac0
really ptp4l -f $ptpconf -i mac0
if grep -q 'INITIALIZING to FAULTY\|does not support' $box/really; then
	ok "a macvlan that cannot stamp is said" said "^block ts" findings ptp4l
else
	ok "a macvlan that stamps is fine" trouble
fi
ip link del mac0

# -- queues --
setup eth0
for q in "mqprio num_tc 1 map 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 queues 1@0 hw 0" \
	"taprio num_tc 1 map 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 queues 1@0 base-time 0 sched-entry S 01 1000000 clockid CLOCK_TAI" \
	"etf clockid CLOCK_TAI delta 300000"; do
	tc qdisc replace dev eth0 root $q 2>$box/why || { echo "# ${q%% *}: $(<$box/why)"; continue; }
	is "the queueing discipline ${q%% *} is said" "warn link.qdisc eth0" findings ptp4l
	tc qdisc del dev eth0 root
done
ok "without it nothing is wrong" clean

# -- the control group's device filter --
mkdir -p /sys/fs/cgroup
mount -t tmpfs none /sys/fs/cgroup
mkdir /sys/fs/cgroup/devices
if mount -t cgroup -o devices none /sys/fs/cgroup/devices; then
	mkdir /sys/fs/cgroup/devices/box
	echo "c $major:* rwm" >/sys/fs/cgroup/devices/box/devices.deny
	echo a >/sys/fs/cgroup/devices/box/devices.deny
	echo "c 1:* rwm" >/sys/fs/cgroup/devices/box/devices.allow
	boxed() { bash -c 'echo $$ >/sys/fs/cgroup/devices/box/cgroup.procs; exec "$@"' - "$@"; }
	is "a device filter without clocks forbids the start" "block confine.devices control group" \
		eval "boxed '$bin' check -f $conf --json ptp4l | jq -r '.units[0].findings[]
			| select(.id == \"confine.devices\") | \"\(.state) \(.id) \(.subject)\"'"
	ok "as the kernel does" eval 'boxed bash -c "exec 9<>/dev/ptp0" 2>&1 | grep -q "not permitted"'
	echo "c $major:* rw" >/sys/fs/cgroup/devices/box/devices.allow
	ok "with them nothing is wrong" not eval "boxed '$bin' check -f $conf | grep -q 'device'"
fi

# -- a clock that comes later, and none that stays open --
unbind
client_conf >$ptpconf
setup eth0
ok "ptpwarden starts" warden
ok "ptp4l waits for its interface" within 5 eval '[ "$(field ptp4l waiting_for.kind)" = interface ]'
bind
ip link set eth0 up
ok "it starts when the card is there" within 10 pid_in_file ptp4l
ok "ptpwarden holds no clock open" not eval "ls -l /proc/$warden/fd | grep -q /dev/ptp"
ok "ptpwarden ends" warden_ends
done_testing
