# SPDX-License-Identifier: BSD-2-Clause
# In the guest, for tools/demo: load, run and unload an application, aloud.
echo "Linux $(uname -r), as the distribution ships it"

step()
{
	echo "# $*"
	"$@" || exit 1
}

step insmod unitron.ko
step insmod blink.ko
echo "# echo 1 > /sys/kernel/unitron/run"
echo 1 >/sys/kernel/unitron/run || exit 1
while grep -q running /sys/kernel/unitron/state; do
	sleep 0.2
done
step cat /sys/kernel/unitron/state
step rmmod blink
step rmmod unitron
