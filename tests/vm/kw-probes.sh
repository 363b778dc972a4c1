# SPDX-License-Identifier: BSD-2-Clause
# Guest script: perf, hardware breakpoints, tracepoints, kprobes and uprobes see
# of a program in kernel mode what they see in user mode. The emulated CPU has
# no counters of its own: samples are the clock's.
#@ kernelware
#@ kw probes canary
#@ guest --timeout 300
. /guest/lib.sh
. /guest/kw.sh

mount -t tracefs tracefs /sys/kernel/tracing
kw_load
canary_start
probes user >/tmp/user 2>&1
sed 's/^/# /' /tmp/user
begin "there is something to compare"
if [ "$(grep -c . /tmp/user)" -ge 12 ] && grep -q 'on syscall: 100$' /tmp/user; then ok; else not_ok "see above"; fi
for way in trap gate; do
	begin "by $way: as in user mode"
	probes $way >/tmp/$way 2>&1
	status=$?
	grep -v '^only by gates' /tmp/$way | diff /tmp/user - >/tmp/diff
	if [ $status = 0 ] && [ ! -s /tmp/diff ]; then ok; else not_ok "status $status: $(cat /tmp/diff)"; fi
done
canary_end
kw_unload
finish
