/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: event flags. The order of waiting tasks, time-outs and releases by
 * force are tested in waitqueue.c.
 *
 * Items:
 * (A) [FLG-1] the pattern is iflgptn at first, bit 31 too
 * (B) [FLG-3] set_flg and iset_flg add bits; 0 is allowed and changes nothing
 * (C) [FLG-5] clr_flg clears the bits that are 0 in its argument, and releases nobody
 * (D) [FLG-6] [FLG-7] all bits with TWF_ANDW, one with TWF_ORW: at the call and while waiting
 * (E) [FLG-8] the pattern that fulfilled the condition comes back, whole; on an error nothing does
 * (F) [FLG-4] set_flg releases all whose condition holds, in the order of the
 *     queue, from the middle too, and only those
 * (G) [FLG-9] [FLG-2] TA_CLR: the whole pattern is cleared, at the call and by a
 *     release; one task at most is released, the first that can be
 * (H) [FLG-10] [FLG-11] waiptn 0 and unknown modes give E_PAR
 * (I) [FLG-12] without TA_WMUL a second task gets E_ILUSE; with it, it waits
 * (J) [FLG-13] wai_flg and twai_flg wait while the condition does not hold
 *
 * Resources: MAIN (20), agents 1..5 (5 6 7 6 8); SINGLE (0x80000005),
 * SINGLE_CLEAR, SEVERAL, SEVERAL_CLEAR, PRI_CLEAR (all 0).
 */
#include "agents.h"
#include "kernel_id.h"

#define ALL	0xffffffffU

struct wait {
	ID	flgid;
	FLGPTN	pattern;
	MODE	mode;
	TMO	tmout;
	FLGPTN	got;
};

static struct wait waits[AGENTS + 1];

static ER wait_work(VP_INT n)
{
	struct wait *wait = &waits[n];

	if (wait->tmout == TMO_FEVR)
		return wai_flg(wait->flgid, wait->pattern, wait->mode, &wait->got);
	return twai_flg(wait->flgid, wait->pattern, wait->mode, &wait->got, wait->tmout);
}

static void start(UINT n, ID flgid, FLGPTN pattern, MODE mode)
{
	waits[n] = (struct wait){ .flgid = flgid, .pattern = pattern, .mode = mode, .tmout = TMO_FEVR, .got = 0xbadU };
	agent_start(n, wait_work, (VP_INT)n);
}

static bool released(UINT n, FLGPTN got)
{
	return agent_result(n) == E_OK && waits[n].got == got;
}

/* The pattern of a flag without TA_CLR. */
static FLGPTN pattern_of(ID flgid)
{
	FLGPTN pattern = 0;

	pol_flg(flgid, ALL, TWF_ORW, &pattern);
	return pattern;
}

static ER iset(VP_INT setptn)
{
	return iset_flg(SINGLE, (FLGPTN)setptn);
}

static void set_and_clear(void)
{
	check(pattern_of(SINGLE), 0x80000005U, "[FLG-1] [FLG-8] iflgptn is the pattern at first");
	check(pattern_of(SEVERAL), 0, "[FLG-1] iflgptn 0");
	check(set_flg(SINGLE, 0x42), E_OK, "[FLG-3] set_flg");
	check(pattern_of(SINGLE), 0x80000047U, "[FLG-3] it has added its bits");
	check(in_handler(iset, 0x408), E_OK, "[FLG-3] iset_flg");
	check(pattern_of(SINGLE), 0x8000044fU, "[FLG-3] it has added its bits");
	check(set_flg(SINGLE, 0), E_OK, "[FLG-3] set_flg of 0");
	check(pattern_of(SINGLE), 0x8000044fU, "[FLG-3] it changes nothing");
	check(clr_flg(SINGLE, ~0x402U), E_OK, "[FLG-5] clr_flg");
	check(pattern_of(SINGLE), 0x8000004dU, "[FLG-5] it has cleared the bits that are 0");
	check(clr_flg(SINGLE, ALL), E_OK, "[FLG-5] clr_flg with all bits 1");
	check(pattern_of(SINGLE), 0x8000004dU, "[FLG-5] it changes nothing");
	check(clr_flg(SINGLE, 0), E_OK, "[FLG-5] clr_flg with 0");
	check(pattern_of(SINGLE), 0, "[FLG-5] it clears all");
}

static ER poll(ID flgid, FLGPTN pattern, MODE mode)
{
	FLGPTN got;

	return pol_flg(flgid, pattern, mode, &got);
}

