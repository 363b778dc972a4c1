/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Purpose: bad arguments, and good ones in the wrong context or with objects
 * in the wrong state: each call gives the error that fits and changes nothing.
 *
 * Items:
 * (A) [CTX-4] [CTX-5] [CTX-6] [CTX-7] [CTX-8] [CTX-9] [TSK-16] [SYS-1] [SYS-4] [TEX-2] [FLG-10] [FLG-11] [MBX-6] [MPF-7]
 *     every call with each of its arguments bad, all bad values in turn
 * (B) [CTX-1] [CTX-2] [CTX-3] 24000 random calls: arguments, contexts, states
 * (C) [CTX-4] [CTX-5] [CTX-9] afterwards all objects do what they would have done before
 *
 * Resources: MAIN (10) calls; arguments_state.c has all others.
 */
#include "arguments.h"
#include "kernel_id.h"

#define LENGTH(array)	((UINT)(sizeof(array) / sizeof((array)[0])))

enum place { TASK, DISABLED, LOCKED, HANDLER, HANDLER_LOCKED, PLACES };

/* In which places a call of this class is allowed: bits 1 << place. */
#define FOR_TASKS	(1U << TASK | 1U << DISABLED)
#define WAITS		(1U << TASK)
#define FOR_HANDLERS	(1U << HANDLER)
#define LOCKS		(1U << TASK | 1U << DISABLED | 1U << LOCKED)
#define HANDLER_LOCKS	(1U << HANDLER | 1U << HANDLER_LOCKED)

/* What can be bad about a call */
#define ID_BAD		0x001U		/* TSK_SELF too */
#define ID_OR_SELF	0x002U		/* but for TSK_SELF */
#define ID_HANDLER	0x004U		/* in a call for handlers, TSK_SELF too */
#define POINTER		0x008U
#define TIMEOUT		0x010U
#define RELATIVE	0x020U
#define PRIORITY	0x040U		/* of chg_pri, rot_rdq */
#define PRIORITY_SELF	0x080U		/* of irot_rdq: TPRI_SELF too */
#define EXCEPTIONS	0x100U		/* a pattern of 0 */
#define BITS		0x200U
#define MODE_BAD	0x400U
#define MESSAGE		0x800U		/* the message's priority */
#define BLOCK		0x1000U
#define FAULTS		13

struct arguments {
	ID	id;
	PRI	pri;
	TMO	tmo;
	RELTIM	rel;
	UINT	ptn;
	MODE	mode;
	VP	pointer;		/* to a result large enough for each call */
	VP	blk;
	T_MSG	*msg;
};

static UD anything[2];			/* what pointer points to */
static T_MSG_PRI bad_message;		/* of a priority that BOX does not take */
static SYSTIM systim;

/*
 * (call, class, arguments, what can be bad, a good number, a number of an
 * object in a state that gives an error with otherwise good arguments, that
 * error; NONE E_OK: no such state)
 */
