/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filters user|trap|gate: seccomp filters, installed before the program enters
 * kernel mode and after: what they decide, and what they, their tracers and
 * their supervisors see. The three print the same: in user mode, in kernel mode
 * by the trap, by gates.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>
#include "common.h"

#define THREADS 3
#define BIG 0x123456789abcdef0l

static bool in_kernel, by_gate, filter_first;
/* For site: who uses gates, and the first of them and their distance */
unsigned long site_by_gate, site_gate, site_stride;

/*
 * A system call, by the trap and by the gate from the same place: a filter is
 * told the address behind it, site_end.
 */
long site(long number, long a, long b, long c, long d, long e);
extern char site_end[];
__asm__(".globl site, site_end\n"
	"site:\n\t"
	"mov	%rdi, %rax\n\t"
	"mov	%rsi, %rdi\n\t"
	"mov	%rdx, %rsi\n\t"
	"mov	%rcx, %rdx\n\t"
	"mov	%r8, %r10\n\t"
	"mov	%r9, %r8\n\t"
	"cmpq	$0, site_by_gate(%rip)\n\t"
	"je	1f\n\t"
	"mov	%cs, %ecx\n\t"
	"test	$3, %cl\n\t"
	"jnz	1f\n\t"
	"mov	%rax, %r11\n\t"
	"imul	site_stride(%rip), %r11\n\t"
	"add	site_gate(%rip), %r11\n\t"
	"lea	site_end(%rip), %rcx\n\t"
	"cli\n\t"
	"jmp	*%r11\n"
	"1:	syscall\n"
	"site_end:\n\t"
	"ret");
#define CALL_(n, a, b, c, d, e, ...) site(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define CALL(...) CALL_(__VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* ---- filters ------------------------------------------------------------------- */

#define LOAD(field)	{ BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, field) }
#define LOAD_HIGH(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field) + 4)
#define RETURN(value)	BPF_STMT(BPF_RET | BPF_K, value)
#define SKIP_UNLESS(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, count)

static int listener;
static sem_t listening;

static void install(struct sock_filter *filter, unsigned int count, unsigned int flags)
{
	struct sock_fprog program = { count, filter };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	if (listener < 0)
		fail_errno("seccomp");
	if (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER)
		sem_post(&listening);
}

/* The filter and kernel mode, in this order or the other */
static void begin(struct sock_filter *filter, unsigned int count, unsigned int flags)
{
	if (filter_first)
		install(filter, count, flags);
	if (in_kernel)
		enter(0);
	if (!filter_first)
		install(filter, count, flags);
}

/* For getppid this decision, all else is allowed */
static void begin_getppid(uint32_t decision, unsigned int flags)
{
	struct sock_filter filter[] = { LOAD(nr), SKIP_UNLESS(SYS_getppid, 1), RETURN(decision), RETURN(SECCOMP_RET_ALLOW) };

	begin(filter, ARRAY_SIZE(filter), flags);
}

/* ---- cases, each in a process of its own ---------------------------------------- */

static int case_errno(void *unused)
{
	begin_getppid(SECCOMP_RET_ERRNO | EXDEV, 0);
	for (int i = 0; i < 3; i++)
		printf("getppid %ld, getuid %ld, read %ld\n", CALL(SYS_getppid), CALL(SYS_getuid), CALL(SYS_read, -1, 0, 0));
	return 0;
}

/* Each of what a filter can look at decides. */
static int case_seen(void *unused)
{
	const uint32_t *place = (const uint32_t *)&(char *){ site_end };
	struct sock_filter filter[] = {
		LOAD(nr), SKIP_UNLESS(SYS_getppid, 19),
		LOAD(arch), SKIP_UNLESS(AUDIT_ARCH_X86_64, 18),
		LOAD(instruction_pointer), SKIP_UNLESS(place[0], 16),
		LOAD_HIGH(instruction_pointer), SKIP_UNLESS(place[1], 14),
		LOAD(args[0]), SKIP_UNLESS(BIG, 12), LOAD_HIGH(args[0]), SKIP_UNLESS(BIG >> 32, 10),
		LOAD(args[1]), SKIP_UNLESS(2, 8), LOAD(args[2]), SKIP_UNLESS(3, 6),
		LOAD(args[3]), SKIP_UNLESS(4, 4), LOAD_HIGH(args[4]), SKIP_UNLESS(-1, 2),
		RETURN(SECCOMP_RET_ERRNO | 11), RETURN(SECCOMP_RET_ALLOW), RETURN(SECCOMP_RET_ERRNO | 22),
	};

	begin(filter, ARRAY_SIZE(filter), 0);
	printf("all as expected: %ld; an argument differs: %ld, another: %ld, the place: %ld\n", CALL(SYS_getppid, BIG, 2, 3, 4, -5),
	       CALL(SYS_getppid, BIG + (1l << 32), 2, 3, 4, -5), CALL(SYS_getppid, BIG, 2, 3, 4, 5), syscall(SYS_getppid, BIG, 2, 3, 4, -5));
	return 0;
}

