#!/bin/bash
# Reload while something is under way: units that change their number, leave, come back; a
# probe that is still open; output that is reopened; what the command line said before.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
link_up

tail_unit() { local name=$1; shift; printf '%s\n' "[unit $name]" 'command = /usr/bin/tail -f /dev/null' "$@"; }
fails() { printf '%s\n' '[unit fails]' "command = $box/fails"; }
fds() { local f=(/proc/"$warden"/fd/*); echo ${#f[@]}; }
dead_children() { local n=0 s; for s in /proc/[0-9]*/stat; do [[ "$(<"$s")" == *") Z $warden "* ]] && n=$((n + 1)); done; echo $n; } 2>/dev/null
printf '%s\n' '#!/bin/sh' 'echo no luck today' 'exit 3' >$box/fails && chmod 755 $box/fails

# -- an incident of a unit that has another number now --
{ base_conf; tail_unit a; tail_unit b; fails; } >$conf
ok "the supervisor starts" warden -q -l 4
blamed() { pw why fails | grep -q 'exit status 3'; }
ok "a unit fails" within 5 blamed
{ base_conf; fails; } >$conf
exits "the units before it leave" 0 pw reload
exits "why knows of it without being told the unit" 3 pw why
ok "and whose failure it was" said '^fails: ' pw why

# -- what the command line said --
ok "a reload keeps the log level of the command line" not grep -q 'reload: unit=' $box/warden.log

# -- units that leave are forgotten as soon as they have ended --
{ base_conf; tail_unit a; } >$conf
exits "one unit is left" 0 pw reload --wait=5
two() { [ "$(processes tail)" = 1 ] && pw reload; }
ok "the others are gone" within 5 two
before=$(fds)
for i in 1 2 3; do
	{ base_conf; tail_unit a; tail_unit b; tail_unit c; } >$conf
	pw reload --wait=5 >/dev/null
	{ base_conf; tail_unit a; } >$conf
	within 5 pw reload
done
fewer() { [ "$(fds)" -le "$before" ]; }
ok "units that came and left leave no descriptor behind" within 5 fewer
pw reload

# -- no two starts within a second, but that is no failure --
exits "a unit is restarted" 0 pw restart a --wait=5
exits "and once more while its pace must be kept" 0 pw restart a --wait=5

# -- a unit that is new in the file, but not to the machine --
pid=$(pid_of a)
kill -9 "$warden"
wait "$warden" 2>/dev/null
{ base_conf 'removed_units = leave'; tail_unit b; } >$conf
ok "the next supervisor does not know it" warden
{ base_conf; tail_unit a; tail_unit b; } >$conf
exits "until a reload" 0 pw reload
is "then it is taken over" "$pid" pid_of a

# -- output is reopened while it is in use --
{ base_conf; tail_unit a 'history_ram = 8K'; tail_unit b; } >$conf
exits "another size of the history is taken" 0 pw reload
ok "and the unit gets well" within 10 state_is a ready

# -- the question of a slow probe is still open, or has just been answered --
cp "$(command -v tail)" $box/slow
for i in 1 2 3 4 5 6; do
	touch $box/slow
	{
		base_conf
		tail_unit a
		printf '%s\n' '[unit slow]' 'program = ptp4l' "command = $box/slow -f /dev/null -i eth0"
		[ $((i % 2)) = 0 ] || printf '%s\n' '[alternate slow other]' 'args = -S'
	} >$conf
	pw reload
done >/dev/null 2>&1
exits "reloads in the middle of a probe are survived" 0 pw status
none_dead() { [ "$(dead_children)" = 0 ]; }
ok "no dead child is left" within 5 none_dead
ok "it ends when told" warden_ends

# -- a follower outlives its leader while nobody looks --
{ base_conf; tail_unit lead; tail_unit next 'follows = lead'; } >$conf
ok "a group starts" warden
exits "all of it" 0 pw wait next 10
follower=$(pid_of next) leader=$(pid_of lead)
kill -9 "$warden"
wait "$warden" 2>/dev/null
kill -9 "$leader"
ok "the next supervisor finds the follower only" warden
replaced() { state_is next ready && [ "$(pid_of next)" != "$follower" ]; }
ok "and starts it anew behind its leader" within 10 replaced
done_testing
