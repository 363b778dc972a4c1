/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One instruction: where control goes after it, what it does to rax and to the
 * flags, and that it means the same once moved. Random bytes are taken for
 * instructions, too; then the disassembler's text of both, with the addresses
 * that they refer to, has to be the same.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <Zydis/Zydis.h>

#include "code.h"
#include "tap.h"

#define RANDOM_TRIES 300000

struct known {
	const char *what;
	uint8_t bytes[CODE_LENGTH_MAX];
	uint8_t length;
	enum code_way way;
	bool movable;
	enum code_rax rax;
	uint32_t value;
	bool flags_read, flags_written;		/* any; all */
};

#define ALL(...) { __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ })

static const struct known list[] = {
	{ "mov $39, %eax", ALL(0xb8, 39, 0, 0, 0), CODE_ON, true, CODE_RAX_CONSTANT, 39, false, false },
	{ "mov $-1, %rax", ALL(0x48, 0xc7, 0xc0, 0xff, 0xff, 0xff, 0xff), CODE_ON, true, CODE_RAX_CONSTANT, 0xffffffff, false, false },
	{ "mov $39, %al", ALL(0xb0, 39), CODE_ON, true, CODE_RAX_OTHER, 0, false, false },
	{ "mov $39, %ax", ALL(0x66, 0xb8, 39, 0), CODE_ON, true, CODE_RAX_OTHER, 0, false, false },
	{ "xor %eax, %eax", ALL(0x31, 0xc0), CODE_ON, true, CODE_RAX_CONSTANT, 0, false, true },
	{ "xor %edi, %eax", ALL(0x31, 0xf8), CODE_ON, true, CODE_RAX_OTHER, 0, false, true },
	{ "xor %edi, %edi", ALL(0x31, 0xff), CODE_ON, true, CODE_RAX_KEPT, 0, false, true },
	{ "mul %rdi", ALL(0x48, 0xf7, 0xe7), CODE_ON, true, CODE_RAX_OTHER, 0, false, true },
	{ "cmpxchg %rdi, (%rsi)", ALL(0x48, 0x0f, 0xb1, 0x3e), CODE_ON, true, CODE_RAX_OTHER, 0, false, true },
	{ "xchg %rax, (%rdi)", ALL(0x48, 0x87, 0x07), CODE_ON, true, CODE_RAX_OTHER, 0, false, false },
	{ "lods", ALL(0xac), CODE_ON, true, CODE_RAX_OTHER, 0, false, false },
	{ "cpuid", ALL(0x0f, 0xa2), CODE_ON, true, CODE_RAX_OTHER, 0, false, false },
	{ "push %rax", ALL(0x50), CODE_ON, true, CODE_RAX_KEPT, 0, false, false },
	{ "pop %rax", ALL(0x58), CODE_ON, true, CODE_RAX_OTHER, 0, false, false },
	{ "adc %edi, %esi", ALL(0x11, 0xfe), CODE_ON, true, CODE_RAX_KEPT, 0, true, true },
	{ "inc %edi", ALL(0xff, 0xc7), CODE_ON, true, CODE_RAX_KEPT, 0, false, false },
	{ "shl %cl, %edi", ALL(0xd3, 0xe7), CODE_ON, true, CODE_RAX_KEPT, 0, false, false },
	{ "repe cmpsb", ALL(0xf3, 0xa6), CODE_ON, true, CODE_RAX_KEPT, 0, true, false },
	{ "sete %dil", ALL(0x40, 0x0f, 0x94, 0xc7), CODE_ON, true, CODE_RAX_KEPT, 0, true, false },
	{ "pushf", ALL(0x9c), CODE_ON, true, CODE_RAX_KEPT, 0, true, false },
	{ "endbr64", ALL(0xf3, 0x0f, 0x1e, 0xfa), CODE_ON, false, CODE_RAX_OTHER, 0, false, false },
	{ "syscall", ALL(0x0f, 0x05), CODE_SYSCALL, false, CODE_RAX_OTHER, 0, false, true },
	{ "cs syscall", ALL(0x2e, 0x0f, 0x05), CODE_ON, false, CODE_RAX_OTHER, 0, false, true },
	{ "int $0x80", ALL(0xcd, 0x80), CODE_ON, false, CODE_RAX_OTHER, 0, false, false },
	{ "int3", ALL(0xcc), CODE_END, false, CODE_RAX_KEPT, 0, false, false },
	{ "ud2", ALL(0x0f, 0x0b), CODE_END, false, CODE_RAX_KEPT, 0, false, false },
	{ "hlt", ALL(0xf4), CODE_END, false, CODE_RAX_KEPT, 0, false, false },
	{ "ret", ALL(0xc3), CODE_END, false, CODE_RAX_KEPT, 0, false, false },
	{ "call", ALL(0xe8, 0, 1, 0, 0), CODE_CALL, false, CODE_RAX_OTHER, 0, false, false },
	{ "call *%rax", ALL(0xff, 0xd0), CODE_CALL, false, CODE_RAX_OTHER, 0, false, false },
	{ "jmp short", ALL(0xeb, 0x10), CODE_JUMP, false, CODE_RAX_KEPT, 0, false, false },
	{ "jmp", ALL(0xe9, 0, 1, 0, 0), CODE_JUMP, false, CODE_RAX_KEPT, 0, false, false },
	{ "jmp *%rax", ALL(0xff, 0xe0), CODE_INDIRECT, false, CODE_RAX_KEPT, 0, false, false },
	{ "jmp *(%rax)", ALL(0xff, 0x20), CODE_INDIRECT, false, CODE_RAX_KEPT, 0, false, false },
	{ "jmp *x(,%rax,8)", ALL(0xff, 0x24, 0xc5, 0, 0, 0x40, 0), CODE_INDIRECT, false, CODE_RAX_KEPT, 0, false, false },
	{ "notrack jmp *%rax", ALL(0x3e, 0xff, 0xe0), CODE_INDIRECT, false, CODE_RAX_KEPT, 0, false, false },
	{ "jmp *x(%rip)", ALL(0xff, 0x25, 0, 1, 0, 0), CODE_TAIL, false, CODE_RAX_KEPT, 0, false, false },
	{ "je short", ALL(0x74, 0x10), CODE_BRANCH, true, CODE_RAX_KEPT, 0, true, false },
	{ "je", ALL(0x0f, 0x84, 0, 1, 0, 0), CODE_BRANCH, true, CODE_RAX_KEPT, 0, true, false },
	{ "jrcxz", ALL(0xe3, 0x10), CODE_BRANCH, false, CODE_RAX_KEPT, 0, false, false },
	{ "loop", ALL(0xe2, 0x10), CODE_BRANCH, false, CODE_RAX_KEPT, 0, false, false },
	{ "xbegin", ALL(0xc7, 0xf8, 0, 1, 0, 0), CODE_BRANCH, false, CODE_RAX_OTHER, 0, false, false },
	{ "lea (%eip)", ALL(0x67, 0x8d, 0x3d, 0, 1, 0, 0), CODE_ON, false, CODE_RAX_OTHER, 0, false, false },
	{ "mov %cs, %eax", ALL(0x8c, 0xc8), CODE_ON, true, CODE_RAX_OTHER, 0, false, false },
};

