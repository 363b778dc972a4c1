/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * misdeed NAME: enter kernel mode and misbehave; misdeed -u NAME: the same in
 * user mode, to compare; misdeed -l CLASS: "name|what|expected|why" lines.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common.h"
#include "misdeed.h"

static const struct {
	const char *class;
	const struct deed *deeds;
} lists[] = {
	{ "contained", memory_deeds }, { "contained", stack_deeds }, { "contained", processor_deeds }, { "contained", process_deeds },
	{ "reported", kernel_deeds }, { "harm", harm_deeds }, { "fatal", fatal_deeds },
};

static int list(const char *class)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(lists); i++) {
		if (strcmp(lists[i].class, class) != 0)
			continue;
		for (const struct deed *deed = lists[i].deeds; deed->name; deed++)
			printf("%s|%s|%s|%s\n", deed->name, deed->what, deed->expected, deed->why ? deed->why : "");
	}
	return 0;
}

int main(int argc, char **argv)
{
	bool user = argc == 3 && strcmp(argv[1], "-u") == 0;

	if (argc == 3 && strcmp(argv[1], "-l") == 0)
		return list(argv[2]);
	for (unsigned int i = 0; i < ARRAY_SIZE(lists); i++)
		for (const struct deed *deed = lists[i].deeds; deed->name; deed++)
			if (argc > 1 && strcmp(deed->name, argv[argc - 1]) == 0) {
				gates();
				if (!user)
					enter(0);
				deed->run();
				return 0;
			}
	printf("misdeed: misdeed [-u] NAME, or misdeed -l contained|reported|harm|fatal\n");
	return 2;
}