#define NONE	0
#define TASK_CALLS(_) \
	_(act_tsk, FOR_TASKS, (a->id), ID_OR_SELF, SLEEPER, NONE, E_OK) \
	_(can_act, FOR_TASKS, (a->id), ID_OR_SELF, SLEEPER, NONE, E_OK) \
	_(ter_tsk, FOR_TASKS, (a->id), ID_BAD, SLEEPER, DORMANT, E_OBJ) \
	_(chg_pri, FOR_TASKS, (a->id, a->pri), ID_OR_SELF | PRIORITY, SLEEPER, DORMANT, E_OBJ) \
	_(get_pri, FOR_TASKS, (a->id, a->pointer), ID_OR_SELF | POINTER, SLEEPER, DORMANT, E_OBJ) \
	_(slp_tsk, WAITS, (), 0, NONE, NONE, E_OK) \
	_(tslp_tsk, WAITS, (a->tmo), TIMEOUT, NONE, NONE, E_OK) \
	_(wup_tsk, FOR_TASKS, (a->id), ID_OR_SELF, SLEEPER, DORMANT, E_OBJ) \
	_(can_wup, FOR_TASKS, (a->id), ID_OR_SELF, SEM_WAITER, DORMANT, E_OBJ) \
	_(rel_wai, FOR_TASKS, (a->id), ID_BAD, SLEEPER, SUSPENDED, E_OBJ) \
	_(sus_tsk, FOR_TASKS, (a->id), ID_OR_SELF, SLEEPER, DORMANT, E_OBJ) \
	_(rsm_tsk, FOR_TASKS, (a->id), ID_BAD, SUSPENDED, SLEEPER, E_OBJ) \
	_(frsm_tsk, FOR_TASKS, (a->id), ID_BAD, SUSPENDED, SLEEPER, E_OBJ) \
	_(dly_tsk, WAITS, (a->rel), RELATIVE, NONE, NONE, E_OK) \
	_(ras_tex, FOR_TASKS, (a->id, a->ptn), ID_OR_SELF | EXCEPTIONS, SEM_WAITER, SLEEPER, E_OBJ) \
	_(dis_tex, FOR_TASKS, (), 0, NONE, MAIN, E_OBJ) \
	_(ena_tex, FOR_TASKS, (), 0, NONE, MAIN, E_OBJ)
#define OBJECT_CALLS(_) \
	_(sig_sem, FOR_TASKS, (a->id), ID_BAD, SEM_EMPTY, SEM_FULL, E_QOVR) \
	_(wai_sem, WAITS, (a->id), ID_BAD, SEM, NONE, E_OK) \
	_(pol_sem, FOR_TASKS, (a->id), ID_BAD, SEM, SEM_EMPTY, E_TMOUT) \
	_(twai_sem, WAITS, (a->id, a->tmo), ID_BAD | TIMEOUT, SEM, SEM_EMPTY, E_TMOUT) \
	_(set_flg, FOR_TASKS, (a->id, ~0U), ID_BAD, FLAG_WAITED, NONE, E_OK) \
	_(clr_flg, FOR_TASKS, (a->id, 0), ID_BAD, FLAG, NONE, E_OK) \
	_(wai_flg, WAITS, (a->id, a->ptn, a->mode, a->pointer), ID_BAD | BITS | MODE_BAD | POINTER, FLAG, FLAG_WAITED, E_ILUSE) \
	_(pol_flg, FOR_TASKS, (a->id, a->ptn, a->mode, a->pointer), ID_BAD | BITS | MODE_BAD | POINTER, FLAG, FLAG_WAITED, E_ILUSE) \
	_(twai_flg, WAITS, (a->id, a->ptn, a->mode, a->pointer, a->tmo), ID_BAD | BITS | MODE_BAD | POINTER | TIMEOUT, \
	  FLAG, FLAG_WAITED, E_ILUSE) \
	_(snd_dtq, WAITS, (a->id, 99), ID_BAD, QUEUE, NONE, E_OK) \
	_(psnd_dtq, FOR_TASKS, (a->id, 99), ID_BAD, QUEUE, QUEUE_FULL, E_TMOUT) \
	_(tsnd_dtq, WAITS, (a->id, 99, a->tmo), ID_BAD | TIMEOUT, QUEUE, QUEUE_NONE, E_TMOUT) \
	_(fsnd_dtq, FOR_TASKS, (a->id, 99), ID_BAD, QUEUE, QUEUE_NONE, E_ILUSE) \
	_(rcv_dtq, WAITS, (a->id, a->pointer), ID_BAD | POINTER, QUEUE, NONE, E_OK) \
	_(prcv_dtq, FOR_TASKS, (a->id, a->pointer), ID_BAD | POINTER, QUEUE, QUEUE_EMPTY, E_TMOUT) \
	_(trcv_dtq, WAITS, (a->id, a->pointer, a->tmo), ID_BAD | POINTER | TIMEOUT, QUEUE, QUEUE_NONE, E_TMOUT) \
	_(snd_mbx, FOR_TASKS, (a->id, a->msg), ID_BAD | MESSAGE | POINTER, BOX, NONE, E_OK) \
	_(rcv_mbx, WAITS, (a->id, a->pointer), ID_BAD | POINTER, BOX, NONE, E_OK) \
	_(prcv_mbx, FOR_TASKS, (a->id, a->pointer), ID_BAD | POINTER, BOX, BOX_EMPTY, E_TMOUT) \
	_(trcv_mbx, WAITS, (a->id, a->pointer, a->tmo), ID_BAD | POINTER | TIMEOUT, BOX, BOX_EMPTY, E_TMOUT) \
	_(loc_mtx, WAITS, (a->id), ID_BAD, FREE, OWNED, E_ILUSE) \
	_(ploc_mtx, FOR_TASKS, (a->id), ID_BAD, FREE, HELD, E_TMOUT) \
	_(tloc_mtx, WAITS, (a->id, a->tmo), ID_BAD | TIMEOUT, FREE, HELD, E_TMOUT) \
	_(unl_mtx, FOR_TASKS, (a->id), ID_BAD, OWNED, HELD, E_ILUSE) \
	_(get_mpf, WAITS, (a->id, a->pointer), ID_BAD | POINTER, POOL, NONE, E_OK) \
	_(pget_mpf, FOR_TASKS, (a->id, a->pointer), ID_BAD | POINTER, POOL, POOL_EMPTY, E_TMOUT) \
	_(tget_mpf, WAITS, (a->id, a->pointer, a->tmo), ID_BAD | POINTER | TIMEOUT, POOL, POOL_EMPTY, E_TMOUT) \
	_(rel_mpf, FOR_TASKS, (a->id, a->blk), ID_BAD | BLOCK, POOL, POOL_EMPTY, E_PAR)
