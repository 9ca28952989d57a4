#!/bin/sh
# Every level of tests that can run here. Last line: "N passed, N failed[, N skipped]".
make=${MAKE:-make}
TEST_TALLY=$(mktemp) || exit 1
export TEST_TALLY
trap 'rm -f "$TEST_TALLY"' EXIT

# a level that fails without a failed test (it does not build, a check of the sources) is one failure
level() {
	echo "== $*"
	before=$(awk '{f += $2} END {print f + 0}' "$TEST_TALLY")
	"$@" && return
	after=$(awk '{f += $2} END {print f + 0}' "$TEST_TALLY")
	[ "$after" -gt "$before" ] || echo "0 1 0" >>"$TEST_TALLY"
}

level $make -k check
level $make -k SAN=address,undefined check
level $make check-integration
level $make check-vm
[ -z "$TEST_DEMO" ] || level $make demo
awk '{ p += $1; f += $2; s += $3 }
     END { printf "%d passed, %d failed", p, f; if (s) printf ", %d skipped", s; print ""; exit f > 0 }' "$TEST_TALLY"
