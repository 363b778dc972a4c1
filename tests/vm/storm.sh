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
start=$(awk '{ print $1 * 1000 }' /proc/uptime)
raiser "$COUNT" >/tmp/raiser.out 2>&1
status=$?
end=$(awk '{ print $1 * 1000 }' /proc/uptime)
echo 2 >/sys/kernel/unitron/raise
usleep 50000
line=$(dmesg | grep 'storm: cycles' | tail -1)
ms=$((${end%.*} - ${start%.*}))
echo "# $ms ms: $line" "$(tr '\n' ' ' </sys/kernel/unitron/statistics)"
# The ends of the measured time are not sharp: 60 ms
if [ $status = 0 ] && [ "$(value raises)" = "$COUNT" ] && [ "$(value cycles)" -ge $((ms * 1000 / 23)) ] &&
	[ "$(value cycles)" -le $(((ms + 60) * 1000 / 23)) ] && [ "$(value rounds)" = "$(value cycles)" ]; then
	ok
else
	not_ok "$(cat /tmp/raiser.out) state $(cat /sys/kernel/unitron/state)"
fi
begin "NMIs met the lock and the way out"
if [ "$(statistic pended)" -gt 100 ] && [ "$(statistic restarted)" -gt 0 ]; then ok; else not_ok "$(cat /sys/kernel/unitron/statistics)"; fi
check "unload" rmmod storm
check "unload the unit" rmmod unitron
finish
