/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `kw run` tells the auditor that it has the loader load into the program,
 * in the environment. The auditor takes both variables out of it again.
 *
 *	LD_AUDIT=.../libkwrun.so[:what the user had there]
 *	KW_RUN=flags:pid:gate:stride:count:any		in hexadecimal
 *
 * KW_RUN has the gates, so that a program that may not open the device, since
 * it has given up root and is only to stay in kernel mode, knows them.
 */
#pragma once

#define RUN_VARIABLE	"KW_RUN"
#define RUN_PAD		"KW_RUN_"	/* another one, empty, if LD_AUDIT has to stay: they are taken out by twos */
#define RUN_LIBRARY	"libkwrun.so"

/* Flags */
#define RUN_STAY_FORK	1		/* KW_STAY_FORK */
#define RUN_STAY_EXEC	2		/* KW_STAY_EXEC; the variables stay for the programs that it executes */
#define RUN_VERBOSE	4

/* Exit statuses, as of env(1) */
#define RUN_FAILED	125		/* kw itself could not do it */
#define RUN_CANNOT	126		/* there is such a program, but it can't be run so */
#define RUN_NOT_FOUND	127
