/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects of a kind are numbered from 1 without gaps: explicit numbers first,
 * then the names, in order of appearance, get the numbers left over. Names
 * share one space over all kinds, since each becomes a macro.
 */
#include <string.h>

#include "number.h"

#define EXPORT_NAME_SIZE	64	/* UNITRON_NAME_SIZE of <unitron/exchange.h> */

static const char *number_key(enum kind kind, unsigned long number)
{
	return memory_format("%d %lu", kind, number);
}

/* Would a macro of that name break kernel_cfg.c, which uses the word itself? */
static bool is_reserved(const char *name)
{
	static const char *const words[] = {
		"name", "texrtn", "task", "semaphore", "eventflag", "dataqueue", "mailbox", "mutex", "mempool", "cyclic", "alarm",
		"task_init", "sem_init", "flg_init", "dtq_init", "mbx_init", "mtx_init", "mpf_init", "cyc_init", "alm_init",
		"isr_init", "ini_init", "timer_event", "p_excinf", "ID", "UINT", "VP", "VP_INT", "FP", "TEXPTN",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], name) == 0)
			return true;
	return api_member(name) || strncmp(name, "kernel_", 7) == 0 || strncmp(name, "exchange_", 9) == 0 ||
	       strncmp(name, "unitron_", 8) == 0;
}

/* Enter the name of a CRE_xxx: false if it is taken. */
static bool enter_name(struct config *config, struct statement *statement)
{
	struct statement *other = table_find(&config->names, statement->name);

	if (is_reserved(statement->name))							/* [CFG-16] */
		error_at(statement->id_place, "E_OBJ", "%s: the name '%s' is a word of the kernel's own tables; choose another one",
			 statement->api->name, statement->name);
	if (other == NULL) {
		table_add(&config->names, statement->name, statement);
		return true;
	}
	error_at(statement->id_place, "E_OBJ", "%s: the name '%s' is taken by the %s of %s:%u",		/* [CFG-11] */
		 statement->api->name, statement->name, other->api->object, other->place.file, other->place.line);
	return false;
}

static bool enter_number(struct config *config, struct statement *statement)
{
	const char *key = number_key(statement->api->kind, statement->number);
	struct statement *other = table_find(&config->numbers, key);

	if (other == NULL) {
		table_add(&config->numbers, key, statement);
		return true;
	}
	error_at(statement->id_place, "E_OBJ", "%s: number %lu is taken by the %s of %s:%u",		/* [CFG-12] */
		 statement->api->name, statement->number, other->api->object, other->place.file, other->place.line);
	return false;
}

/*
 * Put the objects of a kind into by_number. An explicit number beyond the
 * count means that a smaller one is missing.
 */
static void number_kind(struct config *config, enum kind kind)
{
	struct statement **by_number = memory_get((config->count[kind] + 1) * sizeof(struct statement *));
	unsigned long count = config->count[kind];
	unsigned long next = 1;

	config->by_number[kind] = by_number;
	for (struct statement *s = config->first[kind]; s != NULL; s = s->next) {
		if (!s->explicit_number || !enter_number(config, s))
			continue;
		if (s->number <= count)
			by_number[s->number - 1] = s;
		else
			error_at(s->id_place, "E_ID", "%s: number %lu leaves a gap: with %lu object%s of the kind, "
				 "numbers go from 1 to %lu", s->api->name, s->number, count, count == 1 ? "" : "s",
				 count);							/* [CFG-10] */
	}
	for (struct statement *s = config->first[kind]; s != NULL; s = s->next) {
		if (s->name == NULL || !enter_name(config, s))
			continue;
		while (next <= count && by_number[next - 1] != NULL)
			next++;
		if (next > count)
			break;			/* not reached: each object takes one of count places */
		s->number = next;
		by_number[next - 1] = s;
	}
}

static struct statement *find_task(const struct config *config, const struct statement *tex)
{
	struct statement *task;

	if (tex->name != NULL)
		task = table_find(&config->names, tex->name);
	else if (tex->number > 0 && tex->number <= config->count[KIND_TSK])
		task = config->by_number[KIND_TSK][tex->number - 1];
	else
		task = NULL;
	return task != NULL && task->api->kind == KIND_TSK ? task : NULL;
}

