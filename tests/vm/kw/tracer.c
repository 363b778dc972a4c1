/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tracer WHAT user|trap|gate: trace a program of known behaviour (tracee.c) in
 * user mode, in kernel mode with system calls by the trap, or by gates. What is
 * printed is to be compared.
 *
 *	steps		every instruction: its address, and all registers as a number
 *	safe-steps	every instruction: the program stays within itself and ends well
 *	calls		every stop for system calls, forks, exec, exit
 *	changes		the tracer changes numbers, arguments and results of calls
 *	emulate		PTRACE_SYSEMU: the calls are not made
 *	breakpoints	int3, and the debug registers on code and data
 *	attach		attach and detach COUNT times to a program that runs
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <linux/ptrace.h>
#include <unistd.h>
#include "common.h"

#define OPTIONS	(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | \
		 PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT)
#define USER_END 0x7ffffffff000ull

static pid_t tracee;
static const char *way;

static long request(int what, void *address, void *data)
{
	errno = 0;
	long result = ptrace(what, tracee, address, data);

	if (errno != 0)
		fail_errno("ptrace request %#x", what);
	return result;
}

static struct user_regs_struct registers(void)
{
	struct user_regs_struct regs;

	request(PTRACE_GETREGS, NULL, &regs);
	return regs;
}

/* In the child: the tracee, which stands beside this program */
static noreturn void be_tracee(const char *work)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[length > 0 ? length - 1 : 0] = 'e';	/* tracer, tracee */
	path[length > 0 ? length : 0] = 0;
	execl(path, "tracee", work, way, NULL);
	_exit(127);
}

/* Of a program that has just begun: the random bytes that the C library takes from Linux */
static void no_random_bytes(void)
{
	char path[32];
	Elf64_auxv_t auxv;
	int file;

	snprintf(path, sizeof(path), "/proc/%d/auxv", tracee);
	file = open(path, O_RDONLY | O_CLOEXEC);
	while (read(file, &auxv, sizeof(auxv)) == sizeof(auxv))
		if (auxv.a_type == AT_RANDOM) {
			request(PTRACE_POKEDATA, (void *)auxv.a_un.a_val, (void *)0x1234567);
			request(PTRACE_POKEDATA, (void *)(auxv.a_un.a_val + 8), (void *)0x89abcde);
		}
	close(file);
}

/* The first process of a namespace in which the tracee has the number 2 each time */
static pid_t new_numbers(void)
{
	pid_t first;

	if (unshare(CLONE_NEWPID) != 0)
		fail_errno("unshare");
	first = fork();
	if (first == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return first;
}

/* The tracee, stopped where it asks for it: after it has entered kernel mode */
static void start(const char *work)
{
	int status;

	fflush(stdout);
	tracee = fork();
	if (tracee == 0) {
		personality(ADDR_NO_RANDOMIZE);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		be_tracee(work);
	}
	/* exec, then the SIGSTOP that it sends itself */
	waitpid(tracee, &status, 0);
	if (!WIFSTOPPED(status))
		fail("the tracee did not start: %s", status_text(status));
	request(PTRACE_SETOPTIONS, NULL, (void *)OPTIONS);
	no_random_bytes();
	for (;;) {
		request(PTRACE_CONT, NULL, NULL);
		waitpid(tracee, &status, 0);
		if (!WIFSTOPPED(status))
			fail("the tracee ended: %s", status_text(status));
		if (WSTOPSIG(status) == SIGSTOP)
			return;
	}
}

/* Go on by `how` until the next stop; false: it has ended */
static bool go(int how, int signal, int *status)
{
	request(how, NULL, (void *)(long)signal);
	if (waitpid(tracee, status, 0) != tracee)
		fail_errno("waitpid");
	return WIFSTOPPED(*status);
}

static uint64_t mix(uint64_t sum, uint64_t value)
{
	return (sum ^ value) * 0x100000001b3 ^ sum >> 29;
}

/* Steps to the end: a line each, or how many and what was not in order */
static void steps(bool exact)
{
	unsigned long count = 0, outside = 0;
	pid_t first = new_numbers();
	int status, signal = 0;

	start("steps");
	while (go(PTRACE_SINGLESTEP, signal, &status)) {
		const struct user_regs_struct regs = registers();
		const unsigned long *words = (const unsigned long *)&regs;
		uint64_t sum = 14695981039346656037u;

		if (status >> 16 == PTRACE_EVENT_EXIT)
			break;
		signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
		if (regs.rip >= USER_END || regs.cs != 0x33 || regs.ss != 0x2b)
			outside++;
		for (unsigned int i = 0; i < sizeof(regs) / sizeof(*words); i++)
			sum = mix(sum, words[i]);
		if (exact)
			printf("%llx %016llx\n", regs.rip, (unsigned long long)sum);
		count++;
	}
	request(PTRACE_CONT, NULL, NULL);
	waitpid(tracee, &status, 0);
	kill(first, SIGKILL);
	waitpid(first, NULL, 0);
	if (outside)
		printf("%lu stops outside of the program\n", outside);
	if (count < 4000)
		printf("only %lu steps\n", count);
	printf("end: %s\n", status_text(status));
}

/* Which processes there are, in the order in which they are seen */
static pid_t seen[16];

static int known(pid_t process)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(seen); i++)
		if (seen[i] == process)
			return (int)i;
	return -1;
}

