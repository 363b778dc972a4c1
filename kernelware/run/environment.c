/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program's environment, on its initial stack: see environment.h. Behind
 * the variables and a null pointer comes the auxiliary vector, which some
 * programs look for there. So the places that become free are made entries of
 * it that mean nothing; one takes two places, hence variables go by twos.
 */
#include <elf.h>
#include <string.h>

#include "environment.h"
#include "run.h"
#include "text.h"

static char **variables;

/* glibc calls constructors with the arguments of main. */
__attribute__((constructor)) static void learn(int argc, char **argv, char **environment)
{
	(void)argc;
	(void)argv;
	variables = environment;
}

/* The value of a variable, NULL if it is not of this name */
static char *value_of(char *variable, const char *name)
{
	size_t size = strlen(name);

	return strncmp(variable, name, size) == 0 && variable[size] == '=' ? variable + size + 1 : NULL;
}

bool environment_read(struct run *run)
{
	const char *at = NULL;
	uint64_t flags;
	char **v;

	for (v = variables; v && *v && !at; v++)
		at = value_of(*v, RUN_VARIABLE);
	if (!at || !text_read(&at, &flags, ':') || !text_read(&at, &run->pid, ':') || !text_read(&at, &run->gates.gate, ':') ||
	    !text_read(&at, &run->gates.stride, ':') || !text_read(&at, &run->gates.count, ':') || !text_read(&at, &run->gates.any, '\0'))
		return false;
	run->flags = (unsigned int)flags;
	return true;
}

/* LD_AUDIT: what the user had there is behind a colon and stays. False: nothing */
static bool keep_audit(char *value)
{
	char *library = strstr(value, RUN_LIBRARY);
	char *rest = library ? library + strlen(RUN_LIBRARY) : value;

	if (*rest != ':')
		return library == NULL;
	memmove(value, rest + 1, strlen(rest + 1) + 1);
	return true;
}

void environment_clean(void)
{
	char **from, **to = variables;

	for (from = variables; *from; from++) {
		char *audit = value_of(*from, "LD_AUDIT");
		bool ours = audit ? !keep_audit(audit) : value_of(*from, RUN_VARIABLE) || value_of(*from, RUN_PAD);

		if (ours)
			memset(*from, 0, strlen(*from));	/* /proc/PID/environ shows the strings, and there are kernel addresses */
		else
			*to++ = *from;
	}
	/* A single one can't be: kw puts in two, or there would be no auxiliary vector behind. */
	if ((from - to) % 2 != 0)
		return;
	for (*to++ = NULL; to < from; to += 2) {
		to[0] = (char *)AT_IGNORE;
		to[1] = NULL;
	}
}
