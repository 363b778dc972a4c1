# SPDX-License-Identifier: GPL-2.0-only
# Guest script for two CPUs (not counted, so no figures): the real-time side on
# either CPU; Linux's NMIs reach both; the real-time CPU cannot be taken away.
#@ app examples/blink
#@ module witness
#@ guest --smp 2 --timeout 400 --allow-log Call.Trace|NMI.handler
. /guest/lib.sh
insmod witness.ko
# Wall-clock time: the host may stall the emulator for longer than any sensible budget.
BUDGETS='handler_budget_us=2000000 budget_us=4000000'

ended()
{
	[ "$(cat /sys/kernel/unitron/state)" != running ]
}

backtraces()
{
	dmesg | grep -c "NMI backtrace for cpu $1"
}

for cpu in 1 0; do
	other=$((1 - cpu))
	begin "the real-time side on CPU $cpu"
	insmod unitron.ko cpu=$cpu $BUDGETS && taskset 1 cat /proc/witness >/tmp/before && insmod blink.ko && echo 1 >/sys/kernel/unitron/run &&
		wait_for 60 ended
	[ "$(cat /sys/kernel/unitron/state)" = "ended 0" ] && ok || not_ok "$(cat /sys/kernel/unitron/state)"
	echo 1 >/sys/kernel/unitron/run
	begin "Linux's NMIs reach CPU $cpu beside it"
	# sysrq l asks the other CPUs for a backtrace by NMI; its lines are no complaint here
	before=$(backtraces $cpu)
	sent=0
	while [ $sent -lt 10 ]; do
		taskset $((1 << other)) sh -c 'echo l >/proc/sysrq-trigger'
		usleep 20000
		sent=$((sent + 1))
	done
	got=$(($(backtraces $cpu) - before))
	echo "guest: test backtraces of CPU $cpu are over" >/dev/kmsg
	tap_name="backtraces of CPU $cpu are over"
	if [ $got = $sent ]; then ok; else not_ok "$got of $sent backtraces"; fi
	if [ $cpu = 1 ]; then
		check "CPU 1 cannot be taken offline" sh -c '! echo 0 >/sys/devices/system/cpu/cpu1/online'
	fi
	rmmod blink
	begin "CPU $cpu is as before"
	taskset 1 cat /proc/witness >/tmp/after
	if cmp -s /tmp/before /tmp/after; then ok; else not_ok "$(diff /tmp/before /tmp/after)"; fi
	rmmod unitron
done
finish
