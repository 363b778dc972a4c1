/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the configurator has to say about a .cfg: collected during the run,
 * printed at its end in the order of the places, each once.
 */
#pragma once

#include <stdio.h>

/* A place in a source file. */
struct place {
	const char	*file;
	unsigned int	line;
	unsigned int	order;		/* line of the preprocessor's output: sorts places of several files */
};

/*
 * An error of the .cfg. code is the error code of the specification that the
 * service call of the same name would return, or NULL.
 */
void	error_at(struct place place, const char *code, const char *format, ...)
		__attribute__((format(printf, 3, 4)));
/* Something to know that is not an error. */
void	warning_at(struct place place, const char *format, ...) __attribute__((format(printf, 2, 3)));

unsigned int messages_errors(void);	/* number of errors so far */
void	messages_print(FILE *out);
void	messages_forget(void);		/* call before memory_release() */

/* The run cannot go on: print the reason and exit with status 2. */
void	fatal(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
