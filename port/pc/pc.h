/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the sources of the pc port share. Nothing here is known to the kernel
 * or to applications. Unless said otherwise a function is for interrupts
 * masked: start-up, handler context, or a locked task.
 */
#pragma once

#include <unitron/port.h>
#include "layout.h"

#define PAGE_BYTES	4096UL

/* Exit code of a machine that stopped because something went wrong. */
#define STOP_FAILURE	70

/* Registers at a CPU exception or NMI, as interrupt.S pushes them, lowest address first. */
struct fault_frame {
	UD	r15, r14, r13, r12, rbp, rbx;
	UD	r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;
	UD	vector;
	UD	code;			/* the CPU's error code, 0 where there is none */
	UD	rip, cs, rflags, rsp, ss;
};

/* ---- processor ---------------------------------------------------------- */

#define RFLAGS_IF	0x200UL

static inline uint8_t in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %w1, %b0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %b0, %w1" :: "a"(value), "Nd"(port));
}

static inline void out16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %w0, %w1" :: "a"(value), "Nd"(port));
}

static inline void out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %w1" :: "a"(value), "Nd"(port));
}

static inline UD rdmsr(uint32_t number)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
	return (UD)high << 32 | low;
}

static inline void wrmsr(uint32_t number, UD value)
{
	__asm__ volatile("wrmsr" :: "a"((uint32_t)value), "d"((uint32_t)(value >> 32)), "c"(number) : "memory");
}

static inline UD rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) :: "memory");
	return (UD)high << 32 | low;
}

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid id;

	__asm__ volatile("cpuid" : "=a"(id.eax), "=b"(id.ebx), "=c"(id.ecx), "=d"(id.edx) : "a"(leaf), "c"(subleaf));
	return id;
}

/* ---- start.c ------------------------------------------------------------ */

/* What follows "name=" on the kernel command line, up to a blank; NULL: not there. */
const char *option(const char *name);
/* The same from behind value, which one of the two has returned. */
const char *option_next(const char *value, const char *name);
bool	option_is(const char *value, const char *word);
/* A number from the command line, or what to take without it. Stops the machine if it is no number. */
UD	option_number(const char *name, UD absent);
/* The machine will not do: say why and what to do instead, and stop. */
void	refuse(const char *why) __attribute__((noreturn));

/* ---- memory.c ----------------------------------------------------------- */

/* Build the final address space; memory_end: first address after the RAM that the image lies in. */
void	memory_setup(UD memory_end);
/* Map the device registers at address, 2 MB around it in the fourth gigabyte. False: not there. Any context. */
bool	memory_map_device(UD address);
/* May a task write here? / Is it the unmapped page below a task's stack? */
bool	memory_writable(UD address);
bool	memory_stack_guard(UD address);
/* Bytes that port_stack maps for a task that wants size. */
SIZE	stack_extent(SIZE size);

/* ---- idt.c -------------------------------------------------------------- */

void	idt_setup(void);

/* ---- context.S, interrupt.S --------------------------------------------- */

/* The context that is loaded: a task's, or idle_context. */
extern struct port_context *port_current;
extern struct port_context idle_context;
/* The slow part of a switch, for a context with special set. On the old stack. */
void	context_special(struct port_context *context);
/* Registers that a new task's first switch pops, ending in its entry. Read only. */
extern const UD context_start_frame[];

/* ---- handler.c ---------------------------------------------------------- */

/* The handler context begins. / Serve every source that has something; the handler context ends. */
void	handler_begin(void);
void	handler_end(void);
/* Lines given to ioapic_route() raise that interrupt number from now on, all of them. */
void	handler_device_raises(INTNO intno);

/* ---- fpu.c -------------------------------------------------------------- */

void	fpu_setup(void);
SIZE	fpu_area_size(void);
/* A new task's registers, in the area at the top of its stack. */
void	fpu_context_init(struct port_context *context);
void	fpu_switch(struct port_context *context);
/* Run a task exception routine in the middle of a task, whose registers it must not spoil. */
void	fpu_run_exception(void);

/* ---- timer.c, hpet.c, lapic.c ------------------------------------------- */

/*
 * A timer source: a counter that runs up for ever, and one shot at a value of
 * it, which arrives as VECTOR_TIMER. Spurious shots do no harm.
 */
struct timer_source {
	const char	*name;
	/* Make it ready. Returns NULL, or why the machine has no such source. */
	const char	*(*setup)(void);
	/* Counts in a tick, 32.32, at so many ticks a second. */
	UD		(*per_tick)(UD ticks_per_second);
	UD		(*counter)(void);	/* any context */
	/*
	 * Shoot when the counter is at value, which is at most reach ahead. A
	 * value that is past may shoot or not: the caller looks afterwards.
	 */
	void		(*compare)(UD value);
	UD		reach;			/* counts; set by setup */
};

extern struct timer_source hpet_source, lapic_source;

/* Choose the source. / Tick 0 is now. */
void	timer_setup(void);
void	timer_start(void);
/* Handler context: run the time event if it is due. / Is it due? */
void	timer_poll(void);
bool	timer_due(void);
/* Handler context: a VECTOR_TIMER came. / At its end: see that another will come. */
void	timer_shot(void);
void	timer_rearm(void);

/* The HPET's counter and its rate, for calibration: false if there is none. */
bool	hpet_present(void);
UD	hpet_per_tick(UD ticks_per_second);
UD	hpet_counter(void);
/* Deliver an NMI when the counter is at value, by the second comparator. setup: NULL, or why not. */
const char *hpet_watchdog_setup(void);
void	hpet_watchdog_compare(UD value);

void	lapic_setup(void);
uint32_t lapic_id(void);
void	lapic_eoi(void);
/* Interrupt this processor by vector as soon as interrupts are on. Any context. */
void	lapic_raise(uint8_t vector);

/* ---- ioapic.c ----------------------------------------------------------- */

/* Send edges of an interrupt line, as the machine counts them, to VECTOR_DEVICE. False: no IO-APIC has that line. Any context. */
bool	ioapic_route(uint32_t line);

/* ---- clock.c ------------------------------------------------------------ */

/* Measure the time-stamp counter, by the HPET or the PIT. */
void	clock_setup(void);
UD	clock_tsc_hertz(void);

/* ---- console.c ---------------------------------------------------------- */

void	console_setup(void);
/* Print what is in the log ring, all of it. */
void	console_drain(void);
/* What runs when no task is ready: print the log, then halt until an interrupt. Interrupts on. */
void	console_idle(void) __attribute__((noreturn));

/* ---- fault.c ------------------------------------------------------------ */

/* Say what happened where, in one line, and stop the machine. */
void	fault_stop(const char *what) __attribute__((noreturn));

/* ---- budget.c ----------------------------------------------------------- */

/* Read budget_us= and hbudget_us=, and start counting if one is given. */
void	budget_setup(void);
extern bool budget_on;
/* A switch to next. / context starts a new life, with nothing used. / Around the handler context. */
void	budget_switch(struct port_context *next);
void	budget_forget(struct port_context *context);
void	budget_handler_begin(void);
void	budget_handler_end(void);
