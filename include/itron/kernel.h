/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * uITRON4.0 service calls: the Standard Profile, alarm handlers and mutexes.
 * What each call does, its contexts and its errors stand above its definition
 * in kernel/, one file per functional group; docs/spec lists the requirement
 * tags. Calls named v... are this kernel's own: <unitron/ext.h>.
 */
#pragma once

#include <itron/itron.h>

/* Attributes */
#define TA_HLNG		0x00U		/* started by the C calling convention */
#define TA_ASM		0x01U		/* the same here */
#define TA_TFIFO	0x00U		/* wait queue in order of arrival */
#define TA_TPRI		0x01U		/* wait queue in order of priority */
#define TA_MFIFO	0x00U		/* messages in order of arrival */
#define TA_MPRI		0x02U		/* messages in order of priority */
#define TA_ACT		0x02U		/* task: activated at creation */
#define TA_RSTR		0x04U		/* restricted task: not supported */
#define TA_WSGL		0x00U		/* event flag: one waiter at most */
#define TA_WMUL		0x02U		/* event flag: several waiters */
#define TA_CLR		0x04U		/* event flag: cleared by a release */
#define TA_INHERIT	0x02U		/* mutex: priority inheritance */
#define TA_CEILING	0x03U		/* mutex: priority ceiling */
#define TA_STA		0x02U		/* cyclic handler: started at creation */
#define TA_PHS		0x04U		/* cyclic handler: keeps its phase */

/* Modes */
#define TWF_ANDW	0x00U		/* all bits of the wait pattern */
#define TWF_ORW		0x01U		/* any bit of the wait pattern */

/* Object states */
#define TTS_RUN		0x01U
#define TTS_RDY		0x02U
#define TTS_WAI		0x04U
#define TTS_SUS		0x08U
#define TTS_WAS		0x0cU
#define TTS_DMT		0x10U

#define TTW_SLP		0x0001U		/* slp_tsk */
#define TTW_DLY		0x0002U		/* dly_tsk */
#define TTW_SEM		0x0004U		/* semaphore */
#define TTW_FLG		0x0008U		/* event flag */
#define TTW_SDTQ	0x0010U		/* sending to a data queue */
#define TTW_RDTQ	0x0020U		/* receiving from a data queue */
#define TTW_MBX		0x0040U		/* mailbox */
#define TTW_MTX		0x0080U		/* mutex */
#define TTW_MPF		0x2000U		/* fixed-size memory pool */

/* Other constants */
#define TSK_SELF	0
#define TSK_NONE	0
#define TPRI_SELF	0
#define TPRI_INI	0

#define TMIN_TPRI	1
#define TMAX_TPRI	32
#define TMIN_MPRI	1
#define TMAX_MPRI	32
#define TMAX_ACTCNT	255
#define TMAX_WUPCNT	255
#define TMAX_SUSCNT	255
#define TBIT_TEXPTN	32
#define TBIT_FLGPTN	32
#define TMAX_MAXSEM	65535
#define TMAX_RELTIM	0x7fffffffU

#ifdef UNITRON_UNIT_US
#define TIC_NUME	1
#define TIC_DENO	1000
#else
#define TIC_NUME	1
#define TIC_DENO	1
#endif

#define TKERNEL_MAKER	0x0000		/* experimental */
#define TKERNEL_PRID	0x0001
#define TKERNEL_SPVER	0x5403		/* uITRON4.03 */
#define TKERNEL_PRVER	0x0010		/* 0.1.0 */

/* Mailbox messages start with one of these; the kernel owns it from send to receive. */
typedef struct t_msg {
	struct t_msg *next;
} T_MSG;

typedef struct t_msg_pri {
	T_MSG	msgque;
	PRI	msgpri;
} T_MSG_PRI;

/* Bytes of the areas that an application may supply itself */
#define TSZ_DTQ(dtqcnt)		((SIZE)(dtqcnt) * sizeof(VP_INT))
#define TROUND_BLK(blksz)	(((SIZE)(blksz) + sizeof(VP) - 1) & ~(sizeof(VP) - 1))
#define TSZ_MPF(blkcnt, blksz)	((SIZE)(blkcnt) * TROUND_BLK(blksz))
#define TSZ_MPRIHD(maxmpri)	((SIZE)(maxmpri) * 2 * sizeof(VP))

