#!/bin/bash
# The preferred way asks for hardware stamping, which a veth pair has not: the software
# alternate takes over; and an interface that appears brings the preferred way back.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
ok "a grandmaster runs at the far end" grandmaster

client_conf | sed '/time_stamping/d' >$ptpconf
{
	base_conf
	unit_ptp4l 'settle = 2s' 'patience = 1h'
	printf '%s\n' '[alternate ptp4l software]' 'args = -S'
	printf '%s\n' '[unit phc2sys]' 'command = phc2sys -s %i -w' 'follows = ptp4l'
} >$conf

# -- before anything is started --
check=$(pw check --json)
is "check looks at each alternate" 'block pass' \
	jq -r '[.units[] | select(.unit == "ptp4l") | .state | sub("warn|unknown"; "pass")] | join(" ")' <<<"$check"
ok "check names the reason by its id" has 'ts\.hardware' \
	"$(jq -r '.units[] | select(.unit == "ptp4l" and .alternate == 0) | .findings[] | select(.state == "block") | .id' <<<"$check")"

ok "the supervisor starts" warden
exits "it gets ready all the same" 0 pw wait ptp4l 20
is "on the software alternate" software field ptp4l alternate_name
is "in one start" 0 field ptp4l restarts
ok "with -S" grep -qz -- -S "/proc/$(pid_of ptp4l)/cmdline"
is "an alternate in use is no fault" null field ptp4l cause
is "why finds it healthy" healthy jq -r .verdict <(pw why ptp4l --json)
ok "but says why the better one is passed over" \
	jq -e '.standing | length > 0' <(pw why ptp4l --json)
ok "in status too" said 'software' pw status ptp4l
is "phc2sys is not wanted beside software stamping" stopped field phc2sys state
ok "and status says why" said '[Nn]ot wanted' pw status phc2sys
ok "nor started" holds 2 state_is phc2sys stopped
ok "nor is the unit disturbed meanwhile" test "$(field ptp4l restarts)" = 0

# -- mended: the preferred way is taken back at once --
pid=$(pid_of ptp4l)
echo 'time_stamping software' >>$ptpconf
ok "once the configuration asks for software itself, it is taken back" within 3 alternate_is ptp4l 0
exits "and gets ready" 0 pw wait ptp4l 20
ok "by another process" not test "$(pid_of ptp4l)" = "$pid"
is "that was no crash" null field ptp4l cause
warden_ends

# -- an interface that appears --
client_conf >$ptpconf
{
	base_conf
	printf '%s\n' '[unit ptp4l]' "command = ptp4l -f $ptpconf -i %i" 'interface = eth1' \
		'settle = 2s' 'patience = 1h' 'retry_slow = 1h'
	printf '%s\n' '[alternate ptp4l spare]' 'interface = eth0'
} >$conf
ok "the supervisor starts" warden
exits "without its interface ptp4l runs on the spare one" 0 pw wait ptp4l 20
is "which is the alternate" spare field ptp4l alternate_name
ip link add eth1 type veth peer name eth1 netns far
ip link set eth1 up
ip -n far link set eth1 up
ok "once the interface is there, it is used" within 3 alternate_is ptp4l 0
ok "by the running process" within 3 grep -qz eth1 "/proc/$(pid_of ptp4l)/cmdline"
warden_ends

# -- no alternate: wait for the interface, and for the cable --
ip link del eth1
sed -i '/^\[alternate/,$d' $conf
ok "the supervisor starts" warden
ok "without any alternate it waits" within 5 state_is ptp4l waiting
is "for the interface" "interface eth1" field ptp4l 'waiting_for | "\(.kind) \(.subject)"'
is "and says why" interface_missing class ptp4l
begun=$(now_ms)
ip link add eth1 type veth peer name eth1 netns far
ip link set eth1 up
ip -n far link set eth1 up
within 5 pid_in_file ptp4l
ok "it is started within half a second of its appearance" less $(($(now_ms) - begun)) 500
done_testing
