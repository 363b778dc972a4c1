/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * threads-races SCENE [ROUNDS]: threads at the places where entering and leaving
 * kernel mode is hardest: asleep in the kernel, being born, leaving too. Each
 * scene ends with 0 if all threads were in the right mode with the right results.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"
#include "common.h"
#include "registers.h"

#define PAGE 4096

static unsigned long rounds;
static bool by_gate;

static pthread_t start(void *(*run)(void *), void *argument)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, argument) != 0)
		fail("pthread_create");
	return thread;
}

/* Until the thread sleeps in the kernel */
static void wait_asleep(const atomic_int *id)
{
	char path[64], text[512];

	for (int i = 0; i < 20000; i++) {
		sleep_us(100);
		if (*id == 0)
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%d/stat", *id);
		int fd = open(path, O_RDONLY);
		ssize_t size = read(fd, text, sizeof(text) - 1);

		close(fd);
		text[size > 0 ? size : 0] = '\0';
		if (strstr(text, ") S "))
			return;
	}
	fail("a thread does not fall asleep");
}

static void write_all(int fd, const void *from, size_t size)
{
	if (write(fd, from, size) != (ssize_t)size)
		fail_errno("write");
}

/* ---- asleep: in a system call over enter and leave -------------------------------- */

static struct {
	unsigned int how;
	int ends[2];
	atomic_uint word;
	atomic_int id, result, mode, handled;
} sleeper;

static void on_signal(int number)
{
	sleeper.handled = 1 + kw_active();
}

static void *run_sleeper(void *unused)
{
	struct pollfd poll = { sleeper.ends[0], POLLIN, 0 };
	char c;
	long result;

	sleeper.id = syscall(SYS_gettid);
	switch (sleeper.how) {
	case 0:
		result = CALL(SYS_read, sleeper.ends[0], &c, 1) == 1 && c == 'x';
		break;
	case 1:
		result = CALL(SYS_futex, &sleeper.word, FUTEX_WAIT, 0, 0) == 0;
		break;
	case 2:
		result = CALL(SYS_poll, &poll, 1, 5000) == 1;
		break;
	default:
		result = CALL(SYS_pause) == -EINTR;
		break;
	}
	sleeper.mode = kw_active();
	sleeper.result = result && registers_hold(sleeper.id, 100, 0) == 0;
	return NULL;
}

/* steps: e for enter, l for leave */
static void sleep_over(const char *way, unsigned int how, const char *steps)
{
	pthread_t thread;
	int mode = 0;

	by_gate = way[0] == 'g';
	sleeper.how = how;
	sleeper.word = sleeper.id = sleeper.handled = 0;
	if (pipe(sleeper.ends) != 0)
		fail_errno("pipe");
	if (way[0] != 'u')
		enter(0);
	thread = start(run_sleeper, NULL);
	wait_asleep(&sleeper.id);
	for (const char *step = steps; *step; step++) {
		mode = *step == 'e';
		if (mode)
			enter(0);
		else
			leave();
	}
	write_all(sleeper.ends[1], "x", 1);
	sleeper.word = 1;
	syscall(SYS_futex, &sleeper.word, FUTEX_WAKE, 1);
	if (how == 3)
		pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	if (!sleeper.result || sleeper.mode != mode || (how == 3 && sleeper.handled != 1 + mode))
		fail("%s, sleep %u, %s: result %d, mode %d, handler's %d", way, how, steps, sleeper.result, sleeper.mode, sleeper.handled - 1);
	if (mode)
		leave();
	close(sleeper.ends[0]);
	close(sleeper.ends[1]);
}

static void scene_asleep(void)
{
	static const char *const from_user[] = { "el", "ele", "elel", "elele" }, *const from_kernel[] = { "l", "le", "lel", "lele" };

	signal(SIGUSR1, on_signal);
	for (unsigned int how = 0; how < 4; how++)
		for (unsigned int i = 0; i < ARRAY_SIZE(from_user); i++) {
			sleep_over("user", how, from_user[i]);
			sleep_over("trap", how, from_kernel[i]);
			sleep_over("gate", how, from_kernel[i]);
		}
}

/* ---- copied: the buffer of a sleeping system call, over leave ---------------------- */

static struct {
	atomic_int id;
	int ends[2];
	char *buffer;
	long result;
} reader;

static void *run_reader(void *unused)
{
	reader.id = syscall(SYS_gettid);
	reader.result = CALL(SYS_read, reader.ends[0], reader.buffer, PAGE);
	return NULL;
}

