/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The jumps to the gates, as include/unitron/kernelware.h has them: return
 * address in rcx, interrupts off. The caller has seen that this thread is at
 * CPL 0; at CPL 3 cli would be a protection fault.
 */
	.text
	.hidden	kw_gate_call, kw_gate_syscall, kw_gate_value, kw_trap

/* long kw_gate_call(function, arguments[14], stack, gate) */
	.globl	kw_gate_call
	.type	kw_gate_call, @function
kw_gate_call:
	.cfi_startproc
	endbr64
	push	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbp, 0
	mov	%rsp, %rbp
	.cfi_def_cfa_register rbp
	push	%rbx
	.cfi_offset rbx, -24
	push	%rbx			/* a second word keeps the stack aligned */
	mov	%rdi, %rax
	mov	%edx, %r11d
	mov	%rcx, %rbx
	.irp	offset, 104, 96, 88, 80, 72, 64, 56, 48
	pushq	\offset(%rsi)
	.endr
	mov	40(%rsi), %r9
	mov	32(%rsi), %r8
	mov	24(%rsi), %r10
	mov	16(%rsi), %rdx
	mov	(%rsi), %rdi
	mov	8(%rsi), %rsi
	lea	1f(%rip), %rcx
	cli
	jmp	*%rbx
1:	mov	-8(%rbp), %rbx
	mov	%rbp, %rsp
	pop	%rbp
	.cfi_def_cfa rsp, 8
	ret
	.cfi_endproc
	.size	kw_gate_call, . - kw_gate_call

/* Number and arguments from words[7] at rdi to where a system call has them */
	.macro	system_call_registers
	mov	(%rdi), %rax
	mov	16(%rdi), %rsi
	mov	24(%rdi), %rdx
	mov	32(%rdi), %r10
	mov	40(%rdi), %r8
	mov	48(%rdi), %r9
	mov	8(%rdi), %rdi
	.endm

/* long kw_gate_syscall(words[7], gate) */
	.globl	kw_gate_syscall
	.type	kw_gate_syscall, @function
kw_gate_syscall:
	.cfi_startproc
	endbr64
	push	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbx, 0
	mov	%rsi, %rbx
	system_call_registers
	lea	2f(%rip), %rcx
	cli
	jmp	*%rbx
	syscall				/* never reached from above: a call that is restarted begins here */
2:	pop	%rbx
	.cfi_adjust_cfa_offset -8
	ret
	.cfi_endproc
	.size	kw_gate_syscall, . - kw_gate_syscall

/* long kw_trap(words[7]) */
	.globl	kw_trap
	.type	kw_trap, @function
kw_trap:
	.cfi_startproc
	endbr64
	system_call_registers
	syscall
	ret
	.cfi_endproc
	.size	kw_trap, . - kw_trap

/* unsigned long kw_gate_value(gate): gate_current or gate_percpu */
	.globl	kw_gate_value
	.type	kw_gate_value, @function
kw_gate_value:
	.cfi_startproc
	endbr64
	lea	3f(%rip), %rcx
	cli
	jmp	*%rdi
3:	ret
	.cfi_endproc
	.size	kw_gate_value, . - kw_gate_value

	.section .note.GNU-stack, "", @progbits
