#!/bin/sh
# The core (diagnose, decide, the vocabulary) must not reach outside itself: of libc it may use
# text and memory, nothing that knows the time, the system or the heap; and it keeps no state.
# usage: NM=nm READELF=readelf check-pure.sh OBJECT...   (READELF empty: sanitizers add data)
libc='mem[a-z]*|str[a-z]*|v?snprintf|bsearch|abs|labs|llabs'
compiler='__(mem|str)[a-z_]*|__isoc(99|23)_str[a-z]*|__v?snprintf_chk|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__(a|ub)san_.*|__sanitizer_.*'
own=$($NM --defined-only "$@" | awk '$2 ~ /[TDRB]/ { printf "%s|", $3 }')
outside=$($NM -u "$@" | awk '/^ +U/ { print $2 }' | sort -u | grep -vxE "$libc|$compiler|${own}_")
[ -z "$outside" ] || { printf '%s\n' "$outside" 'the pure core reaches outside itself' >&2; exit 1; }
[ -n "$READELF" ] || exit 0
state=$($READELF -SW "$@" | grep -E ' \.(data|bss)\.[^r]')
[ -z "$state" ] || { printf '%s\n' "$state" 'the pure core keeps writable data' >&2; exit 1; }
