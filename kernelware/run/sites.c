/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding the system calls of an object and judging them: see sites.h. The
 * bytes 0f 05 only say which functions to decode; whether they are an
 * instruction is told by following the function.
 */
#define _GNU_SOURCE
#include <string.h>

#include "sites.h"

#define CONSTANT_STEPS	32	/* how many instructions back the number is looked for */
#define FLAGS_STEPS	24	/* how many on, whether flags are used */
#define TABLES		64	/* addresses of data in a function that may be tables of switches */
#define NR_RT_SIGRETURN	15

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[SITE_VERDICTS] = {
		[SITE_GOOD] = "replaced",
		[SITE_SIGRETURN] = "return from a signal",
		[SITE_SHORT] = "no room",
		[SITE_IMMOVABLE] = "immovable instruction",
		[SITE_TARGET] = "jumped into",
		[SITE_UNSURE] = "unknown jumps",
		[SITE_FLAGS] = "flags used",
		[SITE_DIRECTION] = "direction flag",
		[SITE_FAR] = "no memory near",
	};

	return names[verdict];
}

/* Are all status flags given new values before any is read, on every way on from an address? Calls and returns leave none. */
static bool flags_dead(const struct flow *flow, uintptr_t address, uint32_t live, int *steps)
{
	struct code code;
	uint32_t read, written;

	while (live != 0) {
		if ((*steps)-- == 0)
			return false;
		if (address < flow->start || address >= flow->end)
			return true;	/* a jump to another function, or what is behind a call that does not return */
		if (!flow_code(flow, address, &code))
			return false;
		code_flags(&code, &read, &written);
		if (code.way == CODE_CALL || code.way == CODE_SYSCALL || code.way == CODE_TAIL || code.way == CODE_END)
			return true;
		if (code.way == CODE_INDIRECT || read & live)
			return false;
		if (code.way == CODE_BRANCH && !flags_dead(flow, code.target, live & ~written, steps))
			return false;
		live &= ~written;
		address = code.way == CODE_JUMP ? code.target : address + code.length;
	}
	return true;
}

/* Look back from the SYSCALL for what sets the number in eax. */
static void find_number(struct sites *sites, const struct flow *flow, struct site *site)
{
	uintptr_t at = site->address;
	struct code code;
	int i;

	for (i = 0; i < CONSTANT_STEPS && flow_before(flow, at, &code); i++) {
		switch (code_rax(&code, &site->number)) {
		case CODE_RAX_CONSTANT:
			site->constant = code.address;
			return;
		case CODE_RAX_OTHER:
			return;
		case CODE_RAX_KEPT:
			at = code.address;
			break;
		}
		/* Elsewhere another number may be set before a jump to here. */
		if (target_in(sites, at, at + 1))
			return;
	}
}

/* The window: as few whole instructions before the SYSCALL as the jump needs. */
static enum verdict find_window(struct sites *sites, const struct flow *flow, struct site *site)
{
	uintptr_t starts[JUMP_SIZE];
	struct code code;
	int count = 0;

	for (site->window = site->address; site->address - site->window < JUMP_SIZE; site->window = code.address) {
		if (!flow_before(flow, site->window, &code))
			return SITE_SHORT;
		if (!code.movable)
			return code.way == CODE_CALL ? SITE_SHORT : SITE_IMMOVABLE;
		starts[count++] = code.address;
	}
	while (count > 0)
		site->starts |= 1u << (starts[--count] - site->window);
	/* Nobody jumps into the middle of an instruction, so a window of one needs no proof. */
	if (site->starts != 1 && flow->unsure)
		return SITE_UNSURE;
	return target_in(sites, site->window + 1, site->address) ? SITE_TARGET : SITE_GOOD;
}

/* What must be no target, for the window and for the number to be right */
static void want(struct sites *sites, const struct site *site)
{
	uintptr_t at = site->window + 1;

	if (site->constant != 0 && site->constant < site->window)
		at = site->constant + 1;
	for (; at < site->address; at++)
		target_want(sites, at);
}

static void judge(struct sites *sites, const struct flow *flow, struct site *site)
{
	int steps = FLAGS_STEPS;

	find_number(sites, flow, site);
	if (site->constant != 0 && site->number == NR_RT_SIGRETURN) {
		site->verdict = SITE_SIGRETURN;
		return;
	}
	if (flow->direction) {
		site->verdict = SITE_DIRECTION;
		return;
	}
	if (!flags_dead(flow, site->address + 2, CODE_FLAGS_ALL, &steps)) {
		site->verdict = SITE_FLAGS;
		return;
	}
	site->verdict = find_window(sites, flow, site);
	if (site->verdict != SITE_GOOD)
		return;
	if (site->constant < site->window && flow->unsure)
		site->constant = 0;
	want(sites, site);
}

/* Following a function of an object */
struct follower {
	struct sites *sites;
	struct flow *flow;
	uintptr_t tables[TABLES];	/* addresses of data that it computes */
	size_t count;
};

static void on_target(void *context, uintptr_t address)
{
	struct follower *follower = context;

	target_mark(follower->sites, address);
}

