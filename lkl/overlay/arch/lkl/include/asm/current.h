/* SPDX-License-Identifier: GPL-2.0-only */
/* The running task: with one CPU a plain variable. */
#ifndef _ASM_LKL_CURRENT_H
#define _ASM_LKL_CURRENT_H

#ifndef __ASSEMBLY__

struct task_struct;

extern struct task_struct *lkl_current;

#define current		lkl_current
#define get_current()	lkl_current

#endif

#endif
