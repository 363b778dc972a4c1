// SPDX-License-Identifier: BSD-2-Clause
/*
 * An ordinary program that uses descriptors, waits, signals, threads and
 * processes in the ways that are easily got wrong by somebody in between. It has
 * to pass natively and, with the argument "library", under `lkl run` or linked by
 * lkl-gcc, where nothing may differ but that a process can't be copied any more.
 * TAP.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

#define THREADS	4
#define ROUNDS	500
#define FIRST	500

extern char **environ;

static int library;
static int early[2];		/* a pipe that was made before the first socket: the system's */
static volatile sig_atomic_t handled;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec * 1e-9;
}

/* A connection to itself over 127.0.0.1 */
static int connection(int ends[2])
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0), error;

	error = listener < 0 || bind(listener, (void *)&address, sizeof(address)) || listen(listener, 1) ||
		getsockname(listener, (void *)&address, &length);
	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	error = error || ends[0] < 0 || connect(ends[0], (void *)&address, sizeof(address));
	ends[1] = accept(listener, NULL, NULL);
	close(listener);
	return error || ends[1] < 0;
}

static int child_status(pid_t child)
{
	int status = -1;

	return child > 0 && waitpid(child, &status, 0) == child ? status : -1;
}

static void processes_before(void)
{
	pid_t child = fork();

	if (!child)
		_exit(7);
	ok(WEXITSTATUS(child_status(child)) == 7, "before the first socket fork() works");
}

static void processes_after(void)
{
	char *arguments[] = { "true", NULL };
	pid_t child = fork();

	if (!child)
		_exit(7);
	if (library)
		ok(child < 0 && errno == ENOSYS, "then it fails with ENOSYS");
	else
		ok(WEXITSTATUS(child_status(child)) == 7, "then it works");
	ok(!posix_spawnp(&child, "true", NULL, NULL, arguments, environ) && child_status(child) == 0, "another program can be started");
	ok(system("exit 3") == 3 << 8, "so can one by system()");
}

/* musl has no close_range(). */
static int close_all(int first, int last)
{
#ifdef __GLIBC__
	return close_range(first, last, 0);
#else
	for (int fd = first; fd <= last; fd++)
		close(fd);
	return 0;
#endif
}

static void numbers(void)
{
	int first, second, copy, pair[2], file;
	char byte;

	first = socket(AF_INET, SOCK_DGRAM, 0);
	second = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	file = open("/dev/null", O_RDONLY);
	ok(first >= 0 && second == first + 1 && file == second + 1, "sockets and files get the lowest free numbers (%d %d %d)", first, second, file);
	ok(fcntl(first, F_GETFD) == 0 && fcntl(second, F_GETFD) == FD_CLOEXEC, "close-on-exec is as asked for");
	close(first);
	ok(open("/dev/null", O_RDONLY) == first, "a socket's number is used again for a file");
	ok(read(first, &byte, 1) == 0, "and is the file");
	ok(dup2(second, first) == first && fcntl(first, F_GETFD) == 0, "dup2() of a socket replaces the file");
	ok(send(first, "x", 1, 0) < 0 && errno == EDESTADDRREQ, "by the socket");
	ok(dup2(file, first) == first && read(first, &byte, 1) == 0, "dup2() of the file replaces the socket");
	copy = fcntl(second, F_DUPFD, 100);
	ok(copy == 100 && send(copy, "x", 1, 0) < 0 && errno == EDESTADDRREQ, "F_DUPFD gives a number from 100 on");
	ok(dup(second) == file + 1 && !close(file + 1), "dup() gives the lowest");
	ok(!close_all(first, copy) && close(second) < 0 && errno == EBADF && close(file) < 0 && close(copy) < 0, "both kinds are closed at once");
	ok(close(second) < 0 && errno == EBADF, "a closed number is bad");
	ok(!connection(pair) && write(pair[0], "x", 1) == 1 && read(pair[1], &byte, 1) == 1 && byte == 'x', "data pass through a connection");
	close(pair[0]);
	ok(read(pair[1], &byte, 1) == 0, "its end is seen");
	close(pair[1]);
}

