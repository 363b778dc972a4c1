/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers that assembly and C of kernelware.ko share; idt.c and gates.c check
 * them against Linux's structures.
 */
#pragma once

/* Which entry of the interrupt stack table is ours: #VC's, which only encrypted guests use (machine.c refuses them). */
#define KW_IST			5		/* as an IDT gate says it: tss.ist[KW_IST - 1] */

/*
 * A CPU's stack for our IDT's entries: two halves, so that entries within an
 * NMI don't overwrite the frame of the entry that the NMI interrupted.
 *
 *	+KW_IST_SIZE		end of the upper half
 *	+KW_IST_SIZE / 2	end of the lower half
 *	+0			struct: the offsets below
 *
 * A half's last words are not used: an INT instruction with the number of a
 * vector that has an error code shifts the frame by a word.
 */
#define KW_IST_SIZE		8192
#define KW_IST_UNUSED		16
#define IST_ENTRY		0		/* address of tss.ist[KW_IST - 1] */
#define IST_SP0			8		/* tss.sp0, where Linux takes entries from user mode */
#define IST_NMI_STACK		16		/* lowest address of Linux's NMI stack */
#define IST_SCRATCH		24		/* for kw_stub_nmi */
#define IST_GS			32		/* Linux's GS base on this CPU */

#define KW_STUB_SIZE		32

/* Linux's thread_info is the beginning of task_struct. */
#define TI_FLAGS		0
#define TI_SYSCALL_WORK		8

#define KW_GATE_SIZE		128

#define KW_PROGRAM_FLAGS	0x202		/* RFLAGS of a program in a system call: interrupts on */

/* KW_LEAVE and KW_STACK_ARGUMENTS of <unitron/kernelware.h> */
#define LEAVE_REQUEST		0x4b03
#define STACK_ARGUMENTS		8
