/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may stand around a SYSCALL: see forms.h. Numbers of verdicts are those
 * of enum verdict; test_forms.c compares.
 */
#define GOOD		0
#define SIGRETURN	1
#define SHORT		2
#define IMMOVABLE	3
#define TARGET		4
#define UNSURE		5
#define FLAGS		6
#define DIRECTION	7
#define NONE		-1

#define UNKNOWN		-1
#define NR_dup		32
#define NR_getpid	39
#define NR_clone	56
#define NR_vfork	58
#define NR_getppid	110

	.macro ENTRY name, verdict, window, number, runs
	.section .rodata.names, "a"
name_\name:
	.asciz	"\name"
	.section .data.rel.ro.forms, "aw"
	.quad	name_\name, form_\name, call_\name, \verdict, \window, \number, \runs
	.text
	.balign	16
	.type	form_\name, @function
form_\name:
	.cfi_startproc
	.endm

	.macro END name
	.cfi_endproc
	.size	form_\name, . - form_\name
	.endm

	.section .data.rel.ro.forms, "aw"
	.globl	forms, forms_end
	.type	forms, @object
	.type	forms_end, @object
	.balign	8
forms:

	.data
	.balign	8
variable:
	.quad	NR_getpid

/* The commonest form */
ENTRY constant, GOOD, 5, NR_getpid, 1
	mov	$NR_getpid, %eax
call_constant:
	syscall
	ret
END constant

ENTRY constant64, GOOD, 7, NR_getpid, 1
	mov	$NR_getpid, %rax
call_constant64:
	syscall
	ret
END constant64

ENTRY movabs, GOOD, 10, NR_getpid, 1
	movabs	$NR_getpid, %rax
call_movabs:
	syscall
	ret
END movabs

/* By XOR, which takes more than one instruction for a window */
ENTRY zero, GOOD, 5, 0, 0
	mov	%rdx, %rdx
	xor	%eax, %eax
call_zero:
	syscall
	ret
END zero

ENTRY register, GOOD, 6, UNKNOWN, 1
	add	$NR_getpid, %rdi
	mov	%rsi, %rdx
	mov	%rdi, %rax
call_register:
	syscall
	ret
END register

/* The number is set long before. */
ENTRY earlier, GOOD, 6, NR_getpid, 1
	mov	$NR_getpid, %eax
	mov	%rdi, %r8
	mov	%rsi, %r9
	mov	%rdx, %r10
call_earlier:
	syscall
	ret
END earlier

/* ... and then another one on another way. */
ENTRY either, GOOD, 6, UNKNOWN, 1
	mov	$NR_getpid, %eax
	test	%edi, %edi
	jz	1f
	mov	$NR_getppid, %eax
1:	mov	%rsi, %r9
	mov	%rdx, %r10
call_either:
	syscall
	ret
END either

/* A branch in the window, short and long */
ENTRY branch, GOOD, 7, 0, 0
	test	%rdi, %rdi
	jz	1f
	xor	%eax, %eax
call_branch:
	syscall
	ret
1:	mov	$2, %eax
	ret
END branch

ENTRY long_branch, GOOD, 8, 0, 0
	test	%rdi, %rdi
	jz	1f
	xor	%eax, %eax
call_long_branch:
	syscall
	ret
	.skip	200, 0x90
1:	mov	$2, %eax
	ret
END long_branch

/* The same, taken */
ENTRY branch_taken, GOOD, 7, 0, 1
	test	%rdi, %rdi
	jz	1f
	xor	%eax, %eax
call_branch_taken:
	syscall
	ret
1:	mov	$2, %eax
	ret
END branch_taken

/* Addresses relative to rip: as glibc's cancellation points have them, and others */
ENTRY compare, GOOD, 11, 0, 1
	cmpb	$NR_getpid, variable(%rip)
	je	1f
	xor	%eax, %eax
call_compare:
	syscall
	ret
1:	mov	$7, %eax
	ret
END compare

ENTRY load, GOOD, 6, UNKNOWN, 1
	mov	variable(%rip), %eax
call_load:
	syscall
	ret
END load

ENTRY store_immediate, GOOD, 12, NR_getpid, 1
	mov	$NR_getpid, %eax
	movl	$NR_getpid, variable(%rip)
	mov	%edi, %edx
call_store_immediate:
	syscall
	ret
END store_immediate

ENTRY vector, GOOD, 8, NR_getpid, 1
	mov	$NR_getpid, %eax
	movdqu	variable(%rip), %xmm0
