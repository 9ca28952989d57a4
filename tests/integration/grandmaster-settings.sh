#!/bin/bash
# What somebody sets with pmc is set again after a restart of ptp4l, unless the configuration has
# changed, it was set back, or it is forbidden.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up
master_conf() {
	printf '%s\n' '[global]' 'time_stamping software' 'free_running 1' 'priority1 10' \
		'logAnnounceInterval -2' 'logSyncInterval -2' "$@"
}
master_conf >$ptpconf
plan() { base_conf; unit_ptp4l 'settle = 2s' "$@"; }
settings() { pmc -u -b 0 -t 0 'GET GRANDMASTER_SETTINGS_NP' | awk '{ $1 = $1 } /clockClass|timeTraceable|currentUtcOffset / { printf "%s ", $2 }'; }
set_by_hand() {
	pmc -u -b 0 -t 0 "SET GRANDMASTER_SETTINGS_NP clockClass $1 clockAccuracy 0x21 offsetScaledLogVariance 0x4e5d currentUtcOffset 37 leap61 0 leap59 0 currentUtcOffsetValid 1 ptpTimescale 1 timeTraceable 1 frequencyTraceable 0 timeSource 0x20" >/dev/null
}
remembered() { ls $box/state/grandmaster.ptp4l* >/dev/null 2>&1; }
settings_are() { [ "$(settings)" = "$1" ]; }
reapplied() { field ptp4l 'remedies | map(select(.remedy == "reapply_grandmaster" and .worked)) | length'; }

plan >$conf
ok "the supervisor starts" warden
exits "ptp4l gets ready" 0 pw wait ptp4l 20
own=$(settings)
ok "it has its own settings" has '^248 37 ' "$own"
set_by_hand 6
ok "others are set by hand" within 3 settings_are '6 37 1 '
hand=$(settings)
ok "which is remembered" within 12 remembered
ok "after a kill -9" kill9 ptp4l 5
ok "they are set again" within 5 settings_are "$hand"
exits "ptp4l gets ready" 0 pw wait ptp4l 20
is "which is noted" 1 reapplied

# -- also when ptpwarden was dead meanwhile --
pid=$(pid_of ptp4l)
kill -9 $warden $pid; wait $warden 2>/dev/null
ok "the next supervisor starts" warden
exits "its ptp4l gets ready" 0 pw wait ptp4l 20
ok "with the settings of before" within 5 settings_are "$hand"

# -- set back by hand --
set_by_hand 248
pmc -u -b 0 -t 0 "SET GRANDMASTER_SETTINGS_NP clockClass 248 clockAccuracy 0xfe offsetScaledLogVariance 0xffff currentUtcOffset 37 leap61 0 leap59 0 currentUtcOffsetValid 0 ptpTimescale 0 timeTraceable 0 frequencyTraceable 0 timeSource 0xa0" >/dev/null
ok "what is set back by hand" within 3 settings_are "$own"
ok "is forgotten" within 15 not remembered
ok "so that a restart" kill9 ptp4l 5
exits "gets ready" 0 pw wait ptp4l 20
is "with its own settings" "$own" settings

# -- the configuration says something else now --
set_by_hand 6
ok "which is remembered" within 15 remembered
master_conf 'clockClass 52' >$ptpconf
exits "with another configuration ptp4l is restarted" 0 pw restart ptp4l --wait=20
ok "and that counts" holds 3 settings_are '52 37 0 '
warden_ends

# -- forbidden --
master_conf >$ptpconf
plan 'remedies = none' >$conf
ok "the supervisor starts" warden
exits "ptp4l gets ready" 0 pw wait ptp4l 20
set_by_hand 6
ok "which is remembered" within 15 remembered
ok "where it is forbidden" kill9 ptp4l 5
exits "ptp4l gets ready" 0 pw wait ptp4l 20
is "with its own settings" "$own" settings
done_testing
