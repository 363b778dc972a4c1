// SPDX-License-Identifier: GPL-2.0-only
/*
 * Applications come and go, start and stop. The machine is taken when an
 * application registers and given back when it leaves, so that without one
 * Linux is as it was. One application at a time.
 *
 * unit_mutex orders all of this; the real-time side is only touched while it
 * is not active, or on its CPU with interrupts off.
 */
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <linux/reboot.h>
#include <linux/smp.h>
#include <linux/suspend.h>
#include <asm/apic.h>
#include <asm/nmi.h>
#include "rt.h"
#include "unit.h"

DEFINE_MUTEX(unit_mutex);

static int hotplug_state;

enum unit_state unit_state(void)
{
	if (!rt_cpu.app)
		return UNIT_EMPTY;
	if (smp_load_acquire(&rt_cpu.active))
		return UNIT_RUNNING;
	switch (rt_cpu.record.end) {
	case RT_END_NONE:
	case RT_END_STOPPED:
		return UNIT_LOADED;
	case RT_END_CODE:
		return UNIT_ENDED;
	default:
		return UNIT_FAILED;
	}
}

/*
 * NMIs of ours that reach Linux: when one was already served with another, or
 * comes after the stop. Any other unknown NMI is Linux's to complain about.
 */
static int swallow_unknown(unsigned int type, struct pt_regs *regs)
{
	if (smp_processor_id() != unit_settings.cpu)
		return NMI_DONE;
	return READ_ONCE(rt_cpu.active) || xchg(&rt_cpu.leftover, 0) ? NMI_HANDLED : NMI_DONE;
}

/* The real-time CPU stays, and the machine does not sleep, while an application is loaded. */
static int refuse_offline(unsigned int cpu)
{
	if (cpu != unit_settings.cpu)
		return 0;
	pr_err("CPU %u runs the real-time side; unload %s before taking it offline\n", cpu, rt_cpu.app->name);
	return -EBUSY;
}

static int refuse_sleep(struct notifier_block *block, unsigned long event, void *unused)
{
	if (event != PM_SUSPEND_PREPARE && event != PM_HIBERNATION_PREPARE)
		return NOTIFY_DONE;
	pr_err("the machine cannot sleep with %s loaded; unload it first\n", rt_cpu.app->name);
	return NOTIFY_BAD;
}

static struct notifier_block sleep_notifier = { .notifier_call = refuse_sleep };

/* Also before another kernel is started */
static int stop_for_reboot(struct notifier_block *block, unsigned long event, void *unused)
{
	mutex_lock(&unit_mutex);
	unit_stop();
	mutex_unlock(&unit_mutex);
	return NOTIFY_DONE;
}

static struct notifier_block reboot_notifier = { .notifier_call = stop_for_reboot };

static u64 units(unsigned int us)
{
	return div_u64(us * rt_cpu.hertz, 1000000);
}

static void budgets_set(void)
{
	rt_cpu.budget = units(unit_settings.budget_us);
	rt_cpu.recheck = units(20);
	rt_cpu.handler_budget = min_t(u64, units(unit_settings.handler_budget_us), rt_cpu.clip);
	rt_cpu.guard = min(rt_cpu.budget, rt_cpu.handler_budget);
	rt_cpu.far = rt_cpu.guard + rt_cpu.recheck;
	rt_cpu.period = unit_settings.linux_share ? units(unit_settings.share_period_us) : 0;
	rt_cpu.allowance = div_u64(rt_cpu.period * (100 - unit_settings.linux_share), 100);
}

/*
 * Make app the one of this unit: check the machine, take it, set up. 0;
 * -EBUSY: another one is loaded; -ENODEV: the machine is not fit (a sentence
 * in the log); -ENOMEM.
 */
int unitron_register(struct rt_app *app)
{
	int err;

	mutex_lock(&unit_mutex);
	if (rt_cpu.app) {
		pr_err("%s is loaded; unload it before loading %s\n", rt_cpu.app->name, app->name);
		err = -EBUSY;
		goto error_unlock;
	}
	err = machine_check();
	if (err)
		goto error_unlock;
	err = gate_take();
	if (err) {
		pr_err("not started: %s\n", err == -EBUSY ? "somebody else takes the NMI gate" : "no memory");
		goto error_timer_drop;
	}
	err = timer_source->take();
	if (err)
		goto error_gate;
	budgets_set();
	rt_cpu.task_main = app->task_main;
	err = report_init();
	if (err)
		goto error_timer;
	rt_cpu.app = app;
	err = register_nmi_handler(NMI_UNKNOWN, swallow_unknown, 0, "unitron");
	if (err)
		goto error_report;
	err = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "unitron:online", NULL, refuse_offline);
	if (err < 0)
		goto error_nmi;
	hotplug_state = err;
	register_pm_notifier(&sleep_notifier);
	register_reboot_notifier(&reboot_notifier);
	err = control_init();
	if (err)
		goto error_notifiers;
	pr_info("%s loaded: CPU %u, timer %s, budget %u us, handlers %u us, Linux's share %u %%; start: echo 1 > /sys/kernel/unitron/run\n",
		app->name, unit_settings.cpu, timer_source->name, unit_settings.budget_us, unit_settings.handler_budget_us,
		unit_settings.linux_share);
	mutex_unlock(&unit_mutex);
	return 0;