call_vector:
	syscall
	ret
END vector

/* The stack moves within the window. */
ENTRY stack, GOOD, 5, UNKNOWN, 1
	mov	$NR_getpid, %r10
	push	%r12
	.cfi_adjust_cfa_offset 8
	mov	%r10d, %eax
call_stack:
	syscall
	pop	%r12
	.cfi_adjust_cfa_offset -8
	ret
END stack

/* As vfork() is: the return address is in a register meanwhile. */
ENTRY vfork, GOOD, 5, NR_vfork, 0
	pop	%rdi
	mov	$NR_vfork, %eax
call_vfork:
	syscall
	push	%rdi
	ret
END vfork

/* The SYSCALL itself, then it is a trap, and the start of a window may be jumped to. */
ENTRY to_call, GOOD, 5, NR_getpid, 1
	lea	NR_getppid(%rdi), %eax
	test	%esi, %esi
	jz	call_to_call
	mov	$NR_getpid, %eax
call_to_call:
	syscall
	ret
END to_call

ENTRY to_window, GOOD, 5, NR_getpid, 1
	test	%esi, %esi
	jz	1f
	xor	%edi, %edi
1:	mov	$NR_getpid, %eax
call_to_window:
	syscall
	ret
END to_window

/* Too little before it: at the start, after a call, after a jump to it from elsewhere only */
ENTRY start, SHORT, 0, 0, 0
	xor	%eax, %eax
call_start:
	syscall
	ret
END start

ENTRY after_call, SHORT, 0, UNKNOWN, 1
	call	form_constant
	mov	$NR_getpid, %al
call_after_call:
	syscall
	ret
END after_call

ENTRY after_jump, SHORT, 0, UNKNOWN, 1
	mov	$NR_getpid, %ecx
	jmp	1f
	ud2
1:	mov	%ecx, %eax
call_after_jump:
	syscall
	ret
END after_jump

/* Jumped into: forth, back, out of another function near and far, by a computed address, a pointer, a switch */
ENTRY into_forth, TARGET, 0, UNKNOWN, 1
	mov	$NR_getpid, %ecx
	test	%edi, %edi
	jz	1f
	mov	%rsi, %rdx
1:	mov	%rcx, %rax
call_into_forth:
	syscall
	ret
END into_forth

ENTRY into_back, TARGET, 0, UNKNOWN, 0
	mov	$NR_getpid, %edx
1:	xor	%edi, %edi
	mov	%edx, %eax
call_into_back:
	syscall
	test	%eax, %eax
	jz	1b
	ret
END into_back

ENTRY into_near, TARGET, 0, UNKNOWN, 1
	mov	$NR_getpid, %ecx
	mov	%rsi, %rdx
inside_near:
	mov	%rcx, %rax
call_into_near:
	syscall
	ret
END into_near

ENTRY from_near, NONE, 0, 0, 1
	mov	$NR_getpid, %ecx
	jmp	inside_near
call_from_near:
	.byte	0x90
END from_near

ENTRY into_far, TARGET, 0, UNKNOWN, 1
	mov	$NR_getpid, %ecx
	mov	%rsi, %rdx
inside_far:
	mov	%rcx, %rax
call_into_far:
	syscall
	ret
END into_far

ENTRY into_computed, TARGET, 0, UNKNOWN, 1
	mov	$NR_getpid, %ecx
	mov	%rsi, %rdx
inside_computed:
	mov	%rcx, %rax
call_into_computed:
	syscall
	ret
END into_computed

ENTRY into_pointer, TARGET, 0, UNKNOWN, 1
	mov	$NR_getpid, %ecx
	mov	%rsi, %rdx
inside_pointer:
	mov	%rcx, %rax
call_into_pointer:
	syscall
	ret
END into_pointer

ENTRY into_symbol, TARGET, 0, UNKNOWN, 1
	mov	$NR_getpid, %ecx
	mov	%rsi, %rdx
	.globl	inside_symbol
inside_symbol:
	mov	%rcx, %rax
call_into_symbol:
	syscall
	ret
END into_symbol

/* Into the middle of an instruction, over its LOCK prefix: what comes before the SYSCALL is two things. */
ENTRY into_prefix, SHORT, 0, UNKNOWN, 1
	mov	$NR_getpid, %eax
	test	%edi, %edi
	jz	1f
	lock
