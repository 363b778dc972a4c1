/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface between the delivery unit (unitron.ko), which owns the NMI
 * gate, the timer and the switching between Linux and the real-time side, and
 * an application module, which brings the uITRON kernel. The structures are
 * also read by assembly: the offsets below are checked by offsets.c.
 *
 * Lock: there is one real-time CPU. Its state, rt_cpu, is touched by code of
 * the real-time side only while rt_cpu.lock is set, in the handler context, or
 * in the NMI; an NMI that finds the lock or the handler context sets pend and
 * returns. Linux touches it only while the real-time side is not active.
 */
#pragma once

/* struct rt_frame */
#define RT_FRAME_CR3	(15 * 8)
#define RT_FRAME_GS	(16 * 8)
#define RT_FRAME_SPARE	(17 * 8)
#define RT_FRAME_RIP	(18 * 8)
#define RT_FRAME_SIZE	(23 * 8)
/* struct rt_slot, from the end of its frame */
#define SLOT_CPU	(RT_FRAME_SIZE + 0)
#define SLOT_CR3_MASK	(RT_FRAME_SIZE + 8)
#define SLOT_NOFLUSH	(RT_FRAME_SIZE + 16)
/* struct rt_context */
#define CONTEXT_FRAME	0
#define CONTEXT_SP	8
#define CONTEXT_TOP	16
/* struct rt_cpu */
#define CPU_LOCK	0
#define CPU_PEND	4
#define CPU_SEND_NMI	8
#define CPU_ICR2_DIRTY	12
#define CPU_CUR		16
#define CPU_EXIT	24
#define CPU_GS		32
#define CPU_NMI_STACK	40
#define CPU_HANDLER_STACK 48
#define CPU_TASK_MAIN	56
#define CPU_LAPIC	64
#define CPU_DELIVER	72
#define CPU_X2APIC	80
#define CPU_ICR2_SAVED	84
#define CPU_APIC_ID	88

#ifndef __ASSEMBLY__

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#include <stdbool.h>
#include <stddef.h>
#endif

struct module;
struct rt_cpu;
struct exchange_object;

/* A whole machine state, as the NMI stub leaves it on the stack. */
struct rt_frame {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	uint64_t rax, rcx, rdx, rsi, rdi;
	uint64_t cr3;
	uint64_t gs;		/* in an exception's frame: the vector */
	uint64_t spare;		/* the Linux NMI frame to go to; the exception's error code */
	uint64_t rip, cs, flags, rsp, ss;
};

/*
 * Where the NMI puts the machine state of what it interrupts: the interrupt
 * stack table points to the end of the frame. A context has two, so that one
 * can be restored from while the other is ready for the next NMI.
 */
struct rt_slot {
	uint64_t pad0;
	struct rt_frame frame;
	struct rt_cpu *cpu;
	uint64_t cr3_mask;	/* clears the bits of the user page table */
	uint64_t noflush;	/* bit 63 if CR3 writes may keep the TLB */
	uint64_t pad1;
} __attribute__((aligned(16)));

struct rt_context {
	struct rt_frame *frame;	/* saved by an NMI: in slot[!free]; NULL: saved voluntarily at sp */
	uint64_t sp;		/* callee-saved registers and return address; 0: not started yet */
	uint64_t stack_top;
	uint64_t stack_bottom;
	struct rt_slot *slot;	/* two */
	uint64_t end[2];	/* of their frames: what the interrupt stack table is set to */
	uint64_t free;		/* the slot for the next NMI */
	void *fpu;		/* XSAVE area; NULL: uses no FPU registers */
};

/* A CPU exception or an overrun on the real-time side */
struct rt_exception {
	bool valid;
	bool handler;		/* in the handler context */
	bool locked;		/* inside the kernel or with the CPU locked */
	uint32_t vector;
	uint64_t code, addr, pc, sp;
};

/* Why the real-time side ended */
enum rt_end { RT_END_NONE, RT_END_STOPPED, RT_END_CODE, RT_END_FAULT, RT_END_BUDGET, RT_END_HANDLER_BUDGET, RT_END_PANIC };

