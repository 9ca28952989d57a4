#!/bin/sh
# What the virtual machines are made of, on Debian by package name.
#
#   get.sh qemu      prints the QEMU to use; status 1 with the reason on stderr when there is none
#   get.sh install   installs that QEMU (root): Debian 12's own is too old, so it comes from backports
#   get.sh kernel    prints the folder of an unpacked Debian kernel; nothing of it is ever installed
#
# apt gets a configuration of its own under build/, so that no source of this machine is changed.
# QEMU 10 is the first where the clock of its igb network card (Intel 82576) was seen to work.
top=$(cd "$(dirname "$0")/../../.." && pwd) || exit 1
vm=$top/build/vm
key=/usr/share/keyrings/debian-archive-keyring.gpg
mirror=http://deb.debian.org/debian

fail() {
	echo "$*" >&2
	exit 1
}

# sources SUITE...: sets $apt to the options of an apt that knows only these suites
sources() {
	command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail "no apt-get here"
	[ -r $key ] || fail "no Debian archive keys ($key)"
	mkdir -p "$vm/apt/lists/partial" "$vm/apt/archives/partial" "$vm/apt/none" || exit 1
	: >"$vm/apt/sources"
	for suite in "$@"; do
		echo "deb [signed-by=$key] $mirror $suite main" >>"$vm/apt/sources"
	done
	apt="-o Dir::Etc::sourcelist=$vm/apt/sources -o Dir::Etc::sourceparts=$vm/apt/none
		-o Dir::State::lists=$vm/apt/lists -o Dir::Cache=$vm/apt -o APT::Sandbox::User=root
		-o Acquire::Retries=2 -o Acquire::Languages=none"
	case $vm in *[[:space:]]*) fail "a path with spaces: $vm" ;; esac
	apt-get $apt -qq update >&2 || fail "apt-get update failed"
}

qemu() {
	q=$(command -v qemu-system-x86_64) || fail "qemu-system-x86 is not installed (make test installs it)"
	v=$("$q" --version | sed -n '1s/.*version \([0-9]*\)\..*/\1/p')
	[ "${v:-0}" -ge 10 ] || fail "QEMU 10 is needed, version $v is installed (make test installs it)"
	echo "$q"
}

install() {
	(qemu) >/dev/null 2>&1 && return
	release=$(. /etc/os-release && echo "$VERSION_CODENAME")
	sources "$release" "$release-backports"
	from=
	[ "$release" != bookworm ] || from="-t bookworm-backports"
	DEBIAN_FRONTEND=noninteractive apt-get $apt -y -qq --no-install-recommends install $from \
		qemu-system-x86 >/dev/null || fail "apt-get could not install qemu-system-x86"
}

# Only the kernel itself and the modules of the list; the whole package is 470 MB.
kernel() {
	dir=$vm/kernel list=$top/tests/vm/lib/modules
	! cmp -s "$list" "$dir/modules" || { echo "$dir"; return; }
	sources bookworm
	name=$(apt-cache $apt depends linux-image-amd64 | sed -n 's/^ *Depends: //p' | head -1)
	[ -n "$name" ] || fail "no package linux-image-amd64"
	rm -rf "$dir.new" && mkdir -p "$dir.new" && cd "$dir.new" || exit 1
	apt-get $apt -qq download "$name" >&2 || fail "cannot download $name"
	dpkg-deb --fsys-tarfile "$name"_*.deb | tar -x --wildcards './boot/vmlinuz*' \
		$(printf './lib/modules/*/%s.ko* ' $(cat "$list")) || fail "cannot unpack $name"
	mv boot/vmlinuz* vmlinuz && find lib -name '*.ko*' -exec mv {} . \; || fail "$name: no kernel in it"
	for m in *.ko.xz; do [ ! -f "$m" ] || xz -d "$m" || exit 1; done
	rm -rf boot lib ./*.deb && cp "$list" modules
	rm -rf "$dir" && mv "$dir.new" "$dir" && rm -rf "$vm/apt" && echo "$dir"
}

case $1 in
qemu | install | kernel) "$1" ;;
*) fail "usage: get.sh qemu|install|kernel" ;;
esac
