// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of system calls, by x86-64's numbers. Calls that act on a program's
 * registers, address space or life are refused: those are the host's.
 */
#include <linux/mm.h>
#include <linux/syscalls.h>
#include "lkl.h"

SYSCALL_DEFINE6(mmap, unsigned long, address, unsigned long, length, unsigned long, protection,
		unsigned long, flags, unsigned long, fd, unsigned long, offset)
{
	if (offset & ~PAGE_MASK)
		return -EINVAL;
	return ksys_mmap_pgoff(address, length, protection, flags, fd, offset >> PAGE_SHIFT);
}

#define sys_arch_prctl		sys_ni_syscall
#define sys_clone		sys_ni_syscall
#define sys_clone3		sys_ni_syscall
#define sys_execve		sys_ni_syscall
#define sys_execveat		sys_ni_syscall
#define sys_exit		sys_ni_syscall
#define sys_exit_group		sys_ni_syscall
#define sys_fork		sys_ni_syscall
#define sys_ioperm		sys_ni_syscall
#define sys_iopl		sys_ni_syscall
#define sys_modify_ldt		sys_ni_syscall
#define sys_rt_sigreturn	sys_ni_syscall
#define sys_vfork		sys_ni_syscall

typedef long (*call_t)(long a, long b, long c, long d, long e, long f);

#define __SYSCALL(number, call) [number] = (call_t)(void *)call,

static const call_t table[__NR_syscalls] = {
#include <asm/syscalls_64.h>
};

long lkl_make_call(long number, const long *arguments);

long lkl_make_call(long number, const long *arguments)
{
	if (unlikely((unsigned long)number >= __NR_syscalls))
		return -ENOSYS;
	return table[number](arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}