#define OTHER_CALLS(_) \
	_(set_tim, FOR_TASKS, (a->pointer), POINTER, NONE, NONE, E_OK) \
	_(get_tim, FOR_TASKS, (a->pointer), POINTER, NONE, NONE, E_OK) \
	_(sta_cyc, FOR_TASKS, (a->id), ID_BAD, CYCLE, NONE, E_OK) \
	_(stp_cyc, FOR_TASKS, (a->id), ID_BAD, CYCLE, NONE, E_OK) \
	_(sta_alm, FOR_TASKS, (a->id, a->rel), ID_BAD | RELATIVE, ALARM, NONE, E_OK) \
	_(stp_alm, FOR_TASKS, (a->id), ID_BAD, ALARM, NONE, E_OK) \
	_(rot_rdq, FOR_TASKS, (a->pri), PRIORITY, NONE, NONE, E_OK) \
	_(get_tid, FOR_TASKS, (a->pointer), POINTER, NONE, NONE, E_OK) \
	_(dis_dsp, FOR_TASKS, (), 0, NONE, NONE, E_OK) \
	_(ena_dsp, FOR_TASKS, (), 0, NONE, NONE, E_OK) \
	_(loc_cpu, LOCKS, (), 0, NONE, NONE, E_OK) \
	_(unl_cpu, LOCKS, (), 0, NONE, NONE, E_OK)
#define HANDLER_CALLS(_) \
	_(iact_tsk, FOR_HANDLERS, (a->id), ID_HANDLER, SLEEPER, NONE, E_OK) \
	_(iwup_tsk, FOR_HANDLERS, (a->id), ID_HANDLER, SLEEPER, DORMANT, E_OBJ) \
	_(irel_wai, FOR_HANDLERS, (a->id), ID_HANDLER, SLEEPER, SUSPENDED, E_OBJ) \
	_(iras_tex, FOR_HANDLERS, (a->id, a->ptn), ID_HANDLER | EXCEPTIONS, SEM_WAITER, SLEEPER, E_OBJ) \
	_(isig_sem, FOR_HANDLERS, (a->id), ID_BAD, SEM_EMPTY, SEM_FULL, E_QOVR) \
	_(iset_flg, FOR_HANDLERS, (a->id, ~0U), ID_BAD, FLAG_WAITED, NONE, E_OK) \
	_(ipsnd_dtq, FOR_HANDLERS, (a->id, 99), ID_BAD, QUEUE_EMPTY, QUEUE_FULL, E_TMOUT) \
	_(ifsnd_dtq, FOR_HANDLERS, (a->id, 99), ID_BAD, QUEUE_FULL, QUEUE_NONE, E_ILUSE) \
	_(isig_tim, FOR_HANDLERS, (), 0, NONE, NONE, E_OK) \
	_(irot_rdq, FOR_HANDLERS, (a->pri), PRIORITY_SELF, NONE, NONE, E_OK) \
	_(iget_tid, FOR_HANDLERS, (a->pointer), POINTER, NONE, NONE, E_OK) \
	_(iloc_cpu, HANDLER_LOCKS, (), 0, NONE, NONE, E_OK) \
	_(iunl_cpu, HANDLER_LOCKS, (), 0, NONE, NONE, E_OK)
