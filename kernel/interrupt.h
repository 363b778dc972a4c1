/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt handlers, as far as the rest of the kernel has to do with them. */
#pragma once

void	kernel_interrupt_initialize(void);
