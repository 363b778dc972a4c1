/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Following a function's flow of control: see flow.h. Every byte begins at
 * most one instruction, so this ends after as many steps as it has bytes.
 */
#include <string.h>

#include "flow.h"

bool flow_open(struct flow *flow, const struct function *function)
{
	size_t size = function->end - function->start;
	struct memory memory = flow->memory;

	*flow = (struct flow){ .start = function->start, .end = function->end, .memory = memory };
	if (size > FLOW_SIZE_MAX) {
		flow->refused = true;
		return true;
	}
	/* before[] has one more: what goes on behind the last instruction. Every offset waits at most once. */
	if (!memory_grow(&flow->memory, size * (sizeof(*flow->waiting) + 3) + 1))
		return false;
	flow->waiting = flow->memory.start;
	flow->length = (uint8_t *)(flow->waiting + size);
	flow->before = flow->length + size;
	flow->linear = flow->before + size + 1;
	memset(flow->length, 0, 2 * size + 1);
	flow_enter(flow, function->start);
	return true;
}

void flow_close(struct flow *flow)
{
	memory_free(&flow->memory);
}

/* length[] of an offset that waits. No instruction is as long. */
#define WAITS	0x80

void flow_enter(struct flow *flow, uintptr_t address)
{
	size_t offset = address - flow->start;

	if (flow->refused || address < flow->start || address >= flow->end || flow->length[offset] != 0)
		return;
	flow->length[offset] = WAITS;
	flow->waiting[flow->waitings++] = (uint32_t)offset;
}

static void visit(struct flow *flow, const struct flow_visitor *visitor, const struct code *code)
{
	flow->direction |= code->sets_direction;
	flow->indirect += code->way == CODE_INDIRECT;
	if (code->refers != 0 && visitor->refers)
		visitor->refers(visitor->context, code->refers);
	if (code->target == 0)
		return;
	visitor->target(visitor->context, code->target);
	if (code->way != CODE_CALL)
		flow_enter(flow, code->target);
}

static void note_before(struct flow *flow, uintptr_t next, uint8_t length)
{
	uint8_t *before;

	if (next > flow->end)
		return;
	before = &flow->before[next - flow->start];
	*before = *before == 0 || *before == length ? length : FLOW_SEVERAL;
}

/* Go on from an address to the end of the straight line, or into what is known already. */
static void follow_line(struct flow *flow, const struct flow_visitor *visitor, uintptr_t at)
{
	struct code code;

	while (at < flow->end) {
		uint8_t *length = &flow->length[at - flow->start];

		if (*length != 0 && *length != WAITS)
			return;
		if (!code_decode(&code, at, flow->end - at)) {
			flow->broken = true;
			return;
		}
		*length = code.length;
		visit(flow, visitor, &code);
		if (code.way == CODE_JUMP || code.way == CODE_INDIRECT || code.way == CODE_TAIL || code.way == CODE_END)
			return;
		at += code.length;
		note_before(flow, at, code.length);
	}
}

void flow_follow(struct flow *flow, const struct flow_visitor *visitor)
{
	while (flow->waitings > 0)
		follow_line(flow, visitor, flow->start + flow->waiting[--flow->waitings]);
}

bool flow_sweep(struct flow *flow)
{
	size_t size = flow->end - flow->start;
	struct code code;
	size_t at, i;

	memset(flow->linear, 0, size);
	for (at = 0; at < size; at += code.length) {
		if (!code_decode(&code, flow->start + at, size - at))
			return false;
		flow->linear[at] = 1;
	}
	for (i = 0; i < size; i++)
		if (flow->length[i] != 0 && flow->length[i] != WAITS && !flow->linear[i])
			return false;
	return true;
}

bool flow_sweeps(const struct flow *flow, uintptr_t address)
{
	return address >= flow->start && address < flow->end && flow->linear[address - flow->start];
}

bool flow_covers(const struct flow *flow, uintptr_t address)
{
	size_t offset = address - flow->start;
	size_t back;

	if (flow->refused || address < flow->start || address >= flow->end)
		return false;
	for (back = 0; back < CODE_LENGTH_MAX && back <= offset; back++)
		if (flow->length[offset - back] != WAITS && flow->length[offset - back] > back)
			return true;
	return false;
}

bool flow_code(const struct flow *flow, uintptr_t address, struct code *code)
{
	uint8_t length;

	if (flow->refused || address < flow->start || address >= flow->end)
		return false;
	length = flow->length[address - flow->start];
	return length != 0 && length != WAITS && code_decode(code, address, flow->end - address);
}

bool flow_before(const struct flow *flow, uintptr_t address, struct code *code)
{
	uint8_t length;

	if (flow->refused || address <= flow->start || address > flow->end)
		return false;
	length = flow->before[address - flow->start];
	return length != 0 && length != FLOW_SEVERAL && flow_code(flow, address - length, code);
}
