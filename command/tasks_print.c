/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of tasks, for ps and top. */
#include <inttypes.h>
#include <string.h>
#include "command.h"
#include "inspection.h"

/* Of the time since then, or since the start if before is NULL */
static void print_share(const struct inspection *now, const struct inspection *before, uint64_t cycles, uint64_t cycles_before)
{
	uint64_t all = now->head.cycles - (before ? before->head.cycles : 0);

	if (now->head.traced && all)
		printf("%6.2f%%", 100.0 * (double)(cycles - cycles_before) / (double)all);
	else
		printf("%7s", "-");
}

static void print_task(const struct inspection *now, const struct inspection *before, uint32_t i)
{
	const struct unitron_object *task = &now->objects[i];
	char priority[24], stack[48];

	if (task->priority == task->base_priority)
		snprintf(priority, sizeof(priority), "%u", task->priority);
	else
		snprintf(priority, sizeof(priority), "%u (%u)", task->priority, task->base_priority);
	snprintf(stack, sizeof(stack), "%" PRIu64 "/%" PRIu64, task->stack_used, task->stack_size);
	printf("%4u  %-23s  %-7s ", task->id, task->name, priority);
	print_share(now, before, task->cycles, before ? before->objects[i].cycles : 0);
	printf("  %13s  %s%s%s\n", stack, inspection_state(task), task->wait_kind ? ": " : "", inspection_wait(now, task));
}

void tasks_print(const struct inspection *now, const struct inspection *before)
{
	/* Another application, or another start of it: nothing to compare with. */
	if (before && (before->head.count != now->head.count || strcmp(before->head.application, now->head.application) ||
		       before->head.cycles > now->head.cycles))
		before = NULL;
	printf("%4s  %-23s  %-7s %7s  %13s  %s\n", "ID", "TASK", "PRI", "CPU", "STACK", "STATE");
	for (uint32_t i = 0; i < now->head.count; i++)
		if (now->objects[i].kind == UNITRON_TASK)
			print_task(now, before, i);
	if (!now->head.traced)
		return;
	printf("%4s  %-23s  %-7s ", "", "handlers", "");
	print_share(now, before, now->head.handler_cycles, before ? before->head.handler_cycles : 0);
	printf("\n%4s  %-23s  %-7s ", "", "Linux", "");
	print_share(now, before, now->head.linux_cycles, before ? before->head.linux_cycles : 0);
	putchar('\n');
}
