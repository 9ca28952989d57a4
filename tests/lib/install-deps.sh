#!/bin/sh
# Installs what building and testing needs and is missing: on Debian and its kin by name; elsewhere
# it prints what is missing and stops. Does nothing, and needs no network, when all is there.
need_program() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need_header() {
	printf '#include <%s>\n' "$1" | ${CC:-cc} -E -x c - >/dev/null 2>&1 || missing="$missing $2"
}
missing=
need_program cc gcc
need_program pkg-config pkg-config
need_program ptp4l linuxptp
need_program ip iproute2
need_program jq jq
need_program tmux tmux
need_program unshare util-linux
need_program busybox busybox-static
need_header stdio.h libc6-dev
need_header ev.h libev-dev
need_header ini.h libinih-dev
need_header cmocka.h libcmocka-dev
for lib in libnl-3.0:libnl-3-dev libnl-genl-3.0:libnl-genl-3-dev; do
	pkg-config --exists "${lib%%:*}" 2>/dev/null || missing="$missing ${lib##*:}"
done
# virtual machines can be done without: their tests then say why they are skipped
machines() { [ "$(id -u)" != 0 ] || sh "$(dirname "$0")/../vm/lib/get.sh" install; :; }
[ -n "$missing" ] || { machines; exit 0; }

if ! command -v apt-get >/dev/null || ! [ -f /etc/debian_version ]; then
	echo "These are missing (names of Debian's packages):$missing" >&2
	echo "Install them, then run this again." >&2
	exit 1
fi
if [ "$(id -u)" != 0 ]; then
	echo "These packages are missing:$missing" >&2
	echo "Run this with sudo, or install them by hand." >&2
	exit 1
fi
echo "installing:$missing"
# no package may start its daemon on this machine
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	trap 'rm -f $policy' EXIT
	printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null || {
	echo "apt-get could not install:$missing" >&2
	exit 1
}
machines
