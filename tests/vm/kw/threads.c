/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * threads [-s | -f] [-m] [-o] MS: a crowd of threads in kernel mode, each busy
 * in a way of its own for MS milliseconds: registers, pipes, futexes, sleeps,
 * page faults, threads that are born, children by fork and vfork, signals.
 * Every one checks its results, and must have come on.
 *
 *	-s	three threads enter and leave kernel mode all the time
 *	-f	children of fork are in kernel mode, too
 *	-m	a thread sends each of the others from CPU to CPU
 *	-o	memory is thrown out of RAM all the time: file FILE in the current
 *		directory, which must be on a disk, and what can be swapped
 *
 * System calls are made by gates and traps in turn, but by traps only with -s:
 * whoever leaves must know that nobody is on his way into a gate.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
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
#define PAGES 24
#define FILE_PAGES 64
#define CROWD 32

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

struct worker {
	const char *what;
	void (*turn)(struct worker *worker);	/* one turn of its work; fails or returns */
	bool signals;				/* signals may come to it */
	pthread_t thread;
	atomic_int id;				/* 0: it has not begun */
	uint64_t turns;
	uint32_t random;
	struct worker *other;			/* who is at the other end */
	int fds[2];
	atomic_uint word;
};

static bool switching, moving, thrown;
static unsigned int flags, cpus, wide;
static atomic_bool stop;
static atomic_ulong handled;
static atomic_uint switches;
static struct worker crowd[CROWD];
static unsigned int workers;

static uint32_t random_of(struct worker *worker)
{
	worker->random ^= worker->random << 13;
	worker->random ^= worker->random >> 17;
	worker->random ^= worker->random << 5;
	return worker->random;
}

/* By the gate and by the trap in turn */
#define CALL_OF(worker, ...) CALL_BY(!switching && (worker)->turns % 2, __VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* ---- what they do --------------------------------------------------------------- */

static void turn_registers(struct worker *worker)
{
	static const char *const names[] = { "", "a register", "the red zone", "a vector register" };
	static __thread volatile uint64_t local;
	uint64_t value = (worker->turns + 1) * 0x9e3779b97f4a7c15u * worker->id;
	unsigned int bad;

	local = value;
	bad = registers_hold(value, 200 + random_of(worker) % 2000, wide);
	if (bad != 0)
		fail("%s has changed", names[bad]);
	if (local != value)
		fail("thread-local storage has changed");
	if (CALL_OF(worker, SYS_gettid) != worker->id)
		fail("gettid has another result");
}

static void turn_pipe(struct worker *worker)
{
	uint64_t n = worker->turns, back = 0;
	long result = CALL_OF(worker, SYS_write, worker->fds[1], &n, sizeof(n));

	if (result != sizeof(n))
		fail("write: %ld", result);
	result = CALL_OF(worker, SYS_read, worker->fds[0], &back, sizeof(back));
	if (result != sizeof(back) && !stop)
		fail("read: %ld", result);
}

/* Each adds one to the other's word and waits for its own. */
static void turn_futex(struct worker *worker)
{
	const struct timespec second = { 1, 0 };
	unsigned int seen = worker->word;
	long result;

	worker->other->word++;
	CALL_OF(worker, SYS_futex, &worker->other->word, FUTEX_WAKE, 1);
	while (worker->word == seen && !stop) {
		result = CALL_OF(worker, SYS_futex, &worker->word, FUTEX_WAIT, seen, &second);
		if (result != 0 && result != -EAGAIN && result != -EINTR && result != -ETIMEDOUT)
			fail("futex: %ld", result);
	}
}

static void turn_sleep(struct worker *worker)
{
	const struct timespec t = { 0, random_of(worker) % 900000 };
	long result = CALL_OF(worker, SYS_nanosleep, &t, NULL);

	if (result != 0 && result != -EINTR)
		fail("nanosleep: %ld", result);
}

static void turn_faults(struct worker *worker)
{
	char tag = (char)worker->turns, vector[PAGES];
	char *memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		fail_errno("mmap");
	for (int i = 0; i < PAGES; i++)
		memory[i * PAGE + i] = (char)(tag + i);
	if (mprotect(memory, PAGES / 2 * PAGE, PROT_READ) != 0 || mincore(memory, PAGES * PAGE, (void *)vector) != 0)
		fail_errno("mprotect, mincore");
	for (int i = 0; i < PAGES; i++)
		if (memory[i * PAGE + i] != (char)(tag + i))
			fail("page %d of mine has changed", i);
	if (mprotect(memory, PAGES / 2 * PAGE, PROT_READ | PROT_WRITE) != 0 || madvise(memory, PAGES / 2 * PAGE, MADV_DONTNEED) != 0)
		fail_errno("mprotect, madvise");
	for (int i = 0; i < PAGES; i++)
		if ((memory[i * PAGE + i] += 3) != (i < PAGES / 2 ? 3 : (char)(tag + i + 3)))
			fail("page %d of mine is wrong", i);
	if (CALL_OF(worker, SYS_munmap, memory, PAGES * PAGE) != 0)
		fail("munmap");
}

