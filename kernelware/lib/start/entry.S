/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entry point of programs linked by kwcc, and what thunks and accessors of
 * kernel functions and variables jump to.
 *
 * A thunk is called like the function it stands for. It comes to
 * __kw_function with its record in rax; from there the gate returns to the
 * thunk's caller itself, with rsp at the arguments on the stack: the way there
 * costs no copy and no frame.
 */
	.hidden	_kw_start, __kw_function, __kw_current, __kw_percpu, __kw_gates, __kw_user_mode, __kw_trap, kw_start

	.text
	.globl	_kw_start
	.type	_kw_start, @function
_kw_start:
	.cfi_startproc
	.cfi_undefined rip
	endbr64
	xor	%ebp, %ebp
	mov	%rdx, %r12		/* the dynamic linker's, for _start */
	mov	%rsp, %rbx
	mov	%rsp, %rdi
	and	$-16, %rsp
	call	kw_start
	mov	%rbx, %rsp
	mov	%r12, %rdx
	jmp	_start
	.cfi_endproc
	.size	_kw_start, . - _kw_start

	/* In user mode cli would be a fault: say what happened instead. rax: record or 0 */
	.macro	require_kernel_mode
	mov	%cs, %ecx
	test	$3, %cl
	jnz	in_user_mode
	.endm

	.globl	__kw_function
	.type	__kw_function, @function
__kw_function:
	.cfi_startproc
	mov	%rcx, %r10
	require_kernel_mode
	movzwl	12(%rax), %r11d		/* stack */
	mov	(%rax), %rax		/* address */
	pop	%rcx
	.cfi_adjust_cfa_offset -8
	.cfi_register rip, rcx
	cli
	jmp	*32+__kw_gates(%rip)		/* gate_call */
	.cfi_endproc
	.size	__kw_function, . - __kw_function

	.macro	value name, offset
	.globl	\name
	.type	\name, @function
\name:
	.cfi_startproc
	endbr64
	xor	%eax, %eax
	require_kernel_mode
	pop	%rcx
	.cfi_adjust_cfa_offset -8
	.cfi_register rip, rcx
	cli
	jmp	*\offset+__kw_gates(%rip)
	.cfi_endproc
	.size	\name, . - \name
	.endm

	value	__kw_current, 40	/* gate_current */
	value	__kw_percpu, 48		/* gate_percpu */

	.globl	__kw_trap
	.type	__kw_trap, @function
__kw_trap:
	sub	$2, %rcx
	sti
	jmp	*%rcx
	.size	__kw_trap, . - __kw_trap

in_user_mode:
	mov	%rax, %rdi
	and	$-16, %rsp
	call	__kw_user_mode

	/* An empty record each: so the sections exist, and with them the linker's symbols for their ends. */
	.section kw_names, "aw", @progbits
	.balign	8
	.quad	0
	.long	16
	.word	0, 0
	.section kw_kernel, "a", @progbits
	.balign	8
	.zero	128

	.section .note.GNU-stack, "", @progbits
