# SPDX-License-Identifier: BSD-2-Clause
# Guest script: COUNT requests to /dev/kernelware that make no sense, from
# several processes, threads and users; and DAMAGED programs whose headers make
# none, executed in kernel mode. Wanted: an error each, the log clean, an ordinary
# process beside does not notice, nothing is lost.
#@ kernelware
#@ kw hostile damaged canary
#@ guest --timeout 500
. /guest/lib.sh
. /guest/kw.sh
COUNT=${COUNT:-100000}
DAMAGED=${DAMAGED:-300}

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
begin "$DAMAGED damaged programs end in kernel mode as in user mode"
damaged user "$DAMAGED" >/tmp/user 2>/dev/null
damaged kernel "$DAMAGED" >/tmp/kernel 2>/dev/null
status=$?
echo "# $(cut -d' ' -f2- /tmp/user | sort | uniq -c | tr -s ' \n' ' ')"
if [ $status = 0 ] && diff /tmp/user /tmp/kernel >/tmp/diff; then ok; else not_ok "status $status: $(head -20 /tmp/diff)"; fi
begin "nothing refers to the module"
if wait_for 3 references 0; then ok; else not_ok "$(cat /sys/module/kernelware/refcnt) references"; fi
begin "no memory is lost"
if memory_kept "$free_before" 1000; then ok; else not_ok; fi
echo "# $(tr '\n' ' ' </sys/class/misc/kernelware/statistics)"
canary_end
kw_unload
finish
