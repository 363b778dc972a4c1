/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Load for a Linux guest: processes that list a directory tree, write and
 * fsync files, fork, send bytes through pipes and over TCP and UDP, each for
 * ever. Nothing in it is random and nothing depends on a clock, so that a
 * guest whose time is counted does the same in each run.
 *
 *	load populate DIR	make the tree for list: 20 x 40 files
 *	load KIND:ARG...	run until a signal comes; kinds:
 *		list:DIR	walk the tree, stat every file, read the small ones
 *		write:DIR	write 64 KiB, fsync, rewrite, unlink
 *		raw:DEVICE	write 64 KiB blocks to a device with O_SYNC
 *		fork		fork a child that exits
 *		exec		fork a child that executes /bin/true
 *		pipe		two processes exchange a byte
 *		tcp:ADDR	8 KiB writes to the server there, echoed
 *		udp:ADDR	512-byte datagrams to the server there, echoed
 *		tcp-server:ADDR, udp-server:ADDR	the echoing side
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TREE_DIRS	20
#define TREE_FILES	40
#define PORT		7007

static char block[65536];

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void populate(const char *dir)
{
	char path[4096];

	if (mkdir(dir, 0755) && errno != EEXIST)
		die(dir);
	for (int d = 0; d < TREE_DIRS; d++) {
		snprintf(path, sizeof(path), "%s/directory-%02d", dir, d);
		if (mkdir(path, 0755) && errno != EEXIST)
			die(path);
		for (int f = 0; f < TREE_FILES; f++) {
			int fd;

			snprintf(path, sizeof(path), "%s/directory-%02d/file-%02d", dir, d, f);
			fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
			if (fd < 0 || write(fd, block, (f + 1) * 100) != (f + 1) * 100 || close(fd))
				die(path);
		}
	}
}

static void read_file(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return;
	while (read(fd, block, sizeof(block)) > 0)
		;
	close(fd);
}

static void walk(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	if (!d)
		return;
	while ((entry = readdir(d))) {
		char path[4096];
		struct stat st;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (lstat(path, &st))
			continue;
		if (S_ISDIR(st.st_mode))
			walk(path);
		else if (S_ISREG(st.st_mode) && st.st_size < 4096)
			read_file(path);
	}
	closedir(d);
}

static void kind_list(const char *dir)
{
	for (;;)
		walk(dir);
}

static void kind_write(const char *dir)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/load-write", dir);
	for (;;) {
		int fd = open(path, O_RDWR | O_CREAT, 0644);

		if (fd < 0)
			die(path);
		for (int pass = 0; pass < 8; pass++) {
			if (pwrite(fd, block, sizeof(block), pass % 4 * sizeof(block)) < 0 || fsync(fd))
				die(path);
		}
		close(fd);
		unlink(path);
	}
}

static void kind_raw(const char *device)
{
	int fd = open(device, O_WRONLY | O_SYNC);

	if (fd < 0)
		die(device);
	for (unsigned int i = 0;; i++) {
		if (pwrite(fd, block, sizeof(block), (off_t)(i % 64) * sizeof(block)) < 0)
			die(device);
	}
}

static void kind_fork(const char *arg)
{
	for (;;) {
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		if (child < 0 || waitpid(child, NULL, 0) < 0)
			die("fork");
	}
}

static void kind_exec(const char *arg)
{
	for (;;) {
		pid_t child = fork();

		if (child == 0) {
			execl("/bin/true", "true", NULL);
			_exit(1);
		}
		if (child < 0 || waitpid(child, NULL, 0) < 0)
			die("fork");
	}
}

/* Starts a helper process that dies with its parent; true in the helper. */
static int helper(void)
{
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return child == 0;
}

static void kind_pipe(const char *arg)
{
	int there[2], back[2], echo;
	char byte = 0;

	if (pipe(there) || pipe(back))
		die("pipe");
	echo = helper();
	for (;;) {
		if (echo ? read(there[0], &byte, 1) != 1 || write(back[1], &byte, 1) != 1
			 : write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			die("pipe");
	}
}

static struct sockaddr_in address(const char *text)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	if (inet_pton(AF_INET, text && *text ? text : "127.0.0.1", &a.sin_addr) != 1) {
		errno = EINVAL;
		die(text);
	}
	return a;
}

static void kind_tcp_server(const char *arg)
{
	struct sockaddr_in a = address(arg);
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd;

	if (bind(listener, (struct sockaddr *)&a, sizeof(a)) || listen(listener, 1))
		die("tcp-server");
	fd = accept(listener, NULL, NULL);
	for (;;) {
		ssize_t n = read(fd, block, sizeof(block));

		if (n <= 0 || write(fd, block, n) != n)
			die("tcp-server");
	}
}

static void kind_tcp(const char *arg)
{
	struct sockaddr_in a = address(arg);
	int fd;

	for (;;) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (!connect(fd, (struct sockaddr *)&a, sizeof(a)))
			break;
		close(fd);
		usleep(10000);
	}
	for (;;) {
		size_t left = 8192;

		if (write(fd, block, left) != (ssize_t)left)
			die("tcp");
		while (left) {
			ssize_t n = read(fd, block, left);

			if (n <= 0)
				die("tcp");
			left -= n;
		}
	}
}

static void kind_udp_server(const char *arg)
{
	struct sockaddr_in a = address(arg), from;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(fd, (struct sockaddr *)&a, sizeof(a)))
		die("udp-server");
	for (;;) {
		socklen_t length = sizeof(from);
		ssize_t n = recvfrom(fd, block, sizeof(block), 0, (struct sockaddr *)&from, &length);

		if (n >= 0)
			sendto(fd, block, n, 0, (struct sockaddr *)&from, length);
	}
}

/* A datagram may get lost: after 20 ms without an answer the next one goes. */
static void kind_udp(const char *arg)
{
	struct sockaddr_in a = address(arg);
	struct timeval limit = { 0, 20000 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)))
		die("udp");
	for (;;) {
		if (send(fd, block, 512, 0) < 0 || recv(fd, block, 512, 0) < 0)
			usleep(1000);
	}
}

static const struct kind {
	const char *name;
	void (*run)(const char *arg);
} kinds[] = {
	{ "list", kind_list },
	{ "write", kind_write },
	{ "raw", kind_raw },
	{ "fork", kind_fork },
	{ "exec", kind_exec },
	{ "pipe", kind_pipe },
	{ "tcp", kind_tcp },
	{ "tcp-server", kind_tcp_server },
	{ "udp", kind_udp },
	{ "udp-server", kind_udp_server },
};

static void start(const char *word)
{
	const char *arg = strchr(word, ':');
	size_t length = arg ? (size_t)(arg - word) : strlen(word);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i].name) == length && !strncmp(kinds[i].name, word, length)) {
			if (helper())
				kinds[i].run(arg ? arg + 1 : "");
			return;
		}
	}
	fprintf(stderr, "load: '%s' is no kind of load: list:DIR write:DIR raw:DEVICE fork exec pipe "
		"tcp:ADDR udp:ADDR tcp-server:ADDR udp-server:ADDR\n", word);
	exit(2);
}

int main(int argc, char **argv)
{
	int status;

	if (argc == 3 && !strcmp(argv[1], "populate")) {
		populate(argv[2]);
		return 0;
	}
	if (argc < 2) {
		fprintf(stderr, "usage: load populate DIR | load KIND[:ARG]...\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < argc; i++)
		start(argv[i]);
	/* A worker never ends by itself: if one does, the load is not what it says. */
	wait(&status);
	fprintf(stderr, "load: a worker ended\n");
	return 1;
}
