# Sourced by netns.sh and by the tests in virtual machines: words to state results with, and to
# ask ptpwarden. Everything happens in $box, a folder that only this test has.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${PTPWARDEN:-$top/build/ptpwarden}
box=/run/box			# files of the test
conf=$box/ptpwarden.conf
ptpconf=$box/ptp4l.conf
count=0 failures=0 warden= last_ms=0 hopeless=

now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

# -- results --

pass() { count=$((count + 1)); echo "ok $count - $1"; }
fail() {
	count=$((count + 1)) failures=$((failures + 1))
	echo "not ok $count - $1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^/# /'
	[ -z "$hopeless" ] || exit 1
}

# ok "sentence" COMMAND...: passed when the command succeeds; what it prints explains a failure
ok() {
	local sentence=$1
	shift
	# not in a subshell: the command may set $warden, $pid or $last_ms
	if "$@" >$box/said 2>&1; then pass "$sentence"; else fail "$sentence" "$*" "$(<$box/said)"; fi
}

# is "sentence" EXPECTED COMMAND...: the command prints exactly that
is() {
	local sentence=$1 want=$2 got
	shift 2
	got=$("$@")
	if [ "$got" = "$want" ]; then pass "$sentence"; else fail "$sentence" "$*" "got: $got" "expected: $want"; fi
}

# exits "sentence" CODE COMMAND...
exits() {
	local sentence=$1 want=$2 rc
	shift 2
	"$@" >$box/said 2>&1 </dev/null
	rc=$?
	if [ $rc = "$want" ]; then
		pass "$sentence"
	else
		fail "$sentence" "$*" "status $rc, expected $want" "$(<$box/said)"
	fi
}

# within SEC COMMAND...: until it succeeds or the time is over; $last_ms says how long it took
within() {
	local begun until
	begun=$(now_ms) until=$(($(now_ms) + $1 * 1000))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(now_ms)" -lt $until ] || { echo "not within time: $*"; show; return 1; }
		sleep 0.02	# between two looks; the deadline decides
	done
	last_ms=$(($(now_ms) - begun))
}

# holds SEC COMMAND...: stays true all the time
holds() {
	local until
	until=$(($(now_ms) + $1 * 1000))
	shift
	while [ "$(now_ms)" -lt $until ]; do
		"$@" >/dev/null 2>&1 || { echo "did not hold: $*"; show; return 1; }
		sleep 0.05
	done
}

not() { ! "$@"; }
less() { [ "$1" -lt "$2" ] || { echo "$1 is not less than $2"; return 1; }; }
has() { grep -qE -- "$1" <<<"$2" || { echo "no /$1/ in: $2"; return 1; }; }
said() { local pattern=$1; shift; has "$pattern" "$("$@" 2>&1)"; }

skip_all() {
	# a demo that shows nothing has not worked
	[ "$(basename "$0")" != demo.sh ] || { echo "the demo cannot run here: $1" >&2; exit 1; }
	echo "1..1"
	echo "ok 1 - $(basename "$0") # SKIP $1"
	exit 0
}

# last words of a script: the plan, and whether all went well
plan_and_exit() {
	echo "1..$count"
	[ $failures -eq 0 ]
	exit
}

# what a person wants to see after a failure
tell_logs() {
	sed 's/^/# stderr: /' $box/stderr | tail -20
	[ ! -f $box/warden.log ] || tail -40 $box/warden.log | sed 's/^/# warden: /'
}

# -- ptpwarden --

pw() { local verb=$1; shift; "$bin" "$verb" -f "$conf" "$@"; }

warden() {
	env ${still:+"LD_PRELOAD=$still"} "$bin" run -f "$conf" "$@" >>$box/warden.log 2>&1 &
	warden=$!
	within 5 pw status && return
	hopeless=1	# nothing that follows would mean anything
	return 1
}

warden_ends() {	# [SIGNAL]: end it and wait until it is gone
	kill "-${1:-TERM}" "$warden"
	wait "$warden" 2>/dev/null
	local rc=$?
	warden=
	return $rc
}

show() { pw status 2>&1; }

# field UNIT PATH: a member of status --json
field() { pw status --json | jq -r --arg u "$1" ".units[] | select(.unit == \$u) | .$2"; }
state_is() { [ "$(field "$1" state)" = "$2" ]; }
alternate_is() { [ "$(field "$1" alternate)" = "$2" ]; }
pid_of() { field "$1" pid; }
restarts_are() { [ "$(field "$1" restarts)" -ge "$2" ]; }

# cause UNIT: id of the first cause; class UNIT: its class
cause() { pw why "$1" --json | jq -r '.causes[0].id // "none"'; }
class() { pw why "$1" --json | jq -r '.causes[0].class // "none"'; }
class_is() { [ "$(class "$1")" = "$2" ]; }

# The pid in the pid file while it is alive, without starting a process.
pid_in_file() {
	pid=
	read -r pid <"/run/ptpwarden/$1.pid" && [ -d "/proc/$pid" ]
} 2>/dev/null

# reborn UNIT OLDPID SEC: spins until another process has taken its place; $pid
reborn() {
	local until=$((${EPOCHREALTIME/[.,]/} + $3 * 1000000))
	while ! pid_in_file "$1" || [ "$pid" = "$2" ]; do
		[ "${EPOCHREALTIME/[.,]/}" -lt $until ] || return 1
	done
}

# kill9 UNIT SEC: kill -9, wait for the replacement; $last_ms is the time between, $pid the new one
kill9() {
	local old begun
	old=$(pid_of "$1")
	begun=$(now_ms)
	kill -9 "$old"
	reborn "$1" "$old" "$2" || return 1
	last_ms=$(($(now_ms) - begun))
}

# Is a ptp4l answering at the default place? pmc's own status says nothing.
answers() { pmc -u -b 0 -t 0 'GET DEFAULT_DATA_SET' | grep -q RESPONSE; }

# how many processes have this name
processes() { local n=0 c; for c in /proc/[0-9]*/comm; do [ "$(<"$c")" = "$1" ] && n=$((n + 1)); done; echo $n; } 2>/dev/null
