/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the Linux-side sources of the delivery unit. All functions are
 * called in process context with unit_mutex held, unless they say otherwise.
 */
#pragma once

#include <linux/mutex.h>
#include <asm/desc_defs.h>
#include <asm/pgtable_types.h>
#include "../delivery.h"

/* The state of the whole unit, for users */
enum unit_state { UNIT_EMPTY, UNIT_LOADED, UNIT_RUNNING, UNIT_ENDED, UNIT_FAILED };

struct unit_settings {
	unsigned int cpu;
	unsigned int budget_us;
	unsigned int handler_budget_us;
	unsigned int linux_share;	/* percent, 0: what is left over */
	unsigned int share_period_us;
	char *timer;
	int hpet_channel;		/* -1: the last free one */
};
extern struct unit_settings unit_settings;
extern struct mutex unit_mutex;

/* Private kernel symbols, resolved in symbols.c and nowhere else */
struct unit_symbols {
	gate_desc *idt_table;
	void *asm_exc_nmi;
	void (*set_pte_vaddr)(unsigned long vaddr, pte_t pte);
	void (*flush_tlb_all)(void);
	void (**x86_platform_ipi_callback)(void);
	unsigned long *hpet_address;
	bool *boot_hpet_disable;
	unsigned long *backtrace_mask;
	raw_spinlock_t *ioapic_lock;
	struct clock_event_device *i8253_clockevent;	/* NULL: not built in */
	int *irq_remapping_enabled;	/* NULL: not built in */
	int *kvm_usage_count;		/* NULL: kvm not loaded */
};
extern struct unit_symbols unit_symbols;

/* Fill in unit_symbols. 0, or -errno with a sentence in the log. */
int symbols_resolve(void);
/* Look up again what comes and goes with other modules. */
void symbols_refresh(void);

/* Is this machine fit? Reads, touches nothing. 0, or -ENODEV with a sentence in the log. */
int machine_check(void);

/* Take the NMI gate of the IDT, the IST entries and the alias pages; give all back. */
int gate_take(void);
void gate_restore(void);
/* Where the stub and, in the pages after it, the slots for Linux of each CPU lie. */
#define GATE_ALIAS	0xfffffe7fff000000UL

/* The timer source: choose and check (touches nothing), take over, restore. rt_comparator_stop() ends what start began. */
struct timer_source {
	const char *name;
	/* 0, or -ENODEV and a sentence in why */
	int (*probe)(char *why, size_t size);
	void (*drop)(void);	/* probed, but not to be taken */
	int (*take)(void);
	void (*restore)(void);
	void (*start)(void);	/* RT CPU, interrupts off */
};
extern const struct timer_source timer_hpet_msi, timer_hpet_ioapic, timer_pit;
int timer_choose(void);
extern const struct timer_source *timer_source;

/* IO-APIC pins for the timers: is it free to take; route as NMI to the RT CPU; restore. */
int ioapic_pin_free(unsigned int pin);
void ioapic_pin_take(unsigned int pin);
void ioapic_pin_restore(void);

/* The running of the application: 0 or -errno. */
int unit_start(void);
void unit_stop(void);
enum unit_state unit_state(void);

/* The platform IPI: log lines and the end of the real-time side. */
int report_init(void);
void report_exit(void);
/* Any context but NMI: drain now, before an application goes. */
void report_flush(void);
/* Before a start: what was reported belongs to the last run. */
void report_begin(void);

/* The devices of exported objects. begin: before a start, with what the application exports or NULL; 0, or -errno with a sentence in the log. */
int exports_init(void);
void exports_exit(void);
int exports_begin(const struct rt_exchange *ops);
/* Process context, unit_mutex not needed: no more calls of the application's functions; who waits gets ENODEV. */
void exports_end(void);
/* Interrupt context */
void exports_kicked(void);
/* One instant on the real-time side's clock and on Linux's. Any context. */
struct unitron_clock;
void unit_clock(struct unitron_clock *clock);

int control_init(void);
void control_exit(void);