struct rt_record {
	enum rt_end end;
	int code;		/* RT_END_CODE */
	int task;		/* number, 0: none */
	bool handler;
	bool locked;
	const char *why;	/* RT_END_PANIC */
	struct rt_exception exc;
};

/* What an application module tells the delivery unit. handle, interrupt, choose, wants_exception and task_main run on the real-time side. */
struct unitron_info;

/*
 * The objects that an application exports: exchange/host.h. Linux process
 * context, while the application is loaded and has been initialised; for one
 * object one call at a time, but for kicked: any context.
 */
struct rt_exchange {
	unsigned int (*count)(void);
	struct exchange_object *(*object)(unsigned int index);
	unsigned int (*mode)(const struct exchange_object *object);
	void (*info)(const struct exchange_object *object, struct unitron_info *info);
	void (*state)(const struct exchange_object *object, uint32_t *filled, uint32_t *moved, bool *broken);
	long (*read)(struct exchange_object *object, void *data, size_t size, uint32_t mask);
	bool (*unread)(struct exchange_object *object, const void *data);
	long (*write)(struct exchange_object *object, const void *data, size_t size);
	bool (*ready)(struct exchange_object *object, uint32_t mask, uint32_t signals, bool wish);
	bool (*kicked)(struct exchange_object *object);
	/* Rings to map: vmalloc_user's; a process begins to use it; it rings. */
	void *(*memory)(const struct exchange_object *object);
	void (*open)(struct exchange_object *object);
	void (*bell)(struct exchange_object *object);
};

struct rt_app {
	const char *name;
	struct module *owner;
	/* Linux process context, real-time side not active: set the kernel to its initial state. 0, or -errno with a sentence in the log. */
	int (*initialize)(void);
	/* Handler context: run what is due; rt_cpu.clock is fresh. Called again while NMIs come meanwhile. */
	void (*handle)(void);
	/* Handler context: run the handlers of this interrupt, then as choose. */
	struct rt_context *(*interrupt)(uint32_t intno);
	/* Locked: the context of the task to run next, or NULL for Linux. */
	struct rt_context *(*choose)(void);
	/* Is there a DEF_EXC handler for this number? */
	bool (*wants_exception)(uint32_t vector);
	int (*running_task)(void);
	const char *(*task_name)(int task);
	/* The next line of the log: its length, 0 if there is none. Any context. */
	size_t (*log_read)(char *line, size_t size);
	void (*task_main)(void);
	/* What it exports, or NULL */
	const struct rt_exchange *exchange;
	/* Linux process context: what the application looks like now, picture_size bytes of <unitron/inspect.h> */
	void (*picture)(void *to);
	size_t picture_size;
	/* The memory of the trace and the word that turns it on, or NULL: <unitron/trace.h> */
	const void *trace;
	size_t trace_size;
	uint32_t *tracing;
};

enum rt_source { RT_SOURCE_HPET, RT_SOURCE_PIT };

/* As lidt and sidt have it */
struct rt_idtr {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

struct rt_cpu {
	uint32_t lock;		/* the real-time side is in a critical section */
	uint32_t pend;		/* an NMI found the lock or the handler context */
	uint32_t send_nmi;	/* on leaving to Linux send it an NMI that it missed */
	uint32_t icr2_dirty;	/* between the writes of the NMI to oneself */
	struct rt_context *cur;
	uint64_t exit;		/* rt_exit in the alias pages */
	uint64_t gs_base;	/* the kernel's, of this CPU */
	uint64_t nmi_stack;
	uint64_t handler_stack;
	void (*task_main)(void);
	volatile uint32_t *lapic;
	uint64_t deliver;
	uint32_t x2apic;
	uint32_t icr2_saved;
	uint32_t apic_id;

