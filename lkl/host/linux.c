// SPDX-License-Identifier: BSD-2-Clause
/*
 * The host for a Linux process: memory by mmap(), blocking by futex(), clocks by
 * the vDSO, threads by pthreads. struct lkl_thread is handed out from a pool and
 * never freed: a late unpark() must find it valid. host[0] is the token of park(),
 * host[1] the next in the pool, host[2] the stack for its fault handler, if the
 * program gave the thread none: a kernel stack may be what is used up.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "lkl.h"
#include "virtio.h"

#define DEFAULT_MEMORY	(32UL << 20)
#define FAULT_STACK	(64UL << 10)
#define ARENA_ALIGN	(2UL << 20)	/* more than asked for: huge pages fit */

struct worker {
	pthread_t	thread;
	void		(*run)(void *argument);
	void		*argument;
};

int linux_started;

static struct lkl_linux_options options;
static __thread struct lkl_thread *mine __attribute__((tls_model("initial-exec")));
static pthread_key_t thread_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static struct lkl_thread *pool;		/* by host[1] */
static struct sigaction old_segv, old_bus;

static unsigned long long read_clock(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

static unsigned long long now_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

static unsigned long long wall_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

static void print(const char *text, unsigned int length)
{
	if (!options.quiet && write(options.log_fd ? options.log_fd : 2, text, length) < 0)
		return;			/* nobody to tell */
}

static void panic(const char *reason)
{
	char text[512];
	int length;

	if (options.panic) {
		options.panic(reason);
		return;
	}
	length = snprintf(text, sizeof(text), "lkl: the library kernel panicked: %s\n", reason);
	if (write(2, text, length < (int)sizeof(text) ? length : (int)sizeof(text) - 1) < 0)
		return;
}

static void *arena_get(unsigned long *size)
{
	char *at, *base;
	unsigned long before, length;

	if (!*size)
		*size = options.memory ? options.memory : DEFAULT_MEMORY;
	length = *size + ARENA_ALIGN;
	at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return NULL;
	before = -(unsigned long)at % ARENA_ALIGN;
	base = at + before;
	if (before)
		munmap(at, before);
	munmap(base + *size, ARENA_ALIGN - before);
	return base;
}

static int protect(void *base, unsigned long size, int accessible)
{
	return mprotect(base, size, accessible ? PROT_READ | PROT_WRITE : PROT_NONE) ? -errno : 0;
}

static void arena_put(void *base, unsigned long size)
{
	virtio_stop_all();
	munmap(base, size);
}

static void get_fault_stack(struct lkl_thread *self)
{
	stack_t stack = { .ss_size = FAULT_STACK }, now;

	if (options.no_fault_handler || sigaltstack(NULL, &now) || !(now.ss_flags & SS_DISABLE))
		return;
	stack.ss_sp = mmap(NULL, FAULT_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (stack.ss_sp == MAP_FAILED)
		return;			/* an overflow ends the program then */
	sigaltstack(&stack, NULL);
	self->host[2] = (unsigned long)stack.ss_sp;
}

static void put_fault_stack(struct lkl_thread *self)
{
	stack_t none = { .ss_flags = SS_DISABLE }, now;
	void *stack = (void *)self->host[2];

	if (!stack)
		return;
	/* The program may have set another one since. */
	if (!sigaltstack(NULL, &now) && now.ss_sp == stack)
		sigaltstack(&none, NULL);
	munmap(stack, FAULT_STACK);
	self->host[2] = 0;
}

static void give_back(void *thread)
{
	struct lkl_thread *self = thread;

	mine = self;			/* other destructors may have run; the exit needs it */
	lkl_thread_exit();
	put_fault_stack(self);
	mine = NULL;
	pthread_mutex_lock(&pool_lock);
	self->host[1] = (unsigned long)pool;
	pool = self;
	pthread_mutex_unlock(&pool_lock);
}

static void make_key(void)
{
	pthread_key_create(&thread_key, give_back);
}

static __attribute__((noinline)) struct lkl_thread *new_self(void)
{
	pthread_mutex_lock(&pool_lock);
	mine = pool;
	if (mine)
		pool = (struct lkl_thread *)mine->host[1];
	pthread_mutex_unlock(&pool_lock);
	if (!mine) {
		mine = aligned_alloc(64, (sizeof(*mine) + 63) / 64 * 64);
		if (!mine)
			abort();	/* there is no call that could fail */
		memset(mine, 0, sizeof(*mine));
	}
	pthread_setspecific(thread_key, mine);
	get_fault_stack(mine);
	return mine;
}

static struct lkl_thread *self(void)
{
	struct lkl_thread *thread = mine;

	return __builtin_expect(thread != NULL, 1) ? thread : new_self();
}

static int *token_of(struct lkl_thread *thread)
{
	return (int *)&thread->host[0];
}

static int take_token(int *token)
{
	return __atomic_load_n(token, __ATOMIC_RELAXED) && __atomic_exchange_n(token, 0, __ATOMIC_ACQUIRE);
}

static void park(struct lkl_thread *thread, unsigned long long deadline)
{
	struct timespec until = { deadline / 1000000000, deadline % 1000000000 };
	int *token = token_of(thread);

	if (options.spin_ns) {
		unsigned long long end = now_ns() + options.spin_ns;

		do {
			for (int i = 0; i < 16; i++) {
				if (take_token(token))
					return;
				__builtin_ia32_pause();
			}
		} while (now_ns() < end);
	}
	while (!take_token(token)) {
		if (syscall(SYS_futex, token, FUTEX_WAIT_BITSET_PRIVATE, 0, deadline == LKL_NEVER ? NULL : &until,
			    NULL, FUTEX_BITSET_MATCH_ANY) < 0 && errno == ETIMEDOUT)
			return;
	}
}

static void unpark(struct lkl_thread *thread)
{
	int *token = token_of(thread);

	if (!__atomic_exchange_n(token, 1, __ATOMIC_SEQ_CST))
		syscall(SYS_futex, token, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *worker_main(void *argument)
{
	struct worker *worker = argument;

	worker->run(worker->argument);
	return NULL;
}

static int worker_start(void (*run)(void *argument), void *argument, void **handle)
{
	struct worker *worker = malloc(sizeof(*worker));
	sigset_t all, old;
	int error;

	if (!worker)
		return -ENOMEM;
	worker->run = run;
	worker->argument = argument;
	/* The program's signals are for the program's threads. */
	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&worker->thread, NULL, worker_main, worker);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (error) {
		free(worker);
		return -error;
	}
	*handle = worker;
	return 0;
}

static void worker_join(void *handle)
{
	struct worker *worker = handle;

	pthread_join(worker->thread, NULL);
	free(worker);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	unsigned long next = lkl_fault(registers[REG_RIP], (unsigned long)info->si_addr);
	struct sigaction *old = number == SIGSEGV ? &old_segv : &old_bus;

	if (next) {
		registers[REG_RIP] = next;
		return;
	}
	/* Not the library's: as if this handler did not exist. */
	if (old->sa_flags & SA_SIGINFO)
		old->sa_sigaction(number, info, context);
	else if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN)
		old->sa_handler(number);
	else
		sigaction(number, old, NULL);	/* the instruction faults again */
}

static void catch_faults(void)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	struct sigaction now;

	if (!sigaction(SIGSEGV, NULL, &now) && now.sa_sigaction == on_fault)
		return;
	sigemptyset(&action.sa_mask);
	sigaction(SIGSEGV, &action, &old_segv);
	sigaction(SIGBUS, &action, &old_bus);
}

static unsigned int random_bytes(void *bytes, unsigned int length)
{
	ssize_t got = getrandom(bytes, length, GRND_NONBLOCK);

	return got < 0 ? 0 : got;
}

static const struct lkl_host_ops linux_ops = {
	.version	= LKL_HOST_VERSION,
	.size		= sizeof(linux_ops),
	.print		= print,
	.panic		= panic,
	.arena_get	= arena_get,
	.arena_put	= arena_put,
	.now_ns		= now_ns,
	.wall_ns	= wall_ns,
	.self		= self,
	.park		= park,
	.unpark		= unpark,
	.worker_start	= worker_start,
	.worker_join	= worker_join,
	.mmio		= virtio_mmio,
	.device_work	= virtio_work,
	.random		= random_bytes,
	.protect	= protect,
};

int lkl_linux_init(const struct lkl_linux_options *wanted)
{
	int error;

	pthread_once(&once, make_key);
	error = lkl_init(&linux_ops);
	if (error)
		return error;
	options = wanted ? *wanted : (struct lkl_linux_options){ 0 };
	if (!options.no_fault_handler)
		catch_faults();
	return 0;
}

int lkl_linux_start(const char *command_line)
{
	char devices[VIRTIO_COMMAND_LINE];
	int error;

	if (linux_started)
		return -EBUSY;
	virtio_command_line(devices);
	error = virtio_start_worker();
	if (error)
		return error;
	error = lkl_start_kernel("%s%s%s", command_line, *command_line ? " " : "", devices);
	if (error)
		virtio_stop_worker();
	linux_started = !error;
	return error;
}

int lkl_linux_halt(void)
{
	int error = lkl_sys_halt();

	if (error == -EBUSY)
		return error;
	virtio_stop_worker();
	linux_started = 0;
	return error;
}
