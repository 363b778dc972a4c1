/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signals user|trap|gate: prints how interrupted system calls end, with and
 * without SA_RESTART and over a stop, and what handlers of faults are told. The
 * three print the same: in user mode, in kernel mode by the trap, by gates.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/futex.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include "calls.h"
#include "common.h"

#define MS 1000000L
#define PAGE 4096

static bool in_kernel, by_gate;

/* ---- interrupted system calls ------------------------------------------------ */

static int ends[2];			/* a pipe */
static unsigned int *word;		/* a futex, shared */
static int file, queue, semaphore;
static char name[] = "/tmp/signals.fifo";
static volatile sig_atomic_t handled;

static void on_alarm(int number)
{
	handled++;
}

static long wait_read(void)
{
	char c;

	return CALL(SYS_read, ends[0], &c, 1);
}

static long wait_write(void)
{
	static char full[65536 + PAGE];

	return CALL(SYS_write, ends[1], full, sizeof(full));
}

static long wait_poll(void)
{
	struct pollfd poll = { ends[0], POLLIN, 0 };

	return CALL(SYS_poll, &poll, 1, 2000);
}

static long wait_select(void)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(ends[0], &set);
	return CALL(SYS_select, ends[0] + 1, &set, 0, 0, 0);
}

static long wait_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(0);

	epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event);
	return CALL(SYS_epoll_wait, epoll, &event, 1, 2000);
}

static long wait_futex(void)
{
	return CALL(SYS_futex, word, FUTEX_WAIT, 0, 0);
}

static long wait_futex_timeout(void)
{
	const struct timespec two = { 2, 0 };

	return CALL(SYS_futex, word, FUTEX_WAIT, 0, &two);
}

static long wait_child(void)
{
	pid_t child = fork();
	int status;
	long result;

	if (child == 0) {
		sleep_us(80000);
		_exit(5);
	}
	result = CALL(SYS_wait4, child, &status, 0, 0);
	if (result == child)
		return status;
	waitpid(child, &status, 0);
	return result;
}

static long wait_message(void)
{
	struct { long type; char text[8]; } message;

	return CALL(SYS_msgrcv, queue, &message, 8, 0, 0);
}

static long wait_semaphore(void)
{
	struct sembuf down = { 0, -1, 0 };

	return CALL(SYS_semop, semaphore, &down, 1);
}

static long wait_lock(void)
{
	int other = open("/tmp/signals.lock", O_RDWR);
	long result = CALL(SYS_flock, other, LOCK_EX);

	close(other);
	return result;
}

static long wait_fifo(void)
{
	long result = CALL(SYS_openat, AT_FDCWD, name, O_RDONLY, 0);

	if (result >= 0) {
		close(result);
		return 0;
	}
	return result;
}

static long wait_sleep(void)
{
	const struct timespec t = { 0, 100 * MS };
	struct timespec left = { 0, 0 };
	uint64_t start = now();
	long result = CALL(SYS_nanosleep, &t, &left);
	uint64_t took = now() - start;

	/* A tick of the clock more or less does not matter. */
	if (result == 0)
		return took < 99 * MS ? -1000 : 0;
	return llabs((long long)(took + left.tv_nsec) - 100 * MS) < 20 * MS ? result : -1001;
}

static long wait_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += 100 * MS;
	if (t.tv_nsec >= 1000 * MS) {
		t.tv_sec++;
		t.tv_nsec -= 1000 * MS;
	}
	return CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, 1, &t, 0);
}

static long wait_pause(void)
{
	return CALL(SYS_pause);
}

static long wait_suspend(void)
{
	unsigned long none = 0;

	return CALL(SYS_rt_sigsuspend, &none, 8);
}

static long wait_signal(void)
{
	unsigned long set = 1ul << (SIGUSR2 - 1);
	const struct timespec t = { 0, 100 * MS };

	return CALL(SYS_rt_sigtimedwait, &set, 0, &t, 8);
}

static long wait_socket(void)
{
	int pair[2];
	char c;
	long result;

	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ 0, 100000 }, sizeof(struct timeval));
	result = CALL(SYS_recvfrom, pair[0], &c, 1, 0, 0, 0);
	close(pair[0]);
	close(pair[1]);
	return result;
}

