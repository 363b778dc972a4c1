# SPDX-License-Identifier: BSD-2-Clause
# Guest script: signals. System calls that a signal or a stop interrupts end in
# kernel mode, by trap and by gate, as in user mode; handlers are told the same;
# SIGNALS of them, at a high rate, change nothing below the stack pointer. With
# INTERRUPTED=no only the latter: the former counts on a clock that keeps pace.
#@ kernelware
#@ kw signals torture canary
#@ guest --timeout 500
. /guest/lib.sh
. /guest/kw.sh
SIGNALS=${SIGNALS:-3000}

echo 0 >/proc/sys/debug/exception-trace
kw_load
canary_start
[ "$INTERRUPTED" = no ] || signals user >/tmp/user
for way in trap gate; do
	[ "$INTERRUPTED" = no ] && break
	begin "interrupted system calls and faults, by $way: as in user mode"
	signals $way >/tmp/$way 2>&1
	status=$?
	if [ $status = 0 ] && [ "$(grep -c . /tmp/user)" -gt 60 ] && diff /tmp/user /tmp/$way >/tmp/diff; then ok; else not_ok "status $status: $(cat /tmp/diff)"; fi
done
[ -n "$VERBOSE" ] && sed 's/^/# /' /tmp/user
check "$SIGNALS signals on the program's stack" torture "$SIGNALS"
sed 's/^/# /' /tmp/check.out
check "$SIGNALS signals on another stack" torture -a "$SIGNALS"
check "$SIGNALS signals to four threads" torture -t 3 "$SIGNALS"
check "$SIGNALS signals to four threads on stacks of their own, every 40 us" torture -a -t 3 "$SIGNALS" 40
echo "# $(tr '\n' ' ' </sys/class/misc/kernelware/statistics)"
canary_end
kw_unload
finish