static void conditions(void)
{
	FLGPTN got = 0xbadU;

	must(set_flg(SEVERAL, 0x16), E_OK);
	check(poll(SEVERAL, 0x06, TWF_ANDW), E_OK, "[FLG-6] TWF_ANDW: all are set");
	check(poll(SEVERAL, 0x07, TWF_ANDW), E_TMOUT, "[FLG-6] TWF_ANDW: one is missing");
	check(poll(SEVERAL, 0x09, TWF_ANDW), E_TMOUT, "[FLG-6] TWF_ANDW: all are missing");
	check(poll(SEVERAL, 0x03, TWF_ORW), E_OK, "[FLG-7] TWF_ORW: one is set");
	check(poll(SEVERAL, 0x09, TWF_ORW), E_TMOUT, "[FLG-7] TWF_ORW: none is set");
	check(wai_flg(SEVERAL, 0x12, TWF_ANDW, &got), E_OK, "[FLG-6] wai_flg does not wait if all are set");
	check(got, 0x16, "[FLG-8] it tells the whole pattern");
	got = 0xbadU;
	check(twai_flg(SEVERAL, 0x11, TWF_ORW, &got, MSEC(1)), E_OK, "[FLG-7] twai_flg does not wait if one is set");
	check(got, 0x16, "[FLG-8] it tells the whole pattern");
	got = 0xbadU;
	must(pol_flg(SEVERAL, 1, TWF_ORW, &got), E_TMOUT);
	must(twai_flg(SEVERAL, 1, TWF_ORW, &got, TMO_POL), E_TMOUT);
	must(twai_flg(SEVERAL, 1, TWF_ORW, &got, MSEC(1)), E_TMOUT);
	check(got, 0xbadU, "[FLG-8] after E_TMOUT the pattern is as it was");
	must(clr_flg(SEVERAL, 0), E_OK);
}

static void waiting(void)
{
	start(1, SEVERAL, 0x03, TWF_ANDW);
	start(2, SEVERAL, 0x30, TWF_ORW);
	waits[3] = (struct wait){ SEVERAL, 0x100, TWF_ANDW, MSEC(50), 0xbadU };
	agent_start(3, wait_work, 3);
	check(marks(), 0, "[FLG-13] wai_flg and twai_flg wait while the condition does not hold");
	must(set_flg(SEVERAL, 0x02), E_OK);
	check(marks(), 0, "[FLG-6] a task that waits for all bits does not go on for one");
	must(clr_flg(SEVERAL, 0x02), E_OK);
	check(marks(), 0, "[FLG-5] clr_flg releases nobody");
	must(set_flg(SEVERAL, 0x41), E_OK);
	check(marks(), 1, "[FLG-6] it goes on when all are set");
	check_that(released(1, 0x43), "[FLG-8] it gets the whole pattern");
	must(set_flg(SEVERAL, 0x20), E_OK);
	check(marks(), 2, "[FLG-7] a task that waits for any bit goes on for one");
	check_that(released(2, 0x63), "[FLG-8] it gets the whole pattern");
	must(set_flg(SEVERAL, 0x100), E_OK);
	check_that(marks() == 3 && released(3, 0x163), "[FLG-4] twai_flg goes on as wai_flg does");
	check(pattern_of(SEVERAL), 0x163, "[FLG-9] without TA_CLR the pattern stays");
	must(clr_flg(SEVERAL, 0), E_OK);
}

/* Agents 2 and 4 have one priority: the order in which they are released shows. */
static void releases(void)
{
	start(1, SEVERAL, 0x08, TWF_ORW);
	start(4, SEVERAL, 0x03, TWF_ANDW);
	start(3, SEVERAL, 0x04, TWF_ORW);
	start(2, SEVERAL, 0x01, TWF_ORW);
	start(5, SEVERAL, 0x0a, TWF_ORW);
	must(set_flg(SEVERAL, 0x03), E_OK);
	check(marks(), 425, "[FLG-4] set_flg releases all whose condition holds, in the order of the queue");
	check_that(released(4, 0x03) && released(2, 0x03) && released(5, 0x03), "[FLG-8] each gets the pattern");
	must(set_flg(SEVERAL, 0x04), E_OK);
	check(marks(), 3, "[FLG-4] the others wait on: the last of the queue");
	must(set_flg(SEVERAL, 0x08), E_OK);
	check(marks(), 1, "[FLG-4] the others wait on: the first of the queue");
	must(clr_flg(SEVERAL, 0), E_OK);
}

static ER iset_clear(VP_INT setptn)
{
	return iset_flg(PRI_CLEAR, (FLGPTN)setptn);
}