static void on_landing(void *context, uintptr_t address)
{
	struct follower *follower = context;

	target_mark(follower->sites, address);
	flow_enter(follower->flow, address);
}

static void on_refers(void *context, uintptr_t address)
{
	struct follower *follower = context;

	target_mark(follower->sites, address);
	if (follower->count < TABLES)
		follower->tables[follower->count++] = address;
}

bool sites_follow(struct sites *sites, struct flow *flow, const struct function *function)
{
	struct follower follower = { .sites = sites, .flow = flow };
	struct flow_visitor visitor = { on_target, on_refers, &follower };
	unsigned int switches = 0;
	bool swept;
	size_t i;

	if (!flow_open(flow, function))
		return false;
	if (!frames_landings(&sites->frames, function, on_landing, &follower))
		flow->broken = true;
	flow_follow(flow, &visitor);
	swept = flow->indirect > 0 && flow_sweep(flow);
	for (i = 0; swept && flow->indirect > switches && i < follower.count; i++) {
		switches += targets_table(sites, flow, follower.tables[i]);
		flow_follow(flow, &visitor);
	}
	flow->unsure = flow->broken || flow->refused || flow->indirect > switches;
	return true;
}

static bool add_site(struct sites *sites, uintptr_t address)
{
	if (!memory_grow(&sites->list_memory, (sites->count + 1) * sizeof(struct site)))
		return false;
	sites->list = sites->list_memory.start;
	sites->list[sites->count++] = (struct site){ .address = address };
	return true;
}

/* The next 0f 05 in [start, end); end: there is none. By its rarer byte: this reads all code. */
static uintptr_t find_bytes(uintptr_t start, uintptr_t end)
{
	const uint8_t *at = (const uint8_t *)start + 1;

	while ((uintptr_t)at < end) {
		at = memchr(at, 0x05, end - (uintptr_t)at);
		if (!at)
			return end;
		if (at[-1] == 0x0f)
			return (uintptr_t)at - 1;
		at++;
	}
	return end;
}

/* All sites of a function that has the bytes */
static bool add_function(struct sites *sites, const struct function *function)
{
	struct flow *flow = &sites->flow;
	size_t first = sites->count;
	struct code code;
	uintptr_t at;

	if (function->signal) {
		/* Its start is no instruction, and debuggers know it by its bytes. */
		sites->bytes++;
		return true;
	}
	if (!sites_follow(sites, flow, function))
		return false;
	for (at = find_bytes(function->start, function->end); at < function->end; at = find_bytes(at + 1, function->end)) {
		if (!flow_code(flow, at, &code) || code.way != CODE_SYSCALL)
			sites->bytes++;
		else if (!add_site(sites, at))
			return false;
	}
	for (; first < sites->count; first++)
		judge(sites, flow, &sites->list[first]);
	return true;
}

static bool add_code(struct sites *sites, const struct span *code)
{
	uintptr_t at = find_bytes(code->start, code->end);
	struct function function;

	while (at < code->end) {
		if (frames_find(&sites->frames, at, &function)) {
			if (!add_function(sites, &function))
				return false;
			at = function.end;
		} else {
			sites->bytes++;
			at++;
		}
		at = find_bytes(at, code->end);
	}
	return true;
}

static bool make_maps(struct sites *sites)
{
	const struct object *object = sites->object;
	unsigned int i;
	size_t size;

	sites->range = object->code[0];
	for (i = 1; i < object->codes; i++) {
		if (object->code[i].start < sites->range.start)
			sites->range.start = object->code[i].start;
		if (object->code[i].end > sites->range.end)
			sites->range.end = object->code[i].end;
	}
	size = (sites->range.end - sites->range.start) / 8 + 1;
	if (!memory_get(&sites->target_memory, size) || !memory_get(&sites->wanted_memory, size))
		return false;
	sites->targets = sites->target_memory.start;
	sites->wanted = sites->wanted_memory.start;
	return true;
}

/* Judge anew by what the search has found. */
static void judge_again(struct sites *sites, struct site *site)
{
	if (site->verdict != SITE_GOOD)
		return;
	if (target_in(sites, site->window + 1, site->address))
		site->verdict = SITE_TARGET;
	if (site->constant != 0 && site->constant < site->window && target_in(sites, site->constant + 1, site->window + 1))
		site->constant = 0;
}

bool sites_open(struct sites *sites, const struct object *object)
{
	unsigned int i;
	size_t n;

	*sites = (struct sites){ .object = object };
	if (!frames_open(&sites->frames, object) || !make_maps(sites))
		return false;
	for (i = 0; i < object->codes; i++)
		if (!add_code(sites, &object->code[i]))
			return false;
	if (sites->count > 0)
		targets_search(sites);
	for (n = 0; n < sites->count; n++)
		judge_again(sites, &sites->list[n]);
	return true;
}

void sites_close(struct sites *sites)
{
	memory_free(&sites->list_memory);
	memory_free(&sites->target_memory);
	memory_free(&sites->wanted_memory);
	flow_close(&sites->flow);
	*sites = (struct sites){ 0 };
}
