/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state that bad calls must not change: see arguments.h. All tasks that
 * wait are higher than MAIN: one that is released by mistake runs at once and
 * is counted.
 */
#include "arguments.h"
#include "kernel_id.h"

#define WAITERS		8
#define PENDING		1

VP main_block;
T_MSG_PRI main_message;

static ER result[WAITERS];		/* of the waits */
static UINT runs;			/* of what should not run */
static INT order_digits;
static TEXPTN raised;
static FLGPTN pattern;
static VP_INT datum, sent;
static T_MSG *received;
static VP block, only_block;
static T_MSG_PRI messages[2];
static T_MSG late_message;
static UD hash;

void waiter_task(VP_INT exinf)
{
	ER er = E_SYS;

	result[exinf] = PENDING;
	switch (exinf) {
	case 0:
		must(get_mpf(POOL_EMPTY, &only_block), E_OK);
		er = slp_tsk();
		break;
	case 1:
		er = dly_tsk(TMAX_RELTIM);
		break;
	case 2:
		must(ena_tex(), E_OK);
		must(psnd_dtq(QUEUE_FULL, 1), E_OK);
		er = wai_sem(SEM_EMPTY);
		break;
	case 3:
		er = wai_flg(FLAG_WAITED, 0x300, TWF_ANDW, &pattern);
		break;
	case 4:
		er = snd_dtq(QUEUE_FULL, 77);
		break;
	case 5:
		er = rcv_dtq(QUEUE_EMPTY, &datum);
		break;
	case 6:
		er = rcv_mbx(BOX_EMPTY, &received);
		break;
	case 7:
		er = get_mpf(POOL_EMPTY, &block);
		break;
	}
	result[exinf] = er;
	runs++;
}

void waiter_texrtn(TEXPTN texptn, VP_INT exinf)
{
	raised = texptn;
	runs++;
}

void holder_task(VP_INT exinf)
{
	must(loc_mtx(HELD), E_OK);
	slp_tsk();
	runs++;
}

void count_task(VP_INT exinf)
{
	runs++;
}

void count_handler(VP_INT exinf)
{
	runs++;
}

void order_task(VP_INT exinf)
{
	order_digits = order_digits * 10 + (INT)exinf;
}

static void start_order(void)
{
	order_digits = 0;
	must(act_tsk(ORDER2), E_OK);
	must(act_tsk(ORDER1), E_OK);
	must(act_tsk(ORDER3), E_OK);
}

void state_set_up(void)
{
	/* The waiters, which are higher, wait by now. */
	must(psnd_dtq(QUEUE_FULL, 1), E_TMOUT);
	must(psnd_dtq(QUEUE, 11), E_OK);
	must(psnd_dtq(QUEUE, 12), E_OK);
	messages[0].msgpri = 2;
	messages[1].msgpri = 1;
	must(snd_mbx(BOX, &messages[0].msgque), E_OK);
	must(snd_mbx(BOX, &messages[1].msgque), E_OK);
	must(loc_mtx(OWNED), E_OK);
	must(get_mpf(POOL, &main_block), E_OK);
	must(act_tsk(SEM_WAITER), E_OK);
	must(wup_tsk(SEM_WAITER), E_OK);
	must(wup_tsk(SEM_WAITER), E_OK);
	must(ras_tex(SEM_WAITER, 0x40), E_OK);
	must(dis_dsp(), E_OK);
	must(act_tsk(SUSPENDED), E_OK);
	must(sus_tsk(SUSPENDED), E_OK);
	must(sus_tsk(SUSPENDED), E_OK);
	must(ena_dsp(), E_OK);
	start_order();
}

static void add(long long value)
{
	hash = (hash ^ (UD)value) * 0x100000001b3;
}

static void add_task(ID tskid)
{
	PRI pri = 0;
	ER_UINT count;

	add(get_pri(tskid, &pri));
	add(pri);
	count = can_act(tskid);
	add(count);
	while (count-- > 0)
		must(act_tsk(tskid), E_OK);
	count = can_wup(tskid);
	add(count);
	while (count-- > 0)
		must(wup_tsk(tskid), E_OK);
}

static void add_semaphore(ID semid)
{
	INT count = 0;

	while (pol_sem(semid) == E_OK)
		count++;
	add(count);
	while (count--)
		must(sig_sem(semid), E_OK);
}

static void add_flag(ID flgid)
{
	FLGPTN found = 0;

	add(pol_flg(flgid, ~0U, TWF_ORW, &found));
	add(found);
}

static void add_queue(ID dtqid)
{
	VP_INT data[4];
	INT i, count;

	for (count = 0; count < 4 && prcv_dtq(dtqid, &data[count]) == E_OK; count++)
		add(data[count]);
	add(count);
	for (i = 0; i < count; i++)
		must(psnd_dtq(dtqid, data[i]), E_OK);
}

