/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stacks and the changes between them: one stack for each task, one for the
 * handler context, one for the signal handlers of faults; main()'s own is
 * idle's. Each has guard pages below.
 *
 * The kernel hands a stack back by the address and size it knows; below that
 * address lie STACK_EXTRA more bytes, for what comes on top of the
 * application's needs in a process: C library functions and signal frames.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "posix.h"
#include "sanitize.h"

#define GUARD_SIZE		(64UL << 10)
#define HANDLER_STACK_SIZE	(64UL << 10)
/* Stacks lie at the same addresses in every run, so that messages repeat. */
#define STACK_BASE		0x200000000000UL

struct task_stack {
	char	*lowest;		/* above the guard */
	SIZE	total;			/* with STACK_EXTRA */
};

/* switch.S */
void	port_switch(void **save_sp, void *load_sp);
void	port_start(void **save_sp, void *stack_top);
void	port_context_start(void) __attribute__((noreturn));
void	port_call_on(void *stack_top, void (*function)(void));

struct port_context port_idle_context;

static struct task_stack *task_stacks;
static unsigned int task_stack_count;
static char *next_address = (char *)STACK_BASE;
static SIZE stack_extra;
static SIZE signal_frame;		/* the host's largest */

static struct task_stack handler_stack;
static struct task_stack fault_stack;
static void (*handler_function)(void);

static SIZE page_round(SIZE size)
{
	SIZE page = (SIZE)sysconf(_SC_PAGESIZE);

	return (size + page - 1) & ~(page - 1);
}

