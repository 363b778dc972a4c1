/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who runs, and for how long: the linker puts these functions between kernel
 * and port (trace.mk), where the one calls the other. All but one run with
 * interrupts masked. A port goes to kernel.scheduled when the kernel has called
 * port_dispatch or port_exit_dispatch, or when handlers have ended and
 * kernel_must_dispatch(); so these know who runs next. At the very start the
 * first task is met when it begins.
 */
#include <kernel/config.h>
#include "trace.h"

struct trace trace;

static struct task *noted;	/* who runs, as far as the trace says */
static bool announced;		/* by the end of handlers; some ports switch by port_dispatch then */

static uint16_t id_of(const struct task *task)
{
	ID id = kernel_task_id(task);

	return id < UNITRON_TRACE_TASKS ? id : UNITRON_TRACE_TASKS - 1;
}

/* The time until now was kernel.running's, or handlers'. */
static uint64_t account(uint64_t *whose)
{
	uint64_t now = TRACE_CLOCK();

	*whose += now - trace.header.since;
	trace.header.since = now;
	return now;
}

static void put(uint64_t now, uint8_t kind, uint16_t id, uint64_t a, uint64_t b)
{
	if (trace.header.on)
		trace_put(now, trace_event(kind, 0, id), a, b);
}

/* kernel.running has run until now. */
static uint64_t left(void)
{
	announced = false;
	return account(&trace.header.busy[id_of(kernel.running)]);
}

static void switch_noted(void)
{
	uint64_t now;

	if (announced && noted == kernel.scheduled) {
		account(&trace.header.busy[id_of(kernel.running)]);
		announced = false;
		return;
	}
	now = left();
	noted = kernel.scheduled;
	put(now, UNITRON_TRACE_DISPATCH, id_of(noted), 0, 0);
}

static void handled(void)
{
	uint64_t now = account(&trace.header.handlers);

	noted = kernel_must_dispatch() ? kernel.scheduled : kernel.running;
	announced = noted != kernel.running;
	put(now, UNITRON_TRACE_HANDLED, id_of(noted), 0, 0);
}

/* ---- the kernel calls the port -------------------------------------------- */

void __real_port_dispatch(void);
void __wrap_port_dispatch(void);
void __wrap_port_dispatch(void)
{
	switch_noted();
	__real_port_dispatch();
}

void __real_port_exit_dispatch(void) __attribute__((noreturn));
void __wrap_port_exit_dispatch(void) __attribute__((noreturn));
void __wrap_port_exit_dispatch(void)
{
	switch_noted();
	__real_port_exit_dispatch();
}

/* For a line of the log. Any context, interrupts unmasked too */
void __real_port_log_kick(void);
void __wrap_port_log_kick(void);
void __wrap_port_log_kick(void)
{
	put(TRACE_CLOCK(), UNITRON_TRACE_KICK, 0, 0, 0);
	__real_port_log_kick();
}

/* ---- the port calls the kernel -------------------------------------------- */

void __real_kernel_task_main(void) __attribute__((noreturn));
void __wrap_kernel_task_main(void) __attribute__((noreturn));
void __wrap_kernel_task_main(void)
{
	if (noted != kernel.running) {
		noted = kernel.running;
		put(account(&trace.header.busy[0]), UNITRON_TRACE_DISPATCH, id_of(noted), 0, 0);
	}
	__real_kernel_task_main();
}

void __real_kernel_timer_interrupt(TICK now);
void __wrap_kernel_timer_interrupt(TICK now);
void __wrap_kernel_timer_interrupt(TICK now)
{
	put(left(), UNITRON_TRACE_TIMER, 0, now, 0);
	__real_kernel_timer_interrupt(now);
	handled();
}

void __real_kernel_interrupt(INTNO intno);
void __wrap_kernel_interrupt(INTNO intno);
void __wrap_kernel_interrupt(INTNO intno)
{
	put(left(), UNITRON_TRACE_INTERRUPT, intno, 0, 0);
	__real_kernel_interrupt(intno);
	handled();
}

bool __real_kernel_exception(T_EXCINF *info);
bool __wrap_kernel_exception(T_EXCINF *info);
bool __wrap_kernel_exception(T_EXCINF *info)
{
	bool wanted;

	put(left(), UNITRON_TRACE_EXCEPTION, id_of(kernel.running), info->excno, info->pc);
	wanted = __real_kernel_exception(info);
	handled();
	return wanted;
}

/* Records of an earlier run stay; times begin anew. */
static void begin(void)
{
	struct unitron_trace_header *header = &trace.header;

	header->magic = UNITRON_TRACE_MAGIC;
	header->version = UNITRON_TRACE_VERSION;
	header->record_size = sizeof(struct unitron_trace_record);
	header->size = sizeof(*header);
	header->count = TRACE_RECORDS;
	header->ns_per_cycle = port_cycles_to_ns(1ULL << 32);
	trace_name_copy(header->application, kernel_application);
	for (ID id = 0; id < UNITRON_TRACE_TASKS; id++) {
		header->busy[id] = 0;
		trace_name_copy(header->task[id], id && id <= (ID)kernel_task_count ? kernel_task_name(id) : NULL);
	}
	header->handlers = 0;
	header->since = TRACE_CLOCK();
	noted = NULL;
	announced = false;
	put(header->since, UNITRON_TRACE_START, 0, 0, 0);
}

ER __real_kernel_initialize(void);
ER __wrap_kernel_initialize(void);
ER __wrap_kernel_initialize(void)
{
	begin();
	return __real_kernel_initialize();
}
