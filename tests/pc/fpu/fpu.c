/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tasks with FPU registers: sums in SSE and x87 registers and a rounding mode
 * outlast preemption by others that use them, and task exceptions that come by
 * an interrupt and use them too.
 */
#include "fpu.h"
#include "../check.h"

#define TERMS		20000
#define CONTROL_DEFAULT	0x037f
#define MXCSR_DEFAULT	0x1f80
#define MXCSR_FLAGS	0x003f

volatile UINT sums[3];
volatile UINT exceptions;

static double harmonic(double step)
{
	double sum = 0;

	for (int i = 1; i <= TERMS; i++)
		sum += step / i;
	return sum;
}

static long double harmonic_x87(long double step)
{
	long double sum = 0;

	for (int i = 1; i <= TERMS; i++)
		sum += step / i;
	return sum;
}

static UH x87_control(void)
{
	UH control;

	__asm__ volatile("fnstcw %0" : "=m"(control));
	return control;
}

static UW sse_control(void)
{
	UW control;

	__asm__ volatile("stmxcsr %0" : "=m"(control));
	return control & ~(UW)MXCSR_FLAGS;
}

void computing_task(VP_INT exinf)
{
	UH control = exinf == 1 ? 0x0f7f : CONTROL_DEFAULT;	/* one task rounds towards zero */
	double first;
	long double first_x87;

	CHECK(x87_control() == CONTROL_DEFAULT);
	CHECK(sse_control() == MXCSR_DEFAULT);
	__asm__ volatile("fldcw %0" :: "m"(control));
	CHECK(loc_cpu() == E_OK);
	first = harmonic((double)exinf);
	first_x87 = harmonic_x87((long double)exinf);
	CHECK(unl_cpu() == E_OK);
	CHECK(ena_tex() == E_OK);
	for (;;) {
		CHECK(harmonic((double)exinf) == first);
		CHECK(harmonic_x87((long double)exinf) == first_x87);
		CHECK(x87_control() == control);
		sums[exinf]++;
	}
}

void computing_exception(TEXPTN texptn, VP_INT exinf)
{
	UW control = 0x7f80;

	__asm__ volatile("fninit; ldmxcsr %0" :: "m"(control));
	CHECK(harmonic(3) > 0);
	exceptions++;
}

/* Finds the registers as after a reset each time, whatever it left in them. */
void short_task(VP_INT exinf)
{
	UH control = 0x0b7f;
	UW mxcsr = 0x3f80;

	CHECK(x87_control() == CONTROL_DEFAULT);
	CHECK(sse_control() == MXCSR_DEFAULT);
	CHECK(harmonic(7) > 0);
	__asm__ volatile("fldcw %0; ldmxcsr %1" :: "m"(control), "m"(mxcsr));
	sums[0]++;
}
