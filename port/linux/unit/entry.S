/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The NMI entry and the way out to a saved machine state. This code is copied
 * into a page of the CPU entry area, which Linux maps under the user page
 * table too (page table isolation): it is position independent and, until CR3
 * is the kernel's, touches nothing but the slot that the interrupt stack table
 * points to, and on the way out the frame of Linux, which lies there too.
 */
#define __ASSEMBLY__ 1
#include "../delivery.h"

	.section .text
	.globl rt_entry_begin, rt_entry_nmi, rt_exit, rt_exit_end, rt_entry_linux, rt_entry_end

/*
 * Slot after the pushes below; rsp is 16-aligned at the slot's end:
 *
 *	noflush
 *	cr3_mask
 *	cpu		<- the interrupt stack table points here
 *	ss rsp rflags cs rip		by the CPU
 *	spare gs cr3
 *	rdi rsi rdx rcx rax r8 ... r15	<- rsp: struct rt_frame
 */
	.p2align 6
rt_entry_begin:
rt_entry_nmi:
	.byte	0xf3, 0x0f, 0x1e, 0xfa		/* endbr64 */
	sub	$24, %rsp
	push	%rdi
	push	%rsi
	push	%rdx
	push	%rcx
	push	%rax
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	cld
	mov	%cr3, %rax
	mov	%rax, RT_FRAME_CR3(%rsp)
	mov	%rax, %rdx
	and	SLOT_CR3_MASK(%rsp), %rax
	cmp	%rax, %rdx
	je	1f
	or	SLOT_NOFLUSH(%rsp), %rax
	mov	%rax, %cr3
1:	mov	SLOT_CPU(%rsp), %rbx
	rdgsbase %rax
	mov	%rax, RT_FRAME_GS(%rsp)
	mov	CPU_GS(%rbx), %rax
	wrgsbase %rax
	mov	%rsp, %rdi
	mov	%rbx, %rsi
	mov	CPU_NMI_STACK(%rbx), %rsp
	call	*CPU_DELIVER(%rbx)
	test	%edx, %edx			/* enum rt_way */
	jnz	4f

/*
 * rax: the frame to continue from. Entered from above with NMIs blocked, and
 * from rt_leave with NMIs open: then an NMI inside [rt_exit, rt_exit_end)
 * takes the frame as still saved, since nothing of it has been overwritten.
 */
rt_exit:
	.byte	0xf3, 0x0f, 0x1e, 0xfa		/* endbr64 */
	mov	%rax, %rsp
	mov	RT_FRAME_GS(%rsp), %rax
	wrgsbase %rax
	mov	RT_FRAME_CR3(%rsp), %rcx
	mov	%cr3, %rdx
	cmp	%rcx, %rdx
	je	2f
	or	SLOT_NOFLUSH(%rsp), %rcx
	mov	%rcx, %cr3
2:	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rax
	pop	%rcx
	pop	%rdx
	pop	%rsi
	pop	%rdi
	add	$24, %rsp
	iretq
rt_exit_end:

4:	cmp	$2, %edx
	jne	rt_exit_linux_nmi
	/* The handler context starts anew: it has no registers, and CR3 and GS are the kernel's. */
	lea	RT_FRAME_RIP(%rax), %rsp
	iretq

/*
 * A Linux NMI that came while Linux was running. rt_deliver has copied the
 * CPU's five words to the top of Linux's own NMI stack; with that as the stack
 * and all registers as they were, Linux's entry sees the NMI as from the CPU,
 * NMIs still blocked.
 */
rt_exit_linux_nmi:
	mov	%rax, %rsp
	mov	RT_FRAME_GS(%rsp), %rax
	wrgsbase %rax
	mov	RT_FRAME_CR3(%rsp), %rcx
	mov	%cr3, %rdx
	cmp	%rcx, %rdx
	je	3f
	or	SLOT_NOFLUSH(%rsp), %rcx
	mov	%rcx, %cr3
3:	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rax
	pop	%rcx
	pop	%rdx
	pop	%rsi
	pop	%rdi
	mov	16(%rsp), %rsp			/* spare: Linux's NMI frame */
	jmp	*rt_entry_linux(%rip)
	int3

	.p2align 3
rt_entry_linux:	.quad	0			/* asm_exc_nmi, filled in in the copy */
rt_entry_end:

	.section .note.GNU-stack, "", @progbits
