/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of static APIs. Limits are expressions in the constants of
 * <itron/kernel.h> and <unitron/ext.h>, so that the kernel's headers are the
 * only place that knows their values.
 */
#include <string.h>

#include "api.h"

#define ATTRIBUTE(member, mask, in_table) \
	{ .name = member, .role = ROLE_ATTRIBUTE, .high = mask, .tag = "CFG-20", .table = in_table }
#define INFORMATION	{ .name = "exinf", .role = ROLE_INFORMATION, .tag = "CFG-19", .table = true }
#define FUNCTION(member, function_role, in_table) \
	{ .name = member, .role = function_role, .tag = "CFG-18", .table = in_table }
#define NUMBER(member, from, to, requirement) \
	{ .name = member, .role = ROLE_NUMBER, .low = from, .high = to, .tag = requirement, .table = true }
#define COUNT_MAX	"0x7fffffff"	/* a count that fits INT, UINT and SIZE */

static struct api apis[] = {
	{ "CRE_TSK", KIND_TSK, SHAPE_CREATE, "task", "tasks", .elements = {
		ATTRIBUTE("tskatr", "TA_HLNG | TA_ASM | TA_ACT | TA_FPU", true),
		INFORMATION,
		FUNCTION("task", ROLE_TASK, true),
		NUMBER("itskpri", "TMIN_TPRI", "TMAX_TPRI", "CFG-21"),
		{ .name = "stksz", .role = ROLE_NUMBER, .low = "512", .high = COUNT_MAX, .tag = "CFG-22", .table = true,
		  .condition = "no task runs on less than 512 bytes" },
		{ .name = "stk", .role = ROLE_STACK, .tag = "CFG-23" },
	} },
	{ "CRE_SEM", KIND_SEM, SHAPE_CREATE, "semaphore", "semaphores", .elements = {
		ATTRIBUTE("sematr", "TA_TPRI", true),
		{ .name = "isemcnt", .role = ROLE_NUMBER, .low = "0", .high = "TMAX_MAXSEM", .tag = "CFG-24", .table = true,
		  .condition = "and at most maxsem" },
		NUMBER("maxsem", "1", "TMAX_MAXSEM", "CFG-25"),
	} },
	{ "CRE_FLG", KIND_FLG, SHAPE_CREATE, "event flag", "event flags", .elements = {
		ATTRIBUTE("flgatr", "TA_TPRI | TA_WMUL | TA_CLR", true),
		{ .name = "iflgptn", .role = ROLE_PATTERN, .tag = "CFG-26", .table = true },
	} },
	{ "CRE_DTQ", KIND_DTQ, SHAPE_CREATE, "data queue", "data queues", .elements = {
		ATTRIBUTE("dtqatr", "TA_TPRI", true),
		NUMBER("dtqcnt", "0", COUNT_MAX, "CFG-27"),
		{ .name = "dtq", .role = ROLE_AREA, .tag = "CFG-28", .table = true },
	} },
	{ "CRE_MBX", KIND_MBX, SHAPE_CREATE, "mailbox", "mailboxes", .elements = {
		ATTRIBUTE("mbxatr", "TA_TPRI | TA_MPRI", true),
		NUMBER("maxmpri", "TMIN_MPRI", "TMAX_MPRI", "CFG-29"),
		{ .name = "mprihd", .role = ROLE_AREA, .tag = "CFG-28", .table = true },
	} },
	{ "CRE_MTX", KIND_MTX, SHAPE_CREATE, "mutex", "mutexes", .elements = {
		ATTRIBUTE("mtxatr", "TA_TPRI | TA_INHERIT | TA_CEILING", true),
		{ .name = "ceilpri", .role = ROLE_NUMBER, .low = "TMIN_TPRI", .high = "TMAX_TPRI", .tag = "CFG-30", .table = true,
		  .condition = "counts with TA_CEILING only" },
	} },
	{ "CRE_MPF", KIND_MPF, SHAPE_CREATE, "memory pool", "memory pools", .elements = {
		ATTRIBUTE("mpfatr", "TA_TPRI", true),
		NUMBER("blkcnt", "1", COUNT_MAX, "CFG-31"),
		NUMBER("blksz", "1", COUNT_MAX, "CFG-31"),
		{ .name = "mpf", .role = ROLE_AREA, .tag = "CFG-28", .table = true },
	} },
	{ "CRE_CYC", KIND_CYC, SHAPE_CREATE, "cyclic handler", "cyclic handlers", .elements = {
		ATTRIBUTE("cycatr", "TA_HLNG | TA_ASM | TA_STA | TA_PHS", true),
		INFORMATION,
		FUNCTION("cychdr", ROLE_TASK, true),
		NUMBER("cyctim", "1", "TMAX_RELTIM", "CFG-32"),
		NUMBER("cycphs", "0", "TMAX_RELTIM", "CFG-33"),
	} },
	{ "CRE_ALM", KIND_ALM, SHAPE_CREATE, "alarm handler", "alarm handlers", .elements = {
		ATTRIBUTE("almatr", "TA_HLNG | TA_ASM", true),
		INFORMATION,
		FUNCTION("almhdr", ROLE_TASK, true),
	} },
	{ "DEF_TEX", KIND_TEX, SHAPE_TASK, "task exception routine", "task exception routines", .elements = {
		ATTRIBUTE("texatr", "TA_HLNG | TA_ASM", false),
		FUNCTION("texrtn", ROLE_TEX, false),
	} },
	{ "DEF_INH", KIND_INH, SHAPE_NUMBER, "interrupt handler", "interrupt handlers",
	  .number = { .name = "inhno", .role = ROLE_NUMBER, .low = "0", .high = "TMAX_INTNO", .tag = "CFG-34" }, .elements = {
		ATTRIBUTE("inhatr", "TA_HLNG | TA_ASM", false),
		FUNCTION("inthdr", ROLE_INTERRUPT, false),
	} },
	{ "ATT_ISR", KIND_ISR, SHAPE_PACKET, "interrupt service routine", "interrupt service routines", .elements = {
		ATTRIBUTE("isratr", "TA_HLNG | TA_ASM", false),
		INFORMATION,
		NUMBER("intno", "0", "TMAX_INTNO", "CFG-34"),
		FUNCTION("isr", ROLE_TASK, true),
	} },
	{ "DEF_EXC", KIND_EXC, SHAPE_NUMBER, "CPU exception handler", "CPU exception handlers",
	  .number = { .name = "excno", .role = ROLE_NUMBER, .low = "0", .high = "TMAX_EXCNO", .tag = "CFG-35" }, .elements = {
		ATTRIBUTE("excatr", "TA_HLNG | TA_ASM", false),
		FUNCTION("exchdr", ROLE_EXCEPTION, false),
	} },
	{ "ATT_INI", KIND_INI, SHAPE_PACKET, "initialisation routine", "initialisation routines", .elements = {
		ATTRIBUTE("iniatr", "TA_HLNG | TA_ASM", false),
		INFORMATION,
		FUNCTION("inirtn", ROLE_TASK, true),
	} },
	{ "VEXP_OBJ", KIND_EXP, SHAPE_OBJECT, "export", "exported objects", .elements = {
		ATTRIBUTE("expatr", "TA_READ | TA_WRITE", true),
		ATTRIBUTE("expmode", "0666", true),
		{ .name = "ringcnt", .role = ROLE_NUMBER, .low = "0", .high = "65536", .tag = "CFG-47", .table = true,
		  .condition = "a power of 2; 0 of a semaphore or an event flag" },
		{ .name = "mpfid", .role = ROLE_NUMBER, .low = "0", .high = COUNT_MAX, .tag = "CFG-48", .table = true,
		  .condition = "a mailbox's pool, else 0" },
	} },
	{ "VCRE_RNG", KIND_RNG, SHAPE_CREATE, "ring", "rings", .elements = {
		ATTRIBUTE("expatr", "TA_READ | TA_WRITE", true),
		ATTRIBUTE("expmode", "0666", true),
		{ .name = "ringcnt", .role = ROLE_NUMBER, .low = "1", .high = "1048576", .tag = "CFG-52", .table = true,
		  .condition = "a power of 2" },
		{ .name = "slotsz", .role = ROLE_NUMBER, .low = "8", .high = "65528", .tag = "CFG-52", .table = true,
		  .condition = "a multiple of 8" },
		{ .name = "flgid", .role = ROLE_NUMBER, .low = "0", .high = COUNT_MAX, .tag = "CFG-53", .table = true,
		  .condition = "an event flag, or 0" },
		{ .name = "flgptn", .role = ROLE_PATTERN, .tag = "CFG-26", .table = true },
	} },
	{ "INCLUDE", KIND_INCLUDE, SHAPE_STRING, "header", "headers", .count = 0 },
};

