# SPDX-License-Identifier: BSD-2-Clause
# In the guest: the unitron rows. The application prints its histograms to the
# kernel log, where a mark says which case they belong to. While it measures
# under load, Linux keeps its interrupts off for 10 ms now and then.
. /guest/load.sh

state()
{
	cat /sys/kernel/unitron/state
}

running()
{
	case $(state) in
	running*) return 0 ;;
	*) return 1 ;;
	esac
}

# Until the application has ended, calling $1 now and then
attend()
{
	while running; do
		"$1"
		sleep 0.2
	done
}

irq_off()
{
	echo 10000 >/proc/irqoff
}

measure()
{
	echo "jitter: case $1" >/dev/kmsg
	insmod jitter.ko || exit 1
	echo 1 >/sys/kernel/unitron/run || exit 1
	attend "$2"
	sleep 0.2
	if [ "$(state)" != "ended 0" ]; then
		echo "$1: the real-time side is not done but: $(state)"
		exit 1
	fi
	rmmod jitter || exit 1
	echo "$1: done"
}

insmod unitron.ko || exit 1
insmod irqoff.ko || exit 1
measure unitron-idle true
load_start
measure unitron-loaded irq_off
load_stop
rmmod unitron
