/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hostile [-s SEED] COUNT: COUNT requests to /dev/kernelware that make no
 * sense, or little: valid and invalid numbers and sizes, pointers to what is
 * not there, to the kernel, to read-only memory and to the ends of pages; from
 * PROCESSES processes with THREADS threads each, in user and in kernel mode, by
 * trap and gate, with a descriptor that others close and open, that came over a
 * socket, over fork and exec, and from users that may not open the device.
 * Wanted: each answer is one that the request may have, nothing is written
 * where it should not be. At the end: what was answered, how often.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common.h"

#define PROCESSES	4
#define THREADS		3
#define PAGE		4096
#define GUARD		0xa5
#define USER		1000	/* somebody, who has this group, too */

/* What a request may say; an error above it is a finding. */
static const struct {
	unsigned long request;
	int errors[8];
} may[] = {
	{ KW_INFO, { EFAULT } },
	{ KW_ENTER, { EBUSY, EAGAIN, EINVAL, ENOMEM } },
	{ KW_LEAVE, { ESRCH } },
	{ KW_SYMBOL, { EFAULT, ENOENT, ENAMETOOLONG, ENOMEM } },
};

/* Answers: counted for the line at the end, over all processes */
static struct counts {
	atomic_ulong asked, well, entered, left, symbols;
	atomic_ulong errors[140];
	atomic_bool stop;
} *counts;

static unsigned long seed, wanted;
static struct kw_info true_info;
static unsigned long true_symbol;
static const char *const names[] = { "_printk", "init_task", "", "no_such_symbol", "jiffies", "%s%n", "\xff\xfe" };

/* ---- each thread's own random numbers and memory ----------------------------------- */

static __thread uint64_t state;

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1du;
}

static unsigned int below(unsigned int n)
{
	return (any() >> 33) % n;
}

static __thread struct memory {
	unsigned char *page;		/* one page; before and behind nothing is mapped */
	unsigned char *read_only, *none, *file_end;
	unsigned char *shared;		/* another thread unmaps it and maps it anew */
} own;

static void memory_prepare(void)
{
	unsigned char *room = mmap(NULL, 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int file = syscall(SYS_memfd_create, "short", 0);

	own.page = room + PAGE;
	mprotect(own.page, PAGE, PROT_READ | PROT_WRITE);
	own.none = room;
	own.read_only = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (ftruncate(file, PAGE) != 0)
		fail_errno("ftruncate");
	own.file_end = (unsigned char *)mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) + PAGE;
	own.shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	close(file);
}

/* Where nothing is to be had, for reading or for writing */
static unsigned long wild_pointer(void)
{
	static const unsigned long wild[] = {
		0, 1, 8, PAGE - 4, 0x7ffffffff000, 0x800000000000, 0x8000000000000000, 0xffff800000000000, 0xffff888000000000,
		0xffffffff81000000, 0xffffffff82000000, 0xffffffffff600000, 0xffffffffffffffff, 0xfffffe0000000000, 0xffffc90000000000,
		0x100000000, -PAGE, -4,
	};

	switch (below(6)) {
	case 0:
		return wild[below(ARRAY_SIZE(wild))];
	case 1:
		return any() | 1ul << 63;
	case 2:
		return (unsigned long)own.read_only + below(PAGE);
	case 3:
		return (unsigned long)own.none + below(PAGE - 64);
	case 4:
		return (unsigned long)own.file_end + below(PAGE - 64);
	default:
		return true_info.gate + below(1 << 16);
	}
}

/* ---- requests --------------------------------------------------------------------- */

static int descriptor, spare;	/* of this process; its threads close and open the first one */
static bool by_gate_too;	/* in kernel mode */

static long call(long request, unsigned long argument)
{
	long result;

	if (by_gate_too && below(2))
		return kw_syscall(SYS_ioctl, descriptor, request, argument);
	__asm__ volatile("syscall" : "=a" (result) : "a" (SYS_ioctl), "D" ((long)descriptor), "S" (request), "d" (argument) : "rcx", "r11", "memory");
	return result;
}

static void count(long result)
{
	if (result == 0)
		counts->well++;
	else if (-result < (long)ARRAY_SIZE(counts->errors))
		counts->errors[-result]++;
}

