/* SPDX-License-Identifier: GPL-2.0-only */
/* Where kernel code goes on after a fault. */
#include <linux/linkage.h>

	.text

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
