/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Semaphores (specification 4.4.1). A signal that finds a task waiting goes to
 * that task and leaves the count alone.
 */
#include "semaphore.h"
#include "wait.h"

static inline bool sem_id_valid(ID semid)
{
	return (UINT)semid - 1 < (UINT)kernel_sem_count;
}

void kernel_semaphore_initialize(void)
{
	ID i;

	for (i = 0; i < kernel_sem_count; i++) {
		const struct sem_init *init = &kernel_sem_init[i];

		waitable_init(&kernel_sem[i].wait, init->sematr & TA_TPRI);	/* [SEM-2] */
		kernel_sem[i].count = init->isemcnt;			/* [SEM-1] */
		kernel_sem[i].max = init->maxsem;
	}
}

static inline ER sem_signal(struct semaphore *sem)
{
	struct task *task = first_waiter(&sem->wait);

	if (task) {
		wait_release(task, E_OK);				/* [SEM-3] */
		return E_OK;
	}
	if (sem->count >= sem->max)
		return E_QOVR;						/* [SEM-5] */
	sem->count++;							/* [SEM-4] */
	return E_OK;
}

/*
 * sig_sem - return one resource: to the first task that waits, else to the
 * count. Task context. E_CTX; E_ID; E_QOVR: the count is maxsem. Specification
 * 4.4.1.
 */
ER sig_sem(ID semid)
{
	ER result;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!sem_id_valid(semid))
		return E_ID;						/* [CTX-4] */
	port_lock();
	result = sem_signal(&kernel_sem[semid - 1]);
	leave();
	return result;
}

/*
 * isig_sem - sig_sem for handlers. E_CTX; E_ID; E_QOVR. Specification 4.4.1.
 */
ER isig_sem(ID semid)
{
	if (!in_handler())
		return E_CTX;						/* [CTX-2] */
	if (!sem_id_valid(semid))
		return E_ID;						/* [CTX-4] */
	return sem_signal(&kernel_sem[semid - 1]);
}

static inline ER sem_acquire(ID semid, TMO tmout)
{
	struct semaphore *sem;
	ER result = E_OK;

	if (!in_task_dispatching())
		return E_CTX;						/* [CTX-3] */
	if (!sem_id_valid(semid))
		return E_ID;						/* [CTX-4] */
	if (!tmout_valid(tmout))
		return E_PAR;						/* [CTX-8] */
	sem = &kernel_sem[semid - 1];
	port_lock();
	if (sem->count) {
		sem->count--;						/* [SEM-6] */
	} else if (tmout == TMO_POL) {
		result = E_TMOUT;					/* [WAI-6] */
	} else {
		wait_for(&sem->wait, TTW_SEM, tmout);			/* [SEM-7] */
		return wait_sleep(NULL);
	}
	leave();
	return result;
}

/*
 * wai_sem - take one resource, waiting for one if the count is 0. Task
 * context, dispatching enabled; blocks. E_CTX; E_ID; E_RLWAI: rel_wai.
 * Specification 4.4.1.
 */
ER wai_sem(ID semid)
{
	return sem_acquire(semid, TMO_FEVR);
}

/*
 * pol_sem - take one resource if there is one. Task context; does not block.
 * E_CTX; E_ID; E_TMOUT: the count is 0. Specification 4.4.1.
 */
ER pol_sem(ID semid)
{
	struct semaphore *sem;
	ER result = E_OK;

	if (!in_task())
		return E_CTX;						/* [CTX-1] */
	if (!sem_id_valid(semid))
		return E_ID;						/* [CTX-4] */
	sem = &kernel_sem[semid - 1];
	port_lock();
	if (sem->count)
		sem->count--;						/* [SEM-6] */
	else
		result = E_TMOUT;					/* [WAI-6] */
	leave();
	return result;
}

/*
 * twai_sem - wai_sem with a time-out in time units, TMO_POL or TMO_FEVR. Task
 * context, dispatching enabled; blocks. E_CTX; E_ID; E_PAR: bad time-out;
 * E_TMOUT; E_RLWAI. Specification 4.4.1.
 */
ER twai_sem(ID semid, TMO tmout)
{
	return sem_acquire(semid, tmout);
}
