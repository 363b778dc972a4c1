# SPDX-License-Identifier: BSD-2-Clause
# Guest script: tracing of a program in kernel mode. What a tracer sees, with
# system calls by the trap, is to the register what it sees in user mode; with
# gates, the same calls at the same stops, and never an address of the kernel.
#@ kernelware
#@ kw tracer tracee canary
#@ guest --timeout 400
. /guest/lib.sh
. /guest/kw.sh

# NAME WHAT WAY: as in user mode
same()
{
	begin "$1"
	[ -s "/tmp/$2.user" ] || tracer "$2" user >"/tmp/$2.user" 2>&1
	tracer "$2" "$3" >"/tmp/$2.$3" 2>&1
	status=$?
	if [ $status = 0 ] && diff "/tmp/$2.user" "/tmp/$2.$3" >/tmp/diff; then ok; else not_ok "status $status: $(head -20 /tmp/diff)"; fi
}

kw_load
canary_start
same "over 4000 single steps: addresses and registers" steps trap
echo "# $(grep -c . /tmp/steps.user) lines"
same "single steps through gates" safe-steps gate
same "stops for system calls, forks, exec" calls trap
same "stops for system calls by gates" calls gate
echo "# $(grep -c . /tmp/calls.user) stops"
same "numbers, arguments and results changed by the tracer" changes trap
same "the same, by gates" changes gate
same "calls that the tracer makes instead" emulate trap
same "the same, by gates" emulate gate
same "breakpoints: int3 and debug registers" breakpoints trap
same "breakpoints, between gates" breakpoints gate
same "attach and detach, 300 times" attach trap
same "attach and detach while gates are called" attach gate
for what in steps changes emulate breakpoints attach; do
	begin "$what: the program ended well, in user mode too"
	if grep -q "end: exit 0" /tmp/$what.user; then ok; else not_ok "$(cat /tmp/$what.user)"; fi
done
canary_end
kw_unload
finish
