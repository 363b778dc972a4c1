# SPDX-License-Identifier: BSD-2-Clause
# Guest script: load and unload kernelware CYCLES times, with programs run in
# between: by themselves and several at once, in threads, over fork and exec,
# killed, with signals. Wanted: each works, every byte of Linux is as before,
# nothing of the module is left, no memory is lost.
#@ kernelware
#@ module witness
#@ module kwvictim
#@ kw misdeed torture canary
#@ guest --timeout 500 --append rcupdate.rcu_expedited=1
. /guest/lib.sh
. /guest/kw.sh
CYCLES=${CYCLES:-50}

# What programs do in cycle N
programs()
{
	torture -t 2 40 &
	first=$!
	case $(($1 % 5)) in
	0) misdeed exec-storm ;;
	1) misdeed vfork-storm ;;
	2) misdeed exec-of-thread ;;
	3) misdeed thread-storm ;;
	4) misdeed null-read ;;
	esac >/tmp/out 2>&1
	status=$?
	[ $status = 0 ] || [ $status = 139 ] || { echo "misdeed: $status: $(cat /tmp/out)"; return 1; }
	torture -a 40 || return 1
	if [ $(($1 % 2)) = 0 ]; then
		wait $first
	else
		kill -9 $first
		wait $first 2>/dev/null
		killall -9 torture 2>/dev/null	# its child, which sends signals
	fi
	return 0
}

cycle()
{
	insmod kernelware.ko || return 1
	programs "$1" || return 1
	wait_for 3 kw_gone || { echo "references: $(cat /sys/module/kernelware/refcnt)"; return 1; }
}

# Beside the witness: what modules leave behind when they forget it
traces()
{
	cat /sys/devices/system/cpu/hotplug/states /sys/kernel/debug/kprobes/list
	cut -d' ' -f1-3 /proc/modules
	ls /sys/class/misc /sys/module
	grep -c kernelware /proc/vmallocinfo
	cat /sys/kernel/debug/tracing/kprobe_events 2>/dev/null
}

echo 0 >/proc/sys/debug/exception-trace
insmod witness.ko && insmod kwvictim.ko || exit 1
canary_start
check "the first load, programs, unload" cycle 0
sleep 1
cat /proc/witness >/tmp/before
traces >/tmp/traces-before
begin "$CYCLES cycles"
done=0
frees=
while [ $done -lt "$CYCLES" ]; do
	cycle $done >/tmp/cycle.out 2>&1 || break
	done=$((done + 1))
	[ $((done % 10)) = 0 ] && frees="$frees $(memory_free)"
done
echo "# free memory every 10 cycles, kB:$frees"
if [ $done = "$CYCLES" ]; then ok; else not_ok "cycle $done: $(cat /tmp/cycle.out)"; fi
sleep 1
begin "every byte of Linux's text, constants, tables and registers is as before"
cat /proc/witness >/tmp/after
if cmp -s /tmp/before /tmp/after; then ok; else not_ok "$(diff /tmp/before /tmp/after)"; fi
begin "nothing of the module is left"
traces >/tmp/traces-after
if cmp -s /tmp/traces-before /tmp/traces-after; then ok; else not_ok "$(diff /tmp/traces-before /tmp/traces-after)"; fi
begin "no memory is lost"
# Linux's caches come and go; a leak of a page a cycle shows in each ten of them.
least=1000000
before=
for free in $frees; do
	[ -z "$before" ] || [ $((before - free)) -ge $least ] || least=$((before - free))
	before=$free
done
if [ $least -lt 40 ]; then ok; else not_ok "at least $least kB less after each 10 cycles"; fi
canary_end
finish
