/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The entries of the IDT that is loaded while a kernelware thread is on the
 * CPU. Every one runs on the stack that IST entry KW_IST points to, with
 * interrupts off and with whatever GS base there was, and ends in one of four
 * ways:
 *
 *	program, CPL 3	by a fault: to CPL 0, and the instruction again (promotion)
 *			by anything else: to Linux, as it is
 *	program, CPL 0	to Linux, as an entry from user mode; a fault at a page
 *			table entry that is still open to user mode: close it, and again
 *	Linux		to Linux, with the frame on the interrupted stack, where the
 *			CPU would have put it. So does a function of the program that
 *			runs in the kernel's context: kernel stack and GS base
 *
 * They touch nothing that can fault. No other context uses the data below but
 * kw_stub_nmi, which may interrupt an entry anywhere.
 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/msr-index.h>
#include <asm/nospec-branch.h>
#include <asm/page_64_types.h>
#include <asm/processor-flags.h>
#include <asm/segment.h>
#include <asm/smap.h>
#include "compat.h"
#include "layout.h"

/*
 * The frame that all entries share:
 *
 *	ss rsp rflags cs rip		by the CPU
 *	error				by the CPU, or 0 by the stub
 *	rax rcx rdx		<- rsp
 */
#define F_RDX		0
#define F_RCX		8
#define F_RAX		16
#define F_ERROR		24
#define F_RIP		32
#define F_CS		40
#define F_FLAGS		48
#define F_RSP		56
#define F_SS		64

#define PF_VECTOR	14
#define GP_VECTOR	13
#define PF_PRESENT	1
#define PF_USER		4
#define PF_INSTRUCTION	16
#define RED_ZONE	128
#define PGD_USER	4		/* _PAGE_USER of a page table entry */
#define HAS_ERROR	1		/* in ah: the CPU has pushed an error code */

	.text

#ifdef CONFIG_X86_KERNEL_IBT
#define STUB_ENDBR	endbr64
#else
#define STUB_ENDBR
#endif

	.balign	KW_STUB_SIZE
SYM_CODE_START(kw_stubs)
	COMPAT_UNWIND_NONE
	.set	vector, 0
	.rept	256
	.balign	KW_STUB_SIZE
	COMPAT_UNWIND_NONE
	STUB_ENDBR
	.if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
	push	%rax
	push	%rcx
	push	%rdx
	mov	$(vector | HAS_ERROR << 8), %eax
	.else
	push	$0
	push	%rax
	push	%rcx
	push	%rdx
	mov	$vector, %eax
	.endif
	jmp	entry
	.set	vector, vector + 1
	.endr
SYM_CODE_END(kw_stubs)

SYM_CODE_START_LOCAL(entry)
	COMPAT_UNWIND_NONE
	testb	$3, F_CS(%rsp)
	jnz	from_user_mode
	testb	$0x80, F_RIP+7(%rsp)
	jnz	from_kernel
	testb	$0x80, F_RSP+7(%rsp)
	jz	from_program
	/* A program with a wild stack pointer, or its function called by kw_gate_call, or Linux on a wild jump? */
	call	compare_gs
	je	in_kernel

/* rax: the vector. The program at CPL 0. */
from_program:
	incq	kw_program_events(%rip)
	/* Linux is about to swap: the GS base must be the program's, also after a swapgs of its own or a jump into the midst of a gate. */
	call	compare_gs
	jne	1f
	swapgs
1:
	cmp	$PF_VECTOR, %al
	jne	2f
	call	close_entry
	jnc	resume
	orb	$PF_USER, F_ERROR(%rsp)
	/* Linux may sleep now: it calls it a bug if interrupts are off, or (6.1) has them on in between. */
	orl	$X86_EFLAGS_IF, F_FLAGS(%rsp)
2:	movq	$__USER_CS, F_CS(%rsp)
	movq	$__USER_DS, F_SS(%rsp)

as_user:
	mov	%rsp, %rcx
	and	$-KW_IST_SIZE, %rcx
	mov	IST_SP0(%rcx), %rcx
	jmp	move_frame

from_user_mode:
	cmp	$PF_VECTOR, %al
	je	3f
	cmp	$GP_VECTOR, %al
	jne	as_user
