/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts and the handler context. What has come is taken by a task when it
 * unmasks interrupts (port_take), by the signal handler that stops a task in
 * real time, or by idle; handlers then run one after the other on their own
 * stack until nothing more has come, and the task goes on or is left for a
 * higher one. With one time event and several interrupts due at once, the time
 * event is first, then the smallest interrupt number.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "posix.h"

/* Interrupt handlers that may run at one instant of simulated time */
#define ENDLESS		1000000U

/* Where a task was when an interrupt stopped it */
struct stopped_at {
	UD	pc;
	UD	sp;
};

struct port_cpu port_cpu = { .locked = true, .due = NS_NEVER };

static UW raised;			/* bit n: interrupt n; atomic */
static struct stopped_at stopped;	/* the task that the handlers now running interrupt */
static pid_t kernel_thread;
static __thread bool in_kernel_thread;

void port_interrupt_raise(INTNO intno)
{
	__atomic_fetch_or(&raised, 1U << intno, __ATOMIC_SEQ_CST);
	if (!in_kernel_thread) {
		interrupt_kick_thread();
		return;
	}
	port_cpu.pending = true;
	if (!port_cpu.locked)
		port_take();
}

void interrupt_kick_thread(void)
{
	if (kernel_thread)
		tgkill(getpid(), kernel_thread, SIGALRM);
}

bool interrupt_waiting(void)
{
	return port_cpu.pending || __atomic_load_n(&raised, __ATOMIC_SEQ_CST) || time_is_due();
}

/* Handlers take no simulated time: one that raises its own interrupt would run for ever. */
static void check_endless(void)
{
	static UD instant = NS_NEVER;
	static UINT count;

	if (port_options.real)
		return;
	if (instant != port_cpu.clock) {
		instant = port_cpu.clock;
		count = 0;
	} else if (++count == ENDLESS) {
		report_and_exit(EXIT_FAULT, "%s: is the last of %u interrupt handlers at the same instant of simulated time; "
				"does it raise its own interrupt?", report_running(), count);
	}
}

/* Run the handler of the first raised interrupt; false: there is none. */
static bool interrupt_run(void)
{
	UW bits = __atomic_load_n(&raised, __ATOMIC_SEQ_CST);
	INTNO intno;

	if (!bits)
		return false;
	intno = (INTNO)__builtin_ctz(bits);
	__atomic_fetch_and(&raised, ~(1U << intno), __ATOMIC_SEQ_CST);
	budget_handler_begin("interrupt handler", intno);
	check_endless();
	kernel_interrupt(intno);
	budget_handler_end();
	return true;
}

bool interrupt_exception(T_EXCINF *info)
{
	bool wanted;

	kernel.in_handler = true;
	budget_handler_begin("CPU exception handler", info->excno);
	wanted = kernel_exception(info);
	budget_handler_end();
	kernel.in_handler = false;
	return wanted;
}

static void budget_overrun(struct port_context *context)
{
	T_EXCINF info = {
		.excno = EXCNO_BUDGET,
		.tskid = kernel_task_id(kernel.running),
		.pc = stopped.pc,
		.sp = stopped.sp,
	};

	fault_deliver(&info);
	context->used = 0;
}

/* The handler context, on its own stack. */
static void handlers_run(void)
{
	struct port_context *context = kernel.running ? kernel_context(kernel.running) : NULL;

	do {
		port_cpu.pending = false;
		if (context && budget_exceeded(context))
			budget_overrun(context);
		kernel.in_handler = true;
		while (time_interrupt() || interrupt_run())
			;
		kernel.in_handler = false;
	} while (interrupt_waiting());
}

void interrupt_take_idle(void)
{
	context_call_handler(handlers_run);
}

static void interrupt_take_at(struct stopped_at at)
{
	struct port_context *self = kernel_context(kernel.running);
	UD away = self->away;
	UD since = port_clock->now();

	do {
		port_cpu.locked = true;
		budget_pause(self);
		stopped = at;
		context_call_handler(handlers_run);
		if (kernel_must_dispatch())
			port_dispatch();
		budget_resume(self);
		if (kernel_tex_due())
			kernel_tex_run();
		self->away = away + (port_clock->now() - since);
		port_cpu.locked = false;
	} while (port_cpu.pending || port_cpu.clock >= port_cpu.due);
}

void port_take(void)
{
	interrupt_take_at((struct stopped_at){
		.pc = (UD)(uintptr_t)__builtin_return_address(0),
		.sp = (UD)(uintptr_t)__builtin_frame_address(0),
	});
}

/*
 * SIGALRM: the timer in real time, another thread, or the end of a fault. It
 * is never blocked while a task runs, not even here, so that the handler may
 * leave this frame behind and run another task.
 */
static void interrupt_signal(int sig, siginfo_t *si, void *frame)
{
	const greg_t *regs = ((ucontext_t *)frame)->uc_mcontext.gregs;
	int saved_errno = errno;

	port_cpu.pending = true;
	if (port_cpu.locked)
		budget_check_masked();
	else
		interrupt_take_at((struct stopped_at){ (UD)regs[REG_RIP], (UD)regs[REG_RSP] });
	errno = saved_errno;
}

void interrupt_prepare(void)
{
	struct sigaction action = {
		.sa_sigaction = interrupt_signal,
		.sa_flags = SA_SIGINFO | SA_RESTART | SA_NODEFER,
	};

	kernel_thread = gettid();
	in_kernel_thread = true;
	sigemptyset(&action.sa_mask);
	if (sigaction(SIGALRM, &action, NULL))
		report_and_exit(EXIT_HOST, "cannot handle SIGALRM: %s", strerror(errno));
	/* Whoever started the process may have blocked it. */
	sigaddset(&action.sa_mask, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &action.sa_mask, NULL);
}
