#!/bin/sh
# The rooms of the house and who may include whom. Prints each include that breaks a rule.
# include/ <- everyone; the core only include/ and itself; conf/ and probes/ also the core;
# observe, act, record, control never each other (timeline and control may use record's read side).
bad=0
rule() { # room, pattern of rooms that it may include besides include/ and itself
	for f in "$1"/*.[ch]; do
		[ -e "$f" ] || { echo "$1: this room is empty, or is not here"; continue; }
		grep -HnE '^#include "[a-z_]+/' "$f" | while IFS= read -r hit; do
			to=$(printf '%s\n' "$hit" | sed 's/.*#include "\(.*\)\/[^/]*"$/\1/')
			printf '%s\n' "$to" | grep -qxE "include|$1|$2" || printf '%s\n' "$hit"
		done
	done
}
conf='conf(/linuxptp|/rules)?'
core='supervisor/(diagnose|decide)'
hits=$(
	rule include none
	rule conf "$conf|$core"
	rule conf/linuxptp "$conf|$core"
	rule conf/rules "$conf|$core"
	rule probes "$conf|$core"
	rule supervisor/diagnose none
	rule supervisor/decide none
	rule supervisor/observe "$conf|$core|supervisor"
	rule supervisor/act "$conf|$core|supervisor"
	rule supervisor/record "$conf|$core|supervisor"
	rule supervisor/timeline "supervisor/record"
	rule supervisor/control "$conf|probes|$core|supervisor/record|supervisor/timeline|supervisor"
)
[ -z "$hits" ] || { printf '%s\n' "$hits" "an include goes against the direction of data" >&2; bad=1; }
exit $bad