#define ALL(_)	TASK_CALLS(_) OBJECT_CALLS(_) OTHER_CALLS(_) HANDLER_CALLS(_)

#define FUNCTION(name, class, args, bad, good, state, error) \
	static ER call_##name(const struct arguments *a) { return name args; }
ALL(FUNCTION)

static const struct call {
	const char *name;
	UINT allowed;
	ER (*function)(const struct arguments *a);
	UINT faults;
	ID good;
	ID state;
	ER error;
} calls[] = {
#define ELEMENT(name, class, args, bad, good, state, error) { #name, class, call_##name, bad, good, state, error },
	ALL(ELEMENT)
};

/* The bad values of each kind */
static const ID bad_ids[] = {
	0, -1, -2, -5, -128, -32768, INT32_MIN, INT32_MIN + 1,
	INT32_MAX, INT32_MAX - 1, 0x10001, 0x1000001, 256, 1000, 65536, 0x7fff0001, 64,
};
static const PRI bad_priorities[] = { 0, -1, -2, TMAX_TPRI + 1, 64, 255, 257, 65537, INT32_MIN, INT32_MIN + 1, INT32_MAX, -32 };
static const TMO bad_timeouts[] = { -2, -3, -100, INT32_MIN, INT32_MIN + 1, -65535 };
static const RELTIM bad_times[] = { 0x80000000U, UINT32_MAX, UINT32_MAX - 1, TMAX_RELTIM + 1, 0xc0000000U };
static const MODE bad_modes[] = { 2, 3, 4, 0x80000000U, UINT32_MAX, 0x100, 0x101, 0x10001 };
static const PRI bad_message_priorities[] = { 0, 5, -1, INT32_MIN, INT32_MAX, TMAX_MPRI, 256 + 1 };

static const struct fault {
	UINT bit;
	ER error;
	UINT values;			/* how many there are */
	const char *text;
} faults[FAULTS] = {
	{ ID_BAD, E_ID, LENGTH(bad_ids), "[CTX-4] wrong numbers" },
	{ ID_OR_SELF, E_ID, LENGTH(bad_ids) - 1, "[CTX-5] wrong numbers" },
	{ ID_HANDLER, E_ID, LENGTH(bad_ids), "[CTX-6] wrong numbers" },
	{ POINTER, E_PAR, 1, "[CTX-7] NULL" },
	{ TIMEOUT, E_PAR, LENGTH(bad_timeouts), "[CTX-8] time-outs below TMO_FEVR" },
	{ RELATIVE, E_PAR, LENGTH(bad_times), "[CTX-9] times over TMAX_RELTIM" },
	{ PRIORITY, E_PAR, LENGTH(bad_priorities) - 1, "[TSK-16] [SYS-1] wrong priorities" },
	{ PRIORITY_SELF, E_PAR, LENGTH(bad_priorities), "[SYS-1] [SYS-4] wrong priorities" },
	{ EXCEPTIONS, E_PAR, 1, "[TEX-2] the pattern 0" },
	{ BITS, E_PAR, 1, "[FLG-10] the pattern 0" },
	{ MODE_BAD, E_PAR, LENGTH(bad_modes), "[FLG-11] wrong modes" },
	{ MESSAGE, E_PAR, LENGTH(bad_message_priorities), "[MBX-6] wrong message priorities" },
	{ BLOCK, E_PAR, 8, "[MPF-7] wrong blocks" },
};

