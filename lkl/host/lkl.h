/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library kernel for a program on Linux: the interface of lkl-host.h, the
 * Linux host, its devices, and system calls by name. Arguments, structures and
 * constants are those of x86-64's C library headers. Results are those of the
 * kernel: a negative number is -errno.
 */
#ifndef LKL_H
#define LKL_H

#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

#include "lkl-host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How the Linux host behaves; all zero is a good beginning. */
struct lkl_linux_options {
	unsigned long	memory;		/* bytes for the kernel; 0: 32 MiB */
	int		quiet;		/* 1: the kernel's log is dropped, 0: it goes to log_fd */
	int		log_fd;		/* 0: standard error */
	int		no_fault_handler; /* 1: SIGSEGV and SIGBUS are left alone; bad addresses then kill the program */
	unsigned int	spin_ns;	/* how long a blocked thread looks for its result before it sleeps */
	void		(*panic)(const char *reason);	/* NULL: a message on standard error */
};

/*
 * Sets the Linux host up with these options (NULL: the defaults), before
 * devices are added. Any thread, no kernel running. Returns 0 or what lkl_init()
 * returns.
 */
LKL_API int lkl_linux_init(const struct lkl_linux_options *options);

/*
 * Boots with the devices added so far and a command line ("" will do). Blocks.
 * Returns what lkl_start_kernel() returns, or -errno if the devices get no
 * thread. lkl_linux_halt() halts as lkl_sys_halt() does; devices stay for another
 * start until they are removed.
 */
LKL_API int lkl_linux_start(const char *command_line);
LKL_API int lkl_linux_halt(void);

/*
 * The other host: one thread, no threads of its own, nothing from an operating
 * system but what is named here. Calls are made by that thread only; a call that
 * waits polls. Timers run while a call is under way.
 */
struct lkl_poll_options {
	void		*arena;		/* zeroed, aligned to 64 KiB; zeroed again by the caller before another start */
	unsigned long	size;		/* at least 10 MiB */
	unsigned long long (*now_ns)(void);
	unsigned long long (*wall_ns)(void);
	void		(*print)(const char *text, unsigned int length);
	void		(*panic)(const char *reason);
	/* Called again and again while a call waits until at most the deadline: may sleep a little, may raise interrupts. */
	void		(*relax)(unsigned long long deadline);
	/* Devices, as in struct lkl_host_ops; NULL: none. */
	unsigned long long (*mmio)(unsigned long address, unsigned int size, int write, unsigned long long value);
	void		(*device_work)(int may_block);
	unsigned int	(*random)(void *bytes, unsigned int length);	/* NULL: none */
	int		(*protect)(void *base, unsigned long size, int accessible);	/* NULL: no guard pages */
};

/* In place of lkl_linux_init(), lkl_linux_start(): options must stay valid. Then lkl_start_kernel(), lkl_sys_halt(). */
LKL_API int lkl_poll_init(const struct lkl_poll_options *options);

/* A disk: what it holds, and how it is read and written. */
struct lkl_disk {
	unsigned long long size;	/* bytes, a multiple of 512 */
	int		read_only;
	void		*data;		/* the operations' own */
	/*
	 * Move the bytes of count pieces, at most 256, at offset, always within
	 * size; write is not called if read_only. flush makes what was written
	 * durable; NULL: there is no cache to write back. 0 or -errno: the library
	 * kernel sees an I/O error. Called by any host thread, one call at a time
	 * for each disk; may block.
	 */
	int		(*read)(struct lkl_disk *disk, const struct iovec *pieces, int count, unsigned long long offset);
	int		(*write)(struct lkl_disk *disk, const struct iovec *pieces, int count, unsigned long long offset);
	int		(*flush)(struct lkl_disk *disk);
};

/*
 * Adds a disk, which stays the caller's and must be valid until it is removed;
 * the kernel finds it as /dev/vda, /dev/vdb ... in order. Not while a kernel
 * runs. Returns its number among all devices from 0, -EBUSY, -ENOMEM, -ENOSPC
 * (8 devices).
 */
LKL_API int lkl_disk_add(struct lkl_disk *disk);

/*
 * Adds a network interface (eth0, eth1 ... in the kernel) for an open file that
 * moves a frame with its virtio header (struct virtio_net_hdr_v1, 12 bytes) by
 * each read and write: a tap device, or one end of a SOCK_DGRAM or SOCK_SEQPACKET
 * pair whose other end is another library kernel. The file becomes non-blocking
 * and stays the caller's. A tap device gets UDP datagrams that Linux sent in
 * fragments whole. Not while a kernel runs. Its number, or -errno.
 */
LKL_API int lkl_net_add(int fd, const unsigned char address[6]);

/* Opens the tap device of that name, ready for lkl_net_add(). Needs CAP_NET_ADMIN or an own one. Descriptor or -errno. */
LKL_API int lkl_net_tap(const char *name);

/* Brings an interface of the running kernel up, with an IPv4 address (network order; 0: none) and its prefix. 0 or -errno. */
LKL_API int lkl_net_up(const char *name, unsigned int address, int prefix);

/* Removes all devices. Not while a kernel runs: -EBUSY. The disks themselves are the caller's. */
LKL_API int lkl_devices_remove(void);

