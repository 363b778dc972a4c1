/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: every service call from every context. Where it is not allowed it
 * gives E_CTX, with good arguments and with wild ones; where it is allowed it
 * gives what it gives.
 *
 * Items:
 * (A) [CTX-1] [CTX-2] [CTX-3] [SYS-8] the table below from a task, with dispatching disabled, with the CPU locked, from an
 *     interrupt handler, from one that has locked the CPU
 * (B) [INT-4] from an initialisation routine
 * (C) [CTX-1] [CTX-2] from an alarm handler and a CPU exception handler
 * (D) [CTX-10] the sns_... calls in each of these
 * (E) [TSK-10] [TSK-12] ext_tsk, which has no result
 * (F) [CTX-3] [SYN-13] sus_tsk on the caller
 *
 * Resources: MAIN (10) with a routine for task exceptions, which owns OWNED;
 * LOW (20) is started; SLEEPER (9) sleeps; IDLER and FREE stay as they are;
 * ENDING (9) ends itself; objects with enough in them that no call waits.
 */
#include "context.h"
#include "kernel_id.h"

#define WILD	((ID)0x7fff1234)

#ifdef UNITRON_TICK_DRIVEN
#define ISIG_TIM	E_OK
#else
#define ISIG_TIM	E_NOSPT
#endif

static PRI pri;
static FLGPTN pattern;
static VP_INT datum;
static T_MSG message, stored[4], *received;
static VP block;
static SYSTIM systim;
static ID tskid;

enum place { TASK, DISABLED, LOCKED, HANDLER, HANDLER_LOCKED, INITIAL, PLACES };

/* In which places a call of this class is allowed: bits 1 << place. */
#define FOR_TASKS	(1 << TASK | 1 << DISABLED)
#define WAITS		(1 << TASK)
#define FOR_HANDLERS	(1 << HANDLER)
#define LOCKS		(1 << TASK | 1 << DISABLED | 1 << LOCKED)
#define HANDLER_LOCKS	(1 << HANDLER | 1 << HANDLER_LOCKED)

