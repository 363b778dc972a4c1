/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of this program share: see stress.c. */
#pragma once

#include <stdbool.h>
#include <unitron/ext.h>

/* Tasks that make calls: numbers FIRST_WORKER to FIRST_WORKER + WORKERS - 1. */
#define WORKERS		12
#define FIRST_WORKER	2

void	watch(VP_INT exinf);
void	work(VP_INT exinf);
void	work_exception(TEXPTN texptn, VP_INT exinf);
void	handle(VP_INT exinf);
void	tick(void);

/* stress.c: a random number below n; count the outcome of a call; stop if an invariant is broken. */
UW	any(UW n);
void	count_result(ER er);
void	check(void);

/* calls.c: make a call with random arguments, in a task, or in a handler. */
ER	call_in_task(void);
void	call_in_handler(void);
/* Arguments that no call accepts give their error and change nothing: false if not. */
bool	bad_calls_refused(void);

/* invariants.c: the invariant that does not hold, and the number of the object; or NULL. Interrupts masked. */
const char *invariant_broken(ID *id);
