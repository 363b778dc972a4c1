# SPDX-License-Identifier: GPL-2.0-only
#@ kernelware
# Guest script: programs compiled by kwcc, in all ways to link
# (tests/kernelware/kwcc/guest.c), the thesis' examples, and what keeps a program
# from starting. Run by tests/kernelware/vm cc, which builds what it needs.
. /guest/lib.sh

# What a dynamically linked program wants
mkdir -p /lib64 /lib
cp /guest/ld-linux-x86-64.so.2 /lib64/ && cp /guest/ld-linux-x86-64.so.2 /guest/libc.so.6 /lib/ || exit 1
mkdir -p /etc && echo 'nobody:x:65534:65534::/:/bin/sh' >/etc/passwd && echo 'nogroup:x:65534:' >/etc/group
mkdir -p "${AUDITOR%/*}" && cp /guest/libkwcc.so "$AUDITOR" && cp /guest/libZydis.so.* /lib/ || exit 1
modes="static static-pie dynamic no-pie"

# refused PATTERN COMMAND...: it ends with 125 and such a message, and prints nothing else
refused()
{
	pattern=$1
	shift
	"$@" >/tmp/refused.out 2>/tmp/refused.err
	status=$?
	[ $status = 125 ] && [ ! -s /tmp/refused.out ] && grep -q "$pattern" /tmp/refused.err && [ "$(wc -l </tmp/refused.err)" = 1 ] && return
	echo "status $status:"
	cat /tmp/refused.out /tmp/refused.err
	return 1
}

check "no module" refused "^print_pid-static: kernel mode is not to be had: there is no /dev/kernelware; load the module" print_pid-static
insmod kernelware.ko || exit 1
check "no permission" refused "^print_pid-static: kernel mode is not to be had: /dev/kernelware: permission denied; run it as root" \
	su -s /bin/sh nobody -c /guest/print_pid-static
check "a symbol that is not there" refused "^kwcc-missing: the running kernel ($GUEST_KERNEL) has no symbol 'no_such_variable'" kwcc-missing
check "types of another kernel" refused \
	"^kwcc-other: kernel mode is not to be had: it was built for the types of kernel 9.9.9-test, and this is $GUEST_KERNEL; run kwcc again here" kwcc-other
check "types of another kernel, told by its BTF" refused "^kwcc-other-btf: .* built for the types of kernel (unknown release), and this is" kwcc-other-btf
check "types of this kernel, told by its BTF" kwcc-guest-btf mode

print_pid()
{
	"$1" >/tmp/out & wait $!
	[ "$(cat /tmp/out)" = "proc($!): Hello, world." ]
}
user_mode()
{
	KW=off print_pid "$1"
}
kern_print_pid()
{
	"$1" >/tmp/out & wait $!
	cat /tmp/out
	[ "$(cat /tmp/out)" = "proc($!): Hello, user." ] && dmesg | grep -q "proc($!): Hello, kernel.$"
}
for mode in $modes; do
	check "print_pid, $mode" print_pid print_pid-$mode
	check "print_pid in user mode, $mode" user_mode print_pid-$mode
	check "kern_print_pid, $mode" kern_print_pid kern_print_pid-$mode
	check "kern_print_pid in user mode, $mode" refused "KW=off asks for user mode, but this program names the kernel symbol '_printk'" \
		env KW=off kern_print_pid-$mode
	for test in mode current functions variables percpu direct threads fork stay; do
		check "named, $mode: $test" kwcc-guest-$mode $test
	done
done

# calls_are_calls MODE TEST...: a system call is less than 6/10 of a trap in user mode, one that was left a trap is more than that
calls_are_calls()
{
	trap=$(KW=off speed-"$1") && call=$(speed-"$1") && left=$(speed-"$1"-traps) || return 1
	echo "$1: user mode $trap ns, kernel mode $call ns, left a trap $left ns"
	[ "$call" -gt 0 ] && [ $((call * 10)) -lt $((trap * 6)) ] && [ "$left" -gt "$trap" ]
}
if [ "$(nproc)" = 1 ]; then
	for mode in $modes; do
		check "system calls are calls, $mode" calls_are_calls $mode
		sed 's/^/# /' /tmp/check.out
	done
fi

message()
{
	kwcc-guest-static fork 2>&1 | grep -q '^kwcc-guest-static: simple_strtoul: the kernel was called from user mode; a child made by fork begins there'
}
check "a call in user mode says which" message
check "nine numbers in the log" sh -c "dmesg | grep -q 'kwcc: 1 2 3 4 5 6 7 8 9$'"
finish