/* What makes no sense is refused, and leaves everything as it is. */
static void mistakes(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), file = open("/dev/zero", O_RDONLY), epoll = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN };
	struct pollfd fds = { .fd = fd, .events = POLLIN };
	struct timespec past = { -1, 0 }, much = { 0, 1000000000 };
	struct timeval before = { -1, 0 };
	fd_set set;
	char byte;

	ok(dup3(fd, file, O_APPEND) < 0 && errno == EINVAL && read(file, &byte, 1) == 1, "dup3() with a flag that it has not");
#ifdef __GLIBC__
	ok(close_range(fd, fd - 1, 0) < 0 && errno == EINVAL && close_range(fd, file, 1 << 10) < 0 && errno == EINVAL &&
	   fcntl(fd, F_GETFD) == 0, "close_range() of a range, or with a flag, that makes no sense");
#endif
	ok(epoll_ctl(-1, EPOLL_CTL_ADD, fd, &event) < 0 && errno == EBADF && epoll_ctl(1 << 21, EPOLL_CTL_ADD, fd, &event) < 0 && errno == EBADF,
	   "epoll_ctl() on a bad number");
	ok(epoll_ctl(file, EPOLL_CTL_ADD, fd, &event) < 0 && errno == EINVAL && read(file, &byte, 1) == 1, "on a file");
	ok(epoll_ctl(fd, EPOLL_CTL_ADD, early[0], &event) < 0 && errno == EINVAL, "on a socket");
	ok(ppoll(&fds, 1, &past, NULL) < 0 && errno == EINVAL && ppoll(&fds, 1, &much, NULL) < 0 && errno == EINVAL, "ppoll() for a time that is none");
	FD_ZERO(&set);
	FD_SET(fd, &set);
	ok(pselect(fd + 1, &set, NULL, NULL, &much, NULL) < 0 && errno == EINVAL && select(fd + 1, &set, NULL, NULL, &before) < 0 && errno == EINVAL,
	   "select() too");
	close(epoll);
	close(file);
	close(fd);
}

/* A socket goes through a socket pair, in a message. */
static void passing(void)
{
	union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control = { 0 };
	struct iovec piece = { "x", 1 };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *one = CMSG_FIRSTHDR(&message);
	int way[2], pair[2], got = -1;
	char byte = 0;

	if (!ok(!connection(pair) && !socketpair(AF_UNIX, SOCK_DGRAM, 0, way), "a connection and a socket pair"))
		return;
	one->cmsg_level = SOL_SOCKET;
	one->cmsg_type = SCM_RIGHTS;
	one->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(one), &pair[0], sizeof(int));
	ok(sendmsg(way[0], &message, 0) == 1, "a descriptor is sent");
	close(pair[0]);
	memset(&control, 0, sizeof(control));
	piece.iov_base = &byte;
	if (ok(recvmsg(way[1], &message, MSG_CMSG_CLOEXEC) == 1 && (one = CMSG_FIRSTHDR(&message)) && one->cmsg_type == SCM_RIGHTS, "one comes"))
		memcpy(&got, CMSG_DATA(one), sizeof(int));
	ok(fcntl(got, F_GETFD) == FD_CLOEXEC && write(got, "y", 1) == 1 && read(pair[1], &byte, 1) == 1 && byte == 'y', "and is the connection (%d)", got);
	ok(dup2(pair[1], got) == got && !close(got), "and its number one like others");
	close(pair[1]);
	close(way[0]);
	close(way[1]);
}

/* Writes a byte after a while. */
static void *write_late(void *argument)
{
	usleep(50000);
	if (write((long)argument, "x", 1) != 1)
		abort();
	return NULL;
}

