/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects made of random functions, and of tables that were damaged at random:
 * the patcher reads nothing that is not theirs, and where it patches, it does
 * so between instructions, into nothing that is jumped to, and changes nothing
 * else. All in a mapping between pages that can't be read.
 *
 *	test_fuzz [ROUNDS [SEED]]
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <Zydis/Zydis.h>

#include "frames.h"
#include "patch.h"
#include "sites.h"
#include "tap.h"

#define TEXT	4096u
#define DATA	8192u
#define FUNCTIONS 40u

struct image {
	uint8_t *text;
	uint8_t *data;
	uint8_t before[TEXT];
	uint32_t start[FUNCTIONS + 1];		/* offsets */
	unsigned int count;
	Elf64_Phdr headers[4];
	struct object object;
};

/* What functions are made of; the bytes after a 0xff that is left over are drawn. */
static const struct piece {
	uint8_t length;
	uint8_t bytes[8];
	uint8_t drawn;				/* random bytes behind them */
	uint8_t near;				/* of these the last 3 say: not far */
} pieces[] = {
	{ 2, { 0x0f, 0x05 }, 0, 0 }, { 2, { 0x0f, 0x05 }, 0, 0 }, { 7, { 0xb8, 39, 0, 0, 0, 0x0f, 0x05 }, 0, 0 },
	{ 5, { 0xb8, 39, 0, 0, 0 }, 0, 0 }, { 2, { 0x31, 0xc0 }, 0, 0 }, { 2, { 0x89, 0xf8 }, 0, 0 }, { 3, { 0x48, 0x89, 0xf2 }, 0, 0 },
	{ 1, { 0x74 }, 1, 0 }, { 1, { 0xeb }, 1, 0 }, { 1, { 0xe2 }, 1, 0 }, { 2, { 0x0f, 0x85 }, 4, 1 }, { 1, { 0xe9 }, 4, 1 }, { 1, { 0xe8 }, 4, 1 },
	{ 3, { 0x48, 0x8d, 0x05 }, 4, 1 }, { 2, { 0xff, 0xe0 }, 0, 0 }, { 1, { 0xc3 }, 0, 0 }, { 1, { 0x53 }, 0, 0 }, { 1, { 0x5b }, 0, 0 },
	{ 6, { 0x48, 0x3d, 0, 0xf0, 0xff, 0xff }, 0, 0 }, { 2, { 0x72, 0x02 }, 0, 0 }, { 1, { 0xfc }, 0, 0 }, { 1, { 0x90 }, 0, 0 },
	{ 0, { 0 }, 1, 0 }, { 0, { 0 }, 3, 0 }, { 2, { 0x8b, 0x05 }, 4, 1 }, { 3, { 0x48, 0x63, 0x04 }, 1, 0 },
};

static void make_text(struct image *image)
{
	uint32_t at = 0;

	while (at < TEXT) {
		const struct piece *piece = &pieces[tap_random(sizeof(pieces) / sizeof(*pieces))];
		uint8_t bytes[16];
		uint32_t n = piece->length, i;

		memcpy(bytes, piece->bytes, n);
		for (i = 0; i < piece->drawn; i++)
			bytes[n++] = (uint8_t)tap_random(256);
		if (piece->near) {
			int32_t distance = (int32_t)tap_random(1024) - 512;

			memcpy(bytes + n - 4, &distance, 4);
		}
		for (i = 0; i < n && at < TEXT; i++)
			image->text[at++] = bytes[i];
	}
	memcpy(image->before, image->text, TEXT);
	image->count = 0;
	for (at = 0; at < TEXT && image->count < FUNCTIONS; at += 1 + tap_random(TEXT / 16))
		image->start[image->count++] = at;
	image->start[image->count] = TEXT;
}

static void put_word(uint8_t **at, uint32_t word)
{
	memcpy(*at, &word, 4);
	*at += 4;
}

