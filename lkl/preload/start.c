// SPDX-License-Identifier: BSD-2-Clause
/*
 * The library kernel of a program under `lkl run`: booted by the first call that
 * wants it, so that programs may fork before; halted, which leaves images clean, at
 * the program's end.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../tools/mount.h"
#include "../tools/refusal.h"
#include "preload.h"

#define FAILED		125	/* exit status, as of other programs that start programs */
#define MEMORY		(128UL << 20)
#define DRAIN_MS	3000	/* how long the end waits for data that connections have not sent yet */

int run_forked;

static enum { NOT_YET, RUNS, ENDED } state;
static pthread_mutex_t start_lock = PTHREAD_MUTEX_INITIALIZER;
static struct run_options options;
static struct lkl_disk disks[RUN_MAX];
static int log_fd = -1;
static pid_t starter;

void complain(const char *format, ...)
{
	char text[1024];
	va_list arguments;
	int length = snprintf(text, sizeof(text), "lkl run: ");

	va_start(arguments, format);
	length += vsnprintf(text + length, sizeof(text) - length - 1, format, arguments);
	va_end(arguments);
	if (length > (int)sizeof(text) - 2)
		length = sizeof(text) - 2;
	text[length++] = '\n';
	if (syscall(SYS_write, 2, text, length) < 0)
		return;			/* nobody to tell */
}

static void __attribute__((noreturn)) give_up(void)
{
	syscall(SYS_exit_group, FAILED);
	abort();
}

int library_runs(void)
{
	return __atomic_load_n(&state, __ATOMIC_ACQUIRE) == RUNS;
}

static void on_panic(const char *reason)
{
	complain("the library kernel panicked: %s; check the images (fsck) before using them", reason);
	syscall(SYS_exit_group, FAILED);
}

/* The options come as checked by the command; another's value of the variable gets a message all the same. */
static void read_options(void)
{
	char *text = getenv(RUN_VARIABLE), *copy = text ? strdup(text) : NULL, *line, *value, *rest;
	const char *wrong;

	for (line = copy ? strtok_r(copy, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest)) {
		value = strchr(line, ' ');
		if (!value)
			continue;
		*value++ = 0;
		wrong = run_option(&options, line, value);
		if (wrong) {
			complain("%s=%s: %s", line, value, wrong);
			give_up();
		}
	}
	free(copy);
}