static pthread_t late(int fd)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, write_late, (void *)(long)fd))
		abort();
	return thread;
}

static void take(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		abort();
}

static void mixed_poll(void)
{
	struct pollfd fds[3];
	struct timeval patience;
	pthread_t thread;
	int pair[2], got;
	fd_set set;
	double begin;

	if (!ok(!connection(pair), "a connection for waiting"))
		return;
	fds[0] = (struct pollfd){ .fd = early[0], .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = pair[0], .events = POLLIN };
	fds[2] = (struct pollfd){ .fd = -1, .events = POLLIN };
	begin = now();
	ok(poll(fds, 3, 30) == 0 && now() - begin > 0.029 && now() - begin < 2, "poll() of a pipe and a socket ends by its time");
	thread = late(early[1]);
	got = poll(fds, 3, 5000);
	ok(got == 1 && fds[0].revents == POLLIN && !fds[1].revents, "it is woken by the pipe");
	pthread_join(thread, NULL);
	thread = late(pair[1]);
	take(early[0]);
	got = poll(fds, 3, 5000);
	ok(got == 1 && !fds[0].revents && fds[1].revents == POLLIN, "it is woken by the socket");
	pthread_join(thread, NULL);
	FD_ZERO(&set);
	FD_SET(early[0], &set);
	FD_SET(pair[0], &set);
	patience = (struct timeval){ 5, 0 };
	got = select(FD_SETSIZE, &set, NULL, NULL, &patience);
	ok(got == 1 && FD_ISSET(pair[0], &set) && !FD_ISSET(early[0], &set), "select() finds the socket");
	take(pair[0]);
	FD_SET(early[0], &set);
	thread = late(early[1]);
	got = select(FD_SETSIZE, &set, NULL, NULL, &patience);
	ok(got == 1 && FD_ISSET(early[0], &set) && !FD_ISSET(pair[0], &set) && patience.tv_sec == 4, "it is woken by the pipe and says what time remains");
	pthread_join(thread, NULL);
	take(early[0]);
	fds[0].fd = 99;
	ok(poll(fds, 2, 0) == 1 && fds[0].revents == POLLNVAL, "a bad number is told");
	close(pair[0]);
	close(pair[1]);
}

static int add(int epoll, int fd, uint32_t data)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = data };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static int wait_one(int epoll, int ms)
{
	struct epoll_event event[4];
	int got = epoll_wait(epoll, event, 4, ms);

	return got == 1 ? (int)event[0].data.u32 : got > 1 ? -got : got;
}

/* epoll is an instance that holds nothing. */
static void mixed_epoll(int epoll, const char *when)
{
	struct epoll_event events[4];
	pthread_t thread;
	int pair[2], event = eventfd(0, EFD_NONBLOCK), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	struct itimerspec soon = { .it_value.tv_nsec = 30000000 };
	uint64_t value;

	if (!ok(!connection(pair) && !add(epoll, pair[0], 10) && !add(epoll, early[0], 11) && !add(epoll, event, 12) && !add(epoll, timer, 13),
		"an epoll instance made %s takes a socket, a pipe, an event and a timer", when))
		return;
	ok(wait_one(epoll, 20) == 0, "nothing is ready");
	thread = late(early[1]);
	ok(wait_one(epoll, 5000) == 11 && wait_one(epoll, 0) == 11, "the pipe wakes it, and goes on being ready");
	pthread_join(thread, NULL);
	take(early[0]);
	ok(wait_one(epoll, 0) == 0, "until it was read");
	thread = late(pair[1]);
	ok(wait_one(epoll, 5000) == 10, "the socket wakes it");
	pthread_join(thread, NULL);
	ok(write(early[1], "x", 1) == 1 && epoll_wait(epoll, events, 4, 1000) >= 1, "both are ready");
	usleep(20000);
	ok(epoll_wait(epoll, events, 4, 0) == 2, "and are told at once");
	take(early[0]);
	take(pair[0]);
	timerfd_settime(timer, 0, &soon, NULL);
	ok(wait_one(epoll, 5000) == 13 && read(timer, &value, sizeof(value)) == sizeof(value) && value == 1, "the timer wakes it");
	ok(!eventfd_write(event, 3) && wait_one(epoll, 1000) == 12 && !eventfd_read(event, &value) && value == 3, "the event wakes it");
	ok(!epoll_ctl(epoll, EPOLL_CTL_DEL, early[0], NULL) && write(early[1], "x", 1) == 1 && wait_one(epoll, 20) == 0, "what was removed does not");
	take(early[0]);
	ok(add(epoll, pair[0], 10) < 0 && errno == EEXIST, "what is in it can't be added again");
	close(pair[0]);
	close(pair[1]);
	close(event);
	close(timer);
	ok(wait_one(epoll, 0) == 0 && !close(epoll), "what was closed is gone");
}

