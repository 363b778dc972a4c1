/* SPDX-License-Identifier: BSD-2-Clause */
/* unitron load, start, stop, unload, replace: the life of an application. */
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "module.h"

/* The arguments with blanks between, as insmod's parameters */
static char *join(int argc, char **argv)
{
	size_t size = 1;
	char *text;

	for (int i = 0; i < argc; i++)
		size += strlen(argv[i]) + 1;
	text = calloc(1, size);
	for (int i = 0; text && i < argc; i++) {
		if (i)
			strcat(text, " ");
		strcat(text, argv[i]);
	}
	return text;
}

static int load(int argc, char **argv)
{
	char *image, *parameters;
	size_t size;
	int status;

	if (helped(argc, argv, "Usage: unitron load FILE.ko|- [PARAMETER=VALUE]...\n"
			       "Load a uITRON application beside Linux, from a file or from standard input.\n"
			       "It does not run before 'unitron start'. Loads the module unitron first if need be.\n"))
		return 0;
	if (argc < 2)
		return fail_usage("load: which application? FILE.ko, or - for standard input");
	status = module_read(argv[1], &image, &size);
	if (status)
		return status;
	parameters = join(argc - 2, argv + 2);
	status = parameters ? module_load_unit() : fail("no memory");
	if (!status)
		status = module_load(argv[1], image, size, parameters);
	free(parameters);
	free(image);
	return status;
}

static int start(int argc, char **argv)
{
	char state[64];
	int status;

	if (helped(argc, argv, "Usage: unitron start\nStart the loaded application, from its initial state.\n"))
		return 0;
	status = at_most(argc, argv, 0);
	if (!status)
		status = sysfs_read("state", state, sizeof(state));
	if (!status && !strcmp(state, "running"))
		return fail("the application runs already; unitron stop comes before another start");
	return status ? status : sysfs_write("run", "1");
}

static int stop(int argc, char **argv)
{
	int status;

	if (helped(argc, argv, "Usage: unitron stop\nStop the application; it stays loaded.\n"))
		return 0;
	status = at_most(argc, argv, 0);
	return status ? status : sysfs_write("run", "0");
}

static int unload(int argc, char **argv)
{
	int status;

	if (helped(argc, argv, "Usage: unitron unload\nStop the application if it runs, and unload it.\n"))
		return 0;
	status = at_most(argc, argv, 0);
	return status ? status : module_unload();
}

static int replace(int argc, char **argv)
{
	char state[64], *image, *parameters;
	size_t size;
	int status;

	if (helped(argc, argv, "Usage: unitron replace FILE.ko|- [PARAMETER=VALUE]...\n"
			       "Put another application in the place of the loaded one while Linux runs. It is\n"
			       "read and checked first. It is started if the old one ran. Over a network:\n"
			       "  ssh root@HOST unitron replace - <FILE.ko\n"))
		return 0;
	if (argc < 2)
		return fail_usage("replace: by which application? FILE.ko, or - for standard input");
	status = sysfs_read("state", state, sizeof(state));
	if (!status)
		status = module_read(argv[1], &image, &size);
	if (status)
		return status;
	parameters = join(argc - 2, argv + 2);
	status = parameters ? module_unload() : fail("no memory");
	if (!status) {
		status = module_load(argv[1], image, size, parameters);
		if (status)
			fail("the old application is unloaded, none is in its place");
		else if (!strcmp(state, "running"))
			status = sysfs_write("run", "1");
	}
	free(parameters);
	free(image);
	return status;
}

const struct subcommand subcommand_load = { "load", "load an application, from a file or standard input", load };
const struct subcommand subcommand_start = { "start", "start it", start };
const struct subcommand subcommand_stop = { "stop", "stop it; it stays loaded", stop };
const struct subcommand subcommand_unload = { "unload", "unload it", unload };
const struct subcommand subcommand_replace = { "replace", "put another one in its place while Linux runs", replace };
