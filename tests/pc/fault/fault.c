/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults that nobody handles: the program commits the one that it is built
 * with (-DFAULT=kind) and must end in one line that says so (tests/pc/run).
 */
#include "fault.h"
#include "kernel_id.h"

#define KIND		static __attribute__((unused)) void

/* Within the machine's memory, but nothing lies there. */
#define FREE_MEMORY	0x0f000000UL
#define NON_CANONICAL	0x8000000000001000UL

static void (*in_handler)(void);
static const int constant = 1;
static UB code_in_data[] = { 0xc3 };

/* The compiler shall not know where a pointer leads. */
static volatile int *at(UD address)
{
	__asm__("" : "+r"(address));
	return (volatile int *)address;
}

KIND null_read(void)
{
	(void)*at(0);
}

KIND null_write(void)
{
	*at(8) = 1;
}

KIND free_memory(void)
{
	*at(FREE_MEMORY) = 1;
}

KIND beyond_memory(void)
{
	(void)*at(0x123456789000UL);
}

KIND non_canonical(void)
{
	(void)*at(NON_CANONICAL);
}

KIND write_text(void)
{
	*at((UD)faulty_task) = 0;
}

KIND write_constant(void)
{
	*at((UD)&constant) = 2;
}

KIND divide(void)
{
	volatile int one = 1, zero = 0;
	volatile int quotient = one / zero;

	(void)quotient;
}

KIND invalid_opcode(void)
{
	__asm__ volatile("ud2");
}

KIND breakpoint(void)
{
	__asm__ volatile("int3");
}

KIND stray_interrupt(void)
{
	__asm__ volatile("int $0x50");
}

/* Not the SIMD error: the emulator does not raise it. */
KIND x87(void)
{
	static const UH unmask_all = 0x0340;

	__asm__ volatile("fninit; fldcw %0; fld1; fldz; fdivrp; fwait" :: "m"(unmask_all));
}

static __attribute__((noinline)) int recurse(int depth)
{
	volatile int here = depth;

	return recurse(depth + 1) + here;
}

KIND overflow(void)
{
	recurse(0);
}

KIND big_frame(void)
{
	volatile char large[1000000];

	large[0] = 1;
}

KIND wild_stack(void)
{
	__asm__ volatile("movl $0x100, %%esp; pushq %%rax" ::: "memory");
}

KIND jump_null(void)
{
	((void (*)(void))at(0))();
}

KIND jump_data(void)
{
	((void (*)(void))at((UD)code_in_data))();
}

KIND locked(void)
{
	loc_cpu();
	null_read();
}

KIND handler(void)
{
	in_handler = null_read;
	sta_cyc(CYCLE);
	for (;;)
		;
}

KIND handler_over_idle(void)
{
	in_handler = null_read;
	sta_cyc(CYCLE);
	slp_tsk();
}

static void leave_locked(void)
{
	iloc_cpu();
}

KIND handler_left_locked(void)
{
	in_handler = leave_locked;
	sta_cyc(CYCLE);
	slp_tsk();
}

static void loop(void)
{
	for (;;)
		;
}

KIND runaway(void)
{
	loop();
}

static void wake_busy(void)
{
	iact_tsk(BUSY_TASK);
}

/* Interrupted and preempted all the while. */
KIND runaway_preempted(void)
{
	in_handler = wake_busy;
	sta_cyc(CYCLE);
	loop();
}

KIND runaway_locked(void)
{
	loc_cpu();
	loop();
}

KIND runaway_handler(void)
{
	in_handler = loop;
	sta_cyc(CYCLE);
	slp_tsk();
}

/* Well behaved with any budget above 1 ms: uses 1 ms in each 5 ms, in all 200 ms. */
KIND frugal(void)
{
	for (int i = 0; i < 200; i++) {
		vspn_tim(1000000);
		dly_tsk(MSEC(4));
	}
}

/* Runs while 32 bits of the HPET, at 100 MHz, overflow: 42.95 s after it was started. */
KIND frugal_late(void)
{
	dly_tsk(MSEC(42850));
	vspn_tim(150000000);
}

void faulty_task(VP_INT exinf)
{
	FAULT();
	vstp_sys(3);
}

void busy_task(VP_INT exinf)
{
	vspn_tim(100000);
}

void cycle_handler(VP_INT exinf)
{
	if (in_handler)
		in_handler();
}