static const struct {
	const char *what;
	long (*run)(void);
} waits[] = {
	{ "read", wait_read }, { "write", wait_write }, { "poll", wait_poll }, { "select", wait_select }, { "epoll_wait", wait_epoll },
	{ "futex", wait_futex }, { "futex, timeout", wait_futex_timeout }, { "wait4", wait_child }, { "msgrcv", wait_message },
	{ "semop", wait_semaphore }, { "flock", wait_lock }, { "open", wait_fifo }, { "nanosleep", wait_sleep },
	{ "clock_nanosleep", wait_clock }, { "sigtimedwait", wait_signal }, { "recvfrom", wait_socket },
	/* These end by a signal only: not over a stop. */
	{ "pause", wait_pause }, { "sigsuspend", wait_suspend },
};
#define WAITS_NO_STOP 2

/* A process that gives what is waited for after 80 ms; before, it may stop the waiter for a while */
static pid_t start_helper(pid_t waiter, bool stop, bool drain)
{
	pid_t helper;

	fflush(stdout);
	helper = fork();
	if (helper != 0)
		return helper;
	if (stop) {
		sleep_us(20000);
		kill(waiter, SIGSTOP);
		sleep_us(20000);
		kill(waiter, SIGCONT);
		sleep_us(40000);
	} else {
		sleep_us(80000);
	}
	if (drain)
		for (char c[PAGE]; read(ends[0], c, sizeof(c)) > 0;)
			;
	if (write(ends[1], "x", 1) < 0)
		_exit(1);
	*word = 1;
	syscall(SYS_futex, word, FUTEX_WAKE, 1);
	msgsnd(queue, &(struct { long type; char text[8]; }){ 1, "answer" }, 8, 0);
	semop(semaphore, &(struct sembuf){ 0, 1, 0 }, 1);
	flock(file, LOCK_UN);
	close(open(name, O_WRONLY | O_NONBLOCK));
	_exit(0);
}

static int one_wait(unsigned int which, int flags, bool stop)
{
	const struct sigaction action = { .sa_handler = on_alarm, .sa_flags = flags };
	const struct itimerval soon = { { 0, 0 }, { 0, 20000 } };
	pid_t helper;
	long result;

	if (pipe(ends) != 0)
		fail_errno("pipe");
	word = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	queue = msgget(IPC_PRIVATE, 0600);
	semaphore = semget(IPC_PRIVATE, 1, 0600);
	file = open("/tmp/signals.lock", O_RDWR | O_CREAT, 0600);
	mkfifo(name, 0600);
	flock(file, LOCK_EX);
	sigaction(SIGALRM, &action, NULL);
	if (in_kernel)
		enter(0);
	helper = start_helper(getpid(), stop, waits[which].run == wait_write);
	if (!stop)
		setitimer(ITIMER_REAL, &soon, NULL);
	result = waits[which].run();
	kill(helper, SIGKILL);
	waitpid(helper, NULL, 0);
	msgctl(queue, IPC_RMID, NULL);
	semctl(semaphore, 0, IPC_RMID);
	printf("%-16s %-10s %ld%s\n", waits[which].what, stop ? "stopped" : flags ? "SA_RESTART" : "", result, !stop && handled != 1 ? " handled wrongly" : "");
	return 0;
}

static void all_waits(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(waits); i++)
		for (int way = 0; way < (i < ARRAY_SIZE(waits) - WAITS_NO_STOP ? 3 : 2); way++) {
			fflush(stdout);
			pid_t child = fork();
			int status;

			if (child == 0) {
				one_wait(i, way == 1 ? SA_RESTART : 0, way == 2);
				fflush(stdout);
				_exit(0);
			}
			waitpid(child, &status, 0);
			if (status != 0)
				printf("%s: %s\n", waits[i].what, status_text(status));
		}
}

/* ---- what handlers of faults are told ---------------------------------------- */

static sigjmp_buf back;
static volatile unsigned long asked;