static bool as_known(const struct known *known, uint8_t *place)
{
	struct code code;
	uint32_t value = 0, read, written;
	enum code_rax rax;

	memset(place, 0x90, CODE_LENGTH_MAX);
	memcpy(place, known->bytes, known->length);
	if (!code_decode(&code, (uintptr_t)place, CODE_LENGTH_MAX) || code.length != known->length)
		return false;
	rax = code_rax(&code, &value);
	code_flags(&code, &read, &written);
	if (code.way != known->way || code.movable != known->movable || rax != known->rax || (rax == CODE_RAX_CONSTANT && value != known->value))
		printf("# way %d, movable %d, rax %d\n", code.way, code.movable, rax);
	else if ((read != 0) != known->flags_read || (written == CODE_FLAGS_ALL) != known->flags_written)
		printf("# flags read 0x%x, written 0x%x\n", read, written);
	else
		return true;
	return false;
}

/* The text of an instruction at an address, with addresses resolved */
static bool text_of(char *text, size_t size, const uint8_t *bytes, uintptr_t address)
{
	ZydisDecodedInstruction insn;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecoder decoder;
	ZydisFormatter formatter;

	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL);
	ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_FORCE_SIZE, ZYAN_TRUE);
	return ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, CODE_LENGTH_MAX, &insn, operands)) &&
		ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&formatter, &insn, operands, insn.operand_count_visible, text, size, address, NULL));
}

