/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Switching between stacks, of kernel contexts and of host threads alike. What
 * the C ABI keeps across calls lies on the stack left behind; lkl_prepare_stack()
 * lays out a first one.
 */
#include <linux/linkage.h>

	.text

/* void lkl_switch_stack(void **save, void *load) */
	.hidden	lkl_switch_stack
SYM_FUNC_START(lkl_switch_stack)
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret
SYM_FUNC_END(lkl_switch_stack)

/* A fault handler of the host returns to here: on the stack that faulted, at any alignment; a stack that is used up is left. */
	.hidden	lkl_fault_entry
SYM_FUNC_START(lkl_fault_entry)
	movq	lkl_fault_stack(%rip), %rax
	testq	%rax, %rax
	cmovneq	%rax, %rsp
	andq	$-16, %rsp
	call	lkl_faulted
	ud2
SYM_FUNC_END(lkl_fault_entry)

	.section .note.GNU-stack, "", @progbits