/* The answer is one that the request may have. */
static long ask(unsigned long request, unsigned long argument)
{
	long result = call(request, argument);

	counts->asked++;
	count(result);
	if (result == 0 || result == -EBADF)
		return result;
	for (unsigned int i = 0; i < ARRAY_SIZE(may); i++)
		if (may[i].request == (uint32_t)request) {
			for (unsigned int j = 0; j < ARRAY_SIZE(may[i].errors); j++)
				if (result == -may[i].errors[j])
					return result;
			fail("request %#lx, argument %#lx: %ld", request, argument, result);
		}
	if (result != -ENOTTY)
		fail("request %#lx, argument %#lx: %ld", request, argument, result);
	return result;
}

static void check_guard(const unsigned char *from, const unsigned char *to, const char *what)
{
	for (const unsigned char *at = from; at < to; at++)
		if (*at != GUARD)
			fail("%s: written beyond it, at %#lx", what, (unsigned long)at);
}

static void ask_info(void)
{
	/* At the page's end, and reaching beyond it */
	unsigned int size = sizeof(struct kw_info), at = below(2) ? PAGE - size + below(12) : below(PAGE - size);
	long result;

	if (below(3) == 0) {
		if (ask(KW_INFO, wild_pointer()) == 0)
			fail("KW_INFO to a wild pointer succeeds");
		return;
	}
	memset(own.page, GUARD, PAGE);
	result = ask(KW_INFO, (unsigned long)own.page + at);
	if (result == 0 && (at + size > PAGE || memcmp(own.page + at, &true_info, size) != 0))
		fail("KW_INFO at %u of a page: wrong", at);
	check_guard(own.page, own.page + at, "KW_INFO");
	if (at + size <= PAGE)
		check_guard(own.page + at + size, own.page + PAGE, "KW_INFO");
}

/* A name that is looked up costs a search of all: rarely */
static void ask_symbol(void)
{
	struct kw_symbol *symbol = (struct kw_symbol *)(own.page + 64);
	const char *name = names[below(ARRAY_SIZE(names))];
	long result;

	memset(own.page, GUARD, PAGE);
	switch (below(counts->asked < 300 ? 5 : wanted / 250 + 5)) {
	case 0:
		symbol->name = (unsigned long)strcpy((char *)own.page + 1000, name);
		result = ask(KW_SYMBOL, (unsigned long)symbol);
		if (result == 0 && strcmp(name, "_printk") == 0 && symbol->address != true_symbol)
			fail("_printk is at %#llx", (unsigned long long)symbol->address);
		counts->symbols++;
		check_guard(own.page, own.page + 64, "KW_SYMBOL");
		check_guard(own.page + 64 + sizeof(*symbol), own.page + 1000, "KW_SYMBOL");
		return;
	case 1:		/* right, but the answer can't be written */
		symbol = (struct kw_symbol *)own.shared;
		*symbol = (struct kw_symbol){ .name = (unsigned long)"_printk" };
		mprotect(own.shared, PAGE, PROT_READ);
		if (ask(KW_SYMBOL, (unsigned long)symbol) == 0)
			fail("KW_SYMBOL writes to read-only memory");
		mprotect(own.shared, PAGE, PROT_READ | PROT_WRITE);
		return;
	}
	switch (below(4)) {
	case 0:
		result = ask(KW_SYMBOL, wild_pointer() | 1ul << 63);
		break;
	case 1:		/* the name is not there */
		symbol->name = below(2) ? any() | 1ul << 63 : (unsigned long)own.none + below(PAGE);
		result = ask(KW_SYMBOL, (unsigned long)symbol);
		break;
	case 2:		/* its end is not there */
		symbol->name = (unsigned long)own.page + PAGE - 1 - below(KW_SYMBOL_SIZE - 1);
		result = ask(KW_SYMBOL, (unsigned long)symbol);
		break;
	default:	/* it is too long */
		symbol->name = (unsigned long)own.page + 100 + below(PAGE - 100 - KW_SYMBOL_SIZE);
		result = ask(KW_SYMBOL, (unsigned long)symbol);
	}
	if (result == 0)
		fail("KW_SYMBOL of nonsense succeeds");
}

static void ask_enter(void)
{
	unsigned long flags = below(3) ? below(4) : any() >> below(64);
	long result = ask(KW_ENTER, flags);

	if (result == 0)
		counts->entered++;
	if (flags > 3 && result != -EINVAL && result != -EBADF)
		fail("KW_ENTER with flags %#lx: %ld", flags, result);
}

