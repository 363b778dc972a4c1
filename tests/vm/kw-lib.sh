# SPDX-License-Identifier: GPL-2.0-only
#@ kernelware
# Guest script: libkw (tests/kernelware/lib/guest.c), and the example of a part
# in kernel mode. Run by tests/kernelware/vm lib, which builds what it needs.
. /guest/lib.sh

insmod kernelware.ko || exit 1
for test in enter symbol call own-function current syscall signals threads fork exec permission; do
	check "libkw: $test" kw-lib-guest $test
done

part_says()
{
	part >/tmp/part.out 2>&1 || { cat /tmp/part.out; return 1; }
	cat /tmp/part.out
	sed -n 1p /tmp/part.out | grep -q '^user mode: this is an ordinary process$' &&
		sed -n 2p /tmp/part.out | grep -q '^kernel mode: printf works as ever$' &&
		awk 'NR == 3 && /^user mode/ { d = $3 - $8; exit !(d < 4096 && d > -4096 && $3 > 0) } END { if (NR < 3) exit 1 }' /tmp/part.out
}
check "a part of a program" part_says

part_without_module()
{
	rmmod kernelware || return 1
	! part 2>/tmp/part.err || return 1
	grep -q '^part: si_mem_available: No such device; is the module kernelware loaded' /tmp/part.err
}
check "without the module it says so" part_without_module
finish