	uint32_t active;	/* the real-time side is running */
	uint32_t attention;	/* rt_deliver's short way is not to be taken */
	uint32_t linux_nmi;	/* a Linux NMI waits until Linux runs */
	uint32_t bell;		/* Linux asks for the handler context */
	uint32_t raised;	/* interrupt numbers raised; bits; atomic */
	uint32_t report;	/* set before a kick: a line is in the log, or the real-time side has ended; atomic */
	uint32_t number;
	struct rt_app *app;
	struct rt_context linux_context;
	struct rt_context handler;
	struct rt_slot handler_start;	/* its frame starts the handler context */
	struct rt_exception exc;
	struct rt_record record;

	/* machine */
	uint64_t *ist;		/* the NMI's entry in this CPU's TSS */
	uint64_t linux_nmi_top;	/* Linux's own NMI stack */
	uint64_t exit_end, exit_begin;
	uint64_t cr3;		/* of Linux, kernel half; what real-time contexts run with */
	uint64_t cr2;		/* Linux's at entry */
	struct rt_idtr linux_idt, rt_idt; /* what Linux had when it was left; ours */
	uint32_t idt_is_rt;
	struct rt_context *fpu_owner;
	const volatile uint64_t *backtrace_mask; /* Linux's word with this CPU's bit: it owes a backtrace */
	uint64_t backtrace_bit;
	uint32_t pmi;		/* Linux uses performance NMIs */

	/* timer, in units of the source's counter */
	enum rt_source source;
	volatile uint32_t *hpet, *hpet_compare, *hpet_config;
	uint32_t leftover;	/* after the end: one more shot may have been under way */
	uint64_t clock;		/* the counter, extended to 64 bits, at its last reading by who may write it */
	uint64_t wish;		/* next time event of the kernel */
	uint32_t armed;		/* what the comparator is set to */
	uint32_t spent;		/* that shot has fired */
	uint32_t margin;	/* a comparator value nearer than this may be missed */
	uint32_t clip;		/* longest shot */
	uint32_t recheck;	/* until a limit that has passed is looked at again */
	uint32_t guard;		/* the shorter one of the budgets: a shot that far ahead is always in time */
	uint32_t far;		/* an instant that is not near that shot */
	uint64_t pit_ratio;	/* PIT units a counter unit, 32.32 */
	uint64_t due;		/* the latest shot's instant */
	uint64_t hertz;

	/* budgets and Linux's share, in the same units */
	uint64_t entered;	/* the real-time side runs since */
	uint64_t handler_entered;
	uint64_t budget, handler_budget;
	uint64_t period, allowance;	/* share: of each period the real-time side gets so much; 0: all */
	uint64_t window, used;
	uint32_t throttled;

	/* counts for /sys/kernel/unitron/statistics */
	uint64_t nmis, timer_nmis, forwarded, deferred, pended, restarted, unsure, exceptions, throttles;
};

extern struct rt_cpu rt_cpu;

/* Task context, locked: save into context, run what is next. Returns, locked, when the context is continued. */
void rt_dispatch(struct rt_context *context);
/* The same without saving. */
void rt_exit_dispatch(void) __attribute__((noreturn));
/* Task context, locked, both saved voluntarily and without FPU state to move: go straight to the other. */
void rt_switch(struct rt_context *from, struct rt_context *to);
/* Task context: NMIs came while locked; run the handler context. Called and returns locked. */
void rt_run_pending(void);
/* Locked or handler context: read the clock; program the comparator for the wish and the limits. */
uint64_t rt_clock_read(void);
/* The same in any context, without rt_cpu.clock. */
uint64_t rt_clock_peek(void);
void rt_timer_program(struct rt_context *for_context);
/* Any real-time context: have Linux look who was meant: exported objects; the log and the end if rt_cpu.report is set. */
void rt_kick_linux(void);
/* Locked or handler context: the real-time side ends; the next rt_choose goes to Linux. */
void rt_end(enum rt_end end, int code, const char *why);

/* Linux, process context: see unit/register.c. */
int unitron_register(struct rt_app *app);
void unitron_unregister(struct rt_app *app);
/* Raise interrupt intno, 1 to 31, of the running application. Any context of Linux's. 0, -EINVAL, -ENODEV. */
int unitron_raise(unsigned int intno);
/* Size of an XSAVE area, 64-byte aligned. */
size_t unitron_fpu_size(void);

#endif
