#!/bin/bash
# A process that is alive and does nothing: found, named, replaced.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"

link_up
client_conf >$ptpconf
{
	base_conf
	printf '%s\n' '[unit ptp4l]' "command = ptp4l -f $ptpconf -i %i" 'interface = eth0'
} >$conf
ok "a grandmaster runs at the far end" grandmaster
ok "the supervisor starts" warden
ok "ptp4l is ready" pw wait ptp4l 20

pid=$(pid_of ptp4l)
kill -STOP "$pid"
at=$(now_ms)
ok "a stopped ptp4l is replaced" reborn ptp4l "$pid" 15
took=$(($(now_ms) - at))
ok "within six seconds ($took ms), though it cannot take a stop signal" less $took 6000
ok "and gets ready again" pw wait ptp4l 20
is "the cause is that it was stopped" hang_stopped jq -r '.causes[0].class' <(pw why ptp4l --json)
is "it was counted as one restart" 1 field ptp4l restarts
done_testing
