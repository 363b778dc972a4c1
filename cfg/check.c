/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The static errors. What the table of static APIs says about a single element
 * is checked by its role; what concerns several elements or statements has a
 * function of its own at the end. A statement that is `broken` by now was
 * reported and is left alone.
 */
#include <inttypes.h>
#include <string.h>

#include "check.h"
#include "eval.h"

#define AREAS_MAX	((int64_t)1 << 30)	/* bytes of all areas together that kernel_cfg.c may define */
#define MESSAGE_MAX	65528			/* bytes of a message that crosses: UNITRON_MESSAGE_MAX of <unitron/exchange.h> */

const struct element *check_element(const struct statement *statement, const char *name)
{
	for (unsigned int i = 0; i < statement->api->count; i++)
		if (strcmp(statement->api->elements[i].name, name) == 0)
			return &statement->elements[i];
	return NULL;
}

int64_t check_value(const struct statement *statement, const char *name)
{
	return eval_signed(check_element(statement, name)->expression);
}

/* The first element that was not evaluated since there were too many errors. */
static const struct element *incomplete;

/* CRE_TSK(NAME), or the API's bare name where there is no ID. */
static const char *title(const struct statement *s)
{
	if (s->api->shape == SHAPE_NUMBER)
		return memory_format("%s(%s)", s->api->name, s->number_element.text);
	if (s->name != NULL)
		return memory_format("%s(%s)", s->api->name, s->name);
	if (s->explicit_number)
		return memory_format("%s(%lu)", s->api->name, s->number);
	return s->api->name;
}

/* ---- before evaluation -------------------------------------------------- */

static void collect_element(struct config *config, struct statement *s, const struct api_element *rule, struct element *element)
{
	const struct statement *object = rule->role >= ROLE_FUNCTION ? table_find(&config->names, element->text) : NULL;

	if (object != NULL) {									/* [CFG-16] */
		error_at(element->place, "E_OBJ", "%s: %s '%s' is also the name of the %s of %s:%u, which kernel_id.h "
			 "makes a number; rename one of them", title(s), rule->name, element->text, object->api->object,
			 object->place.file, object->place.line);
		s->broken = true;
		return;
	}
	element->expression = eval_add(element->text, rule->role);
}

static void collect_limits(const struct api_element *rule)
{
	if (rule->low != NULL)
		eval_add_limit(rule->low);
	if (rule->high != NULL)
		eval_add_limit(rule->high);
}

void check_collect(struct config *config)
{
	eval_add_limit("TA_ACT");
	eval_add_limit("TA_MPRI");
	eval_add_limit("TA_CEILING");
	eval_add_limit("TA_READ");
	eval_add_limit("TA_WRITE");
	eval_add_limit("sizeof(T_MSG_EXC)");
	for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
		const struct api *api = api_of(kind);

		collect_limits(&api->number);
		for (unsigned int i = 0; i < api->count; i++)
			collect_limits(&api->elements[i]);
		for (struct statement *s = config->first[kind]; s != NULL; s = s->next) {
			if (!s->broken && api->shape == SHAPE_NUMBER)
				collect_element(config, s, &api->number, &s->number_element);
			for (unsigned int i = 0; i < api->count && !s->broken; i++)
				collect_element(config, s, &api->elements[i], &s->elements[i]);
		}
	}
}

/* ---- one element -------------------------------------------------------- */

/* "isemcnt 5", or "isemcnt 'FIRST + 1', which is 5," when the number cannot be seen in the text */
static const char *shown(const struct api_element *rule, const struct element *element)
{
	const struct expression *e = element->expression;
	const char *value = e->is_unsigned ? memory_format("%" PRIu64, e->bits) : memory_format("%" PRId64, (int64_t)e->bits);

	if (strcmp(value, element->text) == 0)
		return memory_format("%s %s", rule->name, value);
	return memory_format("%s '%.80s', which is %s,", rule->name, element->text, value);
}

static void check_attribute(const struct statement *s, const struct api_element *rule, const struct element *element)
{
	uint64_t surplus = element->expression->bits & ~(uint64_t)eval_limit(rule->high);

	if (surplus != 0)
		error_at(element->place, "E_RSATR", "%s: %s '%.80s' has bits 0x%" PRIx64 " that are not allowed here; allowed: %s",
			 title(s), rule->name, element->text, surplus, rule->high);		/* [CFG-20] */
}