/* Hints and ignored prefixes of branches are not moved. */
static const char *without_prefixes(const char *text)
{
	const char *jump = strstr(text, " j");

	return jump && !strstr(text, "[") ? jump + 1 : text;
}

/* Move it, if it can be: does it mean the same? Returns the number of those that were moved, -1 if not. */
static int same_moved(const uint8_t *place, uintptr_t to)
{
	uint8_t moved[CODE_MOVED_MAX + CODE_LENGTH_MAX];
	char before[256], after[256];
	struct code code;
	size_t length;

	if (!code_decode(&code, (uintptr_t)place, CODE_LENGTH_MAX))
		return 0;
	if (code.length > CODE_LENGTH_MAX || code.length == 0)
		return -1;
	memset(moved, 0x90, sizeof(moved));
	length = code_move(&code, moved, to);
	if (length == 0)
		return 0;
	if (length > CODE_MOVED_MAX || !text_of(before, sizeof(before), place, (uintptr_t)place) || !text_of(after, sizeof(after), moved, to))
		return -1;
	if (strcmp(without_prefixes(before), without_prefixes(after)) != 0) {
		printf("# %s\n# %s\n", before, after);
		return -1;
	}
	return 1;
}

static void test_random(uint8_t *place)
{
	long moved = 0;
	bool good = true;
	int i, n, one;

	for (i = 0; i < RANDOM_TRIES && good; i++) {
		for (n = 0; n < CODE_LENGTH_MAX; n++)
			place[n] = (uint8_t)tap_random(256);
		/* Every other one refers to rip, or branches. */
		if (i % 4 == 0)
			place[1] = (place[1] & 0x38) | 0x05;
		else if (i % 4 == 1)
			place[0] = (uint8_t)(0x70 | tap_random(16));
		else if (i % 4 == 2)
			place[0] = 0x0f, place[1] = (uint8_t)(0x80 | tap_random(16));
		one = same_moved(place, (uintptr_t)place + 0x40000000 - tap_random(0x7fffffff));
		good = one >= 0;
		moved += one;
	}
	printf("# %ld of %d moved\n", moved, i);
	ok(good && moved > RANDOM_TRIES / 4, "random instructions mean the same when moved");
}

static void test_limits(uint8_t *page)
{
	static const uint8_t load[] = { 0x8b, 0x05, 0, 0, 0, 0 };
	uint8_t moved[CODE_MOVED_MAX];
	struct code code;
	uint8_t *last = page + 4096 - 2;

	memcpy(page, load, sizeof(load));
	ok(code_decode(&code, (uintptr_t)page, sizeof(load)) && code.refers == (uintptr_t)page + 6, "what an address relative to rip means");
	ok(code_move(&code, moved, (uintptr_t)page + 0x7fffffff) == 6 && code_move(&code, moved, (uintptr_t)page + 0x80000001) == 0 &&
	   code_move(&code, moved, (uintptr_t)page - 0x7fffffff) == 6 && code_move(&code, moved, (uintptr_t)page - 0x80000001) == 0,
	   "what is too far away is not moved");
	/* Behind the page is none that can be read. */
	last[0] = 0xb8;
	last[1] = 0;
	ok(!code_decode(&code, (uintptr_t)last, 2), "an instruction that is cut off is none");
	ok(!code_decode(&code, (uintptr_t)last + 2, 0), "nothing is none");
}

int main(void)
{
	uint8_t *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char name[80];
	size_t i;

	mprotect(page + 4096, 4096, PROT_NONE);
	for (i = 0; i < sizeof(list) / sizeof(*list); i++) {
		snprintf(name, sizeof(name), "instruction %s", list[i].what);
		ok(as_known(&list[i], page), name);
	}
	test_limits(page);
	test_random(page);
	return tap_end();
}
