# SPDX-License-Identifier: BSD-2-Clause
# Guest script: examples/motor beside Linux: the speed follows the set-points.
#@ app examples/motor
#@ motor
#@ command
#@ guest --shift 2 --timeout 200
. /guest/lib.sh
insmod unitron.ko
check "load and start" sh -c 'unitron load motor.ko && unitron start'
begin "the speed follows the set-points"
console -q -t 1 -- 10 30 -5 0 >/tmp/out 2>&1
status=$?
if [ $status = 0 ] && awk '{ off = $2 - $1; if (off < 0) off = -off; if (off > 0.3) bad = 1; n++ } END { exit bad || n != 4 }' /tmp/out; then
	ok
else
	not_ok "status $status: $(cat /tmp/out)"
fi
check "unload" unitron unload
check "unload the unit" rmmod unitron
finish
