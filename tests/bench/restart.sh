#!/bin/bash
# Restart latency: death of a child to main() of its replacement, beside a bare parent that does
# waitpid and vfork + exec and nothing else, in turn in the same run. Then the memory of both.
# usage: restart.sh PTPWARDEN BUILD_DIR [ROUNDS [SECONDS [UNITS]]]
set -eu
ptpwarden=$1 build=$2 rounds=${3:-3} seconds=${4:-20} units=${5:-20}
here=$(dirname "$0")
dir=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || { kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null || :; }; rm -rf "$dir"' EXIT
life=4300 # long enough to be taken for healthy: 2 s alive, 1 s settled

conf() {
	printf '[ptpwarden]\nrun_dir = %s/run\nstate_dir = %s/state\nlog_level = error\nsyslog = no\n' "$dir" "$dir"
	for i in $(seq 0 $((units - 1))); do
		printf '[unit u%s]\ncommand = %s/bchild %s/stamps %s u%s\nprogram = other\nsettle = 1s\ncrash_loop = off\n' \
			"$i" "$build" "$dir" "$life" "$i"
	done
}

# Private dirty memory and PSS of a process and its children that are not bchild, in KiB.
memory() {
	local p total_pss=0 total_dirty=0 pss dirty
	for p in "$1" $(pgrep -P "$1"); do
		[ "$(cat "/proc/$p/comm")" != bchild ] || continue
		pss=$(awk '/^Pss:/ {print $2}' "/proc/$p/smaps_rollup")
		dirty=$(awk '/^Private_Dirty:/ {print $2}' "/proc/$p/smaps_rollup")
		total_pss=$((total_pss + pss)) total_dirty=$((total_dirty + dirty))
	done
	echo "$total_pss $total_dirty"
}

measure() { # NAME COMMAND...
	local name=$1
	shift
	rm -f "$dir/stamps"
	"$@" >"$dir/out" 2>&1 &
	pid=$!
	sleep "$seconds"
	local mem
	mem=$(memory "$pid")
	kill "$pid"
	wait "$pid" 2>/dev/null || :
	pid=
	echo "$name $(awk -f "$here/gaps.awk" "$dir/stamps") $mem"
}

conf >"$dir/conf"
echo "system restarts median_us p99_us pss_kib private_dirty_kib ($units units, $seconds s a round)"
for _ in $(seq "$rounds"); do
	measure floor "$build/floor" $((seconds + 5)) "$units" "$build/bchild" "$dir/stamps" "$life" u
	measure ptpwarden "$ptpwarden" run -f "$dir/conf"
done | tee "$dir/results"
awk '$1 == "floor" { f[++n] = $3; fp[n] = $4 }
	$1 == "ptpwarden" { r[++m] = $3 / f[n]; rp[m] = $4 / fp[n] }
	END {
		printf "ptpwarden / floor, by round: median"
		for (i = 1; i <= m; i++) printf " %.2f", r[i]
		printf "; p99"
		for (i = 1; i <= m; i++) printf " %.2f", rp[i]
		print ""
	}' "$dir/results"