/* Not where others may be on their way to a gate */
static void ask_leave(void)
{
	if (!by_gate_too && ask(KW_LEAVE, any()) == 0)
		counts->left++;
}

/* Another number: another size, direction, type; or any */
static void ask_other(void)
{
	unsigned long request = may[below(ARRAY_SIZE(may))].request;

	switch (below(4)) {
	case 0:
		request ^= 1ul << below(32);
		break;
	case 1:
		request = any() & 0xffffffff;
		break;
	case 2:
		request = _IOC(below(4), 'K', below(256), below(1 << 14));
		break;
	default:	/* the upper half of the number does not count */
		request |= any() << 32;
	}
	/* What Linux itself answers for every file */
	if (memchr("fTXrv\x94", _IOC_TYPE(request), 7))
		return;
	for (unsigned int i = 1; i < ARRAY_SIZE(may); i++)
		if (may[i].request == (uint32_t)request)
			return;
	if (ask(request, wild_pointer()) == 0)
		fail("request %#lx succeeds", request);
}

/* Everything else that can be done with a descriptor: an error or nothing */
static void other_calls(void)
{
	struct pollfd poll_for = { descriptor, POLLIN | POLLOUT, 0 };
	char buffer[16];
	void *memory;

	switch (below(8)) {
	case 0:
		if (read(descriptor, buffer, sizeof(buffer)) >= 0)
			fail("the device can be read");
		break;
	case 1:
		if (write(descriptor, buffer, sizeof(buffer)) >= 0)
			fail("the device can be written");
		break;
	case 2:
		memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
		if (memory != MAP_FAILED)
			fail("the device can be mapped");
		break;
	case 3:
		lseek(descriptor, any(), below(5));
		break;
	case 4:
		poll(&poll_for, 1, 0);
		break;
	case 5:
		if (ftruncate(descriptor, any() >> 1) == 0)
			fail("the device can be truncated");
		break;
	case 6:
		syscall(SYS_sendfile, descriptor, descriptor, NULL, 100);
		break;
	default:
		fsync(descriptor);
	}
}

/* The descriptor of this process is closed, opened anew where that is allowed, or both at once. */
static void change_descriptor(void)
{
	int fresh = below(2) ? open(KW_DEVICE, O_RDWR | O_CLOEXEC) : -1;

	if (below(2))
		close(descriptor);
	dup2(fresh >= 0 ? fresh : spare, descriptor);
	if (fresh >= 0)
		close(fresh);
}

