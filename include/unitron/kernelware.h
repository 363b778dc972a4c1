/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface of the module kernelware: the device's requests and the gates.
 *
 * A program that has entered (KW_ENTER) runs at CPL 0 and may jump to a gate,
 * an address in the kernel that takes the place of the SYSCALL instruction:
 *
 *		mov	%cs, %ecx
 *		test	$3, %cl
 *		jnz	1f		# not in kernel mode (a forked child): trap
 *		lea	2f(%rip), %rcx
 *		cli
 *		jmp	*gate(%rip)
 *	1:	syscall
 *	2:
 *
 * At a gate rcx is the return address, interrupts are off, DF, TF, NT and AC are
 * clear, the registers are those of a system call, and the stack is not touched,
 * the red zone included. The two bytes before the return address are a SYSCALL
 * instruction: a system call that a signal interrupts is restarted there, by
 * the trap. rcx, r11 and rax (the result) change, as after a trap, interrupts
 * are on again. The program keeps its own GS base. A page fault, too, has
 * interrupts on afterwards: who keeps them off touches his memory before.
 */
#pragma once

#include <linux/ioctl.h>
#include <linux/types.h>

#define KW_DEVICE	"/dev/kernelware"
#define KW_ABI		1

struct kw_info {
	__u32 abi;		/* KW_ABI of the module */
	__u32 gate_count;	/* system calls 0 ... gate_count-1 have a gate of their own */
	__u64 gate;		/* the gate of system call N is gate + N * gate_stride; eax is N there too */
	__u64 gate_stride;	/* bytes */
	__u64 gate_any;		/* any system call: the number in eax */
	__u64 gate_call;	/* a kernel function: see below */
	__u64 gate_current;	/* rax := struct task_struct * of the caller; nothing else but rcx and r11 changes */
	__u64 gate_percpu;	/* rax := this CPU's offset for per-CPU variables; as gate_current */
};

/*
 * gate_call: rax is the address of a function, of the kernel or of the program
 * itself (see below), its arguments are in rdi, rsi, rdx, r10 (not rcx), r8, r9; r11 is the number of further arguments,
 * 0 to KW_STACK_ARGUMENTS, 8 bytes each from the caller's rsp on. The function
 * runs on the thread's kernel stack, as within a system call, may sleep, and
 * must return. rax is its result; the registers that a C function may change
 * have changed; vector registers are the program's and are as before. Pending
 * work (signals, preemption) is done before the return. No SYSCALL instruction
 * is needed before the return address.
 *
 * A function of the program that is called so runs in the kernel's context: it
 * calls kernel functions directly, no signal comes in between, not even SIGKILL,
 * and what it locks or holds it can give back. It must not make system calls,
 * use vector registers (compile it with general-regs-only) or fault where the
 * kernel would not; program memory that is not there is fetched.
 */
#define KW_STACK_ARGUMENTS 8

/* KW_SYMBOL: the address of a kernel symbol. */
struct kw_symbol {
	__u64 name;		/* user address of its name, a string of less than KW_SYMBOL_SIZE bytes */
	__u64 address;		/* out */
};
#define KW_SYMBOL_SIZE	512

/* Flags of KW_ENTER */
#define KW_STAY_FORK	1	/* what the program forks is kernelware too */
#define KW_STAY_EXEC	2	/* what it executes, too */

#define KW_INFO		_IOR('K', 0x01, struct kw_info)
/*
 * The calling process, with all its threads, runs in kernel mode from here on.
 * The argument holds flags. EBUSY: it does already (the flags are set anew);
 * EAGAIN: another thread is just leaving; EINVAL: unknown flags; ENOMEM;
 * EOPNOTSUPP: it uses shadow stacks.
 */
#define KW_ENTER	_IO('K', 0x02)
/* And back to user mode. ESRCH: it does not run in kernel mode. */
#define KW_LEAVE	_IO('K', 0x03)
/* ENOENT: there is no such symbol; EFAULT, ENAMETOOLONG */
#define KW_SYMBOL	_IOWR('K', 0x04, struct kw_symbol)
