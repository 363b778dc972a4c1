/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The port contract: everything that the uITRON kernel wants from the place
 * it runs in, and everything that such a place may call in the kernel. To the
 * kernel a port is a CPU architecture with a clock; that it may be Linux, a
 * process or a bare machine is not visible here.
 *
 * A port is one directory port/NAME. Its header port_cpu.h, found on the
 * include path, defines struct port_context and the inline hooks; its sources
 * define the rest.
 *
 * Model. One CPU. At each moment one of three runs: a task; the *handler
 * context*, which runs time events, interrupt handlers and CPU exception
 * handlers one after the other, never nested; or *idle* (on Linux: Linux).
 * Interrupts are masked for the kernel while the handler context runs and
 * between port_lock() and port_unlock(); they are remembered and taken as soon
 * as that ends. Kernel data are touched only then.
 */
#pragma once

#include <stdbool.h>
#include <itron/kernel.h>
#include <unitron/ext.h>

/* A point of the kernel's virtual tick grid: time units since the start. */
typedef uint64_t TICK;
#define TICK_NEVER	UINT64_MAX

struct task;

#include <port_cpu.h>

/* ---- what port_cpu.h defines ------------------------------------------- */

/*
 * struct port_context: a task's machine state, embedded in its control block.
 * The kernel never looks inside.
 */
struct port_context;

/*
 * port_lock, port_unlock: mask and unmask interrupts. Task context only; not
 * nested. port_unlock takes interrupts that came meanwhile before it returns.
 * Both are compiler barriers.
 */
static inline void port_lock(void);
static inline void port_unlock(void);

/* ---- what the port's sources define ------------------------------------ */

/*
 * A stack of at least size bytes for task number index (from 0), with a guard
 * that faults on overflow where the port can. Called by kernel_initialize; the
 * same index gets the same stack again after a restart. Returns its lowest
 * address, or NULL when there is no memory.
 */
void	*port_stack(unsigned int index, SIZE size);

/*
 * Make ctx start kernel_task_main(), locked, on the given stack, when it is
 * next switched to. fpu: it owns FPU registers (TA_FPU), initially the
 * processor's defaults. Locked, or handler context. A task that ends with an
 * activation queued is started anew from its own stack, just before
 * port_exit_dispatch(): so this records the start in ctx and writes nothing to
 * the stack's memory (a port that wants a frame there makes it in the switch).
 */
void	port_context_init(struct port_context *ctx, void *stack, SIZE size, bool fpu);

/*
 * Leave the running task (kernel.running, locked): save it, make
 * kernel.scheduled running and go there; if that is NULL, idle until a handler
 * makes a task ready. Returns, locked, when the saved task is switched to.
 */
void	port_dispatch(void);

/*
 * The same without saving: the running task has ended. kernel.scheduled may be
 * that very task, with a context from port_context_init.
 */
void	port_exit_dispatch(void) __attribute__((noreturn));

/* The current tick: whole time units since the start. Locked, or handler context. */
TICK	port_time(void);

/*
 * Have kernel_timer_interrupt called at grid point at, once, instead of any
 * earlier wish; at once if it is past; never for TICK_NEVER. Locked, or
 * handler context.
 */
void	port_timer_set(TICK at);

/* Mark interrupt intno (1..TMAX_INTNO) as raised. Any context. */
void	port_interrupt_raise(INTNO intno);

/* A line of length bytes, without newline, was put into the log ring: have it drained. Any context; must not wait. */
void	port_log_kick(void);

/* The extensions of the same names. */
UD	port_cycles(void);
UD	port_cycles_to_ns(UD cyc);
UD	port_timer_latency(void);
void	port_spin(UD ns);
void	port_stop(INT code) __attribute__((noreturn));

/*
 * A broken invariant of the kernel or a handler left with the CPU locked: stop
 * the real-time side with this message (a string constant). Any context.
 */
void	port_panic(const char *why) __attribute__((noreturn));

/* ---- what the port calls in the kernel --------------------------------- */

/*
 * The words that ports read, and write as said above. running is NULL in idle.
 * The port makes a task running (kernel.running = kernel.scheduled) when it
 * switches.
 */
struct kernel {
	struct task *running;		/* the task whose context is loaded */
	struct task *scheduled;		/* the ready task of highest precedence, or NULL */
	bool in_handler;		/* set and cleared by the port around the upcalls below */
	bool cpu_locked;		/* loc_cpu */
	bool dispatch_disabled;		/* dis_dsp */
	bool started;
};
extern struct kernel kernel;

/* The machine state of a task, which is what a control block begins with. */
static inline struct port_context *kernel_context(struct task *task)
{
	return (struct port_context *)task;
}

/* Its number, 1 and up; 0 for NULL. Its name as in the .cfg. Any context. */
ID	kernel_task_id(const struct task *task);
const char *kernel_task_name(ID tskid);

/*
 * Set every object to its initial state, run the ATT_INI routines and ready
 * the TA_ACT tasks. Called before each start, with interrupts masked and tick
 * 0 current; afterwards the port goes to kernel.scheduled. E_NOMEM: a stack
 * could not be had; nothing runs then.
 */
ER	kernel_initialize(void);

/* A task's first function, called locked on its own stack. */
void	kernel_task_main(void) __attribute__((noreturn));

/*
 * Handler context, in_handler set. The time event now has come: now is the
 * current tick. / Interrupt intno was raised.
 */
void	kernel_timer_interrupt(TICK now);
void	kernel_interrupt(INTNO intno);

/*
 * Handler context. CPU exception in a task that was neither locked nor in a
 * service call. True: info->action says what to do with the task; for
 * VEXC_TERMINATE the kernel has already ended it, and kernel.running is NULL:
 * the port does not go back to it but to kernel.scheduled, which may be the
 * same task started anew, or to idle if that is NULL. False: nobody wants it.
 */
bool	kernel_exception(T_EXCINF *info);

/*
 * At the end of the handler context: true if the port must switch to
 * kernel.scheduled (a higher task is ready and dispatching is enabled).
 */
static inline bool kernel_must_dispatch(void)
{
	return kernel.scheduled != kernel.running && !kernel.dispatch_disabled;
}

/*
 * Before the port continues a task that an interrupt had stopped: if
 * kernel_tex_due(), it makes the task call kernel_tex_run() first, locked, on
 * its own stack, and then go on where it was, unlocked. kernel_tex_run()
 * returns locked; between, it unlocks, may switch tasks and may not return.
 */
bool	kernel_tex_due(void);
void	kernel_tex_run(void);

/*
 * Take the oldest line out of the log ring: copies at most size bytes, returns
 * its length, 0 when the ring is empty. One reader at a time, in any context.
 */
SIZE	kernel_log_read(char *line, SIZE size);