/* A limit by value, with its name if it has one. */
static const char *limit(const char *text)
{
	if (text[0] >= '0' && text[0] <= '9')
		return memory_format("%" PRId64, eval_limit(text));
	return memory_format("%s = %" PRId64, text, eval_limit(text));
}

static void check_range(const struct statement *s, const struct api_element *rule, const struct element *element)
{
	int64_t value = eval_signed(element->expression);

	if (strcmp(rule->name, "ceilpri") == 0 &&						/* [CFG-30] */
	    check_value(s, "mtxatr") != eval_limit("TA_CEILING"))
		return;
	if (value < eval_limit(rule->low) || value > eval_limit(rule->high))			/* rule->tag */
		error_at(element->place, "E_PAR", "%s: %s is out of range %s to %s%s%s", title(s), shown(rule, element),
			 limit(rule->low), limit(rule->high), rule->condition != NULL ? "; " : "",
			 rule->condition != NULL ? rule->condition : "");
}

static void check_integer(const struct statement *s, const struct api_element *rule, const struct element *element)
{
	int64_t value;

	if (!element->expression->integer || element->expression->address) {			/* [CFG-17] */
		error_at(element->place, "E_PAR", "%s: %s '%.80s' is not an integer constant", title(s), rule->name, element->text);
		return;
	}
	value = eval_signed(element->expression);
	if (rule->role == ROLE_ATTRIBUTE)
		check_attribute(s, rule, element);
	else if (rule->role == ROLE_NUMBER)
		check_range(s, rule, element);
	else if (value < INT32_MIN || value > UINT32_MAX)					/* [CFG-26] */
		error_at(element->place, "E_PAR", "%s: %s does not fit 32 bits", title(s), shown(rule, element));
}

static void check_role(const struct statement *s, const struct api_element *rule, const struct element *element)
{
	const struct expression *e = element->expression;

	switch (rule->role) {
	case ROLE_ATTRIBUTE:
	case ROLE_NUMBER:
	case ROLE_PATTERN:
		check_integer(s, rule, element);
		return;
	case ROLE_INFORMATION:
		if (!e->integer && !e->pointer)							/* [CFG-17] */
			error_at(element->place, "E_PAR", "%s: %s '%.80s' is neither an integer nor an address", title(s),
				 rule->name, element->text);
		return;
	case ROLE_AREA:
		if (!e->pointer && (!e->integer || e->bits != 0 || e->address))			/* [CFG-28] */
			error_at(element->place, "E_PAR", "%s: %s '%.80s' is neither an address nor NULL; with NULL the area is "
				 "made for you", title(s), rule->name, element->text);
		return;
	case ROLE_STACK:
		if (e->address || e->bits != 0 || (!e->integer && !e->pointer))			/* [CFG-23] */
			error_at(element->place, "E_NOSPT", "%s: %s '%.80s' is not NULL: stacks are made by the kernel, of stksz "
				 "bytes and with a guard below; write NULL", title(s), rule->name, element->text);
		return;
	default:
		if (!e->address && e->bits == 0)						/* [CFG-18] */
			error_at(element->place, "E_PAR", "%s: %s is NULL; a function void (%s) is needed", title(s), rule->name,
				 eval_parameters(rule->role));
		return;
	}
}

static void check_element_value(struct statement *s, const struct api_element *rule, struct element *element)
{
	if (element->expression->error != NULL && *element->expression->error == '\0')
		incomplete = incomplete != NULL ? incomplete : element;
	else if (element->expression->error != NULL)						/* [CFG-17] */
		error_at(element->place, "E_PAR", "%s: %s '%.80s': %s", title(s), rule->name, element->text,
			 element->expression->error);
	else
		check_role(s, rule, element);
}

/* True if every element of the statement has a value. */
static bool complete(const struct statement *s)
{
	if (s->broken || (s->api->shape == SHAPE_NUMBER && s->number_element.expression->error != NULL))
		return false;
	for (unsigned int i = 0; i < s->api->count; i++)
		if (s->elements[i].expression->error != NULL)
			return false;
	return true;
}

/* ---- several elements --------------------------------------------------- */

