// SPDX-License-Identifier: GPL-2.0-only
/*
 * unitron.ko, the delivery unit: parameters, loading and unloading. Loading
 * looks the kernel's symbols up and touches nothing; the machine is taken when
 * an application registers (register.c).
 */
#include <linux/module.h>
#include "rt.h"
#include "unit.h"

struct unit_settings unit_settings = {
	.cpu = 0, .budget_us = 20000, .handler_budget_us = 1000, .share_period_us = 10000, .timer = "auto", .hpet_channel = -1,
};

module_param_named(cpu, unit_settings.cpu, uint, 0444);
MODULE_PARM_DESC(cpu, "CPU of the real-time side (default 0)");
module_param_named(timer, unit_settings.timer, charp, 0444);
MODULE_PARM_DESC(timer, "timer source: auto, hpet-msi, hpet-ioapic, pit (default auto)");
module_param_named(hpet_channel, unit_settings.hpet_channel, int, 0444);
MODULE_PARM_DESC(hpet_channel, "HPET channel to use (default -1: the last free one)");
module_param_named(budget_us, unit_settings.budget_us, uint, 0444);
MODULE_PARM_DESC(budget_us, "longest time that the real-time side may run without a pause, in us (default 20000)");
module_param_named(handler_budget_us, unit_settings.handler_budget_us, uint, 0444);
MODULE_PARM_DESC(handler_budget_us, "longest time in the handler context, in us (default 1000)");
module_param_named(linux_share, unit_settings.linux_share, uint, 0444);
MODULE_PARM_DESC(linux_share, "percentage of its CPU that Linux gets at least (default 0: what is left over)");
module_param_named(share_period_us, unit_settings.share_period_us, uint, 0444);
MODULE_PARM_DESC(share_period_us, "period over which the share is kept, in us (default 10000)");

/* The real-time side's, for application modules; exported here so that their objects need nothing of Linux */
EXPORT_SYMBOL_GPL(rt_dispatch);
EXPORT_SYMBOL_GPL(rt_exit_dispatch);
EXPORT_SYMBOL_GPL(rt_switch);
EXPORT_SYMBOL_GPL(rt_run_pending);
EXPORT_SYMBOL_GPL(rt_clock_read);
EXPORT_SYMBOL_GPL(rt_clock_peek);
EXPORT_SYMBOL_GPL(rt_timer_program);
EXPORT_SYMBOL_GPL(rt_kick_linux);
EXPORT_SYMBOL_GPL(rt_end);

static int __init unitron_init(void)
{
	return symbols_resolve() ?: exports_init();
}

static void __exit unitron_exit(void)
{
	exports_exit();
}

module_init(unitron_init);
module_exit(unitron_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Unitron authors");
MODULE_DESCRIPTION("uITRON real-time side beside Linux: delivery unit");
