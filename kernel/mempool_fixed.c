/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fixed-size memory pools (specification 4.6.1). A block that is released
 * goes straight to a waiting task, in wait_value.
 */
#include "mempool_fixed.h"
#include "wait.h"

static inline bool mpf_id_valid(ID mpfid)
{
	return (UINT)mpfid - 1 < (UINT)kernel_mpf_count;
}

void kernel_mempool_fixed_initialize(void)
{
	ID i;

	for (i = 0; i < kernel_mpf_count; i++) {
		const struct mpf_init *init = &kernel_mpf_init[i];
		struct mempool *mpf = &kernel_mpf[i];

		waitable_init(&mpf->wait, init->mpfatr & TA_TPRI);	/* [MPF-2] */
		mpf->area = init->mpf;
		mpf->stride = TROUND_BLK(init->blksz);
		mpf->reciprocal = UINT64_MAX / mpf->stride + 1;
		mpf->blocks = init->blkcnt;
		mpf->unused = 0;
		mpf->free = init->blkcnt;				/* [MPF-1] */
		mpf->list = NULL;
	}
}

/* A free block, or NULL. */
static inline VP get(struct mempool *mpf)
{
	struct free_block *block = mpf->list;

	if (!mpf->free)
		return NULL;
	mpf->free--;							/* [MPF-3] */
	if (block) {
		mpf->list = block->next;
		return block;
	}
	return mpf->area + mpf->unused++ * mpf->stride;
}

/*
 * Is blk a block of mpf that has been handed out? A block that was used once
 * and is free now passes, unless all are free.
 */
static inline bool block_valid(const struct mempool *mpf, VP blk)
{
	SIZE offset = (SIZE)((uintptr_t)blk - (uintptr_t)mpf->area);
	UD index;

	/* Offsets below 2^32 make the product exact; beyond that divide. */
	if (offset >> 32 || mpf->stride >> 32)
		index = offset / mpf->stride;
	else
		index = (UD)((unsigned __int128)offset * mpf->reciprocal >> 64);
	return index < mpf->unused && index * mpf->stride == offset && mpf->free < mpf->blocks;
}

static inline ER obtain(ID mpfid, VP *p_blk, TMO tmout)
{
	struct mempool *mpf;
	VP block;
	VP_INT value;
	ER result = E_OK;

	if (!in_task_dispatching())
		return E_CTX;						/* [CTX-3] */
	if (!mpf_id_valid(mpfid))
		return E_ID;						/* [CTX-4] */
	if (!p_blk || !tmout_valid(tmout))
		return E_PAR;						/* [CTX-7] [CTX-8] */
	mpf = &kernel_mpf[mpfid - 1];
	port_lock();
	block = get(mpf);
	if (!block && tmout != TMO_POL) {
		wait_for(&mpf->wait, TTW_MPF, tmout);			/* [MPF-4] */
		result = wait_sleep(&value);
		block = (VP)value;
	} else {
		if (!block)
			result = E_TMOUT;				/* [WAI-6] */
		leave();
	}
	if (result == E_OK)
		*p_blk = block;
	return result;
}

/*
 * get_mpf - get a block, waiting for one while none is free. Task context,
 * dispatching enabled; blocks. E_CTX; E_ID; E_PAR: p_blk is NULL; E_RLWAI:
 * rel_wai. Specification 4.6.1.
 */
ER get_mpf(ID mpfid, VP *p_blk)
{
	return obtain(mpfid, p_blk, TMO_FEVR);
}

/*
 * pget_mpf - get a block if one is free. Task context; does not block. E_CTX;
 * E_ID; E_PAR: p_blk is NULL; E_TMOUT: none is free. Specification 4.6.1.
 */
ER pget_mpf(ID mpfid, VP *p_blk)
{
	VP block;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!mpf_id_valid(mpfid))
		return E_ID;						/* [CTX-4] */
	if (!p_blk)
		return E_PAR;						/* [CTX-7] */
	port_lock();
	block = get(&kernel_mpf[mpfid - 1]);
	leave();
	if (!block)
		return E_TMOUT;						/* [WAI-6] */
	*p_blk = block;
	return E_OK;
}

/*
 * tget_mpf - get_mpf with a time-out in time units, TMO_POL or TMO_FEVR. Task
 * context, dispatching enabled; blocks. E_CTX; E_ID; E_PAR: p_blk is NULL, bad
 * time-out; E_TMOUT; E_RLWAI. Specification 4.6.1.
 */
ER tget_mpf(ID mpfid, VP *p_blk, TMO tmout)
{
	return obtain(mpfid, p_blk, tmout);
}

/*
 * rel_mpf - give a block back: to the first task that waits, else to the pool.
 * Task context. E_CTX; E_ID; E_PAR: blk is not the start of a block that this
 * pool handed out. Specification 4.6.1.
 */
ER rel_mpf(ID mpfid, VP blk)
{
	struct mempool *mpf;
	struct task *task;
	ER result = E_OK;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!mpf_id_valid(mpfid))
		return E_ID;						/* [CTX-4] */
	mpf = &kernel_mpf[mpfid - 1];
	port_lock();
	task = first_waiter(&mpf->wait);
	if (!block_valid(mpf, blk)) {
		result = E_PAR;						/* [MPF-7] */
	} else if (task) {
		task->wait_value = (VP_INT)blk;				/* [MPF-5] */
		wait_release(task, E_OK);
	} else {
		((struct free_block *)blk)->next = mpf->list;		/* [MPF-6] */
		mpf->list = blk;
		mpf->free++;
	}
	leave();
	return result;
}
