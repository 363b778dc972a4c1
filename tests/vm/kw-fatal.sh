# SPDX-License-Identifier: BSD-2-Clause
# Guest script: one misdeed, KIND, that is not contained; tests/vm/kw/fatal runs
# this for each and says what became of the machine. A watchdog sends an NMI
# when nothing runs any more. If all is well afterwards, the status is 0.
#@ kernelware
#@ module kwvictim
#@ kw misdeed canary
#@ guest --modules i6300esb --append unknown_nmi_panic=1 --timeout 90
. /guest/lib.sh
. /guest/kw.sh

echo 0 >/proc/sys/debug/exception-trace
kw_load
insmod kwvictim.ko || exit 1
watchdog -T 4 -t 1 /dev/watchdog
canary_start || exit 1
begin "$KIND"
misdeed "$KIND" &
sleep 1
if canary_lives && misdeed ud2 >/dev/null 2>&1; [ $? = 132 ] && sleep 1 && canary_lives; then
	ok
else
	not_ok "an ordinary process was hurt: $(cat /tmp/canary)"
fi
finish
