#!/bin/sh
# Prints the folder of an unpacked linuxptp 4.2 (Debian 13's package; it runs on Debian 12 as it is).
# Fetched once, through an apt configuration of its own, so that the machine's is not touched.
# Status 1 with the reason on stderr when it cannot be had: no apt, no network, other distribution.
here=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
dir=$here/build/linuxptp-4.2
want=4.2

fail() {
	echo "linuxptp $want: $*" >&2
	exit 1
}

if [ -x "$dir/usr/sbin/ptp4l" ]; then
	echo "$dir/usr/sbin"
	exit 0
fi
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail "no apt-get here"
key=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$key" ] || fail "no Debian archive keys ($key)"

apt=$dir.apt
rm -rf "$dir.new" && mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/sources.d" "$dir.new" || fail "cannot write $dir"
trap 'rm -rf "$dir.new" "$apt"' EXIT
echo "deb [signed-by=$key] http://deb.debian.org/debian trixie main" >"$apt/sources.list"
: >"$apt/status"
set -- -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts="$apt/sources.d" \
	-o Dir::State="$apt" -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/status" \
	-o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root -o Acquire::Retries=2 -o Acquire::Languages=none
apt-get "$@" -qq update >&2 || fail "apt-get update failed"
(cd "$apt" && apt-get "$@" -qq download linuxptp >&2) || fail "apt-get download failed"
for deb in "$apt"/linuxptp_*.deb; do
	dpkg-deb -x "$deb" "$dir.new" || fail "cannot unpack $deb"
done
[ "$("$dir.new/usr/sbin/ptp4l" -v)" = "$want" ] || fail "what came is not $want, or does not run here"
rm -rf "$dir" && mv "$dir.new" "$dir" && echo "$dir/usr/sbin"
