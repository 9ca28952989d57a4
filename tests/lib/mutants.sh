#!/bin/sh
# Breaks the decision core in many ways, one at a time, and demands that a test notices each.
# usage: mutants.sh BUILD_DIR COMPILER [OPTION...]   (make check-mutants)
build=$1
shift
cc=$*
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
n=0 failed=0

report() {
	n=$((n + 1))
	echo "$1 $n - $2"
	[ "$1" = ok ] || failed=$((failed + 1))
}

# the mutated objects come first, so that the archive gives only what is left
build_test() {
	$cc -O2 -I"$dir" -Itests/lib -o "$dir/$1" "tests/unit/test_$1.c" "$dir"/supervisor/decide/*.c \
		"$build/libptpwarden.a" -lcmocka
}

# mutant "what it does" FILE SED_EXPRESSION
mutant() {
	case "$1" in *"$MUTANT"*) ;; *) return ;; esac
	rm -rf "$dir/supervisor"
	mkdir -p "$dir/supervisor"
	cp -r supervisor/decide "$dir/supervisor/"
	sed -i -e "$3" "$dir/supervisor/decide/$2"
	if cmp -s "$dir/supervisor/decide/$2" "supervisor/decide/$2"; then
		report "not ok" "$1: the sources have changed, so this mutant must"
		return
	fi
	for t in policy_walk policy_random group policy; do
		if ! build_test $t 2>"$dir/errors"; then
			report "not ok" "$1: does not compile: $(grep error: "$dir/errors" | head -1)"
			return
		fi
		timeout 300 "$dir/$t" >"$dir/out" 2>&1 && continue
		report ok "$1 (test_$t: $(grep -E '^# [a-zA-Z]' "$dir/out" | grep -vE ' states,|and then' | sed 's/^# //' | head -1))"
		return
	done
	report "not ok" "$1: no test has noticed"
}

: "${MUTANT:=}"	# only those whose names have this in them
mutant "a follower goes on without its leader" alive.c '/^void move_follow_down/,/^}/s/if (c->follower)/if (0)/'
mutant "what is blocked is started" idle.c '/^void move_blocked/,/^}/s/if (n->forced.*/if (1)/'
mutant "no pace" pacing.c '/^msec_t pacing_start/,/^}/s/return last + PACE_START_MS/return at/'
mutant "a storm after each healthy run" pacing.c '/^static bool may_hurry/,/^}/s/(PACE_HURRIES - 1)/100/'
mutant "backs off without a timer" step.c '/^void step_back_off/,/^}/s/step_arm(s, until)/step_arm(s, MSEC_NONE)/'
mutant "waits without the slow retry" idle.c '/^static void all_blocked/,/^}/s/ev->at + c->retry_slow/MSEC_NONE/'
mutant "an operator's stop is a crash" ending.c '/^void move_gone/,/^}/s/n->then == THEN_RETRY/n->then <= THEN_RETRY/'
mutant "never climbs back" alive.c '/^void move_climb/,/^}/s/n->alternate == 0/n->alternate <= 8/'
mutant "skips an alternate" idle.c '/^void move_blocked/,/^}/s/n->probing + 1u/n->probing + 2u/g'
mutant "switches as often as it likes" pacing.c '/^msec_t pacing_switch/,/^}/s/return due > at.*/return at;/'
mutant "forgets that the process is gone" ending.c '/^void move_gone/,/^}/s/n->alive = false;//'
mutant "a follower may start beside any leader" group.c '/^static bool up/,/^}/s/l->alive \&\& //'
mutant "a follower starts before the lock" group.c '/^static bool may_start/,/^}/s/l->lock == LOCK_LOCKED/l->ready/'
mutant "SIGKILL without a warning" step.c '/^void step_stop/,/^}/s/step_emit(s, ACT_TERM);//'
mutant "insists only once" ending.c '/^void move_insist/,/^}/s/step_arm(s, .*/step_arm(s, MSEC_NONE);/'
mutant "gives up when every alternate has failed" step.c '/^void step_exhaust/,/^}/s/step_back_off(.*/s->next.st = ST_STOPPED;/'
mutant "a stop while stopping is forgotten" ending.c '/^void move_stop_for_good/,/^}/s/s->next.then = THEN_REST;//'
mutant "leaves what has healed for a lesser alternate" alive.c '/^void move_became_ready/,/^}/s/n->seek = SEEK_NOTHING;/;/'
mutant "follows fruitless advice for ever" moves.h '/step_worth/,/^}/s/return false;/return true;/'
mutant "goes back where it came from without a probe" step.c '/^void step_fall_back/,/^}/s/n->came_from - 1/0/'
mutant "starts a second process beside one that hangs" ending.c '/^void move_insist/,/^}/s/step_emit(s, ACT_KILL);/s->next.st = ST_WAITING; s->next.alive = 0;/'
mutant "stops for a moment's trouble" alive.c '/^void move_no_longer_ready/,/^}/s/step_arm_alive(.*/step_stop(c, ev, s, THEN_RETRY);/'
echo "1..$n"
[ $failed -eq 0 ]
