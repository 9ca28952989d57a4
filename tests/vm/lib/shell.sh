#!/bin/bash
# A shell in a virtual machine, with the words of the tests: for trying things by hand, or for a
# script on standard input. It ends after an hour at most, or TEST_LIMIT seconds.
TEST_LIMIT=${TEST_LIMIT:-3600}
. "$(dirname "$0")/vm.sh"
if [ -n "${IN_VM:-}" ]; then
	vm_enter "$@"
	exec 2>&1
	if [ -s /repo/input ]; then
		. /repo/input </dev/null
	else
		stty sane
		exec bash -i
	fi
elif [ -t 0 ]; then
	trap "stty $(stty -g)" EXIT
	stty raw -echo
	(vm_enter "$@")
else
	vm_input=$(cat)
	vm_enter "$@" </dev/null
fi
