/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unitron-cfg --list: the table of static APIs in words. docs/spec/static-api.md
 * holds its output, and tests/cfg compares the two.
 */
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "eval.h"
#include "list.h"

/* "A | B" as "A, B": a bar ends a cell. */
static void print_bits(const char *mask)
{
	printf("bits ");
	for (; *mask != '\0'; mask++) {
		if (mask[0] == ' ' && mask[1] == '|') {
			putchar(',');
			mask++;
		} else {
			putchar(*mask);
		}
	}
}

static void print_rule(const struct api_element *rule)
{
	switch (rule->role) {
	case ROLE_ATTRIBUTE:
		print_bits(rule->high);
		printf(" | E_RSATR");
		break;
	case ROLE_NUMBER:
		printf("%s to %s%s%s | E_PAR", rule->low, strcmp(rule->high, "0x7fffffff") == 0 ? "2147483647" : rule->high,
		       rule->condition != NULL ? ", " : "", rule->condition != NULL ? rule->condition : "");
		break;
	case ROLE_PATTERN:
		printf("any 32 bits | E_PAR");
		break;
	case ROLE_INFORMATION:
		printf("integer or address | E_PAR");
		break;
	case ROLE_AREA:
		printf("address, or NULL: made for you | E_PAR");
		break;
	case ROLE_STACK:
		printf("NULL: made by the kernel | E_NOSPT");
		break;
	default:
		printf("function void (%s) | E_PAR", eval_parameters(rule->role));
		break;
	}
	printf(" | %s |\n", rule->tag);
}

static void print_call(const struct api *api)
{
	static const char *const before[] = {
		[SHAPE_CREATE] = "id, { ", [SHAPE_TASK] = "tskid, { ", [SHAPE_OBJECT] = "name, { ",
		[SHAPE_NUMBER] = "", [SHAPE_PACKET] = "{ ",
	};

	printf("| **%s(%s", api->name, before[api->shape]);
	if (api->shape == SHAPE_NUMBER)
		printf("%s, { ", api->number.name);
	for (unsigned int i = 0; i < api->count; i++)
		printf("%s%s", i > 0 ? ", " : "", api->elements[i].name);
	printf(" });** | %s | | |\n", api->object);
}

void list_print(void)
{
	const struct api *api;

	printf("| element | what it may be | error | tag |\n|---|---|---|---|\n");
	for (unsigned int i = 0; (api = api_number(i)) != NULL; i++) {
		if (api->shape == SHAPE_STRING)
			continue;
		print_call(api);
		if (api->shape == SHAPE_NUMBER) {
			printf("| %s | ", api->number.name);
			print_rule(&api->number);
		}
		for (unsigned int j = 0; j < api->count; j++) {
			printf("| %s | ", api->elements[j].name);
			print_rule(&api->elements[j]);
		}
	}
}
