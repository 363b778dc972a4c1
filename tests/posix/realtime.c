/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Real time. CASE:
 *	cycle		a cyclic handler's count over 200 ms, while a task loops without a call
 *	exceptions	that loop is left for the task's exception routine, and gone back to
 *	fpu		two tasks that take turns every millisecond keep their FPU registers
 *	thread		another thread of the process raises interrupts
 *	spin		vspn_tim does not count the time of others
 */
#include <pthread.h>
#include <unistd.h>

#include "kernel_id.h"
#include "realtime.h"

static volatile unsigned int cycles, exceptions, served;
static volatile unsigned long loops;

void cycle(VP_INT exinf)
{
	cycles++;
	if (is_case("exceptions"))
		must(iras_tex(BUSY, 1) == E_OK);
}

void rotate(VP_INT exinf)
{
	must(irot_rdq(9) == E_OK);
}

void raised_exception(TEXPTN texptn, VP_INT exinf)
{
	must(texptn == 1 && !sns_ctx() && sns_tex());
	exceptions++;
}

void busy_task(VP_INT exinf)
{
	ena_tex();
	for (;;)
		loops++;
}

void device_isr(VP_INT exinf)
{
	isig_sem(DEVICE);
}

void waiter_task(VP_INT exinf)
{
	while (wai_sem(DEVICE) == E_OK)
		served++;
}

/* A device with a thread of its own, which waits until each interrupt has been served. */
static void *device_thread(void *arg)
{
	for (unsigned int n = 1; n <= 100; n++) {
		if (vras_int(9) != E_OK)
			return NULL;
		while (served < n)
			usleep(50);
	}
	return arg;
}

static void check_cycle(void)
{
	SYSTIM start, before, after;

	get_tim(&start);
	sta_cyc(CYCLE);
	must(act_tsk(BUSY) == E_OK);
	dly_tsk(MSEC(200));
	get_tim(&before);
	stp_cyc(CYCLE);
	get_tim(&after);
	/* None is lost, however late this process was at times. */
	vlog("%u cycles in %lu to %lu ms", cycles, (unsigned long)(before - start), (unsigned long)(after - start));
	must(cycles >= 199 && cycles + 2 >= before - start && cycles <= after - start);
	must(loops > 1000);
}

static void check_exceptions(void)
{
	unsigned long before;

	sta_cyc(CYCLE);
	must(act_tsk(BUSY) == E_OK);
	dly_tsk(MSEC(100));
	before = loops;
	dly_tsk(MSEC(100));
	stp_cyc(CYCLE);
	vlog("%u cycles, %u exceptions", cycles, exceptions);
	must(exceptions > 20 && exceptions <= cycles && loops > before);
}

static void check_thread(void)
{
	pthread_t thread;

	must(act_tsk(BUSY) == E_OK);
	must(!pthread_create(&thread, NULL, device_thread, &thread));
	for (int i = 0; i < 1000 && served < 100; i++)
		dly_tsk(MSEC(1));
	must(served == 100);
}

/* Runs above BUSY, below WAITER: cycles interrupt, nothing else. */
static void check_spin(void)
{
	UD start = vget_cyc();

	vspn_tim(50000000);
	must(vget_cyc() - start >= 50000000);
	sta_cyc(CYCLE);
	start = vget_cyc();
	vspn_tim(50000000);
	must(vget_cyc() - start >= 50000000 && cycles >= 48);
}

void control_task(VP_INT exinf)
{
	if (is_case("cycle"))
		check_cycle();
	else if (is_case("exceptions"))
		check_exceptions();
	else if (is_case("thread"))
		check_thread();
	else if (is_case("spin"))
		check_spin();
	else if (is_case("fpu")) {
		sta_cyc(ROTATE);
		must(act_tsk(SUM1) == E_OK && act_tsk(SUM2) == E_OK);
		slp_tsk();	/* until the second sum task has ended and woken us */
	} else
		vstp_sys(1);
	vlog("as expected");
	vstp_sys(0);
}
