/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parser, by recursive descent over one token of look-ahead. A statement
 * with an error is reported once, kept as `broken` so that its name is known,
 * and left at its ';' or before the next static API that begins a line.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

#define NESTING_MAX	64

struct parser {
	struct lexer	*lexer;
	struct token	token;		/* the look-ahead */
	struct config	*config;
	struct statement *statement;
	const char	*declares;	/* file in which a C declaration was found and reported */
};

static void advance(struct parser *parser)
{
	parser->token = lex_next(parser->lexer);
}

static char *token_text(const struct token *token)
{
	return memory_string(token->text, token->length);
}

/* Report that something else was expected, unless the lexer has already complained about what is there. */
static bool fail(struct parser *parser, const char *expected)
{
	if (parser->token.kind != TOKEN_BAD)
		error_at(parser->token.place, "E_PAR", "%s: %s expected, %s found", parser->statement->api->name, expected,
			 token_describe(&parser->token));				/* [CFG-2] */
	return false;
}

static bool expect(struct parser *parser, char punctuator, const char *where)
{
	if (!token_is(&parser->token, punctuator))
		return fail(parser, memory_format("'%c' %s", punctuator, where));
	advance(parser);
	return true;
}

static char closing(char opening)
{
	return opening == '(' ? ')' : opening == '[' ? ']' : '}';
}

/*
 * Collect an expression up to a ',' or the character `stop` outside of all
 * brackets of its own.
 */
static bool expression(struct parser *parser, char stop, const char *what, struct element *element)
{
	struct buffer text = { 0 };
	char open[NESTING_MAX];
	unsigned int depth = 0;

	element->place = parser->token.place;
	for (;; advance(parser)) {
		const struct token *token = &parser->token;
		char c = token->kind == TOKEN_PUNCTUATOR ? *token->text : 0;

		if (depth == 0 && (c == ',' || c == stop))
			break;
		if (token->kind == TOKEN_BAD || token->kind == TOKEN_END)
			return fail(parser, depth > 0 ? memory_format("'%c' in %s", closing(open[depth - 1]), what)
						      : memory_format("'%c' behind %s", stop, what));
		if (depth == 0 && c != 0 && strchr(";{})]", c) != NULL)
			return fail(parser, text.length == 0 ? what : stop == ',' ? memory_format("',' behind %s", what)
									  : memory_format("',' or '%c' behind %s", stop, what));
		if (depth > 0 && c != 0 && strchr(")]}", c) != NULL) {
			if (c != closing(open[depth - 1]))
				return fail(parser, memory_format("'%c' in %s", closing(open[depth - 1]), what));
			depth--;
		} else if (c != 0 && strchr("([{", c) != NULL) {
			if (depth == NESTING_MAX) {
				error_at(token->place, "E_PAR", "%s: %s is nested more than %d deep",
					 parser->statement->api->name, what, NESTING_MAX);
				return false;
			}
			open[depth++] = c;
		}
		if (text.length > 0 && token->space)
			buffer_add(&text, " ", 1);
		buffer_add(&text, token->text, token->length);
	}
	if (text.length == 0)
		return fail(parser, what);
	element->text = text.text;
	return true;
}

/* The text of an integer literal, perhaps in parentheses, as a number: false if it is none. */
static bool literal(const char *text, unsigned long *value)
{
	size_t length = strlen(text);
	char *end;

	while (length >= 2 && text[0] == '(' && text[length - 1] == ')') {
		text = memory_string(text + 1, length - 2);
		length -= 2;
	}
	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*value = strtoul(text, &end, 0);
	end += strspn(end, "uUlL");
	return errno == 0 && *end == '\0';
}

static bool is_name(const char *text)
{
	static const char *const keywords[] = {
		"auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern",
		"float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed",
		"sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while", "defined",
	};

	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (strcmp(keywords[i], text) == 0)
			return false;
	return strchr("0123456789", text[0]) == NULL && strpbrk(text, " \"'()[]{}<>.,:?~!%^&*-+=|/") == NULL;
}

/* The ID in front of a packet: a name, or a number from 1. */
static bool identifier(struct parser *parser)
{
	struct statement *statement = parser->statement;
	struct element id = { 0 };

	if (!expression(parser, ',', "an ID", &id))
		return false;
	statement->id_place = id.place;
	if (literal(id.text, &statement->number) && statement->number > 0 && statement->number <= 0x7fffffff) {
		statement->explicit_number = true;
		statement->name = NULL;
		return true;
	}
	statement->number = 0;
	if (is_name(id.text)) {
		statement->name = id.text;
		return true;
	}
	error_at(id.place, "E_ID", "%s: an ID is a name, or a number from 1, not '%.80s'", statement->api->name,
		 id.text);									/* [CFG-8] */
	statement->broken = true;
	return true;
}

static const char *element_list(const struct api *api)
{
	struct buffer list = { 0 };

	for (unsigned int i = 0; i < api->count; i++) {
		if (i > 0)
			buffer_add(&list, ", ", 2);
		buffer_add(&list, api->elements[i].name, strlen(api->elements[i].name));
	}
	return list.text;
}

static bool packet(struct parser *parser)
{
	struct statement *statement = parser->statement;
	const struct api *api = statement->api;
	struct place place = parser->token.place;
	unsigned int count = 0;

	if (!expect(parser, '{', "at the start of the packet"))
		return false;
	for (;; advance(parser)) {
		struct element surplus = { 0 };
		bool known = count < api->count;

		if (!expression(parser, '}', known ? api->elements[count].name : "an element",
				known ? &statement->elements[count] : &surplus))
			return false;
		count++;
		if (!token_is(&parser->token, ','))
			break;
	}
	if (count != api->count) {
		error_at(place, "E_PAR", "%s: the packet has %u element%s, not %u: { %s }", api->name, count,
			 count == 1 ? "" : "s", api->count, element_list(api));			/* [CFG-6] */
		statement->broken = true;
	}
	return expect(parser, '}', "at the end of the packet");
}

