// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Linux half of an application module: registers the application with the
 * delivery unit, and supplies memory before a start. Everything else in the
 * module belongs to the real-time side.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <asm/tsc.h>
#include "app.h"

#define E_SYS	(-5)	/* <itron/itron.h> does not go with Linux's headers either */

/* Of the kernel, whose headers do not go with Linux's */
const char *kernel_task_name(int tskid);
size_t kernel_log_read(char *line, size_t size);
extern const int kernel_task_count;

void *port_stack(unsigned int index, size_t size);

#define STACK_UNUSED 0xa5	/* what stacks are filled with before a start */

/* Of the tasks, kept from start to start; vmalloc leaves unmapped pages around each. */
static struct {
	void *base;
	size_t size;			/* of the memory */
	size_t usable;			/* the task's */
} *stacks;

/* A hook of the port contract: called by kernel_initialize, in process context. */
void *port_stack(unsigned int index, size_t size)
{
	size_t pages = PAGE_ALIGN(size + port_fpu_size + 64);

	if (stacks[index].base && stacks[index].size < pages) {
		vfree(stacks[index].base);
		stacks[index].base = NULL;
	}
	if (!stacks[index].base)
		stacks[index].base = vzalloc(pages);
	stacks[index].size = pages;
	stacks[index].usable = size;
	if (stacks[index].base)
		memset(stacks[index].base, STACK_UNUSED, size);
	return stacks[index].base;
}

size_t application_stack_used(unsigned int index)
{
	const u8 *base = stacks[index].base;
	size_t size = base ? stacks[index].usable : 0, untouched = 0;

	while (untouched < size && base[untouched] == STACK_UNUSED)
		untouched++;
	return size - untouched;
}

static void stacks_free(void)
{
	for (int i = 0; i < kernel_task_count; i++)
		vfree(stacks[i].base);
	kfree(stacks);
}

/* Without EXCHANGE = 1 */
void __weak application_rings_free(void)
{
}

static int initialize(void)
{
	port_fpu_size = unitron_fpu_size();
	port_ns_per_cycle = div64_u64(1000000ULL << 32, tsc_khz);
	switch (port_initialize(rt_cpu.hertz)) {
	case 0:
		return 0;
	case E_SYS:
		pr_err("not started: an initialisation routine (ATT_INI) called vstp_sys or broke the kernel\n");
		return -ECANCELED;
	default:
		pr_err("not started: no memory for the stacks of %d tasks\n", kernel_task_count);
		return -ENOMEM;
	}
}

static struct rt_app app = {
	.owner = THIS_MODULE,
	.initialize = initialize,
	.handle = port_handle,
	.interrupt = port_interrupt,
	.choose = port_choose,
	.wants_exception = port_wants_exception,
	.running_task = port_running_task,
	.task_name = kernel_task_name,
	.log_read = kernel_log_read,
};

static int __init application_init(void)
{
	int err;

	stacks = kcalloc(max(kernel_task_count, 1), sizeof(*stacks), GFP_KERNEL);
	if (!stacks)
		return -ENOMEM;
	app.name = port_application();
	app.picture = application_picture;
	app.picture_size = application_picture_size();
	app.task_main = port_task_main;
	app.exchange = port_exchange.count ? &port_exchange : NULL;
	app.trace = port_trace.memory;
	app.trace_size = port_trace.size;
	app.tracing = port_trace.on;
	err = unitron_register(&app);
	if (err)
		kfree(stacks);
	return err;
}

static void __exit application_exit(void)
{
	unitron_unregister(&app);
	stacks_free();
	application_rings_free();
}

module_init(application_init);
module_exit(application_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("uITRON application for unitron");
