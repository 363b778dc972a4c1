/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lexer. Its input is the output of the compiler's preprocessor: comments
 * are gone, lines are joined. It may still be anything, since a .cfg may be
 * anything: every byte is looked at within bounds, and what is no token is
 * reported and becomes TOKEN_BAD.
 */
#include <ctype.h>
#include <string.h>

#include "lex.h"
#include "memory.h"

void lex_open(struct lexer *lexer, const char *text, size_t length, const char *file)
{
	*lexer = (struct lexer){
		.next = text,
		.end = text + length,
		.place = { .file = file, .line = 1, .order = 1 },
		.line_start = true,
	};
}

static bool name_start(int c)
{
	return isalpha(c) || c == '_' || c == '$' || c >= 0x80;
}

static int peek(const struct lexer *lexer, size_t ahead)
{
	if ((size_t)(lexer->end - lexer->next) <= ahead)
		return -1;
	return (unsigned char)lexer->next[ahead];
}

static void end_line(struct lexer *lexer)
{
	lexer->next++;
	lexer->place.line++;
	lexer->place.order++;
	lexer->line_start = true;
}

/* The file name of a line marker, from behind its opening quote; NULL if it has no end. */
static const char *marker_file(const char *text, const char *end)
{
	struct buffer name = { 0 };

	for (; text < end && *text != '"'; text++) {
		char c = *text;

		if (c == '\\' && end - text >= 4 && text[1] >= '0' && text[1] <= '3') {
			c = (char)((text[1] - '0') * 64 + (text[2] & 7) * 8 + (text[3] & 7));
			text += 3;
		} else if (c == '\\' && end - text >= 2) {
			c = *++text;
		}
		if (c != '\0')
			buffer_add(&name, &c, 1);
	}
	if (text >= end)
		return NULL;
	return name.length > 0 ? name.text : "";
}

/*
 * At '#' as the first character of a line: follow `# 12 "app.cfg" ...` and
 * `#line 12 "app.cfg"`; skip the rest (#pragma and #ident pass through the
 * preprocessor and mean nothing to us).
 */
static void directive(struct lexer *lexer)
{
	const char *at = lexer->next + 1;
	const char *end = memchr(at, '\n', (size_t)(lexer->end - at));
	unsigned int line = 0;
	bool number = false;

	if (end == NULL)
		end = lexer->end;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (end - at >= 4 && memcmp(at, "line", 4) == 0)
		at += 4;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	for (; at < end && isdigit((unsigned char)*at); at++) {
		line = line * 10 + (unsigned int)(*at - '0');
		number = true;
	}
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (number) {
		if (at < end && *at == '"') {
			const char *file = marker_file(at + 1, end);

			if (file != NULL)
				lexer->place.file = file;
		}
		lexer->place.line = line - 1;	/* the marker's own line end adds one */
	}
	lexer->next = end;
}

/* Skip white space and directives. True if there was any. */
static bool skip_space(struct lexer *lexer)
{
	const char *start = lexer->next;

	while (lexer->next < lexer->end) {
		switch (*lexer->next) {
		case '\n':
			end_line(lexer);
			break;
		case ' ': case '\t': case '\r': case '\f': case '\v':
			lexer->next++;
			break;
		case '#':
			if (!lexer->line_start)
				return lexer->next > start;
			directive(lexer);
			break;
		default:
			return lexer->next > start;
		}
	}
	return lexer->next > start;
}

/* A literal in quotes: TOKEN_BAD, reported, when the line ends first. */
static enum token_kind quoted(struct lexer *lexer, char quote)
{
	lexer->next++;
	while (lexer->next < lexer->end && *lexer->next != '\n') {
		char c = *lexer->next++;

		if (c == quote)
			return quote == '"' ? TOKEN_STRING : TOKEN_CHARACTER;
		if (c == '\\' && lexer->next < lexer->end && *lexer->next != '\n')
			lexer->next++;
	}
	error_at(lexer->place, "E_PAR", "%s has no closing %c", quote == '"' ? "string" : "character constant", quote);
	return TOKEN_BAD;
}

static enum token_kind number(struct lexer *lexer)
{
	int previous = 0;
	int c;

	while ((c = peek(lexer, 0)) >= 0) {
		bool exponent = (c == '+' || c == '-') && previous != 0 && strchr("eEpP", previous) != NULL;

		if (!exponent && c != '.' && !isdigit(c) && !name_start(c))
			break;
		previous = c;
		lexer->next++;
	}
	return TOKEN_NUMBER;
}

static enum token_kind scan(struct lexer *lexer)
{
	int c = peek(lexer, 0);

	if (c == '"' || c == '\'')
		return quoted(lexer, (char)c);
	if (isdigit(c) || (c == '.' && isdigit(peek(lexer, 1))))
		return number(lexer);
	if (name_start(c)) {
		while (name_start(peek(lexer, 0)) || isdigit(peek(lexer, 0)))
			lexer->next++;
		return TOKEN_NAME;
	}
	lexer->next++;
	if (c != 0 && strchr("(){}[],;:?.~!%^&*-+=|<>/", c) != NULL)
		return TOKEN_PUNCTUATOR;
	if (c > ' ' && c < 0x7f)
		error_at(lexer->place, "E_PAR", "stray character '%c'", c);
	else
		error_at(lexer->place, "E_PAR", "stray character 0x%02x", (unsigned int)c);
	return TOKEN_BAD;
}

struct token lex_next(struct lexer *lexer)
{
	struct token token = { .kind = TOKEN_END };

	token.space = skip_space(lexer);
	token.first = lexer->line_start;
	token.place = lexer->place;
	token.text = lexer->next;
	lexer->line_start = false;
	if (lexer->next < lexer->end) {
		token.kind = scan(lexer);
		token.length = (size_t)(lexer->next - token.text);
	}
	return token;
}

bool token_is(const struct token *token, char c)
{
	return token->kind == TOKEN_PUNCTUATOR && *token->text == c;
}

const char *token_describe(const struct token *token)
{
	if (token->kind == TOKEN_END)
		return "end of file";
	if (token->length > 40)
		return memory_format("'%.40s...'", token->text);
	return memory_format("'%.*s'", (int)token->length, token->text);
}
