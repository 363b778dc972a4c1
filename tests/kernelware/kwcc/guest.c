/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a program compiled by kwcc can name, used: one case a run, by its name;
 * status 0: as it should be. Run by tests/vm/kw-cc.sh, linked in several ways.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kw.h>

#pragma kernel struct task_struct pid tgid comm mm.total_vm real_parent tasks usage
#pragma kernel struct list_head
#pragma kernel struct rq cpu
#pragma kernel function _printk
#pragma kernel function snprintf as kernel_snprintf strlen as kernel_strlen
#pragma kernel function simple_strtoul msleep
#pragma kernel function num_to_str
#pragma kernel variable volatile unsigned long jiffies
#pragma kernel variable char linux_banner[]
#pragma kernel variable struct task_struct init_task
#pragma kernel percpu runqueues

/* Known before main: constructors run in kernel mode, too. */
static int constructor_active;

__attribute__((constructor)) static void construct(void)
{
	constructor_active = kw_active() && current->pid == getpid();
}

static void require_at(int condition, const char *text, int line)
{
	if (condition)
		return;
	printf("line %d: not so: %s\n", line, text);
	exit(1);
}
#define require(condition) require_at((condition), #condition, __LINE__)

static void test_mode(void)
{
	require(kw_active() && constructor_active && kw_enter(0) == 1);
}

static void test_current(void)
{
	require(current->pid == getpid() && current->tgid == getpid() && current->real_parent->pid == getppid());
	require(strncmp(current->comm, program_invocation_short_name, sizeof(current->comm) - 1) == 0);
	require(current->mm->total_vm > 50 && current->mm->total_vm < 100000);
	require((struct task_struct *)kw_current() == current);
	require(kernel_strlen(current->comm) == strlen(current->comm));
}

static void test_functions(void)
{
	char text[200];

	require(kernel_snprintf(text, sizeof(text), "%d %s %d %d %d %d %d %d %d %d", 1, "two", 3, 4, 5, 6, 7, 8, 9, 10) > 0);
	require(strcmp(text, "1 two 3 4 5 6 7 8 9 10") == 0);
	for (int i = 0; i < 100000; i++)
		require(simple_strtoul("1234", NULL, 10) == 1234);
	require(num_to_str(text, 20, 4567, 0) == 4 && memcmp(text, "4567", 4) == 0);
	_printk("kwcc: %d %d %d %d %d %d %d %d %d\n", 1, 2, 3, 4, 5, 6, 7, 8, 9);
}

static void test_variables(void)
{
	unsigned long before = jiffies;
	struct list_head *at;
	int found = 0;

	msleep(50);
	require(jiffies - before >= 5 && jiffies - before < 5000);
	require(strncmp(linux_banner, "Linux version ", 14) == 0);
	require(strcmp(init_task.comm, "swapper/0") == 0 || strcmp(init_task.comm, "swapper") == 0);
	/* All processes, by the kernel's list; nothing comes or goes meanwhile. */
	for (at = init_task.tasks.next; at != &init_task.tasks; at = at->next)
		found += ((struct task_struct *)((char *)at - __builtin_offsetof(struct task_struct, tasks)))->pid == getpid();
	require(found == 1);
}

static void test_percpu(void)
{
	cpu_set_t one;

	for (int cpu = 0; cpu < sysconf(_SC_NPROCESSORS_ONLN); cpu++) {
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		require(sched_setaffinity(0, sizeof(one), &one) == 0 && runqueues.cpu == cpu);
	}
}

__attribute__((target("general-regs-only"), noinline)) static unsigned long in_kernel(const char *text)
{
	return kw_direct(simple_strtoul)(text, NULL, 10);
}

static void test_direct(void)
{
	require(kw_call(in_kernel, "77") == 77);
}

static void *thread(void *argument)
{
	struct task_struct *task = current;

	for (int i = 0; i < 20000; i++) {
		if (current != task || current->pid != syscall(SYS_gettid) || simple_strtoul("12", NULL, 10) != 12)
			return NULL;
	}
	return argument;
}

static void test_threads(void)
{
	pthread_t threads[4];
	void *result;

	for (int i = 0; i < 4; i++)
		require(pthread_create(&threads[i], NULL, thread, threads) == 0);
	for (int i = 0; i < 4; i++)
		require(pthread_join(threads[i], &result) == 0 && result == threads);
}

/* A child is in user mode: a call there ends it with a message; having entered it goes on. */
static void test_fork(void)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		simple_strtoul("1", NULL, 10);
		_exit(1);
	}
	require(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	child = fork();
	if (child == 0) {
		if (current->pid != 0)
			_exit(2);
		_exit(1);
	}
	require(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	child = fork();
	if (child == 0)
		_exit(kw_enter(0) == 0 && simple_strtoul("15", NULL, 10) == 15 && current->pid == getpid() ? 5 : 1);
	require(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 5);
}

/* Status of a program that is executed in kernel mode, and what it prints */
static int execute(const char *name, char *output, size_t size)
{
	int pipes[2], status;
	ssize_t length;
	pid_t child;

	require(pipe(pipes) == 0);
	child = fork();
	if (child == 0) {
		dup2(pipes[1], 1);
		execl(name, name, "mode", NULL);
		_exit(99);
	}
	close(pipes[1]);
	length = read(pipes[0], output, size - 1);
	output[length > 0 ? length : 0] = '\0';
	close(pipes[0]);
	require(waitpid(child, &status, 0) == child);
	return status;
}

/* With a parent that stays a program begins at CPL 0, at its very first instruction. */
static void test_stay(void)
{
	static const char *const ways[] = { "static", "static-pie", "dynamic", "no-pie" };
	char output[100];

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		char name[100];

		require(kw_enter(KW_STAY_FORK | KW_STAY_EXEC) == 1);
		snprintf(name, sizeof(name), "/guest/kwcc-guest-%s", ways[i]);
		require(execute(name, output, sizeof(output)) == 0);
		snprintf(name, sizeof(name), "/guest/print_pid-%s", ways[i]);
		require(execute(name, output, sizeof(output)) == 0 && strncmp(output, "proc(", 5) == 0);
		require(setenv("KW", "off", 1) == 0 && execute(name, output, sizeof(output)) == 0 && strncmp(output, "proc(", 5) == 0);
		require(unsetenv("KW") == 0);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*test)(void);
	} tests[] = {
		{ "mode", test_mode }, { "current", test_current }, { "functions", test_functions }, { "variables", test_variables },
		{ "percpu", test_percpu }, { "direct", test_direct }, { "threads", test_threads }, { "fork", test_fork },
		{ "stay", test_stay },
	};

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (argc > 1 && strcmp(argv[1], tests[i].name) == 0) {
			tests[i].test();
			return 0;
		}
	}
	printf("there is no such test\n");
	return 2;
}
