/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes, threads, signals: what ends oddly, and many of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common.h"
#include "misdeed.h"

#define PAGE 4096
#define BOMBS 300

/* ---- kill -9 -------------------------------------------------------------- */

static void *sleep_in_kernel(void *unused)
{
	for (;;)
		kw_call(symbol("msleep_interruptible"), 1);
	return NULL;
}

static void *call_gates(void *unused)
{
	for (;;) {
		kw_syscall(SYS_getppid);
		kw_syscall(SYS_sched_yield);
	}
	return NULL;
}

/* In the child of a process in kernel mode: something of everything, until it is killed */
static void live(void)
{
	pthread_t thread;

	enter(KW_STAY_FORK);
	pthread_create(&thread, NULL, sleep_in_kernel, NULL);
	pthread_create(&thread, NULL, call_gates, NULL);
	for (;;) {
		char *memory = mmap(NULL, 32 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		memset(memory, 1, 32 * PAGE);
		if (fork() == 0)
			_exit(memory[5 * PAGE] != 1);
		munmap(memory, 32 * PAGE);
		wait(NULL);
	}
}

static void killed(void)
{
	int status;

	random_seed(getpid());
	for (int i = 0; i < 10; i++) {
		pid_t child = fork();

		if (child == 0) {
			setpgid(0, 0);
			live();
		}
		setpgid(child, child);
		sleep_us(random_next() % 20000);
		kill(-child, SIGKILL);
		if (waitpid(child, &status, 0) != child || strcmp(status_text(status), "signal 9") != 0)
			fail("the killed process: %s", status_text(status));
	}
}

static int sleep_killable(void *name)
{
	enter(0);
	/* One that SIGKILL wakes: TASK_KILLABLE is 0x102; the timeout is long. */
	kw_call(VICTIM("sleep_killable"), 60000);
	return 0;
}

static int sleep_uninterruptible(void *name)
{
	enter(0);
	kw_call(symbol("msleep"), 300);
	fail("it came back from the kernel and was not killed");
}

static void killed_asleep(void)
{
	int (*const sleepers[])(void *) = { sleep_killable, sleep_uninterruptible };

	for (unsigned int i = 0; i < ARRAY_SIZE(sleepers); i++) {
		uint64_t start = now();
		pid_t child = fork();
		int status;

		if (child == 0)
			_exit(sleepers[i](NULL));
		sleep_us(50000);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		if (strcmp(status_text(status), "signal 9") != 0 || now() - start > 2000000000ull)
			fail("sleeper %u: %s after %llu ms", i, status_text(status), (unsigned long long)(now() - start) / 1000000);
	}
}

/* ---- many ------------------------------------------------------------------ */

static atomic_int *shared;

static void fork_bomb(void)
{
	pid_t child;

	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (kw_enter(KW_STAY_FORK) != 1)
		fail("flags");
	child = fork();
	if (child == 0) {
		setpgid(0, 0);
		while (atomic_fetch_add(shared, 1) < BOMBS)
			fork();
		for (;;)
			pause();
	}
	setpgid(child, child);
	while (atomic_load(shared) < BOMBS)
		sleep_us(1000);
	while (kill(-child, SIGKILL) == 0)
		while (waitpid(-child, NULL, WNOHANG) > 0)
			;
}

static void *nothing(void *unused)
{
	return NULL;
}

static void thread_storm(void)
{
	pthread_t threads[20];

	for (int i = 0; i < 20; i++) {
		for (unsigned int t = 0; t < ARRAY_SIZE(threads); t++)
			if (pthread_create(&threads[t], NULL, nothing, NULL) != 0)
				fail("pthread_create");
		for (unsigned int t = 0; t < ARRAY_SIZE(threads); t++)
			pthread_join(threads[t], NULL);
	}
}

static void exec_storm(void)
{
	const char *left = getenv("LEFT");
	int n = left ? atoi(left) : 40;
	char text[16];

	if (n == 0)
		exit(0);
	snprintf(text, sizeof(text), "%d", n - 1);
	setenv("LEFT", text, 1);
	/* By turns what is executed is in kernel mode already, which misdeed takes as well. */
	if (kw_enter(n % 2 ? KW_STAY_EXEC : 0) != 1)
		fail("flags");
	execl("/proc/self/exe", "misdeed", n % 2 ? "-u" : "exec-storm", "exec-storm", NULL);
	fail_errno("exec");
}

static void *exec_now(void *unused)
{
	usleep(1000);
	execl("/proc/self/exe", "misdeed", "-l", "nothing", NULL);
	return NULL;
}

/* exec by another thread than the first, while others are busy */
static int exec_busy(void *unused)
{
	pthread_t thread;

	for (int i = 0; i < 3; i++)
		pthread_create(&thread, NULL, call_gates, NULL);
	pthread_create(&thread, NULL, exec_now, NULL);
	call_gates(NULL);
	return 1;
}

static void exec_of_thread(void)
{
	kw_enter(KW_STAY_FORK);
	for (int i = 0; i < 5; i++) {
		const char *ended = status_text(in_child(exec_busy, NULL));

		if (strcmp(ended, "exit 0") != 0)
			fail("exec: %s", ended);
	}
}

static void vfork_storm(void)
{
	for (int i = 0; i < 200; i++) {
		pid_t child = vfork();

		if (child == 0)
			_exit(7);
		if (child < 0)
			fail_errno("vfork");
		waitpid(child, NULL, 0);
	}
}

/* ---- ends ------------------------------------------------------------------- */

static void first_thread_ends(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, sleep_in_kernel, NULL);
	/* The process lives on by the other one, until an alarm. */
	alarm(1);
	syscall(SYS_exit, 0);
}

