/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the patcher finds in forms.S, and that the functions do what they did
 * once they are patched: by the product's trampolines, which make the trap in
 * user mode, and by those of tail.c, which change all that a gate may change.
 * With FIXED, the forms are in the program, which is made for one address.
 */
#include "loaded.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forms.h"
#include "patch.h"
#include "sites.h"
#include "tap.h"

static const struct site *site_at(const struct sites *sites, const uint8_t *call)
{
	size_t i;

	for (i = 0; i < sites->count; i++)
		if (sites->list[i].address == (uintptr_t)call)
			return &sites->list[i];
	return NULL;
}

static bool as_wanted(const struct form *form, const struct site *site)
{
	int64_t number;

	if (!site) {
		printf("# %s: no site\n", form->name);
		return form->verdict == NO_SITE;
	}
	number = site->constant ? (int64_t)site->number : -1;
	if (site->verdict != form->verdict)
		printf("# %s: %s\n", form->name, verdict_name(site->verdict));
	else if (site->verdict == SITE_GOOD)
		printf("# %s: window %ld, number %ld\n", form->name, (long)(site->address - site->window), (long)number);
	return site->verdict == form->verdict && (site->verdict != SITE_GOOD ||
		(site->address - site->window == (uintptr_t)form->window && number == form->number));
}

static void test_finds(const struct object *object)
{
	const struct form *form;
	struct sites sites;
	char name[80];
	size_t count = 0;

	ok(sites_open(&sites, object), "the forms have an unwind table");
	for (form = forms; form < forms_end; form++) {
		snprintf(name, sizeof(name), "form %s", form->name);
		ok(as_wanted(form, site_at(&sites, form->call)), name);
		count += form->verdict != NO_SITE;
	}
	/* The first SYSCALL of form_twice has no row of its own. */
	ok(sites.count >= count + 1, "and no form was overlooked");
	sites_close(&sites);
}

#ifndef FIXED
/* In a child: patch, and compare what the functions return. The status says how many differ. */
static int run_patched(const struct object *object, uint64_t any)
{
	const struct gates gates = { .gate = 1, .stride = 64, .count = 451, .any = any };
	long before[128], after;
	const struct form *form;
	struct patch patch;
	int wrong = 0;

	for (form = forms; form < forms_end; form++)
		if (form->runs)
			before[form - forms] = form->function(0, 0, 0);
	patch_object(&patch, object, &gates, NULL, object->name, NULL);
	if (patch.result != PATCH_DONE || patch.verdicts[SITE_FAR] != 0)
		return 100;
	for (form = forms; form < forms_end; form++) {
		if (form->verdict == SITE_GOOD && *((const uint8_t *)form->call - form->window) != 0xe9)
			return 101;
		if (form->verdict >= 0 && memcmp(form->call, "\x0f\x05", 2) != 0)
			return 102;
		if (!form->runs)
			continue;
		after = form->function(0, 0, 0);
		if (after != before[form - forms]) {
			printf("# %s: %ld before, %ld after\n", form->name, before[form - forms], after);
			wrong++;
		}
	}
	fflush(stdout);
	patch_forget(&patch);
	return wrong;
}

static void test_runs(const struct object *object, uint64_t any, const char *what)
{
	int status = -1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(run_patched(object, any));
	waitpid(child, &status, 0);
	if (status != 0)
		printf("# status 0x%x\n", (unsigned int)status);
	ok(status == 0, what);
}
#endif

int main(void)
{
#ifdef FIXED
	struct loaded loaded = loaded_find("");

	ok(loaded.found && loaded.object.fixed, "the program is made for one address");
	test_finds(&loaded.object);
#else
	struct loaded loaded = loaded_find("libforms");

	ok(loaded.found && !loaded.object.fixed, "the forms are in a library");
	test_finds(&loaded.object);
	test_runs(&loaded.object, 2, "patched functions return what they did (product)");
	test_runs(&loaded.object, 1, "patched functions return what they did (all that a gate may change does)");
#endif
	return tap_end();
}
