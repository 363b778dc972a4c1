// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions and data for programs in kernel mode that misbehave: they are
 * found by name (kw_symbol) and called (kw_call), or written to.
 */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

void *kwvictim_stack_pointer(void);
long kwvictim_sleep_killable(unsigned int ms);
void kwvictim_bug(void);
long kwvictim_warn(void);
int kwvictim_divide(int by);
int kwvictim_recurse(int n);
long kwvictim_interrupts_off(void);

/* For tests/vm/kw/deeds-kernel.c, which names them */
DEFINE_MUTEX(kwvictim_mutex);
DEFINE_SPINLOCK(kwvictim_lock);
unsigned long kwvictim_word = 1;

/* An address on the caller's kernel stack, some way down */
noinline void *kwvictim_stack_pointer(void)
{
	return (void *)((unsigned long)__builtin_frame_address(0) - 512);
}

noinline long kwvictim_sleep_killable(unsigned int ms)
{
	return schedule_timeout_killable(msecs_to_jiffies(ms));
}

noinline void kwvictim_bug(void)
{
	BUG();
}

noinline long kwvictim_warn(void)
{
	WARN(1, "kwvictim: as asked\n");
	return 7;
}

noinline int kwvictim_divide(int by)
{
	return 1000 / READ_ONCE(by);
}

noinline int kwvictim_recurse(int n)
{
	volatile char room[256];

	room[n % 256] = n;
	return n ? kwvictim_recurse(n + 1) + room[n % 256] : 0;
}

/* Returns with interrupts off, which a function must not. */
noinline long kwvictim_interrupts_off(void)
{
	local_irq_disable();
	return 5;
}

static int __init kwvictim_init(void)
{
	return 0;
}

static void __exit kwvictim_exit(void)
{
}

module_init(kwvictim_init);
module_exit(kwvictim_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Unitron authors");
MODULE_DESCRIPTION("Unitron tests: functions for kernelware programs to misuse");