static void on_sigsys(int number, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	printf("signal %d: code %d, error %d, call %d, arch %#x, address %s; rax %lld, rdi %llx, rip %s\n", number, info->si_code, info->si_errno,
	       info->si_syscall, info->si_arch, info->si_call_addr == site_end ? "right" : "other", regs[REG_RAX], regs[REG_RDI],
	       (char *)regs[REG_RIP] == site_end ? "right" : "other");
	regs[REG_RAX] = 77;
}

static int case_trap(void *unused)
{
	const struct sigaction action = { .sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO };

	sigaction(SIGSYS, &action, NULL);
	begin_getppid(SECCOMP_RET_TRAP | 99, 0);
	printf("getppid %ld\n", CALL(SYS_getppid, BIG));
	printf("getppid %ld, getuid %ld\n", CALL(SYS_getppid, 5), CALL(SYS_getuid));
	return 0;
}

static int case_trap_default(void *unused)
{
	begin_getppid(SECCOMP_RET_TRAP, 0);
	return CALL(SYS_getppid);
}

static int case_kill_process(void *unused)
{
	begin_getppid(SECCOMP_RET_KILL_PROCESS, 0);
	return CALL(SYS_getppid);
}

static void *ask_parent(void *unused)
{
	CALL(SYS_getppid);
	printf("a killed thread goes on\n");
	return NULL;
}

static int case_kill_thread(void *unused)
{
	pthread_t thread;

	begin_getppid(SECCOMP_RET_KILL_THREAD, 0);
	for (int i = 0; i < 3; i++) {
		pthread_create(&thread, NULL, ask_parent, NULL);
		pthread_join(thread, NULL);
	}
	printf("the others go on: getuid %ld\n", CALL(SYS_getuid));
	return 4;
}

static int case_log(void *unused)
{
	begin_getppid(SECCOMP_RET_LOG, 0);
	printf("getppid %s\n", CALL(SYS_getppid) == getppid() ? "right" : "wrong");
	return 0;
}

static int case_stacked(void *unused)
{
	struct sock_filter weak[] = { LOAD(nr), SKIP_UNLESS(SYS_getppid, 1), RETURN(SECCOMP_RET_LOG), RETURN(SECCOMP_RET_ALLOW) };
	struct sock_filter strong[] = { LOAD(nr), SKIP_UNLESS(SYS_getppid, 1), RETURN(SECCOMP_RET_ERRNO | 1), RETURN(SECCOMP_RET_ALLOW) };
	struct sock_filter other[] = { LOAD(nr), SKIP_UNLESS(SYS_getuid, 1), RETURN(SECCOMP_RET_ERRNO | 2), RETURN(SECCOMP_RET_ALLOW) };

	begin(weak, ARRAY_SIZE(weak), 0);
	printf("%d", CALL(SYS_getppid) == getppid());
	install(strong, ARRAY_SIZE(strong), 0);
	printf(" %ld %ld", CALL(SYS_getppid), CALL(SYS_getuid));
	install(other, ARRAY_SIZE(other), 0);
	printf(" %ld %ld\n", CALL(SYS_getppid), CALL(SYS_getuid));
	return 0;
}

/* Children have the filter; what they execute has it, too. */
static int case_children(void *unused)
{
	begin_getppid(SECCOMP_RET_ERRNO | 5, 0);
	fflush(stdout);
	if (fork() == 0) {
		printf("child: %ld\n", CALL(SYS_getppid));
		fflush(stdout);
		execl("/proc/self/exe", "filters", "parent", NULL);
		_exit(1);
	}
	wait(NULL);
	if (vfork() == 0)
		_exit(CALL(SYS_getppid) == -5 ? 6 : 7);
	int status;

	wait(&status);
	printf("child of vfork: %s\n", status_text(status));
	return 0;
}

