/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding `#pragma kernel` lines in preprocessed C: see request.h.
 */
#include "request.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>
#include <unitron/kernelware.h>

#define BLANKS " \t\r\v\f"

int is_identifier(const char *name)
{
	if (!isalpha((unsigned char)name[0]) && name[0] != '_')
		return 0;
	for (; *name != '\0'; name++) {
		if (!isalnum((unsigned char)*name) && *name != '_')
			return 0;
	}
	return 1;
}

/* Kernel symbols may be more than C identifiers: local functions get suffixes such as .isra.0 */
static void require_symbol(const struct place *place, const char *name)
{
	if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$") != strlen(name) ||
	    isdigit((unsigned char)name[0]) || strlen(name) >= KW_SYMBOL_SIZE)
		fail(place, "#pragma kernel: '%.60s' is no name of a kernel symbol", name);
}

/* The next word of *text, cut off there; a null pointer at the end */
static char *word_of(char **text)
{
	char *word = *text + strspn(*text, BLANKS);
	size_t length = strcspn(word, BLANKS);

	if (length == 0)
		return NULL;
	*text = word + length;
	if (**text != '\0')
		*(*text)++ = '\0';
	return word;
}

static void take_alias(struct request *request, const char *alias)
{
	if (!is_identifier(alias))
		fail(&request->place, "#pragma kernel: '%.60s' can't be a name in C; give it one by: as NAME", alias);
	request->alias = alias;
}

/* NAME [as ALIAS], several; each but the first becomes a request of its own. The last one is returned. */
static struct request *take_names(struct request *request, char *rest)
{
	char *word = word_of(&rest);

	if (word == NULL)
		fail(&request->place, "#pragma kernel function, percpu and constant want a name");
	for (;;) {
		struct request *next;
		char *name = word;

		require_symbol(&request->place, name);
		request->name = name;
		word = word_of(&rest);
		if (word != NULL && strcmp(word, "as") == 0) {
			word = word_of(&rest);
			take_alias(request, word != NULL ? word : "");
			word = word_of(&rest);
		} else {
			take_alias(request, name);
		}
		if (word == NULL)
			return request;
		next = allocate(sizeof(*next));
		next->kind = request->kind;
		next->place = request->place;
		request->next = next;
		request = next;
	}
}

static void take_struct(struct request *request, char *rest)
{
	size_t count = 0, room = 1;
	char *word = word_of(&rest);

	if (word == NULL || !is_identifier(word))
		fail(&request->place, "#pragma kernel struct wants the name of a struct, and members");
	request->name = word;
	for (const char *at = rest; *at != '\0'; at++)
		room += strchr(BLANKS, *at) != NULL;
	request->members = allocate((room + 1) * sizeof(request->members[0]));
	while ((word = word_of(&rest)) != NULL)
		request->members[count++] = word;
}

/* TYPE NAME[N]... [as ALIAS] */
static void take_variable(struct request *request, char *rest)
{
	static const char usage[] = "#pragma kernel variable wants a type and a name, as: unsigned long jiffies";
	char *begin = rest + strspn(rest, BLANKS);
	char *end = begin + strlen(begin);
	const char *alias = NULL;
	char *name;

	while (end > begin && strchr(BLANKS, end[-1]) != NULL)
		*--end = '\0';
	for (char *at = begin; (at = strstr(at, "as")) != NULL; at++) {
		if (at > begin && strchr(BLANKS, at[-1]) != NULL && at[2] != '\0' && strchr(BLANKS, at[2]) != NULL) {
			alias = at + 2 + strspn(at + 2, BLANKS);
			end = at;
			while (end > begin && strchr(BLANKS, end[-1]) != NULL)
				end--;
			*end = '\0';
			break;
		}
	}
	if (strpbrk(begin, "();{}\"'#\\=,") != NULL)
		fail(&request->place, "%s; a type with ( ) or { } needs a typedef", usage);
	request->dimensions = "";
	if (end > begin && end[-1] == ']') {
		char *bracket = strchr(begin, '[');

		if (bracket == NULL)
			fail(&request->place, "%s", usage);
		request->dimensions = copy_of(bracket, strlen(bracket));
		end = bracket;
		while (end > begin && strchr(BLANKS, end[-1]) != NULL)
			end--;
		*end = '\0';
	}
	name = end;
	while (name > begin && strchr(BLANKS "*", name[-1]) == NULL)
		name--;
	if (name == end || name == begin)
		fail(&request->place, "%s", usage);
	request->name = copy_of(name, (size_t)(end - name));
	request->type = copy_of(begin, (size_t)(name - begin));
	require_symbol(&request->place, request->name);
	take_alias(request, alias != NULL ? alias : request->name);
}

