#!/bin/bash
# A real BusyBox init with our inittab line: it starts ptpwarden, a broken configuration does
# not respawn in a loop, and a shutdown is no failure.
. "$(dirname "$0")/../lib/netns.sh"
busybox=$(command -v busybox) || skip_all "busybox is not installed"
"$busybox" --list | grep -qx init || skip_all "this busybox has no init"
box_enter "$@"
link_up
ok "a grandmaster runs at the far end" grandmaster

# an /etc of its own, with our line in inittab
mkdir -p $box/etc/linuxptp
cp -a /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache $box/etc/ 2>/dev/null
sed "s|/usr/local/sbin/ptpwarden|$bin|; s|/usr/sbin/ptpwarden|$bin|" "$top/init/busybox" \
	>$box/etc/inittab
ok "the inittab line names the program" grep -q "respawn:$bin run --wait-config" $box/etc/inittab
client_conf >$box/etc/linuxptp/ptp4l.conf
etc_conf() {
	base_conf
	printf '%s\n' '[unit ptp4l]' 'command = ptp4l -f /etc/linuxptp/ptp4l.conf -i %i' 'interface = eth0'
}
echo nonsense >$box/etc/ptpwarden.conf
conf=/etc/ptpwarden.conf
mount --bind $box/etc /etc

unshare -p -f --mount-proc --kill-child "$busybox" init >$box/init.log 2>&1 &
outer=$!

# pids as seen from here; inside the namespace of init they are others
# the supervisor is the one that init has started; its writer lingers for last words
running() {
	local init p
	read -r init <"/proc/$outer/task/$outer/children"
	for p in $(<"/proc/$init/task/$init/children"); do
		case "$(tr '\0' ' ' <"/proc/$p/cmdline")" in "$bin run"*) echo "$p"; return 0 ;; esac
	done
	return 1
} 2>/dev/null
client() {
	local p
	for p in /proc/[0-9]*; do
		case "$(tr '\0' ' ' <"$p/cmdline")" in "ptp4l -f /etc/"*) echo "${p#/proc/}"; return 0 ;; esac
	done
	return 1
} 2>/dev/null

ok "init starts ptpwarden" within 10 running
first=$(running)
same() { [ "$(running)" = "$first" ]; }
ok "a broken configuration does not respawn in a loop" holds 4 same
etc_conf >$conf
ok "mended, it supervises" within 5 "$bin" status
exits "and ptp4l gets ready" 0 "$bin" wait ptp4l 20
ok "without another ptpwarden" same

# -- ptpwarden dies: init brings it back, ptp4l goes on --
ptp4l=$(client)
kill -9 "$first"
other() { running && not same && "$bin" status; }
ok "init starts it again after kill -9" within 10 other
is "ptp4l is the same process" "$ptp4l" client
exits "and ready" 0 "$bin" wait ptp4l 20

# -- shutdown: TERM to all at once, KILL a second later --
starts() { grep -c 'INITIALIZING to LISTENING on INIT_COMPLETE' /run/ptpwarden/log/ptp4l.log; }
before=$(starts)
main=$(running)
read -r init <"/proc/$outer/task/$outer/children"
kill -USR2 "$init"		# poweroff
ok "init tells everybody to end" within 5 grep -q 'signal=15' $box/init.log
ok "ptpwarden ends" within 5 not test -e "/proc/$main/exe"
ok "within 800 ms, before init gets impatient (took $last_ms ms)" less $last_ms 800
ok "ptp4l has ended too" within 2 not client
is "and was not started again" "$before" starts
is "that was no incident" null jq -r '.units[0].cause' /run/ptpwarden/status.json
is "the unit was stopped" stopped jq -r '.units[0].state' /run/ptpwarden/status.json
ok "init itself ends" within 10 not test -d /proc/$outer/ns
done_testing
