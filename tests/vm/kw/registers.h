/* SPDX-License-Identifier: BSD-2-Clause */
/* What a thread must keep whatever comes in between; registers.S. */
#pragma once

#include <stdint.h>

/*
 * Hold numbers made of `value` in ten registers, all vector registers and the
 * red zone for `turns` turns (some 80 instructions each). wide: the vector
 * registers' upper halves, too; the CPU must have AVX. 0, or what has changed:
 * 1 a register, 2 the red zone, 3 a vector register.
 */
unsigned int registers_hold(uint64_t value, unsigned long turns, unsigned int wide);
