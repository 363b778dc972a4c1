/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kwcc-patch PROGRAM: replaces the SYSCALL instructions of a static program
 * that kwcc has linked, in the file, as the auditor of `kw run` does it in a
 * program that is loaded. kwcc runs it.
 */
#include <stdio.h>
#include <string.h>

#include "emit.h"
#include "image.h"
#include "room.h"
#include "sites.h"

/* The room in the program's code, 0: there is none */
static uint8_t *find_room(const struct object *object)
{
	for (unsigned int i = 0; i < object->codes; i++) {
		uintptr_t at = (object->code[i].start + 4095) & -(uintptr_t)4096;

		for (; at < object->code[i].end && object->code[i].end - at >= ROOM_SIZE; at += 4096) {
			uint64_t size;

			memcpy(&size, (void *)(at + 24), sizeof(size));
			if (memcmp((void *)at, ROOM_MAGIC, 16) == 0 && size == ROOM_SIZE)
				return (uint8_t *)at;
		}
	}
	return NULL;
}

static void write_jump(const struct site *site, uintptr_t to)
{
	uint8_t *at = (uint8_t *)site->window;
	int32_t distance = (int32_t)(to - (site->window + JUMP_SIZE));

	memset(at, 0xcc, site->address - site->window);
	at[0] = 0xe9;
	memcpy(at + 1, &distance, sizeof(distance));
}

/*
 * No unwind table tells of these trampolines, unlike those of `kw run`: a
 * static program has no place for one. It matters to an exception thrown by a
 * signal handler that interrupted one, and to nothing else.
 */
static size_t replace(const struct object *object, uint8_t *room, struct sites *sites)
{
	struct emitter emitter;
	struct gates gates = { 0 };
	uint64_t distance;
	size_t replaced = 0;

	memcpy(&distance, room + 16, sizeof(distance));
	gates.gate = (uintptr_t)room + distance;
	if (!object_holds(object, gates.gate, (ROOM_ANY + 1) * sizeof(uint64_t)))
		return 0;
	emitter_open(&emitter, room + ROOM_HEADER, ROOM_SIZE - ROOM_HEADER);
	for (size_t i = 0; i < sites->count; i++) {
		struct site *site = &sites->list[i];
		uintptr_t to = site->verdict == SITE_GOOD ? emit_trampoline(&emitter, site, &gates) : 0;

		if (to == 0 && site->verdict == SITE_GOOD)
			site->verdict = SITE_FAR;
		if (to == 0)
			continue;
		write_jump(site, to);
		replaced++;
	}
	emitter_close(&emitter);
	/* It is full: once is enough. */
	room[0] = 'K';
	return replaced;
}

/* The exit status */
static int patch(struct image *image, int verbose)
{
	struct object object;
	struct sites sites;
	size_t replaced = 0;
	uint8_t *room;

	if (!object_open(&object, image->path, image->bias, image->phdr, image->header.e_phnum)) {
		fprintf(stderr, "kwcc-patch: %s: it has no code\n", image->path);
		return 1;
	}
	room = find_room(&object);
	if (room == NULL) {
		if (verbose)
			printf("no room\n");
		return 0;
	}
	if (sites_open(&sites, &object)) {
		replaced = replace(&object, room, &sites);
		if (verbose)
			printf("%zu system calls, %zu replaced\n", sites.count, replaced);
	} else {
		fprintf(stderr, "kwcc-patch: %s: no unwind table that could be understood: its system calls stay traps\n", image->path);
	}
	sites_close(&sites);
	return replaced == 0 || image_write(image) ? 0 : 1;
}

int main(int argc, char **argv)
{
	int verbose = argc == 3 && strcmp(argv[1], "--verbose") == 0;
	struct image image;
	int status = 1;

	if (argc != 2 + verbose) {
		fprintf(stderr, "usage: kwcc-patch [--verbose] PROGRAM\n");
		return 2;
	}
	/* A dynamically linked program has the auditor. */
	if (image_open(&image, argv[argc - 1]))
		status = image.has_loader ? 0 : patch(&image, verbose);
	image_close(&image);
	return status;
}
