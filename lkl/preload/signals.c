// SPDX-License-Identifier: BSD-2-Clause
/*
 * Signals. The program's handlers run by on_signal(). A thread that is guarded
 * (inside the library kernel, perhaps on one of its small stacks and with its
 * lock) only notes the signal and has the helper interrupt its call by a signal
 * of the library kernel; when it leaves, it sends itself what it noted, so that
 * the system's kernel delivers it with the right mask. Several signals of one
 * number that arrive meanwhile become one, those of real time too.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "preload.h"

#define FAULT_STACK	(256UL << 10)
#define SIGNAL_INSIDE	SIGUSR1		/* in the library kernel: "return EINTR" */

static __thread struct thread *mine __attribute__((tls_model("initial-exec")));
static struct thread *threads;		/* grows at the head; atomic */
static pthread_key_t thread_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct sigaction actions[65];	/* what the program asked for */
static pthread_mutex_t action_lock = PTHREAD_MUTEX_INITIALIZER;
static int started, library_pid;

/* Faults may come of a kernel stack that is used up: their handler, and so the program's, gets another one if it has none. */
static void get_fault_stack(struct thread *self)
{
	stack_t stack = { .ss_size = FAULT_STACK }, now;

	if (sigaltstack(NULL, &now) || !(now.ss_flags & SS_DISABLE))
		return;
	stack.ss_sp = NEXT(mmap)(NULL, FAULT_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (stack.ss_sp == MAP_FAILED)
		return;			/* an overflow ends the program then */
	sigaltstack(&stack, NULL);
	self->fault_stack = stack.ss_sp;
}

static void put_fault_stack(struct thread *self)
{
	stack_t none = { .ss_flags = SS_DISABLE }, now;

	if (!self->fault_stack)
		return;
	/* The program may have set another one since. */
	if (!sigaltstack(NULL, &now) && now.ss_sp == self->fault_stack)
		sigaltstack(&none, NULL);
	munmap(self->fault_stack, FAULT_STACK);
	self->fault_stack = NULL;
}

static void give_back(void *thread)
{
	struct thread *self = thread;

	put_fault_stack(self);
	self->tid = 0;
	mine = NULL;
	__atomic_store_n(&self->used, 0, __ATOMIC_RELEASE);
}

static void make_key(void)
{
	pthread_key_create(&thread_key, give_back);
}

static struct thread *new_thread(void)
{
	struct thread *self;
	int unused;

	pthread_once(&once, make_key);
	for (self = __atomic_load_n(&threads, __ATOMIC_ACQUIRE); self; self = self->next) {
		unused = 0;
		if (__atomic_compare_exchange_n(&self->used, &unused, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			break;
	}
	if (!self) {
		self = calloc(1, sizeof(*self));
		if (!self)
			abort();	/* there is no call that could fail */
		self->event = -1;
		self->used = 1;
		self->next = __atomic_load_n(&threads, __ATOMIC_RELAXED);
		while (!__atomic_compare_exchange_n(&threads, &self->next, self, 1, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
			;
	}
	self->noted = self->wanted = self->guard = 0;
	mine = self;
	pthread_setspecific(thread_key, self);
	return self;
}

struct thread *this_thread(void)
{
	return mine ? mine : new_thread();
}

void guard_enter(struct thread *self)
{
	self->guard++;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static int deliver(struct thread *self)
{
	uint64_t noted;
	int saved = errno, ran = LEFT_RESTARTING;

	while ((noted = __atomic_exchange_n(&self->noted, 0, __ATOMIC_SEQ_CST))) {
		for (int number = 1; number <= 64; number++) {
			if (!(noted >> (number - 1) & 1))
				continue;
			if (!(actions[number].sa_flags & SA_RESTART))
				ran = LEFT_INTERRUPTING;
			syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), number, &self->info[number]);
		}
	}
	errno = saved;
	return ran;
}

int guard_leave(struct thread *self)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (--self->guard)
		return LEFT_QUIETLY;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	return self->noted ? deliver(self) : LEFT_QUIETLY;
}

/* Of the instruction that was interrupted: it can't wait. */
static int is_fault(int number, const siginfo_t *info)
{
	return (number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL || number == SIGTRAP) && info->si_code > 0;
}

/* Its call is to be interrupted, if it is in the library kernel. */
static void ask_helper(struct thread *self)
{
	if (self->tid && !__atomic_exchange_n(&self->wanted, 1, __ATOMIC_SEQ_CST))
		wait_wake_helper();
}

static void note(struct thread *self, int number, const siginfo_t *info)
{
	self->info[number] = *info;
	__atomic_fetch_or(&self->noted, 1ULL << (number - 1), __ATOMIC_SEQ_CST);
	ask_helper(self);
}

static void by_default(int number)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	NEXT(sigaction)(number, &action, NULL);
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct thread *self = mine;
	struct sigaction action;
	unsigned long next;

	if (is_fault(number, info)) {
		next = started ? lkl_fault(registers[REG_RIP], (unsigned long)info->si_addr) : 0;
		if (next) {
			registers[REG_RIP] = next;
			return;
		}
	} else if (self && self->guard) {
		note(self, number, info);
		return;
	}
	action = actions[number];
	if (action.sa_flags & SA_RESETHAND) {
		actions[number].sa_handler = SIG_DFL;
		by_default(number);
	}
	if (action.sa_handler == SIG_DFL || (action.sa_handler == SIG_IGN && is_fault(number, info))) {
		/* A fault comes again by itself. */
		by_default(number);
		if (!is_fault(number, info))
			syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), number, info);
	} else if (action.sa_flags & SA_SIGINFO) {
		action.sa_sigaction(number, info, context);
	} else if (action.sa_handler != SIG_IGN) {
		action.sa_handler(number);
	}
}

