# SPDX-License-Identifier: BSD-2-Clause
# Guest script: seccomp filters. What they decide for a program in kernel mode,
# and what they, their tracers and their supervisors are told, is as in user
# mode, whether they are there before it enters or come later.
#@ kernelware
#@ kw filters canary
#@ guest --timeout 300
. /guest/lib.sh
. /guest/kw.sh

echo 0 >/proc/sys/debug/exception-trace
kw_load
canary_start
filters user >/tmp/user 2>&1
begin "there is something to compare"
lines=$(grep -c . /tmp/user)
if [ "$lines" -gt 100 ] && grep -q 'the descriptor is there' /tmp/user; then ok; else not_ok "$(cat /tmp/user)"; fi
for way in trap gate; do
	begin "filters and their decisions, by $way: as in user mode"
	filters $way >/tmp/$way 2>&1
	status=$?
	if [ $status = 0 ] && diff /tmp/user /tmp/$way >/tmp/diff; then ok; else not_ok "status $status: $(cat /tmp/diff)"; fi
done
[ -n "$VERBOSE" ] && sed 's/^/# /' /tmp/user
canary_end
kw_unload
finish
