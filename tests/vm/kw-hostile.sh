# SPDX-License-Identifier: BSD-2-Clause
# Guest script: COUNT requests to /dev/kernelware that make no sense, from
# several processes, threads and users. Wanted: an error each, the log clean, an
# ordinary process beside does not notice, nothing is lost.
#@ kernelware
#@ kw hostile canary
#@ guest --timeout 500
. /guest/lib.sh
. /guest/kw.sh
COUNT=${COUNT:-100000}

references()
{
	[ "$(cat /sys/module/kernelware/refcnt)" = "$1" ]
}

echo 0 >/proc/sys/debug/exception-trace
kw_load
canary_start
check "a first time" hostile 3000
sed 's/^/# /' /tmp/check.out
free_before=$(memory_free)
check "$COUNT requests" hostile -s 7 "$COUNT"
sed 's/^/# /' /tmp/check.out
begin "nothing refers to the module"
if wait_for 3 references 0; then ok; else not_ok "$(cat /sys/module/kernelware/refcnt) references"; fi
begin "no memory is lost"
lost=$((free_before - $(memory_free)))
echo "# $lost kB less"
if [ $lost -lt 1000 ]; then ok; else not_ok "$lost kB less"; fi
echo "# $(tr '\n' ' ' </sys/class/misc/kernelware/statistics)"
begin "the ordinary process lives"
if wait_for 2 canary_lives; then ok; else not_ok "$(cat /tmp/canary)"; fi
canary_stop
kw_unload
finish
