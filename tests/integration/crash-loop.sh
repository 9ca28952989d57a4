#!/bin/bash
# Daemons that die again and again: back-off, the alternate, escalation, and every way of dying
# told apart.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
client_conf >$ptpconf
mkdir -p $box/bin

# a daemon that notes when it was started, and dies
cat >$box/bin/dying <<-'END'
	#!/bin/sh
	cut -d' ' -f1 /proc/uptime >>/run/box/starts
	echo "dying: cannot stand this world"
	exit 3
END
chmod 755 $box/bin/dying

{
	base_conf
	printf '%s\n' '[unit crash]' "command = $box/bin/dying" 'crash_loop = 10 in 10m' \
		'restart_delay_max = 2s' 'autostart = no' \
		'[alternate crash steady]' 'command = /usr/bin/tail -f /dev/null'
	printf '%s\n' '[unit hopeless]' 'command = /bin/false' 'crash_loop = 2 in 1m' \
		'restart_delay_max = 3s' 'autostart = no'
	printf '%s\n' '[unit missing]' "command = $box/bin/nothing" 'autostart = no'
	printf '%s\n' '[unit wrongarch]' "command = $box/bin/wrongarch" 'autostart = no'
	printf '%s\n' '[unit noexec]' "command = $box/bin/noexec" 'autostart = no'
	printf '%s\n' '[unit nolib]' "command = $box/bin/nolib -v" 'autostart = no' 'program = other'
	printf '%s\n' '[unit nohw]' 'command = ptp4l -H -i eth0' 'autostart = no'
	printf '%s\n' '[unit noif]' 'command = ptp4l -S -i eth7' 'autostart = no'
	printf '%s\n' '[unit phc2sys]' 'command = phc2sys -s eth0 -w' 'autostart = no'
	printf '%s\n' '[unit badopt]' 'command = ptp4l -S -i eth0 --nosuch 1' 'autostart = no'
	unit_ptp4l 'autostart = no'
} >$conf
ok "the supervisor starts" warden

# -- ten fast crashes, then the alternate --
begun=$(now_ms)
pw start crash
ok "ten crashes lead to the alternate" within 40 alternate_is crash 1
is "after exactly ten starts" 10 bash -c "wc -l <$box/starts"
gaps=$(awk 'NR > 1 { printf "%d ", ($1 - last) * 1000 } { last = $1 }' $box/starts)
read -r -a gap <<<"$gaps"
ok "the first retry comes after a second (gaps $gaps)" less 940 "${gap[0]}"
ok "no gap is shorter" less 940 "$(printf '%s\n' "${gap[@]}" | sort -n | head -1)"
ok "the second is twice as long" less 1750 "${gap[1]}"
ok "up to the limit" less "${gap[8]}" 2300
is "what it printed was kept" 10 grep -c 'cannot stand this world' /run/ptpwarden/log/crash.log
is "the alternate has a name" steady field crash alternate_name
ok "and works" within 5 state_is crash ready
is "the last end is told" "exit 3" field crash 'last_exit | "\(.kind) \(.code)"'

# -- nothing left to try --
pw start hopeless
ok "with nothing left to try it goes on slowly" within 20 restarts_are hopeless 4
is "it is not given up" backing-off field hopeless state
within 10 state_is hopeless backing-off
before=$(now_ms)
exits "start --wait of a daemon that dies at once fails" 1 pw start --wait=2 hopeless
ok "within two seconds" less $(($(now_ms) - before)) 2200
is "with the reason in one line" 1 bash -c "$bin start --wait=2 -f $conf hopeless 2>&1 | grep -c ."

# -- what cannot even be started --
cp "$(command -v ptp4l)" $box/bin/wrongarch
printf '\267' | dd of=$box/bin/wrongarch bs=1 seek=18 conv=notrunc status=none	# e_machine: AArch64
cp "$(command -v ptp4l)" $box/bin/noexec && chmod 644 $box/bin/noexec
sed 's/libm\.so\.6/libq.so.6/' "$(command -v ptp4l)" >$box/bin/nolib && chmod 755 $box/bin/nolib
refused() {
	exits "$1: start --wait fails" 1 pw start --wait=5 "$1"
	is "$1: the class is $2" "$2" class "$1"
	ok "$1: why names $3" said "$3" pw why "$1"
}
refused missing missing_binary 'bin/nothing'
refused wrongarch wrong_architecture 'aarch64|AArch64|ARM'
refused noexec exec_failed 'noexec'
refused nolib library_missing 'libq\.so\.6'
refused nohw virtual_iface_unsupported 'eth0'
refused noif interface_missing 'eth7'
refused badopt config_invalid 'nosuch'
exits "phc2sys without a PHC: start --wait fails" 1 pw start --wait=5 phc2sys
ok "phc2sys without a PHC: why says so" said 'PHC|clock' pw why phc2sys

# -- mended on disk, without a word from anybody --
ln -s "$(command -v tail)" $box/bin/tail.real
printf '#!/bin/sh\nexec tail -f /dev/null\n' >$box/bin/new && chmod 755 $box/bin/new
mv $box/bin/new $box/bin/nothing
ok "a program that appears is started at once" within 2 not state_is missing waiting

# -- deaths by signal --
pw start ptp4l
within 10 pid_in_file ptp4l
within 10 not state_is ptp4l starting
kill -SEGV "$(pid_of ptp4l)"
segv() { [ "$(field ptp4l last_exit.name)" = SEGV ]; }
ok "a crash is told by its signal" within 5 segv
ok "and is the cause" within 5 eval '[ "$(class ptp4l)" = crash_signal ]'

# -- a hundred restarts leave nothing open --
pw stop --wait ptp4l crash hopeless 2>/dev/null
for u in ptp4l crash hopeless missing wrongarch noexec nolib nohw noif phc2sys badopt; do pw stop "$u"; done
warden_ends
{
	base_conf
	for i in $(seq 25); do
		printf '%s\n' "[unit u$i]" 'command = /bin/false' 'restart_delay_max = 1s' 'crash_loop = off'
	done
} >$conf
ok "twenty-five units that die at once are started" warden
total() { pw status --json | jq '[.units[].restarts] | add'; }
at_least() { [ "$(total)" -ge "$1" ]; }
open_files() { ls /proc/$warden/fd | wc -l; }
ok "they have died once or twice" within 10 at_least 25
idle() { pw status --json | jq -e 'all(.units[]; .state == "backing-off")'; }
within 5 idle
before=$(open_files)
ok "they die a hundred times more" within 30 at_least $(($(total) + 100))
within 5 idle
is "and no file descriptor is left behind" "$before" open_files
zombies() { grep -l '^State:.Z' /proc/[0-9]*/status | wc -l; }
is "and no zombie" 0 zombies
done_testing