/*
 * Fills in a disk for a file or block device open as fd, which stays the caller's
 * (0 or -errno; -ENOTBLK: it is neither), or for size bytes of memory at base (0).
 * What goes beyond a multiple of 512 bytes is left out.
 */
LKL_API int lkl_disk_file(struct lkl_disk *disk, int fd, int read_only);
LKL_API int lkl_disk_memory(struct lkl_disk *disk, void *base, unsigned long long size);

/* A system call by number; see lkl_syscall(). */
static inline long lkl_call(long number, long a, long b, long c, long d, long e, long f)
{
	long arguments[6] = { a, b, c, d, e, f };

	return lkl_syscall(number, arguments);
}

#define LKL_CALL0(name)								\
	static inline long lkl_sys_##name(void)					\
	{ return lkl_call(SYS_##name, 0, 0, 0, 0, 0, 0); }
#define LKL_CALL1(name, ta)							\
	static inline long lkl_sys_##name(ta a)					\
	{ return lkl_call(SYS_##name, (long)a, 0, 0, 0, 0, 0); }
#define LKL_CALL2(name, ta, tb)							\
	static inline long lkl_sys_##name(ta a, tb b)				\
	{ return lkl_call(SYS_##name, (long)a, (long)b, 0, 0, 0, 0); }
#define LKL_CALL3(name, ta, tb, tc)						\
	static inline long lkl_sys_##name(ta a, tb b, tc c)			\
	{ return lkl_call(SYS_##name, (long)a, (long)b, (long)c, 0, 0, 0); }
#define LKL_CALL4(name, ta, tb, tc, td)						\
	static inline long lkl_sys_##name(ta a, tb b, tc c, td d)		\
	{ return lkl_call(SYS_##name, (long)a, (long)b, (long)c, (long)d, 0, 0); }
#define LKL_CALL5(name, ta, tb, tc, td, te)					\
	static inline long lkl_sys_##name(ta a, tb b, tc c, td d, te e)		\
	{ return lkl_call(SYS_##name, (long)a, (long)b, (long)c, (long)d, (long)e, 0); }
#define LKL_CALL6(name, ta, tb, tc, td, te, tf)					\
	static inline long lkl_sys_##name(ta a, tb b, tc c, td d, te e, tf f)	\
	{ return lkl_call(SYS_##name, (long)a, (long)b, (long)c, (long)d, (long)e, (long)f); }

struct sockaddr;

LKL_CALL3(read, int, void *, size_t)
LKL_CALL3(write, int, const void *, size_t)
LKL_CALL3(open, const char *, int, int)
LKL_CALL4(openat, int, const char *, int, int)
LKL_CALL1(close, int)
LKL_CALL2(stat, const char *, struct stat *)
LKL_CALL2(lstat, const char *, struct stat *)
LKL_CALL2(fstat, int, struct stat *)
LKL_CALL3(lseek, int, long, int)
LKL_CALL4(pread64, int, void *, size_t, long)
LKL_CALL4(pwrite64, int, const void *, size_t, long)
LKL_CALL3(readv, int, const struct iovec *, int)
LKL_CALL3(writev, int, const struct iovec *, int)
LKL_CALL3(getdents64, int, void *, size_t)
LKL_CALL2(mkdir, const char *, int)
LKL_CALL1(rmdir, const char *)
LKL_CALL1(unlink, const char *)
LKL_CALL2(rename, const char *, const char *)
LKL_CALL2(link, const char *, const char *)
LKL_CALL2(symlink, const char *, const char *)
LKL_CALL3(readlink, const char *, char *, size_t)
LKL_CALL2(chmod, const char *, int)
LKL_CALL3(chown, const char *, int, int)
LKL_CALL3(mknod, const char *, int, unsigned long)
LKL_CALL2(truncate, const char *, long)
LKL_CALL2(ftruncate, int, long)
LKL_CALL4(utimensat, int, const char *, const struct timespec *, int)
LKL_CALL2(statfs, const char *, void *)
LKL_CALL1(fsync, int)
LKL_CALL0(sync)
LKL_CALL5(mount, const char *, const char *, const char *, unsigned long, const void *)
LKL_CALL2(umount2, const char *, int)
LKL_CALL2(pipe2, int *, int)
LKL_CALL1(dup, int)
LKL_CALL3(fcntl, int, int, long)
LKL_CALL3(ioctl, int, unsigned long, void *)
LKL_CALL3(poll, void *, unsigned int, int)
LKL_CALL0(getpid)
LKL_CALL0(gettid)
LKL_CALL1(uname, void *)
LKL_CALL2(nanosleep, const struct timespec *, struct timespec *)
LKL_CALL2(clock_gettime, int, struct timespec *)
LKL_CALL3(socket, int, int, int)
LKL_CALL3(bind, int, const struct sockaddr *, int)
LKL_CALL3(connect, int, const struct sockaddr *, int)
LKL_CALL2(listen, int, int)
LKL_CALL3(accept, int, struct sockaddr *, int *)
LKL_CALL5(setsockopt, int, int, int, const void *, int)
LKL_CALL6(sendto, int, const void *, size_t, int, const struct sockaddr *, int)
LKL_CALL6(recvfrom, int, void *, size_t, int, struct sockaddr *, int *)
LKL_CALL2(shutdown, int, int)

#ifdef __cplusplus
}
#endif

#endif
