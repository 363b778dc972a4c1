/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: fixed-size memory pools. The order of waiting tasks, time-outs and
 * releases by force are tested in waitqueue.c.
 *
 * Items:
 * (A) [MPF-1] all blocks are free at first, and no more
 * (B) [MPF-3] each block lies in the pool, is aligned to a pointer, blksz long and
 *     nobody else's: what is written to it stays
 * (C) [MPF-4] get_mpf and tget_mpf wait while no block is free; on an error the result is as it was
 * (D) [MPF-5] a block that is given back goes to the first waiting task, and is not free
 * (E) [MPF-6] a block that is given back can be had again, whatever the order
 * (F) [MPF-7] rel_mpf gives E_PAR, and changes nothing, for NULL, for any
 *     address inside a block but its start, before and behind the pool, for a
 *     block of another pool, one never handed out, and if all are free
 *
 * Resources: MAIN (20), agents; ONE (1 of 1 byte), AREA (4 of 21 bytes, in
 * mempool_area), MANY (100 of 56 bytes).
 */
#include "agents.h"
#include "kernel_id.h"
#include "mempool.h"

VP mempool_area[AREA_WORDS + 2];

static char *blocks[MANY_BLOCKS];
static VP got[AGENTS + 1];

static ER get_work(VP_INT n)
{
	return get_mpf(ONE, &got[n]);
}

static ER tget_work(VP_INT n)
{
	return tget_mpf(ONE, &got[n], MSEC(50));
}

/* Get blocks with any of the calls, until there is none; how many. */
static UINT take_all(ID mpfid)
{
	VP block;
	UINT count = 0;
	ER er;

	for (;;) {
		if (count % 3 == 0)
			er = pget_mpf(mpfid, &block);
		else
			er = tget_mpf(mpfid, &block, count % 3 == 1 ? TMO_POL : MSEC(1));
		if (er != E_OK)
			return count;
		must(count < MANY_BLOCKS, true);
		blocks[count++] = block;
	}
}

static void give_all(ID mpfid, UINT count, UINT step)
{
	/* step and count have no common divisor: each block once. */
	for (UINT i = 0; i < count; i++)
		must(rel_mpf(mpfid, blocks[i * step % count]), E_OK);
}

/* Fill the blocks up to the last byte, then see whether all is still there. */
static bool blocks_apart(UINT count, UINT size)
{
	for (UINT i = 0; i < count; i++)
		for (UINT byte = 0; byte < size; byte++)
			blocks[i][byte] = (char)(i + 1);
	for (UINT i = 0; i < count; i++)
		for (UINT byte = 0; byte < size; byte++)
			if (blocks[i][byte] != (char)(i + 1))
				return false;
	return true;
}

static bool blocks_aligned(UINT count)
{
	for (UINT i = 0; i < count; i++)
		if ((uintptr_t)blocks[i] % sizeof(VP))
			return false;
	return true;
}

static bool blocks_in_area(void)
{
	for (UINT i = 0; i < AREA_BLOCKS; i++)
		if (blocks[i] < (char *)&mempool_area[1] || blocks[i] + AREA_SIZE > (char *)&mempool_area[1 + AREA_WORDS])
			return false;
	return true;
}

static void all_blocks(void)
{
	check(take_all(ONE), 1, "[MPF-1] a pool of one block");
	check_that(blocks_aligned(1) && blocks_apart(1, 1), "[MPF-3] its block is aligned");
	check(rel_mpf(ONE, blocks[0]), E_OK, "[MPF-6] it is given back");
	check(take_all(AREA), AREA_BLOCKS, "[MPF-1] a pool of four blocks");
	check_that(blocks_aligned(AREA_BLOCKS) && blocks_apart(AREA_BLOCKS, AREA_SIZE), "[MPF-3] its blocks are aligned and apart");
	check_that(blocks_in_area(), "[MPF-3] they lie in the area of the application");
	give_all(AREA, AREA_BLOCKS, 3);
	check_that(!mempool_area[0] && !mempool_area[1 + AREA_WORDS], "[MPF-3] nothing is written beside the area");
	check(take_all(MANY), MANY_BLOCKS, "[MPF-1] a pool of many blocks");
	check_that(blocks_aligned(MANY_BLOCKS) && blocks_apart(MANY_BLOCKS, MANY_SIZE), "[MPF-3] its blocks are aligned and apart");

	give_all(MANY, MANY_BLOCKS, 37);
	check(take_all(MANY), MANY_BLOCKS, "[MPF-6] all that was given back can be had again, and no more");
	check_that(blocks_apart(MANY_BLOCKS, MANY_SIZE), "[MPF-3] each block once");
	give_all(MANY, MANY_BLOCKS, 1);
	check(take_all(MANY), MANY_BLOCKS, "[MPF-6] once more, given back in another order");
	check_that(blocks_apart(MANY_BLOCKS, MANY_SIZE), "[MPF-3] each block once");
	/* Two back, two out again: those two. */
	must(rel_mpf(MANY, blocks[17]), E_OK);
	must(rel_mpf(MANY, blocks[71]), E_OK);
	must(pget_mpf(MANY, (VP *)&blocks[17]), E_OK);
	must(pget_mpf(MANY, (VP *)&blocks[71]), E_OK);
	check_that(blocks_apart(MANY_BLOCKS, MANY_SIZE), "[MPF-6] a block that was given back among others is nobody else's");
}

