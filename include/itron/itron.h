/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * uITRON4.0: types, constants and error codes common to every ITRON kernel
 * (specification chapters 2 and 3.1). Host-free: needs only the compiler's
 * own headers, so that the same file serves a module, a process and a bare
 * machine.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef int8_t		B;
typedef int16_t		H;
typedef int32_t		W;
typedef int64_t		D;
typedef uint8_t		UB;
typedef uint16_t	UH;
typedef uint32_t	UW;
typedef uint64_t	UD;
typedef int8_t		VB;
typedef int16_t		VH;
typedef int32_t		VW;
typedef int64_t		VD;

typedef void		*VP;
typedef void		(*FP)(void);
typedef int32_t		INT;
typedef uint32_t	UINT;
typedef INT		BOOL;

typedef INT		FN;		/* function code */
typedef INT		ER;		/* error code: E_OK or negative */
typedef INT		ID;		/* object number: 1 and up */
typedef UINT		ATR;		/* object attributes */
typedef UINT		STAT;		/* object state */
typedef UINT		MODE;		/* service-call mode */
typedef INT		PRI;		/* priority: smaller is more urgent */
typedef size_t		SIZE;		/* size in bytes */

typedef int32_t		TMO;		/* time-out, time units or TMO_* */
typedef uint32_t	RELTIM;		/* relative time, time units */
typedef uint64_t	SYSTIM;		/* system time, time units */

typedef intptr_t	VP_INT;		/* holds a pointer or an INT */

typedef INT		ER_BOOL;	/* error code or truth value */
typedef INT		ER_ID;		/* error code or object number */
typedef INT		ER_UINT;	/* error code or non-negative number */

typedef UINT		TEXPTN;		/* task exception pattern */
typedef UINT		FLGPTN;		/* event flag pattern */
typedef UINT		INHNO;		/* interrupt handler number */
typedef UINT		INTNO;		/* interrupt number */
typedef UINT		EXCNO;		/* CPU exception handler number */

/*
 * One time unit is 1 ms, as the Standard Profile wants, or 1 us in a build
 * with UNITRON_UNIT_US. Sources that use MSEC() and USEC() fit both; USEC()
 * rounds up, since a wait may be longer than asked for but never shorter.
 */
#ifdef UNITRON_UNIT_US
#define MSEC(ms)	((ms) * 1000)
#define USEC(us)	(us)
#else
#define MSEC(ms)	(ms)
#define USEC(us)	(((us) + 999) / 1000)
#endif

#define TRUE		1
#define FALSE		0

#define E_OK		0
#define E_SYS		(-5)		/* system error */
#define E_NOSPT		(-9)		/* unsupported function */
#define E_RSFN		(-10)		/* reserved function code */
#define E_RSATR		(-11)		/* reserved attribute */
#define E_PAR		(-17)		/* parameter error */
#define E_ID		(-18)		/* ID out of range */
#define E_CTX		(-25)		/* wrong context */
#define E_MACV		(-26)		/* memory access violation */
#define E_OACV		(-27)		/* object access violation */
#define E_ILUSE		(-28)		/* illegal use of the call */
#define E_NOMEM		(-33)		/* no memory */
#define E_NOID		(-34)		/* no free ID */
#define E_OBJ		(-41)		/* wrong object state */
#define E_NOEXS		(-42)		/* object does not exist */
#define E_QOVR		(-43)		/* count overflow */
#define E_RLWAI		(-49)		/* wait released by force */
#define E_TMOUT		(-50)		/* polling failed or timed out */
#define E_DLT		(-51)		/* waited-for object deleted */
#define E_CLS		(-52)		/* waited-for object changed */
#define E_WBLK		(-57)		/* non-blocking call accepted */
#define E_BOVR		(-58)		/* buffer overflow */

#define ERCD(mercd, sercd)	((ER)(((UW)(sercd) << 8) | ((UW)(mercd) & 0xff)))
#define MERCD(ercd)		((ER)(B)(ercd))
#define SERCD(ercd)		((ER)(ercd) >> 8)

#define TA_NULL		0U		/* no attribute */

#define TMO_POL		0		/* polling */
#define TMO_FEVR	(-1)		/* wait for ever */
#define TMO_NBLK	(-2)		/* non-blocking: not supported here */
