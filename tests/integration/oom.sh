#!/bin/bash
# A daemon that the kernel kills for want of memory is told apart from one that somebody killed.
# The memory cgroup outlives the namespaces of the test, so it is made and removed outside.
group=ptpwarden-test-$PPID-$$
if [ -z "${IN_BOX:-}${GROUP_DIR:-}" ]; then
	for top in /sys/fs/cgroup/memory /sys/fs/cgroup; do
		GROUP_DIR=$top/$group
		mkdir "$GROUP_DIR" 2>/dev/null && [ -e "$GROUP_DIR/memory.limit_in_bytes" -o -e "$GROUP_DIR/memory.max" ] && break
		rmdir "$GROUP_DIR" 2>/dev/null
		GROUP_DIR=none
	done
	export GROUP_DIR
	bash "$0" "$@"
	rc=$?
	[ $GROUP_DIR = none ] || rmdir "$GROUP_DIR"
	exit $rc
fi
. "$(dirname "$0")/../lib/netns.sh"
[ -n "${IN_BOX:-}" ] || [ "$GROUP_DIR" != none ] || skip_all "no memory cgroup can be made here"
[ -n "${IN_BOX:-}" ] || box_make "$@"
# the box has a /sys of its own: keep the one with the cgroups reachable at its usual place
exec 9<"${GROUP_DIR%/*}"
box_enter "$@"
[ -d "${GROUP_DIR%/*}" ] || { mount -t tmpfs none /sys/fs/cgroup && mkdir "${GROUP_DIR%/*}"; }
mount -c --bind /proc/self/fd/9 "${GROUP_DIR%/*}"
exec 9<&-

limit=$GROUP_DIR/memory.limit_in_bytes
[ -e $limit ] || limit=$GROUP_DIR/memory.max
echo 32M >$limit
cat >$box/in_group <<E2
#!/bin/bash
echo \$\$ >$GROUP_DIR/cgroup.procs
exec $bin "\$@"
E2
chmod 755 $box/in_group
confined() { local bin=$box/in_group; warden; }

{ base_conf; # limit_as: should the group not hold it, it fails by itself
  printf '%s\n' '[unit hungry]' 'command = /usr/bin/tail /dev/zero' 'autostart = no' 'limit_as = 256M'
  printf '%s\n' '[unit modest]' 'command = /usr/bin/tail -f /dev/null'; } >$conf
ok "the supervisor runs in a small memory cgroup" confined
ok "a modest daemon runs" within 5 pid_in_file modest
kill9 modest 5
is "kill -9 is no want of memory" killed_externally class modest
pw start hungry
died() { [ "$(field hungry 'last_exit | .name')" = KILL ]; }
ok "a hungry one is killed" within 20 died
within 3 eval '[ "$(class hungry)" != none ]'
is "and the reason is known" oom_killed class hungry
pw stop hungry
warden_ends
ok "nothing is left in the group" within 3 eval "[ ! -s $GROUP_DIR/cgroup.procs ]"
done_testing
