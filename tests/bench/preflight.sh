#!/bin/bash
# The questions before a start: in process, beside the commands that people type to answer the
# same ones. Both in one network and pid namespace with a veth, in turn in the same run.
# usage: preflight.sh PTPWARDEN BUILD_DIR [ROUNDS]
set -eu
[ "${IN_BOX:-}" ] || IN_BOX=1 exec unshare -n -m -p -f --kill-child --mount-proc bash "$0" "$@"
ptpwarden=$1 build=$2 rounds=${3:-9}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

ip link add eth0 type veth peer name far
ip addr add 10.9.0.1/24 dev eth0
ip link set eth0 up
ip link set far up
printf '%s\n' '[global]' 'time_stamping software' 'free_running 1' >"$dir/ptp4l.conf"
printf '%s\n' '[ptpwarden]' "run_dir = $dir/run" "state_dir = $dir/state" '[unit ptp4l]' \
	"command = ptp4l -f $dir/ptp4l.conf -i eth0" >"$dir/conf"

# Each of the seven questions of the README, and what else check answers, as one would ask it.
ptp4l=$(command -v ptp4l)
commands=(
	"test -x $ptp4l"
	"ldd $ptp4l"
	"$ptp4l -v"
	"cat $dir/ptp4l.conf"
	"ip -d link show eth0"
	"ip addr show eth0"
	"ethtool -T eth0"
	"ethtool -i eth0"
	"ls -l /dev/ptp*"
	"id"
	"cat /proc/self/limits /proc/self/cgroup"
	"ls -ld /var/run /var/run/ptp4l"
	"ps -e -o pid,comm,args"
	"grep -E ':013F|:0140' /proc/net/udp"
	"df /run"
)

by_shell() {
	local c
	for c in "${commands[@]}"; do sh -c "$c" >/dev/null 2>&1 || :; done
}

# microseconds of a command
took() { local begun=${EPOCHREALTIME/[.,]/}; "$@" >/dev/null 2>&1 || :; echo $((${EPOCHREALTIME/[.,]/} - begun)); }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for c in "${commands[@]}"; do
	command -v "${c%% *}" >/dev/null || echo "note: ${c%% *} is not installed, so that command costs too little"
done | sort -u
for _ in $(seq "$rounds"); do
	took by_shell >>"$dir/shell"
	took "$ptpwarden" check -f "$dir/conf" >>"$dir/check"
	"$build/preflight" "$dir/conf" 500 >>"$dir/inside"
done
shell=$(median <"$dir/shell")
full=$(awk '{ print $2 }' "$dir/inside" | median)
echo "preflight, medians of $rounds rounds, us:"
echo "  ${#commands[@]} shell commands        $shell"
echo "  ptpwarden check          $(median <"$dir/check")   (one-shot: reads ELF files, runs ptp4l -v)"
echo "  full, in process         $full   (p99 $(awk '{ print $3 }' "$dir/inside" | median))"
echo "  before a restart         $(awk '{ print $4 }' "$dir/inside" | median)   (p99 $(awk '{ print $5 }' "$dir/inside" | median))"
echo "  shell / full             $((shell / full)) x"