#define API_COUNT	(sizeof(apis) / sizeof(apis[0]))

static const char *const unsupported[] = {
	"CRE_MBF", "CRE_POR", "CRE_MPL", "DEF_OVR", "DEF_SVC", "VATT_TER",
};

static void count_elements(struct api *api)
{
	while (api->count < ELEMENTS_MAX && api->elements[api->count].name != NULL)
		api->count++;
}

const struct api *api_find(const char *name)
{
	for (size_t i = 0; i < API_COUNT; i++) {
		if (strcmp(apis[i].name, name) == 0) {
			if (apis[i].count == 0)
				count_elements(&apis[i]);
			return &apis[i];
		}
	}
	return NULL;
}

const struct api *api_of(enum kind kind)
{
	for (size_t i = 0; i < API_COUNT; i++)
		if (apis[i].kind == kind)
			return api_find(apis[i].name);
	return NULL;
}

const struct api *api_number(unsigned int index)
{
	return index < API_COUNT ? api_find(apis[index].name) : NULL;
}

bool api_member(const char *name)
{
	for (size_t i = 0; i < API_COUNT; i++) {
		const struct api *api = api_find(apis[i].name);

		for (unsigned int j = 0; j < api->count; j++)
			if (api->elements[j].table && strcmp(api->elements[j].name, name) == 0)
				return true;
	}
	return false;
}

bool api_unsupported(const char *name)
{
	for (size_t i = 0; i < sizeof(unsupported) / sizeof(unsupported[0]); i++)
		if (strcmp(unsupported[i], name) == 0)
			return true;
	return false;
}