static void add_mailbox(ID mbxid)
{
	T_MSG *taken[4];
	INT i, count;

	for (count = 0; count < 4 && prcv_mbx(mbxid, &taken[count]) == E_OK; count++)
		add((intptr_t)taken[count]);
	add(count);
	for (i = 0; i < count; i++)
		must(snd_mbx(mbxid, taken[i]), E_OK);
}

static void add_mutex(ID mtxid)
{
	ER er = ploc_mtx(mtxid);

	add(er);
	if (er == E_OK)
		must(unl_mtx(mtxid), E_OK);
}

static void add_pool(ID mpfid)
{
	VP blocks[8];
	INT count = 0;
	intptr_t sum = 0;

	while (count < 8 && pget_mpf(mpfid, &blocks[count]) == E_OK)
		sum += (intptr_t)blocks[count++];
	add(count);
	add(sum);
	while (count--)
		must(rel_mpf(mpfid, blocks[count]), E_OK);
}

UD state_checksum(void)
{
	ID id;
	PRI pri;

	hash = 0xcbf29ce484222325;
	for (id = 1; get_pri(id, &pri) != E_ID; id++)
		add_task(id);
	for (id = SEM; id <= SEM_EMPTY; id++)
		add_semaphore(id);
	add_flag(FLAG);
	add_flag(FLAG_WAITED);
	add_queue(QUEUE);
	add(psnd_dtq(QUEUE_FULL, 1));
	add(prcv_dtq(QUEUE_EMPTY, &sent));
	add(psnd_dtq(QUEUE_NONE, 1));
	add_mailbox(BOX);
	add(prcv_mbx(BOX_EMPTY, &received));
	for (id = OWNED; id <= CEILING; id++)
		add_mutex(id);
	add_pool(POOL);
	add_pool(POOL_EMPTY);
	add(sns_ctx() * 16 + sns_loc() * 8 + sns_dsp() * 4 + sns_dpn() * 2 + sns_tex());
	add(runs);
	add(order_digits);
	return hash;
}

bool state_order_kept(void)
{
	bool kept;

	must(rot_rdq(10), E_OK);
	must(dly_tsk(MSEC(1)), E_OK);
	kept = order_digits == 213;
	start_order();
	return kept;
}

static void wind_up_tasks(void)
{
	must(wup_tsk(SLEEPER), E_OK);
	check(result[0], E_OK, "[CTX-5] the sleeping task has slept until wup_tsk");
	must(rel_wai(DELAYED), E_OK);
	check(result[1], E_RLWAI, "[CTX-9] the delayed task has waited until rel_wai");
	check(can_wup(SEM_WAITER), 2, "[CTX-5] wake-ups are queued as before");
	check(can_act(SEM_WAITER), 1, "[CTX-5] starts too");
	check(rsm_tsk(SUSPENDED) * 2 + rsm_tsk(SUSPENDED), E_OK, "[CTX-4] suspensions are as they were");
	check(rsm_tsk(SUSPENDED), E_OBJ, "[CTX-4] neither more nor less");
}

void state_wind_up(void)
{
	check(runs, 0, "[CTX-4] nothing has run that should not");
	wind_up_tasks();
	must(sig_sem(SEM_EMPTY), E_OK);
	check(raised, 0x40, "[CTX-5] the exception that was pending has been raised, no other");
	check(result[2], E_OK, "[CTX-4] sig_sem ends the wait for the semaphore");
	must(set_flg(FLAG_WAITED, 0x300), E_OK);
	check(result[3], E_OK, "[CTX-4] set_flg ends the wait for the flag");
	check(pattern, 0x300, "[CTX-4] with no other bits");
	must(prcv_dtq(QUEUE_FULL, &sent), E_OK);
	check(sent, 1, "[CTX-4] the full queue has its datum");
	check(result[4], E_OK, "[CTX-4] and now takes that of the sender");
	must(prcv_dtq(QUEUE_FULL, &sent), E_OK);
	check(sent, 77, "[CTX-4] unchanged");
	must(psnd_dtq(QUEUE_EMPTY, 55), E_OK);
	check(result[5] == E_OK && datum == 55, true, "[CTX-4] psnd_dtq ends the wait of the receiver");
	must(snd_mbx(BOX_EMPTY, &late_message), E_OK);
	check(result[6] == E_OK && received == &late_message, true, "[CTX-4] snd_mbx ends the wait for a message");
	must(rel_mpf(POOL_EMPTY, only_block), E_OK);
	check(result[7] == E_OK && block == only_block, true, "[CTX-4] rel_mpf ends the wait for a block");
	check(unl_mtx(OWNED), E_OK, "[CTX-4] the mutex is still the caller's");
}