static void tie_exception_routines(struct config *config)
{
	for (struct statement *s = config->first[KIND_TEX]; s != NULL; s = s->next) {
		struct statement *task = find_task(config, s);
		const char *id = s->name != NULL ? s->name : memory_format("number %lu", s->number);

		if (s->name == NULL && !s->explicit_number)
			continue;		/* reported as a syntax error */
		if (task == NULL)								/* [CFG-13] */
			error_at(s->id_place, "E_NOEXS", "DEF_TEX: there is no task %s: a CRE_TSK of it is missing", id);
		else if (task->tex != NULL)							/* [CFG-14] */
			error_at(s->id_place, "E_OBJ", "DEF_TEX: task %s has an exception routine by %s:%u already",
				 id, task->tex->place.file, task->tex->place.line);
		else
			task->tex = s;
	}
}

/* An export is tied to its object, whose name becomes the name of a file. */
static void tie_export(const struct config *config, struct statement *s)
{
	struct statement *object = s->name != NULL ? table_find(&config->names, s->name) : NULL;

	if (s->explicit_number)									/* [CFG-46] */
		error_at(s->id_place, "E_ID", "VEXP_OBJ: an object is exported by its name, not by number %lu: give it one", s->number);
	else if (s->name == NULL)
		;			/* reported as a syntax error */
	else if (object == NULL)								/* [CFG-46] */
		error_at(s->id_place, "E_NOEXS", "VEXP_OBJ: there is no object %s: its CRE_xxx is missing", s->name);
	else if (object->api->kind != KIND_DTQ && object->api->kind != KIND_MBX && object->api->kind != KIND_FLG &&
		 object->api->kind != KIND_SEM)							/* [CFG-46] */
		error_at(s->id_place, "E_OBJ", "VEXP_OBJ: %s is a %s; data queues, mailboxes, event flags and semaphores can be "
			 "exported", s->name, object->api->object);
	else if (object->other != NULL)								/* [CFG-46] */
		error_at(s->id_place, "E_OBJ", "VEXP_OBJ: %s is exported by %s:%u already", s->name, object->other->place.file,
			 object->other->place.line);
	else if (strlen(s->name) >= EXPORT_NAME_SIZE)						/* [CFG-46] */
		error_at(s->id_place, "E_PAR", "VEXP_OBJ: the name %s has more than %d characters", s->name, EXPORT_NAME_SIZE - 1);
	else
		object->other = s;
	s->other = object;
	s->broken |= object == NULL || object->other != s;
}

static void tie_exports(struct config *config)
{
	struct statement *task = table_find(&config->names, "EXCHANGE");
	const struct statement *first = config->first[KIND_EXP] != NULL ? config->first[KIND_EXP] : config->first[KIND_RNG];

	for (struct statement *s = config->first[KIND_EXP]; s != NULL; s = s->next)
		tie_export(config, s);
	for (struct statement *s = config->first[KIND_RNG]; s != NULL; s = s->next)
		if (s->explicit_number)								/* [CFG-54] */
			error_at(s->id_place, "E_ID", "VCRE_RNG: a ring needs a name, which is its file's, not number %lu", s->number);
		else if (s->name != NULL && strlen(s->name) >= EXPORT_NAME_SIZE)		/* [CFG-54] */
			error_at(s->id_place, "E_PAR", "VCRE_RNG: the name %s has more than %d characters", s->name,
				 EXPORT_NAME_SIZE - 1);
	if (first != NULL && (task == NULL || task->api->kind != KIND_TSK))			/* [CFG-50] */
		error_at(first->place, "E_NOEXS", "%s: there is no task EXCHANGE, which moves the data: "
			 "#include <exchange/exchange.cfg>", first->api->name);
}

void number_objects(struct config *config)
{
	for (enum kind kind = 0; kind < KIND_OBJECTS; kind++)
		number_kind(config, kind);
	tie_exception_routines(config);
	tie_exports(config);
}
