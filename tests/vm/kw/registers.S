/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * registers_hold(value, turns, wide): see registers.h. Register n of those
 * below holds value + n, vector register n value + n in each of its words, the
 * word at -n(%rsp) value + n.
 */
	.text
	.globl	registers_hold
	.type	registers_hold, @function

#define REGISTERS rbx, rbp, r8, r9, r10, r11, r12, r13, r14, r15
#define VECTORS 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
#define RED_ZONE 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128

registers_hold:
	.cfi_startproc
	endbr64
	.irp	register, rbx, rbp, r12, r13, r14, r15
	push	%\register
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset \register, 0
	.endr
	.irp	n, VECTORS
	lea	\n(%rdi), %rax
	movq	%rax, %xmm\n
	punpcklqdq %xmm\n, %xmm\n
	.endr
	test	%edx, %edx
	jz	1f
	.irp	n, VECTORS
	vinsertf128 $1, %xmm\n, %ymm\n, %ymm\n
	.endr
1:
	.set	n, 1
	.irp	register, REGISTERS
	lea	n(%rdi), %\register
	.set	n, n + 1
	.endr
	.irp	at, RED_ZONE
	lea	\at(%rdi), %rax
	mov	%rax, -\at(%rsp)
	.endr

2:	.set	n, 1
	.irp	register, REGISTERS
	lea	n(%rdi), %rax
	cmp	%rax, %\register
	jne	6f
	.set	n, n + 1
	.endr
	.irp	at, RED_ZONE
	lea	\at(%rdi), %rax
	cmp	%rax, -\at(%rsp)
	jne	7f
	.endr
	dec	%rsi
	jnz	2b

	sub	$32, %rsp
	.cfi_adjust_cfa_offset 32
	.irp	n, VECTORS
	lea	\n(%rdi), %rax
	test	%edx, %edx
	jnz	3f
	movdqu	%xmm\n, (%rsp)
	jmp	4f
3:	vmovdqu	%ymm\n, (%rsp)
	cmp	%rax, 16(%rsp)
	jne	8f
	cmp	%rax, 24(%rsp)
	jne	8f
4:	cmp	%rax, (%rsp)
	jne	8f
	cmp	%rax, 8(%rsp)
	jne	8f
	.endr
	xor	%eax, %eax
5:	add	$32, %rsp
	.cfi_adjust_cfa_offset -32
	.cfi_remember_state
	test	%edx, %edx
	jz	9f
	vzeroupper
9:	.irp	register, r15, r14, r13, r12, rbp, rbx
	pop	%\register
	.cfi_adjust_cfa_offset -8
	.cfi_restore \register
	.endr
	ret

	.cfi_restore_state
6:	mov	$1, %eax
	jmp	9b
7:	mov	$2, %eax
	jmp	9b
8:	mov	$3, %eax
	jmp	5b
	.cfi_endproc
	.size	registers_hold, . - registers_hold

	.section .note.GNU-stack, "", @progbits