/* Writes a byte after a signal was handled. */
static void *write_after_signal(void *argument)
{
	while (!handled)
		usleep(1000);
	return write_late(argument);
}

static void handler(int number)
{
	handled = number;
}

static void catch(int number, int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigaction(number, &action, NULL);
	handled = 0;
}

static pthread_t main_thread;

static void *signal_late(void *argument)
{
	usleep(50000);
	pthread_kill(main_thread, (long)argument);
	return NULL;
}

static pthread_t late_signal(int number)
{
	pthread_t thread;

	main_thread = pthread_self();
	if (pthread_create(&thread, NULL, signal_late, (void *)(long)number))
		abort();
	return thread;
}

static sigjmp_buf escape;

static void on_fault(int number)
{
	siglongjmp(escape, number);
}

static void signals(void)
{
	struct pollfd fds[1];
	sigset_t none, usr1, old;
	pthread_t thread, writer;
	volatile int *volatile nowhere = (void *)16;
	int pair[2], error;
	char byte;

	if (!ok(!connection(pair), "a connection for signals"))
		return;
	catch(SIGUSR1, 0);
	thread = late_signal(SIGUSR1);
	ok(read(pair[0], &byte, 1) < 0 && errno == EINTR && handled == SIGUSR1, "a signal interrupts a read");
	pthread_join(thread, NULL);
	catch(SIGUSR1, SA_RESTART);
	thread = late_signal(SIGUSR1);
	if (pthread_create(&writer, NULL, write_after_signal, (void *)(long)pair[1]))
		abort();
	ok(read(pair[0], &byte, 1) == 1 && handled == SIGUSR1, "with SA_RESTART the read goes on");
	pthread_join(thread, NULL);
	pthread_join(writer, NULL);
	handled = 0;
	fds[0] = (struct pollfd){ .fd = pair[0], .events = POLLIN };
	thread = late_signal(SIGUSR1);
	ok(poll(fds, 1, 5000) < 0 && errno == EINTR && handled == SIGUSR1, "but a poll() is interrupted");
	pthread_join(thread, NULL);
	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, &old);
	handled = 0;
	raise(SIGUSR1);
	ok(poll(fds, 1, 10) == 0 && !handled, "a blocked signal waits");
	error = ppoll(fds, 1, NULL, &none) < 0 ? errno : 0;
	ok(error == EINTR && handled == SIGUSR1, "until ppoll() unblocks it");
	sigprocmask(SIG_SETMASK, NULL, &none);
	ok(sigismember(&none, SIGUSR1) == 1, "afterwards it is blocked again");
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(pair[1]);
	catch(SIGPIPE, 0);
	error = 0;
	for (int i = 0; i < 10 && !error; i++)
		error = send(pair[0], "x", 1, 0) < 0 ? errno : (usleep(1000), 0);
	ok(error == EPIPE && handled == SIGPIPE, "a write to a closed connection gives SIGPIPE");
	handled = 0;
	ok(send(pair[0], "x", 1, MSG_NOSIGNAL) < 0 && errno == EPIPE && !handled, "unless it is not wanted");
	close(pair[0]);
	ok(bind(socket(AF_INET, SOCK_STREAM, 0), (void *)16, 16) < 0 && errno == EFAULT, "a bad pointer gives EFAULT");
	signal(SIGSEGV, on_fault);
	error = sigsetjmp(escape, 1);
	if (!error)
		*nowhere = 0;
	ok(error == SIGSEGV, "the program's own fault is its own handler's");
	ok(bind(socket(AF_INET, SOCK_STREAM, 0), (void *)16, 16) < 0 && errno == EFAULT, "a bad pointer still gives EFAULT");
	signal(SIGSEGV, SIG_DFL);
}

