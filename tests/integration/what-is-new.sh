#!/bin/bash
# When something fails, what has changed since the last good run is told first: a line of the
# configuration, the program itself, another daemon; and a change that has nothing to do with it
# does not hide the one that has.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
grandmaster

client_conf >$ptpconf
cp "$(command -v ptp4l)" $box/ptp4l
{ base_conf; printf '%s\n' '[unit ptp4l]' "command = $box/ptp4l -f $ptpconf -i %i" 'interface = eth0' 'settle = 1s'; } >$conf
ready() { [ "$(field "$1" ready)" = true ]; }
news() { pw why -j ptp4l | jq -r '.changed[] | "\(.name): \(.from) -> \(.to)"'; }

echo 'no_such_option 1' >>$ptpconf
warden
ok "a first start that is refused" within 5 state_is ptp4l waiting
ok "has nothing to be compared with" has 'has not run well here before' "$(pw why ptp4l)"
sed -i '/no_such_option/d' $ptpconf
ok "ptp4l runs and is ready" within 60 ready ptp4l
ok "and settles" within 10 grep -q 'settled' $box/warden.log

sed -i 's/^slaveOnly 1/slaveOnly 1\nno_such_option 1/' $ptpconf
pw restart ptp4l
ok "a new line makes it wait" within 5 state_is ptp4l waiting
why=$(pw why ptp4l)
ok "the line is shown as new" has '^  config: \+ no_such_option 1, [0-9]+ s ago' "$why"
ok "before the evidence" has 'New since .*Because' "$(tr '\n' ' ' <<<"$why")"
is "and nothing else is" "config:  -> no_such_option 1" news
facts() { pw why ptp4l --facts -j | jq -c "[.facts[] | select(.name == \"$1\") | .type, .value]"; }
is "every fact can be listed: the configuration" '["text","software"]' facts ptp4l.time_stamping
is "the interface" '["boolean","yes"]' facts iface.up
ok "and for people, with source and age" has '^  host\.uptime_s = [0-9]+ \[probe, [0-9a-z ]+ ago\]' "$(pw why ptp4l --facts)"
sed -i '/no_such_option/d' $ptpconf
ok "mended, it runs again" within 60 ready ptp4l

warden_ends
sed -i 's/^slaveOnly 1/slaveOnly 1\nno_such_option 2/' $ptpconf
warden
ok "the next ptpwarden" within 5 state_is ptp4l waiting
is "remembers the last good run" "config:  -> no_such_option 2" news
sed -i '/no_such_option/d' $ptpconf
ok "mended, it runs again" within 60 ready ptp4l

head -c 20000 $box/ptp4l >$box/cut && chmod 755 $box/cut && mv $box/cut $box/ptp4l
pw restart ptp4l
ok "a program that was cut off is not started" within 5 state_is ptp4l waiting
ok "its size is new" has '^package: .*-> 20000 bytes' "$(news | head -1)"
warden_ends
done_testing
