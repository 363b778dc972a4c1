// SPDX-License-Identifier: GPL-2.0-only
/* Early setup: the arena as memory, the host as console. */
#include <linux/console.h>
#include <linux/dma-direct.h>
#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <net/net_namespace.h>
#include <asm/setup.h>
#include "lkl.h"

unsigned long memory_start __lkl_keep = 0, memory_end __lkl_keep = 0, lkl_bus_base __lkl_keep = 0;
char lkl_command_line[COMMAND_LINE_SIZE] __lkl_keep = "";

void lkl_panic_init(void);

static void console_write(struct console *console, const char *text, unsigned int length)
{
	lkl_ops->print(text, length);
}

static struct console host_console = {
	.name	= "host",
	.write	= console_write,
	.flags	= CON_PRINTBUFFER | CON_ANYTIME,
	.index	= -1,
};

/* Seeded at once: until then each random number costs a hash of the whole pool. */
static void __init seed_random(void)
{
	u8 bytes[64];
	unsigned int length = lkl_ops->random ? lkl_ops->random(bytes, sizeof(bytes)) : 0;

	if (length)
		add_bootloader_randomness(bytes, min_t(unsigned int, length, sizeof(bytes)));
	memzero_explicit(bytes, sizeof(bytes));
}

void __init setup_arch(char **command_line)
{
	unsigned long size = memory_end - memory_start;
	unsigned long zones[MAX_NR_ZONES] = { 0 };

	strscpy(boot_command_line, lkl_command_line, COMMAND_LINE_SIZE);
	*command_line = lkl_command_line;
	min_low_pfn = 0;
	max_low_pfn = max_pfn = size >> PAGE_SHIFT;
	high_memory = (void *)memory_end;
	set_max_mapnr(max_pfn);
	memblock_add(0, size);
	memblock_reserve(0, PAGE_SIZE);		/* the zero page; a bus address of 0 means none to some drivers */
	zones[ZONE_NORMAL] = max_pfn;
	free_area_init(zones);
	lkl_panic_init();
	register_console(&host_console);
	seed_random();
}

void __init mem_init(void)
{
	memblock_free_all();
}

/* The image is not in the arena, and a second boot needs it again. */
void free_initmem(void)
{
}

static void *cpuinfo_start(struct seq_file *file, loff_t *at)
{
	return *at ? NULL : SEQ_START_TOKEN;
}

static void *cpuinfo_next(struct seq_file *file, void *item, loff_t *at)
{
	++*at;
	return NULL;
}

static void cpuinfo_stop(struct seq_file *file, void *item)
{
}

static int cpuinfo_show(struct seq_file *file, void *item)
{
	seq_puts(file, "processor\t: 0\nmodel name\t: library\n");
	return 0;
}

const struct seq_operations cpuinfo_op = {
	.start	= cpuinfo_start,
	.next	= cpuinfo_next,
	.stop	= cpuinfo_stop,
	.show	= cpuinfo_show,
};

#ifdef CONFIG_INET
/*
 * How far TCP may widen a stream's receive window: generic code takes a 128th of
 * memory, too little for a fast sender here. All streams together are bounded by
 * tcp_mem as before.
 */
static int __init widen_windows(void)
{
	unsigned long most = min(nr_free_buffer_pages() << (PAGE_SHIFT - 6), 6UL << 20);

	init_net.ipv4.sysctl_tcp_rmem[2] = max_t(unsigned long, most, init_net.ipv4.sysctl_tcp_rmem[2]);
	return 0;
}
late_initcall(widen_windows);
#endif
