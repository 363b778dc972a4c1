/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The auditor (rtld-audit(7)): the loader tells it of every object before any
 * of the object's code runs, those that are loaded later included. It replaces
 * the system calls in each, and lets the program enter kernel mode once all is
 * loaded, before the program's first constructor.
 *
 * It has a namespace and a C library of its own. It uses no heap, and nothing
 * that would bind symbols late: while an object's code is changed, the loader's
 * for one, nothing of it may be called. The loader's lock serializes all calls.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "enter.h"
#include "environment.h"
#include "patch.h"
#include "run.h"
#include "text.h"
#include "unwinding.h"

static struct run run;

static const char *const results[] = {
	[PATCH_NO_TABLE] = "no unwind table that could be understood",
	[PATCH_RELOCATED] = "its code is relocated",
	[PATCH_NO_MEMORY] = "no memory near enough",
	[PATCH_DENIED] = "the system does not permit code to be changed",
};

/* ", 519 replaced; traps: 3 no room, 2 jumped into" */
static void add_verdicts(struct text *text, const struct patch *patch)
{
	const char *before = "; traps: ";
	int i;

	if (patch->verdicts[SITE_GOOD] != 0) {
		text_add(text, ", ");
		text_number(text, patch->verdicts[SITE_GOOD]);
		text_add(text, " replaced");
	}
	for (i = 0; i < SITE_VERDICTS; i++) {
		if (i == SITE_GOOD || patch->verdicts[i] == 0)
			continue;
		text_add(text, before);
		text_number(text, patch->verdicts[i]);
		text_add(text, " ");
		text_add(text, verdict_name(i));
		before = ", ";
	}
}

static void report(const char *name, const struct patch *patch)
{
	struct text text = { .length = 0 };
	bool denied = patch->result == PATCH_DENIED;
	size_t sites = 0;
	int i;

	for (i = 0; i < SITE_VERDICTS; i++)
		sites += patch->verdicts[i];
	text_add(&text, "kw: ");
	text_add(&text, name);
	text_add(&text, ": ");
	if (results[patch->result]) {
		text_add(&text, results[patch->result]);
		if (denied) {
			text_add(&text, " (");
			text_add(&text, strerrorname_np(patch->error) ? strerrorname_np(patch->error) : "?");
			text_add(&text, ": SELinux, systemd's MemoryDenyWriteExecute or the like)");
		}
		text_add(&text, ": its system calls stay traps");
	} else {
		text_number(&text, sites);
		text_add(&text, sites == 1 ? " system call" : " system calls");
		add_verdicts(&text, patch);
	}
	text_show(&text);
}

/* The object cannot run any more, nor anything that needs it. */
static _Noreturn void give_up(const char *name)
{
	struct text text = { .length = 0 };

	text_add(&text, "kw: ");
	text_add(&text, name);
	text_add(&text, ": the system lets code be written to but not be executed again, "
		 "and its file can't be mapped anew; run it without kw");
	text_show(&text);
	_exit(RUN_FAILED);
}

unsigned int la_version(unsigned int version)
{
	/* 0: the loader goes on without this library. */
	if (!environment_read(&run))
		return 0;
	return version < LAV_CURRENT ? version : LAV_CURRENT;
}

/*
 * What is known of an object until it is gone. Few have system calls, and
 * those without need no record.
 */
#define RECORDS 256
static struct record {
	struct patch patch;	/* without an arena: this one is free */
	uintptr_t code;
	bool closed;
} records[RECORDS];

static struct record *record(const struct patch *patch, uintptr_t code)
{
	int i;

	for (i = 0; i < RECORDS; i++) {
		if (records[i].patch.arena.size == 0) {
			records[i] = (struct record){ .patch = *patch, .code = code };
			return &records[i];
		}
	}
	return NULL;
}

/*
 * Give back what belonged to objects that are gone. See whether they really
 * are: who frees what still runs crashes the program.
 */
static void forget(void)
{
	unsigned char present;
	int i;

	for (i = 0; i < RECORDS; i++)
		if (records[i].closed && mincore((void *)(records[i].code & -(uintptr_t)4096), 1, &present) != 0 && errno == ENOMEM) {
			patch_forget(&records[i].patch);
			records[i].closed = false;
		}
}

unsigned int la_objopen(struct link_map *map, Lmid_t namespace, uintptr_t *cookie)
{
	bool main_program = namespace == LM_ID_BASE && map->l_name[0] == '\0';
	const char *path = main_program ? "/proc/self/exe" : map->l_name;
	const char *name = main_program ? "the program" : map->l_name;
	const struct redirection find_object = { "_dl_find_object", (uintptr_t)unwind_find_object, &unwind_original };
	const Elf64_Phdr *headers;
	struct object object;
	struct patch patch;
	bool unwinds;
	int count = dlinfo(map, RTLD_DI_PHDR, &headers);

	*cookie = 0;
	if (count <= 0 || !object_open(&object, name, map->l_addr, headers, (unsigned int)count))
		return 0;
	unwinds = unwind_original == 0 && object_symbol(&object, find_object.symbol) != 0;
	patch_object(&patch, &object, &run.gates, unwinds ? &find_object : NULL, path, map);
	if (patch.result == PATCH_BROKEN)
		give_up(name);
	/* Something that was forbidden is told in any case: the program may be slower than without kw. */
	if (run.flags & RUN_VERBOSE || (patch.result == PATCH_DENIED && (patch.error == EACCES || patch.error == EPERM)))
		report(name, &patch);
	if (patch.arena.size != 0)
		*cookie = (uintptr_t)record(&patch, object.code[0].start);
	return 0;
}

/*
 * When a library is unloaded, it is closed, then the loader says that it
 * deletes. At the end of a program it says so first, and closes all, but they
 * stay mapped and go on: stdio writes its buffers then.
 */
static bool deleting;

unsigned int la_objclose(uintptr_t *cookie)
{
	if (*cookie != 0 && !deleting)
		((struct record *)*cookie)->closed = true;
	return 0;
}

void la_activity(uintptr_t *cookie, unsigned int what)
{
	(void)cookie;
	deleting = what == LA_ACT_DELETE;
	if (what == LA_ACT_CONSISTENT)
		forget();
}

void la_preinit(uintptr_t *cookie)
{
	(void)cookie;
	if (!(run.flags & RUN_STAY_EXEC))
		environment_clean();
	enter(&run);
}
