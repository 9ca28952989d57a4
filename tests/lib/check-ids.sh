#!/bin/sh
# Every finding that a probe can make has a test that makes it and one, a near miss, that does not;
# every finding of the linter has a row in tests/unit/test_lintpairs.c, which is both. Prints what
# is missing. The ids are those of probes/findings.ini, which the manual page is made from.
bad=0
missing() {
	echo "$1"
	bad=1
}
for id in $(sed -n 's/^\[\(.*\)\]$/\1/p' probes/findings.ini); do
	grep -qE "(assert_asked|finding_of)\\(\"$id\"" tests/unit/*.c || missing "$id: no test makes it"
	grep -qF "assert_not_asked(\"$id\")" tests/unit/*.c || missing "$id: no test is a near miss"
done
[ $bad -eq 0 ] || echo "a finding without its two tests" >&2
exit $bad
