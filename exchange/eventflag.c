/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exported event flags. Bits need no ring: those that are set before somebody
 * looks are one pattern, here as in the kernel.
 *
 * TA_WRITE: pattern holds what processes have set and the exchange task has not
 * yet passed on by set_flg. TA_READ: pattern is the flag's twin on Linux's
 * side: set_flg and clr_flg act on both, and TA_CLR clears the side where a wait
 * was released. So neither side's waiting takes anything from the other.
 */
#include "exchange.h"

ER	__real_set_flg(ID flgid, FLGPTN setptn);
ER	__real_iset_flg(ID flgid, FLGPTN setptn);
ER	__real_clr_flg(ID flgid, FLGPTN clrptn);

ER	__wrap_set_flg(ID flgid, FLGPTN setptn);
ER	__wrap_iset_flg(ID flgid, FLGPTN setptn);
ER	__wrap_clr_flg(ID flgid, FLGPTN clrptn);

static inline struct exchange_object *exported(ID flgid)
{
	return exchange_exported(exchange_of_flg, kernel_flg_count, flgid, TA_READ);
}

static inline ER set_twin(struct exchange_object *object, FLGPTN setptn, ER result)
{
	if (!object || result != E_OK)
		return result;
	__atomic_fetch_or(&object->pattern, setptn, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&object->wants, __ATOMIC_SEQ_CST) && __atomic_exchange_n(&object->wants, 0, __ATOMIC_SEQ_CST))
		exchange_kick(object);
	return result;
}

ER __wrap_set_flg(ID flgid, FLGPTN setptn)
{
	return set_twin(exported(flgid), setptn, __real_set_flg(flgid, setptn));
}

ER __wrap_iset_flg(ID flgid, FLGPTN setptn)
{
	return set_twin(exported(flgid), setptn, __real_iset_flg(flgid, setptn));
}

ER __wrap_clr_flg(ID flgid, FLGPTN clrptn)
{
	struct exchange_object *object = exported(flgid);
	ER result = __real_clr_flg(flgid, clrptn);

	if (object && result == E_OK)
		__atomic_fetch_and(&object->pattern, clrptn, __ATOMIC_SEQ_CST);
	return result;
}

UINT exchange_move_eventflag(struct exchange_object *object)
{
	uint32_t bits;

	if (object->init->expatr == TA_READ)
		return 0;
	bits = __atomic_exchange_n(&object->pattern, 0, __ATOMIC_SEQ_CST);
	if (!bits)
		return 0;
	__real_set_flg(object->init->excid, bits);
	return 1;
}
