// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the real-time side to Linux's log. The real-time side sets report and
 * raises the platform IPI; its handler, in interrupt context, queues a work that
 * prints the application's lines and, once, why the real-time side ended.
 */
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/workqueue.h>
#include <asm/trapnr.h>
#include "unit.h"
#include "rt.h"

#define LINE_MAX	256

static void report_work(struct work_struct *work);
static DECLARE_WORK(report, report_work);
static DEFINE_MUTEX(drain_mutex);	/* one reader of the log ring */
static bool reported;

/* Worded so that who searches the log for Linux's own faults does not find these. */
static const char *exception_name(u32 vector)
{
	switch (vector) {
	case 0:	 return "divide error #DE";
	case 1:	 return "debug exception #DB";
	case 3:	 return "breakpoint #BP";
	case 4:	 return "overflow #OF";
	case 5:	 return "bound range exceeded #BR";
	case 6:	 return "invalid opcode #UD";
	case 7:	 return "device not available #NM";
	case 8:	 return "double exception #DF";
	case 10: return "invalid TSS #TS";
	case 11: return "segment not present #NP";
	case 12: return "stack fault #SS";
	case 13: return "protection fault #GP";
	case 14: return "page fault #PF";
	case 16: return "x87 error #MF";
	case 17: return "alignment check #AC";
	case 19: return "SIMD error #XM";
	case 21: return "control protection #CP";
	default: return "exception";
	}
}

/* "task NAME", or what else was running */
static const char *culprit(const struct rt_record *record, char *text, size_t size)
{
	const char *name = record->task ? rt_cpu.app->task_name(record->task) : NULL;

	if (record->handler)
		snprintf(text, size, "a handler%s%s", name ? ", over task " : "", name ?: "");
	else
		snprintf(text, size, "task %s%s", name ?: "?", record->locked ? ", with the CPU locked" : "");
	return text;
}

static void report_end(const struct rt_record *record)
{
	const char *app = rt_cpu.app->name;
	const struct rt_exception *exc = &record->exc;
	char who[96];

	culprit(record, who, sizeof(who));
	switch (record->end) {
	case RT_END_CODE:
		pr_info("%s: ended with code %d\n", app, record->code);
		break;
	case RT_END_FAULT:
		if (exc->vector == X86_TRAP_PF)
			pr_err("%s: real-time side stopped: %s: page fault #PF at address %#llx (code %llx) by %pS, stack %#llx; Linux goes on\n",
			       app, who, exc->addr, exc->code, (void *)exc->pc, exc->sp);
		else
			pr_err("%s: real-time side stopped: %s: %s (vector %u, code %llx) by %pS at address %#llx, stack %#llx; Linux goes on\n",
			       app, who, exception_name(exc->vector), exc->vector, exc->code, (void *)exc->pc, exc->pc, exc->sp);
		break;
	case RT_END_BUDGET:
	case RT_END_HANDLER_BUDGET:
		pr_err("%s: real-time side stopped: %s: ran longer than its budget of %u us, at %pS (address %#llx); Linux goes on\n",
		       app, who, record->end == RT_END_BUDGET ? unit_settings.budget_us : unit_settings.handler_budget_us,
		       (void *)exc->pc, exc->pc);
		break;
	case RT_END_PANIC:
		pr_err("%s: real-time side stopped: %s: %s; Linux goes on\n", app, who, record->why);
		break;
	case RT_END_STOPPED:
	case RT_END_NONE:
		break;
	}
}

static void drain(void)
{
	char line[LINE_MAX];
	struct rt_app *app = rt_cpu.app;
	size_t length;

	mutex_lock(&drain_mutex);
	if (app) {
		while ((length = app->log_read(line, sizeof(line))))
			printk(KERN_INFO "%s: %.*s\n", app->name, (int)length, line);
		if (!READ_ONCE(rt_cpu.active) && rt_cpu.record.end && !reported) {
			reported = true;
			exports_end();
			report_end(&rt_cpu.record);
		}
	}
	mutex_unlock(&drain_mutex);
}

static void report_work(struct work_struct *work)
{
	drain();
}

/*
 * Interrupt context, on the real-time CPU. Who sets report after the xchg kicks after
 * that, and is looked at in an interrupt to come. A kick for exported objects
 * alone wakes no worker.
 */
static void report_interrupt(void)
{
	exports_kicked();
	if (xchg(&rt_cpu.report, 0))
		schedule_work(&report);
}

void report_flush(void)
{
	drain();
}

void report_begin(void)
{
	drain();
	mutex_lock(&drain_mutex);
	rt_cpu.record.end = RT_END_NONE;
	reported = false;
	mutex_unlock(&drain_mutex);
}

/* 0, or -EBUSY if the platform IPI has another user. */
int report_init(void)
{
	reported = false;
	if (cmpxchg(unit_symbols.x86_platform_ipi_callback, NULL, report_interrupt)) {
		pr_err("not started: the platform interrupt has another user; unload it\n");
		return -EBUSY;
	}
	return 0;
}

void report_exit(void)
{
	WRITE_ONCE(*unit_symbols.x86_platform_ipi_callback, NULL);
	synchronize_rcu();	/* a handler that has read the pointer is through */
	cancel_work_sync(&report);
}
