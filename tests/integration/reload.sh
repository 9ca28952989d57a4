#!/bin/bash
# Reload applies only what changed and restarts only the units it concerns; a broken
# configuration is refused as a whole, with every error and its place.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up

three() {
	base_conf
	printf '%s\n' '[unit a]' 'command = /usr/bin/tail -f /dev/null' 'settle = 5s'
	printf '%s\n' '[unit b]' 'command = /usr/bin/tail -f /dev/null' "$@"
	printf '%s\n' '[unit c]' 'command = /usr/bin/tail -f /dev/null' 'follows = b'
}
pids() { pw status --json | jq -r '[.units[].pid] | join(" ")'; }
all_ready() { pw status --json | jq -e 'all(.units[]; .ready)'; }

three >$conf
ok "the supervisor starts" warden
ok "all units are ready" within 10 all_ready
read -r a b c <<<"$(pids)"

exits "reload of the same configuration" 0 pw reload
is "restarts nothing" "$a $b $c" pids

three 'restart_delay = 2s' >$conf
exits "a change of pacing is taken" 0 pw reload
is "without a restart" "$a $b $c" pids

three 'nice = 3' >$conf
exits "a change of the process is taken" 0 pw reload
changed() { all_ready && [ "$(pid_of b)" != "$b" ]; }
ok "and restarts the unit" within 10 changed
is "not its neighbour" "$a" pid_of a
ok "but its follower" not test "$(pid_of c)" = "$c"
is "with the new setting" 3 awk '{print $19}' "/proc/$(pid_of b)/stat"
is "a reload is no crash" null field b cause

# -- units come and go --
{ three 'nice = 3'; printf '%s\n' '[unit d]' 'command = /usr/bin/tail -f /dev/null'; } >$conf
exits "a new unit is taken" 0 pw reload
ok "and started" within 5 state_is d ready
three 'nice = 3' >$conf
exits "a unit that is gone from the file" 0 pw reload
is "is gone from status" "a b c" eval 'pw status --json | jq -r "[.units[].unit] | join(\" \")"'
is "and from the machine" 3 processes tail
is "while the others go on" "$a" pid_of a

# -- a broken configuration --
read -r a b c <<<"$(pids)"
{
	three 'nice = 3'
	printf '%s\n' 'comand = /bin/true' 'restart_delay = fast' '[unit e]' 'nice = 99'
} >$conf
errors=$(pw reload 2>&1)
ok "a broken configuration is refused" test $? -ne 0
ok "the unknown option is named" has "comand" "$errors"
ok "with the nearest right one" has "command" "$errors"
ok "with file and line" has "ptpwarden.conf:[0-9]+" "$errors"
ok "the bad value too" has "fast" "$errors"
ok "and the one out of range" has "99" "$errors"
is "nothing was touched" "$a $b $c" pids

# -- at start --
exits "run with a broken configuration ends with 78" 78 "$bin" run -f $conf
three >$box/loose.conf && chmod 666 $box/loose.conf
exits "a configuration that everybody may write is refused" 78 "$bin" run -f $box/loose.conf
ok "and told why" said 'write|mode|permission' "$bin" check -f $box/loose.conf
cp "$(command -v tail)" $box/loose && chmod 777 $box/loose
{ base_conf; printf '%s\n' '[unit a]' "command = $box/loose -f /dev/null"; } >$box/loose.conf
chmod 644 $box/loose.conf
exits "a program that everybody may replace is not started" 2 "$bin" check -f $box/loose.conf
warden_ends

mkdir $box/rules.d
printf '[cause own.rule]\ntitle = x\n' >$box/rules.d/own.rules
chmod 666 $box/rules.d/own.rules
{ base_conf "rules_dir = $box/rules.d"; printf '%s\n' '[unit a]' 'command = /usr/bin/tail -f /dev/null'; } >$box/loose.conf
rules_refused() {
	"$bin" run -f $box/loose.conf >$box/loose.log 2>&1 &
	local pid=$! rc
	within 5 "$bin" status -f $box/loose.conf
	grep -q 'everybody may write.*own.rules' $box/loose.log
	rc=$?
	kill $pid
	wait $pid
	return $rc
}
ok "rules that everybody may write are not used" rules_refused

# -- run --wait-config waits for the repair --
echo 'nonsense' >$conf
"$bin" run --wait-config -f $conf >>$box/warden.log 2>&1 &
warden=$!
ok "run --wait-config stays with a broken configuration" holds 2 test -d /proc/$warden
"$bin" status -f $conf >$box/status.out 2>&1
ok "status then names the line that keeps it from running" grep -q "^$conf:1:" $box/status.out
kill -HUP $warden
ok "also when told to read it again" holds 1 test -d /proc/$warden
three >$conf
ok "and starts when it is mended" within 2 pw status
ok "everything in it" within 10 all_ready

# -- SIGHUP means reload --
three 'nice = 4' >$conf
kill -HUP $warden
niced() { [ "$(awk '{print $19}' "/proc/$(pid_of b)/stat")" = 4 ]; }
ok "SIGHUP reloads" within 5 niced
done_testing
