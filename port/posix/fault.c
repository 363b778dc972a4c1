/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPU exceptions: the host's signals SIGSEGV, SIGBUS, SIGFPE, SIGILL and
 * SIGTRAP become the exception numbers of DEF_EXC. They are handled on a stack
 * of their own, so that a task's stack overflow is one like any other. What no
 * handler takes ends the process with one message.
 *
 * A fault in a task that is not masked goes to the kernel; one in a handler,
 * in a service call or with the CPU locked means that kernel data may be
 * halfway changed, and ends the process.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "posix.h"

#define PF_WRITE	2U		/* bits of a page fault's error code */
#define PF_FETCH	16U

static T_EXCINF current;		/* the exception on its way to the application */

static const char *exception_name(EXCNO excno)
{
	switch (excno) {
	case EXCNO_DE:
		return "divide error";
	case EXCNO_BP:
		return "breakpoint";
	case EXCNO_UD:
		return "invalid opcode";
	case EXCNO_SS:
		return "stack fault";
	case EXCNO_GP:
		return "general protection fault";
	case EXCNO_PF:
		return "page fault";
	case EXCNO_MF:
		return "x87 error";
	case EXCNO_XM:
		return "SIMD error";
	case EXCNO_BUDGET:
		return "time budget used up";
	default:
		return "exception";
	}
}

static const char *access_name(const T_EXCINF *info)
{
	if (info->code & PF_FETCH)
		return "executing";
	return info->code & PF_WRITE ? "writing" : "reading";
}

static void __attribute__((noreturn)) fault_fatal(const T_EXCINF *info, const char *why)
{
	const char *who = report_running();
	ID overflow = info->excno == EXCNO_PF ? context_guard_hit(info->addr) : 0;

	if (info->excno == EXCNO_PF && context_handler_guard_hit(info->addr))
		report_and_exit(EXIT_FAULT, "%s: stack overflow of the handler context, %s address 0x%lx at pc 0x%lx; "
				"handlers have 64 KiB", who, access_name(info), info->addr, info->pc);
	if (overflow && overflow == kernel_task_id(kernel.running))
		report_and_exit(EXIT_FAULT, "%s: stack overflow, %s address 0x%lx at pc 0x%lx; %s; "
				"give the task a larger stack in CRE_TSK", who, access_name(info), info->addr, info->pc, why);
	if (overflow)
		report_and_exit(EXIT_FAULT, "%s: page fault %s address 0x%lx, below the stack of task %d (%s), at pc 0x%lx; %s",
				who, access_name(info), info->addr, overflow, kernel_task_name(overflow), info->pc, why);
	if (info->excno == EXCNO_PF)
		report_and_exit(EXIT_FAULT, "%s: page fault %s address 0x%lx at pc 0x%lx, sp 0x%lx; %s",
				who, access_name(info), info->addr, info->pc, info->sp, why);
	if (info->excno == EXCNO_BUDGET)
		report_and_exit(EXIT_FAULT, "%s: ran longer than its budget of %lu us (--budget), now at pc 0x%lx; %s",
				who, port_options.budget / 1000U, info->pc, why);
	report_and_exit(EXIT_FAULT, "%s: %s (exception %u, code 0x%lx) at pc 0x%lx, sp 0x%lx; %s",
			who, exception_name(info->excno), info->excno, info->code, info->pc, info->sp, why);
}

void fault_deliver(T_EXCINF *info)
{
	sigset_t alarm;

	info->action = VEXC_TERMINATE;
	if (!interrupt_exception(info))
		fault_fatal(info, "no DEF_EXC handler took it");
	if (info->action == VEXC_STOP)
		fault_fatal(info, "its DEF_EXC handler asked to stop");
	if (info->action == VEXC_RETRY || info->action == VEXC_CONTINUE)
		return;
	/* The signal frame is left behind, and with it what would unblock SIGALRM. */
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &alarm, NULL);
	port_cpu.pending = true;
	context_leave();
}

static void fault_handler_context(void)
{
	fault_deliver(&current);
}

static void fault_describe(T_EXCINF *info, const siginfo_t *si, const ucontext_t *uc)
{
	const greg_t *regs = uc->uc_mcontext.gregs;

	*info = (T_EXCINF){
		.excno = (EXCNO)regs[REG_TRAPNO],
		.tskid = kernel_task_id(kernel.running),
		.pc = (UD)regs[REG_RIP],
		.sp = (UD)regs[REG_RSP],
		.code = (UD)regs[REG_ERR],
	};
	if (info->excno == EXCNO_PF)
		info->addr = (UD)regs[REG_CR2];
	if (info->excno == EXCNO_BP)
		info->pc--;		/* a trap: the CPU names the next instruction */
	/* The host could not stop the task for SIGALRM: the registers tell of some earlier exception. */
	if (si->si_signo == SIGSEGV && si->si_code == SI_KERNEL && context_signal_frame(info->sp)) {
		info->excno = EXCNO_PF;
		info->code = PF_WRITE;
		info->addr = context_signal_frame(info->sp);
	}
	/* SIGBUS and the like without a CPU exception behind it */
	if (info->excno > TMAX_EXCNO)
		info->excno = EXCNO_GP;
}

static void fault_signal(int sig, siginfo_t *si, void *frame)
{
	int saved_errno = errno;
	sigset_t alarm;
	T_EXCINF info;

	/* Sent by somebody, not raised by an instruction: behave as without us. */
	if (si->si_code <= 0) {
		signal(sig, SIG_DFL);
		raise(sig);
		return;
	}
	fault_describe(&info, si, frame);
	if (kernel.in_handler || !kernel.running)
		fault_fatal(&info, "no task can be ended for it");
	if (port_cpu.locked)
		fault_fatal(&info, "in a service call or with the CPU locked");

	port_cpu.locked = true;
	budget_pause(kernel_context(kernel.running));
	current = info;
	context_call_handler(fault_handler_context);
	if (current.action == VEXC_CONTINUE)
		((ucontext_t *)frame)->uc_mcontext.gregs[REG_RIP] = (greg_t)current.pc;

	/*
	 * Again, then, or from elsewhere. If the handler readied a higher task that one is first:
	 * SIGALRM, blocked in here, stops this task as soon as it is back on
	 * its own stack. It would be merged with one of the timer's that is
	 * pending already, and hosts from Linux 6.13 on drop that when the timer
	 * has been set anew since: it is taken away first.
	 */
	budget_resume(kernel_context(kernel.running));
	port_cpu.pending = true;
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigtimedwait(&alarm, NULL, &(struct timespec){ 0 });
	raise(SIGALRM);
	errno = saved_errno;
	port_cpu.locked = false;
}

void fault_prepare(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP };
	struct sigaction action = {
		.sa_sigaction = fault_signal,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER,
	};
	sigset_t ours;
	stack_t stack = { 0 };
	SIZE size;

	context_fault_stack(&stack.ss_sp, &size);
	stack.ss_size = size;
	if (sigaltstack(&stack, NULL))
		report_and_exit(EXIT_HOST, "cannot set the stack for faults: %s", strerror(errno));
	sigemptyset(&ours);
	sigemptyset(&action.sa_mask);
	sigaddset(&action.sa_mask, SIGALRM);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaddset(&ours, signals[i]);
		if (sigaction(signals[i], &action, NULL))
			report_and_exit(EXIT_HOST, "cannot handle signal %d: %s", signals[i], strerror(errno));
	}
	/* Whoever started the process may have blocked them. */
	sigprocmask(SIG_UNBLOCK, &ours, NULL);
}