/* False: no memory. */
static bool stack_map(struct task_stack *stack, SIZE total)
{
	SIZE mapped = total + GUARD_SIZE;
	char *at = mmap(next_address, mapped, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (at == MAP_FAILED && errno == EEXIST)
		at = mmap(NULL, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return false;
	if (mprotect(at + GUARD_SIZE, total, PROT_READ | PROT_WRITE)) {
		munmap(at, mapped);
		return false;
	}
	next_address += mapped;
	stack->lowest = at + GUARD_SIZE;
	stack->total = total;
	return true;
}

void context_prepare(void)
{
	pthread_attr_t attr;
	void *stack;
	size_t size;

	/*
	 * At most four signal frames lie on a task's stack: one that stopped
	 * it, one more that finds the first not yet masked, and the same again
	 * in a task exception routine run from there.
	 */
	signal_frame = getauxval(AT_MINSIGSTKSZ);
	if (!signal_frame)
		signal_frame = 4096;
	stack_extra = page_round(STACK_EXTRA_MIN + 4 * signal_frame);
	if (!stack_map(&handler_stack, HANDLER_STACK_SIZE + stack_extra) ||
	    !stack_map(&fault_stack, HANDLER_STACK_SIZE + stack_extra))
		report_and_exit(EXIT_HOST, "no memory for the stack of handlers: %s", strerror(errno));

	if (pthread_getattr_np(pthread_self(), &attr) || pthread_attr_getstack(&attr, &stack, &size))
		report_and_exit(EXIT_HOST, "cannot tell where the main stack lies");
	pthread_attr_destroy(&attr);
	port_idle_context.stack = stack;
	port_idle_context.size = size;
}

void context_fault_stack(void **stack, SIZE *size)
{
	*stack = fault_stack.lowest;
	*size = fault_stack.total;
}

void *port_stack(unsigned int index, SIZE size)
{
	if (index >= task_stack_count) {
		struct task_stack *grown = realloc(task_stacks, (index + 1) * sizeof(*grown));

		if (!grown)
			return NULL;
		memset(grown + task_stack_count, 0, (index + 1 - task_stack_count) * sizeof(*grown));
		task_stacks = grown;
		task_stack_count = index + 1;
	}

	struct task_stack *stack = &task_stacks[index];

	if (!stack->lowest && (size > SIZE_MAX / 2 || !stack_map(stack, page_round(size) + stack_extra)))
		return NULL;
	return stack->lowest + stack_extra;
}

static bool guard_hit(const struct task_stack *stack, UD address)
{
	UD lowest = (UD)(uintptr_t)stack->lowest;

	return lowest && address < lowest && address >= lowest - GUARD_SIZE;
}

ID context_guard_hit(UD address)
{
	for (unsigned int i = 0; i < task_stack_count; i++)
		if (guard_hit(&task_stacks[i], address))
			return (ID)i + 1;
	return 0;
}

bool context_handler_guard_hit(UD address)
{
	return guard_hit(&handler_stack, address);
}

UD context_signal_frame(UD sp)
{
	UD frame = sp - signal_frame;

	return context_guard_hit(frame) || context_handler_guard_hit(frame) ? frame : 0;
}

void port_context_init(struct port_context *ctx, void *stack, SIZE size, bool fpu)
{
	ctx->sp = NULL;
	ctx->stack = (char *)stack - stack_extra;
	ctx->size = size + stack_extra;
	ctx->fake_stack = NULL;
	ctx->used = 0;
	ctx->used_round = 0;
	ctx->away = 0;
}

/* The first C function on a task's stack, called by port_start. */
void port_context_start(void)
{
	struct port_context *self = kernel_context(kernel.running);

	fibre_arrive(NULL, NULL, NULL);
	/* The task that had this stack before may have ended within its frames. */
	stack_unpoison(self->stack, (SIZE)((char *)__builtin_frame_address(0) - (char *)self->stack));
	kernel_task_main();
}

/* Save in from_sp, go to another context; fake_stack: NULL if the one left is never switched to again. */
static void switch_to(void **from_sp, void **fake_stack, struct port_context *to)
{
	uintptr_t top = ((uintptr_t)to->stack + to->size) & ~(uintptr_t)15;

	fibre_leave(fake_stack, to->stack, to->size);
	if (to->sp)
		port_switch(from_sp, to->sp);
	else
		port_start(from_sp, (void *)top);
}

static void switch_and_return(struct port_context *from, struct port_context *to)
{
	switch_to(&from->sp, &from->fake_stack, to);
	fibre_arrive(from->fake_stack, NULL, NULL);
}

/* Make kernel.scheduled the running task; returns its context, or idle's. */
static struct port_context *context_choose(void)
{
	struct port_context *next;

	kernel.running = kernel.scheduled;
	if (!kernel.running) {
		budget_renew();
		return &port_idle_context;
	}
	next = kernel_context(kernel.running);
	budget_resume(next);
	return next;
}

void port_dispatch(void)
{
	struct port_context *self = kernel_context(kernel.running);

	if (kernel.scheduled == kernel.running)
		return;
	budget_pause(self);
	switch_and_return(self, context_choose());
}

static void __attribute__((noreturn)) leave_to(struct port_context *to)
{
	void *nowhere;

	switch_to(&nowhere, NULL, to);
	__builtin_unreachable();
}

void context_leave(void)
{
	if (kernel.running)
		budget_pause(kernel_context(kernel.running));
	leave_to(context_choose());
}

void port_exit_dispatch(void)
{
	context_leave();
}

void context_leave_to_idle(void)
{
	leave_to(&port_idle_context);
}

void context_run(void)
{
	switch_and_return(&port_idle_context, context_choose());
}

static void handler_entry(void)
{
	static bool left_for_good;
	const void *from;
	size_t size;

	fibre_arrive(NULL, &from, &size);
	/* The last one has left by context_leave: forget its frames, and those of the fault's signal handler. */
	if (left_for_good) {
		stack_unpoison(handler_stack.lowest,
			       (SIZE)((char *)__builtin_frame_address(0) - handler_stack.lowest));
		stack_unpoison(fault_stack.lowest, fault_stack.total);
	}
	left_for_good = true;
	handler_function();
	left_for_good = false;
	fibre_leave(NULL, from, size);
}

void context_call_handler(void (*function)(void))
{
	void *kept = NULL;

	handler_function = function;
	fibre_leave(&kept, handler_stack.lowest, handler_stack.total);
	port_call_on(handler_stack.lowest + handler_stack.total, handler_entry);
	fibre_arrive(kept, NULL, NULL);
}