static void tell(int number, siginfo_t *info, void *context)
{
	const greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	printf("signal %d code %d address %s trap %lld error %#llx cs %#llx ss %#llx flags %s rbx %#llx cr2 %s\n", number, info->si_code,
	       (unsigned long)info->si_addr == asked ? "right" : "other", regs[REG_TRAPNO], regs[REG_ERR], regs[REG_CSGSFS] & 0xffff,
	       (unsigned long long)regs[REG_CSGSFS] >> 48, regs[REG_EFL] & 0x200 ? "IF" : "-", regs[REG_RBX],
	       regs[REG_TRAPNO] == 14 ? (unsigned long)regs[REG_CR2] == asked ? "right" : "other" : "-");
	siglongjmp(back, 1);
}

/* rbx: a value that the handler must see */
#define FAULT(address, ...) do { asked = (unsigned long)(address); if (sigsetjmp(back, 1) == 0) { \
	__asm__ volatile("mov $0x1234567, %%ebx\n\t" __VA_ARGS__ : : "a" (asked) : "rbx", "rcx", "rdx", "memory"); printf("no fault\n"); } } while (0)

static void faults(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP };
	struct sigaction action = { .sa_sigaction = tell, .sa_flags = SA_SIGINFO };
	char *ro = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *none = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *beyond = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, open("/tmp/signals.lock", O_RDWR | O_CREAT, 0600), 0);

	for (unsigned int i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
	FAULT(8, "mov (%%rax), %%rcx");
	FAULT(16, "mov %%rcx, (%%rax)");
	FAULT(ro, "mov %%rcx, (%%rax)");
	FAULT(ro, "mov (%%rax), %%rcx\n\tmov %%rcx, (%%rax)");
	FAULT(none, "mov (%%rax), %%rcx");
	FAULT(ro, "jmp *%%rax");
	FAULT(24, "jmp *%%rax");
	FAULT(beyond + PAGE, "mov (%%rax), %%rcx");
	FAULT(0, "mov $0x8000000000000000, %%rcx\n\tmov (%%rcx), %%rcx");
	FAULT(0, "xor %%edx, %%edx\n\txor %%ecx, %%ecx\n\tdiv %%ecx");
	FAULT(0, "int3");
	FAULT(0, "ud2");
}

/* ---- registers that a handler changes, order, nesting -------------------------- */

static void change(int number, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	regs[REG_RAX] = 0xabcdef0123456789;
	regs[REG_R15] = 0x1122334455667788;
	regs[REG_RIP] += 2;		/* over the ud2 */
}

static void registers(void)
{
	struct sigaction action = { .sa_sigaction = change, .sa_flags = SA_SIGINFO };
	unsigned long a, b;

	sigaction(SIGILL, &action, NULL);
	__asm__ volatile("xor %%eax, %%eax\n\txor %%r15d, %%r15d\n\tud2\n\tmov %%r15, %1" : "=&a" (a), "=&r" (b) : : "r15");
	printf("registers %#lx %#lx\n", a, b);
}

static char order[128];

static void note(int number, siginfo_t *info, void *context)
{
	size_t length = strlen(order);

	snprintf(order + length, sizeof(order) - length, " %d:%d", number, info->si_value.sival_int);
}

static void queued(void)
{
	const struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO };
	sigset_t set;

	sigemptyset(&set);
	for (int number = 40; number < 44; number++) {
		sigaddset(&set, number);
		sigaction(number, &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < 8; i++) {
		siginfo_t info = { .si_code = SI_QUEUE, .si_value.sival_int = i };

		CALL(SYS_rt_sigqueueinfo, getpid(), 43 - i % 4, &info);
	}
	CALL(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, 0, 8);
	printf("queued%s\n", order);
}

static void descriptor(void)
{
	struct signalfd_siginfo info;
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, 0);
	CALL(SYS_kill, getpid(), SIGUSR1);
	printf("signalfd %ld", CALL(SYS_read, fd, &info, sizeof(info)));
	printf(" %u\n", info.ssi_signo);
}

int main(int argc, char **argv)
{
	in_kernel = argc > 1 && strcmp(argv[1], "user") != 0;
	by_gate = argc > 1 && strcmp(argv[1], "gate") == 0;
	if (argc != 2) {
		printf("signals: signals user|trap|gate\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOFBF, 65536);
	all_waits();
	if (in_kernel)
		enter(0);
	faults();
	registers();
	queued();
	descriptor();
	if (in_kernel && !kw_active())
		fail("it has come to user mode");
	return 0;
}
