/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Libraries come and go while threads make system calls:
 *
 *	load LIBRARY ROUNDS
 *
 * Copies of the library are loaded, its functions called, and unloaded. No
 * memory may be writable and executable, nor stay behind.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../forms.h"

static atomic_bool stop;
static atomic_long calls;

static void *caller(void *argument)
{
	pid_t parent = getppid();

	while (!stop) {
		if (getppid() != parent)
			abort();
		calls++;
	}
	return argument;
}

/* How many mappings there are; -1: one is writable and executable */
static int mappings(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512], rights[5];
	int count = 0;

	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%*s %4s", rights) == 1 && rights[1] == 'w' && rights[2] == 'x') {
			fputs(line, stdout);
			return -1;
		}
		count++;
	}
	if (maps)
		fclose(maps);
	return count;
}

static bool use(const char *library)
{
	void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	const struct form *form, *end;
	bool good = true;

	if (!handle) {
		printf("%s\n", dlerror());
		return false;
	}
	form = dlsym(handle, "forms");
	end = dlsym(handle, "forms_end");
	for (; form < end; form++)
		if (form->runs && strcmp(form->name, "constant") == 0)
			good = form->function(0, 0, 0) == getpid();
	return dlclose(handle) == 0 && good;
}

int main(int argc, char **argv)
{
	pthread_t threads[4];
	int rounds = argc > 2 ? atoi(argv[2]) : 0;
	int before = 0, after, done, i;
	bool good = true;

	for (i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, caller, NULL);
	for (done = 0; done < rounds && good; done++) {
		good = use(argv[1]);
		if (done == rounds / 2)
			before = mappings();
	}
	after = mappings();
	stop = true;
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("%d rounds, %ld calls, %d mappings, then %d\n", done, (long)calls, before, after);
	return !good || before <= 0 || after < 0 || after > before + 2 || calls == 0;
}
