/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The target's C compiler: preprocesses the .cfg and evaluates its constants.
 * It is run by the shell, as make would run it.
 */
#pragma once

#include <stdbool.h>

struct compiler {
	const char	*command;	/* --cc */
	const char	*flags;		/* --cflags */
};

/* A word for the shell. */
const char *compiler_quote(const char *word);

/*
 * Run the compiler with further arguments, its messages in English. True if
 * it succeeded; its messages are in *log in both cases.
 */
bool	compiler_run(const struct compiler *compiler, const char *arguments, const char *log_name, char **log);

enum diagnostic_kind { DIAGNOSTIC_ERROR, DIAGNOSTIC_WARNING, DIAGNOSTIC_NOTE };

/* One message of the compiler. */
struct diagnostic {
	enum diagnostic_kind kind;
	const char	*file;
	unsigned int	line;
	const char	*text;
};

/* The next message in a log; moves *log behind it. False at the end. What is no message is skipped. */
bool	compiler_next(char **log, struct diagnostic *diagnostic);
