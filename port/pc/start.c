/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the loader's hands to the first task: read the start info, set the
 * machine up part by part, initialise the kernel, and become idle. Also the
 * kernel command line, and the tasks' contexts.
 */
#include "pc.h"

/* What a PVH loader hands over (Xen's public/arch-x86/hvm/start_info.h). */
struct start_info {
	uint32_t	magic;
	uint32_t	version;
	uint32_t	flags;
	uint32_t	modules;
	UD		module_list;
	UD		command_line;
	UD		rsdp;
	UD		memory_map;		/* version 1 and up */
	uint32_t	memory_map_entries;
	uint32_t	reserved;
};

struct memory_map_entry {
	UD		address;
	UD		size;
	uint32_t	type;
	uint32_t	reserved;
};

#define START_INFO_MAGIC	0x336ec578U
#define MEMORY_RAM		1U
#define COMMAND_LINE_MAX	512U

extern char image_start[];

void start(const struct start_info *info) __attribute__((noreturn));

struct port_context *port_current = &idle_context;
struct port_context idle_context;

static char command_line[COMMAND_LINE_MAX];

static const char *find_option(const char *from, const char *name)
{
	for (const char *word = from; *word; word++) {
		SIZE length = 0;

		if (word != command_line && word[-1] != ' ')
			continue;
		while (name[length] && word[length] == name[length])
			length++;
		if (!name[length] && word[length] == '=')
			return word + length + 1;
	}
	return NULL;
}

const char *option(const char *name)
{
	return find_option(command_line, name);
}

const char *option_next(const char *value, const char *name)
{
	return find_option(value, name);
}

bool option_is(const char *value, const char *word)
{
	while (*word && *value == *word) {
		value++;
		word++;
	}
	return !*word && (!*value || *value == ' ');
}

UD option_number(const char *name, UD absent)
{
	const char *text = option(name);
	UD number = 0;

	if (!text)
		return absent;
	if (*text < '0' || *text > '9')
		refuse("an option on the command line that wants a number has none");
	for (; *text >= '0' && *text <= '9'; text++)
		number = number * 10 + (UD)(*text - '0');
	return number;
}

void refuse(const char *why)
{
	vlog("unitron: cannot start: %s", why);
	port_stop(STOP_FAILURE);
}

void port_panic(const char *why)
{
	fault_stop(why);
}

void port_context_init(struct port_context *ctx, void *stack, SIZE size, bool fpu)
{
	UD top = (UD)stack + stack_extent(size);

	ctx->sp = (void *)(UD)context_start_frame;
	ctx->special = budget_on ? CONTEXT_BUDGET : 0;
	ctx->stack = stack;
	ctx->stack_top = (void *)top;
	budget_forget(ctx);
	if (fpu) {
		ctx->special |= CONTEXT_FPU;
		ctx->stack_top = (void *)((top - fpu_area_size()) & ~63UL);
		fpu_context_init(ctx);
	}
}

void context_special(struct port_context *context)
{
	if (context->special & CONTEXT_FPU)
		fpu_switch(context);
	if (context->special & CONTEXT_BUDGET)
		budget_switch(context);
}

static void read_command_line(const char *text)
{
	for (SIZE i = 0; text && text[i] && i < COMMAND_LINE_MAX - 1; i++)
		command_line[i] = text[i];
}

/* The end of the piece of RAM that we lie in. */
static UD find_memory_end(const struct start_info *info)
{
	const struct memory_map_entry *map = (const struct memory_map_entry *)info->memory_map;

	if (info->version < 1 || !map)
		refuse("the loader gave no map of the memory (PVH start info version 0); take QEMU 4.0 or later");
	for (uint32_t i = 0; i < info->memory_map_entries; i++) {
		UD address = map[i].address;

		if (map[i].type == MEMORY_RAM && address <= (UD)image_start && address + map[i].size > (UD)image_start)
			return address + map[i].size;
	}
	refuse("the loader's map of the memory has no RAM at 1 MB");
}

void start(const struct start_info *info)
{
	console_setup();
	if (info->magic != START_INFO_MAGIC)
		refuse("not booted by a PVH loader; use qemu-system-x86_64 -kernel");
	read_command_line((const char *)info->command_line);
	memory_setup(find_memory_end(info));
	idt_setup();
	fpu_setup();
	lapic_setup();
	clock_setup();
	timer_setup();
	budget_setup();
	if (kernel_initialize() != E_OK)
		refuse("no memory for the tasks' stacks; give QEMU more by -m, or the tasks less");
	timer_start();
	/* From here this is the idle context. */
	if (kernel.scheduled)
		port_dispatch();
	__asm__ volatile("sti");
	console_idle();
}
