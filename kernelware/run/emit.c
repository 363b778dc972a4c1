/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing trampolines: see emit.h.
 */
#include <string.h>

#include "emit.h"

#define PAGE 4096u

void emitter_open(struct emitter *emitter, void *start, size_t size)
{
	*emitter = (struct emitter){ .at = start, .end = (uint8_t *)start + size };
}

void emitter_close(struct emitter *emitter)
{
	memory_free(&emitter->row_memory);
}

void emit_bytes(struct emitter *emitter, const void *bytes, size_t size)
{
	if ((size_t)(emitter->end - emitter->at) < size) {
		emitter->failed = true;
		return;
	}
	memcpy(emitter->at, bytes, size);
	emitter->at += size;
}

void emit_distance(struct emitter *emitter, uintptr_t to)
{
	int64_t distance = (int64_t)(to - ((uintptr_t)emitter->at + 4));
	int32_t narrow = (int32_t)distance;

	emit_bytes(emitter, &narrow, sizeof(narrow));
	emitter->failed |= narrow != distance;
}

void emit_row(struct emitter *emitter, uintptr_t means)
{
	if (!memory_grow(&emitter->row_memory, (emitter->count + 1) * sizeof(struct row))) {
		emitter->failed = true;
		return;
	}
	emitter->rows = emitter->row_memory.start;
	emitter->rows[emitter->count++] = (struct row){ (uintptr_t)emitter->at, means };
}

static void emit_moved(struct emitter *emitter, const struct code *code)
{
	uint8_t moved[CODE_MOVED_MAX];
	size_t size = code_move(code, moved, (uintptr_t)emitter->at);

	emit_row(emitter, code->address);
	emitter->failed |= size == 0;
	emit_bytes(emitter, moved, size);
}

/* Before a trampoline: align it, such that it ends on the page on which it begins. What to go back to is returned. */
static struct emitter begin(struct emitter *emitter)
{
	struct emitter saved = *emitter;
	uintptr_t start = ((uintptr_t)emitter->at + TRAMPOLINE_ALIGN - 1) & -(uintptr_t)TRAMPOLINE_ALIGN;

	if (start / PAGE != (start + TRAMPOLINE_MAX - 1) / PAGE)
		start = (start + TRAMPOLINE_MAX) & -(uintptr_t)PAGE;
	if (start > (uintptr_t)emitter->end) {
		emitter->failed = true;
		return saved;
	}
	memset(emitter->at, 0xcc, start - (uintptr_t)emitter->at);
	emitter->at = (uint8_t *)start;
	return saved;
}

/* After it: its address, or go back to where it was to begin. */
static uintptr_t end(struct emitter *emitter, const struct emitter *saved, uintptr_t start)
{
	emit_row(emitter, 0);
	if (!emitter->failed && (uintptr_t)emitter->at - start <= TRAMPOLINE_MAX)
		return start;
	emitter->at = saved->at;
	emitter->count = saved->count;
	emitter->failed = false;
	return 0;
}

uintptr_t emit_trampoline(struct emitter *emitter, const struct site *site, const struct gates *gates)
{
	struct emitter saved = begin(emitter);
	uintptr_t start = (uintptr_t)emitter->at;
	uintptr_t at = site->window;
	struct code code;

	while (!emitter->failed && at < site->address) {
		/* Judged before: this is what is there. */
		if (!code_decode(&code, at, site->address - at))
			break;
		emit_moved(emitter, &code);
		at += code.length;
	}
	emitter->failed |= at != site->address;
	if (!emitter->failed)
		emit_tail(emitter, site, gates);
	return end(emitter, &saved, start);
}

/* jmp *destination(%rip), and the destination */
static void emit_far_jump(struct emitter *emitter, uintptr_t destination)
{
	emit_bytes(emitter, "\xff\x25\0\0\0\0", 6);
	emit_bytes(emitter, &destination, sizeof(destination));
}

uintptr_t emit_redirection(struct emitter *emitter, const struct flow *flow, uintptr_t replacement, uintptr_t *original)
{
	struct emitter saved = begin(emitter);
	uintptr_t start = (uintptr_t)emitter->at;
	uintptr_t at = flow->start;
	struct code code;

	while (!emitter->failed && at - flow->start < JUMP_SIZE) {
		if (!flow_code(flow, at, &code)) {
			emitter->failed = true;
			break;
		}
		emit_moved(emitter, &code);
		at += code.length;
	}
	emit_row(emitter, at);
	emit_bytes(emitter, "\xe9", 1);
	emit_distance(emitter, at);
	*original = start;
	start = (uintptr_t)emitter->at;
	emit_row(emitter, flow->start);
	emit_far_jump(emitter, replacement);
	return end(emitter, &saved, *original) ? start : 0;
}
