// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stacks of kernel contexts: 16 KiB in the arena, above a page that the host
 * takes all access from, if it can. A few free ones are kept with their guards.
 * Without the CPU lock nothing here is called; interrupts do not allocate stacks.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <asm/thread_info.h>
#include "lkl.h"

#define KEPT	8

static void *kept[KEPT];
static unsigned int kept_count;

/* Where a context goes on that has used its stack up: it only panics. */
static char emergency[THREAD_SIZE] __aligned(16);

static bool has_guards(void)
{
	return lkl_ops->protect;
}

unsigned long *arch_alloc_thread_stack_node(struct task_struct *task, int node)
{
	unsigned long size = THREAD_SIZE + PAGE_SIZE;
	char *block;

	if (!has_guards())
		return alloc_pages_exact(THREAD_SIZE, GFP_KERNEL);
	if (kept_count)
		return kept[--kept_count];
	block = alloc_pages_exact(size, GFP_KERNEL);
	if (!block)
		return NULL;
	if (lkl_ops->protect(block, PAGE_SIZE, 0)) {
		free_pages_exact(block, size);
		return NULL;
	}
	return (unsigned long *)(block + PAGE_SIZE);
}

void arch_free_thread_stack(struct task_struct *task)
{
	char *block = task->stack;

	if (!has_guards()) {
		free_pages_exact(block, THREAD_SIZE);
		return;
	}
	if (kept_count < KEPT) {
		kept[kept_count++] = block;
		return;
	}
	block -= PAGE_SIZE;
	/* A page that stays out of reach must not be handed out again. */
	if (!lkl_ops->protect(block, PAGE_SIZE, 1))
		free_pages_exact(block, THREAD_SIZE + PAGE_SIZE);
}

bool lkl_in_guard(unsigned long address)
{
	unsigned long stack = (unsigned long)task_stack_page(current);

	return has_guards() && current != &init_task && stack - address - 1 < PAGE_SIZE;
}

void *lkl_emergency_stack(void)
{
	return emergency + sizeof(emergency);
}

bool lkl_on_emergency_stack(const void *object)
{
	return (const char *)object >= emergency && (const char *)object < emergency + sizeof(emergency);
}
