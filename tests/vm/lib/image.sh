#!/bin/sh
# usage: image.sh KERNELDIR OUT: a file system for the machines, as an initramfs: the programs of this
# Debian with their libraries, the modules of that kernel, rxstamp. What a test brings along comes
# as a second archive behind it (vm.sh). Status 1 with the reason when something is missing here.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
programs="bash jq ptp4l phc2sys pmc phc_ctl hwstamp_ctl ip tc setpriv grep sed stdbuf"
kernel=$1 out=$2
root=$(mktemp -d) || exit 1
trap 'rm -rf "$root"' EXIT

fail() {
	echo "$*" >&2
	exit 1
}

cd "$root" || exit 1
chmod 755 .
mkdir -p usr/bin usr/sbin usr/lib usr/lib64 etc proc sys dev run tmp root var/lib modules
for d in bin sbin lib lib64; do ln -s usr/$d $d; done
ln -s ../run var/run
busybox=$(command -v busybox) || fail "no busybox"
for applet in $("$busybox" --list); do ln -s busybox usr/bin/"$applet"; done
rm -f usr/bin/busybox && cp -L "$busybox" usr/bin/busybox || exit 1
for p in $programs; do
	file=$(command -v "$p") || fail "no $p"
	rm -f usr/bin/"$p"
	cp -L "$file" usr/sbin/
	ldd "$file" | sed -n 's/.*[[:space:]]\(\/[^ ]*\) (0x.*/\1/p'
done >libraries || exit 1
[ ! -f "$PTPWARDEN" ] || ldd "$PTPWARDEN" | sed -n 's/.*[[:space:]]\(\/[^ ]*\) (0x.*/\1/p' >>libraries
sort -u libraries | xargs cp -L --parents -t . || fail "cannot copy the libraries"
rm libraries
cp -r /etc/ld.so.conf /etc/ld.so.conf.d etc/
printf '%s:x:%s:%s::/:/bin/sh\n' root 0 0 ptp 100 100 nobody 65534 65534 >etc/passwd
printf '%s:x:%s:\n' root 0 ptp 100 nogroup 65534 >etc/group
cp "$kernel"/*.ko modules/ && cp "$here/init" init && chmod 755 init || exit 1
for c in "$here/rxstamp.c" "$here/../../bench/floor.c"; do
	${CC:-cc} -O2 -o usr/sbin/"$(basename "$c" .c)" "$c" || fail "$c does not build"
done
find . | busybox cpio -o -H newc -R 0:0 2>/dev/null | gzip -1 >"$out.new" && mv "$out.new" "$out"
