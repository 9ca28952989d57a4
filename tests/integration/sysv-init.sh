#!/bin/bash
# The script for System V init: a start that tells the truth, and a stop that leaves nothing.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
ok "a grandmaster runs at the far end" grandmaster
client_conf >$ptpconf
{ base_conf; unit_ptp4l; } >$conf
sed "s|^PROG=.*|PROG=$box/ptpwarden|" "$top/init/sysv" >$box/sysv
printf '#!/bin/sh\nverb=$1; shift; exec %s "$verb" -f %s "$@"\n' "$bin" "$conf" >$box/ptpwarden
chmod 755 $box/sysv $box/ptpwarden

# as at boot: nobody listens to its output afterwards
exits "start ends when ptp4l is ready" 0 $box/sysv start
is "it is" ready field ptp4l state
exits "a second start is no error" 0 $box/sysv start
is "and starts nothing" 2 processes ptp4l
exits "status" 0 $box/sysv status
exits "reload" 0 $box/sysv reload
exits "stop" 0 $box/sysv stop
is "leaves only the grandmaster" 1 processes ptp4l
ok "and no ptpwarden" within 3 not pw status
exits "restart from nothing" 0 $box/sysv restart
$box/sysv stop

sed -i 's/^slaveOnly/slaveOnlyy/' $ptpconf
before=$(now_ms)
exits "start of a ptp4l that cannot run fails" 1 $box/sysv start
ok "in the time it gives them (took $(($(now_ms) - before)) ms)" less $(($(now_ms) - before)) 12000
ok "and says why" said slaveOnlyy $box/sysv start
$box/sysv stop
exits "stop of what does not run is no error" 0 $box/sysv stop

mv $conf $conf.good
echo '[unit ptp4l' >$conf
exits "start with a broken ptpwarden.conf fails" 1 $box/sysv start
ok "says where it is broken" said 'ptpwarden.conf:1:12' $box/sysv start
is "and leaves nothing that stop could not end" 0 processes ptpwarden
mv $conf.good $conf
exits "bad usage is told" 64 $box/sysv dance
done_testing