/* (call, class, good arguments, the result with them where it is allowed, wild arguments) */
#define CALLS(_) \
	_(act_tsk, FOR_TASKS, (LOW), E_OK, (WILD)) \
	_(can_act, FOR_TASKS, (IDLER), 0, (WILD)) \
	_(ter_tsk, FOR_TASKS, (LOW), E_OK, (WILD)) \
	_(chg_pri, FOR_TASKS, (SLEEPER, TPRI_INI), E_OK, (WILD, -5)) \
	_(get_pri, FOR_TASKS, (TSK_SELF, &pri), E_OK, (WILD, NULL)) \
	_(wup_tsk, FOR_TASKS, (TSK_SELF), E_OK, (WILD)) \
	_(slp_tsk, WAITS, (), E_OK, ()) \
	_(tslp_tsk, WAITS, (TMO_POL), E_TMOUT, (-5)) \
	_(can_wup, FOR_TASKS, (SLEEPER), 0, (WILD)) \
	_(rel_wai, FOR_TASKS, (IDLER), E_OBJ, (WILD)) \
	_(sus_tsk, FOR_TASKS, (SLEEPER), E_OK, (WILD)) \
	_(rsm_tsk, FOR_TASKS, (SLEEPER), E_OK, (WILD)) \
	_(frsm_tsk, FOR_TASKS, (SLEEPER), E_OBJ, (WILD)) \
	_(dly_tsk, WAITS, (0), E_OK, (UINT32_MAX)) \
	_(ras_tex, FOR_TASKS, (TSK_SELF, 1), E_OK, (WILD, 0)) \
	_(ena_tex, FOR_TASKS, (), E_OK, ()) \
	_(dis_tex, FOR_TASKS, (), E_OK, ()) \
	_(sig_sem, FOR_TASKS, (SEM), E_OK, (WILD)) \
	_(wai_sem, WAITS, (SEM), E_OK, (WILD)) \
	_(pol_sem, FOR_TASKS, (SEM), E_OK, (WILD)) \
	_(twai_sem, WAITS, (SEM, TMO_POL), E_OK, (WILD, -5)) \
	_(set_flg, FOR_TASKS, (FLAG, 1), E_OK, (WILD, 1)) \
	_(clr_flg, FOR_TASKS, (FLAG, ~0U), E_OK, (WILD, 0)) \
	_(wai_flg, WAITS, (FLAG, 1, TWF_ORW, &pattern), E_OK, (WILD, 0, 77, NULL)) \
	_(pol_flg, FOR_TASKS, (FLAG, 1, TWF_ORW, &pattern), E_OK, (WILD, 0, 77, NULL)) \
	_(twai_flg, WAITS, (FLAG, 1, TWF_ORW, &pattern, TMO_POL), E_OK, (WILD, 0, 77, NULL, -5)) \
	_(snd_dtq, WAITS, (QUEUE, 1), E_OK, (WILD, 1)) \
	_(psnd_dtq, FOR_TASKS, (QUEUE, 1), E_OK, (WILD, 1)) \
	_(tsnd_dtq, WAITS, (QUEUE, 1, TMO_POL), E_OK, (WILD, 1, -5)) \
	_(fsnd_dtq, FOR_TASKS, (QUEUE, 1), E_OK, (WILD, 1)) \
	_(rcv_dtq, WAITS, (QUEUE, &datum), E_OK, (WILD, NULL)) \
	_(prcv_dtq, FOR_TASKS, (QUEUE, &datum), E_OK, (WILD, NULL)) \
	_(trcv_dtq, WAITS, (QUEUE, &datum, TMO_POL), E_OK, (WILD, NULL, -5)) \
	_(snd_mbx, FOR_TASKS, (BOX, &message), E_OK, (WILD, NULL)) \
	_(prcv_mbx, FOR_TASKS, (BOX, &received), E_OK, (WILD, NULL)) \
	_(rcv_mbx, WAITS, (STORE, &received), E_OK, (WILD, NULL)) \
	_(trcv_mbx, WAITS, (STORE, &received, TMO_POL), E_OK, (WILD, NULL, -5)) \
	_(loc_mtx, WAITS, (OWNED), E_ILUSE, (WILD)) \
	_(ploc_mtx, FOR_TASKS, (OWNED), E_ILUSE, (WILD)) \
	_(tloc_mtx, WAITS, (OWNED, TMO_POL), E_ILUSE, (WILD, -5)) \
	_(unl_mtx, FOR_TASKS, (FREE), E_ILUSE, (WILD)) \
	_(get_mpf, WAITS, (POOL, &block), E_OK, (WILD, NULL)) \
	_(pget_mpf, FOR_TASKS, (POOL, &block), E_OK, (WILD, NULL)) \
	_(tget_mpf, WAITS, (POOL, &block, TMO_POL), E_OK, (WILD, NULL, -5)) \
	_(rel_mpf, FOR_TASKS, (POOL, block), E_OK, (WILD, NULL)) \
	_(get_tim, FOR_TASKS, (&systim), E_OK, (NULL)) \
	_(set_tim, FOR_TASKS, (&systim), E_OK, (NULL)) \
	_(sta_cyc, FOR_TASKS, (CYCLE), E_OK, (WILD)) \
	_(stp_cyc, FOR_TASKS, (CYCLE), E_OK, (WILD)) \
	_(sta_alm, FOR_TASKS, (ALARM, MSEC(10000)), E_OK, (WILD, UINT32_MAX)) \
	_(stp_alm, FOR_TASKS, (ALARM), E_OK, (WILD)) \
	_(rot_rdq, FOR_TASKS, (25), E_OK, (-5)) \
	_(get_tid, FOR_TASKS, (&tskid), E_OK, (NULL)) \
	_(dis_dsp, FOR_TASKS, (), E_OK, ()) \
	_(ena_dsp, FOR_TASKS, (), E_OK, ()) \
	_(loc_cpu, LOCKS, (), E_OK, ()) \
	_(unl_cpu, LOCKS, (), E_OK, ()) \
	_(iact_tsk, FOR_HANDLERS, (LOW), E_OK, (WILD)) \
	_(iwup_tsk, FOR_HANDLERS, (SLEEPER), E_OK, (WILD)) \
	_(irel_wai, FOR_HANDLERS, (IDLER), E_OBJ, (WILD)) \
	_(iras_tex, FOR_HANDLERS, (MAIN, 1), E_OK, (WILD, 0)) \
	_(isig_sem, FOR_HANDLERS, (SEM), E_OK, (WILD)) \
	_(iset_flg, FOR_HANDLERS, (FLAG, 1), E_OK, (WILD, 1)) \
	_(ipsnd_dtq, FOR_HANDLERS, (QUEUE, 1), E_OK, (WILD, 1)) \
	_(ifsnd_dtq, FOR_HANDLERS, (QUEUE, 1), E_OK, (WILD, 1)) \
	_(isig_tim, FOR_HANDLERS, (), ISIG_TIM, ()) \
	_(irot_rdq, FOR_HANDLERS, (25), E_OK, (-5)) \
	_(iget_tid, FOR_HANDLERS, (&tskid), E_OK, (NULL)) \
	_(iloc_cpu, HANDLER_LOCKS, (), E_OK, ()) \
	_(iunl_cpu, HANDLER_LOCKS, (), E_OK, ())