static void check_semaphore(const struct statement *s)
{
	const struct element *element = check_element(s, "isemcnt");
	int64_t maxsem = check_value(s, "maxsem");

	if (maxsem > 0 && maxsem <= eval_limit("TMAX_MAXSEM") && check_value(s, "isemcnt") <= eval_limit("TMAX_MAXSEM") &&
	    check_value(s, "isemcnt") > maxsem)							/* [CFG-24] */
		error_at(element->place, "E_PAR", "%s: isemcnt %" PRId64 " is more than maxsem %" PRId64, title(s),
			 check_value(s, "isemcnt"), maxsem);
}

/* Bytes of the areas of data queues and pools that kernel_cfg.c will define, up to and including s. */
static void check_area(const struct statement *s, int64_t *total)
{
	bool pool = s->api->kind == KIND_MPF;
	const struct element *area = check_element(s, pool ? "mpf" : "dtq");
	int64_t count = check_value(s, pool ? "blkcnt" : "dtqcnt");
	int64_t size = pool ? check_value(s, "blksz") : 8;

	if (area->expression->address || area->expression->bits != 0 || count < 0 || size <= 0)
		return;
	if (count > AREAS_MAX / size || *total > AREAS_MAX - count * size)			/* [CFG-36] */
		error_at(s->elements[1].place, "E_NOMEM", "%s: with this one the areas of data queues and memory pools take more "
			 "than %" PRId64 " bytes", title(s), AREAS_MAX);
	else
		*total += count * size;
}

/* The memory pool of a mailbox's export; NULL if there is none of that number. */
static const struct statement *export_pool(const struct config *config, const struct statement *s)
{
	int64_t mpfid = check_value(s, "mpfid");

	return mpfid > 0 && mpfid <= config->count[KIND_MPF] ? config->by_number[KIND_MPF][mpfid - 1] : NULL;
}

static void check_export_pool(const struct config *config, const struct statement *s)
{
	const struct element *element = check_element(s, "mpfid");
	const struct statement *pool = export_pool(config, s);
	int64_t head = eval_limit("sizeof(T_MSG_EXC)");
	int64_t blksz;

	if (s->other->api->kind != KIND_MBX) {
		if (check_value(s, "mpfid") != 0)						/* [CFG-48] */
			error_at(element->place, "E_PAR", "%s: mpfid '%.80s': a %s needs no memory pool; write 0", title(s),
				 element->text, s->other->api->object);
		return;
	}
	if (pool == NULL) {									/* [CFG-48] */
		error_at(element->place, "E_NOEXS", "%s: mpfid '%.80s': the messages of a mailbox need a memory pool, by CRE_MPF",
			 title(s), element->text);
		return;
	}
	if (!complete(pool))
		return;
	blksz = check_value(pool, "blksz");
	if (blksz <= head || blksz > head + MESSAGE_MAX)					/* [CFG-48] */
		error_at(element->place, "E_PAR", "%s: blksz %" PRId64 " of %s: a block holds a head of %" PRId64 " bytes and a message "
			 "of 1 to %d", title(s), blksz, element->text, head, MESSAGE_MAX);
}

static void check_direction(const struct statement *s)
{
	const struct element *expatr = check_element(s, "expatr");
	int64_t direction = check_value(s, "expatr");

	if (direction != eval_limit("TA_READ") && direction != eval_limit("TA_WRITE"))		/* [CFG-49] */
		error_at(expatr->place, "E_RSATR", "%s: expatr '%.80s': data go one way: either TA_READ, processes read, or TA_WRITE, "
			 "they write", title(s), expatr->text);
}

static void check_ring(const struct config *config, const struct statement *s)
{
	const struct element *ringcnt = check_element(s, "ringcnt");
	const struct element *slotsz = check_element(s, "slotsz");
	const struct element *flgid = check_element(s, "flgid");
	int64_t count = check_value(s, "ringcnt");
	int64_t size = check_value(s, "slotsz");

	check_direction(s);
	if ((count & (count - 1)) != 0)								/* [CFG-52] */
		error_at(ringcnt->place, "E_PAR", "%s: %s is not a power of 2", title(s), shown(&s->api->elements[2], ringcnt));
	if (size % 8 != 0)									/* [CFG-52] */
		error_at(slotsz->place, "E_PAR", "%s: %s is not a multiple of 8", title(s), shown(&s->api->elements[3], slotsz));
	if (count > 0 && size > 0 && count > AREAS_MAX / size)					/* [CFG-52] */
		error_at(ringcnt->place, "E_NOMEM", "%s: the ring takes more than %" PRId64 " bytes", title(s), AREAS_MAX);
	if (check_value(s, "flgid") > config->count[KIND_FLG])					/* [CFG-53] */
		error_at(flgid->place, "E_NOEXS", "%s: flgid '%.80s': there is no such event flag", title(s), flgid->text);
}