static void change_memory(void)
{
	if (below(2))
		own.shared = mmap(own.shared, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	else
		madvise(own.page, PAGE, MADV_DONTNEED);
}

static void one(void)
{
	unsigned int what = below(1000);

	if (what < 300)
		ask_info();
	else if (what < 600)
		ask_symbol();
	else if (what < 900)
		ask_other();
	else if (what < 930)
		ask_enter();
	else if (what < 950)
		ask_leave();
	else if (what < 990)
		other_calls();
	else if (what < 994)
		change_descriptor();
	else
		change_memory();
}

/* ---- threads and processes --------------------------------------------------------- */

static void *requests(void *number)
{
	state = (seed * 1000 + (unsigned long)number) * 0x9e3779b97f4a7c15u | 1;
	memory_prepare();
	while (counts->asked < wanted && !counts->stop)
		one();
	return NULL;
}

/* A descriptor for this process, from one that may have come over a socket, fork or exec */
static void take(int from)
{
	/* Far above all others: nobody else takes the number while it is closed. */
	descriptor = 900;
	spare = 901;
	if (dup2(from, descriptor) < 0 || dup2(from, spare) < 0)
		fail_errno("dup2");
	fcntl(descriptor, F_SETFD, 0);
}

static int process(int from, unsigned int number)
{
	pthread_t threads[THREADS];

	take(from);
	for (unsigned long i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, requests, (void *)(number * 16 + i)) != 0)
			fail("pthread_create");
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

static void send_descriptor(int to, int fd)
{
	char space[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	if (sendmsg(to, &message, 0) != 1)
		fail_errno("sendmsg");
}

static int receive_descriptor(int from)
{
	char space[CMSG_SPACE(sizeof(int))], byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space) };
	int fd;

	if (recvmsg(from, &message, 0) != 1 || CMSG_FIRSTHDR(&message) == NULL)
		fail_errno("recvmsg");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static void become(unsigned int user, unsigned int group)
{
	if (setgroups(0, NULL) != 0 || setgid(group) != 0 || setuid(user) != 0)
		fail_errno("setuid");
}

/* Who may open the device: root; a user of its group if it has one */
static void check_users(void)
{
	struct stat status;

	if (stat(KW_DEVICE, &status) != 0 || (status.st_mode & 07777) != 0600 || status.st_uid != 0)
		fail("the device's mode is %o", status.st_mode);
	for (int turn = 0; turn < 2; turn++) {
		int result;
		pid_t child = fork();

		if (child == 0) {
			become(USER, USER);
			if (open(KW_DEVICE, O_RDWR) >= 0)
				_exit(kw_enter(0) == 0 && kw_active() ? 1 : 2);
			_exit(errno == EACCES && kw_enter(0) == -EACCES ? 0 : 3);
		}
		waitpid(child, &result, 0);
		if (WEXITSTATUS(result) != turn || !WIFEXITED(result))
			fail("a user%s: %s", turn ? " of its group" : "", status_text(result));
		if (chown(KW_DEVICE, 0, USER) != 0 || chmod(KW_DEVICE, turn ? 0600 : 0660) != 0)
			fail_errno("chmod");
	}
	if (chown(KW_DEVICE, 0, 0) != 0)
		fail_errno("chown");
}

static pid_t start(unsigned int number, int fd, int socket, int other_end)
{
	char text[4][24];
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child != 0) {
		if (number == 2)
			send_descriptor(other_end, fd);
		return child;
	}
	switch (number) {
	case 1:		/* over exec, with the counts' memory */
		snprintf(text[0], sizeof(text[0]), "%d", fd);
		snprintf(text[1], sizeof(text[1]), "%lu", seed);
		snprintf(text[2], sizeof(text[2]), "%lu", wanted);
		execl("/proc/self/exe", "hostile", "-x", text[0], text[1], text[2], NULL);
		_exit(127);
	case 2:		/* over a socket, to somebody who could not open it */
		become(USER, USER);
		close(fd);
		fd = receive_descriptor(socket);
		break;
	case 3:		/* most of it in kernel mode */
		enter(KW_STAY_FORK | KW_STAY_EXEC);
		by_gate_too = true;
	}
	_exit(process(fd, number));
}

#define COUNTS_FD 899

static struct counts *map_counts(void)
{
	return mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED, COUNTS_FD, 0);
}

static void learn(void)
{
	true_info = *gates();
	true_symbol = symbol("_printk");
}

static int after_exec(char **argv)
{
	counts = map_counts();
	seed = strtoul(argv[3], NULL, 0);
	wanted = strtoul(argv[4], NULL, 0);
	learn();
	return process(strtoul(argv[2], NULL, 0), 1);
}

static void report(void)
{
	printf("%lu requests: %lu well, entered %lu, left %lu, symbols %lu", counts->asked, counts->well, counts->entered, counts->left, counts->symbols);
	for (unsigned int i = 0; i < ARRAY_SIZE(counts->errors); i++)
		if (counts->errors[i])
			printf(", %s %lu", strerrorname_np(i), counts->errors[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	pid_t children[PROCESSES];
	int fd, status, failed = 0, pair[2];

	if (argc == 5 && strcmp(argv[1], "-x") == 0)
		return after_exec(argv);
	if (argc == 4 && strcmp(argv[1], "-s") == 0) {
		seed = strtoul(argv[2], NULL, 0);
		argv += 2;
	} else if (argc != 2) {
		return 2;
	}
	wanted = strtoul(argv[1], NULL, 0);
	learn();
	check_users();
	dup2(syscall(SYS_memfd_create, "counts", 0), COUNTS_FD);
	if (ftruncate(COUNTS_FD, sizeof(*counts)) != 0)
		fail_errno("ftruncate");
	counts = map_counts();
	fd = open(KW_DEVICE, O_RDWR);
	if (fd < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		fail_errno("open");
	for (unsigned int i = 0; i < PROCESSES; i++)
		children[i] = start(i, fd, pair[0], pair[1]);
	for (unsigned int i = 0; i < PROCESSES; i++) {
		waitpid(children[i], &status, 0);
		if (status != 0) {
			printf("process %u: %s\n", i, status_text(status));
			failed = 1;
			counts->stop = true;
		}
	}
	report();
	return failed;
}
