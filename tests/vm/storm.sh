# SPDX-License-Identifier: GPL-2.0-only
# Guest script: timer events every 23 us, tasks, and COUNT interrupts raised by
# Linux, so that NMIs meet the delivery unit on every instruction of its ways.
# Wanted: nothing lost, nothing stuck, Linux's log clean.
#@ app tests/vm/storm UNIT_US=1
#@ program raiser
#@ module bells
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

insmod unitron.ko hpet_channel=1 && insmod storm.ko && echo 1 >/sys/kernel/unitron/run || exit 1
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
# NMIs of Linux's on every instruction from a call of Linux's to the task that it wakes, and back. $1: how many may be lost
bells()
{
	insmod bells.ko && rmmod bells
	bells=$(dmesg | grep 'bells: calls' | tail -1)
	calls=$((calls + $(echo "$bells" | sed 's/.*calls \([0-9]*\) .*/\1/')))
	lost=$(echo "$bells" | sed 's/.*lost //')
	echo 2 >/sys/kernel/unitron/raise
	usleep 50000
	line=$(dmesg | grep 'storm: cycles' | tail -1)
	echo "# $bells $line" "$(tr '\n' ' ' </sys/kernel/unitron/statistics)"
	if [ "$lost" -le "$1" ] && [ $calls -gt 1000 ] && [ "$(value rings)" = $calls ] && [ "$(value woken)" = $calls ]; then
		ok
	else
		not_ok "calls $calls state $(cat /sys/kernel/unitron/state) $(dmesg | grep 'bells: lost')"
	fi
}

calls=0
begin "NMIs on every instruction from a call of Linux's to the task that it wakes, beside timer events"
# Where one of them comes on the same tick of the HPET, both are one NMI, and nothing tells of the other.
bells 8
missed=$(($(value us) / 23 - ($(value cycles) - 1)))
begin "no timer event missed"
if [ $missed -ge -1 ] && [ $missed -le 1 ]; then ok; else not_ok "$missed"; fi
echo 4 >/sys/kernel/unitron/raise
begin "the same without timer events: none is lost"
bells 0
begin "a time event that such a task sets comes in time while it runs"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	echo 4 >/sys/kernel/unitron/raise
	usleep 3000
done
echo 2 >/sys/kernel/unitron/raise
usleep 50000
line=$(dmesg | grep 'storm: cycles' | tail -1)
if [ "$(value events)" = 10 ] && [ "$(value late)" -lt 2000 ]; then ok; else not_ok "$line"; fi
check "unload" rmmod storm
check "unload the unit" rmmod unitron
finish
