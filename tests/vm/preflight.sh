#!/bin/bash
# What check and probe say about the clocks of real network cards, working and broken.
. "$(dirname "$0")/lib/vm.sh"
vm_enter "$@"

# setup [INTERFACE] [LINE...]: ptp4l on it, phc2sys behind, more lines for the unit ptp4l
setup() {
	local interface=${1:-eth0}
	shift
	plan '[unit ptp4l]' "command = ptp4l -f $ptpconf -i %i" "interface = $interface" "$@" \
		'[unit phc2sys]' "command = ${phc2sys:-phc2sys -s %i -w}" 'follows = ptp4l'
}

# findings UNIT: what is not in order, as "state id subject"
findings() {
	pw check --json | jq -r --arg u "$1" '.units[] | select(.unit == $u) | .findings[]
		| select(.state != "pass") | "\(.state) \(.id) \(.subject)"'
}
clean() { local got; got=$(findings ptp4l; findings phc2sys); [ -z "$got" ] || { echo "$got"; return 1; }; }
advice() { pw check --json | jq -r --arg id "$1" 'first(.units[].findings[] | select(.id == $id)) | .advice'; }
clocks() { "$bin" probe --json | jq -r "$1"; }
# the clocks of all interfaces: "eth0=ptp0 ..."
map() { clocks '[.interfaces[] | select(.clock != null) | "\(.name)=ptp\(.clock)"] | join(" ")'; }

client_conf >$ptpconf
setup

# -- the map --
is "probe maps each card to its clock" "eth0=ptp0 eth1=ptp1 eth2=ptp2" map
is "and knows the clocks by the addresses of their cards" "525400000000 525400000001" \
	clocks '[.clocks[:2][].name] | join(" ")'
is "the clocks of the good cards run as time does" true \
	clocks '[.clocks[:2][] | .rate > 0.999 and .rate < 1.001] | all'
is "the e1000e's clock runs 2.5 times too fast" true clocks '.clocks[2] | .rate > 2.4 and .rate < 2.6'
exits "a good card is in order" 0 "$bin" probe eth0
exits "a clock that runs wrong is a warning" 1 "$bin" probe /dev/ptp2

# -- link --
is "an interface that is down is said" "warn link.down eth0" findings ptp4l
is "with the command that mends it" "Set it up: ip link set eth0 up" advice link.down
for i in eth0 eth1 eth2; do ip link set $i up; done
ok "the links come up" within 10 carrier eth0
ok "with the link up nothing is wrong" clean

# -- clocks that run wrong --
setup eth2
is "ptp4l is not started on a clock that runs wrong" "block phc.rate /dev/ptp2" findings ptp4l
is "nor is phc2sys" "block phc.rate /dev/ptp2" findings phc2sys
ok "there is a remedy" said "software time stamping or another interface" advice phc.rate
setup
freeze
is "a clock that stands still is found" "block phc.frozen /dev/ptp0" findings ptp4l
ok "there is a remedy" said "reload its driver" advice phc.frozen
thaw
ok "it goes again, and nothing is wrong" clean

# -- the wrong device --
phc2sys='phc2sys -s /dev/ptp7 -w' setup
is "a clock that does not exist" "block phc.missing /dev/ptp7" findings phc2sys
phc2sys='phc2sys -s /dev/null -w' setup
is "a device that is no clock" "block phc.not_a_clock /dev/null" findings phc2sys
phc2sys='phc2sys -s /dev/ptp1 -w' setup
ok "the clock of another card" said "phc.mismatch /dev/ptp1" findings phc2sys
ok "there is a remedy" said "probe" advice phc.mismatch
setup

# -- permission --
mkdir /run/ptp && chown ptp /run/ptp
client_conf 'uds_address /run/ptp/ptp4l' >$ptpconf
setup eth0 'user = ptp'
chmod 0600 /dev/ptp0
ok "a clock that only root may open is not for the user ptp" \
	said "^block phc.permission /dev/ptp0$" findings ptp4l
ok "there is a remedy" said "access to /dev/ptp0" advice phc.permission
chown ptp /dev/ptp0
ok "it is, once it belongs to that user" not said phc. findings ptp4l
client_conf >$ptpconf
setup

# -- cards that go and come --
unbind
is "without its driver there is no interface" "block link.missing eth0" findings ptp4l
is "and no clock in the map" "eth1=ptp1 eth2=ptp2" map
bind
exec 9</dev/ptp0		# a number stays taken while somebody holds the dead clock
unbind
bind
ok "the interface has another clock now" not test "$(clock_of eth0)" = ptp0
ip link set eth0 up
ok "the link comes up" within 10 carrier eth0
is "the map shows it" "eth1=ptp1 eth2=ptp2 eth0=$(clock_of eth0)" map
ok "a configuration that names the interface stays right" clean
phc2sys='phc2sys -s /dev/ptp0 -w' setup
is "one that names the old clock does not" "block phc.missing /dev/ptp0" findings phc2sys
setup
exec 9<&-
ok "the card is pulled out" unplug
is "a card that was pulled out is missed" "block link.missing eth0" findings ptp4l
ok "it is put in again" replug
is "and is found, switched off" "warn link.down eth0" findings ptp4l

# -- what was found to be in order works --
ip link set eth0 up
ok "the link comes up" within 10 carrier eth0
ok "the far end is a grandmaster" far_end
ok "nothing is wrong" clean
ok "ptpwarden starts" warden
ok "ptp4l locks to it" within 30 locked ptp4l
ok "phc2sys follows, and locks" within 30 locked phc2sys
ok "nothing is wrong while they run" clean
ok "there was no incident" said "No incident" pw why
hwstamp_ctl -i eth0 -t 0 -r 0 >/dev/null
ok "stamps that somebody switches off are missed" said "^warn ts.taken_away eth0$" findings ptp4l
ok "there is a remedy" said "hwstamp_ctl" advice ts.taken_away
ok "ptp4l notices" within 10 not locked ptp4l
ok "why names the cause" within 10 said '^ts.taken_away$' cause ptp4l
ok "it switches them on again, and locks" within 40 locked ptp4l
is "nothing was started twice" "0 0" echo "$(field ptp4l restarts) $(field phc2sys restarts)"
done_testing