/* After it nothing can be opened: the program enters before. */
static int case_strict(void *unused)
{
	if (in_kernel)
		enter(0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
	CALL(SYS_write, 1, "written\n", 8);
	if (filter_first)
		CALL(SYS_exit, 3);
	return CALL(SYS_getppid) == 0;
}

/* ---- a tracer decides ------------------------------------------------------------ */

static int case_no_tracer(void *unused)
{
	begin_getppid(SECCOMP_RET_TRACE | 0x1234, 0);
	printf("getppid %ld\n", CALL(SYS_getppid));
	return 0;
}

static int traced(void)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	begin_getppid(SECCOMP_RET_TRACE | 0x1234, 0);
	raise(SIGSTOP);
	for (int i = 0; i < 4; i++) {
		long result = CALL(SYS_getppid, BIG, i);

		printf("getppid %s", result == getpid() ? "the process" : "");
		printf(result == getpid() ? "\n" : "%ld\n", result);
		fflush(stdout);
	}
	return 8;
}

static int case_tracer(void *unused)
{
	struct user_regs_struct regs;
	unsigned long message;
	int status, turn = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		status = traced();
		fflush(stdout);
		_exit(status);
	}
	waitpid(child, &status, 0);
	ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL));
	while (ptrace(PTRACE_CONT, child, NULL, NULL) == 0 && waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
		ptrace(PTRACE_GETEVENTMSG, child, NULL, &message);
		ptrace(PTRACE_GETREGS, child, NULL, &regs);
		printf("stop %x, message %lx, call %lld, rdi %llx, rsi %lld, rax %lld, rip %s\n", status >> 8, message, regs.orig_rax, regs.rdi, regs.rsi,
		       regs.rax, (char *)regs.rip == site_end ? "right" : "other");
		fflush(stdout);
		if (turn == 0) {		/* another call */
			regs.orig_rax = SYS_getpid;
		} else if (turn == 1) {		/* none, and a result */
			regs.orig_rax = -1;
			regs.rax = 55;
		} else if (turn == 2) {		/* one that fails */
			regs.orig_rax = SYS_close;
			regs.rdi = -1;
		} else {
			regs.orig_rax = 1000;
		}
		turn++;
		ptrace(PTRACE_SETREGS, child, NULL, &regs);
	}
	printf("tracee: %s\n", status_text(status));
	return 0;
}

/* ---- a supervisor decides --------------------------------------------------------- */

static void answer(const struct seccomp_notif *ask, long long value, int error, unsigned int flags)
{
	struct seccomp_notif_resp response = { .id = ask->id, .val = value, .error = error, .flags = flags };

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) != 0)
		printf("no answer: %s\n", strerror(errno));
}

/* A thread, which may be in kernel mode with the others. Its own calls are allowed, as the filter is not its. */
static void *supervise(void *unused)
{
	sem_wait(&listening);
	for (int i = 0; i < 5; i++) {
		struct seccomp_notif ask = { 0 };
		struct seccomp_notif_addfd add = { .srcfd = 0, .newfd = 100, .flags = SECCOMP_ADDFD_FLAG_SETFD };

		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &ask) != 0) {
			printf("no question: %s\n", strerror(errno));
			return NULL;
		}
		printf("asked: call %d, %llx %lld, flags %x, process %s, place %s\n", ask.data.nr, (unsigned long long)ask.data.args[0], (long long)ask.data.args[1],
		       ask.flags, ask.pid == (unsigned int)getpid() ? "right" : "wrong", (char *)ask.data.instruction_pointer == site_end ? "right" : "other");
		if (i == 0)
			answer(&ask, 4321, 0, 0);
		else if (i == 1)
			answer(&ask, 0, -EXDEV, 0);
		else if (i == 2)
			answer(&ask, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
		else if (i == 3) {
			add.id = ask.id;
			printf("descriptor %d\n", ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add));
			answer(&ask, 100, 0, 0);
		} else {
			sleep_us(50000);	/* The signal has come meanwhile. */
			answer(&ask, 1, 0, 0);
		}
	}
	return NULL;
}

static void on_alarm(int number)
{
}

