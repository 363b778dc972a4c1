/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program of which only a part runs in kernel mode, compiled by any compiler
 * and linked with libkw: how much memory the kernel has to spare, once as the
 * kernel tells everybody, and once by the kernel function that computes it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kw.h>

/* kB, as everybody gets to know it */
static long available_told(void)
{
	FILE *stream = fopen("/proc/meminfo", "r");
	char line[128];
	long kb = -1;

	while (stream != NULL && fgets(line, sizeof(line), stream) != NULL && sscanf(line, "MemAvailable: %ld", &kb) != 1)
		;
	if (stream != NULL)
		fclose(stream);
	return kb;
}

/* kB, from where the kernel has it */
static long available_asked(unsigned long function)
{
	return kw_call(function) * (sysconf(_SC_PAGESIZE) / 1024);
}

static void require(const char *what, int result)
{
	if (result >= 0)
		return;
	fprintf(stderr, "part: %s: %s; is the module kernelware loaded, and may you open " KW_DEVICE "?\n", what, strerror(-result));
	exit(1);
}

int main(void)
{
	unsigned long function = 0;
	long told, asked;

	require("si_mem_available", kw_symbol("si_mem_available", &function));
	printf("%s mode: this is an ordinary process\n", kw_active() ? "kernel" : "user");
	fflush(stdout);

	require("kw_enter", kw_enter(0));
	asked = available_asked(function);
	printf("%s mode: printf works as ever\n", kw_active() ? "kernel" : "user");
	fflush(stdout);
	require("kw_leave", kw_leave());

	told = available_told();
	printf("%s mode: %ld kB available; /proc/meminfo says %ld kB\n", kw_active() ? "kernel" : "user", asked, told);
	return 0;
}
