#!/bin/sh
# Does the linter judge command lines and files as the real programs do? Generated and damaged ones
# are fed to both; what is compared, and which differences are meant, stands in tests/lib/lintdiff.c.
# LINTDIFF_FILES (default 1000) files for each program, from LINTDIFF_SEED (default 1).
# timemaster's generated ptp4l.conf is fed to a real ptp4l too.
# `make lint-diff` feeds 20000 from seed 20261122 to each. That run, with 3.1.1 and 4.2 of Debian: no
# difference in 160000 files, of which a bit more than half were refused (of those for timemaster a
# fifth); at most 31 of 20000 left a ptp4l that had to be stopped, since it waits for a port's link.
# No interface but lo is used and no clock can be set: own namespaces, no CAP_SYS_TIME.
here=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
files=${LINTDIFF_FILES:-1000} seed=${LINTDIFF_SEED:-1} n=0 bad=0
lintdiff=$BUILD/tests/lintdiff

[ -x "$lintdiff" ] || { echo "Bail out! run me with make check-integration"; exit 1; }
map=
[ "$(id -u)" -eq 0 ] || map=-r

result() { # ok?, name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		bad=1
	fi
}

alone() {
	unshare $map -n -m sh -c 'mount -t tmpfs none /run && ip link set lo up && exec setpriv --bounding-set -sys_time "$@"' sh "$@"
}

compare() { # folder of programs, version
	for program in ptp4l phc2sys ts2phc timemaster; do
		alone "$lintdiff" "$1/$program" "$2" "$seed" "$files"
		result $? "the linter agrees with $program $2"
	done
}

echo 1..8
if ! alone true 2>/dev/null; then
	for n in 1 2 3 4 5 6 7 8; do echo "ok $n - # SKIP no namespaces here (unshare $map -n -m fails)"; done
	exit 0
fi
PATH=$PATH:/usr/sbin:/usr/local/sbin
if installed=$(command -v ptp4l); then
	compare "$(dirname "$installed")" "$(ptp4l -v)"
else
	for n in 1 2 3 4; do echo "ok $n - # SKIP no ptp4l is installed"; done
fi
if newer=$("$here/tests/lib/get-linuxptp-4.2.sh" 2>&1); then
	compare "$newer" 4.2
else
	for n in 5 6 7 8; do echo "ok $n - # SKIP $newer"; done
fi
exit $bad
