#!/bin/bash
# What a child gets to see when ptpwarden itself was started carelessly: stray descriptors, a
# hostile environment, ignored signals, a terminal, a strange umask and working directory.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"

# built-ins only, so that what is printed is about this process
cat >$box/stub <<'E2'
#!/bin/bash
fds=(/proc/$BASHPID/fd/*)
for fd in "${fds[@]##*/}"; do [ "$fd" -ge 255 ] || [ ! -e /proc/$BASHPID/fd/$fd ] || echo "fd $fd"; done
while read -r key value; do
	case $key in
	SigBlk: | SigIgn: | Uid: | Gid: | Groups: | CapEff: | CapAmb: | CapInh: | Umask:) echo "$key" $value ;;
	esac
done </proc/$BASHPID/status
read -r _ _ _ _ pgrp session tty _ </proc/$BASHPID/stat
[ "$pgrp $session" = "$BASHPID $BASHPID" ] && echo "session own"
echo "tty $tty"
echo "cwd $PWD"
while IFS= read -r -d '' entry; do echo "env $entry"; done </proc/$BASHPID/environ
echo end
while :; do read -r -t 1000 <> <(:); done
E2
chmod 755 $box/stub
got() { pw log "$1" | grep -c "^$2"; }
of() { pw log "$1" | sed -n "s/^$2 *//p" | tr '\n' ' '; }

{
	base_conf
	printf '%s\n' '[unit stub]' "command = $box/stub" 'env = FROM_CONF=yes'
	printf '%s\n' '[unit nobody]' "command = $box/stub" 'user = nobody' 'umask = 077' 'directory = /usr'
} >$conf

cat >$box/careless <<E2
#!/bin/bash
cd $box
umask 0
exec 7</dev/zero 8>$box/stray
trap '' HUP PIPE USR1
export LD_PRELOAD=/nonexistent.so LD_LIBRARY_PATH=/nonexistent BASH_ENV=/nonexistent IFS=x SECRET=visible
exec $bin "\$@"
E2
chmod 755 $box/careless
careless() { local bin=$box/careless; warden; }
ok "a carelessly started supervisor answers" careless
within 5 eval '[ "$(got stub end)" = 1 ] && [ "$(got nobody end)" = 1 ]'
is "the child has three descriptors" "0 1 2 " of stub fd
is "no signal is blocked" "0000000000000000 " of stub SigBlk:
# QUIT is ignored by bash itself
is "no signal is ignored" 0 eval 'echo $((16#$(of stub SigIgn:) & ~4))'
is "it leads its own session" "own " of stub session
is "it has no terminal" "0 " of stub tty
is "it works in /" "/ " of stub cwd
is "its umask is the usual one" "0022 " of stub Umask:
ok "nothing hostile comes through" not has 'LD_|BASH_ENV|IFS|SECRET' "$(of stub env)"
ok "what the configuration says does" has 'FROM_CONF=yes' "$(of stub env)"

id=$(id -u nobody)
is "another user is that user in every way" "$id $id $id $id " of nobody Uid:
is "with its group" "$(for i in 1 2 3 4; do printf '%s ' "$(id -g nobody)"; done)" of nobody Gid:
is "and its groups" "$(id -G nobody) " of nobody Groups:
is "without any capability" "0000000000000000 " of nobody CapEff:
is "nor one to hand on" "0000000000000000 0000000000000000 " of nobody 'Cap\(Amb\|Inh\):'
is "umask is set" "0077 " of nobody Umask:
is "the directory is set" "/usr " of nobody cwd

warden_ends
done_testing
