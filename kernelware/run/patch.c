/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replacing system calls: see patch.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "patch.h"
#include "unwinding.h"

#define PAGE	4096u
#define VDSO_PAGES 8		/* at most */
#define JUMP	0xe9
#define FILL	0xcc		/* INT3: what is left of a window never runs */

/* A jump that is to be written */
struct jump {
	uintptr_t at;
	uintptr_t to;
	size_t size;		/* of what it replaces, FILL behind it */
};

/* What is planned for an object, until it is carried out */
struct plan {
	const struct object *object;
	struct sites sites;
	struct emitter emitter;
	struct jump *jumps;
	size_t count;
	struct memory jump_memory;
	size_t code_size;	/* of the arena: executable */
};

static size_t page_up(size_t size)
{
	return (size + PAGE - 1) & -(size_t)PAGE;
}

/* May a jump be written over the start of a function? As for windows: one instruction needs no proof. */
static bool may_redirect(struct plan *plan, const struct flow *flow)
{
	struct code first;
	uintptr_t at;

	if (!flow_code(flow, flow->start, &first))
		return false;
	if (first.length >= JUMP_SIZE)
		return true;
	if (flow->unsure)
		return false;
	for (at = flow->start + 1; at < flow->start + JUMP_SIZE; at++)
		target_want(&plan->sites, at);
	targets_search(&plan->sites);
	return !target_in(&plan->sites, flow->start + 1, flow->start + JUMP_SIZE);
}

/* Also replace a function. It is no error if there is none, or one that can't be: unwinding ends in a trampoline then. */
static void plan_redirection(struct plan *plan, const struct redirection *redirection)
{
	struct flow flow = { 0 };
	struct function function;
	uintptr_t start = object_symbol(plan->object, redirection->symbol);
	uintptr_t to = 0;

	if (start != 0 && frames_find(&plan->sites.frames, start, &function) && function.start == start &&
	    sites_follow(&plan->sites, &flow, &function) && may_redirect(plan, &flow))
		to = emit_redirection(&plan->emitter, &flow, redirection->replacement, redirection->original);
	if (to != 0)
		plan->jumps[plan->count++] = (struct jump){ start, to, JUMP_SIZE };
	flow_close(&flow);
}

/* Write the trampolines, and note the jumps to them. */
static void plan_jumps(struct plan *plan, const struct gates *gates, const struct redirection *redirection)
{
	size_t i;

	for (i = 0; i < plan->sites.count; i++) {
		struct site *site = &plan->sites.list[i];
		uintptr_t to;

		if (site->verdict != SITE_GOOD)
			continue;
		to = emit_trampoline(&plan->emitter, site, gates);
		if (to != 0)
			plan->jumps[plan->count++] = (struct jump){ site->window, to, site->address - site->window };
		else
			site->verdict = SITE_FAR;
	}
	if (redirection)
		plan_redirection(plan, redirection);
}

/* Fill the arena: trampolines on pages of their own, then the unwind table. Nothing in the object has changed yet. */
static enum patch_result fill_arena(struct plan *plan, struct patch *patch, const struct gates *gates,
				    const struct redirection *redirection)
{
	size_t most = plan->sites.count + 2;
	size_t code_size = page_up(most * (TRAMPOLINE_MAX + TRAMPOLINE_ALIGN));
	uint8_t *table;
	size_t size;

	if (!memory_get(&plan->jump_memory, most * sizeof(struct jump)))
		return PATCH_NO_MEMORY;
	plan->jumps = plan->jump_memory.start;
	if (!arena_get(&patch->arena, plan->object, code_size + unwind_size(most * ROWS_MAX)))
		return PATCH_NO_MEMORY;
	emitter_open(&plan->emitter, patch->arena.start, code_size);
	plan_jumps(plan, gates, redirection);
	if (plan->count == 0)
		return PATCH_NOTHING;
	plan->code_size = page_up((size_t)(plan->emitter.at - patch->arena.start));
	memset(plan->emitter.at, FILL, plan->code_size - (size_t)(plan->emitter.at - patch->arena.start));
	table = patch->arena.start + plan->code_size;
	size = unwind_write(table, plan->emitter.rows, plan->emitter.count);
	arena_trim(&patch->arena, plan->code_size + size);
	if (mprotect(patch->arena.start, plan->code_size, PROT_READ | PROT_EXEC) != 0 ||
	    mprotect(table, patch->arena.size - plan->code_size, PROT_READ) != 0) {
		patch->error = errno;
		return PATCH_DENIED;
	}
	return PATCH_DONE;
}

static int protect(const struct span *pages, int protection)
{
	return mprotect((void *)pages->start, pages->end - pages->start, protection);
}

