/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Running the compiler and reading what it says. GCC and Clang write their
 * messages as file:line:column: kind: text.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "compiler.h"
#include "files.h"
#include "memory.h"
#include "message.h"

const char *compiler_quote(const char *word)
{
	struct buffer quoted = { 0 };

	buffer_add(&quoted, "'", 1);
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buffer_add(&quoted, "'\\''", 4);
		else
			buffer_add(&quoted, word, 1);
	}
	buffer_add(&quoted, "'", 1);
	return quoted.text;
}

bool compiler_run(const struct compiler *compiler, const char *arguments, const char *log_name, char **log)
{
	const char *log_path = files_scratch(log_name);
	const char *command = memory_format("LC_ALL=C; export LC_ALL; %s %s %s 2>%s", compiler->command, compiler->flags,
					    arguments, compiler_quote(log_path));
	size_t length;
	int status = system(command);

	*log = files_read(log_path, &length);
	if (status == -1 || *log == NULL)
		fatal("cannot run the compiler '%s'", compiler->command);
	if (WIFSIGNALED(status))
		fatal("the compiler '%s' was killed by signal %d", compiler->command, WTERMSIG(status));
	if (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127)
		fatal("cannot run the compiler '%s'; give another one by --cc:\n%s", compiler->command, *log);
	return WEXITSTATUS(status) == 0;
}

/* Split "file:line[:column]" in place. */
static bool split_place(char *text, struct diagnostic *diagnostic)
{
	char *number[2];
	int count = 0;
	char *colon;

	while (count < 2 && (colon = strrchr(text, ':')) != NULL && isdigit((unsigned char)colon[1]) &&
	       colon[1 + strspn(colon + 1, "0123456789")] == '\0') {
		*colon = '\0';
		number[count++] = colon + 1;
	}
	if (count == 0)
		return false;
	diagnostic->file = text;
	diagnostic->line = (unsigned int)strtoul(number[count - 1], NULL, 10);
	return true;
}

bool compiler_next(char **log, struct diagnostic *diagnostic)
{
	static const struct {
		const char		*word;
		enum diagnostic_kind	kind;
	} words[] = {
		{ ": fatal error: ", DIAGNOSTIC_ERROR }, { ": error: ", DIAGNOSTIC_ERROR },
		{ ": warning: ", DIAGNOSTIC_WARNING }, { ": note: ", DIAGNOSTIC_NOTE },
	};

	while (**log != '\0') {
		char *line = *log;
		size_t length = strcspn(line, "\n");

		*log = line + length + (line[length] == '\n');
		line = memory_string(line, length);
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			char *at = strstr(line, words[i].word);

			if (at == NULL)
				continue;
			*at = '\0';
			diagnostic->kind = words[i].kind;
			diagnostic->text = at + strlen(words[i].word);
			if (split_place(line, diagnostic))
				return true;
			*at = ':';
		}
	}
	return false;
}