/* The child, and this thread, write to memory that both have; so do they with what is in use by others. */
static void turn_fork(struct worker *worker)
{
	static char shared[PAGES * PAGE];
	char tag = (char)worker->turns;
	int status;
	pid_t child;

	memset(shared, tag, sizeof(shared));
	child = fork();
	if (child < 0)
		fail_errno("fork");
	if (child == 0) {
		if (!switching && kw_active() != (flags != 0))
			_exit(2);
		for (int i = 0; i < PAGES; i++)
			if (shared[i * PAGE]++ != tag)
				_exit(3);
		if (registers_hold(tag, 500, wide) != 0)
			_exit(4);
		_exit(9);
	}
	for (int i = 0; i < PAGES; i++)
		if (shared[i * PAGE + 1]++ != tag)
			fail("memory has changed over fork");
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			fail_errno("waitpid");
	if (status != 9 << 8)
		fail("the child of a fork: %s", status_text(status));
}

/* The child shares this thread's memory, and executes this program, which ends with 7. */
static void turn_vfork(struct worker *worker)
{
	static volatile unsigned int ran;
	static char *const command[] = { "threads", "-x", NULL };
	unsigned int before = ran;
	int status;
	pid_t child = vfork();

	if (child == 0) {
		for (int i = 0; i < 100; i++)
			ran++;
		if (syscall(SYS_getpid) == worker->id || (!switching && !kw_active()))
			_exit(2);
		if (before % 400 == 0)
			execv("/proc/self/exe", command);
		_exit(7);
	}
	if (child < 0)
		fail_errno("vfork");
	if (ran != before + 100)
		fail("the child of a vfork has not run");
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			fail_errno("waitpid");
	if (status != 7 << 8)
		fail("the child of a vfork: %s", status_text(status));
}

static void *newborn(void *argument)
{
	return (char *)argument + (registers_hold((uint64_t)argument, 100, wide) == 0);
}

static void turn_births(struct worker *worker)
{
	pthread_t threads[3];
	void *result;

	for (uintptr_t i = 0; i < ARRAY_SIZE(threads); i++)
		if (pthread_create(&threads[i], NULL, newborn, (void *)i) != 0)
			fail("pthread_create");
	for (uintptr_t i = 0; i < ARRAY_SIZE(threads); i++)
		if (pthread_join(threads[i], &result) != 0 || result != (void *)(i + 1))
			fail("a new thread's result is wrong");
}

static void turn_signals(struct worker *worker)
{
	struct worker *to = &crowd[random_of(worker) % workers];

	if (to->signals && to->id != 0)
		syscall(SYS_tgkill, getpid(), to->id, SIGUSR1);
	sleep_us(300);
}

static void on_signal(int number)
{
	int saved = errno;

	handled++;
	__asm__ volatile("pcmpeqd %%xmm0, %%xmm0\n\tpcmpeqd %%xmm15, %%xmm15" : : : "xmm0", "xmm15");
	if (syscall(SYS_getppid) < 0)
		fail("getppid in a handler");
	errno = saved;
}

/* ---- what is done to them --------------------------------------------------------- */

/* A thread that leaves or enters may find that another one has done so. */
static void turn_switch(struct worker *worker)
{
	int error = random_of(worker) % 2 ? kw_enter(flags) : kw_leave();

	if (error != 0 && error != 1 && error != -ESRCH && error != -EAGAIN)
		fail("kw_enter, kw_leave: %s", strerror(-error));
	switches += error == 0;
	if (worker->turns % 4 == 0)
		sleep_us(random_of(worker) % 500);
}

static void turn_move(struct worker *worker)
{
	cpu_set_t set;

	for (unsigned int i = 0; i < workers; i++) {
		CPU_ZERO(&set);
		CPU_SET(random_of(worker) % cpus, &set);
		/* A CPU may be offline just now. */
		if (crowd[i].id != 0 && sched_setaffinity(crowd[i].id, sizeof(set), &set) != 0 && errno != EINVAL && !stop)
			fail_errno("sched_setaffinity");
	}
	sleep_us(50 + random_of(worker) % 400);
}

/* All memory of the program that has a place elsewhere */
static void turn_throw_out(struct worker *worker)
{
	unsigned long begin, end;
	char line[256];
	FILE *maps = fopen("/proc/self/maps", "r");

	if (!maps)
		fail_errno("/proc/self/maps");
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx", &begin, &end) == 2 && !strchr(line, '['))
			madvise((void *)begin, end - begin, MADV_PAGEOUT);
	fclose(maps);
	sleep_us(2000);
}

