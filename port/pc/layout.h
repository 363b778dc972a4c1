/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers that the assembly sources share with C: offsets (checked in
 * layout.c), selectors, sizes of stacks. Only #defines.
 */
#pragma once

/* struct kernel */
#define KERNEL_RUNNING		0
#define KERNEL_SCHEDULED	8

/* struct port_context */
#define CONTEXT_SP		0
#define CONTEXT_SPECIAL		8
#define CONTEXT_STACK_TOP	24

/* bits of port_context.special */
#define CONTEXT_FPU		1	/* has FPU registers: load them */
#define CONTEXT_BUDGET		2	/* its time is counted */

/* struct fault_frame */
#define FRAME_R15		0
#define FRAME_R14		8
#define FRAME_R13		16
#define FRAME_R12		24
#define FRAME_RBP		32
#define FRAME_RBX		40
#define FRAME_SIZE		176

/* what fault_enter and nmi_enter want done */
#define FAULT_SWITCH		0	/* the task is no more: go to kernel.scheduled */
#define FAULT_IGNORE		1	/* NMI: nothing happened */
#define FAULT_TASK		2	/* NMI: the running task is to be treated as faulting */
/* anything else: address of an interrupt frame on the task's stack, to continue from */

/* global descriptor table */
#define SELECTOR_CODE		0x08
#define SELECTOR_DATA		0x10
#define SELECTOR_TSS		0x18

/* interrupt stack table slots */
#define IST_FAULT		1
#define IST_NMI			2
#define IST_DOUBLE_FAULT	3

#define STACK_BYTES		16384	/* idle, handlers, each IST slot; a guard page below each */

/* interrupt vectors: one priority class, no nesting */
#define VECTOR_TIMER		0x40
#define VECTOR_RAISE		0x41
#define VECTOR_DEVICE		0x42
#define VECTOR_SPURIOUS		0xff
