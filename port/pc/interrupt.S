/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entries that the interrupt descriptor table names: the three interrupts,
 * the CPU exceptions, the NMI. Interrupts stay off in all of them.
 */
#include "layout.h"

/*
 * Interrupts. They come only while a task or idle runs with interrupts on, so
 * there is a context in port_current to which the stack belongs, and room on
 * that stack (memory.c adds it).
 */
	.text
	.macro	push_caller_saved
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	.endm

	.macro	interrupt vector
	.globl	interrupt_\vector
interrupt_\vector:
	/* interrupted | to 16 bytes | ss rsp rflags cs rip <- sp */
	push_caller_saved
	/* interrupted | ss rsp rflags cs rip | rax rcx rdx rsi rdi r8 r9 r10 r11 <- sp, a multiple of 16 */
	movq	port_current, %rax
	movq	%rsp, CONTEXT_SP(%rax)
	movl	$handler_stack_top, %esp
	/* end of the handler stack <- sp */
	call	handler_\vector
	jmp	interrupt_exit
	.endm

	interrupt timer
	interrupt raise
	interrupt device

interrupt_exit:
	movq	port_current, %rdx
	movq	CONTEXT_SP(%rdx), %rsp
	/* interrupted | ss rsp rflags cs rip | rax ... r11 <- sp */
interrupt_continue:
	testb	%al, %al			/* kernel_must_dispatch() */
	jz	1f
	call	port_dispatch			/* returns when this context goes on */
1:	cmpq	$0, kernel + KERNEL_RUNNING	/* idle has no task exceptions */
	je	2f
	call	kernel_tex_due
	testb	%al, %al
	jnz	3f
2:	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	popq	%rax
	/* interrupted | ss rsp rflags cs rip <- sp */
	iretq

3:	call	fpu_run_exception
	jmp	2b

/* The local APIC withdrew an interrupt: there is nothing to acknowledge. */
	.globl	interrupt_spurious
interrupt_spurious:
	iretq

/*
 * CPU exceptions, each on the fault stack (a task's own may have run out), the
 * double fault on one of its own. The frame is struct fault_frame.
 */
	.macro	push_frame
	/* end of the stack | ss rsp rflags cs rip | code vector <- sp */
	push_caller_saved
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	/* ... code vector | rax rcx rdx rsi rdi r8 r9 r10 r11 | rbx rbp r12 r13 r14 r15 <- sp: 22 words, a multiple of 16 */
	.endm

	.macro	exception number, has_code=0
exception_\number:
	.if	!\has_code
	pushq	$0
	.endif
	pushq	$\number
	jmp	exception_common
	.endm

	exception 0
	exception 1
	exception 3
	exception 4
	exception 5
	exception 6
	exception 7
	exception 8, has_code=1
	exception 9
	exception 10, has_code=1
	exception 11, has_code=1
	exception 12, has_code=1
	exception 13, has_code=1
	exception 14, has_code=1
	exception 15
	exception 16
	exception 17, has_code=1
	exception 18
	exception 19

exception_common:
	push_frame
	movq	%rsp, %rdi
	call	fault_enter
fault_leave:
	/* Does not come back for a fatal one. %rax: what to do, %rsp: the frame. */
	testq	%rax, %rax
	jz	port_exit_dispatch
	/*
	 * Retry: fault_enter has put what an interrupt would have pushed onto
	 * the task's stack; with the callee-saved registers this is a task that
	 * an interrupt stopped.
	 */
	movq	FRAME_R15(%rsp), %r15
	movq	FRAME_R14(%rsp), %r14
	movq	FRAME_R13(%rsp), %r13
	movq	FRAME_R12(%rsp), %r12
	movq	FRAME_RBP(%rsp), %rbp
	movq	FRAME_RBX(%rsp), %rbx
	movq	%rax, %rsp
	/* interrupted | ss rsp rflags cs rip | rax ... r11 <- sp */
	call	fault_must_dispatch
	jmp	interrupt_continue

/*
 * The NMI: a budget has run out, perhaps. It can come between any two
 * instructions, with any stack.
 */
	.globl	interrupt_nmi
interrupt_nmi:
	pushq	$0
	pushq	$2
	push_frame
	movq	%rsp, %rdi
	call	nmi_enter
	cmpq	$FAULT_TASK, %rax
	je	4f
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	popq	%rax
	addq	$16, %rsp			/* vector, code */
	iretq

4:	/*
	 * The running task is over its budget, unlocked. Go on as if it had
	 * faulted: its frame moves to the fault stack, since the next NMI will
	 * overwrite this one, and an iretq ends the blocking of NMIs.
	 */
	movq	%rsp, %rsi
	movl	$fault_stack_top - FRAME_SIZE, %edi
	movq	%rdi, %rdx
	movl	$FRAME_SIZE / 8, %ecx
	rep movsq
	pushq	$SELECTOR_DATA
	pushq	%rdx
	pushfq
	pushq	$SELECTOR_CODE
	pushq	$5f
	iretq
5:	/* end of the fault stack | the frame <- sp */
	movq	%rsp, %rdi
	call	fault_budget
	jmp	fault_leave

/* Entries in the order of their vectors, for idt.c. */
	.section .rodata
	.balign	8
	.globl	exception_entries
exception_entries:
	.quad	exception_0, exception_1, interrupt_nmi, exception_3
	.quad	exception_4, exception_5, exception_6, exception_7
	.quad	exception_8, exception_9, exception_10, exception_11
	.quad	exception_12, exception_13, exception_14, exception_15
	.quad	exception_16, exception_17, exception_18, exception_19

	.section .note.GNU-stack, "", @progbits
