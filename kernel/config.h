/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the configurator writes into kernel_cfg.c: for every kind of object a
 * constant table of initial values in the order of the numbers (number n is
 * element n - 1), a table of control blocks of the same length (declared in
 * the header of its group; tables.h has them all), and the count. Each group of
 * the kernel sets its control blocks up from its table in xxx_initialize().
 * Tables of length 0 have one unused element.
 */
#pragma once

#include <unitron/port.h>

struct task_init {			/* CRE_TSK, DEF_TEX */
	const char *name;		/* as in the .cfg */
	ATR	tskatr;
	VP_INT	exinf;
	void	(*task)(VP_INT exinf);
	PRI	itskpri;
	SIZE	stksz;
	void	(*texrtn)(TEXPTN texptn, VP_INT exinf);	/* NULL: none */
};

struct sem_init {			/* CRE_SEM */
	const char *name;
	ATR	sematr;
	UINT	isemcnt;
	UINT	maxsem;
};

struct flg_init {			/* CRE_FLG */
	const char *name;
	ATR	flgatr;
	FLGPTN	iflgptn;
};

struct dtq_init {			/* CRE_DTQ */
	const char *name;
	ATR	dtqatr;
	UINT	dtqcnt;
	VP_INT	*dtq;			/* area of dtqcnt elements; NULL if dtqcnt is 0 */
};

struct mbx_init {			/* CRE_MBX */
	const char *name;
	ATR	mbxatr;
	PRI	maxmpri;
	VP	mprihd;			/* area of TSZ_MPRIHD(maxmpri) bytes with TA_MPRI, else NULL */
};

struct mtx_init {			/* CRE_MTX */
	const char *name;
	ATR	mtxatr;
	PRI	ceilpri;
};

struct mpf_init {			/* CRE_MPF */
	const char *name;
	ATR	mpfatr;
	UINT	blkcnt;
	SIZE	blksz;			/* as given; blocks lie TROUND_BLK(blksz) apart */
	VP	mpf;			/* area of TSZ_MPF(blkcnt, blksz) bytes */
};

struct cyc_init {			/* CRE_CYC */
	const char *name;
	ATR	cycatr;
	VP_INT	exinf;
	void	(*cychdr)(VP_INT exinf);
	RELTIM	cyctim;
	RELTIM	cycphs;
};

struct alm_init {			/* CRE_ALM */
	const char *name;
	ATR	almatr;
	VP_INT	exinf;
	void	(*almhdr)(VP_INT exinf);
};

struct isr_init {			/* ATT_ISR; and DEF_INH, as the only one of its number, exinf 0 */
	INTNO	intno;
	VP_INT	exinf;
	void	(*isr)(VP_INT exinf);
};

struct ini_init {			/* ATT_INI */
	VP_INT	exinf;
	void	(*inirtn)(VP_INT exinf);
};

struct timer_event;

extern const struct task_init	kernel_task_init[];
extern const ID			kernel_task_count;
/* Numbers of the tasks with TA_ACT, in order of appearance in the .cfg */
extern const ID			kernel_task_order[];
extern const UINT		kernel_task_order_count;

extern const struct sem_init	kernel_sem_init[];
extern const ID			kernel_sem_count;

extern const struct flg_init	kernel_flg_init[];
extern const ID			kernel_flg_count;

extern const struct dtq_init	kernel_dtq_init[];
extern const ID			kernel_dtq_count;

extern const struct mbx_init	kernel_mbx_init[];
extern const ID			kernel_mbx_count;

extern const struct mtx_init	kernel_mtx_init[];
extern const ID			kernel_mtx_count;

extern const struct mpf_init	kernel_mpf_init[];
extern const ID			kernel_mpf_count;

extern const struct cyc_init	kernel_cyc_init[];
extern const ID			kernel_cyc_count;

extern const struct alm_init	kernel_alm_init[];
extern const ID			kernel_alm_count;

/* Sorted by intno, order of appearance within one number */
extern const struct isr_init	kernel_isr_init[];
extern const UINT		kernel_isr_count;

/* DEF_EXC: handler of exception number n is element n; NULL: none. TMAX_EXCNO + 1 elements. */
extern void			(*const kernel_exc_handler[])(VP p_excinf);

/* In order of appearance */
extern const struct ini_init	kernel_ini_init[];
extern const UINT		kernel_ini_count;

/* Room for every time event at once: tasks + cyclic + alarm handlers */
extern struct timer_event	*kernel_timer_heap[];
extern const UINT		kernel_timer_heap_size;

/* Name of the application: the base name of its .cfg */
extern const char		kernel_application[];
