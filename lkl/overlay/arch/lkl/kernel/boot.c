// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting and halting, from the host's side: the arena, the first context, the
 * keeper, and the library's data, which the first boot saves and each halt
 * restores, so that the next boot finds it as the loader left it.
 */
#include <linux/dma-direct.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/start_kernel.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/unistd.h>
#include <linux/reboot.h>
#include <asm/setup.h>
#include "lkl.h"

#define ARENA_MIN	(8UL << 20)
#define OPS_SIZE_FIRST	offsetof(struct lkl_host_ops, protect)	/* of the first version, without what was appended */

extern char lkl_command_line[COMMAND_LINE_SIZE];
extern char __lkl_save_start[], __lkl_save_end[], __bss_start[], __bss_stop[];

static void *arena __lkl_keep = NULL, *saved __lkl_keep = NULL, *keeper __lkl_keep = NULL;
static unsigned long arena_size __lkl_keep = 0;
static struct lkl_host_ops kept_ops __lkl_keep = { 0 };

int lkl_init(const struct lkl_host_ops *ops)
{
	if (ops->version != LKL_HOST_VERSION || ops->size < OPS_SIZE_FIRST)
		return -EINVAL;
	if (!ops->print || !ops->arena_get || !ops->arena_put || !ops->now_ns || !ops->wall_ns || !ops->self ||
	    !ops->park || !ops->unpark || !ops->worker_start != !ops->worker_join)
		return -EINVAL;
	if (lkl_cpu.state != LKL_DOWN)
		return -EBUSY;
	memset(&kept_ops, 0, sizeof(kept_ops));
	memcpy(&kept_ops, ops, min_t(unsigned long, ops->size, sizeof(kept_ops)));
	lkl_ops = &kept_ops;
	return 0;
}

/* mem= is read before there is a kernel to parse it. */
static unsigned long wanted_memory(void)
{
	const char *at = strstr(lkl_command_line, "mem=");

	return at && (at == lkl_command_line || at[-1] == ' ') ? memparse(at + 4, NULL) : 0;
}

/* The arena, with the copy of the data at its end. */
static int get_arena(void)
{
	unsigned long copy = PAGE_ALIGN(__lkl_save_end - __lkl_save_start);

	arena_size = wanted_memory();
	if (arena_size)
		arena_size = max(arena_size, ARENA_MIN) + copy;
	arena = lkl_ops->arena_get(&arena_size);
	if (!arena)
		return -ENOMEM;
	if (arena_size < ARENA_MIN + copy) {
		lkl_ops->arena_put(arena, arena_size);
		return -ENOMEM;
	}
	memory_start = (unsigned long)arena;
	lkl_bus_base = lkl_ops->bus_base;
	memory_end = (memory_start + arena_size - copy) & PAGE_MASK;
	saved = (void *)memory_end;
	memcpy(saved, __lkl_save_start, __lkl_save_end - __lkl_save_start);
	return 0;
}

static void restore_image(void)
{
	memcpy(__lkl_save_start, saved, __lkl_save_end - __lkl_save_start);
	memset(__bss_start, 0, __bss_stop - __bss_start);
}

static void __ref first_context(void)
{
	start_kernel();
}

/* With the lock. */
static void clear_cpu(void)
{
	lkl_cpu.deadline = lkl_cpu.keeper_until = lkl_cpu.leader_until = LKL_NEVER;
	lkl_cpu.leader = lkl_cpu.keeper = NULL;
	lkl_cpu.threads = lkl_cpu.attaching = NULL;
	lkl_cpu.kicked = 0;
	lkl_cpu.halting = NULL;
	lkl_irqs_pending = 0;
}

int lkl_start_kernel(const char *format, ...)
{
	struct lkl_thread *self;
	va_list arguments;
	long error;

	if (!lkl_ops)
		return -ENODEV;
	self = lkl_ops->self();
	lkl_cpu_take(self);
	if (lkl_cpu.state != LKL_DOWN) {
		lkl_cpu_release(self);
		return -EBUSY;
	}
	va_start(arguments, format);
	vsnprintf(lkl_command_line, sizeof(lkl_command_line), format, arguments);
	va_end(arguments);
	error = get_arena();
	if (error) {
		lkl_cpu_release(self);
		return error;
	}
	clear_cpu();
	lkl_cpu.boot++;
	lkl_cpu.state = LKL_BOOTING;
	init_task.thread.sp = lkl_prepare_stack(task_stack_page(&init_task) + THREAD_SIZE, first_context);
	self->done = 0;
	self->inside = 1;
	self->request = LKL_REQUEST_ASKED;
	self->next_wake = NULL;
	lkl_cpu.attaching = self;
	error = lkl_drive(self);
	self->inside = 0;
	if (!error && lkl_ops->worker_start)
		error = lkl_ops->worker_start(lkl_keeper, NULL, &keeper);
	if (error)
		lkl_sys_halt();
	return error;
}

int lkl_sys_halt(void)
{
	long close_all[6] = { 0, ~0U }, reboot[6] = { LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_HALT };
	struct lkl_thread *self, *nobody = NULL;
	long error = 0;

	if (!lkl_ops || READ_ONCE(lkl_cpu.state) == LKL_DOWN)
		return -ENODEV;
	self = lkl_ops->self();
	if (!__atomic_compare_exchange_n(&lkl_cpu.halting, &nobody, self, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return -EBUSY;
	if (READ_ONCE(lkl_cpu.state) == LKL_RUNNING) {
		lkl_syscall(__NR_close_range, close_all);
		error = lkl_ask_quiesce();
		if (READ_ONCE(lkl_cpu.state) != LKL_RUNNING)	/* a panic, or another thread's halt */
			error = 0;
		/* Frames that the kernel has handed over leave before it resets the devices. */
		if (lkl_ops->device_work)
			lkl_ops->device_work(1);
		lkl_syscall(__NR_reboot, reboot);
	}
	if (keeper) {
		if (lkl_cpu.keeper)
			lkl_ops->unpark(lkl_cpu.keeper);
		lkl_ops->worker_join(keeper);
		keeper = NULL;
	}
	/* Threads whose calls failed only look at the lock and the state from here on. */
	lkl_cpu_take(self);
	if (lkl_cpu.state == LKL_DOWN) {
		lkl_cpu_release(self);
		return -ENODEV;
	}
	restore_image();
	clear_cpu();
	lkl_cpu.state = LKL_DOWN;
	lkl_cpu_release(self);
	lkl_ops->arena_put(arena, arena_size);
	return error;
}