/* .eh_frame_hdr and .eh_frame, as a linker makes them; returns where they end */
static uint8_t *make_frames(struct image *image)
{
	static const uint8_t common[] = { 16, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'R', 0, 1, 0x78, 16, 1, 0x1b, 0, 0, 0 };
	uint8_t *header = image->data;
	uint8_t *at = header + 12 + 8 * (size_t)image->count;
	uint8_t *first = at;
	unsigned int i;

	memcpy(at, common, sizeof(common));
	at += sizeof(common);
	memcpy(header, "\1\x1b\3\x3b", 4);
	header += 4;
	put_word(&header, (uint32_t)(first - header));
	put_word(&header, image->count);
	for (i = 0; i < image->count; i++) {
		uint8_t *start = image->text + image->start[i];

		put_word(&header, (uint32_t)(start - image->data));
		put_word(&header, (uint32_t)(at - image->data));
		put_word(&at, 16);
		put_word(&at, (uint32_t)(at - first));
		put_word(&at, (uint32_t)(start - at));
		put_word(&at, image->start[i + 1] - image->start[i]);
		put_word(&at, 0);
	}
	return at;
}

/* A dynamic section whose tables are random words, some of them addresses of the text */
static void make_dynamic(struct image *image, uint8_t *at)
{
	static const Elf64_Sxword tags[] = { DT_RELA, DT_RELASZ, DT_RELR, DT_RELRSZ, DT_SYMTAB, DT_STRTAB, DT_GNU_HASH, DT_NULL };
	Elf64_Dyn *dynamic = (Elf64_Dyn *)(image->data + DATA - 1024);
	uint64_t *word;
	unsigned int i;

	at = (uint8_t *)(((uintptr_t)at + 7) & ~(uintptr_t)7);
	for (word = (uint64_t *)at; word < (uint64_t *)dynamic; word++)
		*word = tap_random(3) ? tap_random(TEXT) : tap_random(0x10000);
	for (i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
		dynamic[i].d_tag = tags[i];
		dynamic[i].d_un.d_val = tags[i] == DT_RELASZ || tags[i] == DT_RELRSZ ? tap_random(512) & ~7u :
			(uint64_t)(at - image->text) + (tap_random(1024) & ~7u);
	}
}

static bool make_image(struct image *image)
{
	uintptr_t bias = (uintptr_t)image->text;

	if (mprotect(image->text, TEXT, PROT_READ | PROT_WRITE) != 0)
		return false;
	make_text(image);
	memset(image->data, 0, DATA);
	make_dynamic(image, make_frames(image));
	image->headers[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_memsz = TEXT, .p_filesz = TEXT };
	image->headers[1] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R, .p_vaddr = (uintptr_t)image->data - bias, .p_memsz = DATA, .p_filesz = DATA };
	image->headers[2] = (Elf64_Phdr){ .p_type = PT_GNU_EH_FRAME, .p_vaddr = (uintptr_t)image->data - bias, .p_memsz = 4096 };
	image->headers[3] = (Elf64_Phdr){ .p_type = PT_DYNAMIC, .p_vaddr = (uintptr_t)image->data + DATA - 1024 - bias, .p_memsz = 1024 };
	return true;
}

static bool decode(const uint8_t *at, size_t size, ZydisDecodedInstruction *insn)
{
	ZydisDecoder decoder;

	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	return ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder, NULL, at, size, insn));
}

/* The same as the patcher's, in another way: mark what the function jumps to, by recursion. seen: offsets that were followed */
static void mark(const struct image *image, uint32_t start, uint32_t end, uint32_t at, uint8_t *seen, uint8_t *targets)
{
	ZydisDecodedInstruction insn;

	while (at >= start && at < end && !seen[at] && decode(image->before + at, end - at, &insn)) {
		bool stops = insn.meta.category == ZYDIS_CATEGORY_RET || insn.meta.category == ZYDIS_CATEGORY_UNCOND_BR ||
			(insn.meta.category == ZYDIS_CATEGORY_INTERRUPT && insn.mnemonic != ZYDIS_MNEMONIC_INT) || insn.mnemonic == ZYDIS_MNEMONIC_HLT ||
			insn.mnemonic == ZYDIS_MNEMONIC_UD0 || insn.mnemonic == ZYDIS_MNEMONIC_UD1 || insn.mnemonic == ZYDIS_MNEMONIC_UD2;

		seen[at] = 1;
		if (insn.raw.imm[0].is_relative) {
			int64_t target = (int64_t)at + insn.length + insn.raw.imm[0].value.s;

			if (target >= 0 && target < TEXT) {
				targets[target] = 1;
				if (insn.meta.category != ZYDIS_CATEGORY_CALL)
					mark(image, start, end, (uint32_t)target, seen, targets);
			}
		}
		if (stops)
			return;
		at += insn.length;
	}
}

