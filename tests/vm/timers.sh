# SPDX-License-Identifier: GPL-2.0-only
# Guest script: a timer source keeps time. TIMER is the parameter timer=, or
# several with commas between; the machine must have been booted to have it.
#@ app examples/blink
#@ module witness
. /guest/lib.sh
insmod witness.ko

ended()
{
	[ "$(cat /sys/kernel/unitron/state)" = "ended 0" ]
}

# Seconds with three decimals as milliseconds, of the kernel log's line with $1
stamp()
{
	dmesg | grep "$1" | tail -1 | sed 's/^\[ *\([0-9]*\)\.\([0-9]\{3\}\).*/\1\2/'
}

for timer in $(echo "${TIMER:-hpet-msi}" | tr , ' '); do
	begin "timer=$timer"
	insmod unitron.ko timer=$timer && cat /proc/witness >/tmp/before && insmod blink.ko && echo 1 >/sys/kernel/unitron/run &&
		wait_for 5 ended
	status=$?
	took=$(($(stamp 'blink: 3 s') - $(stamp 'blink: 1 s')))
	if ! dmesg | grep "blink loaded" | tail -1 | grep -q "timer $timer,"; then
		not_ok "not the timer that was asked for: $(dmesg | grep unitron: | tail -1)"
	elif [ $status != 0 ] || [ $took -lt 1995 ] || [ $took -gt 2005 ]; then
		not_ok "status $status, state $(cat /sys/kernel/unitron/state), 200 cycles of 10 ms took $took ms"
	else
		ok
	fi
	rmmod blink
	begin "timer=$timer leaves everything as it was"
	cat /proc/witness >/tmp/after
	if cmp -s /tmp/before /tmp/after; then ok; else not_ok "$(diff /tmp/before /tmp/after)"; fi
	rmmod unitron
done
finish
