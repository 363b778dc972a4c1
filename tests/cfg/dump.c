/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints the tables of a kernel_cfg.c that it is linked with, by value:
 * functions and areas by name, so that what the configurator wrote is read
 * the way the kernel reads it.
 */
#include <inttypes.h>
#include <stdio.h>

#include <kernel/tables.h>

#include <exchange/config.h>

#include "app.h"

struct conf conf;
int variable;
VP_INT dtq_area[10];
char mpf_area[1000];
VP mprihd_area[8];

static const char *last;		/* the function that ran */

void task1(VP_INT exinf)	{ last = "task1"; }
void task2(VP_INT exinf)	{ last = "task2"; }
void plain(void)		{ last = "plain"; }
void hdr(VP_INT exinf)		{ last = "hdr"; }
void hdr2(VP_INT exinf)		{ last = "hdr2"; }
void tex(TEXPTN texptn, VP_INT exinf) { last = "tex"; }
void inh(void)			{ last = "inh"; }
void exc(VP p_excinf)		{ last = "exc"; }
int returns_int(VP_INT exinf)	{ return 0; }

/* The name of a function of a table: what runs when it is called. */
static const char *called(void (*function)(VP_INT exinf))
{
	last = "NULL";
	if (function != NULL)
		function(0);
	return last;
}

static const char *tex_called(void (*function)(TEXPTN texptn, VP_INT exinf))
{
	last = "NULL";
	if (function != NULL)
		function(0, 0);
	return last;
}

/* An area by name, its first bytes written to show that it is memory. */
static const char *area(void *start, size_t size)
{
	if (start == NULL)
		return "NULL";
	if (start == dtq_area)
		return "dtq_area";
	if (start == mpf_area)
		return "mpf_area";
	if (start == mprihd_area)
		return "mprihd_area";
	for (size_t i = 0; i < size; i++)
		((char *)start)[i] = 1;		/* AddressSanitizer sees an area that is too small */
	return (uintptr_t)start % sizeof(VP) == 0 ? "own" : "unaligned";
}

/* exinf as a number, or what it points to. */
static void print_exinf(VP_INT exinf)
{
	if (exinf == (VP_INT)&conf)
		printf(" exinf=&conf");
	else if (exinf > -4096 && exinf < 1000000)
		printf(" exinf=%" PRIdPTR, exinf);
	else
		printf(" exinf=\"%s\"", (const char *)exinf);
}

static void dump_objects(void)
{
	for (ID i = 0; i < kernel_task_count; i++) {
		const struct task_init *t = &kernel_task_init[i];

		printf("task %d %s atr=%#x", i + 1, t->name, t->tskatr);
		print_exinf(t->exinf);
		printf(" %s pri=%d stksz=%zu tex=%s\n", called(t->task), t->itskpri, t->stksz, tex_called(t->texrtn));
	}
	printf("order");
	for (UINT i = 0; i < kernel_task_order_count; i++)
		printf(" %d", kernel_task_order[i]);
	printf("\n");
	for (ID i = 0; i < kernel_sem_count; i++)
		printf("sem %d %s atr=%#x %u/%u\n", i + 1, kernel_sem_init[i].name, kernel_sem_init[i].sematr,
		       kernel_sem_init[i].isemcnt, kernel_sem_init[i].maxsem);
	for (ID i = 0; i < kernel_flg_count; i++)
		printf("flg %d %s atr=%#x ptn=%#x\n", i + 1, kernel_flg_init[i].name, kernel_flg_init[i].flgatr,
		       kernel_flg_init[i].iflgptn);
	for (ID i = 0; i < kernel_mtx_count; i++)
		printf("mtx %d %s atr=%#x ceil=%d\n", i + 1, kernel_mtx_init[i].name, kernel_mtx_init[i].mtxatr,
		       kernel_mtx_init[i].ceilpri);
}

static void dump_areas(void)
{
	for (ID i = 0; i < kernel_dtq_count; i++) {
		const struct dtq_init *d = &kernel_dtq_init[i];

		printf("dtq %d %s atr=%#x cnt=%u %s\n", i + 1, d->name, d->dtqatr, d->dtqcnt, area(d->dtq, TSZ_DTQ(d->dtqcnt)));
	}
	for (ID i = 0; i < kernel_mbx_count; i++) {
		const struct mbx_init *m = &kernel_mbx_init[i];

		printf("mbx %d %s atr=%#x pri=%d %s\n", i + 1, m->name, m->mbxatr, m->maxmpri, area(m->mprihd, TSZ_MPRIHD(m->maxmpri)));
	}
	for (ID i = 0; i < kernel_mpf_count; i++) {
		const struct mpf_init *m = &kernel_mpf_init[i];

		printf("mpf %d %s atr=%#x %u*%zu %s\n", i + 1, m->name, m->mpfatr, m->blkcnt, m->blksz,
		       area(m->mpf, TSZ_MPF(m->blkcnt, m->blksz)));
	}
}