static int case_supervisor(void *unused)
{
	const struct itimerval soon = { { 0, 0 }, { 0, 10000 } };
	struct sigaction action = { .sa_handler = on_alarm };
	const pid_t parent = getppid();
	pthread_t thread;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sem_init(&listening, 0, 0);
	pthread_create(&thread, NULL, supervise, NULL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigaction(SIGALRM, &action, NULL);
	begin_getppid(SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	for (int i = 0; i < 3; i++) {
		long result = CALL(SYS_getppid, BIG, i);

		printf("getppid %ld\n", i < 2 ? result : result == parent);
	}
	printf("getppid %ld\n", CALL(SYS_getppid, BIG, 3));
	printf("the descriptor is %sthere\n", fcntl(100, F_GETFD) >= 0 ? "" : "not ");
	setitimer(ITIMER_REAL, &soon, NULL);
	printf("over a signal: %ld\n", CALL(SYS_getppid, BIG, 4));
	pthread_join(thread, NULL);
	return 0;
}

/* ---- other threads, signals, the device ------------------------------------------- */

static pthread_barrier_t barrier;
static volatile bool filtered;
static long changes[THREADS];

/* Asks for ever: the results change once, when the filter comes. */
static void *ask_on(void *argument)
{
	long *changed = argument, last = CALL(SYS_getppid), after = 0;

	pthread_barrier_wait(&barrier);
	while (after < 1000) {
		long result = CALL(SYS_getppid);

		if (result != last)
			(*changed)++;
		last = result;
		after += filtered;
	}
	if (last != -7)
		*changed = 100;
	return NULL;
}

static int case_threads(void *unused)
{
	pthread_t threads[THREADS];
	struct sock_filter filter[] = { LOAD(nr), SKIP_UNLESS(SYS_getppid, 1), RETURN(SECCOMP_RET_ERRNO | 7), RETURN(SECCOMP_RET_ALLOW) };

	pthread_barrier_init(&barrier, NULL, THREADS + 1);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, ask_on, &changes[i]);
	pthread_barrier_wait(&barrier);
	begin(filter, ARRAY_SIZE(filter), SECCOMP_FILTER_FLAG_TSYNC);
	filtered = true;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("changes: %ld %ld %ld; here %ld\n", changes[0], changes[1], changes[2], CALL(SYS_getppid));
	return 0;
}

static volatile sig_atomic_t alarms;

static void count_alarm(int number)
{
	alarms++;
}

/* Timer signals beside calls that are forbidden: the results stay. */
static int case_signals(void *unused)
{
	const struct itimerval period = { { 0, 500 }, { 0, 500 } };
	struct sigaction action = { .sa_handler = count_alarm, .sa_flags = SA_RESTART };
	long wrong = 0;

	sigaction(SIGALRM, &action, NULL);
	begin_getppid(SECCOMP_RET_ERRNO | EXDEV, 0);
	setitimer(ITIMER_REAL, &period, NULL);
	while (alarms < 100)
		wrong += CALL(SYS_getppid) != -EXDEV || CALL(SYS_close, -1) != -EBADF;
	printf("wrong results: %ld\n", wrong);
	return 0;
}

/* A filter that forbids the device keeps a program from entering. */
static int case_forbidden(void *unused)
{
	struct sock_filter filter[] = {
		LOAD(nr), SKIP_UNLESS(SYS_ioctl, 3), LOAD(args[1]), SKIP_UNLESS(KW_ENTER, 1), RETURN(SECCOMP_RET_ERRNO | EACCES), RETURN(SECCOMP_RET_ALLOW)
	};

	install(filter, ARRAY_SIZE(filter), 0);
	printf("enter %d, in kernel mode: %d\n", kw_enter(0), kw_active());
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void *);
} cases[] = {
	{ "errno", case_errno }, { "what a filter sees", case_seen }, { "trap", case_trap }, { "trap without handler", case_trap_default },
	{ "kill process", case_kill_process }, { "kill thread", case_kill_thread }, { "log", case_log }, { "filters on one another", case_stacked },
	{ "children", case_children }, { "strict", case_strict }, { "no tracer", case_no_tracer }, { "tracer", case_tracer },
	{ "supervisor", case_supervisor }, { "threads", case_threads }, { "signals", case_signals }, { "the device forbidden", case_forbidden },
};

int main(int argc, char **argv)
{
	const char *way = argc == 2 ? argv[1] : "";

	if (strcmp(way, "parent") == 0) {
		printf("executed: %ld\n", syscall(SYS_getppid) == -1 ? -errno : 0l);
		return 0;
	}
	in_kernel = strcmp(way, "trap") == 0 || strcmp(way, "gate") == 0;
	by_gate = strcmp(way, "gate") == 0;
	if (!in_kernel && strcmp(way, "user") != 0)
		return 2;
	if (by_gate) {
		site_gate = gates()->gate;
		site_stride = gates()->gate_stride;
		site_by_gate = 1;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		for (int turn = 0; turn < 2; turn++) {
			filter_first = turn == 0;
			printf("-- %s, the filter %s\n", cases[i].name, filter_first ? "before" : "after");
			printf("%s\n", status_text(in_child(cases[i].run, NULL)));
		}
	return 0;
}
