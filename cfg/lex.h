/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens of a preprocessed .cfg. Line markers of the preprocessor are
 * followed, so that every token knows its place in the original file.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "message.h"

enum token_kind {
	TOKEN_END,			/* end of the text */
	TOKEN_NAME,
	TOKEN_NUMBER,			/* a preprocessing number of C */
	TOKEN_STRING,			/* with its quotes */
	TOKEN_CHARACTER,		/* character constant, with its quotes */
	TOKEN_PUNCTUATOR,		/* one character; << is two tokens */
	TOKEN_BAD,			/* what cannot stand in a .cfg; an error was reported */
};

struct token {
	enum token_kind	kind;
	const char	*text;		/* in the lexer's text, not terminated */
	size_t		length;
	struct place	place;
	bool		space;		/* white space before it */
	bool		first;		/* first of its line */
};

struct lexer {
	const char	*next;
	const char	*end;
	struct place	place;
	bool		line_start;
};

/* Start on text, which stays in place while tokens are used. file: its name until a line marker says otherwise. */
void	lex_open(struct lexer *lexer, const char *text, size_t length, const char *file);
struct token lex_next(struct lexer *lexer);

/* Is it the punctuator c? */
bool	token_is(const struct token *token, char c);
/* For messages: the token quoted and cut to a readable length, or "end of file". */
const char *token_describe(const struct token *token);
