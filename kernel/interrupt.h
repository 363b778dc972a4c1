/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt handlers, as far as the rest of the kernel has to do with them. */
#pragma once

#include <stdbool.h>
#include <itron/kernel.h>

void	kernel_interrupt_initialize(void);
/* Has the application a handler or service routine for this number? */
bool	kernel_interrupt_handled(INTNO intno);
