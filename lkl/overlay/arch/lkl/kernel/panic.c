// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ends of the kernel: panics, faults in its own code, and halting. All leave
 * the contexts where they are and give the host thread back to its program.
 */
#include <linux/extable.h>
#include <linux/init.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/pm.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/sched/task_stack.h>
#include <asm/extable.h>
#include "lkl.h"

extern char _text[], _etext[];

void (*pm_power_off)(void);

static unsigned long fault_ip, fault_address;

void *lkl_fault_stack;		/* for lkl_fault_entry(): in place of one that is used up */

static int on_panic(struct notifier_block *block, unsigned long event, void *reason)
{
	char here;

	if (lkl_ops->panic)
		lkl_ops->panic(reason);
	/* Before the first context runs, and between contexts, there is no host stack to go back to. */
	if (!object_is_on_stack(&here) && !lkl_on_emergency_stack(&here))
		__builtin_trap();
	lkl_stop(LKL_PANICKED);
}

static struct notifier_block panic_block = {
	.notifier_call	= on_panic,
	.priority	= INT_MIN,	/* the others first: this one does not return */
};

void __init lkl_panic_init(void)
{
	atomic_notifier_chain_register(&panic_notifier_list, &panic_block);
}

/* Reached by lkl_fault_entry(): the fault happened in the kernel's code, outside the copying functions. */
void lkl_faulted(void);

void lkl_faulted(void)
{
	if (lkl_fault_stack) {
		show_stack(current, task_stack_page(current), KERN_EMERG);
		panic("stack overflow of %s", current->comm);
	}
	panic("fault at text offset 0x%lx, address 0x%lx", fault_ip - (unsigned long)_text, fault_address);
}

unsigned long lkl_fault(unsigned long ip, unsigned long address)
{
	bool inside = ip >= (unsigned long)_text && ip < (unsigned long)_etext, overflow;
	const struct exception_table_entry *entry;

	/* Also in a function of the host that was called on a kernel stack. Other threads have no business in a guard. */
	overflow = lkl_cpu.state != LKL_DOWN && lkl_in_guard(address);
	if (!inside && !overflow)
		return 0;
	entry = overflow ? NULL : search_exception_tables(ip);
	if (entry)
		return entry->fixup;
	fault_ip = ip;
	fault_address = address;
	lkl_fault_stack = overflow ? lkl_emergency_stack() : NULL;
	return (unsigned long)lkl_fault_entry;
}

void machine_halt(void)
{
	lkl_stop(LKL_HALTED);
}

void machine_power_off(void)
{
	lkl_stop(LKL_HALTED);
}

void machine_restart(char *command)
{
	lkl_stop(LKL_HALTED);
}
