/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Switching between real-time contexts, and the exception entries of the
 * real-time side. Module text; kernel CR3 and GS; interrupts off. The lock is
 * held except where a range says so:
 *
 * [rt_restart_begin, rt_restart_end): the lock is given up and a saved frame
 * is being restored. An NMI in here (or in rt_exit) that finds the lock free
 * drops what was under way; the context in rt_cpu.cur is still whole in its
 * frame.
 * [rt_fault_begin, rt_fault_locked): an exception has not yet taken the lock;
 * an NMI in here behaves as if it had.
 */
#define __ASSEMBLY__ 1
#include "../delivery.h"

#define ENDBR	.byte 0xf3, 0x0f, 0x1e, 0xfa

	.text
	.globl rt_dispatch, rt_exit_dispatch, rt_switch, rt_run_pending, rt_handler_entry
	.globl rt_enter, rt_entered
	.globl rt_restart_begin, rt_restart_end, rt_fault_begin, rt_fault_locked, rt_fault_entries

/*
 * Voluntarily saved context, growing down from its stack:
 *
 *	return address
 *	rbx rbp r12 r13 r14 r15		<- sp
 */
	.macro	save_voluntary
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	.endm

	.macro	restore_voluntary
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	.endm

	.p2align 4
rt_switch:					/* rdi: from, rsi: to */
	ENDBR
	save_voluntary
	mov	%rsp, CONTEXT_SP(%rdi)
	movq	$0, CONTEXT_FRAME(%rdi)
	mov	CONTEXT_SP(%rsi), %rsp
	restore_voluntary
	ret
	int3

	.p2align 4
rt_run_pending:
	ENDBR
	save_voluntary
	lea	rt_cpu(%rip), %rbx
	mov	CPU_CUR(%rbx), %rdi
	mov	%rsp, CONTEXT_SP(%rdi)
	movq	$0, CONTEXT_FRAME(%rdi)
	mov	CPU_HANDLER_STACK(%rbx), %rsp
	call	rt_reenter
	jmp	rt_handler

	.p2align 4
rt_exit_dispatch:
	ENDBR
	lea	rt_cpu(%rip), %rbx
	mov	CPU_HANDLER_STACK(%rbx), %rsp	/* the task's stack may start anew */
	jmp	rt_leave

	.p2align 4
rt_dispatch:					/* rdi: context */
	ENDBR
	save_voluntary
	lea	rt_cpu(%rip), %rbx
	mov	%rsp, CONTEXT_SP(%rdi)
	movq	$0, CONTEXT_FRAME(%rdi)
	jmp	rt_leave

/*
 * Linux goes into the handler context by itself. What it has pushed, on its
 * own stack:
 *
 *	return address
 *	rbx rbp r12 r13 r14 r15		<- the frame's rsp; its rip is rt_entered
 *
 * The lock comes first: until it is taken an NMI may save Linux and use the
 * handler stack, from then on it only leaves pend behind.
 */
	.p2align 4
rt_enter:					/* edi: interrupt number */
	ENDBR
	save_voluntary
	lea	rt_cpu(%rip), %rbx
	movl	$1, CPU_LOCK(%rbx)
	mov	%rsp, %rsi
	mov	CPU_HANDLER_STACK(%rbx), %rsp
	call	rt_leave_linux			/* rax: sp of the context to go to, or 0 */
	test	%rax, %rax
	jz	rt_leave
	mov	%rax, %rsp
	restore_voluntary
	ret
	int3

	.p2align 4
rt_entered:					/* from the way out by iretq; Linux's stack, the lock free */
	ENDBR
	restore_voluntary
	ret
	int3

	.p2align 4
rt_handler_entry:				/* from the NMI by iretq; handler stack */
	ENDBR
	lea	rt_cpu(%rip), %rbx
rt_handler:
	call	rt_handle			/* returns with the lock held */

rt_leave:
	call	rt_choose			/* rax: frame, 0 if voluntary */
	test	%rax, %rax
	jz	3f
