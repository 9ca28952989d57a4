#!/bin/bash
# Real power cuts: a virtual machine with ptpwarden's state on a disk is killed at a random moment,
# again and again, and started again from the same disk. What the machine had said is safe must be
# there, and nothing may be damaged. CUTS says how often, 20 unless given; SEED the dice.
. "$(dirname "$0")/../vm/lib/vm.sh"
cuts=${CUTS:-20}
state=/var/lib/ptpwarden

# -- in the machine: look what the last one left, then make records until the power goes --

dump() { "$top/build/ringdump" $state/flight.ring; }
commands() { dump | grep -c ' command subject="worker" verb="restart"'; }

guest() {
	for m in virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk \
		crc32c_generic crc16 mbcache jbd2 ext4; do
		insmod /modules/$m.ko 2>/dev/null
	done
	mkdir -p $box /run/ptpwarden $state
	mount -t ext4 /dev/vda $state || { echo "# no disk"; return; }
	[ ! -e $state/flight.ring ] || echo "# found $(commands) $(dump | tail -1)"
	printf '%s\n' '[ptpwarden]' 'run_dir = /run/ptpwarden' '[unit worker]' 'command = /bin/busybox sleep 1000' \
		'restart_delay = 1s' >$conf
	"$bin" run -f $conf >$box/warden.log 2>&1 &
	within 10 pw status >/dev/null
	! grep -q 'damaged\|cannot' $box/warden.log || echo "# told $(grep -m1 'damaged\|cannot' $box/warden.log)"
	echo "# history $(pw history -j | jq '.incidents | length')"
	while :; do
		pw restart worker --wait >/dev/null 2>&1
		kill -9 "$(pid_of worker)"	# an incident, too
		sleep 1.3			# synced within a second
		echo "# safe $(commands)"
	done
}

# -- on the host --

boot() {	# until the power is cut; what the machine says goes to $run/said
	rm -f "$run/said"	# what the last one said is no answer
	"$qemu" -accel tcg -cpu max -M q35 -m 256 -smp 1 -nodefaults -display none -no-reboot \
		-serial file:"$run/said" -serial null -serial null \
		-drive file="$run/disk",if=none,id=disk,format=raw,cache=none -device virtio-blk-pci,drive=disk \
		-kernel "$kernel/vmlinuz" -initrd "$run/image" \
		-append "console=ttyS2 quiet panic=-1 script=tests/soak/powercut.sh" 2>"$run/qemu.err" &
	machine=$!
}

says() { tr -d '\r' <"$run/said" 2>/dev/null | sed -n "s/^# $1 //p" | tail -1; }

# Waits for the second safe point at least, then at most three seconds more.
cut() {
	local until=$((SECONDS + 120))
	while [ -z "$(says safe)" ] && [ $SECONDS -lt $until ] && kill -0 $machine; do sleep 0.2; done 2>/dev/null
	sleep $((RANDOM % 4)).$((RANDOM % 10))$((RANDOM % 10))
	kill -9 $machine
	wait $machine 2>/dev/null
}

host() {
	[ "$(uname -m)" = x86_64 ] || skip_all "the machines are x86_64, this is $(uname -m)"
	command -v mke2fs >/dev/null || skip_all "no mke2fs"
	[ -x "${BUILD:-$top/build}/tests/ringdump" ] || { echo "ringdump: not built"; exit 1; }
	run=$(mktemp -d) && box=$run/box && mkdir $box || exit 1
	trap 'kill -9 $machine 2>/dev/null; rm -rf "$run"' EXIT
	trap 'exit 1' INT TERM
	qemu=$(sh $lib/get.sh qemu 2>"$run/why") || skip_all "$(tail -1 "$run/why")"
	kernel=$(sh $lib/get.sh kernel 2>"$run/why") || skip_all "no kernel: $(tail -1 "$run/why")"
	PTPWARDEN=$bin sh $lib/image.sh "$kernel" "$run/image" || exit 1
	mkdir -p "$run/bag/repo/build" "$run/bag/repo/tests"
	cp -L "$bin" "$run/bag/repo/build/ptpwarden"
	cp -L "${BUILD:-$top/build}/tests/ringdump" "$run/bag/repo/build/ringdump"
	cp -r "$top/tests/lib" "$top/tests/vm" "$top/tests/soak" "$run/bag/repo/tests/"
	(cd "$run/bag" && find . | busybox cpio -o -H newc -R 0:0 2>/dev/null | gzip -1) >>"$run/image"
	truncate -s 16M "$run/disk" && mke2fs -q -F -t ext4 "$run/disk" || exit 1
	RANDOM=${SEED:-$$}
	echo "# seed ${SEED:-$$}"
	safe=0 machine=
	for n in $(seq 0 "$cuts"); do
		boot
		cut
		if [ "$n" -gt 0 ]; then
			found=$(says found)
			ok "after cut $n all $safe safe records are there" [ "${found%% *}" -ge "$safe" ]
			ok "and nothing is damaged ($found)" has ' 0 damaged' "$found"
			is "nothing that was kept is unsound" "" says told
		fi
		[ -z "$(says safe)" ] || safe=$(says safe)
	done
	ok "incidents were kept over the cuts" [ "$(says history)" -ge 1 ]
	plan_and_exit
}

if [ -n "${IN_VM:-}" ]; then guest; else host; fi
