# Sourced by every test in a virtual machine: on the host it starts one, in which the same script
# then runs, with real clocks of network cards to lose.
#
# The machine has eth0 and eth1, two igb cards with a clock each, linked through a hub, and eth2,
# an e1000e whose clock runs 2.5 times too fast (a fault of QEMU's model that is welcome here).
# Results come back over its first serial line; the second is QEMU's monitor, so the script can
# pull cables and cards itself.
#
#   vm_enter "$@"          first line of every script
#   far_end                eth1 becomes a grandmaster in the namespace "far"
#   machine COMMAND        QEMU's monitor: machine "set_link n1 off"
#   done_testing           last line
# and the words of tests/lib/words.sh.

. "$(dirname "${BASH_SOURCE[0]}")/../../lib/words.sh"
lib=$top/tests/vm/lib
card0=0000:01:00.0 card1=0000:02:00.0 card2=0000:03:00.0

# -- on the host --

vm_enter() {
	if [ -n "${IN_VM:-}" ]; then in_vm; else vm_run "$(realpath "$0")"; fi
}

# vm_run SCRIPT: shows what it prints in a machine, ends with its status
vm_run() {
	local run qemu kernel line status=1 qemu_pid
	[ "$(uname -m)" = x86_64 ] || skip_all "the machines are x86_64, this is $(uname -m)"
	[ -x "$bin" ] || { echo "$bin: not built"; exit 1; }
	run=$(mktemp -d) || exit 1
	trap 'rm -rf "$run"' EXIT
	qemu=$(sh $lib/get.sh qemu 2>"$run/why") || skip_all "$(tail -1 "$run/why")"
	kernel=$(sh $lib/get.sh kernel 2>"$run/why") || skip_all "no kernel: $(tail -1 "$run/why")"
	PTPWARDEN=$bin sh $lib/image.sh "$kernel" "$run/image" || exit 1
	vm_luggage >>"$run/image" || exit 1
	mkfifo "$run/lines"
	exec 3<&0
	# bounded also when this shell dies
	(cd "$run" && exec timeout -s KILL "${TEST_LIMIT:-400}" "$qemu" $(vm_hardware) \
		-kernel "$kernel/vmlinuz" -initrd image -append "console=ttyS2 quiet iomem=relaxed \
		panic=-1 script=${1#"$top"/}" <&3 >lines 2>qemu.err) &
	qemu_pid=$!
	trap 'kill $qemu_pid 2>/dev/null; wait $qemu_pid; rm -rf "$run"' EXIT
	trap 'exit 1' INT TERM
	while IFS= read -r line; do
		line=${line%$'\r'}
		case $line in
		'# ended: '*) status=${line#\# ended: } ;;
		*) printf '%s\n' "$line" ;;
		esac
	done <"$run/lines"
	[ "$status" = 0 ] || tail -n 25 "$run/qemu.err" "$run/console" | sed 's/^/# host: /'
	exit "$status"
}

# the program and the tests, at the same places as here
vm_luggage() {
	local bag=$run/bag
	mkdir -p "$bag/repo/build" "$bag/repo/tests" || return
	printf '%s' "${vm_input:-}" >"$bag/repo/input"
	cp -L "$bin" "$bag/repo/build/ptpwarden" && cp -r "$top/tests/lib" "$top/tests/vm" "$bag/repo/tests/" || return
	(cd "$bag" && find . | busybox cpio -o -H newc -R 0:0 2>/dev/null | gzip -1)
}

# The monitor listens on a socket that the machine's own second serial line is connected to.
vm_hardware() {
	local i model
	printf '%s ' -accel tcg -cpu max -M q35 -m 256 -smp 1 -nodefaults -display none -no-reboot \
		-chardev stdio,id=lines,signal=off -serial chardev:lines \
		-chardev socket,id=hmp,path=hmp,server=on,wait=off -mon chardev=hmp,mode=readline \
		-chardev socket,id=inside,path=hmp -serial chardev:inside -serial file:console
	i=0
	for model in igb igb e1000e; do
		printf '%s ' -netdev hubport,hubid=$((i / 2)),id=n$i \
			-device pcie-root-port,id=slot$i,chassis=$((i + 1)),slot=$((i + 1)) \
			-device "$(vm_card $i $model)"
		i=$((i + 1))
	done
}

