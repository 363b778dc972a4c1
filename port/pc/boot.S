/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way from the loader into C. A PVH loader (QEMU's -kernel; Xen) jumps to
 * boot_entry in 32-bit protected mode without paging, interrupts off, with the
 * address of the start info in %ebx. We map the first gigabyte as it is, enter
 * long mode and call start(start_info) on the idle stack. memory.c then
 * replaces the page tables by ones with access rights.
 */
#include "layout.h"

#define CR0_PROTECTED	0x00000001
#define CR0_MONITOR_FPU	0x00000002
#define CR0_EMULATE_FPU	0x00000004
#define CR0_NUMERIC	0x00000020
#define CR0_WRITE_PROT	0x00010000
#define CR0_PAGING	0x80000000
#define CR4_PAE		0x20
#define CR4_FXSAVE	0x200
#define CR4_SIMD_FAULTS	0x400
#define MSR_EFER	0xc0000080
#define EFER_LONG	0x100
#define EFER_NX		0x800
#define PTE_PRESENT	0x1
#define PTE_WRITE	0x2
#define PTE_LARGE	0x80

	.section .note.Xen, "a", @note
	.balign	4
	.long	4			/* size of the name */
	.long	8			/* size of the value */
	.long	18			/* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz	"Xen"
	.quad	boot_entry

	.section .text.boot, "ax", @progbits
	.code32
	.globl	boot_entry
boot_entry:
	cli
	cld
	movl	$idle_stack_top, %esp
	movl	%ebx, %ebp		/* start info; cpuid overwrites %ebx */

	/* Long mode and NX are there on all that QEMU calls x86-64, but not on every -cpu. */
	movl	$0x80000001, %eax
	cpuid
	andl	$0x20100000, %edx
	cmpl	$0x20100000, %edx
	jne	boot_unfit

	movl	$boot_directory + PTE_PRESENT + PTE_WRITE, boot_pointers
	movl	$boot_pointers + PTE_PRESENT + PTE_WRITE, boot_root
	movl	$PTE_PRESENT + PTE_WRITE + PTE_LARGE, %eax
	xorl	%ecx, %ecx
1:	movl	%eax, boot_directory(, %ecx, 8)
	addl	$0x200000, %eax
	incl	%ecx
	cmpl	$512, %ecx
	jne	1b

	movl	$boot_root, %eax
	movl	%eax, %cr3
	movl	$CR4_PAE + CR4_FXSAVE + CR4_SIMD_FAULTS, %eax
	movl	%eax, %cr4
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LONG + EFER_NX, %eax
	wrmsr
	movl	%cr0, %eax
	andl	$~CR0_EMULATE_FPU, %eax
	orl	$CR0_PROTECTED + CR0_MONITOR_FPU + CR0_NUMERIC + CR0_WRITE_PROT + CR0_PAGING, %eax
	movl	%eax, %cr0
	lgdt	boot_gdt_pointer
	ljmp	$SELECTOR_CODE, $boot_long

/* No way yet to say more than this: the text, byte by byte, then stop for good. */
boot_unfit:
	movl	$boot_unfit_text, %esi
	movw	$0x3f8, %dx
2:	lodsb
	testb	%al, %al
	jz	3f
	outb	%al, %dx
	jmp	2b
3:	movl	$70, %eax
	outl	%eax, $0xf4
4:	hlt
	jmp	4b

	.code64
boot_long:
	movw	$SELECTOR_DATA, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	xorl	%eax, %eax
	movw	%ax, %fs
	movw	%ax, %gs
	movl	%ebp, %edi		/* clears the upper half */
	xorl	%ebp, %ebp
	call	start			/* the stack is aligned; start does not return */
	ud2

	.section .rodata
boot_unfit_text:
	.asciz	"unitron: this CPU has no long mode or no NX; give QEMU -cpu max\n"
	.balign	4
boot_gdt_pointer:
	.word	boot_gdt_end - boot_gdt - 1
	.long	boot_gdt, 0		/* reloaded in long mode as a 64-bit address by idt.c */

	.section .data
	.globl	boot_gdt
	.balign	8
boot_gdt:
	.quad	0
	.quad	0x00af9a000000ffff	/* code, 64 bits, ring 0 */
	.quad	0x00cf92000000ffff	/* data */
	.quad	0, 0			/* task state segment: idt.c */
boot_gdt_end:

	.section .bss
	.balign	4096
boot_root:
	.skip	4096
boot_pointers:
	.skip	4096
boot_directory:
	.skip	4096

/* Each stack has an unmapped page below it (memory.c). */
	.section .stacks, "aw", @nobits
	.macro	stack name
	.balign	4096
	.globl	\name\()_guard, \name\()_top
\name\()_guard:
	.skip	4096
	.skip	STACK_BYTES
\name\()_top:
	.endm
	stack	idle_stack
	stack	handler_stack
	stack	fault_stack
	stack	nmi_stack
	stack	double_fault_stack

	.section .note.GNU-stack, "", @progbits
