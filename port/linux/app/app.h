/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the halves of an application module: port.c (real time), tex.S, module.c (Linux). */
#pragma once

#include "../delivery.h"

/* XSAVE area: where MXCSR lies and its initial value; the header, which starts as zeros (SDM volume 1, 13.4) */
#define FPU_MXCSR	24
#define FPU_MXCSR_INIT	0x1f80
#define FPU_HEADER	512
#define FPU_HEADER_SIZE	64

/* Stack that a task exception routine must have besides the saved state */
#define PORT_TEX_ROOM	256

/* Set by module.c before a start */
extern uint64_t port_ns_per_cycle;
extern size_t port_fpu_size;

/* struct rt_app's real-time members */
void port_handle(void);
struct rt_context *port_interrupt(uint32_t intno);
struct rt_context *port_choose(void);
void port_tex_entry(void);
void port_tex_unlock(void);
void port_clock_init(uint64_t hertz);
/* Does the application handle this exception? Its running task. */
bool port_wants_exception(uint32_t vector);
int port_running_task(void);
/* As kernel_initialize: 0 or the uITRON error code; E_SYS: an initialisation routine stopped the system. */
int port_initialize(uint64_t hertz);
const char *port_application(void);

/* Linux half: picture.c, for the unit's file "objects"; module.c, how many bytes of a task's stack were used since the start */
size_t application_picture_size(void);
void application_picture(void *to);
size_t application_stack_used(unsigned int index);

/* What the application exports; with no functions if it was built without EXCHANGE = 1 */
extern const struct rt_exchange port_exchange;
/* Linux half, exchange.c: memory of the ring to map of this index, of at least size bytes (0: what there is), new at each start */
void *application_ring(unsigned int object, size_t size);
void application_rings_free(void);

/* kernel_task_main: taken here, where a trace can come between */
extern void (*const port_task_main)(void);

/* The memory of the trace, and the word that turns it on; NULL if the application was built without. */
extern const struct port_trace {
	const void *memory;
	size_t size;
	uint32_t *on;
	const uint64_t *busy;		/* cycles by number of the task; 0: Linux; the last: all that follow */
	unsigned int busy_count;
	const uint64_t *handlers;
} port_trace;
