#!/bin/bash
# A broken ptp4l.conf makes the unit wait for the file, not retry; once mended, however it is
# written, ptp4l runs within 200 ms.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up

mkdir -p $box/real
client_conf >$box/good.conf
sed 's/^slaveOnly 1/slaveOnly 1\nnetwork_transprot L2/' $box/good.conf >$box/bad.conf
ln -s real/ptp4l.conf $ptpconf		# the configuration is behind a symlink
cp $box/good.conf $box/real/ptp4l.conf
{ base_conf; unit_ptp4l 'retry_slow = 1h' 'restart_delay_max = 1h'; } >$conf
ok "the supervisor starts" warden
ok "ptp4l runs" within 10 pid_in_file ptp4l

break_it() {
	cat $box/bad.conf >$box/real/ptp4l.conf
	pw restart ptp4l
	within 5 state_is ptp4l waiting
}

# mended "how": ptp4l runs within 200 ms of the moment noted in $written
mended() {
	until pid_in_file ptp4l && [ "$(<"/proc/$pid/comm")" = ptp4l ]; do
		[ "$(now_ms)" -lt $((written + 5000)) ] || break
	done 2>/dev/null
	last_ms=$(($(now_ms) - written))
	ok "mended $1, it runs after $last_ms ms" less $last_ms 200
}

ok "a typo makes it wait" break_it
is "for the file" file field ptp4l waiting_for.kind
ok "which is named" has ptp4l.conf "$(field ptp4l waiting_for.subject)"
why=$(pw why ptp4l)
ok "the wrong option is named" has network_transprot "$why"
ok "with its line" has '[: ]5\b|line 5' "$why"
ok "and the nearest right one" has network_transport "$why"
is "the cause is the configuration" config_invalid class ptp4l
ok "nothing is retried meanwhile" holds 3 state_is ptp4l waiting
exits "start --wait says at once that somebody must act" 1 pw start --wait=2 ptp4l

written=$(now_ms); cat $box/good.conf >$box/real/ptp4l.conf
mended "in place"

ok "broken again" break_it
cp $box/good.conf $box/real/new.conf
written=$(now_ms); mv $box/real/new.conf $box/real/ptp4l.conf
mended "by rename"

ok "broken again" break_it
written=$(now_ms); sed -i '/transprot/d' $box/real/ptp4l.conf
mended "by sed -i"

ok "broken again" break_it
cp $box/good.conf $box/elsewhere.conf
ln -s elsewhere.conf $box/link.new
written=$(now_ms); mv -T $box/link.new $ptpconf
mended "by another symlink"
rm $ptpconf && ln -s real/ptp4l.conf $ptpconf

# an empty file is a valid configuration, of hardware stamping: the state half-way must not be taken
break_it
: >$box/real/ptp4l.conf; cat $box/good.conf >$box/real/ptp4l.conf
within 5 pid_in_file ptp4l
is "a file that is being written is not judged half-way" 0 field ptp4l alternate

rm $box/real/ptp4l.conf
pw restart ptp4l
ok "a missing file makes it wait too" within 5 state_is ptp4l waiting
is "with its own cause" config.missing field ptp4l cause
cp $box/good.conf $box/real/ptp4l.conf
ok "until it is there" within 2 pid_in_file ptp4l

bytes=$(cksum <$box/real/ptp4l.conf)
warden_ends
is "ptpwarden never writes ptp4l.conf" "$bytes" cksum <$box/real/ptp4l.conf
done_testing
