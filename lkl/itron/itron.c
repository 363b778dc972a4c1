/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host that consists of uITRON service calls. A task that calls the library
 * has a struct lkl_thread by its number; it parks by tslp_tsk() and is unparked
 * by wup_tsk() or iwup_tsk(). The arena is static. The library's own task, the
 * keeper, runs its timers, takes interrupts, and asks devices without interrupts
 * for input, while all others park or are outside.
 *
 * The library's CPU lock is held by a task that can be preempted like any other;
 * nothing here masks interrupts or stops dispatching. Two words of a slot are
 * ours: host[0], a wake-up that park() has not yet seen, and host[1], set while
 * park() may be asleep. Both are written by tasks and handlers of one CPU; park()
 * sets host[1] before it looks at host[0], unpark() the other way round.
 */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <lkl/itron/lkl_itron.h>
#include <lkl/itron/machine.h>
#include "kernel_id.h"

#define ARENA_SIZE	((unsigned long)LKL_MEMORY << 20)
#define ARENA_ALIGN	(1UL << 16)
#define LINE_MAX	150		/* of the kernel's log */

#ifdef UNITRON_UNIT_US
#define UNIT_NS		1000ULL
#else
#define UNIT_NS		1000000ULL
#endif
#define WAIT_MAX	1000000		/* time units that one tslp_tsk() is given at most */

enum { TOKEN, ASLEEP };			/* words of lkl_thread.host[] */

static char arena[ARENA_SIZE] __attribute__((aligned(ARENA_ALIGN)));
static BOOL arena_used;
static struct lkl_thread threads[LKL_TASKS + 1];	/* by task number */
static struct lkl_thread *starter;	/* the task in lkl_itron_start(), NULL if none */
static char words[MACHINE_WORDS];
static INTNO device_intno;

static void (*keeper_run)(void *argument);
static void *keeper_argument;
static BOOL keeper_ended;

static char line[LINE_MAX + 1];
static unsigned int line_length;

/* Nothing can be returned from where these are found: the application is wrong. */
static void __attribute__((noreturn)) misuse(const char *what, ID tskid)
{
	vlog("lkl: task %d %s", tskid, what);
	vstp_sys(1);
}

static void print(const char *text, unsigned int length)
{
	for (unsigned int i = 0; i < length; i++) {
		if (text[i] != '\n')
			line[line_length++] = text[i];
		if (text[i] == '\n' || line_length == LINE_MAX) {
			line[line_length] = 0;
			vlog("%s", line);
			line_length = 0;
		}
	}
}

static void panic(const char *reason)
{
	vlog("lkl: the library kernel panicked: %s", reason);
}

static void *arena_get(unsigned long *size)
{
	if (*size > ARENA_SIZE)
		return NULL;
	*size = ARENA_SIZE;
	if (arena_used)
		__builtin_memset(arena, 0, ARENA_SIZE);
	arena_used = 1;
	return arena;
}

static void arena_put(void *base, unsigned long size)
{
	machine_stop();
}

static unsigned long long now_ns(void)
{
	return machine_now();
}

/* The system time counts from 1970 if the application has set it so. */
static unsigned long long wall_ns(void)
{
	SYSTIM now = 0;

	get_tim(&now);
	return now * UNIT_NS;
}

static struct lkl_thread *self(void)
{
	ID tskid = 0;

	if (get_tid(&tskid) != E_OK)
		misuse("was interrupted by a handler that calls the library: only tasks may", tskid);
	if (tskid > LKL_TASKS)
		misuse("calls the library, which knows numbers up to LKL_TASKS: set it in the Makefile", tskid);
	return &threads[tskid];
}

static ID task_of(const struct lkl_thread *thread)
{
	return (ID)(thread - threads);
}

/* Time units that pass until then: never fewer. */
static TMO units_until(unsigned long long deadline)
{
	unsigned long long now = now_ns();

	if (deadline <= now)
		return TMO_POL;
	deadline = (deadline - now + UNIT_NS - 1) / UNIT_NS;
	return deadline < WAIT_MAX ? (TMO)deadline : WAIT_MAX;
}

static void park(struct lkl_thread *thread, unsigned long long deadline)
{
	TMO units = deadline == LKL_NEVER ? TMO_FEVR : units_until(deadline);

	/* Returning early is allowed: the keeper comes again. */
	if (task_of(thread) == LKL_KEEPER && machine_has_input()) {
		machine_input();
		if (units != TMO_POL)
			units = 1;
	}
	__atomic_store_n(&thread->host[ASLEEP], 1, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&thread->host[TOKEN], __ATOMIC_SEQ_CST) && units != TMO_POL &&
	    tslp_tsk(units) == E_CTX)
		misuse("makes a system call that must wait, with dispatching disabled", task_of(thread));
	__atomic_store_n(&thread->host[ASLEEP], 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&thread->host[TOKEN], 0, __ATOMIC_SEQ_CST);
}