static bool site_is_right(const struct image *image, const struct site *site, const uint8_t *seen, const uint8_t *targets)
{
	uint32_t window = (uint32_t)(site->window - (uintptr_t)image->text);
	uint32_t call = (uint32_t)(site->address - (uintptr_t)image->text);
	ZydisDecodedInstruction insn;
	uint32_t at;

	if (call + 2 > TEXT || memcmp(image->before + call, "\x0f\x05", 2) != 0 || !seen[call] || window + JUMP_SIZE > call)
		return false;
	for (at = window; at < call; at += insn.length)
		if (!seen[at] || !decode(image->before + at, TEXT - at, &insn))
			return false;
	if (at != call)
		return false;
	for (at = window + 1; at < call; at++)
		if (targets[at])
			return false;
	return true;
}

/* Sites that are to be patched are right, and the patch changes them only. */
static bool patched_right(struct image *image)
{
	const struct gates gates = { .gate = 1, .stride = 64, .count = 451, .any = tap_random(2) + 1 };
	static uint8_t seen[TEXT], targets[TEXT], touched[TEXT];
	struct sites sites;
	struct patch patch;
	bool good = true;
	size_t i, count = 0;

	memset(seen, 0, TEXT);
	memset(targets, 0, TEXT);
	memset(touched, 0, TEXT);
	for (i = 0; i < image->count; i++)
		mark(image, image->start[i], image->start[i + 1], image->start[i], seen, targets);
	if (!sites_open(&sites, &image->object))
		return false;
	for (i = 0; i < sites.count && good; i++) {
		if (sites.list[i].verdict != SITE_GOOD)
			continue;
		good = site_is_right(image, &sites.list[i], seen, targets);
		if (!good)
			printf("# wrong: window at 0x%x, SYSCALL at 0x%x\n", (unsigned int)(sites.list[i].window - (uintptr_t)image->text),
			       (unsigned int)(sites.list[i].address - (uintptr_t)image->text));
		memset(touched + (sites.list[i].window - (uintptr_t)image->text), 1, sites.list[i].address - sites.list[i].window);
		count++;
	}
	sites_close(&sites);
	patch_object(&patch, &image->object, &gates, NULL, "/nowhere", NULL);
	good = good && patch.verdicts[SITE_GOOD] == count && patch.result == (count ? PATCH_DONE : PATCH_NOTHING);
	for (i = 0; i < TEXT; i++)
		good = good && (touched[i] || image->text[i] == image->before[i]);
	if (!good)
		printf("# %zu right sites, result %d, %zu replaced\n", count, patch.result, patch.verdicts[SITE_GOOD]);
	patch_forget(&patch);
	return good;
}

static unsigned int sites_seen;

static bool round_of(struct image *image, bool damaged)
{
	struct patch patch;
	const struct gates gates = { .any = 2 };
	unsigned int i;

	if (!make_image(image))
		return false;
	if (damaged)
		for (i = tap_random(30); i-- > 0;)
			image->data[tap_random(tap_random(2) ? 64 : DATA)] = (uint8_t)tap_random(256);
	if (!object_open(&image->object, "random", (uintptr_t)image->text, image->headers, 4))
		return damaged;
	image->object.fixed = tap_random(2);
	if (!damaged)
		return patched_right(image);
	patch_object(&patch, &image->object, &gates, NULL, "/nowhere", NULL);
	for (i = 0; i < SITE_VERDICTS; i++)
		sites_seen += (unsigned int)patch.verdicts[i];
	patch_forget(&patch);
	return true;
}

int main(int argc, char **argv)
{
	static struct image image;
	int rounds = argc > 1 ? atoi(argv[1]) : 1000;
	int seed = argc > 2 ? atoi(argv[2]) : 0;
	bool good = true;
	uint8_t *map = mmap(NULL, TEXT + DATA + 3 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int i;

	while (seed-- > 0)
		tap_random(2);
	image.text = map + 4096;
	image.data = map + 8192 + TEXT;
	mprotect(image.data, DATA, PROT_READ | PROT_WRITE);
	for (i = 0; i < rounds && good; i++)
		good = round_of(&image, false);
	printf("# round %d\n", i);
	ok(good, "random functions are patched between instructions, where nothing jumps to");
	for (i = 0, good = true; i < rounds && good; i++)
		good = round_of(&image, true);
	printf("# round %d, %u system calls found\n", i, sites_seen);
	ok(good && sites_seen > 0, "damaged tables are survived");
	return tap_end();
}