/* Task management (4.1) */
ER	act_tsk(ID tskid);
ER	iact_tsk(ID tskid);
ER_UINT	can_act(ID tskid);
void	ext_tsk(void) __attribute__((noreturn));
ER	ter_tsk(ID tskid);
ER	chg_pri(ID tskid, PRI tskpri);
ER	get_pri(ID tskid, PRI *p_tskpri);

/* Task-dependent synchronisation (4.2) */
ER	slp_tsk(void);
ER	tslp_tsk(TMO tmout);
ER	wup_tsk(ID tskid);
ER	iwup_tsk(ID tskid);
ER_UINT	can_wup(ID tskid);
ER	rel_wai(ID tskid);
ER	irel_wai(ID tskid);
ER	sus_tsk(ID tskid);
ER	rsm_tsk(ID tskid);
ER	frsm_tsk(ID tskid);
ER	dly_tsk(RELTIM dlytim);

/* Task exceptions (4.3) */
ER	ras_tex(ID tskid, TEXPTN rasptn);
ER	iras_tex(ID tskid, TEXPTN rasptn);
ER	dis_tex(void);
ER	ena_tex(void);
BOOL	sns_tex(void);

/* Semaphores (4.4.1) */
ER	sig_sem(ID semid);
ER	isig_sem(ID semid);
ER	wai_sem(ID semid);
ER	pol_sem(ID semid);
ER	twai_sem(ID semid, TMO tmout);

/* Event flags (4.4.2) */
ER	set_flg(ID flgid, FLGPTN setptn);
ER	iset_flg(ID flgid, FLGPTN setptn);
ER	clr_flg(ID flgid, FLGPTN clrptn);
ER	wai_flg(ID flgid, FLGPTN waiptn, MODE wfmode, FLGPTN *p_flgptn);
ER	pol_flg(ID flgid, FLGPTN waiptn, MODE wfmode, FLGPTN *p_flgptn);
ER	twai_flg(ID flgid, FLGPTN waiptn, MODE wfmode, FLGPTN *p_flgptn, TMO tmout);

/* Data queues (4.4.3) */
ER	snd_dtq(ID dtqid, VP_INT data);
ER	psnd_dtq(ID dtqid, VP_INT data);
ER	ipsnd_dtq(ID dtqid, VP_INT data);
ER	tsnd_dtq(ID dtqid, VP_INT data, TMO tmout);
ER	fsnd_dtq(ID dtqid, VP_INT data);
ER	ifsnd_dtq(ID dtqid, VP_INT data);
ER	rcv_dtq(ID dtqid, VP_INT *p_data);
ER	prcv_dtq(ID dtqid, VP_INT *p_data);
ER	trcv_dtq(ID dtqid, VP_INT *p_data, TMO tmout);

/* Mailboxes (4.4.4) */
ER	snd_mbx(ID mbxid, T_MSG *pk_msg);
ER	rcv_mbx(ID mbxid, T_MSG **ppk_msg);
ER	prcv_mbx(ID mbxid, T_MSG **ppk_msg);
ER	trcv_mbx(ID mbxid, T_MSG **ppk_msg, TMO tmout);

/* Mutexes (4.5.1) */
ER	loc_mtx(ID mtxid);
ER	ploc_mtx(ID mtxid);
ER	tloc_mtx(ID mtxid, TMO tmout);
ER	unl_mtx(ID mtxid);

/* Fixed-size memory pools (4.6.1) */
ER	get_mpf(ID mpfid, VP *p_blk);
ER	pget_mpf(ID mpfid, VP *p_blk);
ER	tget_mpf(ID mpfid, VP *p_blk, TMO tmout);
ER	rel_mpf(ID mpfid, VP blk);

/* Time (4.7) */
ER	set_tim(const SYSTIM *p_systim);
ER	get_tim(SYSTIM *p_systim);
ER	isig_tim(void);
ER	sta_cyc(ID cycid);
ER	stp_cyc(ID cycid);
ER	sta_alm(ID almid, RELTIM almtim);
ER	stp_alm(ID almid);

/* System state (4.8) */
ER	rot_rdq(PRI tskpri);
ER	irot_rdq(PRI tskpri);
ER	get_tid(ID *p_tskid);
ER	iget_tid(ID *p_tskid);
ER	loc_cpu(void);
ER	iloc_cpu(void);
ER	unl_cpu(void);
ER	iunl_cpu(void);
ER	dis_dsp(void);
ER	ena_dsp(void);
BOOL	sns_ctx(void);
BOOL	sns_loc(void);
BOOL	sns_dsp(void);
BOOL	sns_dpn(void);
