/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the preload library of `lkl run` share. Its functions take
 * the place of the C library's in a program and send each call either to the
 * system's kernel (NEXT) or to the library kernel (CALL).
 *
 * Rule: while a thread is inside the library kernel, or changes what is declared
 * here, it is guarded (guard_enter(), guard_leave()): signals that arrive then
 * are delivered when it leaves.
 */
#ifndef LKL_PRELOAD_H
#define LKL_PRELOAD_H

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include "lkl.h"
#include "options.h"

#define FD_COUNT	(1 << 20)	/* of descriptors, as in both kernels */
#define FD_INTERNAL	768		/* from here on are descriptors that the program does not know of */

#define EXPORT		__attribute__((visibility("default")))

/* Another name for a function, such as open64 for open; other C libraries than glibc have macros instead. */
#ifdef __GLIBC__
#define ALIAS(name, other) extern __typeof__(other) name __attribute__((alias(#other), visibility("default")))
#else
#define ALIAS(name, other) _Static_assert(1, "")
#endif

/* The C library's function of that name: in the next library, or, linked statically, what the linker calls __real_. */
#ifdef LKL_STATIC
#define NEXT(name) ({ extern __typeof__(name) __real_##name; &__real_##name; })
#else
#define NEXT(name)								\
	({									\
		static __typeof__(&name) next_;					\
		if (!next_)							\
			next_ = (__typeof__(&name))dlsym(RTLD_NEXT, #name);	\
		next_;								\
	})
#endif

/* Whose a descriptor is, in fd_owner[]: bits. */
enum {
	FD_LIBRARY	= 1,	/* it is the library kernel's; in the system's the number is only reserved */
	FD_HIDDEN	= 2,	/* the program does not know of it */
	FD_EPOLL	= 4,	/* with FD_LIBRARY: in the system's kernel the number is an epoll instance, too */
	FD_MIXED	= 8,	/* with FD_EPOLL: that one holds descriptors */
};

extern unsigned char fd_owner[FD_COUNT];

static inline int fd_is_library(int fd)
{
	return (unsigned int)fd < FD_COUNT && fd_owner[fd] & FD_LIBRARY;
}

static inline int fd_is_hidden(int fd)
{
	return (unsigned int)fd < FD_COUNT && fd_owner[fd] & FD_HIDDEN;
}

/* A thread of the program. Allocated once, used again, never freed. Its own but for `wanted`, `tid` and `used`. */
struct thread {
	int		guard;		/* how deep it is inside */
	uint64_t	noted;		/* signals that arrived meanwhile, a bit each */
	int		wanted;		/* atomic: its call is to be interrupted */
	int		used;		/* atomic */
	int		tid;		/* in the library kernel; 0: not yet there */
	int		event;		/* eventfd in the library kernel for mixed polls; -1: none yet */
	void		*fault_stack;	/* NULL: the program's, or none */
	struct thread	*next;
	siginfo_t	info[65];	/* of the noted */
};

/* signals.c */
struct thread *this_thread(void);
void guard_enter(struct thread *self);
/* Which handlers ran when a guard was left: none, only such as restart calls, others too. */
enum { LEFT_QUIETLY, LEFT_RESTARTING, LEFT_INTERRUPTING };
/* Delivers what was noted if it is the outermost guard. */
int guard_leave(struct thread *self);
void signals_start(void);
/* Interrupts the calls of threads that want it; by the helper. */
void signals_interrupt(void);

/* start.c */
/* Boots the library kernel unless it runs; exits the program with a message if that fails. */
void library_start(void);
/* 1: the kernel runs */
int library_runs(void);
/* Closes what is open, waits for connections to send what they have, halts. At the end of the program. */
void library_finish(void);
/* "lkl run: " and a text made as by printf(), on standard error. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The image whose mount point a clean path is or lies below; NULL: none. The second: are there any. */
const struct run_image *run_image_of(const char *path);
int run_has_images(void);
extern int run_forked;			/* this process is a copy that has no library kernel */

/*
 * A system call of the library kernel: its result, or -errno. Interrupted by a
 * signal whose handlers have SA_RESTART it is made again. library_wait() is for
 * calls such as poll(), which return -EINTR even then; -ERESTART: no handler
 * ran, to be made again with the time that remains.
 */
long library_call(long number, long a, long b, long c, long d, long e, long f);
long library_wait(long number, long a, long b, long c, long d, long e, long f);

#define CALL(...)	PAD_(library_call, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define WAIT(...)	PAD_(library_wait, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define PAD_(function, number, a, b, c, d, e, f, ...)	\
	function(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* As the C library returns it. */
static inline long as_result(long result)
{
	if (result >= 0)
		return result;
	errno = -result;
	return -1;
}

/* fds.c */
/* Gives a descriptor just made in the library kernel a number of its own in both, and returns that, or -errno. */
int fd_adopt(long fd, int cloexec);
/* The same for the preload library's own use. */
int fd_adopt_hidden(long fd);
/* Moves a descriptor of the system's kernel out of the program's way. */
int fd_hide(int fd);
/* Closes one of the library kernel's. 0 or -errno. */
int fd_close(int fd);
/* The library kernel gets a half of this epoll instance of the system's. 0 or -errno. */
int fd_make_epoll(int fd);
/* The system's half of an epoll instance holds descriptors. */
void fd_mark_mixed(int fd);
/* close_range() */
int fd_close_range(unsigned int first, unsigned int last, int flags);
/* Closes all of them; at the end. */
void fd_close_all(void);

/* sockets.c */
/* As the C library returns what a send call gave: one to a connection that is closed raises a signal, too. */
long call_sent(long result, int flags);
/* What a call gave that received a message: descriptors in it get numbers of the program's, or -1 if there are none left. */
struct msghdr;
long call_received(long result, struct msghdr *message, int flags);

/* wait.c */
void wait_start(void);
/* Asks the helper to call signals_interrupt(). From signal handlers too. */
void wait_wake_helper(void);
/* An epoll instance has been closed, or its number has become another file. */
void wait_forget_epoll(int fd);

/* paths.c */
/* Where a path leads; dir and path are to be used instead of the program's. */
struct place {
	int		library;	/* to the library kernel */
	int		dir;
	const char	*path;
	char		buffer[PATH_MAX];
};
/* Finds out, from the directory open as dir; starts the library kernel if it leads there. Returns place->library. */
int place_find(struct place *place, int dir, const char *path);
/* renameat2() */
int path_rename(int from_dir, const char *old, int to_dir, const char *new, unsigned int flags);

#endif