/* What the system's kernel is told for the program's action. */
static int install(int number, const struct sigaction *wanted)
{
	struct sigaction action = *wanted;
	int faults = number == SIGSEGV || number == SIGBUS;

	if ((action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) && !(faults && started))
		return NEXT(sigaction)(number, &action, NULL);
	action.sa_sigaction = on_signal;
	action.sa_flags = (action.sa_flags & ~SA_RESETHAND) | SA_SIGINFO;
	if (faults)
		action.sa_flags |= SA_ONSTACK | SA_NODEFER;
	return NEXT(sigaction)(number, &action, NULL);
}

EXPORT int sigaction(int number, const struct sigaction *wanted, struct sigaction *old)
{
	struct thread *self;
	struct sigaction before;
	int error;

	if (number < 1 || number > 64)
		return NEXT(sigaction)(number, wanted, old);
	self = this_thread();
	guard_enter(self);
	pthread_mutex_lock(&action_lock);
	error = NEXT(sigaction)(number, NULL, &before);
	if (!error && before.sa_sigaction == on_signal)
		before = actions[number];
	if (!error && wanted) {
		struct sigaction copy = *wanted, undo = actions[number];

		/* First the record: a signal may come as soon as the handler is there. */
		actions[number] = copy;
		error = install(number, &copy);
		if (error)
			actions[number] = undo;
	}
	pthread_mutex_unlock(&action_lock);
	guard_leave(self);
	if (!error && old)
		*old = before;
	return error;
}

EXPORT sighandler_t signal(int number, sighandler_t handler)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART }, old;

	return sigaction(number, &action, &old) ? SIG_ERR : old.sa_handler;
}

void signals_interrupt(void)
{
	struct thread *thread;

	for (thread = __atomic_load_n(&threads, __ATOMIC_ACQUIRE); thread; thread = thread->next)
		if (__atomic_exchange_n(&thread->wanted, 0, __ATOMIC_SEQ_CST) && thread->tid)
			lkl_call(SYS_tgkill, library_pid, thread->tid, SIGNAL_INSIDE, 0, 0, 0);
}

/* The kernel runs, the program's other threads may not use it yet. */
void signals_start(void)
{
	/* As the kernel takes it: handler, flags, restorer, mask. The handler is never called. */
	struct { void *handler; unsigned long flags; void *restorer; unsigned long mask; } inside = { .handler = on_signal };

	library_pid = lkl_sys_getpid();
	lkl_call(SYS_rt_sigaction, SIGNAL_INSIDE, (long)&inside, 0, sizeof(inside.mask), 0, 0);
	pthread_mutex_lock(&action_lock);
	started = 1;
	for (int number = SIGBUS; number <= SIGSEGV; number += SIGSEGV - SIGBUS) {
		struct sigaction now;

		NEXT(sigaction)(number, NULL, &now);
		if (now.sa_sigaction != on_signal)
			actions[number] = now;
		install(number, &actions[number]);
	}
	pthread_mutex_unlock(&action_lock);
}

static long call(long number, long *arguments, int waiting)
{
	struct thread *self = this_thread();
	long result;
	int left;

	if (run_forked)
		return -ENOSYS;
	for (;;) {
		guard_enter(self);
		if (!self->tid) {
			get_fault_stack(self);
			self->tid = lkl_sys_gettid();
			/* What was noted before could interrupt nothing yet. */
			__atomic_signal_fence(__ATOMIC_SEQ_CST);
			if (__atomic_load_n(&self->noted, __ATOMIC_SEQ_CST))
				ask_helper(self);
		}
		result = lkl_syscall(number, arguments);
		left = guard_leave(self);
		if (result != -EINTR || left == LEFT_INTERRUPTING || self->noted)
			return result;
		/* Nothing ran: what interrupted it was meant for the call before. */
		if (waiting)
			return left == LEFT_QUIETLY ? -ERESTART : -EINTR;
	}
}

long library_call(long number, long a, long b, long c, long d, long e, long f)
{
	long arguments[6] = { a, b, c, d, e, f };

	return call(number, arguments, 0);
}

long library_wait(long number, long a, long b, long c, long d, long e, long f)
{
	long arguments[6] = { a, b, c, d, e, f };

	return call(number, arguments, 1);
}
