#!/bin/bash
# install puts everything there, also from a tree that was never built; uninstall takes exactly that away.
. "$(dirname "$0")/../lib/netns.sh"
box_enter "$@"
dest=$box/dest
in_tree() { make -s -C "$top" DESTDIR="$dest" prefix=/usr "$@"; }
files() { (cd "$dest" && find . ! -type d | sort); }

mkdir -p $dest/etc/linuxptp
echo '[global]' >$dest/etc/linuxptp/ptp4l.conf
echo '[unit ptp4l]' >$dest/etc/ptpwarden.conf
before=$(files; cat $dest/etc/linuxptp/ptp4l.conf $dest/etc/ptpwarden.conf)

ok "install" in_tree install
ok "the installed program runs" $dest/usr/sbin/ptpwarden -v
for page in man8/ptpwarden.8 man5/ptpwarden.conf.5 man5/ptpwarden-rules.5 man7/ptpwarden-findings.7; do
	ok "$page is there" test -s $dest/usr/share/man/$page
	ok "and would be after a first build" said "^for m in .*/${page##*/}[ ;]" in_tree -n B=$box/nothing install
done
ok "the example is there" cmp "$top/conf/example.conf" $dest/usr/share/doc/ptpwarden/example.conf
ok "uninstall" in_tree uninstall
is "leaves what was there before, byte for byte" "$before" \
	eval 'files; cat $dest/etc/linuxptp/ptp4l.conf $dest/etc/ptpwarden.conf'
done_testing