/* change: c copy on write, n not present, r read only, u unmapped, - as it was */
static void copy_over(bool gate, char change, unsigned long place)
{
	static char data[PAGE];
	pthread_t thread;
	pid_t child = 0;
	bool gone = change == 'r' || change == 'u';

	by_gate = gate;
	reader.id = 0;
	memset(data, change, sizeof(data));
	reader.buffer = mmap((void *)place, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (reader.buffer == MAP_FAILED || pipe(reader.ends) != 0)
		fail_errno("mmap, pipe");
	reader.buffer[0] = 1;
	enter(0);
	thread = start(run_reader, NULL);
	wait_asleep(&reader.id);
	if (change == 'c') {
		child = fork();
		if (child == 0) {
			pause();
			_exit(0);
		}
	} else if (change == 'n') {
		madvise(reader.buffer, PAGE, MADV_DONTNEED);
	} else if (change == 'r') {
		mprotect(reader.buffer, PAGE, PROT_READ);
	} else if (change == 'u') {
		munmap(reader.buffer, PAGE);
	}
	leave();
	write_all(reader.ends[1], data, PAGE);
	pthread_join(thread, NULL);
	if (gone ? reader.result != -EFAULT : reader.result != PAGE || memcmp(reader.buffer, data, PAGE) != 0)
		fail("change %c, %s: result %ld", change, gate ? "gate" : "trap", reader.result);
	if (child != 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	munmap(reader.buffer, PAGE);
	close(reader.ends[0]);
	close(reader.ends[1]);
}

static void scene_copied(void)
{
	static const char changes[] = "cnru-";

	for (int gate = 0; gate < 2; gate++)
		for (unsigned int i = 0; changes[i]; i++) {
			copy_over(gate, changes[i], 0);
			/* In a top-level page table entry of its own */
			copy_over(gate, changes[i], 0x100000000000 + ((i + 5ul * gate) << 39));
		}
}

/* ---- children that share the memory ------------------------------------------------ */

static volatile unsigned long spins;
static volatile int child_mode;
static atomic_bool stop;

static void *run_vfork(void *unused)
{
	pid_t child = vfork();
	int status;

	if (child == 0) {
		while (!stop) {
			spins++;
			child_mode = kw_active();
			if (spins % 16 == 0 && syscall(SYS_getppid) <= 0)
				_exit(1);
		}
		_exit(3);
	}
	if (waitpid(child, &status, 0) != child || status != 3 << 8)
		fail("the child of a vfork: %s", status_text(status));
	return NULL;
}

static void wait_mode(int mode)
{
	unsigned long before = spins;

	for (int i = 0; i < 20000; i++) {
		if (child_mode == mode && spins > before + 2)
			return;
		sleep_us(50);
	}
	fail("the child of a vfork does not come to %s mode", mode ? "kernel" : "user");
}

static void scene_vfork(void)
{
	pthread_t thread = start(run_vfork, NULL);

	for (unsigned long i = 0; i < rounds; i++) {
		enter(0);
		if (i % 8 == 0)
			wait_mode(1);
		leave();
		if (i % 8 == 0)
			wait_mode(0);
	}
	stop = true;
	pthread_join(thread, NULL);
}

extern char **environ;

static void *run_spawn(void *count)
{
	char *const command[] = { "threads-races", "nothing", NULL };
	int status;
	pid_t child;

	while (!stop) {
		if (posix_spawn(&child, "/proc/self/exe", NULL, NULL, command, environ) != 0)
			fail("posix_spawn");
		if (waitpid(child, &status, 0) != child || status != 0)
			fail("a spawned program: %s", status_text(status));
		++*(atomic_ulong *)count;
	}
	return NULL;
}

static void *newborn(void *argument)
{
	return (char *)argument + (registers_hold((uint64_t)argument, 20, 0) == 0);
}

static void *run_births(void *count)
{
	while (!stop) {
		void *result;

		pthread_join(start(newborn, (void *)77), &result);
		if (result != (void *)78)
			fail("a new thread's result is wrong");
		++*(atomic_ulong *)count;
	}
	return NULL;
}

/* Top-level page table entries come and go. */
static void *run_map(void *count)
{
	unsigned long slot = (unsigned long)count / sizeof(atomic_ulong) % 16;

	while (!stop) {
		for (unsigned int shift = 39; shift <= 48; shift += 9) {
			char *place = (char *)(0x100000000000 + ((slot + 1) << shift));
			char *memory = mmap(place, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			if (memory == MAP_FAILED)
				fail_errno("mmap");
			memory[5] = 5;
			munmap(memory, PAGE);
		}
		++*(atomic_ulong *)count;
	}
	return NULL;
}

/* Two threads do the same while this one enters and leaves. */
static void scene_beside(void *(*run)(void *))
{
	static atomic_ulong counts[2];
	pthread_t threads[2] = { start(run, &counts[0]), start(run, &counts[1]) };

	for (unsigned long i = 0; i < rounds || (counts[0] < 3 && i < 100000); i++) {
		enter(i % 2 ? KW_STAY_FORK : 0);
		if (i % 3 == 0)
			sleep_us(random_next() % 300);
		leave();
		if (i % 5 == 0)
			sleep_us(random_next() % 300);
	}
	stop = true;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("%lu %lu\n", counts[0], counts[1]);
}

static void scene_spawn(void)
{
	scene_beside(run_spawn);
}

static void scene_births(void)
{
	scene_beside(run_births);
}

static void scene_map(void)
{
	scene_beside(run_map);
}

/* ---- at once: two leave, one enters -------------------------------------------------- */

static pthread_barrier_t barrier;
static atomic_uint left, entered;

static void *run_leave(void *unused)
{
	for (unsigned long i = 0; i < rounds; i++) {
		pthread_barrier_wait(&barrier);
		int error = kw_leave();

		if (error != 0 && error != -ESRCH)
			fail("kw_leave: %s", strerror(-error));
		left += error == 0;
		registers_hold(i, 5, 0);
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

static void scene_at_once(void)
{
	pthread_t threads[2];

	pthread_barrier_init(&barrier, NULL, 3);
	enter(0);
	for (int i = 0; i < 2; i++)
		threads[i] = start(run_leave, NULL);
	for (unsigned long i = 0; i < rounds; i++) {
		pthread_barrier_wait(&barrier);
		for (unsigned int n = 0; n < i % 4; n++)
			__asm__ volatile("pause");
		int error = kw_enter(0);

		if (error != 0 && error != 1 && error != -EAGAIN)
			fail("kw_enter: %s", strerror(-error));
		entered += error == 0;
		registers_hold(i, 5, 0);
		pthread_barrier_wait(&barrier);
		if (!kw_active())
			enter(0);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("%u left, %u entered\n", left, entered);
}

/* ---- arguments on a stack that is taken away ------------------------------------------ */

static char *stack_page;

/* In the kernel's context: the sum of all */
__attribute__((target("general-regs-only"), noinline))
static long sum(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k, long l, long m, long n)
{
	return a + b + c + d + e + f + g + h + i + j + k + l + m + n;
}

/* sum(1, ... 6, and 8 words of stack_page) by the gate */
static long call_sum(unsigned long gate)
{
	register long r10 __asm__("r10") = 4;
	register long r8 __asm__("r8") = 5;
	register long r9 __asm__("r9") = 6;
	register long r11 __asm__("r11") = 8;
	long result = (long)sum, rdi = 1, rsi = 2, rdx = 3;

	__asm__ volatile("mov	%%rsp, %%rbx\n\t"
			 "mov	%[stack], %%rsp\n\t"
			 "lea	1f(%%rip), %%rcx\n\t"
			 "cli\n\t"
			 "jmp	*%[gate]\n"
			 "1:	mov	%%rbx, %%rsp"
			 : "+a" (result), "+D" (rdi), "+S" (rsi), "+d" (rdx), "+r" (r10), "+r" (r8), "+r" (r9), "+r" (r11)
			 : [stack] "r" (stack_page + PAGE / 2), [gate] "r" (gate) : "rbx", "rcx", "memory");
	return result;
}

static void fill(void)
{
	for (int i = 0; i < 8; i++)
		((long *)(stack_page + PAGE / 2))[i] = 100;
}

static void expect(const char *when, long wanted)
{
	long result = call_sum(gates()->gate_call);

	if (result != wanted)
		fail("arguments on a stack that is %s: %ld, not %ld", when, result, wanted);
}

static void *run_take(void *unused)
{
	while (!stop) {
		mprotect(stack_page, PAGE, PROT_NONE);
		madvise(stack_page, PAGE, MADV_DONTNEED);
		mprotect(stack_page, PAGE, PROT_READ | PROT_WRITE);
		fill();
		sleep_us(20);
		madvise(stack_page, PAGE, MADV_DONTNEED);
		fill();
		sleep_us(20);
	}
	return NULL;
}

static void scene_arguments(void)
{
	unsigned long whole = 0, refused = 0;
	pthread_t thread;

	stack_page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	enter(0);
	fill();
	expect("there", 821);
	madvise(stack_page, PAGE, MADV_DONTNEED);
	expect("not there", 21);
	mprotect(stack_page, PAGE, PROT_NONE);
	expect("not to be read", -EFAULT);
	mprotect(stack_page, PAGE, PROT_READ | PROT_WRITE);
	thread = start(run_take, NULL);
	for (unsigned long i = 0; i < rounds * 50; i++) {
		long result = call_sum(gates()->gate_call);

		if (result != -EFAULT && (result < 21 || result > 821 || (result - 21) % 100 != 0))
			fail("arguments on a stack that is taken away: %ld", result);
		whole += result == 821;
		refused += result == -EFAULT;
		if (i % 50 == 0)
			sleep_us(30);
	}
	stop = true;
	pthread_join(thread, NULL);
	printf("%lu whole, %lu refused\n", whole, refused);
	leave();
}

static void scene_nothing(void)
{
}

/* Stays in kernel mode until it is killed */
static void scene_keep(void)
{
	enter(0);
	for (;;)
		pause();
}

static const struct {
	const char *name;
	void (*run)(void);
} scenes[] = {
	{ "asleep", scene_asleep }, { "copied", scene_copied }, { "vfork", scene_vfork }, { "spawn", scene_spawn },
	{ "births", scene_births }, { "map", scene_map }, { "at-once", scene_at_once }, { "arguments", scene_arguments },
	{ "nothing", scene_nothing }, { "keep", scene_keep },
};

int main(int argc, char **argv)
{
	rounds = argc > 2 ? strtoul(argv[2], NULL, 0) : 100;
	for (unsigned int i = 0; argc > 1 && i < ARRAY_SIZE(scenes); i++)
		if (strcmp(argv[1], scenes[i].name) == 0) {
			scenes[i].run();
			return 0;
		}
	return 2;
}
