#!/bin/bash
# A unit that cannot start waits for the one change that helps, shows for what and since when, and
# starts within milliseconds after it.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
client_conf >$ptpconf
clock=$box/ptp7			# a path like that of a clock, where no clock will ever be

flat() { show | tr -s '\n ' ' '; }	# sentences without their line breaks
waits_for() { [ "$(field "$1" 'waiting_for | "\(.kind) \(.subject)"')" = "$2" ]; }
refusals() { grep -c "unit=$1 .*blocked=" $box/warden.log; }
last_refusal() { grep "unit=$1 .*blocked=" $box/warden.log | tail -1 | sed 's/.*blocked=\([^ ]*\).*/\1/'; }
last_refusal_is() { [ "$(last_refusal "$1")" = "$2" ]; }

# -- a rival, a device, a device that others use all the time --
ptp4l -f $ptpconf -i eth0 --uds_address $box/rival.sock -m -q >/dev/null 2>&1 &
rival=$!
within 5 test -S $box/rival.sock
{
	base_conf
	unit_ptp4l
	printf '%s\n' '[unit phc2sys]' "command = phc2sys -s $clock -O 0" \
		'[unit other]' 'command = phc2sys -s /dev/null -O 0'
} >$conf
ok "ptpwarden starts" warden
ok "ptp4l waits for the end of a rival, by its process" within 3 waits_for ptp4l "process ptp4l"
ok "status says so in a sentence" said "Waiting for the end of ptp4l \(pid $rival\) \(since" flat
ok "phc2sys waits for its clock" within 3 waits_for phc2sys "device $clock"
ok "status says so in a sentence" said "Waiting for $clock to appear" flat
since() { field phc2sys waiting_for.since_ms; }
ok "the wait has an age" within 3 eval '[ $(since) -ge 1000 ]'
ok "and so it is told" said '\(since [1-9][0-9]* s\)' flat

before=$(refusals other)
for _ in $(seq 50); do echo >/dev/null; sleep 0.01; done
is "that somebody uses the device is no reason to look again" "$before" refusals other

# -- the change comes --
kill $rival
{ wait $rival; } 2>/dev/null
ok "the end of the rival starts ptp4l" within 2 pid_in_file ptp4l
ok "at once" less $last_ms 500

looked=$(refusals phc2sys)
mknod $clock c 1 3
ok "the node that appears is looked at" within 2 last_refusal_is phc2sys phc.not_a_clock
ok "at once" less $last_ms 500
rm $clock
ok "and when it goes" within 2 last_refusal_is phc2sys phc.missing
is "once each time" $((looked + 2)) refusals phc2sys
ok "none of it holds a clock open" not eval "ls -l /proc/$warden/fd | grep -q $clock"

# -- another look does not make the wait younger --
age=$(since)
pw reload >/dev/null 2>&1
ok "a wait that goes on keeps its age" within 3 eval "[ \$(since) -ge $age ]"
ok "the address of the interface is kept" within 5 test -s $box/state/interfaces.state
ok "ptpwarden ends" warden_ends

# -- an interface has another name when ptpwarden starts again --
ip link set eth0 down
ip link set eth0 name eth7
{ base_conf; unit_ptp4l; } >$conf
ok "ptpwarden starts" warden
ok "ptp4l waits for its interface" within 3 waits_for ptp4l "interface eth0"
ok "whose new name is told" said "eth0: it is gone, and eth7 has its address now" flat
ip link set eth7 name eth0
ip link set eth0 up
ok "with its old name it is used at once" within 3 pid_in_file ptp4l
ok "ptpwarden ends" warden_ends
done_testing
