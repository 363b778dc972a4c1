# SPDX-License-Identifier: GPL-2.0-only
# Guest script: the real-time side takes and gives back Linux's NMI gate on a
# CPU where a kernelware program runs: the program's IDT must follow, with a
# context switch or without one. Wanted: the real-time side gets its timer's
# NMIs; after it has been unloaded, Linux gets its own.
#@ app tests/vm/storm UNIT_US=1
#@ kernelware
#@ program kwbusy
#@ guest --smp 2 --shift none --timeout 300 --allow-log Call.Trace|NMI.handler --append isolcpus=1
. /guest/lib.sh
ROUNDS=${ROUNDS:-10}
# Wall-clock time: the host may stall the emulator for longer than any sensible budget.
BUDGETS='handler_budget_us=2000000 budget_us=4000000'

statistic()
{
	awk -v name="$1" '$1 == name { print $2 }' /sys/kernel/unitron/statistics
}

switches()
{
	cut -d ' ' -f 3 "/proc/$program/schedstat"
}

insmod kernelware.ko && insmod unitron.ko cpu=1 $BUDGETS || exit 1
kwbusy -s 1 1000000 >/tmp/out 2>&1 &
program=$!
usleep 200000
undisturbed=0
begin "$ROUNDS times: the real-time side gets its events"
round=0
while [ $round -lt $ROUNDS ]; do
	before=$(switches)
	insmod storm.ko || break
	echo 1 >/sys/kernel/unitron/run
	usleep 200000
	events=$(statistic timer_nmis)
	[ "$(switches)" = "$before" ] && undisturbed=$((undisturbed + 1))
	rmmod storm
	echo "# $events events, $before $(switches)"
	[ "$events" -gt 200 ] || break
	round=$((round + 1))
done
if [ $round = $ROUNDS ]; then ok; else not_ok "round $round: $events events"; fi
echo "# $undisturbed of $ROUNDS rounds without a context switch"
begin "Linux's NMIs reach the CPU"
rmmod unitron
# sysrq l asks the other CPUs for a backtrace by NMI; its lines are no complaint here
seen=$(dmesg | grep -c "NMI backtrace for cpu 1")
taskset 1 sh -c 'echo l >/proc/sysrq-trigger'
usleep 200000
tap_name="the backtrace of CPU 1 is over"
echo "guest: test $tap_name" >/dev/kmsg
if [ $(($(dmesg | grep -c "NMI backtrace for cpu 1") - seen)) = 1 ]; then ok; else not_ok "no backtrace"; fi
begin "the program goes on all the while"
if kill $program; then ok; else not_ok "$(cat /tmp/out)"; fi
wait $program
check "unload" rmmod kernelware
finish