/* 76 calls less ext_tsk and five sns_... */
#define CALL_COUNT	70

#define TAGS_FOR_TASKS		"[CTX-1] "
#define TAGS_WAITS		"[CTX-1] [CTX-3] "
#define TAGS_FOR_HANDLERS	"[CTX-2] "
#define TAGS_LOCKS		"[CTX-1] [SYS-8] "
#define TAGS_HANDLER_LOCKS	"[CTX-2] [SYS-8] "

#define FUNCTIONS(name, class, good, result, wild) \
	static ER good_##name(void) { return name good; } \
	static ER wild_##name(void) { return name wild; }
CALLS(FUNCTIONS)

static const struct call {
	ER (*good)(void);
	ER (*wild)(void);
	unsigned int allowed;
	ER result;
	const char *text[PLACES];
} calls[] = {
#define ELEMENT(name, class, good, result, wild) { \
	good_##name, wild_##name, class, result, { \
		TAGS_##class #name " in a task", \
		TAGS_##class #name " with dispatching disabled", \
		TAGS_##class #name " with the CPU locked", \
		TAGS_##class #name " in a handler", \
		TAGS_##class #name " in a handler that has locked the CPU", \
		"[INT-4] " #name " in an initialisation routine", \
	} },
	CALLS(ELEMENT)
};

#define ROWS	((INT)(sizeof(calls) / sizeof(calls[0])))

/* Bring the context back to what place says: the calls change it. */
static void restore(enum place place)
{
	switch (place) {
	case TASK:
		unl_cpu();
		ena_dsp();
		break;
	case DISABLED:
		unl_cpu();
		dis_dsp();
		break;
	case LOCKED:
		loc_cpu();
		break;
	case HANDLER:
		iunl_cpu();
		break;
	case HANDLER_LOCKED:
		iloc_cpu();
		break;
	default:
		break;
	}
}

/* What call gives in place; where it is not allowed also with wild arguments. */
static ER outcome(const struct call *call, enum place place)
{
	ER result = call->good();

	restore(place);
	if (result == E_CTX && !(call->allowed & 1 << place)) {
		result = call->wild();
		restore(place);
	}
	return result;
}

static ER expected(const struct call *call, enum place place)
{
	return call->allowed & 1 << place ? call->result : E_CTX;
}

static void check_all(enum place place)
{
	const struct call *call;

	restore(place);
	for (call = calls; call < calls + ROWS; call++)
		check(outcome(call, place), expected(call, place), call->text[place]);
}

/* How many calls give what they should, for a place like another one. */
static INT count_right(enum place place)
{
	const struct call *call;
	INT right = 0;

	restore(place);
	for (call = calls; call < calls + ROWS; call++)
		right += outcome(call, place) == expected(call, place);
	return right;
}

/* ctx, loc, dsp, dpn, tex as digits */
static INT senses(void)
{
	return !!sns_ctx() * 10000 + !!sns_loc() * 1000 + !!sns_dsp() * 100 + !!sns_dpn() * 10 + !!sns_tex();
}

/* (A) */
static void from_handler(void)
{
	check_all(HANDLER);
	check(senses(), 10011, "[CTX-10] sns_... in a handler: ctx, dpn; tex of the task");
	restore(HANDLER);
}

static void from_locked_handler(void)
{
	check_all(HANDLER_LOCKED);
	check(senses(), 11011, "[CTX-10] sns_... in a handler that has locked the CPU: ctx, loc, dpn; tex of the task");
	restore(HANDLER);
}

