#!/bin/bash
# What recovers, and how fast: ptp4l and phc2sys under ptpwarden, and the same two as respawn
# lines of a BusyBox init, each in a box of its own, suffer the same faults at the same time.
# Both are judged from outside by the same question: does ptp4l answer as SLAVE, and does
# phc2sys print fresh offsets of a locked servo?
# usage: recovery.sh [FAULT...]     (names as in the table; default: all)
here=$(dirname "$0")
if [ -z "${KIND:-}" ]; then
	out=$(mktemp -d) || exit 1
	trap 'rm -rf "$out"' EXIT
	export TEST_LIMIT=${TEST_LIMIT:-1500}
	for KIND in ptpwarden respawn; do
		KIND=$KIND RESULTS=$out/$KIND bash "$0" "$@" >"$out/$KIND.log" 2>&1 &
	done
	wait
	[ -s "$out/ptpwarden" ] && [ -s "$out/respawn" ] || { cat "$out"/*.log; exit 1; }
	awk -F '\t' -f "$here/recovery.awk" "$out/respawn" "$out/ptpwarden"
	exit
fi
. "$here/../lib/netns.sh"
busybox=$(command -v busybox) || skip_all "busybox is not installed"
exec 8>>"$RESULTS" 9>&1	# the box has its own /run, but this stays open
box_enter "$@"

uds=/run/ptp/ptp4l
trouble=$props/trouble
ptp4l=$box/bin/ptp4l
faults=

# fault NAME MEND_AFTER "what happens": how it is brought about is break_NAME, and mend_NAME ends it
fault() { faults="$faults $1"; mend_after[$1]=$2; title[$1]=$3; }
declare -A mend_after title

# -- the two systems --

make_conf() {
	locked_conf "uds_address $uds" >$ptpconf
	echo '[global]' >$box/phc2sys.conf
	phc2sys="phc2sys -f $box/phc2sys.conf -s /dev/null -c CLOCK_REALTIME -w -z $uds"
	{
		base_conf
		printf '%s\n' '[unit ptp4l]' "command = $ptp4l -f $ptpconf -i %i" 'interface = eth0' \
			"env = LD_PRELOAD=$still LD_LIBRARY_PATH=$box/lib" 'provides = phc' 'settle = 3s' 'crash_loop = off'
		printf '%s\n' '[unit phc2sys]' "command = $phc2sys" 'follows = ptp4l' \
			"env = LD_PRELOAD=$still" 'settle = 3s' 'crash_loop = off'
	} >$conf
	[ $KIND = ptpwarden ] || make_inittab
}

# line NAME COMMAND: a respawn line
line() {
	printf '%s\n' '#!/bin/sh' "$2" >$box/run-$1
	chmod 755 $box/run-$1
	echo "::respawn:$box/run-$1" >>$box/etc/inittab
}

# The pipe with a process behind it is what a logger is; ptpwarden has its own.
make_inittab() {
	mkdir -p $box/etc
	cp -a /etc/passwd /etc/group /etc/ld.so.cache $box/etc/
	mkfifo $box/ptp4l.fifo
	line logger "exec cat <>$box/ptp4l.fifo >>$box/ptp4l.log"
	line ptp4l "LD_PRELOAD=$still LD_LIBRARY_PATH=$box/lib exec $ptp4l -f $ptpconf -i eth0 -m -q >$box/ptp4l.fifo 2>&1"
	line phc2sys "LD_PRELOAD=$still exec $phc2sys -m -q >>$box/phc2sys.log 2>&1"
	mount --bind $box/etc /etc
}

system_start() {
	if [ $KIND = ptpwarden ]; then
		warden
	else
		unshare -p -f --kill-child --mount-proc "$busybox" init >$box/init.log 2>&1 &
		init=$!
	fi
}

system_kill() {
	if [ $KIND = ptpwarden ]; then
		warden_ends
	else
		kill -9 $init
		wait $init
	fi
} 2>/dev/null

# -- judged from outside --

log_of() { if [ $KIND = ptpwarden ]; then echo /run/ptpwarden/log/$1.log; else echo $box/$1.log; fi; }
slave() { timeout -s KILL 1 pmc -u -b 0 -t 0 -s $uds -i $box/pmc 'GET PORT_DATA_SET' | grep -q 'portState *SLAVE'; }
steers() {
	local log age
	log=$(log_of phc2sys)
	age=$(($(date +%s) - $(stat -c %Y $log)))
	[ $age -le 3 ] && tail -1 $log | grep -q ' s2 '
} 2>/dev/null
works() { slave && steers; }
only_slave() { slave; }

# the process of ours that has this in its command line
ours() {
	local p
	for p in /proc/[0-9]*; do
		[ "$(<$p/comm)" = "$1" ] && grep -qzF -- "$box" $p/cmdline && ! grep -qzF far $p/cmdline &&
			echo ${p#/proc/} && return
	done
} 2>/dev/null
pids() { echo "$(ours ptp4l) $(ours phc2sys)"; }

# -- the faults --

fault kill9 0 'kill -9 ptp4l'
break_kill9() { kill -9 $(ours ptp4l); }
fault segv 0 'ptp4l crashes (SIGSEGV)'
break_segv() { kill -SEGV $(ours ptp4l); }
fault term 0 'somebody ends ptp4l (SIGTERM, exit 0)'
break_term() { kill -TERM $(ours ptp4l); }
fault stop 0 'ptp4l is stopped (SIGSTOP)'
break_stop() { kill -STOP $(ours ptp4l); }
fault spin 0 'ptp4l turns in circles'
break_spin() { kill -USR2 $(ours ptp4l); }
fault phc_kill9 0 'kill -9 phc2sys'
break_phc_kill9() { kill -9 $(ours phc2sys); }
fault phc_stop 0 'phc2sys is stopped (SIGSTOP)'
break_phc_stop() { kill -STOP $(ours phc2sys); }
fault phc_spin 0 'phc2sys turns in circles'
break_phc_spin() { kill -USR2 $(ours phc2sys); }

fault uds_gone 0 'the socket is removed'
break_uds_gone() { rm $uds; }
fault uds_taken 4 'another program takes the socket'
break_uds_taken() { $trouble socket $uds >/dev/null & culprit=$!; }
mend_uds_taken() { kill $culprit; }
fault uds_dir 0 'the folder of the socket is lost, ptp4l killed'
break_uds_dir() { rm -r /run/ptp; kill -9 $(ours ptp4l); }
fault uds_blocked 4 'a folder where the socket belongs, ptp4l killed'
break_uds_blocked() { kill -9 $(ours ptp4l); rm -rf $uds; mkdir $uds; }
mend_uds_blocked() { rmdir $uds; }
fault rival 4 'a second ptp4l runs for a while'
break_rival() {
	ptp4l -f $ptpconf --free_running 1 -i eth0 -m -q >$box/rival.log 2>&1 &
	culprit=$!
}
mend_rival() { kill $culprit; }

fault config 4 'configuration broken, ptp4l killed; mended'
break_config() { cp $ptpconf $box/good.conf; echo 'nonsense 1' >>$ptpconf; kill -9 $(ours ptp4l); }
mend_config() { cp $box/good.conf $ptpconf; }
fault config_empty 4 'configuration emptied, ptp4l killed; mended'
break_config_empty() { cp $ptpconf $box/good.conf; : >$ptpconf; kill -9 $(ours ptp4l); }
mend_config_empty() { cp $box/good.conf $ptpconf; }
fault domain 4 'phc2sys.conf names another domain, phc2sys killed; mended'
break_domain() { echo 'domainNumber 3' >>$box/phc2sys.conf; kill -9 $(ours phc2sys); }
mend_domain() { echo '[global]' >$box/phc2sys.conf; }
fault binary 4 'ptp4l cannot be executed, and is killed; mended'
break_binary() { chmod 644 $ptp4l; kill -9 $(ours ptp4l); }
mend_binary() { chmod 755 $ptp4l; }
fault library 4 'a library of ptp4l is missing, ptp4l killed; back'
break_library() { mv $box/lib/libq.so.6 $box/lib/away; kill -9 $(ours ptp4l); }
mend_library() { mv $box/lib/away $box/lib/libq.so.6; }

fault cable 4 'cable out, and in again'
break_cable() { cable_out; }
mend_cable() { cable_in; }
fault down 4 'interface set down, and up again'
break_down() { ip link set eth0 down; }
mend_down() { ip link set eth0 up; }
fault flaps 3 'the link flaps ten times a second'
break_flaps() { (for _ in $(seq 15); do cable_out; sleep 0.1; cable_in; sleep 0.1; done) & }
mend_flaps() { cable_in; }
fault no_link 4 'ptp4l killed while the cable is out; cable in'
break_no_link() { cable_out; kill -9 $(ours ptp4l); }
mend_no_link() { cable_in; }
fault renamed 4 'interface renamed, and named back'
break_renamed() { ip link set eth0 down; ip link set eth0 name eth9; ip link set eth9 up; }
mend_renamed() { ip link set eth9 down; ip link set eth9 name eth0; ip link set eth0 up; }
fault recreated 4 'interface deleted, and made again'
break_recreated() { ip link del eth0; }
mend_recreated() { kill $far; wait $far; ip netns del far; link_up; grandmaster; }
fault address 4 'the address is lost, and given again'
break_address() { ip addr flush dev eth0; }
mend_address() { ip addr add 10.9.0.1/24 dev eth0; }
fault port_held 4 'UDP port 319 is taken, ptp4l killed; free again'
break_port_held() { kill -9 $(ours ptp4l); $trouble port 319 >/dev/null & culprit=$!; }
mend_port_held() { kill $culprit; }
fault no_raw 0 'ptp4l is started while it may not have its socket: INITIALIZING to FAULTY'
break_no_raw() { $trouble port 320 >/dev/null & culprit=$!; kill -9 $(ours ptp4l); sleep 3; kill $culprit; }
fault master 4 'the grandmaster ends, and is back'
break_master() { kill $far; }
mend_master() { grandmaster; }

fault logger 0 'what reads the output of ptp4l hangs, the pipe is full'
judge_logger=only_slave
break_logger() {
	if [ $KIND = ptpwarden ]; then
		fifo=$(readlink /proc/$(ours ptp4l)/fd/1)
		culprit=$(scribe)
	else
		fifo=$box/ptp4l.fifo
		culprit=$(pgrep -x cat)
	fi
	kill -STOP $culprit
	yes full | timeout 1 dd of=$fifo bs=4096 oflag=nonblock
}
after_logger() { kill -CONT $culprit; }
fault log_full 4 'the disk with the logs is full; free again'
break_log_full() { dd if=/dev/zero of=/run/fill bs=64k; }
judge_log_full=only_slave
mend_log_full() { rm /run/fill; }

scribe() {
	local p
	for p in $(<"/proc/$warden/task/$warden/children"); do
		[ "$(readlink /proc/$p/exe)" = "$(readlink -f "$bin")" ] && echo "$p"
	done
}

# -- one after the other --

uptime_ms() { local up; read -r up _ </proc/uptime; echo $((${up/./} * 10)); }

# The first moment of four good seconds, in ms since $1; "never" when there is none in $2 seconds.
ready_after() {
	local from=$1 end=$(($(uptime_ms) + $2 * 1000)) judge=$3 since=
	while :; do
		local now
		now=$(uptime_ms)
		if $judge; then
			since=${since:-$now}
			[ $((now - since)) -lt 4000 ] || { echo $((since > from ? since - from : 0)); return; }
		else
			since=
		fi
		[ $now -lt $end ] || [ -n "$since" ] || { echo never; return; }
		sleep 0.1	# between two questions
	done
} 2>/dev/null

# What ptpwarden said since $1: when first, and what it has done.
noticed() {
	awk -v t0="$1" -F'[][]' '/unit=/ { t = $2 * 1000; if (t >= t0 - 10) { printf "%d", (t > t0 ? t - t0 : 0); exit } }' $box/warden.log
}
deeds() {
	awk -v t0="$1" -F'[][]' '$2 * 1000 >= t0 - 10' $box/warden.log | awk '
		/remedy: / { if (!(0 in r)) printf "remedy, "; r[0] }
		/state=waiting/ && match($0, /unit=[a-z0-9]+/) { w[substr($0, RSTART + 5, RLENGTH - 5)] }
		/state=starting/ && match($0, /unit=[a-z0-9]+/) { s[substr($0, RSTART + 5, RLENGTH - 5)]++ }
		END {
			if ("ptp4l" in w) printf "wait, "
			for (u in s) { printf "%sstart %s", sep, u; if (s[u] > 1) printf " x%d", s[u]; sep = " + " }
			if (sep == "") printf "none"
		}'
}

suffer() {
	local name=$1 before t0 mended judge ready action= detect=
	judge=judge_$name
	judge=${!judge:-works}
	before=$(pids)
	t0=$(uptime_ms) mended=$t0
	break_$name
	if [ "${mend_after[$name]}" -gt 0 ]; then
		sleep "${mend_after[$name]}"	# the fault lasts so long
		mended=$(uptime_ms)
		mend_$name
	fi
	ready=$(ready_after $mended 30 $judge)
	[ "$(type -t after_$name)" != function ] || after_$name
	if [ $KIND = ptpwarden ]; then
		detect=$(noticed $t0) action=$(deeds $t0)
	fi
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "${title[$name]}" "${mend_after[$name]}" "${detect:--}" \
		"${action:--}" "$ready" >&8
	[ "$ready" != never ] && within 20 works && return
	[ $KIND = respawn ] || { echo "# after $name:"; pw status; tail -30 $box/warden.log; } >&9
	system_kill
	rm -rf $uds
	mkdir -p /run/ptp
	system_start
	within 30 works || echo "# $KIND does not come back after $name"
} >>$box/noise 2>&1

# a ptp4l whose libm is ours to lose
private_ptp4l() {
	mkdir -p $box/bin $box/lib
	sed 's/libm\.so\.6/libq.so.6/' "$(command -v ptp4l)" >$ptp4l
	cp "$(ldd "$(command -v ptp4l)" | awk '/libm\./ { print $3 }')" $box/lib/libq.so.6
	chmod 755 $ptp4l
}

link_up
grandmaster
still_clock
mkdir -p /run/ptp
private_ptp4l
make_conf
system_start
within 30 works || { echo "$KIND does not start"; tail $box/*.log; exit 1; }
for f in ${*:-$faults}; do
	suffer $f
done
system_kill
exit 0
