/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture [-u] [-a] [-t THREADS] SIGNALS [PERIOD_US]: keep values in registers,
 * vector registers and below the stack pointer (the red zone) while a timer and
 * another process send signals, whose handlers use the stack and all of those;
 * between, system calls by gates whose results are known. Ends after SIGNALS.
 *
 *	-u	in user mode, by the trap
 *	-a	handlers on another stack
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common.h"

#define THREADS 8

static bool user, other_stack;
static unsigned long wanted;
static atomic_ulong signals;
static pid_t process;
static atomic_uint wrong;

static bool kernel_mode(void)
{
	return kw_active() == !user;
}

static void use_stack(int depth)
{
	volatile unsigned long room[64];

	for (int i = 0; i < 64; i++)
		room[i] = 0xdeadbeefdeadbeef;
	if (depth > 0 && room[depth] != 0)
		use_stack(depth - 1);
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	int saved = errno;

	atomic_fetch_add(&signals, 1);
	use_stack(8);
	__asm__ volatile("pcmpeqd %%xmm0, %%xmm0\n\tpcmpeqd %%xmm9, %%xmm9\n\tpcmpeqd %%xmm15, %%xmm15" : : : "xmm0", "xmm9", "xmm15");
	if (kw_syscall(SYS_getpid) != process || !kernel_mode())
		atomic_fetch_add(&wrong, 1);
	errno = saved;
}

/*
 * 16 words of the red zone, r8 to r15, xmm9, xmm15 and the direction of moves
 * for a while: 0, or the number of what differs.
 */
static unsigned long hold(unsigned long value, unsigned long turns)
{
	unsigned long bad = 0;

	__asm__ volatile("movq	%[value], %%xmm9\n\t"
			 "movq	%[value], %%xmm15\n\t"
			 "mov	%[value], %%r8\n\t"
			 "lea	1(%[value]), %%r9\n\t"
			 "lea	2(%[value]), %%r10\n\t"
			 "lea	3(%[value]), %%r11\n\t"
			 "lea	4(%[value]), %%r12\n\t"
			 "lea	5(%[value]), %%r13\n\t"
			 ".irp	at, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128\n\t"
			 "lea	\\at(%[value]), %%rcx\n\t"
			 "mov	%%rcx, -\\at(%%rsp)\n\t"
			 ".endr\n"
			 "1:\n\t"
			 ".irp	at, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128\n\t"
			 "lea	\\at(%[value]), %%rcx\n\t"
			 "cmp	%%rcx, -\\at(%%rsp)\n\t"
			 "jne	2f\n\t"
			 ".endr\n\t"
			 "dec	%[turns]\n\t"
			 "jnz	1b\n\t"
			 "movq	%%xmm9, %%rcx\n\t"
			 "cmp	%%rcx, %[value]\n\t"
			 "jne	3f\n\t"
			 "movq	%%xmm15, %%rcx\n\t"
			 "cmp	%%rcx, %[value]\n\t"
			 "jne	3f\n\t"
			 "sub	%[value], %%r8\n\t"
			 "sub	%[value], %%r9\n\t"
			 "sub	%[value], %%r10\n\t"
			 "sub	%[value], %%r11\n\t"
			 "sub	%[value], %%r12\n\t"
			 "sub	%[value], %%r13\n\t"
			 "shl	$1, %%r9\n\t"
			 "add	%%r9, %%r8\n\t"
			 "add	%%r10, %%r8\n\t"
			 "add	%%r11, %%r8\n\t"
			 "add	%%r12, %%r8\n\t"
			 "add	%%r13, %%r8\n\t"
			 "cmp	$16, %%r8\n\t"
			 "jne	4f\n\t"
			 "jmp	5f\n"
			 "2:	mov	$1, %[bad]\n\tjmp 5f\n"
			 "3:	mov	$2, %[bad]\n\tjmp 5f\n"
			 "4:	mov	$3, %[bad]\n"
			 "5:"
			 : [bad] "+r" (bad), [turns] "+r" (turns) : [value] "r" (value)
			 : "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "xmm9", "xmm15", "memory", "cc");
	return bad;
}

static const char *const names[] = { "", "the red zone", "a vector register", "a register" };

static void round_trip(int fds[2], unsigned long n)
{
	unsigned long back = 0;

	if (kw_syscall(SYS_write, fds[1], &n, sizeof(n)) != sizeof(n))
		fail("write by gate");
	if (kw_syscall(SYS_read, fds[0], &back, sizeof(back)) != sizeof(back) || back != n)
		fail("read by gate: %lu, not %lu", back, n);
	if (kw_syscall(SYS_getppid) != getppid() || kw_syscall(SYS_read, -1, 0, 0) != -EBADF)
		fail("a result by gate differs");
}

static void *torture(void *unused)
{
	static __thread char room[65536];
	const stack_t stack = { .ss_sp = room, .ss_size = sizeof(room) };
	unsigned long n = 0;
	int fds[2];

	if (other_stack)
		sigaltstack(&stack, NULL);
	if (pipe(fds) != 0)
		fail_errno("pipe");
	while (atomic_load(&signals) < wanted) {
		unsigned long bad = hold(n * 0x9e3779b97f4a7c15u, 300);

		if (bad != 0)
			fail("%s has changed after %lu signals", names[bad], atomic_load(&signals));
		round_trip(fds, n++);
		if (!kernel_mode())
			fail("the mode has changed after %lu signals", atomic_load(&signals));
	}
	return NULL;
}

/* A process that sends signals as fast as it gets the CPU, and real-time ones that queue */
static pid_t start_sender(void)
{
	pid_t sender = fork();

	if (sender != 0)
		return sender;
	for (;;) {
		if (kill(process, SIGUSR1) != 0)
			_exit(0);
		sigqueue(process, SIGRTMIN, (union sigval){ 0 });
		sleep_us(200);
	}
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };
	pthread_t threads[THREADS];
	struct itimerval period = { { 0, 150 }, { 0, 150 } };
	unsigned int count = 0;
	pid_t sender;
	int option;

	while ((option = getopt(argc, argv, "uat:")) != -1) {
		if (option == 'u')
			user = true;
		else if (option == 'a')
			other_stack = true;
		else if (option == 't')
			count = strtoul(optarg, NULL, 0);
		else
			return 2;
	}
	if (optind == argc || count > THREADS)
		return 2;
	wanted = strtoul(argv[optind], NULL, 0);
	if (optind + 1 < argc)
		period.it_interval.tv_usec = period.it_value.tv_usec = strtoul(argv[optind + 1], NULL, 0);
	process = getpid();
	if (other_stack)
		action.sa_flags |= SA_ONSTACK;
	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGRTMIN, &action, NULL);
	if (!user)
		enter(0);
	sender = start_sender();
	setitimer(ITIMER_REAL, &period, NULL);
	for (unsigned int i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, torture, NULL) != 0)
			fail("pthread_create");
	torture(NULL);
	for (unsigned int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
	kill(sender, SIGKILL);
	waitpid(sender, NULL, 0);
	if (wrong)
		fail("%u handlers ran in the wrong mode", wrong);
	printf("%lu signals\n", atomic_load(&signals));
	return 0;
}