rt_restart_begin:
	mov	CPU_EXIT(%rbx), %rcx
	movl	$0, CPU_LOCK(%rbx)
	cmpl	$0, CPU_PEND(%rbx)
	jne	2f
	cmpl	$0, CPU_SEND_NMI(%rbx)
	jne	5f
1:	jmp	*%rcx
	int3

2:	/* NMIs came while the lock was held: back to the handler context */
	movl	$1, CPU_LOCK(%rbx)
	mov	CPU_HANDLER_STACK(%rbx), %rsp
	call	rt_reenter
	jmp	rt_handler

5:	/*
	 * Linux missed an NMI: send it one, now that the lock is free (with the
	 * lock held it would come back here for ever). rt_deliver takes send_nmi
	 * back when it forwards the NMI, so that none is lost on the way.
	 */
	mov	%rax, %rsi
	cmpl	$0, CPU_X2APIC(%rbx)
	jne	7f
	mov	CPU_LAPIC(%rbx), %rdx
6:	testl	$0x1000, 0x300(%rdx)		/* ICR: delivery pending */
	jnz	6b
	mov	0x310(%rdx), %edi		/* ICR2, perhaps just written by Linux */
	mov	%edi, CPU_ICR2_SAVED(%rbx)
	movl	$1, CPU_ICR2_DIRTY(%rbx)	/* an NMI in here restores ICR2 itself */
	mov	CPU_APIC_ID(%rbx), %eax
	shl	$24, %eax
	mov	%eax, 0x310(%rdx)
	movl	$0x4400, 0x300(%rdx)		/* NMI, physical, assert */
	mov	%edi, 0x310(%rdx)
	movl	$0, CPU_ICR2_DIRTY(%rbx)
	mov	%rsi, %rax
	jmp	1b
7:	mov	%rcx, %r8
	mov	CPU_APIC_ID(%rbx), %edx
	mov	$0x4400, %eax
	mov	$0x830, %ecx			/* x2APIC ICR */
	wrmsr
	mov	%r8, %rcx
	mov	%rsi, %rax
	jmp	1b
rt_restart_end:

3:	mov	CPU_CUR(%rbx), %rdi
	mov	CONTEXT_SP(%rdi), %rax
	test	%rax, %rax
	jz	4f
	mov	%rax, %rsp
	restore_voluntary
	ret
	int3
4:	mov	CONTEXT_TOP(%rdi), %rsp		/* first run: locked, empty stack */
	push	$0				/* no return address; aligns as a call does */
	jmp	*CPU_TASK_MAIN(%rbx)
	int3

/*
 * Exceptions while the real-time IDT is loaded, all on one stack of its own.
 * After the pushes it holds a struct rt_frame with the error code in spare and
 * the vector in gs; above it, as in a slot, the pointer to the CPU:
 *
 *	cpu		<- the interrupt stack table points here
 *	ss rsp rflags cs rip
 *	error code, vector, (cr3)
 *	rdi ... r15	<- rsp
 */
	.p2align 4
rt_fault_begin:
	.irp	v, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21
	.p2align 4
rt_fault_\v:
	ENDBR
	.if !((\v == 8) || ((\v >= 10) && (\v <= 14)) || (\v == 17) || (\v == 21))
	push	$0
	.endif
	push	$\v
	jmp	rt_fault_common
	.endr
rt_fault_common:
	sub	$8, %rsp
	push	%rdi
	push	%rsi
	push	%rdx
	push	%rcx
	push	%rax
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	cld
	mov	SLOT_CPU(%rsp), %rbx
	mov	%rsp, %rdi
	mov	CPU_LOCK(%rbx), %esi
	movl	$1, CPU_LOCK(%rbx)
rt_fault_locked:
	call	rt_fault			/* (frame, was locked): true: the handler context has work */
	mov	CPU_HANDLER_STACK(%rbx), %rsp
	test	%al, %al
	jnz	rt_handler
	jmp	rt_leave

	.section .rodata
	.p2align 3
rt_fault_entries:
	.irp	v, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21
	.quad	rt_fault_\v
	.endr

	.section .note.GNU-stack, "", @progbits