3:	testb	$0x80, F_RIP+7(%rsp)
	jnz	as_user
	/*
	 * Promotion. At CPL 3 a program faults at its first fetch, its pages being
	 * the supervisor's, or at a privileged instruction. A fault that has other
	 * reasons comes again at CPL 0.
	 */
	incq	kw_promotions(%rip)
	cmpb	$0, kw_isolation(%rip)
	je	4f
	mov	%cr3, %rcx
	and	$~0x1800, %rcx			/* the kernel's page table and PCID instead of the user's */
	or	kw_noflush(%rip), %rcx
	mov	%rcx, %cr3
4:	movq	$__KERNEL_CS, F_CS(%rsp)
	movq	$__KERNEL_DS, F_SS(%rsp)

resume:
	pop	%rdx
	pop	%rcx
	pop	%rax
	add	$8, %rsp
	iretq

/* Linux, or a program's function that was called by kw_gate_call */
from_kernel:
	testb	$0x80, F_RSP+7(%rsp)
	jz	6f
in_kernel:
	incq	kw_kernel_events(%rip)
	cmp	$PF_VECTOR, %al
	jne	to_interrupted_stack
	mov	%cr2, %rdx
	test	%rdx, %rdx
	js	7f
	/* Linux never fetches there, and sets AC where it reads and writes (if the CPU asks for it): those are the faults of a program's call. */
	testb	$PF_INSTRUCTION, F_ERROR(%rsp)
	jnz	5f
	cmpb	$0, kw_smap(%rip)
	je	to_interrupted_stack
	testl	$X86_EFLAGS_AC, F_FLAGS(%rsp)
	jnz	to_interrupted_stack
5:	call	close_entry
	jnc	resume
	mov	%cr2, %rdx
	testl	$X86_EFLAGS_IF, F_FLAGS(%rsp)
	jnz	program_memory
to_interrupted_stack:
	mov	F_RSP(%rsp), %rcx
	sub	$RED_ZONE, %rcx			/* a program's function has one */
	and	$-16, %rcx
	jmp	move_frame
7:	/* A fetch that fails there: Linux on a wild jump, or a program whose stack pointer is wild, too? */
	cmp	%rdx, F_RIP(%rsp)
	jne	to_interrupted_stack
	call	compare_gs
	je	to_interrupted_stack
	jmp	from_program
6:
	/*
	 * Linux runs on the program's stack for some instructions only, with
	 * interrupts off: this is a wild jump of the program. Or it is the end of a
	 * gate: an NMI between its last two instructions has ended the interrupt
	 * shadow of STI, and an interrupt came; then the jump is as good as done.
	 */
	lea	kw_gate_last(%rip), %rcx
	cmp	%rcx, F_RIP(%rsp)
	jne	from_program
	incq	kw_lost_shadows(%rip)
	mov	F_RCX(%rsp), %rcx
	mov	%rcx, F_RIP(%rsp)
	jmp	from_program

/*
 * A function in the kernel's context met memory of the program that is not
 * there, say the text that it is to print. Linux takes that for a bug, without
 * AC. With AC it gets the memory, as long as the place of the fault is one that
 * it knows what to do with if that fails: kw_retry. On the interrupted stack:
 *
 *	ss rsp rflags cs rip error	of the fault
 *	cr2			<- rsp at kw_retry
 *	the frame that Linux's entry gets
 */
program_memory:
	mov	F_RSP(%rsp), %rcx
	sub	$RED_ZONE + 56, %rcx
	and	$-16, %rcx
	mov	%rdx, 0(%rcx)
	mov	F_ERROR(%rsp), %rdx
	mov	%rdx, 8(%rcx)
	mov	F_RIP(%rsp), %rdx
	mov	%rdx, 16(%rcx)
	mov	F_CS(%rsp), %rdx
	mov	%rdx, 24(%rcx)
	mov	F_FLAGS(%rsp), %rdx
	mov	%rdx, 32(%rcx)
	mov	F_RSP(%rsp), %rdx
	mov	%rdx, 40(%rcx)
	mov	F_SS(%rsp), %rdx
	mov	%rdx, 48(%rcx)
	lea	kw_retry(%rip), %rdx
	mov	%rdx, F_RIP(%rsp)
	mov	%rcx, F_RSP(%rsp)
	orl	$X86_EFLAGS_AC, F_FLAGS(%rsp)
	andb	$~PF_INSTRUCTION, F_ERROR(%rsp)	/* text is readable */
	jmp	move_frame

