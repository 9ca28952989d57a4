#!/bin/bash
# The failures of linuxptp that are known, one row each, in the order of a daemon's life. Each row
# that can be seen before a start is produced for real: check must say it, about the right thing,
# with a remedy, and the real program must then fail as the row says. The rows that cannot be
# seen, or not here, stand below with the reason; the last test is that no row was forgotten.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
real=$(command -v ptp4l)
sandbox=$box/bin
mkdir -p $sandbox /run/ptp
free='--free_running 1 -m -q'
ptp=$box/p.conf
seen=()

ip link add eth1 type veth peer name eth1 netns far
ip addr add 10.9.1.1/24 dev eth1
ip link set eth1 up
ip -n far link set eth1 up

plan() { { base_conf; printf '%s\n' '[unit it]' "$@"; } >$conf; }
findings() { "${as[@]}" "$bin" check -f $conf --json | jq -r '.units[].findings[] | "\(.state) \(.id) \(.subject)"'; }
advice() { "${as[@]}" "$bin" check -f $conf --json | jq -r --arg id "$1" '[.units[].findings[] | select(.id == $id) | .advice][0]'; }
as=()

# What the real program does: "dies", "dead" (runs with a port that is FAULTY for good), "runs".
really() {
	"${as[@]}" "$@" >$box/really 2>&1 &
	local pid=$! i
	for i in 1 2 3 4 5 6 7 8; do
		kill -0 $pid 2>/dev/null || break
		sleep 0.05
	done
	if ! kill -9 $pid 2>/dev/null; then
		wait $pid 2>/dev/null
		echo dies
		return
	fi
	wait $pid 2>/dev/null
	rm -f /var/run/ptp4l /var/run/ptp4lro /run/ptp/*
	if grep -q 'INITIALIZING to FAULTY' $box/really; then echo dead; else echo runs; fi
} 2>/dev/null

# row NUMBER "sentence" "state id subject" FATE [COMMAND...]; the plan was made before
row() {
	local n=$1 sentence="row $1: $2" want=$3 fate=$4 got id
	shift 4
	seen+=("$n")
	got=$(findings)
	id=${want#* }
	id=${id%% *}
	if ! grep -qxF -- "$want" <<<"$got"; then
		fail "$sentence" "expected: $want" "$(grep -v '^pass' <<<"$got")"
	elif [ -z "$(advice "$id")" ]; then
		fail "$sentence" "$id gives no advice"
	elif [ $# -gt 0 ] && got=$(really "$@") && [ "$got" != "$fate" ]; then
		fail "$sentence" "the program $got instead of: $fate" "$(<$box/really)"
	else
		pass "$sentence"
	fi
}
# ptp4l with these words, free running: finding and fate of the same command line
ptp4l_row() { # NUMBER SENTENCE FINDING FATE WORDS
	plan "command = ptp4l $5 $free"
	# shellcheck disable=SC2086
	row "$1" "$2" "$3" "$4" $real $5 $free
}
file_row() { # NUMBER SENTENCE FINDING FATE LINE...
	local n=$1 sentence=$2 want=$3 fate=$4
	shift 4
	printf '%b\n' "$@" >$ptp
	ptp4l_row "$n" "$sentence" "$want" "$fate" "-S -i eth0 -f $ptp"
}
block() { echo "block config.$1 $ptp"; }
cmdline='command line'

# -- the command line and the configuration --
ptp4l_row 1 "no interface" "block config.no_interface $cmdline" dies -S
ptp4l_row 2 "an unknown letter" "block config.command_option $cmdline" dies "-S -i eth0 -Z"
ptp4l_row 3 "an unknown option" "block config.command_option $cmdline" dies "-S -i eth0 --nosuch 1"
ptp4l_row 4 "a value out of range" "block config.value_range $cmdline" dies "-S -i eth0 --domainNumber 999"
ptp4l_row 5 "a level out of range" "block config.command_value $cmdline" dies "-S -i eth0 -l 9"
ptp4l_row 6 "no such file" "block config.file_unreadable $box/none" dies "-S -i eth0 -f $box/none"
echo '[global]' >$ptp
chmod 600 $ptp
chmod 755 $box
plan "command = ptp4l -S -i eth0 -f $ptp --uds_address /tmp/x $free" 'user = nobody'
row 7 "a file that its user may not read" "block files.unreadable $ptp" dies \
	setpriv --reuid nobody --clear-groups $real -S -i eth0 -f $ptp $free
ptp4l_row 8 "a folder instead of a file" "block config.file_directory $box" runs "-S -i eth0 -f $box"
: >$ptp
ptp4l_row 9 "an empty file: hardware by default" "block ts.hardware eth0" dies "-i eth0 -f $ptp"
file_row 10 "an unknown option in the file" "$(block option_unknown)" dies '[global]' 'foo_bar 1'
file_row 11 "out of range in the file" "$(block value_range)" dies '[global]' 'domainNumber 300'
file_row 12 "a comment behind a value" "$(block value_malformed)" dies '[global]' 'slaveOnly 1 # x'
file_row 13 "a word that is none" "$(block value_bad)" dies '[global]' 'time_stamping hw'
file_row 14 "no section" "$(block section_missing)" dies 'slaveOnly 1'
file_row 14 "a byte order mark" "$(block file_mark)" dies '\0357\0273\0277[global]'
file_row 15 "an equals sign" "$(block value_missing)" dies '[global]' 'slaveOnly=1'
file_row 16 "an equals sign with blanks" "$(block value_malformed)" dies '[global]' 'slaveOnly = 1'
file_row 17 "something behind [global]" "$(block section_trailing)" dies '[global] # x' 'priority1 1'
file_row 18 "a global option in a port's section" "$(block option_section)" dies '[global]' '[eth0]' 'domainNumber 1'
file_row 19 "a name in the wrong case" "$(block option_unknown)" dies '[global]' 'slaveonly 1'
file_row 20 "a line that is too long" "$(block value_missing)" dies '[global]' "userDescription a$(printf 'x%.0s' {1..1100})"
file_row 21 "a semicolon as comment" "$(block option_unknown)" dies '[global]' '; x'
file_row 23 "a unicast table without its number" "$(block unicast_entry)" dies '[global]' '[unicast_master_table]' 'UDPv4 10.0.0.1'
file_row 24 "a unicast table that is not there" "$(block unicast_table)" dies '[global]' 'unicast_master_table 7'
file_row 25 "one-step in software" "$(block onestep_software)" dies '[global]' 'twoStepFlag 0'
file_row 26 "two roles that exclude each other" "$(block client_not_capable)" dies '[global]' 'slaveOnly 1' 'gmCapable 0'
file_row 27 "a description of the wrong form" "$(block description)" dies '[global]' 'productDescription abc'
file_row 28 "a boundary clock with one port" "$(block clock_type_ports)" dies '[global]' 'clock_type BC'
plan "command = ptp4l -S -i eth0 -i eth1 --clock_type P2P_TC $free"
row 28 "a transparent clock without its mechanism" "block config.clock_type_mechanism $cmdline" dies \
	$real -S -i eth0 -i eth1 --clock_type P2P_TC $free
file_row 29 "a destination that is no address" "$(block destination_mac)" dead '[global]' 'network_transport L2' 'ptp_dst_mac zz'
file_row 30 "a bad clock identity" "$(block clock_identity)" dies '[global]' 'clockIdentity 12'

# -- interfaces --
ptp4l_row 31 "no such interface" "block link.missing nope0" dies "-S -i nope0"
ptp4l_row 32 "no such interface, in hardware" "block link.missing nope0" dies "-i nope0"
ptp4l_row 33 "the second interface is missing" "block link.missing nope1" dead "-S -i eth0 -i nope1"
ip link set eth1 down
ptp4l_row 34 "an interface that is down" "warn link.down eth1" runs "-S -i eth1"
ptp4l_row 35 "an interface that is down, on Ethernet" "warn link.down eth1" runs "-S -2 -i eth1"
ip link set eth1 up
ip -n far link set eth1 down
ptp4l_row 36 "no carrier" "warn link.no_carrier eth1" runs "-S -i eth1"
ip -n far link set eth1 up
ptp4l_row 37 "no stamps in hardware" "block ts.hardware eth0" dies "-i eth0"
ip addr flush dev eth1 scope global
ptp4l_row 38 "no IPv4 address" "warn link.no_address eth1" runs "-S -i eth1"
ip addr add 10.9.1.1/24 dev eth1
echo 1 >/proc/sys/net/ipv6/conf/eth1/disable_ipv6
ptp4l_row 39 "IPv6 switched off" "warn link.ipv6_disabled eth1" runs "-S -6 -i eth1"
echo 0 >/proc/sys/net/ipv6/conf/eth1/disable_ipv6
as=(setpriv --bounding-set -net_raw)
ptp4l_row 40 "no CAP_NET_RAW" "block priv.cap_net_raw it" dead "-S -2 -i eth0"
as=(setpriv --bounding-set -net_bind_service)
ptp4l_row 42 "no CAP_NET_BIND_SERVICE" "block priv.cap_net_bind_service it" dead "-S -i eth0"
as=()
plan 'command = ptp4l -S -i eth0 -m -q'
row 46 "no CAP_SYS_TIME" 'warn priv.cap_sys_time it' runs $real -S -i eth0 -m -q
ptp4l_row 50 "a driver that says nothing about stamps" "block ts.hardware lo" dies "-i lo"
ptp4l_row 51 "a clock that is not used" "warn config.phc_ignored $cmdline" runs "-S -i eth0 -p /dev/ptp77"

# -- the management socket --
uds() { printf '%s' "-S -i eth0 --uds_address $1"; }
plan "command = ptp4l $(uds /run/gone/s) $free" 'remedies = none'
# shellcheck disable=SC2046
row 52 "no folder for the socket" "block uds.dir_missing /run/gone/s" dead $real $(uds /run/gone/s) $free
mkdir -p /run/ptp/s
seen53=$(uds /run/ptp/s)
plan "command = ptp4l $seen53 $free"
# shellcheck disable=SC2086
row 53 "a folder in its place" "block uds.not_a_socket /run/ptp/s" dead $real $seen53 $free
rmdir /run/ptp/s
mount -t tmpfs -o ro none /run/ptp
ptp4l_row 54 "a read-only folder" "block uds.read_only /run/ptp/s" dead "$(uds /run/ptp/s)"
umount /run/ptp
long=/run/$(printf 'x%.0s' {1..103})
ptp4l_row 55 "a path that is too long" "warn config.socket_path_long $cmdline" runs "$(uds "$long")"
echo precious >/run/ptp/s
plan "command = ptp4l $(uds /run/ptp/s) $free"
row 56 "a file in its place, which would be deleted" "block uds.regular_file /run/ptp/s" runs \
	$real -S -i eth0 --uds_address /run/ptp/s $free
neighbour() { "$@" >/dev/null 2>&1 & other=$!; }
gone() { kill -KILL $other; wait $other; } 2>/dev/null
neighbour $real -S -i eth1 --uds_address /run/ptp/s $free
within 5 test -S /run/ptp/s
plan "command = ptp4l $(uds /run/ptp/s) $free"
row 57 "another ptp4l behind it" "block uds.live_server /run/ptp/s" runs
gone
if newer=$("$top/tests/lib/get-linuxptp-4.2.sh" 2>$box/why); then
	neighbour $newer/ptp4l -S -i eth1 --uds_address /run/ptp/other $free
	within 5 test -S /var/run/ptp4lro
	plan "command = $newer/ptp4l $(uds /run/ptp/s) $free"
	row 58 "another 4.x behind the read-only one" "block uds.live_server /var/run/ptp4lro" runs
	gone
	rm -f /var/run/ptp4lro
else
	seen+=(58)
	pass "row 58 # SKIP $(tail -1 $box/why)"
fi

# -- limits --
plan "command = ptp4l -S -i eth0 $free" 'limit_nofile = 16'
row 59 "too few descriptors" "block priv.files it" dies prlimit --nofile=16 $real -S -i eth0 $free
plan "command = ptp4l -S -i eth0 $free" 'limit_as = 3M'
row 60 "too little memory for the libraries" "block priv.memory it" dies prlimit --as=3000000 $real -S -i eth0 $free
plan "command = ptp4l -S -i eth0 $free" 'limit_stack = 4K'
row 61 "too small a stack" "block priv.memory it" dies prlimit --stack=4096 $real -S -i eth0 $free

# -- the program --
it=$sandbox/ptp4l
start="$it -S -i eth0 $free"
program() { rm -rf $it; cp "${1:-$real}" $it; plan "command = $start"; }
elf_hash() {
	local h=0 g i
	for ((i = 0; i < ${#1}; i++)); do
		h=$(((h << 4) + $(printf '%d' "'${1:i:1}")))
		g=$((h & 0xf0000000))
		h=$(((h ^ g >> 24) & ~g & 0xffffffff))
	done
	printf '\\x%02x\\x%02x\\x%02x\\x%02x' $((h & 255)) $((h >> 8 & 255)) $((h >> 16 & 255)) $((h >> 24))
}
program
LC_ALL=C sed -i 's|libm\.so\.6|libq.so.6|' $it
# shellcheck disable=SC2086
row 63 "a missing library" "block binary.library $it" dies $start
program
version=$(strings $it 2>/dev/null | grep -m1 '^GLIBC_2\.3' || grep -aoE -m1 'GLIBC_2\.3[0-9]' $it | head -1)
newer_version=${version/GLIBC_2/GLIBC_9}
LC_ALL=C sed -i "s|$version|$newer_version|g; s|$(elf_hash "$version")|$(elf_hash "$newer_version")|g" $it
row 64 "too old a C library" "block binary.library_version $it" dies $start
program
LC_ALL=C sed -i 's|/ld-linux-x86-64.so.2|/ld-linux-x86-64.so.9|; s|/ld-linux-aarch64.so.1|/ld-linux-aarch64.so.9|' $it
row 65 "its loader is missing" "block binary.interpreter $it" dies $start
rm $it
row 66 "no program" "block binary.missing $it" dies $start
program
chmod -x $it
row 67 "no execute permission" "block binary.not_executable $it" dies $start
rm $it && mkdir $it
row 67 "a folder" "block binary.not_regular $it" dies $start
rmdir $it
mount -t tmpfs -o noexec none $sandbox
program
row 67 "a noexec mount" "block binary.noexec_mount $it" dies $start
umount $sandbox
program
printf '\267' | dd of=$it bs=1 seek=18 conv=notrunc status=none
row 68 "another architecture" "block binary.arch $it" dies $start
program
truncate -s 100 $it
row 68 "cut to 100 bytes" "block binary.truncated $it" dies $start
: >$it
row 68 "empty" "block binary.format $it" runs
echo 'no script' >$it
row 68 "text without #!" "block binary.format $it" runs
printf '#!/no/such/sh\n' >$it
row 69 "its interpreter is missing" "block binary.interpreter $it" dies $start
program
truncate -s 30000 $it
row 70 "cut to 30000 bytes" "block binary.truncated $it" dies $start
rm $it
ln -s ptp4l $it
row 72 "a loop of symbolic links" "block binary.loop $it" dies $start
rm $it
ip link set eth1 down
ip link set eth1 name eth9
ptp4l_row 75 "renamed since the configuration was written" "block link.missing eth1" dies "-S -i eth1"
ip link set eth9 name eth1
ip link set eth1 up

# -- phc2sys --
phc2sys_row() { # NUMBER SENTENCE FINDING FATE WORDS
	plan "command = phc2sys $5 -m -q"
	# shellcheck disable=SC2086
	row "$1" "$2" "$3" "$4" phc2sys $5 -m -q
}
phc2sys_row 85 "nothing to do" "block config.command_conflict $cmdline" dies ""
phc2sys_row 86 "no offset" "block config.command_conflict $cmdline" dies "-s eth0"
phc2sys_row 87 "no such interface" "block link.missing nope0" dies "-s nope0 -w"
phc2sys_row 88 "an interface without a clock" "block ts.hardware eth0" dies "-s eth0 -w"
phc2sys_row 89 "no such device" "block phc.missing /dev/ptp77" dies "-s /dev/ptp77 -w"
phc2sys_row 89 "a device that is no clock" "block phc.not_a_clock /dev/null" dies "-s /dev/null -w"
phc2sys_row 89 "a file" "block phc.not_a_clock $conf" dies "-s $conf -w"
phc2sys_row 90 "nobody to ask" "warn uds.no_server /var/run/ptp4l" runs "-a -r"
for words in '-n 5' '--transportSpecific 3'; do
	neighbour $real -S -i eth0 $free
	within 5 test -S /var/run/ptp4l
	phc2sys_row 91 "a question with $words" "warn uds.no_answer /var/run/ptp4l" runs "-a -r $words"
	gone
	rm -f /var/run/ptp4l
done
pair() { { base_conf; printf '%s\n' '[unit ptp4l]' "command = ptp4l -S -i eth0 $free" '[unit it]' 'follows = ptp4l' "$@"; } >$conf; }
pair 'command = phc2sys -a -r -n 5'
row 91 "another domain than the unit that it follows" "block config.pair_domain $cmdline" runs
{ base_conf; printf '%s\n' '[unit ptp4l]' 'command = ptp4l -S -i eth0' '[unit it]' 'follows = ptp4l' 'command = phc2sys -a -r'; } >$conf
row 92 "beside a ptp4l that steers the system clock" "warn config.pair_software $cmdline" runs
mount -t tmpfs none /run/ptp
mkdir -p /run/ptp/w
plan 'command = phc2sys -a -r'
readonly_run() { unshare -m sh -c 'mount --bind /run /run && mount -o remount,ro,bind /run && exec "$@"' sh "$@"; }
as=(readonly_run)
row 93 "no place for its own socket" "block uds.client_dir /var/run" dies phc2sys -a -r -m -q
as=()
umount /run/ptp
pair 'command = phc2sys -a -r' 'user = nobody'
row 94 "a user who may not ask" "block uds.client_permission /var/run/ptp4l" runs
phc2sys_row 98 "no such PPS device" "block files.pps /dev/pps9" dies "-d /dev/pps9 -w"
phc2sys_row 99 "no such servo" "block config.command_value $cmdline" dies "-s eth0 -w -E foo"
phc2sys_row 99 "a rate of zero" "block config.command_value $cmdline" dies "-s eth0 -w -R 0"

# -- ts2phc, timemaster --
plan 'command = ts2phc -s nmea'
row 100 "no clock to set" "block config.sinks_missing $cmdline" dies ts2phc -s nmea -m -q
plan 'command = ts2phc -s nmea -c eth0'
row 100 "an interface without a clock" "block ts.hardware eth0" dies ts2phc -s nmea -c eth0 -m -q
tm=$box/tm.conf
tm_row() { # SENTENCE FINDING FATE LINE...
	local sentence=$1 want=$2 fate=$3
	shift 3
	printf '%s\n' "$@" >$tm
	plan "command = timemaster -f $tm"
	row 101 "$sentence" "$want" "$fate" timemaster -f $tm -m -q
}
plan "command = timemaster -f $box/none"
row 101 "timemaster without its file" "block config.file_unreadable $box/none" dies timemaster -f $box/none -m -q
tm_row "an unknown section" "block config.tm_section $tm" dies '[foo]'
tm_row "an unknown interface" "block link.missing nope0" dies '[ptp_domain 0]' 'interfaces nope0'
printf '%s\n' '[timemaster]' "rundir $box/tm" '[chronyd]' 'path /nonexist/chronyd' '[ptp_domain 0]' 'interfaces eth0' >$tm
plan "command = timemaster -f $tm"
row 102 "timemaster's chronyd is missing" "block binary.child /nonexist/chronyd" dies timemaster -f $tm -m -q
plan "command = ptp4l -S -i eth0"
seen+=(104)
ok "row 104: a syslog that nobody reads is not used" said '\bptp4l .*-q' pw check --plan

# -- what is not here, and why --
# works, or needs nothing: no finding is due
harmless=(22 41 43 84 97)
# needs a clock or a driver that refuses: tests/vm/preflight.sh and tests/unit/test_probe_*.c
needs_hardware=(44 45 47 48 49 95)
# needs a control group of its own: tests/unit/test_probe_rights.c
needs_cgroup=(62)
# lasts for a moment only, while a package is being installed; the launch tries again
momentary=(71)
# happens while the program runs, so that no probe can see it
at_run_time=(73 74 76 77 78 79 80 81 96)
# cannot happen to a child of ptpwarden: its output is a FIFO that is always open, and read
by_construction=(82 83)
# lies in the network
elsewhere=(103)
accounted() {
	local n
	for n in {1..104}; do
		[[ " ${seen[*]} ${harmless[*]} ${needs_hardware[*]} ${needs_cgroup[*]} ${momentary[*]} ${at_run_time[*]} ${by_construction[*]} ${elsewhere[*]} " == *" $n "* ]] ||
			echo "row $n"
	done
}
is "no row was forgotten" "" accounted
none_twice() { printf '%s\n' $(printf '%s\n' "${seen[@]}" | sort -u) "${harmless[@]}" "${needs_hardware[@]}" "${needs_cgroup[@]}" "${momentary[@]}" "${at_run_time[@]}" "${by_construction[@]}" "${elsewhere[@]}" | sort | uniq -d; }
is "and none is excused that was produced" "" none_twice
done_testing
