/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Switching between contexts: the tasks and idle. Interrupts are off all the
 * while. A context that is not running has on its stack, lowest address first
 *
 *	sp ->	r15 r14 r13 r12 rbp rbx		callee-saved registers
 *		return address
 *
 * where the return address is that of port_dispatch's caller: a service call,
 * or the end of the interrupt that stopped the task (interrupt.S). A task that
 * has not begun has context_start_frame in the place of its stack.
 */
#include "layout.h"

	.text
	.globl	port_dispatch, port_exit_dispatch
port_dispatch:
	/* the caller's frame | return address */
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	/* the caller's frame | return address | rbx rbp r12 r13 r14 r15 <- sp */
	movq	port_current, %rax
	movq	%rsp, CONTEXT_SP(%rax)
	/* From here on the old stack is only borrowed: the context is complete. */
port_exit_dispatch:
	movq	kernel + KERNEL_SCHEDULED, %rax
	movq	%rax, kernel + KERNEL_RUNNING
	testq	%rax, %rax
	jz	2f
1:	/* A control block begins with its context. */
	movq	%rax, port_current
	cmpl	$0, CONTEXT_SPECIAL(%rax)
	jne	3f
	movq	CONTEXT_SP(%rax), %rsp
	/* the new context's frame | return address | rbx rbp r12 r13 r14 r15 <- sp */
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

2:	movl	$idle_context, %eax
	jmp	1b

3:	/* The C function needs the stack aligned; how we came here leaves it open. */
	andq	$-16, %rsp
	movq	%rax, %rdi
	call	context_special
	movq	port_current, %rax
	movq	CONTEXT_SP(%rax), %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

/* A task's first instructions: we stand at the end of context_start_frame. */
task_start:
	movq	port_current, %rax
	movq	CONTEXT_STACK_TOP(%rax), %rsp
	/* end of the stack, aligned <- sp */
	call	kernel_task_main
	/* 0 as return address would end a back trace; kernel_task_main does not return */
	ud2

	.section .rodata
	.balign	8
	.globl	context_start_frame
context_start_frame:
	.quad	0, 0, 0, 0, 0, 0
	.quad	task_start

	.section .note.GNU-stack, "", @progbits
