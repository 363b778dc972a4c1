# SPDX-License-Identifier: GPL-2.0-only
# Guest script: another module has an IDT of its own loaded for a while, as
# kernelware has for its processes. Linux must get that one back after every
# time event, and after the end of the run.
#@ app examples/blink
#@ module otheridt
. /guest/lib.sh

insmod otheridt.ko && insmod unitron.ko && insmod blink.ko || exit 1
check "it stays loaded when no real-time code runs" sh -c 'echo 50 >/proc/otheridt'
echo 1 >/sys/kernel/unitron/run
check "it is back after each time event" sh -c 'echo 200 >/proc/otheridt'
sleep 2.4
begin "it is back after the end of the run"
state=$(cat /sys/kernel/unitron/state)
if ! echo 1000 >/proc/otheridt; then
	not_ok "another one was loaded"
elif [ "$state" != running ] || [ "$(cat /sys/kernel/unitron/state)" != "ended 0" ]; then
	not_ok "the run did not end meanwhile: it was $state, is $(cat /sys/kernel/unitron/state)"
else
	ok
fi
rmmod blink && rmmod unitron
finish