/* All blocks of MANY are out. */
static void wrong_addresses(void)
{
	bool all = true;
	char *first = blocks[0], *last = blocks[0];
	VP foreign;

	for (UINT i = 0; i < MANY_BLOCKS; i++) {
		for (UINT byte = 1; byte < MANY_SIZE; byte++)
			all &= rel_mpf(MANY, blocks[i] + byte) == E_PAR;
		first = blocks[i] < first ? blocks[i] : first;
		last = blocks[i] > last ? blocks[i] : last;
	}
	check_that(all, "[MPF-7] no address inside a block but its start is taken for one");
	check(rel_mpf(MANY, NULL), E_PAR, "[MPF-7] NULL");
	check(rel_mpf(MANY, first - MANY_SIZE), E_PAR, "[MPF-7] one block before the first");
	check(rel_mpf(MANY, last + MANY_SIZE), E_PAR, "[MPF-7] one block behind the last");
	check(rel_mpf(MANY, first + ((uintptr_t)MANY_SIZE << 32)), E_PAR, "[MPF-7] far behind the last");
	must(pget_mpf(AREA, &foreign), E_OK);
	check(rel_mpf(MANY, foreign), E_PAR, "[MPF-7] a block of another pool");
	check(rel_mpf(AREA, blocks[0]), E_PAR, "[MPF-7] and the other way round");
	check(pget_mpf(MANY, &got[0]), E_TMOUT, "[MPF-7] none of these was put back");
	give_all(MANY, MANY_BLOCKS, 7);
	check(rel_mpf(MANY, blocks[0]), E_PAR, "[MPF-7] all are free");
	check(take_all(MANY), MANY_BLOCKS, "[MPF-7] nothing has changed");
	must(rel_mpf(AREA, foreign), E_OK);
}

/* Before anything else: MANY is as it was at the start. */
static void never_handed_out(void)
{
	VP first;

	must(pget_mpf(MANY, &first), E_OK);
	check(rel_mpf(MANY, (char *)first + MANY_SIZE), E_PAR, "[MPF-7] a block never handed out");
	check(rel_mpf(MANY, first), E_OK, "[MPF-6] one that was");
	check(rel_mpf(MANY, first), E_PAR, "[MPF-7] it is free again, and so are all");
}

static void waiting(void)
{
	VP block, other = NULL;

	must(get_mpf(ONE, &block), E_OK);
	check(pget_mpf(ONE, &other), E_TMOUT, "[MPF-4] pget_mpf: none is free");
	check(tget_mpf(ONE, &other, MSEC(1)), E_TMOUT, "[MPF-4] tget_mpf waits for its time");
	check_that(!other, "[MPF-4] after E_TMOUT the result is as it was");
	agent_start(3, get_work, 3);
	agent_start(1, tget_work, 1);
	agent_start(2, get_work, 2);
	check(marks(), 0, "[MPF-4] get_mpf and tget_mpf wait while none is free");
	check(rel_mpf(ONE, (char *)block + 1), E_PAR, "[MPF-7] a wrong address serves nobody");
	check(marks(), 0, "[MPF-7] the tasks wait on");
	must(rel_mpf(ONE, block), E_OK);
	check_that(marks() == 3 && agent_result(3) == E_OK && got[3] == block, "[MPF-5] the first waiting task gets the block");
	check(pget_mpf(ONE, &other), E_TMOUT, "[MPF-5] it is not free");
	must(rel_mpf(ONE, block), E_OK);
	check_that(marks() == 1 && got[1] == block, "[MPF-5] then the next");
	must(rel_mpf(ONE, block), E_OK);
	check_that(marks() == 2 && got[2] == block, "[MPF-5] then the next");
	must(rel_mpf(ONE, block), E_OK);
	check(pget_mpf(ONE, &other), E_OK, "[MPF-6] with nobody waiting it is free");
}

void main_task(VP_INT exinf)
{
	never_handed_out();
	all_blocks();
	wrong_addresses();
	waiting();
	tap_end();
}