static void clearing(void)
{
	FLGPTN got = 0xbadU;

	must(set_flg(SEVERAL_CLEAR, 0x0f), E_OK);
	must(pol_flg(SEVERAL_CLEAR, 0x10, TWF_ORW, &got), E_TMOUT);
	check(pol_flg(SEVERAL_CLEAR, 0x02, TWF_ANDW, &got), E_OK, "[FLG-9] TA_CLR: a condition that holds");
	check(got, 0x0f, "[FLG-8] the pattern is that before it was cleared");
	check(poll(SEVERAL_CLEAR, ALL, TWF_ORW), E_TMOUT, "[FLG-9] the whole pattern is cleared, and E_TMOUT did not do it");

	must(set_flg(SEVERAL_CLEAR, 0x80), E_OK);
	start(1, SEVERAL_CLEAR, 0x01, TWF_ORW);
	start(3, SEVERAL_CLEAR, 0x06, TWF_ANDW);
	start(2, SEVERAL_CLEAR, 0x02, TWF_ORW);
	start(4, SEVERAL_CLEAR, 0x02, TWF_ORW);
	must(set_flg(SEVERAL_CLEAR, 0x06), E_OK);
	check(marks(), 3, "[FLG-9] [FLG-4] TA_CLR: one task is released, the first of the queue whose condition holds");
	check_that(released(3, 0x86), "[FLG-8] it gets the pattern before it was cleared");
	must(set_flg(SEVERAL_CLEAR, 0), E_OK);
	check(marks(), 0, "[FLG-9] nothing is left for the others");
	must(set_flg(SEVERAL_CLEAR, 0x02), E_OK);
	must(set_flg(SEVERAL_CLEAR, 0x02), E_OK);
	must(set_flg(SEVERAL_CLEAR, 0x01), E_OK);
	check(marks(), 241, "[FLG-9] each release takes a set_flg of its own");
	check(poll(SEVERAL_CLEAR, ALL, TWF_ORW), E_TMOUT, "[FLG-9] then the pattern is 0");

	start(3, PRI_CLEAR, 0x01, TWF_ORW);
	start(2, PRI_CLEAR, 0x03, TWF_ANDW);
	start(4, PRI_CLEAR, 0x01, TWF_ORW);
	must(in_handler(iset_clear, 0x01), E_OK);
	check(marks(), 4, "[FLG-2] [FLG-9] TA_TPRI: the highest task whose condition holds is released, by iset_flg too");
	agents_end();
}

static void arguments(void)
{
	FLGPTN got = 0xbadU;

	must(set_flg(SEVERAL, 0xff), E_OK);
	check(wai_flg(SEVERAL, 0, TWF_ORW, &got), E_PAR, "[FLG-10] wai_flg: waiptn 0");
	check(pol_flg(SEVERAL, 0, TWF_ANDW, &got), E_PAR, "[FLG-10] pol_flg: waiptn 0");
	check(twai_flg(SEVERAL, 0, TWF_ANDW, &got, MSEC(1)), E_PAR, "[FLG-10] twai_flg: waiptn 0");
	check(wai_flg(SEVERAL, 1, 2, &got), E_PAR, "[FLG-11] wai_flg: mode 2");
	check(pol_flg(SEVERAL, 1, 3, &got), E_PAR, "[FLG-11] pol_flg: mode 3");
	check(twai_flg(SEVERAL, 1, 0x80000000U, &got, MSEC(1)), E_PAR, "[FLG-11] twai_flg: mode 0x80000000");
	check(got, 0xbadU, "[FLG-10] the result is as it was");
	must(clr_flg(SEVERAL, 0), E_OK);
}

static void single(ID flgid)
{
	FLGPTN got = 0xbadU;

	start(1, flgid, 0x02, TWF_ORW);
	must(set_flg(flgid, 0x01), E_OK);
	check(pol_flg(flgid, 0x01, TWF_ORW, &got), E_ILUSE, "[FLG-12] pol_flg: a second task, whose condition holds");
	check(pol_flg(flgid, 0x08, TWF_ORW, &got), E_ILUSE, "[FLG-12] pol_flg: whose condition does not hold");
	check(wai_flg(flgid, 0x01, TWF_ORW, &got), E_ILUSE, "[FLG-12] wai_flg: a second task, whose condition holds");
	check(wai_flg(flgid, 0x08, TWF_ORW, &got), E_ILUSE, "[FLG-12] wai_flg: whose condition does not hold");
	check(twai_flg(flgid, 0x08, TWF_ORW, &got, MSEC(1)), E_ILUSE, "[FLG-12] twai_flg");
	check(twai_flg(flgid, 0x08, TWF_ORW, &got, TMO_POL), E_ILUSE, "[FLG-12] twai_flg with TMO_POL");
	check(got, 0xbadU, "[FLG-12] the result is as it was");
	must(set_flg(flgid, 0x02), E_OK);
	check_that(marks() == 1 && released(1, 0x03), "[FLG-12] the first task gets what it waits for");
	must(set_flg(flgid, 0x04), E_OK);
	check(pol_flg(flgid, 0x04, TWF_ORW, &got), E_OK, "[FLG-12] when it is gone another may come");
	must(clr_flg(flgid, 0), E_OK);
}

void main_task(VP_INT exinf)
{
	set_and_clear();
	conditions();
	waiting();
	releases();
	clearing();
	arguments();
	single(SINGLE);
	single(SINGLE_CLEAR);
	tap_end();
}
