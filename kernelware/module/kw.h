/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of kernelware.ko share. Words: a *program* is the code of a
 * kernelware process at its own addresses, whatever its privilege level; a
 * *process* is an address space whose threads are kernelware.
 */
#pragma once

#include "layout.h"

#ifndef __ASSEMBLY__

#include <linux/mm_types.h>
#include <linux/preempt.h>
#include <linux/sched.h>

struct static_call_key;

/* ---- symbols.c: private symbols of Linux, each with its type ------------- */

struct kw_symbols {
	void (*flush_tlb_mm_range)(struct mm_struct *mm, unsigned long start, unsigned long end, unsigned int stride_shift,
				   bool freed_tables);
	u64 asm_exc_nmi;		/* Linux's NMI entry */
	u64 top_of_stack;		/* per-CPU: the variable that COMPAT_STACK_SYMBOL is or holds */
	void **sys_call_table;
	u64 *sev_status;		/* NULL: this kernel knows nothing of SEV */
	/* What gate.S goes to: see there */
	void *entry_syscall;		/* entry_SYSCALL_64_after_hwframe */
	void *return_to_user;		/* swapgs_restore_regs_and_return_to_usermode */
	void *syscall_exit;		/* syscall_exit_to_user_mode */
	void *call_exit;		/* irqentry_exit_to_user_mode */
};

extern struct kw_symbols kw_symbols;

/* Process context. 0, or -errno with a sentence in the log. */
int kw_symbols_resolve(void);
/* The address of any symbol, 0 if there is none. Process context. */
unsigned long kw_symbol_lookup(const char *name);

/* ---- machine.c ------------------------------------------------------------ */

/* Can this machine be served? 0, or -errno with a sentence in the log. Nothing is changed. */
int kw_machine_check(void);

/* ---- idt.c: the IDT of kernelware threads and its stacks ------------------- */

/* Process context. 0, or -errno. */
int kw_idt_create(void);
/* No thread uses it any more. */
void kw_idt_destroy(void);
/* Preemption off: load our IDT, or Linux's. */
void kw_idt_load(bool ours);

/* ---- gates.c --------------------------------------------------------------- */

/* Direct the gates' calls to this kernel's functions. Process context. */
void kw_gates_connect(void);

/* ---- pages.c: the user half of an address space ---------------------------- */

/* Memory that pages.c needs for an address space (page table isolation): NULL if none is needed, ERR_PTR(-ENOMEM). */
void *kw_pages_prepare(gfp_t gfp);
/*
 * The user half becomes the supervisor's; pages_open undoes it with what
 * prepare gave. The mm is current's, or not running yet (flush: false). Any
 * context. No thread may run user code of the mm with Linux's IDT afterwards.
 */
void kw_pages_close(struct mm_struct *mm, void *saved, bool flush);
void kw_pages_open(struct mm_struct *mm, const void *saved);

/* ---- process.c, probes.c: see process.h ------------------------------------ */

/* Process context, for current: see KW_ENTER and KW_LEAVE in <unitron/kernelware.h>. 0 or -errno. */
int kw_enter(unsigned int flags);
int kw_leave(void);
/* Module unloading: nobody is kernelware any more. */
void kw_probes_exit(void);

/* Counts for the device's attribute */
struct kw_counts {
	u64 entered, inherited, left, ended;
};
extern struct kw_counts kw_counts;

/* ---- device.c -------------------------------------------------------------- */

int kw_device_create(void);
void kw_device_destroy(void);

/* ---- stubs.S, gate.S ------------------------------------------------------- */

extern char kw_stubs[], kw_stub_nmi[], kw_stub_debug[];
extern u64 kw_linux_entry[256];
extern u64 kw_ist_low, kw_ist_high, kw_pgd_mask, kw_page_offset, kw_noflush;
extern u32 kw_pgd_shift;
extern u8 kw_isolation, kw_smap, kw_fsgsbase;
/* Counts; not atomic, so on several CPUs about right */
extern u64 kw_promotions, kw_program_events, kw_kernel_events, kw_opened_entries, kw_lost_shadows;

extern char kw_worked[];
extern char kw_gates[], kw_gate_any[], kw_gate_call[], kw_gate_current[], kw_gate_percpu[];
DECLARE_PER_CPU(u32, kw_here);		/* the current thread is kernelware */

#endif
