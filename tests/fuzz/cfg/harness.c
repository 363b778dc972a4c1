/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One input through the configurator's lexer, parser and numbering: whatever
 * it is, they must stay within their memory, end, and keep what the later
 * passes rely on. libFuzzer calls this, and mutate.c.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "lex.h"
#include "number.h"
#include "parse.h"

static void require(int condition)
{
	if (!condition)
		abort();
}

/* Without errors every object has a number of its own and every element a text. */
static void check_numbers(const struct config *config)
{
	for (enum kind kind = 0; kind < KIND_OBJECTS; kind++) {
		for (unsigned int i = 0; i < config->count[kind]; i++) {
			const struct statement *s = config->by_number[kind][i];

			require(s != NULL && s->number == i + 1 && !s->broken);
			require(s->name == NULL || table_find(&config->names, s->name) == s);
			for (unsigned int j = 0; j < s->api->count; j++)
				require(s->elements[j].text != NULL && s->elements[j].text[0] != '\0');
		}
	}
	for (const struct statement *s = config->first[KIND_INCLUDE]; s != NULL; s = s->next)
		require(s->header != NULL);
}

unsigned int harness_errors;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = { 0 };
	struct lexer lexer;

	lex_open(&lexer, (const char *)data, size, "input.cfg");
	parse(&lexer, &config);
	number_objects(&config);
	harness_errors = messages_errors();
	if (harness_errors == 0)
		check_numbers(&config);
	messages_forget();
	memory_release();
	return 0;
}
