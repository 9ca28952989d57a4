#!/bin/bash
# The timeline of a real incident: a cable is pulled while the configuration changes.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
ring=$box/state/flight.ring
events() { pw timeline --json "$@" | jq -c '.events[]'; }
kept=$box/kept
keep() { cp $box/said $kept; }	# what the command before printed, for the lines after it
state_of() { pw timeline --json "${@:3}" | jq -r --arg s "$1" --arg n "$2" '.state[] | select(.subject == $s and .name == $n).value'; }

base_conf >$conf
exits "without a recording it says so" 1 pw timeline
keep
ok "and what to do" grep -q -- '--ring' $kept

link_up
ok "a grandmaster runs at the far end" grandmaster
client_conf >$ptpconf
{ base_conf; unit_ptp4l; } >$conf
ok "the supervisor starts" warden
exits "ptp4l is ready" 0 pw wait ptp4l 30
echo '# touched' >>$ptpconf
cable_out
ok "it is no longer ready" within 10 eval '[ "$(field ptp4l ready)" = false ]'
exits "the configuration is read again while the cable is out" 0 pw reload
within 10 eval '[ "$(cause ptp4l)" = link.down ]'
cable_in
exits "ptp4l is ready again" 0 pw wait ptp4l 60

# -- without a terminal --
exits "the whole of it can be listed" 0 pw timeline
keep
ok "with the start of ptp4l" grep -q 'ptp4l: launch /usr/sbin/ptp4l' $kept
ok "the link that went" grep -q 'eth0: link no carrier' $kept
ok "the line that told it" grep -qE 'ptp4l: line link.down, .*link down' $kept
ok "what was decided then" grep -q 'ptp4l: decision no longer ready' $kept
ok "the command and who gave it" grep -q 'ptpwarden: command reload, uid 0' $kept
ok "and the state at the end" grep -qE '^    state ready$' $kept
ok "the newest event is in it, though it was in memory only" test "$(state_of ptp4l state)" = ready

opened=$(events | jq -r 'select(.kind == "incident" and .about[0].result == "opened") | .seq' | head -1)
ok "the incident stands on it" test -n "$opened"
is "at that moment the link was gone" "no carrier" state_of eth0 link --at "#$opened"
is "and ptp4l not ready" no state_of ptp4l ready --at "#$opened"
is "before it all was well" yes state_of ptp4l ready --at "#$(events | jq -r 'select(.kind == "decision" and .about[0].state == "ready") | .seq' | head -1)"
exits "an incident can be named" 0 pw timeline 1
keep
ok "and begins with its opening" sed -n '2{/incident number 1, result opened/!q1}' $kept
exits "one can ask when a value became what it was" 0 pw timeline --changed eth0.link --at "#$opened"
keep
ok "and sees the event" grep -q 'eth0: link no carrier' $kept
exits "a time that is none is refused" 64 pw timeline --at noon
exits "an incident that is none, too" 1 pw timeline 99
pw timeline --trace >$box/trace
ok "the trace is JSON" jq -e 'map(select(.ph == "X" and .tid == "state" and .name == "ready")) | length >= 1' $box/trace
ok "with offsets" jq -e 'map(select(.ph == "C" and .name == "offset_ns")) | length >= 1' $box/trace

# -- the report --
exits "a page can be made of the incident" 0 pw report -o $box/report.html
page=$box/report.html
ok "with the verdict as its title" grep -q '<h1>.*eth0 has no link' $page
ok "the states as a picture" grep -q 'aria-label="states over time"' $page
ok "the offset as a picture" grep -q 'aria-label="offset over time"' $page
ok "what was done" grep -q 'class="decision".*no longer ready' $page
ok "and what ptp4l printed" grep -q 'class="line".*link down' $page
is "nothing in it is fetched or run" 0 grep -ciE '<script|src=|href=|url\(|@import' $page
clock=$(sed -nE 's/.*selected best master clock ([0-9a-f.]+).*/\1/p' $page | head -1)
ok "the master's clock is named" test -n "$clock"
exits "redacted" 0 pw report 1 --redact -o $box/redacted.html
is "it is not" 0 grep -c "$clock" $box/redacted.html
ok "but something equal in its place" grep -q 'selected best master clock CLOCK-[0-9]' $box/redacted.html
exits "as text, too" 0 pw report
pw report --json >$box/report.json
ok "and as JSON with the diagnosis in it" jq -e '.schema == "ptpwarden.report/1" and (.diagnosis.causes[0].id == "link.down")' $box/report.json
exits "an incident that is not kept is refused" 1 pw report 99
exits "a folder that is not there, too" 1 pw report -o $box/none/x.html

# -- copied from a dead box --
cp $ring $box/copy.ring
dd if=/dev/urandom of=$box/copy.ring bs=128 seek=40 count=1 conv=notrunc status=none
exits "a copy with a damaged record is still read" 0 "$bin" timeline --ring $box/copy.ring
keep
ok "and what is missing is said" grep -q 'missing' $kept
exits "a file that is none is refused" 1 "$bin" timeline --ring $conf

# -- full-screen: a plain terminal of 80x24 --
screen() { tmux -L ptpwarden-$$ "$@"; }
shows() { screen capture-pane -p -t tl | grep -qE -- "$1"; }
key() { screen send-keys -t tl "$@"; }
screen -f /dev/null new-session -d -x 80 -y 24 -s tl "TERM=vt100 '$bin' timeline -f $conf; echo left with \$?; cat"
ok "the full screen shows the newest event" within 10 shows '^ timeline  20..-..-.. '
is "in 24 rows" 24 eval 'screen capture-pane -p -t tl | wc -l'
ok "with the state at the right" shows 'state ready'
ok "and the offset below" shows '(ns|us|ms) .*\*'
key g; key / ; key -l 'no carrier'; key Enter
ok "a search finds the pulled cable" within 5 shows 'eth0: link no carrier'
ok "the state there says so" within 5 shows '\*link no carrier'
key d
ok "the next decision follows" within 5 shows 'ptp4l: (decision|event)'
key Enter
ok "its facts are shown" within 5 shows 'what came before it'
key q; key g; key i; key =
ok "what differs from the last good moment" within 5 shows 'ready yes -> no'
key g
ok "the first event" within 5 shows ' 1/[0-9]+ '
key '?'
ok "the keys" within 5 shows 'when did the chosen value last change'
key q; key q
ok "and out of it, the terminal as it was" within 5 shows '^left with 0$'
screen kill-server 2>/dev/null
done_testing
