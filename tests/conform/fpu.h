/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What fpu.c, compiled without FPU instructions, and fpu_fpu.c, with, share.
 */
#pragma once

#include "tap.h"

#define DEFAULT_CONTROL	0x1f80037fU	/* MXCSR << 16 | x87 control word, as the processor starts */
#define ROUND_DOWN	0x3f80077fU
#define ROUND_UP	0x5f800b7fU

/*
 * Fill all x87, SSE and, if there are any, AVX registers with values made from
 * seed, count down from loops without touching them, or until *until changes,
 * and return how many have changed.
 */
INT	fpu_hold(UW seed, UW loops, const volatile INT *until);
/* Fill the registers with something else and leave them so, the x87 stack full. */
void	fpu_spoil(void);
/* Empty the x87 stack. */
void	fpu_clean(void);
/* The control words, in the form above. */
UW	fpu_control(void);
void	fpu_set_control(UW control);
/* Steps of a computation that depends on every rounding; pause() is called after each. The bits of the result. */
UD	fpu_compute(UW seed, UW steps, void (*pause)(void));

void main_task(VP_INT exinf);
void holder_task(VP_INT exinf);
void holder_texrtn(TEXPTN texptn, VP_INT exinf);
void rival_task(VP_INT exinf);
void plain_task(VP_INT exinf);
void cycle_handler(VP_INT exinf);
