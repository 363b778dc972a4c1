/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The service calls as the application makes them: the linker puts __wrap_NAME
 * where the application says NAME (trace.mk). Each notes itself, calls the
 * kernel's, and notes the result. Any context that the call itself allows.
 */
#include <unitron/exchange_app.h>
#include <unitron/ext.h>
#include "trace.h"

static __attribute__((noinline)) void put(uint64_t event, uint64_t a, uint64_t b)
{
	trace_put(TRACE_CLOCK(), event, a, b);
}

static inline void enter(uint8_t call, uint64_t a, uint64_t b)
{
	if (trace.header.on)
		put(trace_event(UNITRON_TRACE_CALL, call, 0), a, b);
}

static inline void leave(uint8_t call, uint64_t result)
{
	if (trace.header.on)
		put(trace_event(UNITRON_TRACE_RETURN, call, 0), result, 0);
}

#define WORD(argument) ((uint64_t)(argument))

#define WRAP(result_type, name, parameters, arguments, a, b)			\
	result_type __real_##name parameters;					\
	result_type __wrap_##name parameters;					\
	result_type __wrap_##name parameters					\
	{									\
		result_type result;						\
										\
		enter(UNITRON_TRACE_##name, a, b);				\
		result = __real_##name arguments;				\
		leave(UNITRON_TRACE_##name, (uint64_t)(int64_t)result);		\
		return result;							\
	}

#define CALL_0(result, name)			WRAP(result, name, (void), (), 0, 0)
#define CALL_1(result, name, t1)		WRAP(result, name, (t1 p), (p), WORD(p), 0)
#define CALL_2(result, name, t1, t2)		WRAP(result, name, (t1 p, t2 q), (p, q), WORD(p), WORD(q))
#define CALL_3(result, name, t1, t2, t3)	WRAP(result, name, (t1 p, t2 q, t3 r), (p, q, r), WORD(p), WORD(q))
#define CALL_4(result, name, t1, t2, t3, t4)	WRAP(result, name, (t1 p, t2 q, t3 r, t4 s), (p, q, r, s), WORD(p), WORD(q))
#define CALL_5(result, name, t1, t2, t3, t4, t5) \
	WRAP(result, name, (t1 p, t2 q, t3 r, t4 s, t5 t), (p, q, r, s, t), WORD(p), WORD(q))

#define WRAP_NEVER(name, parameters, arguments, a)				\
	void __real_##name parameters __attribute__((noreturn));		\
	void __wrap_##name parameters __attribute__((noreturn));		\
	void __wrap_##name parameters						\
	{									\
		enter(UNITRON_TRACE_##name, a, 0);				\
		__real_##name arguments;					\
	}

#define NEVER_0(name)		WRAP_NEVER(name, (void), (), 0)
#define NEVER_1(name, t1)	WRAP_NEVER(name, (t1 p), (p), WORD(p))

#define SILENT_1(name, t1)							\
	void __real_##name(t1 p);						\
	void __wrap_##name(t1 p);						\
	void __wrap_##name(t1 p)						\
	{									\
		enter(UNITRON_TRACE_##name, WORD(p), 0);			\
		__real_##name(p);						\
		leave(UNITRON_TRACE_##name, 0);					\
	}

/* Compiled twice: an application without the exchange has nobody to call. */
#ifdef UNITRON_EXCHANGE
#define EXCHANGE_3(result, name, t1, t2, t3)	WRAP(result, name, (t1 p, t2 q, t3 r), (p, q, r), WORD(p), WORD(r))
#else
#define EXCHANGE_3(result, name, t1, t2, t3)
#endif

#include <unitron/trace_calls.h>
