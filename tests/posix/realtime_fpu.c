/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two tasks that compute the same sum from different terms, with rounding set
 * differently, at the same time: both must get what each gets alone.
 */
#include "realtime.h"
#include "kernel_id.h"

#define TERMS	3000000
#define ROUNDS	6

static volatile int ended;

static inline unsigned int mxcsr_read(void)
{
	unsigned int value;

	__asm__ volatile("stmxcsr %0" : "=m"(value));
	return value;
}

static inline void mxcsr_write(unsigned int value)
{
	__asm__ volatile("ldmxcsr %0" :: "m"(value));
}

static double sum(double term)
{
	double total = 0;

	for (int i = 1; i < TERMS; i++)
		total += term / i;
	return total;
}

void sum_task(VP_INT exinf)
{
	double first;
	unsigned int mxcsr;

	must(mxcsr_read() == 0x1f80);
	/* Rounding down in one task, up in the other */
	mxcsr = exinf == 1 ? 0x3f80 : 0x5f80;
	mxcsr_write(mxcsr);
	loc_cpu();
	first = sum((double)exinf);
	unl_cpu();
	for (int i = 0; i < ROUNDS; i++) {
		must(sum((double)exinf) == first);
		must((mxcsr_read() & 0x7fc0) == (mxcsr & 0x7fc0));
	}
	if (++ended == 2)
		wup_tsk(CONTROL);
}