/* What stands behind "#pragma kernel"; the last request made of it */
static struct request *take(struct request *request, char *rest)
{
	char *word = word_of(&rest);

	if (word == NULL)
		word = "";
	if (strcmp(word, "function") == 0 || strcmp(word, "percpu") == 0 || strcmp(word, "constant") == 0) {
		request->kind = word[0] == 'f' ? REQUEST_FUNCTION : word[0] == 'p' ? REQUEST_PERCPU : REQUEST_CONSTANT;
		return take_names(request, rest);
	}
	if (strcmp(word, "variable") == 0) {
		request->kind = REQUEST_VARIABLE;
		take_variable(request, rest);
	} else if (strcmp(word, "struct") == 0 || strcmp(word, "union") == 0) {
		request->kind = REQUEST_STRUCT;
		take_struct(request, rest);
	} else {
		fail(&request->place, "#pragma kernel '%.60s': want function, struct, union, variable, percpu or constant", word);
	}
	return request;
}

/* Is this line "# pragma kernel ..."? Then what stands behind. */
static char *behind_pragma(char *line)
{
	char *rest = line + strspn(line, BLANKS);
	static const char *const words[] = { "#", "pragma", "kernel" };

	for (unsigned int i = 0; i < 3; i++) {
		size_t length = strlen(words[i]);

		rest += strspn(rest, BLANKS);
		if (strncmp(rest, words[i], length) != 0)
			return NULL;
		rest += length;
		if (i > 0 && *rest != '\0' && strchr(BLANKS, *rest) == NULL)
			return NULL;
	}
	return rest;
}

/* "# 12 "FILE" flags" or "#line 12 "FILE"": where the next line is from */
static int take_marker(struct place *place, const char *line)
{
	const char *at = line;
	char *number_end;
	unsigned long number;

	if (*at != '#')
		return 0;
	at += 1 + strspn(at + 1, BLANKS);
	if (strncmp(at, "line", 4) == 0)
		at += 4 + strspn(at + 4, BLANKS);
	if (!isdigit((unsigned char)*at))
		return 0;
	number = strtoul(at, &number_end, 10);
	at = number_end + strspn(number_end, BLANKS);
	if (*at == '"') {
		const char *end = strchr(at + 1, '"');

		place->file = copy_of(at + 1, end != NULL ? (size_t)(end - at - 1) : 0);
	}
	place->line = number < 1u << 30 ? (unsigned int)number : 0;
	return 1;
}

static struct request *try_take(struct request *request, char *rest)
{
	struct request *volatile last = NULL;

	if (ATTEMPT())
		last = take(request, rest);
	attempt_end();
	return last;
}

struct request *requests_read(const char *text, size_t size, const char *name)
{
	struct request *first = NULL;
	struct request **end = &first;
	struct place place = { name, 1 };
	const char *const limit = text + size;

	for (const char *at = text; at < limit;) {
		const char *newline = memchr(at, '\n', (size_t)(limit - at));
		size_t length = (size_t)((newline != NULL ? newline : limit) - at);
		size_t blanks = 0;
		char *line, *rest;

		while (blanks < length && strchr(BLANKS, at[blanks]) != NULL && at[blanks] != '\0')
			blanks++;
		/* Most lines are no directives: do not copy them. */
		if (blanks == length || at[blanks] != '#') {
			place.line += place.line != 0;
			at = at + length + 1;
			continue;
		}
		line = copy_of(at, length);
		at = at + length + 1;
		if (take_marker(&place, line))
			continue;
		rest = behind_pragma(line);
		if (rest != NULL) {
			struct request *request = allocate(sizeof(*request));
			struct request *last;

			request->place = place;
			last = try_take(request, rest);
			if (last != NULL) {
				*end = request;
				end = &last->next;
			}
		}
		place.line += place.line != 0;
	}
	return first;
}
