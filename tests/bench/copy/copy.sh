# SPDX-License-Identifier: BSD-2-Clause
# In the guest: the measurement, on an ext4 file system of an SD card and a
# tmpfs. Nothing is written back meanwhile. BIGGEST as of the program.
insmod kernelware.ko || exit 1
mkdir -p /tmpfs
mount -t ext4 /dev/mmcblk0 /mnt && mount -t tmpfs -o size=1g tmpfs /tmpfs || exit 1
cd /proc/sys/vm || exit 1
echo 100 >dirty_background_ratio
echo 100 >dirty_ratio
echo 100000 >dirty_expire_centisecs
echo 0 >dirty_writeback_centisecs
/guest/copy $BIGGEST ext4 /mnt tmpfs /tmpfs || exit 1
umount /mnt /tmpfs
rmmod kernelware
