#!/bin/bash
# Output is neither lost nor doubled: over kills of the supervisor and of its writer, with a full
# disk and with a read-only one; and what a daemon says last is kept even if nobody supervises it.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"

cat >$box/chatty <<'E2'
#!/bin/bash
trap 'echo last words $n; exit 0' USR1
while :; do
	echo "line $((++n)) of $$"
	sleep 0.005
done
E2
cat >$box/bulky <<'E2'
#!/bin/bash
# a hundred kilobytes, then quiet; again at each HUP
say() { for i in {1..1000}; do printf 'bulk %04d %090d\n' $i $((++n)); [ $((i % 50)) != 0 ] || sleep 0.01; done; }
trap say HUP
say
while :; do sleep 1000 & wait $!; done
E2
chmod 755 $box/chatty $box/bulky
unit() { printf '%s\n' "[unit $1]" "command = $box/$1"; }
logs=/run/ptpwarden/log

# in_order: the lines of one run of chatty, from the files, are 1 2 3 ... without gap or double
in_order() {
	cat $(ls -r $logs/chatty.log*) | awk -v pid="$1" '$4 == pid && $1 == "line" && $2 != ++n { bad++; n = $2 }
		END { print (n > 50 ? "many" : "few"), bad + 0 }'
}
# pgrep -P "$warden" -x ptpwarden-log, which a small machine has not
writer_of() {
	local stat
	for stat in /proc/[0-9]*/stat; do
		[[ "$(<"$stat")" != [0-9]*" (ptpwarden-log) "?" $warden "* ]] || basename "${stat%/stat}"
	done
} 2>/dev/null
grows() { local at; at=$(tail -1 "$1"); within 3 eval "[ \"\$(tail -1 $1)\" != \"$at\" ]"; }

{ base_conf; unit chatty; } >$conf
ok "the supervisor starts" warden
ok "a daemon that talks a lot runs" within 5 pid_in_file chatty
first=$pid

# -- the writer dies --
for round in 1 2 3; do
	old=$(writer_of)
	kill -9 "$old"
	ok "the writer's death is survived ($round)" within 3 eval '[ -n "$(writer_of)" ] && [ "$(writer_of)" != '"$old"' ]'
	ok "the file grows again" grows $logs/chatty.log
done
is "the daemon did not notice" "$first" pid_of chatty

# -- the supervisor dies --
for round in 1 2 3; do
	kill -9 "$warden"
	wait "$warden" 2>/dev/null
	ok "without a supervisor the file grows ($round)" grows $logs/chatty.log
	ok "another supervisor takes over" warden
	is "the same daemon" "$first" pid_of chatty
	ok "and the file grows" grows $logs/chatty.log
done
is "one writer is left" 1 processes ptpwarden-log
is "over all that no line was lost or doubled" "many 0" in_order "$first"

# -- both die --
kill -9 "$warden"
wait "$warden" 2>/dev/null
kill -USR1 "$first"
ok "last words that nobody supervises are kept" within 3 grep -q 'last words' $logs/chatty.log
ok "then the writer goes, too" within 3 eval '[ $(processes ptpwarden-log) = 0 ]'
ok "log reads them without a supervisor" said 'last words' pw log chatty -n 3

# -- the disk is full --
mkdir $box/small && mount -t tmpfs -o size=64k none $box/small
head -c 48K /dev/zero >$box/small/filler
{ base_conf "log_dir = $box/small/log"; unit bulky; echo 'history_files = 64K x 3'; } >$conf
ok "with a disk of 16 KB it starts" warden
ok "the daemon runs" within 5 pid_in_file bulky
told() { [ "$(grep -c 'bulky.*disk\|disk.*bulky\|No space' $box/warden.log)" -ge 1 ]; }
ok "a full disk is told of" within 10 told
told_before=$(grep -c 'No space' $box/warden.log)
kill -HUP "$pid"
ok "the daemon goes on" holds 2 pid_in_file bulky
is "it is told once" "$told_before" grep -c 'No space' $box/warden.log
mount -o remount,size=4m $box/small
ok "with room again it goes back to the disk" within 10 grep -q 'written again' $box/warden.log
newest() { tail -1 $box/small/log/bulky.log; }
ok "with the newest line that memory held" has '^bulk 1000' "$(newest)"
kill -HUP "$pid"
ok "and goes on there" within 10 eval "[ \$(cat $box/small/log/bulky.log* | wc -c) -gt 100000 ]"
warden_ends

# -- the disk is read-only from the start --
mkdir $box/ro && mount -t tmpfs none $box/ro && mkdir $box/ro/log && mount -o remount,ro $box/ro
{ base_conf "log_dir = $box/ro/log"; unit chatty; } >$conf
ok "with a read-only disk it starts" warden
ok "and runs the daemon" within 5 pid_in_file chatty
first=$pid
ok "which is told of" within 3 grep -q 'Read-only' $box/warden.log
mount -o remount,rw $box/ro
ok "once it can be written, the log is there" within 10 test -s $box/ro/log/chatty.log
is "the daemon did not notice" "$first" pid_of chatty
warden_ends
ok "then nothing is left running" within 2 eval '[ $(processes ptpwarden-log) = 0 ]'
done_testing