static void from_task(void)
{
	check_all(TASK);
	check(senses(), 1, "[CTX-10] sns_... in a task: tex");
	check_all(DISABLED);
	check(senses(), 111, "[CTX-10] sns_... with dispatching disabled: dsp, dpn, tex");
	check(sus_tsk(TSK_SELF), E_CTX, "[CTX-3] [SYN-13] sus_tsk(TSK_SELF) with dispatching disabled");
	restore(TASK);
	check_all(LOCKED);
	check(senses(), 1011, "[CTX-10] sns_... with the CPU locked: loc, dpn, tex");
	restore(TASK);
	must(dis_dsp(), E_OK);
	must(loc_cpu(), E_OK);
	check(count_right(LOCKED), ROWS, "[CTX-1] all calls with dispatching disabled and the CPU locked");
	restore(TASK);
	tap_in_handler(from_handler);
	tap_in_handler(from_locked_handler);
	check(sns_dpn(), FALSE, "[CTX-10] in the end all is enabled again");
}

/* (B) */
static ER initial_result[ROWS];
static INT initial_senses;

void initial(VP_INT exinf)
{
	INT i;

	for (i = 0; i < ROWS; i++)
		initial_result[i] = outcome(&calls[i], INITIAL);
	initial_senses = senses();
}

static void from_initial(void)
{
	INT i;

	for (i = 0; i < ROWS; i++)
		check(initial_result[i], E_CTX, calls[i].text[INITIAL]);
	check(initial_senses, 11011, "[INT-4] [CTX-10] sns_... in an initialisation routine: ctx, loc, dpn, tex");
}

/* (C) */
static INT right, right_locked;

void alarm_handler(VP_INT exinf)
{
	right = count_right(HANDLER);
	right_locked = count_right(HANDLER_LOCKED);
	iunl_cpu();
}

void exception_handler(VP p_excinf)
{
	right = count_right(HANDLER);
	right_locked = count_right(HANDLER_LOCKED);
	iunl_cpu();
}

/* (E) */
static void (*ending)(void);
static bool returned;

void ending_task(VP_INT exinf)
{
	ending();
	returned = true;
}

static void fault(void)
{
	__asm__ volatile("ud2");
}

static void end(void)
{
	ext_tsk();
}

static void end_disabled(void)
{
	must(dis_dsp(), E_OK);
	ext_tsk();
}

static void end_locked(void)
{
	must(loc_cpu(), E_OK);
	ext_tsk();
}

static bool ends(void (*function)(void))
{
	ending = function;
	returned = false;
	must(act_tsk(ENDING), E_OK);
	return !returned && get_pri(ENDING, &pri) == E_OBJ && !sns_dpn();
}

static void ending_calls(void)
{
	check_that(ends(end), "[TSK-10] ext_tsk in a task");
	check_that(ends(end_disabled), "[TSK-12] ext_tsk with dispatching disabled");
	check_that(ends(end_locked), "[TSK-12] ext_tsk with the CPU locked");
}

static void from_other_handlers(void)
{
	must(sta_alm(RUNNER, MSEC(1)), E_OK);
	must(dly_tsk(MSEC(4)), E_OK);
	check(right, ROWS, "[CTX-1] [CTX-2] all calls in an alarm handler");
	check(right_locked, ROWS, "[CTX-1] [CTX-2] all calls in an alarm handler that has locked the CPU");
	right = right_locked = 0;
	ending = fault;
	must(act_tsk(ENDING), E_OK);
	check(right, ROWS, "[CTX-1] [CTX-2] all calls in a CPU exception handler");
	check(right_locked, ROWS, "[CTX-1] [CTX-2] all calls in a CPU exception handler that has locked the CPU");
}

void nothing(VP_INT exinf)
{
}

void main_texrtn(TEXPTN texptn, VP_INT exinf)
{
}

void sleeper_task(VP_INT exinf)
{
	for (;;)
		slp_tsk();
}

void main_task(VP_INT exinf)
{
	INT i;

	for (i = 0; i < 4; i++)
		must(snd_mbx(STORE, &stored[i]), E_OK);
	must(loc_mtx(OWNED), E_OK);
	check(ROWS, CALL_COUNT, "[CTX-1] the table has all calls");
	from_task();
	from_initial();
	from_other_handlers();
	ending_calls();
	tap_end();
}
