# SPDX-License-Identifier: GPL-2.0-only
# In the guest: what interrupts cost Linux without the delivery unit and with
# an application running under it, by turns.
insmod probe.ko && insmod unitron.ko || exit 1
cat /proc/delivery >/dev/null
for round in 1 2 3 4; do
	sed 's/^/without /' /proc/delivery
	insmod blink.ko && echo 1 >/sys/kernel/unitron/run || exit 1
	sed 's/^/with /' /proc/delivery
	[ "$(cat /sys/kernel/unitron/state)" = running ] || exit 1
	rmmod blink || exit 1
done
rmmod unitron
