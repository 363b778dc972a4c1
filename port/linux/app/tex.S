/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a preempted task goes first when it has a task exception due; see
 * tex_insert() in port.c. On the task's stack, unlocked, all registers free:
 *
 *	(XSAVE area, if rdi is not 0)
 *	struct rt_slot: the machine state to go back to
 *		<- rsp
 */
#define __ASSEMBLY__ 1
#include "../delivery.h"

	.text
	.globl	port_tex_entry
	.p2align 4
port_tex_entry:
	.byte	0xf3, 0x0f, 0x1e, 0xfa		/* endbr64 */
	mov	%rdi, %rbx
	movl	$1, rt_cpu + CPU_LOCK(%rip)
	test	%rbx, %rbx
	jz	1f
	mov	$-1, %eax
	mov	$-1, %edx
	xsave64	(%rbx)
1:	call	kernel_tex_run			/* locked before and after */
	call	port_tex_unlock
	test	%rbx, %rbx
	jz	2f
	mov	$-1, %eax
	mov	$-1, %edx
	xrstor64 (%rbx)
2:	add	$8, %rsp			/* the slot's frame */
	pop	%r15
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
	add	$24, %rsp			/* cr3, gs, spare */
	iretq

	.section .note.GNU-stack, "", @progbits
