/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The port's hooks on Linux, real-time side: linked into every application
 * module, runs only where the kernel runs, calls nothing of Linux. The state
 * below belongs to the lock, like the kernel's own.
 */
#include <kernel/config.h>
#include <port/common/grid.h>
#include "app.h"

static struct grid grid;		/* of the time units, on the source's counter */
static void *initializing[5];		/* where an initialisation that stops goes back to */
static TICK wish_tick;			/* rt_cpu.wish as a tick */
static bool grid_set;			/* the run has started */
static uint64_t ns_per_unit;		/* of the counter, 32.32 */
uint64_t port_ns_per_cycle;		/* of the TSC, 32.32; set by module.c */

/* wish_tick on the counter */
static uint64_t wish_counter(void)
{
	return wish_tick == TICK_NEVER ? UINT64_MAX : grid_counter(&grid, wish_tick);
}

/* ---- handler context ---------------------------------------------------- */

static __attribute__((noinline, cold)) void exception_pass_on(void)
{
	struct rt_exception *exc = &rt_cpu.exc;
	T_EXCINF info = {
		.excno = exc->vector, .tskid = kernel_task_id(kernel.running), .pc = exc->pc, .sp = exc->sp,
		.addr = exc->addr, .code = exc->code, .action = VEXC_TERMINATE,
	};
	bool overrun = exc->vector == EXCNO_BUDGET;

	if (!kernel_exception(&info) || info.action == VEXC_STOP) {
		rt_end(overrun ? RT_END_BUDGET : RT_END_FAULT, 0, NULL);
		return;
	}
	exc->valid = false;
	if (info.action == VEXC_CONTINUE)
		kernel_context(kernel.running)->rt.frame->rip = info.pc;
	if (overrun)
		rt_cpu.entered = rt_clock_read();	/* who runs now gets a budget of his own */
}

/* The run begins: what kernel_initialize wished for could not be said in counter values before. */
static __attribute__((noinline, cold)) void grid_begin(void)
{
	grid_set = true;
	grid_init(&grid, rt_cpu.clock, grid.period);
	rt_cpu.wish = wish_counter();
}

/* Its length is part of every latency: what is rare stands elsewhere. */
void port_handle(void)
{
	uint64_t now = rt_cpu.clock;
	uint32_t raised;

	if (__builtin_expect(!grid_set, 0))
		grid_begin();
	kernel.in_handler = true;
	if (__builtin_expect(rt_cpu.exc.valid, 0)) {
		exception_pass_on();
		if (!rt_cpu.active)
			return;
	}
	if (now >= rt_cpu.wish) {
		rt_cpu.due = rt_cpu.wish;
		rt_cpu.wish = UINT64_MAX;
		/* Nearly always the very tick that was wished for */
		kernel_timer_interrupt(now - rt_cpu.due < grid.period >> 32 ? wish_tick : grid_tick(&grid, now));
	}
	while ((raised = __atomic_exchange_n(&rt_cpu.raised, 0, __ATOMIC_ACQ_REL)))
		for (; raised; raised &= raised - 1)
			kernel_interrupt(__builtin_ctz(raised));
	kernel.in_handler = false;
}

/* ---- switching ---------------------------------------------------------- */

/*
 * The preempted task is to run kernel_tex_run() before it goes on: its machine
 * state moves to its own stack, and a frame that starts port_tex_entry takes
 * its place.
 */
static void tex_insert(struct port_context *context)
{
	struct rt_frame *frame = context->rt.frame;
	uint64_t size = sizeof(struct rt_slot) + (context->rt.fpu ? port_fpu_size + 64 : 0);
	uint64_t sp = (frame->rsp - size) & ~15ULL;
	struct rt_slot *saved = (struct rt_slot *)sp;

	if (frame->rip == (uint64_t)port_tex_entry)
		return;			/* chosen before, but Linux or an NMI came between */
	/* A stack pointer gone wild faults in the task, when it goes on, and not here. */
	if (frame->rsp > context->rt.stack_top || frame->rsp < context->rt.stack_bottom + size + PORT_TEX_ROOM)
		return;
	for (unsigned int i = 0; i < sizeof(*frame) / sizeof(uint64_t); i++)
		((uint64_t *)&saved->frame)[i] = ((uint64_t *)frame)[i];
	if (context->rt.fpu) {
		uint64_t *area = (uint64_t *)((sp + sizeof(struct rt_slot) + 63) & ~63ULL);

		for (unsigned int i = 0; i < FPU_HEADER_SIZE / sizeof(uint64_t); i++)
			area[FPU_HEADER / sizeof(uint64_t) + i] = 0;
		frame->rdi = (uint64_t)area;
	} else {
		frame->rdi = 0;
	}
	frame->rip = (uint64_t)port_tex_entry;
	frame->rsp = sp;
}

struct rt_context *port_choose(void)
{
	struct port_context *context;

	if (kernel_must_dispatch())
		kernel.running = kernel.scheduled;
	if (!kernel.running)
		return NULL;
	context = kernel_context(kernel.running);
	if (context->rt.frame && __builtin_expect(kernel_tex_due(), 0))
		tex_insert(context);
	return &context->rt;
}

/* For one interrupt that Linux raises on this CPU. A preempted task that it gives back is port_choose's once more. */
struct rt_context *port_interrupt(uint32_t intno)
{
	kernel.in_handler = true;
	kernel_interrupt(intno);
	kernel.in_handler = false;
	if (__builtin_expect(kernel_must_dispatch(), 1))
		kernel.running = kernel.scheduled;
	return kernel.running ? &kernel_context(kernel.running)->rt : NULL;
}

/* For tex.S */
void port_tex_unlock(void)
{
	port_unlock();
}

