/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals and system calls: restarted and interrupted ones, a handler on a
 * stack of its own, many signals while registers, flags and the red zone must
 * stay as they are, and what the processes that are forked do.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t count;
static int ends[2];
static int bad;

static void check(const char *what, int good)
{
	if (!good) {
		printf("wrong: %s (errno %d)\n", what, errno);
		bad++;
	}
}

static void counting(int number)
{
	(void)number;
	count++;
	/* Changes what a handler may change. */
	errno = 0;
	getppid();
}

static void feeding(int number)
{
	(void)number;
	if (++count == 3 && write(ends[1], "x", 1) != 1)
		bad++;
}

static void handle(void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigaction(SIGALRM, &action, NULL);
}

static void timer(long microseconds)
{
	struct itimerval value = { { 0, microseconds }, { 0, microseconds } };

	setitimer(ITIMER_REAL, &value, NULL);
}

static void restarts(void)
{
	char c;

	count = 0;
	handle(feeding, SA_RESTART);
	timer(3000);
	check("a read is restarted until there is something", read(ends[0], &c, 1) == 1 && c == 'x' && count >= 3);
	timer(0);
	handle(counting, 0);
	timer(3000);
	check("a read is interrupted", read(ends[0], &c, 1) == -1);
	timer(0);
}

static void interrupted_sleep(void)
{
	struct timespec sleep = { .tv_nsec = 50000000 }, rest = { 0 };

	handle(counting, 0);
	timer(10000);
	errno = 0;
	check("a sleep is interrupted, and tells the rest", nanosleep(&sleep, &rest) == -1 && rest.tv_nsec > 0 && rest.tv_nsec < 50000000);
	timer(0);
}

/* System calls, with values in all registers and in the red zone, while signals come */
static void torture(void)
{
	long rounds, wrong = 0;

	count = 0;
	handle(counting, SA_RESTART);
	timer(500);
	for (rounds = 0; (rounds < 20000 || count < 100) && rounds < 20000000; rounds++) {
		register long r8 __asm__("r8") = 8, r9 __asm__("r9") = 9, r10 __asm__("r10") = 10;
		register long r12 __asm__("r12") = 12, r15 __asm__("r15") = 15;
		long rax = SYS_getppid, rdi = 1, rsi = 2, rdx = 3, red;

		__asm__ volatile ("movq $1234, -8(%%rsp); movq $5678, -128(%%rsp); syscall; mov -8(%%rsp), %%rcx; mov -128(%%rsp), %%r11; add %%r11, %%rcx"
				  : "+a" (rax), "+D" (rdi), "+S" (rsi), "+d" (rdx), "+r" (r8), "+r" (r9), "+r" (r10), "+r" (r12), "+r" (r15), "=c" (red)
				  : : "r11", "memory");
		wrong += rax != getppid() || rdi != 1 || rsi != 2 || rdx != 3 || r8 != 8 || r9 != 9 || r10 != 10 || r12 != 12 || r15 != 15 || red != 6912;
	}
	timer(0);
	check("registers and red zone stay", wrong == 0 && count >= 100);
}

static char stack[65536];
static volatile char *where;

static void on_stack(int number)
{
	char here;

	(void)number;
	where = &here;
	getppid();
}

static void own_stack(void)
{
	stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };

	sigaltstack(&other, NULL);
	handle(on_stack, SA_ONSTACK);
	raise(SIGALRM);
	check("a handler has its own stack", where > stack && where < stack + sizeof(stack));
}

static int child(void *argument)
{
	_exit(getppid() == *(pid_t *)argument ? 5 : 6);
}

static bool ended_with(pid_t pid, int wanted)
{
	int status = 0;

	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == wanted;
}

static void children(void)
{
	char *const shell[] = { "sh", "-c", "exit 7", NULL };
	pid_t self = getpid(), pid;

	pid = fork();
	if (pid == 0)
		child(&self);
	check("fork", ended_with(pid, 5));
	pid = vfork();
	if (pid == 0)
		_exit(getpid() != self ? 5 : 6);
	check("vfork", ended_with(pid, 5));
	pid = clone(child, stack + sizeof(stack), SIGCHLD, &self);
	check("clone", ended_with(pid, 5));
	pid = clone(child, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, &self);
	check("clone with the same memory", ended_with(pid, 5));
	check("posix_spawn", posix_spawn(&pid, "/bin/sh", NULL, NULL, shell, environ) == 0 && ended_with(pid, 7));
	check("system", system("exit 3") == 3 << 8);
}

static void *thread(void *argument)
{
	long n = 0;

	while (n < 2000)
		n += write(ends[1], "y", 1) == 1 && read(ends[0], &(char){ 0 }, 1) == 1;
	return argument;
}

static void threads(void)
{
	pthread_t list[8];
	void *result;
	int i, good = 1;

	handle(counting, SA_RESTART);
	timer(700);
	for (i = 0; i < 8; i++)
		good &= pthread_create(&list[i], NULL, thread, NULL) == 0;
	for (i = 0; i < 8; i++)
		good &= pthread_join(list[i], &result) == 0 && result == NULL;
	timer(0);
	check("threads", good);
}

int main(void)
{
	if (pipe(ends) != 0)
		return 2;
	restarts();
	interrupted_sleep();
	torture();
	own_stack();
	children();
	threads();
	printf("%d wrong\n", bad);
	return bad != 0;
}
