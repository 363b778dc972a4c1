/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exported semaphores. Signals are all alike, so that the ring has no slots:
 * the difference of its indices is a count, at most the semaphore's maximum.
 *
 * TA_WRITE: the exchange task gives the ring's signals to the semaphore, by
 * sig_sem, as long as that takes them. TA_READ: signals of the application stay
 * in the ring, for processes; the kernel's count stays as it is.
 */
#include "exchange.h"

ER	__real_sig_sem(ID semid);
ER	__real_isig_sem(ID semid);
ER	__real_wai_sem(ID semid);
ER	__real_pol_sem(ID semid);
ER	__real_twai_sem(ID semid, TMO tmout);

ER	__wrap_sig_sem(ID semid);
ER	__wrap_isig_sem(ID semid);
ER	__wrap_wai_sem(ID semid);
ER	__wrap_pol_sem(ID semid);
ER	__wrap_twai_sem(ID semid, TMO tmout);

static inline struct exchange_object *exported(ID semid)
{
	return exchange_exported(exchange_of_sem, kernel_sem_count, semid, TA_READ);
}

/* Masked */
static inline ER put(struct exchange_object *object)
{
	if (ring_room(&object->rt, 1) <= 0)
		return E_QOVR;
	if (ring_publish(&object->rt, 1))
		exchange_kick(object);
	return E_OK;
}

ER __wrap_sig_sem(ID semid)
{
	struct exchange_object *object = exported(semid);
	ER result;

	if (!object || !exchange_in_task())
		return __real_sig_sem(semid);
	port_lock();
	result = put(object);
	port_unlock();
	return result;
}

ER __wrap_isig_sem(ID semid)
{
	struct exchange_object *object = exported(semid);

	if (!object || !exchange_in_handler())
		return __real_isig_sem(semid);
	return put(object);
}

ER __wrap_wai_sem(ID semid)
{
	ER result = __real_wai_sem(semid);

	exchange_made_room();
	return result;
}

ER __wrap_pol_sem(ID semid)
{
	ER result = __real_pol_sem(semid);

	exchange_made_room();
	return result;
}

ER __wrap_twai_sem(ID semid, TMO tmout)
{
	ER result = __real_twai_sem(semid, tmout);

	exchange_made_room();
	return result;
}

UINT exchange_move_semaphore(struct exchange_object *object, UINT n)
{
	UINT moved = 0;

	if (object->init->expatr == TA_READ)
		return 0;
	while (moved < n && ring_filled(&object->rt, moved + 1) > (int32_t)moved) {
		if (__real_sig_sem(object->init->excid) == E_OK)
			moved++;
		else if (exchange_is_stuck(object))
			break;
	}
	if (moved && ring_release(&object->rt, moved))
		exchange_kick(object);
	return moved;
}