/* What the roles of the elements do not say. Its object has values too. */
static void check_export(const struct config *config, const struct statement *s)
{
	const struct element *ringcnt = check_element(s, "ringcnt");
	enum kind kind = s->other->api->kind;
	int64_t direction = check_value(s, "expatr");
	int64_t count = check_value(s, "ringcnt");
	bool ring = kind == KIND_DTQ || kind == KIND_MBX;

	check_direction(s);
	if (ring && (count == 0 || (count & (count - 1)) != 0))					/* [CFG-47] */
		error_at(ringcnt->place, "E_PAR", "%s: %s is not a power of 2", title(s), shown(&s->api->elements[2], ringcnt));
	if (!ring && count != 0)								/* [CFG-47] */
		error_at(ringcnt->place, "E_PAR", "%s: ringcnt '%.80s': %s needs no ring; write 0", title(s), ringcnt->text,
			 kind == KIND_FLG ? "an event flag" : "a semaphore");
	if (kind == KIND_DTQ && direction == eval_limit("TA_READ") && complete(s->other) && check_value(s->other, "dtqcnt") == 0)
		error_at(s->id_place, "E_PAR", "%s: with TA_READ dtqcnt must not be 0: data wait in the queue while the ring is full",
			 title(s));								/* [CFG-49] */
	check_export_pool(config, s);
}

/* ---- several statements ------------------------------------------------- */

static const char *number_key(const struct expression *number)
{
	return memory_format("%" PRId64, eval_signed(number));
}

/* DEF_xxx of one kind: the second one for a number is an error. */
static void check_definitions(const struct config *config, enum kind kind, struct table *defined)
{
	for (struct statement *s = config->first[kind]; s != NULL; s = s->next) {
		const struct statement *other;
		const char *key;

		if (s->broken || s->number_element.expression->error != NULL)
			continue;
		key = number_key(s->number_element.expression);
		other = table_find(defined, key);
		if (other != NULL)								/* [CFG-37] */
			error_at(s->number_element.place, "E_OBJ", "%s: number %s has its handler by %s:%u already", title(s), key,
				 other->place.file, other->place.line);
		else
			table_add(defined, key, s);
	}
}

static void check_interrupts(const struct config *config)
{
	struct table defined = { 0 };

	check_definitions(config, KIND_INH, &defined);
	for (struct statement *s = config->first[KIND_ISR]; s != NULL; s = s->next) {
		const struct element *intno = check_element(s, "intno");
		const struct statement *other;

		if (s->broken || intno->expression->error != NULL)
			continue;
		other = table_find(&defined, number_key(intno->expression));
		if (other != NULL)								/* [CFG-38] */
			error_at(intno->place, "E_OBJ", "ATT_ISR: interrupt %s has a handler by DEF_INH in %s:%u; a number takes "
				 "one DEF_INH or any number of ATT_ISR", number_key(intno->expression), other->place.file,
				 other->place.line);
	}
}

void check_values(struct config *config)
{
	struct table exceptions = { 0 };
	int64_t areas = 0;

	incomplete = NULL;
	for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
		for (struct statement *s = config->first[kind]; s != NULL; s = s->next) {
			if (s->broken)
				continue;
			if (s->api->shape == SHAPE_NUMBER)
				check_element_value(s, &s->api->number, &s->number_element);
			for (unsigned int i = 0; i < s->api->count; i++)
				check_element_value(s, &s->api->elements[i], &s->elements[i]);
			if (!complete(s))
				continue;
			if (kind == KIND_SEM)
				check_semaphore(s);
			if (kind == KIND_DTQ || kind == KIND_MPF)
				check_area(s, &areas);
			if (kind == KIND_EXP)
				check_export(config, s);
			if (kind == KIND_RNG)
				check_ring(config, s);
		}
	}
	if (incomplete != NULL)
		error_at(incomplete->place, NULL, "'%.80s' and further values were not looked at after so many errors; mend those first",
			 incomplete->text);
	check_interrupts(config);
	check_definitions(config, KIND_EXC, &exceptions);
}