/*
 * rcx: top of the stack that Linux's entry is to run on; it gets
 *
 *	ss rsp rflags cs rip
 *	error			<- rsp at Linux's entry, if the vector has one
 *	address of the entry, rax, rdx, rcx		popped on the way
 */
move_frame:
	sub	$40, %rcx
	mov	F_RIP(%rsp), %rdx
	mov	%rdx, 0(%rcx)
	mov	F_CS(%rsp), %rdx
	mov	%rdx, 8(%rcx)
	mov	F_FLAGS(%rsp), %rdx
	mov	%rdx, 16(%rcx)
	mov	F_RSP(%rsp), %rdx
	mov	%rdx, 24(%rcx)
	mov	F_SS(%rsp), %rdx
	mov	%rdx, 32(%rcx)
	test	$HAS_ERROR, %ah
	jz	7f
	sub	$8, %rcx
	mov	F_ERROR(%rsp), %rdx
	mov	%rdx, 0(%rcx)
7:	movzbl	%al, %edx
	mov	kw_linux_entry(, %rdx, 8), %rdx
	mov	%rdx, -8(%rcx)
	mov	F_RAX(%rsp), %rdx
	mov	%rdx, -16(%rcx)
	mov	F_RDX(%rsp), %rdx
	mov	%rdx, -24(%rcx)
	mov	F_RCX(%rsp), %rdx
	mov	%rdx, -32(%rcx)
	lea	-32(%rcx), %rsp
	pop	%rcx
	pop	%rdx
	pop	%rax
	ANNOTATE_UNRET_SAFE
	ret
	int3
SYM_CODE_END(entry)

/* ZF set: the GS base is that of Linux on this CPU. Called with the frame above the return address; changes rcx, rdx. */
SYM_CODE_START_LOCAL(compare_gs)
	COMPAT_UNWIND_NONE
	mov	%rsp, %rcx
	and	$-KW_IST_SIZE, %rcx
	cmpb	$0, kw_fsgsbase(%rip)
	je	1f
	rdgsbase %rdx
	cmp	IST_GS(%rcx), %rdx
	ANNOTATE_UNRET_SAFE
	ret
	int3
1:	push	%rax
	push	%rcx
	mov	$MSR_GS_BASE, %ecx
	rdmsr
	pop	%rcx
	shl	$32, %rdx
	or	%rax, %rdx
	pop	%rax
	cmp	IST_GS(%rcx), %rdx
	ANNOTATE_UNRET_SAFE
	ret
	int3
SYM_CODE_END(compare_gs)

/* The memory is there, or is not to be had: see program_memory. */
SYM_CODE_START_LOCAL(kw_retry)
	COMPAT_UNWIND_NONE
	add	$16, %rsp
	iretq
9:
	COMPAT_UNWIND_NONE
	cli
	push	%rax
	mov	8(%rsp), %rax
	mov	%rax, %cr2
	pop	%rax
	add	$8, %rsp
	ASM_CLAC
	ANNOTATE_RETPOLINE_SAFE
	jmp	*kw_linux_entry+PF_VECTOR*8(%rip)
	int3
	_ASM_EXTABLE(kw_retry, 9b)
SYM_CODE_END(kw_retry)

/*
 * A page fault, called with the frame above the return address: is it because
 * the top-level page table entry is open to user mode (one that Linux has made
 * since the address space was closed)? Then close it: CF clear, the instruction
 * can run again. Else CF set. Changes rcx, rdx.
 */
SYM_CODE_START_LOCAL(close_entry)
	COMPAT_UNWIND_NONE
	testb	$PF_PRESENT, F_ERROR+8(%rsp)
	jz	8f
	mov	%cr2, %rdx
	test	%rdx, %rdx
	js	8f
	mov	kw_pgd_shift(%rip), %ecx
	shr	%cl, %rdx
	mov	%cr3, %rcx
	and	kw_pgd_mask(%rip), %rcx
	add	kw_page_offset(%rip), %rcx
	lea	(%rcx, %rdx, 8), %rcx
	testb	$PGD_USER, (%rcx)
	jz	8f
	lock andb $~PGD_USER, (%rcx)
	cmpb	$0, kw_isolation(%rip)
	je	9f
	lock andb $0x7f, 7(%rcx)		/* no-execute, which the kernel's copy has */
	lock andb $~PGD_USER, 4096(%rcx)	/* the user's copy */