static void unpark(struct lkl_thread *thread)
{
	if (__atomic_exchange_n(&thread->host[TOKEN], 1, __ATOMIC_SEQ_CST) ||
	    !__atomic_load_n(&thread->host[ASLEEP], __ATOMIC_SEQ_CST))
		return;
	if (sns_ctx())
		iwup_tsk(task_of(thread));
	else
		wup_tsk(task_of(thread));
}

static int worker_start(void (*run)(void *argument), void *argument, void **worker)
{
	keeper_run = run;
	keeper_argument = argument;
	keeper_ended = 0;
	*worker = &threads[LKL_KEEPER];
	/* It looks once before it first sleeps: until then interrupts woke the starter. */
	threads[LKL_KEEPER].host[TOKEN] = 1;
	return act_tsk(LKL_KEEPER) == E_OK ? 0 : -EAGAIN;
}

static void worker_join(void *worker)
{
	while (!*(volatile BOOL *)&keeper_ended)
		dly_tsk(1);
}

void lkl_itron_keeper(VP_INT exinf)
{
	keeper_run(keeper_argument);
	keeper_ended = 1;
}

void lkl_itron_initialize(VP_INT intno)
{
	device_intno = (INTNO)intno;
}

void lkl_itron_interrupt(VP_INT exinf)
{
	UD numbers = machine_interrupts();

	if (!numbers)
		return;
	for (; numbers; numbers &= numbers - 1)
		lkl_post_irq(__builtin_ctzl(numbers));
	/* While it boots there is no keeper that lkl_post_irq() could wake. */
	if (starter)
		unpark(starter);
}

BOOL lkl_itron_fault(T_EXCINF *info)
{
	unsigned long next = lkl_fault(info->pc, info->addr);

	if (!next)
		return 0;
	info->pc = next;
	info->action = VEXC_CONTINUE;
	return 1;
}

void lkl_itron_exception(VP p_excinf)
{
	T_EXCINF *info = p_excinf;

	if (!lkl_itron_fault(info))
		info->action = VEXC_STOP;
}

static struct lkl_host_ops itron_ops = {
	.version	= LKL_HOST_VERSION,
	.size		= sizeof(itron_ops),
	.print		= print,
	.panic		= panic,
	.arena_get	= arena_get,
	.arena_put	= arena_put,
	.now_ns		= now_ns,
	.wall_ns	= wall_ns,
	.self		= self,
	.park		= park,
	.unpark		= unpark,
	.worker_start	= worker_start,
	.worker_join	= worker_join,
	.random		= machine_random,
};

int lkl_itron_start(const char *command_line)
{
	int error = lkl_init(&itron_ops);

	if (error) {
		vlog("lkl: the library kernel runs already, or has panicked and was not halted");
		return error;
	}
	error = machine_start(&itron_ops, arena, device_intno, words);
	if (error)
		return error;
	/* Again: the library has a copy, and the machine's are added now. */
	lkl_init(&itron_ops);
	starter = self();
	error = lkl_start_kernel("%s%s%s", command_line, *command_line ? " " : "", words);
	starter = NULL;
	if (error)
		machine_stop();
	if (error == -ENOMEM)
		vlog("lkl: LKL_MEMORY, %u MiB, is too small for the kernel", (unsigned int)LKL_MEMORY);
	return error;
}

int lkl_itron_halt(void)
{
	return lkl_sys_halt();
}

int lkl_itron_interface(const char *name, unsigned int address, int prefix)
{
	struct ifreq request = { .ifr_flags = 0 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = (int)lkl_sys_socket(AF_INET, SOCK_DGRAM, 0);
	long error;

	if (fd < 0)
		return fd;
	for (unsigned int i = 0; i < IFNAMSIZ - 1 && name[i]; i++)
		request.ifr_name[i] = name[i];
	in.sin_addr.s_addr = __builtin_bswap32(address);
	__builtin_memcpy(&request.ifr_addr, &in, sizeof(in));
	error = lkl_sys_ioctl(fd, SIOCSIFADDR, &request);
	in.sin_addr.s_addr = __builtin_bswap32(prefix ? ~0U << (32 - prefix) : 0);
	__builtin_memcpy(&request.ifr_addr, &in, sizeof(in));
	if (!error)
		error = lkl_sys_ioctl(fd, SIOCSIFNETMASK, &request);
	request.ifr_flags = IFF_UP | IFF_RUNNING | IFF_BROADCAST | IFF_MULTICAST;
	if (!error)
		error = lkl_sys_ioctl(fd, SIOCSIFFLAGS, &request);
	lkl_sys_close(fd);
	return (int)error;
}