error_notifiers:
	unregister_reboot_notifier(&reboot_notifier);
	unregister_pm_notifier(&sleep_notifier);
	cpuhp_remove_state_nocalls(hotplug_state);
error_nmi:
	unregister_nmi_handler(NMI_UNKNOWN, "unitron");
error_report:
	rt_cpu.app = NULL;
	report_exit();
error_timer:
	timer_source->restore();
	gate_restore();
	goto error_unlock;
error_gate:
	gate_restore();
error_timer_drop:
	timer_source->drop();
error_unlock:
	mutex_unlock(&unit_mutex);
	return err;
}
EXPORT_SYMBOL_GPL(unitron_register);

/* Stop the application if it runs, and give the machine back to Linux. */
void unitron_unregister(struct rt_app *app)
{
	mutex_lock(&unit_mutex);
	unit_stop();
	control_exit();
	unregister_reboot_notifier(&reboot_notifier);
	unregister_pm_notifier(&sleep_notifier);
	cpuhp_remove_state_nocalls(hotplug_state);
	report_exit();
	timer_source->restore();
	/* A last shot that was under way has arrived by now. */
	msleep(2);
	gate_restore();
	unregister_nmi_handler(NMI_UNKNOWN, "unitron");
	pr_info("%s unloaded\n", app->name);
	mutex_unlock(&unit_mutex);
}
EXPORT_SYMBOL_GPL(unitron_unregister);

static void nmi_to(unsigned int cpu)
{
	apic->send_IPI(cpu, NMI_VECTOR);
}

/* Does Linux have its performance counters, if there are any, send NMIs? */
static bool performance_nmis(void)
{
	return boot_cpu_has(X86_FEATURE_ARCH_PERFMON) || boot_cpu_has(X86_FEATURE_PERFCTR_CORE);
}

/* On the real-time CPU, interrupts off */
static void start_here(void *unused)
{
	struct rt_cpu *cpu = &rt_cpu;

	cpu->clock = rt_counter(cpu);
	cpu->window = cpu->entered = cpu->clock;
	cpu->used = 0;
	cpu->throttled = 0;
	cpu->wish = ~0ULL;		/* the application sets its clock and then its wish, called by the bell */
	cpu->armed = (u32)cpu->clock + (1U << 30);
	cpu->spent = 1;
	cpu->raised = 0;
	cpu->bell = 1;
	cpu->record = (struct rt_record){ .end = RT_END_NONE };
	cpu->exc.valid = false;
	WRITE_ONCE(cpu->active, 1);
	cpu->pmi = performance_nmis();
	cpu->attention = cpu->source != RT_SOURCE_HPET;
	timer_source->start();
	nmi_to(cpu->number);
}

static void stop_here(void *unused)
{
	rt_cpu.leftover = 1;		/* a shot may come at once */
	barrier();
	WRITE_ONCE(rt_cpu.active, 0);
	rt_cpu.attention = 1;
	rt_cpu.pend = 0;
	rt_comparator_stop(&rt_cpu);
}

/* -EBUSY: runs already; -ENOMEM or another error of the application's initialisation. */
int unit_start(void)
{
	int err;

	if (rt_cpu.active)
		return -EBUSY;
	err = rt_cpu.app->initialize();
	if (err)
		return err;
	err = exports_begin(rt_cpu.app->exchange);
	if (err)
		return err;
	report_begin();
	return smp_call_function_single(unit_settings.cpu, start_here, NULL, 1);
}

/*
 * On the real-time CPU Linux goes there by itself, which costs less than an NMI;
 * but not out of an NMI handler, which has NMIs blocked, nor where rt_cpu.attention
 * says that there is more to look at. With interrupts off the real-time side may
 * end meanwhile, but not be unloaded.
 */
int unitron_raise(unsigned int intno)
{
	unsigned long flags;
	int err = 0;

	if (intno < 1 || intno > 31)
		return -EINVAL;
	local_irq_save(flags);
	if (likely(raw_smp_processor_id() == rt_cpu.number && !READ_ONCE(rt_cpu.attention) && !in_nmi())) {
		rt_enter(intno);
	} else if (READ_ONCE(rt_cpu.active)) {
		asm volatile("lock orl %1, %0" : "+m" (rt_cpu.raised) : "r" (1U << intno) : "memory");
		nmi_to(rt_cpu.number);
	} else {
		err = -ENODEV;
	}
	local_irq_restore(flags);
	return err;
}
EXPORT_SYMBOL_GPL(unitron_raise);

void unit_stop(void)
{
	bool was_active = READ_ONCE(rt_cpu.active);

	smp_call_function_single(unit_settings.cpu, stop_here, NULL, 1);
	if (was_active && rt_cpu.record.end == RT_END_NONE)
		rt_cpu.record.end = RT_END_STOPPED;
	exports_end();
	report_flush();
}