/* A file's pages, shared and private, that come back as they were */
static void turn_file(struct worker *worker)
{
	static uint32_t *shared, *private;
	static uint32_t wanted;

	if (!shared) {
		int fd = open("FILE", O_RDWR | O_CREAT | O_TRUNC, 0600);

		if (fd < 0 || ftruncate(fd, FILE_PAGES * PAGE) != 0)
			fail_errno("FILE");
		shared = mmap(NULL, FILE_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		private = mmap(NULL, FILE_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
		close(fd);
	}
	for (int i = 0; i < FILE_PAGES; i++) {
		uint32_t *word = shared + i * PAGE / 4, *mine = private + i * PAGE / 4 + 1;

		if (*word != wanted || (i % 2 ? *mine != wanted : *mine != 0))
			fail("page %d of the file is wrong: %u, %u, not %u", i, *word, *mine, wanted);
		*word = wanted + 1;
		if (i % 2)
			*mine = wanted + 1;
	}
	wanted++;
}

/* ---- the crowd ---------------------------------------------------------------------- */

static void *work(void *argument)
{
	struct worker *worker = argument;

	worker->id = syscall(SYS_gettid);
	while (!stop) {
		worker->turn(worker);
		worker->turns++;
		if (!switching && !kw_active())
			fail("%s: it has come to user mode", worker->what);
	}
	if (worker->other) {
		/* It may wait for a word. */
		if (write(worker->fds[1], &(uint64_t){ 0 }, 8) != 8)
			fail_errno("write");
		worker->other->word++;
		syscall(SYS_futex, &worker->other->word, FUTEX_WAKE, 1);
	}
	return NULL;
}

static struct worker *add(const char *what, void (*turn)(struct worker *), bool signals)
{
	struct worker *worker = &crowd[workers++];

	worker->what = what;
	worker->turn = turn;
	worker->signals = signals;
	worker->random = workers * 2654435761u | 1;
	return worker;
}

static void add_pair(const char *what, void (*turn)(struct worker *))
{
	struct worker *a = add(what, turn, true), *b = add(what, turn, true);
	int there[2], back[2];

	a->other = b;
	b->other = a;
	if (pipe(there) != 0 || pipe(back) != 0)
		fail_errno("pipe");
	a->fds[0] = back[0];
	a->fds[1] = there[1];
	b->fds[0] = there[0];
	b->fds[1] = back[1];
	/* A word ahead */
	if (write(a->fds[1], &(uint64_t){ 0 }, 8) != 8 || write(b->fds[1], &(uint64_t){ 0 }, 8) != 8)
		fail_errno("write");
}

static void gather(void)
{
	add("registers", turn_registers, true);
	add("registers", turn_registers, true);
	add_pair("pipe", turn_pipe);
	add_pair("futex", turn_futex);
	add("sleep", turn_sleep, true);
	add("faults", turn_faults, true);
	add("faults", turn_faults, false);
	add("fork", turn_fork, false);
	add("vfork", turn_vfork, false);
	add("births", turn_births, false);
	add("signals", turn_signals, false);
	for (int i = 0; switching && i < 3; i++)
		add("switch", turn_switch, false);
	if (moving)
		add("move", turn_move, false);
	if (thrown) {
		add("throw out", turn_throw_out, false);
		add("file", turn_file, false);
	}
}

/* On several CPUs time is the host's, which may have been busy. */
static bool all_had_turns(void)
{
	for (unsigned int i = 0; i < workers; i++)
		if (*(volatile uint64_t *)&crowd[i].turns == 0)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	unsigned long ms;
	int option;

	while ((option = getopt(argc, argv, "sfmox")) != -1) {
		if (option == 'x')
			return 7;
		switching |= option == 's';
		moving |= option == 'm';
		thrown |= option == 'o';
		if (option == 'f')
			flags = KW_STAY_FORK;
		if (option == '?')
			return 2;
	}
	if (optind == argc)
		return 2;
	ms = strtoul(argv[optind], NULL, 0);
	cpus = sysconf(_SC_NPROCESSORS_CONF);
	wide = __builtin_cpu_supports("avx") != 0;
	sigaction(SIGUSR1, &action, NULL);
	gather();
	if (!switching)
		enter(flags);
	for (unsigned int i = 0; i < workers; i++)
		if (pthread_create(&crowd[i].thread, NULL, work, &crowd[i]) != 0)
			fail("pthread_create");
	for (uint64_t end = now() + ms * 1000000, last = end + 9 * ms * 1000000; now() < end || (now() < last && !all_had_turns());)
		sleep_us(10000);
	stop = true;
	for (unsigned int i = 0; i < workers; i++)
		pthread_join(crowd[i].thread, NULL);
	printf("%u switches, %lu signals", switches, handled);
	for (unsigned int i = 0; i < workers; i++)
		printf(", %s %lu", crowd[i].what, crowd[i].turns);
	printf("\n");
	for (unsigned int i = 0; i < workers; i++)
		if (crowd[i].turns == 0)
			fail("%s: not a single turn", crowd[i].what);
	return 0;
}
