/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this kernel offers an application beyond uITRON4.0. The names start
 * with v, as the specification reserves for such calls. All of them work on
 * every port; none blocks.
 */
#pragma once

#include <itron/kernel.h>

/* Task attribute: the task uses the FPU; its registers are saved, others' are not. */
#define TA_FPU		0x0100U

/*
 * Interrupt number of the tick in a tick-driven build (UNITRON_TICK_DRIVEN);
 * its handler calls isig_tim. Without one the kernel does.
 */
#define INTNO_TICK	0U
/* Interrupt numbers 1..TMAX_INTNO may be raised by vras_int and by the port's devices. */
#define TMAX_INTNO	31U

/*
 * CPU exception numbers of DEF_EXC: the x86 vectors, on every port, and the
 * overrun of a task's time budget.
 */
#define EXCNO_DE	0U		/* divide error */
#define EXCNO_BP	3U		/* breakpoint */
#define EXCNO_UD	6U		/* invalid opcode */
#define EXCNO_DF	8U		/* double fault */
#define EXCNO_SS	12U		/* stack fault */
#define EXCNO_GP	13U		/* general protection, non-canonical address */
#define EXCNO_PF	14U		/* page fault */
#define EXCNO_MF	16U		/* x87 error */
#define EXCNO_XM	19U		/* SIMD error */
#define EXCNO_BUDGET	32U		/* the task ran longer than its budget; on linux: the real-time side did, without a pause */
#define TMAX_EXCNO	32U

/* What becomes of the task when a CPU exception handler returns */
enum vexc_action {
	VEXC_TERMINATE,			/* as ter_tsk; queued activations start it anew */
	VEXC_RETRY,			/* repeat the instruction: the handler mended the cause */
	VEXC_STOP,			/* stop the whole real-time side, as without a handler */
	VEXC_CONTINUE,			/* go on at pc, which the handler has changed; not for EXCNO_BUDGET */
};

/* What a CPU exception handler gets: void exchdr(VP p_excinf) */
typedef struct t_excinf {
	EXCNO		excno;
	ID		tskid;		/* the task that was running */
	uint64_t	pc;		/* address of the instruction; VEXC_CONTINUE: where to go on */
	uint64_t	sp;
	uint64_t	addr;		/* page fault: address that was accessed */
	uint64_t	code;		/* the CPU's error code, 0 where there is none */
	enum vexc_action action;	/* for the handler to set; VEXC_TERMINATE at entry */
} T_EXCINF;

/*
 * Print a line: to the Linux kernel log, standard output or the serial line.
 * Any context, CPU locked too; lock-free, never waits. A line that finds the
 * ring full is dropped and counted, and the next line that fits says how many.
 * Knows %d %i %u %x %X %p %c %s %%, with 0, -, a width, and l, ll, z. Lines
 * over VLOG_MAX bytes are cut. A newline is added.
 */
#define VLOG_MAX	160
void	vlog(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Raise interrupt intno (1..TMAX_INTNO), as a device would: its handler runs
 * as soon as no handler runs and the CPU is not locked. Any context.
 * E_PAR: intno out of range.
 */
ER	vras_int(INTNO intno);

/* High-resolution time: cycles of the port's fastest clock; cycles as ns. Any context. */
UD	vget_cyc(void);
UD	vcyc_ns(UD cyc);

/*
 * Nanoseconds since the instant for which the latest timer interrupt was
 * programmed, read on the timer's own clock: the latency of what runs now.
 * Any context.
 */
UD	vget_lat(void);

/*
 * Use up ns nanoseconds of CPU time in the calling context, being preempted
 * as usual: a busy loop, or the passing of simulated time. Task or handler,
 * CPU locked too.
 */
void	vspn_tim(UD ns);

/*
 * End the real-time side: on posix the process exits with this code, on pc the
 * machine does, on linux Linux goes on and the code can be read there. Any
 * context; does not return.
 */
void	vstp_sys(INT code) __attribute__((noreturn));