static void strict_seccomp(void)
{
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
		fail_errno("seccomp");
	kw_syscall(SYS_getppid);
	kw_syscall(SYS_exit, 3);
}

static void cpu_limit(void)
{
	/* SIGXCPU when a second is used up; the program does not look. */
	syscall(SYS_prlimit64, 0, 0, (unsigned long [2]){ 1, 2 }, NULL);
	for (;;)
		;
}

static void aborted(void)
{
	abort();
}

static void deaf(void)
{
	sigset_t all;

	if (fork() == 0) {
		sleep_us(30000);
		kill(getppid(), SIGKILL);
		_exit(0);
	}
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	for (;;)
		;
}

/* Past libkw, which refuses: the gate takes eight arguments on the stack. */
static void many_arguments(void)
{
	long result = symbol("strlen");
	const unsigned long gate = gates()->gate_call;
	register unsigned long count __asm__("r11") = 1000000;

	__asm__ volatile("lea 1f(%%rip), %%rcx\n\tcli\n\tjmp *%2\n1:" : "+r" (count), "+a" (result) : "r" (gate) : "rcx", "memory");
	if (result != -EINVAL)
		fail("%ld", result);
}

/* Arguments on a stack that is not there */
static void no_arguments(void)
{
	long result = symbol("strlen");
	const unsigned long gate = gates()->gate_call;
	register unsigned long count __asm__("r11") = 2;

	__asm__ volatile("mov %%rsp, %%rbx\n\tmov %3, %%rsp\n\tlea 1f(%%rip), %%rcx\n\tcli\n\tjmp *%2\n1:\tmov %%rbx, %%rsp"
			 : "+r" (count), "+a" (result) : "r" (gate), "r" (0x123456789000UL) : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "memory");
	if (result != -EFAULT)
		fail("%ld", result);
}

const struct deed process_deeds[] = {
	{ "killed", "kill -9 at random moments, ten times: threads, gates, forks", "exit 0", killed, 0 },
	{ "killed-asleep", "kill -9 while a called kernel function sleeps", "exit 0", killed_asleep, 0 },
	{ "fork-bomb", "fork bomb: 300 processes", "exit 0", fork_bomb, 0 },
	{ "thread-storm", "400 threads", "exit 0", thread_storm, 0 },
	{ "vfork-storm", "200 children of vfork", "exit 0", vfork_storm, 0 },
	{ "exec-storm", "exec after exec, kernel mode kept and not", "exit 0", exec_storm, 0 },
	{ "exec-of-thread", "exec by a thread while others are in gates", "exit 0", exec_of_thread, 0 },
	{ "first-thread-ends", "end of the first thread before the others", "signal 14", first_thread_ends, 0 },
	{ "strict-seccomp", "a system call that seccomp's strict mode forbids", "signal 9", strict_seccomp, 0 },
	{ "cpu-limit", "endless loop, against its limit of CPU time", "signal 24", cpu_limit, 0 },
	{ "deaf", "endless loop with all signals blocked, killed", "signal 9", deaf, 0 },
	{ "many-arguments", "more arguments than a gate takes", "exit 0", many_arguments, 0 },
	{ "no-arguments", "arguments on a stack that is not there", "exit 0", no_arguments, 0 },
	{ "abort", "abort", "signal 6", aborted, 0 },
	{ 0 }
};