static UW random_next(void)
{
	static UW state = 0x20261122;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/* Good arguments; such a call would change something. */
static void fill_good(const struct call *call, struct arguments *a)
{
	*a = (struct arguments){
		.id = call->good, .pri = 7, .tmo = TMO_FEVR, .rel = 0, .ptn = 1, .mode = TWF_ORW,
		.pointer = anything, .blk = main_block, .msg = &main_message.msgque,
	};
	if (call->function == call_set_tim)
		a->pointer = &systim;
	/* Waits for what is there already, but for a state that gives an error. */
	if (call->faults & TIMEOUT)
		a->tmo = TMO_POL;
}

static VP bad_block(UINT value)
{
	switch (value) {
	case 0:	return NULL;
	case 1:	return (char *)main_block + 1;
	case 2:	return (char *)main_block + BLOCK_SIZE / 2;
	case 3:	return (char *)main_block + 1000 * BLOCK_SIZE;
	case 4:	return (char *)main_block - 1000 * BLOCK_SIZE;
	case 5:	return (VP)UINTPTR_MAX;
	case 6:	return anything;
	default: return (VP)(uintptr_t)0x8000000000000000U;
	}
}

/* Make the argument that fault is about bad, by its value'th bad value. */
static void make_bad(struct arguments *a, const struct fault *fault, UINT value)
{
	switch (fault->bit) {
	case ID_BAD:
	case ID_HANDLER:
		a->id = bad_ids[value];
		break;
	case ID_OR_SELF:
		a->id = bad_ids[value + 1];
		break;
	case POINTER:
		a->pointer = NULL;
		a->msg = NULL;
		break;
	case TIMEOUT:
		a->tmo = bad_timeouts[value];
		break;
	case RELATIVE:
		a->rel = bad_times[value];
		break;
	case PRIORITY:
		a->pri = bad_priorities[value + 1];
		break;
	case PRIORITY_SELF:
		a->pri = bad_priorities[value];
		break;
	case EXCEPTIONS:
	case BITS:
		a->ptn = 0;
		break;
	case MODE_BAD:
		a->mode = bad_modes[value];
		break;
	case MESSAGE:
		bad_message.msgpri = bad_message_priorities[value];
		if (a->msg)
			a->msg = &bad_message.msgque;
		break;
	case BLOCK:
		a->blk = bad_block(value);
		break;
	}
}

/* ---- making a call in a place ---- */

static const struct call *current;
static const struct arguments *current_arguments;
static ER current_result;

static void call_in_handler(void)
{
	current_result = current->function(current_arguments);
	iunl_cpu();
}

static void call_in_locked_handler(void)
{
	iloc_cpu();
	call_in_handler();
}

static ER call_in(enum place place, const struct call *call, const struct arguments *a)
{
	ER result;

	current = call;
	current_arguments = a;
	if (place == HANDLER || place == HANDLER_LOCKED) {
		tap_in_handler(place == HANDLER ? call_in_handler : call_in_locked_handler);
		return current_result;
	}
	if (place == DISABLED)
		dis_dsp();
	if (place == LOCKED)
		loc_cpu();
	result = call->function(a);
	unl_cpu();
	ena_dsp();
	return result;
}

/* ---- (A) ---- */

static UD checksum;			/* of the state that must not change */

/* "TEXT of NAME": kept for the harness, which keeps the address. */
static const char *make_text(const char *text, const char *name)
{
	static char texts[200][64];
	static UINT used;
	const char *parts[] = { text, " in ", name };
	char *made, *end;
	UINT i;

	if (used == LENGTH(texts))
		return text;
	made = end = texts[used++];
	for (i = 0; i < LENGTH(parts); i++)
		for (; *parts[i] && end < made + sizeof(texts[0]) - 1; parts[i]++)
			*end++ = *parts[i];
	return made;
}

static void one_fault(const struct call *call, const struct fault *fault)
{
	enum place place = call->allowed & 1U << TASK ? TASK : HANDLER;
	struct arguments a;
	UINT value, right = 0;

	for (value = 0; value < fault->values; value++) {
		fill_good(call, &a);
		make_bad(&a, fault, value);
		right += call_in(place, call, &a) == fault->error && state_checksum() == checksum;
	}
	check(right, fault->values, make_text(fault->text, call->name));
}

static void every_fault(void)
{
	const struct call *call;
	UINT i;

	for (call = calls; call < calls + LENGTH(calls); call++) {
		for (i = 0; i < FAULTS; i++)
			if (call->faults & faults[i].bit)
				one_fault(call, &faults[i]);
		must(dly_tsk(MSEC(1)), E_OK);
		must(state_order_kept(), true);
	}
}

/* ---- (B) ---- */

struct random_call {
	const struct call *call;
	enum place place;
	struct arguments arguments;
	ER result;
	bool may_be_id, may_be_par;	/* which of these errors its arguments deserve */
	ER state;			/* what the object's state deserves, if the arguments are good */
};

/* A random call that must fail; false: this one cannot. */
static bool random_make(struct random_call *r)
{
	UINT i;

	r->call = &calls[random_next() % LENGTH(calls)];
	r->place = (enum place)(random_next() % PLACES);
	r->may_be_id = r->may_be_par = false;
	r->state = E_OK;
	fill_good(r->call, &r->arguments);
	for (i = 0; i < FAULTS; i++) {
		if (!(r->call->faults & faults[i].bit) || random_next() % 2)
			continue;
		make_bad(&r->arguments, &faults[i], random_next() % faults[i].values);
		if (faults[i].error == E_ID)
			r->may_be_id = true;
		else
			r->may_be_par = true;
	}
	if (!(r->call->allowed & 1U << r->place))
		return true;
	if (r->may_be_id || r->may_be_par)
		return true;
	r->arguments.id = r->call->state;
	r->state = r->call->error;
	return r->state != E_OK;
}

static bool random_deserved(const struct random_call *r)
{
	if (!(r->call->allowed & 1U << r->place))
		return r->result == E_CTX;
	if (r->may_be_id || r->may_be_par)
		return (r->may_be_id && r->result == E_ID) || (r->may_be_par && r->result == E_PAR);
	return r->result == r->state;
}

static void random_report(const struct random_call *r, UINT number, const char *what)
{
	static UINT reported;

	if (reported++ < 10)
		vlog("# call %u: %s in place %d, number %d, bad ID %d, bad other %d, result %d: %s", number, r->call->name,
		     (int)r->place, (int)r->arguments.id, r->may_be_id, r->may_be_par, (int)r->result, what);
}

static void random_calls(void)
{
	struct random_call r;
	UINT made, wrong = 0, changed = 0, disordered = 0, contexts = 0;

	for (made = 0; made < RANDOM_CALLS; ) {
		if (!random_make(&r))
			continue;
		made++;
		r.result = call_in(r.place, r.call, &r.arguments);
		contexts += r.result == E_CTX;
		if (!random_deserved(&r)) {
			wrong++;
			random_report(&r, made, "not the error deserved");
		}
		if (state_checksum() != checksum) {
			changed++;
			random_report(&r, made, "something has changed");
			checksum = state_checksum();
		}
		if (made % 100 == 0)
			disordered += !state_order_kept();
	}
	check(wrong, 0, "[CTX-1] [CTX-2] [CTX-3] 24000 random calls: each gives the error that it deserves");
	check(changed, 0, "[CTX-4] [CTX-5] and none changes anything that can be seen");
	check(disordered, 0, "[SYS-1] nor the order of ready tasks");
	check_between(contexts, RANDOM_CALLS / 10, RANDOM_CALLS * 9 / 10, "[CTX-1] [CTX-2] some in a wrong context, some not");
}

void main_task(VP_INT exinf)
{
	main_message.msgpri = 1;
	state_set_up();
	checksum = state_checksum();
	must(state_checksum() == checksum, true);
	every_fault();
	random_calls();
	state_wind_up();
	tap_end();
}