/* INCLUDE's string: the text of its quotes is what stands behind #include. */
static bool header(struct parser *parser)
{
	struct token *token = &parser->token;
	struct buffer name = { 0 };

	if (token->kind != TOKEN_STRING)
		return fail(parser, "a string");
	for (size_t i = 1; i + 1 < token->length; i++) {
		if (token->text[i] == '\\')
			i++;
		buffer_add(&name, token->text + i, 1);
	}
	if (name.length < 3 || !((name.text[0] == '"' && name.text[name.length - 1] == '"') ||
				 (name.text[0] == '<' && name.text[name.length - 1] == '>')) ||
	    strpbrk(memory_string(name.text + 1, name.length - 2), "\"<>") != NULL || strlen(name.text) != name.length) {
		error_at(token->place, "E_PAR", "INCLUDE: %s is neither \"\\\"file.h\\\"\" nor \"<file.h>\"", token_describe(token));
		parser->statement->broken = true;
	} else {
		parser->statement->header = name.text;
	}
	advance(parser);
	return true;
}

/* What stands between the parentheses. */
static bool arguments(struct parser *parser)
{
	struct statement *statement = parser->statement;

	switch (statement->api->shape) {
	case SHAPE_CREATE:
	case SHAPE_TASK:
	case SHAPE_OBJECT:
		return identifier(parser) && expect(parser, ',', "behind the ID") && packet(parser);
	case SHAPE_NUMBER:
		return expression(parser, ',', statement->api->number.name, &statement->number_element) &&
		       expect(parser, ',', memory_format("behind %s", statement->api->number.name)) && packet(parser);
	case SHAPE_PACKET:
		return packet(parser);
	case SHAPE_STRING:
		return header(parser);
	}
	return false;
}

static bool starts_statement(const struct token *token)
{
	return token->kind == TOKEN_NAME && api_find(token_text(token)) != NULL;
}

/* Is the look-ahead the start of a statement, to go on with after an error? */
static bool at_statement(const struct token *token)
{
	return token->first && starts_statement(token);
}

/* A ';' in the middle of a line is rather the error than the end of the statement. */
static void recover(struct parser *parser)
{
	while (parser->token.kind != TOKEN_END && !at_statement(&parser->token)) {
		bool end = token_is(&parser->token, ';');

		advance(parser);
		if (end && (parser->token.first || starts_statement(&parser->token)))
			break;
	}
}

static void append(struct config *config, struct statement *statement)
{
	enum kind kind = statement->api->kind;

	if (config->end[kind] == NULL)
		config->end[kind] = &config->first[kind];
	*config->end[kind] = statement;
	config->end[kind] = &statement->next;
	config->count[kind]++;
}

/*
 * Report what stands where a static API should begin; the look-ahead is behind
 * it. Of the C declarations of one file only the first is worth a message.
 */
static void unknown(struct parser *parser, const struct token *token, const char *name)
{
	static const char *const declarations[] = {
		"typedef", "extern", "static", "struct", "enum", "union", "void", "int", "unsigned", "const", "__extension__",
	};

	if (token->kind == TOKEN_BAD || (parser->declares != NULL && strcmp(parser->declares, token->place.file) == 0))
		return;
	for (size_t i = 0; i < sizeof(declarations) / sizeof(declarations[0]); i++) {
		if (strcmp(name, declarations[i]) == 0) {
			parser->declares = token->place.file;
			error_at(token->place, "E_PAR", "C declaration at '%s': a .cfg holds static APIs only; name the header in "
				 "INCLUDE(\"\\\"file.h\\\"\") instead of #include", name);
			return;
		}
	}
	if (token->kind == TOKEN_NAME && api_unsupported(name))
		error_at(token->place, "E_NOSPT", "%s is not supported by this kernel", name);		/* [CFG-4] */
	else if (token->kind == TOKEN_NAME && token_is(&parser->token, '('))
		error_at(token->place, "E_RSFN", "unknown static API '%.80s'", name);			/* [CFG-3] */
	else
		error_at(token->place, "E_PAR", "a static API expected, %s found", token_describe(token)); /* [CFG-2] */
}

static void statement(struct parser *parser)
{
	struct statement *statement = memory_get(sizeof(*statement));
	struct token token = parser->token;
	const char *name;

	name = token_text(&token);
	statement->api = token.kind == TOKEN_NAME ? api_find(name) : NULL;
	statement->place = token.place;
	advance(parser);
	if (statement->api == NULL) {
		unknown(parser, &token, name);
		recover(parser);
		return;
	}
	parser->statement = statement;
	if (!expect(parser, '(', memory_format("behind %s", name)) || !arguments(parser) ||
	    !expect(parser, ')', "at the end") || !expect(parser, ';', "behind ')'")) {
		statement->broken = true;
		recover(parser);
	}
	append(parser->config, statement);
}

void parse(struct lexer *lexer, struct config *config)
{
	struct parser parser = { .lexer = lexer, .config = config };

	advance(&parser);
	while (parser.token.kind != TOKEN_END) {
		if (token_is(&parser.token, ';'))
			advance(&parser);	/* left behind by a macro that stands for statements */
		else
			statement(&parser);
	}
}
