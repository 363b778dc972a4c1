/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The timed loops: see calls.h. A call counts from its first instruction that
 * loop_empty has not to the one behind SYSCALL, or behind the jump to the gate.
 */
#define CALL_NUMBER	32
#define CALL_GATE	40
#define CALL_FUNCTION	48
#define CALL_RESULT	56

	.text

/* The time-stamp counter to rax */
.macro TIME
	lfence
	rdtsc
	lfence
	shl	$32, %rdx
	or	%rdx, %rax
.endm

.macro BEGIN name
	.globl	\name
	.type	\name, @function
\name:
	push	%rbx
	push	%rbp
	push	%r12			/* the stack is aligned as a function wants it */
	mov	%rdi, %rbp
	mov	%rsi, %rbx
	TIME
	mov	%rax, %r12
	.balign	16
1:	mov	(%rbp), %rdi
	mov	8(%rbp), %rsi
	mov	16(%rbp), %rdx
	mov	24(%rbp), %rcx
.endm

.macro END name
	dec	%rbx
	jnz	1b
	mov	%rax, CALL_RESULT(%rbp)
	TIME
	sub	%r12, %rax
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret
	.size	\name, . - \name
.endm

	BEGIN	loop_empty
	END	loop_empty

	BEGIN	loop_trap
	mov	CALL_NUMBER(%rbp), %eax
	syscall
	END	loop_trap

	/* In place of "mov $number, %eax" there is a jump to a trampoline, which does that too. */
	BEGIN	loop_gate
	jmp	trampoline
trap:	syscall
back:
	END	loop_gate
trampoline:
	mov	CALL_NUMBER(%rbp), %eax
	mov	%cs, %ecx
	test	$3, %cl
	jnz	trap
	lea	back(%rip), %rcx
	cli
	jmp	*CALL_GATE(%rbp)

	BEGIN	loop_direct
	call	*CALL_FUNCTION(%rbp)
	END	loop_direct

	.globl	loop_instructions
	.type	loop_instructions, @function
loop_instructions:
	TIME
	mov	%rax, %rsi
1:	nop
	dec	%rdi
	jnz	1b
	TIME
	sub	%rsi, %rax
	ret
	.size	loop_instructions, . - loop_instructions

	.section .note.GNU-stack, "", @progbits
