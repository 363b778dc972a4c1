/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libkw with the module: one case a run, by its name; status 0: as it should
 * be. Run by tests/vm/kw-lib.sh.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kw.h>

static const char *self;

static void require_at(int condition, const char *text, int line)
{
	if (condition)
		return;
	printf("line %d: not so: %s\n", line, text);
	exit(1);
}
#define require(condition) require_at((condition), #condition, __LINE__)

static unsigned long symbol(const char *name)
{
	unsigned long address = 0;

	require(kw_symbol(name, &address) == 0);
	return address;
}

static void enter(void)
{
	require(kw_enter(0) == 0 && kw_active() == 1);
}

/* The status of a child that does this */
static int in_child(int (*what)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(what());
	require(waitpid(child, &status, 0) == child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void test_enter(void)
{
	errno = 77;
	require(kw_active() == 0 && kw_leave() == -ESRCH);
	require(kw_enter(1u << 31) == -EINVAL && kw_active() == 0);
	require(kw_enter(0) == 0 && kw_active() == 1);
	require(kw_enter(0) == 1 && kw_active() == 1);
	require(kw_enter(1u << 31) == -EINVAL && kw_active() == 1);
	require(kw_leave() == 0 && kw_active() == 0 && kw_leave() == -ESRCH);
	for (int i = 0; i < 100; i++)
		require(kw_enter(0) == 0 && kw_active() == 1 && kw_leave() == 0 && kw_active() == 0);
	require(errno == 77);
}

static void test_symbol(void)
{
	char name[KW_SYMBOL_SIZE + 8];
	unsigned long address = 1;

	require(kw_symbol("no_such_symbol_here", &address) == -ENOENT && address == 1);
	require(kw_symbol("", &address) == -ENOENT);
	memset(name, 'x', sizeof(name));
	name[KW_SYMBOL_SIZE - 1] = '\0';
	require(kw_symbol(name, &address) == -ENOENT);
	name[KW_SYMBOL_SIZE - 1] = 'x';
	name[KW_SYMBOL_SIZE] = '\0';
	require(kw_symbol(name, &address) == -ENAMETOOLONG && address == 1);
	require(symbol("_printk") > 1ul << 63 && symbol("do_exit") != symbol("_printk"));
	enter();
	require(symbol("_printk") == symbol("_printk") && kw_symbol("no_such_symbol_here", &address) == -ENOENT);
}

static void test_call(void)
{
	unsigned long format = symbol("snprintf"), copy = symbol("simple_strtoul"), sleep = symbol("msleep"), number = symbol("num_to_str");
	static const char eleven[] = "1 -2 three 4 5 6 7 8 9 10 -11";
	char text[200];

	require(kw_call(format, text, sizeof(text), "") == -EPERM);
	enter();
	require(kw_call(format, text, sizeof(text), "%d %lld %s %d %d %d %d %d %d %d %d", 1, -2, "three", 4, 5, 6, 7, 8, 9, 10, -11) ==
		(long)strlen(eleven));
	require(strcmp(text, eleven) == 0);
	for (int i = 0; i < 100000; i++)
		require(kw_call(copy, "1234", 0, 10) == 1234);
	require(kw_call(number, text, 20, 4567, 0) == 4 && memcmp(text, "4567", 4) == 0);
	kw_call(sleep, 20);
	require(kw_leave() == 0 && kw_call(copy, "1", 0, 10) == -EPERM);
}

/* In the kernel's context: kernel functions directly */
struct work {
	unsigned long (*strtoul)(const char *text, char **end, unsigned int base);
	const char *text;
	unsigned long sum;
};

__attribute__((target("general-regs-only"), noinline)) static long in_kernel(struct work *work, long times)
{
	for (long i = 0; i < times; i++)
		work->sum += work->strtoul(work->text, NULL, 10);
	return times;
}

static void test_own_function(void)
{
	struct work work = { .text = "5" };

	work.strtoul = (unsigned long (*)(const char *, char **, unsigned int))symbol("simple_strtoul");
	enter();
	require(kw_call(in_kernel, &work, 1000) == 1000 && work.sum == 5000);
}

static void test_current(void)
{
	unsigned long pid_of = symbol("__task_pid_nr_ns"), offset = symbol("this_cpu_off");
	unsigned long *mine;

	require(kw_current() == NULL && kw_percpu(offset) == NULL);
	enter();
	require(kw_current() != NULL && kw_current() == kw_current());
	require(kw_call(pid_of, kw_current(), 0, 0) == getpid());
	mine = kw_percpu(offset);
	/* The variable holds where the CPU's copies are. */
	require(mine != NULL && *mine == (unsigned long)mine - offset);
}

static volatile sig_atomic_t ticks, ticks_in_kernel_mode;
static unsigned long strtoul_address;

static void tick(int number)
{
	ticks++;
	ticks_in_kernel_mode += kw_active() && kw_call(strtoul_address, "7", 0, 10) == 7 && number == SIGALRM;
}

static void start_ticks(int flags)
{
	struct sigaction action = { .sa_handler = tick, .sa_flags = flags };
	struct itimerval interval = { { 0, 2000 }, { 0, 2000 } };

	strtoul_address = symbol("simple_strtoul");
	require(sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &interval, NULL) == 0);
}

static void stop_ticks(void)
{
	struct itimerval off = { { 0, 0 }, { 0, 0 } };

	require(setitimer(ITIMER_REAL, &off, NULL) == 0);
}

static int write_later(void)
{
	usleep(50000);
	return 0;
}

static void test_syscall(void)
{
	int pipes[2];
	char byte = 0;

	enter();
	require(kw_syscall(SYS_getpid) == getpid() && kw_syscall(SYS_read, -1, &byte, 1) == -EBADF && kw_syscall(9999) == -ENOSYS);
	require(pipe(pipes) == 0 && kw_syscall(SYS_write, pipes[1], "a", 1) == 1);
	require(kw_syscall(SYS_read, pipes[0], &byte, 1) == 1 && byte == 'a');
	/* A call that a signal interrupts is restarted, or gives EINTR, as the handler was installed. */
	pid_t child = fork();

	if (child == 0) {
		write_later();
		_exit(write(pipes[1], "b", 1) != 1);
	}
	start_ticks(SA_RESTART);
	require(kw_syscall(SYS_read, pipes[0], &byte, 1) == 1 && byte == 'b' && ticks > 5);
	stop_ticks();
	start_ticks(0);
	require(kw_syscall(SYS_read, pipes[0], &byte, 1) == -EINTR);
	stop_ticks();
	require(ticks == ticks_in_kernel_mode);
	require(kw_leave() == 0 && kw_syscall(SYS_getpid) == getpid());
}

static void test_signals(void)
{
	enter();
	start_ticks(SA_RESTART);
	for (int i = 0; i < 200000; i++)
		require(kw_call(strtoul_address, "1234", 0, 10) == 1234);
	while (ticks < 50)
		require(kw_syscall(SYS_getpid) > 0);
	stop_ticks();
	require(ticks == ticks_in_kernel_mode);
}

static unsigned long thread_pid_of;
static pthread_barrier_t barrier;

static void *work_in_thread(void *argument)
{
	struct task_struct *task;

	if (argument != NULL)
		pthread_barrier_wait(&barrier);
	task = kw_current();
	for (int i = 0; i < 20000; i++) {
		if (!kw_active() || kw_current() != task || kw_call(thread_pid_of, task, 0, 0) != syscall(SYS_gettid))
			return NULL;
	}
	return "good";
}

static void test_threads(void)
{
	pthread_t threads[6];
	void *result;

	thread_pid_of = symbol("__task_pid_nr_ns");
	require(pthread_barrier_init(&barrier, NULL, 4) == 0);
	/* Three are there before, three come after. */
	for (int i = 0; i < 3; i++)
		require(pthread_create(&threads[i], NULL, work_in_thread, &barrier) == 0);
	enter();
	pthread_barrier_wait(&barrier);
	for (int i = 3; i < 6; i++)
		require(pthread_create(&threads[i], NULL, work_in_thread, NULL) == 0);
	for (int i = 0; i < 6; i++)
		require(pthread_join(threads[i], &result) == 0 && result != NULL);
}

static int child_in_user_mode(void)
{
	if (kw_active() || kw_call(strtoul_address, "1", 0, 10) != -EPERM || kw_current() != NULL || kw_leave() != -ESRCH)
		return 1;
	return kw_enter(0) == 0 && kw_active() && kw_call(strtoul_address, "12", 0, 10) == 12 ? 5 : 2;
}

static int child_in_kernel_mode(void)
{
	return kw_active() && kw_call(strtoul_address, "12", 0, 10) == 12 && kw_leave() == 0 && !kw_active() ? 5 : 2;
}

static void test_fork(void)
{
	strtoul_address = symbol("simple_strtoul");
	enter();
	require(in_child(child_in_user_mode) == 5 && kw_active());
	require(kw_enter(KW_STAY_FORK) == 1);
	require(in_child(child_in_kernel_mode) == 5 && kw_active());
	require(kw_enter(0) == 1 && in_child(child_in_user_mode) == 5);
	require(system("exit 3") == 3 << 8);
}

static int execute(void)
{
	execl(self, self, "report", NULL);
	return 99;
}

static void test_exec(void)
{
	require(in_child(execute) == 10);
	enter();
	require(in_child(execute) == 10);
	require(kw_enter(KW_STAY_FORK) == 1 && in_child(execute) == 10);
	require(kw_enter(KW_STAY_FORK | KW_STAY_EXEC) == 1 && in_child(execute) == 11);
}

static int drop_root(void)
{
	return setgid(65534) != 0 || setuid(65534) != 0;
}

static int stranger(void)
{
	unsigned long address;

	if (drop_root() != 0 || kw_enter(0) != -EACCES || kw_symbol("_printk", &address) != -EACCES)
		return 1;
	return kw_leave() == -EACCES && !kw_active() ? 5 : 2;
}

static int dropped(void)
{
	if (kw_enter(0) != 0 || drop_root() != 0)
		return 1;
	return kw_active() && kw_call(strtoul_address, "12", 0, 10) == 12 && kw_leave() == -EACCES && kw_active() ? 5 : 2;
}

static void test_permission(void)
{
	strtoul_address = symbol("simple_strtoul");
	require(in_child(stranger) == 5);
	require(in_child(dropped) == 5);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*test)(void);
	} tests[] = {
		{ "enter", test_enter }, { "symbol", test_symbol }, { "call", test_call }, { "own-function", test_own_function },
		{ "current", test_current }, { "syscall", test_syscall }, { "signals", test_signals }, { "threads", test_threads },
		{ "fork", test_fork }, { "exec", test_exec }, { "permission", test_permission },
	};

	self = argv[0];
	if (argc > 1 && strcmp(argv[1], "report") == 0)
		return 10 + kw_active();
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (argc > 1 && strcmp(argv[1], tests[i].name) == 0) {
			tests[i].test();
			return 0;
		}
	}
	printf("there is no such test\n");
	return 2;
}
