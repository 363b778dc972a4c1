# SPDX-License-Identifier: BSD-2-Clause
# In the guest: the measurement, on an ext4 file system of an SD card, which
# repeats. ROUNDS as of the program.
insmod kernelware.ko || exit 1
mount -t ext4 /dev/mmcblk0 /mnt || exit 1
# Until then it is another, slower to read.
until [ "$(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)" = tsc ]; do
	usleep 10000
done
echo "meltdown: $(cat /sys/devices/system/cpu/vulnerabilities/meltdown)"
./syscall /mnt $ROUNDS || exit 1
umount /mnt
rmmod kernelware