static int begun;

static void *first_call(void *argument)
{
	char byte;

	__atomic_store_n(&begun, 1, __ATOMIC_SEQ_CST);
	return (void *)read((long)argument, &byte, 1);
}

/* A signal that comes while a thread makes its first call is handled then, not when the call ends by itself. */
static void signals_first(void)
{
	int pair[2], late_ones = 0, patience;
	pthread_t thread;

	if (!ok(!connection(pair), "a connection for first calls"))
		return;
	for (int i = 0; i < FIRST; i++) {
		catch(SIGUSR1, SA_RESTART);
		begun = 0;
		if (pthread_create(&thread, NULL, first_call, (void *)(long)pair[0]))
			abort();
		while (!__atomic_load_n(&begun, __ATOMIC_SEQ_CST))
			;
		for (volatile int pause = 0; pause < i * 50; pause++)
			;
		pthread_kill(thread, SIGUSR1);
		for (patience = 0; !handled && patience < 500; patience++)
			usleep(1000);
		late_ones += !handled;
		if (write(pair[1], "x", 1) != 1)
			abort();
		pthread_join(thread, NULL);
	}
	ok(!late_ones, "a signal during a thread's first call is handled (%d of %d late)", late_ones, FIRST);
	close(pair[0]);
	close(pair[1]);
}

/* A byte to and fro, many times, while signals arrive. */
static void *play(void *argument)
{
	int fd = (long)argument;
	char byte;

	for (int i = 0; i < ROUNDS; i++)
		if (read(fd, &byte, 1) != 1 || write(fd, &byte, 1) != 1)
			return (void *)1;
	return NULL;
}

static void threads(void)
{
	struct itimerval often = { { 0, 500 }, { 0, 500 } }, never = { 0 };
	pthread_t thread[THREADS];
	int pair[THREADS][2], good = 0, failed = 0;
	void *result;
	char byte;

	catch(SIGALRM, SA_RESTART);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < THREADS; i++)
		if (connection(pair[i]) || pthread_create(&thread[i], NULL, play, (void *)(long)pair[i][1]))
			abort();
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < THREADS; i++)
			good += write(pair[i][0], "x", 1) == 1;
		for (int i = 0; i < THREADS; i++)
			good += read(pair[i][0], &byte, 1) == 1;
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(thread[i], &result);
		failed += result != NULL;
		close(pair[i][0]);
		close(pair[i][1]);
	}
	setitimer(ITIMER_REAL, &never, NULL);
	ok(good == 2 * THREADS * ROUNDS && !failed && handled == SIGALRM, "%d threads talk while signals arrive", THREADS);
}

int main(int argc, char **argv)
{
	int epoll;

	library = argc > 1 && !strcmp(argv[1], "library");
	if (!ok(!pipe(early), "a pipe"))
		return done_testing();
	epoll = epoll_create1(EPOLL_CLOEXEC);
	processes_before();
	numbers();
	mistakes();
	passing();
	processes_after();
	mixed_poll();
	mixed_epoll(epoll, "before");
	mixed_epoll(epoll_create1(0), "after");
	signals();
	signals_first();
	threads();
	return done_testing();
}
