#!/bin/sh
# Runs test programs and adds up their TAP lines. Closing line: "N passed, N failed[, N skipped]".
# A program that dies, or prints fewer results than its plan, counts as a failure of its own.
# With TEST_AGAIN set a program that failed is run once more, and that run counts: real daemons
# miss their deadlines on a machine that is busy with something else. Both runs are shown.
passed=0 failed=0 skipped=0 second=
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

# run PROGRAM: sets p, f, s; prints what did not pass
run() {
	CMOCKA_MESSAGE_OUTPUT=tap "$1" >"$out" 2>&1
	rc=$?
	p=$(grep -cE '^ok ' "$out")
	s=$(grep -cE '^ok .*# *(SKIP|skip)' "$out")
	cs=$(grep -cE '^not ok [0-9]+ # SKIP' "$out")	# so does cmocka say it
	f=$(($(grep -cE '^not ok ' "$out") - cs))
	p=$((p + cs)) s=$((s + cs))
	plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$out" | awk '{n += $1} END {print n + 0}')
	if [ "$f" -eq 0 ] && { [ "$rc" -ne 0 ] || [ $((p + f)) -ne "$plan" ]; }; then
		f=1
		echo "$1: ended with status $rc after $p of $plan results"
	fi
	[ "$f" -eq 0 ] && [ "$s" -eq 0 ] || grep -vE '^ok [^#]*$|^1\.\.' "$out" | sed "s|^|$(basename "$1"): |"
}

for t in "$@"; do
	run "$t"
	if [ "$f" -gt 0 ] && [ -n "$TEST_AGAIN" ]; then
		echo "$t: failed, once more"
		second="$second $(basename "$t")"
		run "$t"
	fi
	passed=$((passed + p - s)) failed=$((failed + f)) skipped=$((skipped + s))
done
[ -z "$second" ] || echo "needed a second run:$second"
# make test adds the levels up
[ -z "$TEST_TALLY" ] || echo "$passed $failed $skipped" >>"$TEST_TALLY"
if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