void port_dispatch(void)
{
	struct rt_context *from = &kernel_context(kernel.running)->rt, *to;

	if (kernel.scheduled) {
		to = &kernel_context(kernel.scheduled)->rt;
		if (!to->frame && to->sp && !to->fpu) {
			kernel.running = kernel.scheduled;
			rt_cpu.cur = to;
			*(volatile uint64_t *)rt_cpu.ist = to->end[to->free];
			rt_switch(from, to);
			return;
		}
	}
	kernel.running = kernel.scheduled;
	rt_dispatch(from);
}

void port_exit_dispatch(void)
{
	kernel.running = kernel.scheduled;
	rt_exit_dispatch();
}

void port_unlock_pending(void)
{
	do {
		rt_cpu.lock = 1;
		rt_run_pending();
		/* This context was left by a call: tex_insert() is for preempted ones. */
		if (__builtin_expect(kernel_tex_due(), 0))
			kernel_tex_run();
		__asm__ volatile("" ::: "memory");
		rt_cpu.lock = 0;
		__asm__ volatile("" ::: "memory");
	} while (*(volatile uint32_t *)&rt_cpu.pend);
}

/* The area lies above the stack (port_stack). Zeros mean: every component in its initial state. */
static void fpu_init(struct port_context *context, void *stack, SIZE size)
{
	uint64_t area = ((uint64_t)stack + size + 63) & ~63ULL;

	for (SIZE i = 0; i < port_fpu_size / sizeof(uint64_t); i++)
		((uint64_t *)area)[i] = 0;
	((uint32_t *)area)[FPU_MXCSR / 4] = FPU_MXCSR_INIT;
	context->rt.fpu = (void *)area;
	if (rt_cpu.fpu_owner == &context->rt)
		rt_cpu.fpu_owner = &rt_cpu.handler;
}

void port_context_init(struct port_context *context, void *stack, SIZE size, bool fpu)
{
	context->rt.frame = NULL;
	context->rt.sp = 0;
	context->rt.stack_bottom = (uint64_t)stack;
	context->rt.stack_top = ((uint64_t)stack + size) & ~15ULL;
	context->rt.slot = context->slot;
	for (int i = 0; i < 2; i++) {
		context->slot[i].cpu = &rt_cpu;
		context->slot[i].cr3_mask = rt_cpu.handler_start.cr3_mask;
		context->slot[i].noflush = rt_cpu.handler_start.noflush;
		context->rt.end[i] = (uint64_t)&context->slot[i].cpu;
	}
	context->rt.fpu = NULL;
	if (fpu)
		fpu_init(context, stack, size);
}

/* ---- time --------------------------------------------------------------- */

/* Before each start: tick 0 until the run begins. hertz: of the counter. */
void port_clock_init(uint64_t hertz)
{
	grid_set = false;
	wish_tick = TICK_NEVER;
	grid.period = grid_ratio(hertz, MSEC(1000));
	ns_per_unit = grid_ratio(1000000000, hertz);
}

TICK port_time(void)
{
	return grid_set ? grid_tick(&grid, rt_clock_read()) : 0;
}

void port_timer_set(TICK at)
{
	wish_tick = at;
	rt_cpu.wish = wish_counter();
	if (!kernel.in_handler && grid_set)
		rt_timer_program(rt_cpu.cur);
}

UD port_timer_latency(void)
{
	/* Any context: may not write rt_cpu.clock. */
	uint64_t now = rt_clock_peek();

	return (UD)((unsigned __int128)(now - rt_cpu.due) * ns_per_unit >> 32);
}

UD port_cycles(void)
{
	return __builtin_ia32_rdtsc();
}

UD port_cycles_to_ns(UD cyc)
{
	return (UD)((unsigned __int128)cyc * port_ns_per_cycle >> 32);
}

void port_spin(UD ns)
{
	UD start = port_cycles();

	while (port_cycles_to_ns(port_cycles() - start) < ns)
		__builtin_ia32_pause();
}

/* ---- the rest ----------------------------------------------------------- */

void port_interrupt_raise(INTNO intno)
{
	__atomic_or_fetch(&rt_cpu.raised, 1U << intno, __ATOMIC_ACQ_REL);
	if (kernel.in_handler || rt_cpu.lock) {
		rt_cpu.pend = 1;
	} else {
		rt_cpu.lock = 1;
		rt_cpu.pend = 1;
		port_unlock();
	}
}

void port_log_kick(void)
{
	__atomic_store_n(&rt_cpu.report, 1, __ATOMIC_RELEASE);
	rt_kick_linux();
}

static void end(enum rt_end why, INT code, const char *text)
{
	if (!rt_cpu.active)			/* an ATT_INI routine */
		__builtin_longjmp(initializing, 1);
	rt_cpu.lock = 1;
	rt_end(why, code, text);
	rt_exit_dispatch();
}

void port_stop(INT code)
{
	end(RT_END_CODE, code, NULL);
	__builtin_unreachable();
}

void port_panic(const char *why)
{
	end(RT_END_PANIC, 0, why);
	__builtin_unreachable();
}

/* ---- for module.c, which cannot include the kernel's headers beside Linux's ---- */

size_t port_fpu_size;

bool port_wants_exception(uint32_t vector)
{
	return vector <= TMAX_EXCNO && kernel_exc_handler[vector];
}

int port_running_task(void)
{
	return kernel_task_id(kernel.running);
}

int port_initialize(uint64_t hertz)
{
	port_clock_init(hertz);
	if (__builtin_setjmp(initializing))
		return E_SYS;
	return kernel_initialize();
}

void (*const port_task_main)(void) = kernel_task_main;

const struct rt_exchange __attribute__((weak)) port_exchange;

const struct port_trace __attribute__((weak)) port_trace;

const char *port_application(void)
{
	return kernel_application;
}