9:	mov	%cr2, %rdx
	invlpg	(%rdx)
	incq	kw_opened_entries(%rip)
	clc
	ANNOTATE_UNRET_SAFE
	ret
	int3
8:	stc
	ANNOTATE_UNRET_SAFE
	ret
	int3
SYM_CODE_END(close_entry)

/*
 * NMI, on the stack of whose entry Linux's IDT names: Linux, or the real-time
 * module. It may push one word: further below Linux keeps state of an NMI that
 * this one interrupts. If it interrupts an entry above, the IST entry moves to
 * the other half of the stack, since Linux's handler may fault. Not if that
 * entry itself interrupted Linux's NMI handler: then this NMI is only noted,
 * and the half that the first NMI saved must not be used again.
 *
 *	ss rsp rflags cs rip		by the CPU
 *	rdx			<- rsp
 */
.macro NMI_STUB target
	STUB_ENDBR
	push	%rdx
	testb	$3, 16(%rsp)
	jnz	2f
	mov	32(%rsp), %rdx
	cmp	kw_ist_low(%rip), %rdx
	jb	2f
	cmp	kw_ist_high(%rip), %rdx
	jae	2f
	and	$-KW_IST_SIZE, %rdx
	mov	%rax, IST_SCRATCH(%rdx)
	mov	32(%rsp), %rax
	or	$(KW_IST_SIZE / 2 - 1), %rax
	mov	-(KW_IST_UNUSED + 15)(%rax), %rax	/* rsp in the frame of the interrupted entry */
	sub	IST_NMI_STACK(%rdx), %rax
	cmp	$EXCEPTION_STKSZ, %rax
	mov	IST_SCRATCH(%rdx), %rax
	jb	2f
	mov	32(%rsp), %rax
	and	$-(KW_IST_SIZE / 2), %rax	/* bottom of the half in use; of the upper one: the top of the lower */
	cmp	%rax, %rdx
	jne	1f
	add	$KW_IST_SIZE, %rax
1:	sub	$KW_IST_UNUSED, %rax
	mov	IST_ENTRY(%rdx), %rdx
	mov	%rax, (%rdx)
	dec	%rax
	and	$-KW_IST_SIZE, %rax
	mov	IST_SCRATCH(%rax), %rax
2:	pop	%rdx
	ANNOTATE_RETPOLINE_SAFE
	jmp	*\target(%rip)
	int3
.endm

SYM_CODE_START(kw_stub_nmi)
	COMPAT_UNWIND_NONE
	NMI_STUB kw_linux_entry+2*8
SYM_CODE_END(kw_stub_nmi)

/* While another module has Linux's NMI gate */
SYM_CODE_START(kw_stub_nmi_taken)
	COMPAT_UNWIND_NONE
	NMI_STUB kw_nmi_owner
SYM_CODE_END(kw_stub_nmi_taken)

/* #DB stays on Linux's own stack for it. */
SYM_CODE_START(kw_stub_debug)
	COMPAT_UNWIND_NONE
	STUB_ENDBR
	testb	$3, 8(%rsp)
	jnz	1f
	testb	$0x80, 7(%rsp)
	jnz	2f
	movq	$__USER_CS, 8(%rsp)
	movq	$__USER_DS, 32(%rsp)
1:
	ANNOTATE_RETPOLINE_SAFE
	jmp	*kw_linux_entry + 1 * 8(%rip)
	int3
2:	/*
	 * A single step into a gate ends at its first instruction, where nobody may
	 * see the program: it goes on, the slow way, and the step comes back after the
	 * system call, as with SYSCALL. The other gates have no step.
	 */
	push	%rax
	lea	kw_gates_begin(%rip), %rax
	cmp	%rax, 8(%rsp)
	jb	3f
	lea	kw_gates_end(%rip), %rax
	cmp	%rax, 8(%rsp)
	jae	3f
	lea	kw_gate_stepped(%rip), %rax
	cmp	%rax, 8(%rsp)
	jae	4f
	mov	%rax, 8(%rsp)
4:	andl	$~X86_EFLAGS_TF, 8+16(%rsp)
	mov	$0xffff0ff0, %eax		/* DR6: no step to report */
	mov	%rax, %db6
	pop	%rax
	iretq
3:	pop	%rax
	ANNOTATE_RETPOLINE_SAFE
	jmp	*kw_linux_entry + 1 * 8(%rip)
	int3
SYM_CODE_END(kw_stub_debug)