1:	orl	$0, variable(%rip)
call_into_prefix:
	syscall
	ret
END into_prefix

/* A switch whose table leads into a window, and one that does not */
ENTRY switch_into, TARGET, 0, UNKNOWN, 1
	mov	$NR_getpid, %ecx
	cmp	$2, %edi
	ja	3f
	lea	table_into(%rip), %rdx
	movslq	(%rdx,%rdi,4), %rax
	add	%rdx, %rax
	jmp	*%rax
1:	mov	%rsi, %rdx
2:	mov	%rcx, %rax
call_switch_into:
	syscall
	ret
3:	ret
	.section .rodata
	.balign	4
table_into:
	.long	1b - table_into, 2b - table_into, 3b - table_into, 0
	.text
END switch_into

ENTRY switch, GOOD, 6, UNKNOWN, 1
	mov	$NR_getpid, %ecx
	cmp	$2, %edi
	ja	3f
	lea	table_switch(%rip), %rdx
	movslq	(%rdx,%rdi,4), %rax
	add	%rdx, %rax
	jmp	*%rax
1:	mov	%rsi, %rdx
	mov	%rcx, %rax
call_switch:
	syscall
	ret
2:	mov	$3, %eax
3:	ret
	.section .rodata
	.balign	4
table_switch:
	.long	1b - table_switch, 2b - table_switch, 3b - table_switch, 0
	.text
END switch

/* A jump nobody can follow: a window of one instruction is sure all the same. */
ENTRY unknown_jump, UNSURE, 0, UNKNOWN, 1
	test	%rdi, %rdi
	jz	1f
	jmp	*%rdi
1:	mov	$NR_getpid, %ecx
	mov	%rsi, %rdx
	mov	%rcx, %rax
call_unknown_jump:
	syscall
	ret
END unknown_jump

ENTRY unknown_jump_single, GOOD, 5, NR_getpid, 1
	test	%rdi, %rdi
	jz	1f
	jmp	*%rdi
1:	mov	$NR_getpid, %eax
call_unknown_jump_single:
	syscall
	ret
END unknown_jump_single

ENTRY unknown_jump_number, GOOD, 7, UNKNOWN, 1
	mov	$NR_getpid, %eax
	test	%rdi, %rdi
	jz	1f
	jmp	*%rdi
1:	lea	8(,%rdi,1), %rdx
	.byte	0x90, 0x90, 0x90
	nopl	0(%rax)
	lea	variable(%rip), %rdx
call_unknown_jump_number:
	syscall
	ret
END unknown_jump_number

/* A jump through a pointer is a call of another function. */
ENTRY tail_call, GOOD, 6, UNKNOWN, 1
	test	%rdi, %rdi
	jz	1f
	jmp	*variable(%rip)
1:	mov	$NR_getpid, %ecx
	mov	%rsi, %rdx
	mov	%rcx, %rax
call_tail_call:
	syscall
	ret
END tail_call

/* Instructions that stay where they are */
ENTRY loop, IMMOVABLE, 0, UNKNOWN, 1
	mov	$NR_getpid, %ecx
	mov	%ecx, %eax
	jrcxz	1f
	xor	%edi, %edi
call_loop:
	syscall
1:	ret
END loop

ENTRY twice, IMMOVABLE, 0, UNKNOWN, 0
	mov	$NR_getpid, %eax
	syscall
call_twice:
	syscall
	ret
END twice

/* Flags: a trap keeps them, a gate does not. */
ENTRY flags_branch, FLAGS, 0, NR_getpid, 1
	cmp	$1, %rdi
	mov	$NR_getpid, %eax
call_flags_branch:
	syscall
	jb	1f
	xor	%eax, %eax
1:	ret
END flags_branch

ENTRY flags_set, FLAGS, 0, NR_getpid, 1
	cmp	$1, %rdi
	mov	$NR_getpid, %eax
call_flags_set:
	syscall
	mov	%rdi, %rdx
	setb	%al
	movzbl	%al, %eax
	ret
END flags_set

ENTRY flags_partly, FLAGS, 0, NR_getpid, 1
	cmp	$1, %rdi
	mov	$NR_getpid, %eax
call_flags_partly:
	syscall
	inc	%eax
	jb	1f
	xor	%eax, %eax
1:	ret
END flags_partly

ENTRY flags_one_way, FLAGS, 0, NR_getpid, 1
	cmp	$1, %rdi
	mov	$NR_getpid, %eax
