# SPDX-License-Identifier: GPL-2.0-only
# Guest script: timer events every 23 us, tasks, and COUNT interrupts raised by
# Linux, so that NMIs meet the delivery unit on every instruction of its ways.
# Wanted: nothing lost, nothing stuck, Linux's log clean.
#@ app tests/vm/storm UNIT_US=1
#@ program raiser
#@ guest --shift 0 --timeout 800
. /guest/lib.sh
COUNT=${COUNT:-20000}

value()
{
	echo "$line" | sed "s/.* $1 \([0-9]*\).*/\1/"
}

statistic()
{
	awk -v name="$1" '$1 == name { print $2 }' /sys/kernel/unitron/statistics
}

insmod unitron.ko && insmod storm.ko && echo 1 >/sys/kernel/unitron/run || exit 1
begin "$COUNT interrupts raised beside timer events every 23 us"
raiser "$COUNT" >/tmp/raiser.out 2>&1
status=$?
echo 2 >/sys/kernel/unitron/raise
usleep 50000
line=$(dmesg | grep 'storm: cycles' | tail -1)
echo "# $line" "$(tr '\n' ' ' </sys/kernel/unitron/statistics)"
cycles=$(value cycles)
# From the first cycle to the last one, each at most one period late
missed=$(($(value us) / 23 - (cycles - 1)))
if [ $status = 0 ] && [ "$(value raises)" = "$COUNT" ] && [ "$cycles" -gt 1000 ] && [ $missed -ge -1 ] && [ $missed -le 1 ] &&
	[ "$(value rounds)" = "$cycles" ]; then
	ok
else
	not_ok "$(cat /tmp/raiser.out) missed $missed state $(cat /sys/kernel/unitron/state)"
fi
begin "NMIs met the lock and the way out"
if [ "$(statistic pended)" -gt 100 ] && [ "$(statistic restarted)" -gt 0 ]; then ok; else not_ok "$(cat /sys/kernel/unitron/statistics)"; fi
check "unload" rmmod storm
check "unload the unit" rmmod unitron
finish
