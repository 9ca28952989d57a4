#!/bin/bash
# Before a start: does check foresee what would end a real ptp4l or leave it dead alive, name the
# right thing, and say nothing on setups that work? What it says is compared with what the real
# program then does.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
sandbox=$box/bin
mkdir -p $sandbox /run/ptp
real=$(command -v ptp4l)
free='--free_running 1 -m -q'

# plan LINE...: a unit with these options
plan() { { base_conf; printf '%s\n' '[unit ptp4l]' "$@"; } >$conf; }
findings() { pw check --json 2>&1 | jq -r '.units[].findings[] | "\(.state) \(.id) \(.subject)"'; }
member() { pw check --json | jq -r --arg id "$1" ".units[].findings[] | select(.id == \$id) | .$2"; }
# finds "sentence" "state id subject"
finds() {
	local got
	got=$(findings)
	if grep -qxF -- "$2" <<<"$got"; then pass "$1"; else fail "$1" "expected: $2" "$got"; fi
}
# every finding that is no pass
troubles() { findings | grep -v '^pass '; }
clean() { local got; got=$(troubles); [ -z "$got" ] || { echo "$got"; return 1; }; }

# what the real program does within 0.4 s: its exit status, or "runs"
really() {
	"$@" >$box/really 2>&1 &
	local pid=$!
	for _ in 1 2 3 4 5 6 7 8; do
		kill -0 $pid 2>/dev/null || break
		sleep 0.05
	done
	if kill -9 $pid 2>/dev/null; then
		wait $pid 2>/dev/null
		rm -f /var/run/ptp4l /run/ptp/*
		echo runs
	else
		wait $pid 2>/dev/null
		echo $?
	fi
}
dies() { local rc; rc=$(really "$@"); [ "$rc" != runs ] && [ "$rc" != 0 ]; }
port_is_dead() { [ "$(really "$@")" = runs ] && grep -q 'INITIALIZING to FAULTY' $box/really; }
port_lives() { [ "$(really "$@")" = runs ] && ! grep -q 'INITIALIZING to FAULTY' $box/really; }

# -- setups that work --
ip link add eth1 type veth peer name eth1 netns far
ip addr add 10.9.1.1/24 dev eth1
ip link set eth1 up
ip -n far link set eth1 up
client_conf >$ptpconf
printf '%s\n' '[global]' 'time_stamping software' '[eth0]' 'network_transport L2' '[eth1]' >$box/bc.conf
link_local() { ip -6 addr show dev eth0 scope link -tentative | grep -q inet6; }
ok "the interfaces are ready" within 5 link_local
while read -r args; do
	plan "command = ptp4l $args $free"
	ok "nothing is wrong with: ptp4l $args" clean
	ok "and it works" port_lives $real $args $free
done <<END
-S -i eth0
-S -i eth0 -2
-S -i eth0 -6
-S -i eth0 -s
-S -i eth0 -i eth1
-S -i eth0 -P
-S -i eth0 -E
-f $ptpconf -i eth0
-f $ptpconf -i eth1
-f $box/bc.conf
-S -i eth0 --uds_address /run/ptp/ptp4l
-S -i eth0 --domainNumber 24
-S -i eth0 --transportSpecific 1 -2 -P
-S -i eth0 --priority1 1
-S -i eth0 -l 7
END

# -- the program --
program() { plan "command = $sandbox/ptp4l -S -i eth0 $free"; cp "${1:-$real}" $sandbox/ptp4l; }
start="$sandbox/ptp4l -S -i eth0 $free"

program
ok "a copy of the program is as good" clean
rm $sandbox/ptp4l
finds "a missing program" "block binary.missing $sandbox/ptp4l"
mkdir $sandbox/ptp4l
finds "a folder in its place" "block binary.not_regular $sandbox/ptp4l"
rmdir $sandbox/ptp4l
ln -s ptp4l $sandbox/ptp4l
finds "a loop of symbolic links" "block binary.loop $sandbox/ptp4l"
rm $sandbox/ptp4l
program
chmod -x $sandbox/ptp4l
finds "no execute permission" "block binary.not_executable $sandbox/ptp4l"
ok "as the kernel sees it" dies $start
chmod 777 $sandbox/ptp4l
finds "a program that everybody may change" "block binary.world_writable $sandbox/ptp4l"
chmod 755 $sandbox/ptp4l
mount -t tmpfs -o noexec none $sandbox
program
finds "a noexec mount" "block binary.noexec_mount $sandbox/ptp4l"
ok "as the kernel sees it" dies $start
umount $sandbox
program
truncate -s 30000 $sandbox/ptp4l
finds "a program cut short" "block binary.truncated $sandbox/ptp4l"
ok "which crashes indeed" dies $start
truncate -s 100 $sandbox/ptp4l
finds "a program cut in its headers" "block binary.truncated $sandbox/ptp4l"
: >$sandbox/ptp4l
finds "an empty program" "block binary.format $sandbox/ptp4l"
echo 'exec ptp4l "$@"' >$sandbox/ptp4l
finds "a script without its first line" "block binary.format $sandbox/ptp4l"
printf '#!/no/such/sh\nexec ptp4l "$@"\n' >$sandbox/ptp4l
finds "a script whose interpreter is missing" "block binary.interpreter $sandbox/ptp4l"
printf '#!/bin/sh\nexec %s "$@"\n' "$real" >$sandbox/ptp4l
ok "a script that has one is good" clean
program
printf '\267' | dd of=$sandbox/ptp4l bs=1 seek=18 conv=notrunc status=none
finds "a program for aarch64" "block binary.arch $sandbox/ptp4l"
ok "as the kernel sees it" dies $start
program
sed -i 's|/lib64/ld-linux-x86-64.so.2|/lib64/ld-linux-x86-64.so.9|' $sandbox/ptp4l
if ! cmp -s $real $sandbox/ptp4l; then
	finds "a program whose loader is missing" "block binary.interpreter $sandbox/ptp4l"
	ok "as the kernel sees it" dies $start
fi
program
sed -i 's|libm\.so\.6|libq.so.6|' $sandbox/ptp4l
finds "a missing library" "block binary.library $sandbox/ptp4l"
ok "by its name" said 'libq\.so\.6' member binary.library detail
is "as the loader sees it" 127 really $start
ok "in these words" grep -q 'libq.so.6: cannot open shared object file' $box/really
cp "$(ldd $real | awk '$1 == "libm.so.6" {print $3}')" $box/libq.so.6
plan "command = $start" "env = LD_LIBRARY_PATH=$box"
ok "LD_LIBRARY_PATH of the unit helps" clean
truncate -s 1000 $box/libq.so.6
finds "a library cut short" "block binary.library $sandbox/ptp4l"
ok "as the loader sees it" dies env LD_LIBRARY_PATH=$box $start
: >$box/libq.so.6
finds "an empty library" "block binary.library $sandbox/ptp4l"
ok "as the loader sees it" dies env LD_LIBRARY_PATH=$box $start

# -- the configuration --
printf '%s\n' '[global]' 'domainNumber 300' 'no_such_option 1' >$box/bad.conf
plan "command = ptp4l -f $box/bad.conf -S -i eth0 $free"
is "all errors of a file are found, not only the first" "config.option_unknown config.value_range" \
	jq -r '[.units[].findings[] | select(.state == "block") | .id] | sort | join(" ")' <(pw check --json)
plan "command = ptp4l -f $box/none.conf -S -i eth0 $free"
ok "a missing file is found" said "^block config\..* $box/none.conf" findings

# -- interfaces --
plan "command = ptp4l -S -i nope0 $free"
finds "an interface that does not exist" "block link.missing nope0"
ok "which ends ptp4l" dies $real -S -i nope0 $free
plan "command = ptp4l -S -i eth0 -i nope1 $free"
finds "the second of two" "block link.missing nope1"
ok "which leaves a dead port" port_is_dead $real -S -i eth0 -i nope1 $free
plan "command = ptp4l -S -i eth1 $free"
ip link set eth1 down
finds "an interface that is down only warns" "warn link.down eth1"
is "since nothing else is wrong" "warn link.down eth1" troubles
ip link set eth1 up
ip -n far link set eth1 down
finds "a cable that is out only warns" "warn link.no_carrier eth1"
ip -n far link set eth1 up
ip addr flush dev eth1 scope global
finds "no address for UDP" "warn link.no_address eth1"
plan "command = ptp4l -S -2 -i eth1 $free"
ok "is nothing for Ethernet" clean
plan "command = ptp4l -S -6 -i eth1 $free"
echo 1 >/proc/sys/net/ipv6/conf/eth1/disable_ipv6
finds "IPv6 switched off" "warn link.ipv6_disabled eth1"
echo 0 >/proc/sys/net/ipv6/conf/eth1/disable_ipv6
ip addr add 10.9.1.1/24 dev eth1
if ip link add br0 type bridge 2>/dev/null; then
	ip link set eth1 master br0
	plan "command = ptp4l -S -i eth1 $free"
	finds "a member of a bridge" "warn link.member eth1"
	ip link del br0
fi
plan "command = ptp4l -i eth0 $free"
finds "hardware stamping on veth" "block ts.hardware eth0"
ok "which ends ptp4l" dies $real -i eth0 $free
plan "command = phc2sys -s eth0 -w -m -q"
finds "phc2sys on an interface without a clock" "block ts.hardware eth0"
ok "which ends phc2sys" dies phc2sys -s eth0 -w -m -q
plan 'command = phc2sys -s /dev/ptp77 -w -m -q'
finds "a clock that does not exist" "block phc.missing /dev/ptp77"
ok "which ends phc2sys" dies phc2sys -s /dev/ptp77 -w -m -q
plan 'command = phc2sys -s /dev/null -w -m -q'
finds "a device that is no clock" "block phc.not_a_clock /dev/null"
ok "which ends phc2sys" dies phc2sys -s /dev/null -w -m -q

# -- sockets --
uds() { plan "command = ptp4l -S -i eth0 --uds_address $1 $free" "${@:2}"; }
uds /run/gone/ptp4l
ok "a missing folder of the socket will be made" clean
uds /run/gone/ptp4l 'remedies = none'
finds "unless that is not wanted" "block uds.dir_missing /run/gone/ptp4l"
ok "leaves ptp4l without a socket" port_is_dead $real -S -i eth0 --uds_address /run/gone/ptp4l $free
mount -t tmpfs -o ro none /run/ptp
uds /run/ptp/ptp4l
finds "a read-only one" "block uds.read_only /run/ptp/ptp4l"
ok "leaves ptp4l without a socket" port_is_dead $real -S -i eth0 --uds_address /run/ptp/ptp4l $free
umount /run/ptp
echo precious >/run/ptp/ptp4l
finds "a regular file in its place is not given up" "block uds.regular_file /run/ptp/ptp4l"
rm /run/ptp/ptp4l
mkdir /run/ptp/ptp4l
finds "a folder in its place" "block uds.not_a_socket /run/ptp/ptp4l"
ok "leaves ptp4l without a socket" port_is_dead $real -S -i eth0 --uds_address /run/ptp/ptp4l $free
rmdir /run/ptp/ptp4l
$real -S -i eth1 --uds_address /run/ptp/ptp4l $free >/dev/null 2>&1 &
other=$!
within 5 test -S /run/ptp/ptp4l
finds "a live server" "block uds.live_server /run/ptp/ptp4l"
ok "with its process and its clock" said "ptp4l, pid $other, .*clock [0-9a-f]{6}\.[0-9a-f]{4}\." \
	member uds.live_server detail
finds "on another interface it is no more than a neighbour" "warn rival.ptp4l ptp4l"
kill -STOP $other
finds "even while it is stopped" "block uds.live_server /run/ptp/ptp4l"
kill -KILL $other
{ wait $other; } 2>/dev/null
ok "its file is left over" test -S /run/ptp/ptp4l
ok "which is no obstacle" clean

# -- rivals --
plan "command = ptp4l -S -i eth0 $free"
$real -S -i eth0 --uds_address /run/ptp/other $free >/dev/null 2>&1 &
other=$!
within 5 test -S /run/ptp/other
finds "a ptp4l on the same interface" "block rival.same_interface ptp4l"
kill -KILL $other
{ wait $other; } 2>/dev/null
ip netns exec far $real -S -i eth0 --uds_address /run/ptp/far $free >/dev/null 2>&1 &
other=$!
within 5 test -S /run/ptp/far
ok "one in another network namespace is no rival" clean
kill -KILL $other
{ wait $other; } 2>/dev/null

# -- privileges --
without() { setpriv --bounding-set "-${1//,/,-}" "${@:2}"; }
plan "command = ptp4l -S -2 -i eth0 $free"
is "without CAP_NET_RAW no Ethernet" "block priv.cap_net_raw ptp4l" \
	jq -r '.units[].findings[] | select(.state == "block") | "\(.state) \(.id) \(.subject)"' \
	<(without net_raw "$bin" check -f $conf --json)
ok "the port would be dead" port_is_dead setpriv --bounding-set -net_raw $real -S -2 -i eth0 $free
plan "command = ptp4l -S -i eth0 $free"
is "without CAP_NET_BIND_SERVICE no UDP" "block priv.cap_net_bind_service ptp4l" \
	jq -r '.units[].findings[] | select(.state == "block") | "\(.state) \(.id) \(.subject)"' \
	<(without net_bind_service "$bin" check -f $conf --json)
ok "the port would be dead" port_is_dead setpriv --bounding-set -net_bind_service $real -S -i eth0 $free
plan 'command = ptp4l -S -i eth0 -m -q'
finds "without CAP_SYS_TIME it only measures" "warn priv.cap_sys_time ptp4l"
plan "command = ptp4l -S -i eth0 $free" 'user = nobody'
finds "a user who may not make the socket" "block uds.dir_not_writable /var/run/ptp4l"
install -d -o nobody /run/ptp/own
plan "command = ptp4l -S -i eth0 --uds_address /run/ptp/own/ptp4l $free" 'user = nobody'
ok "in a folder of his own he may" clean
plan "command = ptp4l -S -i eth0 $free" 'limit_nofile = 16'
finds "too few files" "block priv.files ptp4l"
$real -S -i eth1 --uds_address /run/ptp/other $free >/dev/null 2>&1 &
other=$!
within 5 test -S /run/ptp/other
plan "command = ptp4l -S -i eth0 $free"
is "what may not be looked at is unknown, never a verdict" "unknown rival.unknown" \
	jq -r '.units[].findings[] | select(.state != "pass") | "\(.state) \(.id)"' \
	<(without sys_ptrace,dac_override,dac_read_search "$bin" check -f $conf --json)
kill -KILL $other
{ wait $other; } 2>/dev/null
done_testing
