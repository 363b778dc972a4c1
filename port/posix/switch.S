/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changing stacks, without a system call. What a switch saves is what the ABI
 * lets a function expect to survive a call: six registers and the two FPU
 * control words. A task that an interrupt stopped has the rest in its signal
 * frame. A backtrace works at each instruction.
 */

#define MXCSR_DEFAULT	0x1f80
#define FCW_DEFAULT	0x037f

	.macro	save reg
	pushq	%\reg
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset \reg, 0
	.endm

	.macro	restore reg
	popq	%\reg
	.cfi_adjust_cfa_offset -8
	.cfi_restore \reg
	.endm

	/* All that a switch saves, then the stack pointer to *save_sp */
	.macro	save_all
	save	rbp
	save	rbx
	save	r12
	save	r13
	save	r14
	save	r15
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	stmxcsr	(%rsp)
	fnstcw	4(%rsp)
	movq	%rsp, (%rdi)
	.endm

	.text

/* void port_switch(void **save_sp, void *load_sp): go on with a context that one of these two has left */
	.globl	port_switch
	.type	port_switch, @function
port_switch:
	.cfi_startproc
	save_all
	movq	%rsi, %rsp
	ldmxcsr	(%rsp)
	fldcw	4(%rsp)
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	restore	r15
	restore	r14
	restore	r13
	restore	r12
	restore	rbx
	restore	rbp
	ret
	.cfi_endproc
	.size	port_switch, . - port_switch

/* void port_start(void **save_sp, void *stack_top): start a new context, which calls port_context_start */
	.globl	port_start
	.type	port_start, @function
port_start:
	.cfi_startproc
	save_all
	.cfi_endproc
	.cfi_startproc
	.cfi_undefined rip
	movq	%rsi, %rsp
	fninit
	pushq	$MXCSR_DEFAULT
	ldmxcsr	(%rsp)
	movl	$FCW_DEFAULT, (%rsp)
	fldcw	(%rsp)
	movq	%rsi, %rsp
	xorl	%ebp, %ebp
	call	port_context_start
	ud2
	.cfi_endproc
	.size	port_start, . - port_start

/* void port_call_on(void *stack_top, void (*function)(void)): call it there, return here */
	.globl	port_call_on
	.type	port_call_on, @function
port_call_on:
	.cfi_startproc
	save	rbp
	movq	%rsp, %rbp
	.cfi_def_cfa_register rbp
	movq	%rdi, %rsp
	call	*%rsi
	movq	%rbp, %rsp
	.cfi_def_cfa_register rsp
	restore	rbp
	ret
	.cfi_endproc
	.size	port_call_on, . - port_call_on

	.section .note.GNU-stack, "", @progbits