/*
 * Make code writable, and not executable: whole pages, which are told. Of the
 * kernel's own object, the vDSO, some kernels let only all be changed, which is
 * more than its headers say: EINVAL as long as it is not.
 */
static bool make_writable(const struct span *code, struct span *pages, int *error)
{
	int more;

	pages->start = code->start & -(uintptr_t)PAGE;
	for (more = 0; more < VDSO_PAGES; more++) {
		pages->end = pages->start + page_up(code->end - pages->start) + (size_t)more * PAGE;
		if (protect(pages, PROT_READ | PROT_WRITE) == 0)
			return true;
		*error = errno;
		if (errno != EINVAL)
			return false;
	}
	return false;
}

/* The code can be written and not be executed, and it may not be made executable since it was written to: take it from the file again. */
static bool map_anew(const struct object *object, const struct span *code, const char *path)
{
	uintptr_t start = code->start & -(uintptr_t)PAGE;
	size_t size = page_up(code->end - start);
	void *mapped = MAP_FAILED;
	unsigned int i;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	for (i = 0; i < object->phnum; i++) {
		const Elf64_Phdr *segment = &object->phdr[i];

		if (segment->p_type == PT_LOAD && object->bias + segment->p_vaddr == code->start)
			mapped = mmap((void *)start, size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd,
				      (off_t)(segment->p_offset & -(uint64_t)PAGE));
	}
	close(fd);
	return mapped != MAP_FAILED;
}

static void write_jump(const struct jump *jump)
{
	int32_t distance = (int32_t)(jump->to - (jump->at + JUMP_SIZE));
	uint8_t *at = (uint8_t *)jump->at;

	at[0] = JUMP;
	memcpy(at + 1, &distance, sizeof(distance));
	memset(at + JUMP_SIZE, FILL, jump->size - JUMP_SIZE);
}

/*
 * Write the jumps that are in one of the object's segments. No code of the
 * object, and none that a signal handler may want, runs meanwhile.
 */
static enum patch_result write_code(const struct plan *plan, const struct span *code, const char *path, int *error, bool *written)
{
	struct span pages;
	bool any = false;
	size_t i;

	for (i = 0; i < plan->count && !any; i++)
		any = plan->jumps[i].at >= code->start && plan->jumps[i].at < code->end;
	if (!any)
		return PATCH_DONE;
	if (!make_writable(code, &pages, error))
		return PATCH_DENIED;
	for (i = 0; i < plan->count; i++)
		if (plan->jumps[i].at >= code->start && plan->jumps[i].at < code->end)
			write_jump(&plan->jumps[i]);
	if (protect(&pages, PROT_READ | PROT_EXEC) == 0) {
		*written = true;
		return PATCH_DONE;
	}
	*error = errno;
	return map_anew(plan->object, code, path) ? PATCH_DENIED : PATCH_BROKEN;
}

/* Change the object. If some of it was changed before the system denied the rest, the arena stays. */
static enum patch_result carry_out(const struct plan *plan, struct patch *patch, const char *path, void *link_map)
{
	uintptr_t start = (uintptr_t)patch->arena.start;
	enum patch_result result = PATCH_DONE;
	bool written = false;
	unsigned int i;

	if (!unwind_know(start, start + plan->code_size, patch->arena.start + plan->code_size, link_map))
		result = PATCH_NO_MEMORY;
	for (i = 0; i < plan->object->codes && result == PATCH_DONE; i++)
		result = write_code(plan, &plan->object->code[i], path, &patch->error, &written);
	if (result != PATCH_DONE && !written)
		patch_forget(patch);
	return result;
}

void patch_object(struct patch *patch, const struct object *object, const struct gates *gates,
		  const struct redirection *redirection, const char *path, void *link_map)
{
	struct plan plan = { .object = object };
	size_t i;

	*patch = (struct patch){ .result = object->text_relocations ? PATCH_RELOCATED : PATCH_NO_TABLE };
	if (!object->text_relocations && sites_open(&plan.sites, object)) {
		patch->result = PATCH_NOTHING;
		if (plan.sites.count > 0 || redirection)
			patch->result = fill_arena(&plan, patch, gates, redirection);
		if (patch->result == PATCH_DONE)
			patch->result = carry_out(&plan, patch, path, link_map);
		else
			patch_forget(patch);
	}
	patch->bytes = plan.sites.bytes;
	for (i = 0; i < plan.sites.count; i++)
		patch->verdicts[plan.sites.list[i].verdict]++;
	emitter_close(&plan.emitter);
	memory_free(&plan.jump_memory);
	sites_close(&plan.sites);
}

void patch_forget(struct patch *patch)
{
	if (patch->arena.size != 0)
		unwind_forget((uintptr_t)patch->arena.start);
	arena_free(&patch->arena);
}