static void add_image(int number)
{
	struct run_image *image = &options.image[number];
	const char *refusal;
	struct stat status;
	int fd, error;
	void *base;

	/* The command has checked it, but some programs start without. */
	refusal = stat(image->file, &status) ? NULL : file_refusal(&status);
	if (refusal) {
		complain("%s: %s", image->file, refusal);
		give_up();
	}
	fd = fd_hide(open(image->file, (image->read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC));
	if (fd < 0) {
		complain("%s: %s", image->file, strerror(errno));
		give_up();
	}
	if (flock(fd, (image->read_only ? LOCK_SH : LOCK_EX) | LOCK_NB)) {
		complain("%s: another program has locked it; a program that was started before in the same run?", image->file);
		give_up();
	}
	error = lkl_disk_file(&disks[number], fd, 0);
	if (!error && image->read_only) {
		/* A private mapping: a journal can be replayed without a byte of the image changing. */
		base = mmap(NULL, disks[number].size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
		error = base == MAP_FAILED ? -errno : lkl_disk_memory(&disks[number], base, disks[number].size);
	}
	if (!error)
		error = lkl_disk_add(&disks[number]);
	if (error < 0) {
		complain("%s: %s", image->file, strerror(-error));
		give_up();
	}
}

static void add_net(int number)
{
	struct run_net *net = &options.net[number];
	unsigned char address[6];
	int fd, error;

	if (getrandom(address, sizeof(address), 0) != sizeof(address))
		memset(address, number, sizeof(address));
	address[0] = (address[0] & ~1) | 2;	/* one host's, chosen by itself */
	fd = net->tap ? lkl_net_tap(net->tap) : fcntl(net->fd, F_DUPFD_CLOEXEC, FD_INTERNAL);
	if (fd < 0) {
		error = net->tap ? -fd : errno;
		if (net->tap)
			complain("tap device %s: %s%s", net->tap, strerror(error), error == EPERM ?
				 "; make it as root: ip tuntap add NAME mode tap user USER" :
				 error == EBUSY ? "; another program uses it" : "");
		else
			complain("descriptor %d: %s", net->fd, strerror(error));
		give_up();
	}
	error = lkl_net_add(fd_hide(fd), address);
	if (error < 0) {
		complain("interface %d: %s", number, strerror(-error));
		give_up();
	}
}

static long add_route(unsigned int gateway)
{
	struct rtentry route = { .rt_flags = RTF_UP | RTF_GATEWAY };
	struct sockaddr_in any = { .sin_family = AF_INET }, via = { .sin_family = AF_INET, .sin_addr.s_addr = gateway };
	long fd = lkl_sys_socket(AF_INET, SOCK_DGRAM, 0), error;

	memcpy(&route.rt_dst, &any, sizeof(any));
	memcpy(&route.rt_genmask, &any, sizeof(any));
	memcpy(&route.rt_gateway, &via, sizeof(via));
	error = fd < 0 ? fd : lkl_sys_ioctl(fd, SIOCADDRT, &route);
	lkl_sys_close(fd);
	return error;
}

static void net_up(void)
{
	char name[16];
	long error;

	lkl_net_up("lo", htonl(INADDR_LOOPBACK), 8);
	for (int i = 0; i < options.nets; i++) {
		snprintf(name, sizeof(name), "eth%d", i);
		error = lkl_net_up(name, options.net[i].address, options.net[i].prefix);
		if (!error && options.net[i].gateway)
			error = add_route(options.net[i].gateway);
		if (error) {
			complain("%s: its address or gateway is not accepted: %s", name, strerror(-error));
			give_up();
		}
	}
}

static void make_directories(const char *path)
{
	char part[PATH_MAX];
	const char *end = path;

	while ((end = strchr(end + 1, '/'))) {
		snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		lkl_sys_mkdir(part, 0755);
	}
	lkl_sys_mkdir(path, 0755);
}

static void mount_image(int number)
{
	struct run_image *image = &options.image[number];
	struct attempt attempt = { .type = image->type, .partition = image->partition, .partition_option = "partition=1", .log_option = "--log FILE" };
	char device[32], reason[512];

	snprintf(device, sizeof(device), image->partition ? "/dev/vd%c%d" : "/dev/vd%c", 'a' + number, image->partition);
	make_directories(image->where);
	attempt.device = device;
	attempt.error = mount_device(device, image->where, image->type, image->read_only ? MS_RDONLY : 0, NULL);
	if (attempt.error) {
		mount_refusal(reason, sizeof(reason), &attempt);
		complain("%s: %s", image->file, reason);
		give_up();
	}
}

/* As many descriptors as there can be; 0, 1 and 2 are taken, so that none in transit has such a number. */
static void library_limits(void)
{
	struct rlimit limit = { FD_COUNT, FD_COUNT };
	mode_t mask;

	lkl_call(SYS_prlimit64, 0, RLIMIT_NOFILE, (long)&limit, 0, 0, 0);
	mask = umask(0);
	umask(mask);
	lkl_call(SYS_umask, mask, 0, 0, 0, 0, 0);
	for (int i = 0; i < 3; i++)
		lkl_sys_open("/dev/null", O_RDWR | O_CLOEXEC, 0);
}

static void boot(void)
{
	struct lkl_linux_options host = { .memory = options.memory, .quiet = !options.log, .panic = on_panic, .no_fault_handler = 1 };
	int error;

	if (options.log) {
		log_fd = fd_hide(open(options.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
		if (log_fd < 0) {
			complain("%s: %s", options.log, strerror(errno));
			give_up();
		}
		host.log_fd = log_fd;
	}
	error = lkl_linux_init(&host);
	for (int i = 0; i < options.images; i++)
		add_image(i);
	for (int i = 0; i < options.nets; i++)
		add_net(i);
	if (!error)
		error = lkl_linux_start(options.log ? "loglevel=7" : "loglevel=1");
	if (error) {
		complain("the library kernel does not boot: %s; --log FILE shows its log, --memory MEGABYTES gives it more", strerror(-error));
		give_up();
	}
}

static void in_child(void)
{
	if (state != RUNS)
		return;
	run_forked = 1;
	complain("a copy of the process was made after the library kernel had started: the kernel is not in the copy, "
		 "its calls fail there with ENOSYS");
}

void library_start(void)
{
	struct thread *self;

	if (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != NOT_YET)
		return;
	self = this_thread();
	guard_enter(self);
	pthread_mutex_lock(&start_lock);
	if (state == NOT_YET) {
		if (!options.memory)
			options.memory = MEMORY;
		starter = getpid();
		boot();
		prepare_root();
		library_limits();
		signals_start();
		net_up();
		for (int i = 0; i < options.images; i++)
			mount_image(i);
		wait_start();
		pthread_atfork(NULL, NULL, in_child);
		__atomic_store_n(&state, RUNS, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&start_lock);
	guard_leave(self);
}

/* Connections that were closed and have data to send: a system's kernel would go on after the program. */
static int orphans(void)
{
	char text[1024], *at;
	long fd = lkl_sys_open("/proc/net/sockstat", O_RDONLY, 0), length = fd < 0 ? fd : lkl_sys_read(fd, text, sizeof(text) - 1);

	lkl_sys_close(fd);
	text[length < 0 ? 0 : length] = 0;
	at = strstr(text, " orphan ");
	return at ? atoi(at + 8) : 0;
}

static void drain(void)
{
	struct timespec pause = { 0, 1000000 };

	for (int i = 0; i < DRAIN_MS && options.nets && orphans(); i++)
		lkl_sys_nanosleep(&pause, NULL);
}

void library_finish(void)
{
	struct thread *self;
	long error;

	if (!library_runs() || run_forked || getpid() != starter)
		return;
	self = this_thread();
	if (self->guard)
		return;			/* a fault inside the kernel: it may hold any lock */
	fflush(NULL);
	guard_enter(self);
	pthread_mutex_lock(&start_lock);
	if (state == RUNS) {
		fd_close_all();
		drain();
		state = ENDED;
		error = lkl_linux_halt();
		if (error)
			complain("the library kernel did not leave its images clean: %s; check them (fsck) before using them", strerror(-error));
	}
	pthread_mutex_unlock(&start_lock);
	guard_leave(self);
}

const struct run_image *run_image_of(const char *path)
{
	const struct run_image *found = NULL;
	size_t length;

	for (int i = 0; i < options.images; i++) {
		length = strlen(options.image[i].where);
		if (!strncmp(path, options.image[i].where, length) && (!path[length] || path[length] == '/'))
			found = &options.image[i];
	}
	return found;
}

int run_has_images(void)
{
	return options.images;
}

static __attribute__((constructor)) void begin(void)
{
	read_options();
}

static __attribute__((destructor)) void end(void)
{
	library_finish();
}