static int number_of(pid_t process)
{
	int n = known(process);

	if (n < 0) {
		n = known(0);
		if (n < 0)
			fail("too many processes");
		seen[n] = process;
	}
	return n;
}

/* A number as it is; of a call that is about processes, one of them as p0, p1, ... */
static const char *plain(unsigned long call, unsigned long long value)
{
	static const unsigned char about[] = { SYS_getpid, SYS_clone, SYS_fork, SYS_vfork, SYS_wait4, SYS_kill, SYS_set_tid_address };
	static char text[4][24];
	static unsigned int next;
	char *to = text[next++ % 4];
	int n = call < 256 && memchr(about, (int)call, sizeof(about)) && value > 0 && value < 1 << 22 ? known(value) : -1;

	snprintf(to, sizeof(text[0]), n >= 0 ? "p%llx" : "%llx", n >= 0 ? (unsigned long long)n : value);
	return to;
}

/* Of process n */
static void print_call(pid_t process, int n)
{
	static unsigned long last[ARRAY_SIZE(seen)];
	struct __ptrace_syscall_info info;
	long size = ptrace(PTRACE_GET_SYSCALL_INFO, process, (void *)sizeof(info), &info);

	if (size <= 0)
		fail_errno("PTRACE_GET_SYSCALL_INFO");
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		last[n] = info.entry.nr;
		printf("enter %lu", last[n]);
		/* Of these two the registers hold more than arguments. */
		for (int i = 0; last[n] != SYS_rt_sigreturn && i < (last[n] == SYS_exit_group ? 1 : 3); i++)
			printf(" %s", plain(last[n], info.entry.args[i]));
		printf("\n");
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		printf("exit %s %d\n", plain(last[n], info.exit.rval), info.exit.is_error);
	} else {
		printf("op %d\n", info.op);
	}
	if (info.instruction_pointer >= USER_END || info.stack_pointer >= USER_END)
		printf("outside of the program\n");
}

/*
 * All stops of all its processes; those of each stand apart, since their order
 * is the scheduler's. So is when a child's end is told: only how often is printed.
 */
