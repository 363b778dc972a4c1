/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Holds the numbers in layout.h to the C declarations that they stand for.
 * Generates no code.
 */
#include "pc.h"

#define HOLDS(what)	_Static_assert(what, #what)

HOLDS(offsetof(struct kernel, running) == KERNEL_RUNNING);
HOLDS(offsetof(struct kernel, scheduled) == KERNEL_SCHEDULED);

HOLDS(offsetof(struct port_context, sp) == CONTEXT_SP);
HOLDS(offsetof(struct port_context, special) == CONTEXT_SPECIAL);
HOLDS(offsetof(struct port_context, stack_top) == CONTEXT_STACK_TOP);

HOLDS(offsetof(struct fault_frame, r15) == FRAME_R15);
HOLDS(offsetof(struct fault_frame, r14) == FRAME_R14);
HOLDS(offsetof(struct fault_frame, r13) == FRAME_R13);
HOLDS(offsetof(struct fault_frame, r12) == FRAME_R12);
HOLDS(offsetof(struct fault_frame, rbp) == FRAME_RBP);
HOLDS(offsetof(struct fault_frame, rbx) == FRAME_RBX);
HOLDS(sizeof(struct fault_frame) == FRAME_SIZE);
