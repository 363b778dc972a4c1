/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface between the library kernel and its host, in plain C types: what
 * the library asks of the host is struct lkl_host_ops, what it offers to the
 * host and to programs are the functions below. The same file serves the kernel
 * build, hosts and programs. docs/design/library-kernel.md tells who calls what.
 */
#ifndef _ASM_LKL_HOST_H
#define _ASM_LKL_HOST_H

#define LKL_HOST_VERSION	1
#define LKL_NEVER		(~0ULL)	/* a deadline that does not come */
#define LKL_IRQS		64	/* numbers of interrupts; 0 is the timer */

#define LKL_API			__attribute__((visibility("default")))

/*
 * One for each host thread that calls the library. The host finds it by self(),
 * hands it out zeroed, and keeps the memory valid while the library runs, even
 * if the thread has gone: an unpark() may come late.
 */
struct lkl_thread {
	unsigned long		host[4];	/* the host's own; zero at first */

	/* The library's. Guarded by the CPU lock unless said otherwise. */
	void			*task;		/* kernel context that makes the calls */
	void			*host_sp;	/* host stack, while kernel contexts run on this thread */
	long			*arguments;	/* six, in the caller's memory */
	long			number;
	long			result;
	int			request;	/* a call waits to be made */
	int			done;		/* result is valid; read without the lock */
	int			inside;		/* between call and return; of the thread itself */
	int			looking;	/* in device_work(); of the thread itself */
	int			queued;		/* in the list of those who wait for the lock; atomic */
	unsigned long		boot;		/* boot to which task belongs */
	unsigned long		signals;	/* kernel signals taken by calls of this thread, one bit each */
	struct lkl_thread	*next_waiter;
	struct lkl_thread	*next_wake;
	struct lkl_thread	*next, **link;	/* all attached threads */
};

/*
 * What the host does. Unless said otherwise, an operation is called with the
 * CPU lock held, on a kernel stack of 16 KiB, by any host thread, and must not
 * block nor call the library.
 */
struct lkl_host_ops {
	unsigned int	version;	/* LKL_HOST_VERSION */
	unsigned int	size;		/* sizeof(struct lkl_host_ops): later versions only append, and what an older one lacks is NULL */

	/* A piece of the kernel log, not terminated by zero. */
	void		(*print)(const char *text, unsigned int length);

	/*
	 * The kernel panicked, for that reason. After the return all calls fail
	 * with -EIO until lkl_halt(). May also leave by _exit().
	 */
	void		(*panic)(const char *reason);

	/*
	 * The kernel's memory: *size bytes (0: as the host likes; set to what
	 * there is), zeroed, aligned to 64 KiB. NULL: none. Host stack, no lock.
	 */
	void		*(*arena_get)(unsigned long *size);

	/* The memory is the host's again: no device may touch it any more. Host stack, no lock. */
	void		(*arena_put)(void *base, unsigned long size);

	/* Monotonic time in ns, from any origin; and ns since 1970. From anywhere. */
	unsigned long long (*now_ns)(void);
	unsigned long long (*wall_ns)(void);

	/* The calling thread's structure. From anywhere; worth being fast. */
	struct lkl_thread *(*self)(void);

	/*
	 * Block the calling thread until unpark(self), also one that came before
	 * the call (one is remembered), or until now_ns() reaches the deadline.
	 * May return early for no reason. Host stack, no lock.
	 */
	void		(*park)(struct lkl_thread *self, unsigned long long deadline);

	/* From any thread, with or without the lock. */
	void		(*unpark)(struct lkl_thread *thread);

	/*
	 * A host thread that calls run(argument), and the end of it. Optional,
	 * both or none: without, timers run only while a thread is in the
	 * library. Returns 0 or -errno. Host stack, no lock.
	 */
	int		(*worker_start)(void (*run)(void *argument), void *argument, void **worker);
	void		(*worker_join)(void *worker);

	/*
	 * An access of 1, 2, 4 or 8 bytes to a device register; the value read,
	 * or for writes 0. A notification of a queue should only be noted, and
	 * lkl_kick() be called: the work is done outside the lock.
	 */
	unsigned long long (*mmio)(unsigned long address, unsigned int size, int write, unsigned long long value);

