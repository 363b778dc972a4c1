/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libkw: run a part of a program in kernel mode, on a Linux with the module
 * kernelware. Build with `pkg-config --cflags --libs libkw`. Each call has a
 * manual page: kw_enter(3), kw_symbol(3), kw_call(3), kw_current(3),
 * kw_syscall(3); libkw(3) is about threads, fork, exec and signals.
 *
 * No call sets errno. All may be called by several threads at once.
 */
#pragma once

#include <unitron/kernelware.h>

#ifdef __cplusplus
extern "C" {
#endif

struct task_struct;

/*
 * The calling process, with all its threads, runs in kernel mode (CPL 0) when
 * this returns. flags: 0, or KW_STAY_FORK and KW_STAY_EXEC. Does not block.
 *
 * 0: it does from now on. 1: it did already; the flags are set anew.
 * -ENODEV: the module is not loaded. -EACCES, -EPERM: the device may not be
 * opened. -EPROTO: module and library are of different versions. -EINVAL:
 * unknown flags. -EAGAIN: another thread is just leaving. -EOPNOTSUPP: the
 * process uses shadow stacks. -ENOMEM, -EMFILE, -ENFILE.
 */
int kw_enter(unsigned int flags);

/*
 * And back to user mode, all threads. No other thread may be between the begin
 * and the end of a kw_call(). Does not block.
 *
 * 0, -ESRCH: the process does not run in kernel mode; or as kw_enter().
 */
int kw_leave(void);

/* 1: this thread runs in kernel mode, 0: in user mode. Costs two instructions, asks nobody. */
static inline int kw_active(void)
{
	unsigned short selector;

	__asm__ volatile("mov %%cs, %0" : "=r"(selector));
	return (selector & 3) == 0;
}

/*
 * The address of the kernel's function or variable `name`, exported or not;
 * for a per-CPU variable what kw_percpu() takes. Works in user mode too. May
 * block; slow: ask once and keep the answer.
 *
 * 0, -ENOENT: the running kernel has no such symbol, -ENAMETOOLONG; or as
 * kw_enter().
 */
int kw_symbol(const char *name, unsigned long *address);

/*
 * kw_call(function, argument...): call a kernel function at this address, with
 * 0 to 14 arguments that are integers or pointers, each converted to long. It
 * runs on the thread's kernel stack as within a system call, so it may sleep;
 * it must return, with every lock released. Signals are handled after it.
 *
 * Its result, as a long: of an int the lower half counts. -EPERM: this thread
 * is in user mode, nothing was called (a result may be -EPERM as well: who must
 * know asks kw_active() first). If the process was brought to kernel mode by
 * other means than kw_enter(), its first call may give an error of kw_enter().
 */
#define kw_call(...) KW_CALL_PICK_(__VA_ARGS__, KW_14_, KW_13_, KW_12_, KW_11_, KW_10_, KW_9_, KW_8_, \
				   KW_7_, KW_6_, KW_5_, KW_4_, KW_3_, KW_2_, KW_1_, KW_0_, 0)(__VA_ARGS__)

/*
 * kw_syscall(number, argument...): a system call with 0 to 6 arguments, in
 * kernel mode as a call to the kernel, in user mode as a trap. Its result:
 * errors are -errno. A cancellation point it is not.
 */
#define kw_syscall(...) KW_SYSCALL_PICK_(__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0, 0)(__VA_ARGS__)

/*
 * The kernel's struct task_struct of this thread: it stays valid as long as
 * the thread. NULL in user mode.
 */
struct task_struct *kw_current(void);

/*
 * Where the CPU that the thread runs on has its copy of the per-CPU variable
 * whose kw_symbol() is `address`. The thread may be on another CPU a moment
 * later, unless it is bound to one (sched_setaffinity). NULL in user mode.
 */
void *kw_percpu(unsigned long address);

/* Below: how the macros count their arguments. */
long kw_call_counted(unsigned int count, unsigned long function, ...);
long kw_syscall_six(long number, long a, long b, long c, long d, long e, long f);

