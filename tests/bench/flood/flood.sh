# SPDX-License-Identifier: BSD-2-Clause
# In the guest: flood.sh SECONDS CASE...; hands over a result file for each case:
#	idle	every object open, nothing happens
#	loaded	every object open, Linux under load, and at times with its interrupts off for 10 ms
#	flooded	two processes use every object as fast as they can
. /guest/load.sh

alive()
{
	kill -0 "$1" 2>/dev/null
}

measure_idle()
{
	flood "$seconds" >/tmp/figures
}

measure_loaded()
{
	load_start
	flood "$seconds" >/tmp/figures &
	flood=$!
	while alive $flood; do
		echo 10000 >/proc/irqoff
		sleep 0.2
	done
	wait $flood && load_stop
}

measure_flooded()
{
	flood "$seconds" 2 >/tmp/figures
}

seconds=$1
shift
insmod unitron.ko && insmod irqoff.ko && insmod echo.ko || exit 1
echo 1 >/sys/kernel/unitron/run || exit 1
for case in "$@"; do
	"measure_$case" || exit 1
	result /tmp/figures "$case"
	echo "$case: $(grep calls /tmp/figures)"
done
[ "$(cat /sys/kernel/unitron/state)" = running ] || { cat /sys/kernel/unitron/state; dmesg | tail -5; exit 1; }
rmmod echo && rmmod unitron