vm_card() { echo "$2,netdev=n$1,id=nic$1,bus=slot$1,mac=52:54:00:00:00:0$1"; }

# -- in the machine --

in_vm() {
	mkdir -p $box /run/ptpwarden
	exec 2>$box/stderr
	trap vm_leave EXIT
	# it echoes what it reads, and stops to listen when nobody takes that
	cat /dev/ttyS1 >$box/monitor &
	rxstamp $card0=sync $card1=delay_req &
}

vm_leave() {
	local rc=$?
	[ $rc -eq 0 ] && [ $failures -eq 0 ] || tell_logs
	exit $rc
}

# the wall clock is what these tests set
now_ms() {
	local up
	read -r up _ </proc/uptime
	echo "${up/./}0"
}

done_testing() { plan_and_exit; }

# the empty line ends what the serial line may have sent back before it was quiet
machine() { printf '\n%s\n' "$*" >/dev/ttyS1; }

# The steering of QEMU's clock goes by steps only: every change of its rate makes it jump (it takes
# the difference with the wrong sign), so the servo may not change it by more than nothing.
hardware_conf() {
	printf '%s\n' '[global]' 'network_transport L2' 'time_stamping hardware' 'tx_timestamp_timeout 100' \
		'logAnnounceInterval -2' 'logSyncInterval -2' 'logMinDelayReqInterval -2' "$@"
}

far_end() {
	ip netns add far
	ip link set eth1 netns far
	ip -n far link set eth1 up
	hardware_conf 'priority1 10' | sed 's/^logAnnounceInterval.*/logAnnounceInterval -4/; s/^logSync.*/logSyncInterval -3/' >$box/far.conf
	ip netns exec far ptp4l -f $box/far.conf -i eth1 -m -q --uds_address $box/far.sock \
		>$box/far.log 2>&1 &
	far=$!
	within 20 grep -q 'to MASTER\|GRAND_MASTER' $box/far.log
}

# client_conf [LINE...]: ptp4l.conf of a client on eth0 that locks
client_conf() {
	hardware_conf 'slaveOnly 1' 'step_threshold 0.002' 'first_step_threshold 0.00002' \
		'max_frequency 20' "$@"
}

locked() { [ "$(field "$1" lock)" = LOCKED ] && [ "$(field "$1" ready)" = true ]; }

# -- what can happen to a card --

interface_there() { [ -e /sys/class/net/"$1" ]; }
interface_gone() { ! [ -e /sys/class/net/"$1" ]; }
carrier() { [ "$(</sys/class/net/"$1"/carrier)" = 1 ]; } 2>/dev/null
clock_of() { basename /sys/class/net/"$1"/device/ptp/ptp*; }

unbind() { echo $card0 >/sys/bus/pci/drivers/igb/unbind && interface_gone eth0; }
bind() { echo $card0 >/sys/bus/pci/drivers/igb/bind && within 5 interface_there eth0; }
unplug() { machine device_del nic0; within 20 interface_gone eth0; }
replug() { machine "device_add $(vm_card 0 igb)"; within 20 interface_there eth0; }
cable_out() { machine set_link n0 off; }
cable_in() { machine set_link n0 on; }

# the clock of eth0's card stands still, whatever the driver does
freeze() {
	rate=$(timinca)
	rxstamp $card0=frozen &
	ice=$!
	within 5 stands_still
}
thaw() { kill $ice; wait $ice; timinca "$rate"; }
stands_still() { [ "$(timinca)" = 0x00000000 ]; }
# what that clock adds each tick
timinca() {
	local bar
	read -r bar _ </sys/bus/pci/devices/$card0/resource
	devmem $((bar + 0xb608)) 32 $1
}

# plan [LINE...]: a ptpwarden.conf with these lines
plan() { printf '%s\n' '[ptpwarden]' 'run_dir = /run/ptpwarden' "state_dir = $box/state" "$@" >$conf; }