call_flags_one_way:
	syscall
	jrcxz	1f
	test	%eax, %eax
	ret
1:	setb	%al
	ret
END flags_one_way

ENTRY flags_stack, FLAGS, 0, NR_getpid, 0
	mov	$NR_getpid, %eax
call_flags_stack:
	syscall
	pushf
	pop	%rax
	ret
END flags_stack

ENTRY flags_anew, GOOD, 5, NR_getpid, 1
	cmp	$1, %rdi
	mov	$NR_getpid, %eax
call_flags_anew:
	syscall
	mov	%rdi, %rdx
	jmp	1f
	ud2
1:	cmp	$-4095, %rax
	setae	%dl
	ret
END flags_anew

ENTRY flags_call, GOOD, 5, NR_getpid, 1
	cmp	$1, %rdi
	mov	$NR_getpid, %eax
call_flags_call:
	syscall
	call	form_constant
	ret
END flags_call

ENTRY direction, DIRECTION, 0, NR_getpid, 1
	std
	mov	$NR_getpid, %eax
call_direction:
	syscall
	cld
	ret
END direction

/* The return from a signal; and a function that says it is one */
ENTRY sigreturn, SIGRETURN, 0, 15, 0
	mov	$15, %rax
call_sigreturn:
	syscall
END sigreturn

ENTRY signal_frame, NONE, 0, 0, 0
	.cfi_signal_frame
	mov	$NR_getpid, %eax
call_signal_frame:
	syscall
	ret
END signal_frame

/* The bytes without the instruction: in an immediate, across two, in data, behind a return */
ENTRY immediate, NONE, 0, 0, 1
	mov	$0x050f, %eax
	.set	call_immediate, . - 4
	ret
END immediate

ENTRY across, NONE, 0, 0, 1
	mov	$0x0fffffff, %eax
	.set	call_across, . - 1
	add	$0, %eax
	ret
END across

ENTRY data, NONE, 0, 0, 1
	mov	1f(%rip), %eax
	jmp	2f
1:	.byte	0xb8, 39, 0, 0, 0
call_data:
	.byte	0x0f, 0x05, 0xc3
2:	ret
END data

ENTRY behind, NONE, 0, 0, 1
	xor	%eax, %eax
	ret
	mov	$NR_getpid, %eax
call_behind:
	syscall
	ret
END behind

/* No entry in the unwind table */
	.section .rodata.names, "a"
name_uncovered:
	.asciz	"uncovered"
	.section .data.rel.ro.forms, "aw"
	.quad	name_uncovered, form_uncovered, call_uncovered, NONE, 0, 0, 1
	.text
	.balign	16
form_uncovered:
	mov	$NR_getpid, %eax
call_uncovered:
	syscall
	ret

/* An exception may land in the window. */
ENTRY landing, TARGET, 0, UNKNOWN, 1
	.cfi_lsda 0x1b, landings
	mov	$NR_getpid, %ecx
	mov	%rsi, %rdx
1:	mov	%rcx, %rax
call_landing:
	syscall
	ret
	.section .gcc_except_table, "a"
landings:
	.byte	0xff, 0xff, 1
	.uleb128 3f - 2f
2:	.uleb128 0
	.uleb128 call_landing - form_landing
	.uleb128 1b - form_landing
	.uleb128 0
3:
	.text
END landing

/* Only an exception lands at this one. */
ENTRY landed, GOOD, 5, NR_getpid, 1
	.cfi_lsda 0x1b, landings_only
	xor	%eax, %eax
	ret
1:	mov	$NR_getpid, %eax
call_landed:
	syscall
	ret
	.section .gcc_except_table, "a"
landings_only:
	.byte	0xff, 0xff, 1
	.uleb128 3f - 2f
2:	.uleb128 0
	.uleb128 2
	.uleb128 1b - form_landed
	.uleb128 0
3:
	.text
END landed

	.skip	400, 0xcc
ENTRY from_far, NONE, 0, 0, 1
	mov	$NR_getpid, %ecx
	jmp	inside_far
call_from_far:
	.byte	0x90
END from_far

ENTRY compute, NONE, 0, 0, 1
	lea	inside_computed(%rip), %rax
	xor	%eax, %eax
	ret
call_compute:
	.byte	0x90
END compute

	.section .data.rel.ro, "aw"
	.balign	8
	.quad	inside_pointer

	.section .data.rel.ro.forms, "aw"
forms_end:
	.section .note.GNU-stack, "", @progbits