#define KW_CALL_PICK_(f, a, b, c, d, e, g, h, i, j, k, l, m, n, o, pick, ...) pick
#define KW_F_(f)	(unsigned long)(f)
#define KW_0_(f)	kw_call_counted(0, KW_F_(f))
#define KW_1_(f, a)	kw_call_counted(1, KW_F_(f), (long)(a))
#define KW_2_(f, a, b)	kw_call_counted(2, KW_F_(f), (long)(a), (long)(b))
#define KW_3_(f, a, b, c) kw_call_counted(3, KW_F_(f), (long)(a), (long)(b), (long)(c))
#define KW_4_(f, a, b, c, d) kw_call_counted(4, KW_F_(f), (long)(a), (long)(b), (long)(c), (long)(d))
#define KW_5_(f, a, b, c, d, e) kw_call_counted(5, KW_F_(f), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define KW_SIX_(a, b, c, d, e, g) (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(g)
#define KW_6_(f, a, b, c, d, e, g) kw_call_counted(6, KW_F_(f), KW_SIX_(a, b, c, d, e, g))
#define KW_7_(f, a, b, c, d, e, g, h) kw_call_counted(7, KW_F_(f), KW_SIX_(a, b, c, d, e, g), (long)(h))
#define KW_8_(f, a, b, c, d, e, g, h, i) kw_call_counted(8, KW_F_(f), KW_SIX_(a, b, c, d, e, g), (long)(h), (long)(i))
#define KW_9_(f, a, b, c, d, e, g, h, i, j) \
	kw_call_counted(9, KW_F_(f), KW_SIX_(a, b, c, d, e, g), (long)(h), (long)(i), (long)(j))
#define KW_10_(f, a, b, c, d, e, g, h, i, j, k) \
	kw_call_counted(10, KW_F_(f), KW_SIX_(a, b, c, d, e, g), (long)(h), (long)(i), (long)(j), (long)(k))
#define KW_11_(f, a, b, c, d, e, g, h, i, j, k, l) \
	kw_call_counted(11, KW_F_(f), KW_SIX_(a, b, c, d, e, g), (long)(h), (long)(i), (long)(j), (long)(k), (long)(l))
#define KW_12_(f, a, b, c, d, e, g, ...) kw_call_counted(12, KW_F_(f), KW_SIX_(a, b, c, d, e, g), KW_SIX_(__VA_ARGS__))
#define KW_13_(f, a, b, c, d, e, g, h, ...) \
	kw_call_counted(13, KW_F_(f), KW_SIX_(a, b, c, d, e, g), (long)(h), KW_SIX_(__VA_ARGS__))
#define KW_14_(f, a, b, c, d, e, g, h, i, ...) \
	kw_call_counted(14, KW_F_(f), KW_SIX_(a, b, c, d, e, g), (long)(h), (long)(i), KW_SIX_(__VA_ARGS__))

#define KW_SYSCALL_PICK_(n, a, b, c, d, e, f, count, ...) KW_SYSCALL_##count##_
#define KW_SYSCALL_0_(n) kw_syscall_six((long)(n), 0, 0, 0, 0, 0, 0)
#define KW_SYSCALL_1_(n, a) kw_syscall_six((long)(n), (long)(a), 0, 0, 0, 0, 0)
#define KW_SYSCALL_2_(n, a, b) kw_syscall_six((long)(n), (long)(a), (long)(b), 0, 0, 0, 0)
#define KW_SYSCALL_3_(n, a, b, c) kw_syscall_six((long)(n), (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define KW_SYSCALL_4_(n, a, b, c, d) kw_syscall_six((long)(n), (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define KW_SYSCALL_5_(n, a, b, c, d, e) \
	kw_syscall_six((long)(n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define KW_SYSCALL_6_(n, ...) kw_syscall_six((long)(n), KW_SIX_(__VA_ARGS__))

#ifdef __cplusplus
}
#endif
