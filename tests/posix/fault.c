/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults that no DEF_EXC handler takes: the message, the status, and no line
 * of the log lost. CASE names the fault and the place.
 */
#include <stdio.h>

#include "fault.h"
#include "kernel_id.h"

/* A function of its own, for its name to be found by the pc of the message. */
static void __attribute__((noinline)) null_writer(void)
{
	write_to(0);
}

/* Loop with the stack so full that a signal's frame has no room. */
static void wait_on_last_bytes(void)
{
	unsigned long low, high, here = (unsigned long)&low;
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[256];

	must(maps);
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx", &low, &high) == 2 && low <= here && here < high)
			__asm__ volatile("mov %0, %%rsp; 1: jmp 1b" :: "r"(low + 256) : "memory");
	must(false);
}

static void fault(void)
{
	VP_INT zero = 0;

	if (is_case("null"))
		null_writer();
	if (is_case("wild"))
		__asm__ volatile("movl (%0), %%eax" :: "r"(0x123456789000) : "eax");
	if (is_case("jump"))
		__asm__ volatile("call *%0" :: "r"(0x10L) : "memory");
	if (is_case("non-canonical"))
		write_to(0x1234567890000000);
	if (is_case("divide"))
		__asm__ volatile("xor %%edx, %%edx; mov $1, %%eax; idivl %0" :: "r"((int)zero) : "eax", "edx");
	if (is_case("ud2"))
		__asm__ volatile("ud2");
	if (is_case("int3"))
		__asm__ volatile("int3");
	if (is_case("overflow") || is_case("overflow-in-handler"))
		overflow_stack(~0UL);
	if (is_case("overflow-by-signal"))
		wait_on_last_bytes();
	write_to(zero);
}

void faulty_task(VP_INT exinf)
{
	for (int i = 0; i < 10; i++)
		vlog("line %d", i);
	if (is_case("handler") || is_case("overflow-in-handler")) {
		sta_alm(FAULTY_ALARM, MSEC(1));
		slp_tsk();
	}
	if (is_case("overflow-by-signal"))
		sta_alm(FAULTY_ALARM, MSEC(100));
	if (is_case("locked"))
		loc_cpu();
	if (is_case("ext_tsk-in-handler")) {
		sta_alm(FAULTY_ALARM, MSEC(1));
		vspn_tim(3000000);
	}
	fault();
}

void faulty_alarm(VP_INT exinf)
{
	if (is_case("ext_tsk-in-handler"))
		ext_tsk();
	fault();
}

void faulty_init(VP_INT exinf)
{
	if (is_case("init"))
		fault();
}