static void dump_handlers(void)
{
	for (ID i = 0; i < kernel_cyc_count; i++) {
		const struct cyc_init *c = &kernel_cyc_init[i];

		printf("cyc %d %s atr=%#x", i + 1, c->name, c->cycatr);
		print_exinf(c->exinf);
		printf(" %s tim=%u phs=%u\n", called(c->cychdr), c->cyctim, c->cycphs);
	}
	for (ID i = 0; i < kernel_alm_count; i++) {
		printf("alm %d %s atr=%#x", i + 1, kernel_alm_init[i].name, kernel_alm_init[i].almatr);
		print_exinf(kernel_alm_init[i].exinf);
		printf(" %s\n", called(kernel_alm_init[i].almhdr));
	}
	for (UINT i = 0; i < kernel_isr_count; i++) {
		printf("isr %u", kernel_isr_init[i].intno);
		print_exinf(kernel_isr_init[i].exinf);
		printf(" %s\n", called(kernel_isr_init[i].isr));
	}
	for (UINT i = 0; i <= TMAX_EXCNO; i++) {
		if (kernel_exc_handler[i] == NULL)
			continue;
		kernel_exc_handler[i](NULL);
		printf("exc %u %s\n", i, last);
	}
	for (UINT i = 0; i < kernel_ini_count; i++) {
		printf("ini");
		print_exinf(kernel_ini_init[i].exinf);
		printf(" %s\n", called(kernel_ini_init[i].inirtn));
	}
}

/* Only a .cfg with exports has these. */
#pragma weak exchange_init
#pragma weak exchange_object
#pragma weak exchange_count
#pragma weak exchange_of_dtq
#pragma weak exchange_of_mbx
#pragma weak exchange_of_flg
#pragma weak exchange_of_sem
#pragma weak exchange_of_rng
#pragma weak exchange_rng_count
#pragma weak exchange_task_id

void exchange_task(VP_INT batch)	{ last = "exchange_task"; }
void exchange_bell(VP_INT exinf)	{ last = "exchange_bell"; }
void exchange_initialize(VP_INT intno)	{ last = "exchange_initialize"; }

static struct exchange_object *export_of(const struct exchange_init *e)
{
	switch (e->exckind) {
	case UNITRON_DATAQUEUE:
		return exchange_of_dtq[e->excid - 1];
	case UNITRON_MAILBOX:
		return exchange_of_mbx[e->excid - 1];
	case UNITRON_EVENTFLAG:
		return exchange_of_flg[e->excid - 1];
	case UNITRON_RING:
		return exchange_of_rng[e->excid - 1];
	default:
		return exchange_of_sem[e->excid - 1];
	}
}

/* The bytes of its ring, each written */
static size_t ring_of(const struct exchange_init *e)
{
	switch (e->exckind) {
	case UNITRON_DATAQUEUE:
		return EXCHANGE_RING_DTQ(e->ringcnt);
	case UNITRON_MAILBOX:
		return EXCHANGE_RING_MBX(e->ringcnt, kernel_mpf_init[e->mpfid - 1].blksz);
	case UNITRON_SEMAPHORE:
		return EXCHANGE_RING_SEM(0);
	default:
		return 0;
	}
}

static void dump_exports(void)
{
	for (UINT i = 0; i < exchange_count; i++) {
		const struct exchange_init *e = &exchange_init[i];

		printf("exp %u %s kind=%u id=%d atr=%#x mode=%#o cnt=%u mpf=%d %s", i, e->name, e->exckind, e->excid, e->expatr, e->expmode,
		       e->ringcnt, e->mpfid, area(e->excring, ring_of(e)));
		if (e->exckind == UNITRON_RING)
			printf(" slotsz=%zu flg=%d ptn=%#x", e->slotsz, e->flgid, e->flgptn);
		printf("%s\n", export_of(e) == &exchange_object[i] ? "" : " not in its table");
	}
	for (ID i = 0; i < kernel_dtq_count; i++)
		printf("exp of dtq %d: %s\n", i + 1, exchange_of_dtq[i] ? "yes" : "no");
	printf("exp rings %d, task %d\n", exchange_rng_count, exchange_task_id);
}

int main(void)
{
	printf("application %s\n", kernel_application);
	dump_objects();
	dump_areas();
	dump_handlers();
	printf("events %u\n", kernel_timer_heap_size);
	if (&exchange_count)
		dump_exports();
	return 0;
}
