/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of libkw share: requests to the device, the gates' addresses,
 * and the jumps to the gates (gate.S).
 */
#pragma once

#include "kw.h"

/* Stack and register arguments of gate_call */
#define KW_ARGUMENTS (6 + KW_STACK_ARGUMENTS)

/* One ioctl on the device, opened for it. 0 or -errno; -ENODEV: there is no device. */
int kw_request(unsigned long request, unsigned long argument);

/*
 * Learn the gates. kw_gates_learn() asks the module; kw_gates() only if nobody
 * has asked yet. 0 or -errno; -EPROTO: a module of another ABI.
 */
int kw_gates_learn(void);
int kw_gates(void);

/* Valid once one of the above has returned 0 */
extern struct kw_info kw_gate_info;

/* In gate.S. arguments: KW_ARGUMENTS words; stack: how many of those after the sixth the function takes. */
long kw_gate_call(unsigned long function, const unsigned long *arguments, unsigned int stack, unsigned long gate);
long kw_gate_syscall(const long *number_and_arguments, unsigned long gate);
unsigned long kw_gate_value(unsigned long gate);
long kw_trap(const long *number_and_arguments);
