#!/bin/bash
# A failure that nobody has seen: it is counted, its evidence is kept, exported as a rule and a
# test to be finished, finished, tested, and then known.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"

cat >$box/strange <<'END'
#!/bin/sh
echo "reactor $$ on /dev/flux0: containment lost at 0x7f$$aa00"
exit 7
END
chmod +x $box/strange
{ base_conf; printf '%s\n' '[unit strange]' "command = $box/strange" 'crash_loop = off'; } >$conf
history() { "$bin" history -f "$conf" "$@"; }
times() { history -j | jq -r '.signatures[0].count // 0'; }
often() { [ "$(times)" -ge "$1" ]; }

is "nothing was recorded at first" "No failure was recorded." history
warden
ok "a failure nobody knows" within 5 said unknown pw why -j strange
ok "is counted" within 5 often 1
is "under one signature, whatever numbers it prints" 1 jq '.signatures | length' <(history -j)
is "as unknown" null jq -r '.signatures[0].cause' <(history -j)
signature=$(history -j | jq -r '.signatures[0].signature')
is "which why tells too" "$signature" jq -r .signature <(pw why -j strange)
ok "its evidence is on the disk" within 5 test -s "$box/state/unknown.$signature.state"
ok "it happens again and again" within 20 restarts_are strange 3
warden_ends

ok "each time was counted" within 5 often 3
ok "it works without the supervisor" has "$signature +[0-9]+ .* strange +unknown" "$(history)"
ok "and shows what was printed" has 'containment lost' "$(history --unknown)"
ok "it becomes a rule and its test" history --unknown $box/new
case=$box/new/unknown-$signature
is "in four files" "case.json case.log cause.rules expect" echo $(ls "$case")
exits "which are not overwritten" 1 history --unknown $box/new
exits "what is not finished is refused, by line" 1 "$bin" rules check -f "$conf" "$case/cause.rules"

sed -i 's/local.<name>/local.reactor/; s/<One sentence[^>]*>/The reactor is leaking./
	s/<word>/reactor/; s/<One imp[^>]*>/Leave the building./' "$case/cause.rules" "$case/expect"
result=$("$bin" rules check -f "$conf" "$case/cause.rules" $box/new)
ok "a few edits make it explain that failure" has "^explains $signature: local.reactor" "$result"
ok "and its test" has "^explains unknown-$signature: local.reactor" "$result"
ok "nothing wrongly" has ', 0 wrong$' "$result"

cases=$top/tests/replay/cases
sed 's/^explains.*/explains = log.link.down\nproof = log.link.down/' "$case/cause.rules" >$box/greedy.rules
exits "a rule that takes too much is told so" 2 "$bin" rules check -f "$conf" $box/greedy.rules "$cases"
ok "by case" said '^WRONG for .*link.*: local.reactor, was ' "$bin" rules check -f "$conf" $box/greedy.rules "$cases"

mkdir $box/rules && cp "$case/cause.rules" $box/rules/
sed -i "/run_dir/a rules_dir = $box/rules" $conf
warden
ok "used by the supervisor, the failure is known" within 5 said 'The reactor is leaking' pw why strange
warden_ends
done_testing
