#!/bin/bash
# A shell in a virtual machine, with the words of the tests: for trying things by hand, or for a
# script on standard input. It ends after an hour at most.
TEST_LIMIT=${TEST_LIMIT:-3600}
. "$(dirname "$0")/vm.sh"
[ -n "${IN_VM:-}" ] || ! [ -t 0 ] || { saved=$(stty -g); stty -icanon -echo; }
vm_enter "$@"
exec 2>&1
while read -r line; do eval "$line"; done