static void calls(void)
{
	unsigned int ends = 0;
	char *text[16] = { 0 };
	size_t size[16];
	FILE *files[16] = { 0 };
	FILE *real = stdout;
	int status;
	pid_t process;

	start("calls");
	number_of(tracee);
	request(PTRACE_SYSCALL, NULL, NULL);
	while ((process = waitpid(-1, &status, __WALL)) > 0) {
		int n = number_of(process);
		long signal = 0;

		if (files[n] == NULL)
			files[n] = open_memstream(&text[n], &size[n]);
		stdout = files[n];
		if (!WIFSTOPPED(status)) {
			printf("end: %s\n", status_text(status));
			stdout = real;
			continue;
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			print_call(process, n);
		else if (status >> 16) {
			unsigned long message = 0;

			ptrace(PTRACE_GETEVENTMSG, process, NULL, &message);
			if (status >> 16 < PTRACE_EVENT_EXEC)
				number_of(message);
			printf("event %d\n", status >> 16);
		}
		else {
			if (WSTOPSIG(status) == SIGCHLD)
				ends++;
			else
				printf("signal %d\n", WSTOPSIG(status));
			if (WSTOPSIG(status) != SIGSTOP)
				signal = WSTOPSIG(status);
		}
		stdout = real;
		ptrace(PTRACE_SYSCALL, process, NULL, (void *)signal);
	}
	for (int i = 0; i < 16; i++) {
		if (files[i] == NULL)
			continue;
		fclose(files[i]);
		printf("process %d\n%s", i, text[i]);
	}
	printf("%u ends of children\n", ends);
}

/* getppid (110) becomes getuid (102); calls of number 1000 get a result; write's text is made shorter */
static void changes(void)
{
	int status;
	bool entry = true;

	start("changes");
	while (go(PTRACE_SYSCALL, 0, &status)) {
		struct user_regs_struct regs = registers();

		if (WSTOPSIG(status) != (SIGTRAP | 0x80))
			continue;
		if (entry && regs.orig_rax == 110)
			regs.orig_rax = 102;
		else if (entry && regs.orig_rax == 39)
			regs.orig_rax = -1;
		else if (!entry && regs.orig_rax == 1000)
			regs.rax = 4711;
		else if (entry && regs.orig_rax == 1)
			regs.rdx = 3;
		else if (!entry && regs.orig_rax == 104)
			regs.r15 = 0x5555;
		request(PTRACE_SETREGS, NULL, &regs);
		entry = !entry;
	}
	printf("end: %s\n", status_text(status));
}

static void emulate(void)
{
	int status, count = 0;

	start("emulate");
	while (count < 101 && go(PTRACE_SYSEMU, 0, &status)) {
		struct user_regs_struct regs = registers();

		if (WSTOPSIG(status) != (SIGTRAP | 0x80))
			continue;
		regs.rax = 1000 + count++;
		request(PTRACE_SETREGS, NULL, &regs);
	}
	while (go(PTRACE_CONT, 0, &status))
		;
	printf("%d calls\nend: %s\n", count, status_text(status));
}

/* rdi of the stopped tracee: the address of its counter; rsi: of the function that counts */
static void breakpoints(void)
{
	struct user_regs_struct regs;
	unsigned long counter, function;
	long word;
	int status, hits = 0;

	start("breakpoints");
	regs = registers();
	counter = regs.r12;
	function = regs.r13;
	word = ptrace(PTRACE_PEEKTEXT, tracee, (void *)function, NULL);
	for (int i = 0; i < 10; i++) {
		request(PTRACE_POKETEXT, (void *)function, (void *)((word & ~0xffL) | 0xcc));
		if (!go(PTRACE_CONT, 0, &status) || WSTOPSIG(status) != SIGTRAP)
			fail("no breakpoint: %s", status_text(status));
		regs = registers();
		if (regs.rip != function + 1)
			fail("a breakpoint at %#llx", regs.rip);
		regs.rip = function;
		request(PTRACE_SETREGS, NULL, &regs);
		request(PTRACE_POKETEXT, (void *)function, (void *)word);
		if (!go(PTRACE_SINGLESTEP, 0, &status))
			fail("no step");
		hits++;
	}
	printf("int3: %d, counter %ld\n", hits, ptrace(PTRACE_PEEKDATA, tracee, (void *)counter, NULL));

	/* Debug register 0: execution; 1: writes of 8 bytes */
	request(PTRACE_POKEUSER, (void *)offsetof(struct user, u_debugreg[0]), (void *)function);
	request(PTRACE_POKEUSER, (void *)offsetof(struct user, u_debugreg[1]), (void *)counter);
	request(PTRACE_POKEUSER, (void *)offsetof(struct user, u_debugreg[7]), (void *)(0x5L | 0x9L << 20));
	hits = 0;
	for (int i = 0; i < 20; i++) {
		unsigned long which;

		if (!go(PTRACE_CONT, 0, &status) || WSTOPSIG(status) != SIGTRAP)
			fail("no hardware breakpoint: %s", status_text(status));
		which = ptrace(PTRACE_PEEKUSER, tracee, (void *)offsetof(struct user, u_debugreg[6]), NULL) & 0xf;
		regs = registers();
		if (which != (i % 2 ? 2ul : 1ul) || (which == 1 && regs.rip != function))
			fail("breakpoint %lx at %#llx", which, regs.rip);
		hits++;
	}
	request(PTRACE_POKEUSER, (void *)offsetof(struct user, u_debugreg[7]), (void *)0);
	printf("debug registers: %d, counter %ld\n", hits, ptrace(PTRACE_PEEKDATA, tracee, (void *)counter, NULL));
	while (go(PTRACE_CONT, 0, &status))
		;
	printf("end: %s\n", status_text(status));
}

/* The tracee checks all that it does until its standard input ends. */
static void attach(void)
{
	int fds[2], status;

	if (pipe(fds) != 0)
		fail_errno("pipe");
	tracee = fork();
	if (tracee == 0) {
		dup2(fds[0], 0);
		close(fds[1]);
		be_tracee("busy");
	}
	close(fds[0]);
	sleep_us(20000);
	for (int i = 0; i < 300; i++) {
		struct user_regs_struct regs;

		if (ptrace(PTRACE_SEIZE, tracee, NULL, NULL) != 0)
			fail_errno("seize %d", i);
		request(PTRACE_INTERRUPT, NULL, NULL);
		if (waitpid(tracee, &status, 0) != tracee || !WIFSTOPPED(status))
			fail("interrupt %d: %s", i, status_text(status));
		regs = registers();
		if (regs.rip >= USER_END || regs.rsp >= USER_END || regs.cs != 0x33)
			fail("stopped at %#llx, stack %#llx", regs.rip, regs.rsp);
		/* By turns a few steps, as they are, and with all registers set to what they are */
		for (int step = 0; i % 3 == 0 && step < i % 7; step++)
			go(PTRACE_SINGLESTEP, 0, &status);
		if (i % 2) {
			regs = registers();
			request(PTRACE_SETREGS, NULL, &regs);
		}
		request(PTRACE_DETACH, NULL, NULL);
		sleep_us(random_next() % 1000);
	}
	close(fds[1]);
	waitpid(tracee, &status, 0);
	printf("end: %s\n", status_text(status));
}

int main(int argc, char **argv)
{
	const char *what = argc == 3 ? argv[1] : "";

	way = argc == 3 ? argv[2] : "";
	if (strcmp(what, "steps") == 0 || strcmp(what, "safe-steps") == 0)
		steps(strcmp(what, "steps") == 0);
	else if (strcmp(what, "calls") == 0)
		calls();
	else if (strcmp(what, "changes") == 0)
		changes();
	else if (strcmp(what, "emulate") == 0)
		emulate();
	else if (strcmp(what, "breakpoints") == 0)
		breakpoints();
	else if (strcmp(what, "attach") == 0)
		attach();
	else
		return 2;
	return 0;
}