	/*
	 * Work on queues that were notified since the last time. may_block: the
	 * calling thread has nothing else to do and may do all of the work;
	 * otherwise somebody else should be told. Host stack, no lock; may block
	 * and call lkl_trigger_irq(). Optional if there is no device.
	 */
	void		(*device_work)(int may_block);

	/*
	 * Fills in random bytes that nobody can guess; returns how many, at most
	 * length. Optional: without, getrandom() blocks until the kernel has
	 * gathered some itself. Once a boot.
	 */
	unsigned int	(*random)(void *bytes, unsigned int length);

	/*
	 * Takes all access from whole pages of the arena (accessible 0), or gives
	 * it back: guards below kernel stacks. A fault there is to be told to
	 * lkl_fault(), by a handler that has a stack of its own. arena_put() or
	 * the next arena_get() gives access to all again. Returns 0 or -errno.
	 * Optional: without, a stack that overflows damages what lies below it.
	 */
	int		(*protect)(void *base, unsigned long size, int accessible);

	/*
	 * The bus address of the arena's first byte, for devices that offer
	 * VIRTIO_F_ACCESS_PLATFORM: real ones, which mmio() passes accesses on
	 * to. Devices that do not offer it are given offsets into the arena.
	 */
	unsigned long	bus_base;
};

/*
 * Sets the host's operations, of which a copy is made. Before lkl_start_kernel().
 * Returns 0, -EINVAL for another version or a missing operation, -EBUSY if the
 * kernel runs. Does not block.
 */
LKL_API int lkl_init(const struct lkl_host_ops *ops);

/*
 * Boots the kernel with a command line made as by printf() ("mem=64M
 * loglevel=4"), and attaches the calling thread. Blocks. Returns 0, -EBUSY if
 * it runs, -ENOMEM without an arena, -EIO after a panic, -ENODEV without ops.
 */
LKL_API int lkl_start_kernel(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * A system call by its x86-64 number with its six arguments. Any host thread;
 * attaches it at its first call. Blocks as the call does. Returns what the call
 * returns, or -ENODEV if no kernel runs, -EIO if it panicked (before or during
 * the call), -EDEADLK from a signal handler that interrupted a call, -ENOSYS for
 * calls that make no sense here (execve, fork, exit_group, rt_sigreturn ...).
 */
LKL_API long lkl_syscall(long number, long *arguments);

/*
 * Ends the calling thread's kernel context; its next call gets a new one. To be
 * called before a host thread ends. May block.
 */
LKL_API void lkl_thread_exit(void);

/*
 * Closes all descriptors, sends the frames that wait, makes file systems on
 * disks read-only, which leaves their images as clean as unmounting does, stops
 * the kernel and gives the arena back; blocked calls of other threads return
 * -ENODEV. The kernel can then be started again. Also after a panic, but for the
 * file systems. Blocks. Returns 0; -ENODEV if nothing was started; -EBUSY
 * while another thread halts it; another error if a file system could not be left
 * clean (the kernel has halted all the same).
 */
LKL_API int lkl_sys_halt(void);

/*
 * Raises interrupt number 1..63. Any host thread, outside the library: takes the
 * CPU if it is free, and runs the kernel then; otherwise whoever holds it takes
 * the interrupt. Does not block on the lock.
 */
LKL_API void lkl_trigger_irq(int number);

/* The same from a host operation or an interrupt handler: leaves it to others. */
LKL_API void lkl_post_irq(int number);

/* From mmio(): there is work for device_work(). */
LKL_API void lkl_kick(void);

/*
 * For a handler of memory faults: where to go on after a fault at instruction
 * ip for that address. 0: the fault is not the library's. From a signal handler.
 */
LKL_API unsigned long lkl_fault(unsigned long ip, unsigned long address);

/* Host address of an offset into the arena (which devices get as an address); NULL if [at, at + size) lies outside. */
LKL_API void *lkl_arena(unsigned long at, unsigned long size);

#endif
